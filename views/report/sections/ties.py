"""Who is tied to whom: a table for each actor, with the receipts of every tie."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from partnergraph.graph.meetings import meetings
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    MOST_ROWS,
    NONE,
    Block,
    Cell,
    Heading,
    Line,
    Paragraph,
    cell_of,
    cut,
    first_of,
    listing,
    paragraph,
    say,
    table,
)
from partnergraph.views.report.facts import ACTOR, OTHER, Facts, Node, Tie, by_name, label
from partnergraph.views.words import Name, Words, any_of_kinds, label_of, tell, told, words

# Of the actors that rank first, as many are shown as fit with so many neighbours in all.
MOST_SHEETS, MOST_SHOWN = 40, 120
MOST_NEIGHBOURS = 16
MOST_MEETINGS = 3


@dataclass(frozen=True)
class Meeting:
    """Something that two actors share, and whether the part of either is only inferred."""

    hub: Node
    inferred: bool


@dataclass(frozen=True)
class Neighbour:
    """An actor as another one's neighbour: their ties, and what they share."""

    node: Node
    ties: tuple[Tie, ...]
    together: tuple[Meeting, ...]


@dataclass(frozen=True)
class Sheet:
    """An actor with its neighbours; `also` are its ties to kinds with no section of their own."""

    node: Node
    neighbours: tuple[Neighbour, ...]
    also: tuple[Tie, ...]


def sheets(f: Facts) -> list[Sheet]:
    """Return the actors that rank first with their neighbours, by name."""
    met, by_id = meetings(f.eco), {tie.id: tie for tie in f.ties}
    actors = f.ranked.index[f.ranked["kind"].isin(SCHEMA.actors)].tolist()[:MOST_SHEETS]
    out: list[Sheet] = []
    for actor in actors:
        if sum(min(len(sheet.neighbours), MOST_NEIGHBOURS) for sheet in out) >= MOST_SHOWN:
            break
        ties: dict[str, list[Tie]] = defaultdict(list)
        for tie in f.of[actor]:
            if f.groups(tie) == (ACTOR, ACTOR):
                ties[tie.other(actor).id].append(tie)
        together: dict[str, list[Meeting]] = defaultdict(list)
        for hub in sorted(met.hubs.get(actor, ()), key=lambda h: by_name(f.name(h))):
            members = met.members[hub]
            guessed = {
                who: all(by_id[tie].status == SCHEMA.inferred for tie in ties_of)
                for who, ties_of in members.items()
            }
            for other in members:
                if other != actor:
                    meeting = Meeting(f.nodes[hub], guessed[other] or guessed[actor])
                    together[other].append(meeting)
        neighbours = [
            Neighbour(f.nodes[n], tuple(ties[n]), tuple(together[n]))
            for n in sorted({*ties, *together})
        ]
        neighbours.sort(key=lambda n: (-len(n.ties) - len(n.together), *by_name(n.node.name)))
        out.append(Sheet(f.nodes[actor], tuple(neighbours), f.also(actor)))
    return sorted(out, key=lambda sheet: by_name(sheet.node.name))


def elsewhere(f: Facts) -> list[Tie]:
    """Return the ties that belong to no actor, project or capability."""
    return [tie for tie in f.ties if f.groups(tie) == (OTHER, OTHER)]


# -- the section -----------------------------------------------------------------------------


def ties(f: Facts) -> list[Block]:
    """Compose a table for each actor of its ties to the others, with their receipts."""
    shown = sheets(f)
    if not shown:
        return [say("report.none", kinds=any_of_kinds(SCHEMA.actors))]
    blocks: list[Block] = [
        say("ties.note", kinds=any_of_kinds(SCHEMA.actors, plural=False), tone="note")
    ]
    if len(shown) < len(f.actors):
        blocks.append(say("ties.shown", n=len(shown), total=len(f.actors)))
    for sheet in shown:
        blocks += _sheet(sheet)
    others = elsewhere(f)
    if others:
        blocks.append(Heading(tell("ties.other")))
        blocks.append(listing((with_details(t, in_full(t)) for t in others[:MOST_ROWS]), "small"))
        if more := cut(len(others), MOST_ROWS, "tie"):
            blocks.append(paragraph(more, "note"))
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
        lines = first_of((tie_line(t, node.name.id) for t in sheet.also), MOST_NEIGHBOURS)
        blocks.append(listing(lines, "small"))
    if not sheet.neighbours:
        kinds = any_of_kinds(SCHEMA.actors, plural=False)
        return [*blocks, say("ties.none", kinds=kinds, tone="note")]
    rows = [_neighbour(n, node.name.id) for n in sheet.neighbours[:MOST_NEIGHBOURS]]
    more = cut(len(sheet.neighbours), MOST_NEIGHBOURS, "neighbour")
    return [*blocks, table("ties.neighbours", rows, more=more, quiet=True, name=node.name)]


def _portrait(node: Node) -> Line:
    cells, kind = node.cells, label_of(SCHEMA.node_kinds[node.kind])
    parts = [kind if node.what == kind else f"{told('report.labelled', label=kind)}{node.what}"]
    parts += [
        label_of(SCHEMA.values[c][cells[c]]) for c in ("level", "sphere", "sector") if c in cells
    ]
    parts += [str(cells[c]) for c in ("legal_form", "country") if c in cells]
    url = str(cells.get("url", ""))
    parts += [part for part in (node.when, url) if part]
    return Line((Name(" · ".join(parts)),), small=True, url=url)


def _neighbour(neighbour: Neighbour, centre: str) -> tuple[Cell, ...]:
    told = first_of((tie_line(t, centre) for t in neighbour.ties), MOST_MEETINGS)
    together = first_of(map(_meeting, neighbour.together), MOST_MEETINGS)
    return cell_of(neighbour.node.name), told or cell_of(NONE), together or cell_of(NONE)


def _meeting(meeting: Meeting) -> Line:
    status = label_of(SCHEMA.values["status"][SCHEMA.inferred]) if meeting.inferred else ""
    said = ", ".join(part for part in (meeting.hub.when, status) if part)
    return Line(words("{}{}", meeting.hub.name, f" ({said})" if said else ""))


def tie_line(tie: Tie, seen_from: str) -> Line:
    """Return a tie as seen from one of its ends: what it is, its details, and its receipts."""
    said = words("{}", label(tie.kind))
    if tie.source.id != seen_from and tie.kind not in SCHEMA.undirected:
        said = in_full(tie)
    elif not SCHEMA.tie_kinds[tie.kind].target_kinds <= set(SCHEMA.actors):
        said = words("{} {}", said, tie.other(seen_from))
    return with_details(tie, said, described=True)


def with_details(tie: Tie, said: Words, *, described: bool = False) -> Line:
    """Return what is said of a tie with its details and receipts, and its description if asked."""
    said = words("{}{}", said, "".join(f" · {detail}" for detail in tie.details))
    if described and tie.cells.get("description"):
        said = words("{} – {}", said, Name(tie.cells["description"]))
    return Line(said, receipts=tie.receipts)


def in_full(tie: Tie) -> Words:
    """Return a tie as a sentence with both its ends."""
    return words("{} {} {}", tie.source, label(tie.kind), tie.target)
