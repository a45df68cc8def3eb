"""Who complements whom, and what is held and missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.complementarity import complementarity
from partnergraph.analysis.coverage import coverage
from partnergraph.graph.networkx_form import records
from partnergraph.views.answers.complementarity import in_words
from partnergraph.views.answers.coverage import coverage_in_words
from partnergraph.views.report import figures
from partnergraph.views.report.blocks import (
    IN_A_CELL,
    MOST_RANKED,
    NONE,
    Block,
    Cell,
    Figure,
    Heading,
    Table,
    cell_of,
    cut,
    line_of,
    listing,
    say,
    table,
)
from partnergraph.views.report.facts import Facts
from partnergraph.views.words import decimal, listed, names_of, tell, told, whole, words

MOST_PAIRS = 1_000
SECONDS_A_COVER = 5.0


def complements(f: Facts) -> list[Block]:
    """Compose who complements whom, what is held, and what is missing."""
    pairs = complementarity(f.eco, top=MOST_PAIRS, seed=f.seed)
    held = coverage(f.eco, seconds=SECONDS_A_COVER, seed=f.seed)
    said = in_words(f.eco, pairs)
    also = [s for s in coverage_in_words(f.eco, held, benefits=False) if s not in said]
    blocks: list[Block] = [say("complements.note", tone="note"), listing(said)]
    if len(pairs.table):
        blocks += [_pairs(f, pairs.table), say("complements.related", tone="note")]
    blocks.append(Heading(tell("complements.held")))
    drawing = figures.holdings(held.folios)
    if drawing is not None:
        blocks.append(Figure(drawing, tell("complements.drawing") + drawing.left_out))
    return [*blocks, listing(also)]


def _pairs(f: Facts, pairs: pd.DataFrame) -> Table:
    shown = pairs.head(MOST_RANKED)
    rows = [
        _pair(f, ends, row)
        for ends, row in zip(shown.index.to_list(), records(shown.reset_index()), strict=True)
    ]
    more = cut(len(pairs), MOST_RANKED, "pair")
    return table("complements.caption", rows, numeric=(1,), dense=True, more=more)


def _pair(f: Facts, ends: tuple[str, str], row: dict[str, Any]) -> tuple[Cell, ...]:
    names = f.names(ends)
    brought = tuple(
        line_of(words("{}: {}", name, names_of(f.eco, row["evidence"][side], IN_A_CELL)))
        for name, side in zip(names, ("only_a", "only_b"), strict=True)
        if row["evidence"][side]
    )
    density = [_number(row.get(f"added_density_{way}")) for way in ("a_from_b", "b_from_a")]
    return (
        cell_of(listed(names)),
        cell_of(whole(int(row["mutual_gain"]))),
        brought or cell_of(NONE),
        cell_of(" / ".join(density)),
        cell_of(_number(row.get("synergy"))),
        cell_of(told("complements.tied" if row["realised"] else "complements.untied")),
    )


def _number(value: float | None) -> str:
    return NONE if value is None or pd.isna(value) else decimal(value, ",.0f")
