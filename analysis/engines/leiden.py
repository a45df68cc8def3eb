r"""Leiden, Louvain and label propagation: one run each, on symmetric matrices of strengths.

The value of a partition is the strength inside its clusters, less what their masses lead to expect
(`Objective`): modularity, the constant Potts model (CPM) and Barber's modularity of affiliations
differ only in these masses. Moving node v to cluster c gains

.. math:: w(v, c) - f\,(a_v B_c + b_v A_c)

One run of Leiden repeats three steps until nothing changes: *move* nodes to the cluster of highest
gain, as long as there is any; *refine* each cluster into parts, starting from single nodes and
joining a node only to a part it is tied to; *aggregate* the parts into nodes, clustered as before.
Louvain leaves the second step out, and may therefore return disconnected clusters. Only gains above
a tolerance count, so that every run ends; it ends after ten rounds at most (three above 10,000
nodes).

scikit-network's Leiden compares gains in single precision and can run for ever on random graphs;
leidenalg and igraph are GPL. The same functions run as plain Python on lists where the network is
small, and compiled on arrays where it is large, with the same result.

References
----------
Traag, V. A., Waltman, L., van Eck, N. J. (2019). From Louvain to Leiden: guaranteeing
well-connected communities. *Scientific Reports* 9, 5233.
Traag, V. A., Van Dooren, P., Nesterov, Y. (2011). Narrow scope for resolution-limit-free community
detection. *Physical Review E* 84, 016114.
Barber, M. J. (2007). Modularity and community detection in bipartite networks. *Physical Review E*
76, 066102.
Raghavan, U. N., Albert, R., Kumara, S. (2007). Near linear time algorithm to detect community
structures in large-scale networks. *Physical Review E* 76, 036106.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines.either import either

COMPILED_ABOVE = 150
LARGE = 10_000
MOST_ROUNDS, MOST_WHERE_LARGE = 10, 3
MOST_SWEEPS = 100
TOLERANCE = 1e-12

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Objective:
    r"""The value of a partition: :math:`\frac1s\sum_c (m_c - f A_c B_c) + h`.

    :math:`m_c` is the strength inside cluster c, :math:`A_c` and :math:`B_c` are the sums of its
    members' masses a and b.
    """

    a: Floats
    b: Floats
    factor: float
    scale: float = 1.0
    shift: float = 0.0

    @classmethod
    def modularity(cls, matrix: sparse.csr_array, resolution: float = 1.0) -> Objective:
        r"""Return :math:`Q=\sum_c [m_c/m - \gamma (d_c/2m)^2]` (Newman), NaN without ties."""
        strength = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
        m = float(strength.sum()) / 2
        return cls(strength, strength, resolution / (4 * m) if m else 0.0, m)

    @classmethod
    def cpm(cls, matrix: sparse.csr_array, resolution: float) -> Objective:
        r"""Return :math:`\sum_c [m_c - \gamma n_c (n_c - 1)/2]`."""
        ones = np.ones(matrix.shape[0])
        return cls(ones, ones, resolution / 2, shift=resolution * len(ones) / 2)

    @classmethod
    def barber(
        cls, matrix: sparse.csr_array, rows: NDArray[np.bool_], resolution: float = 1.0
    ) -> Objective:
        r"""Return :math:`Q_B=\sum_c [m_c/m - \gamma K_c D_c/m^2]`.

        :math:`K_c` and :math:`D_c` are the strengths of the rows and of the columns in c; `rows`
        says of each node whether it is a row.
        """
        strength = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
        m = float(strength.sum()) / 2
        factor = resolution / m if m else 0.0
        return cls(np.where(rows, strength, 0.0), np.where(rows, 0.0, strength), factor, m)

    def value(self, matrix: sparse.csr_array, labels: Ints) -> float:
        """Return the value of a partition."""
        if self.scale == 0:
            return float("nan")
        coo = matrix.tocoo()
        inside = coo.data[labels[coo.row] == labels[coo.col]].sum() / 2
        masses = np.bincount(labels, weights=self.a) @ np.bincount(labels, weights=self.b)
        return float((inside - self.factor * masses) / self.scale + self.shift)

    def worth(self, matrix: Floats) -> Floats:
        """Return the value of putting each pair of nodes together; 0 on the diagonal."""
        expected = self.factor * np.outer(self.a, self.b)
        worth: Floats = matrix - expected - expected.T
        np.fill_diagonal(worth, 0.0)
        return worth

    @property
    def alone(self) -> float:
        """The value of the partition in which every node is alone."""
        return float(-self.factor * (self.a @ self.b) / self.scale + self.shift)


def leiden(
    matrix: sparse.csr_array,
    objective: Objective | None = None,
    *,
    seed: int = 0,
    start: Ints | None = None,
    refined: bool = True,
    compiled: bool | None = None,
) -> Ints:
    """Divide a symmetric matrix of strengths into clusters of high value, one run.

    Parameters
    ----------
    matrix
        n × n, CSR, symmetric, not negative.
    objective
        Value of a partition; modularity by default.
    seed
        Random seed of the order in which nodes are visited.
    start
        Labels to start from; by default every node is alone.
    refined
        Whether to refine clusters (Leiden), which keeps them connected, or not (Louvain).
    compiled
        Whether to compile loops, which changes no label; by default above 150 nodes.

    Returns
    -------
    ndarray
        n labels from 0, in the order in which they appear; a node without ties is alone.
    """
    random = np.random.default_rng(seed)
    objective = Objective.modularity(matrix) if objective is None else objective
    labels = np.arange(matrix.shape[0], dtype=np.int64) if start is None else dense(start)
    if matrix.nnz == 0:
        return labels
    network = _Level.of(matrix, objective, compiled)
    for _ in range(MOST_ROUNDS if len(labels) <= LARGE else MOST_WHERE_LARGE):
        again = _round(network, objective.factor, labels, random, refined)
        if np.array_equal(again, labels):
            break
        labels = again
    return labels


def _round(
    level: _Level, factor: float, labels: Ints, random: np.random.Generator, refined: bool
) -> Ints:
    """Move, refine and aggregate up to the top, starting from a partition."""
    inside = np.arange(level.size, dtype=np.int64)
    while True:
        labels = level.moved(labels, factor, random.permutation(level.size))
        parts = labels
        if refined:
            parts = level.refined(labels, factor, random.permutation(level.size))
        count = int(parts.max()) + 1
        if count == level.size:
            return level.numbered(labels[inside])
        upper = np.zeros(count, dtype=np.int64)
        upper[parts] = labels
        level, inside, labels = level.aggregated(parts, count), parts[inside], upper


@dataclass(frozen=True, eq=False)
class _Level:
    """A network with masses at one level of aggregation, in lists where small, else in arrays.

    `network` is (indptr, indices, strengths, a, b).
    """

    network: tuple[Any, ...]
    compiled: bool

    @classmethod
    def of(cls, matrix: sparse.csr_array, objective: Objective, compiled: bool | None) -> _Level:
        compiled = matrix.shape[0] > COMPILED_ABOVE if compiled is None else compiled
        csr = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
        arrays = (*csr, matrix.data.astype(np.float64), objective.a, objective.b)
        return cls(arrays if compiled else tuple(array.tolist() for array in arrays), compiled)

    @property
    def size(self) -> int:
        return len(self.network[-1])

    def moved(self, labels: Ints, factor: float, order: Ints) -> Ints:
        given = self._given(labels.copy(), order)
        return self.numbered(self._run(_move, *given, *self._room(3, 4), factor))

    def refined(self, labels: Ints, factor: float, order: Ints) -> Ints:
        given = self._given(labels, order)
        return self.numbered(self._run(_refine, *given, *self._room(6, 3), factor))

    def numbered(self, labels: Any) -> Ints:
        """Number labels as `dense` does, of which none is as large as there are of them."""
        if not self.compiled:
            return dense(labels)
        ranks = np.full(len(labels), -1, dtype=np.int64)
        return np.asarray(either(_number, compiled=True)(labels, ranks), dtype=np.int64)

    def spread(self, labels: Ints, draws: Floats, order: Ints) -> Ints:
        given = self._given(labels.copy(), draws, order)
        weight = self._room(1, 0)[0][0]
        return np.asarray(self._run(_spread, *given, weight), dtype=np.int64)

    def aggregated(self, parts: Ints, count: int) -> _Level:
        given = self._given(parts, np.argsort(parts, kind="stable"))
        floats, whole = self._room(1, 2)
        size = len(self.network[2])
        ints = np.zeros(count + 1, dtype=np.int64), np.zeros(size, dtype=np.int64)
        new = tuple(self._given(*ints, np.zeros(size), np.zeros(count), np.zeros(count)))
        used = self._run(_aggregate, *given, floats[0], whole, new)
        indptr, indices, data, a, b = new
        return _Level((indptr, indices[:used], data[:used], a, b), self.compiled)

    def _given(self, *arrays: NDArray[Any]) -> Any:
        return arrays if self.compiled else [array.tolist() for array in arrays]

    def _room(self, floats: int, whole: int) -> tuple[Any, Any]:
        """Return empty working arrays, of floats and of whole numbers."""
        n = self.size
        if not self.compiled:
            return tuple([0.0] * n for _ in range(floats)), tuple([0] * n for _ in range(whole))
        return tuple(np.zeros((floats, n))), tuple(np.zeros((whole, n), dtype=np.int64))

    def _run(self, kernel: Callable[..., Any], *given: Any) -> Any:
        return either(kernel, compiled=self.compiled)(self.network, *given)


def label_propagation(
    matrix: sparse.csr_array, *, seed: int = 0, compiled: bool | None = None
) -> Ints:
    """Give each node in turn the label that most of its strength leads to, until none changes.

    Among equal labels a node keeps its own, else takes one at random. Nodes that share a label but
    are not connected become separate clusters.

    Returns
    -------
    ndarray
        n labels from 0, in the order in which they appear; a node without ties is alone.
    """
    random = np.random.default_rng(seed)
    n = matrix.shape[0]
    labels = np.arange(n, dtype=np.int64)
    network = _Level.of(matrix, Objective.cpm(matrix, 0.0), compiled)
    for _ in range(MOST_SWEEPS):
        again = network.spread(labels, random.random(n), random.permutation(n))
        if np.array_equal(again, labels):
            break
        labels = again
    coo = matrix.tocoo()
    same = labels[coo.row] == labels[coo.col]
    within = sparse.coo_array((coo.data[same], (coo.row[same], coo.col[same])), shape=(n, n))
    return dense(sparse.csgraph.connected_components(within, directed=False)[1].astype(np.int64))


def dense(labels: Any) -> Ints:
    """Number labels from 0 in the order in which they first appear."""
    rank: dict[int, int] = {}
    values = labels if isinstance(labels, list) else labels.tolist()
    return np.array([rank.setdefault(label, len(rank)) for label in values], dtype=np.int64)


# The kernels take the network in CSR with its masses, labels, an order, and empty working arrays,
# some of floats and some of whole numbers.


def _move(network: Any, labels: Any, order: Any, floats: Any, whole: Any, factor: float) -> Any:
    """Move nodes to the cluster of highest gain until none gains; a move wakes the neighbours."""
    indptr, indices, data, a, b = network
    weight, sum_a, sum_b = floats
    sizes, free, waiting, around = whole
    n = len(a)
    for v in range(n):
        sum_a[labels[v]] += a[v]
        sum_b[labels[v]] += b[v]
        sizes[labels[v]] += 1
        waiting[v] = 1
    empty = 0  # labels nobody has: free[:empty]
    for c in range(n - 1, -1, -1):
        if sizes[c] == 0:
            free[empty] = c
            empty += 1
    head, length = 0, n
    while length > 0:
        v = order[head]
        head = (head + 1) % n
        length -= 1
        waiting[v] = 0
        old = labels[v]
        av, bv = factor * a[v], factor * b[v]
        sum_a[old] -= a[v]
        sum_b[old] -= b[v]
        sizes[old] -= 1
        near = 0  # clusters around v: around[:near]
        for i in range(indptr[v], indptr[v + 1]):
            if indices[i] != v:
                c = labels[indices[i]]
                if weight[c] == 0.0:
                    around[near] = c
                    near += 1
                weight[c] += data[i]
        best, highest = old, weight[old] - av * sum_b[old] - bv * sum_a[old]
        for x in range(near):
            c = around[x]
            gain = weight[c] - av * sum_b[c] - bv * sum_a[c]
            weight[c] = 0.0
            if gain > highest + TOLERANCE:
                best, highest = c, gain
        if highest < -TOLERANCE and sizes[old] > 0 and empty > 0:
            empty -= 1
            best = free[empty]  # better alone than in any cluster
        labels[v] = best
        sum_a[best] += a[v]
        sum_b[best] += b[v]
        sizes[best] += 1
        if best != old:
            if sizes[old] == 0:
                free[empty] = old
                empty += 1
            for i in range(indptr[v], indptr[v + 1]):
                u = indices[i]
                if waiting[u] == 0 and labels[u] != best:
                    order[(head + length) % n] = u
                    length += 1
                    waiting[u] = 1
    return labels


def _refine(network: Any, labels: Any, order: Any, floats: Any, whole: Any, factor: float) -> Any:
    """Split clusters into connected parts: single nodes join the part of highest gain."""
    indptr, indices, data, a, b = network
    weight, sum_a, sum_b, outside, whole_a, whole_b = floats
    sizes, parts, around = whole
    n = len(a)
    for v in range(n):
        whole_a[labels[v]] += a[v]
        whole_b[labels[v]] += b[v]
        parts[v], sizes[v] = v, 1
        sum_a[v], sum_b[v] = a[v], b[v]
        for i in range(indptr[v], indptr[v + 1]):  # ties of each part to the rest of its cluster
            if indices[i] != v and labels[indices[i]] == labels[v]:
                outside[v] += data[i]
    for v in order:
        c = labels[v]
        rest = a[v] * (whole_b[c] - b[v]) + b[v] * (whole_a[c] - a[v])
        if sizes[parts[v]] > 1 or outside[v] < factor * rest - TOLERANCE:
            continue
        near = 0  # parts around v: around[:near]
        for i in range(indptr[v], indptr[v + 1]):
            u = indices[i]
            if u != v and labels[u] == c:
                if weight[parts[u]] == 0.0:
                    around[near] = parts[u]
                    near += 1
                weight[parts[u]] += data[i]
        best, highest = parts[v], 0.0
        for x in range(near):
            p = around[x]
            rest = sum_a[p] * (whole_b[c] - sum_b[p]) + sum_b[p] * (whole_a[c] - sum_a[p])
            gain = weight[p] - factor * (a[v] * sum_b[p] + b[v] * sum_a[p])
            if outside[p] >= factor * rest - TOLERANCE and gain > highest + TOLERANCE:
                best, highest = p, gain
        if best != parts[v]:
            outside[best] += outside[v] - 2 * weight[best]
            sum_a[best] += a[v]
            sum_b[best] += b[v]
            sizes[best] += 1
            sizes[parts[v]] = 0
            parts[v] = best
        for x in range(near):
            weight[around[x]] = 0.0
    return parts


def _number(labels: Any, ranks: Any) -> Any:
    """Number labels in place, from 0 in the order in which they first appear."""
    count = 0
    for v in range(len(labels)):
        if ranks[labels[v]] < 0:
            ranks[labels[v]] = count
            count += 1
        labels[v] = ranks[labels[v]]
    return labels


def _spread(network: Any, labels: Any, draws: Any, order: Any, weight: Any) -> Any:
    """Give each node in turn the label that most of its strength leads to."""
    indptr, indices, data, _, _ = network
    for v in order:
        highest = 0.0
        for i in range(indptr[v], indptr[v + 1]):
            c = labels[indices[i]]
            weight[c] += data[i]
            if weight[c] > highest:
                highest = weight[c]
        if weight[labels[v]] < highest - TOLERANCE:
            equal = 0
            for i in range(indptr[v], indptr[v + 1]):
                if weight[labels[indices[i]]] >= highest - TOLERANCE:
                    equal += 1
            chosen, best = int(draws[v] * equal), labels[v]
            for i in range(indptr[v], indptr[v + 1]):
                c = labels[indices[i]]
                if weight[c] >= highest - TOLERANCE:
                    if chosen == 0:
                        best = c
                    chosen -= 1
        else:
            best = labels[v]
        for i in range(indptr[v], indptr[v + 1]):
            weight[labels[indices[i]]] = 0.0
        labels[v] = best
    return labels


def _aggregate(network: Any, parts: Any, by_part: Any, weight: Any, whole: Any, new: Any) -> Any:
    """Add up nodes and their ties by part; return how many entries the new network has."""
    indptr, indices, data, a, b = network
    new_indptr, new_indices, new_data, new_a, new_b = new
    seen, found = whole
    used, x, n = 0, 0, len(a)
    while x < n:
        part, count = parts[by_part[x]], 0
        while x < n and parts[by_part[x]] == part:
            v = by_part[x]
            x += 1
            new_a[part] += a[v]
            new_b[part] += b[v]
            for i in range(indptr[v], indptr[v + 1]):
                other = parts[indices[i]]
                if seen[other] == 0:
                    seen[other] = 1
                    found[count] = other
                    count += 1
                weight[other] += data[i]
        for i in range(count):
            other = found[i]
            new_indices[used], new_data[used] = other, weight[other]
            weight[other], seen[other] = 0.0, 0
            used += 1
        new_indptr[part + 1] = used
    return used
