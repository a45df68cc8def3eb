"""Whether two names are the same body: a score, the reason for it, and what follows from it.

Names that are equal once normalised, of the same kind and not of two countries, are merged
without asking. An acronym alone never is: a third of acronyms are shared. From .70 on, a pair is
put to a person.

>>> compare("SMart ASBL", "Smart").verdict
'merge'
>>> compare("UCL", "Université Catholique de Louvain").reason
'acronym = initials'
>>> compare("Vrije Universiteit Brussel", "Université Libre de Bruxelles").verdict
'apart'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from partnergraph.loaders.identity.normaliser import (
    Name,
    fold,
    is_description,
    is_listed,
    known_different,
    normalise,
)

_CAPITALS = re.compile(r"\b[A-Z]{3,8}\b")
REVIEW = 0.70


@dataclass(frozen=True)
class Match:
    """How similar two names are, and why.

    Attributes
    ----------
    score
        0 to 1; 1 means equal once normalised.
    verdict
        ``merge`` without asking, ``review`` by a person, or ``apart``; follows from the score.
    """

    score: float
    reason: str
    verdict: str = ""

    def __post_init__(self) -> None:
        if not self.verdict:
            verdict = "merge" if self.score >= 1 else "review" if self.score >= REVIEW else "apart"
            object.__setattr__(self, "verdict", verdict)


def compare(
    a: str | Name,
    b: str | Name,
    *,
    kinds: tuple[str | None, str | None] = (None, None),
    countries: tuple[str | None, str | None] = (None, None),
    weight: Mapping[str, float] | None = None,
) -> Match:
    """Compare two names.

    Parameters
    ----------
    kinds, countries
        Those of the two, where known; see `in_context`.
    weight
        How telling each canonical word is; by default listed words tell less than others.
    """
    x = normalise(a) if isinstance(a, str) else a
    y = normalise(b) if isinstance(b, str) else b
    if known_different(x.text, y.text):
        return Match(0.0, "listed as different")
    match = _rules(x, y, weight)
    if x.qualifier and y.qualifier and x.qualifier != y.qualifier:
        match = Match(min(match.score, 0.6), f"{match.reason}, other words in brackets")
    return in_context(match, kinds=kinds, countries=countries)


def in_context(
    match: Match, *, kinds: tuple[str | None, str | None], countries: tuple[str | None, str | None]
) -> Match:
    """Return a match lowered where two countries or two kinds differ; None is unknown."""
    if all(countries) and countries[0] != countries[1]:
        return Match(match.score * 0.6, f"{match.reason}, other country")
    if match.verdict == "merge" and all(kinds) and kinds[0] != kinds[1]:
        return Match(0.9, "same name, other kind")
    return match


def apart_by(match: Match, differences: Sequence[str]) -> Match:
    """Return a match lowered by what else differs between two nodes, such as their places.

    One difference holds an automatic merge back; two or more tell homonyms apart.
    """
    if not differences:
        return match
    reason = f"{match.reason}, but other {' and '.join(differences)}"
    if len(differences) > 1:
        return Match(match.score * 0.6, reason)
    return Match(min(match.score, 0.9), reason) if match.score >= REVIEW else match


def explained(a: str, b: str) -> str:
    """Return a comparison term by term: what two names share, and what only one of them has.

    >>> explained("Tarana Co., Ltd", "Tarana Energy")
    'tarana: same; energy: only the second; ltd: legal form of the first'
    """
    x, y = normalise(a), normalise(b)
    left, terms, alone = _as_written(y), [], []
    for word, written in _as_written(x):
        other = next((pair for pair in left if pair[0] == word), None)
        if other is None:
            alone.append(f"{written}: only the first")
            continue
        left.remove(other)
        terms.append(f"{written}: same" if written == other[1] else f"{written} = {other[1]}: same")
    terms += alone + [f"{written}: only the second" for _, written in left]
    for name, which in ((x, "first"), (y, "second")):
        terms += [f"{form}: legal form of the {which}" for form in name.forms]
        terms += [f"({name.qualifier}): beside the {which}"] if name.qualifier else []
    return "; ".join(terms)


def _as_written(name: Name) -> list[tuple[str, str]]:
    """Return the canonical words of a name, each with the word it was, where they are as many."""
    written = name.content if len(name.content) == len(name.words) else name.words
    return list(zip(name.words, written, strict=True))


def _rules(x: Name, y: Name, weight: Mapping[str, float] | None) -> Match:
    """Apply the rules from the surest down; the first that fits gives the reason."""
    if x.key and x.parts == y.parts:
        return _equal(x, y)
    if x.compact == y.compact and len(x.compact) > 3:
        return Match(0.96, "same letters, other spacing or small words")
    if x.bag and x.bag == y.bag and len(x.bag) > 1:
        return Match(0.93, "same words translated, any order")
    if len(x.compact) > 3 and _respelt(x.compact) == _respelt(y.compact):
        return Match(0.92, "same letters, umlauts written otherwise")
    for short, long in ((x, y), (y, x)):
        if found := _shortened(short, long) or _glossed(short, long):
            return found
    for short, long in ((x, y), (y, x)):
        if _partly_short(short, long):
            return Match(0.84, "acronym of some words, and the others")
    if x.acronym and y.acronym:
        return Match(0.0, "two acronyms")
    if _misspelt(x, y):
        return Match(0.75, "nearly the same letters")
    return _aligned(x, y, weight)


def _equal(x: Name, y: Name) -> Match:
    if x.acronym and y.acronym:
        return Match(0.8, "same acronym; that alone proves nothing")
    if x.latin != y.latin:
        return Match(0.95, "same once transliterated")
    if x.forms and y.forms and set(x.forms).isdisjoint(y.forms):
        return Match(0.9, "same name, other legal form")
    if x.form_kinds != y.form_kinds and max(len(x.form_kinds), len(y.form_kinds)) > 1:
        return Match(0.9, "same name, one with several legal forms")
    if bool(x.qualifier) != bool(y.qualifier):
        return Match(0.9, "same name, one with more in brackets")
    return Match(1.0, "same" if x.text == y.text else "same once normalised")


def _shortened(short: Name, long: Name) -> Match | None:
    """Return the match of a name made of the beginnings of the other's words, if it is."""
    text = short.compact
    if " " in short.key or not 2 <= len(text) <= 14 or not long.words:
        return None
    capitals = text.upper()
    if capitals in long.initials and len(capitals) >= 2:
        return Match(0.85 if len(capitals) > 2 else 0.72, "acronym = initials")
    letters = [c for c in short.text if c.isalpha()]
    acronym = len(letters) > 2 and all(c.isupper() for c in letters)
    if acronym and len(long.content) > 1 and initials_in_order(text, long.content):
        return Match(0.74, "acronym with letters from inside the words")
    content = tuple(w for w in long.parts if len(w) > 2) or long.parts
    for parts in (content, long.parts):
        shaped = len(parts) > 2 or bool(re.match(r"[A-Z]+[A-Z][a-z]", short.text))
        if len(parts) > 1 and shaped and _initials_and_last(text, parts):
            return Match(0.82, "initials and last word")
    if len(content) > 1 and len(text) >= 5 and _syllables(text, content):
        return Match(0.76, "made of the beginnings of its words")
    return None


