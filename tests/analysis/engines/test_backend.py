"""The backend of networkx: networkx' own answers and its own tests are the oracle."""

import inspect
import os
import re
import subprocess
import sys
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.analysis.engines.backend import BACKEND, FUNCTIONS, LEAST_NODES

UNDIRECTED = {"core_number", "triangles", "constraint", "effective_size"}
WEIGHT = {
    "betweenness_centrality": "weight",
    "closeness_centrality": "distance",
    "harmonic_centrality": "distance",
    "clustering": "weight",
    "constraint": "weight",
}


@pytest.fixture(autouse=True)
def own_ways() -> Any:
    """Let nothing be cached or chosen by a setting that a user may have in the environment."""
    kept = nx.config.cache_converted_graphs, nx.config.backend_priority.algos
    nx.config.cache_converted_graphs, nx.config.backend_priority.algos = False, []
    yield
    nx.config.cache_converted_graphs, nx.config.backend_priority.algos = kept


@st.composite
def graphs(draw: st.DrawFn, *, directed: bool) -> nx.Graph:
    """Draw a graph with isolates, several pieces and weights that make paths of equal length."""
    n = draw(st.integers(3, 9))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(f"node {i}" for i in range(n))
    for a, b in draw(st.lists(ends, max_size=18)):
        graph.add_edge(f"node {a}", f"node {b}", weight=draw(st.sampled_from([1, 2, 4, 0.5])))
    return graph


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"leiden_communities"}))
@settings(max_examples=40)
@given(data=st.data())
def test_the_same_values_as_networkx(name: str, directed: bool, data: st.DataObject) -> None:
    if directed and name in UNDIRECTED:
        return
    graph = data.draw(graphs(directed=directed))
    function = getattr(nx, name)
    for options in [{}, {WEIGHT[name]: "weight"}] if name in WEIGHT else [{}]:
        expected = function(graph, **options)
        assert function(graph, backend="partnergraph", **options) == pytest.approx(
            expected, rel=1e-9, abs=1e-12, nan_ok=True
        )


def test_effective_size_by_weight_is_that_of_networkx_node_by_node() -> None:
    """Of all nodes at once, networkx 3.6 divides by the wrong node's strongest tie."""
    graph = nx.gnm_random_graph(20, 50, seed=1)
    for number, (_, _, tie) in enumerate(graph.edges(data=True)):
        tie["weight"] = 1 + number % 4
    expected = nx.effective_size(graph, nodes=list(graph), weight="weight")
    ours = nx.effective_size(graph, weight="weight", backend="partnergraph")
    assert ours == pytest.approx(expected, nan_ok=True)


def test_leiden_finds_planted_groups_and_the_same_ones_again() -> None:
    graph = nx.planted_partition_graph(4, 12, 0.9, 0.02, seed=5)
    options: dict[str, Any] = {"seed": 3, "backend": "partnergraph"}
    if "metric" in inspect.signature(nx.community.leiden_communities).parameters:
        options |= {"metric": "modularity"}
        potts = nx.community.leiden_communities(graph, **(options | {"metric": "cpm"}))
        alone = [{node} for node in graph]
        worth = nx.community.quality.constant_potts_model
        assert worth(graph, potts) >= worth(graph, alone)
    found = nx.community.leiden_communities(graph, **options)
    assert sorted(map(sorted, found)) == sorted(map(sorted, graph.graph["partition"]))
    assert nx.community.leiden_communities(graph, **options) == found


@pytest.mark.parametrize(
    ("name", "graph", "options"),
    [
        ("betweenness_centrality", nx.path_graph(5), {"k": 2, "seed": 1}),
        ("betweenness_centrality", nx.path_graph(5), {"endpoints": True}),
        ("betweenness_centrality", nx.path_graph(2), {}),
        ("closeness_centrality", nx.path_graph(5), {"u": 2}),
        ("clustering", nx.path_graph(5), {"nodes": [1]}),
        ("clustering", nx.Graph([(0, 0), (0, 1)]), {}),
        ("betweenness_centrality", nx.Graph([(0, 1, {"w": 0}), (1, 2, {"w": 1})]), {"weight": "w"}),
        ("closeness_centrality", nx.Graph([(0, 1, {"w": "far"})]), {"distance": "w"}),
        ("betweenness_centrality", nx.MultiGraph([(0, 1), (0, 1), (1, 2)]), {"weight": "w"}),
        ("constraint", nx.DiGraph([(0, 1), (2, 1)]), {}),
    ],
)
def test_what_it_does_not_take_networkx_does(
    name: str, graph: nx.Graph, options: dict[str, Any]
) -> None:
    function = getattr(nx, name)
    with pytest.raises(NotImplementedError):
        function(graph, backend="partnergraph", **options)
    if "far" in str(graph.edges(data=True)):
        return  # networkx has no answer either
    expected = function(graph, **options)
    nx.config.backend_priority.algos = ["partnergraph"]
    assert function(graph, **options) == pytest.approx(expected, nan_ok=True)


def test_small_graphs_stay_with_networkx_where_only_a_priority_is_set() -> None:
    small, large = nx.path_graph(LEAST_NODES - 1), nx.path_graph(LEAST_NODES)
    assert BACKEND.should_run("core_number", (small,), {}) is not True
    assert BACKEND.should_run("core_number", (large,), {}) is True


@pytest.mark.slow
def test_networkx_own_tests_pass() -> None:
    """Its tests of the functions that are ours here, converted on the way by networkx itself."""
    where = "networkx.algorithms"
    own = [
        f"{where}.centrality.tests.test_betweenness_centrality",
        f"{where}.centrality.tests.test_closeness_centrality",
        f"{where}.centrality.tests.test_harmonic_centrality",
        f"{where}.tests.test_core",
        f"{where}.tests.test_cluster",
        f"{where}.tests.test_structuralholes",
        f"{where}.community.tests.test_leiden",
    ]
    settings = {"NETWORKX_TEST_BACKEND": "partnergraph", "NETWORKX_FALLBACK_TO_NX": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    run = subprocess.run(
        [*command, "--pyargs", *own],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = re.search(r"(\d+) passed", run.stdout)
    assert run.returncode == 0, run.stdout[-3000:]
    assert passed is not None
    assert int(passed[1]) >= 200
