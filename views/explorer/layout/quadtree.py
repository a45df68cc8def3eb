"""Repulsion between all nodes by a quadtree, after Barnes & Hut (1986)."""

import numpy as np

from partnergraph.views.explorer.layout.compiled import in_blocks, kernel
from partnergraph.views.explorer.layout.units import Floats, Ints

LEVELS = 20  # halvings of the square that holds all nodes, in each direction
BUCKET = 8  # at most this many nodes share a leaf of the tree
OPENING = 1.0  # a cell acts as one point from beyond its own width (θ of Barnes & Hut)


def repulsion(x: Floats, mass: Floats) -> Floats:
    """Return Σⱼ mᵢmⱼ (xᵢ − xⱼ)/‖xᵢ − xⱼ‖² for every node *i*."""
    low = x.min(axis=0)
    width = float((x.max(axis=0) - low).max()) * (1 + 1e-9) + 1e-12
    codes = morton_codes(x, low, width)
    order = np.argsort(codes, kind="stable")
    placed, heavy = x[order], mass[order]
    tree = quadtree(codes[order], placed, heavy, width)
    sums = np.empty_like(x)
    in_blocks(repulsion_sums, placed, heavy, *tree, sums)
    result = np.empty_like(x)
    result[order] = sums
    return result


def quadtree(
    codes: Ints, x: Floats, mass: Floats, width: float
) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Return a quadtree over nodes in Morton order, its cells in the order of a walk.

    Per cell: centre of mass and mass; (width/θ)²; the next cell outside its subtree;
    and the range of nodes a leaf holds (empty for an inner cell).
    """
    count = len(codes)
    cells = np.empty((2 * count, 4), np.int64)  # first node, node after, leaf's node after, level
    cells = cells[: cut_cells(codes, cells, np.empty((4 * LEVELS, 3), np.int64))]
    first, end, last, level = np.ascontiguousarray(cells.T)
    opens = np.full(count + 1, len(cells))  # first cell that starts at a node
    opens[first[::-1]] = np.arange(len(cells))[::-1]
    sums = np.zeros((count + 1, 3))
    np.cumsum(np.column_stack([mass[:, None] * x, mass]), axis=0, out=sums[1:])
    centre = sums[end] - sums[first]
    centre[:, :2] /= centre[:, 2:]
    reach = (width * 2.0 ** (level - LEVELS) / OPENING) ** 2
    return centre, reach, opens[end], first, last


@kernel
def morton_codes(x: Floats, low: Floats, width: float) -> Ints:
    """Return both coordinates with their bits interleaved: nodes of a cell follow each other."""
    scale = (2.0**LEVELS - 1) / width
    codes = np.empty(len(x), np.int64)
    for i in range(len(x)):
        code = np.int64(0)
        across, up = np.int64((x[i, 0] - low[0]) * scale), np.int64((x[i, 1] - low[1]) * scale)
        for bit in range(LEVELS):
            code |= ((across >> bit) & 1) << (2 * bit) | ((up >> bit) & 1) << (2 * bit + 1)
        codes[i] = code
    return codes


@kernel
def cut_cells(codes: Ints, cells: Ints, waiting: Ints) -> int:
    """Cut the nodes into cells and those into quarters; return how many there are."""
    waiting[0, 0], waiting[0, 1], waiting[0, 2] = 0, len(codes), LEVELS
    top, count = 1, 0
    while top > 0:
        top -= 1
        low, high, level = waiting[top, 0], waiting[top, 1], waiting[top, 2]
        while level > 0 and codes[low] >> (2 * level - 2) == codes[high - 1] >> (2 * level - 2):
            level -= 1  # all in one quarter: skip to it
        cells[count, 0], cells[count, 1], cells[count, 2], cells[count, 3] = low, high, 0, level
        if high - low <= BUCKET or level == 0:
            cells[count, 2] = high
        else:
            corner = codes[low] >> (2 * level) << (2 * level)
            for quarter in range(3, -1, -1):
                bound = corner + (quarter << (2 * level - 2))
                begin = lower_bound(codes, low, high, bound)
                if begin < high:
                    waiting[top, 0], waiting[top, 1], waiting[top, 2] = begin, high, level - 1
                    top += 1
                high = begin
        count += 1
    return count


@kernel
def lower_bound(codes: Ints, low: int, high: int, bound: int) -> int:
    """Return the first place in codes[low:high], sorted, that is not below *bound*."""
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < bound:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def repulsion_sums(
    start: int,
    stop: int,
    x: Floats,
    mass: Floats,
    centre: Floats,
    reach: Floats,
    after: Ints,
    first: Ints,
    last: Ints,
    out: Floats,
) -> None:
    """Write the repulsion on each node: far cells act as one point, near leaves node by node."""
    for i in range(start, stop):
        here_x, here_y = x[i, 0], x[i, 1]
        push_x, push_y = 0.0, 0.0
        cell = 0
        while cell < len(reach):
            dx, dy = here_x - centre[cell, 0], here_y - centre[cell, 1]
            square = dx * dx + dy * dy
            if square > reach[cell]:
                gain = centre[cell, 2] / square
                push_x += gain * dx
                push_y += gain * dy
                cell = after[cell]
            elif last[cell] == 0:
                cell += 1
            else:
                for j in range(first[cell], last[cell]):
                    dx, dy = here_x - x[j, 0], here_y - x[j, 1]
                    gain = mass[j] / (dx * dx + dy * dy + 1e-9)
                    push_x += gain * dx
                    push_y += gain * dy
                cell = after[cell]
        out[i, 0], out[i, 1] = mass[i] * push_x, mass[i] * push_y
