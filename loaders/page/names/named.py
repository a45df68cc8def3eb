"""What is found about names: mentions at a place, and the actors they belong to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from partnergraph.loaders.page.words import kinds

# How mentions in running text are found; the others come from the structure of the page.
RUNNING = frozenset({"run", "word", "again", "defined"})


@dataclass
class Mention:
    """A name at a place; `how` tells which rule found it."""

    start: int
    end: int
    name: str
    how: str
    confidence: float = 0.6


@dataclass
class Actor:
    """A body that is named on the page: its mentions, other names, and apparent kind."""

    name: str
    mentions: list[Mention] = field(default_factory=list)
    aliases: dict[str, tuple[str, Mention]] = field(default_factory=dict)
    kind: str = field(default_factory=lambda: kinds().body)
    subtype: str = ""
    known: str = ""
    publisher: bool = False

    @property
    def first(self) -> Mention:
        """The most certain of its mentions, the earliest among equals."""
        return max(self.mentions, key=lambda m: (m.confidence, -m.start))


@dataclass
class Named:
    """The actors of a page and where each is mentioned.

    Attributes
    ----------
    heads
        The actors that each block is about, by its index.
    sections
        The headings over each block, joined by slashes.
    left_out
        Those for which there was too little evidence.
    told
        The blocks about an actor that a list, a heading or an entry names.
    """

    actors: list[Actor]
    heads: dict[int, list[Actor]]
    sections: dict[int, str]
    left_out: tuple[Actor, ...] = ()
    told: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        pairs = [(m, a) for a in self.actors for m in a.mentions]
        pairs.sort(key=lambda p: (p[0].start, -p[0].end))
        self._ordered: list[tuple[Mention, Actor]] = []
        for pair in pairs:
            if not self._ordered or pair[0].start >= self._ordered[-1][0].end:
                self._ordered.append(pair)
        self._starts = [m.start for m, _ in self._ordered]

    def within(self, start: int, end: int) -> list[tuple[Mention, Actor]]:
        """Return the mentions in a stretch, in order, the longest where they overlap."""
        found = self._ordered[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [p for p in found if p[0].end <= end]
