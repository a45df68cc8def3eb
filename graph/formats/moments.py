"""Times of other programs as EDTF dates, and back: years as numbers, time stamps, intervals.

>>> edtf("2012.0"), edtf("2012-01-12T15:00:00+03:00"), edtf("Infinity"), edtf("3.5")
('2012', '2012-01-12', '..', None)
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.periods import OPEN, span

_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*")
_YEAR = re.compile(r"(1\d{3}|2\d{3})(\.0+)?")
_INTERVAL = re.compile(r"[\[(<]\s*([^\[\]()]*?)\s*[\])]")
_UNBOUNDED = {"infinity", "-infinity", "inf", "-inf", "*", "+infinity"}


def edtf(text: str) -> str | None:
    """Return a moment as an EDTF date, ``..`` if it is unbounded, None if it is not a date."""
    text = text.strip()
    if text.lower() in _UNBOUNDED:
        return OPEN
    stamp, year = _STAMP.fullmatch(text), _YEAR.fullmatch(text)
    text = stamp[1] if stamp else year[1] if year else text
    try:
        span(text)
    except BadParameter:
        return None
    return text


def period(row: dict[str, Any], start: str | None, end: str | None) -> None:
    """Put the ends of a period into a row; what is not a date is kept unchanged beside it."""
    for name, text in (("start", start), ("end", end)):
        if text is None or not text.strip():
            continue
        found = edtf(text)
        if found is not None:
            row[name] = found
        if found is None or (found != text.strip() and found != OPEN):
            row[f"original_{name}"] = text


def intervals(text: str) -> list[list[str]]:
    """Return the parts of each interval of Gephi's notation; a bare moment is one of one part.

    >>> intervals("<[1.0, 2, 7]; [2, Infinity, 8]>"), intervals("2016-02-03")
    ([['1.0', '2', '7'], ['2', 'Infinity', '8']], [['2016-02-03']])
    """
    found = _INTERVAL.findall(text.strip().removeprefix("<").removesuffix(">"))
    if not found:
        return [[text.strip()]] if text.strip() else []
    return [[part.strip() for part in entry.split(",")] for entry in found]


def first_day(text: str) -> str:
    """Return the first day that a date may mean, as xsd:date."""
    return date.fromordinal(span(text)[0]).isoformat()


def last_day(text: str) -> str:
    """Return the last day that a date may mean, as xsd:date."""
    return date.fromordinal(span(text)[1]).isoformat()
