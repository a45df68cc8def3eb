"""Ecosystems on Spark: the same tables, the same folding, the same findings as in memory."""

from __future__ import annotations

import os

import numpy as np
import pytest

import partnergraph as pg
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import (
    AlreadyThere,
    AmbiguousName,
    BadParameter,
    MissingInput,
    UnknownName,
    UnusableInput,
)
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.session import Spark, quoted

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ACCEPT = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"
ASKED = [
    {},
    {"among": "organisation"},
    {"among": "organisation", "weight": "count", "without": "o3-4", "undated": "drop"},
    {"among": "organisation", "weight": "intensity", "directed": True},
    {"among": "organisation", "at": "2018", "only": ["organisation", "project"]},
    {"at": "2017", "undated": "drop", "directed": True, "status": "declared"},
]


def drawn(number: int, b: EcosystemBuilder) -> None:
    """Add one random ecosystem: hubs, direct and parallel ties, periods, loops of roles."""
    random = np.random.default_rng(number)
    o, p = (f"{letter}{number}-" for letter in "op")
    n, hubs = int(random.integers(5, 15)), int(random.integers(2, 8))
    for i in range(n):
        b.node(
            f"{o}{i}", kind="organisation", name=f"O {number} {i}", end=[None, "2017"][i % 7 == 3]
        )
    for h in range(hubs):
        about = {"start": "2016", "end": ["2017-06", "2019"][h % 2]} if h % 3 else {}
        b.node(f"{p}{h}", kind="project" if h % 4 else "network", name=f"P {number} {h}", **about)
        kind = "participates_in" if h % 4 else "member_of"
        for i in random.choice(n, int(random.integers(1, min(n, 6))), replace=False):
            role = "lead" if h % 4 and i % 2 else None
            some = {"intensity": "coordination"} if i % 3 == 0 else {}
            b.tie(kind, f"{o}{i}", f"{p}{h}", role=role, **some)
            if h % 4 and i % 4 == 0:  # in a second role
                b.tie(kind, f"{o}{i}", f"{p}{h}", role="funder", intensity="integration")
    for _ in range(n):
        i, j = random.integers(0, n, 2)
        more: dict = {"strength": float(random.choice([0.5, 2.0]))} if i % 2 else {}
        status = [None, "inferred", "disputed"][int(random.integers(0, 3))]
        kind = ["partner_of", "funds", "succeeds"][int(random.integers(0, 3))]
        if kind == "partner_of" and i % 3:
            more["reported_by"] = f"{o}{[i, j][i % 2]}"
        b.tie(kind, f"{o}{i}", f"{o}{j}", status=status, start=[None, "2018"][j % 2], **more)


@pytest.fixture(scope="module")
def twenty() -> Ecosystem:
    b = EcosystemBuilder(name="twenty", title="Twenty {random} ones")
    for number in range(20):
        drawn(number, b)
    b.alias("o1-1", "The \"first\", 'one' {x}")
    return b.build()


@pytest.fixture(scope="module")
def there(spark: Spark, twenty: Ecosystem) -> SparkEcosystem:
    return SparkEcosystem.of(spark, twenty)


@pytest.mark.parametrize("asked", ASKED if ACCEPT else ASKED[2::3], ids=str)
def test_folding_is_that_in_memory(twenty, there, asked):
    expected, graph = twenty.weighted_graph(**asked), there.weighted_graph(**asked)
    assert graph.recipe == expected.recipe
    assert (len(graph), graph.n_pairs, graph.ties) == (
        len(expected),
        expected.n_pairs,
        expected.ties,
    )
    nodes = graph.spark.table(graph.nodes.sort("node"))
    assert tuple(nodes["id"]) == expected.ids
    arcs = graph.spark.table(graph.arcs.sort("a", "b"))
    matrix = expected.adjacency.tocoo()
    order = np.lexsort((matrix.col, matrix.row))
    assert arcs["a"].tolist() == matrix.row[order].tolist()
    assert arcs["b"].tolist() == matrix.col[order].tolist()
    np.testing.assert_allclose(arcs["strength"], matrix.data[order], rtol=0, atol=1e-12)


def test_written_and_read_again(spark, twenty, there, tmp_path):
    place = there.write(tmp_path / "eco")
    assert pg.load(place) == twenty  # the loader of every other verb reads it too
    again = SparkEcosystem.read(spark, place)
    assert again.about == twenty.about
    assert again.counts() == {name: len(frame) for name, frame in twenty.tables.items()}
    with pytest.raises(AlreadyThere, match="is not empty"):
        there.write(place)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_reads_what_save_wrote(spark, smart, tmp_path, format):
    pg.save(smart, tmp_path / "eco", format=format)
    again = SparkEcosystem.read(spark, tmp_path / "eco")
    assert again.about == smart.about
    assert again.counts() == {name: len(frame) for name, frame in smart.tables.items()}
    assert again.tables["nodes"].columns == list(smart.nodes.columns)
    graph, expected = again.weighted_graph(), smart.weighted_graph()
    assert (len(graph), graph.n_pairs, graph.recipe) == (
        len(expected),
        expected.n_pairs,
        expected.recipe,
    )


def test_what_is_not_there_is_said(spark, there, tmp_path):
    with pytest.raises(MissingInput, match="no such folder"):
        SparkEcosystem.read(spark, tmp_path / "none")
    with pytest.raises(UnusableInput, match="not an ecosystem's folder"):
        SparkEcosystem.read(spark, tmp_path)
    with pytest.raises(UnknownName, match="no node 'nobody'"):
        there.resolve("nobody")
    with pytest.raises(BadParameter, match="newman, count, intensity"):
        there.weighted_graph(weight="other")
    assert there.resolve("the \"first\", 'one' {x}") == "o1-1"
    twice = there.tables["nodes"].replace("O 1 2", "O 1 1", "name")
    with pytest.raises(AmbiguousName):
        there.replaced(nodes=twice).resolve("O 1 1")


def test_words_become_literals(spark):
    word = "it's a \\ {brace}"
    frame = spark.sql("SELECT 1 AS x").selectExpr(f"{quoted([word])} AS w")
    assert frame.collect()[0]["w"] == word
    assert spark.sql(f"SELECT 1 AS x WHERE 'a' IN ({quoted([])})").count() == 0
    assert SCHEMA.undirected
