r"""Random networks to compare a value with: what would degrees alone give?

- an affiliation that was folded is randomised as an affiliation, every member keeping its number of
  hubs and every hub its number of members (curveball), and folded again in the same way: folding a
  project of ten makes 45 ties and 120 triangles by construction;
- only ties that were never folded are rewired, every node keeping its number of ties to each kind
  of node, because the data cannot contain a tie between two projects. A tie keeps its strength,
  or gets one that its new ends lead to (`analysis.nulls.strengths`);
- an affiliation that is looked at as such is randomised in the same way and not folded.

The same loops run plain on small networks and compiled on large ones, with the same result.

References
----------
Strona, G. et al. (2014). A fast and unbiased procedure to randomize ecological binary matrices with
fixed row and column totals. *Nature Communications* 5, 4114.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines.either import either
from partnergraph.analysis.nulls.strengths import dealt, differ, relative
from partnergraph.graph.folding.affiliation import Affiliation
from partnergraph.graph.network_options import number_of
from partnergraph.graph.weighted_graph import WeightedGraph

SWAPS = 10
TRADES = 5
COMPILE_FROM = 20_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def traded(
    joined: Affiliation, random: np.random.Generator, *, compiled: bool | None = None
) -> Affiliation:
    """Return a random affiliation: members and hubs keep their numbers, hubs their intensities."""
    hub = curveball(joined.member, joined.hub, random, compiled=compiled)
    return replace(joined, hub=hub, level=_dealt(joined.hub, hub, joined.level, random))


def _dealt(old: Ints, new: Ints, values: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Deal to whoever now has a hub one of the values that the hub had, at random."""
    if not len(values) or values.max() == values.min():
        return values
    dealt = np.empty_like(values)
    dealt[np.lexsort((random.random(len(new)), new))] = values[np.argsort(old, kind="stable")]
    return dealt


