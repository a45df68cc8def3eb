"""To networkx and back: nothing is lost, for any ecosystem."""

import networkx as nx
import pytest
from hypothesis import given

from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.networkx_form import from_networkx, to_networkx
from tests.strategies import ecosystems


@given(ecosystems())
def test_there_and_back_loses_nothing(eco: Ecosystem) -> None:
    again = from_networkx(to_networkx(eco))
    assert not diff(eco, again)
    assert again == eco


def test_parallel_ties_are_parallel_edges_with_their_ids_as_keys(smart: Ecosystem) -> None:
    graph = to_networkx(smart)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_edges() == len(smart.ties) == 115
    both = [*graph["smart"]["coopcity"], *graph["coopcity"]["smart"]]
    expected = ["coopcity.partner_of.smart", "smart.hosts.coopcity", "smart.hosts.coopcity@2016"]
    assert sorted(both) == expected
    assert graph.edges["coopcity", "smart", "coopcity.partner_of.smart"]["directed"] is False


def test_blanks_are_left_out(smart: Ecosystem) -> None:
    graph = to_networkx(smart)
    assert "sector" not in graph.nodes["smart"]
    assert graph.nodes["let-it-coop"]["start"] == "2018-10"


def test_a_graph_without_kinds_is_refused() -> None:
    with pytest.raises(UnusableInput, match="no attribute kind"):
        from_networkx(nx.path_graph(3))
    graph = nx.Graph()
    graph.add_nodes_from("ab", kind="organisation", name="x")
    graph.add_edge("a", "b")
    with pytest.raises(UnusableInput, match="no attribute kind"):
        from_networkx(graph)


def test_a_plain_graph_with_kinds_is_an_ecosystem() -> None:
    graph = nx.Graph()
    graph.add_node("a", kind="organisation", name="A")
    graph.add_node("b", kind="network", name="B", country="BE")
    graph.add_edge("a", "b", kind="member_of")
    eco = from_networkx(graph)
    assert list(eco.ties["id"]) == ["a.member_of.b"]
    assert eco.nodes.set_index("id").loc["b", "country"] == "BE"
