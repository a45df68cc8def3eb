"""From mentions to actors: equal names, brackets, initials and short forms are the same actor."""

from __future__ import annotations

import re
from collections.abc import Mapping

from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold, normalise
from partnergraph.loaders.page.document import Document
from partnergraph.loaders.page.names.brackets import join_bracketed
from partnergraph.loaders.page.names.named import RUNNING, Actor, Mention
from partnergraph.loaders.page.words import kinds

_ARTICLE = re.compile(r"^(?:the )?(?:le )?(?:la )?(?:les )?")


def gather(
    document: Document,
    mentions: list[Mention],
    publisher: str,
    known: KnownNames | None,
    defined: Mapping[str, str],
) -> list[Actor]:
    """Make actors of mentions; `defined` has what a sentence says that a folded name is."""
    by_key: dict[str, Actor] = {}
    for mention in _settled(mentions):
        body = known.exact(mention.name) if known is not None else None
        key = f"={body.id}" if body is not None else _key(mention.name)
        actor = by_key.setdefault(key, Actor(mention.name))
        actor.known = body.id if body is not None else ""
        actor.mentions.append(mention)
    actors = list(by_key.values())
    for actor in actors:
        actor.name = actor.first.name
        if what := defined.get(fold(actor.name)):
            running = all(m.how in RUNNING or m.how == "heading" for m in actor.mentions)
            if running and what != "body":
                actor.kind, actor.subtype = kinds().project, what
        actor.publisher = bool(publisher) and _key(actor.name) == _key(publisher)
        for mention in actor.mentions:
            if fold(mention.name) != fold(actor.name):
                actor.aliases.setdefault(mention.name, ("name", mention))
    return _join_short_forms(_join_initials(join_bracketed(document, actors)))


def _key(name: str) -> str:
    """Return what equal names share: their letters without article, spaces and hyphens."""
    key = _ARTICLE.sub("", normalise(name).key or fold(name))
    return re.sub(r"[ -]", "", key)


def _settled(mentions: list[Mention]) -> list[Mention]:
    """Keep the most certain of mentions that overlap; the longest of equals and in running text."""
    order = sorted(
        mentions,
        key=lambda m: (
            -0.6 if m.how in RUNNING else -m.confidence,
            m.start - m.end,
            m.start,
            m.how != "defined",
        ),
    )
    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in order:
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            kept.append(mention)
            taken.update(span)
    return sorted(kept, key=lambda m: m.start)


def _join_initials(actors: list[Actor]) -> list[Actor]:
    """Join an acronym to the only long name of the page with these initials."""
    named: dict[str, list[Actor]] = {}
    for actor in actors:
        for initials in normalise(actor.name).initials if " " in actor.name else ():
            named.setdefault(initials, []).append(actor)
    gone: set[int] = set()
    for actor in actors:
        if " " in actor.name or not actor.name.replace("-", "").isupper():
            continue
        letters = re.sub(r"\W", "", actor.name)
        long = [a for a in named.get(letters, []) if a is not actor]
        if len(long) == 1 and len(letters) > 2 and id(long[0]) not in gone:
            long[0].mentions += actor.mentions
            long[0].aliases[actor.name] = ("acronym", actor.first)
            gone.add(id(actor))
    return [a for a in actors if id(a) not in gone]


def _join_short_forms(actors: list[Actor]) -> list[Actor]:
    """Join a single word of running text to the only listed name that contains it."""
    long: dict[str, list[Actor]] = {}
    for actor in actors:
        listed = any(m.how not in ("run", "word", "publisher") for m in actor.mentions)
        for token in set(fold(actor.name).split()) if listed and " " in actor.name else ():
            long.setdefault(token, []).append(actor)
    kept = []
    for actor in actors:
        alone = (
            all(m.how in ("word", "defined") for m in actor.mentions) and not actor.name.isupper()
        )
        whole = long.get(fold(actor.name), []) if alone else []
        if len(whole) == 1:
            whole[0].mentions += actor.mentions
        else:
            kept.append(actor)
    return kept
