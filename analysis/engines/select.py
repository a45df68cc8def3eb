"""The seam between a question and what computes it.

An engine is a module with one function a measure, all of the same form::

    measure(graph: WeightedGraph, *, weighted: bool) -> ndarray of n floats, undefined as NaN

``measures.yaml`` says which engine has which measure; ``auto`` takes the first that has it, in the
order of `ORDER`, and never changes a number beyond 1e-9.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.weighted_graph import WeightedGraph

ORDER = ("networkx", "native", "spark")


class NodeMeasure(Protocol):
    """A function of an engine that computes one value a node."""

    def __call__(self, graph: WeightedGraph, *, weighted: bool) -> NDArray[np.float64]:
        """Compute the measure for every node, in the graph's order."""


def engine_for(measure: str, engine: str = "auto") -> str:
    """Return the engine that will compute a measure.

    Raises
    ------
    UnknownName
        Where there is no such engine.
    BadParameter
        Where the engine, or any, lacks the measure.
    """
    having = {e: h for e, h in catalogue()[measure].engines.items() if h != "absent"}
    if engine == "auto":
        return next(e for e in ORDER if e in having)
    if engine not in ORDER:
        raise UnknownName("engine", engine, ["auto", *ORDER])
    if engine not in having:
        others = ", ".join(having)
        raise BadParameter(f"the engine {engine} lacks {measure}. Take auto, or {others}")
    return engine


def node_measure(measure: str, engine: str) -> NodeMeasure:
    """Return an engine's function for a measure."""
    module = import_module(f"partnergraph.analysis.engines.{engine}")
    function: NodeMeasure = getattr(module, measure)
    return function
