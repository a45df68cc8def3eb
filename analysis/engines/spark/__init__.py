"""The engine for networks beyond one machine: Apache Spark, in plain SQL over data frames.

Functions here take a `WeightedGraph`, as every engine's do, hand it to Spark and return one float a
node. The same measures on a `SparkGraph`, whose results stay on Spark, are in the modules:
`nodes` (degree, strength), `triads` (clustering, constraint, effective size, similarity), `rounds`
(PageRank, eigenvector, cores, components) and `distances` (harmonic, closeness, betweenness).
"""

from __future__ import annotations

from functools import lru_cache
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
    """A measure on Spark: a row a node, ``node`` and ``value``, null where undefined."""

    def __call__(self, graph: SparkGraph, *, weighted: bool) -> DataFrame:
        """Compute the measure for every node."""


@lru_cache(maxsize=2)
def on_spark(graph: WeightedGraph) -> SparkGraph:
    """Return a network in memory as one on Spark."""
    return SparkGraph.of(default_spark(), graph)


def _collected(graph: WeightedGraph, measure: SparkMeasure, weighted: bool) -> Vector:
    if len(graph) == 0:
        return np.empty(0)
    door = default_spark()
    with spark_errors():
        frame = door.table(measure(on_spark(graph), weighted=weighted).select("node", "value"))
    values = np.full(len(graph), np.nan)
    values[frame["node"].to_numpy(dtype=np.int64)] = frame["value"].to_numpy(dtype=np.float64)
    return values


def degree(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Count distinct neighbours, in either direction."""
    return _collected(graph, nodes.degree, weighted)


def strength(graph: WeightedGraph, *, weighted: bool = True) -> Vector:
    """Add up the strengths of a node's ties; out and in where directed."""
    return _collected(graph, nodes.strength, weighted)


def pagerank(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of time a visitor spends who follows ties with probability 0.85."""
    return _collected(graph, rounds.pagerank, weighted)


def eigenvector(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Leading eigenvector of the adjacency, of length 1; NaN without ties or convergence."""
    return _collected(graph, rounds.eigenvector, weighted)


def core_number(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Largest k for which a node is in the k-core; direction is ignored."""
    return _collected(graph, rounds.core_number, weighted)


def clustering(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of the pairs of neighbours that are tied; NaN where there is no pair."""
    return _collected(graph, triads.clustering, weighted)


def constraint(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Burt's constraint: how far a node's ties lead back to the same few; NaN for isolates."""
    return _collected(graph, triads.constraint, weighted)


def effective_size(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Burt's effective size: neighbours less what they repeat of each other; NaN for isolates."""
    return _collected(graph, triads.effective_size, weighted)


def structural_similarity(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of a node's paths of two ties that close to a triangle; NaN where it has none."""
    return _collected(graph, triads.structural_similarity, weighted)


def harmonic(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Sum of 1/distance from all others, estimated from sketches."""
    return _collected(graph, distances.harmonic, weighted)


def closeness(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Wasserman–Faust closeness, estimated from sketches."""
    return _collected(graph, distances.closeness, weighted)


def betweenness(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of shortest paths between others that lead through a node, from sampled sources."""
    return _collected(graph, distances.betweenness, weighted)
