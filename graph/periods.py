"""Periods in EDTF: what a date may mean, and whether two of them may overlap.

A date is one expression of the Extended Date/Time Format (ISO 8601-2:2019, levels 0, 1): a
year, month or day (``2016``, ``2018-10``, ``2018-10-05``), a season (``2018-21``), unspecified
digits (``201X``, ``2018-XX``), a mark of doubt (``2016?``, ``2016~``, ``2016%``), ``..`` for an
open end, or blank for one that is not known. Each stands for a span of days, counted as in
`datetime.date.toordinal`. An interval is two dates with a slash: ``2016/..``, ``2017/2018``.

>>> period = Period.parse("2017/2018-06")
>>> period.overlaps(Period.parse("2018"))
True
>>> period.overlaps(Period.parse("2018-07-01"))
False
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA

FIRST_DAY = 1
LAST_DAY = date.max.toordinal()
OPEN = ".."
# How a row of a table stands to a date.
STATES = ("running", "planned", "ended", "undated")

Days = NDArray[np.int64]

_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?[?~%]?",
    re.ASCII,
)
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)}
_SEASONS |= {season: _SEASONS[season - 4] for season in range(25, 29)}
_SEASONS |= {season: _SEASONS[season - 8] for season in range(29, 33)}
_SEASONS |= {33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12)}
_SEASONS |= {37: (1, 4), 38: (5, 8), 39: (9, 12), 40: (1, 6), 41: (7, 12)}


def _first(year: int, month: int = 1, day: int = 1) -> int:
    return date(year, month, day).toordinal()


def _last(year: int, month: int = 12) -> int:
    return date(year, month, monthrange(year, month)[1]).toordinal()


@lru_cache(maxsize=65_536)
def span(text: str) -> tuple[int, int]:
    """Return the first and last day that one EDTF date may mean.

    Parameters
    ----------
    text
        One EDTF date; ``..`` means any day.

    Returns
    -------
    tuple of int
        Proleptic Gregorian ordinals, both included.

    Raises
    ------
    BadParameter
        If the text is not such a date.
    """
    if text == OPEN:
        return FIRST_DAY, LAST_DAY
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return _span(match["year"], match["month"], match["day"])
    except ValueError:
        raise BadParameter(
            f"{text!r} is not an EDTF date. Write a year, month or day (2016, 2018-10 or "
            "2018-10-05), '..' for an open end, or leave it blank"
        ) from None


def _span(year: str, month: str | None, day: str | None) -> tuple[int, int]:
    if "X" in year:
        if month is not None:
            raise ValueError
        low = max(1, int(year.replace("X", "0")))
        return _first(low), _last(int(year.replace("X", "9")))
    y = int(year)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise ValueError
        return _first(y), _last(y)
    m = int(month)
    if m in _SEASONS:
        if day is not None:
            raise ValueError
        a, b = _SEASONS[m]
        return _first(y, a), _last(y, b) if b <= 12 else _last(y + 1, b - 12)
    if day is None or day == "XX":
        return _first(y, m), _last(y, m)
    return _first(y, m, int(day)), _first(y, m, int(day))


@dataclass(frozen=True)
class Period:
    """From one EDTF date to another; blank is unknown, ``..`` is open."""

    start: str = ""
    end: str = ""

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a date (``2018``) or an interval (``2016/..``).

        Raises
        ------
        BadParameter
            If the text is neither, or ends before it starts.
        """
        start, slash, end = text.strip().partition("/")
        period = cls(start.strip(), end.strip() if slash else start.strip())
        if not period:
            raise BadParameter(
                f"{text!r} is not a period. Write a date, or two with a slash: 2016/.."
            )
        if period.latest < period.earliest:
            raise BadParameter(f"the period {text!r} ends before it starts. Swap its two dates")
        return period

    @property
    def earliest(self) -> int:
        """First day that may belong to it, as an ordinal."""
        return span(self.start)[0] if self.start else FIRST_DAY

    @property
    def latest(self) -> int:
        """Last day that may belong to it, as an ordinal."""
        return span(self.end)[1] if self.end else LAST_DAY

    def overlaps(self, other: Period) -> bool:
        """Return whether the two may have a day in common, at the precision of their dates."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def __bool__(self) -> bool:
        return bool(self.start or self.end)

    def __str__(self) -> str:
        if not self:
            return ""
        return self.start if self.start == self.end else f"{self.start}/{self.end}"


def tie_periods(nodes: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """Return the ``start`` and ``end`` of each tie; an undated one takes those of its project.

    Of two projects at its ends the target's period counts, if it has one. A recurring project
    continues after its first edition, so that its ties have an open end.
    """
    dated = nodes["start"].notna() | nodes["end"].notna()
    lends = nodes[nodes["kind"].isin(SCHEMA.period_lenders) & dated].set_index("id")
    lent = lends[["start", "end"]].assign(end=lends["end"].mask(lends["recurrence"].notna(), OPEN))
    periods = ties[["start", "end"]]
    undated = periods.isna().all(axis=1)
    for side in ("source", "target"):
        takes = undated & ties[side].isin(lent.index)
        for bound in lent.columns:
            taken = ties[side].map(lent[bound]).astype(periods[bound].dtype)
            periods = periods.assign(**{bound: periods[bound].where(~takes, taken)})
    return periods


def one_date(text: str) -> str:
    """Return one EDTF date as it is.

    Raises
    ------
    BadParameter
        If it is not one, an open end and an interval included.
    """
    if text.strip() in ("", OPEN):
        raise BadParameter(f"{text!r} is not a date. Give one, such as 2018 or 2018-10-05")
    span(text.strip())
    return text.strip()


def is_date(text: str) -> bool:
    """Return whether text is one EDTF date, and not an open end."""
    try:
        one_date(text)
    except BadParameter:
        return False
    return True


def _is_period(text: str) -> bool:
    try:
        span(text)
    except BadParameter:
        return False
    return True


def latest_of(dates: Iterable[str]) -> str | None:
    """Return the date that ends last, of equals the more precise one; None where there is none.

    Open ends are passed over, and so is text that is not a date, which the checks list.
    """
    known = [text for text in dates if text != OPEN and _is_period(text)]
    return max(known, key=lambda text: (span(text)[1], span(text)[0], text), default=None)


def days(frame: pd.DataFrame) -> tuple[Days, Days]:
    """Return the first and last day each row may mean, open where a date is missing.

    A node that recurs continues after its first edition unless it has an end.
    """
    starts = {text: span(text)[0] for text in frame["start"].dropna().unique()}
    ends = {text: span(text)[1] for text in frame["end"].dropna().unique()}
    first = frame["start"].map(starts).fillna(FIRST_DAY).to_numpy(dtype="int64")
    last = frame["end"].map(ends).fillna(LAST_DAY).to_numpy(dtype="int64")
    if "recurrence" in frame:
        last = np.where(frame["recurrence"].notna() & frame["end"].isna(), LAST_DAY, last)
    return first, last


def lives(nodes: pd.DataFrame, ties: pd.DataFrame) -> tuple[Days, Days]:
    """Return the first and last day on which each tie may exist: it does not outlive its ends."""
    first, last = days(ties)
    born, gone = (pd.Series(side, index=nodes["id"]) for side in days(nodes))
    for end in ("source", "target"):
        first = np.maximum(first, ties[end].map(born).to_numpy(dtype="int64"))
        last = np.minimum(last, ties[end].map(gone).to_numpy(dtype="int64"))
    return first, last


def states(nodes: pd.DataFrame, ties: pd.DataFrame, day: str | None) -> tuple[pd.Series, pd.Series]:
    """Return how each node and each tie stands to a date: one of `STATES`.

    What has certainly ended before the date is *ended*, what certainly begins after it *planned*;
    the rest may exist on it, *running* where a period says so, else *undated*. A tie ends, at the
    latest, with either of its ends, and an undated one takes the period of the project it touches.
    Without a date, what has a period has no state (None).

    Raises
    ------
    BadParameter
        If the date is not EDTF.
    """
    dated = nodes[["start", "end"]].notna().any(axis=1).to_numpy()
    lent = tie_periods(nodes, ties).notna().any(axis=1).to_numpy()
    return _stand(days(nodes), dated, day), _stand(lives(nodes, ties), lent, day)


def _stand(between: tuple[Days, Days], dated: NDArray[np.bool_], day: str | None) -> pd.Series:
    if day is None:
        return pd.Series([None if known else STATES[-1] for known in dated], dtype=object)
    moment, (first, last) = Period.parse(day), between
    past, future = last < moment.earliest, first > moment.latest
    running, planned, ended, undated = STATES
    found = np.select([past, future, dated], [ended, planned, running], undated)
    return pd.Series(found, dtype=object)
