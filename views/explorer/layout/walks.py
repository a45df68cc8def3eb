"""The order in which a walk meets the nodes of a network."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from partnergraph.views.explorer.layout.units import Floats


def walk_ranks(graph: csr_array[Any, Any], order_from: Callable[..., Any]) -> Floats:
    """Return the rank of each node in a walk: largest component first, each from a far end."""
    _, label = connected_components(graph, directed=False)
    size = np.bincount(label)
    degree = np.diff(graph.indptr)
    order = np.lexsort((degree, label, -size[label]))
    walks = []
    for start in order[np.r_[True, label[order][1:] != label[order][:-1]]]:
        walk = np.array([start])
        for _ in range(2 if degree[start] else 0):
            walk = order_from(graph, walk[-1], directed=False, return_predecessors=False)
        walks.append(walk)
    rank = np.empty(len(label))
    rank[np.concatenate(walks)] = np.arange(len(label))
    return rank
