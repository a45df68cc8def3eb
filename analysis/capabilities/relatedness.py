r"""Which fields go together, and how far what a partner adds supports fields one could enter.

From portfolios X (n partners × m fields, 0/1) comes the co-occurrence :math:`C=X^\top X` without
its diagonal, and from it the relatedness φ of two fields. The density of a field i around a partner
r, :math:`RD_{ri}=100\sum_j\varphi_{ij}x_{rj}/\sum_j\varphi_{ij}`, says how much of what is related
to i the partner holds. What s would add to it,

.. math:: RDA_i(r\leftarrow s)=RD_i(r\cup s)-RD_i(r),\qquad
          c(r\leftarrow s)=\overline{RDA_i(r\leftarrow s)}\text{ over fields not held by } r,

has a direction: who needs whom. It is a reconstruction after an idea of Balland and Boschma (2021),
not their formula. Fields that go together because they are the same are not complements: see
`partnergraph.analysis.capabilities.portfolios.suspected_duplicates`.

References
----------
Teece, D. J., Rumelt, R., Dosi, G., Winter, S. (1994). Understanding corporate coherence. *Journal
of Economic Behavior and Organization* 23, 1–30. Hidalgo, C. A. et al. (2007). The product space
conditions the development of nations. *Science* 317, 482–487. ``association``, ``probability``,
``cosine`` and ``jaccard`` are those of the R package EconGeo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import Portfolios
from partnergraph.graph.errors import BadParameter

Method = Literal["teece", "association", "cosine", "jaccard", "probability", "proximity"]
METHODS: tuple[Method, ...] = get_args(Method)
MOST_FIELDS = 5_000

Floats = NDArray[np.float64]


def cooccurrence(holds: sparse.csr_array) -> Floats:
    """Return the number of partners that hold both of two fields, m × m; the diagonal is 0."""
    both = np.asarray((holds.T @ holds).toarray(), dtype=np.float64)
    np.fill_diagonal(both, 0.0)
    return both


def relatedness(
    folios: Portfolios, method: Method = "teece", *, threshold: float | None = None
) -> pd.DataFrame:
    r"""Return the relatedness φ of each pair of fields, m × m.

    With :math:`n_i` holders of field i among n partners, :math:`s_i=\sum_j C_{ij}` and their sum T:

    - ``teece``: :math:`(C_{ij}-\mu)/\sigma`, :math:`\mu=n_in_j/n`,
      :math:`\sigma^2=\mu(1-n_i/n)(n-n_j)/(n-1)`: how many deviations more than at random;
    - ``association``: :math:`C_{ij}T/(s_is_j)`, 1 as expected from the totals;
    - ``probability``: :math:`C_{ij}/E`, :math:`E=\frac{T}{2}\left(\frac{s_i}{T}\frac{s_j}{T-s_i}+
      \frac{s_j}{T}\frac{s_i}{T-s_j}\right)`, the same where no field is paired with itself;
    - ``cosine``: :math:`C_{ij}/\sqrt{s_is_j}`; ``jaccard``: :math:`C_{ij}/(s_i+s_j-C_{ij})`;
    - ``proximity``: :math:`C_{ij}/\max(n_i,n_j)`, the lesser of the two conditional probabilities.

    Parameters
    ----------
    threshold
        Least φ that counts, as 1; lower values become 0.

    Returns
    -------
    DataFrame
        Rows and columns by field id. The diagonal is 0; NaN where undefined: a field that all
        partners hold has no variance (``teece``), a field that never co-occurs has no total.

    Raises
    ------
    BadParameter
        If `method` is not one of these.
    """
    if method not in METHODS:
        raise BadParameter(f"relatedness={method!r}: take one of {', '.join(METHODS)}")
    both = cooccurrence(folios.holds)
    with np.errstate(invalid="ignore", divide="ignore"):
        if method in ("teece", "proximity"):
            phi = _from_holders(both, folios.holders.astype(np.float64), len(folios), method)
        else:
            phi = _from_totals(both, both.sum(axis=1), method)
    phi[~np.isfinite(phi)] = np.nan
    np.fill_diagonal(phi, 0.0)
    if threshold is not None:
        phi = np.where(np.isnan(phi), np.nan, (phi >= threshold).astype(np.float64))
        np.fill_diagonal(phi, 0.0)
    return pd.DataFrame(phi, index=list(folios.capabilities), columns=list(folios.capabilities))


def _from_holders(both: Floats, held: Floats, n: int, method: str) -> Floats:
    if method == "proximity":
        return np.asarray(both / np.maximum.outer(held, held))
    expected = np.outer(held, held) / n
    # μ(1 − n_i/N)(N − n_j)/(N − 1), in an order that gives both directions the same last digit.
    varying = held * (n - held)
    variance = np.outer(varying, varying) / (n**2 * (n - 1))
    return np.asarray((both - expected) / np.sqrt(variance))


def _from_totals(both: Floats, total: Floats, method: str) -> Floats:
    whole = total.sum()
    if method == "association":
        return np.asarray(both * whole / np.outer(total, total))
    if method == "cosine":
        return np.asarray(both / np.sqrt(np.outer(total, total)))
    if method == "jaccard":
        return np.asarray(both / (np.add.outer(total, total) - both))
    one = np.outer(total / whole, total) / (whole - total)[:, None]
    return np.asarray(both / (whole / 2 * (one + one.T)))


class Densities:
    """The relatedness densities of portfolios under one φ.

    Undefined φ counts as 0, and so does φ below 0 (``teece``, fields that go together less often
    than at random): with a negative weight, not holding a field would add density.
    """

    def __init__(self, folios: Portfolios, phi: pd.DataFrame) -> None:
        self.holds = folios.holds
        weights = np.maximum(np.nan_to_num(phi.to_numpy(dtype=np.float64)), 0.0)
        total = weights.sum(axis=1)
        self.defined = total > 0
        self._share = np.divide(
            weights, total[:, None], out=np.zeros_like(weights), where=total[:, None] > 0
        )

    def density(self) -> Floats:
        """Return RD, n × m, 0 … 100; NaN for a field to which nothing is related."""
        rd = 100 * (self.holds @ self._share.T)
        return np.where(self.defined[None, :], rd, np.nan)

    def offered(self, takers: Sequence[int] | NDArray[np.int64]) -> Floats:
        """Return what each field alone would add to each taker, takers × m.

        The sum over the fields of s is c(r ← s). NaN in the row of a taker that already holds every
        field to which another is related.
        """
        lacks = 1.0 - self.holds[takers].toarray()
        open_to = lacks * self.defined
        missing = open_to.sum(axis=1)
        support = 100 * (open_to @ self._share) * lacks
        out = np.full(support.shape, np.nan)
        known = missing > 0
        out[known] = support[known] / missing[known, None]
        return out

    def added(self, takers: NDArray[np.int64], givers: NDArray[np.int64]) -> Floats:
        """Return c(taker ← giver) of each pair, 0 … 100."""
        different, at = np.unique(takers, return_inverse=True)
        out = np.full(len(takers), np.nan)
        for start in range(0, len(different), 512):
            block = self.offered(different[start : start + 512])
            inside = np.flatnonzero((at >= start) & (at < start + 512))
            given = self.holds[givers[inside]]
            rows = np.repeat(at[inside] - start, np.diff(given.indptr))
            sums = np.zeros(len(inside))
            owner = np.repeat(np.arange(len(inside)), np.diff(given.indptr))
            np.add.at(sums, owner, block[rows, given.indices])
            out[inside] = sums
        return out
