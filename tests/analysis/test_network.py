"""A network remembers how it was made: asked of it or of its ecosystem, the answer is the same."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from partnergraph.analysis.brokers import brokers
from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.cohesion import cohesion
from partnergraph.analysis.doubt import doubt
from partnergraph.analysis.fragility import key_players
from partnergraph.analysis.structure import structure, tie_structure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.weighted_graph import WeightedGraph

OPTIONS: list[dict[str, Any]] = [
    {},
    {"among": ["organisation"]},
    {"among": ["organisation"], "fold": "significant"},
    {"among": ["organisation"], "weight": "intensity", "at": "2018"},
]
QUESTIONS: dict[str, Any] = {
    "brokers": lambda asked, **o: brokers(asked, by="kind", permutations=9, **o).table,
    "structure": lambda asked, **o: structure(asked, nulls=9, **o),
    "ties": lambda asked, **o: tie_structure(asked, nulls=9, **o).table,
    "missing": lambda asked, **o: doubt(asked, "missing", measures="degree", draws=5, **o).table,
    "respondents": lambda asked, **o: doubt(asked, "respondents", measures="strength", **o).table,
    "dominance": lambda asked, **o: doubt(asked, "dominance", measures="degree", **o).table,
    "key players": lambda asked, **o: key_players(asked, 2, **o).table,
}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_clusters_of_a_network_are_those_of_its_ecosystem(
    options: dict[str, Any], smart: Ecosystem
) -> None:
    expected = clusters(smart, nulls=19, **options)
    found = clusters(smart.weighted_graph(**options), nulls=19)
    assert found.table.equals(expected.table)
    for name in ("verdict", "verdict_in_words"):
        assert getattr(found, name) == getattr(expected, name)
    assert repr(found.quality) == repr(expected.quality)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_network_answers_as_its_ecosystem(
    question: str, options: dict[str, Any], smart: Ecosystem
) -> None:
    ask = QUESTIONS[question]
    found, expected = ask(smart.weighted_graph(**options)), ask(smart, **options)
    assert found.equals(expected)
    assert found.attrs["network"] == expected.attrs["network"]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_part_is_the_network_of_the_ecosystem_without_the_rest(
    options: dict[str, Any], smart: Ecosystem
) -> None:
    whole = smart.weighted_graph(**options)
    for gone in (["smart"], [whole.ids[0], whole.ids[-1]]):
        rest = whole.take([i for i, node in enumerate(whole.ids) if node not in gone])
        expected = smart.weighted_graph(**options | {"without": gone})
        assert rest.ids == expected.ids
        assert abs(rest.adjacency - expected.adjacency).max() < 1e-12


def test_direction_is_dropped_as_if_it_had_never_been_kept(smart: Ecosystem) -> None:
    for among in (None, "organisation"):
        plain = smart.weighted_graph(among=among)
        found = smart.weighted_graph(among=among, directed=True).undirected()
        assert abs(found.adjacency - plain.adjacency).max() < 1e-12
        assert found.options == plain.options


def test_what_was_asked_once_is_remembered_and_no_more(smart: Ecosystem) -> None:
    eco = pickle.loads(pickle.dumps(smart))
    graph = eco.weighted_graph(among="organisation", at="2018")
    assert eco.weighted_graph(at="2018", among=["organisation"], via=None) is graph
    assert eco.weighted_graph(NetworkOptions.of({"among": "organisation", "at": "2018"})) is graph
    again = pickle.loads(pickle.dumps(eco))
    assert again == eco
    assert again.weighted_graph(among="organisation", at="2018") is not graph
    for year in range(1900, 2000):
        eco.weighted_graph(among="organisation", at=str(year))
    assert eco.weighted_graph(among="organisation", at="2018") is not graph


def test_options_that_do_not_exist_are_refused_with_those_that_do(smart: Ecosystem) -> None:
    with pytest.raises(BadParameter, match="among, via, weight, fold, directed, at"):
        smart.weighted_graph(colour="red")
    with pytest.raises(BadParameter, match="Did you mean undated"):
        clusters(smart, undate="drop")
    with pytest.raises(BadParameter, match="take one of all, significant"):
        smart.weighted_graph(fold="some")
    with pytest.raises(BadParameter, match="no direction"):
        smart.weighted_graph(fold="significant", directed=True)
    with pytest.raises(BadParameter, match="at, undated, without, only, status"):
        smart.filtered(rows="organisation")


def test_options_are_keywords_and_back() -> None:
    options = NetworkOptions.of({"among": "organisation", "without": "a", "weight": "newman"})
    assert options.chosen() == {"among": ["organisation"], "without": ["a"]}
    assert NetworkOptions.of(options.chosen()) == options
    assert NetworkOptions.of({}) == NetworkOptions() == NetworkOptions.of({"via": None})


def test_pieces_are_numbered_from_0(smart: Ecosystem) -> None:
    graph = smart.weighted_graph()
    count = cohesion(graph).loc["components", "value"]
    assert sorted(set(graph.pieces().tolist())) == list(range(int(count)))
    nobody = graph.take(np.array([], dtype=np.int64))
    assert (len(nobody), len(nobody.pieces())) == (0, 0)
    assert isinstance(nobody, WeightedGraph)


def test_ties_leave_a_network_as_they_leave_its_ecosystem(smart: Ecosystem) -> None:
    """Ties have the number of their row, so that leaving some out needs the network alone."""
    random = np.random.default_rng(0)
    for options in OPTIONS:
        graph = smart.weighted_graph(**options)
        assert graph.ties == len(graph.tie_numbers())
        gone = random.choice(len(smart.ties), 20, replace=False)
        left = smart.keep_ties(~np.isin(np.arange(len(smart.ties)), gone)).weighted_graph(**options)
        assert (graph.without_ties(gone).adjacency != left.adjacency).nnz == 0
