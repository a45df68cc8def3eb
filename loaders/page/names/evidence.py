"""Which names of running text are a body's: the evidence for each, and against.

Lists, headings, logos and entries name bodies because a page is made so. In running text a capital
is weak evidence: products, collections, organs and titles have one too. So a name that occurs only
in running text is kept where there is enough evidence: a head word or legal form, a noun such as
"the association" before it, a relation in its sentence, an acronym in brackets, names beside it.
Where a page has a structure, what is told about somebody named in it counts less.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from partnergraph.loaders.identity.normaliser import fold, is_legal_form, normalise
from partnergraph.loaders.page.document import FILLER, Block
from partnergraph.loaders.page.names.clues import Clues, is_role
from partnergraph.loaders.page.names.named import RUNNING, Actor, Mention
from partnergraph.loaders.page.names.tokens import INNER_CAPITAL
from partnergraph.loaders.page.words import Words, kinds, shared, words

ENOUGH = 1.0
_COUNTED = re.compile(r"\s?\((?:\d|\?|pm)|\s?\d|-[a-zà-ÿ]")
# "Student at NAME", and "for the strengthening of NAME", which is often no name.
_AT = re.compile(
    r"\s(?:at|bij|van|of|à|au|chez|de|du|from|aan)\s(?:the\s|de\s|het\s|la\s|l')?[\s\"']*$", re.I
)
_PURPOSE = re.compile(
    r"\b(?:voor|pour|for|ter|om)\s(?:(?:een|de|het|une?|la|le|a|an|the|onze|notre|our)\s|l')?[\w-]+\s"
    r"(?:van\s|de\s|des\s|du\s|d'|of\s)(?:(?:de|het|la|le|the)\s|l')?$",
    re.I,
)
_JOINED = re.compile(
    rf"[\s{FILLER}]*(?:\([^()]*\)\s?)?(?:,|;|/|&|\bet\b|\ben\b|\band\b|,\s(?:et|en|and))"
    rf"(?:\s*(?:(?:the|de|het|la|le|les)\s|l'))?[\s{FILLER}]*",
    re.I,
)


def credible(clues: Clues, actors: list[Actor]) -> tuple[list[Actor], list[Actor], frozenset[int]]:
    """Return the actors with enough evidence, the others, and the told blocks.

    A block is told where it is about an actor that a list, a heading or an entry names.
    """
    evidence = _Evidence(clues, actors)
    enough = {id(a) for a in actors if evidence.is_enough(a)}
    kept = [a for a in actors if id(a) in enough]
    return kept, [a for a in actors if id(a) not in enough], evidence.told


class _Evidence:
    """Weighs the names of one document."""

    def __init__(self, clues: Clues, actors: list[Actor]) -> None:
        self.clues, self.document, self.view = clues, clues.document, clues.view
        mentions = [m for a in actors for m in a.mentions]
        self.block_of = _blocks_of(clues.document.blocks, [m.start for m in mentions])
        structural = [m for m in mentions if m.how not in RUNNING and m.how != "publisher"]
        self.structured = len({m.name for m in structural}) > 2
        self.told = frozenset(
            index
            for index, spans in clues.heads.items()
            if all(self.block_of.get(start) != index for start, _ in spans)
        ).union(self.block_of[m.start] for m in structural if m.how in ("list item", "entry"))
        own = re.escape(clues.publisher) or r"(?!)"
        self.publisher = re.compile(rf"(?<!\w){own}(?!\w)", re.I)
        self.names = frozenset(fold(a.name) for a in actors)
        sure = frozenset(m.start for m in mentions if m.how not in RUNNING)
        self.beside = in_a_row(self.view, [(m.start, m.end) for m in mentions], sure)
        self._sentences: dict[int, list[tuple[int, int]]] = {}
        self._related: dict[tuple[int, str], float] = {}

    def is_enough(self, actor: Actor) -> bool:
        """Return whether there is enough evidence that an actor is a body."""
        if actor.kind == kinds().project:
            return True
        if actor.publisher or actor.known or any(m.how not in RUNNING for m in actor.mentions):
            return True
        best = max(map(self._of_place, actor.mentions))
        return best + self._of_name(actor) >= ENOUGH

    def _of_name(self, actor: Actor) -> float:
        """Weigh what a name is made of, and how often it occurs."""
        parts = [fold(p) for p in actor.name.split()]
        heads = shared().heads
        score = 2.0 * (len(parts) > 1 and any(p in heads for p in parts))
        score += 2.0 * bool(normalise(actor.name).legal_form or any(map(is_legal_form, parts[:1])))
        score += 2.0 * any(
            kind in ("acronym", "name") and m.how == "bracket" for kind, m in actor.aliases.values()
        )
        formed = bool(INNER_CAPITAL.search(actor.name.replace(FILLER, "")))
        score += 0.5 if len(parts) > 1 else (0.5 if formed else -1.0)
        score += 2.5 * self._is_event(parts)
        places = {self._sentence(m.start)[0] for m in actor.mentions}
        return score + 0.5 * (len(places) > 1)

    def _is_event(self, parts: list[str]) -> bool:
        """Return whether a name is an actor's name followed by a word for an event."""
        return any(
            part in shared().event_words and " ".join(parts[:at]) in self.names
            for at, part in enumerate(parts)
            if at
        )

    def _of_place(self, mention: Mention) -> float:
        """Weigh where a name occurs."""
        index = self.block_of[mention.start]
        block = self.document.blocks[index]
        w = words(block.language)
        start, end = self._sentence(mention.start)
        before = self.view[max(start, mention.start - 60) : mention.start]
        after = self.view[mention.end : min(end, mention.end + 20)]
        score = 1.0 * (mention.start in self.beside) + 2.0 * self._is_called(before)
        score += self._relation(start, end, w)
        score += 1.5 * self._is_announced(before, w) + 2.0 * (mention.how == "defined")
        score += 2.0 * bool(_AT.search(before) and is_role(before))
        score += 2.0 * self.clues.is_subject(mention.start, mention.end, w.code)
        score -= 2.0 * bool(_PURPOSE.search(before))
        if index in self.told:
            whole = mention.end - mention.start > 0.8 * (block.end - block.start)
            # A name that is all the text about somebody is a description.
            score -= 3.0 if whole else 1.0
        elif self.structured:
            score -= 0.5
        score -= 2.0 * bool(_COUNTED.match(after))
        score -= 1.5 * bool(w.place_before.search(before[-30:]))
        return score

    def _relation(self, start: int, end: int, w: Words) -> float:
        """Weigh whether a sentence tells a relation, and whether it mentions the publisher."""
        if (start, w.code) not in self._related:
            told = (
                v
                for t, v in shared().evidence.items()
                if w.triggers[t].search(self.view, start, end)
            )
            ours = bool(
                w.publisher.search(self.view, start, end)
                or self.publisher.search(self.view, start, end)
            )
            self._related[start, w.code] = max(told, default=0.0) + 0.5 * ours
        return self._related[start, w.code]

    def _is_announced(self, before: str, w: Words) -> bool:
        """Return whether a relation comes right before a name: member of NAME."""
        return any(
            re.fullmatch(r"[\s\"']*(?:[\w-]{1,4}[\s'])?[\s\"']*", before[found.end() :])
            for trigger, value in shared().evidence.items()
            if value > 1
            for found in w.triggers[trigger].finditer(before)
        )

    def _is_called(self, before: str) -> bool:
        """Return whether a noun such as "the association" comes right before a name."""
        match = re.search(r"(?:^|[\s'(])([\w-]+)\s(?:[\"'«]\s?)?$", before)
        return match is not None and fold(match[1]) in shared().heads

    def _sentence(self, position: int) -> tuple[int, int]:
        index = self.block_of[position]
        if index not in self._sentences:
            self._sentences[index] = self.document.sentences(self.document.blocks[index])
        sentences = self._sentences[index]
        return sentences[max(bisect_right(sentences, (position, len(self.view))) - 1, 0)]


def in_a_row(
    view: str, mentions: list[tuple[int, int]], sure: frozenset[int] = frozenset()
) -> set[int]:
    """Return the starts of names in a row of three or more, or beside a certain one.

    >>> view = "Acme, Beta and Gamma met. Delta left."
    >>> sorted(in_a_row(view, [(0, 4), (6, 10), (15, 20), (26, 31)]))
    [0, 6, 15]
    """
    found: set[int] = set()
    row: list[int] = []
    last = -1
    for start, end in sorted(mentions):
        joined = last >= 0 and bool(_JOINED.fullmatch(view[last:start]))
        row = [*row, start] if joined else [start]
        if len(row) >= 3 or (len(row) == 2 and not sure.isdisjoint(row)):
            found.update(row)
        last = end
    return found


def _blocks_of(blocks: tuple[Block, ...], positions: list[int]) -> dict[int, int]:
    """Return the index of the block that each position is in."""
    starts = [b.start for b in blocks]
    return {p: max(bisect_right(starts, p) - 1, 0) for p in positions}
