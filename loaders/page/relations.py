"""What a page says between the bodies it names: ties, projects, periods, benefits, themes.

Patterns turn on trigger words, in the language of the block. Who stands where in the sentence
gives the direction; "this organisation", "the three" and a sentence without any name speak of the
names at the head of the entry; "we" is the publisher.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import Candidate
from partnergraph.loaders.page.dates_in_text import Dated, find_dates
from partnergraph.loaders.page.document import Block, Document
from partnergraph.loaders.page.evidence import RUNNING
from partnergraph.loaders.page.names import Actor, Mention, Named
from partnergraph.loaders.page.words import LANGUAGES, Words, kinds, words

_QUOTE = re.compile(r"\"([^\"\n]{3,140})\"|(?<!\w)'([^'\n]{3,100})'(?!\w)")
_WORD = r"(?:[A-ZÀ-Þ][\w'-]*|\w+[A-Z]\w*)"
_CAPITALISED = re.compile(rf"\s(?:(?:het|de|la|le|the)\s|l')?({_WORD}(?:\s{_WORD})*)")
LISTED = frozenset({"list item", "logo", "heading", "line"})
ACTORS = frozenset(SCHEMA.actors)
KINDS = kinds()


@dataclass
class Scene:
    """One sentence and who is in it."""

    start: int
    end: int
    block: Block
    words: Words
    mentions: list[tuple[Mention, Actor]]
    heads: list[Actor]
    anaphora: list[int] = field(default_factory=list)
    we: list[int] = field(default_factory=list)


class Relations:
    """Reads one document's relations; `candidates` yields what was found, surest rule first."""

    def __init__(self, document: Document, named: Named, publisher: str) -> None:
        self.document, self.named = document, named
        self.publisher = next(
            (a for a in named.actors if a.publisher), Actor(publisher, publisher=True)
        )
        self.found: list[Candidate] = []
        self.projects: list[tuple[int, int, str]] = []
        self.project_kinds: dict[str, str] = {}

    def candidates(self) -> list[Candidate]:
        """Return ties, projects, periods, benefits and themes, in the order of the text."""
        self._events_named_after()
        for index, block in enumerate(self.document.blocks):
            code = block.language if block.language in LANGUAGES else "en"
            heads = self.named.heads.get(index, [])
            self._apposition(index, block, words(code))
            if block.kind == "heading":
                continue
            before: list[Actor] = []
            for start, end in self._sentences(block):
                scene = self._scene(start, end, block, heads, words(code))
                if not heads and scene.anaphora:
                    # "It" is whom the sentence before was about.
                    scene.heads = before
                self._read(scene)
                before = [a for _, a in scene.mentions if not a.publisher][:1] or before
        self._members_at_events()
        self._sections()
        said = {
            frozenset((fold(c.subject), fold(c.object)))
            for c in self.found
            if c.predicate in (KINDS.member, KINDS.funds) or c.rule.startswith("section")
        }
        for index, block in enumerate(self.document.blocks):
            if block.kind != "heading":
                code = block.language if block.language in LANGUAGES else "en"
                self._entry(block, self.named.heads.get(index, []), words(code), said)
        return self.found

    def _sentences(self, block: Block) -> Iterator[tuple[int, int]]:
        """Yield the sentences of a block; a name with a stop inside does not end one."""
        named = self.named.within(block.start, block.end)
        inside = {i for m, _ in named for i in range(m.start + 1, m.end)}
        begun: int | None = None
        for start, end in self.document.sentences(block):
            begun = start if begun is None else begun
            if end not in inside:
                yield begun, end
                begun = None

    # -- what every rule uses ------------------------------------------------------------------

    def _scene(self, start: int, end: int, block: Block, heads: list[Actor], w: Words) -> Scene:
        view = self.document.view
        mentions = self.named.within(start, end)
        scene = Scene(start, end, block, w, mentions, heads)
        scene.we = [m.start() for m in w.publisher.finditer(view, start, end)]
        scene.anaphora = [m.start() for m in w.anaphora.finditer(view, start, end)]
        return scene

    def _say(
        self,
        scene: Scene,
        type: str,
        rule: str,
        confidence: float,
        span: tuple[int, int] | None = None,
        **what: Any,
    ) -> None:
        """Note a candidate, quoted by a span or by its sentence."""
        start, end = span or _tight(self.document.view, scene.start, scene.end)
        if end - start > 600:
            end = start + 600
        self.found.append(
            Candidate(
                type,
                start,
                end,
                self.document.text[start:end],
                confidence=confidence,
                rule=rule,
                **what,
            )
        )

    def _tie(
        self,
        scene: Scene,
        predicate: str,
        source: Actor | str,
        target: Actor | str,
        rule: str,
        confidence: float,
        **more: Any,
    ) -> None:
        a = source if isinstance(source, str) else source.name
        b = target if isinstance(target, str) else target.name
        if fold(a) == fold(b):
            return
        if isinstance(target, Actor) and predicate == KINDS.member and target.kind != KINDS.network:
            target.kind = KINDS.network
        self._say(
            scene,
            "tie",
            rule,
            confidence,
            kind=predicate,
            subject=a,
            predicate=predicate,
            object=b,
            **more,
        )

    def _sides(self, scene: Scene, at: int, to: int) -> tuple[list[Actor], list[Actor]]:
        """Return who stands before a trigger and who after it; heads where nobody else does."""
        body = self._body_start(scene)
        left = [(m.start, a) for m, a in scene.mentions if body <= m.start and m.end <= at + 1]
        right = [(m.start, a) for m, a in scene.mentions if m.start >= at and m.start >= body]
        left += [(p, self.publisher) for p in scene.we if p < at]
        right += [(p, self.publisher) for p in scene.we if p > to]
        for position in scene.anaphora:
            side = left if position < at else right
            side += [(position, a) for a in scene.heads]
        before = list({id(a): a for _, a in sorted(left, key=lambda p: p[0])}.values())
        after = list({id(a): a for _, a in sorted(right, key=lambda p: p[0])}.values())
        heads = [a for a in scene.heads if a not in before and a not in after]
        if not before:
            before = heads
        elif not after:
            after = heads
        return before, after

    def _body_start(self, scene: Scene) -> int:
        """Return where the text behind an entry's head begins."""
        if scene.start == scene.block.start and scene.heads:
            view = self.document.view
            colon = view.find(":", scene.start, scene.end)
            first = scene.mentions[0][0] if scene.mentions else None
            if (
                colon > 0
                and first is not None
                and first.start < colon
                and first.start - scene.start < 12
            ):
                named = [m for m, a in scene.mentions if m.start < colon and a in scene.heads]
                if named:
                    return colon + 1
        return scene.start

    def _trigger(self, scene: Scene, name: str) -> re.Match[str] | None:
        pattern = scene.words.triggers.get(name)
        return pattern.search(self.document.view, scene.start, scene.end) if pattern else None

    # -- a sentence ----------------------------------------------------------------------------

    def _read(self, scene: Scene) -> None:
        titles = self._titles(scene)
        agreement = self._agreement(scene)
        for *_, title in titles if agreement else ():
            # What an agreement led to is named in the same sentence.
            self._tie(scene, KINDS.part, title, agreement, "came of an agreement", 0.6)
        self._united(scene)
        if not agreement:
            self._directed(scene)
        self._shared(scene)
        self._benefits(scene)
        self._themes(scene)
        self._dates(scene, titles, agreement)

    def _directed(self, scene: Scene) -> None:
        """Read member, support, housing and part: the trigger says which way."""
        m = self._trigger(scene, "member")
        if m:
            before, after = self._sides(scene, m.start(), m.end())
            for member in before[-3:]:
                for whole in after[:4]:
                    if whole not in before:
                        self._tie(scene, KINDS.member, member, whole, "member of", 0.8)
        for name, forward in (("supported", False), ("supports", True), ("hosting", True)):
            self._simple(scene, name, forward)
        self._housed(scene)
        self._part(scene)
        if m is None and (works := self._trigger(scene, "works")):
            self._works(scene, works)

    def _simple(self, scene: Scene, name: str, forward: bool) -> None:
        m = self._trigger(scene, name)
        if not m or (name == "supports" and self._trigger(scene, "supported")):
            return
        before, after = self._sides(scene, m.start(), m.end())
        kind = KINDS.hosts if name == "hosting" else KINDS.funds
        if name == "supported" and not before:
            us = [self.publisher] if scene.we or self.publisher in after else []
            before, after = us, [a for a in after if not a.publisher]
        stated = [a for a in after if a in [x for _, x in scene.mentions] or a.publisher]
        for a in before[-2:]:
            for b in stated[:5]:
                if a is not b:
                    source, target = (a, b) if forward else (b, a)
                    self._tie(scene, kind, source, target, name, 0.6)

    def _housed(self, scene: Scene) -> None:
        """Read whose rooms somebody is in; a date since when belongs to the housing."""
        m = self._trigger(scene, "hosted")
        if not m:
            return
        hosts = [(x, a) for x, a in scene.mentions if x.start >= m.end() - 1]
        hosts = (
            hosts[:1]
            or [
                (Mention(p, p, "", ""), self.publisher)
                for p in scene.we
                if m.start() <= p <= m.end() + 12
            ][:1]
        )
        if not hosts or hosts[0][0].start - m.end() > 15:
            return
        host = hosts[0][1]
        guests, _ = self._sides(scene, m.start(), m.end())
        guests = [g for g in (guests or scene.heads) if g is not host] or [
            h for h in scene.heads if h is not host
        ]
        since = [d for d in self._dates_of(scene) if not d.recurs and not d.founding]
        for guest in guests[:2]:
            period = since[0].period if since else ""
            self._tie(scene, KINDS.hosts, host, guest, "housed", 0.75, period=period)

    def _part(self, scene: Scene) -> None:
        """Read "think tank of": the whole stands right behind the words."""
        for m in scene.words.triggers["part"].finditer(self.document.view, scene.start, scene.end):
            whole = [(x, a) for x, a in scene.mentions if 0 <= x.start - m.end() <= 8]
            before = [a for x, a in scene.mentions if x.end <= m.start()]
            bracket = self.document.view[scene.start : m.start()].rstrip()[-1:] == "("
            part = before[-1:] if bracket or before else scene.heads
            for a in part[-1:]:
                for _, b in whole[:1]:
                    if a.kind not in ACTORS or b is a:
                        continue
                    if re.search(r"tank", m.group(), re.I):
                        a.kind, a.subtype = KINDS.network, "think_tank"
                    self._tie(scene, KINDS.part, a, b, "part of", 0.7)

    def _works(self, scene: Scene, m: re.Match[str]) -> None:
        """Read that some work together: who stands before with who stands after."""
        before, after = self._sides(scene, m.start(), m.end())
        body = self._body_start(scene)
        here = [a for x, a in scene.mentions if x.start >= body]
        for a in before[-3:]:
            for b in after[:6]:
                if a is not b and (a in here or b in here or a.publisher or b.publisher):
                    self._tie(scene, KINDS.partner, a, b, "work together", 0.65)

    def _united(self, scene: Scene) -> None:
        """Read that several joined forces: pairs of partners, and members of what they made."""
        m = self._trigger(scene, "united")
        if not m:
            return
        body = self._body_start(scene)
        group = [
            a
            for x, a in scene.mentions
            if body <= x.start < m.start() or m.start() <= x.start < m.end()
        ]
        group += [self.publisher for p in scene.we[:1] if p < m.end()]
        group = list({id(a): a for a in group}.values())
        made = [h for h in scene.heads if h not in group]
        if len(group) < 2:
            return
        for a, b in combinations(group[:8], 2):
            self._tie(scene, KINDS.partner, a, b, "joined forces", 0.75)
        for whole in made[:1]:
            for a in group[:8]:
                self._tie(scene, KINDS.member, a, whole, "joined forces", 0.7)

    # -- projects ------------------------------------------------------------------------------

    def _project(
        self,
        scene: Scene,
        name: str,
        span: tuple[int, int],
        subtype: str,
        rule: str,
        confidence: float,
    ) -> str:
        self._say(
            scene, "node", rule, confidence, span, kind=KINDS.project, subtype=subtype, name=name
        )
        self.projects.append((*span, name))
        self.project_kinds[name] = subtype
        return name

    def _parties(self, scene: Scene, *, wide: bool = True) -> list[Actor]:
        """Return who a project in a sentence belongs to: who is named in it, else the entry."""
        body = self._body_start(scene)
        named = [a for x, a in scene.mentions if x.start >= body]
        named += [self.publisher] if scene.we else []
        if (wide and (not named or scene.anaphora)) or (wide and all(a.publisher for a in named)):
            named += scene.heads
        return list({id(a): a for a in named}.values())

    def _titles(self, scene: Scene) -> list[tuple[int, int, str]]:
        """Read quoted titles behind a noun such as congress, study or project."""
        view, found = self.document.view, []
        for quote in _QUOTE.finditer(view, scene.start, scene.end):
            group = 1 if quote[1] is not None else 2
            span = quote.span(group)
            before = view[max(scene.start, quote.start() - 45) : quote.start()]
            for subtype, cue in scene.words.cues.items():
                hits = list(cue.finditer(before))
                if hits and not re.search(r"[.;]", before[hits[-1].end() :]):
                    name = self.document.clean(*span)
                    self._project(scene, name, span, subtype, "title", 0.8)
                    found.append((*span, name))
                    parties = self._parties(scene)
                    for a in parties:
                        self._tie(scene, KINDS.takes_part, a, name, "title", 0.6)
                    break
        m = self._trigger(scene, "takes_part")
        if m:
            self._taken_part(scene, m)
        return found

    def _taken_part(self, scene: Scene, m: re.Match[str]) -> None:
        """Read "taking part in NAME": the name is a project's."""
        match = _CAPITALISED.match(self.document.view, m.end(), scene.end)
        if not match:
            return
        name = self.document.clean(*match.span(1))
        if any((x.start, x.end) == match.span(1) for x, a in scene.mentions if a.publisher):
            return
        if any(
            fold(name) == fold(a.name)
            for a in self.named.actors
            if a.kind in ACTORS and a.kind != KINDS.project
        ):
            return
        self._project(scene, name, match.span(1), "project", "takes part", 0.65)
        for a in self._parties(scene):
            self._tie(scene, KINDS.takes_part, a, name, "takes part", 0.65)

    def _agreement(self, scene: Scene) -> str:
        """Read that an agreement was made or extended: a project of its parties, with a period."""
        noun, signed = self._trigger(scene, "agreement"), self._trigger(scene, "signed")
        if not noun or not signed:
            return ""
        parties = self._parties(scene)
        others = [a.name for a in parties if not a.publisher]
        if not others or len(parties) < 2:
            parties = list({id(a): a for a in [*parties, *scene.heads, self.publisher]}.values())
            others = [a.name for a in parties if not a.publisher]
        if not others:
            return ""
        span = noun.span("noun")
        name = f"{self.document.clean(*span).capitalize()}: {', '.join(sorted(others, key=fold))}"
        if name not in self.project_kinds:
            self._project(scene, name, span, "agreement", "agreement", 0.75)
        dates = [d for d in self._dates_of(scene) if not d.recurs]
        period = dates[0].period if dates else ""
        for a in parties:
            self._tie(scene, KINDS.takes_part, a, name, "agreement", 0.75, period=period)
        return name

    def _shared(self, scene: Scene) -> None:
        """Read that some share a room, a centre, a tool."""
        m = self._trigger(scene, "shares")
        if not m:
            return
        span = m.span("noun")
        parties = self._parties(scene)
        others = [a.name for a in parties if not a.publisher]
        if len(parties) < 2 or not others:
            return
        name = f"{self.document.clean(*span).capitalize()}: {', '.join(sorted(others, key=fold))}"
        self._project(scene, name, span, "shared_resource", "shared", 0.7)
        for a in parties:
            self._tie(scene, KINDS.takes_part, a, name, "shared", 0.7)

    def _events_named_after(self) -> None:
        """Make an event of a name that is an actor's name and a word for an event behind it."""
        names = {fold(a.name): a for a in self.named.actors}
        for actor in self.named.actors:
            parts = fold(actor.name).split()
            for size in range(len(parts) - 1, 0, -1):
                owner = names.get(" ".join(parts[:size]))
                if owner is None or owner is actor or parts[size] not in words("en").event_words:
                    continue
                actor.kind, actor.subtype = KINDS.project, "event"
                mention = actor.first
                index = _block_at(self.document, mention.start)
                block = self.document.blocks[index]
                scene = Scene(mention.start, mention.end, block, words("en"), [], [])
                self._tie(scene, KINDS.takes_part, owner, actor, "event named after", 0.65)
                self.project_kinds[actor.name] = "event"
                break

    def _members_at_events(self) -> None:
        """Take it that who made a body together is at the event that bears its name."""
        events = [c for c in self.found if c.rule == "event named after"]
        members = [
            c for c in self.found if c.predicate == KINDS.member and c.rule == "joined forces"
        ]
        for event in events:
            for member in members:
                if member.object == event.subject:
                    self.found.append(
                        replace(
                            event, subject=member.subject, confidence=0.45, rule="member at event"
                        )
                    )

    # -- time, members, themes -----------------------------------------------------------------

    def _dates_of(self, scene: Scene) -> list[Dated]:
        return find_dates(self.document.view, scene.words.code, scene.start, scene.end)

    def _dates(self, scene: Scene, titles: list[tuple[int, int, str]], agreement: str) -> None:
        """Give each period of a sentence to the project it stands beside, else to the entry."""
        for date in self._dates_of(scene):
            projects = [
                (m.start, m.end, a.name) for m, a in scene.mentions if a.kind == KINDS.project
            ] + titles
            near = sorted(projects, key=lambda p: min(abs(p[0] - date.end), abs(date.start - p[1])))
            if date.recurs and not near and "MONTH" not in date.period:
                continue
            if agreement:
                subject = agreement
            elif near:
                subject = near[0][2]
            else:
                parties = [a for a in self._parties(scene) if not a.publisher]
                subject = parties[0].name if parties else self.publisher.name
            rule = "recurrence" if date.recurs else "founding date" if date.founding else "date"
            self._say(
                scene,
                "period",
                rule,
                0.85,
                (date.start, date.end),
                subject=subject,
                period=date.period,
            )

    def _benefits(self, scene: Scene) -> None:
        """Read what the members get: what is offered, or made, for them."""
        w, view = scene.words, self.document.view
        members = list(w.members.finditer(view, scene.start, scene.end))
        givers = [a for a in [*scene.heads, *(a for _, a in scene.mentions)] if not a.publisher]
        if not members or not givers or self._trigger(scene, "members"):
            return
        if self._trigger(scene, "member") and not scene.words.triggers["offering"].search(
            view, scene.start, scene.end
        ):
            return
        phrases = list(self._offered(scene, members[0].start()))
        for span in phrases[:4]:
            self._say(
                scene,
                "benefit",
                "for members",
                0.6,
                span,
                kind="member_benefit",
                name=self.document.clean(*span),
                subject=givers[0].name,
                object=self.publisher.name,
            )

    def _offered(self, scene: Scene, members: int) -> Iterator[tuple[int, int]]:
        """Yield the things offered in a sentence, up to where the members are named."""
        view = self.document.view
        before = view[scene.start : members]
        found = False
        for m in scene.words.triggers["offering"].finditer(view, scene.start, members):
            rest = view[m.end() : members]
            cut = scene.words.offer_ends.search(rest)
            phrase = rest[: cut.start()] if cut else rest
            lead = self._small_words(phrase, scene.words)
            at = m.end() + lead
            body = view[at : m.end() + len(phrase)].rstrip()
            if len(body) > 3:
                found = True
                yield at, at + len(body)
        if found:
            return
        # The last thing named before the members is what they get.
        for noun in list(words("en").benefits.finditer(before))[-1:]:
            yield scene.start + noun.start(1), scene.start + noun.end(1)

    def _small_words(self, phrase: str, w: Words) -> int:
        """Return how far the small words at the beginning of a phrase reach."""
        reach = 0
        for m in re.finditer(r"\s*([\w']+)\s+", phrase):
            if m.start() != reach or m[1].casefold() not in w.function | w.fillers:
                break
            reach = m.end()
        return reach

    def _themes(self, scene: Scene) -> None:
        """Read the field somebody works in."""
        m = self._trigger(scene, "field")
        if not m:
            return
        start, end = m.span("theme")
        text = self.document.view[start:end]
        cut = scene.words.theme_ends.search(text)
        end = start + (cut.start() if cut else len(text.rstrip()))
        name = self.document.clean(start, end)
        if not 3 < len(name) < 60 or len(name.split()) > 5:
            return
        before = [a for x, a in scene.mentions if x.end <= m.start()]
        who = (
            before[-1:] if before and before[-1] in scene.heads else scene.heads[:2] or before[-1:]
        )
        who = [a for a in who if a.kind in ACTORS]
        if not who:
            return
        self._say(
            scene, "node", "field", 0.5, (start, end), kind=KINDS.theme, subtype="theme", name=name
        )
        for a in who:
            self._tie(scene, KINDS.active, a, name, "field", 0.5)

    # -- blocks and sections -------------------------------------------------------------------

    def _apposition(self, index: int, block: Block, w: Words) -> None:
        """Call a body a network only where its name, or what is said of it, does."""
        heads = self.named.heads.get(index, [])
        for actor in heads:
            self._by_name(actor)
        for _, actor in self.named.within(block.start, block.end):
            self._by_name(actor)
        pattern = w.triggers["network"]
        for start, end in self.document.sentences(block)[:2]:
            for m in pattern.finditer(self.document.view, start, end):
                about = self._said_of(m, start, heads)
                if about is not None and about.kind == KINDS.body and not about.publisher:
                    kind = next((k.rstrip("2") for k, v in m.groupdict().items() if v), "other")
                    about.kind = KINDS.network
                    about.subtype = (
                        kind if kind in SCHEMA.node_kinds[KINDS.network].subtypes else ""
                    )
        if w.triggers["bodies"].search(self.document.view, block.start, block.end) and (
            self._about_publisher(block)
        ):
            for actor in heads:
                if actor.kind == KINDS.body and not actor.publisher:
                    actor.kind = KINDS.network

    def _said_of(self, m: re.Match[str], start: int, heads: list[Actor]) -> Actor | None:
        """Return whom a network word is said of: a head, by "is a" or right behind the name."""
        view = self.document.view
        if m.start() < start:
            return None
        before = view[start : m.start()]
        copula = words("en").copula.search(before)
        if not copula:
            return None
        named = [a for x, a in self.named.within(start, m.start())]
        if heads:
            return heads[0] if not named or named[-1] in heads or named[-1].publisher else None
        return named[0] if len({id(a) for a in named}) == 1 else None

    def _by_name(self, actor: Actor) -> None:
        if actor.kind != KINDS.body:
            return
        parts = fold(actor.name).split()
        if len(parts) > 1 and not words("en").award_words.isdisjoint((parts[0], *parts[-2:])):
            actor.kind, actor.subtype = KINDS.project, "programme"
            return
        networks = words("en").networks
        for name in (actor.name, *actor.aliases):
            for part in fold(name).split():
                if part in networks:
                    actor.kind, actor.subtype = KINDS.network, networks[part]
                    return

    def _about_publisher(self, block: Block) -> bool:
        code = block.language if block.language in LANGUAGES else "en"
        if words(code).publisher.search(self.document.view, block.start, block.end):
            return True
        return any(a.publisher for _, a in self.named.within(block.start, block.end))

    def _entry(self, block: Block, heads: list[Actor], w: Words, said: set[frozenset[str]]) -> None:
        """Make the heads of an entry that speaks of the publisher its partners."""
        if not heads or not self._about_publisher(block):
            return
        scene = Scene(block.start, block.end, block, w, [], heads)
        us = fold(self.publisher.name)
        for actor in heads:
            if (
                actor.publisher
                or actor.kind not in ACTORS
                or frozenset((us, fold(actor.name))) in said
            ):
                continue
            works = w.triggers["works"].search(self.document.view, block.start, block.end)
            self._tie(scene, KINDS.partner, actor, self.publisher, "entry", 0.7 if works else 0.6)

    def _relations_of(self, index: int) -> list[str]:
        """Return the relations that the headings over a block, or its lead, speak of."""
        patterns = words("en").sections
        section = self.named.sections.get(index, "")
        lead = self._lead(self.document.blocks[index])
        spoken = (lead, section.rpartition(" / ")[2], section)
        return [k for part in spoken if part for k, p in patterns.items() if p.search(part)]

    def listed(self, actor: Actor) -> bool:
        """Say whether somebody stands in a list, a logo or a heading of a section on partners."""
        pattern = words("en").partnerly
        return any(
            m.how in LISTED
            and pattern.search(self.named.sections.get(_block_at(self.document, m.start), ""))
            for m in actor.mentions
        )

    def default(self, actor: Actor) -> Candidate:
        """Return the tie to the publisher of somebody of whom nothing is said but a name.

        The heading over it may tell which relation; else it is partnership. Who is named only in
        what is told of somebody is tied to that body.
        """
        first = actor.first
        index = _block_at(self.document, first.start)
        block = self.document.blocks[index]
        scene = Scene(first.start, first.end, block, words("en"), [], [])
        kept, self.found = self.found, []
        about = [
            a
            for a in self.named.heads.get(index, [])
            if a is not actor and not a.publisher and a.kind in ACTORS
        ]
        if about and index in self.named.told and all(m.how in RUNNING for m in actor.mentions):
            self._tie(scene, KINDS.partner, actor, about[0], "default", 0.3)
        else:
            self._under(scene, next(iter(self._relations_of(index)), "partner"), actor)
        found, self.found = self.found, kept
        return replace(
            found[0],
            start=first.start,
            end=first.end,
            quote=self.document.text[first.start : first.end],
        )

    def _sections(self) -> None:
        """Tie the names listed under a heading such as "we are a member of" to the publisher."""
        for index, block in enumerate(self.document.blocks):
            lead = self._lead(block)
            kinds = self._relations_of(index)
            if not kinds or (block.kind == "heading" and not self.named.heads.get(index)):
                continue
            if block.kind == "paragraph" and not lead and not self._listed(block):
                continue
            listed = self.named.heads.get(index) or [
                a for m, a in self.named.within(block.start, block.end)
            ]
            if not lead and block.kind == "item":
                listed = listed[:1] if not self.named.heads.get(index) else listed
            scene = Scene(block.start, block.end, block, words("en"), [], [])
            for actor in listed:
                if not actor.publisher and actor.kind in ACTORS:
                    self._under(scene, kinds[0], actor)

    def _lead(self, block: Block) -> str:
        """Return the words before the colon of a block that lists names behind it."""
        match = re.match(r"([^:\n]{4,90}):\s", self.document.view[block.start : block.end])
        if not match or self.named.within(block.start, block.start + match.end()):
            return ""
        return match[1]

    def _listed(self, block: Block) -> bool:
        """Say whether a paragraph is nothing but names."""
        named = sum(m.end - m.start for m, _ in self.named.within(block.start, block.end))
        return named > 0.6 * max(len(self.document.clean(block.start, block.end)), 1)

    def _under(self, scene: Scene, kind: str, actor: Actor) -> None:
        us = self.publisher
        if kind == "memberships":
            self._tie(scene, KINDS.member, us, actor, "section: member of", 0.75)
        elif kind == "members":
            self._tie(scene, KINDS.member, actor, us, "section: members", 0.75)
        elif kind == "supports":
            self._tie(scene, KINDS.funds, us, actor, "section: supports", 0.65)
        elif kind == "supported":
            self._tie(scene, KINDS.funds, actor, us, "section: supported by", 0.65)
        else:
            self._tie(scene, KINDS.partner, actor, us, "section: partners", 0.65)


def _tight(view: str, start: int, end: int) -> tuple[int, int]:
    """Leave the space around a stretch out."""
    body = view[start:end]
    left = len(body) - len(body.lstrip())
    return start + left, max(start + left + 1, start + len(body.rstrip()))


def _block_at(document: Document, position: int) -> int:
    from bisect import bisect_right

    return max(bisect_right([b.start for b in document.blocks], position) - 1, 0)
