"""Clusters: the exact optimum of karate, planted groups, order by size, and no claim too many."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.clusters import clusters, modularity
from partnergraph.analysis.engines import leiden as engine
from partnergraph.analysis.engines.leiden import leiden
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph


def test_karate_reaches_the_exact_optimum() -> None:
    """Q = 0.4197896121 with clusters of 12, 11, 6 and 5 is the optimum by exact search."""
    table = clusters(WeightedGraph.from_networkx(nx.karate_club_graph()))
    assert table.attrs["quality"]["value"] == pytest.approx(0.4197896121, abs=1e-9)
    assert table["cluster"].value_counts().sort_index().tolist() == [12, 11, 6, 5]


def test_modularity_is_that_of_networkx_with_weights_and_resolution() -> None:
    graph = nx.karate_club_graph()
    ours = WeightedGraph.from_networkx(graph, weight="weight")
    labels = np.array([i % 3 for i in range(34)])
    groups = [{n for n in graph if n % 3 == c} for c in range(3)]
    for gamma in (0.5, 1, 2):
        expected = nx.community.modularity(graph, groups, weight="weight", resolution=gamma)
        assert modularity(ours.adjacency, labels, resolution=gamma) == pytest.approx(expected)


def test_two_cliques_and_a_loner() -> None:
    b = EcosystemBuilder()
    for node in "abcdefg":
        b.node(node, kind="organisation")
    for group in ("abc", "def"):
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                b.tie("partner_of", one, other)
    table = clusters(b.build())
    # Equal sizes go by their first id; who has no ties is in no cluster and comes last.
    assert table["cluster"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 2, "g": 0}
    assert list(table.index) == list("abcdefg")


@given(st.integers(0, 10**6), st.sampled_from([(40, 60), (60, 200), (30, 30)]))
def test_every_run_ends_in_connected_clusters_that_no_single_move_improves(
    seed: int, size: tuple[int, int]
) -> None:
    """Traag et al. 2019: clusters are connected, and the partition is locally optimal by node."""
    graph = nx.gnm_random_graph(*size, seed=seed)
    matrix = WeightedGraph.from_networkx(graph).adjacency
    labels = leiden(matrix, seed=seed)
    for cluster in np.unique(labels):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(labels == cluster).tolist()))
    best = modularity(matrix, labels)
    for node in range(size[0]):
        for cluster in set(labels[list(graph[node])].tolist()):
            moved = labels.copy()
            moved[node] = cluster
            assert modularity(matrix, moved) <= best + 1e-9


def test_a_random_graph_on_which_scikit_network_did_not_end() -> None:
    graph = nx.gnm_random_graph(250, 620, seed=1)
    ours = clusters(WeightedGraph.from_networkx(graph), starts=3).attrs["quality"]["value"]
    rival = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=0))
    assert ours > rival


def test_compiled_or_not_the_result_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = WeightedGraph.from_networkx(nx.gnm_random_graph(120, 300, seed=3)).adjacency
    plain = leiden(matrix, seed=5)
    monkeypatch.setattr(engine, "COMPILED_ABOVE", 0)
    assert np.array_equal(leiden(matrix, seed=5), plain)


def test_the_same_seed_gives_the_same_partition(smart: Ecosystem) -> None:
    assert clusters(smart, seed=3).equals(clusters(smart, seed=3))


def test_nothing_is_claimed_that_was_not_tested(smart: Ecosystem) -> None:
    assert clusters(smart).attrs["verdict"] == "untested"


def test_no_ties_no_clusters() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    table = clusters(b.build())
    assert table["cluster"].tolist() == [0]
    assert np.isnan(table.attrs["quality"]["value"])
    assert clusters(EcosystemBuilder().build()).empty


def test_wrong_parameters_are_refused(smart: Ecosystem) -> None:
    with pytest.raises(BadParameter):
        clusters(smart, resolution=0)
    with pytest.raises(BadParameter):
        clusters(smart, starts=0)
