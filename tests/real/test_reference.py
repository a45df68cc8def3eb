"""Every figure of the shared oracles that a measure here has: R, netrankr, pathcensus, networkx.

The files stand beside the repository; what the daily tests need of them is in tests/reference.
Exact figures are held to 1e-9, or to the decimals their file has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from partnergraph.analysis.brokers import ROLES, brokers
from partnergraph.analysis.doubt import dominance, doubt, expected_ranks
from partnergraph.analysis.engines import native
from partnergraph.analysis.engines.select import node_measure
from partnergraph.analysis.fragility import state
from partnergraph.analysis.measures import catalogue
from partnergraph.analysis.structure import structure, tie_structure
from partnergraph.graph.weighted_graph import WeightedGraph

pytestmark = pytest.mark.real
NAMED = {
    "karate": nx.karate_club_graph,
    "davis": nx.davis_southern_women_graph,
    "davis_southern_women": nx.davis_southern_women_graph,
    "C4": lambda: nx.cycle_graph(4),
    "C5": lambda: nx.cycle_graph(5),
    "K4": lambda: nx.complete_graph(4),
    "K33": lambda: nx.complete_bipartite_graph(3, 3),
    "K23": lambda: nx.complete_bipartite_graph(2, 3),
    "petersen": nx.petersen_graph,
    "cube": nx.cubical_graph,
    "grid_3x3": lambda: nx.grid_2d_graph(3, 3),
}
# Ours, theirs, whether strengths count, and what ours is multiplied with on n nodes.
FROM_R: list[tuple[str, str, bool, Any]] = [
    ("degree", "degree", False, None),
    ("betweenness", "betweenness_igraph", False, lambda n: (n - 1) * (n - 2) / 2),
    ("betweenness", "betweenness_sna", False, lambda n: (n - 1) * (n - 2) / 2),
    ("closeness", "closeness_norm", False, None),
    ("closeness", "closeness_sna", False, None),
    ("harmonic", "harmonic_norm", False, lambda n: 1 / (n - 1)),
    ("eigenvector", "eigen_sna_l2", False, None),
    ("eigenvector", "eigen_max1", False, "max"),
    ("eigenvector", "eigen_max1_w", True, "max"),
    ("pagerank", "pagerank_085", False, None),
    ("core_number", "coreness", False, None),
    ("constraint", "constraint", False, None),
    ("constraint", "constraint_w", True, None),
    ("strength", "strength_w", True, None),
    ("clustering", "local_clustering", False, None),
]


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Any:
    folder = shared.parent / "reference"
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def network(name: str, *, weighted: bool = False) -> WeightedGraph:
    return WeightedGraph.from_networkx(NAMED[name](), weight="weight" if weighted else None)


def agree(ours: Any, theirs: dict[str, float | None], ids: tuple[str, ...], **options: Any) -> None:
    """Compare by id; what theirs leaves undefined, or R sets to 0 there, ours has as NaN."""
    expected = np.array([np.nan if theirs[i] is None else theirs[i] for i in ids], dtype=float)
    values = np.asarray(ours, dtype=float)
    undefined = np.isnan(values)
    assert (np.isnan(expected[undefined]) | (expected[undefined] == 0)).all()
    np.testing.assert_allclose(values[~undefined], expected[~undefined], rtol=0, **options)


@pytest.mark.parametrize("engine", ["networkx", "native"])
@pytest.mark.parametrize("name", ["karate", "davis"])
def test_centralities_of_r(name: str, engine: str, oracle: Any) -> None:
    figures, seen = oracle("centrality_R")["datasets"][name], 0
    for measure, theirs, weighted, factor in FROM_R:
        if theirs not in figures or catalogue()[measure].engines[engine] == "absent":
            continue
        graph = network(name, weighted=weighted)
        values = node_measure(measure, engine)(graph, weighted=weighted)
        if factor == "max":
            values = values / values.max()
        elif factor is not None:
            values = values * factor(len(graph))
        agree(values, figures[theirs], graph.ids, atol=1e-9)
        seen += 1
    assert seen >= (8 if engine == "networkx" else 11)


@pytest.mark.parametrize("name", ["karate", "davis"])
def test_the_whole_and_its_cuts(name: str, oracle: Any) -> None:
    r = oracle("centrality_R")["datasets"][name]
    python = oracle("centrality_brokerage_python")["values"][name]
    graph = network(name)
    whole = structure(graph, nulls=0)["value"]
    assert whole["transitivity"] == pytest.approx(r["transitivity"], abs=1e-9)
    found = brokers(graph)
    table = found.table
    assert sorted(table.index[table["articulation"]]) == sorted(r["articulation_points"])
    more = {node: table.loc[node, "pieces"] - 1 for node in table.index[table["articulation"]]}
    assert more == python["articulation_component_increase"]
    bridges = {frozenset((row["a"], row["b"])) for row in found.bridges}
    assert bridges == {frozenset(map(str, pair)) for pair in python["bridges"]}
    found = state(graph).distance_fragmentation
    assert 1 - found == pytest.approx(python["global_efficiency"], abs=1e-9)
    for measure in ("effective_size", "constraint"):
        values = getattr(native, measure)(graph)
        agree(values, python[measure], graph.ids, atol=5.1e-11)


@pytest.mark.parametrize("name", sorted(set(NAMED) - {"davis"}))
def test_structure_of_pathcensus(name: str, oracle: Any) -> None:
    figures = oracle("pathcensus_structural")["datasets"][name]
    graph = network(name)
    whole, paths = structure(graph, nulls=0)["value"], native.census(graph)
    for ours, theirs in (("transitivity", "sim_g"), ("structural_complementarity", "comp_g")):
        assert whole[ours] == pytest.approx(figures["global_"][theirs], abs=5.1e-11)
    census = figures["census_global"]
    assert paths.triangles.sum() / 12 == census["t"]
    assert paths.wedges.sum() / 4 == census["tw"]
    assert paths.squares.sum() / 16 == census["q0"]
    assert paths.threes.sum() / 4 == census["qw"]
    for ours, theirs in (("similarity", "sim"), ("complementarity", "comp")):
        values = getattr(native, f"structural_{ours}")(graph)
        mean = figures["global_"][theirs]
        assert np.nanmean(values) == pytest.approx(mean, abs=5.1e-11)
        filled = figures["global_zero_undefined"][theirs]
        assert np.nan_to_num(values).mean() == pytest.approx(filled, abs=5.1e-11)
        if "nodes" in figures:
            each = {node: row[theirs] for node, row in figures["nodes"].items()}
            agree(values, each, graph.ids, atol=5.1e-11)
            ties = tie_structure(graph, nulls=0).table[f"structural_{ours}"]
            by_pair = {frozenset(pair): value for pair, value in ties.items()}
            for a, b, value in figures[f"top_edges_{theirs}"]:
                assert by_pair[frozenset((a, b))] == pytest.approx(value, abs=5.1e-11)
            summary = figures[f"edges_{theirs}_summary"]
            assert (ties.notna().sum(), (ties == 0).sum()) == (
                summary["n_defined"],
                summary["n_zero"],
            )
            for part in ("max", "min", "mean"):
                assert getattr(ties, part)() == pytest.approx(summary[part], abs=5.1e-11)


def test_weighted_structure_of_pathcensus(oracle: Any) -> None:
    figures = oracle("pathcensus_structural")["datasets"]["karate"]
    graph = network("karate", weighted=True)
    for ours, theirs in (("similarity", "sim"), ("complementarity", "comp")):
        values = getattr(native, f"structural_{ours}")(graph, weighted=True)
        each = {node: row[theirs] for node, row in figures["weighted_nodes"].items()}
        agree(values, each, graph.ids, atol=5.1e-11)


def test_karate_against_the_null_of_pathcensus(oracle: Any) -> None:
    """Theirs keeps degrees in expectation, ours keeps them: both call it nothing."""
    theirs = oracle("pathcensus_structural")["ubcm_null_monte_carlo"]["networks"]["karate"]
    table = structure(network("karate"), nulls=199)
    for name, short in (("transitivity", "sim_g"), ("structural_complementarity", "comp_g")):
        assert abs(theirs[f"{short}_z"]) < 1
        assert table.loc[name, "p"] > 0.01


@pytest.mark.parametrize("name", ["dbces11", "karate", "davis"])
def test_ranks_of_netrankr(name: str, oracle: Any) -> None:
    whole = oracle("partial_rankings_netrankr")
    figures = whole["datasets"][name]
    made = nx.Graph() if name == "dbces11" else NAMED[name]()
    if name == "dbces11":
        made.add_nodes_from("ABCDEFGHIJK")
        made.add_edges_from(whole["edges_dbces11"])
    graph = WeightedGraph.from_networkx(made)
    below = dominance(graph)
    pairs = {(graph.ids[u], graph.ids[v]) for u, v in np.argwhere(below)}
    assert pairs == {tuple(pair) for pair in figures["dominance_pairs"]}
    table = doubt(graph, "dominance", measures="degree").table
    n, same = len(graph), (below & below.T).sum(axis=1)
    for x, node in enumerate(graph.ids):
        low, high = (table.loc[node, part] for part in ("rank_low", "rank_high"))
        assert n + 1 - high == figures["rank_interval_min"][node]
        assert n + 1 - low - same[x] == figures["rank_interval_max"][node]
    if "expected_rank" in figures:
        ranks, errors, method = expected_ranks(below)
        assert method == "exact"
        assert not errors.any()
        agree(n + 1 - ranks, figures["expected_rank"], graph.ids, atol=1e-9)


def test_roles_of_karate_and_e_i(oracle: Any) -> None:
    figures = oracle("brokerage_gould_fernandez")
    columns = {
        "coordinator": "w_I",
        "itinerant": "w_O",
        "gatekeeper": "b_OI",
        "representative": "b_IO",
        "liaison": "b_O",
        "total": "t",
    }
    made, rows = nx.karate_club_graph(), figures["datasets"]["karate"]["raw"]
    club = {str(node): made.nodes[node]["club"] for node in made}
    found = brokers(WeightedGraph.from_networkx(made), by=club, permutations=9)
    table, mixing = found.table, found.mixing
    assert mixing is not None
    for node, row in rows.items():
        assert {role: table.loc[node, role] for role in ROLES} == {
            role: row[column] for role, column in columns.items()
        }
    e_i = oracle("centrality_brokerage_python")["values"]["karate"]["EI"]
    assert mixing.e_i_index == pytest.approx(e_i["EI"], abs=5.1e-11)
    expected = next(value for key, value in e_i.items() if key.startswith("EI_expected"))
    assert mixing.e_i_expected == pytest.approx(expected, abs=5.1e-11)
