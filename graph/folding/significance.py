r"""How significant a count is, with a correction for many tests.

Of 153 pairs without any pattern, eight have p ≤ .05 by chance. So a p-value here comes with its q,
the share of false discoveries among all that are at least as extreme (Benjamini–Hochberg), over
*all* tests.

References
----------
Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the Royal
Statistical Society B* 57, 289–300.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partnergraph.graph.errors import BadParameter

# The rate of false discoveries that is accepted wherever a verdict is given.
ALPHA = 0.05


def benjamini_hochberg(
    p: ArrayLike, *, total: int | None = None, times: ArrayLike | None = None
) -> NDArray[np.float64]:
    r"""Return the q of each p-value: the least false discovery rate at which it is a discovery.

    :math:`q_{(i)}=\min_{j\ge i}\, p_{(j)}\,m/j`, at most 1, for the m p-values in ascending order.

    Parameters
    ----------
    p
        P-values in any shape, 0 … 1. NaN is a question that was not asked: it stays NaN and does
        not count in m.
    total
        m, where more questions were asked than are handed over: the others then count as larger
        than all of these. The q are exact if they are, and never too small.
    times
        How many questions gave each p-value, where each different one is handed over once; 1 each
        by default. m is their sum.

    Returns
    -------
    ndarray
        The q-values, in the shape of `p`; 0 … 1.

    Raises
    ------
    BadParameter
        If a p-value is outside 0 … 1, or `total` is less than the number of p-values.
    """
    given = np.asarray(p, dtype=np.float64)
    asked = ~np.isnan(given)
    values = given[asked]
    if ((values < 0) | (values > 1)).any():
        raise BadParameter(f"a p-value of {values[(values < 0) | (values > 1)][0]}: give 0 … 1")
    counts = np.ones(given.shape) if times is None else np.asarray(times, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    rank = np.cumsum(counts[asked][order])
    here = int(rank[-1]) if len(rank) else 0
    m = here if total is None else total
    if m < here:
        raise BadParameter(f"total={m} questions, but {here} p-values: give at least these")
    # Equal p-values share the last of their ranks; the step-up minimum sees to it.
    scaled = values[order] * (m / rank)
    inner = np.empty(len(values))
    inner[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    q = np.full(given.shape, np.nan)
    q[asked] = inner
    return q


def overlap_p(
    overlap: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    total: ArrayLike,
    *,
    tail: Literal["more", "less", "both"] = "more",
) -> NDArray[np.float64]:
    r"""Return how likely sets drawn at random share at least (at most) so many elements.

    Hypergeometric: :math:`P(X\ge a)` (``more``) or :math:`P(X\le a)` (``less``), where X is what a
    set of size `second` drawn from `total` has in common with a fixed one of size `first`. ``both``
    is :math:`\min(1, 2\min(P(X\ge a), P(X\le a)))`. Arrays broadcast.

    Parameters
    ----------
    overlap, first, second, total
        Elements shared (a), the sizes of the two sets, and of what they are drawn from.
    tail
        Against which surprise.

    Returns
    -------
    ndarray
        0 … 1; NaN where the numbers cannot be: a set larger than the total, an overlap larger than
        a set or smaller than the two sets must share, a negative or a missing number.

    Raises
    ------
    BadParameter
        If `tail` is not one of the three.
    """
    if tail not in ("more", "less", "both"):
        raise BadParameter(f"tail={tail!r}: take 'more', 'less' or 'both'")
    given = (np.asarray(x, dtype=np.float64) for x in (overlap, first, second, total))
    cases = np.stack(np.broadcast_arrays(*given), axis=-1)
    # Millions of pairs have few different sizes: each distribution is asked once.
    different, back = np.unique(cases.reshape(-1, 4), axis=0, return_inverse=True)
    return _tail(different, tail)[back.ravel()].reshape(cases.shape[:-1])


def _tail(cases: NDArray[np.float64], tail: str) -> NDArray[np.float64]:
    """Return the tail of each row of overlap, two sizes and total."""
    from scipy.stats import hypergeom  # half a second to import: only where it is asked for

    a, n, k, whole = cases.T
    n, k = np.minimum(n, k), np.maximum(n, k)  # who is drawn against whom changes no digit
    possible = (a >= np.maximum(0, n + k - whole)) & (a <= np.minimum(n, k))
    possible &= (np.maximum(n, k) <= whole) & (np.minimum(n, k) >= 0)
    out = np.full(len(cases), np.nan)
    a, n, k, whole = (values[possible] for values in (a, n, k, whole))
    more = hypergeom.sf(a - 1, whole, n, k)
    less = hypergeom.cdf(a, whole, n, k)
    both = np.minimum(1.0, 2 * np.minimum(more, less))
    out[possible] = {"more": more, "less": less, "both": both}[tail]
    return out
