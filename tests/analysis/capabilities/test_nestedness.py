"""Nestedness against vegan; the null against quasiswap's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partnergraph.analysis.capabilities.nestedness import nestedness, nodf
from partnergraph.analysis.capabilities.portfolios import portfolios
from partnergraph.graph.errors import BadParameter
from tests.analysis.capabilities.test_relatedness import folios
from tests.davis import REFERENCE, davis

VEGAN = REFERENCE["ecology"]
X = portfolios(davis()).holds.toarray()


def test_davis_is_as_vegan_has_it() -> None:
    for ordered, name in ((True, "nodf"), (False, "nodf_as_it_stands")):
        expected = [VEGAN[name][part] for part in ("NODF", "N.rows", "N.columns")]
        np.testing.assert_allclose(nodf(X, ordered=ordered), expected, atol=1e-9)


def test_a_staircase_is_wholly_nested_and_an_identity_not_at_all() -> None:
    assert nodf(np.tril(np.ones((4, 4)))) == (100.0, 100.0, 100.0)
    assert nodf(np.eye(4)) == (0.0, 0.0, 0.0)


def test_davis_is_no_more_nested_than_its_totals_give() -> None:
    """Quasiswap, 999 draws: z = 0.147, −0.368, 1.376; ours within 0.35 at 199 draws."""
    found = nestedness(davis(), seed=3)
    for row, part in (("nodf", "NODF"), ("nodf_rows", "N.rows"), ("nodf_columns", "N.columns")):
        assert found.loc[row, "value"] == pytest.approx(VEGAN["nodf"][part], abs=1e-9)
        assert found.loc[row, "z"] == pytest.approx(VEGAN["null"]["z"][part], abs=0.35)
    assert found.loc["nodf", "p"] > 0.2
    again = nestedness(davis(), seed=3)
    assert found.equals(again)


sides = st.integers(2, 6)
matrices = arrays(np.float64, st.tuples(sides, sides), elements=st.sampled_from([0.0, 1.0]))


@given(matrices)
def test_nodf_is_between_0_and_100_whatever_the_order(matrix: np.ndarray) -> None:
    whole = nodf(matrix)
    assert all(0 <= value <= 100 for value in whole)
    np.testing.assert_allclose(whole, nodf(matrix[::-1, ::-1]), atol=1e-9)
    np.testing.assert_allclose(nodf(matrix.T), (whole[0], whole[2], whole[1]), atol=1e-9)


def test_too_little_or_too_much_has_a_defined_answer() -> None:
    assert np.isnan(nodf(np.ones((1, 3)))[0])
    assert nestedness(folios([{0, 1}]), nulls=9)["p"].isna().all()
    assert nestedness(davis(), nulls=0)["p"].isna().all()
    with pytest.raises(BadParameter, match="nulls"):
        nestedness(davis(), nulls=-1)
    many = folios([{0, 1}] * 2_100)
    with pytest.raises(BadParameter, match="2,100 × 2"):
        nestedness(many)
