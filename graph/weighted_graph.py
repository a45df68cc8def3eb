r"""From an ecosystem to the network that measures run on: filter, fold, collapse.

The order is fixed, so that two people get the same number: status → `at` → `without` → `only` →
`among`/`via` → fold → collapse. Each step says in the recipe what it did and what it dropped.

*Nodes* are those whose kind is in `among`; those without ties stay. *Direct ties* are all ties
between two such nodes, except history (`succeeds`). A tie of a kind in `via` with one end outside
`among` makes its inside end a member of that outside node, the hub.

*Fold.* A hub with k distinct members adds to each pair of them

- ``newman``: :math:`1/(k-1)` (Newman 2001), so that each member's strength grows by 1 per hub;
- ``count``: 1;
- ``intensity``: :math:`\min(I_a, I_b)`, the weaker side's intensity, 1 (awareness) to 4
  (integration), the largest where a member is tied to the hub twice, 1 where none is given.

A member counts once a hub, and k is counted after all filters.

*Collapse.* Parallel ties become one entry, the sum of their strengths; a missing strength is 1.
Ties from a node to itself are dropped and counted. **Larger is closer**: a strength is no distance.

References
----------
Newman, M. E. J. (2001). Scientific collaboration networks. II. *Physical Review E* 64, 016132.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

Weight = Literal["newman", "count", "intensity"]
WEIGHTS: tuple[Weight, ...] = ("newman", "count", "intensity")
COUNTED_STATUS = tuple(s for s in SCHEMA.values["status"] if s != SCHEMA.disputed)
# Options of `filtered`, which act on the ecosystem before anything is folded.
FILTERS = ("at", "undated", "without", "only", "status")


@dataclass(frozen=True)
class Recipe:
    """How a network was made, step by step in words, and what each step left out.

    Attributes
    ----------
    steps
        One sentence a step.
    dropped
        What was left out, and how many, by reason.
    notes
        What was kept on an assumption, and how many.
    """

    steps: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "; ".join(self.steps)


@dataclass(frozen=True, eq=False)
class WeightedGraph:
    """A network of n nodes as a matrix of strengths, with its recipe.

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
        How many ties entered, parallel ones each.
    recipe
        How it was made, in words, and what was dropped.
    """

    adjacency: sparse.csr_array
    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    directed: bool = False
    ties: int = 0
    recipe: Recipe = field(default_factory=Recipe)

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
        matrix = self.adjacency if self.directed else sparse.triu(self.adjacency, k=1)
        matrix = matrix.tocoo()
        order = np.lexsort((matrix.col, matrix.row))
        ids = np.array(self.ids, dtype=object)
        a, b = ids[matrix.row[order]], ids[matrix.col[order]]
        index = pd.MultiIndex.from_arrays([a, b], names=["a", "b"])
        return pd.DataFrame({"strength": matrix.data[order]}, index=index)

    def nodes(self) -> pd.DataFrame:
        """Return name and kind of each node, indexed by id."""
        index = pd.Index(self.ids, name="id", dtype=object)
        return pd.DataFrame({"name": self.names, "kind": self.kinds}, index=index, dtype=object)

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
        ids = [str(node) for node in graph]
        position = {node: i for i, node in enumerate(graph)}
        edges = [
            (position[a], position[b], 1.0 if weight is None else float(d.get(weight, 1.0)))
            for a, b, d in graph.edges(data=True)
        ]
        ends = np.array([e[:2] for e in edges], dtype=np.int64).reshape(-1, 2)
        strengths = np.array([e[2] for e in edges], dtype=np.float64)
        loops = ends[:, 0] == ends[:, 1]
        matrix = _matrix(len(ids), ends[~loops], strengths[~loops], graph.is_directed())
        nodes = [dict(graph.nodes[node]) for node in graph]
        return cls(
            adjacency=matrix,
            ids=tuple(ids),
            names=tuple(str(n.get("name", i)) for n, i in zip(nodes, ids, strict=True)),
            kinds=tuple(str(n.get("kind", "")) for n in nodes),
            directed=graph.is_directed(),
            ties=int((~loops).sum()),
            recipe=Recipe(("a networkx graph as it is",), {"ties to itself": int(loops.sum())}),
        )


def weighted_graph(
    eco: Ecosystem,
    *,
    among: str | Iterable[str] | None = None,
    via: str | Iterable[str] | None = None,
    weight: Weight = "newman",
    at: str | None = None,
    undated: Literal["keep", "drop"] = "keep",
    without: str | Sequence[str] = (),
    only: str | Iterable[str] | None = None,
    status: str | Iterable[str] = COUNTED_STATUS,
    directed: bool = False,
) -> WeightedGraph:
    """Fold and collapse an ecosystem into one network.

    Parameters
    ----------
    among
        Node kinds that are nodes of the network; organisations, networks and projects by default.
    via
        Tie kinds that fold through a hub outside `among`; membership and participation by default.
    weight
        What a folded hub adds to a pair, see the module.
    at, undated
        Only what may have been there at a date; whether ties without a period count.
    without
        Nodes to leave out, before anything is folded.
    only
        Node kinds to restrict the ecosystem to, before anything is folded.
    status
        How a tie must stand to count; disputed ties do not by default.
    directed
        Whether to keep direction; folded ties and undirected ones then run both ways, but for those
        that one end alone reports, which run from it.

    Raises
    ------
    UnknownName, AmbiguousName, BadParameter
        Where an option names what is not there.
    """
    nodes_in = SCHEMA.default_network if among is None else node_kinds(among)
    folding = SCHEMA.folding if via is None else tie_kinds(via)
    if weight not in WEIGHTS:
        raise BadParameter(f"weight={weight!r}: take one of {', '.join(WEIGHTS)}")
    left = filtered(eco, at=at, undated=undated, without=without, only=only, status=status)
    return _network(left, nodes_in, folding, weight, directed)


def filtered(
    eco: Ecosystem,
    *,
    at: str | None = None,
    undated: Literal["keep", "drop"] = "keep",
    without: str | Sequence[str] = (),
    only: str | Iterable[str] | None = None,
    status: str | Iterable[str] = COUNTED_STATUS,
) -> Filtered:
    """Filter an ecosystem in the fixed order, keeping the recipe; options as `weighted_graph`."""
    left = Filtered(eco)
    left.status(status)
    if at is not None:
        left.at(at, undated)
    elif undated == "drop":
        left.dated_only()
    left.without([without] if isinstance(without, str) else list(without))
    if only is not None:
        left.only(only)
    return left


class Filtered:
    """An ecosystem on its way through the filters, with the recipe so far."""

    def __init__(self, eco: Ecosystem) -> None:
        self.eco = eco
        self.steps: list[str] = []
        self.dropped: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.dated = False

    def _take(self, eco: Ecosystem, what: str, reason: str) -> None:
        nodes = len(self.eco) - len(eco)
        ties = len(self.eco._tables["ties"]) - len(eco._tables["ties"])
        self.steps.append(f"{what} ({number_of(nodes, 'node')} and {number_of(ties, 'tie')} out)")
        self.dropped += Counter({f"nodes {reason}": nodes, f"ties {reason}": ties})
        self.eco = eco

    def status(self, status: str | Iterable[str]) -> None:
        """Keep ties that stand as told."""
        wanted = [status] if isinstance(status, str) else list(status)
        kept = self.eco.with_status(wanted)
        if len(kept._tables["ties"]) != len(self.eco._tables["ties"]):
            self._take(kept, f"ties that are {' or '.join(wanted)}", "of another status")

    def at(self, date: str, undated: Literal["keep", "drop"]) -> None:
        """Keep what may have been there at a date."""
        self.dated = True
        self._take(self.eco.at(date, undated=undated), f"at {date}", f"not there at {date}")

    def dated_only(self) -> None:
        """Leave out ties without a period of their own or of a project."""
        kept = self.eco._keep_ties(~self.eco.undated_ties())
        self._take(kept, "dated ties only", "undated")

    def without(self, names: Sequence[str]) -> None:
        """Leave out nodes with their ties."""
        if names:
            shown = ", ".join(self.eco.resolve(name) for name in names)
            self._take(self.eco.without(names), f"without {shown}", f"gone with {shown}")

    def only(self, kinds: str | Iterable[str]) -> None:
        """Keep nodes of some kinds."""
        wanted = node_kinds(kinds)
        self._take(self.eco.only(wanted), f"only {', '.join(wanted)}", "of other kinds")


def _network(
    left: Filtered, among: Sequence[str], via: Sequence[str], weight: Weight, directed: bool
) -> WeightedGraph:
    """Sort ties into direct, folded and dropped, and add their matrices."""
    nodes, ties = left.eco._tables["nodes"], left.eco._tables["ties"]
    members = nodes[nodes["kind"].isin(among)]
    position = pd.Series(np.arange(len(members)), index=members["id"])
    a = ties["source"].map(position).to_numpy(dtype="float64", na_value=np.nan)
    b = ties["target"].map(position).to_numpy(dtype="float64", na_value=np.nan)
    inside_a, inside_b = ~np.isnan(a), ~np.isnan(b)
    kind = ties["kind"]
    history = kind.isin(SCHEMA.history).to_numpy(dtype=bool)
    both = inside_a & inside_b & ~history
    loops = both & (a == b)
    direct = both & ~loops
    folds = kind.isin(via).to_numpy(dtype=bool) & (inside_a ^ inside_b) & ~history
    left.steps.append(f"nodes: {', '.join(among)}")
    for reason, which in (
        ("ties that tell history", history),
        ("ties to itself", loops),
        ("ties outside the network", ~(both | folds | history)),
    ):
        left.dropped += Counter({reason: int(which.sum())})
    counted = direct | folds
    inferred = (ties["status"] == SCHEMA.inferred).to_numpy(dtype=bool)
    left.notes += Counter({"inferred ties": int((counted & inferred).sum())})
    if left.dated:
        undated = left.eco.undated_ties().to_numpy(dtype=bool)
        left.notes += Counter({"undated ties": int((counted & undated).sum())})
    strengths = ties["strength"].to_numpy(dtype="float64")[direct]
    left.notes += Counter({"ties without a strength, counted as 1": int(np.isnan(strengths).sum())})
    ends, both_ways = _run(ties[direct], np.column_stack([a[direct], b[direct]]).astype(np.int64))
    strengths = np.where(np.isnan(strengths), 1.0, strengths)
    matrix = _matrix(len(members), ends, strengths, directed, both_ways=both_ways)
    if folds.any():
        inner = np.where(inside_a, a, b)[folds].astype(np.int64)
        hub = ties["target"].where(inside_a, ties["source"])[folds]
        matrix = matrix + _fold(left, inner, hub, ties["intensity"][folds], len(members), weight)
        left.steps.append(f"{', '.join(via)} folded by {weight}")
    left.steps.append("parallel ties added up")
    left.steps.append("directed" if directed else "undirected")
    matrix.sort_indices()
    return WeightedGraph(
        adjacency=matrix,
        ids=tuple(members["id"]),
        names=tuple(members["name"]),
        kinds=tuple(members["kind"]),
        directed=directed,
        ties=int(counted.sum()),
        recipe=Recipe(tuple(left.steps), dict(left.dropped), dict(left.notes)),
    )


def _run(
    ties: pd.DataFrame, ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the ends in the order in which ties run, and which ties run both ways.

    An undirected tie that only one end reports runs from that end to the other.
    """
    undirected = ties["kind"].isin(SCHEMA.undirected).to_numpy(dtype=bool)
    reporter = ties["reported_by"]
    forth, back = (
        undirected & (reporter == ties[end]).fillna(False).to_numpy(dtype=bool)
        for end in ("source", "target")
    )
    return np.where(back[:, None], ends[:, ::-1], ends), undirected & ~forth & ~back


