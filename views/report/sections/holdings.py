"""Shared projects and capabilities: who takes part in them, and who has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report import figures
from partnergraph.views.report.blocks import (
    MOST_HELD,
    MOST_NAMES,
    MOST_ROWS,
    NONE,
    Block,
    Cell,
    Figure,
    Line,
    cell_of,
    cut,
    first_of,
    line_of,
    listing,
    paragraph,
    say,
    small,
    table,
)
from partnergraph.views.report.facts import (
    ACTOR,
    CAPABILITIES,
    CAPABILITY_TIES,
    PROJECT,
    SHARED,
    Facts,
    Node,
    Tie,
    by_name,
    label,
    once,
)
from partnergraph.views.report.sections.ties import tie_line, with_details
from partnergraph.views.words import (
    Name,
    Words,
    any_of_kinds,
    kind_noun,
    kinds_in_words,
    listed,
    tell,
    told,
)

MOST_HOLDERS = 6
# What makes a taxonomy: one is part of another of its kind.
PART = tuple(name for name, kind in SCHEMA.tie_kinds.items() if kind.same_kind)


@dataclass(frozen=True)
class Held:
    """A shared project or a capability, with the ties of those who hold it."""

    node: Node
    ties: tuple[Tie, ...]
    also: tuple[Tie, ...]

    @property
    def holders(self) -> tuple[Name, ...]:
        """The actors that take part in it or have it, each once, by name."""
        ends = {
            t.other(self.node.name.id)
            for t in self.ties
            if t.kind not in SCHEMA.sought
            and SCHEMA.tie_kinds[t.kind].source_kinds <= set(SCHEMA.actors)
        }
        return tuple(sorted(ends, key=by_name))


@once
def shared(f: Facts) -> tuple[Held, ...]:
    """Return the shared projects, those with most participants first."""
    return _held(f, SHARED, lambda t: f.groups(t) == (ACTOR, PROJECT))


@once
def capabilities(f: Facts) -> tuple[Held, ...]:
    """Return the capabilities, those with most holders first."""
    return _held(f, CAPABILITIES, lambda t: t.kind in CAPABILITY_TIES)


def missing(f: Facts) -> list[Held]:
    """Return the capabilities that are looked for or required, and that nobody has.

    What projects only contribute to is an aim: nobody has to have it.
    """
    return [
        held
        for held in capabilities(f)
        if not held.holders and any(t.kind not in SCHEMA.aims for t in held.ties)
    ]


def sole(f: Facts) -> list[Held]:
    """Return the capabilities that one actor alone has."""
    return [held for held in capabilities(f) if len(held.holders) == 1]


def _held(f: Facts, among: Sequence[str], counts: Callable[[Tie], bool]) -> tuple[Held, ...]:
    out = []
    for node_id, node in f.nodes.items():
        if node.kind in among:
            ties = [t for t in f.of[node_id] if counts(t)]
            ties.sort(key=lambda t: (by_name(t.other(node_id)), t.id))
            out.append(Held(node, tuple(ties), f.also(node_id)))
    return tuple(sorted(out, key=lambda h: (-len(h.holders), *by_name(h.node.name))))


def broader_holders(f: Facts, held: Held) -> tuple[Name, ...]:
    """Return the other actors that have something the capability is part of, near or far."""
    return _holders_of(f, held, _along(f, held, up=True))


def near_holders(f: Facts, held: Held) -> tuple[Name, ...]:
    """Return the actors that have something the capability is part of, or a part of it."""
    return _holders_of(f, held, _along(f, held, up=True) | _along(f, held, up=False))


def _along(f: Facts, held: Held, *, up: bool) -> set[str]:
    """Return what a capability is part of, near or far; else its parts."""
    reached, left = {held.node.name.id}, [held.node.name.id]
    while left:
        node = left.pop()
        for tie in f.of[node]:
            here, there = tie.ends if up else tie.ends[::-1]
            if tie.kind in PART and here.id == node and there.id not in reached:
                reached.add(there.id)
                left.append(there.id)
    return reached


def _holders_of(f: Facts, held: Held, reached: set[str]) -> tuple[Name, ...]:
    found = {
        holder
        for other in capabilities(f)
        if other.node.name.id in reached
        for holder in other.holders
        if holder not in held.holders
    }
    return tuple(sorted(found, key=by_name))


# -- the sections ----------------------------------------------------------------------------


def projects_section(f: Facts) -> list[Block]:
    """List the shared projects, when they are, and who takes part."""
    held = shared(f)
    if not held:
        return [say("projects.none", kinds=any_of_kinds(SHARED))]
    several = sum(len(h.holders) > 1 for h in held)
    what, actors = kind_noun(len(held), SHARED[0]), kinds_in_words(SCHEMA.actors)
    parts: dict[str, Any] = {"n": several, "total": len(held), "what": what, "actors": actors}
    blocks: list[Block] = [say("projects.order", **parts)]
    drawing = figures.periods([h.node for h in held])
    if drawing is not None:
        blocks.append(Figure(drawing, tell("projects.periods") + drawing.left_out))
    rows = [
        (
            _held_cell(h),
            cell_of(h.node.when or NONE),
            _cell(_participant(t, h.node.name.id) for t in h.ties),
        )
        for h in held[:MOST_HELD]
    ]
    anchors = tuple(h.node.name.id for h in held[:MOST_HELD])
    more, kinds = cut(len(held), MOST_HELD, SHARED[0]), kinds_in_words(SHARED)
    return [*blocks, table("projects.caption", rows, anchors=anchors, more=more, kinds=kinds)]


def capabilities_section(f: Facts) -> list[Block]:
    """List what actors offer, use or need, and what hangs on one alone."""
    held, what = capabilities(f), kinds_in_words(CAPABILITIES)
    if not held:
        return [say("report.none", kinds=any_of_kinds(CAPABILITIES))]
    used = [k for k in CAPABILITY_TIES if any(t.kind == k for h in held for t in h.ties)]
    rows = [
        (
            _held_cell(h),
            *(
                _cell(with_details(t, (t.other(h.node.name.id),)) for t in h.ties if t.kind == k)
                for k in used
            ),
        )
        for h in held[:MOST_HELD]
    ]
    anchors = tuple(h.node.name.id for h in held[:MOST_HELD])
    more = cut(len(held), MOST_HELD, CAPABILITIES[0])
    columns = (told("capabilities.what"), *map(label, used))
    options: dict[str, Any] = {"columns": columns, "anchors": anchors, "more": more}
    return [*_with_one_alone(f), table("capabilities.caption", rows, kinds=what, **options)]


def _with_one_alone(f: Facts) -> list[Block]:
    alone, total = sole(f), sum(bool(h.holders) for h in capabilities(f))
    blocks: list[Block] = []
    if alone:
        lines = [_alone(f, h) for h in alone[:MOST_ROWS]]
        what = kind_noun(total, CAPABILITIES[0])
        blocks.append(say("capabilities.lost", n=len(alone), total=total, what=what))
        blocks.append(listing(lines, "columns"))
        if more := cut(len(alone), MOST_ROWS, CAPABILITIES[0]):
            blocks.append(paragraph(more, "note"))
    wanted = [h.node.name for h in missing(f)]
    if wanted:
        blocks.append(say("capabilities.wanted", names=listed(wanted, MOST_NAMES)))
    return blocks


def _alone(f: Facts, held: Held) -> Words:
    said = tell("capabilities.sole", what=held.node.name, name=held.holders[0])
    others = broader_holders(f, held)
    return said + (tell("capabilities.broader", names=listed(others, 4)) if others else ())


def _cell(lines: Iterable[Line]) -> Cell:
    return first_of(lines, MOST_HOLDERS) or cell_of(NONE)


def _held_cell(held: Held) -> Cell:
    node = held.node
    lines = [line_of(node.name), small(Name(node.what))]
    if node.cells.get("description"):
        text = (Name(node.cells["description"]),)
        lines.append(Line(text, small=True, receipts=node.receipts))
    return (*lines, *first_of(tie_line(t, node.name.id) for t in held.also))


def _participant(tie: Tie, hub: str) -> Line:
    said: Words = (tie.other(hub),)
    if tie.kind not in SCHEMA.folding:
        said = tell("projects.otherwise", name=tie.other(hub), how=label(tie.kind))
    return with_details(tie, said)
