"""What may come: what breaks when somebody leaves, and who could be the next partner."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from partnergraph.analysis.brokers import brokers
from partnergraph.analysis.fragility import fragility
from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.recommend import changes
from partnergraph.views.report.blocks import (
    IN_A_CELL,
    MOST_NAMES,
    Block,
    Cell,
    Heading,
    cell_of,
    cut,
    listing,
    names_cell,
    paragraph,
    say,
    table,
)
from partnergraph.views.report.facts import Facts, once
from partnergraph.views.report.sections.holdings import sole
from partnergraph.views.report.sections.ranking import centred
from partnergraph.views.words import (
    Name,
    Words,
    any_of_kinds,
    kinds_in_words,
    number,
    tell,
    told,
    whole,
)

MOST_BREAKS = 8
MOST_ADVICE = 5


@dataclass(frozen=True)
class Break:
    """What follows where one leaves.

    Attributes
    ----------
    apart
        How many others then stand outside the largest piece, and stood in it.
    pieces
        Into how many pieces the network is then parted.
    lost, fallen
        The capabilities that nobody has any more; the projects and networks that fall under their
        fewest members.
    """

    name: Name
    apart: int
    pieces: int
    lost: tuple[Name, ...]
    fallen: tuple[Name, ...]


@dataclass(frozen=True)
class Breaks:
    """What breaks.

    Attributes
    ----------
    first, of
        What follows where each of those leaves whose leaving parts the network or takes a
        capability away, the worst first; and of how many these are the first.
    bridges
        Pairs whose tie alone holds the network together, and how many nodes stand on its smaller
        side, the most first.
    """

    first: tuple[Break, ...]
    of: int
    bridges: tuple[tuple[Name, Name, int], ...]


@once
def breaks(f: Facts) -> Breaks:
    """Return what breaks where one node leaves, or one tie ends."""
    found = brokers(f.eco)
    cut_by = found.table
    alone = Counter(held.holders[0].id for held in sole(f))
    worst = sorted(
        {*cut_by.index[cut_by["articulation"]], *alone},
        key=lambda i: (-int(cut_by["separated"].get(i, 0)), -alone[i], i),
    )
    bridges = found.bridges
    return Breaks(
        first=tuple(
            _break(f, node, int(cut_by["separated"].get(node, 0))) for node in worst[:MOST_BREAKS]
        ),
        of=len(worst),
        bridges=tuple((f.name(b["a"]), f.name(b["b"]), b["separated"]) for b in bridges),
    )


def _break(f: Facts, node: str, apart: int) -> Break:
    found = fragility(f.eco, leave=node)
    return Break(
        name=f.name(node),
        apart=apart,
        pieces=found.after.components,
        lost=tuple(f.name(c["id"]) for c in found.capabilities),
        fallen=tuple(f.name(step["id"]) for step in found.cascade_steps),
    )


def advised(f: Facts) -> Name | None:
    """Return for whom partners are sought: the focus, the centre of the data, or the first."""
    if f.focus is not None and f.focus.id in f.actors:
        return f.focus
    first = [f.name(i) for i in f.table.index if i in f.actors]
    return next(iter([*(d.name for d in centred(f)), *first]), None)


# -- the sections ----------------------------------------------------------------------------


def breaks_section(f: Facts) -> list[Block]:
    """Compose what follows when one leaves, which ties hold the network, and when ties end."""
    if f.large:
        return [_not_tested(f, "fragility ECO --leave NAME")]
    found = breaks(f)
    blocks = _departures(found)
    if found.bridges:
        named = [tell("breaks.bridge", a=a, b=b) for a, b, _ in found.bridges]
        for i, (_, _, size) in enumerate(found.bridges):
            named[i] += tell("breaks.beyond", n=size) if size > 1 else ()
        blocks.append(Heading(tell("breaks.bridges")))
        blocks.append(listing(named[:MOST_NAMES], "columns"))
        if more := cut(len(named), MOST_NAMES, "tie"):
            blocks.append(paragraph(more, "note"))
    return [*blocks, paragraph(f.said("ends") or tell("breaks.no_ends"))]


def _departures(found: Breaks) -> list[Block]:
    if not found.first:
        return [say("breaks.none")]
    rows = [
        (
            cell_of(each.name),
            cell_of(whole(each.apart)),
            cell_of(whole(each.pieces)),
            names_cell(each.lost),
            names_cell(each.fallen),
        )
        for each in found.first
    ]
    left = found.of - len(found.first)
    more = tell("breaks.more", n=left) if left else ()
    hubs = {k for t in SCHEMA.folding for k in SCHEMA.tie_kinds[t].target_kinds}
    kinds = kinds_in_words([kind for kind in SCHEMA.default_network if kind in hubs])
    found_table = table("breaks.caption", rows, numeric=(1, 2), more=more)
    return [found_table, say("breaks.note", kinds=kinds, tone="note")]


def next_partner(f: Facts) -> list[Block]:
    """Compose who could be the next partner, how far to trust it, and what would change."""
    if f.large:
        return [_not_tested(f, "recommend ECO NAME")]
    who, actors = advised(f), any_of_kinds(SCHEMA.actors)
    if who is None:
        return [say("report.none", kinds=actors)]
    found = recommend(f.eco, who.id, top=MOST_ADVICE, seed=f.seed)
    advice = found.table
    blocks: list[Block] = [
        say("next.note", name=who, tone="note"),
        paragraph(_trust(found.predictor), "callout"),
    ]
    if advice.empty:
        kinds = kinds_in_words(SCHEMA.actors)
        return [*blocks, say("next.nobody", name=who, kinds=kinds)]
    if not (advice["score"] > 0).any():
        blocks.append(say("next.nothing" if len(advice) == 1 else "next.nothing_all"))
    rows = [_candidate(row) for row in records(advice.reset_index())]
    return [*blocks, table("next.caption", rows, name=who)]


def _candidate(row: dict[str, Any]) -> tuple[Cell, ...]:
    lists = (row["shared"], row["fields_gained"], row["fields_given"])
    changed = changes(row["counterfactual"])
    return (
        cell_of(Name(row["name"], row["id"])),
        *(names_cell([Name(name) for name in names], IN_A_CELL) for names in lists),
        cell_of(*(tell(f"effects.{what}", change=change) for what, change in changed.items()))
        or cell_of(tell("next.no_change")),
    )


def _trust(tested: dict[str, Any]) -> Words:
    """Return how far to trust the order of what is recommended."""
    name = told(f"predictors.{tested['name']}")
    parts: dict[str, Any] = {"name": name, "sources": tested["sources"], "pairs": tested["pairs"]}
    if tested["better_than_chance"] is None:
        return tell("next.untested", **parts)
    found = {"p": tested["precision_at_k"], **tested["baselines"]}
    parts |= {what: number(value, 3) for what, value in found.items()}
    key = "best" if tested["better_than_popularity"] else "popular"
    return tell(f"next.{key if tested['better_than_chance'] else 'luck'}", k=tested["k"], **parts)


def _not_tested(f: Facts, command: str) -> Block:
    return say("report.not_tested", n=f.tested_up_to, command=command)
