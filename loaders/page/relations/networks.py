"""Which actors are networks: those whose name, or the text about them, says so."""

from __future__ import annotations

import re
from itertools import islice

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.names.named import Actor
from partnergraph.loaders.page.relations.scene import KINDS, Notes, Scene
from partnergraph.loaders.page.words import shared

# A sentence for readers calls few bodies a network; each costs a look at what comes before it.
_MOST_WORDS = 20
_SUBTYPES = SCHEMA.node_kinds[KINDS.network].subtypes


def mark_networks(notes: Notes, block: Scene) -> None:
    """Set the kind of the actors of a block that are networks."""
    for actor in [*block.heads, *(a for _, a in block.mentions)]:
        _mark_by_name(actor)
    for start, end in notes.document.sentences(block.block)[:2]:
        found = block.words.triggers["network"].finditer(notes.view, start, end)
        for m in islice(found, _MOST_WORDS):
            about = _subject(notes, block, m, start)
            if about is not None and about.kind == KINDS.body and not about.publisher:
                kind = next((k.rstrip("2") for k, v in m.groupdict().items() if v), "other")
                about.kind = KINDS.network
                about.subtype = kind if kind in _SUBTYPES else ""
    if block.trigger("bodies") and is_about_publisher(block):
        for actor in block.heads:
            if actor.kind == KINDS.body and not actor.publisher:
                actor.kind = KINDS.network


def _mark_by_name(actor: Actor) -> None:
    if actor.kind != KINDS.body:
        return
    parts = fold(actor.name).split()
    granted = not shared().award_words.isdisjoint(parts[1:][-2:])
    if len(parts) > 1 and (granted or parts[0] in shared().award_heads):
        actor.kind, actor.subtype = KINDS.project, "programme"
        return
    networks = shared().networks
    for part in (p for name in (actor.name, *actor.aliases) for p in fold(name).split()):
        if part in networks:
            actor.kind, actor.subtype = KINDS.network, networks[part]
            return


def _subject(notes: Notes, block: Scene, m: re.Match[str], start: int) -> Actor | None:
    """Return whom a network word is about: a head or the only name before "is a"."""
    if not shared().copula.search(notes.view[start : m.start()]):
        return None
    named = [a for _, a in notes.named.within(start, m.start())]
    if block.heads:
        heads = block.heads
        return heads[0] if not named or named[-1] in heads or named[-1].publisher else None
    return named[0] if len({id(a) for a in named}) == 1 else None


def is_about_publisher(block: Scene) -> bool:
    """Return whether a block says "we", or names the publisher."""
    return bool(block.we) or any(a.publisher for _, a in block.mentions)
