"""Names made comparable: folded, without legal form, in words that languages share.

>>> name = normalise("SMart ASBL")
>>> name.key, name.legal_form
('smart', 'asbl')
>>> normalise("Internationale Coöperatieve Alliantie").bag == normalise(
...     "Alliance Coopérative Internationale").bag
True
>>> normalise("Centre Socialiste d'Éducation Permanente").initials
('CSEP',)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from partnergraph.graph.files import packaged_yaml

_APOSTROPHES = "'’‘ʼ`´"
_ELISION = re.compile(rf"\b([a-z]{{1,2}}|qu|un|ell|dell|all|nell)[{_APOSTROPHES}](?=\w)")
_ELIDED = frozenset(["c", "d", "j", "l", "m", "n", "s", "t", "qu", "dell", "all", "nell"])
_INITIALISM = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
_SPACED = re.compile(r"(?<!\S)(?:\w\. ){2,}\w\.(?!\S)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_ORDINAL = re.compile(r"(\d{1,4})(?:st|nd|rd|th|e|er|eme|ieme|ste|de)")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d"})


@dataclass(frozen=True)
class Name:
    """A name taken apart.

    Attributes
    ----------
    text
        The name as written.
    key
        Folded, without legal form, function words kept; equal for equal names.
    words, bag
        Canonical words without function words, in order and sorted.
    legal_form
        The form that was removed, in its shortest spelling; blank where there is none.
    qualifier
        The words in brackets after it: ``UCL (London)``.
    acronym
        Whether it consists of capitals, such as UCL.
    """

    text: str
    key: str
    words: tuple[str, ...]
    legal_form: str = ""
    qualifier: str = ""
    acronym: bool = False

    @cached_property
    def bag(self) -> tuple[str, ...]:
        """Canonical words, sorted."""
        return tuple(sorted(self.words))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The words of its key, hyphenated ones apart."""
        return tuple(self.key.replace("-", " ").split())

    @cached_property
    def content(self) -> tuple[str, ...]:
        """Its parts without function words."""
        return tuple(p for p in self.parts if p not in _data().function_words)

    @cached_property
    def initials(self) -> tuple[str, ...]:
        """Initials of its words, without and with function words; none for a single word."""
        found = ("".join(w[0] for w in parts).upper() for parts in (self.content, self.parts))
        return tuple(dict.fromkeys(i for i in found if len(i) > 1))

    @cached_property
    def compact(self) -> str:
        """The key without spaces, hyphens and function words."""
        return "".join(self.content) or self.key


@dataclass(frozen=True)
class _Data:
    """The words of the YAML files.

    `forms` has legal forms by their words; `different` has pairs that only look like translations.
    """

    forms: Mapping[tuple[str, ...], str]
    end_only: frozenset[str]
    words: Mapping[str, str]
    short_for: Mapping[str, tuple[str, ...]]
    function_words: frozenset[str]
    different: frozenset[tuple[str, ...]]
    endings: Mapping[str, str]
    sounds: Mapping[str, str]


def _yaml(name: str) -> Any:
    return packaged_yaml("partnergraph.loaders.identity", name)


