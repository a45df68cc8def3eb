"""Dates as people write them, read column by column.

Whether 03/04 is in April or in March is decided from all values of a column, and said.

>>> read_dates(["31.12.2019", "1/2/2020", "31.12.9999", "soon"]).values
['2019-12-31', '2020-02-01', '..', None]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.periods import OPEN, span
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import WORDS, Read, Unreadable, each, shown
from partnergraph.loaders.wording import counted

# Years that mean no end, and the latest year that is taken for a date.
LATEST_YEAR, NO_END = 2200, (9999, 2999)
# What spreadsheets make of an empty or zero date.
_ZERO = ("1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01")
_MONTHS = {word: number for number, words in WORDS["months"].items() for word in words}
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_PARTS = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})(?:[T ]+\d{1,2}:\d{2}.*)?")
_SHORT = re.compile(r"(?:0?[1-9]|1[0-2])(?:[-/. ]+(?:0?[1-9]|1[0-2])){2}")
_WORDS = re.compile(
    r"(?:[^\W\d]+[, ]+)?(\d{1,2})(?:st|nd|rd|th|er|e|\.)?[ -]+([^\W\d]+)\.?,?[ -]+(\d{4})"
)
_AMERICAN = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_YEAR = re.compile(r"([^\W\d]+)\.?[ /-]+(\d{4})")
_DIGITS_MONTH = re.compile(r"(\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(1[89]\d\d|20\d\d|9999)(\d\d)(\d\d)")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_REMEDY = "Write 2016, 2018-10 or 2018-10-05, '..' for open"


def read_dates(values: Sequence[str], *, order: str | None = None) -> Read:
    """Read dates as EDTF.

    Parameters
    ----------
    order
        ``dmy`` or ``mdy`` where a person has said it; else the column tells: a value with a first
        part above 12 is d/m/y, one with a second part above 12 is m/d/y.
    """
    matches = [_PARTS.fullmatch(v.strip()) for v in values]
    pairs = [(int(m[1]), int(m[2])) if m else None for m in matches]
    first = sum(a > 12 >= b for a, b in filter(None, pairs))
    second = sum(b > 12 >= a for a, b in filter(None, pairs))
    chosen = order or ("mdy" if second > first else "dmy")
    # 01/02/03 may be any of six days, unless other dates with short years settle the order.
    short = [p for p, m in zip(pairs, matches, strict=True) if m and p and len(m[3]) == 2]
    settled = order is not None or any(max(pair) > 12 for pair in short)

    def meaning(value: str) -> str:
        if not settled and _SHORT.fullmatch(value.strip()):
            raise Unreadable(f"{shown(value)} does not tell day, month and year apart", _REMEDY)
        return _date(value.strip(), chosen)

    read = each(values, meaning)
    if not any(pairs) or order is not None:
        return read
    words = "day/month/year" if chosen == "dmy" else "month/day/year"
    why = "no date shows which; write `dates: mdy` in the mapping if that is wrong"
    if first and second:
        why = f"{counted(first, 'date')} can only be day/month, {second} only month/day"
    elif first or second:
        why = f"{max(first, second)} cannot be read otherwise"
    read.said.append(f"dates are read as {words} ({why})")
    for position, pair in enumerate(pairs) if first and second else ():
        clear = pair is None or max(pair) > 12 or pair[0] == pair[1]
        if not clear and position not in read.causes:
            cause = f"{values[position]!r} may be day/month or month/day; it is read as {chosen}"
            read.doubt(position, cause, "Write `dates: dmy` or `dates: mdy` in the mapping")
    return read


def _date(text: str, order: str) -> str:
    """Return one date as EDTF."""
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _PARTS.fullmatch(text):
        a, b, year = int(match[1]), int(match[2]), int(match[3])
        day, month = (a, b) if order == "dmy" else (b, a)
        if month > 12 >= day:  # this one can only be the other way round
            day, month = month, day
        if len(match[3]) == 2:
            year += 1900 if year >= 50 else 2000
        return _day(year, month, day, text)
    if match := _YEAR.fullmatch(text):
        return _far(int(match[1]), text) or match[1]
    if match := _WORDS.fullmatch(text):
        return _day(int(match[3]), _month(match[2], text), int(match[1]), text)
    if match := _AMERICAN.fullmatch(text):
        return _day(int(match[3]), _month(match[1], text), int(match[2]), text)
    if (match := _DIGITS_MONTH.fullmatch(text)) and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02}"
    if match := _COMPACT.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if (match := _MONTH_YEAR.fullmatch(text)) and fold(match[1]) in _MONTHS:
        return f"{match[2]}-{_month(match[1], text):02}"
    try:
        span(text)
    except BadParameter:
        serial = re.fullmatch(r"[1-6]\d{4}", text)
        hint = "; a spreadsheet has probably turned the date into a number" if serial else ""
        raise Unreadable(f"{shown(text)} is not a date{hint}", _REMEDY) from None
    return text


def _day(year: int, month: int, day: int, text: str) -> str:
    if far := _far(year, text):
        return far
    day_read = f"{year:04}-{month:02}-{day:02}"
    if day_read in _ZERO:
        cause = f"{text!r} is what a spreadsheet writes for an empty date"
        raise Unreadable(cause, "Leave the cell blank, or write the year: 1900")
    try:
        date(year, month, day)
    except ValueError:
        raise Unreadable(f"{text!r} is not a date in the calendar", _REMEDY) from None
    return day_read


def _far(year: int, text: str) -> str | None:
    if year in NO_END:
        return OPEN
    if year > LATEST_YEAR:
        cause = f"{text!r} is too far in the future; list it under `missing` or `open`"
        raise Unreadable(cause, _REMEDY)
    return None


def _month(word: str, text: str) -> int:
    month = _MONTHS.get(fold(word))
    if month is None:
        raise Unreadable(f"{shown(text)} has no known month", _REMEDY)
    return int(month)
