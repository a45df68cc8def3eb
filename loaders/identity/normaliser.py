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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from partnergraph.graph.files import packaged_yaml

_APOSTROPHES = "'’‘ʼ`´"
_ELISION = re.compile(rf"\b([a-z]{{1,2}}|qu|un|ell|dell|all|nell)[{_APOSTROPHES}](?=\w)")
_ELIDED = frozenset(["c", "d", "j", "l", "m", "n", "s", "t", "qu", "dell", "all", "nell"])
_LETTER = r"[^\W\d_]"
_INITIALISM = re.compile(rf"(?<![\w.]){_LETTER}(?:\.{_LETTER})+(?!\w)\.?")
_SPACED = re.compile(rf"(?<!\S)(?:{_LETTER}\. )+{_LETTER}(?:\.(?!\S)|$)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_ORDINAL = re.compile(r"(\d{1,4})(?:st|nd|rd|th|e|er|eme|ieme|ste|de)")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
# An elision whose apostrophe was lost: LOuvre, lOuvre.
_LOST = re.compile(r"\b(?:L(?=[AEIOUYÀÂÉÈÊÎÔ][a-zà-ÿ])|[ld](?=[AEIOUYÀÂÉÈÊÎÔ]))")
# What can stand between a name and a gloss.
_GLOSS = re.compile(r"\s+[-–—|/:]\s+|\s*[:|]\s+")


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
    forms
        The legal forms that were removed, each in its first spelling.
    pieces
        The keys of the parts that a dash, colon, slash or bar separates; none for a single part.
    latin
        Whether it was written in Latin letters.
    qualifier
        The words in brackets after it: ``UCL (London)``.
    acronym
        Whether it consists of capitals, such as UCL.
    """

    text: str
    key: str
    words: tuple[str, ...]
    forms: tuple[str, ...] = ()
    qualifier: str = ""
    acronym: bool = False
    pieces: tuple[str, ...] = ()
    latin: bool = True

    @property
    def legal_form(self) -> str:
        """The last legal form of the name, blank where it has none."""
        return self.forms[0] if self.forms else ""

    @property
    def form_kinds(self) -> frozenset[str]:
        """Its legal forms; those that translate each other are one."""
        return frozenset(_data().translations.get(f, f) for f in self.forms)

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
        return tuple(_telling(self.parts))

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
    translations: Mapping[str, str]
    descriptions: frozenset[str]
    end_only: frozenset[str]
    words: Mapping[str, str]
    numbers: Mapping[str, int]
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
    end_only = frozenset(map(fold, raw.pop("end_only")))
    translations = {f: pair[0] for pair in raw.pop("translations") for f in pair}
    descriptions = frozenset(raw.pop("descriptions"))
    forms = {
        _parts(fold(spelling)): form[0]
        for country in raw.values()
        for form in country
        for spelling in form
    }
    return _Data(
        forms,
        translations,
        descriptions,
        end_only,
        words={v: canonical for canonical, found in names["words"].items() for v in found},
        numbers=names["numbers"],
        short_for={w: tuple(meant) for w, meant in names["short_for"].items()},
        function_words=frozenset(map(str, names["function_words"])),
        different=frozenset(tuple(sorted(map(fold, pair))) for pair in names["different"]),
        endings=names["endings"],
        sounds=names["sounds"],
    )


def _parts(folded: str) -> tuple[str, ...]:
    return tuple(folded.replace("-", " ").split())


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return a name in lower case without accents, dots and elisions, & as ``and``.

    Cyrillic and Greek letters are written in Latin ones.

    >>> fold("Maison de l’Économie Sociale & Co. (A.S.B.L.)")
    'maison de economie sociale and co asbl'
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_letters())).casefold()
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
    bare, qualifier = _LOST.sub("", text), ""
    if (match := _BRACKETS.search(bare)) and match.start() > 0:
        bare, qualifier = bare[: match.start()], fold(match[1])
    form = _form_of(_parts(qualifier)) if qualifier else ""
    qualifier = "" if form else qualifier
    words, found = _without_forms(fold(bare).split())
    key = " ".join(words)
    content = _telling(_parts(key))
    canonical = tuple(c for w in _with_digits(content) for c in _meant(w))
    letters = re.sub(r"[^\w]", "", bare)
    acronym = 1 < len(letters) <= 8 and letters.isupper() and " " not in bare.strip()
    parts = [" ".join(_without_forms(fold(p).split())[0]) for p in _GLOSS.split(bare)]
    pieces = tuple(filter(None, parts)) if len(parts) > 1 else ()
    latin = _letters().keys().isdisjoint(map(ord, bare.casefold()))
    forms = (form, *found) if form else found
    return Name(text, key, canonical, forms, qualifier, acronym, pieces, latin)


def _telling(parts: Sequence[str]) -> list[str]:
    """Return words without function words; a letter at the end tells Hall A from Hall D."""
    last = len(parts) - 1
    return [
        word
        for place, word in enumerate(parts)
        if word not in _data().function_words or (place == last > 0 and len(word) == 1)
    ]


def _without_forms(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Remove the legal forms at the end, else at the start, unless they are the whole name."""
    for end in (True, False):
        left, found = words, []
        while step := _form_at(left, end=end):
            left = _cut(left, step[0], end=end)
            found.append(step[1])
        if found:
            return left, tuple(found)
    return words, ()


def _form_at(words: list[str], *, end: bool) -> tuple[int, str] | None:
    """Return the size and the name of the longest legal form at an end of a name.

    After a small word it is part of the name: Fédération des ASBL.
    """
    flat = _parts(" ".join(words))
    for size in range(min(8, len(flat) - 1), 0, -1):
        at = flat[-size:] if end else flat[:size]
        form = _form_of(at)
        if end and flat[-size - 1] in _data().function_words:
            continue
        if form and (end or " ".join(at) not in _data().end_only):
            return size, form
    return None


def _form_of(parts: tuple[str, ...]) -> str:
    """Return the legal form that words are, also where its letters are written apart."""
    joined = ("".join(parts),) if all(len(p) == 1 for p in parts) else parts
    return _data().forms.get(parts) or _data().forms.get(joined, "")


def _cut(words: list[str], size: int, *, end: bool) -> list[str]:
    """Remove words until `size` parts are gone; a hyphenated word has several parts."""
    left = list(words)
    while size > 0 and left:
        size -= len(left.pop(-1 if end else 0).split("-"))
    return left or words


def _with_digits(words: list[str]) -> list[str]:
    """Return words with numbers in digits: ``forty four`` is 44.

    >>> _with_digits(["brigade", "quatre", "vingt", "onze"]), _with_digits(["vierenveertig"])
    (['brigade', '91'], ['44'])
    """
    found: list[str | int] = []
    for word in words:
        value, before = _number(word), found[-1] if found else ""
        if value is None:
            found.append(word)
        elif isinstance(before, int) and (before, value) == (4, 20):
            found[-1] = 80
        elif isinstance(before, int) and before >= 20 and before % 10 == 0 and value < 20:
            found[-1] = before + value
        else:
            found.append(value)
    return [str(w) for w in found]


def _number(word: str) -> int | None:
    """Return the number that a word of a name is, None where it is none."""
    numbers = _data().numbers
    if word in numbers:
        return numbers[word]
    if match := re.fullmatch(r"(\w{3,6}?)(?:en|und)(\w{5,9})", word):
        unit, ten = numbers.get(match[1], 0), numbers.get(match[2], 0)
        return unit + ten if 0 < unit < 10 and ten >= 20 else None
    return None


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


def is_description(word: str) -> bool:
    """Return whether a canonical word tells what kind of body a name is of, such as company."""
    return word in _data().descriptions


@cache
def _letters() -> Mapping[int, str]:
    """Return how letters of other scripts are written in Latin."""
    return {ord(c): latin for c, latin in _yaml("name_words.yaml")["letters"].items()}


def is_legal_form(word: str) -> bool:
    """Return whether a folded word is a legal form, such as asbl."""
    return (word,) in _data().forms


def is_listed(word: str) -> bool:
    """Return whether a folded word is an ordinary word of names, such as university."""
    return word in _data().words
