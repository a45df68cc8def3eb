"""What else a sentence tells: periods, benefits to members, and fields of work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from partnergraph.loaders.page.dates_in_text import FOUNDING_RULE, Dated
from partnergraph.loaders.page.names.named import Actor
from partnergraph.loaders.page.relations.projects import Title
from partnergraph.loaders.page.relations.scene import ACTORS, KINDS, Notes, Scene
from partnergraph.loaders.page.words import shared


def read_periods(notes: Notes, scene: Scene, titles: list[Title], agreement: str) -> None:
    """Give each period to the project it is next to, else to the entry."""
    projects = [(m.start, m.end, a.name) for m, a in scene.mentions if a.kind == KINDS.project]
    for date in scene.dates:
        near = min(
            projects + titles,
            key=lambda p: min(abs(p[0] - date.end), abs(date.start - p[1])),
            default=None,
        )
        if date.recurs and near is None and not date.in_a_month:
            continue
        if date.founding:
            founded = _founded(scene, date)
            if founded is None:
                continue
            subject = founded.name
        elif agreement:
            subject = agreement
        elif near is not None:
            subject = near[2]
        else:
            parties = [a for a in scene.parties() if not a.publisher]
            subject = parties[0].name if parties else scene.publisher.name
            if not subject:
                continue
        rule = "recurrence" if date.recurs else FOUNDING_RULE if date.founding else "date"
        span = (date.start, date.end)
        notes.say(scene, "period", rule, 0.85, span, subject=subject, period=date.period)


def _founded(scene: Scene, date: Dated) -> Actor | None:
    """Return who was founded at a date, None where the text does not say.

    "X, founded in 2003", "Y founded X in 2003", "X was founded by Y in 2003", "In 2003, X was
    founded"; what follows "by" is a founder.
    """
    view, dates = scene.view, scene.words.dates
    by = re.compile(rf"\b(?:{dates['by']})\s(?:[\w']+\s)?(?:l')?$", re.I)
    named = [(m, a) for m, a in scene.mentions if not by.search(view[scene.start : m.start])]
    words = list(re.finditer(dates["founded"], view[scene.start : date.start], re.I))
    at = scene.start + words[-1].end() if words else date.start
    within = [a for m, a in named if at <= m.start and m.end <= date.start]
    before = [(m, a) for m, a in named if m.end <= at]
    if within:
        return within[-1]
    if before:
        last, actor = before[-1]
        beside = re.match(r"\s?[,(]\s?(?:\w+\s){0,2}", view[last.end : at])
        return actor if beside and at - last.end < 40 else before[0][1]
    after = [a for m, a in named if m.start >= date.end]
    if scene.heads and (scene.anaphora or not after):
        return scene.heads[0]
    if after or scene.anaphora:
        return after[0] if after else None
    # "Founded in 1998, we …": else the sentence is about somebody whose name is not known.
    first = words and not view[scene.start : scene.start + words[0].start()].strip()
    own = scene.we or first or any(a.publisher for _, a in scene.mentions)
    return scene.publisher if own and scene.publisher.name else None


def read_benefits(notes: Notes, scene: Scene) -> None:
    """Note what the members get: what is offered to them, or made for them."""
    members = next(iter(scene.find(scene.words.members)), None)
    named = [a for _, a in scene.mentions]
    giver = next((a for a in [*scene.heads, *named] if not a.publisher), None)
    if members is None or giver is None or not scene.publisher.name or scene.trigger("members"):
        return
    if scene.trigger("member") and not scene.trigger("offering"):
        return
    what = {"kind": "member_benefit", "subject": giver.name, "object": scene.publisher.name}
    for span in islice(_offered(scene, members.start()), 4):
        name = notes.document.clean(*span)
        notes.say(scene, "benefit", "for members", 0.6, span, name=name, **what)


def _offered(scene: Scene, members: int) -> Iterator[tuple[int, int]]:
    """Yield the things offered in a sentence, up to where the members are named."""
    view, found = scene.view, False
    for m in scene.words.triggers["offering"].finditer(view, scene.start, members):
        rest = view[m.end() : members]
        cut = scene.words.offer_ends.search(rest)
        phrase = rest[: cut.start()] if cut else rest
        at = m.end() + _small_words(scene, phrase)
        body = view[at : m.end() + len(phrase)].rstrip()
        if len(body) > 3:
            found = True
            yield at, at + len(body)
    if not found:
        # The last thing named before the members is what they get.
        before = view[scene.start : members]
        for noun in list(shared().benefits.finditer(before))[-1:]:
            yield scene.start + noun.start(1), scene.start + noun.end(1)


def _small_words(scene: Scene, phrase: str) -> int:
    """Return the length of the small words at the beginning of a phrase."""
    reach, small = 0, scene.words.function | scene.words.fillers
    for m in re.finditer(r"\s*([\w']+)\s+", phrase):
        if m.start() != reach or m[1].casefold() not in small:
            break
        reach = m.end()
    return reach


def read_fields(notes: Notes, scene: Scene) -> None:
    """Note the field in which somebody works."""
    trigger = scene.trigger("field")
    if not trigger:
        return
    start, end = trigger.span("theme")
    text = scene.view[start:end]
    cut = scene.words.theme_ends.search(text)
    end = start + (cut.start() if cut else len(text.rstrip()))
    name = notes.document.clean(start, end)
    if not 3 < len(name) < 60 or len(name.split()) > 5:
        return
    before = [a for m, a in scene.mentions if m.end <= trigger.start()][-1:]
    who = before if before and before[0] in scene.heads else scene.heads[:2] or before
    who = [a for a in who if a.kind in ACTORS]
    if who:
        kind, span = KINDS.theme, (start, end)
        notes.say(scene, "node", "field", 0.5, span, kind=kind, subtype="theme", name=name)
    for a in who:
        notes.tie(scene, KINDS.active, a, name, "field", 0.5)
