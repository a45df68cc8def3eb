r"""The engine for large networks on one machine: scipy, scikit-network and our own kernels.

Every function takes a `WeightedGraph` and returns one float a node in its order; what is undefined
is NaN, with the definitions and normalisations of the engine networkx. Loops are compiled by numba
(see `partnergraph.analysis.engines.kernels`); for a network of up to 1,000 nodes and 5,000 tied
pairs numpy and scipy do the same, so that nothing needs to be compiled.

Work is always split into `PARTS` parts, so that numbers do not depend on the number of processors.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines import small
from partnergraph.analysis.engines.select import is_small
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph

Vector = NDArray[np.float64]

BLOCK = 1_000  # arcs of a small network that are looked at together
PARTS = 8
DENSE = 100
TOLERANCE = 1e-12
MOST_ROUNDS = 100_000
MOST_STEPS = 40_000_000_000
KATZ_ALPHA = 0.1
SAME = 1e-9  # as the kernels have it, which importing would load numba

LOG = logging.getLogger(__name__)


def _kernel(name: str) -> Callable[..., Any]:
    """Return a compiled loop; the first call in a new installation compiles it, in seconds."""
    kernel: Any = getattr(import_module("partnergraph.analysis.engines.kernels"), name)
    if not kernel.signatures:
        LOG.info("loading or compiling %s", name)
    return kernel  # type: ignore[no-any-return]


def _deal(name: str, *arguments: Any, parts: int = PARTS) -> Any:
    """Run a kernel in parts, on all processors; add up the results in the order of the parts."""
    kernel = _kernel(name)
    kernel_parts = [(*arguments, part, parts) for part in range(parts)]
    with ThreadPoolExecutor(min(parts, os.cpu_count() or 1)) as pool:
        results = pool.map(lambda given: kernel(*given), kernel_parts)
        total = next(results)
        for result in results:
            if isinstance(total, tuple):
                total = tuple(a + b for a, b in zip(total, result, strict=True))
            elif total is not None:
                total = total + result
    return total


@dataclass(frozen=True, eq=False)
class _Arcs:
    """A CSR structure in int32, nodes and neighbours by falling degree, which caches use best.

    `order` has the nodes in this order; the arcs in `out` leave a node, those in `into` enter it.
    """

    order: NDArray[np.int64]
    out: tuple[NDArray[np.int32], NDArray[np.int32], Vector]
    into: tuple[NDArray[np.int32], NDArray[np.int32], Vector]

    def back(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values in the order of the network again."""
        result = np.empty_like(values)
        result[self.order] = values
        return result


def _split(matrix: sparse.csr_array) -> tuple[NDArray[np.int32], NDArray[np.int32], Vector]:
    if matrix.nnz >= 2**31:
        raise BadParameter(
            f"{matrix.nnz:,} arcs are more than this engine can take. Narrow the network"
        )
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data


@lru_cache(maxsize=2)
def _arcs(graph: WeightedGraph) -> _Arcs:
    matrix = graph.adjacency
    degrees = np.diff(matrix.indptr)
    if graph.directed:
        degrees = degrees + np.bincount(matrix.indices, minlength=len(graph))
    order = np.argsort(-degrees, kind="stable")
    turned = matrix[order][:, order].tocsr()
    turned.sort_indices()
    out = _split(turned)
    return _Arcs(order, out, _split(turned.T.tocsr()) if graph.directed else out)


@lru_cache(maxsize=2)
def _mutual(graph: WeightedGraph, weighted: bool) -> sparse.csr_array:
    """Return strengths in both directions added, symmetric; unweighted, each arc counts 1."""
    # A copy: sorting in place would separate the network's own strengths from their arcs.
    matrix = graph.adjacency.sorted_indices()
    if not weighted:
        matrix = _binary(matrix)
    both = (matrix + matrix.T).tocsr() if graph.directed else matrix
    both.sort_indices()
    return both


def _binary(matrix: sparse.csr_array) -> sparse.csr_array:
    ones = np.ones(matrix.nnz)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def _undefined(graph: WeightedGraph) -> Vector:
    return np.full(len(graph), np.nan)


