r"""How specialised a portfolio is: distance from all, and the method of reflections.

All take a matrix X of n partners × m fields with entries :math:`x_{rk}\ge 0`: amounts, counts, or 1
where the partner holds the field.

References
----------
Hidalgo, C. A., Hausmann, R. (2009). The building blocks of economic complexity. *PNAS* 106,
10570–10575.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import Portfolios, full, portfolios
from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem


def krugman(matrix: ArrayLike | sparse.csr_array) -> NDArray[np.float64]:
    r"""Return how far each row is from all rows together, :math:`\sum_k|s_{rk}-s_k|`: 0 … 2.

    :math:`s_{rk}` is the share of field k in the total of row r, :math:`s_k` in the total of all;
    NaN in an empty row.
    """
    x = full(matrix)
    with np.errstate(invalid="ignore"):
        shares = x / x.sum(axis=1, keepdims=True)
        return np.asarray(np.abs(shares - x.sum(axis=0) / x.sum()).sum(axis=1))


def reflections(
    matrix: ArrayLike | sparse.csr_array, steps: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Return the method of reflections after some steps: partners, and fields.

    :math:`k_{r,0}` is the number of fields of r (diversity) and :math:`k_{i,0}` of partners of i
    (ubiquity); :math:`k_{r,N}=\frac{1}{k_{r,0}}\sum_i x_{ri}k_{i,N-1}` and the same for fields.
    NaN in an empty row or column.
    """
    x = (full(matrix) > 0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        down, across = x / x.sum(axis=1, keepdims=True), (x / x.sum(axis=0)).T
    rows, columns = x.sum(axis=1), x.sum(axis=0)
    for _ in range(steps):
        rows, columns = down @ columns, across @ rows
    return rows, columns


def complexity(matrix: ArrayLike | sparse.csr_array) -> NDArray[np.float64]:
    r"""Return the economic complexity of each row: high where it holds what few others hold.

    The eigenvector of the second largest eigenvalue of :math:`D^{-1}XU^{-1}X^\top` (D diversity, U
    ubiquity), as z-scores with the population's deviation, of the sign that correlates with
    diversity. NaN in an empty row, where fewer than three rows differ, or where the second
    eigenvalue is multiple.
    """
    x = (full(matrix) > 0).astype(np.float64)
    out = np.full(len(x), np.nan)
    rows, columns = x.sum(axis=1) > 0, x.sum(axis=0) > 0
    held = x[rows][:, columns]
    if min(held.shape, default=0) < 2:
        return out
    # Similar to a symmetric matrix, whose eigenvectors are real and found to the last digits.
    root = np.sqrt(held.sum(axis=1))
    scaled = held / np.sqrt(held.sum(axis=0))
    symmetric = (scaled @ scaled.T) / np.outer(root, root)
    values, vectors = np.linalg.eigh(symmetric)
    if values[-1] - values[-2] < 1e-9 or (len(values) > 2 and values[-2] - values[-3] < 1e-9):
        return out
    second = vectors[:, -2] / root
    spread = second.std()
    if spread < 1e-12:
        return out
    z = (second - second.mean()) / spread
    agrees = np.dot(z, root**2 - (root**2).mean())
    if agrees == 0:
        agrees = z[np.argmax(np.abs(z))]
    out[rows] = z if agrees > 0 else -z
    return out


@question
def specialisation(source: Ecosystem | Portfolios, **options: Any) -> pd.DataFrame:
    """Return how broad and how common the portfolio of each partner is.

    Parameters
    ----------
    source
        An ecosystem, or portfolios made from one.
    options
        How to make the portfolios, see `partnergraph.analysis.capabilities.portfolios.portfolios`.

    Returns
    -------
    DataFrame
        Indexed by partner id: ``name``, ``diversity`` (fields held), ``average_ubiquity`` (mean
        number of holders of these fields), ``krugman`` (distance from what all hold together,
        0 … 2), ``complexity`` (z-score, NaN where undefined). The rarest portfolios come first.
        ``attrs`` has the network.
    """
    folios = source if isinstance(source, Portfolios) else portfolios(source, **options)
    table = pd.DataFrame(
        {
            "name": np.array([folios.names[p] for p in folios.partners], dtype=object),
            "diversity": folios.sizes,
            "average_ubiquity": reflections(folios.holds, 1)[0],
            "krugman": krugman(folios.holds),
            "complexity": complexity(folios.holds),
        },
        index=pd.Index(folios.partners, name="id", dtype=object),
    )
    table.attrs = {"network": folios.as_network()}
    by = table.reset_index().sort_values(["average_ubiquity", "diversity", "id"])
    return table.loc[by["id"]]