def _numbered(joined: Affiliation) -> Affiliation:
    """Number hubs by who their members are, so that their ids change no random network."""
    print_of = np.zeros(joined.shape[1], dtype=np.uint64)
    np.add.at(print_of, joined.hub, mixed(joined.member.astype(np.uint64)))
    here = np.unique(joined.hub)
    place = np.zeros(joined.shape[1], dtype=np.int64)
    place[here[np.lexsort((here, print_of[here]))]] = np.arange(len(here))
    joined = replace(joined, hub=place[joined.hub], shape=(joined.shape[0], len(here)))
    return joined.kept(np.lexsort((joined.hub, joined.member)))


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread whole numbers over 64 bits (the last steps of splitmix64)."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@dataclass(frozen=True, eq=False)
class Null:
    """What random networks are made from: ties that were never folded, and the affiliation.

    Attributes
    ----------
    graph
        The network itself.
    ends, strengths
        The pairs never folded, m × 2, once each, and the strength of each.
    affiliation
        What was folded, None where nothing was.
    compiled
        Whether loops are compiled, which changes no network; by default where it is large.
    balanced
        Whether strengths are relative to what is typical of the two ends.
    """

    graph: WeightedGraph
    ends: Ints
    strengths: Floats
    affiliation: Affiliation | None
    compiled: bool | None = None
    balanced: bool = False

    @classmethod
    def of(cls, graph: WeightedGraph) -> Null:
        """Return what networks like this one are made from, whatever its order of nodes."""
        joined = graph.affiliation
        return cls(graph, *_pairs(graph), None if joined is None else _numbered(joined.once()))

    def relative(self) -> Null:
        """Return the model with strengths relative to what is typical of the two ends.

        Its graph is the network of these strengths; it is itself where all are equal.
        """
        if not differ(self.strengths):
            return self
        strengths = relative(self.ends, self.strengths, len(self.graph))
        changed = replace(self, strengths=strengths, balanced=True)
        return replace(changed, graph=replace(self.graph, adjacency=changed.whole()))

    def in_words(self, runs: int) -> str:
        """Return how so many random networks were made."""
        if runs == 0:
            return "none"
        parts = []
        if self.affiliation is not None:
            parts.append("affiliations randomised by curveball and folded again")
        if len(self.ends):
            parts.append("ties that were never folded rewired among the same kinds of nodes")
            if self.balanced:
                parts.append("their strengths, relative to those of their ends, dealt at random")
        return f"{number_of(runs, 'network')}: {', '.join(parts)}"

    def drawn(self, random: np.random.Generator) -> Null:
        """Return the parts of one random network."""
        kinds, a = np.array(self.graph.kinds), self.affiliation
        ends = rewired(self.ends, kinds, random, compiled=self.compiled)
        joined = None if a is None else traded(a, random, compiled=self.compiled)
        strengths = self.strengths
        if self.balanced:
            strengths = dealt(self.ends, strengths, len(kinds), ends, random)
        return replace(self, ends=ends, strengths=strengths, affiliation=joined)

    def within(self, labels: Ints, random: np.random.Generator) -> Null:
        """Return the parts of a network with the same clusters, −1 for nodes without ties.

        Nodes keep their degrees, and every two clusters their ties (or members in each hub).
        """
        kinds, joined = np.array(self.graph.kinds), self.affiliation
        ends = rewired(self.ends, kinds, random, groups=labels, compiled=self.compiled)
        strengths = dealt(self.ends, self.strengths, len(kinds), ends, random, blocks=labels)
        if joined is not None:
            hub = joined.hub.copy()
            for label in np.unique(labels[joined.member]):
                here = np.flatnonzero(labels[joined.member] == label)
                member = joined.member[here]
                hub[here] = curveball(member, hub[here], random, compiled=self.compiled)
            joined = replace(joined, hub=hub)
        return replace(self, ends=ends, strengths=strengths, affiliation=joined)

    def layers(self, labels: Ints) -> list[tuple[sparse.csr_array, Ints]]:
        """Return who is tied to whom, and the cluster of each; a hub is where most members are."""
        n, found = len(self.graph), []
        if len(self.ends):
            found.append((_square(self.ends[:, 0], self.ends[:, 1], n), labels))
        joined = self.affiliation
        if joined is not None:
            m = joined.shape[1]
            ends = joined.hub, labels[joined.member]
            size = (m, int(labels.max(initial=0)) + 1)
            counts = sparse.coo_array((np.ones(len(joined)), ends), shape=size).tocsr().toarray()
            both = np.concatenate([labels, counts.argmax(axis=1)])
            found.append((_square(joined.member, joined.hub + n, n + m), both))
        return found

    def draw(self, random: np.random.Generator) -> sparse.csr_array:
        """Return one random network, a symmetric matrix of strengths."""
        return self.drawn(random).whole()

    def draw_dense(self, random: np.random.Generator) -> Floats:
        """Return the same random network as `draw`, as a full 0/1 matrix: quicker where small."""
        n = len(self.graph)
        parts = self.drawn(random)
        ends, joined = parts.ends, parts.affiliation
        tied = np.zeros((n, n))
        tied[ends[:, 0], ends[:, 1]] = tied[ends[:, 1], ends[:, 0]] = 1.0
        if joined is not None:
            member = np.zeros(joined.shape)
            member[joined.member, joined.hub] = 1.0
            tied += member @ member.T
        np.fill_diagonal(tied, 0.0)
        return (tied > 0).astype(np.float64)

    def whole(self) -> sparse.csr_array:
        """Return the network itself, put together again from its parts."""
        return self._matrix(self.ends, self.strengths, self.affiliation)

    def thinned(self, random: np.random.Generator, rate: float = 0.1) -> sparse.csr_array:
        """Return the network as it would be if ties and affiliations were unrecorded at a rate."""
        kept = random.random(len(self.ends)) >= rate
        joined = self.affiliation
        if joined is not None:
            joined = joined.kept(random.random(len(joined)) >= rate)
        return self._matrix(self.ends[kept], self.strengths[kept], joined)

    def _matrix(
        self, ends: Ints, strengths: Floats, affiliation: Affiliation | None
    ) -> sparse.csr_array:
        n = len(self.graph)
        matrix = sparse.coo_array((strengths, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
        matrix = matrix + matrix.T
        if affiliation is not None:
            matrix = matrix + affiliation.folded()
        matrix = sparse.csr_array(matrix)
        matrix.sort_indices()
        return matrix


@dataclass(frozen=True, eq=False)
class TwoModeNull:
    """What random affiliations are made from: every row and column keeps its number of ties.

    Attributes
    ----------
    graph
        Rows and columns as the nodes of one network.
    rows
        Whether each node is a row.
    compiled
        As for `Null`.
    """

    graph: WeightedGraph
    rows: NDArray[np.bool_]
    compiled: bool | None = None

    def in_words(self, runs: int) -> str:
        """Return how so many random networks were made."""
        return (
            f"{number_of(runs, 'network')}: affiliations randomised by curveball"
            if runs
            else "none"
        )

    @cached_property
    def _cells(self) -> sparse.coo_array:
        cells = self.graph.adjacency[self.rows][:, ~self.rows].tocsr()
        cells.sort_indices()
        return cells.tocoo()

    def draw(self, random: np.random.Generator) -> sparse.csr_array:
        """Return one random affiliation, as a symmetric matrix of rows and columns."""
        cells = self._cells
        row, column = cells.row.astype(np.int64), cells.col.astype(np.int64)
        traded = curveball(row, column, random, compiled=self.compiled)
        strength = _dealt(column, traded, cells.data, random)
        return self._square(sparse.coo_array((strength, (row, traded)), shape=cells.shape))

    def whole(self) -> sparse.csr_array:
        """Return the affiliation itself."""
        return self.graph.adjacency

    def within(self, labels: Ints, random: np.random.Generator) -> TwoModeNull:
        """Return the model of an affiliation with the same clusters, see `Null.within`."""
        upper = sparse.triu(self.graph.adjacency, k=1).tocoo()
        ends = np.column_stack([upper.row, upper.col]).astype(np.int64)
        ends = rewired(ends, self.rows, random, groups=labels, compiled=self.compiled)
        n = len(self.graph)
        half = sparse.coo_array((upper.data, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
        matrix = sparse.csr_array(half + half.T)
        matrix.sort_indices()
        return replace(self, graph=replace(self.graph, adjacency=matrix))

    def layers(self, labels: Ints) -> list[tuple[sparse.csr_array, Ints]]:
        """Return who is tied to whom, and the cluster of each."""
        matrix = self.graph.adjacency
        ones = np.ones(matrix.nnz)
        return [(sparse.csr_array((ones, matrix.indices, matrix.indptr), matrix.shape), labels)]

    def thinned(self, random: np.random.Generator, rate: float = 0.1) -> sparse.csr_array:
        """Return the affiliation as it would be if ties were unrecorded at a rate."""
        matrix = self._cells
        kept = random.random(matrix.nnz) >= rate
        ends = (matrix.data[kept], (matrix.row[kept], matrix.col[kept]))
        return self._square(sparse.coo_array(ends, shape=matrix.shape))

    def _square(self, cells: sparse.coo_array) -> sparse.csr_array:
        row, column = np.flatnonzero(self.rows)[cells.row], np.flatnonzero(~self.rows)[cells.col]
        n = len(self.graph)
        half = sparse.coo_array((cells.data, (row, column)), shape=(n, n)).tocsr()
        matrix = sparse.csr_array(half + half.T)
        matrix.sort_indices()
        return matrix


def _pairs(graph: WeightedGraph) -> tuple[Ints, Floats]:
    """Return the pairs that were never folded, once each, and the strength of each."""
    upper = sparse.triu(graph.direct_ties().matrix(len(graph)), k=1).tocoo()
    order = np.lexsort((upper.col, upper.row))
    ends = np.column_stack([upper.row, upper.col])[order]
    return ends.astype(np.int64), upper.data[order].astype(np.float64)


def _square(a: Ints, b: Ints, n: int) -> sparse.csr_array:
    """Return the symmetric 0/1 matrix of pairs."""
    half = sparse.coo_array((np.ones(len(a)), (a, b)), shape=(n, n)).tocsr()
    return sparse.csr_array(half + half.T)


def rewired(
    ends: Ints,
    kinds: NDArray[Any],
    random: np.random.Generator,
    *,
    groups: Ints | None = None,
    compiled: bool | None = None,
) -> Ints:
    """Swap the ends of ties, ten times as often as there are ties; nodes keep their degrees.

    Two ties a – b and c – d become a – d and c – b where b and d are of the same kind, as are a and
    c, and neither tie already exists or is a loop; otherwise nothing changes in that step.

    Parameters
    ----------
    ends
        m × 2, each pair once.
    kinds
        The kind of each node.
    groups
        The group of each node: b and d are then exchanged only where a and c are of one group, so
        that every two groups keep their number of ties as well.
    compiled
        Whether the loop is compiled, which changes no result; by default where there are many.

    Returns
    -------
    ndarray
        m × 2, a simple network with the same number of ties at each node to each kind of node.
    """
    m = len(ends)
    if m < 2:
        return ends
    a, b = ends[:, 0].copy(), ends[:, 1].copy()
    chosen = random.integers(0, m, (SWAPS * m, 2))
    turned = random.random((SWAPS * m, 2)) < 0.5
    kind = np.unique(kinds, return_inverse=True)[1].astype(np.int64)
    group = kind
    if groups is not None:
        group = (groups + 1) * (int(kind.max()) + 1) + kind
    # Nodes keep their degrees, so each has as many places for neighbours as before.
    both = np.concatenate([a, b])
    order = np.argsort(both, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(both, minlength=len(kind)))])
    neighbours = np.concatenate([b, a])[order]
    parts: Any = (a, b, chosen[:, 0], chosen[:, 1], turned[:, 0], turned[:, 1], kind, group)
    if m > COMPILE_FROM if compiled is None else compiled:
        swapped = either(_swap, compiled=True)(*parts, pointer.astype(np.int64), neighbours)
    else:
        swapped = _swap_by_set(*(part.tolist() for part in parts))
    return np.column_stack([np.asarray(side, dtype=np.int64) for side in swapped])


def _swap_by_set(
    a: list[int],
    b: list[int],
    first: list[int],
    second: list[int],
    turn: list[bool],
    other: list[bool],
    kind: list[int],
    group: list[int],
) -> tuple[list[int], list[int]]:
    """Swap as `_swap` does: without compilation, a set of pairs is quicker than lists of hubs."""
    n = len(kind)
    tied = {min(p, q) * n + max(p, q) for p, q in zip(a, b, strict=True)}
    for e, f, turned, swapped in zip(first, second, turn, other, strict=True):
        p, q, r, s = a[e], b[e], a[f], b[f]
        if turned:
            p, q = q, p
        if swapped:
            r, s = s, r
        if p == s or r == q or kind[q] != kind[s] or group[p] != group[r]:
            continue
        one, two = min(p, s) * n + max(p, s), min(r, q) * n + max(r, q)
        if one in tied or two in tied:
            continue
        tied -= {min(p, q) * n + max(p, q), min(r, s) * n + max(r, s)}
        tied |= {one, two}
        a[e], b[e], a[f], b[f] = p, s, r, q
    return a, b


def _swap(
    a: Any,
    b: Any,
    first: Any,
    second: Any,
    turn: Any,
    other: Any,
    kind: Any,
    group: Any,
    pointer: Any,
    neighbours: Any,
) -> Any:
    """Swap ends of pairs of ties in place, where that leads to a simple network."""
    for x in range(len(first)):
        e, f = first[x], second[x]
        p, q = a[e], b[e]
        if turn[x]:
            p, q = q, p
        r, s = a[f], b[f]
        if other[x]:
            r, s = s, r
        if p == s or r == q or kind[q] != kind[s] or group[p] != group[r]:
            continue
        there = False
        for u, v in ((p, s), (r, q)):
            if pointer[u + 1] - pointer[u] > pointer[v + 1] - pointer[v]:
                u, v = v, u
            for i in range(pointer[u], pointer[u + 1]):
                if neighbours[i] == v:
                    there = True
                    break
        if there:
            continue
        for u, old, new in ((p, q, s), (q, p, r), (r, s, q), (s, r, p)):
            for i in range(pointer[u], pointer[u + 1]):
                if neighbours[i] == old:
                    neighbours[i] = new
                    break
        a[e], b[e], a[f], b[f] = p, s, r, q
    return a, b


def curveball(
    member: Ints, hub: Ints, random: np.random.Generator, *, compiled: bool | None = None
) -> Ints:
    """Let members trade hubs, five times as often as there are members; all numbers stay.

    Two members keep the hubs they share, and deal what only one of them has at random, each getting
    as many as before.

    Parameters
    ----------
    member, hub
        Of each affiliation, once each, in the order of members.
    compiled
        Whether the loop is compiled, which changes no result; by default where there are many.

    Returns
    -------
    ndarray
        The hub of each affiliation after the trades, in the order of members, then hubs.
    """
    starts = np.flatnonzero(np.diff(member, prepend=-1))
    if len(starts) < 2:
        return hub
    bounds = np.append(starts, len(member)).astype(np.int64)
    trades = random.integers(0, len(starts), (TRADES * len(starts), 2))
    marks = np.zeros(int(hub.max()) + 1, dtype=np.int64)
    pool = np.zeros(2 * int(np.diff(bounds).max()), dtype=np.int64)
    parts: Any = (hub.copy(), bounds, trades[:, 0], trades[:, 1], marks, pool)
    compiled = len(hub) > COMPILE_FROM if compiled is None else compiled
    if not compiled:
        parts = [part.tolist() for part in parts]
    traded = np.asarray(either(_trade, compiled=compiled)(*parts, random), dtype=np.int64)
    return traded[np.lexsort((traded, member))]


def _trade(
    hub: Any, bounds: Any, first: Any, second: Any, marks: Any, pool: Any, random: Any
) -> Any:
    """Trade in place: what both have stays at the front of each, the rest is dealt."""
    for t in range(len(first)):
        x, y = first[t], second[t]
        if x == y:
            continue
        for i in range(bounds[x], bounds[x + 1]):
            marks[hub[i]] = 1
        kept_y = bounds[y]
        for i in range(bounds[y], bounds[y + 1]):
            if marks[hub[i]] == 1:
                marks[hub[i]] = 2
                hub[i], hub[kept_y] = hub[kept_y], hub[i]
                kept_y += 1
        kept_x = bounds[x]
        for i in range(bounds[x], bounds[x + 1]):
            shared = marks[hub[i]] == 2
            marks[hub[i]] = 0
            if shared:
                hub[i], hub[kept_x] = hub[kept_x], hub[i]
                kept_x += 1
        if kept_x == bounds[x + 1] or kept_y == bounds[y + 1]:
            continue
        size = 0
        for i in range(kept_x, bounds[x + 1]):
            pool[size] = hub[i]
            size += 1
        for i in range(kept_y, bounds[y + 1]):
            pool[size] = hub[i]
            size += 1
        for i in range(size - 1, 0, -1):
            j = int(random.random() * (i + 1))
            pool[i], pool[j] = pool[j], pool[i]
        size = 0
        for i in range(kept_x, bounds[x + 1]):
            hub[i] = pool[size]
            size += 1
        for i in range(kept_y, bounds[y + 1]):
            hub[i] = pool[size]
            size += 1
    return hub
