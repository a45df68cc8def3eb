"""Answers on Spark are those in memory, of Smart and of a drawn affiliation."""

from __future__ import annotations

import os
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

import partnergraph as pg
from partnergraph.analysis.engines.leiden import Objective, leiden
from partnergraph.analysis.engines.spark import portfolios as engine
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import BadParameter, ServerFailed, UnknownName, Unsupported
from partnergraph.graph.spark.ecosystem import SparkEcosystem

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ACCEPT = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"
SETS = [
    "a_name",
    "b_name",
    "overlap",
    "gain_a_from_b",
    "gain_b_from_a",
    "mutual_gain",
    "jaccard_dissimilarity",
    "turnover",
    "nestedness",
    "jaffe_cosine",
    "realised",
]


def drawn(partners=60, fields=30, projects=12, seed=5):
    """Partners who hold some fields each, some ties and projects between them, one silent."""
    random = np.random.default_rng(seed)
    who = [f"p{i:02}" for i in range(partners)]
    what = [f"c{i:02}" for i in range(fields)]
    hubs = [f"h{i:02}" for i in range(projects)]
    kinds = {"organisation": who, "capability": what, "project": hubs}
    nodes = [(i, i.upper(), kind) for kind, ids in kinds.items() for i in ids]
    ties = [("offers", p, c) for p in who[1:] for c in random.choice(what, random.integers(1, 9))]
    ties += [("partner_of", *random.choice(who, 2, replace=False)) for _ in range(25)]
    ties += [("participates_in", p, h) for h in hubs for p in random.choice(who, 4)]
    ties += [("needs", who[0], what[-1])]
    builder = EcosystemBuilder(name="drawn")
    builder.add_table("nodes", pd.DataFrame(nodes, columns=["id", "name", "kind"]))
    tied = pd.DataFrame(ties, columns=["kind", "source", "target"]).drop_duplicates()
    builder.add_table("ties", tied)
    return builder.build()


@pytest.fixture(scope="module", params=range(5) if ACCEPT else [5])
def both(request, spark):
    eco = drawn(seed=request.param)
    return eco, SparkEcosystem.of(spark, eco)


def same(ours: pd.DataFrame, theirs: pd.DataFrame, columns: list[str]) -> None:
    assert ours.index.tolist() == theirs.index.tolist()
    for name in columns:
        one, other = ours[name].tolist(), theirs[name].tolist()
        if isinstance(one[0], str | bool):
            assert one == other, name
        else:
            one, other = (np.array(v, dtype=float) for v in (one, other))
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("pairs", ["all", "potential", "realised"])
def test_the_best_pairs_are_those_of_all_pairs(both, pairs, monkeypatch):
    eco, there = both
    # 59 partners: the largest 8 do not settle the best 40, 32 or more do.
    monkeypatch.setattr(engine, "FIRST_BLOCK", 8)
    found = pg.complementarity(there, pairs=pairs, top=40)
    same(found.table.top(40), pg.complementarity(eco, pairs=pairs, top=40).table, SETS)
    assert found.beyond is None
    assert found.silent == 1


def test_pairs_outside_the_largest_are_bounded(both):
    eco, there = both
    folios = engine.portfolios(there)
    found = engine.complements(folios, top=40, most_block=10)
    assert found.compared == 10
    every = pg.complementarity(eco, top=10_000).table
    sizes = {r["id"]: r["size"] for r in folios.partners.collect()}
    largest = sorted(sizes, key=lambda p: (-sizes[p], p))[:10]
    outside = every[[not {a, b} <= set(largest) for a, b in every.index]]
    assert outside["mutual_gain"].max() <= found.beyond
    assert found.frame.count() == 40


def test_the_pairs_of_one_partner_and_of_two(both):
    eco, there = both
    ours = pg.complementarity(there, "P07", top=10)
    same(ours.table.top(10), pg.complementarity(eco, "p07", top=10).table, SETS)
    two = pg.complementarity(there, "p07", "P03").table.top(5)
    same(two, pg.complementarity(eco, "p07", "p03").table, SETS)
    assert pg.complementarity(there, "p00").table.top(5).empty  # nothing on record
    with pytest.raises(BadParameter, match="are the same partner"):
        pg.complementarity(there, "p07", "P07")
    with pytest.raises(UnknownName):
        pg.complementarity(there, "nobody")


