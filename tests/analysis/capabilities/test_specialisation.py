"""Location quotients, concentration, reflections and complexity against EconGeo and ecomplexity."""

from __future__ import annotations

import numpy as np

from partnergraph.analysis.capabilities.portfolios import location_quotient, portfolios
from partnergraph.analysis.capabilities.specialisation import (
    complexity,
    krugman,
    reflections,
    specialisation,
)
from tests.davis import REFERENCE, davis

LQ, TOY = REFERENCE["lq"], REFERENCE["hidalgo_hausmann"]
X = portfolios(davis()).holds.toarray()


def test_econgeo_examples() -> None:
    x = np.array(LQ["matrix"])
    np.testing.assert_allclose(location_quotient(x), LQ["location_quotient"], atol=1e-9)
    np.testing.assert_array_equal(location_quotient(x) >= 1, np.array(LQ["RCA_binary"]) == 1)
    np.testing.assert_allclose(krugman(x), LQ["krugman"], atol=1e-9)


def test_the_method_of_reflections() -> None:
    x = np.array(TOY["matrix"])
    one, two = reflections(x, 1), reflections(x, 2)
    np.testing.assert_allclose(one[0], TOY["MORc_steps1"], atol=1e-9)
    np.testing.assert_allclose(two[0], TOY["MORc_steps2"], atol=1e-9)
    np.testing.assert_allclose(one[1], TOY["MORt_steps1"], atol=1e-9)
    start = reflections(x, 0)
    assert start[0].tolist() == TOY["diversity"]
    assert start[1].tolist() == TOY["ubiquity"]
    assert reflections(X, 0)[0].tolist() == REFERENCE["diversity"]
    assert reflections(X, 0)[1].tolist() == REFERENCE["ubiquity"]


def test_complexity_of_davis_is_that_of_ecomplexity_and_correlates_with_econgeo() -> None:
    """EconGeo rounds its transition matrix, hence a correlation of 0.9999999."""
    found = complexity(X)
    np.testing.assert_allclose(found, REFERENCE["complexity"], atol=5.1e-9)
    assert np.corrcoef(found, REFERENCE["kci"])[0, 1] > 0.9999999


def test_what_is_undefined_is_nan() -> None:
    assert np.isnan(complexity(np.eye(3))).all()  # three pieces: no second eigenvalue of its own
    assert np.isnan(complexity(np.ones((3, 1)))).all()
    assert np.isnan(complexity(np.ones((4, 3)))).all()
    assert np.isnan(krugman(np.zeros((1, 2)))).all()
    assert np.isnan(location_quotient(np.array([[0, 0], [1, 1]]))[0]).all()


def test_the_table_puts_the_rarest_portfolio_first() -> None:
    found = specialisation(davis())
    assert found["average_ubiquity"].is_monotonic_increasing
    assert found["diversity"].sum() == 89
    assert found["krugman"].between(0, 2).all()
    assert set(found.columns) == {"name", "diversity", "average_ubiquity", "krugman", "complexity"}
