"""What the data leave open, and what they cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import Block, Cell, cells_of, listing, table
from partnergraph.views.report.facts import SHARED, Facts, by_name, once
from partnergraph.views.words import (
    Name,
    Words,
    decimal,
    kinds_in_words,
    label_of,
    listed,
    noun_of,
    tell,
    whole,
)


@dataclass(frozen=True)
class Gaps:
    """What the data leave open, in numbers; `missing` has attribute, known and of."""

    dated: int
    borrowed: int
    undated: int
    inferred: int
    confidences: tuple[float, ...]
    disputed: int
    without_strength: int
    nodes_without_source: tuple[Name, ...]
    ties_without_source: int
    loose: tuple[Name, ...]
    missing: pd.DataFrame


@once
def gaps(f: Facts) -> Gaps:
    """Count what the data leave open."""
    ties, sourced = f.eco.ties, set(f.eco.evidence["fact"])
    dated = ties["start"].notna() | ties["end"].notna()
    undated = f.eco.undated_ties()
    status = ties["status"].fillna(SCHEMA.declared)
    inferred = status == SCHEMA.inferred
    loose = f.names(f.table.index[f.table["degree"] == 0])
    return Gaps(
        dated=int(dated.sum()),
        borrowed=int((~dated & ~undated).sum()),
        undated=int(undated.sum()),
        inferred=int(inferred.sum()),
        confidences=tuple(ties["confidence"][inferred].dropna().sort_values()),
        disputed=int((status == SCHEMA.disputed).sum()),
        without_strength=int(ties["strength"].isna().sum()),
        nodes_without_source=tuple(n.name for i, n in f.nodes.items() if i not in sourced),
        ties_without_source=sum(t.id not in sourced for t in f.ties),
        loose=tuple(sorted(loose, key=by_name)),
        missing=_missing(f.eco),
    )


def _missing(eco: Ecosystem) -> pd.DataFrame:
    """Count how often each attribute that could be known is known."""
    actors = eco.nodes[eco.nodes["kind"].isin(SCHEMA.actors)]
    projects = eco.nodes[eco.nodes["kind"].isin(SHARED)]
    about_actors = "sector sphere level country legal_form url"
    looked_at = (
        ("actors", "nodes", actors, about_actors),
        ("projects", "nodes", projects, "start end"),
        ("ties", "ties", eco.ties, "intensity trust value strength"),
    )
    rows = [
        (who, column, int(frame[column].notna().sum()), len(frame))
        for who, name, frame, columns in looked_at
        for column in columns.split()
        if len(frame)
    ]
    return pd.DataFrame(rows, columns=["who", "attribute", "known", "of"])


def limits(f: Facts) -> list[Block]:
    """Compose what the data cannot say."""
    found = gaps(f)
    told = ("duplicates", "over", "construction", "alike")
    lines = [x.said(f.whole.name_of) for x in f.findings if x.claim in told]
    lines += _on_ties(found, len(f.ties)) if f.ties else []
    for key, names in (("unsourced", found.nodes_without_source), ("loose", found.loose)):
        if names:
            lines.append(tell(f"limits.{key}", n=len(names), names=listed(names)))
    if len(f.eco.sources) == 1:
        lines.append(tell("limits.one_source"))
    blocks: list[Block] = [listing([*lines, tell("limits.absent")])]
    rows: list[tuple[Cell, ...]] = [
        cells_of(*_gap(row), whole(row["known"]), whole(row["of"] - row["known"]))
        for row in records(found.missing)
        if row["known"] < row["of"]
    ]
    if rows:
        blocks.append(table("limits.caption", rows, numeric=(2, 3), dense=True))
    return blocks


def _gap(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return an attribute, and of what it is one, in words."""
    table = SCHEMA.tables["ties" if row["who"] == "ties" else "nodes"]
    groups = {"actors": SCHEMA.actors, "projects": SHARED}
    who = kinds_in_words(groups[row["who"]]) if row["who"] in groups else noun_of(2, "tie")
    return label_of(table.columns[row["attribute"]]), who


def _on_ties(found: Gaps, total: int) -> list[Words]:
    sure, parts = found.confidences, {"total": total}
    between = (
        tell("limits.sure", low=decimal(sure[0], ".10g"), high=decimal(sure[-1], ".10g"))
        if sure
        else ()
    )
    no_strength = "all_without_strength" if found.without_strength == total else "without_strength"
    return [
        tell(f"limits.{key}", n=n, **parts, between=between)
        for key, n in (
            ("undated", found.undated),
            ("inferred", found.inferred),
            ("disputed", found.disputed),
            (no_strength, found.without_strength),
            ("ties_unsourced", found.ties_without_source),
        )
        if n
    ]
