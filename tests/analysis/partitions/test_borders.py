"""Borders: figures by full matrices, networks with the same clusters, gradients and groups."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pytest

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.nulls.random_networks import Null, TwoModeNull
from partnergraph.analysis.partitions.borders import borders
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.weighted_graph import WeightedGraph

Array = np.ndarray


def between(ends: Array, labels: Array) -> Counter[tuple[int, ...]]:
    return Counter(tuple(sorted(pair)) for pair in labels[ends].tolist())


def test_figures_are_those_of_full_matrices() -> None:
    graph = WeightedGraph.from_networkx(nx.karate_club_graph())
    labels = np.arange(34) % 3
    tied = graph.adjacency.toarray()
    k = np.array([[tied[i, labels == c].sum() for c in range(3)] for i in range(34)])
    d = k.sum(axis=1)
    q = np.array([k[labels == c].sum(axis=0) / d[labels == c].sum() for c in range(3)])
    e = d[:, None] * q[labels]
    freedom = sum(((labels == c).sum() - 1) * 2 for c in range(3))
    away = np.arange(3)[None, :] != labels[:, None]
    lean = (k * (k - 1))[away].sum() / (k * (d - 1)[:, None] * q[labels])[away].sum() - 1
    found = borders(Null.of(graph), labels, lambda matrix: labels, draws=1)
    assert found.spread == pytest.approx(((k - e) ** 2 / e).sum() / freedom)
    assert found.lean == pytest.approx(lean)


def test_networks_with_the_same_clusters_keep_degrees_and_ties_between_clusters() -> None:
    graph = WeightedGraph.from_networkx(nx.karate_club_graph(), weight="weight")
    model, labels = Null.of(graph), np.arange(34) % 4
    drawn = model.within(labels, np.random.default_rng(1))
    assert between(drawn.ends, labels) == between(model.ends, labels)
    tied = drawn.whole().toarray() > 0
    assert (tied.sum(axis=0) == (graph.adjacency.toarray() > 0).sum(axis=0)).all()
    assert not np.array_equal(tied, graph.adjacency.toarray() > 0)
    assert drawn.whole().sum() == pytest.approx(graph.adjacency.sum())


def test_affiliations_keep_the_members_of_each_cluster_in_each_hub(smart: Ecosystem) -> None:
    model = Null.of(smart.weighted_graph(among="organisation"))
    joined = model.affiliation
    assert joined is not None
    labels = np.arange(len(model.graph)) % 2
    drawn = model.within(labels, np.random.default_rng(0)).affiliation
    assert drawn is not None
    for one in (joined, drawn):
        assert len(set(zip(one.member.tolist(), one.hub.tolist(), strict=True))) == len(joined)
    old, new = (Counter(zip(x.hub, labels[x.member], strict=True)) for x in (joined, drawn))
    assert old == new


def test_two_modes_keep_their_sides() -> None:
    davis = WeightedGraph.from_networkx(nx.davis_southern_women_graph())
    rows = np.arange(len(davis)) < 18
    model = TwoModeNull(davis, rows)
    drawn = model.within(np.arange(len(davis)) % 2, np.random.default_rng(2)).whole().toarray()
    assert not drawn[:18, :18].any()
    assert (drawn.sum(axis=0) == davis.adjacency.toarray().sum(axis=0)).all()


@pytest.mark.parametrize(
    "made",
    [nx.watts_strogatz_graph(80, 6, 0.1, seed=1), nx.random_geometric_graph(90, 0.17, seed=2)],
)
def test_gradients_are_told_from_groups(made: nx.Graph) -> None:
    """`benchmarks/calibration.py` has the shares; stability alone is .9 in such networks."""
    found = clusters(WeightedGraph.from_networkx(made), starts=5)
    assert found.verdict == "borderless"
    assert "without clear borders" in found.verdict_in_words


@pytest.mark.parametrize("seed", [0, 2])
def test_groups_have_borders(seed: int) -> None:
    groups = nx.random_partition_graph([20] * 4, 0.35, 0.02, seed=seed)
    found = clusters(WeightedGraph.from_networkx(groups), starts=5)
    assert found.verdict == "clear"
    assert found.quality["border_p"] > 0.05
    assert found.quality["border_draws"] == 39
