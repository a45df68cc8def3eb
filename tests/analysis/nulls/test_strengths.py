"""Relative strengths: what least squares leaves of logarithms, and of strengths that ends give."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from partnergraph.analysis.nulls.random_networks import rewired
from partnergraph.analysis.nulls.strengths import dealt, relative

Array = np.ndarray


def random_ties(seed: int, n: int = 40, m: int = 120) -> Array:
    return np.array(nx.gnm_random_graph(n, m, seed=seed).edges, dtype=np.int64)


def residuals(ends: Array, strengths: Array, n: int) -> Array:
    """What numpy's least squares leaves of the logarithms, after a mean and a share of each end."""
    design = np.zeros((len(ends), n))
    np.add.at(design, (np.arange(len(ends)), ends[:, 0]), 1)
    np.add.at(design, (np.arange(len(ends)), ends[:, 1]), 1)
    centred = np.log(strengths) - np.log(strengths).mean()
    left: Array = centred - design @ np.linalg.lstsq(design, centred, rcond=None)[0]
    return left


@pytest.mark.parametrize("seed", range(5))
def test_relative_strengths_are_what_least_squares_leaves(seed: int) -> None:
    ends, random = random_ties(seed), np.random.default_rng(seed)
    strengths = random.lognormal(0, 1.5, len(ends))
    found = relative(ends, strengths, 40)
    expected = np.exp(residuals(ends, strengths, 40))
    assert found.sum() == pytest.approx(strengths.sum())
    assert found / found.sum() == pytest.approx(expected / expected.sum(), rel=1e-6)


def test_strengths_that_the_ends_give_alone_are_all_alike() -> None:
    ends, own = random_ties(1), np.random.default_rng(1).lognormal(0, 1, 40)
    assert relative(ends, own[ends[:, 0]] * own[ends[:, 1]], 40) == pytest.approx(
        (own[ends[:, 0]] * own[ends[:, 1]]).mean(), rel=1e-6
    )


def test_equal_strengths_stay_as_they_are() -> None:
    ends = random_ties(2)
    assert (relative(ends, np.full(len(ends), 3.0), 40) == 3.0).all()


def test_random_networks_spread_strengths_as_the_network_does() -> None:
    """Without the widening, logarithms would have lost a third of their variance, 40 of 120."""
    spreads = []
    for seed in range(30):
        ends, random = random_ties(seed), np.random.default_rng(seed)
        found = relative(ends, random.lognormal(0, 1, len(ends)), 40)
        other = rewired(ends, np.zeros(40), random)
        drawn = dealt(ends, found, 40, other, random)
        spreads.append(np.log(drawn).std() / np.log(found).std())
    assert np.mean(spreads) == pytest.approx(1.0, abs=0.03)


def test_strengths_are_dealt_within_two_clusters() -> None:
    ends, random = random_ties(4), np.random.default_rng(4)
    strengths, blocks = random.random(len(ends)) + 0.5, np.arange(40) % 3
    swapped = ends[random.permutation(len(ends))]
    drawn = dealt(ends, strengths, 40, swapped, random, blocks=blocks)
    for pair in {tuple(sorted(blocks[e])) for e in ends}:
        old, new = (
            sorted(s for e, s in zip(some, held, strict=True) if tuple(sorted(blocks[e])) == pair)
            for some, held in ((ends, strengths), (swapped, drawn))
        )
        assert old == new
