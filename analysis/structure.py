r"""Similarity or complementarity: how the whole network is woven, and whether degrees explain it.

Ties among those who are alike close to triangles (a friend's friend); ties among those who differ
and fit close to squares without a chord (two designers who work for the same two clients). Both
also come about by chance, the more the denser the network, and folding a project of ten makes 120
triangles by construction. So every value stands beside the same value of networks without either
pattern, made thus:

- an affiliation that was folded is randomised as an affiliation, every member keeping its number of
  hubs and every hub its number of members (curveball), and folded again in the same way;
- only ties that were never folded are rewired, every node keeping its number of ties to each kind
  of node, because a tie between two projects would be no tie that this data can have.

References
----------
Talaga, S., Nowak, A. (2022). Structural measures of similarity and complementarity in complex
networks. *Scientific Reports* 12, 16580.
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

from partnergraph.analysis.engines.native import Census, census
from partnergraph.analysis.network import network
from partnergraph.graph.ecosystem import Ecosystem, node_kinds, tie_kinds
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph, filtered, network_json

NULLS = 199
MOST_PAIRS = 10_000
COMPILE_FROM = 300_000
DENSE_UP_TO = 300
SWAPS = 10
TRADES = 5
MEASURES = ("transitivity", "structural_similarity", "structural_complementarity")


def structure(
    source: Ecosystem | WeightedGraph,
    *,
    nulls: int | None = None,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    r"""Say whether the network closes to triangles or to squares more than its degrees lead to.

    ``transitivity`` and ``structural_similarity`` are :math:`3\triangle/\wedge`, triangles over
    paths of two ties; ``structural_complementarity`` is :math:`4\square/P_3`, chordless 4-cycles
    over paths of three ties through four nodes. Strengths and direction do not count.

    Parameters
    ----------
    source
        An ecosystem; or a network, whose ties are all rewired (a folded one gets no null: its
        affiliation is not known any more).
    nulls
        How many random networks to compare with; by default 199, or none above 10,000 tied pairs.
    seed
        Of the random networks.
    options
        How to make the network, see `partnergraph.graph.weighted_graph.weighted_graph`.

    Returns
    -------
    DataFrame
        A row a measure: ``value`` (0 … 1; NaN without such paths), and of the random networks
        ``mean``, ``sd``, ``z`` :math:`=(value-mean)/sd` (NaN where sd is 0) and ``p``
        :math:`=(1+\#\{null\ge value\})/(1+R)`; all NaN without nulls. ``attrs["verdict"]`` says
        it in words.

    Raises
    ------
    BadParameter
        Where `nulls` is negative, or the network would take hours.
    UnknownName, AmbiguousName
        Where an option names what is not there.
    """
    if nulls is not None and nulls < 0:
        raise BadParameter(f"nulls={nulls}: give 0 or more")
    graph = network(source, options)
    if nulls is None:
        nulls = NULLS if graph.n_pairs <= MOST_PAIRS else 0
    model = _Null.of(source, graph, options)
    if model is None or graph.n_pairs == 0:
        nulls = 0
    observed = _whole(census(graph))
    random = np.random.default_rng(seed)
    compiled = nulls * graph.n_pairs > COMPILE_FROM
    drawn = np.array(
        [_drawn(model, random, compiled) for _ in range(nulls)] if model is not None else []
    ).reshape(nulls, 3)
    table = _against(observed, drawn)
    table.attrs = {
        "measure": list(MEASURES),
        "parameters": {"nulls": nulls, "seed": seed, **options},
        "network": network_json(graph),
        "null": _in_words(model, nulls),
        "verdict": {name: verdict(p) for name, p in table["p"].items()},
    }
    return table


def verdict(p: float) -> str:
    """Say in words what a p-value of the upper tail means, at .01 and .05."""
    if np.isnan(p):
        return "not tested"
    if p <= 0.01:
        return "more than degrees give"
    return "weak" if p <= 0.05 else "no more than degrees give"


def tie_structure(source: Ecosystem | WeightedGraph, **options: Any) -> pd.DataFrame:
    r"""Return similarity and complementarity of each tie.

    :math:`s_{ij}=2t/(d_i+d_j-2)` and :math:`c_{ij}=2Q/(q^W+q^H)`: of the paths of two (three) ties
    that start or end with the tie, the share in triangles (in squares without a chord).

    Returns
    -------
    DataFrame
        Indexed by (a, b): ``structural_similarity``, ``structural_complementarity``; NaN where
        the tie has no such path. ``attrs`` has the network.

    Raises
    ------
    BadParameter, UnknownName, AmbiguousName
        As `structure`.
    """
    graph = network(source, options)
    paths = census(graph)
    rows, columns = paths.rows, paths.matrix.indices
    once = rows < columns
    ids = np.array(graph.ids, dtype=object)
    index = pd.MultiIndex.from_arrays([ids[rows[once]], ids[columns[once]]], names=["a", "b"])
    table = pd.DataFrame(
        {
            "structural_similarity": _ratio(paths.triangles[once], paths.wedges[once]),
            "structural_complementarity": _ratio(paths.squares[once], paths.threes[once]),
        },
        index=index,
    )
    table.attrs = {"measure": list(MEASURES[1:]), "network": network_json(graph)}
    return table


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = np.divide(
        part, whole, out=np.full(len(whole), np.nan), where=whole > 0
    )
    return ratio


def _whole(paths: Census) -> tuple[float, float, float]:
    """Return the three values of a network from the paths of its arcs."""
    sums = np.array([paths.triangles.sum(), paths.squares.sum()])
    similar, complementary = _ratio(sums, np.array([paths.wedges.sum(), paths.threes.sum()]))
    return float(similar), float(similar), float(complementary)


def _drawn(model: _Null, random: np.random.Generator, compiled: bool) -> tuple[float, float, float]:
    """Return the three values of a random network, by the way that is quick at its size."""
    if len(model.graph) <= DENSE_UP_TO:
        return _whole_dense(model.draw_dense(random))
    return _whole(census.__wrapped__(model.draw(random), compiled=compiled))


def _whole_dense(tied: NDArray[np.float64]) -> tuple[float, float, float]:
    r"""Return the three values of a small network from its full 0/1 matrix.

    A square without chord has two diagonals that are not tied, so with c(i, j) shared neighbours it
    is counted twice in the pairs of neighbours that untied i and j share; what is then left out
    are pairs that are tied themselves: squares with one chord, counted from that chord.
    """
    degrees = tied.sum(axis=1)
    shared = tied @ tied
    closed = float((shared * tied).sum())  # six times the triangles
    wedges = float((degrees * (degrees - 1)).sum())
    threes = float((tied * np.outer(degrees - 1, degrees - 1)).sum() - closed) / 2
    pairs = shared * (shared - 1) / 2
    untied = (1 - tied) * pairs
    across = float(untied.sum() - np.trace(untied)) / 2
    chorded = 0.0
    for i, j in np.argwhere(np.triu(tied * (shared >= 2))):
        both = np.flatnonzero(tied[i] * tied[j])
        chorded += pairs[i, j] - float(tied[np.ix_(both, both)].sum()) / 2
    squares = (across - chorded) / 2
    similar = closed / wedges if wedges else np.nan
    return similar, similar, (4 * squares / threes if threes else np.nan)


def _against(observed: tuple[float, ...], drawn: NDArray[np.float64]) -> pd.DataFrame:
    """Compare values with those of random networks, column by column."""
    rows = []
    for x, value in enumerate(observed):
        column = drawn[:, x][~np.isnan(drawn[:, x])]
        if len(column) < 2 or np.isnan(value):
            rows.append((value, *[np.nan] * 4))
            continue
        mean, sd = float(column.mean()), float(column.std(ddof=1))
        z = (value - mean) / sd if sd > 1e-12 else np.nan
        p = (1 + int((column >= value - 1e-12).sum())) / (1 + len(column))
        rows.append((value, mean, sd, z, p))
    index = pd.Index(MEASURES, name="measure")
    return pd.DataFrame(rows, columns=["value", "mean", "sd", "z", "p"], index=index)


def _in_words(model: _Null | None, nulls: int) -> str:
    if model is None:
        return "none: the network was folded and its affiliation is not known. Give the ecosystem"
    if nulls == 0:
        return "none"
    parts = []
    if model.hubs:
        parts.append("affiliations randomised by curveball and folded again")
    if len(model.ends):
        parts.append("ties that were never folded rewired among the same kinds of nodes")
    return f"{nulls} networks: {', '.join(parts)}"


@dataclass(frozen=True, eq=False)
class _Null:
    """What random networks are made from: ties that were never folded, and the affiliation.

    `ends` are the pairs never folded, `hubs` the hubs of each member, one set a member.
    """

    graph: WeightedGraph
    ends: NDArray[np.int64]
    hubs: dict[int, set[int]]

    @classmethod
    def of(
        cls, source: Ecosystem | WeightedGraph, graph: WeightedGraph, options: dict[str, Any]
    ) -> _Null | None:
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
