"""What a node's own ties tell: degree and strength, and the symmetric ties other measures use."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from partnergraph.graph.spark.network import SparkGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@lru_cache(maxsize=4)
def mutual(graph: SparkGraph, weighted: bool) -> DataFrame:
    """Return ties whichever way they run: ``a``, ``b``, ``w``, ``g``, ``ways``, in both orders.

    ``w`` is the sum of the strengths both ways (each arc 1 where not weighted), ``g`` the sum of
    the cube roots of strengths over the largest, ``ways`` in how many directions there is an arc.
    """
    spark, w, g = graph.spark.sized(graph.n_arcs), "1D", "1D"
    if weighted:
        largest = float(spark.numbers("SELECT max(strength) AS most FROM {arcs}")["most"] or 1.0)
        w, g = "strength", f"cbrt(strength / {largest!r}D)"
    each = spark.sql(f"SELECT a, b, {w} AS w, {g} AS g, 1 AS ways FROM {{arcs}}")
    if not graph.directed:
        return each
    query = """SELECT a, b, sum(w) AS w, sum(g) AS g, count(*) AS ways FROM (
        SELECT * FROM {each} UNION ALL SELECT b, a, w, g, ways FROM {each}) GROUP BY a, b"""
    return spark.settled(query, "a", each=each)


@lru_cache(maxsize=4)
def totals(graph: SparkGraph, weighted: bool) -> DataFrame:
    """Return of each node with ties: neighbours ``d``, strength ``s``, largest ``m``, arcs, pairs.

    ``arcs`` counts ties each way, ``pairs`` the neighbours tied both ways.
    """
    query = """SELECT a AS node, count(*) AS d, sum(w) AS s, max(w) AS m, sum(ways) AS arcs,
        count_if(ways = 2) AS pairs FROM {ties} GROUP BY a"""
    return graph.spark.sized(graph.n_arcs).settled(query, ties=mutual(graph, weighted))


def every_node(graph: SparkGraph, some: DataFrame, otherwise: str = "NULL") -> DataFrame:
    """Return a row for every node, with a default value for those missing from a frame."""
    query = f"""SELECT n.node, coalesce(s.value, CAST({otherwise} AS double)) AS value
        FROM {{nodes}} n LEFT JOIN {{some}} s ON n.node = s.node"""
    return graph.spark.sql(query, some=some)


def undefined(graph: SparkGraph) -> DataFrame:
    """Return a null for every node."""
    return graph.spark.sql("SELECT node, CAST(NULL AS double) AS value FROM {nodes}")


def degree(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Count distinct neighbours, in either direction. One shuffle."""
    ties = totals(graph, False)
    return every_node(graph, ties.selectExpr("node", "double(d) AS value"), "0")


def strength(graph: SparkGraph, *, weighted: bool = True) -> DataFrame:
    """Add up the strengths of a node's ties; out and in where directed. One shuffle."""
    return every_node(graph, totals(graph, True).selectExpr("node", "s AS value"), "0")
