"""Rank intervals: netrankr's figures, theorems about preorders, and missing data."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis import doubt as module
from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.doubt import (
    CHAINS,
    KINDS,
    _over_chains,
    dominance,
    doubt,
    expected_ranks,
    rank_in_words,
)
from partnergraph.analysis.measures import node_measures
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/dominance.json").read_text(encoding="utf-8")
)


def network(name):
    if name == "dbces11":
        made = nx.Graph()
        made.add_nodes_from("ABCDEFGHIJK")
        made.add_edges_from(REFERENCE["dbces11"]["edges"])
        return WeightedGraph.from_networkx(made)
    made = {"karate": nx.karate_club_graph, "davis": nx.davis_southern_women_graph}[name]()
    return WeightedGraph.from_networkx(made)


@pytest.mark.parametrize("name", ["dbces11", "karate", "davis"])
def test_intervals_of_netrankr(name):
    graph, expected = network(name), REFERENCE[name]
    n, below = len(graph), dominance(network(name))
    doubtful = doubt(graph, "dominance", measures="degree")
    table = doubtful.table.loc[list(graph.ids)]
    assert below.sum() == expected["pairs"]
    equals = (below & below.T).sum(axis=1)
    # netrankr ranks from the other end, and who is not above each other shares the least rank.
    np.testing.assert_array_equal(n + 1 - table["rank_high"], expected["lowest"])
    np.testing.assert_array_equal(n + 1 - table["rank_low"] - equals, expected["highest"])
    if not equals.any():
        assert doubtful.comparable == pytest.approx(expected["comparable"], abs=1e-9)


def test_expected_ranks_of_netrankr():
    ranks, errors, method = expected_ranks(dominance(network("dbces11")))
    np.testing.assert_allclose(12 - ranks, REFERENCE["dbces11"]["expected_rank"], atol=1e-9)
    assert method == "exact"
    assert not errors.any()
    poset = REFERENCE["poset"]
    ranks, _, _ = expected_ranks(np.array(poset["below"], dtype=bool))
    np.testing.assert_allclose(6 - ranks, poset["expected_rank"], atol=1e-9)


def test_sampled_ranks_come_near_with_their_error():
    strict = dominance(network("dbces11"))
    exact = expected_ranks(strict)[0]
    means, errors = _over_chains(strict & ~strict.T, np.ones(11), seed=1)
    assert np.abs(means - exact).max() < 4 * errors.max()
    assert errors.max() < 3 / np.sqrt(CHAINS)
    found, errors, method = expected_ranks(strict, most=10)
    assert method == "sampled"
    assert (errors > 0).all()
    assert np.abs(found - exact).max() < 0.5


@st.composite
def graphs(draw, most=7):
    n = draw(st.integers(1, most))
    end = st.integers(0, n - 1)
    made = nx.Graph()
    made.add_nodes_from(range(n))
    made.add_edges_from((a, b) for a, b in draw(st.lists(st.tuples(end, end))) if a != b)
    return WeightedGraph.from_networkx(made)


@given(graphs())
def test_who_is_dominated_is_never_more_central(graph):
    below = dominance(graph)
    for measure in ("degree", "betweenness", "closeness", "harmonic"):
        if measure == "betweenness" and len(graph) < 3:
            continue
        values = centrality(graph, measures=measure).loc[list(graph.ids), measure].to_numpy()
        for u, v in np.argwhere(below):
            assert values[u] <= values[v] + 1e-12, measure


@given(graphs(most=6))
def test_expected_rank_is_the_mean_over_all_rankings(graph):
    below = dominance(graph)
    strict, n = below & ~below.T, len(below)
    same = (below & below.T) | np.eye(n, dtype=bool)
    classes = {frozenset(np.flatnonzero(row)) for row in same}
    sums, count = np.zeros(n), 0
    for order in permutations(classes):
        first = [next(iter(c)) for c in order]
        if any(strict[first[x], first[y]] for y in range(len(order)) for x in range(y)):
            continue
        count, ahead = count + 1, 0
        for members in order:
            sums[list(members)] += ahead + (len(members) + 1) / 2
            ahead += len(members)
    np.testing.assert_allclose(expected_ranks(below)[0], sums / count, atol=1e-9)


@given(graphs())
def test_bounds_and_sum(graph):
    below, n = dominance(graph), len(graph)
    table = doubt(graph, "dominance", measures="degree").table.loc[list(graph.ids)]
    expected = table["expected_rank"].to_numpy()
    assert expected.sum() == pytest.approx(n * (n + 1) / 2)
    assert (table["rank_low"] <= expected + 1e-9).all()
    assert (expected <= table["rank_high"] + 1e-9).all()
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    isolates = ~graph.adjacency.toarray().any(axis=1)
    assert below[isolates].sum() == isolates.sum() * (n - 1)


def test_a_chain_of_dominance_leaves_no_doubt():
    # In a threshold network any two nodes can be compared, here beyond one word of bits.
    made = nx.Graph()
    for node in range(140):
        made.add_node(node)
        if node % 2:
            made.add_edges_from((node, other) for other in range(node))
    ranks, _, method = expected_ranks(dominance(WeightedGraph.from_networkx(made)))
    assert method == "exact"
    assert ranks.min() >= 1
    assert ranks.sum() == pytest.approx(140 * 141 / 2)


@pytest.mark.parametrize("kind", ["missing", "unrecorded", "respondents"])
def test_intervals_hold_the_rank_and_repeat(kind):
    graph = network("karate")
    table = doubt(graph, kind, measures=["degree", "closeness"], draws=40, seed=3).table
    for name in ("degree", "closeness"):
        assert (table[f"{name}_rank_low"] <= table[f"{name}_rank"]).all()
        assert (table[f"{name}_rank"] <= table[f"{name}_rank_high"]).all()
        assert table[f"{name}_rank_low"].min() >= 1
        assert table[f"{name}_rank_high"].max() <= len(graph)
    again = doubt(graph, kind, measures=["degree", "closeness"], draws=40, seed=3)
    assert table.equals(again.table)


def test_unrecorded_ties_reach_half_as_far_again_to_both_sides():
    graph = network("karate")
    drawn = doubt(graph, "missing", measures="degree", draws=40).table
    found = doubt(graph, "unrecorded", measures="degree", draws=40).table
    gap = np.maximum(drawn["rank_high"] - drawn["rank"], drawn["rank"] - drawn["rank_low"])
    reach = np.ceil(1.5 * gap)
    assert (found["rank_low"] == np.clip(drawn["rank"] - reach, 1, 34)).all()
    assert (found["rank_high"] == np.clip(drawn["rank"] + reach, 1, 34)).all()


def test_unrecorded_ties_leave_the_true_rank_within_reach():
    """Ten networks without a tenth of their ties; nine of ten true ranks are to be inside."""
    held, raw = [], []
    for seed in range(10):
        graph = WeightedGraph.from_networkx(nx.gnm_random_graph(40, 100, seed=seed))
        truth = doubt(graph, measures="degree", draws=1).table["rank"]
        random = np.random.default_rng(seed)
        seen = graph.without_ties(random.choice(100, 10, replace=False))
        for kind, into in (("unrecorded", held), ("missing", raw)):
            table = doubt(seen, kind, measures="degree", draws=40).table
            rank = truth[table.index]
            into += ((table["rank_low"] <= rank) & (rank <= table["rank_high"])).tolist()
    assert np.mean(held) >= 0.9
    assert np.mean(held) > np.mean(raw)


def test_who_leads_karate():
    """The most tied leads by one; the one in between leads by far."""
    first = doubt(network("karate"), measures=["degree", "betweenness"], draws=200).stays_first
    assert first is not None
    assert first["degree"] == pytest.approx(0.575, abs=0.12)
    assert first["betweenness"] == pytest.approx(0.99, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_smart(smart, kind):
    found = doubt(smart, kind, measures=["degree", "harmonic"], draws=10)
    table = found.table
    assert table.loc["smart", "rank"] == 1
    assert {"rank", "rank_low", "rank_high", "degree_rank"} <= set(table.columns)
    assert found.about()["kind"] == kind
    assert rank_in_words(table.loc["smart"]).startswith("1")


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_small(n, kind):
    graph = WeightedGraph.from_networkx(nx.empty_graph(n))
    assert len(doubt(graph, kind, measures="degree", draws=3).table) == n


def test_refusals():
    graph = network("dbces11")
    with pytest.raises(BadParameter, match="take one of"):
        doubt(graph, "misssing")
    with pytest.raises(BadParameter, match="a rate between"):
        doubt(graph, rate=1.5)
    with pytest.raises(BadParameter, match="5,000"):
        dominance(WeightedGraph.from_networkx(nx.empty_graph(5_001)))


def test_draws_that_would_take_hours_are_refused_with_a_remedy(monkeypatch):
    """At CORDIS' size the table would take days, degree a few minutes."""
    made = nx.gnm_random_graph(600, 3_000, seed=1)
    graph = WeightedGraph.from_networkx(made)
    monkeypatch.setattr(module, "MOST_DRAWN", 15_000_000)
    with pytest.raises(BadParameter) as told:
        doubt(graph, measures=["degree", "betweenness"], draws=5)
    for words in (
        "5 networks of 600 nodes and 3,000 tied pairs",
        "mostly betweenness",
        "at most 3 draws",
        "leave out betweenness",
        "a part of the network",
    ):
        assert words in str(told.value)
    with pytest.raises(BadParameter, match="take degree or strength"):
        doubt(graph, measures="betweenness", draws=50)
    assert len(doubt(graph, measures="degree", draws=2).table) == 600


@pytest.mark.parametrize("weighted", [False, True])
def test_what_a_draw_is_held_to_take_grows_with_the_network(weighted):
    one, two = (
        WeightedGraph.from_networkx(nx.gnm_random_graph(n, 4 * n, seed=1)) for n in (50, 99)
    )
    for name in node_measures(None):
        assert 0 < module._steps(name, one, weighted) < module._steps(name, two, weighted)


def test_many_draws_of_a_middling_network_are_compiled_and_change_nothing(monkeypatch):
    graph = network("karate")
    plain = doubt(graph, measures=["betweenness", "degree"], draws=5).table
    monkeypatch.setattr(module, "COMPILE_FROM", 0)
    compiled = doubt(graph, measures=["betweenness", "degree"], draws=5).table
    assert plain.equals(compiled)
