r"""From an ecosystem to the network that measures run on: fold and collapse what the filters leave.

*Nodes* are those whose kind is in `among`; those without ties stay. *Direct ties* are all ties
between two such nodes, except history (`succeeds`). A tie of a kind in `via` with one end outside
`among` makes its inside end a member of that outside node, the hub; hubs are then folded
(`partnergraph.graph.folding.affiliation`). A member counts once a hub, and a hub's members are
counted after all filters.

*Collapse.* Parallel ties become one entry, the sum of their strengths; a missing strength is 1.
Ties from a node to itself are dropped and counted. **Larger is closer**: a strength is not a
distance.

The options are those of `partnergraph.graph.network_options.NetworkOptions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.affiliation import Affiliation
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.network_options import NetworkOptions, Recipe
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DirectTies:
    """Ties that were never folded, parallel ones each.

    Attributes
    ----------
    a, b
        Numbers of the two ends, in the direction in which the tie runs.
    strength
        Larger is closer.
    both_ways
        Whether the tie runs both ways where direction is kept.
    tie
        Number of the tie in the ecosystem.
    """

    a: Ints
    b: Ints
    strength: NDArray[np.float64]
    both_ways: NDArray[np.bool_]
    tie: Ints

    @classmethod
    def of(cls, ties: pd.DataFrame, a: Ints, b: Ints) -> DirectTies:
        """Take ties by number; an undirected one that only one end reports runs from it."""
        undirected = ties["kind"].isin(SCHEMA.undirected).to_numpy(dtype=bool)
        forth, back = (
            undirected & (ties["reported_by"] == ties[end]).fillna(False).to_numpy(dtype=bool)
            for end in ("source", "target")
        )
        strength = ties["strength"].fillna(1.0).to_numpy(dtype=np.float64)
        ends = np.where(back, b, a), np.where(back, a, b)
        return cls(*ends, strength, undirected & ~forth & ~back, ties.index.to_numpy(np.int64))

    def __len__(self) -> int:
        return len(self.a)

    def kept(self, which: NDArray[np.bool_]) -> DirectTies:
        """Return some of the ties."""
        ends = self.a[which], self.b[which]
        return DirectTies(*ends, self.strength[which], self.both_ways[which], self.tie[which])

    def taken(self, nodes: Ints, n: int) -> DirectTies:
        """Return the ties among some of n nodes, numbered in the order given."""
        place = np.full(n, -1, dtype=np.int64)
        place[nodes] = np.arange(len(nodes))
        left = self.kept((place[self.a] >= 0) & (place[self.b] >= 0))
        return replace(left, a=place[left.a], b=place[left.b])

    def matrix(self, n: int, *, directed: bool = False) -> sparse.csr_array:
        """Add up the ties between n nodes; without direction each counts both ways."""
        turned = self.both_ways if directed else slice(None)
        a = np.concatenate([self.a, self.b[turned]])
        b = np.concatenate([self.b, self.a[turned]])
        strengths = np.concatenate([self.strength, self.strength[turned]])
        return sparse.coo_array((strengths, (a, b)), shape=(n, n)).tocsr()


@dataclass(frozen=True, eq=False)
class WeightedGraph:
    """A network of n nodes as a matrix of strengths, which remembers how it was made.

    Attributes
    ----------
    adjacency
        n × n, CSR, float64; entry (i, j) is the strength of the tie from i to j, larger is
        closer. Symmetric unless `directed`; no diagonal.
    ids, names, kinds
        Of each node, in the matrix' order.
    directed
        Whether direction was kept.
    ties
        Number of ties that entered, parallel ones each.
    recipe
        How it was made, in words, and what was dropped.
    options
        The options it was made with; the defaults where it was not made from an ecosystem.
    affiliation
        What was folded, None where nothing was.
    direct
        The ties that were never folded; None where each entry of the matrix is such a tie.
    ties_of
        Number of ties in the ecosystem it was made from.
    """

    adjacency: sparse.csr_array
    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    directed: bool = False
    ties: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    options: NetworkOptions = field(default_factory=NetworkOptions)
    affiliation: Affiliation | None = None
    direct: DirectTies | None = None
    ties_of: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        what = "arcs" if self.directed else "pairs"
        return f"<WeightedGraph: {len(self)} nodes, {self.n_pairs} {what}; {self.recipe}>"

    @property
    def n_pairs(self) -> int:
        """Number of tied pairs (arcs where directed)."""
        return int(self.adjacency.nnz if self.directed else self.adjacency.nnz // 2)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each id in the matrix."""
        return {node: i for i, node in enumerate(self.ids)}

    def pairs(self) -> pd.DataFrame:
        """Return the tied pairs as a table indexed by (a, b), with their strength."""
        matrix = self._once()
        order = np.lexsort((matrix.col, matrix.row))
        ids = np.array(self.ids, dtype=object)
        a, b = ids[matrix.row[order]], ids[matrix.col[order]]
        index = pd.MultiIndex.from_arrays([a, b], names=["a", "b"])
        return pd.DataFrame({"strength": matrix.data[order]}, index=index)

    def nodes(self) -> pd.DataFrame:
        """Return name and kind of each node, indexed by id."""
        index = pd.Index(self.ids, name="id", dtype=object)
        return pd.DataFrame({"name": self.names, "kind": self.kinds}, index=index, dtype=object)

    def as_network(self) -> dict[str, Any]:
        """Return what results say of the network: recipe, sizes, what was dropped."""
        return {
            "recipe": str(self.recipe),
            "nodes": len(self),
            "ties": self.ties,
            "pairs": self.n_pairs,
            "directed": self.directed,
            "dropped": self.recipe.dropped,
            "notes": self.recipe.notes,
        }

    # -- networks made of this one -----------------------------------------------------------

    def ends(self) -> Ints:
        """Return the numbers of the ends of each tied pair, or arc where directed, m × 2."""
        matrix = self._once()
        return np.column_stack([matrix.row, matrix.col]).astype(np.int64)

    def direct_ties(self) -> DirectTies:
        """Return the ties that were never folded; each entry of the matrix where none is known."""
        if self.direct is not None:
            return self.direct
        pairs = self._once()
        ends = pairs.row.astype(np.int64), pairs.col.astype(np.int64)
        return DirectTies(*ends, pairs.data, np.zeros(pairs.nnz, dtype=bool), np.arange(pairs.nnz))

    def tie_numbers(self) -> Ints:
        """Return the numbers of the ties that entered, in the ecosystem it was made from."""
        folded = [] if self.affiliation is None else [self.affiliation.tie]
        return np.sort(np.concatenate([self.direct_ties().tie, *folded]))

    def _once(self) -> sparse.coo_array:
        return (self.adjacency if self.directed else sparse.triu(self.adjacency, k=1)).tocoo()

    def weighted_graph(self, **options: Any) -> WeightedGraph:
        """Return the network itself, so that a question takes an ecosystem or a network alike.

        Raises
        ------
        BadParameter
            If there are options: this network has been made.
        """
        if options:
            given = ", ".join(options)
            raise BadParameter(f"{given}: this network is already made. Give the ecosystem instead")
        return self

    def parameters(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options it was made with, as they were asked for where they were."""
        return self.options.chosen() | dict(asked)

    def undirected(self) -> Self:
        """Return the network without direction: each tie counts once, whichever way it runs."""
        if not self.directed:
            return self
        plain = replace(self, directed=False, options=replace(self.options, directed=False))
        return plain._rebuilt(self.direct_ties(), self.affiliation)

    def take(self, nodes: Sequence[int] | NDArray[Any]) -> Self:
        """Return the network of some nodes, by number and in the order given.

        Hubs are folded again among the members that are left, so that it is the network of the
        ecosystem without the other nodes.
        """
        chosen = np.asarray(nodes, dtype=np.int64)
        columns = (self.ids, self.names, self.kinds)
        ids, names, kinds = (tuple(column[i] for i in chosen) for column in columns)
        direct = None if self.direct is None else self.direct.taken(chosen, len(self))
        joined = None if self.affiliation is None else self.affiliation.taken(chosen)
        part = replace(self, ids=ids, names=names, kinds=kinds, direct=direct, affiliation=joined)
        if joined is not None and len(chosen) < len(self):
            return part._rebuilt(part.direct_ties(), joined)
        matrix = sparse.csr_array(self.adjacency[chosen][:, chosen])
        matrix.sort_indices()
        return replace(part, adjacency=matrix)

    def without_ties(self, gone: Ints) -> Self:
        """Return the network without some ties of the ecosystem, by number."""
        direct, joined = self.direct_ties(), self.affiliation
        rest = None if joined is None else joined.kept(~np.isin(joined.tie, gone))
        return self._rebuilt(direct.kept(~np.isin(direct.tie, gone)), rest)

    def _rebuilt(self, direct: DirectTies, affiliation: Affiliation | None) -> Self:
        """Return the network of the same nodes that these parts make."""
        matrix = direct.matrix(len(self), directed=self.directed)
        if affiliation is not None and not len(affiliation):
            affiliation = None
        if affiliation is not None:
            matrix = sparse.csr_array(matrix + affiliation.folded())
        matrix.sort_indices()
        return replace(self, adjacency=matrix, direct=direct, affiliation=affiliation)

    def pieces(self) -> Ints:
        """Return the component of each node, numbered from 0; direction is ignored."""
        from scipy.sparse import csgraph

        labels = csgraph.connected_components(self.adjacency, directed=False)[1]
        return np.asarray(labels, dtype=np.int64)

    # -- networkx ----------------------------------------------------------------------------

    def to_networkx(self) -> nx.Graph | nx.DiGraph:
        """Return it as a networkx graph; edges carry `strength`, and `distance` = 1/strength."""
        import networkx as nx

        graph = nx.DiGraph() if self.directed else nx.Graph()
        for node, name, kind in zip(self.ids, self.names, self.kinds, strict=True):
            graph.add_node(node, name=name, kind=kind)
        pairs = self.pairs()["strength"]
        for (a, b), strength in zip(pairs.index.to_list(), pairs.to_list(), strict=True):
            graph.add_edge(a, b, strength=strength, distance=1.0 / strength)
        return graph

    @classmethod
    def from_networkx(cls, graph: nx.Graph, *, weight: str | None = None) -> WeightedGraph:
        """Take a networkx graph as it is: parallel edges add up, loops are dropped and counted.

        Parameters
        ----------
        weight
            Edge attribute to use as strength; without it every edge counts 1.
        """
        position = {node: i for i, node in enumerate(graph)}
        edges = [
            (position[a], position[b], 1.0 if weight is None else float(d.get(weight, 1.0)))
            for a, b, d in graph.edges(data=True)
            if a != b
        ]
        ends = np.array([e[:2] for e in edges], dtype=np.int64).reshape(-1, 2)
        strengths = np.array([e[2] for e in edges], dtype=np.float64)
        both_ways, number = np.zeros(len(edges), dtype=bool), np.arange(len(edges))
        direct = DirectTies(ends[:, 0], ends[:, 1], strengths, both_ways, number)
        nodes = [(str(node), graph.nodes[node]) for node in graph]
        loops = graph.number_of_edges() - len(edges)
        return cls(
            adjacency=direct.matrix(len(nodes), directed=graph.is_directed()),
            ids=tuple(node for node, _ in nodes),
            names=tuple(str(about.get("name", node)) for node, about in nodes),
            kinds=tuple(str(about.get("kind", "")) for _, about in nodes),
            directed=graph.is_directed(),
            ties=len(edges),
            recipe=Recipe(("a networkx graph as it is",), {"ties to itself": loops}),
        )


# -- from tables to a network -----------------------------------------------------------------


class Tables(Protocol):
    """What a network is made from: the nodes and ties of an ecosystem."""

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node."""

    @property
    def ties(self) -> pd.DataFrame:
        """A row a tie."""

    def undated_ties(self) -> pd.Series:
        """Return of each tie whether it has no period."""


def network_of(
    eco: Tables, options: NetworkOptions, recipe: Recipe, numbers: Ints, ties_of: int
) -> WeightedGraph:
    """Fold and collapse what the filters left of an ecosystem into one network.

    Parameters
    ----------
    recipe
        What the filters did.
    numbers, ties_of
        The number of each tie in the ecosystem before the filters, and how many there were.
    """
    nodes, ties = eco.nodes, eco.ties.set_axis(numbers)
    members = nodes[nodes["kind"].isin(options.among)]
    place = pd.Series(np.arange(len(members)), index=members["id"])
    a, b = (
        ties[end].map(place).to_numpy(dtype="float64", na_value=np.nan)
        for end in ("source", "target")
    )
    direct, folds, dropped = _sorted_out(ties, a, b, options.via)
    notes = _assumed(eco, ties, direct, folds, dated=options.filters.at is not None)
    recipe = recipe.then(f"nodes: {', '.join(options.among)}", dropped=dropped, notes=notes)
    apart = DirectTies.of(ties[direct], a[direct].astype(np.int64), b[direct].astype(np.int64))
    matrix = apart.matrix(len(members), directed=options.directed)
    joined = None
    if folds.any():
        inside = ~np.isnan(a)
        member = np.where(inside, a, b)[folds].astype(np.int64)
        hub = ties["target"].where(inside, ties["source"])[folds]
        joined = Affiliation.of(ties[folds], member, hub, len(members), options)
        matrix = sparse.csr_array(matrix + joined.folded())
        recipe = _with_hubs(recipe, joined, options)
    direction = "directed" if options.directed else "undirected"
    recipe = recipe.then("parallel ties added up", direction)
    matrix.sort_indices()
    return WeightedGraph(
        adjacency=matrix,
        ids=tuple(members["id"]),
        names=tuple(members["name"]),
        kinds=tuple(members["kind"]),
        directed=options.directed,
        ties=int((direct | folds).sum()),
        recipe=_with_pairs(recipe, joined),
        options=options,
        affiliation=joined,
        direct=apart,
        ties_of=ties_of,
    )


def _sorted_out(
    ties: pd.DataFrame, a: Floats, b: Floats, via: Sequence[str]
) -> tuple[Mask, Mask, dict[str, int]]:
    """Return which ties are direct and which fold, and why the others are dropped."""
    inside_a, inside_b, kind = ~np.isnan(a), ~np.isnan(b), ties["kind"]
    history = kind.isin(SCHEMA.history).to_numpy(dtype=bool)
    both = inside_a & inside_b & ~history
    loops = both & (a == b)
    folds = kind.isin(via).to_numpy(dtype=bool) & (inside_a ^ inside_b) & ~history
    dropped = {
        "ties that tell history": int(history.sum()),
        "ties to itself": int(loops.sum()),
        "ties outside the network": int((~(both | folds | history)).sum()),
    }
    return both & ~loops, folds, dropped


def _assumed(
    eco: Tables, ties: pd.DataFrame, direct: Mask, folds: Mask, *, dated: bool
) -> dict[str, int]:
    """Count what was kept on an assumption."""
    counted = direct | folds
    inferred = (ties["status"] == SCHEMA.inferred).to_numpy(dtype=bool)
    undated = eco.undated_ties().to_numpy(dtype=bool) if dated else np.zeros(len(ties), dtype=bool)
    return {
        "inferred ties": int((counted & inferred).sum()),
        "undated ties": int((counted & undated).sum()),
        "ties without a strength, counted as 1": int(ties["strength"].isna()[direct].sum()),
    }


def _with_hubs(recipe: Recipe, joined: Affiliation, options: NetworkOptions) -> Recipe:
    """Add to a recipe what was folded."""
    once = joined.once()
    notes = {
        "second ties of a member to a hub": len(joined) - len(once),
        "hubs folded": int((once.sizes > 1).sum()),
    }
    dropped = {"hubs with a single member": int((once.sizes == 1).sum())}
    return recipe.then(
        f"{', '.join(options.via)} folded by {options.weight}", dropped=dropped, notes=notes
    )


def _with_pairs(recipe: Recipe, joined: Affiliation | None) -> Recipe:
    """Add to a recipe how many folded pairs are significant, where only these count."""
    if joined is None or not joined.significant:
        return recipe
    after = joined.folded().nnz // 2
    before = replace(joined, significant=False).folded().nnz // 2
    return recipe.then(
        f"{after} of {before} folded pairs kept: those that share more hubs than their degrees "
        f"lead to (BiCM, Benjamini–Hochberg at {ALPHA})",
        dropped={"folded pairs that degrees explain": before - after},
    )
