"""The fewest partners that together hold everything, and the most that a number of them can hold.

Minimum cover and maximum coverage are solved exactly, as integer programmes. The greedy cover comes
with them because its steps are easy to explain. All minimum covers are listed where they are few
enough: a partner that is in all of them cannot be replaced.

References
----------
Chvatal, V. (1979). A greedy heuristic for the set-covering problem. *Mathematics of Operations
Research* 4, 233–235. Pressey, R. L., Johnson, I. R., Wilson, P. D. (1994). Shades of
irreplaceability. *Biodiversity and Conservation* 3, 242–262.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.errors import BadParameter

MOST_COVERS = 10_000
MOST_STEPS = 1_000_000
WORD = 512  # bits that cost about as much as none
MOST_SETS = 50_000
MOST_PROGRAMMES = 200
SECONDS = 20.0
MOST_MET = 30_000_000  # pairs of rows in a column, beyond which none are compared
INFEASIBLE = 2  # of scipy.optimize.milp

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cover:
    """The smallest sets of rows that together hold every column that any row holds.

    Attributes
    ----------
    size
        How many rows it takes; where not `optimal`, the smallest number found.
    optimal
        Whether a smaller cover is ruled out. If not, the search ran out of time, and the least
        possible size is at most the share `gap` below this one.
    covers
        Row positions of each cover of that size, in order, the first 10,000.
    complete
        Whether these are all covers of that size; if not, there may be more.
    """

    size: int
    optimal: bool
    gap: float
    covers: tuple[tuple[int, ...], ...]
    complete: bool


@dataclass(frozen=True)
class Step:
    """A step of the greedy cover: the row taken, what it adds, and what is covered after it."""

    row: int
    gained: int
    covered: int


@dataclass(frozen=True)
class Best:
    """The most columns that k rows can hold.

    `rows` is one best set, `count` the number of such sets, None where not all sets were tried.
    """

    k: int
    covered: int
    rows: tuple[int, ...]
    count: int | None
    optimal: bool


def greedy(holds: sparse.csr_array) -> list[Step]:
    """Take the row that adds the most until nothing is added; equal rows by position."""
    left = np.ones(holds.shape[1])
    steps: list[Step] = []
    covered = 0
    while True:
        gains = holds @ left
        if not len(gains) or gains.max() < 0.5:
            return steps
        row = int(np.argmax(gains))
        gained = round(float(gains[row]))
        covered += gained
        steps.append(Step(row, gained, covered))
        left[holds.indices[holds.indptr[row] : holds.indptr[row + 1]]] = 0.0


def minimum_cover(holds: sparse.csr_array, *, seconds: float = SECONDS) -> Cover:
    """Find the fewest rows that hold every column, and all such sets.

    Parameters
    ----------
    holds
        n × m, 0/1, no empty column.
    seconds
        Time limit; where it runs out, `Cover.gap` tells how far the size may be from the least.

    Raises
    ------
    BadParameter
        If `seconds` is not above 0.
    """
    if seconds <= 0:
        raise BadParameter(f"seconds={seconds}: give more than 0")
    if 0 in holds.shape:
        return Cover(0, True, 0.0, ((),), True)
    rows = tuple(sorted(step.row for step in greedy(holds)))
    if len(rows) > -(-holds.shape[1] // int(np.diff(holds.indptr).max())):  # else none is smaller
        solved = _programme(holds, seconds)
        rows = min(solved.rows or rows, rows, key=len)
        if not solved.optimal:
            return Cover(len(rows), False, 1 - solved.bound / len(rows), (rows,), False)
    covers, complete = _all_of_size(holds, len(rows))
    return Cover(len(rows), True, 0.0, tuple(covers) or (rows,), complete)


@dataclass(frozen=True)
class _Solved:
    """The result of a programme: the best rows found, and whether they are proven to be best.

    No cover is smaller than `bound`, which is infinite where no cover exists.
    """

    rows: tuple[int, ...]
    optimal: bool
    bound: float


def _programme(
    holds: sparse.csr_array,
    seconds: float,
    *,
    without: int | None = None,
    within: int | None = None,
) -> _Solved:
    """Solve the set cover, without a row or with a row where given."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    usable = np.arange(holds.shape[0]) != (-1 if without is None else without)
    open_to = np.ones(holds.shape[1], dtype=bool)
    taken: tuple[int, ...] = ()
    if within is not None:
        open_to[holds.indices[holds.indptr[within] : holds.indptr[within + 1]]] = False
        taken = (within,)
    left = np.flatnonzero(usable)[_undominated(holds[usable][:, open_to])]
    needed = holds[left][:, open_to]
    if np.bincount(needed.indices, minlength=needed.shape[1]).min(initial=1) == 0:
        return _Solved((), False, np.inf)
    needed = needed[:, _undominated(needed.T.tocsr(), least=True)]
    if not needed.shape[1]:
        return _Solved(taken, True, len(taken))
    answer: Any = milp(
        np.ones(len(left)),
        constraints=LinearConstraint(needed.T.tocsr(), lb=np.ones(needed.shape[1])),
        integrality=np.ones(len(left), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if answer.status == INFEASIBLE:
        return _Solved((), False, np.inf)
    found = () if answer.x is None else left[np.flatnonzero(answer.x > 0.5)].tolist()
    rows = tuple(sorted((*taken, *found)))
    if answer.status == 0:
        return _Solved(rows, True, len(rows))
    # Out of time; a bound may not have been proven.
    proven = float(np.nan if answer.mip_dual_bound is None else answer.mip_dual_bound)
    bound = max(1.0, np.ceil(proven - 1e-6)) if np.isfinite(proven) else 1.0
    return _Solved(rows if found else (), False, bound + len(taken))


def _undominated(holds: sparse.csr_array, *, least: bool = False) -> Integers:
    """Return the first of equal rows, without those that lie within another one.

    A row within another is never needed for a cover. With `least`, rows that another lies within
    are left out instead: of columns, whatever covers the smaller one covers the larger.
    """
    holds = holds.sorted_indices()
    unlike = {holds.indices[a:b].tobytes(): r for r, a, b in _slices(holds)[::-1]}
    order = np.array(sorted(unlike.values()), dtype=np.int64)
    some = holds[order]
    met = np.bincount(some.indices, minlength=holds.shape[1]).astype(np.float64)
    if (met**2).sum() > MOST_MET:
        return order
    shared = (some @ some.T).tocoo()
    sizes = np.diff(some.indptr)
    inside = (shared.data == sizes[shared.row]) & (sizes[shared.row] < sizes[shared.col])
    out = (shared.col if least else shared.row)[inside]
    return np.setdiff1d(order, order[out])


def _slices(holds: sparse.csr_array) -> list[tuple[int, int, int]]:
    starts = holds.indptr.tolist()
    return list(zip(range(holds.shape[0]), starts[:-1], starts[1:], strict=True))


def _bits(holds: sparse.csr_array) -> list[int]:
    """Return each row as an integer, one bit for each column."""
    starts = holds.indptr
    return [
        sum(1 << int(c) for c in holds.indices[starts[r] : starts[r + 1]])
        for r in range(holds.shape[0])
    ]


def _all_of_size(holds: sparse.csr_array, size: int) -> tuple[list[tuple[int, ...]], bool]:
    """Return the covers of the least size, each once, and whether these are all.

    Each branch takes the open column with the fewest holders and tries them one by one; a holder
    already tried is barred from later branches. A branch ends where more is open than the remaining
    rows can hold.
    """
    # With the rarest column first, the next one to take is the lowest bit that is open.
    rarest = np.argsort(np.bincount(holds.indices, minlength=holds.shape[1]), kind="stable")
    holds = holds[:, rarest].tocsr()
    rows, columns = _bits(holds), holds.tocsc()
    holders = [
        columns.indices[columns.indptr[c] : columns.indptr[c + 1]].tolist()
        for c in range(holds.shape[1])
    ]
    bit = [1 << row for row in range(holds.shape[0])]
    allowed = MOST_STEPS // (1 + holds.shape[1] // WORD)
    everything = (1 << holds.shape[1]) - 1
    found: list[tuple[int, ...]] = []
    # The last value has a bit for each row that earlier branches tried.
    stack: list[tuple[int, tuple[int, ...], int]] = [(everything, (), 0)]
    most = max(row.bit_count() for row in rows)
    steps = 0
    while stack:
        if len(found) == MOST_COVERS or steps > allowed:
            return sorted(found), False
        left, taken, barred = stack.pop()
        if not left:
            # Of the least size no cover has a row to spare, so none ends early.
            found.append(tuple(sorted(taken)))
            continue
        if left.bit_count() > most * (size - len(taken)):
            continue
        branches, column = [], (left & -left).bit_length() - 1
        for row in holders[column]:
            steps += 1
            if not barred & bit[row]:
                branches.append((left & ~rows[row], (*taken, row), barred))
                barred |= bit[row]
        stack.extend(reversed(branches))
    return sorted(found), True


def irreplaceability(
    holds: sparse.csr_array, cover: Cover, *, seconds: float = SECONDS
) -> NDArray[np.float64]:
    """Return the share of the minimum covers that each row is in.

    Where not all covers could be listed, a programme for each row tests whether a smallest cover
    exists without it (if not, 1) and with it (if not, 0); otherwise the share is NaN. Above 200
    rows only rows in all listed covers are tested. NaN also where the size is not proven, or
    `seconds`, for all programmes together, ran out.
    """
    n = holds.shape[0]
    share = np.bincount([r for c in cover.covers for r in c], minlength=n) / len(cover.covers)
    if cover.complete:
        return np.asarray(share, dtype=np.float64)
    out = np.full(n, np.nan)
    if not cover.optimal:
        return out
    open_to = (share == 1) | ((share == 0) & (n <= MOST_PROGRAMMES))
    asked = np.flatnonzero(open_to)[:MOST_PROGRAMMES]
    for row in asked:
        side = {"without": int(row)} if share[row] == 1 else {"within": int(row)}
        # No cover of that size without it (with it): it is in all of them (in none).
        if _programme(holds, seconds / len(asked), **side).bound > cover.size:
            out[row] = share[row]
    return out


def maximum_coverage(holds: sparse.csr_array, most: int, *, seconds: float = SECONDS) -> list[Best]:
    """Return the most columns that 1, 2, … `most` rows can hold together.

    All sets are tried where there are at most 50,000; else an integer programme is solved. All
    programmes together take at most `seconds`.
    """
    n = holds.shape[0]
    out = []
    kept = _undominated(holds)
    for k in range(1, min(most, n) + 1):
        if comb(n, k) <= MOST_SETS:
            out.append(_tried(_bits(holds), k))
        else:
            solved = _solved(holds[kept], k, seconds / most)
            out.append(replace(solved, rows=tuple(kept[list(solved.rows)].tolist())))
    return out


def _tried(rows: Sequence[int], k: int) -> Best:
    best: tuple[int, ...] = ()
    covered, count = -1, 0
    for some in combinations(range(len(rows)), k):
        union = 0
        for row in some:
            union |= rows[row]
        size = union.bit_count()
        if size > covered:
            covered, best, count = size, some, 0
        count += size == covered
    return Best(k, covered, best, count, True)


def _solved(holds: sparse.csr_array, k: int, seconds: float) -> Best:
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, m = holds.shape
    way = greedy(holds)[:k]
    rows, optimal = tuple(sorted(step.row for step in way)), False
    if way and way[-1].covered == min(m, np.sort(np.diff(holds.indptr))[-k:].sum()):
        return Best(k, way[-1].covered, rows, None, True)  # more than all cannot be held
    # Of columns y and rows x: a column counts where a row that holds it is taken, k rows at most.
    held: Any = sparse.hstack([holds.T, -sparse.eye_array(m)], format="csr")
    number = np.concatenate([np.ones(n), np.zeros(m)])[None, :]
    answer: Any = milp(
        np.concatenate([np.zeros(n), -np.ones(m)]),
        constraints=[LinearConstraint(held, lb=0), LinearConstraint(number, ub=k)],
        integrality=np.repeat(np.array([1, 0]), [n, m]),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if answer.x is not None:
        solved = tuple(np.flatnonzero(answer.x[:n] > 0.5).tolist())
        if _covered(holds, solved) >= _covered(holds, rows):
            rows, optimal = solved, answer.status == 0
    return Best(k, _covered(holds, rows), rows, None, optimal)


def _covered(holds: sparse.csr_array, rows: Sequence[int]) -> int:
    return int((holds[list(rows)].sum(axis=0) > 0).sum()) if len(rows) else 0
