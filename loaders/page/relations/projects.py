"""Projects: titles in quotation marks, agreements, what is shared, events named after a body."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import FILLER
from partnergraph.loaders.page.names.named import RUNNING, Actor
from partnergraph.loaders.page.relations.scene import ACTORS, KINDS, Notes, Scene, unique
from partnergraph.loaders.page.words import shared

_QUOTE = re.compile(r"\"([^\"\n]{3,140})\"|(?<!\w)'([^'\n]{3,100})'(?!\w)")
_WORD = r"(?:[A-ZÀ-Þ][\w'-]*|\w+[A-Z]\w*)"
_CAPITALISED = re.compile(rf"\s(?:(?:het|de|la|le|the)\s|l')?({_WORD}(?:\s{_WORD})*)")
# Of one sentence; every title is tied to every party.
_MOST_TITLES, _MOST_PARTIES = 20, 40
_ARTICLE = r"[\s\"'*_]*(?:(?:het|de|la|le|les|the)\s|l')?[\s\"'*_]*"
Title = tuple[int, int, str]


def read_titles(notes: Notes, scene: Scene) -> list[Title]:
    """Note quoted titles after a noun such as congress, study or project; return them."""
    found: list[Title] = []
    for quote in islice(scene.find(_QUOTE), _MOST_TITLES):
        span = quote.span(1 if quote[1] is not None else 2)
        before = scene.view[max(scene.start, quote.start() - 45) : quote.start()]
        for subtype, cue in scene.words.cues.items():
            hits = list(cue.finditer(before))
            if hits and not re.search(r"[.;]", before[hits[-1].end() :]):
                name = notes.document.clean(*span)
                found.append((*span, name))
                parties = scene.parties()[:_MOST_PARTIES]
                _note(notes, scene, name, span, subtype, "title", (0.8, 0.6), parties)
                break
    if taking := scene.trigger("takes_part"):
        _read_named(notes, scene, taking)
    return found


def _note(
    notes: Notes,
    scene: Scene,
    name: str,
    span: tuple[int, int],
    subtype: str,
    rule: str,
    confidence: tuple[float, float],
    parties: list[Actor],
    period: str = "",
) -> None:
    """Note a project and who takes part; the confidence is that of the project and of the ties."""
    kind, sure = KINDS.project, confidence[0]
    notes.say(scene, "node", rule, sure, span, kind=kind, subtype=subtype, name=name)
    for a in parties:
        notes.tie(scene, KINDS.takes_part, a, name, rule, confidence[1], period=period)


def _read_named(notes: Notes, scene: Scene, trigger: re.Match[str]) -> None:
    """Note "taking part in NAME": the name is a project's."""
    if event := _event_at(scene, trigger.end()):
        event.kind, event.subtype = KINDS.project, "event"
        named = [m.start for m, _ in scene.mentions if m.end <= trigger.start()]
        # "A network through which we take part": the subject is whoever comes last.
        ours = [p for p in scene.we if p <= trigger.start() and p > max(named, default=-1)]
        for a in [scene.publisher] if ours else scene.parties():
            if a is not event and a.kind in ACTORS:
                notes.tie(scene, KINDS.takes_part, a, event, "takes part", 0.65)
        return
    match = _CAPITALISED.match(scene.view, trigger.end(), scene.end)
    if not match:
        return
    span, name = match.span(1), notes.document.clean(*match.span(1))
    if any((m.start, m.end) == span for m, a in scene.mentions if a.publisher):
        return
    others = (a for a in notes.named.actors if a.kind in ACTORS and a.kind != KINDS.project)
    if all(fold(name) != fold(a.name) for a in others):
        parties = scene.parties()
        _note(notes, scene, name, span, "project", "takes part", (0.65, 0.65), parties)


def _event_at(scene: Scene, position: int) -> Actor | None:
    """Return the actor named right after a position if running text names it and it is an event."""
    for mention, actor in scene.mentions:
        between = scene.view[position : mention.start].replace(FILLER, "")
        if mention.start >= position and re.fullmatch(_ARTICLE, between, re.I):
            parts = fold(actor.name).split()
            event = (
                scene.words.cues["event"].fullmatch(parts[0]) or parts[0] in shared().event_words
            )
            return actor if event and all(m.how in RUNNING for m in actor.mentions) else None
    return None


def read_agreement(notes: Notes, scene: Scene) -> str:
    """Note an agreement that was made or extended, as a project of its parties; return its name."""
    noun, signed = scene.trigger("agreement"), scene.trigger("signed")
    if not noun or not signed:
        return ""
    parties = scene.parties()
    if len(parties) < 2 or all(a.publisher for a in parties):
        parties = unique([*parties, *scene.heads, scene.publisher])
    name = _name(notes, noun.span("noun"), parties)
    if name:
        period = next((d.period for d in scene.dates if not d.recurs), "")
        span, sure = noun.span("noun"), (0.75, 0.75)
        _note(notes, scene, name, span, "agreement", "agreement", sure, parties, period)
    return name


def read_shared(notes: Notes, scene: Scene) -> None:
    """Note a room, a centre or a tool that several share."""
    shares = scene.trigger("shares")
    parties = scene.parties() if shares else []
    if not shares or len(parties) < 2:
        return
    span = shares.span("noun")
    if name := _name(notes, span, parties):
        _note(notes, scene, name, span, "shared_resource", "shared", (0.7, 0.7), parties)


def _name(notes: Notes, noun: tuple[int, int], parties: list[Actor]) -> str:
    """Name a project by its noun and its parties; blank where only the publisher is one."""
    others = sorted((a.name for a in parties if not a.publisher), key=fold)
    return f"{notes.document.clean(*noun).capitalize()}: {', '.join(others)}" if others else ""


def read_events(notes: Notes) -> None:
    """Make an event of a name that is an actor's name followed by a word for an event."""
    names = {fold(a.name): a for a in notes.named.actors}
    for actor in notes.named.actors:
        parts = fold(actor.name).split()
        for size in range(len(parts) - 1, 0, -1):
            owner = names.get(" ".join(parts[:size]))
            if owner is None or owner is actor or parts[size] not in shared().event_words:
                continue
            actor.kind, actor.subtype = KINDS.project, "event"
            scene = notes.scene_of(actor)
            tie = notes.tie(scene, KINDS.takes_part, owner, actor, "event named after", 0.65)
            notes.events += [tie] if tie else []
            break


def add_allies_to_events(notes: Notes) -> None:
    """Assume that those who made a body together take part in the event named after it."""
    allies: dict[str, list[str]] = {}
    for ally in notes.allies:
        allies.setdefault(ally.object, []).append(ally.subject)
    for event in notes.events:
        notes.found += (
            replace(event, subject=subject, confidence=0.45, rule="member at event")
            for subject in allies.get(event.subject, ())
        )
