"""Compiled moves for large networks: what one round of the layout does to every node.

Only :mod:`partnergraph.views.explorer.layout` imports this module, and only above a few hundred
nodes: importing it loads numba, and the first call of a kernel compiles it.

Every kernel that runs on several threads writes the result of node *i* from node *i*'s own sum,
so the outcome does not depend on how many threads there are or in which order they finish.
Threads are Python's own around kernels that release the interpreter lock; numba's parallel
back ends would abort the process when two callers lay out networks at the same time.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

BLOCK = 4096  # nodes a thread takes at a time
LEVELS = 20  # halvings of the square that holds all nodes, in each direction
BUCKET = 8  # at most this many nodes share a leaf of the tree
OPENING = 1.0  # a cell acts as one point from beyond its own width (θ of Barnes & Hut)


def kernel(function: Function) -> Function:
    """Compile *function* at its first call and keep the result on disk where that is possible."""
    try:
        compiled = numba.njit(cache=True, nogil=True, fastmath=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        compiled = numba.njit(nogil=True, fastmath=True)(function)
    return cast(Function, compiled)


class LargeEngine:
    """Rounds of movement for a connected network, with sampled stress and Barnes–Hut repulsion.

    Parameters
    ----------
    indptr, indices, pull
        The symmetric adjacency in compressed rows; *pull* is the attraction aᵢⱼ of each tie.
    mass
        mᵢ, how strongly node *i* pushes others away.
    pivots
        How many nodes stand for all nodes in the stress (Ortmann, Klimenta & Brandes 2017).
    """

    def __init__(self, indptr: Ints, indices: Ints, pull: Floats, mass: Floats, pivots: int):
        first = int(np.argmax(np.diff(indptr)))
        self.ties, self.mass = (indptr, indices, pull), mass
        self.pivots, self.rows, owner = pivot_rows(indptr, indices, first, pivots)
        self.hops = np.ascontiguousarray(self.rows.T, dtype=np.float32)
        self.weights = np.ascontiguousarray(pivot_weights(self.rows, owner).T)

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.int32]]:
        """Choose nodes that the stress was not fitted to, with their hop distances to all."""
        sources = rng.choice(len(self.mass), count, replace=False)
        return sources, rows_from(*self.ties[:2], sources)

    def blended(self, share: float, repulsion: float) -> Callable[[Floats], Floats]:
        """Moves for all nodes: (1 − *share*) of the stress step and *share* of the force step."""

        def move(x: Floats) -> Floats:
            total = np.zeros_like(x)
            if share < 1:
                sampled = (self.hops, self.weights, self.pivots)
                in_blocks(stress_moves, x, *sampled, *self.ties, total)
                total *= 1 - share
            if share > 0:
                total += share * self._force_moves(x, repulsion, True)
            return total

        return move

    def linlog(self, repulsion: float) -> Callable[[Floats], Floats]:
        """Moves for all nodes under LinLog forces."""
        return lambda x: self._force_moves(x, repulsion, False)

    def _force_moves(self, x: Floats, repulsion: float, linear: bool) -> Floats:
        """Step of each node to where its ties and all other nodes would hold it in balance."""
        drawn = np.empty((len(x), 3))
        in_blocks(attraction, x, *self.ties, linear, 0.05 * repulsion, drawn)
        return (drawn[:, :2] + repulsion * self._pushed(x)) / drawn[:, 2:]

    def _pushed(self, x: Floats) -> Floats:
        """Repulsion Σⱼ mᵢmⱼ (xᵢ − xⱼ)/‖xᵢ − xⱼ‖² on every node, by Barnes & Hut (1986)."""
        low = x.min(axis=0)
        width = float((x.max(axis=0) - low).max()) * (1 + 1e-9) + 1e-12
        codes = morton_codes(x, low, width)
        order = np.argsort(codes, kind="stable")
        placed, mass = x[order], self.mass[order]
        tree = quadtree(codes[order], placed, mass, width)
        sums = np.empty_like(x)
        in_blocks(repulsion_sums, placed, mass, *tree, sums)
        result = np.empty_like(x)
        result[order] = sums
        return result


def in_blocks(run: Callable[..., None], x: Floats, *arguments: Any) -> None:
    """Run a kernel over fixed ranges of nodes, on all cores when there is more than one range."""
    starts = range(0, len(x), BLOCK)
    if len(starts) == 1:
        run(0, len(x), x, *arguments)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as pool:
        ends = [min(start + BLOCK, len(x)) for start in starts]
        tasks = [pool.submit(run, a, b, x, *arguments) for a, b in zip(starts, ends, strict=True)]
        for task in tasks:
            task.result()


@kernel
def hops_from(
    indptr: Ints, indices: Ints, source: int, hops: NDArray[np.int32], queue: Ints
) -> None:
    """Breadth-first hop distances from *source*, written into *hops* (connected network)."""
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


def rows_from(indptr: Ints, indices: Ints, sources: Ints) -> NDArray[np.int32]:
    """One row of hop distances per source."""
    rows = np.empty((len(sources), len(indptr) - 1), np.int32)
    queue = np.empty(rows.shape[1], np.int64)
    for row, source in zip(rows, sources.tolist(), strict=True):
        hops_from(indptr, indices, source, row, queue)
    return rows


def pivot_rows(
    indptr: Ints, indices: Ints, first: int, wanted: int
) -> tuple[Ints, NDArray[np.int32], Ints]:
    """Farthest-first pivots, their rows of hop distances, and the nearest pivot of every node."""
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
    """Weight of pivot *p* for node *i*: nodes of *p*'s region within d/2 of *p*, over d².

    Only those nodes are seen from *i* at about the pivot's own distance *d*. Neighbours (d = 1)
    are left to their tie and weigh nothing here.
    """
    weights = np.zeros(rows.shape, np.float32)
    farthest = int(rows.max())
    for k, row in enumerate(rows):
        within = np.cumsum(np.bincount(row[owner == k], minlength=farthest + 1))
        weights[k] = np.where(row > 1, within[row // 2] / np.maximum(row, 1) ** 2, 0)
    return weights


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
    """Step of each node to the weighted mean of the places its pivots and ties want it at."""
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
    """Pull of each node's ties (two columns) and how stiff they hold it (third column)."""
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


