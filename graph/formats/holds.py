"""What a format holds of an ecosystem, and what is lost by writing one in it.

A format declares what it `Holds`; what our own reader finds again is then `kept`, and the loss
report is the `diff` between the ecosystem and that. So the report is exact: it is derived, and the
tests compare it with what is missing from a file that was written and read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from partnergraph.graph.diff import Diff, diff
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.formats.delimited import cells
from partnergraph.graph.networkx_form import own_columns
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES

TABLES = frozenset(SCHEMA.tables)


@dataclass(frozen=True)
class Holds:
    """What a format has room for.

    Attributes
    ----------
    tables
        Tables that it holds.
    about
        Whether it holds the ecosystem's name, title, licence and description.
    columns
        By table, the columns that it holds, where it does not hold all.
    kinds
        Node and tie kinds that it has a word for; None for all.
    types
        Whether the types of the user's own columns are written down; else they are read from the
        cells again, as in plain CSV.
    narrow
        Given a table's name, the table and the nodes, what it keeps of it, where a rule is needed.
    shows
        What other programs see of it, in words; the rest only our own reader finds again.
    """

    tables: frozenset[str] = TABLES
    about: bool = True
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: frozenset[str] | None = None
    types: bool = True
    narrow: Callable[[str, pd.DataFrame, pd.DataFrame], pd.DataFrame] | None = None
    shows: str = ""

    def in_words(self) -> str:
        """Return in words what it holds, for a list of formats."""
        if self == Holds(shows=self.shows):
            return "everything"
        held = [name for name in SCHEMA.tables if name in self.tables]
        some = [name for name in self.columns if name in held]
        words = [f"{name} (some columns)" if name in some else name for name in held]
        return ", ".join([*words, *(["about"] if self.about else [])])

    def lacks(self) -> str:
        """Return in words what it does not hold, for a list of formats."""
        words = [name for name in SCHEMA.tables if name not in self.tables]
        words += [f"other columns of {name}" for name in self.columns]
        if self.kinds is not None:
            known = [*SCHEMA.node_kinds, *SCHEMA.tie_kinds]
            words += [kind for kind in known if kind not in self.kinds]
        words += [] if self.about else ["about"]
        words += [] if self.types else ["types of own columns"]
        return ", ".join(words)


EVERYTHING = Holds()


@dataclass(frozen=True)
class Loss:
    """What is lost by writing an ecosystem in a format.

    Attributes
    ----------
    format
        Name of the format.
    before, after
        The ecosystem, and what reading the file again gives.
    shows
        What programs other than ours see.
    """

    format: str
    before: Ecosystem
    after: Ecosystem
    shows: str = ""

    @cached_property
    def diff(self) -> Diff:
        """Every row and cell that is lost or changed."""
        return diff(self.before, self.after)

    def sentences(self) -> list[str]:
        """Return one sentence on what is lost, or nothing where nothing is."""
        lost = []
        for name in SCHEMA.tables:
            before, after = self.before.table(name), self.after.table(name)
            gone = len(before) - len(after)
            if gone:
                meaning = SCHEMA.tables[name].meaning.lower().rstrip(".")
                lost.append(f"{gone} {'row' if gone == 1 else 'rows'} of {name} ({meaning})")
            columns = [
                column
                for column in before.columns
                if column not in after.columns or after[column].count() < before[column].count()
            ]
            filled = [c for c in columns if before[c].notna().any()]
            if len(after) and filled and not gone:
                lost.append(f"cells of {name} in the columns {', '.join(filled)}")
        if self.before.about != self.after.about:
            lost.append("its name, title and licence")
        return [f"{self.format} cannot hold {'; '.join(lost)}"] if lost else []

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values: summary, and every row and cell by table."""
        lost = self.diff.as_dict()
        return {
            "format": self.format,
            "lossless": not self.diff,
            "summary": self.sentences(),
            "others_see": self.shows,
            "lost": {name: entry for name, entry in lost.items() if _anything(entry)},
        }


def _anything(entry: dict[str, Any]) -> bool:
    return any(entry.values())


def loss(eco: Ecosystem, holds: Holds, format: str) -> Loss:
    """Return what writing an ecosystem in a format loses."""
    return Loss(format, eco, kept(eco, holds), holds.shows)


def kept(eco: Ecosystem, holds: Holds) -> Ecosystem:
    """Return what of an ecosystem a format holds: what reading the written file again gives."""
    tables: dict[str, pd.DataFrame] = {}
    for name in (table for table in SCHEMA.tables if table in holds.tables):
        frame = eco.table(name)
        wanted = holds.columns.get(name)
        if wanted is not None:
            frame = frame[[c for c in frame.columns if c in wanted]]
        if holds.kinds is not None and name in ("nodes", "ties"):
            frame = frame[frame["kind"].isin(holds.kinds)]
        if name == "ties":
            there = set(tables["nodes"]["id"])
            frame = frame[frame["source"].isin(there) & frame["target"].isin(there)]
        frame = frame.copy(deep=False)
        if holds.narrow is not None:
            frame = holds.narrow(name, frame, tables.get("nodes", frame))
        for column in own_columns(frame, name) if not holds.types else ():
            text = pd.Series(cells(frame[column]), index=frame.index, dtype=object)
            frame[column] = with_type(text.where(text != "").astype(DTYPES["text"]))[0]
        tables[name] = frame
    return Ecosystem(tables, eco.about if holds.about else About())


def with_type(cells: pd.Series) -> tuple[pd.Series, str]:
    """Return text cells in the type that all of them are written in, and its name.

    A number or truth value counts as one only where writing it again gives the same text, so that
    ``007`` and ``1.0`` stay text.
    """
    filled = cells.dropna()
    if filled.empty:
        return cells, "text"
    if filled.isin(["true", "false"]).all():
        return cells.map({"true": True, "false": False}).astype(DTYPES["boolean"]), "boolean"
    for kind, convert in (("integer", int), ("number", float)):
        try:
            same = all(str(convert(cell)) == cell for cell in filled)
            if same and pd.to_numeric(filled).abs().max() < 2**53:
                return pd.to_numeric(cells).astype(DTYPES[kind]), kind
        except (ValueError, OverflowError):
            continue
    return cells, "text"
