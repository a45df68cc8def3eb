"""What a page calls those it names: ``Belbo is a co-operative``, ``Tamsir is a student``.

Such a sentence tells more than the form of a name: a body is one although its name is an ordinary
word, a person is nobody's partner, and a meetup or a programme is a project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import FILLER
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.tokens import UPPER
from partnergraph.loaders.page.words import Words, shared, words

_WORD = rf"[{UPPER}\d][^\s,.;:()\"]*"
_SMALL = r"(?:de|du|des|van|der|of|la|le|les|the|for|voor|pour|et|en|and|&|in)"
_SENTENCE = re.compile(
    rf"(?:[{UPPER}]\w+\s[^,.;:]{{2,60}},\s)?[\s{FILLER}\"'*]*(?:(?:De|Het|Le|La|Les|The)\s|L')?(?P<name>{_WORD}(?:\s(?:{_SMALL}\s){{0,2}}{_WORD}){{0,6}})"
    rf"[{FILLER}\"'*]*(?:\s?\([^()]{{2,60}}\))?(?:,[^,.]{{2,60}},)?\s"
    r"(?P<verb>is|was|are|were|est|était|fut|sont|zijn|waren|werd)\s"
    r"(?:(?:also|aussi|ook)\s)?(?P<article>(?:een|an?|une?|the|de|het|la|le)\s|l')?(?P<what>[^.;:]{3,90})"
)
# Where the noun phrase ends, in any of the languages.
_END = re.compile(
    r",|\s(?:of|for|that|which|who|with|from|at|based|founded|created|van|voor|die|dat|met|uit|bij|waar|"
    r"qui|que|pour|dont|dans|avec|fondée?|créée?|lancée?|in|à)\s"
)


@dataclass(frozen=True)
class Definition:
    """A name at a place, and what it is: ``body``, ``person``, or the subtype of a project."""

    start: int
    end: int
    name: str
    what: str


def definitions(clues: Clues) -> list[Definition]:
    """Return what sentences of a page say that somebody is, in order."""
    return list(_found(clues))


def _found(clues: Clues) -> Iterator[Definition]:
    for index, block in enumerate(clues.document.blocks):
        if block.kind in ("image", "heading") or index in clues.skipped:
            continue
        w = words(block.language)
        for start, end in clues.document.sentences(block):
            match = _SENTENCE.match(clues.view, start, min(end, start + 400))
            if match is None:
                continue
            name = clues.document.clean(*match.span("name"))
            if match["verb"] in _PLURAL and not _AND.isdisjoint(name.split()):
                continue
            what = _what(match["what"], w)
            if not match["article"]:
                # "Tarik est doctorant": without an article only a role is certain.
                role = _noun(match["what"].split()[0].strip(","), w)
                what = role if role == "person" else ""
            if what and fold(name.split()[0]) not in shared().function:
                yield Definition(*match.span("name"), name, what)


def _what(phrase: str, w: Words) -> str:
    """Return what the noun of a phrase says; the last noun counts, in French the first."""
    end = _END.search(phrase, 3)
    found = [
        _noun(word, w) for word in re.findall(r"[\w'-]+", phrase[: end.start() if end else 90])
    ]
    kinds = [kind for kind in found if kind]
    return (kinds[0] if w.code == "fr" else kinds[-1]) if kinds else ""


def _noun(word: str, w: Words) -> str:
    folded = fold(word)
    if shared().roles.fullmatch(word) or shared().affiliated.fullmatch(word):
        return "person"
    if w.cues["event"].fullmatch(word):
        return "event"
    if folded in shared().networks or (folded in shared().heads and folded not in _PROJECTS):
        return "body"
    for subtype in ("programme", "project"):
        if w.cues[subtype].fullmatch(word):
            return subtype
    # Dutch compounds: wooncoöperatie, burgerplatform.
    tails = (h for h in shared().heads if len(h) > 5 and folded.endswith(h))
    return "body" if len(folded) > 8 and any(t not in _PROJECTS for t in tails) else ""


_PLURAL = frozenset({"are", "were", "sont", "zijn", "waren"})
_AND = frozenset({"et", "en", "and", "&"})
_PROJECTS = frozenset({"project", "initiative", "festival"})
