"""A network as two Spark frames, for what does not fit one machine; the sister of `WeightedGraph`.

Nodes are numbered 0 … n − 1 in the order of their ids, so that numbers do not depend on how frames
were dealt to workers. Arcs lie sorted by the node they leave, and are dealt to partitions by it:
joins of a round with what each node knows then move nothing but the nodes' values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import Recipe
from partnergraph.graph.spark.session import Spark
from partnergraph.graph.weighted_graph import WeightedGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, eq=False)
class SparkGraph:
    """A network of n nodes on Spark, with its recipe.

    Attributes
    ----------
    nodes
        ``node`` (0 … n − 1), ``id``, ``name``, ``kind``.
    arcs
        ``a``, ``b`` (numbers of nodes), ``strength``; every tie in both directions unless
        `directed`; no loops, no two alike.
    n, n_arcs
        Number of nodes and arcs.
    ties
        How many ties entered, parallel ones each.
    """

    spark: Spark
    nodes: DataFrame
    arcs: DataFrame
    n: int
    n_arcs: int
    directed: bool = False
    ties: int = 0
    recipe: Recipe = field(default_factory=Recipe)

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        what = "arcs" if self.directed else "pairs"
        return f"<SparkGraph: {self.n} nodes, {self.n_pairs} {what}; {self.recipe}>"

    @property
    def n_pairs(self) -> int:
        """Number of tied pairs (arcs where directed)."""
        return self.n_arcs if self.directed else self.n_arcs // 2

    @classmethod
    def of(cls, spark: Spark, graph: WeightedGraph) -> SparkGraph:
        """Hand a network in memory to Spark; its order of nodes stays."""
        arcs = graph.adjacency.tocoo()
        spark.sized(arcs.nnz)
        names = {"id": graph.ids, "name": graph.names, "kind": graph.kinds}
        listed = spark.frame(
            {"node": np.arange(len(graph))} | {k: list(map(str, v)) for k, v in names.items()}
        )
        ends = {"a": arcs.row.astype(np.int64), "b": arcs.col.astype(np.int64)}
        frame = spark.frame(ends | {"strength": arcs.data.astype(np.float64)})
        return cls(
            spark,
            spark.settle(dealt(spark, listed, "node")),
            spark.settle(dealt(spark, frame, "a")),
            len(graph),
            int(arcs.nnz),
            graph.directed,
            graph.ties,
            graph.recipe,
        )

    @classmethod
    def from_frames(
        cls,
        spark: Spark,
        nodes: DataFrame,
        pairs: DataFrame,
        *,
        directed: bool = False,
        ties: int = 0,
        recipe: Recipe | None = None,
    ) -> SparkGraph:
        """Make a network of nodes (``id``, ``name``, ``kind``) and pairs (``a``, ``b``, ``strength``).

        Pairs name ids; parallel ones add up, loops and pairs of unknown nodes are left out. An
        undirected pair stands once, in either order.

        Raises
        ------
        BadParameter
            Where a strength is not above 0.
        """  # noqa: E501
        numbered = number(spark, nodes)
        n = numbered.count()
        ends = spark.sql(
            """SELECT x.node AS a, y.node AS b, sum(p.strength) AS strength
            FROM {pairs} p JOIN {nodes} x ON p.a = x.id JOIN {nodes} y ON p.b = y.id
            WHERE p.a <> p.b GROUP BY 1, 2""",
            pairs=pairs,
            nodes=numbered,
        )
        if not directed:
            ends = spark.sql(
                """SELECT a, b, sum(strength) AS strength FROM (
                SELECT a, b, strength FROM {ends} UNION ALL SELECT b, a, strength FROM {ends})
                GROUP BY a, b""",
                ends=spark.settle(ends),
            )
        arcs = spark.settle(ends)
        size = spark.numbers(
            spark.sql(
                """SELECT count(*) AS arcs, count_if(NOT (strength > 0 AND strength < double('inf'))
                OR isnan(strength)) AS bad FROM {arcs}""",
                arcs=arcs,
            )
        )
        if size["bad"]:
            raise BadParameter(
                f"{size['bad']} strengths are negative, zero, infinite or no number. A strength is "
                "above 0 and larger is closer; leave out ties that are none"
            )
        spark.sized(size["arcs"])
        return cls(
            spark,
            spark.settle(dealt(spark, numbered, "node")),
            spark.settle(dealt(spark, arcs, "a")),
            n,
            size["arcs"],
            directed,
            ties,
            recipe or Recipe(),
        )


def dealt(spark: Spark, frame: DataFrame, column: str, *then: str) -> DataFrame:
    """Deal rows to partitions by a column, and sort them by it, then by others."""
    parts = int(str(spark.session.conf.get("spark.sql.shuffle.partitions")))
    return frame.repartition(parts, column).sortWithinPartitions(column, *then)


def number(spark: Spark, nodes: DataFrame) -> DataFrame:
    """Number nodes 0 … n − 1 in the order of their ids, without bringing them to one place."""
    ordered = spark.settle(
        spark.sql(
            """SELECT id, name, kind, spark_partition_id() AS part,
            monotonically_increasing_id() & 8589934591 AS place FROM {nodes}""",
            nodes=nodes.select("id", "name", "kind").sort("id"),
        )
    )
    # One row a partition comes to the driver: where its numbers begin.
    return spark.settle(
        spark.sql(
            """SELECT o.place + s.start AS node, o.id, o.name, o.kind FROM {ordered} o JOIN (
            SELECT part, sum(size) OVER (ORDER BY part) - size AS start
            FROM (SELECT part, count(*) AS size FROM {ordered} GROUP BY part)) s
            ON o.part = s.part""",
            ordered=ordered,
        )
    )
