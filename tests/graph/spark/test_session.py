"""Opening Spark names what is missing; a running session is used as it is."""

from __future__ import annotations

import builtins
import os

import pytest

from partnergraph.graph.errors import BadParameter, MissingDependency, ServerFailed, UnusableInput
from partnergraph.graph.spark import session as spark_session
from partnergraph.graph.spark.session import open_spark, spark_errors


@pytest.fixture
def nothing_runs(monkeypatch):
    """No session, no wish: what a first question finds."""
    for name in ("PARTNERGRAPH_SPARK_MASTER", "JAVA_HOME", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(spark_session, "_running", lambda: None)
    monkeypatch.setattr(spark_session, "_pyspark", lambda: None)
    pytest.importorskip("pyspark", reason="the messages below come after pyspark was found")


def test_without_pyspark_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.startswith("pyspark"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingDependency, match=r"pip install 'partnergraph\[spark\]'"):
        open_spark()


def java(folder, monkeypatch, version):
    """Put a Java on the path that says which it is."""
    script = folder / "java"
    script.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(("version", "said"), [("1.8.0_402", "8"), ("11.0.2", "11")])
def test_an_old_java_is_named(nothing_runs, tmp_path, monkeypatch, version, said):
    java(tmp_path, monkeypatch, version)
    with pytest.raises(UnusableInput, match=f"Java {said} is too old for Spark. Install Java"):
        open_spark()


def test_no_java_at_all(nothing_runs, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        UnusableInput, match=r"not found, and the Spark engine needs it\. Install Java 17"
    ):
        open_spark()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UnusableInput, match="cannot be run as Java"):
        open_spark()


def test_what_is_no_master_is_refused(nothing_runs):
    with pytest.raises(BadParameter, match=r"'laptop' is not a valid Spark master. Use local\[2\]"):
        open_spark("laptop")


@pytest.mark.spark
@pytest.mark.slow
def test_a_running_session_is_used_and_keeps_its_settings(spark):
    from pyspark.sql import SparkSession

    running = SparkSession.builder.getOrCreate()
    before = running.conf.get("spark.sql.shuffle.partitions")
    door = open_spark(session=running).sized(10)
    assert door.session.sparkContext is running.sparkContext
    assert door.session.conf.get("spark.sql.shuffle.partitions") == "1"
    assert running.conf.get("spark.sql.shuffle.partitions") == before
    assert running.conf.get("spark.ui.enabled") == "false"
    assert running.sparkContext.getConf().get("spark.driver.host") == "127.0.0.1"


@pytest.mark.spark
@pytest.mark.slow
def test_what_spark_raises_becomes_one_line(spark):
    with pytest.raises(ServerFailed, match="Spark failed") as caught, spark_errors():
        spark.sql("SELECT 1 / 0").collect()
    assert "\n" not in str(caught.value)


def test_partitions_follow_the_size():
    door = spark_session.Spark(None, False, 4)
    sizes = (0, 250_000, 250_001, 1_000_001, 10**9)
    assert [door.partitions(rows) for rows in sizes] == [1, 1, 4, 8, 4096]


def test_sizes_of_memory_are_read_as_spark_reads_them():
    sizes = [spark_session._bytes(size) for size in ("3g", "512m", "2048", None)]
    assert sizes == [3 << 30, 512 << 20, 2 << 30, 1 << 30]
