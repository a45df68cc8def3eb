"""The sections on what may come: what breaks, and who could be the next partner."""

from __future__ import annotations

from typing import Any

from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.recommend import effects
from partnergraph.views.report.blocks import (
    MOST_NAMES,
    NONE,
    Block,
    Cell,
    Heading,
    Line,
    Listing,
    cell_of,
    cut,
    say,
    table_of,
)
from partnergraph.views.report.findings import TESTED_UP_TO, Break, Findings, Outlook
from partnergraph.views.words import Name, Words, kinds_in_words, listed, many, words


def breaks(f: Findings) -> list[Block]:
    """Tell what follows where one leaves, which ties hold the whole, and when ties end."""
    if f.outlook is None:
        return [_not_tried("fragility ECO --leave NAME")]
    found, blocks = f.outlook, [*_departures(f.outlook)]
    if found.bridges:
        named = [
            words("{} – {}{}", a, b, f" ({size:,} beyond it)" if size > 1 else "")
            for a, b, size in found.bridges
        ]
        blocks.append(Heading(words("Ties without which the network falls apart")))
        blocks.append(Listing(tuple(map(Line, named[:MOST_NAMES])), "columns"))
        if more := cut(len(named), MOST_NAMES, "ties"):
            blocks.append(say("{}", more, tone="note"))
    return [*blocks, say("{}", _ends(found))]


def _departures(found: Outlook) -> list[Block]:
    if not found.breaks:
        return [say("Nobody alone parts the network by leaving, or takes a capability away.")]
    rows = [_departure(each) for each in found.breaks]
    columns = ("Who leaves", "Cut off", "Pieces", "Nobody holds then", "Cannot go on")
    more = cut(found.breaks_of, len(found.breaks), "whose leaving parts or takes something")
    table = table_of("What follows where one leaves", columns, rows, numeric=(1, 2), more=more)
    told = (
        "Each leaves alone, and all else stays. Cut off: how many others then stand outside the "
        "largest piece. What cannot go on are {} left with fewer members than they take, two "
        "unless the data say otherwise."
    )
    hubs = {k for t in SCHEMA.folding for k in SCHEMA.tie_kinds[t].target_kinds}
    kinds = kinds_in_words([kind for kind in SCHEMA.default_network if kind in hubs])
    return [table, say(told, kinds, tone="note")]


def _departure(each: Break) -> tuple[Cell, ...]:
    return (
        cell_of(each.name),
        cell_of(f"{each.apart:,}"),
        cell_of(f"{each.pieces:,}"),
        *(cell_of(listed(names)) if names else cell_of(NONE) for names in (each.lost, each.fallen)),
    )


def _ends(found: Outlook) -> Words:
    """Say how many ties end on a known date, and when the last."""
    total = many(found.ends.attrs["network"]["ties"], "tie")
    if found.ends.empty:
        return words("None of the {} has an end on record: when any lapses cannot be told.", total)
    last = found.ends.reset_index().iloc[-1]
    pattern = (
        "{} of the {} end on a known date, of their own or of a project that they touch, the last "
        "in {}. When the others end is not on record."
    )
    return words(pattern, f"{last['dated']:,}", total, f"{last['year'] - 1}")


def next_partner(f: Findings) -> list[Block]:
    """Tell who could be the next partner, how far to trust it, and what would change."""
    found = f.outlook
    if found is None:
        return [_not_tried("recommend ECO NAME")]
    if found.advised is None or found.advice is None:
        return [say("There are no {}.", kinds_in_words(SCHEMA.actors))]
    table = found.advice
    blocks: list[Block] = [
        say(
            "Whom {} is not tied to yet, those first whom the predictor prefers that finds hidden "
            "ties of these data best. It is no score: what either would bring the other, and what "
            "would change, stands beside.",
            found.advised,
            tone="note",
        ),
        say("{}", table.attrs["words"][0], tone="callout"),
    ]
    if table.empty:
        pattern = "There is nobody left to recommend: {} is tied to all the other {}."
        return [*blocks, say(pattern, found.advised, kinds_in_words(SCHEMA.actors))]
    if not (table["score"] > 0).any():
        several = "to any of them: their order means nothing"
        blocks.append(say("Nothing in the data leads {}.", several if len(table) > 1 else "there"))
    rows = [_candidate(row) for row in records(table.reset_index())]
    columns = ("Who", "Both are tied to", "Would bring", "Would get", "What would change")
    title = words("Possible new partners of {}", found.advised)
    return [*blocks, table_of(title, columns, rows)]


def _candidate(row: dict[str, Any]) -> tuple[Cell, ...]:
    lists = (row["shared"], row["fields_gained"], row["fields_given"])
    changed = [
        f"{what}: {said}" for what, said in effects(row["counterfactual"]).items() if "→" in said
    ]
    return (
        cell_of(Name(row["name"], row["id"])),
        *(
            cell_of(listed([Name(name) for name in names], 8)) if names else cell_of(NONE)
            for names in lists
        ),
        cell_of(*changed) if changed else cell_of("nothing that is counted"),
    )


def _not_tried(command: str) -> Block:
    pattern = "With more than {} ties this is not tried for the report. Ask: partnergraph {}"
    return say(pattern, f"{TESTED_UP_TO:,}", command)
