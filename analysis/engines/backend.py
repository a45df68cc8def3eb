"""The engine native as a backend of networkx: our kernels behind networkx' own functions.

``nx.betweenness_centrality(G, backend="partnergraph")`` asks for one call,
``nx.config.backend_priority = ["partnergraph"]`` for all that gain by it. networkx converts a graph
once and keeps the result beside it. What a function of ours cannot do (`BACKEND.can_run`, and
weights or loops found while converting) networkx does itself where a priority is set, and says so
where the backend was named.

networkx calls `get_info` whenever it is imported, so nothing heavy is imported here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from partnergraph.graph.weighted_graph import WeightedGraph

NAME = "partnergraph"
# Of fewer nodes networkx is as fast, conversion included.
LEAST_NODES = 100
LARGEST_SEED = 2**32

Values = dict[Hashable, float]


@dataclass(frozen=True, eq=False)
class Converted:
    """A graph of networkx as the kernels take it.

    Attributes
    ----------
    nodes
        The nodes, in the order of the graph.
    directed, multigraph
        What the graph is.
    loops
        How many nodes have ties to themselves; measures here do without these.
    starts, ends
        The arcs, by the positions of their nodes; an undirected tie is two.
    weights
        Of each arc, by the name of the attribute.
    """

    __networkx_backend__: ClassVar[str] = NAME

    nodes: list[Hashable]
    directed: bool
    multigraph: bool
    loops: int
    starts: Any
    ends: Any
    weights: dict[str, Any]
    made: dict[tuple[str | None, str], WeightedGraph] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.nodes)

    def is_directed(self) -> bool:
        """Return whether direction counts, as networkx asks."""
        return self.directed

    def is_multigraph(self) -> bool:
        """Return whether the graph could hold parallel ties, as networkx asks."""
        return self.multigraph

    def network(
        self, weight: str | None, meaning: Literal["distance", "strength"] = "distance"
    ) -> WeightedGraph:
        """Return the network for a weight that is a distance or a strength, made once.

        Raises
        ------
        NotImplementedError
            If a weight is not a finite number above 0.
        """
        key = (weight, meaning if weight else "")
        if key not in self.made:
            self.made[key] = self._make(weight, meaning)
        return self.made[key]

    def _make(self, weight: str | None, meaning: str) -> WeightedGraph:
        import numpy as np
        from scipy import sparse

        from partnergraph.graph.weighted_graph import WeightedGraph

        values = np.ones(len(self.ends))
        if weight is not None:
            values = self.weights[weight]
            if not (np.isfinite(values) & (values > 0)).all():
                raise NotImplementedError(f"{weight!r} is not everywhere a finite number above 0")
            values = 1.0 / values if meaning == "distance" else values
        shape = (len(self), len(self))
        matrix = sparse.coo_array((values, (self.starts, self.ends)), shape=shape).tocsr()
        matrix.sort_indices()
        texts = tuple(map(str, range(len(self))))
        return WeightedGraph(matrix, texts, texts, ("",) * len(self), directed=self.directed)

    def by_node(self, values: Any) -> Values:
        """Return one value a node as networkx does."""
        return dict(zip(self.nodes, values.tolist(), strict=True))

    @cached_property
    def degrees(self) -> Any:
        """Number of distinct neighbours of each node."""
        from partnergraph.analysis.engines import native

        return native.degree(self.network(None))


def _converted(graph: Any, edge_attrs: dict[str, Any] | None) -> Converted:
    import numpy as np

    index = {node: place for place, node in enumerate(graph)}
    nears = [near for _, near in graph.adjacency()]
    starts = np.repeat(np.arange(len(index)), [len(near) for near in nears])
    places = map(index.__getitem__, chain.from_iterable(nears))
    ends = np.fromiter(places, dtype=np.int64, count=len(starts))
    tied = starts != ends
    weights = {}
    for name, default in (edge_attrs or {}).items():
        if graph.is_multigraph():
            raise NotImplementedError("weights of parallel ties are networkx' own")
        arcs = chain.from_iterable(near.values() for near in nears)
        found = (_number(arc.get(name, 1 if default is None else default)) for arc in arcs)
        weights[name] = np.fromiter(found, dtype=np.float64, count=len(starts))[tied]
    return Converted(
        list(index),
        graph.is_directed(),
        graph.is_multigraph(),
        int((~tied).sum()),
        starts[tied],
        ends[tied],
        weights,
    )


def _number(value: Any) -> float:
    """Return a weight as a number; what is none cannot be used here."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def betweenness_centrality(
    G: Converted,
    k: int | None = None,
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,
    seed: Any = None,
) -> Values:
    """As networkx; lengths are the same within a relative 1e-9, all nodes are sources."""
    from partnergraph.analysis.engines import native

    n = len(G)
    _refuse(n < 3, "fewer than three nodes")
    values = native.betweenness(G.network(weight), weighted=weight is not None)
    if not normalized:
        values = values * ((n - 1) * (n - 2) / (1 if G.directed else 2))
    return G.by_node(values)


def closeness_centrality(
    G: Converted,
    u: Hashable | None = None,
    distance: str | None = None,
    wf_improved: bool = True,
    sp: Any = None,
) -> Values:
    """As networkx, of all nodes, after Wasserman and Faust."""
    from partnergraph.analysis.engines import native

    _refuse(len(G) < 2, "fewer than two nodes")
    return G.by_node(native.closeness(G.network(distance), weighted=distance is not None))


def harmonic_centrality(
    G: Converted, nbunch: Any = None, distance: str | None = None, sources: Any = None
) -> Values:
    """As networkx, of all nodes and from all."""
    from partnergraph.analysis.engines import native

    return G.by_node(native.harmonic(G.network(distance), weighted=distance is not None))


