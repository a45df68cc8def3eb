"""Rings around one node: a radial tree whose angles keep tied nodes together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order, shortest_path

from partnergraph.views.explorer.layout.overlaps import apart
from partnergraph.views.explorer.layout.units import GAP, SPACING, Floats, Ints
from partnergraph.views.explorer.layout.walks import walk_ranks


def hub(part: csr_array[Any, Any]) -> int | None:
    """Return the node that nearly all others are tied to, if these have few ties of their own."""
    degree = np.diff(part.indptr)
    *_, second, most = np.sort(degree).tolist()
    others, own_ties = len(degree) - 1, part.nnz // 2 - most
    lonely = others >= 5 and most >= 0.8 * others
    few = own_ties <= others and second <= max(3, others / 4)
    return int(np.argmax(degree)) if lonely and few else None


def rings_around(part: csr_array[Any, Any], centre: int, need: Floats) -> Floats:
    """Return nodes at k ties from *centre* on ring k, tied ones at similar angles.

    Every node gets an angle wide enough for it and for its subtree further out (a radial tree). A
    ring with too many nodes becomes several circles one slot apart, on which successive nodes
    alternate.
    """
    hops = np.asarray(shortest_path(part, unweighted=True, indices=centre, method="D"))
    ring = hops.astype(np.int64)
    outer = np.flatnonzero(ring > 0)
    x = np.zeros((len(ring), 2))
    if len(outer) == 0:
        return x
    slot = max(SPACING, 2 * float(need[outer].max()) + GAP)
    circles = _circles(np.bincount(ring)[1:], slot, float(need[centre]))
    tree = _RadialTree(ring, _parents(part, ring), slot / np.array([sum(c) for c in circles]))
    angle = _ring_angles(part, centre, tree)
    for nodes, radii in zip(tree.rings, circles, strict=True):
        successive = nodes[np.argsort(angle[nodes], kind="stable")]
        radius = tree.stretch * radii[_turns(len(nodes), radii)]
        x[successive, 0] = radius * np.cos(angle[successive])
        x[successive, 1] = radius * np.sin(angle[successive])
    return apart(x, need, ring == 0)  # first and last of a ring can be too near


def _parents(part: csr_array[Any, Any], ring: Ints) -> Ints:
    """Return each node's strongest neighbour one ring further in (the centre's is itself)."""
    ties = part.tocoo()
    inward = np.flatnonzero(ring[ties.row] == ring[ties.col] + 1)
    best = inward[np.lexsort((ties.col[inward], -ties.data[inward], ties.row[inward]))]
    node, place = np.unique(ties.row[best], return_index=True)
    parent = np.arange(len(ring))
    parent[node] = ties.col[best][place]
    return parent


def _circles(counts: Ints, slot: float, inner: float) -> list[Floats]:
    """Return the radii of each ring's circles: one, or several when it would be too wide."""
    rings, edge = [], max(inner - slot / 2, 0.0)
    for count in counts:
        around = count * slot / (2 * np.pi)
        radii = [max(edge + 1.5 * slot, around)]
        if around > edge + 6 * slot:
            radii = [edge + 3 * slot]
            while sum(radii) < around:
                radii.append(radii[-1] + slot)
        rings.append(np.array(radii))
        edge = radii[-1]
    return rings


def _turns(count: int, radii: Floats) -> Ints:
    """Return the circle of each successive node: long circles get more, spread evenly."""
    upto = np.round(count * np.cumsum(radii) / radii.sum()).astype(np.int64)
    shares = np.diff(upto, prepend=0)
    when = np.concatenate([(np.arange(share) + 0.5) / share for share in shares if share])
    return np.repeat(np.arange(len(radii)), shares)[np.argsort(when, kind="stable")]


class _RadialTree:
    """Angles for a tree around a node: each subtree has a wedge, ordered by a key per node."""

    def __init__(self, ring: Ints, parent: Ints, angle_of_ring: Floats):
        self.ring, self.parent = ring, parent
        self.rings = [np.flatnonzero(ring == k) for k in range(1, int(ring.max()) + 1)]
        self.wedge = np.zeros(len(ring))
        self.below = np.zeros(len(ring))  # sum of the children's wedges
        for k in range(len(self.rings), 0, -1):
            nodes = self.rings[k - 1]
            self.wedge[nodes] = np.maximum(angle_of_ring[k - 1], self.below[nodes])
            np.add.at(self.below, parent[nodes], self.wedge[nodes])
        total = float(self.wedge[self.rings[0]].sum())
        self.stretch = max(1.0, total / (2 * np.pi))  # rings grow until all wedges fit

    def angles(self, key: Floats) -> Floats:
        """Return the angle of every node when siblings are ordered by *key*."""
        angle, rank = np.zeros(len(self.ring)), np.zeros(len(self.ring))
        width = self.wedge / self.stretch
        for k, nodes in enumerate(self.rings):
            above = self.parent[nodes]
            order = np.lexsort((key[nodes], rank[above]))
            nodes, above = nodes[order], above[order]
            rank[nodes] = np.arange(len(nodes))
            if k == 0:
                width[nodes] *= 2 * np.pi / width[nodes].sum()
            else:
                room = width[above] / (self.below[above] / self.stretch)
                width[nodes] *= np.minimum(room, 2)
            family = np.zeros(len(self.ring))
            np.add.at(family, above, width[nodes])
            ends = np.cumsum(width[nodes])
            starts = np.r_[True, above[1:] != above[:-1]]
            base = (ends - width[nodes])[starts][np.cumsum(starts) - 1]
            angle[nodes] = angle[above] - family[above] / 2 + ends - base - width[nodes] / 2
        return angle

    def summed(self, value: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return the sum of *value* over each node's subtree."""
        total = value.copy()
        for nodes in reversed(self.rings[1:]):
            np.add.at(total, self.parent[nodes], total[nodes])
        return total


def _ring_angles(part: csr_array[Any, Any], centre: int, tree: _RadialTree) -> Floats:
    """Return the angles of the barycentre sweep with the shortest ties between outer nodes."""
    ties = part.tocoo()
    outer = (ties.row != centre) & (ties.col != centre)
    row, col, pull = ties.row[outer], ties.col[outer], ties.data[outer]
    rest = csr_array((pull, (row, col)), shape=part.shape)
    best = angle = tree.angles(walk_ranks(rest, depth_first_order))
    least = np.inf
    for _ in range(20):
        bend = np.abs((angle[row] - angle[col] + np.pi) % (2 * np.pi) - np.pi)
        cost = float((pull * bend).sum())
        if cost >= least * (1 - 1e-9):
            break
        best, least = angle, cost
        here = np.exp(1j * angle)
        drawn = tree.summed(rest @ here + 1e-3 * here)
        # seen from the parent, so that siblings around angle π are not torn apart
        aside = np.where(tree.ring == 1, 0.0, angle[tree.parent])
        angle = tree.angles(np.angle(drawn * np.exp(-1j * aside)))
    return best
