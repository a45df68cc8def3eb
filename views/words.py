"""Sentences of the report and of the answers: our own text and that of the data, kept apart.

A page can so give each name its own direction, link it, and escape it, whatever it holds. The
sentences stand in ``words.en.yaml``; a name in braces is a part, and ``{n:tie|ties}`` is the first
form where the number ``n`` is 1, else the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.periods import OPEN
from partnergraph.graph.schema import SCHEMA

IN_A_SENTENCE, IN_A_LIST = 8, 12
_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")

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


@cache
def catalogue() -> dict[str, str]:
    """Return the sentences by key, as ``section.name``."""
    raw = packaged_yaml("partnergraph.views", "words.en.yaml")
    return {
        f"{section}.{name}": pattern
        for section, patterns in raw.items()
        for name, pattern in patterns.items()
    }


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
            out += [f"{p:,}" if isinstance(p, int) else _piece(p) for p in pieces]
        else:
            out.append(one if parts[name] == 1 else more)
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
        shown.append(f"{len(names) - most:,} more")
    head = ", ".join(["{}"] * (len(shown) - 1))
    return words(f"{head} {by} {{}}" if head else "{}" * len(shown), *shown)


def clauses(parts: Sequence[Words], most: int = IN_A_SENTENCE) -> Words:
    """Join clauses with semicolons; beyond `most`, say how many more there are."""
    shown: list[Words | str] = list(parts[:most])
    if len(parts) > most:
        shown.append(f"{len(parts) - most:,} more")
    return words("; ".join(["{}"] * len(shown)), *shown)


def noun(number: int, one: str, more: str = "") -> str:
    """Return a noun in the form that goes with a number."""
    return one if number == 1 else more or f"{one}s"


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
    return "undefined" if pd.isna(value) else f"{value:.{digits}f}"


def kind_noun(number: int, kind: str) -> str:
    """Return the name of a node kind in the form that goes with a number."""
    term = SCHEMA.node_kinds[kind]
    return noun(number, term.label(), term.plurals["en"])


def kinds_in_words(names: Iterable[str]) -> str:
    """Return node kinds in the plural: ``organisations, networks and projects``."""
    return plain(listed([SCHEMA.node_kinds[k].plurals["en"] for k in names]))


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
        day = f"{int(parts[2])} " if len(parts) > 2 else ""
        bare = f"{day}{_month(parts[1])} {parts[0]}"
    before = "about " if date.endswith(("~", "%")) else ""
    return f"{before}{bare}{' (uncertain)' if date.endswith(('?', '%')) else ''}"


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
        known = "since {}" if end == OPEN else "from {}, end not known"
        return known.format(first) if first else "open"
    if not first:
        return f"until {last}" + ("" if start == OPEN else ", start not known")
    return first if first == last else f"{first} to {last}"


def recurrence_in_words(rule: str | None) -> str:
    """Return a recurrence in words; a rule that has no plain form stays as it is written.

    >>> recurrence_in_words("FREQ=YEARLY;BYMONTH=8"), recurrence_in_words("FREQ=MONTHLY;INTERVAL=2")
    ('every August', 'every 2 months')
    """
    if not rule:
        return ""
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";"))
    units = {"YEARLY": "year", "MONTHLY": "month", "WEEKLY": "week", "DAILY": "day"}
    unit, interval = units.get(parts.pop("FREQ", "")), parts.pop("INTERVAL", "1")
    months = parts.pop("BYMONTH", "").split(",")
    if unit is None or parts or not interval.isdigit():
        return f"recurs ({rule})"
    every = f"every {unit}" if interval == "1" else f"every {interval} {unit}s"
    if months == [""]:
        return every
    if not all(m.isdigit() and 1 <= int(m) <= 12 for m in months):
        return f"recurs ({rule})"
    named = plain(listed([_month(m) for m in months]))
    return f"every {named}" if every == "every year" else f"{every}, in {named}"
