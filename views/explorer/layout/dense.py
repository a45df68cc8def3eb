"""Moves of all nodes of a small component, over all pairs in dense numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from partnergraph.views.explorer.layout.units import START_PIVOTS, Floats, Ints


class DenseEngine:
    """Moves for a small connected network; nothing to import or compile, no threads.

    A move is a sum over j of (xᵢ − xⱼ) times a polynomial in 1/‖xᵢ − xⱼ‖, in single precision:
    far finer than the 0.1 that results are rounded to.
    """

    def __init__(self, part: csr_array[Any, Any], mass: Floats):
        self.hops = np.asarray(shortest_path(part, method="D", unweighted=True))
        self.pull = part.toarray()
        self.masses = mass[:, None] * mass[None, :]
        tied = self.pull > 0
        self.lengths = self.hops.copy()
        self.lengths[tied] = self.pull[tied] ** -0.5
        self.weights = (self.lengths + np.eye(len(mass))) ** -2.0
        np.fill_diagonal(self.weights, 0)
        self.weights /= self.weights.sum(axis=1)[:, None]
        self.rows = self.hops[_far_nodes(self.hops, int(np.argmax(tied.sum(axis=1))))]
        self.across, self.up, self.inverse, self.gain = np.empty(
            (4, *self.hops.shape), dtype=np.float32
        )

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[Any]]:  # noqa: ARG002
        """Return every node, with its hop distances: nothing needs to be sampled here."""
        return np.arange(len(self.hops)), self.hops

    def blended(self, share: float, strength: float) -> Callable[[Floats], Floats]:
        """Return moves: (1 − *share*) of the stress step and *share* of the force step."""
        stress, force = (1 - share) * self.weights, share / self.pull.sum(axis=1)[:, None]
        constant = (stress + force * self.pull).astype(np.float32)
        first = (stress * self.lengths).astype(np.float32)
        second = (force * strength * self.masses).astype(np.float32)
        inverse, gain = self.inverse, self.gain

        def move(x: Floats) -> Floats:
            self._measure(x)
            np.add(np.multiply(second, inverse, out=gain), first, out=gain)
            np.subtract(np.multiply(gain, inverse, out=gain), constant, out=gain)
            return self._summed()

        return move

    def linlog(self, strength: float) -> Callable[[Floats], Floats]:
        """Return moves under LinLog forces."""
        pull = self.pull.astype(np.float32)
        pushed = (strength * self.masses).astype(np.float32)
        inverse, gain = self.inverse, self.gain

        def move(x: Floats) -> Floats:
            self._measure(x)
            drawn = pull / (1 / inverse + np.float32(0.05 * strength))
            np.multiply(np.multiply(pushed, inverse, out=gain), inverse, out=gain)
            np.subtract(gain, drawn, out=gain)
            return np.asarray(self._summed() / drawn.sum(axis=1)[:, None], dtype=np.float64)

        return move

    def _measure(self, x: Floats) -> None:
        """Fill the buffers with the differences and inverse distances of all pairs."""
        single = x.astype(np.float32)
        across, up, inverse, spare = self.across, self.up, self.inverse, self.gain
        np.subtract(single[:, 0, None], single[None, :, 0], out=across)
        np.subtract(single[:, 1, None], single[None, :, 1], out=up)
        np.add(np.multiply(across, across, out=inverse), np.float32(1e-9), out=inverse)
        np.add(inverse, np.multiply(up, up, out=spare), out=inverse)
        np.divide(np.float32(1), np.sqrt(inverse, out=inverse), out=inverse)

    def _summed(self) -> Floats:
        """Σⱼ gainᵢⱼ (xᵢ − xⱼ), in numpy's own loops."""
        sums = [np.einsum("ij,ij->i", self.gain, side) for side in (self.across, self.up)]
        return np.stack(sums, axis=1).astype(np.float64)


def _far_nodes(hops: Floats, first: int) -> Ints:
    """Pick pivots, each the node farthest from those before it (lowest index of equals)."""
    chosen = [first]
    nearest = hops[first]
    while len(chosen) < min(START_PIVOTS, len(hops)):
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, hops[chosen[-1]])
    return np.array(chosen)