def _matrix(
    n: int,
    ends: NDArray[np.int64],
    strengths: NDArray[np.float64],
    directed: bool,
    both_ways: NDArray[np.bool_] | None = None,
) -> sparse.csr_array:
    """Add up ties between n nodes; undirected ones count in both directions."""
    a, b = ends[:, 0], ends[:, 1]
    turned = slice(None) if not directed else both_ways
    if turned is not None:
        a, b = np.concatenate([a, b[turned]]), np.concatenate([b, ends[:, 0][turned]])
        strengths = np.concatenate([strengths, strengths[turned]])
    return sparse.coo_array((strengths, (a, b)), shape=(n, n)).tocsr()


def _fold(
    left: Filtered,
    member: NDArray[np.int64],
    hub: pd.Series,
    intensity: pd.Series,
    n: int,
    weight: Weight,
) -> sparse.csr_array:
    """Return what hubs add to pairs of their members, symmetric and without a diagonal."""
    codes, hubs = pd.factorize(hub, sort=True)
    scale = {value: i + 1 for i, value in enumerate(SCHEMA.values["intensity"])}
    level = intensity.map(scale).fillna(1).to_numpy(dtype="int64")
    # One entry a member and hub, its highest intensity: a second role adds nothing.
    order = np.lexsort((-level, codes, member))
    member, codes, level = member[order], codes[order], level[order]
    first = np.ones(len(member), dtype=bool)
    first[1:] = (member[1:] != member[:-1]) | (codes[1:] != codes[:-1])
    left.notes += Counter({"second ties of a member to a hub": int((~first).sum())})
    member, codes, level = member[first], codes[first], level[first]
    k = np.bincount(codes, minlength=len(hubs))
    left.notes += Counter({"hubs folded": int((k > 1).sum())})
    left.dropped += Counter({"hubs with a single member": int((k == 1).sum())})
    return fold(member, codes.astype(np.int64), level.astype(np.int64), (n, len(hubs)), weight)


