"""From an ecosystem on Spark to its network: the rules of `weighted_graph`, row by row the same.

Hubs are folded by joining members with members. A hub of k members makes k(k − 1) rows, which are
shuffled once, to where the arcs of their node lie, and added up there: one partition at a time is
kept in memory, not the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from partnergraph.graph.errors import BadParameter, Unsupported
from partnergraph.graph.network_options import Filtered, NetworkOptions, Recipe
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.network import SparkGraph, number
from partnergraph.graph.spark.session import Spark, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


# How Spark does not fold.
NOT_FOLDED = ("significant",)


class SparkTables(Protocol):
    """What folding needs of an ecosystem on Spark."""

    @property
    def spark(self) -> Spark:
        """The session; its statements may name the tables."""

    @property
    def tables(self) -> Mapping[str, DataFrame]:
        """The frames by table name."""

    def marked(self) -> DataFrame:
        """Return the ties with a column ``undated``."""


def network_of(left: Filtered[Any], options: NetworkOptions) -> SparkGraph:
    """Fold and collapse what the filters left of an ecosystem.

    Raises
    ------
    Unsupported
        If the fold is not done on Spark.
    """
    if options.fold in NOT_FOLDED:
        raise Unsupported("spark", [f"fold={options.fold!r}"])
    eco: SparkTables = left.eco
    spark = eco.spark.sized(left.size[1])
    members = number(spark, eco.tables["nodes"].where(f"kind IN ({quoted(options.among)})"))
    ties = _sorted_out(eco, members, options)
    sums = _sums(spark, ties)
    recipe = left.recipe.then(
        f"nodes: {', '.join(options.among)}",
        dropped={reason: sums[reason] for reason in DROPPED},
        notes={what: sums[what] for what in ASSUMED},
    )
    # An undirected tie that only one end reports runs from that end.
    one_way = options.directed
    forth, back = ("NOT back", "back OR either_way") if one_way else ("true", "true")
    query = f"""SELECT a, b, strength FROM {{t}} WHERE direct AND {forth} UNION ALL
        SELECT b, a, strength FROM {{t}} WHERE direct AND ({back})"""
    arcs = spark.sql(query, t=ties)
    rows = 2 * sums["direct"]
    if sums["folds"]:
        folded, made, recipe = _folded(spark, ties, options, recipe)
        arcs, rows = arcs.union(folded), rows + made
    recipe = recipe.then("parallel ties added up", "directed" if one_way else "undirected")
    arcs = spark.sql(
        "SELECT a, b, sum(strength) AS strength FROM {e} GROUP BY a, b",
        e=spark.sized(rows).partitioned(arcs, "a", "b"),
    )
    arcs = spark.settle_sums(arcs)
    n_arcs, n = arcs.count(), members.count()
    if spark.partitions(n_arcs) < spark.partitions(rows):  # many were added up
        arcs = spark.settle(spark.sized(n_arcs).partitioned(arcs, "a"))
    members = spark.settle(spark.sized(n).partitioned(members, "node"))
    ties_in = sums["counted"]
    return SparkGraph(spark, members, arcs, n, n_arcs, one_way, ties_in, recipe, options)


def _sorted_out(eco: SparkTables, members: DataFrame, options: NetworkOptions) -> DataFrame:
    """Mark each tie as direct, folding or left out, with the numbers of its ends."""
    dated = options.filters.at is not None
    query = f"""WITH ends AS (
          SELECT t.kind, x.node AS a, y.node AS b, t.strength, t.intensity, t.status,
            CASE WHEN x.node IS NULL THEN t.source ELSE t.target END AS hub,
            {"t.undated" if dated else "false"} AS undated,
            t.kind IN ({quoted(SCHEMA.undirected)}) AS undirected,
            coalesce(t.reported_by = t.source, false) AS by_source,
            coalesce(t.reported_by = t.target, false) AS by_target,
            t.kind IN ({quoted(SCHEMA.history)}) AS history
          FROM {{ties}} t LEFT JOIN {{members}} x ON t.source = x.id
          LEFT JOIN {{members}} y ON t.target = y.id)
        SELECT kind, a, b, hub, intensity, history, undated,
          undirected AND by_target AS back,
          undirected AND NOT by_source AND NOT by_target AS either_way,
          coalesce(strength, 1D) AS strength, strength IS NULL AS unstated,
          coalesce(status = '{SCHEMA.inferred}', false) AS inferred,
          NOT history AND coalesce(a = b, false) AS itself,
          NOT history AND coalesce(a <> b, false) AS direct,
          NOT history AND (a IS NULL) <> (b IS NULL) AND kind IN ({quoted(options.via)}) AS folds
        FROM ends"""
    return eco.spark.settled(
        query, ties=eco.marked() if dated else eco.tables["ties"], members=members
    )


DROPPED = ("ties that tell history", "ties to itself", "ties outside the network")
ASSUMED = ("inferred ties", "undated ties", "ties without a strength, counted as 1")


def _sums(spark: Spark, ties: DataFrame) -> dict[str, int]:
    """Count what entered, what was dropped and what was assumed, in one pass."""
    query = """SELECT count_if(direct) AS direct, count_if(folds) AS folds,
        count_if(direct OR folds) AS counted,
        count_if(history) AS `ties that tell history`, count_if(itself) AS `ties to itself`,
        count_if(NOT (direct OR itself OR folds OR history)) AS `ties outside the network`,
        count_if((direct OR folds) AND inferred) AS `inferred ties`,
        count_if((direct OR folds) AND undated) AS `undated ties`,
        count_if(direct AND unstated) AS `ties without a strength, counted as 1`,
        count_if(direct AND NOT (strength > 0 AND strength < double('inf'))) AS bad FROM {t}"""
    sums = spark.numbers(query, t=ties)
    if sums["bad"]:
        raise BadParameter(
            f"{sums['bad']} strengths are negative, zero, infinite or not a number. A strength is "
            "above 0 and larger is closer; leave out ties that are none"
        )
    return sums


def _folded(
    spark: Spark, ties: DataFrame, options: NetworkOptions, recipe: Recipe
) -> tuple[DataFrame, int, Recipe]:
    """Return what each hub adds to each arc (``a``, ``b``, ``strength``), and how many rows."""
    levels = " ".join(f"WHEN '{v}' THEN {i}" for i, v in enumerate(SCHEMA.values["intensity"], 1))
    shares = {"newman": "1D / (p.k - 1)", "count": "1D", "intensity": "least(p.level, q.level)"}
    query = f"""SELECT *, count(*) OVER (PARTITION BY hub) AS k FROM (
        SELECT hub, coalesce(a, b) AS m, max(CASE intensity {levels} ELSE 1 END) AS level,
        count(*) AS times FROM {{t}} WHERE folds GROUP BY hub, coalesce(a, b))"""
    member = spark.settled(query, t=ties)
    query = """SELECT coalesce(sum(times - 1), 0) AS again,
        count(DISTINCT CASE WHEN k > 1 THEN hub END) AS hubs, count_if(k = 1) AS single,
        coalesce(sum(k - 1), 0) AS made FROM {m}"""
    sums = spark.numbers(query, m=member)
    recipe = recipe.then(
        f"{', '.join(options.via)} folded by {options.weight}",
        dropped={"hubs with a single member": sums["single"]},
        notes={"second ties of a member to a hub": sums["again"], "hubs folded": sums["hubs"]},
    )
    made = int(sums["made"])
    # Few members make many rows: the rows decide how many tasks there are.
    query = f"""SELECT p.m AS a, q.m AS b, CAST({shares[options.weight]} AS double) AS strength
        FROM {{m}} p JOIN {{m}} q ON p.hub = q.hub AND p.m <> q.m WHERE p.k > 1 AND q.k > 1"""
    folded = spark.sql(query, m=spark.sized(made).partitioned(member, "hub"))
    return folded, made, recipe
