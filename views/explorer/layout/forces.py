"""Moves of all nodes of a large component: sampled stress and Barnes–Hut repulsion, compiled."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from partnergraph.views.explorer.layout.compiled import in_blocks, kernel
from partnergraph.views.explorer.layout.quadtree import repulsion
from partnergraph.views.explorer.layout.units import Floats, Ints


class LargeEngine:
    """Moves for a large connected network: sampled stress and Barnes–Hut repulsion.

    Parameters
    ----------
    indptr, indices, pull
        The symmetric adjacency in compressed rows; *pull* is the attraction aᵢⱼ of each tie.
    mass
        mᵢ, how strongly node *i* pushes others away.
    pivots
        How many nodes represent all nodes in the stress (Ortmann, Klimenta & Brandes 2017).
    """

    def __init__(self, indptr: Ints, indices: Ints, pull: Floats, mass: Floats, pivots: int):
        first = int(np.argmax(np.diff(indptr)))
        self.ties, self.mass = (indptr, indices, pull), mass
        self.pivots, self.rows, owner = pivot_rows(indptr, indices, first, pivots)
        self.hops = np.ascontiguousarray(self.rows.T, dtype=np.float32)
        self.weights = np.ascontiguousarray(pivot_weights(self.rows, owner).T)

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.int32]]:
        """Return nodes that the stress was not fitted to, with their hop distances to all."""
        sources = rng.choice(len(self.mass), count, replace=False)
        return sources, rows_from(*self.ties[:2], sources)

    def blended(self, share: float, strength: float) -> Callable[[Floats], Floats]:
        """Return moves: (1 − *share*) of the stress step and *share* of the force step."""

        def move(x: Floats) -> Floats:
            total = np.zeros_like(x)
            if share < 1:
                sampled = (self.hops, self.weights, self.pivots)
                in_blocks(stress_moves, x, *sampled, *self.ties, total)
                total *= 1 - share
            if share > 0:
                total += share * self._force_moves(x, strength, True)
            return total

        return move

    def linlog(self, strength: float) -> Callable[[Floats], Floats]:
        """Return moves under LinLog forces."""
        return lambda x: self._force_moves(x, strength, False)

    def _force_moves(self, x: Floats, strength: float, linear: bool) -> Floats:
        """Step of each node to where its ties and all other nodes would hold it in balance."""
        drawn = np.empty((len(x), 3))
        in_blocks(attraction, x, *self.ties, linear, 0.05 * strength, drawn)
        return (drawn[:, :2] + strength * repulsion(x, self.mass)) / drawn[:, 2:]


def pivot_rows(
    indptr: Ints, indices: Ints, first: int, wanted: int
) -> tuple[Ints, NDArray[np.int32], Ints]:
    """Return farthest-first pivots, their rows of hop distances, and each node's nearest pivot."""
    pivots = np.full(wanted, first)
    rows = np.empty((wanted, len(indptr) - 1), np.int32)
    owner = np.zeros(rows.shape[1], np.int64)
    nearest = np.full(rows.shape[1], rows.shape[1], np.int32)
    for k in range(wanted):
        rows[k] = rows_from(indptr, indices, pivots[k : k + 1])[0]
        owner[rows[k] < nearest] = k
        nearest = np.minimum(nearest, rows[k])
        pivots[k + 1 :] = np.argmax(nearest)
    return pivots, rows, owner


def pivot_weights(rows: NDArray[np.int32], owner: Ints) -> NDArray[np.float32]:
    """Return the weight of pivot *p* for node *i*: nodes of *p*'s region within d/2, over d².

    Only those nodes are seen from *i* at about the pivot's own distance *d*. Neighbours (d = 1)
    are left to their tie and weigh nothing here.
    """
    weights = np.zeros(rows.shape, np.float32)
    farthest = int(rows.max())
    for k, row in enumerate(rows):
        within = np.cumsum(np.bincount(row[owner == k], minlength=farthest + 1))
        weights[k] = np.where(row > 1, within[row // 2] / np.maximum(row, 1) ** 2, 0)
    return weights


def rows_from(indptr: Ints, indices: Ints, sources: Ints) -> NDArray[np.int32]:
    """Return one row of hop distances per source."""
    rows = np.empty((len(sources), len(indptr) - 1), np.int32)
    queue = np.empty(rows.shape[1], np.int64)
    for row, source in zip(rows, sources.tolist(), strict=True):
        hops_from(indptr, indices, source, row, queue)
    return rows


@kernel
def hops_from(
    indptr: Ints, indices: Ints, source: int, hops: NDArray[np.int32], queue: Ints
) -> None:
    """Write breadth-first hop distances from *source* into *hops* (connected network)."""
    hops[:] = -1
    hops[source] = 0
    queue[0] = source
    head, tail = 0, 1
    while head < tail:
        node = queue[head]
        head += 1
        for e in range(indptr[node], indptr[node + 1]):
            other = indices[e]
            if hops[other] < 0:
                hops[other] = hops[node] + 1
                queue[tail] = other
                tail += 1


@kernel
def stress_moves(
    start: int,
    stop: int,
    x: Floats,
    hops: NDArray[np.float32],
    weights: NDArray[np.float32],
    pivots: Ints,
    indptr: Ints,
    indices: Ints,
    pull: Floats,
    out: Floats,
) -> None:
    """Write the step of each node to the weighted mean of where its pivots and ties place it."""
    pivot_x, pivot_y = x[pivots, 0], x[pivots, 1]
    for i in range(start, stop):
        here_x, here_y = x[i, 0], x[i, 1]
        step_x, step_y, total = 0.0, 0.0, 0.0
        for p in range(len(pivots)):
            dx, dy = here_x - pivot_x[p], here_y - pivot_y[p]
            gain = weights[i, p] * (hops[i, p] / np.sqrt(dx * dx + dy * dy + 1e-12) - 1)
            step_x += gain * dx
            step_y += gain * dy
            total += weights[i, p]
        for e in range(indptr[i], indptr[i + 1]):
            j, weight = indices[e], pull[e]
            dx, dy = here_x - x[j, 0], here_y - x[j, 1]
            # a tie's length is 1/√a and its weight length⁻² = a
            gain = weight * (1 / np.sqrt(weight * (dx * dx + dy * dy) + 1e-12) - 1)
            step_x += gain * dx
            step_y += gain * dy
            total += weight
        out[i, 0], out[i, 1] = step_x / total, step_y / total


@kernel
def attraction(
    start: int,
    stop: int,
    x: Floats,
    indptr: Ints,
    indices: Ints,
    pull: Floats,
    linear: bool,
    softening: float,
    out: Floats,
) -> None:
    """Write the pull of each node's ties (two columns) and their stiffness (third column)."""
    for i in range(start, stop):
        step_x, step_y, stiffness = 0.0, 0.0, 0.0
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            dx, dy = x[j, 0] - x[i, 0], x[j, 1] - x[i, 1]
            gain = pull[e]
            if not linear:
                gain /= np.sqrt(dx * dx + dy * dy) + softening
            step_x += gain * dx
            step_y += gain * dy
            stiffness += gain
        out[i, 0], out[i, 1], out[i, 2] = step_x, step_y, stiffness
