"""The engine for networks beyond one machine: Apache Spark, in plain SQL over data frames.

`partnergraph.analysis.engines.spark.answers` answers questions about ecosystems and networks that
lie on Spark. The measures are in the modules `nodes` (degree, strength), `triads` (clustering,
constraint, effective size, similarity), `rounds` (PageRank, eigenvector, cores, components) and
`distances` (harmonic, closeness, betweenness). Here they take a `WeightedGraph`, as in every
engine: it is handed to Spark, and one float per node is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.engines.spark import distances, nodes, rounds, triads
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import default_spark, spark_errors
from partnergraph.graph.weighted_graph import WeightedGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Vector = NDArray[np.float64]


class SparkMeasure(Protocol):
    """A measure on Spark: a row per node, ``node`` and ``value``, null where undefined."""

    __name__: str

    def __call__(self, graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
        """Compute the measure for every node."""


MEASURES: Mapping[str, SparkMeasure] = {
    measure.__name__: measure
    for measure in (
        *(nodes.degree, nodes.strength, rounds.pagerank, rounds.eigenvector, rounds.core_number),
        *(triads.clustering, triads.constraint, triads.effective_size),
        *(triads.structural_similarity, distances.harmonic, distances.closeness),
        distances.betweenness,
    )
}


@lru_cache(maxsize=2)
def on_spark(graph: WeightedGraph) -> SparkGraph:
    """Return a network in memory as one on Spark."""
    return SparkGraph.of(default_spark(), graph)


def __getattr__(name: str) -> Callable[..., Vector]:
    """Return a measure of networks in memory, by its name in `MEASURES`."""
    if name not in MEASURES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    @wraps(MEASURES[name])
    @spark_errors()
    def measured(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
        values = np.full(len(graph), np.nan)
        if len(graph):
            found = MEASURES[name](on_spark(graph), weighted=weighted)
            table = default_spark().table(found.select("node", "value"))
            values[table["node"].to_numpy(dtype=np.int64)] = table["value"].to_numpy(dtype=float)
        return values

    return measured
