"""The sections that list facts, each with its receipts: ties, shared projects, capabilities."""

from __future__ import annotations

from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    MOST_NAMES,
    MOST_ROWS,
    NONE,
    Block,
    Cell,
    Figure,
    Heading,
    Line,
    Listing,
    Paragraph,
    cell_of,
    cut,
    say,
    table_of,
)
from partnergraph.views.report.findings import (
    CAPABILITIES,
    CAPABILITY_TIES,
    SHARED,
    Findings,
    Held,
    Neighbour,
    Node,
    Sheet,
    Tie,
    sole,
)
from partnergraph.views.words import Name, kind_noun, kinds_in_words, listed, words

MOST_NEIGHBOURS = 40


def ties(f: Findings) -> list[Block]:
    """Tell of each actor its ties to the others, with their receipts."""
    blocks: list[Block] = []
    actors = kinds_in_words(SCHEMA.actors)
    if not f.sheets:
        return [say("There are no {}.", actors)]
    blocks.append(
        say(
            "Each of the {} has a table of its own: to whom it is tied directly, and what the two "
            "share. Parallel ties are different facts, so each is listed. S and a number name the "
            "source; the place in it follows.",
            actors,
            tone="note",
        )
    )
    if len(f.sheets) < f.sheets_of:
        pattern = "Shown are the {} that come first in the ranking, of {}."
        blocks.append(say(pattern, len(f.sheets), f"{f.sheets_of:,}"))
    for sheet in f.sheets:
        blocks += _sheet(sheet)
    if f.elsewhere:
        blocks.append(Heading(words("Other ties")))
        lines = tuple(_whole_tie(t) for t in f.elsewhere[:MOST_ROWS])
        blocks.append(Listing(lines, "small"))
        if more := cut(len(f.elsewhere), MOST_ROWS, "ties"):
            blocks.append(Paragraph(Line(more), "note"))
    return blocks


def _sheet(sheet: Sheet) -> list[Block]:
    node = sheet.node
    blocks: list[Block] = [
        Heading((node.name,), node.name.id),
        Paragraph(_portrait(node), "portrait"),
    ]
    if node.cells.get("description"):
        blocks.append(Paragraph(Line((Name(node.cells["description"]),), receipts=node.receipts)))
    if sheet.also:
        blocks.append(Listing(tuple(_tie_line(t, node.name.id) for t in sheet.also), "small"))
    if not sheet.neighbours:
        return [*blocks, say("No tie to another of them is on record.", tone="note")]
    rows = tuple(_neighbour(n, node.name.id) for n in sheet.neighbours[:MOST_NEIGHBOURS])
    table = table_of(
        words("Neighbours of {}", node.name),
        ("With", "Ties", "Together in"),
        rows,
        more=cut(len(sheet.neighbours), MOST_NEIGHBOURS, "neighbours"),
        quiet=True,
    )
    return [*blocks, table]


def _portrait(node: Node) -> Line:
    """Say what a node is in one line: kind, level, sphere, country, period, address."""
    values = [
        SCHEMA.values[c][node.cells[c]].label()
        for c in ("level", "sphere", "sector")
        if c in node.cells
    ]
    kind = SCHEMA.node_kinds[node.kind].label()
    what = kind if node.what == kind else f"{kind}: {node.what}"
    parts = [what, *values]
    parts += [str(node.cells[c]) for c in ("legal_form", "country") if c in node.cells]
    url = str(node.cells.get("url", ""))
    parts += [p for p in (node.when, url) if p]
    return Line((Name(" · ".join(parts)),), small=True, url=url)


def _neighbour(neighbour: Neighbour, centre: str) -> tuple[Cell, ...]:
    ties = tuple(_tie_line(t, centre) for t in neighbour.ties)
    together = tuple(
        Line(
            words("{}{}", m.hub.name, f" ({said})" if (said := _meeting(m.hub, m.inferred)) else "")
        )
        for m in neighbour.together
    )
    return cell_of(neighbour.node.name), ties or cell_of(NONE), together or cell_of(NONE)


def _meeting(hub: Node, inferred: bool) -> str:
    status = SCHEMA.values["status"]["inferred"].label() if inferred else ""
    return ", ".join(part for part in (hub.when, status) if part)


def _tie_line(tie: Tie, seen_from: str) -> Line:
    """Say a tie from one of its ends: what it is, its details, and its receipts."""
    label = SCHEMA.tie_kinds[tie.kind].label()
    details = "".join(f" · {detail}" for detail in tie.details)
    other = tie.other(seen_from)
    own_section = tie.source.id == seen_from or tie.kind in SCHEMA.undirected
    said = words("{}{}", label, details)
    if not own_section:
        said = words("{} {} {}{}", tie.source, label, tie.target, details)
    elif _beyond_actors(tie):
        said = words("{} {}{}", label, other, details)
    if tie.cells.get("description"):
        said = words("{} – {}", said, Name(tie.cells["description"]))
    return Line(said, receipts=tie.receipts)


