"""The engine for small networks: networkx, with its own normalisations.

Every function takes a `WeightedGraph` and returns one float a node in its order; what is undefined
is NaN. Iterations run to a change of 1e-12 at the most.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph

from partnergraph.analysis.engines.native import degree as degree
from partnergraph.analysis.engines.native import strength as strength
from partnergraph.graph.errors import Unsupported
from partnergraph.graph.weighted_graph import WeightedGraph

TOLERANCE = 1e-12
MOST_ROUNDS = 100_000
FADED = 1e-10


@lru_cache(maxsize=4)
def _graph(graph: WeightedGraph) -> Any:
    return graph.to_networkx()


def _vector(graph: WeightedGraph, values: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([values[node] for node in graph.ids], dtype=np.float64)


def _undefined(graph: WeightedGraph) -> NDArray[np.float64]:
    return np.full(len(graph), np.nan)


def betweenness(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Share of shortest paths between others that lead through a node, normalised to 0 … 1.

    Raises
    ------
    Unsupported
        If weighted: networkx compares lengths as floats, and takes 1/3 + 1/3 + 1/3 for more than 1.
    """
    if weighted:
        raise Unsupported("networkx", ["weighted betweenness"], "Use auto, or native")
    if len(graph) < 3:
        return _undefined(graph)
    return _vector(graph, nx.betweenness_centrality(_graph(graph)))


def closeness(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Wasserman–Faust closeness: nearness to those who reach it, times their share."""
    if len(graph) < 2:
        return _undefined(graph)
    distance = "distance" if weighted else None
    return _vector(graph, nx.closeness_centrality(_graph(graph), distance=distance))


def harmonic(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Sum of 1/distance from all others, unreachable ones counting 0."""
    distance = "distance" if weighted else None
    return _vector(graph, nx.harmonic_centrality(_graph(graph), distance=distance))


def eigenvector(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Leading eigenvector of the adjacency, of length 1; NaN without ties or convergence."""
    if graph.n_pairs == 0:
        return _undefined(graph)
    # networkx stops at n · tol; a tenth of that leaves room for slow convergence.
    tolerance = max(TOLERANCE / len(graph) / 10, 1e-16)
    weight = "strength" if weighted else None
    try:
        values = nx.eigenvector_centrality(
            _graph(graph), max_iter=MOST_ROUNDS, tol=tolerance, weight=weight
        )
    except nx.PowerIterationFailedConvergence:
        return _undefined(graph)
    vector = _vector(graph, values)
    if not graph.directed:
        # In components of a lower eigenvalue values fade to 0; the iteration stops just before.
        _, piece = csgraph.connected_components(graph.adjacency, directed=False)
        largest = np.zeros(piece.max() + 1)
        np.maximum.at(largest, piece, vector)
        vector[largest[piece] < FADED] = 0.0
    return vector


def pagerank(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Share of time a visitor spends who follows ties with probability 0.85."""
    if len(graph) == 0:
        return _undefined(graph)
    weight = "strength" if weighted else None
    tolerance = TOLERANCE / len(graph)
    values = nx.pagerank(_graph(graph), max_iter=MOST_ROUNDS, tol=tolerance, weight=weight)
    return _vector(graph, values)


def core_number(graph: WeightedGraph, *, weighted: bool = False) -> NDArray[np.float64]:
    """Largest k for which a node is in the k-core; direction is ignored."""
    plain = nx.Graph(_graph(graph)) if graph.directed else _graph(graph)
    return _vector(graph, nx.core_number(plain))
