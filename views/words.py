"""Sentences of the report and of the answers: our own text and that of the data, kept apart.

A page can so give each name its own direction, link it, and escape it, whatever it holds. The
sentences stand in ``words.en.yaml``; a name in braces is a part, and ``{n:tie|ties}`` is the first
form where the number ``n`` takes the singular, else the second. Within ``speaking("fr")``
sentences, numbers, dates and lists are French; what only the English catalogue has stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.periods import OPEN
from partnergraph.graph.schema import LANGUAGES, SCHEMA, Term

IN_A_SENTENCE, IN_A_LIST = 8, 12
_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")
_SPOKEN: ContextVar[str] = ContextVar("language", default="en")
# Thin spaces, in French also before high punctuation and within quotation marks.
THIN = "\u202f"
_MARKS = {"en": (",", "."), "nl": (".", ","), "fr": (THIN, ",")}
_HIGH = re.compile(r" (?=[:;!?»%])|(?<=«) ")
_ELIDED = re.compile(r"(?i)(?:(?<=^)|(?<=[\s(’]))(d|qu|l)e $")
_VOWEL = re.compile(r"(?i)[aeiouyàâéèêëîïôœæ]")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def clean(text: object) -> str:
    """Return text on one line, without characters that turn the direction of what follows."""
    return CONTROL.sub(" ", str(text))


@dataclass(frozen=True)
class Name:
    """Text that comes from the data; `id` where it is the name of a node."""

    text: str
    id: str = ""

    def __str__(self) -> str:
        return self.text


Words = tuple[str | Name, ...]


def words(pattern: str, *parts: object) -> Words:
    """Put parts in the places of a sentence that are marked ``{}``."""
    out: list[str | Name] = []
    for text, part in zip(pattern.split("{}"), (*parts, ""), strict=True):
        pieces = part if isinstance(part, tuple) else (part,)
        out += [text, *(p if isinstance(p, Name) else str(p) for p in pieces)]
    return tuple(p for p in out if p != "")


# -- languages -------------------------------------------------------------------------------


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak one language: sentences, numbers, dates and lists.

    Raises
    ------
    UnknownName
        If there is no catalogue of that language.
    """
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """Return the language that is spoken."""
    return _SPOKEN.get()


def catalogue(language: str | None = None) -> Mapping[str, str]:
    """Return the sentences of a language by key, as ``section.name``; else of the one spoken."""
    return _catalogue(language or spoken())


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    own = written(language)
    if language == "fr":
        own = {key: _HIGH.sub(THIN, pattern) for key, pattern in own.items()}
    return {**written("en"), **own}


@cache
def written(language: str) -> Mapping[str, str]:
    """Return the sentences as the catalogue of a language has them."""
    raw = packaged_yaml("partnergraph.views", f"words.{language}.yaml")
    return {
        f"{section}.{name}": pattern
        for section, patterns in raw.items()
        for name, pattern in patterns.items()
    }


def label_of(term: Term) -> str:
    """Return the label of a term in the language spoken."""
    return term.label(spoken())


def singular(number: float) -> bool:
    """Return whether a number takes the singular: 1, and in French 0 and 1.5 too."""
    return abs(number) < 2 if spoken() == "fr" else number == 1


def whole(number: int) -> str:
    """Return a whole number with marks between thousands."""
    return f"{number:,}".replace(",", _MARKS[spoken()][0])


def decimal(value: float, form: str) -> str:
    """Return a number in a format such as ``.2f`` with the marks of the language."""
    thousands, point = _MARKS[spoken()]
    return f"{value:{form}}".translate({ord(","): thousands, ord("."): point})


# -- sentences -------------------------------------------------------------------------------


def tell(key: str, **parts: object) -> Words:
    """Return a sentence of the catalogue, with parts in the places that are named for them."""
    pattern, at = catalogue()[key], 0
    out: list[str | Name] = []
    for place in _PLACE.finditer(pattern):
        name, one, more = place.groups()
        out.append(pattern[at : place.start()])
        at = place.end()
        if one is None:
            part = parts[name]
            pieces = part if isinstance(part, tuple) else (part,)
            said = [whole(p) if isinstance(p, int) else _piece(p) for p in pieces]
            if out and said and spoken() == "fr" and _VOWEL.match(str(said[0])):
                out[-1] = _ELIDED.sub(r"\1’", str(out[-1]))
            out += said
        else:
            out.append(one if singular(parts[name]) else more)  # type: ignore[arg-type]
    return tuple(p for p in (*out, pattern[at:]) if p != "")


def told(key: str, **parts: object) -> str:
    """Return a sentence of the catalogue as one string."""
    return plain(tell(key, **parts))


def _piece(part: object) -> str | Name:
    return part if isinstance(part, Name) else str(part)


def plain(statement: Words) -> str:
    """Return words as one string."""
    return "".join(map(str, statement))


def listed(names: Sequence[Name | str | Words], most: int = IN_A_LIST, *, by: str = "and") -> Words:
    """Join names as in a sentence; beyond `most`, say how many more there are."""
    shown: list[Name | str | Words] = list(names[:most])
    if len(names) > most:
        shown.append(tell("lists.more", n=len(names) - most))
    head = ", ".join(["{}"] * (len(shown) - 1))
    last = told(f"lists.{by}")
    joined = f"{head} {last} {{}}" if head else "{}" * len(shown)
    return words(joined, *shown)


