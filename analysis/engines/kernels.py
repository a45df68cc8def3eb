"""Loops over the arcs of a network, compiled by numba; the same numbers on any machine.

A network is a CSR structure: the arcs of node v are ``idx[ptr[v]:ptr[v + 1]]``; values of arcs are
in arrays parallel to ``idx``. Indices are int32, so a network may have 2³¹ − 1 arcs.

Work is split into a fixed number of `parts`, whatever the number of processors. A kernel does one
`part`, sums on its own or writes where no other part does, and the caller adds the parts in order,
so a sum never depends on which processor was first. Kernels release the interpreter's lock, so that
parts run in threads. Importing this module imports numba (0.5 s); see
`partnergraph.analysis.engines.either.kernel`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.engines.either import kernel

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

WORDS = 8
LANES = 64 * WORDS
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
ASKED = 4
MANY = 5
SAME = 1e-9  # of its length, by which two paths may differ and still be equally long


@kernel
def _ones(word: np.uint64) -> np.uint64:
    """Count the bits that are set; LLVM knows this form and makes it one instruction."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@kernel
def _pull(
    ptr: Ints, idx: Ints, front: Any, seen: Any, coming: Any, left: Ints, queue: Ints, gains: Ints
) -> int:
    """One step of breadth-first search, backwards: nodes not yet reached look at their neighbours.

    A node stops looking once all sources reach it; neighbours of high degree come first.
    """
    size = 0
    got, lacks = np.zeros(WORDS, np.uint64), np.zeros(WORDS, np.uint64)
    for w in range(len(ptr) - 1):
        if left[w] == 0:
            continue
        for k in range(WORDS):
            got[k] = 0
            lacks[k] = ~seen[w, k]
        e, last = ptr[w], ptr[w + 1]
        while e < last:
            pause = min(e + ASKED, last)
            while e < pause:
                v = idx[e]
                for k in range(WORDS):
                    got[k] |= front[v, k]
                e += 1
            still = np.uint64(0)
            for k in range(WORDS):
                still |= lacks[k] & ~got[k]
            if still == 0:
                break
        gain = np.uint64(0)
        for k in range(WORDS):
            fresh = got[k] & lacks[k]
            coming[w, k] = fresh
            seen[w, k] |= fresh
            gain += _ones(fresh)
        if gain:
            left[w] -= np.int32(gain)
            queue[size] = w
            gains[size] = gain
            size += 1
    return size


@kernel
def _push(
    ptr: Ints,
    idx: Ints,
    old: Ints,
    olds: int,
    front: Any,
    seen: Any,
    coming: Any,
    left: Ints,
    marked: Any,
    queue: Ints,
    gains: Ints,
) -> int:
    """One step of breadth-first search, forwards: the nodes of a small front mark the next ones."""
    size = 0
    for x in range(olds):
        v = old[x]
        for e in range(ptr[v], ptr[v + 1]):
            w = idx[e]
            if left[w] == 0:
                continue
            fresh = np.uint64(0)
            for k in range(WORDS):
                new = front[v, k] & ~seen[w, k]
                coming[w, k] |= new
                fresh |= new
            if fresh and not marked[w]:
                marked[w] = True
                queue[size] = w
                size += 1
    for x in range(size):
        w = queue[x]
        marked[w] = False
        gain = np.uint64(0)
        for k in range(WORDS):
            seen[w, k] |= coming[w, k]
            gain += _ones(coming[w, k])
        left[w] -= np.int32(gain)
        gains[x] = gain
    return size


