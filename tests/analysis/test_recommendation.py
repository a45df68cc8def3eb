"""Recommendations: the counterfactual by hand, the way there, limits, and what cannot be told."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.analysis import recommendation as module
from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, BadParameter, UnknownName
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph
from tests.strategies import ecosystems


@pytest.fixture(scope="module")
def chain() -> Ecosystem:
    """a – b – c – d in a row, e in a pair with f; c and e hold what a has not; N has a and d."""
    b = EcosystemBuilder(name="chain")
    for node, country in zip("abcdef", ("BE", "BE", "FR", "BE", "FR", "BE"), strict=True):
        b.node(node, kind="organisation", name=node.upper(), country=country)
    b.node("n", kind="network", name="N")
    for field in ("law", "art"):
        b.node(field, kind="capability", name=field.title())
    for one, other in ("ab", "bc", "cd", "ef"):
        b.tie("partner_of", one, other)
    for member in "ad":
        b.tie("member_of", member, "n")
    for holder, field in (("a", "law"), ("c", "art"), ("d", "law"), ("e", "art")):
        b.tie("offers", holder, field)
    return b.build()


def test_what_would_change_counted_by_hand(chain: Ecosystem) -> None:
    table = recommend(chain, "a", by="resource_allocation").table
    assert set(table.index) == {"c", "d", "e", "f"}
    # a – n – d – c – b – a is a ring, e – f a pair: of 7 · 6 ordered pairs 5 · 4 + 2 are joined.
    joined = table.loc["e", "counterfactual"]
    assert joined["fragmentation"] == {"before": pytest.approx(1 - 22 / 42), "after": 0}
    # No one cuts the ring; with a – e both a and e do.
    assert joined["single_points_of_failure"] == {"before": 0, "after": 2}
    # b, n; then c, d: four. With e also e and f.
    assert joined["within_two_steps"] == {"before": 4, "after": 6}
    assert joined["capabilities"] == {"before": 1, "after": 2}
    assert table.loc["d", "shared"] == ["N"]
    assert table.loc["d", "path"] == ["A", "N", "D"]
    assert table.loc["e", "path"] != table.loc["e", "path"]  # no way there: undefined
    assert table.loc["c", "fields_gained"] == ["Art"]
    assert table.loc["c", "fields_given"] == ["Law"]
    # d and c share one partner of two partners each with a.
    assert table.loc["c", "score"] == table.loc["d", "score"] == 0.5
    assert list(table.index)[:2] == ["c", "d"]


def test_limits(chain: Ecosystem) -> None:
    assert set(recommend(chain, "a", by="l3", country="fr").table.index) == {"c", "e"}
    two = recommend(chain, "A", by="l3", max_new=2)
    assert len(two.table) == 2
    assert two.together["capabilities"]["after"] == 2
    assert recommend(chain, "a", by="l3").together is None
    nobody = recommend(chain, "a", by="l3", country="LU")
    assert nobody.table.empty
    assert nobody.words == ["There is nobody left to recommend to A in LU."]


def test_what_leads_nowhere_is_said(chain: Ecosystem) -> None:
    found = recommend(chain, "f", by="resource_allocation", country=["LU", "BE"])
    assert (found.table["score"] == 0).all()
    assert "their order means nothing" in found.words[-1]


def test_the_test_of_the_predictor_comes_with_the_answer(smart: Ecosystem) -> None:
    found = recommend(smart, "febecoop")
    test = found.predictor
    assert {"name", "precision_at_k", "baselines", "better_than_chance"} <= set(test)
    assert {"popularity", "chance", "shuffled_attributes"} <= set(test["baselines"])
    assert "smart" not in found.table.index  # a partner already
    again = recommend(smart, "febecoop")
    assert again.table.equals(found.table)
    assert repr(again.predictor) == repr(test)


def test_all_partners_of_an_ecosystem_of_two() -> None:
    b = EcosystemBuilder()
    for node in "ab":
        b.node(node, kind="organisation")
    b.tie("partner_of", "a", "b")
    found = recommend(b.build(), "a")
    assert found.table.empty
    assert any("nobody left" in words for words in found.words)


def test_refusals(chain: Ecosystem, smart: Ecosystem) -> None:
    with pytest.raises(UnknownName, match="febecoop"):
        recommend(smart, "febicoop")
    with pytest.raises(BadParameter, match="is a capability"):
        recommend(chain, "law")
    for wrong in ({"top": 0}, {"max_new": 0}, {"k": 0}):
        with pytest.raises(BadParameter):
            recommend(chain, "a", **wrong)
    with pytest.raises(UnknownName):
        recommend(chain, "a", by="love")


@given(st.integers(0, 10**6), st.sampled_from([(12, 10), (20, 24), (30, 60)]))
def test_cuts_are_those_of_networkx_compiled_or_not(seed: int, size: tuple[int, int]) -> None:
    graph = nx.gnm_random_graph(*size, seed=seed)
    matrix = WeightedGraph.from_networkx(graph).adjacency
    expected = len(list(nx.articulation_points(graph)))
    assert module._cuts(matrix) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "COMPILE_FROM", -1)
        assert module._cuts(matrix) == expected


@settings(max_examples=15)
@given(ecosystems(), st.data())
def test_every_actor_gets_an_answer_and_nets_agree(eco: Ecosystem, data: st.DataObject) -> None:
    actors = [node for node, kind in eco.kind_of.items() if kind in SCHEMA.actors]
    if not actors:
        return
    me = data.draw(st.sampled_from(actors))
    try:
        table = recommend(eco, me).table
    except AmbiguousName:
        return
    graph = eco.weighted_graph().to_networkx()
    for other, row in table.iterrows():
        joined = nx.Graph(graph)
        joined.add_edge(me, other)
        change = row["counterfactual"]
        cuts = change["single_points_of_failure"]
        assert cuts["before"] == len(list(nx.articulation_points(graph)))
        assert cuts["after"] == len(list(nx.articulation_points(joined)))
        near = nx.single_source_shortest_path_length(joined, me, 2)
        count = sum(eco.kind_of[node] in SCHEMA.actors for node in near) - 1
        assert change["within_two_steps"]["after"] == count
        assert (row["path"] != row["path"]) == (not nx.has_path(graph, me, other))
