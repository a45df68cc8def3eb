r"""How far partitions agree: several runs on one network, or one network at two dates.

A partition is an array of labels, one a node.

References
----------
Lancichinetti, A., Fortunato, S. (2012). Consensus clustering in complex networks. *Scientific
Reports* 2, 336.
Hennig, C. (2007). Cluster-wise assessment of cluster stability. *Computational Statistics & Data
Analysis* 52, 258–271.
Vinh, N. X., Epps, J., Bailey, J. (2010). Information theoretic measures for clusterings comparison.
*Journal of Machine Learning Research* 11, 2837–2854.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

MOST_ROUNDS = 20
THRESHOLD = 0.5
TOLERANCE = 1e-12

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def consensus(
    matrix: sparse.csr_array,
    runs: Sequence[Ints],
    optimise: Callable[[sparse.csr_array, int], Ints],
) -> Ints:
    """Return the partition that several runs agree on.

    For each tie, the share of runs that put its two ends together; shares below one half are
    dropped, the rest is a network that is divided again as often, until all runs agree. Pairs that
    are not tied are not looked at, so that large networks need no n × n matrix.

    Parameters
    ----------
    matrix
        The network that was divided, symmetric.
    runs
        Its partitions.
    optimise
        Divides a network of shares; the second argument numbers the run.

    Returns
    -------
    ndarray
        Labels: what is tied by shares of one belongs together.
    """
    upper = sparse.triu(matrix, k=1).tocoo()
    rows, columns = upper.row, upper.col
    n = matrix.shape[0]
    for turn in range(MOST_ROUNDS):
        share = np.mean([labels[rows] == labels[columns] for labels in runs], axis=0)
        share[share < THRESHOLD] = 0.0
        kept = share > 0
        ends = (share[kept], (rows[kept], columns[kept]))
        agreed = sparse.coo_array(ends, shape=(n, n)).tocsr()
        if np.isin(share, (0.0, 1.0)).all() or turn == MOST_ROUNDS - 1:
            break
        agreed = sparse.csr_array(agreed + agreed.T)
        runs = [optimise(agreed, turn * len(runs) + i) for i in range(len(runs))]
    together = sparse.csgraph.connected_components(agreed, directed=False)[1]
    return np.asarray(together, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Stability:
    """How sure a partition is, seen from several runs.

    Attributes
    ----------
    node
        For each node the mean share of runs that put it with a member of its own cluster, over the
        other members; NaN for a node that is alone.
    second, second_share
        The other cluster with more of which a run puts it than with its own, and in which share of
        the runs; −1 where there is none. Two clusters that a run merges count for neither.
    cluster
        For each label the mean over the runs of the largest Jaccard overlap with any cluster found
        there: from .75 on a cluster is stable, below .5 it dissolves (Hennig 2007).
    """

    node: Floats
    second: Ints
    second_share: Floats
    cluster: Floats


def stability(labels: Ints, runs: Sequence[Ints]) -> Stability:
    """Hold a partition, labels from 0, against those of several runs."""
    n, count = len(labels), int(labels.max()) + 1
    sizes = np.bincount(labels, minlength=count).astype(np.float64)
    everyone = np.arange(n)
    member = sparse.coo_array((np.ones(n), (everyone, labels)), shape=(n, count)).tocsr()
    node, jaccard, elsewhere = np.zeros(n), np.zeros(count), sparse.csr_array((n, count))
    for run in runs:
        k = int(run.max()) + 1
        found = sparse.coo_array((np.ones(n), (everyone, run)), shape=(n, k)).tocsr()
        shared = (member.T @ found).tocoo()
        union = sizes[shared.row] + np.bincount(run, minlength=k)[shared.col] - shared.data
        best = np.zeros(count)
        np.maximum.at(best, shared.row, shared.data / union)
        jaccard += best / len(runs)
        part = (shared.data / sizes[shared.row], (shared.col, shared.row))
        shares = (found @ sparse.coo_array(part, shape=(k, count)).tocsr()).tocoo()
        # A node is always with itself, which tells nothing.
        mine = shares.col == labels[shares.row]
        own = np.zeros(n)
        own[shares.row[mine]] = shares.data[mine]
        own = (own * sizes[labels] - 1) / np.maximum(sizes[labels] - 1, 1)
        node += own / len(runs)
        moved = ~mine & (shares.data > own[shares.row] + TOLERANCE)
        ends = (np.full(int(moved.sum()), 1 / len(runs)), (shares.row[moved], shares.col[moved]))
        elsewhere = elsewhere + sparse.coo_array(ends, shape=(n, count)).tocsr()
    node[sizes[labels] == 1] = np.nan
    cells = elsewhere.tocoo()
    rows, columns, values = cells.row, cells.col, cells.data
    order = np.lexsort((columns, -values, rows))
    first = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
    second, second_share = np.full(n, -1, dtype=np.int64), np.zeros(n)
    second[rows[first]], second_share[rows[first]] = columns[first], values[first]
    return Stability(node, second, second_share, jaccard)


def matched(now: pd.Series, before: pd.Series) -> pd.DataFrame:
    r"""Match clusters with those of an earlier partition.

    Clusters are paired one to one so that their Jaccard overlaps, over the nodes that both
    partitions have, add up to the most (Hungarian method); clusters that share none stay unpaired.

    Parameters
    ----------
    now, before
        The cluster of each node, indexed by node; 0 and missing are none.

    Returns
    -------
    DataFrame
        Indexed by the cluster now: ``before`` (missing where it is new), ``jaccard``, ``stayed``,
        ``came``, ``left``: how many nodes are in both, in the present one only, in the earlier one
        only, all three of the nodes that both partitions know.
    """
    from scipy.optimize import linear_sum_assignment

    both = pd.DataFrame({"now": now, "before": before}).dropna()
    both = both[(both["now"] > 0) & (both["before"] > 0)].astype("int64")
    counts = pd.crosstab(both["now"], both["before"])
    now_ids, before_ids = counts.index.tolist(), counts.columns.tolist()
    cells = counts.to_numpy(dtype=np.float64)
    totals = cells.sum(axis=1)[:, None], cells.sum(axis=0)[None, :]
    jaccard = cells / np.maximum(totals[0] + totals[1] - cells, 1)
    rows = []
    for i, j in zip(*linear_sum_assignment(-jaccard), strict=True):
        if cells[i, j] > 0:
            stayed, came, left = cells[i, j], totals[0][i, 0], totals[1][0, j]
            pair = now_ids[i], before_ids[j]
            rows.append((*pair, jaccard[i, j], stayed, came - stayed, left - stayed))
    names = ["cluster", "before", "jaccard", "stayed", "came", "left"]
    table = pd.DataFrame(rows, columns=names).set_index("cluster")
    alive = sorted({int(c) for c in now.dropna() if c > 0})
    table = table.reindex(alive)
    whole = ["before", "stayed", "came", "left"]
    return table.astype(dict.fromkeys(whole, "Int64"))


def adjusted_mutual_information(one: Ints, other: Ints) -> float:
    r"""Return how much two partitions tell about each other beyond chance.

    :math:`\frac{I - E}{(H_1 + H_2)/2 - E}` with the mutual information I, its expectation E over
    partitions with the same sizes, and the entropies :math:`H_1, H_2`: 1 where they are the same, 0
    on average where one tells nothing about the other. NaN for no nodes.
    """
    from scipy.special import gammaln

    n = len(one)
    if n == 0:
        return float("nan")
    rows, columns = (np.unique(side, return_inverse=True)[1] for side in (one, other))
    counts = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(counts, (rows, columns), 1.0)
    a, b = counts.sum(axis=1), counts.sum(axis=0)
    if len(a) == len(b) and len(a) in (1, n):
        return 1.0
    cell = counts[counts > 0]
    rows, columns = np.nonzero(counts)
    shared = float((cell / n * np.log(n * cell / (a[rows] * b[columns]))).sum())
    entropies = [float(-(x / n * np.log(x / n)).sum()) for x in (a, b)]
    expected = 0.0
    for x, x_times in zip(*np.unique(a, return_counts=True), strict=True):
        for y, y_times in zip(*np.unique(b, return_counts=True), strict=True):
            k = np.arange(max(1, x + y - n), min(x, y) + 1)
            odds = gammaln(x + 1) + gammaln(y + 1) + gammaln(n - x + 1) + gammaln(n - y + 1)
            odds = odds - gammaln(n + 1) - gammaln(k + 1) - gammaln(x - k + 1)
            odds = odds - gammaln(y - k + 1) - gammaln(n - x - y + k + 1)
            part = (k / n * np.log(n * k / (x * y)) * np.exp(odds)).sum()
            expected += float(part) * int(x_times) * int(y_times)
    return (shared - expected) / (sum(entropies) / 2 - expected)
