"""Spark gives the numbers of networkx and of the native engine.

Twenty random networks with isolates, several pieces and strengths are handed over as one: a measure
that looks only at what hangs together must give each part the numbers it has alone. PageRank of a
part is then its share of the part's sum, because its system of equations falls apart likewise.
"""

from __future__ import annotations

import os
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from partnergraph.analysis.engines import native
from partnergraph.analysis.engines import networkx as small
from partnergraph.analysis.engines import spark as engine
from partnergraph.analysis.engines.select import node_measure
from partnergraph.analysis.engines.spark import rounds
from partnergraph.graph.spark import session as spark_session
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.weighted_graph import WeightedGraph

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ACCEPT = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"
LOCAL = (
    "degree",
    "strength",
    "core_number",
    "constraint",
    "effective_size",
    "clustering",
    "structural_similarity",
)


def random_networks(directed: bool = False) -> list[nx.Graph]:
    """Twenty networks: sparse and dense, two with a long tail, each with isolates and strengths."""
    random, made = np.random.default_rng(10), []
    for number in range(20):
        n = int(random.integers(5, 60))
        if number < 2 and not directed:
            graph = nx.barabasi_albert_graph(n, 2, seed=number)
        else:
            graph = nx.gnp_random_graph(n, random.uniform(0.02, 0.3), number, directed=directed)
        graph.add_nodes_from(range(n, n + 2))
        graph.add_edge(n + 2, n + 3)
        for _, _, about in graph.edges(data=True):
            about["strength"] = float(random.choice([0.25, 0.5, 1.0, 1.5, 3.0]))
        # The same largest strength everywhere: weighted clustering divides by it.
        graph.add_edge(n + 4, n + 5, strength=4.0)
        made.append(graph)
    return made


def the_whole(parts: list[nx.Graph]) -> tuple[WeightedGraph, np.ndarray]:
    """All as one network, and of each node which it came from."""
    whole = nx.union_all(parts, rename=[f"{i}-" for i in range(len(parts))])
    owner = np.concatenate([np.full(len(part), i) for i, part in enumerate(parts)])
    return WeightedGraph.from_networkx(whole, weight="strength"), owner


@pytest.fixture(scope="module", params=[False, True], ids=["undirected", "directed"])
def networks(request, spark):
    parts = random_networks(request.param)
    alone = [WeightedGraph.from_networkx(part, weight="strength") for part in parts]
    return alone, *the_whole(parts)


def close(ours, theirs, name):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9, equal_nan=True, err_msg=name)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_what_looks_at_pieces_is_that_of_each_network_alone(networks, weighted):
    alone, whole, owner = networks
    for name in LOCAL:
        ours = getattr(engine, name)(whole, weighted=weighted)
        of = small if hasattr(small, name) else native
        for i, part in enumerate(alone):
            close(ours[owner == i], getattr(of, name)(part, weighted=weighted), f"{name} of {i}")


def test_pagerank_of_each_part(networks):
    alone, whole, owner = networks
    if whole.directed and not ACCEPT:
        pytest.skip("174 rounds: with the full counts only")
    ours = engine.pagerank(whole, weighted=True)
    for i, part in enumerate(alone):
        share = ours[owner == i] / ours[owner == i].sum()
        close(share, small.pagerank(part, weighted=True), f"pagerank of {i}")


def test_pagerank_and_eigenvector_of_one_network(spark):
    made = nx.gnp_random_graph(60, 0.15, seed=3)
    made.add_nodes_from(range(60, 64))
    graph = WeightedGraph.from_networkx(made)
    for name in ("pagerank", "eigenvector"):
        theirs = node_measure(name, "networkx")(graph, weighted=False)
        close(node_measure(name, "spark")(graph, weighted=False), theirs, name)


@pytest.mark.parametrize("told", [0, 1_000], ids=["shuffled", "told"])
def test_rounds_on_many_parts_give_the_same(spark, monkeypatch, told):
    """What is said travels, or values do: networks of one part do neither."""
    monkeypatch.setattr(spark_session, "ROWS_A_PARTITION", 150)
    made = nx.gnp_random_graph(40, 0.15, seed=5)
    made.add_nodes_from(range(40, 43))
    graph = WeightedGraph.from_networkx(made)
    there = SparkGraph.of(replace(spark, told=told), graph)
    assert there.arcs.rdd.getNumPartitions() > 1
    names = ("core_number", "pagerank") if ACCEPT else ("core_number",)
    for name in names:  # PageRank takes 72 rounds
        table = spark.table(getattr(rounds, name)(there, weighted=False)).sort_values("node")
        theirs = node_measure(name, "networkx")(graph, weighted=False)
        close(table["value"].to_numpy(), theirs, name)
