r"""How far apart nodes are: harmonic and closeness from sketches, betweenness from some sources.

*Balls.* A HyperLogLog sketch of :math:`2^{10}` registers approximates the set of nodes within t
steps; that within t + 1 steps is the union of the neighbours' sketches (Boldi, P., Vigna, S.
(2013). HyperBall). What one step reaches, and what can be reached at all, are counted exactly; only
what lies in between is estimated.

*Sources.* Brandes' sums run from K sources drawn without replacement; times n/K they are an
unbiased estimate, with a standard error from how the sources differ. With K ≥ n they are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from math import sqrt
from typing import TYPE_CHECKING

from partnergraph.analysis.engines.spark.nodes import undefined
from partnergraph.analysis.engines.spark.rounds import component_sizes
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.spark.network import SparkGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REGISTERS = 10
PIVOTS = 64
# Relative standard error of a sketch that is a union of others.
SKETCH_ERROR = 1.04 / sqrt(2**REGISTERS)


def _unweighted(measure: str, weighted: bool) -> None:
    if weighted:
        words = f"the Spark engine computes {measure} without strengths only. Use the engine native"
        raise BadParameter(words)


def harmonic(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Estimate the sum of 1/distance from all others; relative standard error below 3.3 %."""
    _unweighted("harmonic", weighted)
    return graph.spark.sql("SELECT node, inverse AS value FROM {b}", b=balls(graph))


