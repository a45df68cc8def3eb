"""Centralities against figures from R, against networkx, and against counts by hand."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnergraph as pg
from partnergraph.analysis.centrality import centrality, ranks
from partnergraph.analysis.measures import catalogue, default_centrality
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.weighted_graph import WeightedGraph

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/centrality.json").read_text())
GRAPHS = {"karate": nx.karate_club_graph, "davis": nx.davis_southern_women_graph}


def in_the_convention_of_r(name: str, values: pd.Series) -> pd.Series:
    """R's betweenness counts pairs, its harmonic closeness is divided by n - 1."""
    n = len(values)
    factor = {"betweenness": (n - 1) * (n - 2) / 2, "harmonic": 1 / (n - 1)}
    return values * factor.get(name, 1)


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("measure", default_centrality())
def test_every_measure_agrees_with_r(graph: str, measure: str) -> None:
    expected = REFERENCE["graphs"][graph].get(measure)
    if expected is None:  # Davis has no strengths; each of its ties counts 1
        expected = REFERENCE["graphs"][graph]["degree"]
    built = GRAPHS[graph]()
    ours = WeightedGraph.from_networkx(built, weight="weight" if measure == "strength" else None)
    values = centrality(ours, measures=measure)[measure].loc[[str(n) for n in built]]
    assert in_the_convention_of_r(measure, values).to_numpy() == pytest.approx(expected, abs=1e-9)


@st.composite
def graphs(draw: st.DrawFn) -> WeightedGraph:
    n = draw(st.integers(3, 9))
    directed = draw(st.booleans())
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    for a, b in draw(st.lists(pairs, max_size=20)):
        graph.add_edge(a, b, weight=draw(st.sampled_from([0.5, 1, 2, 3.5])))
    return WeightedGraph.from_networkx(graph, weight="weight")


@given(graphs(), st.booleans())
def test_path_measures_are_those_of_networkx(graph: WeightedGraph, weighted: bool) -> None:
    theirs, distance = graph.to_networkx(), "distance" if weighted else None
    ours = centrality(graph, measures=["betweenness", "closeness", "harmonic"], weighted=weighted)
    for measure, expected in (
        ("betweenness", nx.betweenness_centrality(theirs, weight=distance)),
        ("closeness", nx.closeness_centrality(theirs, distance=distance)),
        ("harmonic", nx.harmonic_centrality(theirs, distance=distance)),
    ):
        assert ours[measure].to_dict() == pytest.approx(expected, abs=1e-12)


@given(graphs())
def test_degrees_count_distinct_neighbours_and_strengths_add_up(graph: WeightedGraph) -> None:
    theirs = graph.to_networkx()
    table = centrality(graph, measures=["degree", "strength"])
    for node in graph.ids:
        assert table.loc[node, "degree"] == len(set(nx.all_neighbors(theirs, node)))
    # Each pair gives its strength to both ends, each arc to both of its own.
    assert table["strength"].sum() == pytest.approx(2 * graph.pairs()["strength"].sum())


@given(graphs(), st.booleans())
def test_values_stay_in_their_range_and_pagerank_adds_up_to_one(
    graph: WeightedGraph, weighted: bool
) -> None:
    table = centrality(graph, weighted=weighted)
    assert table["betweenness"].between(0, 1 + 1e-12).all()
    assert table["pagerank"].sum() == pytest.approx(1)
    eigen = table["eigenvector"].dropna()
    assert eigen.empty or (eigen**2).sum() == pytest.approx(1)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_names_of_nodes_make_no_difference(graph: WeightedGraph, random: Any) -> None:
    theirs = graph.to_networkx()
    names = list(graph.ids)
    random.shuffle(names)
    renamed = nx.relabel_nodes(theirs, dict(zip(graph.ids, names, strict=True)))
    one = centrality(graph)
    other = centrality(WeightedGraph.from_networkx(renamed, weight="strength"))
    for old, new in zip(graph.ids, names, strict=True):
        for measure in default_centrality():
            assert one.loc[old, measure] == pytest.approx(
                other.loc[new, measure], abs=1e-9, nan_ok=True
            )


def test_what_is_undefined_is_nan_and_never_zero() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    b.node("b", kind="organisation")
    table = centrality(b.build())
    assert table[["betweenness", "eigenvector"]].isna().all(axis=None)
    assert table["degree"].tolist() == [0, 0]
    assert centrality(EcosystemBuilder().build()).empty


def test_the_table_says_what_it_is(smart: Ecosystem) -> None:
    table = pg.centrality(smart, measures=["betweenness", "degree"], at="2018")
    assert list(table.columns) == ["name", "kind", "betweenness", "degree"]
    assert table.index.name == "id"
    assert table["betweenness"].is_monotonic_decreasing
    assert table.attrs["parameters"] == {"weighted": False, "at": "2018"}
    assert table.attrs["engine"] == {"betweenness": "native", "degree": "native"}
    assert table.attrs["network"]["recipe"].startswith("at 2018")
    assert "Freeman" in table.attrs["reference"]["betweenness"]


@pytest.mark.parametrize(
    ("options", "degree", "top"),
    [
        # Counted from the page: 15 actors and 15 projects; in 2018 one project less; only actors
        # of kind organisation: Smart with coopaname, oxalis, cesep, uclouvain, coopcity, febecoop,
        # saw-b and microstart, directly or through a project or Bigre!.
        ({}, 30, "smart"),
        ({"at": "2018"}, 29, "smart"),
        ({"among": "organisation"}, 8, "smart"),
    ],
)
def test_smart_against_counts_by_hand(
    smart: Ecosystem, options: dict[str, Any], degree: int, top: str
) -> None:
    table = centrality(smart, measures="degree", **options)
    assert (table.index[0], table["degree"].iloc[0]) == (top, degree)


def test_without_smart_nobody_has_more_than_four_neighbours(smart: Ecosystem) -> None:
    """By hand: the agreement (Cesep, UCLouvain, study, follow-up), Bigre! and its three others."""
    table = centrality(smart, measures="degree", without="smart")
    assert "smart" not in table.index
    assert table["degree"].max() == 4
    assert table.loc["agreement-cesep-uclouvain", "degree"] == 4


def test_wrong_questions_get_a_clear_answer(smart: Ecosystem) -> None:
    with pytest.raises(UnknownName, match="Did you mean betweenness"):
        centrality(smart, measures="betwenness")
    with pytest.raises(UnknownName, match="engine"):
        centrality(smart, engine="abacus")
    with pytest.raises(BadParameter, match="does not support katz"):
        centrality(smart, measures="katz", engine="spark")
    with pytest.raises(BadParameter, match="already made"):
        centrality(smart.weighted_graph(), at="2018")


def test_equal_values_share_the_best_rank_and_nan_has_none() -> None:
    values = pd.Series([3, 1, 3, np.nan, 0.1 + 0.2, 0.3])
    assert ranks(values).tolist()[:3] == [1, 3, 1]
    assert ranks(values)[4] == ranks(values)[5] == 4
    assert np.isnan(ranks(values)[3])


def test_every_measure_in_the_catalogue_is_complete() -> None:
    for measure in catalogue().values():
        assert measure.answers.endswith("?")
        assert measure.formula
        assert measure.reference
        assert measure.range
        assert set(measure.engines) == {"networkx", "native", "spark"}
        assert set(measure.engines.values()) <= {"exact", "approximate", "unweighted", "absent"}
        assert set(measure.error) == {e for e, h in measure.engines.items() if h == "approximate"}
        assert set(measure.title) == {"nl", "fr", "en"}
    assert set(pg.measures()["measure"]) == set(catalogue())
