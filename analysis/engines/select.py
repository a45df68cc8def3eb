"""Which engine computes a measure of a network in memory.

An engine is a module with one function per measure, all of the same form::

    measure(graph: WeightedGraph, *, weighted: bool) -> ndarray of n floats, undefined as NaN

``measures.yaml`` declares which engine has which measure. ``auto`` takes the first of `ORDER` that
has it; which engine computes changes no number by more than 1e-9. The native one compiles nothing
for a network of at most 1,000 nodes and 5,000 tied pairs.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.errors import BadParameter, UnknownName, Unsupported
from partnergraph.graph.network_options import number_of
from partnergraph.graph.weighted_graph import WeightedGraph

ORDER = ("native", "networkx", "spark")
MOST_NODES, MOST_PAIRS = 1_000, 5_000


class NodeMeasure(Protocol):
    """A function of an engine that computes one value per node."""

    def __call__(self, graph: WeightedGraph, *, weighted: bool) -> NDArray[np.float64]:
        """Compute the measure for every node, in the graph's order."""


def engine_for(measure: str, engine: str = "auto", *, weighted: bool = False) -> str:
    """Return the engine that will compute a measure.

    Parameters
    ----------
    engine
        ``auto``, or the engine to use.
    weighted
        Whether strengths will count. networkx compares the lengths of weighted paths as floats, so
        that 1/3 + 1/3 + 1/3 is longer than 1, and is not asked for their number.

    Raises
    ------
    UnknownName
        If the engine does not exist.
    Unsupported
        If the engine does not have the measure.
    """
    without = ("absent", "unweighted") if weighted else ("absent",)
    having = {e: h for e, h in catalogue()[measure].engines.items() if h not in without}
    if engine == "auto":
        return next(e for e in ORDER if e in having)
    if engine not in ORDER:
        raise UnknownName("engine", engine, ["auto", *ORDER])
    if engine not in having:
        others = ", ".join(having)
        raise Unsupported(engine, [measure], f"Use auto, or {others}")
    return engine


def is_small(graph: WeightedGraph) -> bool:
    """Return whether a network is small enough that nothing needs to be compiled for it."""
    return len(graph) <= MOST_NODES and graph.n_pairs <= MOST_PAIRS


def node_measure(measure: str, engine: str) -> NodeMeasure:
    """Return an engine's function for a measure.

    The function raises BadParameter where a strength is not above 0.
    """
    module = import_module(f"partnergraph.analysis.engines.{engine}")
    function: NodeMeasure = getattr(module, measure)

    @wraps(function)
    def checked(graph: WeightedGraph, *, weighted: bool) -> NDArray[np.float64]:
        strengths = graph.adjacency.data
        bad = int((~(strengths > 0) | np.isinf(strengths)).sum())
        if bad:
            raise BadParameter(
                f"{number_of(bad, 'tie strength')} not valid: negative, zero, infinite or not a "
                "number. A strength must be above 0, and larger is closer. Correct these, or leave "
                "the ties out"
            )
        return function(graph, weighted=weighted)

    return checked