def core_number(G: Converted) -> Values:
    """As networkx, of undirected graphs without loops."""
    from partnergraph.analysis.engines import native

    _refuse(G.directed, "a directed graph")
    _refuse(G.loops > 0, "ties of nodes to themselves")
    return G.by_node(native.core_number(G.network(None)).astype(int))


def triangles(G: Converted, nodes: Any = None) -> Values:
    """As networkx, of all nodes."""
    import numpy as np

    from partnergraph.analysis.engines import native

    share = np.nan_to_num(native.clustering(G.network(None)))
    return G.by_node(np.rint(share * G.degrees * (G.degrees - 1) / 2).astype(int))


def clustering(G: Converted, nodes: Any = None, weight: str | None = None) -> Values:
    """As networkx, of all nodes; 0 where no two neighbours are."""
    import numpy as np

    from partnergraph.analysis.engines import native

    _refuse(G.loops > 0, "ties of nodes to themselves")
    network = G.network(weight, "strength")
    return G.by_node(np.nan_to_num(native.clustering(network, weighted=weight is not None)))


def constraint(G: Converted, nodes: Any = None, weight: str | None = None) -> Values:
    """As networkx, of all nodes of an undirected graph without loops."""
    return _hole("constraint", G, weight)


def effective_size(G: Converted, nodes: Any = None, weight: str | None = None) -> Values:
    """As networkx, of all nodes of an undirected graph without loops."""
    return _hole("effective_size", G, weight)


def _hole(measure: str, G: Converted, weight: str | None) -> Values:
    from partnergraph.analysis.engines import native

    _refuse(G.directed, "a directed graph")
    _refuse(G.loops > 0, "ties of nodes to themselves")
    network = G.network(weight, "strength")
    return G.by_node(getattr(native, measure)(network, weighted=weight is not None))


def leiden_communities(
    G: Converted,
    weight: str | None = "weight",
    resolution: float = 1,
    max_level: int | None = None,
    seed: Any = None,
    metric: str | None = None,
    theta: float = 0.01,
) -> list[set[Hashable]]:
    """Divide an undirected graph into clusters of high modularity, or by Potts' constant model.

    The default is networkx': modularity up to 3.6, which has no way of its own, Potts' since 3.7.
    """
    import networkx as nx

    from partnergraph.analysis.engines.leiden import Objective, leiden

    _refuse(G.directed, "a directed graph")
    own = inspect.signature(nx.community.leiden_communities).parameters
    metric = metric or ("cpm" if "metric" in own else "modularity")
    _refuse(metric not in ("cpm", "modularity"), f"metric={metric!r}")
    matrix = G.network(weight, "strength").adjacency
    worth = Objective.cpm if metric == "cpm" else Objective.modularity
    draw = seed.randrange(LARGEST_SEED) if hasattr(seed, "randrange") else int(seed or 0)
    found: dict[int, set[Hashable]] = {}
    labels = leiden(matrix, worth(matrix, resolution), seed=draw).tolist()
    for node, label in zip(G.nodes, labels, strict=True):
        found.setdefault(label, set()).add(node)
    return list(found.values())


def _refuse(reached: bool, what: str) -> None:
    if reached:
        raise NotImplementedError(f"the backend {NAME} does not take {what}")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        betweenness_centrality,
        closeness_centrality,
        harmonic_centrality,
        core_number,
        triangles,
        clustering,
        constraint,
        effective_size,
        leiden_communities,
    )
}
# Options that only have their default here, and those that name a weight.
FIXED = {
    "k": None,
    "endpoints": False,
    "u": None,
    "sp": None,
    "wf_improved": True,
    "nbunch": None,
    "sources": None,
    "nodes": None,
    "max_level": None,
    "theta": 0.01,
}
WEIGHTS = ("weight", "distance")
EXACT = {"test_equivalence_non_subset": "two ways of counting are compared to the last bit"}


class _Backend:
    """What networkx asks of a backend."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return FUNCTIONS[name]

    @staticmethod
    def convert_from_nx(
        graph: Any, *, edge_attrs: dict[str, Any] | None = None, **_: Any
    ) -> Converted:
        """Return a graph of networkx as the kernels take it."""
        return _converted(graph, edge_attrs)

    @staticmethod
    def convert_to_nx(result: Any, **_: Any) -> Any:
        """Return a result, which is plain Python already."""
        return result

    @staticmethod
    def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
        """Return whether a call is one of ours, or why not."""
        try:
            given = inspect.signature(FUNCTIONS[name]).bind(*args, **kwargs).arguments
        except TypeError as error:
            return f"{error}, in this version of networkx"
        for option, only in FIXED.items():
            if option in given and given[option] != only:
                return f"{option} has one value here, {only!r}"
        for option in WEIGHTS:
            if not isinstance(given.get(option), str | None):
                return f"{option} must name an attribute"
        return True

    @staticmethod
    def should_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
        """Return whether a call gains by it, or why not."""
        graph = args[0] if args else kwargs["G"]
        return len(graph) >= LEAST_NODES or f"networkx is as fast below {LEAST_NODES} nodes"

    @staticmethod
    def on_start_tests(items: list[Any]) -> None:
        """Mark what cannot pass where networkx runs its own tests over this backend."""
        import pytest

        for item in items:
            if item.name in EXACT:
                item.add_marker(pytest.mark.xfail(reason=EXACT[item.name]))


BACKEND = _Backend()


def get_info() -> dict[str, Any]:
    """Return what networkx says of the backend in its own documentation."""
    return {
        "backend_name": NAME,
        "project": NAME,
        "package": NAME,
        "short_summary": "Compiled measures of partnergraph; the same values, sooner.",
        "functions": {
            name: {"additional_docs": str(function.__doc__)} for name, function in FUNCTIONS.items()
        },
    }
