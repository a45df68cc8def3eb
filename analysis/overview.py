"""What is in it: counts of an ecosystem, and everything that is known of one node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.periods import STATES
from partnergraph.graph.schema import SCHEMA

_COUNTED = {
    "nodes": ("kind", "subtype", "sector", "sphere", "level", "country"),
    "ties": ("kind", "role", "status", "intensity"),
}


@question
def summary(eco: Ecosystem, *, at: str | None = None) -> pd.DataFrame:
    """Count what an ecosystem holds: rows a table, by kind and attribute, period and source.

    Parameters
    ----------
    at
        The date at which running, planned, ended and undated ones are told apart; by default the
        day that the data describe, see `Ecosystem.as_of`.

    Returns
    -------
    DataFrame
        One row a count: ``table``, ``attribute``, ``value`` (blank attribute: all rows of the
        table; value None: not known), ``count``. Periods count the years in which dated ties
        begin; sources count the facts each one states. Of nodes and ties also how many of them are
        ``running``, ``planned``, ``ended`` and ``undated`` at the date, see `Ecosystem.states`; the
        first three are missing where there is no date. ``attrs`` has the date, ``at``.

    Raises
    ------
    BadParameter
        If `at` is not a date.
    """
    day = at or eco.as_of
    stand = dict(zip(("nodes", "ties"), eco.states(day), strict=True))
    rows: list[tuple[Any, ...]] = []
    for name, frame in eco.tables.items():
        rows += _counts(name, "", pd.Series([None] * len(frame), dtype=object), stand.get(name))
        if frame.empty:
            rows.append((name, "", None, 0))
    for name, attributes in _COUNTED.items():
        frame = eco.table(name)
        for attribute in attributes:
            if frame[attribute].notna().any():
                found = _counts(name, attribute, frame[attribute], stand[name])
                rows += sorted(found, key=lambda row: (-row[3], str(row[2])))
    years = _counts("ties", "start", eco.ties["start"].str[:4], stand["ties"])
    rows += sorted(years, key=lambda row: str(row[2]))
    facts = eco.evidence.groupby("source")["fact"].nunique()
    rows += [("evidence", "source", source, int(count)) for source, count in facts.items()]
    columns = ["table", "attribute", "value", "count", *STATES]
    table = pd.DataFrame([(*row, *[None] * (8 - len(row))) for row in rows], columns=columns)
    table = table.astype(dict.fromkeys(STATES, "Int64"))
    if day is None:
        table[list(STATES[:-1])] = pd.NA
    table.attrs = {"at": day}
    return table.astype({"value": object}).assign(value=[row[2] for row in rows])


def _counts(
    table: str, attribute: str, cells: pd.Series, stand: pd.Series | None
) -> list[tuple[Any, ...]]:
    """Return a row for each value, None for what is not known, told apart by how it stands."""
    values = cells.astype(object).where(cells.notna(), None).tolist()
    each = Counter(zip(values, [] if stand is None else stand, strict=stand is not None))
    return [
        (table, attribute, value, count, *(each[value, s] for s in STATES if stand is not None))
        for value, count in Counter(values).items()
    ]


def kinds(eco: Ecosystem) -> dict[str, dict[str, int]]:
    """Count nodes and ties by kind, in the order of the vocabulary."""
    out = {}
    for name, known in (("nodes", SCHEMA.node_kinds), ("ties", SCHEMA.tie_kinds)):
        counts = eco.table(name)["kind"].value_counts()
        out[name] = {kind: int(counts[kind]) for kind in known if kind in counts.index}
    return out


@dataclass(frozen=True)
class Shown:
    """All that is known of one node.

    Attributes
    ----------
    node
        Its facts, blanks left out.
    aliases
        Its other names.
    ties
        A row a tie: ``id``, ``kind``, ``direction`` (out, in, both), ``other``, ``other_name``,
        then the tie's attributes that are filled somewhere, and ``receipts``, the number of its
        rows in `evidence`.
    evidence
        The receipts of the node and of its ties, with the title of each source.
    """

    node: dict[str, Any]
    aliases: pd.DataFrame
    ties: pd.DataFrame
    evidence: pd.DataFrame


@question
def show(eco: Ecosystem, name: str) -> Shown:
    """Return one node with its ties and receipts.

    Parameters
    ----------
    name
        Its id, its original id, or a name or alias that only it bears.

    Raises
    ------
    UnknownName, AmbiguousName
        If no node is called so, or several are.
    """
    node = eco.resolve(name)
    ties = eco.ties
    ties = ties[(ties["source"] == node) | (ties["target"] == node)].reset_index(drop=True)
    out = ties["source"] == node
    evidence = eco.evidence
    evidence = evidence[evidence["fact"].isin([node, *ties["id"]])].reset_index(drop=True)
    titles = dict(zip(eco.sources["id"], eco.sources["title"], strict=True))
    evidence.insert(3, "source_title", evidence["source"].map(titles))
    receipts = evidence["fact"].value_counts()
    other = ties["target"].where(out, ties["source"])
    both = ties["kind"].isin(SCHEMA.undirected)
    shown = pd.DataFrame(
        {
            "id": ties["id"],
            "kind": ties["kind"],
            "direction": out.map({True: "out", False: "in"}).where(~both, "both"),
            "other": other,
            "other_name": other.map(eco.name_of),
        }
    )
    rest = ties.drop(columns=["id", "kind", "source", "target"]).dropna(axis=1, how="all")
    shown = pd.concat([shown, rest], axis=1)
    shown["receipts"] = ties["id"].map(receipts).fillna(0).astype("int64")
    facts = records(eco.nodes[eco.nodes["id"] == node])[0]
    aliases = eco.aliases[eco.aliases["node"] == node].reset_index(drop=True)
    return Shown(facts, aliases, shown, evidence)
