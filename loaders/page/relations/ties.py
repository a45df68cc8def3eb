"""Ties that a sentence tells: a trigger word gives the kind, its place the direction."""

from __future__ import annotations

import re
from itertools import combinations, pairwise, zip_longest

from partnergraph.loaders.page.document import FILLER
from partnergraph.loaders.page.names.named import Actor
from partnergraph.loaders.page.names.tokens import has_head
from partnergraph.loaders.page.relations.scene import ACTORS, KINDS, Notes, Scene, unique

_CLAUSE = re.compile(
    r"\b(?:qui|que|dont|auquel|auxquels?|laquelle|lesquels|où|die|dat|waar\w*|which|that|who|whose|where)\b",
    re.I,
)
_MOST_TRIGGERS, _MOST_GATHERED = 5, 30
_AT = re.compile(r"[\s\])*_]*\s(?:at|aan)\s(?:the\s|de\s|het\s)?[\s\[*_]*", re.I)
_AMONG = re.compile(r"deel\suit|partie|part\sof|behoort|appartient", re.I)


def read_ties(notes: Notes, scene: Scene) -> None:
    """Note who is a member of, supports, houses, is part of or works with whom."""
    members = list(scene.find(scene.words.triggers["member"]))[:_MOST_TRIGGERS]
    for member, following in zip_longest(members, members[1:]):
        _read_member(notes, scene, member, following, members[0])
    gathers = _read_gathering(notes, scene)
    _read_operated(notes, scene)
    supported = scene.trigger("supported")
    if supported:
        _read_support(notes, scene, "supported", supported)
    elif supports := scene.trigger("supports"):
        _read_support(notes, scene, "supports", supports)
    if hosting := scene.trigger("hosting"):
        _read_support(notes, scene, "hosting", hosting)
    _read_housing(notes, scene)
    if not members:
        _read_part(notes, scene)
        _read_sections_of(notes, scene)
        if not gathers:
            _read_work(notes, scene)


def _read_member(
    notes: Notes,
    scene: Scene,
    member: re.Match[str],
    following: re.Match[str] | None,
    first: re.Match[str],
) -> None:
    """Note who is a member of whom; the wholes are named before the next such words."""
    before, after = scene.sides(member)
    until = following.start() if following else scene.end
    if member is not first:
        # "X is a member of Y, and we are a member of Z": Y is none of Z.
        ours = any(first.end() < p < member.start() for p in scene.we)
        before = [scene.publisher] if ours else scene.sides(first)[0]
    # "A member of X, through which we take part in Y": Y is something else.
    clause = _CLAUSE.search(scene.view, member.end(), until)
    until = clause.start() if clause else until
    later = [a for m, a in scene.mentions if m.start > until]
    after = [a for a in after if a not in later and a.kind in ACTORS]
    for a in before[-3:]:
        for whole in after[:4]:
            if whole not in before:
                notes.tie(scene, KINDS.member, a, whole, "member of", 0.8, period=scene.period)


def _read_gathering(notes: Notes, scene: Scene) -> bool:
    """Note whom a body brings together: two or more named after the words are its members."""
    trigger = scene.trigger("members")
    if not trigger:
        return False
    clause = _CLAUSE.search(scene.view, trigger.end(), scene.end)
    until = clause.start() if clause else scene.end
    named = [a for m, a in scene.mentions if trigger.end() <= m.start < until]
    named = [a for a in unique(named) if a.kind in ACTORS and not a.publisher]
    whole = scene.sides(trigger)[0][-1:]
    if len(named) < 2 or not whole or whole[0] in named or whole[0].kind not in ACTORS:
        return False
    for a in named[:_MOST_GATHERED]:
        notes.tie(scene, KINDS.member, a, whole[0], "brings together", 0.7)
    return True


def _read_operated(notes: Notes, scene: Scene) -> None:
    """Note who runs whom: what a body operates is part of it."""
    by = scene.trigger("operated")
    trigger = by or scene.trigger("operates")
    if not trigger:
        return
    before, _ = scene.sides(trigger)
    after = [a for m, a in scene.mentions if 0 <= m.start - trigger.end() <= 30][:1]
    if not before or not after or after[0] in before:
        return
    part, whole = (before[-1], after[0]) if by else (after[0], before[-1])
    if part.kind in ACTORS and whole.kind in ACTORS and not part.publisher:
        notes.tie(scene, KINDS.part, part, whole, "operated by", 0.6)


