"""From distances to positions: a pivot MDS, then rounds in which every node moves a little."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from partnergraph.views.explorer.layout.dense import DenseEngine
from partnergraph.views.explorer.layout.quality import ratio_sums, stress_of
from partnergraph.views.explorer.layout.units import SMALL, START_PIVOTS, Floats, Ints

ROUNDS = 60  # of forces; half as many of stress alone before
FORCE_SHARE = 0.85  # of forces against stress where the plane cannot hold the distances


class Engine(Protocol):
    """What the rounds of movement need, dense or compiled."""

    rows: NDArray[Any]

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[Any]]:
        """Return some nodes, with their hop distances to all."""

    def blended(self, share: float, strength: float) -> Callable[[Floats], Floats]:
        """Return moves: (1 − *share*) of the stress step and *share* of the force step."""

    def linlog(self, strength: float) -> Callable[[Floats], Floats]:
        """Return moves under LinLog forces."""


def relaxed(part: csr_array[Any, Any], linlog: bool, seed: int) -> Floats:
    """Return positions of a connected component, a tie one hop long where possible."""
    count = part.shape[0]
    if count == 2:
        return np.array([[0.0, 0.0], [1.0, 0.0]])
    rng = np.random.default_rng(seed)
    degree = np.diff(part.indptr)
    mass = degree + 1.0 if linlog else np.sqrt(degree + 1.0)
    engine = _engine(part, mass)
    x = _pivot_mds(engine.rows[:START_PIVOTS], rng)
    extent = float(np.ptp(x, axis=0).max()) + 1
    x = _settled(engine.blended(0, 0), x, ROUNDS // 2, extent, extent)
    ties = part.tocoo()
    length = np.sqrt(((x[ties.row] - x[ties.col]) ** 2).sum(axis=1))
    drawn = float((ties.data * (length if linlog else length**2)).sum())
    repulsion = drawn / float(mass.sum() ** 2 - (mass**2).sum())
    reach = 0.3 * float(np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean()))
    if linlog:
        return _settled(engine.linlog(repulsion), x, ROUNDS, reach, 0.02 * repulsion)
    sources, hops = engine.probe(20, rng)
    misfit = stress_of(ratio_sums(hops, sources, x))
    share = FORCE_SHARE * float(np.clip((misfit - 0.015) / 0.07, 0, 1))
    return _settled(engine.blended(share, repulsion), x, ROUNDS, reach, 0.02 * repulsion**0.5)


def _engine(part: csr_array[Any, Any], mass: Floats) -> Engine:
    """Dense numpy for small components, compiled kernels for large ones."""
    if len(mass) <= SMALL:
        return DenseEngine(part, mass)
    from partnergraph.views.explorer.layout.forces import LargeEngine

    return LargeEngine(
        part.indptr.astype(np.int64),
        part.indices.astype(np.int64),
        part.data,
        mass,
        2 * START_PIVOTS if len(mass) <= 5000 else START_PIVOTS,
    )


def _pivot_mds(rows: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Return the plane in which the pivots' squared distances vary most, with a little noise.

    Sums run in numpy's own loops, not in BLAS, whose result depends on its thread count.
    """
    centred = rows.astype(np.float64) ** 2
    centred += centred.mean() - centred.mean(axis=0) - centred.mean(axis=1)[:, None]
    gram = np.einsum("in,jn->ij", centred, centred)
    axes = rng.normal(size=(2, len(gram)))
    for _ in range(50):
        axes = np.einsum("ai,ij->aj", axes, gram)
        axes[0] /= np.sqrt((axes[0] ** 2).sum()) + 1e-300
        axes[1] -= axes[0] * (axes[0] * axes[1]).sum()
        axes[1] /= np.sqrt((axes[1] ** 2).sum()) + 1e-300
    x = np.einsum("ai,in->na", axes, centred)
    _, ratios, squares = ratio_sums(rows[:1], np.array([np.argmin(rows[0])]), x)
    return np.asarray(x * (ratios / (squares + 1e-300)) + rng.normal(scale=0.03, size=x.shape))


def _settled(
    move: Callable[[Floats], Floats], x: Floats, rounds: int, reach: float, last_reach: float
) -> Floats:
    """Move all nodes *rounds* times, by no more than a reach that shrinks from first to last."""
    for step in range(rounds):
        change = move(x)
        limit = reach * (last_reach / reach) ** (step / rounds)
        length = np.sqrt((change * change).sum(axis=1))
        x = x + change * np.minimum(1, limit / (length + 1e-12))[:, None]
    return x


def turned(x: Floats, aspect: float) -> Floats:
    """Return the same picture with its longest direction along the longer side of the frame."""
    x = x - x.mean(axis=0)
    xx, xy, yy = (x[:, 0] ** 2).sum(), (x[:, 0] * x[:, 1]).sum(), (x[:, 1] ** 2).sum()
    angle = -0.5 * np.arctan2(2 * xy, xx - yy) + (0.0 if aspect >= 1 else np.pi / 2)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x[:, 0] - sin * x[:, 1], sin * x[:, 0] + cos * x[:, 1]], axis=1)
