"""The sections on what partners bring: who complements whom, and what the members get."""

from __future__ import annotations

import pandas as pd

from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.complementarity import in_words
from partnergraph.views.answers.coverage import coverage_in_words
from partnergraph.views.report.blocks import (
    MOST_NAMES,
    MOST_RANKED,
    MOST_ROWS,
    NONE,
    Block,
    Figure,
    Heading,
    Line,
    Listing,
    Table,
    cell_of,
    cut,
    line_of,
    say,
    table_of,
)
from partnergraph.views.report.findings import Findings, Partnership, says_benefit
from partnergraph.views.words import Name, Words, kinds_in_words, listed, words


def complements(f: Findings) -> list[Block]:
    """Tell who complements whom, what is held, and what lacks."""
    from partnergraph.views.report import figures

    if f.pairs is None or f.coverage is None:
        return []
    said = in_words(f.eco, f.pairs)
    held = coverage_in_words(f.eco, f.coverage, benefits=False)
    also = [sentence for sentence in held if sentence not in said]
    blocks: list[Block] = [
        say(
            "Whom one complements has four meanings, and no score adds them up: what the other "
            "holds and one lacks; how much of it is related to fields one could enter; what takes "
            "both; and how their tie is woven into the network.",
            tone="note",
        ),
        Listing(tuple(map(Line, said))),
    ]
    if len(f.pairs):
        blocks.append(_pairs_table(f, f.pairs))
        blocks.append(
            say(
                "Related: of what is related to the fields that the first of a pair lacks, how "
                "many of 100 parts the second would bring; and the other way round.",
                tone="note",
            )
        )
    blocks.append(Heading(words("What is held, and what lacks")))
    drawing = figures.holdings(f.coverage.folios)
    if drawing is not None:
        caption = (
            "Who holds what: the largest portfolios and the most widely held first. Filled: held "
            "by one alone."
        )
        blocks.append(Figure(drawing, words("{}", caption)))
    return [*blocks, Listing(tuple(map(Line, also)))]


def _pairs_table(f: Findings, pairs: pd.DataFrame) -> Table:
    """Return the pairs that gain most from each other, with what each would bring."""
    shown = pairs.head(MOST_RANKED)
    rows = []
    for (a, b), row in zip(shown.index.to_list(), records(shown.reset_index()), strict=True):
        ends = Name(row["a_name"], a), Name(row["b_name"], b)
        sides = zip(ends, (row["evidence"][side] for side in ("only_a", "only_b")), strict=True)
        brought = [
            line_of(words("{}: {}", end, listed([Name(f.eco.name_of[i], i) for i in what], 8)))
            for end, what in sides
            if what
        ]
        density = [_number(row.get(f"added_density_{way}"), 0) for way in ("a_from_b", "b_from_a")]
        rows.append(
            (
                cell_of(words("{} and {}", *ends)),
                cell_of(f"{row['mutual_gain']:,}"),
                tuple(brought) or cell_of(NONE),
                cell_of(" / ".join(density)),
                cell_of(_number(row.get("synergy"), 0)),
                cell_of("yes" if row["realised"] else "no"),
            )
        )
    columns = ("Pair", "Each gains", "What each brings", "Related", "Only together", "Tied")
    return table_of(
        "Pairs that gain most from each other",
        columns,
        rows,
        numeric=(1,),
        dense=True,
        more=cut(len(pairs), MOST_RANKED, "pairs"),
    )


def _number(value: float | None, digits: int) -> str:
    return NONE if value is None or pd.isna(value) else f"{value:,.{digits}f}"


def benefits(f: Findings) -> list[Block]:
    """Tell what the members get, and of whom nothing is said."""
    silent = [p for p in f.partnerships if not p.benefits]
    blocks: list[Block] = []
    if f.benefits:
        rows = tuple(
            (
                cell_of(Name(t.benefit)),
                cell_of(t.source),
                (
                    Line(
                        words("{} {}", SCHEMA.tie_kinds[t.kind].label(), t.target),
                        receipts=t.receipts,
                    ),
                ),
            )
            for t in f.benefits[:MOST_ROWS]
        )
        more = cut(len(f.benefits), MOST_ROWS, "benefits")
        caption = "What the members get, as the sources state it"
        blocks.append(table_of(caption, ("Benefit", "By whom", "Through what"), rows, more=more))
    else:
        blocks.append(say("No source states what the members get from any tie."))
    if f.partnerships:
        actors = kinds_in_words(SCHEMA.actors)
        blocks.append(
            say("{} A partnership is two of the {} with a direct tie.", says_benefit(f), actors)
        )
    if silent:
        names = listed([_pair(p, f.told_from) for p in silent], MOST_NAMES)
        pattern = "Nothing is said of {}. That does not mean that it brings members nothing."
        blocks.append(say(pattern, names))
    return blocks


def _pair(partnership: Partnership, told_from: Name | None) -> Name | Words:
    if told_from is not None:
        return partnership.b
    return words("{} and {}", partnership.a, partnership.b)
