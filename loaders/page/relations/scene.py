"""What rules for relations share: a sentence with those in it, and notes of what was found."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import Candidate
from partnergraph.loaders.page.dates_in_text import Dated, find_dates
from partnergraph.loaders.page.document import Block, Document
from partnergraph.loaders.page.names.named import Actor, Mention, Named
from partnergraph.loaders.page.words import Words, kinds, shared, words

ACTORS = frozenset(SCHEMA.actors)
KINDS = kinds()
LONGEST_QUOTE = 600


@dataclass
class Scene:
    """A stretch of text, the actors named in it, and those that the block is about."""

    view: str
    start: int
    end: int
    block: Block
    publisher: Actor
    mentions: list[tuple[Mention, Actor]]
    heads: list[Actor]

    @cached_property
    def words(self) -> Words:
        """The words of the block's language."""
        return words(self.block.language)

    @cached_property
    def we(self) -> list[int]:
        """Positions of "we" and of "the foundation" on the page of a foundation: the publisher."""
        found = [m.start() for m in self.find(self.words.publisher)]
        return found + [
            m.start()
            for m in self.find(_called(self.publisher.name))
            if not (self.heads and self.words.anaphora.match(self.view, m.start()))
        ]

    @cached_property
    def anaphora(self) -> list[int]:
        """Positions of "this organisation" and the like, not of "the Federation of X"."""
        named = [m.start for m, _ in self.mentions]
        found = self.find(self.words.anaphora)
        return [m.start() for m in found if not any(m.start() <= s < m.end() for s in named)]

    @cached_property
    def dates(self) -> list[Dated]:
        """Periods in the text."""
        return find_dates(self.view, self.words.code, self.start, self.end)

    @cached_property
    def period(self) -> str:
        """The only period in the text, blank where there are several or none."""
        found = [d.period for d in self.dates if not d.recurs and not d.founding]
        return found[0] if len(found) == 1 else ""

    @cached_property
    def body(self) -> int:
        """Where the text after an entry's head begins."""
        if self.start != self.block.start or not self.heads or not self.mentions:
            return self.start
        colon = self.view.find(":", self.start, self.end)
        first = self.mentions[0][0].start
        named = any(m.start < colon and a in self.heads for m, a in self.mentions)
        return colon + 1 if first < colon and first - self.start < 12 and named else self.start

    def find(self, pattern: re.Pattern[str]) -> Iterable[re.Match[str]]:
        """Return the matches of a pattern in the text."""
        return pattern.finditer(self.view, self.start, self.end)

    def trigger(self, name: str) -> re.Match[str] | None:
        """Return the first word in the text that tells a relation, if there is one."""
        return self.words.triggers[name].search(self.view, self.start, self.end)

    def sides(self, trigger: re.Match[str]) -> tuple[list[Actor], list[Actor]]:
        """Return who comes before a trigger and who after it; the heads where nobody else does."""
        at, to = trigger.span()
        left = [(m.start, a) for m, a in self.mentions if self.body <= m.start and m.end <= at + 1]
        right = [(m.start, a) for m, a in self.mentions if m.start >= max(at, self.body)]
        left += [(p, self.publisher) for p in self.we if p < at]
        right += [(p, self.publisher) for p in self.we if p > to]
        for position in self.anaphora:
            side = left if position < at else right
            side += [(position, a) for a in self.heads]
        before = unique(a for _, a in sorted(left, key=lambda p: p[0]))
        after = unique(a for _, a in sorted(right, key=lambda p: p[0]))
        heads = [a for a in self.heads if a not in before and a not in after]
        if not before:
            return heads, after
        return before, after or heads

    def parties(self) -> list[Actor]:
        """Return whom a project in the text belongs to: those named in it, else the heads."""
        named = [a for m, a in self.mentions if m.start >= self.body]
        named += [self.publisher] if self.we else []
        if self.anaphora or all(a.publisher for a in named):
            named += self.heads
        return unique(named)