@kernel
def all_distances(
    out_ptr: Ints, out_idx: Ints, in_ptr: Ints, in_idx: Ints, part: int, parts: int
) -> tuple[Longs, Longs, Floats]:
    """Search breadth-first from all nodes, 512 at a time, a bit each.

    Returns, by node v: how many others reach v, the sum of their distances to it, and the
    sum of 1/distance.
    """
    n = len(out_ptr) - 1
    arcs = len(out_idx)
    batches = (n + LANES - 1) // LANES
    reached = np.zeros(n, np.int64)
    total = np.zeros(n, np.int64)
    inverse = np.zeros(n, np.float64)
    seen = np.empty((n, WORDS), np.uint64)
    front = np.empty((n, WORDS), np.uint64)
    coming = np.empty((n, WORDS), np.uint64)
    marked = np.zeros(n, np.bool_)
    left = np.empty(n, np.int32)
    queue, other = np.empty(n, np.int32), np.empty(n, np.int32)
    gains = np.empty(n, np.int32)
    for batch in range(part, batches, parts):
        first = batch * LANES
        size = min(LANES, n - first)
        seen[:] = 0
        front[:] = 0
        coming[:] = 0
        left[:] = size
        for k in range(size >> 6, WORDS):  # bits without a source count as seen
            seen[:, k] = ALL << np.uint64(size & 63) if k == size >> 6 else ALL
        for x in range(size):
            s = first + x
            front[s, x >> 6] = np.uint64(1) << np.uint64(x & 63)
            seen[s, x >> 6] |= front[s, x >> 6]
            left[s] -= 1
            queue[x] = s
        level = 0
        while size:
            level += 1
            ahead = 0
            for x in range(size):
                ahead += out_ptr[queue[x] + 1] - out_ptr[queue[x]]
            if ahead * MANY > arcs:
                new = _pull(in_ptr, in_idx, front, seen, coming, left, other, gains)
            else:
                new = _push(
                    out_ptr, out_idx, queue, size, front, seen, coming, left, marked, other, gains
                )
            for x in range(size):
                for k in range(WORDS):
                    front[queue[x], k] = 0
            for x in range(new):
                w = other[x]
                reached[w] += gains[x]
                total[w] += level * gains[x]
                inverse[w] += gains[x] / level
            front, coming = coming, front
            queue, other = other, queue
            size = new
    return reached, total, inverse


@kernel
def brandes(
    ptr: Ints, idx: Ints, sources: Ints, size: Floats, period: int, kind: Any, part: int, parts: int
) -> Floats:
    """Add up Brandes' dependencies on every node, from the given sources; paths count steps.

    Levels are kept modulo `period`, in one byte where an arc can only lead to the level before, the
    same or the next (undirected: 3), so that they stay near the processor; they have the type of
    the array `kind`.

    A node may represent `size` tied nodes with the same neighbours. No shortest path between others
    leads from one of these to another, so each counts as a source `size` times, and the sum holds
    for each of them.
    """
    n = len(ptr) - 1
    at = np.zeros(n, kind.dtype)
    sums = np.zeros(n, np.float64)
    ways = np.empty(n, np.float64)
    share = np.empty(n, np.float64)
    order = np.empty(n, np.int32)
    start = np.empty(n + 1, np.int64)
    ahead = np.empty(len(idx), np.int32)
    for x in range(part, len(sources), parts):
        s = sources[x]
        order[0] = s
        ways[s] = 1.0
        at[s] = 1
        head, tail, arcs = 0, 1, 0
        while head < tail:
            v = order[head]
            start[head] = arcs
            following = at[v] % period + 1
            carried = ways[v] * size[v] if head else 1.0
            for e in range(ptr[v], ptr[v + 1]):
                w = idx[e]
                there = at[w]
                if there == 0:
                    at[w] = following
                    ways[w] = carried
                    order[tail] = w
                    tail += 1
                    ahead[arcs] = w
                    arcs += 1
                elif there == following:
                    ways[w] += carried
                    ahead[arcs] = w
                    arcs += 1
            head += 1
        start[tail] = arcs
        for head in range(tail - 1, 0, -1):
            v = order[head]
            total = 0.0
            for e in range(start[head], start[head + 1]):
                total += share[ahead[e]]
            depends = total * ways[v]
            sums[v] += depends * size[s]
            share[v] = size[v] * (1.0 + depends) / ways[v]
            at[v] = 0
        at[s] = 0
    return sums


