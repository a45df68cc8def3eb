r"""Similarity or complementarity: how the whole network is woven, and whether degrees explain it.

Ties among those who are alike close to triangles (a friend's friend); ties among those who differ
and fit close to squares without a chord (two designers who work for the same two clients). Both
also come about by chance, the more the denser the network, and folding a project of ten makes 120
triangles by construction. So every value stands beside the same value of networks without either
pattern (`partnergraph.analysis.nulls`).

References
----------
Talaga, S., Nowak, A. (2022). Structural measures of similarity and complementarity in complex
networks. *Scientific Reports* 12, 16580.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.analysis.engines.native import Census, census
from partnergraph.analysis.network import network
from partnergraph.analysis.nulls import LOST, Null
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph, network_json

NULLS = 199
MOST_PAIRS = 10_000
COMPILE_FROM = 300_000
DENSE_UP_TO = 300
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
    model = Null.of(source, graph, options)
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
        "null": LOST if model is None else model.in_words(nulls),
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


def _drawn(model: Null, random: np.random.Generator, compiled: bool) -> tuple[float, float, float]:
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