def _read_support(notes: Notes, scene: Scene, name: str, trigger: re.Match[str]) -> None:
    before, after = scene.sides(trigger)
    told = any(trigger.start() <= p < trigger.end() for p in scene.we)
    if name == "supported" and (told or not before):
        ours = told or scene.we or scene.publisher in after or not scene.heads
        before = [scene.publisher] if ours else []
        after = [a for a in after if not a.publisher]
    elif told:
        # "X has supported us": the publisher is within the words.
        after = [scene.publisher]
    here = [a for _, a in scene.mentions]
    stated = [a for a in after if a in here or a.publisher]
    kind = KINDS.hosts if name == "hosting" else KINDS.funds
    for a in before[-4:]:
        for b in stated[:5]:
            if a is not b:
                source, target = (b, a) if name == "supported" else (a, b)
                notes.tie(scene, kind, source, target, name, 0.6, period=scene.period)


def _read_housing(notes: Notes, scene: Scene) -> None:
    """Note on whose premises somebody is; a date is the period of the housing."""
    trigger = scene.trigger("hosted")
    if not trigger:
        return
    at, to = trigger.span()
    hosts = [(m.start, a) for m, a in scene.mentions if m.start >= to - 1]
    hosts = hosts or [(p, scene.publisher) for p in scene.we if at <= p <= to + 12]
    if not hosts or hosts[0][0] - to > 15:
        return
    host = hosts[0][1]
    others = [h for h in scene.heads if h is not host]
    # "The rooms of X are made available by Y" has its guest within the words.
    within = [a for m, a in scene.mentions if at <= m.start and m.end <= to]
    within += [scene.publisher] if any(at <= p < to for p in scene.we) else []
    before = scene.sides(trigger)[0]
    guests = [g for g in (within or before) if g is not host] or others
    period = next((d.period for d in scene.dates if not d.recurs and not d.founding), "")
    for guest in guests[:2]:
        notes.tie(scene, KINDS.hosts, host, guest, "housed", 0.75, period=period)


def _read_part(notes: Notes, scene: Scene) -> None:
    """Note who is "think tank of" whom: the whole comes right after the words."""
    for m in scene.find(scene.words.triggers["part"]):
        near = [(x.start, a) for x, a in scene.mentions] + [(p, scene.publisher) for p in scene.we]
        whole = next((a for p, a in sorted(near, key=_place) if 0 <= p - m.end() <= 8), None)
        before = [a for x, a in scene.mentions if x.end <= m.start()]
        before += [scene.publisher] if any(p < m.start() for p in scene.we) else []
        bracket = scene.view[scene.start : m.start()].rstrip()[-1:] == "("
        part = before if bracket or before else scene.heads
        if whole is None or not part or part[-1].kind not in ACTORS or whole is part[-1]:
            continue
        if re.search(r"tank", m.group(), re.I):
            part[-1].kind, part[-1].subtype = KINDS.network, "think_tank"
        # What is part of a network is a member of it.
        joins = whole.kind == KINDS.network and _AMONG.search(m.group())
        kind = KINDS.member if joins else KINDS.part
        notes.tie(scene, kind, part[-1], whole, "part of", 0.7)


def _read_sections_of(notes: Notes, scene: Scene) -> None:
    """Note a school at a university: a body named right before "at" another is part of it."""
    for (m, part), (n, whole) in pairwise(scene.mentions):
        between = scene.view[m.end : n.start].replace(FILLER, "")
        if _AT.fullmatch(between) and has_head(part.name) and has_head(whole.name):
            notes.tie(scene, KINDS.part, part, whole, "part of", 0.6)


def _place(named: tuple[int, Actor]) -> int:
    return named[0]


def _read_work(notes: Notes, scene: Scene) -> None:
    """Note who works together: those before the words with those after them."""
    trigger = scene.trigger("works")
    if not trigger:
        return
    before, after = scene.sides(trigger)
    here: list[Actor] = [a for m, a in scene.mentions if m.start >= scene.body]
    for a in before[-3:]:
        for b in after[:6]:
            if a is not b and (a in here or b in here or a.publisher or b.publisher):
                notes.tie(scene, KINDS.partner, a, b, "work together", 0.65)


def read_alliance(notes: Notes, scene: Scene) -> None:
    """Note who joined forces: pairs of partners, and members of what they made."""
    trigger = scene.trigger("united")
    if not trigger:
        return
    group = [a for m, a in scene.mentions if scene.body <= m.start < trigger.start()]
    group += [a for m, a in scene.mentions if trigger.start() <= m.start < trigger.end()]
    group += [scene.publisher for p in scene.we[:1] if p < trigger.end()]
    group = unique(group)
    if len(group) < 2:
        return
    for a, b in combinations(group[:8], 2):
        notes.tie(scene, KINDS.partner, a, b, "joined forces", 0.75)
    for whole in [h for h in scene.heads if h not in group][:1]:
        for a in group[:8]:
            tie = notes.tie(scene, KINDS.member, a, whole, "joined forces", 0.7)
            notes.allies += [tie] if tie else []
