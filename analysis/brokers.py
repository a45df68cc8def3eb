r"""Who stands between others: structural holes, brokerage roles, and cut nodes.

*Roles* (Gould and Fernandez 1989): b brokers from a to c where a is tied to b, b to c, and a not to
c. By the groups of a, b and c: coordinator AAA, itinerant ABA, gatekeeper ABB, representative AAB,
liaison ABC. Without direction every tie runs both ways, so that each open triad counts twice, and a
gatekeeper is as often a representative. Large groups produce coordinators by chance, so each
count is compared with counts after random exchanges of the groups among the nodes.

*E–I index* (Krackhardt and Stern 1988): :math:`(E-I)/(E+I)`, ties between groups against ties
within, −1 … 1; its expectation is that of random pairs, from the sizes of the groups alone.

References
----------
Gould, R. V., Fernandez, R. M. (1989). Structures of mediation. *Sociological Methodology* 19,
89–126.
Krackhardt, D., Stern, R. N. (1988). Informal networks and organizational crises. *Social Psychology
Quarterly* 51, 123–140.
Burt, R. S. (1992). *Structural Holes*. Harvard UP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.engines import native
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison", "total")
HOLES = ("constraint", "effective_size")
PERMUTATIONS = 999
MOST_TRIADS = 300_000
CLUSTER = "cluster"

# By whether a and b, b and c, a and c are of one group, as bits 4, 2, 1: the place in ROLES.
_ROLE_OF = np.array([4, 1, 2, 2, 3, 3, 0, 0])


@dataclass(frozen=True)
class Mixing:
    """How far ties run between groups rather than within.

    Attributes
    ----------
    e_i_index, e_i_expected, e_i_p
        The E–I index, what the sizes of the groups alone lead to, and its two-sided p.
    groups
        Number of nodes by group.
    ungrouped
        Number of nodes without a group.
    filled
        Attributes known of more nodes than this one, most first, with their number.
    circular
        Whether the groups are clusters found from the same ties. Ties then run within them by
        construction, and nothing is tested.
    """

    e_i_index: float
    e_i_expected: float
    e_i_p: float
    groups: dict[str, int]
    ungrouped: int
    filled: dict[str, int]
    circular: bool = False


@dataclass(frozen=True, eq=False)
class Brokers:
    r"""Who stands between whom, and what their leaving cuts.

    Attributes
    ----------
    table
        Indexed by id, highest total first (effective size where some have no group): ``name``,
        ``kind``, the group, ``constraint``, ``effective_size``; for each role its count, ``_z``
        (NaN where it cannot vary) and ``_p`` (two-sided,
        :math:`(1+\#\{|x-\bar x|\ge|obs-\bar x|\})/(1+R)`); ``total`` has neither, as exchanging
        groups cannot change it. ``articulation``: whether the network falls apart without the
        node, ``pieces`` into how many its piece then falls, ``separated`` how many nodes that cuts
        off from the largest of them. Roles of a node without a group are NaN.
    bridges
        Ties whose loss cuts the network, with the number of nodes on the smaller side as
        ``separated``, the most first.
    cuts
        Who is cut off by whose leaving.
    mixing
        None where nodes are not grouped.
    """

    table: pd.DataFrame
    bridges: list[dict[str, Any]]
    cuts: list[dict[str, Any]]
    mixing: Mixing | None = None


@question
def brokers(
    source: Ecosystem | WeightedGraph,
    *,
    by: str | Mapping[str, Any] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    weighted: bool = False,
    **options: Any,
) -> Brokers:
    """Find who stands between whom.

    Parameters
    ----------
    source
        An ecosystem, or a network made from one.
    by
        What groups the nodes: an attribute of theirs, ``kind``, ``cluster``, or a mapping of
        ids to groups. Without it there are no roles. Roles by ``cluster`` are counted and not
        tested: the clusters were found from the same ties.
    permutations, seed
        How many random exchanges of the groups, and their seed.
    weighted
        Whether strengths count in constraint and effective size.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    UnknownName
        If no node has such an attribute.
    BadParameter
        If `permutations` is negative.

    Examples
    --------
    >>> import networkx as nx
    >>> path = WeightedGraph.from_networkx(nx.DiGraph([("a", "b"), ("b", "c")]))
    >>> table = brokers(path, by={"a": "x", "b": "x", "c": "y"}).table
    >>> int(table.loc["b", "representative"]), int(table.loc["b", "gatekeeper"])
    (1, 0)
    """
    if permutations < 0:
        raise BadParameter(f"permutations={permutations}: give 0 or more")
    graph = source.weighted_graph(**options)
    table, mixing, first = graph.nodes(), None, ["effective_size"]
    if by is not None:
        name, group = _groups(source, graph, by)
        table[name if name not in table else "group"] = group
    for measure in HOLES:
        compute = node_measure(measure, engine_for(measure))
        table[measure] = compute(graph, weighted=weighted)
    if by is not None:
        filled = _filled(source, graph, int(group.notna().sum()))
        random = np.random.default_rng(seed)
        circular = isinstance(by, str) and by == CLUSTER
        permutations = 0 if circular else permutations
        mixing = _add_roles(table, graph, group, permutations, random, filled)
        mixing = replace(mixing, circular=circular)
        first = first if mixing.ungrouped else ["total", *first]
    bridges, cuts = _add_cuts(table, graph)
    order = table.reset_index().sort_values(
        [*first, "id"], ascending=[*[False] * len(first), True], kind="stable"
    )
    table = table.loc[order["id"]]
    table.attrs = {
        "measure": [*HOLES, *(ROLES if by is not None else ())],
        "parameters": {"permutations": permutations, "seed": seed, "weighted": weighted}
        | graph.parameters(options),
        "network": graph.as_network(),
    }
    return Brokers(table, bridges, cuts, mixing)


def _groups(
    source: Ecosystem | WeightedGraph, graph: WeightedGraph, by: str | Mapping[str, Any]
) -> tuple[str, pd.Series]:
    """Return what groups nodes, by its name, and the group of each; None where it has none."""
    index = pd.Index(graph.ids, name="id", dtype=object)
    if not isinstance(by, str):
        values = pd.Series([by.get(node) for node in graph.ids], index=index, dtype=object)
        return "group", values.where(values.notna(), None)
    if by == CLUSTER:
        found = clusters(graph, nulls=0).table["cluster"].reindex(index)
        return by, found.astype(object).where(found > 0, None)
    if isinstance(source, WeightedGraph):
        if by != "kind":
            raise UnknownName("attribute of a network", by, ["kind", CLUSTER])
        return by, pd.Series(graph.kinds, index=index, dtype=object)
    nodes = source.nodes
    known = [c for c in nodes.columns if c != "id" and nodes[c].notna().any()]
    if by not in known:
        raise UnknownName("attribute that a node has", by, [*known, CLUSTER])
    values = nodes.set_index("id")[by].reindex(index).astype(object)
    if values.isna().all():
        raise UnknownName("attribute that a node of this network has", by, [*known, CLUSTER])
    return by, values.where(values.notna(), None)


def _filled(source: Ecosystem | WeightedGraph, graph: WeightedGraph, known: int) -> dict[str, int]:
    """Return the attributes that group more nodes than are known now, with how many, most first."""
    found = {"kind": len(graph)}
    if isinstance(source, Ecosystem):
        nodes = source.nodes.set_index("id").reindex(list(graph.ids))
        for name in SCHEMA.values:
            if name in nodes and nodes[name].nunique() > 1:
                found[name] = int(nodes[name].notna().sum())
    more = {name: count for name, count in found.items() if count > known}
    return dict(sorted(more.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, eq=False)
class _Grouped:
    """A network whose nodes are in groups: `label` counts them from 0, −1 is none."""

    graph: WeightedGraph
    label: NDArray[np.int32]

    def permuted(self, random: np.random.Generator) -> NDArray[np.int32]:
        """Exchange the groups among those that have one."""
        label = self.label.copy()
        label[label >= 0] = random.permutation(label[label >= 0])
        return label


def _add_roles(
    table: pd.DataFrame,
    graph: WeightedGraph,
    group: pd.Series,
    permutations: int,
    random: np.random.Generator,
    filled: dict[str, int],
) -> Mixing:
    """Add the counts of each role with what chance gives; return the E–I index with the same."""
    codes, names = pd.factorize(group, sort=False, use_na_sentinel=True)
    grouped = _Grouped(graph, codes.astype(np.int32))
    count = _counter(grouped)
    ends = graph.ends()
    observed, index = count(grouped.label), _external_share(ends, grouped.label)
    sums = _Moments(observed, np.array([index]))
    for _ in range(permutations):
        label = grouped.permuted(random)
        sums.add(count(label), np.array([_external_share(ends, label)]))
    z, p, e_i_p = sums.results()
    out = grouped.label < 0
    for x, role in enumerate(ROLES):
        table[role] = observed[:, x] if not out.any() else np.where(out, np.nan, observed[:, x])
        table[f"{role}_z"] = np.where(out, np.nan, z[:, x])
        table[f"{role}_p"] = np.where(out, np.nan, p[:, x])
    sizes = np.bincount(codes[codes >= 0], minlength=len(names)).astype(float)
    total = sizes.sum()
    same = (sizes * (sizes - 1)).sum() / (total * (total - 1)) if total > 1 else np.nan
    listed = {str(name): int(size) for name, size in zip(names, sizes, strict=True)}
    return Mixing(index, float(1 - 2 * same), e_i_p, listed, int(out.sum()), filled)


class _Moments:
    """Adds up what permutations give, one at a time; results are z and two-sided p."""

    def __init__(self, counts: NDArray[Any], index: NDArray[np.float64]) -> None:
        self.observed = (counts.astype(np.float64), index)
        self.drawn: tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]] = ([], [])

    def add(self, counts: NDArray[Any], index: NDArray[np.float64]) -> None:
        self.drawn[0].append(counts.astype(np.float32))
        self.drawn[1].append(index)

    def results(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Return z and p of the counts, and p of the index; NaN where nothing can vary."""
        z, p = _against(self.observed[0], self.drawn[0])
        return z, p, float(_against(self.observed[1], self.drawn[1])[1][0])