def test_coverage_is_that_in_memory(both):
    eco, there = both
    ours, theirs = pg.coverage(there), pg.coverage(eco, nulls=0)
    same(ours.partners.top(100), theirs.partners, ["name", "capabilities", "sole", "shapley"])
    fields = ours.capabilities.top(100)
    assert fields.index.tolist() == theirs.capabilities.index.tolist()
    assert fields["holders"].tolist() == theirs.capabilities["n"].tolist()
    alone = fields[fields["holders"] == 1]["only"]
    assert alone.to_dict() == {
        c: theirs.capabilities["holders"][c][0] for c in theirs.single_points
    }
    greedy = theirs.greedy[["id", "name", "gained", "covered"]]
    pd.testing.assert_frame_equal(ours.greedy, greedy, check_dtype=False)
    assert (ours.single_points, ours.silent) == (len(theirs.single_points), 1)
    # Every step on Spark gives the same as the driver.
    steps = engine.greedy_cover(engine.portfolios(there), in_memory=0)
    assert [step["id"] for step in steps] == greedy["id"].tolist()


def test_what_breaks_is_what_breaks_in_memory(both, spark, smart):
    cases = [
        (*both, {"leave": ["p07", "h03"]}),
        (smart, SparkEcosystem.of(spark, smart), {"leave": "smart", "until": "2019", "minimum": 3}),
    ]
    for eco, there, asked in cases:
        ours, theirs = pg.fragility(there, **asked), pg.fragility(eco, **asked)
        columns = ["name", "fate", "degree_before", "degree_after", "piece_before", "piece_after"]
        same(ours.table.top(1_000), theirs.table, columns)
        assert ours.table.attrs == theirs.table.attrs
        for state in ("before", "after", "cascade"):
            found, expected = (asdict(getattr(each, state)) for each in (ours, theirs))
            assert np.isnan(found.pop("distance_fragmentation"))
            del expected["distance_fragmentation"]
            assert found == pytest.approx(expected, abs=1e-12), state
        assert ours.cascade_steps == theirs.cascade_steps
        assert ours.capabilities == theirs.capabilities
        assert ours.fates == theirs.fates


def test_a_table_on_spark_is_that_in_memory(spark, smart, tmp_path):
    eco = SparkEcosystem.of(spark, smart)
    asked = {"measures": ["degree", "core_number", "constraint"], "without": "smart"}
    table = pg.centrality(eco, **asked)
    expected = pg.centrality(smart, **asked)
    same(table.top(1_000), expected, ["name", "kind", *asked["measures"]])
    assert table.attrs["network"] == expected.attrs["network"]
    assert len(table) == len(expected)
    graph = eco.weighted_graph(without="smart")
    of_graph = pg.centrality(graph, measures="degree")
    same(
        of_graph.top(1_000)[["degree"]],
        pg.centrality(smart, measures="degree", without="smart"),
        ["degree"],
    )
    assert of_graph.attrs["parameters"]["without"] == ["smart"]
    with pytest.raises(BadParameter, match="needs the ecosystem"):
        pg.fragility(graph, leave="smart")
    with pytest.raises(Unsupported, match="does not support structure"):
        pg.structure(graph)
    with pytest.raises(Unsupported, match="fold='significant'"):
        eco.weighted_graph(fold="significant")
    folder = str(tmp_path / "ranked.parquet")
    table.write(folder)
    assert spark.session.read.parquet(folder).count() == len(expected)
    with pytest.raises(ServerFailed, match=r"ranked\.parquet"):
        table.write(folder)
    with pytest.raises(BadParameter, match="the engine spark does not support katz"):
        pg.centrality(eco, measures="katz")


def test_clusters_on_spark_are_numbered_by_size(spark, smart):
    eco = SparkEcosystem.of(spark, smart)
    divided = pg.clusters(eco, among="organisation")
    found = divided.table.top(1_000)
    graph = smart.weighted_graph(among="organisation")
    tied = np.diff(graph.adjacency.indptr) > 0
    assert (found["cluster"].loc[np.array(graph.ids)[~tied]] == 0).all()
    sizes = found[found["cluster"] > 0]["cluster"].value_counts().sort_index()
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert [c["size"] for c in divided.clusters] == sizes.tolist()
    # Strengths count as they are there: the best of ten runs of Leiden on them is the oracle.
    worth = Objective.modularity(graph.adjacency)
    runs = [leiden(graph.adjacency, seed=seed) for seed in range(10)]
    best = max(worth.value(graph.adjacency, labels) for labels in runs)
    assert divided.quality["value"] == pytest.approx(best, abs=1e-9)
    with pytest.raises(BadParameter, match="does not support method='cpm'"):
        pg.clusters(eco, method="cpm")
