"""How tightly the whole hangs together: networkx's figures, Freeman's star, and trust as reported.

Of the karate club transitivity is that of the reference (`pathcensus_structural.json`); density,
distances and diameter are networkx'; its centralisation is by hand: the 34 degrees add up to 156,
the largest is 17, so that (34 · 17 − 156)/(33 · 32) = 422/1056.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnergraph as pg
from partnergraph.analysis import cohesion as module
from partnergraph.analysis.cohesion import MEASURES, cohesion
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph
from tests.strategies import ecosystems


def values(graph: nx.Graph, weight: str | None = None) -> dict[str, float]:
    table = cohesion(WeightedGraph.from_networkx(graph, weight=weight))
    assert list(table.index) == list(MEASURES)
    return table["value"].to_dict()


def expected(graph: nx.Graph) -> dict[str, float]:
    """What networkx says, each figure by its definition."""
    plain = nx.Graph(graph)
    n, degrees = len(plain), [k for _, k in plain.degree]
    apart = [
        d for a, near in nx.all_pairs_shortest_path_length(plain) for b, d in near.items() if a != b
    ]
    pieces = list(nx.connected_components(plain))
    paths = sum(k * (k - 1) for k in degrees)
    spread = sum(max(degrees) - k for k in degrees)
    return {
        "density": nx.density(graph) if n > 1 else np.nan,
        "mean_degree": 2 * plain.number_of_edges() / n,
        "degree_centralization": spread / ((n - 1) * (n - 2)) if n > 2 else np.nan,
        "global_clustering": nx.transitivity(plain) if paths else np.nan,
        "reciprocity": nx.overall_reciprocity(graph)
        if graph.is_directed() and graph.number_of_edges()
        else np.nan,
        "components": len(pieces),
        "largest_component": max(map(len, pieces)) / n,
        "mean_distance": np.mean(apart) if apart else np.nan,
        "diameter": max(apart) if apart else np.nan,
    }


def test_karate_is_as_computed_elsewhere() -> None:
    found = values(nx.karate_club_graph(), weight="weight")
    assert found["global_clustering"] == pytest.approx(0.2556818182, abs=1e-9)
    assert found["degree_centralization"] == pytest.approx(422 / 1056, abs=1e-12)
    assert found == pytest.approx(expected(nx.karate_club_graph()), abs=1e-12, nan_ok=True)
    assert (found["diameter"], found["components"]) == (5, 1)


@pytest.mark.parametrize(
    ("graph", "centralization"),
    [(nx.star_graph(6), 1), (nx.cycle_graph(7), 0), (nx.complete_graph(5), 0)],
)
def test_a_star_is_all_centre_and_a_ring_has_none(graph: nx.Graph, centralization: float) -> None:
    assert values(graph)["degree_centralization"] == centralization


@given(st.integers(1, 25), st.floats(0, 0.4), st.integers(0, 10**6), st.booleans())
def test_every_figure_is_that_of_networkx(n: int, p: float, seed: int, directed: bool) -> None:
    graph = nx.gnp_random_graph(n, p, seed=seed, directed=directed)
    assert values(graph) == pytest.approx(expected(graph), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    "graph",
    [
        nx.barabasi_albert_graph(400, 15, seed=3),
        nx.random_geometric_graph(330, 0.2, seed=5),
        nx.disjoint_union(nx.path_graph(60), nx.gnp_random_graph(330, 0.1, seed=1)),
    ],
    ids=["long tail", "geometric", "path and random"],
)
def test_large_networks_have_the_same_figures(graph: nx.Graph) -> None:
    assert values(graph) == pytest.approx(expected(graph), abs=1e-9, nan_ok=True)


def test_a_diameter_that_too_many_searches_would_take_is_undefined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_SEARCHES", 2)
    assert np.isnan(values(nx.cycle_graph(40))["diameter"])


def test_nothing_is_undefined_but_not_wrong() -> None:
    empty = cohesion(WeightedGraph.from_networkx(nx.Graph()))["value"]
    assert empty.drop("components").isna().all()
    assert empty["components"] == 0
    alone = values(nx.empty_graph(1))
    assert np.isnan([alone[m] for m in ("density", "mean_distance", "diameter")]).all()


def test_trust_and_value_are_those_that_the_ties_of_the_network_state() -> None:
    b = EcosystemBuilder()
    for node in "abc":
        b.node(node, kind="organisation")
    b.node("x", kind="capability")
    b.tie("partner_of", "a", "b", trust=4, value=1)
    b.tie("partner_of", "b", "c", trust=2)
    b.tie("partner_of", "a", "c", trust=1, status="disputed")  # does not count
    b.tie("offers", "a", "x", trust=1)  # leads out of the network
    table = cohesion(b.build())
    assert table.loc["mean_trust"].tolist() == [3.0, 2]
    assert table.loc["mean_value"].tolist() == [1.0, 1]
    assert np.isnan(cohesion(b.build(), without="b").loc["mean_trust", "value"])


@given(ecosystems())
def test_whatever_the_ecosystem_figures_keep_to_their_range(eco: Ecosystem) -> None:
    table = cohesion(eco)
    for measure, value in table["value"].dropna().items():
        low, _, high = catalogue()[str(measure)].range.partition(" … ")
        if high == "1":
            assert -1e-12 <= value <= 1 + 1e-12, (measure, low)
    assert table.attrs["network"]["nodes"] == table.loc["mean_degree", "counted"]


def test_options_make_the_network_and_are_refused_of_a_finished_one(smart: Ecosystem) -> None:
    assert cohesion(smart, among="organisation").loc["density", "counted"] == 9 * 8 / 2
    assert pg.cohesion(smart).loc["mean_degree", "value"] == 2 * 64 / 34
    with pytest.raises(BadParameter, match="already made"):
        cohesion(smart.weighted_graph(), among="organisation")
