"""The verbs of a folder that Spark wrote: the first rows are shown, all go into Parquet."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.spark.ecosystem import SparkEcosystem

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def asked(*arguments: str):
    return CliRunner().invoke(cli, [*arguments, "--engine", "spark"])


@pytest.fixture(scope="module")
def folder(spark, smart, tmp_path_factory):
    """Smart's ecosystem as Spark writes it."""
    return SparkEcosystem.of(spark, smart).write(tmp_path_factory.mktemp("spark") / "smart")


def test_every_row_is_written_as_parquet_and_the_first_are_shown(folder, spark, smart, tmp_path):
    target = str(tmp_path / "ranked.parquet")
    options = ("--measure", "degree", "--top", "3", "--format", "json", "-o", target)
    answer = asked("centrality", folder, *options)
    assert answer.exit_code == 0, answer.stderr
    assert "All 30 rows are in" in answer.stderr
    expected = pg.centrality(smart, measures="degree", at=smart.as_of)
    assert [row["id"] for row in json.loads(answer.stdout)["rows"]] == [*expected.index[:3]]
    written = spark.table(spark.session.read.parquet(target))
    assert written["id"].tolist() == expected.index.tolist()
    again = asked("centrality", folder, *options)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "already exists" in again.stderr


def test_each_verb_answers_as_in_memory(folder, smart):
    answer = asked("fragility", folder, "--leave", "smart", "--format", "json")
    found = json.loads(answer.stdout)
    expected = pg.fragility(smart, leave="smart", at=smart.as_of).after
    assert found["after"]["components"] == expected.components
    assert found["as_of"]["date"] == smart.as_of
    assert "Capabilities that nobody has any more: Workspace." in answer.stderr
    answer = asked("coverage", folder, "--format", "json", "--top", "2")
    found = json.loads(answer.stdout)
    expected = pg.coverage(smart, nulls=0, at=smart.as_of)
    assert [row["id"] for row in found["rows"]] == expected.partners.index[:2].tolist()
    assert found["single_points_of_failure"] == len(expected.single_points)
    answer = asked("complementarity", folder, "smart", "--format", "json", "--top", "4")
    found = [row["b"] for row in json.loads(answer.stdout)["rows"]]
    assert found == [
        b for _, b in pg.complementarity(smart, "smart", top=4, at=smart.as_of).table.index
    ]
    answer = asked("clusters", folder, "--method", "labels", "--top", "5")
    assert answer.exit_code == 0, answer.stderr
    assert "Left out on Spark: the comparison with random networks" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("clusters", "--nulls", "3"), "the engine spark does not support --nulls"),
        (("clusters", "--method", "bipartite"), "spark does not support method='bipartite'"),
        (("clusters", "--fold", "significant"), "spark does not support fold='significant'"),
        (("complementarity", "--by", "synergy", "--rca"), "does not support --by, --rca"),
        (("coverage", "--most", "3"), "does not support --most"),
        (("fragility", "--key-players", "2"), "does not support --key-players"),
        (("fragility",), "nothing happens"),
        (("centrality", "--approximate"), "does not support --approximate"),
        (("centrality", "--two-mode", "organisation:project"), "two_mode_centrality"),
        (("centrality", "--doubt"), "does not support --doubt"),
        (("centrality", "--measure", "katz"), "the engine spark does not support katz"),
    ],
)
def test_what_spark_lacks_is_refused(folder, arguments, said):
    verb, *rest = arguments
    answer = asked(verb, folder, *rest)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert said in answer.stderr.replace("\n", " ")
