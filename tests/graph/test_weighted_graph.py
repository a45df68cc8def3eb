"""Folding and collapsing, against counts by hand and against networkx' own projections."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.weighted_graph import WeightedGraph


def example() -> Ecosystem:
    """Three organisations in one project, two of them in a network too, one direct tie twice."""
    b = EcosystemBuilder()
    for node in "abc":
        b.node(node, kind="organisation")
    b.node("p", kind="project")
    b.node("n", kind="network")
    b.node("x", kind="capability")
    for node, intensity in (("a", "integration"), ("b", "cooperation"), ("c", None)):
        b.tie("participates_in", node, "p", intensity=intensity)
    b.tie("participates_in", "a", "p", role="lead")
    b.tie("member_of", "a", "n")
    b.tie("member_of", "b", "n")
    b.tie("partner_of", "a", "b", strength=2.5)
    b.tie("partner_of", "a", "b", start="2019")
    b.tie("succeeds", "c", "a")
    b.tie("offers", "a", "x")
    b.tie("partner_of", "c", "c")
    return b.build()


def strengths(graph: WeightedGraph) -> dict[str, float]:
    return {f"{a}{b}": float(s) for (a, b), s in graph.pairs()["strength"].items()}


def test_the_default_network_has_actors_and_projects_and_leaves_history_out() -> None:
    graph = example().weighted_graph()
    assert graph.ids == ("a", "b", "c", "n", "p")
    # ap: two roles; ab: 2.5 and one without a strength.
    assert strengths(graph) == {"ab": 3.5, "an": 1, "ap": 2, "bn": 1, "bp": 1, "cp": 1}
    assert graph.ties == 8
    assert graph.recipe.dropped == {
        "ties that tell history": 1,
        "ties to itself": 1,
        "ties outside the network": 1,
    }


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        # newman: p has 3 members, each pair 1/2; n has 2, so 1. Direct ties stay as they are.
        ("newman", {"ab": 3.5 + 0.5 + 1, "ac": 0.5, "bc": 0.5}),
        ("count", {"ab": 3.5 + 1 + 1, "ac": 1, "bc": 1}),
        # intensity: a 4, b 2, c not known and so 1 in p; both not known and so 1 in n.
        ("intensity", {"ab": 3.5 + 2 + 1, "ac": 1, "bc": 1}),
    ],
)
def test_hubs_fold_as_their_weight_says(weight: str, expected: dict[str, float]) -> None:
    graph = example().weighted_graph(among="organisation", weight=weight)
    assert strengths(graph) == expected
    assert graph.recipe.notes["hubs folded"] == 2
    assert graph.recipe.notes["second ties of a member to a hub"] == 1


def test_a_hub_is_counted_after_filtering() -> None:
    graph = example().weighted_graph(among="organisation", without="a")
    assert strengths(graph) == {"bc": 1}  # p has two members left; n one, which adds nothing
    assert graph.recipe.dropped["hubs with a single member"] == 1


def test_via_chooses_what_folds() -> None:
    assert strengths(example().weighted_graph(among="organisation", via="member_of")) == {"ab": 4.5}
    assert strengths(example().weighted_graph(among="organisation", via=())) == {"ab": 3.5}
    graph = example().weighted_graph(among="organisation", via="offers")
    assert graph.recipe.dropped["hubs with a single member"] == 1


def test_a_network_that_stays_in_is_not_folded() -> None:
    graph = example().weighted_graph(among=["organisation", "network"])
    assert strengths(graph) == {"ab": 4.0, "ac": 0.5, "bc": 0.5, "an": 1, "bn": 1}


def test_direction_is_kept_where_asked_and_undirected_ties_run_both_ways() -> None:
    graph = example().weighted_graph(directed=True)
    assert graph.adjacency[graph.index["a"], graph.index["n"]] == 1
    assert graph.adjacency[graph.index["n"], graph.index["a"]] == 0
    assert graph.adjacency[graph.index["b"], graph.index["a"]] == 3.5


def test_disputed_ties_are_out_and_inferred_ones_in_and_counted() -> None:
    b = EcosystemBuilder()
    for node in "ab":
        b.node(node, kind="organisation")
    b.tie("partner_of", "a", "b", status="disputed")
    b.tie("funds", "a", "b", status="inferred")
    graph = b.build().weighted_graph()
    assert graph.ties == 1
    assert graph.recipe.dropped["ties of another status"] == 1
    assert graph.recipe.notes["inferred ties"] == 1
    assert b.build().weighted_graph(status="disputed").ties == 1


def test_the_recipe_names_each_step_in_its_order(smart: Ecosystem) -> None:
    graph = smart.weighted_graph(
        among="organisation", at="2018", without="smart", only="organisation"
    )
    words = str(graph.recipe)
    order = [
        words.index(step) for step in ("at 2018", "without smart", "only organisation", "nodes:")
    ]
    assert order == sorted(order)


def test_wrong_options_are_refused() -> None:
    with pytest.raises(UnknownName, match="node kind"):
        example().weighted_graph(among="people")
    with pytest.raises(UnknownName, match="tie kind"):
        example().weighted_graph(via="likes")
    with pytest.raises(BadParameter, match="newman"):
        example().weighted_graph(weight="heavy")


def test_smart_has_30_neighbours_among_33_and_29_in_2018(smart: Ecosystem) -> None:
    """Counted by hand from the page: all but the alliance and Coopkracht's two events.

    In 2018 the follow-up projects of 2019 are not there yet, and the study is.
    """
    for options, nodes, pairs, ties, degree in (
        ({}, 34, 64, 71, 30),
        ({"at": "2018"}, 33, 60, 64, 29),
    ):
        graph = smart.weighted_graph(**options)
        row = graph.adjacency[[graph.index["smart"]]]
        assert (len(graph), graph.n_pairs, graph.ties, row.nnz) == (nodes, pairs, ties, degree)


@st.composite
def affiliations(draw: st.DrawFn) -> list[tuple[int, int]]:
    cell = st.tuples(st.integers(0, 7), st.integers(0, 5))
    return draw(st.lists(cell, min_size=1, max_size=30, unique=True))


def affiliation(edges: list[tuple[int, int]]) -> tuple[Ecosystem, nx.Graph]:
    b, g = EcosystemBuilder(), nx.Graph()
    for actor in sorted({a for a, _ in edges}):
        b.node(f"o{actor}", kind="organisation")
        g.add_node(f"o{actor}")
    for hub in sorted({h for _, h in edges}):
        b.node(f"p{hub}", kind="project")
    for actor, hub in edges:
        b.tie("participates_in", f"o{actor}", f"p{hub}")
        g.add_edge(f"o{actor}", f"p{hub}")
    return b.build(), g


@given(affiliations())
def test_folding_equals_the_projections_of_networkx(edges: list[tuple[int, int]]) -> None:
    eco, graph = affiliation(edges)
    actors = [n for n in graph if n.startswith("o")]
    # networkx counts a hub's members as its degree; hubs with one member add nothing.
    newman = nx.bipartite.collaboration_weighted_projected_graph(graph, actors)
    count = nx.bipartite.weighted_projected_graph(graph, actors)
    for weight, expected in (("newman", newman), ("count", count)):
        folded = eco.weighted_graph(among="organisation", weight=weight)
        theirs = {tuple(sorted(e[:2])): e[2] for e in expected.edges(data="weight")}
        ours = {tuple(pair): s for pair, s in folded.pairs()["strength"].items()}
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(affiliations())
def test_newman_gives_each_member_one_per_hub_with_others(edges: list[tuple[int, int]]) -> None:
    """Newman 2001: the strengths of a member add up to its hubs with at least two members."""
    eco, graph = affiliation(edges)
    folded = eco.weighted_graph(among="organisation")
    total = np.asarray(folded.adjacency.sum(axis=1)).ravel()
    for node, strength in zip(folded.ids, total, strict=True):
        hubs = sum(graph.degree(h) > 1 for h in graph[node])
        assert strength == pytest.approx(hubs, abs=1e-12)


@given(affiliations())
def test_the_matrix_is_symmetric_to_the_last_bit_and_has_no_diagonal(
    edges: list[tuple[int, int]],
) -> None:
    eco, _ = affiliation(edges)
    for weight in ("newman", "count", "intensity"):
        matrix = eco.weighted_graph(among="organisation", weight=weight).adjacency
        assert (matrix != matrix.T).nnz == 0
        assert not matrix.diagonal().any()


def test_a_network_goes_to_networkx_and_back() -> None:
    graph = example().weighted_graph()
    again = WeightedGraph.from_networkx(graph.to_networkx(), weight="strength")
    assert (again.adjacency != graph.adjacency).nnz == 0
    assert (again.ids, again.names, again.kinds) == (graph.ids, graph.names, graph.kinds)


def test_loops_and_parallel_edges_of_a_networkx_graph_are_dropped_and_added() -> None:
    graph = nx.MultiGraph([(1, 2), (1, 2), (2, 2)])
    ours = WeightedGraph.from_networkx(graph)
    assert strengths(ours) == {"12": 2}
    assert ours.recipe.dropped == {"ties to itself": 1}


def test_an_empty_ecosystem_makes_an_empty_network() -> None:
    graph = EcosystemBuilder().build().weighted_graph()
    assert (len(graph), graph.n_pairs, graph.ties) == (0, 0, 0)
    assert list(itertools.chain(graph.pairs().index)) == []
