"""The engine for large graphs on one machine: scipy, scikit-network and our own kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def leiden(
    matrix: sparse.csr_array, *, resolution: float = 1.0, seed: int = 0
) -> NDArray[np.int64]:
    """Divide a symmetric matrix of strengths into connected clusters of high modularity, one run.

    References
    ----------
    Traag, V. A., Waltman, L., van Eck, N. J. (2019). *Scientific Reports* 9, 5233.
    """
    from sknetwork.clustering import Leiden

    run = Leiden(resolution=resolution, shuffle_nodes=True, random_state=seed)
    return np.asarray(run.fit_predict(sparse.csr_matrix(matrix)), dtype=np.int64)
