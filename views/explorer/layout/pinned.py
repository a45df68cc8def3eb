"""A layout moved, turned and bent until its pinned nodes are where they must be."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from partnergraph.views.explorer.layout.units import Floats


def fitted(graph: csr_array[Any, Any], x: Floats, fixed: NDArray[np.bool_], held: Floats) -> Floats:
    """Return a fresh layout fitted to the pinned nodes, and bent until they are exactly in place.

    The whole is moved, turned, mirrored and scaled for the least squared distance to the pinned
    places. The rest of each displacement is passed on along ties: a free node takes the mean of
    its neighbours' displacements, so a new node follows an old one.
    """
    z, goal = x[:, 0] + 1j * x[:, 1], held[:, 0] + 1j * held[:, 1]
    candidates = [_similar(version, goal, fixed) for version in (z, z.conj())]
    z = min(candidates, key=lambda version: float((abs(version - goal)[fixed] ** 2).sum()))
    shift = np.where(fixed, goal - z, 0)
    weight = np.maximum(graph.sum(axis=1), 1e-300)
    for _ in range(100):
        shift = np.where(fixed, shift, graph @ shift / weight)
    z = np.where(fixed, goal, z + shift)
    return np.stack([z.real, z.imag], axis=1)


def _similar(
    z: NDArray[np.complex128], goal: NDArray[np.complex128], fixed: NDArray[np.bool_]
) -> NDArray[np.complex128]:
    """Move, turn and scale (by ½ to 2) so that the fixed points come closest to their goals."""
    here, there = z[fixed].mean(), goal[fixed].mean()
    spread = (abs(z[fixed] - here) ** 2).sum()
    factor = (np.conj(z[fixed] - here) * (goal[fixed] - there)).sum() / max(spread, 1e-300)
    if abs(factor) < 1e-9:
        factor = 1.0 + 0j
    factor *= np.clip(abs(factor), 0.5, 2) / abs(factor)
    return np.asarray(there + factor * (z - here))