@kernel
def _up(heap: Ints, place: Ints, distance: Floats, x: int) -> None:
    v = heap[x]
    while x > 0:
        parent = (x - 1) >> 1
        if distance[heap[parent]] <= distance[v]:
            break
        heap[x] = heap[parent]
        place[heap[x]] = x
        x = parent
    heap[x] = v
    place[v] = x


@kernel
def _down(heap: Ints, place: Ints, distance: Floats, size: int) -> None:
    v, x = heap[0], 0
    while True:
        child = 2 * x + 1
        if child >= size:
            break
        if child + 1 < size and distance[heap[child + 1]] < distance[heap[child]]:
            child += 1
        if distance[v] <= distance[heap[child]]:
            break
        heap[x] = heap[child]
        place[heap[x]] = x
        x = child
    heap[x] = v
    place[v] = x


@kernel
def _dijkstra(
    ptr: Ints,
    idx: Ints,
    cost: Floats,
    s: int,
    distance: Floats,
    order: Ints,
    heap: Ints,
    place: Ints,
) -> int:
    """Settle nodes by distance from s. All distances must be infinite."""
    distance[s] = 0.0
    heap[0], place[s] = s, 0
    size, settled = 1, 0
    while size:
        v = heap[0]
        size -= 1
        if size:
            heap[0] = heap[size]
            _down(heap, place, distance, size)
        place[v] = -1
        order[settled] = v
        settled += 1
        for e in range(ptr[v], ptr[v + 1]):
            w = idx[e]
            length = distance[v] + cost[e]
            if length < distance[w]:
                if distance[w] == np.inf:
                    heap[size] = w
                    place[w] = size
                    size += 1
                distance[w] = length
                _up(heap, place, distance, place[w])
    return settled


@kernel
def brandes_weighted(
    ptr: Ints, idx: Ints, cost: Floats, sources: Ints, part: int, parts: int
) -> Floats:
    """Add up Brandes' dependencies on every node, paths shortest by cost; see `brandes`.

    Two paths are equally long where their sums of costs differ by less than `SAME` of their length:
    1/3 + 1/3 + 1/3 is not 1 in floats.
    """
    n = len(ptr) - 1
    sums = np.zeros(n, np.float64)
    distance = np.full(n, np.inf)
    ways, share = np.empty(n, np.float64), np.empty(n, np.float64)
    order, heap = np.empty(n, np.int32), np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    rank = np.zeros(n, np.int32)
    for x in range(part, len(sources), parts):
        s = sources[x]
        settled = _dijkstra(ptr, idx, cost, s, distance, order, heap, place)
        for y in range(settled):
            rank[order[y]] = y
            ways[order[y]] = 0.0
        ways[s] = 1.0
        for y in range(settled):
            v = order[y]
            for e in range(ptr[v], ptr[v + 1]):
                w = idx[e]
                off = abs(distance[v] + cost[e] - distance[w])
                if off <= SAME * distance[w] and rank[w] > y:
                    ways[w] += ways[v]
        for y in range(settled - 1, 0, -1):
            v = order[y]
            total = 0.0
            for e in range(ptr[v], ptr[v + 1]):
                w = idx[e]
                off = abs(distance[v] + cost[e] - distance[w])
                if off <= SAME * distance[w] and rank[w] > y:
                    total += share[w]
            depends = total * ways[v]
            sums[v] += depends
            share[v] = (1.0 + depends) / ways[v]
        for y in range(settled):
            distance[order[y]] = np.inf
    return sums