def _beyond_actors(tie: Tie) -> bool:
    """Say whether a tie's kind may lead out of the actors, so that its far end must be named."""
    kind = SCHEMA.tie_kinds[tie.kind]
    return not kind.target_kinds <= set(SCHEMA.actors)


def _whole_tie(tie: Tie) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    label = SCHEMA.tie_kinds[tie.kind].label()
    return Line(words("{} {} {}{}", tie.source, label, tie.target, details), receipts=tie.receipts)


def projects(f: Findings) -> list[Block]:
    """List the shared projects, when they are, and who takes part."""
    from partnergraph.views.report import figures

    what = kinds_in_words(SHARED)
    if not f.shared:
        return [say("There are no shared {}.", what)]
    shown = f.shared[:MOST_ROWS]
    rows = tuple(
        (
            _held_cell(held),
            cell_of(held.node.when or NONE),
            tuple(_participant(t, held.node.name.id) for t in held.ties) or cell_of(NONE),
        )
        for held in shown
    )
    blocks: list[Block] = [
        say(
            "{} are shared. Those with most participants come first.",
            f"{len(f.shared):,} {kind_noun(len(f.shared), SHARED[0])}",
        )
    ]
    drawing = figures.periods(f.shared)
    if drawing is not None:
        blocks.append(Figure(drawing, words("When the projects with a date took or take place.")))
    blocks.append(
        table_of(
            f"Shared {what}: what, when, and who takes part",
            ("What", "When", "Who takes part"),
            rows,
            anchors=tuple(h.node.name.id for h in shown),
            more=cut(len(f.shared), MOST_ROWS, what),
        )
    )
    return blocks


def _held_cell(held: Held) -> Cell:
    node = held.node
    lines = [Line((node.name,)), Line((Name(node.what),), small=True)]
    if node.cells.get("description"):
        text = (Name(node.cells["description"]),)
        lines.append(Line(text, small=True, receipts=node.receipts))
    lines += [_tie_line(t, node.name.id) for t in held.also]
    return tuple(lines)


def _participant(tie: Tie, hub: str) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    kind = "" if tie.kind in SCHEMA.folding else f" {SCHEMA.tie_kinds[tie.kind].label()} it"
    return Line(words("{}{}{}", tie.other(hub), kind, details), receipts=tie.receipts)


def capabilities(f: Findings) -> list[Block]:
    """List what actors offer, use or need, and what hangs on one alone."""
    what = kinds_in_words(CAPABILITIES)
    if not f.capabilities:
        return [say("No {} are on record.", what)]
    used = [k for k in CAPABILITY_TIES if any(t.kind == k for h in f.capabilities for t in h.ties)]
    shown = f.capabilities[:MOST_ROWS]
    rows = tuple(
        (
            _held_cell(held),
            *(
                tuple(_participant_of(t, held.node.name.id) for t in held.ties if t.kind == k)
                or cell_of(NONE)
                for k in used
            ),
        )
        for held in shown
    )
    blocks = _with_one_alone(f, what)
    blocks.append(
        table_of(
            f"Who is tied to which of the {what}",
            ("What", *(SCHEMA.tie_kinds[k].label() for k in used)),
            rows,
            anchors=tuple(h.node.name.id for h in shown),
            more=cut(len(f.capabilities), MOST_ROWS, what),
        )
    )
    return blocks


def _with_one_alone(f: Findings, what: str) -> list[Block]:
    alone, total = sole(f), len(f.capabilities)
    blocks: list[Block] = []
    if alone:
        pattern = (
            "{} of the {} {} are with one actor alone. Were that one to leave, nobody else on "
            "record would have them:"
        )
        items = tuple(Line(words("{}: {}", h.node.name, h.holders[0])) for h in alone[:MOST_ROWS])
        blocks += [say(pattern, len(alone), total, what), Listing(items, "columns")]
        if more := cut(len(alone), MOST_ROWS, what):
            blocks.append(Paragraph(Line(more), "note"))
    wanted = [h.node.name for h in f.capabilities if not h.holders and h.ties]
    if wanted:
        pattern = "Asked for, with nobody on record who has it: {}."
        blocks.append(say(pattern, listed(wanted, MOST_NAMES)))
    return blocks


def _participant_of(tie: Tie, capability: str) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    return Line(words("{}{}", tie.other(capability), details), receipts=tie.receipts)
