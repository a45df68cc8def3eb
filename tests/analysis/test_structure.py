"""Similarity and complementarity: the figures of pathcensus, the theorems, and honest nulls."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from partnergraph.analysis import structure as structure_module
from partnergraph.analysis.engines import native, select
from partnergraph.analysis.structure import structure, tie_structure, verdict
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.significance import benjamini_hochberg
from partnergraph.graph.weighted_graph import WeightedGraph

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/structure.json").read_text(encoding="utf-8")
)
NAMED = {
    "karate": nx.karate_club_graph,
    "davis_southern_women": nx.davis_southern_women_graph,
    "C4": lambda: nx.cycle_graph(4),
    "C5": lambda: nx.cycle_graph(5),
    "K4": lambda: nx.complete_graph(4),
    "K33": lambda: nx.complete_bipartite_graph(3, 3),
    "K23": lambda: nx.complete_bipartite_graph(2, 3),
    "petersen": nx.petersen_graph,
    "cube": nx.cubical_graph,
    "grid_3x3": lambda: nx.grid_2d_graph(3, 3),
}


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 9))
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(n), 2)) or [(0, 0)])))
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    return graph


@pytest.mark.parametrize("name", NAMED)
def test_the_whole(name):
    expected = REFERENCE["whole"][name]
    table = structure(WeightedGraph.from_networkx(NAMED[name]()), nulls=0)
    assert table.loc["transitivity", "value"] == pytest.approx(expected["similarity"], abs=1e-9)
    found = table.loc["structural_complementarity", "value"]
    assert found == pytest.approx(expected["complementarity"], abs=1e-9)


@pytest.mark.parametrize("name", ["karate", "davis_southern_women"])
@pytest.mark.parametrize("compiled", [False, True])
def test_nodes_and_counts(name, compiled, monkeypatch):
    if compiled:
        monkeypatch.setattr(select, "MOST_NODES", -1)
    graph = WeightedGraph.from_networkx(NAMED[name]())
    nodes, census = REFERENCE["nodes"][name], REFERENCE["census"][name]
    for ours, theirs in (
        (native.structural_similarity(graph), nodes["similarity"]),
        (native.structural_complementarity(graph), nodes["complementarity"]),
    ):
        np.testing.assert_allclose(ours, np.array(theirs, dtype=float), rtol=0, atol=1e-9)
    paths = native.census(graph)
    assert paths.triangles.sum() / 12 == census["t"]
    assert paths.wedges.sum() / 4 == census["tw"]
    assert paths.squares.sum() / 16 == census["q0"]
    assert paths.threes.sum() / 4 == census["qw"]


def test_weighted_karate():
    graph = WeightedGraph.from_networkx(nx.karate_club_graph(), weight="weight")
    paths, expected = native.census(graph, True), REFERENCE["karate_weighted"]
    similar = paths.triangles.sum() / paths.wedges.sum()
    complementary = paths.squares.sum() / paths.threes.sum()
    assert similar == pytest.approx(expected["similarity"], abs=1e-9)
    assert complementary == pytest.approx(expected["complementarity"], abs=1e-9)


def test_the_tie_that_fits_best_in_karate():
    table = tie_structure(WeightedGraph.from_networkx(nx.karate_club_graph()), nulls=0).table
    assert table["structural_complementarity"].idxmax() == ("13", "33")
    assert table["structural_complementarity"].max() == pytest.approx(0.246914, abs=5e-7)


@given(graphs(), st.integers(0, 99), st.booleans())
def test_a_pair_as_if_it_were_tied(graph, seed, sparse_way):
    """In the network itself a tie has its own value; a pair that is not tied is tied first."""
    network = WeightedGraph.from_networkx(graph)
    limit = structure_module.DENSE_UP_TO
    structure_module.DENSE_UP_TO = -1 if sparse_way else limit
    try:
        fixed = Drawn(network)
        some = list(combinations(range(len(network)), 2))[seed % 7 :: 7]
        pairs = np.array(some, dtype=np.int64).reshape(-1, 2)
        found = structure_module._as_if_tied(fixed, pairs, np.random.default_rng(seed))
    finally:
        structure_module.DENSE_UP_TO = limit
    for (a, b), values in zip(pairs.tolist(), found, strict=True):
        tied = nx.Graph(graph)
        tied.add_edge(a, b)
        table = tie_structure(WeightedGraph.from_networkx(tied), nulls=0).table
        row = table.loc[(str(a), str(b))]
        expected = [row["structural_similarity"], row["structural_complementarity"]]
        assert values.tolist() == pytest.approx(expected, nan_ok=True)


class Drawn:
    """A null model whose random network is always the network itself."""

    def __init__(self, graph: WeightedGraph) -> None:
        self.graph = graph

    def draw(self, random: np.random.Generator) -> sparse.csr_array:
        return self.graph.adjacency

    def draw_dense(self, random: np.random.Generator) -> np.ndarray:
        return (self.graph.adjacency.toarray() != 0).astype(float)


def test_no_tie_of_random_networks_is_a_finding():
    """With 199 networks and 15 ties one tie alone could pass q ≤ .08; by chance hardly any does."""
    found = 0
    for seed in range(10):
        graph = WeightedGraph.from_networkx(nx.gnm_random_graph(10, 15, seed=seed))
        table = tie_structure(graph, nulls=199, seed=seed).table
        found += int((table.filter(like="_q") <= 0.08).any(axis=None))
    assert found <= 2


def test_ties_of_a_planted_square_stand_out():
    """Two who serve the same six, in a sparse random network: their ties close squares."""
    made = nx.gnm_random_graph(60, 70, seed=3)
    made.add_edges_from((hub, leaf) for hub in (100, 101) for leaf in range(200, 206))
    ties = tie_structure(WeightedGraph.from_networkx(made), nulls=599)
    told = ties.table["structural_complementarity_verdict"]
    planted = {tuple(sorted((str(h), str(v)))) for h in (100, 101) for v in range(200, 206)}
    found = told.index[told != "no more than degrees give"]
    assert planted == {tuple(sorted(ends)) for ends in found}
    assert ties.least_q == pytest.approx(82 / 600)
    for name in ("structural_similarity", "structural_complementarity"):
        p = ties.table[f"{name}_p"].to_numpy()
        np.testing.assert_allclose(ties.table[f"{name}_q"], benjamini_hochberg(p), rtol=0, atol=0)


def test_the_ties_of_karate_are_no_more_than_degrees_give():
    graph = WeightedGraph.from_networkx(nx.karate_club_graph())
    table = tie_structure(graph, nulls=199, seed=1).table
    assert (table["structural_complementarity_verdict"] == "no more than degrees give").all()
    assert table.equals(tie_structure(graph, nulls=199, seed=1).table)
    assert list(table.columns[:2]) == ["a_name", "b_name"]


def test_folded_ties_are_compared_with_affiliations():
    ties = tie_structure(affiliations(1), among="organisation", nulls=39)
    assert "folded again" in ties.null
    assert (ties.table["structural_similarity_q"] > 0.05).all()


def squares_by_hand(graph):
    count = 0
    for four in combinations(graph, 4):
        inner = graph.subgraph(four)
        count += inner.number_of_edges() == 4 and all(d == 2 for _, d in inner.degree())
    return count


def threes_by_hand(graph):
    paths = [
        (a, b, c, d)
        for b, c in graph.edges
        for a in graph[b]
        for d in graph[c]
        if len({a, b, c, d}) == 4
    ]
    return len(paths)


@given(graphs())
def test_against_a_count_by_hand(graph):
    paths = native.census.__wrapped__(WeightedGraph.from_networkx(graph))
    assert paths.squares.sum() / 16 == squares_by_hand(graph)
    assert paths.threes.sum() / 4 == threes_by_hand(graph)
    assert paths.triangles.sum() / 12 == sum(nx.triangles(graph).values()) / 3


@given(graphs())
def test_a_node_lies_between_its_ties(graph):
    network = WeightedGraph.from_networkx(graph)
    paths = native.census.__wrapped__(network)
    for value, part, whole in (
        (native.structural_similarity(network), paths.triangles, paths.wedges),
        (native.structural_complementarity(network), paths.squares, paths.threes),
    ):
        for node in range(len(network)):
            ties = (paths.rows == node) & (whole > 0)
            if not ties.any():
                assert np.isnan(value[node])
                continue
            ratios = part[ties] / whole[ties]
            assert ratios.min() - 1e-12 <= value[node] <= ratios.max() + 1e-12
            mean = np.average(ratios, weights=whole[ties])
            assert value[node] == pytest.approx(mean)


def affiliations(seed, organisations=60, projects=36):
    random = np.random.default_rng(seed)
    builder = EcosystemBuilder(name="random")
    for kind, letter, n in (("organisation", "o", organisations), ("project", "p", projects)):
        ids = [f"{letter}{i}" for i in range(n)]
        builder.add_table("nodes", pd.DataFrame({"id": ids, "kind": kind, "name": ids}))
    rows = [
        (f"o{i}", f"p{p}")
        for p in range(projects)
        for i in random.choice(organisations, 5, replace=False)
    ]
    ties = pd.DataFrame(rows, columns=["source", "target"]).assign(kind="participates_in")
    builder.add_table("ties", ties)
    return builder.build()


def test_folding_is_no_finding():
    """Random affiliations fold to cliques: rewiring the fold would call them significant."""
    found = [
        structure(affiliations(seed), among="organisation", nulls=39).loc["transitivity"]
        for seed in range(4)
    ]
    assert max(abs(row["z"]) for row in found) < 4
    assert sum(row["p"] <= 0.05 for row in found) <= 1


def test_karate_is_no_more_than_degrees_give():
    table = structure(WeightedGraph.from_networkx(nx.karate_club_graph()), nulls=99)
    assert table.loc["structural_complementarity", "verdict"] == "no more than degrees give"
    assert abs(table.loc["structural_complementarity", "z"]) < 1
    again = structure(WeightedGraph.from_networkx(nx.karate_club_graph()), nulls=99)
    assert table.equals(again)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_without_ties(n):
    table = structure(WeightedGraph.from_networkx(nx.empty_graph(n)))
    assert table.drop(columns="verdict").isna().all().all()
    assert (table["verdict"] == "not tested").all()
    ties = tie_structure(WeightedGraph.from_networkx(nx.empty_graph(n)))
    assert ties.table.empty
    assert ties.least_q is None


def test_words_and_refusals():
    assert verdict(0.005) == "more than degrees give"
    assert verdict(0.03) == "weak"
    assert verdict(float("nan")) == "not tested"
    with pytest.raises(BadParameter, match="nulls=-1"):
        structure(WeightedGraph.from_networkx(nx.path_graph(4)), nulls=-1)
    with pytest.raises(BadParameter, match="nulls=-1"):
        tie_structure(WeightedGraph.from_networkx(nx.path_graph(4)), nulls=-1)


def test_a_filter_of_kinds_goes_with_the_null(smart):
    table = structure(smart, among="organisation", only=["organisation", "project"], nulls=9)
    assert "folded again" in table.attrs["null"]


@given(st.integers(0, 10**6), st.sampled_from([(8, 14), (20, 30), (30, 120), (6, 15)]))
def test_the_quick_count_on_a_full_matrix_is_the_count_arc_by_arc(
    seed: int, size: tuple[int, int]
) -> None:
    graph = WeightedGraph.from_networkx(nx.gnm_random_graph(*size, seed=seed))
    slow = structure_module._whole(native.census(graph))
    quick = structure_module._whole_dense((graph.adjacency.toarray() != 0).astype(float))
    assert quick == pytest.approx(slow, nan_ok=True)
