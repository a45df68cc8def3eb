"""Push overlapping discs of large networks apart, compiled."""

import numpy as np
from numpy.typing import NDArray

from partnergraph.views.explorer.layout.compiled import kernel
from partnergraph.views.explorer.layout.units import Floats, Ints


def push_apart(x: Floats, need: Floats, fixed: NDArray[np.bool_], gap: float) -> int:
    """Move overlapping pairs apart, in place, one after the other; return how many there were.

    Candidates come from a hash of square cells; two cells in the same bucket only add some nodes
    that are too far away.
    """
    side = 2 * float(np.median(need)) + gap
    buckets = 1 << int(2 * len(x)).bit_length()
    cell = np.floor(x / side).astype(np.int64)
    bucket = (cell[:, 0] * 73856093 ^ cell[:, 1] * 19349663) & (buckets - 1)
    order = np.argsort(bucket, kind="stable")
    begin = np.searchsorted(bucket[order], np.arange(buckets + 1))
    span = np.ceil((2 * need + gap) / side).astype(np.int64)
    return int(push_pairs(x, need, fixed, gap, cell, span, order, begin))


@kernel
def push_pairs(
    x: Floats,
    need: Floats,
    fixed: NDArray[np.bool_],
    gap: float,
    cell: Ints,
    span: Ints,
    order: Ints,
    begin: Ints,
) -> int:
    """Part the overlapping pairs around each node; return how many there were.

    The larger disc of a pair looks for the smaller: a few large discs do not widen every search.
    """
    clashes, mask = 0, len(begin) - 2
    for i in range(len(x)):
        for across in range(cell[i, 0] - span[i], cell[i, 0] + span[i] + 1):
            for up in range(cell[i, 1] - span[i], cell[i, 1] + span[i] + 1):
                b = (across * 73856093 ^ up * 19349663) & mask
                for place in range(begin[b], begin[b + 1]):
                    j = order[place]
                    if need[j] < need[i] or (need[j] == need[i] and j < i):
                        clashes += part(x, i, j, need[i] + need[j] + gap, fixed)
    return clashes


@kernel
def part(x: Floats, i: int, j: int, distance: float, fixed: NDArray[np.bool_]) -> int:
    """Move two nodes to *distance* of each other if they are closer; return 1 if they were."""
    dx, dy = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1]
    now = np.sqrt(dx * dx + dy * dy)
    if now >= distance or (fixed[i] and fixed[j]):
        return 0
    missing = distance * (1 + 1e-6) - now
    if now < 1e-9:  # on the same spot: any direction, but always the same one
        dx, dy, now = np.cos(i + j), np.sin(i + j), 1.0
    share = 0.5
    if fixed[i] != fixed[j]:
        share = 0.0 if fixed[i] else 1.0
    x[i, 0] += share * missing * dx / now
    x[i, 1] += share * missing * dy / now
    x[j, 0] -= (1 - share) * missing * dx / now
    x[j, 1] -= (1 - share) * missing * dy / now
    return 1
