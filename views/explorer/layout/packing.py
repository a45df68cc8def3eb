"""All components in one picture: pinned ones stay in place, the others are packed side by side."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from partnergraph.views.explorer.layout.components import Block
from partnergraph.views.explorer.layout.overlaps import apart
from partnergraph.views.explorer.layout.pinned import fitted
from partnergraph.views.explorer.layout.units import SPACING, Floats


def placed(
    graph: csr_array[Any, Any],
    blocks: list[Block],
    need: Floats,
    pins: dict[int, tuple[float, float]],
    aspect: float,
) -> Floats:
    """Return positions of all nodes: blocks with pinned nodes in place, the others packed."""
    x = np.zeros((len(need), 2))
    fixed = np.zeros(len(need), dtype=np.bool_)
    fixed[list(pins)] = True
    held = np.array(list(pins.values())).reshape(-1, 2)
    x[fixed] = held
    anchored, free = np.zeros_like(fixed), []
    for block in blocks:
        nodes = block.nodes
        if fixed[nodes].all():
            anchored[nodes] = True
        elif fixed[nodes].any():
            inside = graph[nodes][:, nodes]
            x[nodes] = fitted(inside, block.positions, fixed[nodes], x[nodes])
            anchored[nodes] = True
        else:
            free.append(block)
    if anchored.any():
        x[anchored] = apart(x[anchored], need[anchored], fixed[anchored])
    if free:
        x[~anchored] = _packed(free, need, aspect)[~anchored]
    if free and anchored.any():
        across, bottom = x[anchored, 0], (x[anchored, 1] - need[anchored]).min()
        top = (x[~anchored, 1] + need[~anchored]).max()
        x[~anchored] += [(across.min() + across.max()) / 2, bottom - SPACING - top]
    result = np.round(x, 1) + 0.0  # no −0.0
    result[fixed] = held
    return result


def _packed(blocks: list[Block], need: Floats, aspect: float) -> Floats:
    """Pack the blocks around (0, 0); rows of other nodes stay 0."""
    nodes = np.concatenate([block.nodes for block in blocks])
    lengths = np.array([len(block.nodes) for block in blocks])
    x, radii = np.concatenate([block.positions for block in blocks]), need[nodes, None]
    starts = np.cumsum(lengths) - lengths
    low, high = np.minimum.reduceat(x - radii, starts), np.maximum.reduceat(x + radii, starts)
    margin = np.where(lengths > 1, 1.25, 0.5)[:, None] * SPACING
    sizes = np.ceil(10 * (high - low + margin)) / 10
    order = np.lexsort((np.arange(len(sizes)), -sizes[:, 0], -sizes[:, 1]))
    ideal = np.sqrt(sizes.prod(axis=1).sum() * aspect)
    widest = sizes[:, 0].max()
    trials = [
        _shelves(sizes[order].tolist(), max(widest, ideal * factor) + 1e-9)
        for factor in np.linspace(0.9, 2.2, 14)
    ]
    corners, size = min(trials, key=lambda trial: max(trial[1][0] / aspect, trial[1][1]))
    middle = np.empty_like(sizes)
    middle[order] = corners
    middle = (middle + sizes / 2) * [1, -1] - np.array(size) * [0.5, -0.5]
    result = np.zeros((len(need), 2))
    result[nodes] = x + np.repeat(middle - (low + high) / 2, lengths, axis=0)
    return result


def _shelves(
    sizes: list[list[float]], width: float
) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Return corners of rectangles, tallest first, in shelves of at most *width*; and the size.

    The first rectangle of a shelf sets its height; the others are stacked in columns beside it as
    long as they fit.
    """
    corners: list[tuple[float, float]] = []
    left = top = right = shelf = filled = used = 0.0  # of the column: left, right, height filled
    for wide, high in sizes:
        if filled + high > shelf + 1e-9 or left + wide > width:
            left, filled = right, 0.0
            if left + wide > width or not corners:
                left, top, shelf = 0.0, top + shelf, high
                right = 0.0
        corners.append((left, top + filled))
        filled += high
        right = max(right, left + wide)
        used = max(used, right)
    return corners, (used, top + shelf)
