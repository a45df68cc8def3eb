"""What breaks: counts by hand on a small ecosystem, key players by all sets, and the calendar."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from unittest.mock import patch

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis import fragility as module
from partnergraph.analysis.fragility import FATES, forecast, fragility, key_players, state
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.weighted_graph import WeightedGraph


@pytest.fixture(scope="module")
def village():
    """Four actors: a – b in a project until 2025, b – c partners, c – d in one without an end."""
    builder = EcosystemBuilder(name="village")
    nodes = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d", "fair", "choir", "singing", "town"],
            "kind": [*["organisation"] * 4, "project", "project", "capability", "place"],
        }
    )
    nodes["name"] = nodes["id"].str.title()
    nodes["end"] = nodes["id"].map({"fair": "2025"})
    builder.add_table("nodes", nodes)
    ties = [
        ("a", "fair", "participates_in", None),
        ("b", "fair", "participates_in", None),
        ("b", "c", "partner_of", "2030-06"),
        ("c", "choir", "participates_in", None),
        ("d", "choir", "participates_in", None),
        ("d", "singing", "offers", None),
        ("a", "singing", "needs", None),
        ("d", "town", "located_in", None),
    ]
    builder.add_table("ties", pd.DataFrame(ties, columns=["source", "target", "kind", "end"]))
    return builder.build()


def test_who_leaves(village):
    found = fragility(village, leave="d")
    before, after, cascade = found.before, found.after, found.cascade
    assert before.components == 1
    assert before.lost_capabilities == 0
    assert (after.nodes, after.components, after.largest) == (5, 1, 5)
    assert after.lost_capabilities == 1
    assert found.capabilities == [{"id": "singing", "name": "Singing"}]
    # The choir is left with one member and ends; c keeps its partner.
    assert [step["id"] for step in found.cascade_steps] == ["choir"]
    assert (cascade.nodes, cascade.orphans) == (4, 0)
    assert found.table["fate"].to_dict() == {
        "d": "leaves",
        "choir": "loses ties",
        "a": "as before",
        "b": "as before",
        "c": "as before",
        "fair": "as before",
    }


def test_a_network_alone_can_lose_its_nodes_and_nothing_follows(village):
    graph = village.weighted_graph()
    found, whole = fragility(graph, leave=["d"]), fragility(village, leave="d")
    assert found.table["fate"].to_dict() == whole.table["fate"].to_dict()
    assert found.before == replace(whole.before, lost_capabilities=None)
    assert found.after == replace(whole.after, lost_capabilities=None)
    assert (found.cascade_steps, found.cascade) == ([], found.after)
    with pytest.raises(UnknownName, match="node of the network 'e'"):
        fragility(graph, leave="e")
    with pytest.raises(BadParameter, match="a network has no periods"):
        fragility(graph, until="2027")
    with pytest.raises(BadParameter, match="already made"):
        fragility(graph, leave="d", at="2018")
    everybody = fragility(graph, leave=list(graph.ids))
    assert everybody.after.nodes == 0
    assert (everybody.table["fate"] == "leaves").all()


def test_what_ends(village):
    found = fragility(village, until="2026")
    assert found.table.loc["fair", "fate"] == "ends"
    assert found.table.loc["a", "fate"] == "orphaned"
    assert found.after.orphans == 1
    assert fragility(village, until="2025").after == found.before
    later = fragility(village, until="2031", leave=["D"])
    assert later.after.orphans == 2
    assert later.after.components == 3


def test_the_calendar(village):
    table = forecast(village)
    assert table.loc[("all", 2026), ["ties", "dated", "lapsed"]].tolist() == [5, 3, 2]
    assert table.loc[("all", 2031), "share"] == pytest.approx(0.6)
    assert table.loc[("all", 2026), "share"] == pytest.approx(0.4)
    by = forecast(village, by="place")
    assert by.loc[("Town", 2031), "lapsed"] == 0
    assert ("cluster 1", 2026) in forecast(village, by="cluster").index
    # A folded network rests on the same ties.
    assert forecast(village, among="organisation").equals(table)


def test_smart(smart):
    found = fragility(smart, leave="smart", until="2027")
    assert found.table.loc["smart", "fate"] == "leaves"
    assert found.after.fragmentation > 0.8
    assert set(found.table["fate"]) <= set(FATES)
    assert found.table["piece_after"].isna().equals(found.table["fate"].isin(["leaves", "ends"]))
    assert key_players(smart, 2).table.index[0] == "smart"


def test_filters_and_direction(village, smart):
    directed = fragility(village, leave="d", directed=True).table
    assert directed.equals(fragility(village, leave="d").table)
    found = fragility(smart, leave="smart", among="organisation", without=["coopcity"])
    assert found.before.nodes == 8


@given(st.integers(2, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_state_against_networkx(n, pairs):
    made = nx.empty_graph(n)
    made.add_edges_from((a, b) for a, b in pairs if a != b and max(a, b) < n)
    found = state(WeightedGraph.from_networkx(made))
    sizes = [len(piece) for piece in nx.connected_components(made)]
    assert found.components == len(sizes)
    assert found.largest == max(sizes)
    reached = sum(s * (s - 1) for s in sizes) / (n * (n - 1))
    assert found.fragmentation == pytest.approx(1 - reached)
    assert found.distance_fragmentation == pytest.approx(1 - nx.global_efficiency(made))
    assert found.distance_fragmentation >= found.fragmentation - 1e-12


@given(
    st.integers(3, 8), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7))), st.integers(1, 3)
)
def test_key_players_against_all_sets(n, pairs, k):
    made = nx.empty_graph(n)
    made.add_edges_from((a, b) for a, b in pairs if a != b and max(a, b) < n)
    graph, k = WeightedGraph.from_networkx(made), min(k, n - 2)

    def left(gone):
        sizes = [len(p) for p in nx.connected_components(made.subgraph(set(made) - set(gone)))]
        return 1 - sum(s * (s - 1) for s in sizes) / ((n - k) * (n - k - 1))

    best = max(left(gone) for gone in combinations(range(n), k))
    found = key_players(graph, k)
    assert found.method == "exact"
    assert found.after.fragmentation == pytest.approx(best)
    assert left(int(i) for i in found.table.index) == pytest.approx(best)
    assert found.after.fragmentation == pytest.approx(best)
    with patch.object(module, "MOST_SETS", 0):
        searched = key_players(graph, k)
    assert searched.method == "search"
    assert searched.after.fragmentation <= best + 1e-12


def test_search_finds_what_one_at_a_time_does_not():
    """On forty random trees with a few more ties, the best of all sets of three each time."""
    better = 0
    for seed in range(40):
        made = nx.random_labeled_tree(18, seed=seed)
        made.add_edges_from(nx.gnm_random_graph(18, 6, seed=seed).edges)
        graph = WeightedGraph.from_networkx(made)
        exact = key_players(graph, 3).after.fragmentation
        with patch.object(module, "MOST_SETS", 0):
            assert key_players(graph, 3).after.fragmentation == exact
        circles = [set(row) for row in graph.adjacency.tolil().rows]
        greedy = module._one_by_one(circles, list(range(18)), 3)
        left = graph.take([i for i in range(18) if i not in greedy])
        better += state(left).fragmentation < exact
    assert better > 0


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11))), st.data())
def test_pairs_left_without_each_node_are_those_that_networkx_counts(n, pairs, data):
    made = nx.empty_graph(n)
    made.add_edges_from((a, b) for a, b in pairs if a != b and max(a, b) < n)
    gone = data.draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True))
    found = module._pairs_without_each([set(made[v]) for v in range(n)], gone)
    assert set(found) == set(range(n)) - set(gone)
    for v, value in found.items():
        rest = made.subgraph(set(made) - set(gone) - {v})
        assert value == sum(len(p) * (len(p) - 1) for p in nx.connected_components(rest))


@pytest.mark.parametrize("n", [0, 1])
def test_almost_nothing(n):
    found = state(WeightedGraph.from_networkx(nx.empty_graph(n)))
    assert (found.nodes, found.components, found.largest) == (n, n, n)
    assert np.isnan(found.fragmentation)
    assert np.isnan(found.distance_fragmentation)


def test_refusals(village):
    with pytest.raises(BadParameter, match="nothing happens"):
        fragility(village)
    with pytest.raises(BadParameter, match="one date"):
        fragility(village, until="2020/2027")
    with pytest.raises(BadParameter):
        fragility(village, until="soon")
    with pytest.raises(UnknownName):
        fragility(village, leave="nobody-at-all")
    with pytest.raises(BadParameter, match="key players"):
        key_players(village, 5)
    with pytest.raises(BadParameter, match="cluster or place"):
        forecast(village, by="sphere")
