r"""How cohesive a network is: density, centralisation, distances, trust.

These figures compare networks, or one network at two dates. They are not tested against chance;
`partnergraph.analysis.structure` tests whether ties close more than degrees explain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, is_small, node_measure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.weighted_graph import WeightedGraph

MEASURES = (
    "density",
    "mean_degree",
    "degree_centralization",
    "global_clustering",
    "reciprocity",
    "components",
    "largest_component",
    "mean_distance",
    "diameter",
)
PERCEIVED = ("trust", "value")
MOST_SEARCHES = 1_000
Row = tuple[str, float, int]


@question
def cohesion(source: Ecosystem | WeightedGraph, **options: Any) -> pd.DataFrame:
    r"""Measure how cohesive a network is as a whole.

    With n nodes, m tied pairs and degrees k: ``density`` :math:`2m/n(n-1)`, of arcs where directed;
    ``mean_degree`` :math:`2m/n`; ``degree_centralization``
    :math:`\sum_i (k_{max}-k_i)/((n-1)(n-2))` (1 for a star, 0 where all are tied alike);
    ``global_clustering`` :math:`3\triangle/\wedge`; ``reciprocity``, the share of arcs that are
    returned; ``components`` and the share of nodes in the largest; ``mean_distance`` over all pairs
    that reach each other, ``diameter`` the largest. ``mean_trust`` and ``mean_value`` are those
    that partners report, 1 … 4. Direction counts in density and reciprocity alone, strengths
    nowhere.

    Parameters
    ----------
    source
        An ecosystem; or a network, which has no trust and value.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Returns
    -------
    DataFrame
        Indexed by ``measure``: ``value``, NaN where undefined (fewer nodes or pairs than the
        formula needs; a diameter that 1,000 searches do not settle), and ``counted``, over how many
        pairs, nodes, arcs, paths or ties. ``attrs`` has the network.

    References
    ----------
    Freeman, L. C. (1978). Centrality in social networks: conceptual clarification. *Social
    Networks* 1, 215–239. Crescenzi, P. et al. (2013). On computing the diameter of real-world
    undirected graphs. *Theoretical Computer Science* 514, 84–95.

    Examples
    --------
    >>> import networkx as nx
    >>> star = WeightedGraph.from_networkx(nx.star_graph(4))
    >>> table = cohesion(star)
    >>> table.loc["degree_centralization", "value"], table.loc["mean_distance", "value"]
    (np.float64(1.0), np.float64(1.6))
    """
    graph = source.weighted_graph(**options)
    plain = graph.undirected()
    ones = plain.adjacency.copy()
    ones.data[:] = 1.0
    plain = replace(plain, adjacency=ones)
    rows = [*_ties(graph, plain), *_distances(plain)]
    if isinstance(source, Ecosystem):
        rows += _perceived(source, graph)
    table = pd.DataFrame(rows, columns=["measure", "value", "counted"]).set_index("measure")
    named = [*MEASURES, *(f"mean_{name}" for name in PERCEIVED)]
    table = table.reindex([name for name in named if name in table.index])
    table.attrs = {
        "measure": list(table.index),
        "parameters": graph.parameters(options),
        "network": graph.as_network(),
    }
    return table


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _ties(graph: WeightedGraph, plain: WeightedGraph) -> list[Row]:
    n, pairs, arcs = len(plain), plain.n_pairs, graph.adjacency.nnz
    degree = np.diff(plain.adjacency.indptr).astype(np.float64)
    apart = float((degree.max(initial=0.0) - degree).sum())
    possible = n * (n - 1)
    paths = float((degree * (degree - 1)).sum())
    closed = _closed(plain, degree) if paths else 0.0
    returned = graph.adjacency.multiply(graph.adjacency.T).nnz if graph.directed else 0
    reciprocity = _share(returned, arcs) if graph.directed else float("nan")
    return [
        ("density", _share(arcs, possible), possible if graph.directed else possible // 2),
        ("mean_degree", _share(2 * pairs, n), n),
        ("degree_centralization", _share(apart, (n - 1) * (n - 2)) if n > 2 else np.nan, n),
        ("global_clustering", _share(closed, paths), int(paths) // 2),
        ("reciprocity", reciprocity, arcs if graph.directed else 0),
    ]


def _closed(plain: WeightedGraph, degree: NDArray[np.float64]) -> float:
    """Count the paths of two ties that close to a triangle, each way."""
    if not is_small(plain):
        local = node_measure("clustering", "native")
        return float(np.nansum(local(plain, weighted=False) * degree * (degree - 1)))
    ties = plain.adjacency  # where it is small nothing need be compiled
    return float((ties @ ties).multiply(ties).sum())


def _distances(plain: WeightedGraph) -> list[Row]:
    n = len(plain)
    labels = plain.pieces()
    sizes = np.bincount(labels, minlength=1)
    reached = sizes[labels].astype(np.float64) - 1 if n else np.zeros(0)
    total = 0.0
    if reached.any():
        near = node_measure("closeness", engine_for("closeness"))
        closeness = near(plain, weighted=False)
        there = reached > 0
        # Wasserman and Faust's closeness is (r/(n − 1)) · (r/Σd): what is asked for is Σd.
        total = float((reached[there] ** 2 / (n - 1) / closeness[there]).sum())
    return [
        ("components", float(len(sizes) if n else 0), n),
        ("largest_component", _share(float(sizes.max()), n), n),
        ("mean_distance", _share(total, reached.sum()), int(reached.sum()) // 2),
        ("diameter", _diameter(plain.adjacency, labels, sizes), int(reached.sum()) // 2),
    ]


def _diameter(matrix: sparse.csr_array, labels: NDArray[Any], sizes: NDArray[Any]) -> float:
    """Return the longest of the shortest paths, in any component; NaN without a tie.

    Levels around the busiest node of a piece are looked at from the farthest on: two nodes of up to
    level i are at most 2i apart, so that most need no search of their own.
    """
    if matrix.nnz == 0:
        return float("nan")
    degree, longest, searches = np.diff(matrix.indptr), 1, 0
    for piece in np.argsort(-sizes, kind="stable"):
        if sizes[piece] - 1 <= longest:  # no piece of so few nodes has a longer path
            break
        members = np.flatnonzero(labels == piece)
        level = _levels(matrix, int(members[np.argmax(degree[members])]))
        far = int(level.max())
        longest = max(longest, far)
        while longest < 2 * far:
            for node in np.flatnonzero(level == far):
                searches += 1
                if searches > MOST_SEARCHES:
                    return float("nan")
                longest = max(longest, int(_levels(matrix, int(node)).max()))
                if longest >= 2 * far:
                    break
            far -= 1
    return float(longest)


def _levels(matrix: sparse.csr_array, start: int) -> NDArray[np.int64]:
    """Return the distance of each node from the start; −1 where it cannot be reached."""
    level = np.full(matrix.shape[0], -1, dtype=np.int64)
    level[start], front, step = 0, np.array([start]), 0
    while len(front):
        step += 1
        ends = matrix[front].indices
        front = np.unique(ends[level[ends] < 0])
        level[front] = step
    return level


def _perceived(eco: Ecosystem, graph: WeightedGraph) -> list[Row]:
    """Return the means of what partners report of their ties, where any does."""
    ties = eco.filtered(graph.options.filters).eco.ties
    ties = ties[ties["source"].isin(graph.index) & ties["target"].isin(graph.index)]
    rows = []
    for name in PERCEIVED:
        known = pd.to_numeric(ties[name], errors="coerce").dropna()
        rows.append((f"mean_{name}", float(known.mean()) if len(known) else np.nan, len(known)))
    return rows
