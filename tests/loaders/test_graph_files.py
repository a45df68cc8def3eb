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


def test_a_tie_that_fits_the_other_way_only_is_turned_round() -> None:
    """A place is located in nothing that offers a capability, but a capability in a place."""
    graph = nx.Graph()
    graph.add_node("a", kind="place")
    graph.add_node("b", kind="capability")
    graph.add_edge("b", "a")
    draft = adopt(graph)
    ties = draft.builder.build().ties
    assert ties[["source", "kind", "target"]].to_numpy().tolist() == [["b", "located_in", "a"]]
    assert "1 tie is turned round" in "\n".join(draft.said)


def test_a_kind_that_does_not_link_its_ends_is_kept_as_a_word() -> None:
    """member_of leads to a network: between organisations the tie stays, as another kind."""
    graph = nx.DiGraph()
    graph.add_edge("a", "b", kind="member_of")
    draft = adopt(graph)
    ties = draft.builder.build().ties
    assert ties["kind"].tolist() == ["partner_of"]
    assert ties["original_kind"].tolist() == ["member_of"]
    assert "1 tie's kind links other kinds of nodes" in "\n".join(draft.said)


def test_each_weight_is_judged_by_itself() -> None:
    """One word among the weights leaves the other three as they are, and is listed."""
    graph = nx.Graph()
    for a, b, weight in (("a", "b", "2"), ("b", "c", 3), ("c", "d", "unknown"), ("d", "a", "4")):
        graph.add_edge(a, b, weight=weight)
    draft = adopt(graph, name="x.csv")
    ties = draft.builder.build().ties.set_index(["source", "target"])
    strengths = dict(zip(map(frozenset, ties.index), ties["strength"], strict=True))
    assert strengths[frozenset("ab")] == 2
    assert strengths[frozenset("bc")] == 3
    assert strengths[frozenset("ad")] == 4
    assert ties["strength"].isna().sum() == 1
    assert draft.rejected is not None
    assert draft.rejected["value"].tolist() == ["unknown"]
    assert "'unknown' is not a number" in draft.rejected["cause"].item()
    assert "x.csv: 1 weight is not a number" in "\n".join(draft.said)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [(["1,5", "0,25"], [1.5, 0.25]), (["1.234,5", "7"], [1234.5, 7]), (["0", "-3"], [None] * 2)],
)
def test_weights_written_as_text_are_read(texts: list[str], numbers: list[float | None]) -> None:
    graph = nx.Graph()
    for number, text in enumerate(texts):
        graph.add_edge("hub", f"n{number}", weight=text)
    draft = adopt(graph)
    ties = draft.builder.build().ties.sort_values("target")
    got = [None if s != s else s for s in ties["strength"].astype(object)]
    assert [g if g is None else float(g) for g in got] == numbers
    assert draft.rejected is None
    said = "\n".join(draft.said)
    assert ("decimal comma" in said) == any("," in text for text in texts)
    assert ("2 weights are not from 1e-12 to 1e+12" in said) == (numbers[0] is None)
