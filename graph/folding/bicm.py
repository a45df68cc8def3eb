r"""The bipartite configuration model: affiliations at random with these degrees, on average.

Member i and hub j are tied independently with probability :math:`p_{ij}=\frac{x_iy_j}{1+x_iy_j}`,
where x and y are such that every member and every hub has its number of ties on average. It is the
network of largest entropy with these degrees, and tells which pairs of members share more hubs than
their degrees lead to: their number is a sum of independent draws, whose tail is computed exactly.
Members of one degree are alike, and so are hubs, so that all sums run over degrees.

References
----------
Saracco, F. et al. (2015). Randomizing bipartite networks: the case of the World Trade Web.
*Scientific Reports* 5, 10595.
Saracco, F. et al. (2017). Inferring monopartite projections of bipartite networks: an entropy-based
approach. *New Journal of Physics* 19, 053022.
Neal, Z. P., Domagalski, R., Sagan, B. (2021). Comparing alternatives to the fixed degree sequence
model for extracting the backbone of bipartite projections. *Scientific Reports* 11, 23929.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.folding.significance import benjamini_hochberg

TOLERANCE = 1e-13
MOST_STEPS = 200
TINY = 1e-9
BEYOND = 64

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bicm:
    """Probabilities of an affiliation by class of row and of column.

    Attributes
    ----------
    row_class, column_class
        The class of each row and column: those of one degree are alike.
    probabilities
        Row classes × column classes.
    """

    row_class: Ints
    column_class: Ints
    probabilities: Floats

    @classmethod
    def of(cls, row_degrees: Ints, column_degrees: Ints) -> Bicm:
        """Fit the model to the degrees of rows and columns, which must add up alike."""
        rows, row_class, r = np.unique(row_degrees, return_inverse=True, return_counts=True)
        columns, column_class, c = np.unique(
            column_degrees, return_inverse=True, return_counts=True
        )
        probabilities = _fitted(
            rows.astype(float), r.astype(float), columns.astype(float), c.astype(float)
        )
        return cls(row_class, column_class, probabilities)

    def matrix(self) -> Floats:
        """Return the probability of each row and column."""
        whole: Floats = self.probabilities[np.ix_(self.row_class, self.column_class)]
        return whole

    def shared_p(
        self, one: Ints, other: Ints, shared: Ints, *, tail: Literal["more", "less"] = "more"
    ) -> Floats:
        """Return how likely two rows share at least (``less``: at most) so many columns.

        Parameters
        ----------
        one, other
            The rows of each pair.
        shared
            How many columns they share.
        """
        if not len(shared):
            return np.zeros(0)
        classes = np.sort(np.column_stack([self.row_class[one], self.row_class[other]]), axis=1)
        cases = np.column_stack([classes, shared])
        cases, back = np.unique(cases, axis=0, return_inverse=True)
        p = np.empty(len(cases))
        starts = np.flatnonzero((np.diff(cases[:, :2], axis=0, prepend=-1) != 0).any(axis=1))
        counts = np.bincount(self.column_class, minlength=self.probabilities.shape[1])
        for start, stop in zip(starts, [*starts[1:], len(cases)], strict=True):
            k, m = cases[start, :2]
            both = self.probabilities[k] * self.probabilities[m]
            p[start:stop] = _tails(both, counts, cases[start:stop, 2], tail)
        return p[back.ravel()]


def _fitted(rows: Floats, r: Floats, columns: Floats, c: Floats) -> Floats:
    """Return the probabilities by class; who has no tie, or every tie, is settled first."""
    p = np.full((len(rows), len(columns)), np.nan)
    rows, columns = rows.copy(), columns.copy()
    left, below = np.ones(len(rows), dtype=bool), np.ones(len(columns), dtype=bool)
    while True:
        width, height = c[below].sum(), r[left].sum()
        settled = left & ((rows <= 0) | (rows >= width))
        if settled.any():
            full = rows[settled] >= width if width else np.zeros(int(settled.sum()), dtype=bool)
            p[np.ix_(settled, below)] = full[:, None].astype(float)
            columns[below] -= (r[settled] * full).sum()
            left &= ~settled
            continue
        settled = below & ((columns <= 0) | (columns >= height))
        if settled.any():
            full = (
                columns[settled] >= height if height else np.zeros(int(settled.sum()), dtype=bool)
            )
            p[np.ix_(left, settled)] = full[None, :].astype(float)
            rows[left] -= (c[settled] * full).sum()
            below &= ~settled
            continue
        break
    if left.any() and below.any():
        p[np.ix_(left, below)] = _newton(rows[left], r[left], columns[below], c[below])
    return p


def _newton(d: Floats, r: Floats, e: Floats, c: Floats) -> Floats:
    """Climb the likelihood in log x and log y by Newton's method, which it is concave in."""
    total = r @ d
    u, v = np.log(d / np.sqrt(total)), np.log(e / np.sqrt(total))
    k = len(d)

    def likelihood(u: Floats, v: Floats) -> float:
        field = u[:, None] + v[None, :]
        return float(r * d @ u + c * e @ v - r @ np.logaddexp(0, field) @ c)

    def chances(u: Floats, v: Floats) -> Floats:
        return 1 / (1 + np.exp(-(u[:, None] + v[None, :])))

    best, height = chances(u, v), likelihood(u, v)
    error = np.inf
    for _ in range(MOST_STEPS):
        p = chances(u, v)
        off = np.concatenate([d - p @ c, e - r @ p])
        worst = float(np.abs(off / np.concatenate([d, e])).max())
        if worst < error:
            best, error = p, worst
        if error < TOLERANCE:
            break
        spread = r[:, None] * c[None, :] * p * (1 - p)
        slope = np.block(
            [[np.diag(spread.sum(axis=1)), spread], [spread.T, np.diag(spread.sum(axis=0))]]
        )
        # x·t and y/t are the same model: take the shortest of all steps.
        step = np.linalg.lstsq(slope, np.concatenate([r, c]) * off, rcond=None)[0]
        size = 1.0
        while size > 1e-9:
            higher = likelihood(u + size * step[:k], v + size * step[k:])
            if higher >= height - 1e-12 * abs(height):
                break
            size /= 2
        u, v, height = u + size * step[:k], v + size * step[k:], higher
    return best


