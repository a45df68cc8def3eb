"""Who came and left, and which ties begun, ended, were renewed or changed, each with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.moments.receipts import (
    WORLD,
    Days,
    Receipts,
    cause_of_end,
    cause_of_start,
    cause_of_value,
)
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.periods import LAST_DAY, span
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

TIE_CHANGES = ("begun", "ended", "renewed", "strengthened", "weakened", "altered")
RENEWED, STRONGER, WEAKER, ALTERED = TIE_CHANGES[2:]
GRADES = SCHEMA.values["intensity"]
GRADED = ("intensity", "strength", "trust", "value", "amount")
Pair = tuple[Receipts, Receipts] | None
Row = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Side:
    """An ecosystem on its day, and the network made from it."""

    eco: Ecosystem
    graph: WeightedGraph

    @classmethod
    def of(cls, eco: Ecosystem, day: str | None, options: dict[str, Any]) -> Side:
        """Return the ecosystem on a day; all of it where none is known."""
        return cls(eco, eco.weighted_graph(**options, at=day))

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """The nodes that are there on the day."""
        return self._left().nodes

    @cached_property
    def ties(self) -> pd.DataFrame:
        """The ties that are there on the day, by id."""
        return self._left().ties.set_index("id", drop=False)

    def _left(self) -> Ecosystem:
        return self.eco.filtered(self.graph.options.filters).eco

    def degree(self) -> pd.Series:
        """The degree of each node of the network."""
        return pd.Series(np.diff(self.graph.adjacency.indptr), index=list(self.graph.ids))


Sides = tuple[Side, ...]


def node_changes(sides: Sides, days: Days, receipts: Pair) -> pd.DataFrame:
    """Return who is in one network only, or has ties in one only."""
    one, other = (side.nodes.set_index("id", drop=False) for side in sides)
    was, now = (side.degree() for side in sides)
    rows = []
    for word, here, there, mine, theirs in (
        ("came", other, one, now, was),
        ("left", one, other, was, now),
    ):
        for id, name, kind in here[["id", "name", "kind"]].itertuples(index=False):
            new = id not in there.index
            if not new and not (mine.get(id, 0) > 0 and theirs.get(id, 0) == 0):
                continue
            cause = _cause(word == "came", here.loc[id], days, receipts) if new else ""
            rows.append((id, name, kind, word, "node" if new else "tie", cause))
    columns = ["id", "name", "kind", "change", "how", "cause"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["change", "how", "id"], ignore_index=True
    )


def _cause(began: bool, row: pd.Series, days: Days, receipts: Pair) -> str:
    """Return why something is in one of the two only; of two moments it is what the dates say."""
    if receipts is None:
        return WORLD
    find = cause_of_start if began else cause_of_end
    return find(row, days, receipts)


def tie_changes(sides: Sides, days: Days, receipts: Pair) -> pd.DataFrame:
    """Return each tie that begun, ended, was renewed, or changed its values."""
    one, other = (side.ties for side in sides)
    gone, new = one[~one.index.isin(other.index)], other[~other.index.isin(one.index)]
    was, now = (dict(side.iterrows()) for side in (gone, new))
    succeeds: dict[tuple[Any, ...], list[str]] = {}
    for id, key in zip(gone.index, _keys(gone), strict=True):
        succeeds.setdefault(key, []).append(id)
    rows = []
    for id, key in zip(new.index, _keys(new), strict=True):
        earlier = succeeds.get(key)
        cause = _cause(True, now[id], days, receipts)
        if earlier:
            old = earlier.pop(0)
            rows.append((RENEWED, cause, now[id], _period(was[old]), _period(now[id])))
        else:
            rows.append(("begun", cause, now[id], "", _period(now[id])))
    for id in (id for ids in succeeds.values() for id in ids):
        cause = _cause(False, was[id], days, receipts)
        rows.append(("ended", cause, was[id], _period(was[id]), ""))
    rows += _altered(one, other, receipts)
    names = {**sides[0].eco.name_of, **sides[1].eco.name_of}

    def ends(tie: pd.Series) -> tuple[str, str]:
        return names[tie["source"]], names[tie["target"]]

    columns = ["change", "cause", "id", "kind", "source", "target", "name", "before", "after"]
    cells = [
        (word, cause, *(tie[c] for c in columns[2:6]), " – ".join(ends(tie)), was, now)
        for word, cause, tie, was, now in rows
    ]
    table = pd.DataFrame(cells, columns=columns)
    order = {word: place for place, word in enumerate(TIE_CHANGES)}
    place = table["change"].map(order).to_frame().assign(id=table["id"])
    return table.loc[place.sort_values(["change", "id"]).index].reset_index(drop=True)


def _keys(ties: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = (ties[c].fillna("") for c in ("kind", "source", "target", "role"))
    return list(zip(*columns, strict=True))


def _period(tie: pd.Series) -> str:
    start, end = (tie[side] if isinstance(tie[side], str) else "" for side in ("start", "end"))
    return f"{start}/{end}" if start or end else ""


def _altered(one: pd.DataFrame, other: pd.DataFrame, receipts: Pair) -> list[Row]:
    """Return the ties of both editions whose values differ."""
    common = one.index.intersection(other.index)
    columns = [c for c in one.columns.intersection(other.columns) if c not in ("id", "description")]
    a, b = one.loc[common, columns], other.loc[common, columns]
    a, b = (side.astype(object).where(side.notna(), None) for side in (a, b))
    unlike = (a != b) & ~(a.isna() & b.isna())
    rows = []
    for id in common[unlike.any(axis=1)]:
        differ = [c for c in columns if unlike.loc[id, c]]
        cause = WORLD if receipts is None else cause_of_value(id, receipts)
        was, now = (
            ", ".join(f"{c}: {side.loc[id, c]}" for c in differ if side.loc[id, c] is not None)
            for side in (a, b)
        )
        rows.append((_direction(a.loc[id], b.loc[id], differ), cause, other.loc[id], was, now))
    return rows


def _direction(was: pd.Series, now: pd.Series, differ: list[str]) -> str:
    """Return whether a tie lasts longer, or became stronger or weaker, or else changed."""
    steps = [np.sign(_grade(c, now[c]) - _grade(c, was[c])) for c in GRADED if c in differ]
    if steps:
        return STRONGER if sum(steps) > 0 else WEAKER if sum(steps) < 0 else ALTERED
    lasts = [LAST_DAY if c["end"] is None else span(c["end"])[1] for c in (was, now)]
    return RENEWED if "end" in differ and lasts[1] > lasts[0] else ALTERED


def _grade(column: str, value: Any) -> float:
    """Return a value as a number, larger for more; 0 where it is not known."""
    if value is None:
        return 0.0
    return 1.0 + list(GRADES).index(value) if column == "intensity" else float(value)