class Notes:
    """Collects what one document says.

    Attributes
    ----------
    settled
        Pairs of names whose relation is more than partnership.
    allies
        Ties of those who joined forces to what they made.
    events
        Ties of actors to the events named after them.
    """

    def __init__(self, document: Document, named: Named, publisher: str) -> None:
        self.document, self.named, self.view = document, named, document.view
        own = (a for a in named.actors if a.publisher)
        self.publisher = next(own, Actor(publisher, publisher=True))
        self.found: list[Candidate] = []
        self.settled: set[frozenset[str]] = set()
        self.allies: list[Candidate] = []
        self.events: list[Candidate] = []
        self._starts = [b.start for b in document.blocks]

    def scene(self, start: int, end: int, index: int) -> Scene:
        """Return a stretch of a block as a scene."""
        block, heads = self.document.blocks[index], self.named.heads.get(index, [])
        mentions = self.named.within(start, end)
        return Scene(self.view, start, end, block, self.publisher, mentions, heads)

    def scene_of(self, actor: Actor) -> Scene:
        """Return the most certain mention of an actor as a scene."""
        first = actor.first
        return self.scene(first.start, first.end, self.block_of(first))

    def block_of(self, mention: Mention) -> int:
        """Return the index of the block that a mention is in."""
        return max(bisect_right(self._starts, mention.start) - 1, 0)

    def say(
        self,
        scene: Scene,
        type: str,
        rule: str,
        confidence: float,
        span: tuple[int, int] | None = None,
        **what: Any,
    ) -> Candidate:
        """Note a candidate, quoted by a span or by the whole scene, and return it."""
        start, end = span or _tight(self.view, scene.start, scene.end)
        end = min(end, start + LONGEST_QUOTE)
        quote = self.document.text[start:end]
        found = Candidate(type, start, end, quote, confidence=confidence, rule=rule, **what)
        self.found.append(found)
        return found

    def tie(
        self,
        scene: Scene,
        predicate: str,
        source: Actor | str,
        target: Actor | str,
        rule: str,
        confidence: float,
        period: str = "",
    ) -> Candidate | None:
        """Note a tie between actors, or names of projects, and return it.

        None for equal names, and for the publisher of a page without one. Whoever has members is
        a network.
        """
        a, b = (end if isinstance(end, str) else end.name for end in (source, target))
        if fold(a) == fold(b) or not a or not b:
            return None
        if isinstance(target, Actor) and predicate == KINDS.member:
            target.kind = KINDS.network
        what = {"kind": predicate, "subject": a, "predicate": predicate, "object": b}
        tie = self.say(scene, "tie", rule, confidence, None, period=period, **what)
        if predicate in (KINDS.member, KINDS.funds):
            self.settled.add(ends(tie))
        return tie


@lru_cache(maxsize=100)
def _called(publisher: str) -> re.Pattern[str]:
    """Return what matches the publisher's own noun after an article: the foundation."""
    own = {p for p in fold(publisher).split() if p in shared().heads or p in shared().networks}
    nouns = [w for w in publisher.split() if fold(w) in own and len(w) > 4]
    either = "|".join(re.escape(w.casefold()) for w in nouns) or r"(?!)"
    return re.compile(
        rf"(?<!\w)(?:(?:[Tt]he|[Dd]e|[Hh]et|[Ll]a|[Ll]e|[Dd]u|[Aa]u)\s|[Ll]')(?:{either})(?!\w|\s(?:of|de|van|du|des)\s[A-ZÀ-Þ])"
    )


def ends(tie: Candidate) -> frozenset[str]:
    """Return the folded names at the ends of a tie."""
    return frozenset((fold(tie.subject), fold(tie.object)))


def unique(actors: Iterable[Actor]) -> list[Actor]:
    """Return each actor once, in order."""
    return list({id(a): a for a in actors}.values())


def _tight(view: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the space around it."""
    body = view[start:end]
    left = len(body) - len(body.lstrip())
    return start + left, max(start + left + 1, start + len(body.rstrip()))
