r"""What closes around a tie: clustering, constraint, effective size and structural similarity.

All four are sums over the triangles of each tied pair, so one listing of triangles serves them. A
triangle is found once, from its node of least degree: nodes have few neighbours of greater degree
(at most :math:`\sqrt{2m}`). Each node's list of these travels along its arcs to them, where the two
lists are intersected: lists are shuffled, not two-step paths.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from partnergraph.analysis.engines.spark.nodes import every_node, mutual, totals
from partnergraph.graph.spark.network import SparkGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@lru_cache(maxsize=4)
def census(graph: SparkGraph, weighted: bool) -> DataFrame:
    """Return sums over what the two ends of each tied pair share, a row per pair.

    Of a pair (``a``, ``b``) with shared neighbours q: ``t`` their number, ``product`` Σ w_aq w_bq,
    ``through`` Σ w_aq w_bq / s_q, ``roots`` Σ g_aq g_bq, ``sides`` Σ (w_aq + w_bq); beside them the
    pair's own ``w``, ``g`` and degree, strength and largest strength of both ends.
    """
    spark = graph.spark.sized(graph.n_arcs)
    query = """SELECT e.a, e.b, e.w, e.g, x.d AS da, y.d AS db, x.s AS sa, y.s AS sb, x.m AS ma,
        y.m AS mb FROM {ties} e JOIN {totals} x ON e.a = x.node JOIN {totals} y ON e.b = y.node
        WHERE e.a < e.b"""
    half = spark.settled(query, "a", ties=mutual(graph, weighted), totals=totals(graph, weighted))
    query = """SELECT a AS x, b AS y, w, g, da AS dx, db AS dy, sa AS sx, sb AS sy FROM {half}
        WHERE da < db OR (da = db AND a < b) UNION ALL
        SELECT b, a, w, g, db, da, sb, sa FROM {half}
        WHERE NOT (da < db OR (da = db AND a < b))"""
    upward = spark.settled(query, "x", half=half)
    # Where every tie is 1, all sums but one are the number of triangles and need not be carried.
    plain = not weighted and not graph.directed
    sums = ("double(t)", "double(t)", "2D * t") if plain else ("product", "roots", "sides")
    product, roots, sides = (f"coalesce({found}, 0D)" for found in sums)
    query = f"""SELECT h.*, coalesce(t, 0) AS t, {product} AS product,
        coalesce(through, 0D) AS through, {roots} AS roots, {sides} AS sides
        FROM {{half}} h LEFT JOIN {{shared}} s ON h.a = s.i AND h.b = s.j"""
    return spark.settled(
        query, half=half, shared=_plain(graph, upward) if plain else _shared(graph, upward)
    )


def _plain(graph: SparkGraph, upward: DataFrame) -> DataFrame:
    """Count the triangles of each pair, and add up 1/s of those who close them."""
    query = """WITH lists AS (SELECT x AS node, collect_list(y) AS who, collect_list(sy) AS s
          FROM {u} GROUP BY x),
        sent AS (SELECT u.x, u.y, u.sx, u.sy, l.who FROM {u} u JOIN lists l ON u.x = l.node),
        met AS (SELECT m.*, l.who AS theirs, l.s FROM sent m JOIN lists l ON m.y = l.node),
        triangles AS (SELECT x, y, z, sx, sy, s[array_position(theirs, z) - 1] AS sz
          FROM met LATERAL VIEW explode(array_intersect(theirs, who)) AS z),
        sides AS (SELECT stack(3, x, y, sz, x, z, sy, y, z, sx) AS (p, q, s) FROM triangles)
        SELECT least(p, q) AS i, greatest(p, q) AS j, count(*) AS t, sum(1D / s) AS through
        FROM sides GROUP BY least(p, q), greatest(p, q)"""
    return graph.spark.sql(query, u=upward)


def _shared(graph: SparkGraph, upward: DataFrame) -> DataFrame:
    """Sum over triangles by each of their three pairs."""
    query = """WITH lists AS (SELECT x AS node, collect_list(y) AS who, collect_list(sy) AS s,
          collect_list(w) AS w, collect_list(g) AS g FROM {u} GROUP BY x),
        sent AS (SELECT u.*, l.who AS x_who, l.w AS x_w, l.g AS x_g
          FROM {u} u JOIN lists l ON u.x = l.node),
        met AS (SELECT m.*, l.who AS y_who, l.s AS y_s, l.w AS y_w, l.g AS y_g
          FROM sent m JOIN lists l ON m.y = l.node),
        found AS (SELECT *, array_position(x_who, z) - 1 AS i, array_position(y_who, z) - 1 AS j
          FROM met LATERAL VIEW explode(array_intersect(y_who, x_who)) AS z),
        triangles AS (SELECT x, y, z, w AS wxy, g AS gxy, sx, sy, x_w[i] AS wxz, x_g[i] AS gxz,
          y_w[j] AS wyz, y_g[j] AS gyz, y_s[j] AS sz FROM found),
        sides AS (SELECT stack(3,
            x, y, wxz, wyz, gxz * gyz, sz,
            x, z, wxy, wyz, gxy * gyz, sy,
            y, z, wxy, wxz, gxy * gxz, sx) AS (p, q, wp, wq, gg, s) FROM triangles)
        SELECT least(p, q) AS i, greatest(p, q) AS j, count(*) AS t, sum(wp * wq) AS product,
          sum(wp * wq / s) AS through, sum(gg) AS roots, sum(wp + wq) AS sides
        FROM sides GROUP BY least(p, q), greatest(p, q)"""
    return graph.spark.sql(query, u=upward)


def _by_node(graph: SparkGraph, weighted: bool, at_a: str, at_b: str) -> DataFrame:
    """Sum an expression over the pairs of each node, at either end."""
    query = f"""SELECT node, sum(part) AS part FROM (
        SELECT stack(2, a, {at_a}, b, {at_b}) AS (node, part) FROM {{pairs}}) GROUP BY node"""
    return graph.spark.sql(query, pairs=census(graph, weighted))


def clustering(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Share of the pairs of neighbours that are tied; null where there is no pair."""
    closed = _by_node(graph, weighted, "g * roots", "g * roots")
    possible = "2 * (t.arcs * (t.arcs - 1) - 2 * t.pairs)" if graph.directed else "t.d * (t.d - 1)"
    query = f"""SELECT c.node, c.part / nullif({possible}, 0) AS value
        FROM {{closed}} c JOIN {{totals}} t ON c.node = t.node"""
    found = graph.spark.sql(query, closed=closed, totals=totals(graph, weighted))
    return every_node(graph, found)