def clauses(parts: Sequence[Words], most: int = IN_A_SENTENCE) -> Words:
    """Join clauses with semicolons; beyond `most`, say how many more there are."""
    shown: list[Words | str] = list(parts[:most])
    if len(parts) > most:
        shown.append(tell("lists.more", n=len(parts) - most))
    return words(told("lists.semicolon").join(["{}"] * len(shown)), *shown)


def noun(number: int, one: str, more: str = "") -> str:
    """Return a noun in the form that goes with a number."""
    return one if singular(number) else more or f"{one}s"


def noun_of(number: int, what: str) -> str:
    """Return a noun of the catalogue, such as ``tie``, in the form that goes with a number."""
    return told(f"nouns.{what}", n=number)


def name_of(eco: Ecosystem, node: str) -> Name:
    """Return the name of a node."""
    return Name(eco.name_of[node], node)


def names_of(
    eco: Ecosystem, ids: Iterable[str], most: int = IN_A_SENTENCE, *, by: str = "and"
) -> Words:
    """Return nodes by name, as in a sentence."""
    return listed([name_of(eco, i) for i in ids], most, by=by)


def number(value: float, digits: int = 2) -> str:
    """Return a number with so many decimals."""
    return told("lists.undefined") if pd.isna(value) else decimal(value, f".{digits}f")


def kind_noun(number: int, kind: str) -> str:
    """Return the name of a node kind in the form that goes with a number."""
    term = SCHEMA.node_kinds[kind]
    return noun(number, label_of(term), term.plurals[spoken()])


def kinds_in_words(names: Iterable[str]) -> str:
    """Return node kinds in the plural: ``organisations, networks and projects``."""
    return plain(listed([SCHEMA.node_kinds[k].plurals[spoken()] for k in names]))


def any_of_kinds(names: Iterable[str], *, plural: bool = True) -> str:
    """Return node kinds of which there is none, or one: ``organisations or networks``."""
    return plain(listed([kind_noun(2 if plural else 1, k) for k in names], by="or"))


def _month(number: str) -> str:
    return told("dates.months").split()[int(number) - 1]


def date_in_words(date: str) -> str:
    """Return an EDTF date in words; what has no plain form stays as it is written.

    >>> date_in_words("2018-10"), date_in_words("2016~"), date_in_words("201X")
    ('October 2018', 'about 2016', '201X')
    """
    bare = date.rstrip("?~%")
    parts = bare.split("-")
    if not all(part.isdigit() for part in parts):
        return date
    if len(parts) > 1:
        if not 1 <= int(parts[1]) <= 12:
            return date
        month = _month(parts[1])
        bare = f"{month} {parts[0]}"
        if len(parts) > 2:
            day = tell("dates.first") if parts[2] == "01" else str(int(parts[2]))
            bare = told("dates.day", day=day, month=month, year=parts[0])
    if date.endswith(("~", "%")):
        bare = told("dates.about", date=bare)
    return told("dates.uncertain", date=bare) if date.endswith(("?", "%")) else bare


def period_in_words(start: str | None, end: str | None) -> str:
    """Return a period in words; blank where neither end is known.

    >>> period_in_words("2016", ".."), period_in_words("2017", "2018")
    ('since 2016', '2017 to 2018')
    >>> period_in_words("2016", None), period_in_words("2018-10", "2018-10")
    ('from 2016, end not known', 'October 2018')
    """
    if not start and not end:
        return ""
    first = date_in_words(start) if start and start != OPEN else ""
    last = date_in_words(end) if end and end != OPEN else ""
    if not last:
        known = "dates.since" if end == OPEN else "dates.from"
        return told(known, date=first) if first else told("dates.open")
    if not first:
        return told("dates.until" if start == OPEN else "dates.until_unknown", date=last)
    return first if first == last else told("dates.span", first=first, last=last)


def recurrence_in_words(rule: str | None) -> str:
    """Return a recurrence in words; a rule that has no plain form stays as it is written.

    >>> recurrence_in_words("FREQ=YEARLY;BYMONTH=8"), recurrence_in_words("FREQ=MONTHLY;INTERVAL=2")
    ('every August', 'every 2 months')
    """
    if not rule:
        return ""
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";"))
    unit, interval = parts.pop("FREQ", "").lower(), parts.pop("INTERVAL", "1")
    key = f"recurs.{unit}" if interval == "1" else f"recurs.{unit}_many"
    months = parts.pop("BYMONTH", "").split(",")
    known = months == [""] or all(m.isdigit() and 1 <= int(m) <= 12 for m in months)
    if key not in catalogue() or parts or not interval.isdigit() or not known:
        return told("recurs.rule", rule=rule)
    every = told(key, n=int(interval))
    if months == [""]:
        return every
    named = plain(listed([_month(m) for m in months]))
    if key == "recurs.yearly":
        return told("recurs.months", months=named)
    return told("recurs.in_months", every=every, months=named)
