"""Ties that a place on the page tells: a heading over a list, an entry, or only being named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache, partial

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import Candidate
from partnergraph.loaders.page.names.named import RUNNING, Actor
from partnergraph.loaders.page.relations.networks import is_about_publisher
from partnergraph.loaders.page.relations.scene import ACTORS, KINDS, Notes, Scene, ends
from partnergraph.loaders.page.words import shared

DEFAULT_CONFIDENCE = 0.3
_LISTED = frozenset({"list item", "logo", "heading", "line"})
# By the relation that a heading tells: the kind, whether the publisher is its source, the rule.
_RELATIONS = {
    "memberships": (KINDS.member, True, "section: member of", 0.75),
    "members": (KINDS.member, False, "section: members", 0.75),
    "supports": (KINDS.funds, True, "section: supports", 0.65),
    "supported": (KINDS.funds, False, "section: supported by", 0.65),
    "hosted": (KINDS.hosts, False, "section: hosted by", 0.65),
    "hosting": (KINDS.hosts, True, "section: hosts", 0.65),
    "partner": (KINDS.partner, False, "section: partners", 0.65),
}


def read_sections(notes: Notes) -> None:
    """Tie the names listed under a heading such as "we are a member of" to the publisher."""
    for index, block in enumerate(notes.document.blocks):
        relation = _relation_of(notes, index)
        scene = notes.scene(block.start, block.end, index)
        if not relation or (block.kind == "heading" and not scene.heads):
            continue
        lead = _lead(notes, scene)
        if block.kind == "paragraph" and not lead and not _is_only_names(notes, scene):
            continue
        listed = scene.heads or [a for _, a in scene.mentions]
        if not lead and block.kind == "item" and not scene.heads:
            listed = listed[:1]
        for actor in listed:
            if not actor.publisher and actor.kind in ACTORS:
                tie = _under(notes, scene, relation, actor)
                notes.settled |= {ends(tie)} if tie else set()


def read_entries(notes: Notes) -> None:
    """Make the heads of an entry that mentions the publisher its partners."""
    us = fold(notes.publisher.name)
    for index, block in enumerate(notes.document.blocks):
        scene = notes.scene(block.start, block.end, index)
        if block.kind == "heading" or not scene.heads or not is_about_publisher(scene):
            continue
        confidence = 0.7 if scene.trigger("works") else 0.6
        for actor in scene.heads:
            settled = frozenset((us, fold(actor.name))) in notes.settled
            if actor.publisher or actor.kind not in ACTORS or settled:
                continue
            relation = _relation_of(notes, index)
            if relation in ("", "partner"):
                notes.tie(scene, KINDS.partner, actor, notes.publisher, "entry", confidence)
            else:
                # What stands under "Sponsors" is a sponsor's, whatever else it says.
                _under(notes, scene, relation, actor)


def read_defaults(notes: Notes) -> None:
    """Tie everybody without a tie to the publisher, marked as a default.

    The heading over the name may tell the relation; else it is partnership. An actor named only
    in the text about somebody is tied to that body.
    """
    us = fold(notes.publisher.name)
    actors = [a for a in notes.named.actors if a.kind in SCHEMA.actors]
    own = {fold(a.name) for a in actors} | {us}
    pairs = [ends(c) for c in notes.found if c.type == "tie"]
    tied = {end for pair in pairs if own.issuperset(pair) for end in pair}
    ours = {end for pair in pairs if us in pair for end in pair}
    relation_of = cache(partial(_relation_of, notes))
    for actor in actors:
        name = fold(actor.name)
        done = ours if _is_listed_partner(notes, actor) else tied
        if not actor.publisher and name != us and name not in done:
            _read_default(notes, actor, relation_of)


def _read_default(notes: Notes, actor: Actor, relation_of: Callable[[int], str]) -> None:
    first = actor.first
    index = notes.block_of(first)
    scene = notes.scene_of(actor)
    about = [h for h in scene.heads if h is not actor and not h.publisher and h.kind in ACTORS]
    told = index in notes.named.told and all(m.how in RUNNING for m in actor.mentions)
    if about and told:
        tie = notes.tie(scene, KINDS.partner, actor, about[0], "default", 0.3)
    else:
        tie = _under(notes, scene, relation_of(index) or "partner", actor)
    if tie is None:
        return
    quote = notes.document.text[first.start : first.end]
    rule = "default: named on the page"
    at = replace(tie, start=first.start, end=first.end, quote=quote)
    notes.found[-1] = replace(at, confidence=DEFAULT_CONFIDENCE, rule=rule, default=True)


def _under(notes: Notes, scene: Scene, relation: str, actor: Actor) -> Candidate | None:
    kind, ours, rule, confidence = _RELATIONS[relation]
    source, target = (notes.publisher, actor) if ours else (actor, notes.publisher)
    return notes.tie(scene, kind, source, target, rule, confidence)


def _relation_of(notes: Notes, index: int) -> str:
    """Return the relation that the lead of a block or a heading over it tells, blank if none."""
    section = notes.named.sections.get(index, "")
    block = notes.document.blocks[index]
    lead = _lead(notes, notes.scene(block.start, block.end, index))
    texts = (lead, section.rpartition(" / ")[2], section)
    return next(filter(None, map(_told_by, texts)), "")


@lru_cache(maxsize=1000)
def _told_by(heading: str) -> str:
    found = (relation for relation, said in shared().sections.items() if said.search(heading))
    return next(found, "") if heading else ""


def _is_listed_partner(notes: Notes, actor: Actor) -> bool:
    """Return whether a list, a logo or a heading of a section on partners names an actor."""
    sections = notes.named.sections
    return any(
        m.how in _LISTED and shared().partnerly.search(sections.get(notes.block_of(m), ""))
        for m in actor.mentions
    )


def _lead(notes: Notes, scene: Scene) -> str:
    """Return the words before the colon of a block that lists names after it."""
    match = re.match(r"([^:\n]{4,90}):\s", scene.view[scene.start : scene.end])
    if not match or notes.named.within(scene.start, scene.start + match.end()):
        return ""
    return match[1]


def _is_only_names(notes: Notes, scene: Scene) -> bool:
    named = sum(m.end - m.start for m, _ in scene.mentions)
    return named > 0.6 * max(len(notes.document.clean(scene.start, scene.end)), 1)