@kernel
def morton_codes(x: Floats, low: Floats, width: float) -> Ints:
    """Interleave the bits of both coordinates: nodes of one cell are neighbours in this order."""
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
def lower_bound(codes: Ints, low: int, high: int, bound: int) -> int:
    """First place in codes[low:high], sorted, that is not below *bound*."""
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < bound:
            low = middle + 1
        else:
            high = middle
    return low


def quadtree(
    codes: Ints, x: Floats, mass: Floats, width: float
) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Quadtree over nodes in Morton order, its cells in the order in which a walk visits them.

    Returns per cell: centre of mass and mass; (width/θ)²; the next cell outside its subtree;
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
def cut_cells(codes: Ints, cells: Ints, waiting: Ints) -> int:
    """Cut the nodes into cells and those into quarters; returns how many there are."""
    waiting[0, 0], waiting[0, 1], waiting[0, 2] = 0, len(codes), LEVELS
    top, count = 1, 0
    while top > 0:
        top -= 1
        low, high, level = waiting[top, 0], waiting[top, 1], waiting[top, 2]
        while level > 0 and codes[low] >> (2 * level - 2) == codes[high - 1] >> (2 * level - 2):
            level -= 1  # all in one quarter: the smaller cell says more
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
    """Repulsion on each node: far cells act as one point, near leaves node by node."""
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


def push_apart(x: Floats, need: Floats, fixed: NDArray[np.bool_], gap: float) -> int:
    """Move overlapping pairs apart, in place, one after the other; returns how many there were.

    Candidates come from a hash of square cells; two cells that share a bucket only cost a look
    at some nodes that are too far away.
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
    """Look for overlaps around each node and part them; returns how many there were.

    Of each pair the larger disc looks for the smaller, so a few large discs do not make every
    node search far.
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
    """Move two nodes to *distance* of each other if they are closer; 1 if they were."""
    dx, dy = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1]
    now = np.sqrt(dx * dx + dy * dy)
    if now >= distance or (fixed[i] and fixed[j]):
        return 0
    lack = distance * (1 + 1e-6) - now
    if now < 1e-9:  # on the same spot: any direction, but always the same one
        dx, dy, now = np.cos(i + j), np.sin(i + j), 1.0
    share = 0.5
    if fixed[i] != fixed[j]:
        share = 0.0 if fixed[i] else 1.0
    x[i, 0] += share * lack * dx / now
    x[i, 1] += share * lack * dy / now
    x[j, 0] -= (1 - share) * lack * dx / now
    x[j, 1] -= (1 - share) * lack * dy / now
    return 1