def fold(
    member: NDArray[np.int64],
    hub: NDArray[np.int64],
    level: NDArray[np.int64],
    shape: tuple[int, int],
    weight: Weight,
) -> sparse.csr_array:
    """Return what hubs add to pairs of their members: symmetric, without a diagonal.

    Parameters
    ----------
    member, hub, level
        Of each affiliation, once a member and hub: their numbers, and the intensity, 1 to 4.
    shape
        How many nodes and how many hubs there are.
    weight
        What a hub adds to a pair, see the module.
    """
    k = np.bincount(hub, minlength=shape[1])

    def product(which: NDArray[np.bool_], share: NDArray[np.float64]) -> Any:
        values = (share[hub[which]], (member[which], hub[which]))
        scaled = sparse.coo_array(values, shape=shape).tocsr()
        ones = (np.ones(int(which.sum())), (hub[which], member[which]))
        return scaled @ sparse.coo_array(ones, shape=shape[::-1]).tocsr()

    everyone = np.ones(len(member), dtype=bool)
    if weight == "newman":
        folded = product(everyone, 1.0 / np.maximum(k - 1, 1))
    elif weight == "count":
        folded = product(everyone, np.ones(shape[1]))
    else:
        # min(a, b) is the number of levels that both reach.
        folded = sum(
            (product(level >= step, np.ones(shape[1])) for step in range(2, 5)),
            start=product(everyone, np.ones(shape[1])),
        )
    folded = sparse.csr_array(folded - sparse.diags_array(folded.diagonal()))
    folded.eliminate_zeros()
    return folded


def number_of(number: int, what: str) -> str:
    """Say how many, in words: 1 node, 2 nodes."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def network_json(graph: WeightedGraph) -> dict[str, Any]:
    """Return what JSON results say of the network: recipe, sizes, what was dropped."""
    return {
        "recipe": str(graph.recipe),
        "nodes": len(graph),
        "ties": graph.ties,
        "pairs": graph.n_pairs,
        "directed": graph.directed,
        "dropped": graph.recipe.dropped,
        "notes": graph.recipe.notes,
    }
