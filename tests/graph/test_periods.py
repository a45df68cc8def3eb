"""Periods: expected days are read off a calendar; the format is ISO 8601-2, levels 0 and 1."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.periods import FIRST_DAY, LAST_DAY, Period, latest_of, span, tie_periods
from partnergraph.graph.tables import TEXT


def days(first: str, last: str) -> tuple[int, int]:
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2018-10", "2018-10-01", "2018-10-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2018-10-05", "2018-10-05", "2018-10-05"),
        ("2016?", "2016-01-01", "2016-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2018-XX", "2018-01-01", "2018-12-31"),
        ("2018-21", "2018-03-01", "2018-05-31"),
        ("2018-24", "2018-12-01", "2019-02-28"),
        ("2018-34", "2018-04-01", "2018-06-30"),
    ],
)
def test_a_date_means_the_days_of_the_calendar(text: str, first: str, last: str) -> None:
    assert span(text) == days(first, last)


def test_an_open_end_means_any_day() -> None:
    assert span("..") == (FIRST_DAY, LAST_DAY)


@pytest.mark.parametrize(
    "text", ["okt/18", "2018-13", "2018-02-30", "18", "2018/", "0000", "x", ""]
)
def test_what_is_no_date_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BadParameter, match="Write a year"):
        span(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2016/..", "2018", True),
        ("2016/..", "2015", False),
        ("2017/2018", "2018-12-31", True),
        ("2017/2018", "2019", False),
        ("/2018", "1999", True),  # an unknown start may lie before
        ("2018/", "2031", True),  # an unknown end may lie after
        ("2018-10", "2018", True),
        ("2018-10", "2018-09-30", False),
    ],
)
def test_periods_overlap_where_they_may_share_a_day(one: str, other: str, expected: bool) -> None:
    assert Period.parse(one).overlaps(Period.parse(other)) is expected
    assert Period.parse(other).overlaps(Period.parse(one)) is expected


@pytest.mark.parametrize("text", ["2018/2017", "", "/", "2016/2015-12"])
def test_a_period_that_is_none_or_runs_backwards_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        Period.parse(text)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]))
def test_every_date_lies_in_the_span_of_its_own_text(day: date, form: str) -> None:
    first, last = span(day.strftime(form))
    assert first <= day.toordinal() <= last


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_clear_refusal(text: str) -> None:
    try:
        first, last = span(text)
    except BadParameter as error:
        assert repr(text) in str(error)
    else:
        assert FIRST_DAY <= first <= last <= LAST_DAY


@given(st.dates(min_value=date(1000, 1, 1)), st.dates(min_value=date(1000, 1, 1)))
def test_a_period_reads_back_from_its_own_text(a: date, b: date) -> None:
    period = Period(min(a, b).isoformat(), max(a, b).isoformat())
    assert Period.parse(str(period)) == period


def test_an_undated_tie_takes_the_period_of_its_project() -> None:
    nodes = pd.DataFrame(
        [
            ("a", "organisation", "2000", None, None),
            ("p", "project", "2016", "2018", None),
            ("q", "project", "2017", None, None),
            ("r", "project", "2019", "2019", "FREQ=YEARLY"),
            ("bare", "project", None, None, None),
        ],
        columns=["id", "kind", "start", "end", "recurrence"],
    ).astype(TEXT)
    rows = {
        ("a", "p"): (None, None, "2016", "2018"),
        ("q", "a"): (None, None, "2017", None),
        ("a", "r"): (None, None, "2019", ".."),
        ("p", "q"): (None, None, "2017", None),  # the target's
        ("p", "bare"): (None, None, "2016", "2018"),  # which has a period
        ("a", "bare"): (None, None, None, None),
        ("a", "q"): (None, "2020", None, "2020"),  # a tie with a date keeps its own
    }
    ties = pd.DataFrame(
        [(*ends, *cells[:2]) for ends, cells in rows.items()],
        columns=["source", "target", "start", "end"],
    ).astype(TEXT)
    found = tie_periods(nodes, ties).astype(object)
    assert found.where(found.notna(), None).values.tolist() == [list(c[2:]) for c in rows.values()]


def test_the_latest_of_dates_passes_over_what_is_none() -> None:
    assert latest_of(["2016", "next spring", "..", "2018-10", "2018"]) == "2018"
    assert latest_of(["next spring", ".."]) is None
