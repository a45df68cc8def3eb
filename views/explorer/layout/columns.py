"""Two columns, ordered by barycentres so that few ties cross."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from partnergraph.views.explorer.layout.units import GAP, SPACING, Floats, Ints
from partnergraph.views.explorer.layout.walks import walk_ranks


def two_columns(graph: csr_array[Any, Any], sides: Ints, need: Floats, aspect: float) -> Floats:
    """Return side 0 left and side 1 right, in the order with the fewest crossings found."""
    ties = graph.tocoo()
    across = sides[ties.row] != sides[ties.col]
    row, col, pull = ties.row[across], ties.col[across], ties.data[across]
    between = csr_array((pull, (row, col)), shape=graph.shape)
    _, label = connected_components(between, directed=False)
    rank = walk_ranks(between, breadth_first_order)
    first = np.full(label.max() + 1, np.inf)
    np.minimum.at(first, label, rank)
    weight = between.sum(axis=1)
    left = sides[row] == 0
    best, least = rank, np.inf
    for sweep in range(24):
        crossed = crossings(rank[row[left]], rank[col[left]])
        if crossed < least:
            best, least = rank, crossed
        mean = np.where(weight > 0, between @ rank / np.maximum(weight, 1e-300), rank)
        key = np.where(sides == sweep % 2, mean, rank)
        # rows of one component stay together, in the order in which the walk met components
        rank = np.empty(len(rank))
        rank[np.lexsort((key, first[label]))] = np.arange(len(rank))
    slots = [np.flatnonzero(sides == side) for side in (0, 1)]
    heights = [np.maximum(SPACING, 2 * need[nodes] + GAP).sum() for nodes in slots]
    x = np.empty((len(rank), 2))
    for side, nodes in enumerate(slots):
        nodes = nodes[np.argsort(best[nodes])]
        room = np.maximum(SPACING, 2 * need[nodes] + GAP)
        room *= max(heights) / heights[side] if len(nodes) else 1
        x[nodes, 0] = side * max(4 * SPACING, aspect * max(heights))
        x[nodes, 1] = -(np.cumsum(room) - room / 2)
    return x


def crossings(left: Floats, right: Floats) -> int:
    """Return how many pairs of ties cross: inversions of *right* when ordered by *left*."""
    ends = np.unique(right, return_inverse=True)[1][np.lexsort((right, left))]
    total, bit = 0, 1
    while bit <= ends.max(initial=0):
        # among ends that agree above this bit, an earlier 1 and a later 0 are an inversion
        order = np.argsort(ends // (2 * bit), kind="stable")
        group, one = ends[order] // (2 * bit), (ends[order] // bit) % 2
        before = np.cumsum(one) - one
        starts = np.r_[True, group[1:] != group[:-1]]
        before = before - before[starts][np.cumsum(starts) - 1]
        total += int(before[one == 0].sum())
        bit *= 2
    return total