@kernel
def all_distances_weighted(
    in_ptr: Ints, in_idx: Ints, cost: Floats, part: int, parts: int
) -> tuple[Longs, Floats, Floats]:
    """Search from every node against the arcs; see `all_distances`."""
    n = len(in_ptr) - 1
    reached = np.zeros(n, np.int64)
    total, inverse = np.zeros(n, np.float64), np.zeros(n, np.float64)
    distance = np.full(n, np.inf)
    order, heap = np.empty(n, np.int32), np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    for v in range(part, n, parts):
        settled = _dijkstra(in_ptr, in_idx, cost, v, distance, order, heap, place)
        reached[v] = settled - 1
        for y in range(1, settled):
            total[v] += distance[order[y]]
            inverse[v] += 1.0 / distance[order[y]]
        for y in range(settled):
            distance[order[y]] = np.inf
    return reached, total, inverse


@kernel
def _random(state: np.uint64) -> np.uint64:
    """Mix a counter into a random word (splitmix64), so that a sample is known by its number."""
    state = state * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@kernel
def _uniform(state: np.uint64) -> float:
    """Return the random number of a counter, 0 … 1."""
    return (_random(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def _walk_back(
    ptr: Ints, idx: Ints, at: Ints, ways: Floats, v: int, counts: Longs, dice: np.uint64
) -> np.uint64:
    """Walk from v back to the start of a search, each path equally likely; count the nodes met."""
    while at[v] > 1:
        counts[v] += 1
        dice += np.uint64(1)
        draw = _uniform(dice) * ways[v]
        chosen = -1
        for e in range(ptr[v], ptr[v + 1]):
            u = idx[e]
            if at[u] == at[v] - 1:
                chosen = u
                draw -= ways[u]
                if draw < 0.0:
                    break
        v = chosen
    return dice


@kernel
def _widen(ptr: Ints, idx: Ints, at: Ints, ways: Floats, queue: Ints, head: int, tail: int) -> int:
    """Extend a search by one level; return where the queue now ends."""
    size = tail
    for x in range(head, tail):
        v = queue[x]
        for e in range(ptr[v], ptr[v + 1]):
            w = idx[e]
            if at[w] == 0:
                at[w] = at[v] + 1
                ways[w] = ways[v]
                queue[size] = w
                size += 1
            elif at[w] == at[v] + 1:
                ways[w] += ways[v]
    return size


@kernel
def sampled_paths(
    out_ptr: Ints,
    out_idx: Ints,
    in_ptr: Ints,
    in_idx: Ints,
    starts: Ints,
    ends: Ints,
    seed: int,
    part: int,
    parts: int,
) -> Longs:
    """Draw one shortest path for each pair, searching from both ends; count who lies inside it."""
    n = len(out_ptr) - 1
    counts = np.zeros(n, np.int64)
    at, back = np.zeros(n, np.int32), np.zeros(n, np.int32)
    ways, backways = np.empty(n, np.float64), np.empty(n, np.float64)
    queue, backqueue = np.empty(n, np.int32), np.empty(n, np.int32)
    for x in range(part, len(starts), parts):
        s, t = starts[x], ends[x]
        at[s], ways[s], queue[0] = 1, 1.0, s
        back[t], backways[t], backqueue[0] = 1, 1.0, t
        head, tail, backhead, backtail = 0, 1, 0, 1
        total = 0.0
        low = high = 0
        forward = True
        while head < tail and backhead < backtail and total == 0.0:
            ahead = behind = 0
            for y in range(head, tail):
                ahead += out_ptr[queue[y] + 1] - out_ptr[queue[y]]
            for y in range(backhead, backtail):
                behind += in_ptr[backqueue[y] + 1] - in_ptr[backqueue[y]]
            forward = ahead <= behind
            if forward:
                low, high = tail, _widen(out_ptr, out_idx, at, ways, queue, head, tail)
                head, tail = low, high
                for y in range(low, high):
                    if back[queue[y]]:
                        total += ways[queue[y]] * backways[queue[y]]
            else:
                low = backtail
                high = _widen(in_ptr, in_idx, back, backways, backqueue, backhead, backtail)
                backhead, backtail = low, high
                for y in range(low, high):
                    if at[backqueue[y]]:
                        total += ways[backqueue[y]] * backways[backqueue[y]]
        if total > 0.0:
            dice = _random(np.uint64(seed) ^ _random(np.uint64(x + 1)))
            draw = _uniform(dice) * total
            middle = -1
            for y in range(low, high):
                v = queue[y] if forward else backqueue[y]
                if at[v] and back[v]:
                    middle = v
                    draw -= ways[v] * backways[v]
                    if draw < 0.0:
                        break
            before = counts[middle]
            dice = _walk_back(in_ptr, in_idx, at, ways, middle, counts, dice)
            _walk_back(out_ptr, out_idx, back, backways, middle, counts, dice)
            counts[middle] = before + (1 if middle != s and middle != t else 0)
        for y in range(tail):
            at[queue[y]] = 0
        for y in range(backtail):
            back[backqueue[y]] = 0
    return counts


@kernel
def _widest(ptr: Ints) -> int:
    """Return the most arcs that any node has."""
    widest = 0
    for v in range(len(ptr) - 1):
        widest = max(widest, ptr[v + 1] - ptr[v])
    return widest


@kernel
def ego_census(
    ptr: Ints, idx: Ints, share: Floats, mutual: Floats, least: Floats, part: int, parts: int
) -> tuple[Floats, Floats]:
    """Burt's constraint and redundancy of each node, on a symmetric structure.

    `share` of an arc (i, j) is p_ij, `mutual` its strength both ways, `least` of a node 1 over its
    largest mutual strength.
    """
    n = len(ptr) - 1
    constraint, redundancy = np.zeros(n, np.float64), np.zeros(n, np.float64)
    widest = _widest(ptr)
    place = np.full(n, -1, np.int32)
    reach = np.empty(widest, np.float64)
    for i in range(part, n, parts):
        first, last = ptr[i], ptr[i + 1]
        for e in range(first, last):
            place[idx[e]] = e - first
            reach[e - first] = share[e]
        double = 0.0
        for e in range(first, last):
            j = idx[e]
            through = 0.0
            for f in range(ptr[j], ptr[j + 1]):
                q = place[idx[f]]
                if q >= 0:
                    reach[q] += share[e] * share[f]
                    through += share[first + q] * mutual[f]
            double += through * least[j]
        total = 0.0
        for x in range(last - first):
            total += reach[x] * reach[x]
            place[idx[first + x]] = -1
        constraint[i], redundancy[i] = total, double
    return constraint, redundancy


@kernel
def triangles(ptr: Ints, idx: Ints, part: int, parts: int) -> Longs:
    """Count the triangles of each node; arcs must lead from the lesser to the greater node only."""
    n = len(ptr) - 1
    counts = np.zeros(n, np.int64)
    marked = np.zeros(n, np.bool_)
    for v in range(part, n, parts):
        if ptr[v + 1] - ptr[v] < 2:
            continue
        for e in range(ptr[v], ptr[v + 1]):
            marked[idx[e]] = True
        own = 0
        for e in range(ptr[v], ptr[v + 1]):
            u = idx[e]
            found = 0
            for f in range(ptr[u], ptr[u + 1]):
                w = idx[f]
                if marked[w]:
                    found += 1
                    counts[w] += 1
            counts[u] += found
            own += found
        counts[v] += own
        for e in range(ptr[v], ptr[v + 1]):
            marked[idx[e]] = False
    return counts


@kernel
def closed_walks(ptr: Ints, idx: Ints, value: Floats, part: int, parts: int) -> Floats:
    """Add up, for each node i, the products of values over all closed walks i – j – k – i.

    Structure and values are symmetric.
    """
    n = len(ptr) - 1
    sums = np.zeros(n, np.float64)
    home = np.zeros(n, np.float64)
    for i in range(part, n, parts):
        for e in range(ptr[i], ptr[i + 1]):
            home[idx[e]] = value[e]
        total = 0.0
        for e in range(ptr[i], ptr[i + 1]):
            j = idx[e]
            through = 0.0
            for f in range(ptr[j], ptr[j + 1]):
                through += value[f] * home[idx[f]]
            total += value[e] * through
        for e in range(ptr[i], ptr[i + 1]):
            home[idx[e]] = 0.0
        sums[i] = total
    return sums


@kernel
def shared_neighbours(ptr: Ints, idx: Ints, shared: Ints, part: int, parts: int) -> None:
    """Count, for each arc of a symmetric structure, the neighbours that its two ends share."""
    n = len(ptr) - 1
    marked = np.zeros(n, np.bool_)
    for i in range(part, n, parts):
        for e in range(ptr[i], ptr[i + 1]):
            marked[idx[e]] = True
        for e in range(ptr[i], ptr[i + 1]):
            j = idx[e]
            found = 0
            for f in range(ptr[j], ptr[j + 1]):
                found += marked[idx[f]]
            shared[e] = found
        for e in range(ptr[i], ptr[i + 1]):
            marked[idx[e]] = False


@kernel
def chordless_squares(
    ptr: Ints, idx: Ints, shared: Ints, squares: Longs, part: int, parts: int
) -> None:
    """Count, for each arc (i, j) of a symmetric structure, the chordless 4-cycles i – j – l – k.

    All pairs (k, l) with k next to i, l next to j and to k, and l not next to i, less those in
    which k is next to j. The second number is a sum over triangles (i, j, k) of the neighbours that
    j and k share outside i's own circle, which are counted in bits: the circle of i is a matrix of
    bits, and a triangle takes a popcount over two of its rows.
    """
    n = len(ptr) - 1
    widest = _widest(ptr)
    place = np.full(n, -1, np.int32)
    steps = np.zeros(n, np.int32)
    bits = np.zeros((widest, (widest + 63) >> 6), np.uint64)
    for i in range(part, n, parts):
        first, last = ptr[i], ptr[i + 1]
        words = (last - first + 63) >> 6
        for e in range(first, last):
            place[idx[e]] = e - first
        for e in range(first, last):
            x = e - first
            for f in range(ptr[idx[e]], ptr[idx[e] + 1]):
                l = idx[f]  # noqa: E741
                steps[l] += 1
                y = place[l]
                if y >= 0:
                    bits[x, y >> 6] |= np.uint64(1) << np.uint64(y & 63)
        for e in range(first, last):
            x = e - first
            for f in range(ptr[idx[e]], ptr[idx[e] + 1]):
                l = idx[f]  # noqa: E741
                y = place[l]
                if y < 0:
                    if l != i:
                        squares[e] += steps[l] - 1
                elif y > x:
                    inside = np.uint64(0)
                    for k in range(words):
                        inside += _ones(bits[x, k] & bits[y, k])
                    outside = shared[f] - 1 - np.int64(inside)
                    squares[e] -= outside
                    squares[first + y] -= outside
        for e in range(first, last):
            for f in range(ptr[idx[e]], ptr[idx[e] + 1]):
                steps[idx[f]] = 0
            for k in range(words):
                bits[e - first, k] = 0
        for e in range(first, last):
            place[idx[e]] = -1


@kernel
def weighted_squares(
    ptr: Ints, idx: Ints, weight: Floats, near: Floats, far: Floats, part: int, parts: int
) -> None:
    """Weigh, for each arc (i, j), the paths l – k – i – j and i – j – l – k in chordless 4-cycles.

    A path weighs the mean of its three ties. The time grows with the number of paths of length 3.
    """
    n = len(ptr) - 1
    own = np.full(n, -1.0)
    other = np.zeros(n, np.bool_)
    for i in range(part, n, parts):
        for e in range(ptr[i], ptr[i + 1]):
            own[idx[e]] = weight[e]
        for e in range(ptr[i], ptr[i + 1]):
            j = idx[e]
            for f in range(ptr[j], ptr[j + 1]):
                other[idx[f]] = True
            for f in range(ptr[j], ptr[j + 1]):
                l = idx[f]  # noqa: E741
                if l == i or own[l] >= 0.0:
                    continue
                for g in range(ptr[l], ptr[l + 1]):
                    k = idx[g]
                    if k != j and own[k] >= 0.0 and not other[k]:
                        near[e] += (weight[g] + own[k] + weight[e]) / 3.0
                        far[e] += (weight[g] + weight[f] + weight[e]) / 3.0
            for f in range(ptr[j], ptr[j + 1]):
                other[idx[f]] = False
        for e in range(ptr[i], ptr[i + 1]):
            own[idx[e]] = -1.0


@kernel
def core_numbers(ptr: Ints, idx: Ints) -> Ints:
    """Peel nodes by their number of neighbours (Batagelj, Zaveršnik 2003); symmetric arcs."""
    n = len(ptr) - 1
    core, widest = np.empty(n, np.int32), _widest(ptr)
    for v in range(n):
        core[v] = ptr[v + 1] - ptr[v]
    start = np.zeros(widest + 2, np.int32)
    for v in range(n):
        start[core[v] + 1] += 1
    for k in range(1, widest + 2):
        start[k] += start[k - 1]
    order, place = np.empty(n, np.int32), np.empty(n, np.int32)
    free = start.copy()
    for v in range(n):
        place[v] = free[core[v]]
        order[place[v]] = v
        free[core[v]] += 1
    for x in range(n):
        v = order[x]
        for e in range(ptr[v], ptr[v + 1]):
            u = idx[e]
            if core[u] > core[v]:
                # u moves to the front of its bin, which then begins one place later.
                k = core[u]
                first = max(start[k], x + 1)
                w = order[first]
                order[first], order[place[u]] = u, w
                place[w] = place[u]
                place[u] = first
                start[k] = first + 1
                core[u] = k - 1
    return core


@kernel
def open_triads(
    out_ptr: Ints, out_idx: Ints, in_ptr: Ints, in_idx: Ints, label: Ints, part: int, parts: int
) -> Longs:
    """Count Gould and Fernandez' five roles and all of them: a → b → c without a → c.

    Columns: coordinator, itinerant, gatekeeper, representative, liaison, total. Nodes of label −1
    belong to no group, and triads with one of them count in none of the columns.
    """
    n = len(out_ptr) - 1
    roles = np.zeros((n, 6), np.int64)
    groups = 0
    for v in range(n):
        groups = max(groups, label[v] + 1)
    inside = np.zeros(n, np.bool_)
    for b in range(part, n, parts):
        if label[b] < 0:
            continue
        ends = np.zeros(groups, np.int64)
        for e in range(out_ptr[b], out_ptr[b + 1]):
            c = out_idx[e]
            inside[c] = label[c] >= 0
            if label[c] >= 0:
                ends[label[c]] += 1
        far = ends.sum()
        for e in range(in_ptr[b], in_ptr[b + 1]):
            a = in_idx[e]
            if label[a] < 0:
                continue
            same, home, all_open = ends[label[a]], ends[label[b]], far
            if inside[a]:
                all_open -= 1
                same -= 1
                home -= label[a] == label[b]
            for f in range(out_ptr[a], out_ptr[a + 1]):
                c = out_idx[f]
                if inside[c]:
                    all_open -= 1
                    same -= label[c] == label[a]
                    home -= label[c] == label[b]
            if label[a] == label[b]:
                roles[b, 0] += same
                roles[b, 3] += all_open - same
            else:
                roles[b, 1] += same
                roles[b, 2] += home
                roles[b, 4] += all_open - same - home
            roles[b, 5] += all_open
        for e in range(out_ptr[b], out_ptr[b + 1]):
            inside[out_idx[e]] = False
    return roles
