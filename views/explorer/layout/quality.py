"""How well a picture keeps a network's distances and neighbourhoods."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
PAIRS = 5_000_000  # distances held at a time


def normalised_stress(
    adjacency: Any, positions: Floats, *, sources: NDArray[np.int64] | None = None, seed: int = 0
) -> float:
    """Return how far the picture's distances are from the network's, at the best scale.

    min over s > 0 of the mean over pairs (i, j) of (s‖xᵢ − xⱼ‖ − dᵢⱼ)²/dᵢⱼ², with dᵢⱼ the number
    of ties on a shortest path; pairs in different components do not count. No unit: 0 means
    that all distances are kept, 1 is what a picture with all nodes on one spot gets.

    Parameters
    ----------
    adjacency
        Symmetric sparse matrix; only which entries are positive matters.
    positions
        Shape (n, 2).
    sources
        Nodes *i* of the pairs; *j* runs over all nodes. Without it all nodes up to n = 5 000,
        and 200 drawn with *seed* above.
    seed
        For that draw.

    Returns
    -------
    float
        0.0 if there is no pair to compare.
    """
    graph = csr_array(adjacency)
    count = graph.shape[0]
    if sources is None:
        every = np.arange(count)
        sources = every if count <= 5000 else np.random.default_rng(seed).choice(count, 200, False)
    total = np.zeros(3)
    step = max(1, PAIRS // max(count, 1))
    for start in range(0, len(sources), step):
        some = sources[start : start + step]
        hops = np.atleast_2d(shortest_path(graph, unweighted=True, indices=some, method="D"))
        total += ratio_sums(hops, some, positions)
    return stress_of(total)


def ratio_sums(hops: NDArray[Any], sources: NDArray[np.int64], positions: Floats) -> Floats:
    """Number of pairs, Σr and Σr² of the ratios r = ‖xᵢ − xⱼ‖/dᵢⱼ, from rows of hop distances."""
    across = positions[sources, 0, None] - positions[None, :, 0]
    up = positions[sources, 1, None] - positions[None, :, 1]
    counted = np.isfinite(hops) & (hops > 0)
    ratios = np.sqrt(across**2 + up**2)[counted] / hops[counted]
    return np.array([ratios.size, ratios.sum(), (ratios * ratios).sum()])


def stress_of(sums: Floats) -> float:
    """Stress at the best scale s = Σr/Σr², where the mean of (sr − 1)² is 1 − (Σr)²/(N Σr²)."""
    pairs, ratios, squares = (float(value) for value in sums)
    if pairs == 0:
        return 0.0
    return 1.0 if squares == 0 else max(0.0, 1 - ratios * ratios / (pairs * squares))


def neighbourhood_preservation(adjacency: Any, positions: Floats) -> float:
    """Return how many of each node's nearest in the picture are its neighbours in the network.

    Mean over nodes with kᵢ ≥ 1 neighbours N(i) of |N(i) ∩ M(i)|/|N(i) ∪ M(i)|, where M(i) holds
    the kᵢ nodes drawn nearest to *i* (the Jaccard form of Kruiger et al. 2017). No unit: 1 is
    perfect; nodes drawn at random get about the density of the network.

    Parameters
    ----------
    adjacency
        Symmetric sparse matrix; only which entries are positive matters.
    positions
        Shape (n, 2).

    Returns
    -------
    float
        0.0 if there is no tie.
    """
    graph = csr_array(adjacency)
    degree = np.diff(graph.indptr)
    tree = cKDTree(positions)
    scores = []
    for k in np.unique(degree[degree > 0]):
        nodes = np.flatnonzero(degree == k)
        near = np.asarray(tree.query(positions[nodes], k=int(k) + 1)[1])
        for node, row in zip(nodes, near, strict=True):
            drawn = row[row != node][:k]
            tied = graph.indices[graph.indptr[node] : graph.indptr[node + 1]]
            shared = np.intersect1d(tied, drawn).size
            scores.append(shared / (2 * int(k) - shared))
    return float(np.mean(scores)) if scores else 0.0
