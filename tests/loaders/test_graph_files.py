"""Anybody's networkx graph becomes rows; expected values follow from each small graph."""

import networkx as nx
import pytest

from partnergraph.graph.errors import UnknownName
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.graph_files import adopt


def test_ids_that_clash_are_numbered_in_the_order_of_the_file() -> None:
    graph = nx.Graph()
    graph.add_nodes_from(["É", "e", "E", "…", 5, "Straße"])
    nodes = adopt(graph).builder.build().nodes.set_index("original_id")
    assert nodes.loc[["É", "E", "…", "Straße"], "id"].tolist() == ["e-2", "e-3", "node", "strasse"]


def test_kinds_are_taken_from_the_vocabulary_or_from_the_caller() -> None:
    graph = nx.Graph([("a", "b")])
    eco = adopt(graph, node_kind="network", tie_kind="member_of").builder.build()
    assert set(eco.nodes["kind"]) == {"network"}
    assert eco.ties["kind"].tolist() == ["member_of"]
    eco = adopt(graph).builder.build()
    assert set(eco.nodes["kind"]) == {SCHEMA.actors[0]}
    assert eco.ties["kind"].tolist() == [SCHEMA.undirected[0]]
    for wrong in ({"node_kind": "planet"}, {"tie_kind": "orbit"}):
        with pytest.raises(UnknownName):
            adopt(graph, **wrong)


def test_a_direction_is_kept_as_who_reported_and_counts_when_asked_for() -> None:
    """A directed graph of another tool: its measures are networkx' on the same graph."""
    graph = nx.gnp_random_graph(30, 0.1, seed=3, directed=True)
    graph = nx.relabel_nodes(graph, {v: f"v{v}" for v in graph})
    eco = adopt(graph).builder.build()
    ours = eco.weighted_graph(directed=True)
    assert set(ours.to_networkx().edges) == set(graph.edges)
    assert set(map(frozenset, eco.weighted_graph().to_networkx().edges)) == set(
        map(frozenset, graph.edges)
    )


def test_a_direction_that_such_ties_lack_is_said_and_an_undirected_graph_has_none() -> None:
    said = "\n".join(adopt(nx.DiGraph([("b", "a")])).said)
    assert "1 of them had a direction, kept in reported_by (it counts when asked for)" in said
    assert "direction" not in "\n".join(adopt(nx.Graph([("b", "a")])).said)


def test_what_two_kinds_cannot_be_tied_by_is_set_aside() -> None:
    graph = nx.Graph()
    graph.add_node("a", kind="place")
    graph.add_node("b", kind="capability")
    graph.add_edge("b", "a")
    builder = adopt(graph).builder
    eco = builder.build(errors="set_aside")
    assert len(eco) == 2
    assert eco.ties.empty
    assert builder.aside["check"].tolist() == ["tie_kind_mismatch"]
