"""Without the extra, each verb says what to install."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.spark.session import open_spark
from partnergraph.loaders import spark_sources


@pytest.mark.parametrize(
    "verb", ["centrality", "clusters", "complementarity", "coverage", "fragility"]
)
def test_without_the_extra_it_is_named(verb, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setattr(
        spark_sources, "default_spark", open_spark
    )  # not the one of an earlier test
    arguments = [verb, str(pg.example("smart")), "--engine", "spark"]
    answer = CliRunner().invoke(cli, arguments)
    assert (answer.exit_code, answer.stdout) == (3, "")
    assert answer.stderr.count("\n") == 1
    assert "pip install 'partnergraph[spark]'" in answer.stderr
