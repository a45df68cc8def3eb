"""Brackets after names: an acronym or a long form is another name, the rest is a gloss."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from partnergraph.loaders.identity.normaliser import fold, normalise
from partnergraph.loaders.identity.rules import initials_in_order
from partnergraph.loaders.page.document import Document
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.named import Actor, Mention
from partnergraph.loaders.page.names.tokens import TOKEN, bare, has_head
from partnergraph.loaders.page.words import shared

LONG_FORM = "long form"
_LONGEST_FORM, _MOST_FORM_WORDS = 160, 14
_ACRONYM = re.compile(r"(?<=[\w\"'*])\s?\(([A-ZÀ-Þ]{3,10})\)")
_BRACKET = re.compile(r"\s{0,2}\(([^()\n]{2,160})\)")


def in_long_forms(clues: Clues) -> Iterator[Mention]:
    """Yield the names that an acronym in brackets spells: words in lower case belong to them.

    Association des Comités de quartier Ucclois (ACQU); the initials of the words, small ones left
    out, are the letters in order.
    """
    view, blocks = clues.view, clues.document.blocks
    starts = [b.start for b in blocks]
    for match in _ACRONYM.finditer(view):
        block = blocks[max(bisect_right(starts, match.start()) - 1, 0)]
        letters = fold(re.sub(r"\W", "", match[1])).replace(" ", "")
        before = max(block.start, match.start() - _LONGEST_FORM)
        tokens = list(TOKEN.finditer(view, before, match.start()))[-_MOST_FORM_WORDS:]
        for at in range(len(tokens) - 2, -1, -1):
            span = view[tokens[at].start() : match.start()]
            if re.search(r"[.;:()\n]", span) or not tokens[at].group()[0].isupper():
                continue
            if _spells([t.group() for t in tokens[at:]], letters, commas="," in span):
                start, end = bare(view, tokens[at].start(), tokens[-1].end())
                yield Mention(start, end, clues.document.clean(start, end), LONG_FORM, 0.85)
                break


def _spells(words: list[str], letters: str, *, commas: bool) -> bool:
    """Return whether words have these initials; with commas, all must be capitalised."""
    content = [w for w in words if w.casefold() not in shared().function | shared().linking]
    content = [p for w in content for p in [re.sub(r"^(?:[dlDL]|qu)'", "", w)] if p]
    initials = "".join(fold(w)[:1] for w in content)
    if commas:
        inside = iter(initials[1:-1])
        ends = initials[:1] == letters[0] and initials[-1:] == letters[-1]
        capital = all(w[0].isupper() for w in content)
        return (
            capital
            and ends
            and len(initials) <= len(letters) + 2
            and all(c in inside for c in letters[1:-1])
        )
    return initials == letters


def join_bracketed(document: Document, actors: list[Actor]) -> list[Actor]:
    """Make aliases of the names in brackets, and join the actors that they named."""
    by_start = {m.start: (m, a) for a in actors for m in a.mentions}
    starts = sorted(by_start)
    gone: dict[int, Actor] = {}
    for actor in actors:
        for mention in list(actor.mentions):
            match = _BRACKET.match(document.view, mention.end)
            if not match:
                continue
            inside = document.clean(*match.span(1))
            spelt = mention.how == LONG_FORM and "," not in inside
            kind = "acronym" if spelt else alias_kind(mention.name, inside)
            if not kind and mention.how in ("list item", "link") and _is_whole_name(inside):
                kind = "name"
            if not kind:
                continue
            actor.aliases[inside] = (kind, Mention(*match.span(1), inside, "bracket", 0.8))
            for at in starts[bisect_left(starts, match.start(1)) :]:
                if at >= match.end(1):
                    break
                inner, into = by_start[at], _joined(actor, gone)
                # Two names can be in each other's brackets; the first of them is kept.
                if inner[0].end <= match.end(1) and into is not inner[1]:
                    gone.setdefault(id(inner[1]), into)
    for actor in actors:
        if id(actor) in gone:
            _join(actor, _joined(actor, gone))
    return [a for a in actors if id(a) not in gone]


def _joined(actor: Actor, gone: Mapping[int, Actor]) -> Actor:
    """Return the actor that an actor is joined to, itself where it is joined to nobody."""
    while (into := gone.get(id(actor))) is not None:
        actor = into
    return actor


def _join(actor: Actor, into: Actor) -> None:
    into.mentions += actor.mentions
    into.aliases |= {k: v for k, v in actor.aliases.items() if k != into.name}
    into.publisher |= actor.publisher
    if fold(actor.name) != fold(into.name):
        kind = "acronym" if actor.name.isupper() else "name"
        into.aliases.setdefault(actor.name, (kind, actor.first))


def alias_kind(name: str, inside: str) -> str:
    """Return what brackets after a name contain: ``acronym``, ``name`` (a long form), or neither.

    Any letters in order would make wrong pairs: the initials of the capitalised words must be
    there, in order.

    >>> alias_kind("Centre Socialiste d'Éducation Permanente", "CESEP")
    'acronym'
    >>> alias_kind("ICETT", "Denktank van de Internationale Coöperatieve Alliantie")
    ''
    """
    if "," in inside or len(inside) > 120:
        return ""
    if _abbreviates(inside, name):
        return "acronym"
    parts = fold(inside).split()
    if inside[:1].isupper() and parts and set(parts) < set(fold(name).split()):
        # A part of the name is its short form: Fundación Calisma (Calisma).
        return "name" if any(p not in shared().heads for p in parts) else ""
    return "name" if _abbreviates(name, inside) else ""


def _is_whole_name(inside: str) -> bool:
    """Return whether brackets after a listed name contain its name in another language."""
    several = len(TOKEN.findall(inside)) > 1 and "," not in inside and inside[:1].isupper()
    return several and (inside.isupper() or has_head(inside) or bool(normalise(inside).legal_form))


def _abbreviates(short: str, long: str) -> bool:
    first, _, rest = short.partition(" ")
    if rest and long.endswith(f" {rest}"):
        # ESJ Lille for École supérieure de journalisme de Lille.
        initials = normalise(long[: -len(rest)]).initials
        return any(fold(first) in (i.lower(), i.lower()[:-1]) for i in initials)
    letters = re.sub(r"[^\w]", "", short)
    parts = [p for p in re.split(r"[\s'’/-]+", long) if p]
    if not 2 <= len(letters) <= 12 or " " in short.strip() or len(parts) < 2:
        return False
    if sum(c.isupper() for c in letters) < 2:
        return False
    folded = fold(letters).replace(" ", "")
    if any(folded == i.lower() for i in normalise(long).initials) or short in long.split():
        return True
    capitals = [fold(p) for p in parts if p[0].isupper()]
    if len(capitals) < 2 or folded[0] != capitals[0][0]:
        return False
    return initials_in_order(folded, capitals)
