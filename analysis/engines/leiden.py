r"""Leiden by modularity: clusters that are connected, on symmetric matrices of strengths.

One run repeats three steps until nothing changes: *move* nodes to the cluster of highest gain, as
long as there is any; *refine* each cluster into parts, starting from single nodes and joining a
node only to a part it is tied to; *aggregate* the parts into nodes, clustered as before. Moving
node v with strength :math:`k_v` to cluster c with strength :math:`K_c` gains

.. math:: w(v, c) - \gamma k_v K_c / 2m

and only gains above a tolerance count, so that every run ends.

scikit-network's Leiden compares gains in single precision and can run for ever on random graphs;
leidenalg and igraph are GPL. The same functions run as plain Python on small networks and compiled
on large ones, with the same result. After ten rounds a run ends even if a next one would gain.

References
----------
Traag, V. A., Waltman, L., van Eck, N. J. (2019). From Louvain to Leiden: guaranteeing
well-connected communities. *Scientific Reports* 9, 5233.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

COMPILED_ABOVE = 400
MOST_ROUNDS = 10
TOLERANCE = 1e-12

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def leiden(matrix: sparse.csr_array, *, resolution: float = 1.0, seed: int = 0) -> Ints:
    """Divide a symmetric matrix of strengths into connected clusters of high modularity, one run.

    Parameters
    ----------
    matrix
        n × n, CSR, symmetric, not negative.
    resolution
        Larger gives more and smaller clusters.
    seed
        In which order nodes are visited; the same seed gives the same clusters.

    Returns
    -------
    ndarray
        n labels from 0, in no particular order; a node without ties is alone.
    """
    random = np.random.default_rng(seed)
    matrix = matrix.astype(np.float64)
    labels = np.arange(matrix.shape[0], dtype=np.int64)
    for _ in range(MOST_ROUNDS):
        again = _round(matrix, labels, resolution, random)
        if np.array_equal(again, labels):
            break
        labels = again
    return labels


def _round(matrix: Any, labels: Ints, resolution: float, random: np.random.Generator) -> Ints:
    """Move, refine and aggregate up to the top, starting from a partition."""
    move, refine = _steps(matrix.shape[0])
    level, inside = matrix, np.arange(matrix.shape[0], dtype=np.int64)
    labels = labels.copy()
    while True:
        n = level.shape[0]
        strength = np.asarray(level.sum(axis=1), dtype=np.float64).ravel()
        total = strength.sum()
        if total == 0:
            return _dense(labels[inside])
        factor = resolution / total
        parts = level.indptr.astype(np.int64), level.indices.astype(np.int64), level.data
        labels = _dense(move(*parts, strength, labels, factor, random.permutation(n)))
        refined = _dense(refine(*parts, strength, labels, factor, random.permutation(n)))
        count = int(refined.max()) + 1
        if count == n:
            return _dense(labels[inside])
        member = sparse.coo_array((np.ones(n), (np.arange(n), refined)), shape=(n, count)).tocsr()
        level = (member.T @ level @ member).tocsr()
        level.sort_indices()
        upper = np.zeros(count, dtype=np.int64)
        upper[refined] = labels
        inside, labels = refined[inside], upper


def _dense(labels: Ints) -> Ints:
    """Number labels from 0 in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _move(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    strength: Floats,
    start: Ints,
    factor: float,
    order: Ints,
) -> Ints:
    """Move nodes to the cluster of highest gain until none gains; who is moved wakes neighbours."""
    n = len(strength)
    labels = start.copy()
    sums = np.zeros(n + 1)
    sizes = np.zeros(n + 1, dtype=np.int64)
    for v in range(n):
        sums[labels[v]] += strength[v]
        sizes[labels[v]] += 1
    free = [c for c in range(n - 1, -1, -1) if sizes[c] == 0]
    weight = np.zeros(n + 1)
    queue = order.copy()
    waiting = np.ones(n, dtype=np.bool_)
    head, length = 0, n
    while length > 0:
        v = queue[head]
        head = (head + 1) % n
        length -= 1
        waiting[v] = False
        old = labels[v]
        sums[old] -= strength[v]
        sizes[old] -= 1
        for i in range(indptr[v], indptr[v + 1]):
            if indices[i] != v:
                weight[labels[indices[i]]] += data[i]
        best, highest = old, weight[old] - factor * strength[v] * sums[old]
        for i in range(indptr[v], indptr[v + 1]):
            c = labels[indices[i]]
            gain = weight[c] - factor * strength[v] * sums[c]
            if gain > highest + TOLERANCE:
                best, highest = c, gain
        if highest < -TOLERANCE and sizes[old] > 0 and len(free) > 0:
            best = free.pop()  # better alone than in any cluster
        for i in range(indptr[v], indptr[v + 1]):
            weight[labels[indices[i]]] = 0.0
        labels[v] = best
        sums[best] += strength[v]
        sizes[best] += 1
        if best != old:
            if sizes[old] == 0:
                free.append(old)
            for i in range(indptr[v], indptr[v + 1]):
                u = indices[i]
                if not waiting[u] and labels[u] != best:
                    queue[(head + length) % n] = u
                    length += 1
                    waiting[u] = True
    return labels


def _refine(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    strength: Floats,
    labels: Ints,
    factor: float,
    order: Ints,
) -> Ints:
    """Split clusters into connected parts: single nodes join the part of highest gain."""
    n = len(strength)
    whole = np.zeros(n)
    for v in range(n):
        whole[labels[v]] += strength[v]
    parts = np.arange(n)
    sums = strength.copy()
    sizes = np.ones(n, dtype=np.int64)
    outside = np.zeros(n)  # of each part: its ties to the rest of its cluster
    for v in range(n):
        for i in range(indptr[v], indptr[v + 1]):
            if indices[i] != v and labels[indices[i]] == labels[v]:
                outside[v] += data[i]
    weight = np.zeros(n)
    for v in order:
        rest = whole[labels[v]] - strength[v]
        if sizes[parts[v]] > 1 or outside[v] < factor * strength[v] * rest - TOLERANCE:
            continue
        for i in range(indptr[v], indptr[v + 1]):
            u = indices[i]
            if u != v and labels[u] == labels[v]:
                weight[parts[u]] += data[i]
        best, highest = parts[v], 0.0
        for i in range(indptr[v], indptr[v + 1]):
            u = indices[i]
            if u == v or labels[u] != labels[v]:
                continue
            p = parts[u]
            bound = factor * sums[p] * (whole[labels[v]] - sums[p]) - TOLERANCE
            gain = weight[p] - factor * strength[v] * sums[p]
            if outside[p] >= bound and gain > highest + TOLERANCE:
                best, highest = p, gain
        if best != parts[v]:
            outside[best] += outside[v] - 2 * weight[best]
            sums[best] += strength[v]
            sizes[best] += 1
            sizes[parts[v]] = 0
            parts[v] = best
        for i in range(indptr[v], indptr[v + 1]):
            weight[parts[indices[i]]] = 0.0
    return parts


@lru_cache(maxsize=2)
def _compiled() -> tuple[Callable[..., Ints], Callable[..., Ints]]:
    import numba

    try:
        compiled = numba.njit(nogil=True, cache=True)
        return compiled(_move), compiled(_refine)
    except RuntimeError:  # numba found no folder for its cache
        compiled = numba.njit(nogil=True)
        return compiled(_move), compiled(_refine)


def _steps(n: int) -> tuple[Callable[..., Ints], Callable[..., Ints]]:
    """Return the two steps, compiled where that pays."""
    return _compiled() if n > COMPILED_ABOVE else (_move, _refine)
