"""Periods in text, as EDTF; digits that are not certainly a year are ignored.

>>> [(d.period, d.text) for d in find_dates("in 2017 en 2018, sinds 2016", "nl")]
[('2017/2018', '2017 en 2018'), ('2016/..', 'sinds 2016')]
>>> [d.period for d in find_dates("elk jaar in augustus", "nl")]
['FREQ=YEARLY;BYMONTH=8']
>>> [d.period for d in find_dates("le 5 octobre 2018, depuis 1998", "fr")]
['2018-10-05', '1998/..']
>>> [d.period for d in find_dates("2000 visitors and 2030 goals", "en")]
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.periods import span
from partnergraph.loaders.page.words import words

FOUNDING_RULE = "founding date"
_YEAR = r"(?:1[89]\d\d|20[0-4]\d)"
_GUARD = r"(?<![\w/.€$%-])"


@dataclass(frozen=True)
class Dated:
    """A period in text: an EDTF date or interval, or a rule for what recurs."""

    start: int
    end: int
    period: str
    text: str
    founding: bool = False

    @property
    def recurs(self) -> bool:
        """Whether it is a rule (RRULE) instead of a period."""
        return self.period.startswith("FREQ=")

    @property
    def in_a_month(self) -> bool:
        """Whether it recurs in a certain month."""
        return "BYMONTH" in self.period


@cache
def _pattern(language: str) -> re.Pattern[str]:
    w = words(language)
    months = "|".join(sorted((re.escape(m) for m in w.months), key=len, reverse=True))
    d = w.dates
    day = r"(?:(?P<day>[0-3]?\d)(?:er|e|st|nd|rd|th|\s?de)?\s)?"
    date = rf"(?:{day}(?P<month>{months})\s(?:(?:de|of)\s)?)?(?P<year>{_YEAR})"
    until = re.sub(r"\?P<(\w+)>", r"?P<\1_2>", date)
    return re.compile(
        rf"{_GUARD}(?P<yearly>{d['yearly']})(?:[^.;]{{0,30}}?\b(?P<yearly_month>{months})\b)?"
        rf"|{_GUARD}(?:(?P<since>{d['since']})\s(?:(?:\w+|ses\sdébuts|fin|de)\s){{0,3}}?)?"
        rf"(?P<first>{date})(?!\d)"
        rf"(?:\s?(?P<joint>{d['and']}|/)(?:\s(?:{d['in']})\s|\s?)(?P<second>{until})(?!\d))?",
        re.I,
    )


@cache
def _before(language: str) -> re.Pattern[str]:
    d = words(language).dates
    return re.compile(
        rf"(?:\b(?:{d['in']}|{d['since']}|{d['until']})\s|l'année\s|\()(?:\w+\s)?$", re.I
    )


def find_dates(view: str, language: str, start: int = 0, end: int | None = None) -> list[Dated]:
    """Return the periods in a stretch of text, in order."""
    code = words(language).code
    return list(_found(view, code, start, len(view) if end is None else end))


def _found(view: str, code: str, start: int, end: int) -> Iterator[Dated]:
    w = words(code)
    for match in _pattern(code).finditer(view, start, end):
        text = view[match.start() : match.end()]
        before = view[max(start, match.start() - 40) : match.start()]
        if match["yearly"]:
            month = w.months.get((match["yearly_month"] or "").casefold())
            rule = "FREQ=YEARLY" + (f";BYMONTH={month}" if month else "")
            yield Dated(match.start(), match.end(), rule, text)
            continue
        first = _edtf(match, w.months, "")
        second = _edtf(match, w.months, "_2") if match["second"] else ""
        if not first or not _certain(match, before, view[match.end() : match.end() + 12], code):
            continue
        after = view[match.end() : min(end, match.end() + 60)]
        told = view[max(start, match.start() - 90) : match.start()]
        founding = bool(
            re.search(rf"\b(?:{w.dates['founded']})\b[^\d;.]*$", told, re.I)
            or re.match(
                rf",?(?:(?!\s(?:and|et|en)\s)[^\d,;.])*\b(?:{w.dates['founded']})\b", after, re.I
            )
        )
        if second:
            period = f"{first}/{second}" if first < second else ""
        elif match["since"] or founding:
            period = f"{first}/.."
        else:
            until = re.search(rf"\b(?:{w.dates['until']})\s(?:\w+\s)?$", before, re.I)
            period = f"../{first}" if until else f"{first}/.." if founding else first
        if period:
            yield Dated(match.start(), match.end(), period, text, founding)


def _edtf(match: re.Match[str], months: Mapping[str, int], suffix: str) -> str:
    """Return one date as EDTF, blank where the day does not exist."""
    text = match[f"year{suffix}"]
    if month := match[f"month{suffix}"]:
        text += f"-{months[month.casefold()]:02d}"
        if day := match[f"day{suffix}"]:
            text += f"-{int(day):02d}"
    try:
        span(text)
    except BadParameter:
        return ""
    return text


def _certain(match: re.Match[str], before: str, after: str, code: str) -> bool:
    """Return whether four digits are a year: with a month, a range, or a word that announces it."""
    if match["month"] or match["since"] or match["second"]:
        return True
    if re.match(
        r"\s?(?:[%€$]|euro|km|m2|m²|\w*(?:visit|personn|mense|people|leden|memb|bezoek))",
        after,
        re.I,
    ):
        return False
    if re.match(r"\)", after) and before.endswith("("):
        return True
    return bool(_before(code).search(before))