def _glossed(short: Name, long: Name) -> Match | None:
    """Return the match of a name that the other consists of, with a gloss or a noun beside it."""
    if short.key in long.pieces and any(not is_listed(w) for w in short.content):
        return Match(0.82, "same name, one with a gloss")
    if short.acronym and short.key == long.qualifier:
        return Match(0.85, "the acronym in brackets")
    extra, size = len(long.words) - len(short.words), len(short.words)
    telling = any(len(w) > 3 and not is_listed(w) for w in short.content)
    if extra > 0 and size and telling and not short.forms:
        first = long.content[-extra] if extra <= len(long.content) else ""
        noun = is_description(long.words[size]) and len(first) > 5
        after = noun and long.words[:size] == short.words
        before = long.words[-size:] == short.words and all(map(is_description, long.words[:extra]))
        if after or before:
            return Match(0.78, "same name, one with a noun for what it is")
    return None


def _respelt(compact: str) -> str:
    """Return letters with ä, ö, ü and å written in one way: Köln, Koeln."""
    return re.sub(r"([aou])e|aa", lambda m: m[1] or "a", compact)


def _misspelt(x: Name, y: Name) -> bool:
    """Return whether two long names differ in a few letters, not in numbers or the start."""
    from rapidfuzz import fuzz

    words = [fold(n.text).replace("-", " ").split() for n in (x, y)]
    a, b = map("".join, words)
    numbers = [re.findall(r"\d+", t) for t in (a, b)]
    if min(len(a), len(b)) < 12 or numbers[0] != numbers[1] or a[:3] != b[:3]:
        return False
    # Two ordinary words or places are no misspellings of each other: Liège, Lille.
    other = {*words[0]} ^ {*words[1]}
    return not all(map(is_listed, other)) and fuzz.ratio(a, b) >= 92


