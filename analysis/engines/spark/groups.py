r"""Groups on Spark: label propagation, and modularity by parallel moves, contraction and Leiden.

*Modularity.* As in Louvain, every node moves to the neighbouring group that gains most, then groups
become nodes, until so few ties are left that Leiden divides the rest in memory. Starting from that
partition all nodes move once more, for up to three turns, the best of which is kept. Nodes move
simultaneously, so neighbours could swap for ever: a draw lets seven of ten move in a round. Draws
are hashes of the node, the seed and the round and do not depend on the workers. Disconnected groups
are split at the end, which never costs modularity. ``docs/spark.md`` compares it with Leiden alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from partnergraph.analysis.engines.spark.nodes import mutual
from partnergraph.analysis.engines.spark.rounds import components
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TURNS = 3
MOST_PASSES = 12
ROUNDS = 12
MOST_SPREADS = 30
MOVING = 70  # of a hundred nodes, in each round
GAIN = 1e-6
IN_MEMORY = 1_000_000


# Ties, and of every node an arc to itself whose strength is null.
WITH_LOOPS = """SELECT a, b, w FROM {t} UNION ALL
    SELECT node, node, CAST(NULL AS double) FROM {n}"""
# The strength from each node to each label around it, its own included.
NEAR = """SELECT e.b AS node, l.label, coalesce(sum(e.w), 0D) AS w, max(e.s) AS s,
    bool_or(e.w IS NULL) AS own FROM {e} e JOIN {l} l ON e.a = l.node GROUP BY e.b, l.label"""


def _moves(draw: int) -> str:
    """Return whether a node may move in a round, as SQL."""
    return f"pmod(xxhash64(node, {draw}L), 100) < {MOVING}"


@dataclass(frozen=True)
class Grouped:
    """Groups of a network: ``node``, ``label`` (the least node of its group); their modularity."""

    labels: DataFrame
    modularity: float


@dataclass(frozen=True)
class _Level:
    """A network whose nodes are groups of the level below.

    `arcs` has ``a``, ``b``, ``w`` and ``s`` (strength of b, including what lies inside it); and for
    every node an arc to itself whose w is null, which `n_arcs` does not count. `whole` is the
    strength of all arcs, `inside` of those inside nodes.
    """

    spark: Spark
    arcs: DataFrame
    n_arcs: int
    nodes: int
    inside: float
    whole: float
    resolution: float

    @classmethod
    def of(
        cls, spark: Spark, ties: DataFrame, strengths: DataFrame, whole: float, resolution: float
    ) -> _Level:
        """Make a level of ties ``a``, ``b``, ``w`` and the strengths ``node``, ``s``."""
        arcs = spark.sql(
            f"SELECT e.*, n.s FROM ({WITH_LOOPS}) e JOIN {{n}} n ON e.b = n.node",
            t=ties,
            n=strengths,
        )
        arcs = spark.measured(spark.partitioned(arcs, "a"))
        query = """SELECT count(w) AS arcs, count(*) - count(w) AS nodes,
            coalesce(sum(w), 0D) AS w FROM {e}"""
        sums = spark.numbers(query, e=arcs)
        inside = whole - sums["w"]
        return cls(spark, arcs, sums["arcs"], sums["nodes"], inside, whole, resolution)

    def moved(self, start: DataFrame, seed: int) -> tuple[DataFrame, float]:
        """Let nodes move from labels ``node``, ``label``; return the best and its modularity."""
        best, kept, idle, labels = -np.inf, start, 0, start
        for number in range(ROUNDS + 1):
            labels = self.spark.settle(self._round(labels, seed * 1_000 + number))
            query = """SELECT sum(inside) AS inside, sum(s * total) AS squares,
                count_if(label <> was) AS moved FROM {l}"""
            sums = self.spark.numbers(query, l=labels)
            expected = self.resolution * sums["squares"] / self.whole**2
            quality = (self.inside + sums["inside"]) / self.whole - expected
            idle = 0 if quality > best + GAIN else idle + 1
            if quality > best:
                best, kept = quality, labels.select("node", labels["was"].alias("label"))
            if not sums["moved"] or idle == 3:
                break
        return kept, best

    def _round(self, labels: DataFrame, draw: int) -> DataFrame:
        """Return where nodes go (``label``) and were (``was``), with the sums of the latter."""
        spark, unit = self.spark, self.whole / self.nodes
        near = spark.sql(NEAR, e=self.arcs, l=labels)
        # Every bearer of a label has one row marked own, and these add up to its total.
        totals = spark.sql(
            "SELECT *, sum(if(own, s, 0D)) OVER (PARTITION BY label) AS total FROM {n}", n=near
        )
        # Gains that differ only in the last digits are equal, and the least label wins.
        query = f"""SELECT *, round((w - {self.resolution!r}D * s * (total - if(own, s, 0D))
            / {self.whole!r}D) / {unit!r}D, 9) AS gain FROM {{t}}"""
        gains = spark.sql(query, t=totals)
        query = f"""SELECT node, s, inside, total, was, if(most > stays AND {_moves(draw)}, best,
            was) AS label FROM (SELECT node, max(s) AS s, max(if(own, w, NULL)) AS inside,
            max(if(own, total, NULL)) AS total, max(if(own, label, NULL)) AS was,
            max(if(own, gain, NULL)) AS stays, max(gain) AS most,
            max_by(label, struct(gain, -label)) AS best FROM {{g}} GROUP BY node)"""
        return spark.sql(query, g=gains)

    def contracted(self, labels: DataFrame) -> _Level:
        """Return the level above, whose nodes are groups."""
        query = """SELECT x.label AS a, y.label AS b, sum(e.w) AS w FROM {e} e
            JOIN {l} x ON e.a = x.node JOIN {l} y ON e.b = y.node
            WHERE e.w IS NOT NULL AND x.label <> y.label GROUP BY 1, 2"""
        ties = self.spark.sql(query, e=self.arcs, l=labels)
        query = """SELECT l.label AS node, sum(e.s) AS s FROM {e} e JOIN {l} l ON e.b = l.node
            WHERE e.w IS NULL GROUP BY l.label"""
        strengths = self.spark.sql(query, e=self.arcs, l=labels)
        settled = self.spark.measured(ties)
        self.spark.sized(settled.count())
        return _Level.of(self.spark, settled, strengths, self.whole, self.resolution)

    def divided(self, seed: int) -> DataFrame:
        """Divide it by Leiden, in memory; return ``node``, ``label``."""
        from scipy import sparse

        from partnergraph.analysis.engines.leiden import Objective, leiden

        rows = self.spark.table(self.arcs).sort_values(["a", "b"])
        ids = rows.loc[rows["w"].isna(), "b"].to_numpy(dtype=np.int64)
        unit = self.whole / len(ids)
        # Sums differ in the last digits from run to run, rounded ones do not.
        strength = (rows.loc[rows["w"].isna(), "s"].to_numpy() / unit).round(9)
        ties = rows[rows["w"].notna()]
        ends = tuple(np.searchsorted(ids, ties[end].to_numpy(dtype=np.int64)) for end in "ab")
        data = (ties["w"].to_numpy() / unit).round(9)
        matrix = sparse.coo_array((data, ends), shape=(len(ids), len(ids))).tocsr()
        whole = self.whole / unit
        objective = Objective(strength, strength, self.resolution / (2 * whole), whole / 2)
        found = leiden(matrix, objective, seed=seed)
        return self.spark.frame({"node": ids, "label": ids[found]})


def modularity_clusters(
    graph: SparkGraph, *, resolution: float = 1.0, seed: int = 0, in_memory: int = IN_MEMORY
) -> Grouped:
    r"""Group nodes by modularity :math:`Q = \sum_c [w_c/2m - \gamma (s_c/2m)^2]`, NaN without ties.

    Direction is ignored; a node without ties is alone. Each round shuffles the arcs, of which every
    pass leaves fewer.

    Parameters
    ----------
    resolution
        γ.
    in_memory
        Leiden on the driver divides a network with at most so many arcs (1,000,000 take 24 MB); 0
        leaves everything to Spark.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    ties = spark.sql("SELECT a, b, w FROM {e}", e=mutual(graph, True))
    alone = spark.settled("SELECT node, node AS label FROM {nodes}")
    if not graph.n_arcs:
        return Grouped(alone, float("nan"))
    query = """SELECT n.node, coalesce(sum(e.w), 0D) AS s FROM {nodes} n LEFT JOIN {e} e
        ON n.node = e.a GROUP BY n.node"""
    strengths = spark.settled(query, e=ties)
    whole = float(spark.numbers("SELECT sum(w) AS w FROM {e}", e=ties)["w"])
    level = _Level.of(spark, ties, strengths, whole, resolution)
    best, kept = -np.inf, alone
    for turn in range(TURNS):
        spark.sized(graph.n_arcs + graph.n)
        labels = _turn(level, kept, seed * TURNS + turn, in_memory)
        quality = _modularity(level, labels)
        if quality <= best + GAIN:
            break
        best, kept = quality, labels
        if level.n_arcs <= in_memory:
            break
    kept = _connected(graph, kept)
    return Grouped(kept, _modularity(level, kept))


