"""The model of an affiliation's degrees: the figures of bicm, and tails counted by hand."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from partnergraph.graph.folding.bicm import Bicm, shared_more

DAVIS = json.loads(
    (Path(__file__).parents[2] / "reference/clusters.json").read_text(encoding="utf-8")
)["davis"]
MATRIX = np.array([[float(j in events) for j in range(1, 15)] for events in DAVIS["incidence"]])


def fitted(matrix: np.ndarray) -> Bicm:
    return Bicm.of(*(matrix.sum(axis=axis).astype(np.int64) for axis in (1, 0)))


def test_probabilities_of_davis() -> None:
    """bicm prints 8 decimals; the degrees are met to 1e-12."""
    p = fitted(MATRIX).matrix()
    assert np.abs(p - np.array(DAVIS["bicm"])).max() < 6e-9
    for axis in (0, 1):
        assert np.abs(p.sum(axis=axis) - MATRIX.sum(axis=axis)).max() < 1e-12


def test_no_two_women_meet_more_than_their_degrees_lead_to() -> None:
    found = shared_more(sparse.csr_array(MATRIX))
    expected = {(a, b): p for a, b, p in DAVIS["shared_p"]}
    for a, b, p in zip(found.one, found.other, found.p, strict=True):
        assert p == pytest.approx(expected[a, b], abs=1e-9)
    assert found.asked == len(expected) == 153
    assert (found.q <= 0.05).sum() == DAVIS["significant"] == 0


matrices = st.integers(0, 10**6).map(
    lambda seed: (
        np.random.default_rng(seed).random((5, 6)) < np.random.default_rng(seed + 1).random()
    ).astype(float)
)


@given(matrices)
def test_degrees_are_met_whatever_they_are(matrix: np.ndarray) -> None:
    """Full and empty rows and columns have no finite x: they are settled exactly."""
    p = fitted(matrix).matrix()
    assert ((p >= 0) & (p <= 1)).all()
    for axis in (0, 1):
        assert np.allclose(p.sum(axis=axis), matrix.sum(axis=axis), atol=1e-9)


@given(matrices)
def test_tails_are_those_of_independent_draws(matrix: np.ndarray) -> None:
    model = fitted(matrix)
    chance = model.matrix()[0] * model.matrix()[1]
    for least in range(4):
        by_hand = sum(
            np.prod([q if hit else 1 - q for q, hit in zip(chance, hits, strict=True)])
            for hits in product((0, 1), repeat=6)
            if sum(hits) >= least
        )
        one, other, shared = (np.array([x]) for x in (0, 1, least))
        assert model.shared_p(one, other, shared)[0] == pytest.approx(by_hand, abs=1e-12)
        fewer = model.shared_p(one, other, shared - 1, tail="less")[0] if least else 0.0
        assert fewer == pytest.approx(1 - by_hand, abs=1e-12)


def test_small_tails_keep_their_digits() -> None:
    """Ten rare columns shared of ten: the product of ten squares, 1e-40, not 0 or 1e-16."""
    model = Bicm(np.zeros(2, dtype=int), np.zeros(10, dtype=int), np.array([[0.01]]))
    one, other, shared = (np.array([x]) for x in (0, 1, 10))
    assert model.shared_p(one, other, shared)[0] == pytest.approx(1e-40, rel=1e-9)


def test_pairs_that_go_together_are_found() -> None:
    """Two teams of ten members, each in its own thirty projects of sixty; one member is in all."""
    matrix = np.zeros((21, 60))
    random = np.random.default_rng(1)
    matrix[:10, :30] = random.random((10, 30)) < 0.8
    matrix[10:20, 30:] = random.random((10, 30)) < 0.8
    matrix[20] = 1.0
    found = shared_more(sparse.csr_array(matrix))
    kept = {(a, b) for a, b, q in zip(found.one, found.other, found.q, strict=True) if q <= 0.05}
    assert kept
    assert all((a < 10) == (b < 10) and b < 20 for a, b in kept)


@pytest.mark.parametrize("shape", [(0, 0), (1, 3), (3, 1)])
def test_next_to_nothing(shape: tuple[int, int]) -> None:
    found = shared_more(sparse.csr_array(np.ones(shape)))
    assert (found.q > 0.05).all()