def _against(
    observed: NDArray[np.float64], drawn: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nothing = np.full(observed.shape, np.nan)
    if len(drawn) < 2:
        return nothing, nothing
    every = np.array(drawn, dtype=np.float64)
    mean, sd = every.mean(axis=0), every.std(axis=0, ddof=1)
    varies = sd > 1e-12
    z = np.divide(observed - mean, sd, out=nothing.copy(), where=varies)
    away = np.abs(every - mean) >= np.abs(observed - mean) - 1e-9
    p = np.where(varies, (1 + away.sum(axis=0)) / (1 + len(drawn)), np.nan)
    return z, p


def _counter(grouped: _Grouped) -> Callable[[NDArray[np.int32]], NDArray[np.int64]]:
    """Return what counts roles under given labels: over a list of triads, or compiled for many."""
    graph = grouped.graph
    tied = graph.adjacency
    into = np.bincount(tied.indices, minlength=len(graph)).astype(np.int64)
    if int((into * np.diff(tied.indptr)).sum()) > MOST_TRIADS:
        return lambda label: native.role_counts(graph, label)
    a, b, c = _open_triads(tied)
    some = (grouped.label[a] >= 0) & (grouped.label[b] >= 0) & (grouped.label[c] >= 0)
    a, b, c = a[some], b[some], c[some]
    n, total = len(graph), np.bincount(b, minlength=len(graph))

    def count(label: NDArray[np.int32]) -> NDArray[np.int64]:
        one, two, three = label[a], label[b], label[c]
        role = _ROLE_OF[4 * (one == two) + 2 * (two == three) + (one == three)]
        counts = np.bincount(b * 5 + role, minlength=5 * n).reshape(n, 5)
        return np.column_stack([counts, total])

    return count


def _open_triads(
    tied: sparse.csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """List all a → b → c without a → c, c other than a."""
    out, into = tied.tocsr(), tied.tocsc()
    parts: list[NDArray[np.int64]] = [np.empty((0, 3), dtype=np.int64)]
    full = tied.toarray() != 0 if tied.shape[0] <= 3_000 else None  # ten times as fast
    for b in range(tied.shape[0]):
        before = into.indices[into.indptr[b] : into.indptr[b + 1]]
        after = out.indices[out.indptr[b] : out.indptr[b + 1]]
        block = (
            out[before][:, after].toarray() != 0 if full is None else full[np.ix_(before, after)]
        )
        x, y = np.nonzero(~block & (before[:, None] != after[None, :]))
        parts.append(np.column_stack([before[x], np.full(len(x), b), after[y]]))
    every = np.concatenate(parts).astype(np.int64)
    return every[:, 0], every[:, 1], every[:, 2]


def _external_share(ends: NDArray[np.int64], label: NDArray[np.int32]) -> float:
    """Return the E–I index of ties whose ends both have a group; NaN without any."""
    one, two = label[ends[:, 0]], label[ends[:, 1]]
    known = (one >= 0) & (two >= 0)
    if not known.any():
        return float("nan")
    external = int((one != two)[known].sum())
    return (2 * external - int(known.sum())) / int(known.sum())


def _add_cuts(
    table: pd.DataFrame, graph: WeightedGraph
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Add who cuts the network when leaving; return bridges, and who is cut off by whom."""
    import networkx as nx

    plain = nx.Graph()
    plain.add_nodes_from(range(len(graph)))
    plain.add_edges_from(graph.ends().tolist())
    blocks = np.zeros(len(graph), dtype=np.int64)
    for block in nx.biconnected_components(plain):
        blocks[list(block)] += 1
    separated, cuts = np.zeros(len(graph), dtype=np.int64), []
    for v in np.flatnonzero(blocks > 1):
        pieces = _pieces_without(graph.adjacency, int(v))
        separated[v] = sum(len(piece) for piece in pieces[1:])
        cut = [[graph.ids[i] for i in piece] for piece in pieces[1:]]
        cuts.append({"id": graph.ids[v], "name": graph.names[v], "pieces": len(pieces), "cut": cut})
    # A node lies in as many blocks as its piece falls into without it.
    table["articulation"], table["pieces"], table["separated"] = blocks > 1, blocks, separated
    bridges = [
        {
            "a": graph.ids[a],
            "b": graph.ids[b],
            "a_name": graph.names[a],
            "b_name": graph.names[b],
            "separated": size,
        }
        for size, a, b in _bridges(plain)
    ]
    return bridges, cuts


def _bridges(plain: Any) -> list[tuple[int, int, int]]:
    """Take the bridges away; return each with the nodes on its smaller side, the most first.

    Without bridges the network falls into blocks, which bridges join to trees: what lies beyond a
    bridge is a branch of such a tree.
    """
    import networkx as nx

    edges = list(nx.bridges(plain))
    plain.remove_edges_from(edges)
    block: dict[int, int] = {}
    size: list[int] = []
    for number, nodes in enumerate(nx.connected_components(plain)):
        size.append(len(nodes))
        block.update(dict.fromkeys(nodes, number))
    tree = nx.Graph()
    tree.add_nodes_from(range(len(size)))
    tree.add_edges_from((block[a], block[b]) for a, b in edges)
    beyond, whole = size.copy(), size.copy()
    above: dict[int, int] = {}
    for root in (min(nodes) for nodes in nx.connected_components(tree)):
        way = list(nx.dfs_edges(tree, root))
        above.update({low: high for high, low in way})
        for high, low in reversed(way):
            beyond[high] += beyond[low]
        for node in (root, *(low for _, low in way)):
            whole[node] = beyond[root]
    found = []
    for a, b in edges:
        one, other = block[a], block[b]
        low = one if above.get(one) == other else other
        found.append((min(beyond[low], whole[low] - beyond[low]), *sorted((a, b))))
    return sorted(found, key=lambda bridge: (-bridge[0], *bridge[1:]))


def _pieces_without(matrix: sparse.csr_array, v: int) -> list[NDArray[np.int64]]:
    """Return the pieces that the piece of v falls into without it, the largest first."""
    around = np.union1d(matrix[[v]].indices, matrix[:, [v]].tocoo().row)
    kept = np.delete(np.arange(matrix.shape[0]), v)
    _, labels = csgraph.connected_components(matrix[kept][:, kept], directed=False)
    label = np.full(matrix.shape[0], -1)
    label[kept] = labels
    pieces = [np.flatnonzero(label == x) for x in np.unique(label[around])]
    return sorted(pieces, key=lambda piece: (-len(piece), int(piece[0])))
