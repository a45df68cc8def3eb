"""What lapses within a year of the day, and what changed since an earlier day or edition."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.moments.change import Change, change
from partnergraph.analysis.moments.expiry import LAPSED, LAPSES, Expiry, expiry
from partnergraph.analysis.moments.lineage import FATES
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import Block, Cell, cells_of, cut, paragraph, say, table
from partnergraph.views.report.facts import Facts, once
from partnergraph.views.words import (
    Name,
    clean,
    date_in_words,
    decimal,
    label_of,
    listed,
    tell,
    told,
    whole,
)

MONTHS = 12
MOST_ROWS = 15
MOST_HIT = 8


@once
def lapsing(f: Facts) -> Expiry | None:
    """Return what lapses within a year; None without a day, or where there are too many ties."""
    if f.at is None or "/" in f.at or f.large or not len(f.whole.ties):
        return None
    return expiry(f.whole, months=MONTHS, at=f.at)


@once
def changed(f: Facts) -> Change | None:
    """Return what changed since the earlier day or edition; None where none is given.

    Raises
    ------
    BadParameter
        If the report is of no day, or the earlier day is not one before it, or the edition is one
        of another ecosystem.
    """
    if f.since is None:
        return None
    if isinstance(f.since, Ecosystem):
        return change(f.since, f.whole, end=f.at, seed=f.seed)
    if f.at is None:
        raise BadParameter("a report since a day is one of a day, too. Give at=DATE")
    return change(f.whole, start=f.since, end=f.at, seed=f.seed)


def lapses(f: Facts) -> list[Block]:
    """Compose what lapses within a year, for whom, and what has lapsed and is still listed."""
    found = lapsing(f)
    if found is None or found.table.empty:
        return []
    rows = found.table[found.table["state"] == LAPSES]
    horizon = date_in_words(found.horizon)
    blocks: list[Block] = [paragraph(f.said("lapses") or tell("lapses.none", horizon=horizon))]
    if len(rows):
        cells = [
            cells_of(
                Name(clean(row["name"]), row["id"] if row["what"] == "node" else ""),
                _kind(row["what"], row["kind"]),
                date_in_words(row["last"]),
                told("lapses.renewed" if row["renewed"] else "lapses.open"),
            )
            for row in records(rows.head(MOST_ROWS))
        ]
        more = cut(len(rows), MOST_ROWS)
        blocks.append(table("lapses.caption", cells, more=more, horizon=horizon))
        before, after = found.breaks.before, found.breaks.after
        pieces = {"pieces": before.components, "after": after.components, "alone": after.orphans}
        if (before.components, before.orphans) != (after.components, after.orphans):
            blocks.append(paragraph(tell("lapses.breaks", **pieces)))
        if lost := [Name(c["name"], c["id"]) for c in found.breaks.capabilities]:
            blocks.append(say("lapses.lost", n=len(lost), names=listed(lost)))
    return [*blocks, *_hit(found)]


def _hit(found: Expiry) -> list[Block]:
    """Return whom it hits, and how many ties have lapsed and are still listed."""
    rows = found.groups[found.groups["lapses"] > 0]
    cells = [
        cells_of(
            Name(clean(group if by == "cluster" else name), group if by == "partner" else ""),
            told(f"lapses.by_{by}"),
            *map(whole, sizes),
        )
        for by, group, name, *sizes in rows[["by", "group", "name", "lapses", "ties"]]
        .head(MOST_HIT)
        .itertuples(index=False)
    ]
    ties = found.table[(found.table["what"] == "tie") & (found.table["state"] == LAPSED)]
    blocks: list[Block] = []
    if cells:
        more = cut(len(rows), MOST_HIT)
        blocks.append(table("lapses.hit", cells, numeric=(2, 3), more=more))
    if len(ties):
        renewed = int(ties["renewed"].sum())
        blocks.append(say("lapses.lapsed", n=len(ties), renewed=renewed))
    return blocks


def _kind(what: str, kind: str) -> str:
    return label_of((SCHEMA.tie_kinds if what == "tie" else SCHEMA.node_kinds)[kind])


def since(f: Facts) -> list[Block]:
    """Compose what changed since the earlier day or edition, beside what may be noise."""
    found = changed(f)
    if found is None:
        return []
    rates = [whole(round(100 * rate.value)) for rate in found.rates]
    blocks: list[Block] = [
        paragraph(f.said("changed") or tell("since.nothing")),
        say("since.rates", one=rates[0], other=rates[1], tone="note"),
        table(
            "since.figures", [_figure(row) for row in records(found.table)], numeric=(1, 2, 3, 4)
        ),
    ]
    counts = found.counts["by_change"]
    blocks.append(say("since.ties", **counts))
    causes = found.counts["by_cause"]
    if isinstance(f.since, Ecosystem) and len(found.ties):
        blocks.append(say("since.causes", n=len(found.ties), **causes))
    for word in ("came", "left"):
        rows = found.nodes[(found.nodes["change"] == word) & (found.nodes["how"] == "node")]
        if len(rows):
            cells = [
                cells_of(Name(clean(row["name"]), row["id"]), _kind("node", row["kind"]))
                for row in records(rows.head(MOST_ROWS))
            ]
            blocks.append(table(f"since.{word}", cells, more=cut(len(rows), MOST_ROWS)))
    fates = found.clusters["fate"].value_counts()
    named = {fate: int(fates.get(fate, 0)) for fate in FATES}
    if len(fates):
        blocks.append(paragraph(tell("since.clusters", **named)))
    return blocks


def _figure(row: dict[str, Any]) -> tuple[Cell, ...]:
    shown = [_short(row.get(name)) for name in ("before", "after", "low", "high")]
    verdict = told(f"since.{str(row['verdict']).replace(' ', '_')}")
    return cells_of(told(f"since.{row['figure']}"), *shown, verdict)


def _short(value: float | None) -> str:
    if value is None or pd.isna(value):
        return told("lists.undefined")
    return whole(int(value)) if value == int(value) else decimal(value, ".3g")
