"""Whose page it is, guessed from what the page says of itself, with the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import FILLER, OWNER, Document
from partnergraph.loaders.page.names.tokens import TOKEN, is_capital
from partnergraph.loaders.page.words import shared

# A name needs two hints, or one that nothing contradicts.
_SURE, _LIKELY = 3, 2
_PARTS = re.compile(r"\s+[-|–—·:»]\s+|\s*[|»]\s*|:\s+")
_OF = re.compile(
    r"\b(?:partners?|partenaires?|leden|members|membres|sponsors?|netwerk|réseau|network|soutiens)\s+"
    r"(?:van|of|de\sla|de\sl'|du|des|de|d')\s*(?P<name>[^\n]{2,60})$",
    re.I,
)
_WHOSE = re.compile(r"^(?P<name>[^\n]{2,60})(?:'s|')\s+(?:partners|members|network)\b", re.I)
_WE = re.compile(
    r"(?:\b(?:wij|nous|we|bij|chez|at),?\s(?:van\s|de\s|of\s)?)(?P<name>[A-ZÀ-Þ][\w'-]*(?:\s[A-ZÀ-Þ][\w'-]*){0,3}),?"
    r"\s(?:werken|zijn|sommes|travaillons|collaborons|work|are|believe|geloven)\b"
)


@dataclass(frozen=True)
class Guess:
    """A publisher, and the words of the page that it was guessed from."""

    name: str
    evidence: tuple[str, ...]


def guess_publisher(document: Document) -> Guess | None:
    """Guess whose page a document is; None where nothing says it, or two names are as likely.

    Its title and its owner's line count, headings such as "the partners of NAME", and "we at NAME".
    """
    scores: dict[str, int] = {}
    names: dict[str, str] = {}
    evidence: dict[str, list[str]] = {}
    for name, value, words in _hints(document):
        key = fold(name)
        if not key or all(w in shared().headings or w in shared().function for w in key.split()):
            continue
        names.setdefault(key, name)
        if words not in evidence.setdefault(key, []):
            scores[key] = scores.get(key, 0) + value
            evidence[key].append(words)
    best = sorted(scores, key=lambda k: (-scores[k], k))
    if not best or scores[best[0]] < _LIKELY:
        return None
    if len(best) > 1 and scores[best[1]] == scores[best[0]]:
        return None
    return Guess(names[best[0]], tuple(evidence[best[0]]))


def _hints(document: Document) -> Iterator[tuple[str, int, str]]:
    """Yield names, how much each tells, and the words that they are in."""
    for place, text in document.about:
        for part in _PARTS.split(" ".join(text.split())) if place == "title" else [text]:
            if (name := _name(part)) and _is_capitalised(name):
                yield name, _LIKELY if place == "title" else _SURE, f"{place} “{text.strip()}”"
    for match in OWNER.finditer(document.view):
        if (name := _name(match["name"])) and _is_capitalised(name):
            yield name, _SURE, f"“{document.clean(*match.span())}”"
    for block in document.blocks:
        text = document.clean(block.start, block.end) if block.kind == "heading" else ""
        found = _OF.search(text) or _WHOSE.search(text)
        if found and (name := _name(found["name"])) and _is_capitalised(name):
            yield name, _SURE, f"heading “{text}”"
    for match in _WE.finditer(document.view):
        yield _name(match["name"]), _LIKELY, f"“{document.clean(*match.span())}”"


def _name(text: str) -> str:
    text = " ".join(text.replace(FILLER, "").split()).strip(" -|.,:\"'")
    return re.sub(r"^(?:the|de|het|la|le|les)\s(?=[A-ZÀ-Þ])", "", text)


def _is_capitalised(name: str) -> bool:
    """Return whether a part of a title can be a name, not "home" or "our partners"."""
    tokens = TOKEN.findall(name)
    content = [t for t in tokens if t.casefold() not in shared().function]
    generic = any(shared().partnerly.search(t) for t in tokens)
    return 0 < len(tokens) < 8 and not generic and bool(content) and is_capital(content[0])
