r"""Random networks to hold a finding against: what would degrees alone have given?

A pattern is a claim, and a claim needs the same value of networks without it:

- an affiliation that was folded is randomised as an affiliation, every member keeping its number of
  hubs and every hub its number of members (curveball), and folded again in the same way: folding a
  project of ten makes 45 ties and 120 triangles by construction;
- only ties that were never folded are rewired, every node keeping its number of ties to each kind
  of node, because a tie between two projects would be no tie that this data can have.

References
----------
Strona, G. et al. (2014). A fast and unbiased procedure to randomize ecological binary matrices with
fixed row and column totals. *Nature Communications* 5, 4114.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.ecosystem import Ecosystem, node_kinds, tie_kinds
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph, filtered

SWAPS = 10
TRADES = 5
LOST = "none: the network was folded and its affiliation is not known. Give the ecosystem"


@dataclass(frozen=True, eq=False)
class Null:
    """What random networks are made from: ties that were never folded, and the affiliation.

    `ends` are the pairs never folded, `hubs` the hubs of each member, one set a member.
    """

    graph: WeightedGraph
    ends: NDArray[np.int64]
    hubs: dict[int, set[int]]

    @classmethod
    def of(
        cls, source: Ecosystem | WeightedGraph, graph: WeightedGraph, options: dict[str, Any]
    ) -> Null | None:
        """Return what networks like `graph` are made from; None where its affiliation is lost.

        Parameters
        ----------
        source
            What `graph` was made from: an ecosystem, or `graph` itself.
        options
            How it was made, see `partnergraph.graph.weighted_graph.weighted_graph`.
        """
        if isinstance(source, WeightedGraph):
            if any("folded" in step for step in graph.recipe.steps):
                return None
            return cls(graph, _pairs(graph), {})
        hubs = _affiliation(source, graph, options)
        if not hubs:
            return cls(graph, _pairs(graph), {})
        # The same network without any hub: what is left was never folded.
        allowed = node_kinds(options.get("only") or SCHEMA.node_kinds)
        kept = [kind for kind in node_kinds(_among(options)) if kind in allowed]
        return cls(graph, _pairs(source.weighted_graph(**options | {"only": kept})), hubs)

    def in_words(self, runs: int) -> str:
        """Say how so many random networks were made."""
        if runs == 0:
            return "none"
        parts = []
        if self.hubs:
            parts.append("affiliations randomised by curveball and folded again")
        if len(self.ends):
            parts.append("ties that were never folded rewired among the same kinds of nodes")
        return f"{runs} networks: {', '.join(parts)}"

    def draw(self, random: np.random.Generator) -> WeightedGraph:
        """Return one random network."""
        return WeightedGraph(
            self._matrix(random), self.graph.ids, self.graph.names, self.graph.kinds
        )

    def draw_dense(self, random: np.random.Generator) -> NDArray[np.float64]:
        """Return the same random network as `draw`, as a full 0/1 matrix: quicker where small."""
        n = len(self.graph)
        ends = rewired(self.ends, np.array(self.graph.kinds), random)
        tied = np.zeros((n, n))
        tied[ends[:, 0], ends[:, 1]] = tied[ends[:, 1], ends[:, 0]] = 1.0
        if self.hubs:
            traded = curveball(self.hubs, random)
            member = np.zeros((n, max(max(hubs) for hubs in traded.values() if hubs) + 1))
            for node, hubs in traded.items():
                member[node, list(hubs)] = 1.0
            tied += member @ member.T
        np.fill_diagonal(tied, 0.0)
        return (tied > 0).astype(np.float64)

    def _matrix(self, random: np.random.Generator) -> sparse.csr_array:
        n = len(self.graph)
        ends = rewired(self.ends, np.array(self.graph.kinds), random)
        ones = np.ones(len(ends))
        matrix = sparse.coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
        matrix = matrix + matrix.T
        if self.hubs:
            traded = curveball(self.hubs, random)
            rows = np.repeat(list(traded), [len(hubs) for hubs in traded.values()])
            columns = np.array([hub for hubs in traded.values() for hub in sorted(hubs)])
            shape = (n, int(columns.max()) + 1)
            member = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
            matrix = matrix + member @ member.T
        matrix = (matrix - sparse.diags_array(matrix.diagonal())).tocsr()
        matrix.eliminate_zeros()
        matrix.data[:] = 1.0
        matrix.sort_indices()
        return matrix


def _among(options: dict[str, Any]) -> Any:
    return SCHEMA.default_network if options.get("among") is None else options["among"]


def _pairs(graph: WeightedGraph) -> NDArray[np.int64]:
    """Return the tied pairs, once each, whatever their direction."""
    matrix = graph.adjacency + graph.adjacency.T if graph.directed else graph.adjacency
    upper = sparse.triu(matrix, k=1).tocoo()
    return np.column_stack([upper.row, upper.col]).astype(np.int64)


def _affiliation(
    eco: Ecosystem, graph: WeightedGraph, options: dict[str, Any]
) -> dict[int, set[int]]:
    """Return the hubs that each node was folded through."""
    names = ("at", "undated", "without", "only", "status")
    left = filtered(eco, **{name: options[name] for name in names if name in options})
    via = SCHEMA.folding if options.get("via") is None else tie_kinds(options["via"])
    ties = left.eco.ties
    ties = ties[ties["kind"].isin(via)]
    a, b = ties["source"].map(graph.index), ties["target"].map(graph.index)
    folds = a.notna() ^ b.notna()
    member = a.where(a.notna(), b)[folds].astype("int64")
    outside = ties["target"].where(a.notna(), ties["source"])[folds]
    codes, _ = pd.factorize(outside, sort=True)
    hubs: dict[int, set[int]] = {}
    for node, hub in sorted(zip(member.tolist(), codes.tolist(), strict=True)):
        hubs.setdefault(node, set()).add(hub)
    return hubs


def rewired(
    ends: NDArray[np.int64], kinds: NDArray[Any], random: np.random.Generator
) -> NDArray[np.int64]:
    """Swap the ends of ties, ten times as often as there are ties; nodes keep their degrees.

    Two ties a – b and c – d become a – d and c – b where b and d are of the same kind, and neither
    tie is there already or leads to itself; else nothing changes in that step.

    Parameters
    ----------
    ends
        m × 2, each pair once.
    kinds
        The kind of each node.

    Returns
    -------
    ndarray
        m × 2, a simple network with the same number of ties at each node to each kind of node.
    """
    m = len(ends)
    if m < 2:
        return ends
    a, b = ends[:, 0].tolist(), ends[:, 1].tolist()
    there = {(min(x, y), max(x, y)) for x, y in zip(a, b, strict=True)}
    chosen = random.integers(0, m, (SWAPS * m, 2)).tolist()
    turned = (random.random((SWAPS * m, 2)) < 0.5).tolist()
    kind = kinds.tolist()
    for (e, f), (turn, other) in zip(chosen, turned, strict=True):
        p, q = (b[e], a[e]) if turn else (a[e], b[e])
        r, s = (b[f], a[f]) if other else (a[f], b[f])
        if p == s or r == q or kind[q] != kind[s] or kind[p] != kind[r]:
            continue
        one, two = (min(p, s), max(p, s)), (min(r, q), max(r, q))
        if one in there or two in there:
            continue
        there -= {(min(p, q), max(p, q)), (min(r, s), max(r, s))}
        there |= {one, two}
        a[e], b[e], a[f], b[f] = p, s, r, q
    return np.column_stack([a, b])


def curveball(
    hubs: dict[int, set[int]], random: np.random.Generator
) -> dict[int, set[int]]:  # fmt: skip
    """Let members trade hubs, five times as often as there are members; all numbers stay.

    Two members keep the hubs they share, and deal what only one of them has at random, each getting
    as many as before.
    """
    traded = {member: set(own) for member, own in hubs.items()}
    members = sorted(traded)
    if len(members) < 2:
        return traded
    for x, y in random.integers(0, len(members), (TRADES * len(members), 2)).tolist():
        if x == y:
            continue
        one, two = traded[members[x]], traded[members[y]]
        mine, theirs = one - two, two - one
        if not mine or not theirs:
            continue
        pool = sorted(mine | theirs)
        random.shuffle(pool)
        shared = one & two
        traded[members[x]] = shared | set(pool[: len(mine)])
        traded[members[y]] = shared | set(pool[len(mine) :])
    return traded