@cache
def _data() -> _Data:
    raw, names = _yaml("legal_forms.yaml"), _yaml("name_words.yaml")
    end_only = frozenset(raw.pop("end_only"))
    forms = {
        tuple(spelling.replace("-", " ").split()): form[0]
        for country in raw.values()
        for form in country
        for spelling in form
    }
    return _Data(
        forms,
        end_only,
        words={v: canonical for canonical, found in names["words"].items() for v in found},
        short_for={w: tuple(meant) for w, meant in names["short_for"].items()},
        function_words=frozenset(map(str, names["function_words"])),
        different=frozenset(tuple(sorted(map(fold, pair))) for pair in names["different"]),
        endings=names["endings"],
        sounds=names["sounds"],
    )


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return a name in lower case without accents, dots and elisions, & as ``and``.

    >>> fold("Maison de l’Économie Sociale & Co. (A.S.B.L.)")
    'maison de economie sociale and co asbl'
    """
    text = unicodedata.normalize("NFKD", text.casefold()).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)
    text = _INITIALISM.sub(lambda m: m.group().replace(".", ""), text)
    text = _SPACED.sub(lambda m: m.group().replace(".", "").replace(" ", ""), text)
    text = _ELISION.sub(lambda m: "" if m[1] in _ELIDED else m[1] + " ", text)
    text = re.sub(r"[&+]", " and ", text)
    text = re.sub(r"\bco-(?=op)", "co", text)
    return " ".join("and" if w in ("et", "en", "und") else w for w in _WORD.findall(text))


def normalise(text: str) -> Name:
    """Return a name in its parts; see `Name`."""
    return _normalise(" ".join(text.split()))


@lru_cache(maxsize=200_000)
def _normalise(text: str) -> Name:
    bare, qualifier = text, ""
    if (match := _BRACKETS.search(text)) and match.start() > 0:
        bare, qualifier = text[: match.start()], fold(match[1])
    form = ""
    if qualifier and (known := _data().forms.get(tuple(qualifier.replace("-", " ").split()))):
        form, qualifier = known, ""
    words, found = _without_form(fold(bare).split())
    key = " ".join(words)
    content = [w for w in key.replace("-", " ").split() if w not in _data().function_words]
    canonical = tuple(c for w in content for c in _meant(w))
    letters = re.sub(r"[^\w]", "", bare)
    acronym = 1 < len(letters) <= 8 and letters.isupper() and " " not in bare.strip()
    return Name(text, key, canonical, form or found, qualifier, acronym)


def _without_form(words: list[str]) -> tuple[list[str], str]:
    """Remove a legal form at the end, else at the start, unless it is the whole name."""
    data = _data()
    flat = tuple(" ".join(words).replace("-", " ").split())
    sizes = range(min(6, len(flat) - 1), 0, -1)
    for size in sizes:
        if form := data.forms.get(flat[-size:]):
            return _cut(words, size, end=True), form
    for size in sizes:
        form = data.forms.get(flat[:size], "")
        if form and " ".join(flat[:size]) not in data.end_only:
            return _cut(words, size, end=False), form
    return words, ""


def _cut(words: list[str], size: int, *, end: bool) -> list[str]:
    """Remove words until `size` parts are gone; a hyphenated word has several parts."""
    left = list(words)
    while size > 0 and left:
        size -= len(left.pop(-1 if end else 0).split("-"))
    return left or words


def _meant(word: str) -> tuple[str, ...]:
    """Return the canonical words of a word; several where it abbreviates or joins them."""
    if ordinal := _ORDINAL.fullmatch(word):
        return (ordinal[1],)
    return _data().short_for.get(word) or _compound(word) or (canonical_word(word),)


@lru_cache(maxsize=200_000)
def _compound(word: str) -> tuple[str, ...]:
    """Split a Dutch or German compound where all its parts are listed words.

    >>> _compound("wereldgezondheidsorganisatie")
    ('world', 'health', 'organisation')
    """
    words = _data().words
    if len(word) < 9 or word in words:
        return ()

    def parts(rest: str, left: int) -> tuple[str, ...]:
        for size in range(len(rest), 3, -1):
            first, more = rest[:size], rest[size:]
            if first not in words:
                continue
            if not more:
                return (words[first],)
            for link in ("", "s", "en", "e", "n"):
                if left and more.startswith(link) and len(more) - len(link) > 3:
                    tail = parts(more[len(link) :], left - 1)
                    if tail:
                        return (words[first], *tail)
        return ()

    found = parts(word, 3)
    return found if len(found) > 1 else ()


@lru_cache(maxsize=200_000)
def canonical_word(word: str) -> str:
    """Return what a folded word shares with its translations: a listed word, or its stem.

    >>> canonical_word("technologie") == canonical_word("technology")
    True
    """
    words = _data().words
    if word in words:
        return words[word]
    if len(word) > 4 and word[-1] in "snex" and word[:-1] in words:
        return words[word[:-1]]
    return _stem(word)


def _stem(word: str) -> str:
    if len(word) <= 4 or any(c.isdigit() for c in word):
        return word
    stem = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    for ending, replacement in _data().endings.items():
        if stem.endswith(ending) and len(stem) - len(ending) >= 3:
            stem = stem[: -len(ending)] + replacement
            break
    for sound, plain in _data().sounds.items():
        stem = stem.replace(sound, plain)
    stem = re.sub(r"(.)\1", r"\1", stem)
    return stem[:-1] if stem[-1] in "aeiou" and len(stem) > 3 else stem


def known_different(a: str, b: str) -> bool:
    """Return whether two names are listed as different bodies although they look alike."""
    return tuple(sorted((fold(a), fold(b)))) in _data().different


def is_legal_form(word: str) -> bool:
    """Return whether a folded word is a legal form, such as asbl."""
    return (word,) in _data().forms


def is_listed(word: str) -> bool:
    """Return whether a folded word is an ordinary word of names, such as university."""
    return word in _data().words
