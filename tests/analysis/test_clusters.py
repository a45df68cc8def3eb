"""Clusters: the exact optima, planted groups, random networks without any, no claim too many."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.analysis.clusters import Clusters, clusters, stability_in_words, verdict_of
from partnergraph.analysis.engines.leiden import Objective, label_propagation, leiden
from partnergraph.analysis.partitions.agreement import adjusted_mutual_information
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph
from tests.strategies import ecosystems

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/clusters.json").read_text(encoding="utf-8")
)
KARATE = WeightedGraph.from_networkx(nx.karate_club_graph())
FULL = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"


def davis() -> Ecosystem:
    b = EcosystemBuilder(name="davis")
    for i in range(18):
        b.node(f"w{i}", kind="organisation")
    for j in range(1, 15):
        b.node(f"e{j}", kind="project")
    for i, events in enumerate(REFERENCE["davis"]["incidence"]):
        for j in events:
            b.tie("participates_in", f"w{i}", f"e{j}")
    return b.build()


def groups_of(found: Clusters) -> set[frozenset[str]]:
    tied = found.table[found.table["cluster"] > 0]
    return {frozenset(group.index) for _, group in tied.groupby("cluster")}


# -- the optima -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def karate() -> Clusters:
    return clusters(KARATE)


def test_karate_reaches_the_exact_optimum(karate: Clusters) -> None:
    expected = REFERENCE["karate"]
    assert karate.quality["value"] == pytest.approx(expected["optimum"], abs=1e-9)
    assert groups_of(karate) == {frozenset(group) for group in expected["optimal"]}
    assert karate.table["cluster"].value_counts().sort_index().tolist() == [12, 11, 6, 5]


def test_karate_has_clusters_and_says_how_sure(karate: Clusters) -> None:
    """200 rewired networks, each the best of 5 runs: .3043 ± .0137, z = 8.4."""
    quality, expected = karate.quality, REFERENCE["karate"]["null"]
    assert karate.verdict == "clear"
    assert quality["p"] == 1 / 200
    assert quality["null_mean"] == pytest.approx(expected["mean"], abs=0.01)
    assert quality["null_sd"] == pytest.approx(expected["sd"], abs=0.003)
    assert quality["z"] == pytest.approx(expected["z"], abs=1.5)
    # The one who is tied to both sides (9) is the least sure member of the largest cluster.
    assert karate.table.loc[karate.table["cluster"] == 1, "stability"].idxmin() == "9"
    assert karate.table.loc["9", "second_cluster"] == 2
    assert [c["name"] for c in karate.clusters][:2] == ["33, 32", "0, 1"]


def test_cpm_is_that_of_leidenalg() -> None:
    expected = REFERENCE["karate"]["cpm_0.1"]
    found = clusters(KARATE, method="cpm", resolution=0.1, nulls=0)
    assert found.quality["value"] * 2 == pytest.approx(expected["doubled_quality"])
    assert groups_of(found) == {frozenset(group) for group in expected["communities"]}


@pytest.mark.parametrize("k", ["2", "3", "4"])
def test_barber_modularity_of_davis(k: str) -> None:
    expected = REFERENCE["davis"]["barber"][k]
    ids = [f"w{i}" for i in range(18)] + [f"e{j}" for j in range(1, 15)]
    labels = np.array(
        [next(i for i, m in enumerate(expected["modules"]) if node in m) for node in ids]
    )
    matrix = nx.to_scipy_sparse_array(
        nx.Graph(
            [(f"w{i}", f"e{j}") for i, es in enumerate(REFERENCE["davis"]["incidence"]) for j in es]
        ),
        nodelist=ids,
        dtype=float,
        format="csr",
    )
    objective = Objective.barber(matrix, np.arange(32) < 18)
    assert objective.value(matrix, labels) == pytest.approx(expected["Q"], abs=1e-9)


def test_davis_is_divided_as_an_affiliation() -> None:
    """The best division that 6,000 restarts of BRIM find has four modules."""
    found = clusters(davis(), method="bipartite", nulls=9)
    expected = REFERENCE["davis"]["barber"]["4"]
    assert found.quality["best"] == pytest.approx(expected["Q"], abs=1e-9)
    assert found.quality["measure"] == "barber_modularity"
    assert set(found.table["kind"]) == {"organisation", "project"}
    again = clusters(davis().two_mode(columns="project"), method="bipartite", nulls=0)
    assert again.table["cluster"].to_dict() == found.table["cluster"].to_dict()


def test_quality_is_that_of_networkx_with_weights_and_resolution() -> None:
    graph = nx.karate_club_graph()
    matrix = WeightedGraph.from_networkx(graph, weight="weight").adjacency
    labels = np.array([i % 3 for i in range(34)])
    groups = [{n for n in graph if n % 3 == c} for c in range(3)]
    for gamma in (0.5, 1, 2):
        expected = nx.community.modularity(graph, groups, weight="weight", resolution=gamma)
        found = Objective.modularity(matrix, gamma).value(matrix, labels)
        assert found == pytest.approx(expected)


# -- the engine -------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.sampled_from([(40, 60), (60, 200), (30, 30)]))
def test_every_run_ends_in_connected_clusters_that_no_single_move_improves(
    seed: int, size: tuple[int, int]
) -> None:
    """Traag et al. 2019: clusters are connected, and the partition is locally optimal by node."""
    graph = nx.gnm_random_graph(*size, seed=seed)
    matrix = WeightedGraph.from_networkx(graph).adjacency
    for objective in (Objective.modularity(matrix), Objective.cpm(matrix, 0.1)):
        labels = leiden(matrix, objective, seed=seed)
        for cluster in np.unique(labels):
            assert nx.is_connected(graph.subgraph(np.flatnonzero(labels == cluster).tolist()))
        best = objective.value(matrix, labels)
        for node in range(size[0]):
            for cluster in set(labels[list(graph[node])].tolist()):
                moved = labels.copy()
                moved[node] = cluster
                assert objective.value(matrix, moved) <= best + 1e-9


@given(st.integers(0, 10**6))
def test_label_propagation_ends_where_each_has_the_label_of_most_neighbours(seed: int) -> None:
    graph = nx.gnm_random_graph(40, 80, seed=seed)
    labels = label_propagation(WeightedGraph.from_networkx(graph).adjacency, seed=seed)
    for cluster in np.unique(labels):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(labels == cluster).tolist()))
    assert len(set(labels[list(nx.isolates(graph))])) == len(list(nx.isolates(graph)))


@pytest.mark.parametrize("method", ["leiden", "louvain", "labels", "cpm"])
def test_compiled_or_not_the_result_is_the_same(method: str) -> None:
    matrix = WeightedGraph.from_networkx(nx.gnm_random_graph(120, 300, seed=3)).adjacency
    for seed in range(3):
        plain, fast = (
            label_propagation(matrix, seed=seed, compiled=compiled)
            if method == "labels"
            else leiden(
                matrix,
                Objective.cpm(matrix, 0.05) if method == "cpm" else None,
                seed=seed,
                refined=method != "louvain",
                compiled=compiled,
            )
            for compiled in (False, True)
        )
        assert np.array_equal(plain, fast)


def test_louvain_and_label_propagation_are_ways_too() -> None:
    for method in ("louvain", "labels"):
        found = clusters(KARATE, method=method, nulls=0)
        assert 0.35 < found.quality["value"] <= REFERENCE["karate"]["optimum"] + 1e-12
        assert found.table.attrs["parameters"]["method"] == method


def test_a_random_graph_on_which_scikit_network_did_not_end() -> None:
    graph = nx.gnm_random_graph(250, 620, seed=1)
    found = clusters(WeightedGraph.from_networkx(graph), starts=3, nulls=0)
    rival = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=0))
    assert found.quality["best"] > rival


# -- none, weak, clear ------------------------------------------------------------------------


def random_network(kind: str, seed: int) -> Ecosystem | WeightedGraph:
    if kind == "erdos_renyi":
        return WeightedGraph.from_networkx(nx.gnp_random_graph(60, 0.08, seed=seed))
    if kind == "configuration":
        random = np.random.default_rng(seed)
        degrees = np.minimum(random.zipf(2.2, 80), 20)
        degrees[0] += degrees.sum() % 2
        graph = nx.Graph(nx.configuration_model(degrees.tolist(), seed=seed))
        return WeightedGraph.from_networkx(graph)
    random = np.random.default_rng(seed)
    b = EcosystemBuilder()
    for i in range(60):
        b.node(f"o{i}", kind="organisation")
    for p in range(36):
        b.node(f"p{p}", kind="project")
        for i in random.choice(60, 5, replace=False):
            b.tie("participates_in", f"o{i}", f"p{p}")
    return b.build()


@pytest.mark.parametrize("kind", ["erdos_renyi", "configuration", "folded"])
def test_random_networks_have_no_clusters(kind: str) -> None:
    """Daily three; in full the 100 of `benchmarks/clusters.py`, of which at least 95 have none."""
    options = {"among": "organisation"} if kind == "folded" else {}
    drawn = [random_network(kind, seed) for seed in range(3)]
    if FULL:
        from benchmarks import clusters as benchmark

        drawn = [getattr(benchmark, kind)(seed) for seed in range(100)]
    found = [clusters(one, nulls=199 if FULL else 39, **options) for one in drawn]
    said = [one.verdict for one in found]
    assert said.count("none") >= (95 if FULL else 2)
    assert said.count("clear") <= (3 if FULL else 0)


def planted(within: float, between: float, seed: int) -> tuple[WeightedGraph, np.ndarray]:
    graph = nx.random_partition_graph([50] * 4, within, between, seed=seed)
    return WeightedGraph.from_networkx(graph), np.repeat(np.arange(4), 50)


def test_planted_groups_are_found_as_far_as_they_can_be() -> None:
    """4 × 50, ties within and between .30/.02, .20/.05, .12/.06."""
    for within, between, least in ((0.3, 0.02, 0.95), (0.2, 0.05, 0.6)):
        network, truth = planted(within, between, 0)
        found = clusters(network, nulls=9)
        labels = found.table["cluster"].reindex(list(network.ids)).to_numpy()
        assert adjusted_mutual_information(labels, truth) >= least
        assert found.quality["p"] == 1 / 10
    hard = clusters(planted(0.12, 0.06, 0)[0], nulls=39)
    assert hard.quality["p"] > 0.01


def weighted(ends: nx.Graph, seed: int) -> WeightedGraph:
    """Strengths that are the product of what the two ends typically give, and of chance."""
    random = np.random.default_rng(seed)
    own = random.lognormal(0, 0.9, len(ends))
    for a, b in ends.edges:
        ends[a][b]["w"] = own[a] * own[b] * random.lognormal(0, 0.2)
    return WeightedGraph.from_networkx(ends, weight="w")


def test_strong_actors_neither_hide_groups_nor_make_any() -> None:
    """By raw strengths p is 1 for such groups: the few strongest ties drown them."""
    groups = weighted(nx.random_partition_graph([15] * 4, 0.3, 0.03, seed=3), 3)
    found = clusters(groups, nulls=39, starts=5)
    labels = found.table["cluster"].reindex(list(groups.ids)).to_numpy()
    assert found.quality["p"] == 1 / 40
    assert adjusted_mutual_information(labels, np.repeat(np.arange(4), 15)) >= 0.75
    assert "relative to those of their ends" in found.quality["null"]
    chance = [weighted(nx.gnp_random_graph(60, 0.1, seed=seed), seed) for seed in range(3)]
    assert min(clusters(one, nulls=39, starts=2).quality["p"] for one in chance) > 0.05


def test_a_verdict_needs_random_networks_enough() -> None:
    assert verdict_of(1 / 200, 199, 4) == "clear"
    assert verdict_of(1 / 50, 49, 4) == "weak"
    assert verdict_of(0.06, 199, 4) == "none"
    assert verdict_of(float("nan"), 0, 4) == "untested"
    assert verdict_of(1 / 10, 9, 4) == "untested"  # nine are too few, if none reaches it
    assert verdict_of(2 / 10, 9, 4) == "none"
    assert verdict_of(1 / 200, 199, 1) == "none"
    assert verdict_of(1 / 200, 199, 4, 0.74) == "borderless"
    assert verdict_of(0.06, 199, 4, 0.74) == "none"


@pytest.mark.parametrize("made", [nx.watts_strogatz_graph(60, 6, 0), nx.grid_2d_graph(8, 9)])
def test_a_ring_or_a_grid_has_no_borders(made: nx.Graph) -> None:
    """Every rotation is as good a division; ties are denser around each node all the same."""
    found = clusters(WeightedGraph.from_networkx(nx.convert_node_labels_to_integers(made)))
    assert found.quality["p"] <= 0.01
    assert found.verdict == "borderless"
    assert "without clear borders" in found.verdict_in_words
    found = clusters(KARATE, nulls=0)
    assert found.verdict == "untested"
    assert "not a finding" in found.verdict_in_words
    assert [stability_in_words(x) for x in (0.8, 0.6, 0.2)] == ["stable", "shifting", "dissolves"]


def test_davis_has_no_pair_beyond_what_degrees_give() -> None:
    found = clusters(davis(), among="organisation", fold="significant")
    dropped = found.table.attrs["network"]["dropped"]["folded pairs that degrees explain"]
    assert dropped == 139  # all pairs of women that met
    assert (found.table["cluster"] == 0).all()
    assert found.verdict == "none"
    assert "Nothing is tied" in found.verdict_in_words


# -- the same network, written otherwise -------------------------------------------------------


def test_what_nodes_are_called_changes_nothing(karate: Clusters) -> None:
    names = {node: f"n{(7 * i + 3) % 34:02d}" for i, node in enumerate(nx.karate_club_graph())}
    graph = nx.relabel_nodes(nx.karate_club_graph(), names)
    graph = nx.Graph([*reversed(list(graph.edges))])
    found = clusters(WeightedGraph.from_networkx(graph))
    back = {new: str(old) for old, new in names.items()}
    assert {frozenset(back[n] for n in group) for group in groups_of(found)} == groups_of(karate)
    for name in ("value", "null_mean", "p"):
        assert found.quality[name] == pytest.approx(karate.quality[name])


def test_renamed_ids_and_shuffled_rows_give_the_same(smart: Ecosystem) -> None:
    expected = clusters(smart, nulls=19)
    new = {
        node: f"x{i:03d}"
        for i, node in enumerate(sorted(smart.kind_of, key=lambda node: node[::-1]))
    }
    tables = smart.tables
    tables["nodes"] = (
        tables["nodes"].assign(id=tables["nodes"]["id"].map(new)).sample(frac=1, random_state=1)
    )
    ties = tables["ties"].assign(
        source=tables["ties"]["source"].map(new), target=tables["ties"]["target"].map(new)
    )
    tables["ties"] = ties.sample(frac=1, random_state=2)
    found = clusters(Ecosystem({"nodes": tables["nodes"], "ties": tables["ties"]}), nulls=19)
    old = {b: a for a, b in new.items()}
    assert {frozenset(old[n] for n in g) for g in groups_of(found)} == groups_of(expected)
    assert found.verdict == expected.verdict


@settings(max_examples=100 if FULL else 12)
@given(st.integers(0, 10**6), st.permutations(range(24)))
def test_whatever_nodes_are_called_the_quality_is_the_same(seed: int, names: list[int]) -> None:
    graph = nx.gnm_random_graph(24, 48, seed=seed)
    renamed = nx.relabel_nodes(graph, dict(enumerate(f"n{name:02d}" for name in names)))
    one, other = (
        clusters(WeightedGraph.from_networkx(g), starts=5, nulls=5) for g in (graph, renamed)
    )
    assert one.verdict == other.verdict
    for name in ("value", "best"):
        assert one.quality[name] == pytest.approx(other.quality[name])


@settings(max_examples=60 if FULL else 8)
@given(ecosystems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(eco: Ecosystem, random: Random) -> None:
    tables = eco.tables
    for name in ("nodes", "ties"):
        order = list(range(len(tables[name])))
        random.shuffle(order)
        tables[name] = tables[name].iloc[order]
    one, other = (clusters(e, starts=2, nulls=2) for e in (eco, Ecosystem(tables)))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert repr(one.quality) == repr(other.quality)


def test_the_same_seed_gives_the_same(smart: Ecosystem) -> None:
    one, other = (clusters(smart, seed=3, nulls=9) for _ in range(2))
    assert one.table.equals(other.table)
    assert one.quality == other.quality
    assert one.clusters == other.clusters


def test_clusters_keep_the_numbers_of_an_earlier_year(karate: Clusters) -> None:
    earlier = karate.table["cluster"].map({1: 7, 2: 3, 3: 1, 4: 0})
    found = clusters(KARATE, like=earlier, nulls=0)
    now, matched = found.table["cluster"], found.matched
    assert (now[karate.table.index[karate.table["cluster"] == 1]] == 7).all()
    assert (now[karate.table.index[karate.table["cluster"] == 2]] == 3).all()
    assert (
        now[karate.table.index[karate.table["cluster"] == 4]] == 8
    ).all()  # new: a number not used before
    assert matched["new"].to_dict() == {1: False, 3: False, 7: False, 8: True}
    assert matched.loc[7, "stayed"] == 12
    assert {c["id"] for c in found.clusters} == {1, 3, 7, 8}


def test_clusters_are_like_those_of_another_ecosystem(smart: Ecosystem) -> None:
    later = smart.without("uclouvain")
    found = clusters(later, like=smart, nulls=0)
    before = clusters(smart, nulls=0)
    both = found.table.index.intersection(before.table.index)
    assert (found.table.loc[both, "cluster"] == before.table.loc[both, "cluster"]).mean() > 0.9


# -- bad input --------------------------------------------------------------------------------


def test_two_cliques_and_a_loner() -> None:
    b = EcosystemBuilder()
    for node in "abcdefg":
        b.node(node, kind="organisation")
    for group in ("abc", "def"):
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                b.tie("partner_of", one, other)
    found = clusters(b.build())
    # Equal sizes go by their first id; who has no ties is in no cluster and comes last.
    assert found.table["cluster"].to_dict() == {
        "a": 1,
        "b": 1,
        "c": 1,
        "d": 2,
        "e": 2,
        "f": 2,
        "g": 0,
    }
    assert list(found.table.index) == list("abcdefg")
    assert np.isnan(found.table.loc["g", "stability"])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_one_piece_is_no_cluster(n: int) -> None:
    found = clusters(WeightedGraph.from_networkx(nx.complete_graph(n)))
    assert found.verdict == "none"
    assert "no clusters" in found.verdict_in_words
    json.dumps(found.clusters)


def test_nothing_at_all() -> None:
    assert clusters(EcosystemBuilder().build()).table.empty
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    for method in ("leiden", "labels", "cpm", "bipartite"):
        found = clusters(b.build(), method=method)
        assert found.table["cluster"].tolist() == [0]
        assert np.isnan(found.quality["value"])
        assert found.verdict == "none"


@settings(max_examples=150 if FULL else 15)
@given(ecosystems(), st.sampled_from(["leiden", "labels", "cpm", "bipartite"]))
def test_any_ecosystem_gets_an_answer(eco: Ecosystem, method: str) -> None:
    found = clusters(eco, method=method, nulls=3, starts=2)
    assert sorted(c["size"] for c in found.clusters) == sorted(
        found.table["cluster"][found.table["cluster"] > 0].value_counts()
    )
    assert found.verdict in ("none", "untested", "weak", "clear", "borderless")
    assert found.table["stability"].dropna().between(0, 1).all()


def test_wrong_parameters_are_refused(smart: Ecosystem) -> None:
    for wrong in (
        {"resolution": 0},
        {"resolution": float("nan")},
        {"starts": 0},
        {"nulls": -1},
        {"method": "infomap"},
        {"fold": "some"},
        {"like": {"smart": -1}},
        {"seed": -1},
        {"method": "bipartite", "weight": "count"},
    ):
        with pytest.raises(BadParameter):
            clusters(smart, **wrong)
    with pytest.raises(BadParameter, match="Give the ecosystem"):
        clusters(KARATE, method="bipartite")