def _turn(level: _Level, start: DataFrame, seed: int, in_memory: int) -> DataFrame:
    """Move and contract up to the top, starting from labels; return the labels of all nodes."""
    if level.n_arcs <= in_memory:
        return level.divided(seed)
    spark, before = level.spark, -np.inf
    whole, quality = level.moved(start, seed)
    found = whole = spark.measured(whole)
    for number in range(1, MOST_PASSES):
        level = level.contracted(found)
        if level.n_arcs <= in_memory:
            return _through(spark, whole, level.divided(seed))
        if quality <= before + GAIN:
            break
        alone = spark.sql("SELECT b AS node, b AS label FROM {e} WHERE w IS NULL", e=level.arcs)
        before = quality
        found, quality = level.moved(spark.settle(alone), seed + number * TURNS)
        found = spark.measured(found)
        whole = _through(spark, whole, found)
    return whole


def _through(spark: Spark, labels: DataFrame, above: DataFrame) -> DataFrame:
    """Replace labels by their own labels in the level above."""
    frame = spark.sql(
        "SELECT l.node, u.label FROM {l} l JOIN {u} u ON l.label = u.node", l=labels, u=above
    )
    return spark.measured(frame)


def _modularity(level: _Level, labels: DataFrame) -> float:
    """Return the modularity of labels."""
    query = """SELECT sum(within) AS within, sum(s * s) AS squares FROM (
        SELECT x.label, coalesce(sum(CASE WHEN x.label = y.label THEN e.w END), 0D) AS within,
        sum(CASE WHEN e.w IS NULL THEN e.s END) AS s
        FROM {e} e JOIN {l} x ON e.a = x.node JOIN {l} y ON e.b = y.node GROUP BY x.label)"""
    sums = level.spark.numbers(query, e=level.arcs, l=labels)
    expected = level.resolution * sums["squares"] / level.whole**2
    return float((level.inside + sums["within"]) / level.whole - expected)


