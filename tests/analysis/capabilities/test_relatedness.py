"""Relatedness against EconGeo, ecomplexity and numpy; densities against their definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import Portfolios, portfolios
from partnergraph.analysis.capabilities.relatedness import (
    METHODS,
    Densities,
    cooccurrence,
    relatedness,
)
from partnergraph.graph.errors import BadParameter
from tests.davis import REFERENCE, davis

DAVIS = portfolios(davis())


def folios(sets: list[set[int]]) -> Portfolios:
    held = sorted(set().union(*sets))
    rows = [[float(c in own) for c in held] for own in sets]
    partners = tuple(f"p{i:02d}" for i in range(len(sets)))
    return Portfolios(sparse.csr_array(rows), partners, tuple(f"c{c:02d}" for c in held))


@pytest.mark.parametrize("method", METHODS)
def test_davis_is_as_other_programs_have_it(method: str) -> None:
    found = relatedness(DAVIS, method)
    np.testing.assert_allclose(found, REFERENCE["relatedness"][method], atol=1e-9)
    assert list(found.index) == list(DAVIS.capabilities)


def test_cooccurrence_and_density_are_those_of_econgeo() -> None:
    np.testing.assert_array_equal(cooccurrence(DAVIS.holds), REFERENCE["co_occurrence"])
    for threshold, name in ((None, "association"), (1.0, "binary")):
        phi = relatedness(DAVIS, "association", threshold=threshold)
        expected = REFERENCE[f"density_{name}_2_digits"]
        np.testing.assert_allclose(Densities(DAVIS, phi).density(), expected, atol=0.005 + 1e-9)


@pytest.mark.parametrize(("threshold", "name"), [(None, ""), (1.0, "_binary")])
def test_added_density_of_all_directed_pairs(threshold: float | None, name: str) -> None:
    """The reference is printed to 8 decimals."""
    densities = Densities(DAVIS, relatedness(DAVIS, "association", threshold=threshold))
    takers, givers = np.divmod(np.arange(18 * 18), 18)
    different = takers != givers
    found = densities.added(takers[different], givers[different])
    expected = np.array(REFERENCE[f"added_density{name}"])[takers[different], givers[different]]
    np.testing.assert_allclose(found, expected, atol=5.1e-9)


def test_what_one_partner_adds_to_each_field() -> None:
    phi = relatedness(DAVIS, "association").to_numpy()
    x = DAVIS.holds.toarray()
    added = 100 * (phi @ ((1 - x[0]) * x[13])) / phi.sum(axis=1)
    np.testing.assert_allclose(added, REFERENCE["added_to_each_field_0_from_13"], atol=5.1e-9)
    found = Densities(DAVIS, relatedness(DAVIS, "association")).added(np.array([0]), np.array([13]))
    assert found[0] == pytest.approx(added[x[0] == 0].mean(), abs=1e-12)


portfolios_drawn = st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=2, max_size=6)


@given(portfolios_drawn, st.sampled_from(METHODS))
def test_added_density_is_the_difference_of_two_densities(
    sets: list[set[int]], method: str
) -> None:
    """c(r ← s) = mean over the fields r lacks of RD(r ∪ s) − RD(r), computed the long way."""
    whole = folios(sets)
    phi = relatedness(whole, method)
    np.testing.assert_array_equal(phi, phi.T)
    densities = Densities(whole, phi)
    weights = np.maximum(np.nan_to_num(phi.to_numpy()), 0)
    x = whole.holds.toarray()
    for r in range(len(sets)):
        for s in range(len(sets)):
            total = weights.sum(axis=1)
            lacks = (x[r] == 0) & (total > 0)
            pooled = np.maximum(x[r], x[s])
            gains = [100 * weights[i] @ (pooled - x[r]) / total[i] for i in np.flatnonzero(lacks)]
            (found,) = densities.added(np.array([r]), np.array([s]))
            if gains:
                assert found == pytest.approx(np.mean(gains), abs=1e-9)
                assert 0 <= found <= 100 + 1e-9
            else:
                assert np.isnan(found)


def test_a_field_that_all_hold_has_no_teece_relatedness_and_one_alone_no_association() -> None:
    whole = folios([{0, 1}, {0, 1}, {0, 2}, {3}, {0, 1}])
    assert np.isnan(relatedness(whole, "association").loc["c03"].drop("c03")).all()
    everybody = relatedness(folios([{0, 1}, {0, 2}]))
    assert np.isnan(everybody.loc["c00", ["c01", "c02"]]).all()
    assert relatedness(whole, threshold=0.5).isin([0, 1]).all(axis=None)
    with pytest.raises(BadParameter, match="relatedness"):
        relatedness(whole, "guess")
