r"""Strengths relative to what is typical of the two ends of a tie.

Somebody whose ties are all strong does not make a group of whoever is tied to them; yet a few such
ties decide where a network divides, and drown the groups that most ties form. So where strengths
differ, each is held against its ends: :math:`\log w_{ij}=\mu+a_i+a_j+e_{ij}` by least squares, and
the tie counts for :math:`\exp e_{ij}`. Random networks get the same residuals in random order.
Fitting has made them smaller, by :math:`\sqrt{(m-r)/m}` for m ties and rank r of the fit; they are
widened by as much, and fitted again on the random ties.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DIGITS = 9
ITERATIONS = 1_000
LARGEST = 300.0


def differ(strengths: Floats) -> bool:
    """Return whether there are strengths to tell ties apart by."""
    return len(strengths) > 1 and bool(strengths.min() < strengths.max())


def relative(ends: Ints, strengths: Floats, n: int) -> Floats:
    """Return each strength over what its two ends lead to; all together as strong as before.

    Parameters
    ----------
    ends
        m × 2, each pair once.
    strengths
        Of each, above 0.
    n
        How many nodes there are.
    """
    if not differ(strengths):
        return strengths
    return _scaled(_residuals(ends, np.log(strengths), n), strengths)


def dealt(
    ends: Ints,
    strengths: Floats,
    n: int,
    rewired: Ints,
    random: np.random.Generator,
    *,
    blocks: Ints | None = None,
) -> Floats:
    """Return relative strengths for rewired ties, as they would be if ends alone gave strengths.

    Parameters
    ----------
    ends, strengths
        The ties as they were, m × 2, and the relative strength of each.
    n
        How many nodes there are.
    rewired
        The random ties, m × 2, with the same degrees.
    blocks
        The cluster of each node: strengths are then dealt among ties of the same two clusters, and
        not fitted again.
    """
    if not differ(strengths):
        return strengths
    if blocks is not None:
        old, new = (_pair(blocks, some) for some in (ends, rewired))
        found = np.empty_like(strengths)
        found[np.lexsort((random.random(len(new)), new))] = strengths[np.argsort(old)]
        return found
    widened = np.log(random.permutation(strengths)) * _widening(ends, n)
    return _scaled(_residuals(rewired, widened, n), strengths)


def _pair(blocks: Ints, ends: Ints) -> Ints:
    """Return a number for the two clusters of each tie."""
    both = np.sort(blocks[ends], axis=1)
    code: Ints = both[:, 0] * (int(blocks.max(initial=0)) + 2) + both[:, 1]
    return code


def _scaled(residuals: Floats, strengths: Floats) -> Floats:
    """Return factors that add up to what the strengths do."""
    factors = np.exp(np.clip(np.round(residuals, DIGITS), -LARGEST, LARGEST))
    scaled: Floats = factors * (strengths.sum() / factors.sum())
    return scaled


def _residuals(ends: Ints, values: Floats, n: int) -> Floats:
    """Return what is left of values of ties after the mean and the share of each end."""
    from scipy.sparse.linalg import cg

    centred = values - values.mean()
    m = len(ends)
    rows = np.repeat(np.arange(m), 2)
    design = sparse.coo_array((np.ones(2 * m), (rows, ends.ravel())), shape=(m, n)).tocsr()
    normal = sparse.csr_array(design.T @ design)
    shares = cg(normal, design.T @ centred, rtol=1e-11, maxiter=ITERATIONS)[0]
    left: Floats = centred - design @ shares
    return left


def _widening(ends: Ints, n: int) -> float:
    """Return by how much residuals are smaller than errors: the root of m over m − rank."""
    from scipy.sparse import csgraph  # scipy's linear algebra comes with it

    a, b = ends.T
    m = len(ends)
    ones = np.ones(m)
    plain = sparse.coo_array((ones, (a, b)), shape=(n, n))
    crossed = (np.concatenate([a, b]), np.concatenate([b + n, a + n]))
    double = sparse.coo_array((np.ones(2 * m), crossed), shape=(2 * n, 2 * n))
    pieces, twofold = (
        csgraph.connected_components(graph, directed=False)[0] for graph in (plain, double)
    )
    loose = n - len(np.unique(ends))
    # A piece without odd circles leaves one share free: it is two pieces of the double cover.
    even = twofold - pieces - loose
    rank = len(np.unique(ends)) - even
    return float(np.sqrt(m / (m - rank))) if m > rank else 1.0