def constraint(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Burt's constraint: how far a node's ties lead back to the same few; null for isolates."""
    at_a, at_b = (f"power((w + through) / {s}, 2)" for s in ("sa", "sb"))
    found = _by_node(graph, weighted, at_a, at_b)
    return every_node(graph, found.withColumnRenamed("part", "value"))


def effective_size(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Burt's effective size: neighbours less what they repeat of each other; null for isolates."""
    repeated = _by_node(graph, weighted, "product / (sa * mb)", "product / (sb * ma)")
    found = graph.spark.sql(
        "SELECT t.node, t.d - r.part AS value FROM {r} r JOIN {t} t ON r.node = t.node",
        r=repeated,
        t=totals(graph, weighted),
    )
    return every_node(graph, found)


def structural_similarity(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Share of a node's paths of two ties that close to a triangle; null where it has none."""
    closed, every = "2D * t", "double(da + db - 2)"
    if weighted:
        closed = "(2D * t * w + sides) / 2"
        every = "((da - 1) * w + (sa - w) + (db - 1) * w + (sb - w)) / 2"
    query = f"""SELECT node, sum(c) / nullif(sum(e), 0D) AS value FROM (
        SELECT stack(2, a, {closed}, {every}, b, {closed}, {every}) AS (node, c, e)
        FROM {{pairs}} WHERE da + db > 2) GROUP BY node"""
    found = graph.spark.sql(query, pairs=census(graph, weighted))
    return every_node(graph, found)
