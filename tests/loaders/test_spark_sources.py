"""Registers and Neo4j exports enter Spark as they enter memory; checks find the same there."""

from __future__ import annotations

import pytest

import partnergraph as pg
from partnergraph.graph import checks
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.neo4j import admin_import as neo4j_import
from partnergraph.graph.spark import checks as spark_checks
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.loaders.spark_sources import read_neo4j_export, read_register

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ROWS = """rcn,role,pic,type,contribution,country,start_date,end_date,max_contribution,total_cost
1,coordinator,100,PRC,10,BE,2019-05-01,2022-04-30,20,30.5
1,participant,200,HES,5,FR,2019-05-01,2022-04-30,20,30.5
1,participant,200,HES,6,FR,2019-05-01,2022-04-30,20,30.5
2,partner,100,PRC,NA,BE,2020-01-01,2021-12-31,NA,7
2,coordinator,300,PUB,2,NL,2020-01-01,2021-12-31,NA,7
3,coordinator,300,PUB,1,NL,2020-01-01,,NA,
"""


def test_cordis_enters_by_its_own_mapping(spark, tmp_path):
    path = tmp_path / "h2020.csv"
    path.write_text(ROWS, encoding="utf-8")
    here = read_register(spark, path, "cordis")
    expected = pg.build(path, reader="cordis").ecosystem
    nodes = spark.table(here.tables["nodes"].sort("id"))
    assert nodes["id"].tolist() == expected.nodes["id"].tolist()
    assert nodes["start"].fillna("").tolist() == expected.nodes["start"].fillna("").tolist()
    ties = spark.table(here.tables["ties"].sort("id"))
    for column in ("id", "kind", "source", "target", "role", "currency"):
        assert ties[column].tolist() == expected.ties[column].tolist(), column
    assert sorted(ties["amount"].dropna()) == sorted(expected.ties["amount"].dropna())
    options = {"among": "organisation"}
    ours, theirs = here.weighted_graph(**options), expected.weighted_graph(**options)
    assert (len(ours), ours.n_pairs, ours.ties) == (len(theirs), theirs.n_pairs, theirs.ties)


def test_what_a_mapping_may_not_ask_is_said(spark, tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "tables:\n  - nodes:\n      organisation:\n        id: {column: a, split: ';'}"
    )
    with pytest.raises(BadParameter, match="split is not supported on Spark"):
        read_register(spark, tmp_path / "r.csv", mapping)
    mapping.write_text("tables:\n  - nodes:\n      organisation: {id: c}\n")
    with pytest.raises(UnusableInput, match="no such column"):
        read_register(spark, tmp_path / "r.csv", mapping)
    with pytest.raises(BadParameter, match="'moon' is not a register"):
        read_register(spark, tmp_path / "r.csv", "moon")


def test_a_neo4j_export_enters_whole(spark, smart, tmp_path):
    neo4j_import.emit(smart, tmp_path / "export")
    here = read_neo4j_export(spark, tmp_path / "export")
    assert here.about == smart.about
    assert here.counts() == {name: len(frame) for name, frame in smart.tables.items()}
    place = here.write(tmp_path / "eco")
    assert pg.load(place) == smart
    with pytest.raises(UnusableInput, match=r"no about\.csv"):
        read_neo4j_export(spark, tmp_path)


def broken(smart: Ecosystem) -> dict:
    tables = smart.tables
    nodes, ties = tables["nodes"], tables["ties"]
    nodes.loc[1, "kind"], nodes.loc[2, "start"] = "club", "May 2018"
    nodes.loc[3, "country"], nodes.loc[4, "id"] = "Belgium", "No Good"
    nodes.loc[5, "start"], nodes.loc[5, "end"] = "2019", "2017"
    nodes.loc[6, "name"] = None
    ties.loc[0, "target"], ties.loc[1, "strength"] = "nowhere", -1.0
    ties.loc[2, "id"] = ties.loc[3, "id"]
    ties.loc[4, "target"] = ties.loc[4, "source"]
    return tables | {"nodes": nodes, "ties": ties}


def test_checks_find_what_they_find_in_memory(spark, smart):
    tables = broken(smart)
    eco = SparkEcosystem.of(spark, Ecosystem._of(tables, smart.about))
    ours = spark.table(spark_checks.findings(eco))
    expected = checks.run(tables)
    keys = ["severity", "check", "table", "id", "column"]
    assert sorted(map(tuple, ours[keys].fillna("").to_numpy())) == sorted(
        map(tuple, expected[keys].fillna("").to_numpy())
    )
    assert spark_checks.counts(eco)["duplicate_id"] == 1