def _partly_short(short: Name, long: Name) -> bool:
    """Return whether a word abbreviates some words of the other name, which has the rest too.

    ENSA Marseille is École nationale supérieure d'architecture de Marseille.
    """
    if len(long.words) < len(short.words) + 2:
        return False
    for token in _CAPITALS.findall(short.text):
        rest = [w for w in short.words if w != fold(token)]
        if not rest or len(rest) == len(short.words) or not set(rest) <= set(long.words):
            continue
        for parts in (long.content, long.parts):
            initials = "".join(w[0] for w in parts).upper()
            if token in initials and len(parts) - len(token) <= len(rest) + 1:
                return True
    return False


def initials_in_order(short: str, parts: Sequence[str]) -> bool:
    """Return whether a folded short form has the initials of all words, in order.

    Letters between two initials must occur, in order, inside the word they follow.
    """
    if not parts:
        return not short
    if not short or short[0] != parts[0][0]:
        return False
    for size in range(1, len(short) - len(parts) + 2):
        inside = iter(parts[0][1:])
        fits = all(c in inside for c in short[1:size])
        if fits and initials_in_order(short[size:], parts[1:]):
            return True
    return False


def _initials_and_last(text: str, words: Sequence[str]) -> bool:
    last = words[-1]
    if len(last) < 4 or not text.endswith(last):
        return False
    return text[: -len(last)] == "".join(w[0] for w in words[:-1])


def _syllables(text: str, words: Sequence[str]) -> bool:
    """Return whether a text joins beginnings of the first words, two letters or more of each."""

    def fits(rest: str, index: int, used: int) -> bool:
        if not rest:
            return used >= 2 and used >= len(words) - 1
        if index == len(words):
            return False
        word = words[index]
        most = 0
        while most < min(len(word), len(rest)) and word[most] == rest[most]:
            most += 1
        if any(fits(rest[size:], index + 1, used + 1) for size in range(most, 1, -1)):
            return True
        return used > 0 and fits(rest, index + 1, used)

    return fits(text, 0, 0)


def _aligned(x: Name, y: Name, weight: Mapping[str, float] | None) -> Match:
    """Weigh the words that two names share, similar spellings in part, against all their words."""
    from rapidfuzz.distance import JaroWinkler

    if not x.words or not y.words:
        return Match(0.0, "no words to compare")
    left = list(dict.fromkeys(y.words))
    shared = total = 0.0
    for word in dict.fromkeys(x.words):
        value = _weight(word, weight)
        best, at = 0.0, -1
        for index, other in enumerate(left):
            near = abs(len(word) - len(other)) <= max(1, len(word) // 5)
            alike = 1.0 if word == other else JaroWinkler.similarity(word, other) if near else 0.0
            if alike > best:
                best, at = alike, index
        total += value
        if at >= 0 and (best == 1.0 or (best > 0.9 and min(len(word), len(left[at])) > 3)):
            other = left.pop(at)
            value = min(value, _weight(other, weight))
            # A similar spelling is worth less than the same word.
            shared += value * (1.0 if best == 1.0 else best - 0.1)
    total += sum(_weight(word, weight) for word in left)
    if min(len(x.bag), len(y.bag)) == 1 < max(len(x.bag), len(y.bag)):
        # One word of a longer name usually names another body: Legacoop, Legacoop Sociali.
        shared = min(shared, 0.65 * total)
    return Match(round(0.92 * shared / total, 4), "words in common") if total else Match(0, "none")


def _weight(word: str, weight: Mapping[str, float] | None) -> float:
    if weight is not None:
        return weight.get(word, 1.0)
    return 0.6 if is_listed(word) or len(word) < 3 else 1.0
