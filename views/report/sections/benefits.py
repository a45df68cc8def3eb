"""What members get from partnerships, and where no benefit is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from partnergraph.analysis.capabilities.benefits import benefits as benefits_of
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    MOST_NAMES,
    MOST_ROWS,
    Block,
    Line,
    cell_of,
    cut,
    say,
    table,
)
from partnergraph.views.report.facts import Facts, Tie, by_name, label, once
from partnergraph.views.words import Name, Words, any_of_kinds, listed, words


@dataclass(frozen=True)
class Partnership:
    """Two actors with a direct tie, and the ties of theirs that say what members get."""

    a: Name
    b: Name
    benefits: tuple[Tie, ...]


@once
def partnerships(f: Facts) -> tuple[Partnership, ...]:
    """Return the pairs of actors with a direct tie; only those of the focus where there is one."""
    tie = {t.id: t for t in f.ties}
    table = benefits_of(f.eco)
    out = [
        Partnership(f.name(a), f.name(b), tuple(tie[t] for t in said))
        for (a, b), said in zip(table.index.to_list(), table["ties"], strict=True)
    ]
    return tuple(sorted(out, key=lambda p: (by_name(p.a), by_name(p.b))))


def benefits(f: Facts) -> list[Block]:
    """Compose what members get, and for whom no benefit is recorded."""
    stated = [t for t in f.ties if t.benefit]
    rows = [
        (
            cell_of(Name(t.benefit)),
            cell_of(t.source),
            (Line(words("{} {}", label(t.kind), t.target), receipts=t.receipts),),
        )
        for t in stated[:MOST_ROWS]
    ]
    more = cut(len(stated), MOST_ROWS, "benefit")
    blocks: list[Block] = [
        table("benefits.caption", rows, more=more) if stated else say("benefits.nowhere")
    ]
    if partnerships(f):
        kinds = any_of_kinds(SCHEMA.actors)
        blocks.append(say("benefits.partnerships", recorded=f.said("benefits"), kinds=kinds))
    silent = [_pair(p, f.focus) for p in partnerships(f) if not p.benefits]
    if silent:
        blocks.append(say("benefits.silent", names=listed(silent, MOST_NAMES)))
    return blocks


def _pair(partnership: Partnership, focus: Name | None) -> Name | Words:
    if focus is not None:
        return partnership.b
    return words("{} and {}", partnership.a, partnership.b)