def _connected(graph: SparkGraph, labels: DataFrame) -> DataFrame:
    """Split groups that are not connected; name each part after its least node."""
    query = """SELECT e.a, e.b, 1D AS strength FROM {e} e JOIN {l} x ON e.a = x.node
        JOIN {l} y ON e.b = y.node WHERE x.label = y.label"""
    within = graph.spark.sized(graph.n_arcs).settled(query, e=mutual(graph, False), l=labels)
    inner = replace(graph, arcs=within, n_arcs=within.count(), directed=False)
    return components(inner).selectExpr("node", "component AS label")


def label_propagation(graph: SparkGraph, *, seed: int = 0) -> DataFrame:
    """Let nodes take the label with most of their strength, as ``node``, ``label``.

    Among equals a node keeps its own label, otherwise a hash of the seed draws one. Seven of ten
    nodes move in a round, until no node would, or for 30 rounds, each of which shuffles the arcs.
    Disconnected groups are split.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    ties = mutual(graph, True)
    arcs = spark.settled(f"SELECT *, 0D AS s FROM ({WITH_LOOPS})", "a", t=ties, n=graph.nodes)
    labels = spark.settled("SELECT node, node AS label FROM {nodes}")
    for number in range(MOST_SPREADS):
        draw = int(seed) * 1_000 + number
        query = f"""SELECT node, if(most > stays AND {_moves(draw)}, best, was) AS label,
            most > stays AS would FROM (SELECT node, max(if(own, w, NULL)) AS stays, max(w) AS most,
            max(if(own, label, NULL)) AS was,
            max_by(label, struct(w, xxhash64(label, {draw}L))) AS best
            FROM (SELECT node, label, own, round(w, 9) AS w FROM ({NEAR})) GROUP BY node)"""
        labels = spark.settled(query, e=arcs, l=labels)
        if labels.where("would").isEmpty():
            break
    return _connected(graph, labels)
