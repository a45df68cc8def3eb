"""Estimates stay within the error they state; components are those of networkx."""

from __future__ import annotations

import os

import networkx as nx
import numpy as np
import pytest

from partnergraph.analysis.engines import native
from partnergraph.analysis.engines.spark import distances, on_spark, rounds
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ACCEPT = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"


@pytest.fixture(scope="module", params=[1_000, 20_000] if ACCEPT else [1_000])
def large(request, spark):
    """A network with a long tail of degrees, isolates and small pieces."""
    n = request.param
    made = nx.barabasi_albert_graph(n, 3, seed=4)
    made.remove_edges_from([(a, b) for a, b in list(made.edges) if (a * 7 + b) % 4 == 0])
    graph = WeightedGraph.from_networkx(made)
    return graph, on_spark(graph)


def column(graph, frame, name="value"):
    values = np.full(graph.n, np.nan)
    table = graph.spark.table(frame.select("node", name))
    values[table["node"].to_numpy(dtype=np.int64)] = table[name]
    return values


def test_sketched_distances_keep_to_their_error(large):
    graph, there = large
    for name in ("harmonic", "closeness"):
        true = getattr(native, name)(graph)
        ours = column(there, getattr(distances, name)(there))
        alone = true == 0
        assert (ours[alone] == 0).all()
        error = np.abs(ours[~alone] / true[~alone] - 1)
        assert np.sqrt((error**2).mean()) <= distances.SKETCH_ERROR
        assert error.max() <= 3 * distances.SKETCH_ERROR


def test_sampled_betweenness_keeps_to_its_error(large):
    graph, there = large
    true = native.betweenness(graph)
    found = distances.sampled_betweenness(there, sources=32, seed=1)
    ours, stated = column(there, found.values), column(there, found.values, "error")
    off, said = np.sqrt(((ours - true) ** 2).mean()), np.sqrt((stated**2).mean())
    assert 0 < off <= 1.5 * said
    again = distances.sampled_betweenness(there, sources=32, seed=1)
    np.testing.assert_allclose(column(there, again.values), ours, rtol=1e-9)


@pytest.mark.parametrize("directed", [False, True])
def test_betweenness_from_every_source_is_exact(spark, directed):
    made = nx.gnp_random_graph(40, 0.07, seed=6, directed=directed)
    graph = WeightedGraph.from_networkx(made)
    found = distances.sampled_betweenness(on_spark(graph), sources=64)
    assert found.sources == 40
    ours = column(on_spark(graph), found.values)
    np.testing.assert_allclose(ours, native.betweenness(graph), rtol=0, atol=1e-12)
    assert not column(on_spark(graph), found.values, "error").any()


def test_what_cannot_be_estimated_is_refused(large):
    _, there = large
    with pytest.raises(BadParameter, match="without strengths only"):
        distances.harmonic(there, weighted=True)
    with pytest.raises(BadParameter, match="give 2 or more"):
        distances.sampled_betweenness(there, sources=1)


def test_components_are_those_of_networkx(large):
    graph, there = large
    labels = column(there, rounds.components(there), "component").astype(int)
    expected = np.empty(len(graph), dtype=int)
    for piece in nx.connected_components(graph.to_networkx()):
        members = [graph.index[node] for node in piece]
        expected[members] = min(members)
    assert labels.tolist() == expected.tolist()
    path = WeightedGraph.from_networkx(nx.path_graph(300))
    assert not column(on_spark(path), rounds.components(on_spark(path)), "component").any()


def test_a_long_way_is_walked_to_its_end(spark):
    """A chain in no order: rounds on rounds, without Spark's guesses at sizes growing with them."""
    order = np.random.default_rng(1).permutation(40)
    chain = nx.Graph(list(nx.utils.pairwise(order.tolist())))
    graph = WeightedGraph.from_networkx(chain)
    there = on_spark(graph)
    assert (column(there, rounds.components(there), "component") == 0).all()
    ours = column(there, distances.harmonic(there))
    np.testing.assert_allclose(ours, native.harmonic(graph), rtol=1e-3)  # few nodes: exact sketches
