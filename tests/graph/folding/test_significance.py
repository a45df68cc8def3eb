"""Tails and false discoveries: against scipy, counting by hand, and their definition."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.significance import benjamini_hochberg, overlap_p

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(p_values)
def test_q_is_that_of_scipy(p: list[float]) -> None:
    expected = false_discovery_control(np.array(p), method="bh")
    np.testing.assert_allclose(benjamini_hochberg(p), expected, rtol=1e-12, atol=0)


@given(p_values)
def test_q_is_the_least_rate_at_which_the_step_up_rule_rejects(p: list[float]) -> None:
    """The definition: at rate q, all i ≤ max{i : p_(i) ≤ i q / m} are discoveries."""
    q, ordered, m = benjamini_hochberg(p), np.sort(p), len(p)
    for value, rate in zip(p, q, strict=True):
        ranks = np.flatnonzero(ordered <= np.arange(1, m + 1) * rate / m * (1 + 1e-12))
        assert rate == 1 or value <= ordered[ranks[-1]] * (1 + 1e-12)
        assert rate >= value


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(0, 1)), max_size=30))
def test_questions_that_were_not_asked_do_not_count(p: list[float]) -> None:
    values = np.array(p, dtype=float)
    asked = ~np.isnan(values)
    q = benjamini_hochberg(values)
    np.testing.assert_array_equal(np.isnan(q), ~asked)
    np.testing.assert_array_equal(q[asked], benjamini_hochberg(values[asked]))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=20))
def test_equal_p_values_may_be_handed_over_once_with_their_number(
    drawn: list[tuple[float, int]],
) -> None:
    p, times = zip(*drawn, strict=True)
    whole = benjamini_hochberg(np.repeat(p, times))
    np.testing.assert_allclose(np.repeat(benjamini_hochberg(p, times=times), times), whole)


@given(p_values, st.integers(0, 30))
def test_those_left_out_are_as_if_they_were_as_large_as_can_be(p: list[float], more: int) -> None:
    whole = benjamini_hochberg([*p, *[1.0] * more])
    np.testing.assert_allclose(benjamini_hochberg(p, total=len(p) + more), whole[: len(p)])


def test_shape_stays_and_impossible_values_are_refused() -> None:
    assert benjamini_hochberg([[0.01, 0.5], [0.02, np.nan]]).shape == (2, 2)
    assert benjamini_hochberg([]).shape == (0,)
    with pytest.raises(BadParameter, match=r"1\.5"):
        benjamini_hochberg([0.5, 1.5])
    with pytest.raises(BadParameter, match="at least these"):
        benjamini_hochberg([0.5, 0.5], total=1)


def test_tails_count_the_ways_to_draw() -> None:
    """All draws of 3 of 7, against a fixed 4 of them, counted one by one."""
    shared = [len({0, 1, 2, 3} & set(drawn)) for drawn in combinations(range(7), 3)]
    for a in range(4):
        more = sum(x >= a for x in shared) / comb(7, 3)
        less = sum(x <= a for x in shared) / comb(7, 3)
        assert overlap_p(a, 4, 3, 7) == pytest.approx(more, abs=1e-14)
        assert overlap_p(a, 4, 3, 7, tail="less") == pytest.approx(less, abs=1e-14)
        both = min(1, 2 * min(more, less))
        assert overlap_p(a, 4, 3, 7, tail="both") == pytest.approx(both, abs=1e-14)


@given(st.integers(0, 60), st.data())
def test_tails_are_those_of_scipy(total: int, data: st.DataObject) -> None:
    n, k = (data.draw(st.integers(0, total)) for _ in range(2))
    a = np.arange(max(0, n + k - total), min(n, k) + 1)
    more, less = hypergeom.sf(a - 1, total, n, k), hypergeom.cdf(a, total, n, k)
    np.testing.assert_allclose(overlap_p(a, n, k, total), more, atol=1e-15)
    np.testing.assert_allclose(overlap_p(a, n, k, total, tail="less"), less, atol=1e-15)
    np.testing.assert_array_equal(overlap_p(a, n, k, total), overlap_p(a, k, n, total))


@pytest.mark.parametrize(
    "numbers",
    [(1, 3, 3, 2), (3, 2, 4, 9), (0, 5, 5, 8), (-1, 2, 2, 9), (1, -1, 2, 9), (np.nan, 2, 2, 9)],
)
def test_numbers_that_cannot_be_have_no_p(numbers: tuple[float, ...]) -> None:
    assert np.isnan(overlap_p(*numbers))


def test_arrays_broadcast_and_a_tail_must_be_one() -> None:
    assert overlap_p(np.array([[1], [2]]), np.array([3, 4, 5]), 3, 9).shape == (2, 3)
    assert overlap_p(np.zeros(0), 3, 3, 9).shape == (0,)
    with pytest.raises(BadParameter, match="tail"):
        overlap_p(1, 2, 3, 4, tail="upper")  # type: ignore[arg-type]
