"""The renamed twin of a page: every name replaced by an invented one of the same shape.

Capitals, length within a letter, accents, digits, hyphens and stops stay where they are; head words
of the vocabulary stay words (a university stays one), so only what makes a name *this* name goes.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from typing import Any

from partnergraph.loaders.identity.normaliser import fold, normalise
from partnergraph.loaders.page.words import LANGUAGES, shared, words

VOWELS, CONSONANTS = "aeiou", "bdfgklmnprstvz"
_WORD = re.compile(r"[^\W\d_]+")


def kept(word: str) -> bool:
    """Keep words that carry meaning: heads, networks, small words, words for events."""
    w = fold(word)
    small = any(word.casefold() in words(c).function | words(c).connectors for c in LANGUAGES)
    ours = shared()
    return small or w in ours.heads | ours.event_words | frozenset(ours.networks) or len(word) < 2


def invented(word: str, seed: int) -> str:
    """Return a word of the same shape; the initial stays, for acronyms are made of them."""
    rng = random.Random(f"{seed}:{fold(word)}")
    out = [word[0]]
    for letter in word[1:]:
        base = unicodedata.normalize("NFKD", letter)[0].lower()
        new = rng.choice(VOWELS if base in VOWELS else CONSONANTS)
        out.append(new.upper() if letter.isupper() else new)
    return "".join(out)


def renamings(gold: dict[str, Any], seed: int = 1) -> dict[str, str]:
    """Return a new word for each word of the names, acronyms keeping their initials."""
    entries = [*gold["actors"], {"name": gold["publisher"], "aliases": []}]
    names = [n for e in entries for n in (e["name"], *e.get("aliases", []))]
    found = {w for name in names for w in _WORD.findall(name)}
    # An acronym beside its long form stays: the initials of the invented words are the same.
    long = [e for e in entries if any(" " in n for n in (e["name"], *e.get("aliases", [])))]
    stays = {n for e in long for n in (e["name"], *e.get("aliases", [])) if n.isupper()}
    for entry in long:
        # An acronym with letters from inside the words goes with those very words.
        initials = normalise(entry["name"]).initials
        if any(a.isupper() and a not in initials for a in entry.get("aliases", [])):
            stays |= set(_WORD.findall(entry["name"]))
    return {w: invented(w, seed) for w in sorted(found) if not kept(w) and w not in stays}


def renamed(text: str, new: dict[str, str]) -> str:
    """Replace whole words, as they stand and in the case variants that stand in a page."""
    folded = {w.casefold(): n for w, n in new.items()}

    def swap(match: re.Match[str]) -> str:
        word = match.group()
        if word in new:
            return new[word]
        if word[0].isupper() and word.casefold() in folded:
            return folded[word.casefold()]
        if word in folded and text[match.start() - 1 : match.start()] in ("/", "."):
            return folded[word].lower()
        return word

    return _WORD.sub(swap, text)


def twin(text: str, gold: dict[str, Any], seed: int = 1) -> tuple[str, dict[str, Any]]:
    """Return the twin of a page and of its gold."""
    new = renamings(gold, seed)
    other = json.loads(json.dumps(gold))

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return renamed(value, new)
        if isinstance(value, list):
            return [walk(v) for v in value]
        if isinstance(value, dict):
            return {k: v if k in ("kind", "periods") else walk(v) for k, v in value.items()}
        return value

    return renamed(text, new), walk(other)