def closeness(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Estimate Wasserman–Faust closeness; relative standard error below 3.3 %.

    Where undirected the number of those who can be reached is exact, only distances are estimated.
    """
    _unweighted("closeness", weighted)
    if graph.n < 2:
        return undefined(graph)
    query = f"""SELECT node, CASE WHEN total > 0 THEN reached / total * reached / {graph.n - 1}D
        ELSE 0D END AS value FROM {{b}}"""
    return graph.spark.sql(query, b=balls(graph))


@lru_cache(maxsize=2)
def balls(graph: SparkGraph) -> DataFrame:
    """Return for each node ``reached`` others, their ``total`` distance and its ``inverse`` sum.

    Distances run towards the node. Each step shuffles a sketch (1 kB) per node and partition; there
    are as many steps as the longest shortest path is long.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    both = "SELECT a, b FROM {arcs} UNION ALL SELECT node, node FROM {nodes}"
    arcs = spark.settled(both, "a")
    query = f"""SELECT e.b AS node, hll_sketch_agg(e.a, {REGISTERS}) AS ball,
        double(count(*)) AS seen, double(count(*) - 1) AS inverse,
        double(count(*) - 1) AS total, first(m.value) AS most
        FROM {{e}} e JOIN {{m}} m ON e.b = m.node GROUP BY e.b"""
    state = spark.settled(query, e=arcs, m=component_sizes(graph))
    step, grew = 1, 1
    while grew:
        step += 1
        query = """SELECT e.b AS node, hll_union_agg(v.ball) AS ball
            FROM {e} e JOIN {v} v ON e.a = v.node GROUP BY e.b"""
        wider = spark.sql(query, e=arcs, v=state)
        query = """SELECT w.node, w.ball, v.most, v.inverse, v.total, v.seen AS last,
            hll_sketch_estimate(w.ball) <> hll_sketch_estimate(v.ball) AS grew,
            greatest(v.seen, least(double(hll_sketch_estimate(w.ball)), v.most)) AS seen
            FROM {w} w JOIN {v} v ON w.node = v.node"""
        later = spark.sql(query, w=wider, v=state)
        query = f"""SELECT node, ball, most, grew, seen,
            inverse + (seen - last) / {step}D AS inverse,
            total + (seen - last) * {step}D AS total FROM {{l}}"""
        state = spark.settled(query, l=later)
        grew = spark.numbers("SELECT count_if(grew) AS g FROM {s}", s=state)["g"]
    # Where undirected, what sketches missed is as far as the last step went.
    left = "0D" if graph.directed else "greatest(most - seen, 0D)"
    query = f"""SELECT node, seen + {left} - 1 AS reached, total + {left} * {step}D AS total,
        inverse + {left} / {step}D AS inverse FROM {{s}}"""
    return spark.settled(query, s=state)


@dataclass(frozen=True)
class Sampled:
    """Betweenness from K sources: ``node``, ``value``, ``error`` (its standard error); and K."""

    values: DataFrame
    sources: int


def betweenness(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Estimate betweenness from 64 sources; null for fewer than 3 nodes."""
    return sampled_betweenness(graph, weighted=weighted).values


def sampled_betweenness(
    graph: SparkGraph, *, sources: int = PIVOTS, seed: int = 0, weighted: bool = False
) -> Sampled:
    r"""Estimate betweenness from the shortest paths of K sources.

    :math:`\hat B(v) = \frac{n}{K} \sum_s \delta_s(v) / ((n-1)(n-2))`, with the standard error
    :math:`n \sqrt{(1 - K/n)\, \mathrm{var}_s\, \delta_s(v) / K} / ((n-1)(n-2))`. Every step out
    and back shuffles the nodes once per source.

    Raises
    ------
    BadParameter
        If fewer than 2 sources are asked for, or strengths are to count.

    References
    ----------
    Brandes, U., Pich, C. (2007). Centrality estimation in large networks. *International Journal of
    Bifurcation and Chaos* 17, 2303–2318.
    """
    _unweighted("betweenness", weighted)
    if sources < 2:
        raise BadParameter(f"sources={sources}: give 2 or more")
    spark, n = graph.spark.sized(graph.n_arcs), graph.n
    if n < 3:
        return Sampled(undefined(graph).selectExpr("*", "0D AS error"), n)
    count = min(sources, n)
    query = f"""SELECT node AS s, node, 1D AS paths, 0 AS step FROM (
        SELECT node FROM {{nodes}} ORDER BY xxhash64(node, {int(seed)}), node LIMIT {count})"""
    drawn = spark.settled(query)
    scale, k = float((n - 1) * (n - 2)), float(count)
    correction = max(0.0, 1 - count / n)
    query = f"""SELECT node, {n / k!r}D * total / {scale!r}D AS value,
        {n!r}D * sqrt({correction!r}D * greatest(squares - total * total / {k!r}D, 0D)
        / ({k!r}D * {k - 1!r}D)) / {scale!r}D AS error FROM {{sums}}"""
    found = spark.sql(query, sums=_dependencies(graph, drawn))
    query = """SELECT n.node, coalesce(f.value, 0D) AS value, coalesce(f.error, 0D) AS error
        FROM {nodes} n LEFT JOIN {f} f ON n.node = f.node"""
    values = spark.sql(query, f=found)
    return Sampled(values, count)


def _dependencies(graph: SparkGraph, start: DataFrame) -> DataFrame:
    """Return for each node the sum of its sources' dependencies, and of their squares."""
    spark, levels = graph.spark, [start]
    while True:
        # A tie may lead back by one level only, an arc to any earlier level.
        near = levels if graph.directed else levels[-2:]
        query = f"""SELECT f.s, f.node, f.paths, {len(levels)} AS step FROM (
            SELECT v.s, e.b AS node, sum(v.paths) AS paths FROM {{v}} v JOIN {{arcs}} e
            ON v.node = e.a GROUP BY v.s, e.b) f
            LEFT ANTI JOIN {{r}} r ON f.s = r.s AND f.node = r.node"""
        found = spark.settled(query, v=levels[-1], r=_union(near, "s", "node"))
        if found.isEmpty():
            break
        levels.append(found)
    given = spark.sql("SELECT s, node, paths, 0D AS delta FROM {l}", l=levels[-1])
    none = "SELECT CAST(NULL AS long) AS s, CAST(NULL AS long) AS node, 0D AS delta WHERE false"
    parts = [spark.sql(none)]
    for level in reversed(levels[1:-1]):  # not the sources themselves
        query = """SELECT v.s, v.node, v.paths,
            coalesce(sum(v.paths / w.paths * (1 + w.delta)), 0D) AS delta
            FROM {v} v LEFT JOIN {arcs} e ON v.node = e.a
            LEFT JOIN {w} w ON w.s = v.s AND w.node = e.b
            GROUP BY v.s, v.node, v.paths"""
        given = spark.settled(query, v=level, w=given)
        parts.append(given)
    query = """SELECT node, sum(delta) AS total, sum(delta * delta) AS squares FROM {w}
        WHERE delta > 0 GROUP BY node"""
    return spark.settled(query, w=_union(parts, "s", "node", "delta"))


def _union(parts: list[DataFrame], *columns: str) -> DataFrame:
    return reduce(lambda whole, part: whole.union(part), [p.select(*columns) for p in parts])
