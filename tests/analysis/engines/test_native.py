"""The native engine gives the numbers of networkx and of R, and obeys the theorems it should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.engines import native, select
from partnergraph.analysis.engines import networkx as small
from partnergraph.analysis.engines.either import kernel
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.errors import BadParameter, Unsupported
from partnergraph.graph.weighted_graph import WeightedGraph

REFERENCE = Path(__file__).parents[2] / "reference"
HOLES = json.loads((REFERENCE / "holes.json").read_text(encoding="utf-8"))
FIGURES = json.loads((REFERENCE / "centrality.json").read_text(encoding="utf-8"))
NODE = {n: m.engines["networkx"] for n, m in catalogue().items() if m.level == "node"}
BOTH = [name for name, having in NODE.items() if having != "absent"]
OURS = [name for name, having in NODE.items() if having == "absent"]


@pytest.fixture
def compiled(monkeypatch):
    """Take every network for a large one."""
    monkeypatch.setattr(select, "MOST_NODES", -1)


@st.composite
def graphs(draw, directed=None):
    """Networks with isolates, several pieces, twins, and strengths that make distances tie."""
    n = draw(st.integers(1, 12))
    graph = nx.DiGraph() if draw(st.booleans() if directed is None else directed) else nx.Graph()
    graph.add_nodes_from(range(n))
    end = st.integers(0, n - 1)
    strength = st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 3.0])
    for a, b, s in draw(st.lists(st.tuples(end, end, strength), max_size=30)):
        if a != b:
            graph.add_edge(a, b, strength=s)
    return WeightedGraph.from_networkx(graph, weight="strength")


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-9, equal_nan=True)


@given(graphs(), st.booleans())
def test_networkx_and_native_agree(graph, weighted):
    for name in BOTH:
        if name == "eigenvector" and graph.directed:
            continue  # may take 100,000 rounds; see below
        if weighted and NODE[name] == "unweighted":
            continue  # see below
        expected = node_measure(name, "networkx")(graph, weighted=weighted)
        for size in (select.MOST_NODES, -1):  # whole matrices, then kernels
            native._distances.cache_clear()
            with patch.object(select, "MOST_NODES", size):
                found = node_measure(name, "native")(graph, weighted=weighted)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=name)


@given(graphs())
def test_weighted_betweenness_is_that_of_exact_fractions(graph):
    """networkx with lengths as fractions; as floats it misses that 1/3 + 1/3 + 1/3 = 1."""
    plain = graph.to_networkx()
    for _, _, tie in plain.edges(data=True):
        tie["length"] = 1 / Fraction(tie["strength"])
    theirs = nx.betweenness_centrality(plain, weight="length")
    expected = [theirs[node] if len(graph) > 2 else np.nan for node in graph.ids]
    close(native.betweenness(graph, weighted=True), expected)
    with patch.object(select, "MOST_NODES", -1):
        close(native.betweenness(graph, weighted=True), expected)


def test_paths_of_equal_length_are_shared_whatever_their_sums_in_floats():
    """From a to z: three steps of strength 3, or one of 1; each is as short, and carries half."""
    made = nx.Graph([("a", "b"), ("b", "c"), ("c", "z")], strength=1)
    nx.set_edge_attributes(made, 3.0, "strength")
    made.add_edge("a", "y", strength=2.0)
    made.add_edge("y", "z", strength=2.0)
    graph = WeightedGraph.from_networkx(made, weight="strength")
    found = dict(zip(graph.ids, native.betweenness(graph, weighted=True) * 6, strict=True))
    # y carries a–z by half; b and c also what lies behind them.
    assert found["y"] == pytest.approx(0.5)
    assert engine_for("betweenness", weighted=True) == "native"
    with pytest.raises(Unsupported, match="networkx"):
        engine_for("betweenness", "networkx", weighted=True)


@pytest.mark.parametrize("weighted", [False, True])
def test_directed_eigenvectors_agree(weighted):
    made = nx.gnp_random_graph(30, 0.2, seed=5, directed=True)
    for x, (a, b) in enumerate(made.edges):
        made[a][b]["strength"] = 1 + x % 3
    graph = WeightedGraph.from_networkx(made, weight="strength")
    ours = native.eigenvector(graph, weighted=weighted)
    close(ours, small.eigenvector(graph, weighted=weighted))


@given(graphs(), st.booleans())
def test_compiled_loops_and_matrices_agree(graph, weighted):
    for name in ("constraint", "effective_size", "clustering"):
        found = []
        for size in (select.MOST_NODES, -1):
            with patch.object(select, "MOST_NODES", size):
                native._ego_census.cache_clear(), native._triangles.cache_clear()
                found.append(getattr(native, name)(graph, weighted=weighted))
        close(*found)
    one = native.census.__wrapped__(graph, weighted)
    two = native.census.__wrapped__(graph, weighted, compiled=True)
    for part in ("triangles", "wedges", "squares", "threes"):
        close(getattr(one, part), getattr(two, part))


@given(graphs(), st.booleans())
def test_holes_are_those_of_networkx(graph, weighted):
    plain, weight = graph.to_networkx(), "strength" if weighted else None
    constraint = nx.constraint(plain, weight=weight)
    clustering = nx.clustering(plain, weight=weight)
    close(native.constraint(graph, weighted=weighted), [constraint[v] for v in graph.ids])
    ours = native.clustering(graph, weighted=weighted)
    known = ~np.isnan(ours)
    close(ours[known], np.array([clustering[v] for v in graph.ids])[known])
    # networkx 3.6 takes the largest strength of the wrong node when asked for all nodes at once.
    size = nx.effective_size(plain, nodes=list(plain), weight=weight)
    ours, theirs = native.effective_size(graph, weighted=weighted), np.array(list(size.values()))
    close(ours[~np.isnan(theirs)], theirs[~np.isnan(theirs)])


@given(graphs(), st.booleans(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(graph, weighted, random):
    order = list(range(len(graph)))
    random.shuffle(order)
    turned = WeightedGraph(
        graph.adjacency[order][:, order].tocsr(),
        tuple(graph.ids[i] for i in order),
        tuple(graph.names[i] for i in order),
        tuple(graph.kinds[i] for i in order),
        graph.directed,
    )
    for name in [*BOTH, *OURS]:
        if name == "eigenvector" and graph.directed:
            continue  # may not converge, and then stops anywhere
        compute = node_measure(name, "native")
        close(compute(graph, weighted=weighted)[order], compute(turned, weighted=weighted))


@given(graphs(), st.booleans())
def test_bounds(graph, weighted):
    n = len(graph)
    k = native.degree(graph)
    for name in (
        "betweenness",
        "clustering",
        "structural_similarity",
        "structural_complementarity",
    ):
        values = node_measure(name, "native")(graph, weighted=weighted)
        values = values[~np.isnan(values)]
        assert (values >= -1e-12).all()
        assert (values <= 1 + 1e-12).all()
    assert (native.harmonic(graph) <= n - 1 + 1e-9).all()
    size = native.effective_size(graph)
    assert (size[k > 0] >= 1 - 1e-9).all()
    assert (size[k > 0] <= k[k > 0] + 1e-9).all()
    assert np.isnan(size[k == 0]).all()
    assert np.isnan(native.constraint(graph)[k == 0]).all()
    assert (native.core_number(graph) <= k).all()
    assert native.pagerank(graph).sum() == pytest.approx(1)


@given(graphs(directed=st.just(False)))
def test_aggregates(graph):
    plain = graph.to_networkx()
    assert native._triangles(graph).sum() == sum(nx.triangles(plain).values())
    total = native.betweenness(graph).sum() * (len(graph) - 1) * (len(graph) - 2)
    lengths = [
        length - 1
        for _, reached in nx.all_pairs_shortest_path_length(plain)
        for length in reached.values()
        if length > 0
    ]
    if len(graph) >= 3:
        # Every shortest path of length d has d − 1 nodes inside.
        assert total == pytest.approx(sum(lengths))


@pytest.mark.parametrize("graph", ["karate", "davis"])
def test_figures_of_r(graph):
    made = {"karate": nx.karate_club_graph, "davis": nx.davis_southern_women_graph}[graph]()
    network = WeightedGraph.from_networkx(made)
    for name in ("constraint", "effective_size", "clustering"):
        if name in HOLES[graph]:
            expected = np.array(HOLES[graph][name], dtype=float)
            close(getattr(native, name)(network), expected)
    figures, n = FIGURES["graphs"][graph], len(network)
    close(native.betweenness(network) * (n - 1) * (n - 2) / 2, figures["betweenness"])
    close(native.closeness(network), figures["closeness"])
    close(native.harmonic(network) / (n - 1), figures["harmonic"])
    close(native.eigenvector(network), figures["eigenvector"])
    close(native.pagerank(network), figures["pagerank"])


def test_weighted_constraint_of_r():
    karate = WeightedGraph.from_networkx(nx.karate_club_graph(), weight="weight")
    close(native.constraint(karate, weighted=True), HOLES["karate"]["constraint_weighted"])


@given(graphs())
def test_katz_is_the_sum_over_walks(graph):
    a = (graph.adjacency.toarray() > 0).astype(float)
    root = np.abs(np.linalg.eigvals(a)).max()
    alpha = 0.1 if 0.1 * root < 1 else 0.9 / root
    x = np.linalg.solve(np.eye(len(graph)) - alpha * a.T, np.ones(len(graph)))
    close(native.katz(graph), x / np.linalg.norm(x))


def test_katz_is_that_of_networkx_and_of_large_networks(monkeypatch):
    for made in (nx.karate_club_graph(), nx.gnp_random_graph(60, 0.08, seed=1, directed=True)):
        graph = WeightedGraph.from_networkx(made)
        theirs = nx.katz_centrality_numpy(made, alpha=0.1, weight=None)
        close(native.katz(graph), list(theirs.values()))
        monkeypatch.setattr(native, "DENSE", 1)
        close(native.katz(graph), list(theirs.values()))
        monkeypatch.undo()


def test_twins_are_merged_and_nothing_changes():
    made = nx.gnp_random_graph(25, 0.12, seed=3)
    for twin, of in enumerate((0, 0, 1, 2, 2, 2), start=100):
        made.add_edges_from([(twin, other) for other in [of, *made[of]]])
    graph = WeightedGraph.from_networkx(made)
    assert len(native._merged(graph)[1]) <= len(graph) - 6
    close(native.betweenness(graph), small.betweenness(graph))


def test_numbers_do_not_depend_on_the_number_of_processors(monkeypatch):
    graph = WeightedGraph.from_networkx(nx.gnp_random_graph(1_100, 0.005, seed=2))
    values = {}
    for processors in (1, 4):
        monkeypatch.setattr(os, "cpu_count", lambda number=processors: number)
        native._distances.cache_clear()
        values[processors] = (native.betweenness(graph), native.harmonic(graph))
    for one, four in zip(values[1], values[4], strict=True):
        assert one.tobytes() == four.tobytes()
    theirs = nx.harmonic_centrality(graph.to_networkx())
    close(values[1][1], [theirs[node] for node in graph.ids])


@pytest.mark.parametrize("directed", [False, True])
def test_approximate_betweenness_keeps_its_word(directed):
    made = nx.gnp_random_graph(300, 0.015, seed=4, directed=directed)
    graph = WeightedGraph.from_networkx(made)
    exact = native.betweenness(graph)
    found = native.approximate_betweenness(graph, epsilon=0.01, confidence=0.95, seed=1)
    assert np.abs(found.values - exact).max() <= 0.01
    assert (np.abs(found.values - exact) <= found.error).all()
    sure = found.certified(10)
    assert set(np.argsort(-found.values)[:sure]) <= set(np.argsort(-exact)[:10])
    again = native.approximate_betweenness(graph, epsilon=0.01, confidence=0.95, seed=1)
    assert again.values.tobytes() == found.values.tobytes()


def test_a_star_is_certified():
    graph = WeightedGraph.from_networkx(nx.star_graph(40))
    found = native.approximate_betweenness(graph, epsilon=0.05)
    assert found.certified(1) == 1
    with pytest.raises(BadParameter, match="between 0 and 1"):
        native.approximate_betweenness(graph, epsilon=0)


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_networks_without_ties(n):
    graph = WeightedGraph.from_networkx(nx.empty_graph(n))
    for name in [*BOTH, *OURS]:
        for weighted in (False, True):
            values = node_measure(name, "native")(graph, weighted=weighted)
            assert values.shape == (n,)
    assert np.isnan(native.constraint(graph)).all()
    assert np.isnan(native.structural_similarity(graph)).all()


@pytest.mark.parametrize("strength", [0.0, -1.0, float("nan"), float("inf")])
def test_strengths_that_are_none(strength):
    made = nx.Graph()
    made.add_edge("a", "b", w=strength)
    made.add_edge("b", "c", w=1.0)
    graph = WeightedGraph.from_networkx(made, weight="w")
    with pytest.raises(BadParameter, match="strength"):
        centrality(graph, measures=["degree"], weighted=True)


def test_auto_takes_the_native_engine():
    assert engine_for("betweenness") == engine_for("constraint", "auto") == "native"
    assert engine_for("betweenness", "networkx") == "networkx"


def test_nothing_is_compiled_for_a_small_network():
    code = (
        "import sys, partnergraph as pg; eco = pg.load(pg.example('smart'));"
        f"pg.centrality(eco, measures={[*BOTH, *OURS]!r});"
        "assert 'numba' not in sys.modules, 'numba was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_a_folder_to_cache_in(monkeypatch):
    import numba

    plain = numba.njit

    def readonly(*arguments, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return plain(*arguments, **options)

    monkeypatch.setattr(numba, "njit", readonly)
    assert kernel(lambda x: x + 1)(1) == 2


def test_a_network_too_dense_for_squares_is_refused(monkeypatch):
    monkeypatch.setattr(native, "MOST_STEPS", 10)
    graph = WeightedGraph.from_networkx(nx.complete_graph(6))
    with pytest.raises(BadParameter, match="steps"):
        native.census.__wrapped__(graph)
