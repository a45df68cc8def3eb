"""Roles, holes and cuts: the figures of sna, a count by hand, and honest nulls."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis import brokers as module
from partnergraph.analysis.brokers import ROLES, brokers
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.weighted_graph import WeightedGraph

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/brokerage.json").read_text(encoding="utf-8")
)
COLUMNS = {
    "coordinator": "w_I",
    "itinerant": "w_O",
    "gatekeeper": "b_OI",
    "representative": "b_IO",
    "liaison": "b_O",
    "total": "t",
}


def karate():
    made = nx.karate_club_graph()
    club = {str(node): made.nodes[node]["club"] for node in made}
    return WeightedGraph.from_networkx(made), club


@pytest.mark.parametrize("most", [module.MOST_TRIADS, -1])
def test_karate(most, monkeypatch):
    monkeypatch.setattr(module, "MOST_TRIADS", most)
    graph, club = karate()
    found = brokers(graph, by=club, permutations=99)
    table = found.table.loc[list(graph.ids)]
    for role in ROLES:
        np.testing.assert_array_equal(table[role], REFERENCE["karate"][role])
    expected = REFERENCE["karate_e_i"]
    assert found.mixing.e_i_index == pytest.approx(expected["index"], abs=1e-9)
    assert found.mixing.e_i_expected == pytest.approx(expected["expected"], abs=1e-9)
    assert found.mixing.e_i_p == 0.01
    assert table["coordinator_p"].dropna().between(0, 1).all()
    assert table["total_z"].isna().all()
    assert table["coordinator_z"].idxmax() == "0"


@pytest.mark.real
@pytest.mark.parametrize("name", ["emon_Texas", "emon_Wichita", "emon_MtSi"])
def test_disaster_networks(name, shared):
    path = shared.parent / "reference" / "brokerage_gould_fernandez.json"
    data = json.loads(path.read_text(encoding="utf-8"))["datasets"][name]
    made = nx.DiGraph()
    made.add_nodes_from(data["nodes"])
    made.add_edges_from((data["nodes"][a], data["nodes"][b]) for a, b in data["edges_index0"])
    group = data["group"]
    group = group if isinstance(group, dict) else dict(zip(data["nodes"], group, strict=True))
    found = brokers(WeightedGraph.from_networkx(made), by=group, permutations=9)
    table = found.table
    for node, row in data["raw"].items():
        assert {role: int(table.loc[node, role]) for role in ROLES} == {
            role: row[column] for role, column in COLUMNS.items()
        }
    if name == "emon_Texas":
        totals = {role: int(table[role].sum()) for role in REFERENCE["texas_total"]}
        assert totals == REFERENCE["texas_total"]


def by_hand(graph, group):
    counts = {node: dict.fromkeys(ROLES, 0) for node in graph}
    for a, b, c in permutations(graph, 3):
        if not (graph.has_edge(a, b) and graph.has_edge(b, c)) or graph.has_edge(a, c):
            continue
        one, two, three = group[a], group[b], group[c]
        if None in (one, two, three):
            continue
        if one == two == three:
            role = "coordinator"
        elif one == three:
            role = "itinerant"
        elif two == three:
            role = "gatekeeper"
        else:
            role = "representative" if one == two else "liaison"
        counts[b][role] += 1
        counts[b]["total"] += 1
    return counts


@given(
    st.integers(1, 7),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6))),
    st.lists(st.sampled_from(["x", "y", "z", None]), min_size=7, max_size=7),
    st.sampled_from([module.MOST_TRIADS, -1]),
)
def test_against_a_count_by_hand(n, directed, pairs, labels, most):
    made = nx.DiGraph() if directed else nx.Graph()
    made.add_nodes_from(range(n))
    made.add_edges_from((a, b) for a, b in pairs if a != b and max(a, b) < n)
    group = {node: labels[node] for node in made}
    module.MOST_TRIADS, before = most, module.MOST_TRIADS
    found = brokers(
        WeightedGraph.from_networkx(made), by={str(k): v for k, v in group.items()}, permutations=0
    )
    table = found.table
    module.MOST_TRIADS = before
    for node, counts in by_hand(made, group).items():
        if group[node] is None:
            assert table.loc[str(node), "total"] != table.loc[str(node), "total"]
        else:
            assert {role: int(table.loc[str(node), role]) for role in ROLES} == counts
    # Roles add up, and what cuts is what networkx says.
    known = table.dropna(subset=["total"])
    assert (known[list(ROLES[:5])].sum(axis=1) == known["total"]).all()
    plain = nx.Graph(made)
    cut = {str(node) for node in nx.articulation_points(plain)}
    assert set(table.index[table["articulation"]]) == cut
    for node in plain:
        rest = plain.subgraph(nx.node_connected_component(plain, node) - {node})
        assert table.loc[str(node), "pieces"] == nx.number_connected_components(rest)


def test_what_is_cut_off():
    graph, club = karate()
    found = brokers(graph, by=club, permutations=0)
    table = found.table
    assert table.loc["0", ["articulation", "pieces", "separated"]].tolist() == [True, 3, 6]
    assert found.bridges == [{"a": "0", "b": "11", "a_name": "0", "b_name": "11", "separated": 1}]
    assert [len(piece) for piece in found.cuts[0]["cut"]] == [5, 1]


@given(st.integers(1, 40), st.floats(0.02, 0.15), st.integers(0, 10**6))
def test_a_bridge_parts_what_is_left_without_it(n: int, p: float, seed: int) -> None:
    made = nx.gnp_random_graph(n, p, seed=seed)
    found = brokers(WeightedGraph.from_networkx(made)).bridges
    sides = {}
    for a, b in nx.bridges(made):
        rest = nx.restricted_view(made, [], [(a, b)])
        sides[frozenset((str(a), str(b)))] = min(
            len(nx.node_connected_component(rest, end)) for end in (a, b)
        )
    assert {frozenset((row["a"], row["b"])): row["separated"] for row in found} == sides
    assert [row["separated"] for row in found] == sorted(sides.values(), reverse=True)


def test_direction_tells_gatekeeper_from_representative():
    path = WeightedGraph.from_networkx(nx.DiGraph([("a", "b"), ("b", "c")]))
    for groups, role in (
        ("xxx", "coordinator"),
        ("xyx", "itinerant"),
        ("xyy", "gatekeeper"),
        ("xxy", "representative"),
        ("xyz", "liaison"),
    ):
        found = brokers(path, by=dict(zip("abc", groups, strict=True)), permutations=0)
        table = found.table
        assert {r for r in ROLES[:5] if table.loc["b", r]} == {role}


def test_random_groups_are_no_finding():
    graph, _ = karate()
    random = np.random.default_rng(5)
    small = []
    for seed in range(6):
        group = dict(zip(graph.ids, random.permutation(["x"] * 17 + ["y"] * 17), strict=True))
        found = brokers(graph, by=group, permutations=99, seed=seed)
        table = found.table
        small.append(table["coordinator_p"].dropna().le(0.05).mean())
        assert found.mixing.e_i_p >= 0.01
    assert np.mean(small) < 0.15


def test_smart(smart):
    found = brokers(smart, by="kind", permutations=99)
    table = found.table
    assert table.index[0] == "smart"
    assert table.loc["smart", "separated"] > 20
    assert brokers(smart, by="cluster", permutations=9).mixing.groups
    sphere = brokers(smart, by="sphere", permutations=9)
    assert sphere.mixing.ungrouped == len(sphere.table) - sum(sphere.mixing.groups.values())
    assert {"constraint", "effective_size", "pieces"} <= set(brokers(smart).table.columns)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_without_ties(n):
    graph = WeightedGraph.from_networkx(nx.empty_graph(n))
    found = brokers(graph, by="kind", permutations=9)
    table = found.table
    assert len(table) == n
    assert table["constraint"].isna().all()
    assert found.mixing.e_i_index != found.mixing.e_i_index


def test_refusals(smart):
    with pytest.raises(UnknownName, match="sphere"):
        brokers(smart, by="spere")
    with pytest.raises(BadParameter, match="permutations"):
        brokers(smart, permutations=-1)
    with pytest.raises(UnknownName, match="cluster"):
        brokers(karate()[0], by="club")
