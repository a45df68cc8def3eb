"""Which names of running text are somebody's: what speaks for each, and what against.

Lists, headings, logos and entries name bodies because a page is made so. In running text a capital
is little evidence: products, collections, organs and titles have one too. So a name that stands in
running text only is kept where enough speaks for it: a head word or legal form, a noun such as
"the association" before it, a relation in its sentence, an acronym in brackets, names beside it.
Where a page has a structure, what is told about somebody who stands in it counts less.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING

from partnergraph.loaders.identity.normaliser import fold, is_legal_form, normalise
from partnergraph.loaders.page.document import FILLER, Block, Document
from partnergraph.loaders.page.words import LANGUAGES, Words, words

if TYPE_CHECKING:
    from partnergraph.loaders.page.names import Actor, Mention

ENOUGH = 1.0
RUNNING = frozenset({"run", "word", "again", "inline link"})
_SHAPED = re.compile(r"\w[A-ZÀ-ÖØ-Þ]")
_COMPOUND = re.compile(r"[A-ZÀ-Þ]\w*-[a-zà-ÿ]{3,}$")
_COUNTED = re.compile(r"\s?\((?:\d|\?|pm)|\s?\d|-[a-zà-ÿ]")
_LISTED = re.compile(r"^\s?(?:,|;|\(|et\s|en\s|and\s|&|ainsi\sque\s)")
_LISTS = re.compile(r"(?:,|;|\set|\sen|\sand|&)\s?(?:(?:the|de|het|la|le|les)\s|l')?$", re.I)


class Evidence:
    """Weighs the names of one document; `heads` are the blocks that tell about somebody."""

    def __init__(
        self,
        document: Document,
        block_of: Mapping[int, int],
        told: frozenset[int],
        structured: bool,
        publisher: str,
        names: frozenset[str],
    ) -> None:
        self.document, self.view = document, document.view
        self.block_of, self.told, self.structured = block_of, told, structured
        self.publisher = re.compile(rf"(?<![\w]){re.escape(publisher)}(?![\w])", re.I)
        self.names = names
        self._sentences: dict[int, list[tuple[int, int]]] = {}
        self._related: dict[tuple[int, str], float] = {}

    def enough(self, actor: Actor, beside: Mapping[int, bool]) -> bool:
        """Say whether a body is to be kept; `beside` has the mentions that stand beside others."""
        if actor.publisher or actor.known or any(m.how not in RUNNING for m in actor.mentions):
            return True
        best = max(self._weigh(m, beside.get(m.start, False)) for m in actor.mentions)
        return best + self._of_name(actor) >= ENOUGH

    def _of_name(self, actor: Actor) -> float:
        """Weigh what a name is made of, and how often it is there."""
        parts = [fold(p) for p in actor.name.split()]
        heads = words("en").heads
        score = 2.0 * (len(parts) > 1 and any(p in heads for p in parts))
        score += 2.0 * bool(normalise(actor.name).legal_form or any(map(is_legal_form, parts[:1])))
        score += 2.0 * any(
            kind in ("acronym", "name") and m.how == "bracket" for kind, m in actor.aliases.values()
        )
        shaped = bool(_SHAPED.search(actor.name.replace(FILLER, "")))
        score += 0.5 if len(parts) > 1 else (0.5 if shaped else -1.0)
        score += 2.5 * self._event(parts)
        places = {self._sentence(m.start)[0] for m in actor.mentions}
        return score + 0.5 * (len(places) > 1)

    def _event(self, parts: list[str]) -> bool:
        """Say whether a name is somebody's name and a word for an event behind it."""
        return any(
            part in words("en").event_words and " ".join(parts[:at]) in self.names
            for at, part in enumerate(parts)
            if at
        )

    def _weigh(self, mention: Mention, beside: bool) -> float:
        """Weigh where a name stands."""
        index = self.block_of[mention.start]
        block = self.document.blocks[index]
        w = words(block.language if block.language in LANGUAGES else "en")
        start, end = self._sentence(mention.start)
        before = self.view[max(start, mention.start - 60) : mention.start]
        after = self.view[mention.end : min(end, mention.end + 20)]
        score = 1.5 * (mention.how == "inline link") + 1.0 * beside
        score += 2.0 * self._called(before)
        score += self._relation(start, end, w)
        score += 1.5 * self._announced(before, w)
        if index in self.told:
            whole = mention.end - mention.start > 0.8 * (block.end - block.start)
            # All that is said of somebody in so many words is a description.
            score -= 3.0 if whole else 1.0
        elif self.structured:
            score -= 0.5
        score -= 2.0 * bool(_COUNTED.match(after))
        score -= 1.5 * bool(w.place_before.search(before[-30:]))
        return score

    def _relation(self, start: int, end: int, w: Words) -> float:
        """Weigh whether a sentence tells a relation, and whether it speaks of the publisher."""
        if (start, w.code) not in self._related:
            told = (v for t, v in w.evidence.items() if w.triggers[t].search(self.view, start, end))
            ours = bool(
                w.publisher.search(self.view, start, end)
                or self.publisher.search(self.view, start, end)
            )
            self._related[start, w.code] = max(told, default=0.0) + 0.5 * ours
        return self._related[start, w.code]

    def _announced(self, before: str, w: Words) -> bool:
        """Say whether a relation stands right before a name: member of NAME."""
        return any(
            re.fullmatch(r"[\s\"']*(?:[\w-]{1,4}[\s'])?[\s\"']*", before[found.end() :])
            for trigger, value in w.evidence.items()
            if value > 1
            for found in w.triggers[trigger].finditer(before)
        )

    def _called(self, before: str) -> bool:
        """Say whether a noun such as "the association" stands right before a name."""
        match = re.search(r"(?:^|[\s'(])([\w-]+)\s(?:[\"'«]\s?)?$", before)
        return bool(match) and fold(match[1] if match else "") in words("en").heads

    def _sentence(self, position: int) -> tuple[int, int]:
        index = self.block_of[position]
        if index not in self._sentences:
            self._sentences[index] = self.document.sentences(self.document.blocks[index])
        sentences = self._sentences[index]
        return sentences[max(bisect_right(sentences, (position, len(self.view))) - 1, 0)]


def listed(
    view: str, mentions: list[tuple[int, int]], sure: frozenset[int] = frozenset()
) -> set[int]:
    """Return the starts of names in a row of three or more, or beside one that is sure.

    >>> view = "Acme, Beta and Gamma met. Delta left."
    >>> sorted(listed(view, [(0, 4), (6, 10), (15, 20), (26, 31)]))
    [0, 6, 15]
    """
    found: set[int] = set()
    row: list[int] = []
    last = -1
    for start, end in sorted(mentions):
        gap = view[last:start] if last >= 0 else ""
        joined = last >= 0 and bool(
            re.fullmatch(
                rf"[\s{FILLER}]*(?:\([^()]*\)\s?)?(?:,|;|/|&|\bet\b|\ben\b|\band\b|,\s(?:et|en|and))\s*"
                rf"(?:(?:the|de|het|la|le|les)\s|l')?[\s{FILLER}]*",
                gap,
                re.I,
            )
        )
        row = [*row, start] if joined else [start]
        if len(row) >= 3 or (len(row) == 2 and not sure.isdisjoint(row)):
            found.update(row)
        last = end
    return found


def blocks_of(blocks: tuple[Block, ...], positions: list[int]) -> dict[int, int]:
    """Return the index of the block that each position stands in."""
    starts = [b.start for b in blocks]
    return {p: max(bisect_right(starts, p) - 1, 0) for p in positions}


__all__ = ["Evidence", "Words", "blocks_of", "listed"]
