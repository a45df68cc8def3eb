"""What is in it: counts of an ecosystem, and everything that is known of one node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA

_COUNTED = {
    "nodes": ("kind", "subtype", "sector", "sphere", "level", "country"),
    "ties": ("kind", "role", "status", "intensity"),
}


@question
def summary(eco: Ecosystem) -> pd.DataFrame:
    """Count what an ecosystem holds: rows a table, by kind and attribute, period and source.

    Returns
    -------
    DataFrame
        One row a count: ``table``, ``attribute``, ``value`` (blank attribute: all rows of the
        table; value None: not known), ``count``. Periods count the years in which dated ties
        begin; sources count the facts each one states.
    """
    rows: list[tuple[str, str, Any, int]] = [
        (name, "", None, len(frame)) for name, frame in eco.tables.items()
    ]
    for name, attributes in _COUNTED.items():
        frame = eco.table(name)
        for attribute in attributes:
            counts = _counts(frame[attribute])
            if set(counts) - {None}:
                order = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
                rows += [(name, attribute, value, count) for value, count in order]
    years = _counts(eco.ties["start"].str[:4])
    rows += [("ties", "start", year, years[year]) for year in sorted(years, key=str)]
    facts = eco.evidence.groupby("source")["fact"].nunique()
    rows += [("evidence", "source", source, int(count)) for source, count in facts.items()]
    table = pd.DataFrame(rows, columns=["table", "attribute", "value", "count"])
    return table.astype({"value": object}).assign(value=[row[2] for row in rows])


def _counts(cells: pd.Series) -> dict[str | None, int]:
    """Count values, None for what is not known."""
    return dict(Counter(cells.astype(object).where(cells.notna(), None).tolist()))


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
