"""A network as two Spark frames, for what does not fit one machine; the sister of `WeightedGraph`.

Nodes are numbered 0 … n − 1 in the order of their ids, so that numbers do not depend on how frames
are partitioned. Arcs are partitioned and sorted by the node they leave: joining them with what each
node knows then moves nothing but the nodes' values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from partnergraph.graph.network_options import NetworkOptions, Recipe
from partnergraph.graph.spark.session import Spark
from partnergraph.graph.weighted_graph import WeightedGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, eq=False)
class SparkGraph:
    """A network of n nodes on Spark, with its recipe.

    Attributes
    ----------
    engine
        The engine that answers questions about it.
    spark
        The session; its statements may name ``nodes`` and ``arcs``.
    nodes
        ``node`` (0 … n − 1), ``id``, ``name``, ``kind``.
    arcs
        ``a``, ``b`` (numbers of nodes), ``strength``; every tie in both directions unless
        `directed`; no loops, no duplicates.
    n, n_arcs
        Number of nodes and arcs.
    ties
        How many ties entered, each parallel tie counted.
    recipe, options
        How it was made, in words, and the options it was made with.
    """

    engine: ClassVar[str] = "spark"
    spark: Spark
    nodes: DataFrame
    arcs: DataFrame
    n: int
    n_arcs: int
    directed: bool = False
    ties: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    options: NetworkOptions = field(default_factory=NetworkOptions)

    def __post_init__(self) -> None:
        holding = self.spark.holding(nodes=self.nodes, arcs=self.arcs)
        object.__setattr__(self, "spark", holding)

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        what = "arcs" if self.directed else "pairs"
        return f"<SparkGraph: {self.n} nodes, {self.n_pairs} {what}; {self.recipe}>"

    @property
    def n_pairs(self) -> int:
        """Number of tied pairs (arcs where directed)."""
        return self.n_arcs if self.directed else self.n_arcs // 2

    def as_network(self) -> dict[str, Any]:
        """Return recipe, sizes and what was dropped, as JSON results have them."""
        return {
            "recipe": str(self.recipe),
            "nodes": self.n,
            "ties": self.ties,
            "pairs": self.n_pairs,
            "directed": self.directed,
            "dropped": self.recipe.dropped,
            "notes": self.recipe.notes,
        }

    @classmethod
    def of(cls, spark: Spark, graph: WeightedGraph) -> SparkGraph:
        """Hand a network in memory to Spark; its order of nodes stays."""
        arcs = graph.adjacency.tocoo()
        spark.sized(arcs.nnz)
        names = {"id": graph.ids, "name": graph.names, "kind": graph.kinds}
        nodes = {"node": np.arange(len(graph))} | {k: list(map(str, v)) for k, v in names.items()}
        ends = {"a": arcs.row.astype(np.int64), "b": arcs.col.astype(np.int64)}
        strengths = {"strength": arcs.data.astype(np.float64)}
        return cls(
            spark,
            spark.settle(spark.partitioned(spark.frame(nodes), "node")),
            spark.settle(spark.partitioned(spark.frame(ends | strengths), "a")),
            len(graph),
            int(arcs.nnz),
            graph.directed,
            graph.ties,
            graph.recipe,
            graph.options,
        )


def number(spark: Spark, nodes: DataFrame) -> DataFrame:
    """Number nodes 0 … n − 1 in the order of their ids, without bringing them to one place."""
    query = """SELECT id, name, kind, spark_partition_id() AS part,
        monotonically_increasing_id() & 8589934591 AS place FROM {nodes}"""
    ordered = spark.settled(query, nodes=nodes.select("id", "name", "kind").sort("id"))
    # One row per partition comes to the driver: where its numbers begin.
    query = """SELECT o.place + s.start AS node, o.id, o.name, o.kind FROM {ordered} o JOIN (
        SELECT part, sum(size) OVER (ORDER BY part) - size AS start
        FROM (SELECT part, count(*) AS size FROM {ordered} GROUP BY part)) s
        ON o.part = s.part"""
    return spark.settled(query, ordered=ordered)
