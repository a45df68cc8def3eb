"""Who is tied to what, against a count by hand and Davis' own incidence."""

import networkx as nx
import numpy as np
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter


def davis() -> tuple[Ecosystem, nx.Graph]:
    graph = nx.davis_southern_women_graph()
    b = EcosystemBuilder()
    ids = {n: f"n{i}" for i, n in enumerate(graph)}
    for node, data in graph.nodes(data=True):
        b.node(ids[node], kind="organisation" if data["bipartite"] == 0 else "project")
    for a, e in graph.edges:
        a, e = (a, e) if graph.nodes[a]["bipartite"] == 0 else (e, a)
        b.tie("participates_in", ids[a], ids[e])
    return b.build(), graph


def test_davis_is_18_by_14_with_89_ties() -> None:
    eco, graph = davis()
    matrix = eco.two_mode(columns="project")
    assert matrix.incidence.shape == (18, 14)
    assert matrix.incidence.sum() == 89 == graph.number_of_edges()
    assert matrix.to_frame().sum().sum() == 89


def test_rows_and_columns_without_ties_stay_and_parallel_ties_count() -> None:
    b = EcosystemBuilder()
    for node in "ab":
        b.node(node, kind="organisation")
    b.node("x", kind="capability")
    b.node("y", kind="capability")
    b.tie("offers", "a", "x")
    b.tie("needs", "a", "x")
    matrix = b.build().two_mode()
    assert matrix.incidence.toarray().tolist() == [[2, 0], [0, 0]]
    assert matrix.binary.toarray().tolist() == [[1, 0], [0, 0]]
    assert b.build().two_mode(via="offers").incidence.sum() == 1
    assert b.build().two_mode(without="a").rows == ("b",)


def test_the_direction_of_a_tie_makes_no_difference() -> None:
    eco, _ = davis()
    one = eco.two_mode(columns="project").incidence
    other = eco.two_mode(rows="project", columns="organisation").incidence
    assert np.array_equal(one.toarray(), other.toarray().T)


def test_a_kind_in_rows_and_columns_is_refused(smart: Ecosystem) -> None:
    with pytest.raises(BadParameter, match="two different sets"):
        smart.two_mode(rows="project", columns="project")


def test_strengths_add_up_where_asked_for_and_a_missing_one_is_1() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    b.node("x", kind="capability")
    b.tie("offers", "a", "x", strength=2.5)
    b.tie("active_in", "a", "x")
    eco = b.build()
    assert eco.two_mode(weight="strength").incidence.toarray().tolist() == [[3.5]]
    assert eco.two_mode().incidence.toarray().tolist() == [[2]]
    with pytest.raises(BadParameter, match="strength"):
        eco.two_mode(weight="amount")
