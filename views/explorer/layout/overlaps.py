"""Room for every node: the scale of a picture, and discs that do not overlap."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from partnergraph.views.explorer.layout.units import GAP, SMALL, SPACING, Floats

AREA = 4.0  # of a component's frame per node, at most, in squares of the usual spacing


def spread(x: Floats, need: Floats) -> Floats:
    """Return the picture scaled so that the typical node has just the room it needs.

    Where clusters are tight and far apart (linlog), the frame's area decides instead: clusters
    then grow when overlaps are removed, and nodes stay large enough to be seen.
    """
    if len(x) < 2:
        return x
    distance, near = (np.asarray(found)[:, 1] for found in cKDTree(x).query(x, k=2))
    wanted = np.maximum(SPACING, 1.5 * (need + need[near]) + GAP)
    apart = distance > 0
    if not apart.any():
        return x
    x = x / np.median(distance[apart] / wanted[apart])
    crowding = np.sqrt(AREA * (wanted**2).sum() / (np.ptp(x, axis=0).prod() + 1e-300))
    return np.asarray(x * min(1.0, float(crowding)))


def apart(x: Floats, need: Floats, fixed: NDArray[np.bool_]) -> Floats:
    """Return discs pushed apart; the picture grows, or discs move away, where pushing fails."""
    x = x.copy()
    if len(x) <= SMALL:
        push = _push_apart
    else:
        from partnergraph.views.explorer.layout.collisions import push_apart as push
    for _ in range(40):
        for _ in range(50):
            if push(x, need, fixed, GAP) == 0:
                return x
        if fixed.any():
            break
        x *= 1.15
    return _to_free_spots(x, need, fixed)


def _push_apart(x: Floats, need: Floats, fixed: NDArray[np.bool_], gap: float) -> int:
    """Move overlapping pairs apart, in place; return how many there were."""
    across, up = x[:, 0, None] - x[None, :, 0], x[:, 1, None] - x[None, :, 1]
    wanted = need[:, None] + need[None, :] + gap
    clash = np.triu(across**2 + up**2 < wanted**2, 1) & ~(fixed[:, None] & fixed[None, :])
    i, j = np.nonzero(clash)
    step = np.stack([across[i, j], up[i, j]], axis=1)
    now = np.sqrt((step**2).sum(axis=1))
    same = now < 1e-9  # on the same spot: any direction, but always the same one
    step[same] = np.stack([np.cos(i + j), np.sin(i + j)], axis=1)[same]
    missing = wanted[i, j] * (1 + 1e-6) - now
    step *= (missing / np.where(same, 1, now))[:, None]
    share = np.where(fixed[i] == fixed[j], 0.5, np.where(fixed[i], 0.0, 1.0))[:, None]
    np.add.at(x, i, share * step)
    np.subtract.at(x, j, (1 - share) * step)
    return len(i)


def _to_free_spots(x: Floats, need: Floats, fixed: NDArray[np.bool_]) -> Floats:
    """Move each free disc that still overlaps to the nearest free spot on a spiral around it."""
    turns = np.arange(1, 513)
    spiral = np.stack([np.cos(2.39996323 * turns), np.sin(2.39996323 * turns)], axis=1)
    spiral *= np.sqrt(turns)[:, None]
    cell = 2 * float(need.max()) + GAP
    pairs = cKDTree(x).query_pairs(cell, output_type="ndarray")
    crowd = _Crowd(x, need, cell)
    for node in np.setdiff1d(pairs, np.flatnonzero(fixed)).tolist():
        crowd.remove(node)
        spots, stride = x[None, node], 0.25
        while (spot := crowd.first_free(spots.tolist(), float(need[node]))) is None:
            spots, stride = x[node] + stride * spiral, 2 * stride
        x[node] = spot
        crowd.add(node, *spot)
    return x


class _Crowd:
    """Discs by cell of a grid, to find free spots quickly; no disc is wider than a cell."""

    def __init__(self, x: Floats, need: Floats, cell: float):
        self.cell, self.need = max(cell, 1e-9), need.tolist()
        self.cells: dict[tuple[int, int], dict[int, tuple[float, float]]] = {}
        self.home: dict[int, tuple[int, int]] = {}
        for node, (across, up) in enumerate(x.tolist()):
            self.add(node, across, up)

    def add(self, node: int, across: float, up: float) -> None:
        key = (int(across // self.cell), int(up // self.cell))
        self.home[node] = key
        self.cells.setdefault(key, {})[node] = (across, up)

    def remove(self, node: int) -> None:
        del self.cells[self.home.pop(node)][node]

    def first_free(self, spots: list[list[float]], need: float) -> list[float] | None:
        """Return the first spot where a disc of that radius touches no other."""
        return next((spot for spot in spots if self._is_free(spot, need)), None)

    def _is_free(self, spot: list[float], need: float) -> bool:
        across, up = spot
        column, row = int(across // self.cell), int(up // self.cell)
        return not any(
            (a - across) ** 2 + (u - up) ** 2 < (need + self.need[other] + GAP) ** 2
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other, (a, u) in self.cells.get((c, r), {}).items()
        )