def _tails(chance: Floats, counts: Ints, shared: Ints, tail: str) -> Floats:
    """Return how likely so many successes or more (or less) are, by the chances of all draws."""
    most = int(shared.max()) + BEYOND
    drawn = np.array([1.0])
    for q, n in zip(chance, counts, strict=True):
        if q > 0:
            drawn = np.convolve(drawn, _binomial(q, int(n), most))[: most + 1]
    below = np.concatenate([[0.0], np.cumsum(drawn)])
    above = np.concatenate([np.cumsum(drawn[::-1])[::-1], [0.0]])
    p: Floats = below[np.minimum(shared + 1, len(drawn))]
    if tail == "more":
        at = np.minimum(shared, len(drawn))
        p = 1.0 - below[at]
        # A difference of nearly equal numbers says nothing: add up what is above instead.
        p = np.where(p < TINY, above[at], p)
    return np.clip(p, 0.0, 1.0)


def _binomial(q: float, n: int, most: int) -> Floats:
    """Return the probabilities of 0 … min(n, most) successes of n."""
    if q >= 1:
        whole = np.zeros(min(n, most) + 1)
        if n <= most:
            whole[n] = 1.0
        return whole
    k = np.arange(1, min(n, most) + 1)
    steps = np.log((n - k + 1) / k) + np.log(q) - np.log1p(-q)
    chances: Floats = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) + n * np.log1p(-q))
    return chances


@dataclass(frozen=True, eq=False)
class SharedMore:
    """Which pairs of rows share more columns than degrees lead to.

    Attributes
    ----------
    one, other, shared
        The pairs that share any, and how many columns.
    p, q
        How likely that is, and after Benjamini–Hochberg over all pairs of rows with any column.
    asked
        How many pairs that are.
    """

    one: Ints
    other: Ints
    shared: Ints
    p: Floats
    q: Floats
    asked: int


def shared_more(matrix: sparse.csr_array) -> SharedMore:
    """Test every pair of rows of an affiliation, 0 and 1, against the model of its degrees."""
    degrees = [np.asarray(matrix.sum(axis=axis)).ravel().astype(np.int64) for axis in (1, 0)]
    upper = sparse.triu(matrix @ matrix.T, k=1).tocoo()
    one, other = upper.row.astype(np.int64), upper.col.astype(np.int64)
    shared = np.rint(upper.data).astype(np.int64)
    n = int((degrees[0] > 0).sum())
    asked = n * (n - 1) // 2
    p = Bicm.of(*degrees).shared_p(one, other, shared) if len(one) else np.zeros(0)
    return SharedMore(one, other, shared, p, benjamini_hochberg(p, total=asked), asked)
