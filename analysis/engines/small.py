"""Measures of small networks as operations on whole matrices: nothing to compile, no loop a node.

All sources take each step of a breadth-first search together, so that the time goes to a few
products of matrices, one for each distance that occurs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

AT_ONCE = 256

Floats = NDArray[np.float64]


def distances(lengths: sparse.csr_array, *, weighted: bool) -> tuple[Floats, Floats, Floats]:
    """Return, per node, how many others reach it, and their sums of distance and 1/distance."""
    if weighted:
        from scipy.sparse import csgraph

        near = csgraph.dijkstra(lengths)
        near[~np.isfinite(near)] = 0.0
        inverse = np.divide(1.0, near, out=np.zeros_like(near), where=near > 0)
        return (near > 0).sum(axis=0).astype(np.float64), near.sum(axis=0), inverse.sum(axis=0)
    n = lengths.shape[0]
    reached, total, inverse = np.zeros(n), np.zeros(n), np.zeros(n)
    for start in range(0, n, AT_ONCE):
        for step, ways in enumerate(_levels(lengths, start)):
            here = np.count_nonzero(ways, axis=1) if step else np.zeros(n)
            reached += here
            total += step * here
            inverse += here / max(step, 1)
    return reached, total, inverse


def dependencies(arcs: sparse.csr_array) -> Floats:
    """Return the sums of Brandes' dependencies of all sources, ends of paths not counted."""
    n = arcs.shape[0]
    sums = np.zeros(n)
    for start in range(0, n, AT_ONCE):
        levels = list(_levels(arcs, start))
        carried = np.zeros_like(levels[0])
        for step in range(len(levels) - 1, 1, -1):
            # What each node on this level hands to those before it, by its number of paths.
            share = np.divide(1.0 + carried, levels[step], out=carried, where=levels[step] > 0)
            share[levels[step] == 0] = 0.0
            carried = levels[step - 1] * (arcs @ share)
            sums += carried.sum(axis=1)
    return sums


def _levels(arcs: sparse.csr_array, start: int) -> Iterator[Floats]:
    """Yield, by distance, the number of shortest paths from some sources (columns) to each node."""
    n = arcs.shape[0]
    sources = np.arange(start, min(n, start + AT_ONCE))
    ways = np.zeros((n, len(sources)))
    ways[sources, np.arange(len(sources))] = 1.0
    into, fresh = arcs.T.tocsr(), ways == 0
    while ways.any():
        yield ways
        ways = (into @ ways) * fresh
        fresh &= ways == 0


def pieces(tied: sparse.csr_array) -> NDArray[np.int64]:
    """Return the component of each node of a symmetric matrix, numbered in order of appearance."""
    rows = np.repeat(np.arange(tied.shape[0]), np.diff(tied.indptr))
    last, labels = np.array([-1]), np.arange(tied.shape[0])
    while not np.array_equal(last, labels):
        last, labels = labels, labels.copy()
        np.minimum.at(labels, rows, last[tied.indices])
        labels = labels[labels]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def core_numbers(tied: sparse.csr_array) -> Floats:
    """Return the largest k for which each node is in the k-core, peeled off layer by layer."""
    left, degrees = np.ones(tied.shape[0], dtype=bool), np.diff(tied.indptr).astype(np.float64)
    core, k = np.zeros(len(left)), 0.0
    while left.any():
        k = max(k, degrees[left].min())
        layer = left & (degrees <= k)
        core[layer] = k
        left &= ~layer
        degrees -= tied @ layer.astype(np.float64)
    return core
