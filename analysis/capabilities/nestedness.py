r"""Whether small portfolios are parts of large ones (nested), or each differs from the others.

References
----------
Almeida-Neto, M. et al. (2008). A consistent metric for nestedness analysis in ecological systems.
*Oikos* 117, 1227–1239. Baselga, A. (2012). The relationship between species replacement,
dissimilarity derived from nestedness, and nestedness. *Global Ecology and Biogeography* 21,
1223–1232. Stone, L., Roberts, A. (1990). The checkerboard score and species distributions.
*Oecologia* 85, 74–79.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import Portfolios, portfolios
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.nulls.random_networks import curveball
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter

NULLS = 199
MEASURES = ("nodf", "nodf_rows", "nodf_columns")
MOST_PAIRS = 2_000_000


@question
def nestedness(
    source: Ecosystem | Portfolios, *, nulls: int = NULLS, seed: int = 0, **options: Any
) -> pd.DataFrame:
    r"""Compute how nested the portfolios are, and whether their sizes alone explain it.

    NODF: of each two rows (and columns) with different totals, the share of the smaller one that
    lies in the larger; 0 for equal totals; the mean over all pairs, 0 … 100.

    Parameters
    ----------
    source
        An ecosystem, or portfolios made from one.
    nulls, seed
        Number of random matrices with the same row and column totals to compare with (curveball,
        which draws from the same set as quasiswap), and their seed.
    options
        How to make the portfolios, see `partnergraph.analysis.capabilities.portfolios.portfolios`.

    Returns
    -------
    DataFrame
        A row for ``nodf``, ``nodf_rows``, ``nodf_columns``: ``value``, and of the random matrices
        ``mean``, ``sd``, ``z`` (NaN where sd is 0) and ``p``, the upper tail
        :math:`(1+\#\{null\ge value\})/(1+R)`; all NaN below two rows and columns. ``attrs`` has
        the network.

    Raises
    ------
    BadParameter
        If `nulls` is negative, or there are more than 2 million pairs of rows and of columns.
    """
    if nulls < 0:
        raise BadParameter(f"nulls={nulls}: give 0 or more")
    folios = source if isinstance(source, Portfolios) else portfolios(source, **options)
    if too_many_pairs(folios):
        n, m = folios.holds.shape
        raise BadParameter(
            f"nestedness of {n:,} × {m:,}: at most {MOST_PAIRS:,} pairs of rows and of columns. "
            "Narrow rows or columns"
        )
    observed = nodf(folios.holds.toarray())
    drawn = np.array(_drawn(folios.holds, nulls, seed)).reshape(-1, 3)
    rows = []
    for x, value in enumerate(observed):
        column = drawn[:, x]
        mean, sd = (column.mean(), column.std(ddof=1)) if len(column) > 1 else (np.nan, np.nan)
        known = len(column) > 1 and not np.isnan(value)
        z = (value - mean) / sd if known and sd > 1e-12 else np.nan
        p = (1 + int((column >= value - 1e-9).sum())) / (1 + len(column)) if known else np.nan
        rows.append((value, mean if known else np.nan, sd if known else np.nan, z, p))
    index = pd.Index(MEASURES, name="measure")
    table = pd.DataFrame(rows, columns=["value", "mean", "sd", "z", "p"], index=index)
    table.attrs = {
        "measure": list(MEASURES),
        "parameters": {"nulls": nulls, "seed": seed, **options},
        "network": folios.as_network(),
    }
    return table


def too_many_pairs(folios: Portfolios) -> bool:
    """Return whether there are too many pairs of rows and of columns to compare repeatedly."""
    return sum(n * (n - 1) // 2 for n in folios.holds.shape) > MOST_PAIRS


def _drawn(holds: sparse.csr_array, nulls: int, seed: int) -> list[tuple[float, float, float]]:
    random = np.random.default_rng(seed)
    member = np.repeat(np.arange(holds.shape[0]), np.diff(holds.indptr))
    hub = holds.indices.astype(np.int64)
    out = []
    for _ in range(nulls if min(holds.shape) > 1 else 0):
        # One long chain, each matrix starting from the last, leaves no trace of the data.
        hub = curveball(member, hub, random)
        matrix = np.zeros(holds.shape)
        matrix[member, hub] = 1.0
        out.append(nodf(matrix))
    return out


def nodf(matrix: NDArray[np.float64], *, ordered: bool = True) -> tuple[float, float, float]:
    """Return NODF of a 0/1 matrix as a whole, of its rows, and of its columns; 0 … 100.

    Parameters
    ----------
    ordered
        Whether the larger of two rows may contain the smaller wherever they are; if not, only a row
        above (a column to the left of) a smaller one counts.

    Returns
    -------
    tuple
        NaN for fewer than two rows or columns; for the whole, for fewer than two of either.
    """
    rows, columns = _paired(matrix, ordered), _paired(matrix.T, ordered)
    (a, n), (b, m) = rows, columns
    whole = (a + b) / (n + m) if n and m else np.nan
    return float(whole), float(a / n if n else np.nan), float(b / m if m else np.nan)


def _paired(matrix: NDArray[np.float64], ordered: bool) -> tuple[float, int]:
    """Return the sum of the paired overlaps of rows in percent, and the number of pairs."""
    n = len(matrix)
    totals = matrix.sum(axis=1)
    shared = matrix @ matrix.T
    smaller = np.minimum.outer(totals, totals)
    counts = np.not_equal.outer(totals, totals) if ordered else np.greater.outer(totals, totals)
    share = np.divide(100 * shared, smaller, out=np.zeros((n, n)), where=counts & (smaller > 0))
    return float(np.triu(share, k=1).sum()), n * (n - 1) // 2