def degree(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Count distinct neighbours, in either direction."""
    return np.diff(_mutual(graph, False).indptr).astype(np.float64)


def strength(graph: WeightedGraph, *, weighted: bool = True) -> Vector:
    """Add up the strengths of a node's ties; out and in where directed."""
    a = graph.adjacency
    total = a.sum(axis=1) + a.sum(axis=0) if graph.directed else a.sum(axis=1)
    return np.asarray(total, dtype=np.float64).ravel()


@lru_cache(maxsize=4)
def _distances(graph: WeightedGraph, weighted: bool) -> tuple[Vector, Vector, Vector]:
    """Return, per node, how many others reach it, and their sums of distance and 1/distance."""
    if is_small(graph):
        lengths = graph.adjacency.copy()
        lengths.data = 1.0 / lengths.data if weighted else np.ones(lengths.nnz)
        return small.distances(lengths, weighted=weighted)
    arcs = _arcs(graph)
    if weighted:
        ptr, idx, strengths = arcs.into
        sums = _deal("all_distances_weighted", ptr, idx, 1.0 / strengths)
    else:
        parts = min(PARTS, max(1, len(graph) // 512))
        sums = _deal("all_distances", *arcs.out[:2], *arcs.into[:2], parts=parts)
    reached, total, inverse = (arcs.back(values).astype(np.float64) for values in sums)
    return reached, total, inverse


def closeness(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Wasserman–Faust closeness: nearness to those who reach it, times their share."""
    if len(graph) < 2:
        return _undefined(graph)
    reached, total, _ = _distances(graph, weighted)
    near = np.divide(reached, total, out=np.zeros(len(graph)), where=total > 0)
    return near * (reached / (len(graph) - 1))


def harmonic(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Sum of 1/distance from all others, unreachable ones counting 0."""
    if len(graph) == 0:
        return np.empty(0)
    return _distances(graph, weighted)[2].copy()


def betweenness(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of shortest paths between others that lead through a node, normalised to 0 … 1."""
    n = len(graph)
    if n < 3:
        return _undefined(graph)
    scale = (n - 1) * (n - 2)
    if weighted and is_small(graph):
        return _weighted_small(graph) / scale
    if is_small(graph):
        return small.dependencies(_binary(graph.adjacency)) / scale
    if weighted:
        arcs = _arcs(graph)
        ptr, idx, strengths = arcs.out
        sources = np.arange(n, dtype=np.int32)
        return arcs.back(_deal("brandes_weighted", ptr, idx, 1.0 / strengths, sources)) / scale
    arcs, size, twin = _merged(graph)
    kind = np.zeros(1, dtype=np.int32 if graph.directed else np.uint8)
    period = n + 2 if graph.directed else 3
    sources = np.arange(len(size), dtype=np.int32)
    sums = _deal("brandes", *arcs.out[:2], sources, size[arcs.order], period, kind)
    return np.asarray(arcs.back(sums)[twin] / scale, dtype=np.float64)


def _weighted_small(graph: WeightedGraph) -> Vector:
    """Add up Brandes' dependencies as the kernel ``brandes_weighted``, without compiling it."""
    from scipy.sparse import csgraph

    n, lengths = len(graph), graph.adjacency.copy()
    lengths.data = 1.0 / lengths.data
    arcs = lengths.tocoo()
    sums = np.zeros(n)
    for source, near in enumerate(csgraph.dijkstra(lengths)):
        start, end = near[arcs.row], near[arcs.col]
        # From where the source does not lead, both are infinite, and nothing is shortest.
        with np.errstate(invalid="ignore"):
            shortest = np.flatnonzero(np.abs(start + arcs.data - end) <= SAME * end)
        shortest = shortest[np.argsort(start[shortest], kind="stable")]
        tails, heads = arcs.row[shortest].tolist(), arcs.col[shortest].tolist()
        ways, depends = [0.0] * n, [0.0] * n
        ways[source] = 1.0
        for v, w in zip(tails, heads, strict=True):
            ways[w] += ways[v]
        for v, w in zip(reversed(tails), reversed(heads), strict=True):
            depends[v] += ways[v] / ways[w] * (1.0 + depends[w])
        depends[source] = 0.0
        sums += depends
    return sums


def _merged(graph: WeightedGraph) -> tuple[_Arcs, Vector, NDArray[np.int64]]:
    """Merge tied nodes with the same neighbours; folding makes hundreds of them.

    Returns the arcs between merged nodes, how many nodes each represents, and the merged node of
    every node. Neighbourhoods are compared by two sums of random words, 128 bits together.
    """
    n, a = len(graph), graph.adjacency
    if graph.directed:
        return _arcs(graph), np.ones(n), np.arange(n)
    words = np.random.default_rng(0).integers(0, 2**63, (2, n), dtype=np.uint64)
    ends = np.append(
        np.cumsum(words[:, a.indices], axis=1, dtype=np.uint64),
        np.zeros((2, 1), dtype=np.uint64),
        axis=1,
    )
    circle = ends[:, a.indptr[1:] - 1] - ends[:, a.indptr[:-1] - 1] + words
    _, first, twin, size = np.unique(
        circle, axis=1, return_index=True, return_inverse=True, return_counts=True
    )
    left = a[first][:, first].tocsr()
    left.sort_indices()
    order = np.argsort(-np.diff(left.indptr), kind="stable")
    out = _split(left[order][:, order].tocsr())
    return _Arcs(order, out, out), size.astype(np.float64), twin.ravel()


@dataclass(frozen=True)
class Approximation:
    r"""Betweenness from sampled shortest paths, with what is certain about it.

    Attributes
    ----------
    values
        Estimates, normalised as `betweenness`.
    error
        Per node, the half-width of an interval; with `confidence`, all n intervals hold together.
    epsilon, confidence, samples
        The widest interval allowed, the confidence, and how many paths were drawn.
    """

    values: Vector
    error: Vector
    epsilon: float
    confidence: float
    samples: int

    def certified(self, k: int) -> int:
        """Return how many of the k highest estimates certainly belong to the k highest values."""
        order = np.argsort(-self.values, kind="stable")
        rest = order[k:]
        bar = (self.values + self.error)[rest].max() if len(rest) else -np.inf
        return int(((self.values - self.error)[order[:k]] > bar).sum())

    def as_dict(self) -> dict[str, Any]:
        """Return error, confidence, paths and how many of the top ten are certain, for results."""
        sure = self.certified(min(10, len(self.values)))
        return {
            "epsilon": self.epsilon,
            "confidence": self.confidence,
            "samples": self.samples,
            "largest_error": float(self.error.max()) if len(self.error) else 0.0,
            "certified_of_top_10": sure,
        }


def approximate_betweenness(
    graph: WeightedGraph, *, epsilon: float = 0.01, confidence: float = 0.95, seed: int = 0
) -> Approximation:
    r"""Estimate betweenness from random shortest paths between random pairs.

    With :math:`r \ge \frac{1}{2\epsilon^2}(\lfloor\log_2(D-2)\rfloor + 1 + \ln\frac{2}{\delta})`
    paths, D the most nodes on a shortest path, every estimate is within :math:`\epsilon` of the
    truth with probability :math:`1-\delta/2`; half of the :math:`\delta` buys each node an interval
    of its own (empirical Bernstein), which is far narrower where few paths pass.

    Parameters
    ----------
    epsilon
        Largest error on the scale of `betweenness`, in (0, 1).
    confidence
        :math:`1-\delta`, in (0, 1).

    Raises
    ------
    BadParameter
        If epsilon or confidence is not between 0 and 1.

    References
    ----------
    Riondato, M., Kornaropoulos, E. M. (2016). Fast approximation of betweenness centrality through
    sampling. *Data Mining and Knowledge Discovery* 30, 438–475.
    Maurer, A., Pontil, M. (2009). Empirical Bernstein bounds and sample-variance penalization.
    """
    if not (0 < epsilon < 1 and 0 < confidence < 1):
        raise BadParameter(
            f"epsilon={epsilon}, confidence={confidence}: give values between 0 and 1"
        )
    n = len(graph)
    if n < 3:
        return Approximation(_undefined(graph), _undefined(graph), epsilon, confidence, 0)
    scale, delta = n / (n - 2), (1 - confidence) / 2
    longest = max(_longest_path(graph), 3)
    wanted = (np.floor(np.log2(longest - 2)) + 1 + np.log(1 / delta)) / 2
    samples = int(np.ceil(wanted * (scale / epsilon) ** 2))
    random = np.random.default_rng(seed)
    starts = random.integers(0, n, samples, dtype=np.int32)
    ends = (starts + random.integers(1, n, samples, dtype=np.int32)) % np.int32(n)
    arcs = _arcs(graph)
    counts = _deal("sampled_paths", *arcs.out[:2], *arcs.into[:2], starts, ends, seed)
    share = arcs.back(counts) / samples
    term = np.log(3 * n / delta)
    width = np.sqrt(2 * share * (1 - share) * term / samples) + 3 * term / samples
    error = np.minimum(width * scale, epsilon)
    return Approximation(share * scale, error, epsilon, confidence, samples)


def _longest_path(graph: WeightedGraph) -> int:
    """Return an upper bound for the number of nodes on a shortest path."""
    if graph.directed:
        return len(graph)
    from scipy.sparse import csgraph

    _, labels = csgraph.connected_components(graph.adjacency, directed=False)
    # Twice the depth from any node of a component; sizes bound the small components.
    sizes = np.bincount(labels)
    longest = 0
    for piece in np.argsort(-sizes, kind="stable"):
        if sizes[piece] <= longest:
            break
        root = int(np.flatnonzero(labels == piece)[0])
        found, before = csgraph.breadth_first_order(graph.adjacency, root, directed=False)
        depth = np.zeros(len(graph), dtype=np.int64)
        for node in found[1:]:
            depth[node] = depth[before[node]] + 1
        longest = max(longest, min(int(2 * depth.max()) + 1, int(sizes[piece])))
    return longest


def eigenvector(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Leading eigenvector of the adjacency, of length 1; NaN without ties or convergence."""
    if graph.n_pairs == 0:
        return _undefined(graph)
    matrix = graph.adjacency if weighted else _binary(graph.adjacency)
    if graph.directed:
        return _power_iteration(matrix.T.tocsr())
    labels = small.pieces(matrix) if is_small(graph) else graph.pieces()
    bound = np.zeros(labels.max() + 1)
    np.maximum.at(bound, labels, np.asarray(matrix.sum(axis=1)).ravel())
    values, highest = np.zeros(len(graph)), 0.0
    # No eigenvalue exceeds the largest row sum, which rules out most small components.
    for piece in np.argsort(-np.bincount(labels), kind="stable"):
        if bound[piece] < highest * (1 - TOLERANCE):
            continue
        nodes = np.flatnonzero(labels == piece)
        root, vector = _leading(matrix[nodes][:, nodes].tocsr())
        if root > highest * (1 + TOLERANCE):
            values[:] = 0.0
            highest = root
        elif root < highest * (1 - TOLERANCE):
            continue
        # The limit of power iteration from equal values: each component by its share of them.
        values[nodes] = vector * vector.sum()
    return np.asarray(values / np.linalg.norm(values), dtype=np.float64)


def _leading(matrix: sparse.csr_array) -> tuple[float, Vector]:
    """Return the largest eigenvalue of a connected symmetric matrix, and its positive vector."""
    if matrix.shape[0] <= DENSE:
        roots, vectors = np.linalg.eigh(matrix.toarray())
        return float(roots[-1]), np.abs(vectors[:, -1])
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    start = np.ones(matrix.shape[0])
    try:
        roots, vectors = eigsh(matrix, k=1, which="LA", v0=start, tol=0)
    except ArpackNoConvergence:
        return float("nan"), np.full(matrix.shape[0], np.nan)
    return float(roots[0]), np.abs(vectors[:, 0])


def _power_iteration(matrix: sparse.csr_array) -> Vector:
    """Iterate x ← x + M x from equal values until it changes by less than 1e-12; NaN if never."""
    n = matrix.shape[0]
    tolerance = max(TOLERANCE / n / 10, 1e-16) * n

    def step(x: Vector) -> Vector:
        x = x + matrix @ x
        return np.asarray(x / np.linalg.norm(x))

    return _settled(step, np.full(n, 1.0 / n), lambda x, last: np.abs(x - last).sum() < tolerance)


def _settled(
    step: Callable[[Vector], Vector], x: Vector, done: Callable[[Vector, Vector], Any]
) -> Vector:
    """Repeat a step until it changes next to nothing; NaN if it never does."""
    for _ in range(MOST_ROUNDS):
        last, x = x, step(x)
        if done(x, last):
            return x
    return np.full(len(x), np.nan)


def pagerank(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of time a visitor spends who follows ties with probability 0.85."""
    n = len(graph)
    if n == 0:
        return np.empty(0)
    matrix = graph.adjacency if weighted else _binary(graph.adjacency)
    leaving = np.asarray(matrix.sum(axis=1)).ravel()
    share = np.divide(1.0, leaving, out=np.zeros(n), where=leaving > 0)
    follow = (sparse.diags_array(share) @ matrix).T.tocsr()
    stuck = leaving == 0

    def step(x: Vector) -> Vector:
        return np.asarray(0.85 * (follow @ x + x[stuck].sum() / n) + 0.15 / n)

    return _settled(step, np.full(n, 1.0 / n), lambda x, last: np.abs(x - last).sum() < TOLERANCE)


def katz(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    r"""Walks that end at a node, each step counting a share α of the one before; unit length.

    :math:`x = (I - \alpha A^T)^{-1} 1`, divided by its length; :math:`\alpha = 0.1` (networkx'
    default) where :math:`0.1 \lambda < 1` for the largest eigenvalue :math:`\lambda`, else
    :math:`0.9/\lambda`, beyond which the sum over walks has no limit.
    """
    n = len(graph)
    if n == 0:
        return np.empty(0)
    matrix = graph.adjacency if weighted else _binary(graph.adjacency)
    matrix = matrix.T.tocsr() if graph.directed else matrix
    root = _spectral_radius(matrix, graph.directed)
    alpha = KATZ_ALPHA if KATZ_ALPHA * root < 1 else 0.9 / root
    ones = np.ones(n)
    if n <= DENSE:
        values = np.linalg.solve(np.eye(n) - alpha * matrix.toarray(), ones)
    elif not graph.directed:
        from scipy.sparse.linalg import cg

        system = (sparse.eye_array(n) - alpha * matrix).tocsr()
        values, failed = cg(system, ones, rtol=1e-14, atol=0.0, maxiter=MOST_ROUNDS)
        if failed:
            return _undefined(graph)
    else:
        values = _settled(
            lambda x: alpha * (matrix @ x) + 1.0,
            ones,
            lambda x, last: np.abs(x - last).max() <= TOLERANCE / 10 * np.abs(x).max(),
        )
    return np.asarray(values / np.linalg.norm(values), dtype=np.float64)


def _spectral_radius(matrix: sparse.csr_array, directed: bool) -> float:
    """Return the largest eigenvalue of a matrix without negative entries, piece by piece."""
    from scipy.sparse import csgraph

    count, labels = csgraph.connected_components(matrix, directed=directed, connection="strong")
    rows, largest = np.asarray(matrix.sum(axis=1)).ravel(), 0.0
    bound = np.zeros(count)
    np.maximum.at(bound, labels, rows)
    sizes = np.bincount(labels, minlength=count)
    for piece in np.argsort(-sizes, kind="stable"):
        if sizes[piece] == 1 or bound[piece] <= largest:
            continue
        nodes = np.flatnonzero(labels == piece)
        inner = matrix[nodes][:, nodes].tocsr()
        if not directed:
            root = _leading(inner)[0]
        elif len(nodes) <= DENSE:
            root = float(np.abs(np.linalg.eigvals(inner.toarray())).max())
        else:
            # A strongly connected piece: the shift leaves only one eigenvalue of largest modulus.
            from scipy.sparse.linalg import eigs

            shifted = inner + sparse.eye_array(len(nodes))
            start = np.ones(len(nodes))
            root = float(np.abs(eigs(shifted, k=1, v0=start, return_eigenvectors=False)[0])) - 1
        largest = max(largest, root)
    return largest


def core_number(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Largest k for which a node is in the k-core; direction is ignored."""
    tied = _mutual(graph, False)
    if is_small(graph):
        return small.core_numbers(_binary(tied))
    ptr, idx, _ = _split(tied)
    return np.asarray(_kernel("core_numbers")(ptr, idx), dtype=np.float64)


@lru_cache(maxsize=4)
def _ego_census(graph: WeightedGraph, weighted: bool) -> tuple[Vector, Vector]:
    """Return constraint and effective size of every node."""
    both = _mutual(graph, weighted)
    degrees = np.diff(both.indptr)
    total = np.asarray(both.sum(axis=1)).ravel()
    most = np.zeros(len(graph))
    np.maximum.at(most, np.repeat(np.arange(len(graph)), degrees), both.data)
    inverse = np.divide(1.0, total, out=np.zeros(len(graph)), where=total > 0)
    least = np.divide(1.0, most, out=np.zeros(len(graph)), where=most > 0)
    share = both.data * np.repeat(inverse, degrees)
    if is_small(graph):
        p = sparse.csr_array((share, both.indices, both.indptr), shape=both.shape)
        tied = _binary(both)
        reach = (p + (p @ p).multiply(tied)).tocsr()
        constraint = np.asarray(reach.multiply(reach).sum(axis=1)).ravel()
        through = (p @ (sparse.diags_array(least) @ both).T).multiply(tied)
        redundancy = np.asarray(through.sum(axis=1)).ravel()
    else:
        ptr, idx, strengths = _split(both)
        constraint, redundancy = _deal("ego_census", ptr, idx, share, strengths, least)
    alone = degrees == 0
    constraint[alone] = np.nan
    return constraint, np.where(alone, np.nan, degrees - redundancy)


def constraint(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Burt's constraint: how far a node's ties lead back to the same few; NaN for isolates."""
    return _ego_census(graph, weighted)[0].copy()


def effective_size(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Burt's effective size: neighbours less what they repeat of each other; NaN for isolates."""
    return _ego_census(graph, weighted)[1].copy()


def clustering(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of the pairs of neighbours that are tied; NaN where there is no pair."""
    a = graph.adjacency
    pairs = _binary(a)
    if weighted and a.nnz:
        a = sparse.csr_array((np.cbrt(a.data / a.data.max()), a.indices, a.indptr), shape=a.shape)
    else:
        a = pairs
    if graph.directed:
        each = np.asarray(pairs.sum(axis=0) + pairs.sum(axis=1)).ravel()
        mutual = np.asarray(pairs.multiply(pairs.T).sum(axis=1)).ravel()
        possible = 2 * (each * (each - 1) - 2 * mutual)
        a = (a + a.T).tocsr()
    else:
        each = np.diff(a.indptr).astype(np.float64)
        possible = each * (each - 1)
    closed = 2 * _triangles(graph) if a is pairs else _closed_walks(graph, a)
    ratio: Vector = np.divide(closed, possible, out=_undefined(graph), where=possible > 0)
    return ratio


def _closed_walks(graph: WeightedGraph, a: sparse.csr_array) -> Vector:
    if is_small(graph):
        return np.asarray((a @ a).multiply(a.T).sum(axis=1)).ravel()
    return np.asarray(_deal("closed_walks", *_split(a)), dtype=np.float64)


@lru_cache(maxsize=2)
def _triangles(graph: WeightedGraph) -> Vector:
    """Count the triangles of every node; direction is ignored."""
    tied = _mutual(graph, False)
    if is_small(graph):
        tied = _binary(tied)
        return np.asarray((tied @ tied).multiply(tied).sum(axis=1)).ravel() / 2
    # With arcs from lower to higher degree only, no node has many of them.
    order = np.argsort(np.diff(tied.indptr), kind="stable")
    upward = sparse.triu(tied[order][:, order], k=1).tocsr()
    ptr, idx, _ = _split(upward)
    counts = np.empty(len(graph))
    counts[order] = _deal("triangles", ptr, idx)
    return counts


@dataclass(frozen=True, eq=False)
class Census:
    """Paths and closed paths of each arc (i, j), in the order of a symmetric CSR structure.

    Attributes
    ----------
    matrix
        The structure, with strengths (1 each where not weighted).
    triangles, wedges
        Weight of the paths of two ties that start or end with the arc: in triangles, and of all.
    squares, threes
        Weight of the paths of three ties that start or end with the arc: in chordless 4-cycles,
        and of all that run through four nodes.
    """

    matrix: sparse.csr_array
    triangles: Vector
    wedges: Vector
    squares: Vector
    threes: Vector

    @property
    def rows(self) -> NDArray[np.int64]:
        """The node that each arc leaves."""
        return np.repeat(np.arange(self.matrix.shape[0]), np.diff(self.matrix.indptr))


@lru_cache(maxsize=4)
def census(graph: WeightedGraph, weighted: bool = False, compiled: bool = False) -> Census:
    r"""Count the paths that similarity and complementarity are made from; direction is ignored.

    For an arc (i, j) with :math:`t` shared neighbours and :math:`Q` chordless 4-cycles, unweighted:
    ``triangles`` :math:`2t`, ``wedges`` :math:`d_i + d_j - 2`, ``squares`` :math:`2Q`, ``threes``
    :math:`q^W_{ij} + q^H_{ij}`. Weighted, each path counts the mean strength of its ties.

    Parameters
    ----------
    weighted
        Whether paths count the mean strength of their ties, else 1.
    compiled
        Whether to compile for a small network too, because many will be counted.

    Raises
    ------
    BadParameter
        If the network would take hours (see `MOST_STEPS`).

    References
    ----------
    Talaga, S., Nowak, A. (2022). Structural measures of similarity and complementarity in complex
    networks. *Scientific Reports* 12, 16580.
    """
    both = _mutual(graph, weighted)
    both = both if weighted else _binary(both)
    degrees = np.diff(both.indptr).astype(np.float64)
    rows, columns = np.repeat(np.arange(len(graph)), np.diff(both.indptr)), both.indices
    steps = float((degrees**2).sum())
    if weighted:
        steps = float((degrees[rows] * degrees[columns]).sum())
    if steps > MOST_STEPS:
        raise BadParameter(
            f"structural similarity and complementarity would take {steps:.1g} steps here, "
            f"more than {MOST_STEPS:.0g}. Narrow the network"
        )
    if is_small(graph) and not compiled:
        shared, squares = _squares_small(both, rows, columns, weighted)
    else:
        shared, squares = _squares_large(both, weighted)
    if not weighted:
        return Census(both, *_count(degrees, rows, columns, both, shared, squares))
    tied = _binary(both)
    # 1 is added and subtracted again, so that arcs without shared neighbours stay in the structure.
    side = ((tied @ both).multiply(tied) + tied).tocsr()
    side.sort_indices()
    return Census(both, *_weigh(both, rows, columns, shared, side.data - 1, squares))


def _squares_large(both: sparse.csr_array, weighted: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Count shared neighbours and chordless squares of each arc, compiled; see `_squares_small`."""
    ptr, idx, strengths = _split(both)
    shared = np.zeros(len(idx), dtype=np.int32)
    _deal("shared_neighbours", ptr, idx, shared)
    if weighted:
        near, far = np.zeros(len(idx)), np.zeros(len(idx))
        _deal("weighted_squares", ptr, idx, strengths, near, far)
        return shared, near + far
    squares = np.zeros(len(idx), dtype=np.int64)
    _deal("chordless_squares", ptr, idx, shared, squares)
    return shared, squares


def _count(
    degrees: Vector,
    rows: NDArray[Any],
    columns: NDArray[Any],
    both: sparse.csr_array,
    shared: NDArray[Any],
    squares: NDArray[Any],
) -> tuple[Vector, Vector, Vector, Vector]:
    """Count paths from what the ends of each arc share."""
    around = np.asarray(_binary(both) @ degrees)
    di, dj = degrees[rows], degrees[columns]
    near = around[rows] - dj - (di - 1) - shared
    far = around[columns] - di - (dj - 1) - shared
    return 2.0 * shared, di + dj - 2, 2.0 * squares, near + far


def _weigh(
    both: sparse.csr_array,
    rows: NDArray[Any],
    columns: NDArray[Any],
    shared: NDArray[Any],
    side: Vector,
    squares: Vector,
) -> tuple[Vector, Vector, Vector, Vector]:
    """Weigh paths by the mean strength of their ties.

    `side` of an arc (i, j) is the sum of the strengths between j and the neighbours both share;
    `squares` the weight of the 3-paths in chordless 4-cycles, seen from both ends.
    """
    w = both.data
    degrees = np.diff(both.indptr).astype(np.float64)
    strengths = np.asarray(both.sum(axis=1)).ravel()
    reverse = _reverse(both)
    di, dj, si, sj = degrees[rows], degrees[columns], strengths[rows], strengths[columns]
    wedges = ((di - 1) * w + (si - w) + (dj - 1) * w + (sj - w)) / 2
    closed = (2 * shared * w + side + side[reverse]) / 2
    # Paths l – k – i – j over all k next to i but j, and l next to k but i and j.
    around = np.asarray(_binary(both) @ degrees)[rows] - dj
    beyond = np.asarray(_binary(both) @ strengths)[rows] - sj
    fans = np.asarray(both @ degrees)[rows] - w * dj
    number = around - (di - 1) - shared
    lk = beyond - (si - w) - side
    ki = fans - (si - w) - side[reverse]
    near = (number * w + lk + ki) / 3
    return closed, wedges, squares, near + near[reverse]


def _reverse(both: sparse.csr_array) -> NDArray[np.int64]:
    """Return the place of each arc's reverse in a symmetric structure."""
    numbered = _binary(both)
    numbered.data = np.arange(both.nnz, dtype=np.float64)
    turned = numbered.T.tocsr()
    turned.sort_indices()
    return turned.data.astype(np.int64)


def _squares_small(
    both: sparse.csr_array, rows: NDArray[Any], columns: NDArray[Any], weighted: bool
) -> tuple[Vector, Vector]:
    """Count shared neighbours and chordless squares of each arc on a full matrix, block by block.

    Where weighted, a square l – k – i – j counts as its two paths that end with the arc i – j, each
    by the mean strength of its ties. Counts are whole numbers below 2⁵³: sums of floats are exact
    in whatever order.
    """
    strengths = both.toarray()
    tied = (strengths > 0).astype(np.float64)
    shared, squares = np.zeros(both.nnz), np.zeros(both.nnz)
    once = np.flatnonzero(rows < columns)
    for start in range(0, len(once), BLOCK):
        arcs = once[start : start + BLOCK]
        pair, i, j = np.arange(len(arcs)), rows[arcs], columns[arcs]
        one, other = tied[i], tied[j]
        one[pair, j] = other[pair, i] = 0.0
        common = one * other
        shared[arcs] = common.sum(axis=1)
        one, other = one - common, other - common
        number = (one @ tied) * other
        squares[arcs] = number.sum(axis=1)
        if weighted:
            across = ((one @ strengths) * other).sum(axis=1)
            near = (((one * strengths[i]) @ tied) * other).sum(axis=1)
            far = (number * strengths[j]).sum(axis=1)
            squares[arcs] = (2 * (both.data[arcs] * squares[arcs] + across) + near + far) / 3
    reverse = _reverse(both)
    late = columns < rows
    shared[late], squares[late] = shared[reverse[late]], squares[reverse[late]]
    return shared, squares


def structural_similarity(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of a node's paths of two ties that close to a triangle; NaN where it has none."""
    paths = census(graph, weighted)
    return _node_ratio(paths, paths.triangles, paths.wedges)


def structural_complementarity(graph: WeightedGraph, *, weighted: bool = False) -> Vector:
    """Share of a node's paths of three ties that close to a square without chord; NaN without."""
    paths = census(graph, weighted)
    return _node_ratio(paths, paths.squares, paths.threes)


def _node_ratio(paths: Census, closed: Vector, every: Vector) -> Vector:
    n = paths.matrix.shape[0]
    total = np.bincount(paths.rows, weights=every, minlength=n)
    part = np.bincount(paths.rows, weights=closed, minlength=n)
    ratio: Vector = np.divide(part, total, out=np.full(n, np.nan), where=total > 0)
    return ratio


def role_counts(graph: WeightedGraph, labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Count Gould and Fernandez' roles by node; see the kernel `open_triads` for the columns."""
    out = _split(graph.adjacency)[:2]
    into = _split(graph.adjacency.T.tocsr())[:2] if graph.directed else out
    return np.asarray(_deal("open_triads", *out, *into, labels), dtype=np.int64)
