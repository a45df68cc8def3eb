r"""Similarity or complementarity: triangles and squares, and whether degrees explain them.

Ties among those who are alike close to triangles (a friend's friend); ties among those who differ
and fit close to squares without a chord (two designers who work for the same two clients). Both
also come about by chance, the more the denser the network, and folding a project of ten makes 120
triangles by construction. So every value stands beside the same value of networks without either
pattern (`analysis.nulls.random_networks`). Among many ties some stand out by chance, so the
verdict on a tie is by its q (`partnergraph.graph.folding.significance`).

References
----------
Talaga, S., Nowak, A. (2022). Structural measures of similarity and complementarity in complex
networks. *Scientific Reports* 12, 16580.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines.native import Census, census
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.nulls.random_networks import Null
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.significance import ALPHA, benjamini_hochberg
from partnergraph.graph.weighted_graph import WeightedGraph

NULLS = 199
MOST_TIE_NULLS = 1_999
MOST_PAIRS = 10_000
COMPILE_FROM = 300_000
DENSE_UP_TO = 300
MORE, WEAK, NO_MORE = "more than degrees give", "weak", "no more than degrees give"
MEASURES = ("transitivity", "structural_similarity", "structural_complementarity")


@question
def structure(
    source: Ecosystem | WeightedGraph, *, nulls: int | None = None, seed: int = 0, **options: Any
) -> pd.DataFrame:
    r"""Test whether the network closes to triangles or squares more than its degrees explain.

    ``transitivity`` and ``structural_similarity`` are :math:`3\triangle/\wedge`, triangles over
    paths of two ties; ``structural_complementarity`` is :math:`4\square/P_3`, chordless 4-cycles
    over paths of three ties through four nodes. Strengths and direction do not count.

    Parameters
    ----------
    source
        An ecosystem, or a network.
    nulls
        How many random networks to compare with; by default 199, or none above 10,000 tied pairs.
    seed
        Of the random networks.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Returns
    -------
    DataFrame
        A row a measure: ``value`` (0 … 1; NaN without such paths), and of the random networks
        ``mean``, ``sd``, ``z`` :math:`=(value-mean)/sd` (NaN where sd is 0) and ``p``
        :math:`=(1+\#\{null\ge value\})/(1+R)`; all NaN without nulls; ``verdict`` says it in
        words. ``attrs`` has the network, and the random networks in words as ``null``.

    Raises
    ------
    BadParameter
        If `nulls` is negative, or the network would take hours.
    """
    if nulls is not None and nulls < 0:
        raise BadParameter(f"nulls={nulls}: give 0 or more")
    graph = source.weighted_graph(**options)
    if nulls is None:
        nulls = NULLS if graph.n_pairs <= MOST_PAIRS else 0
    if graph.n_pairs == 0:
        nulls = 0
    model = _readied(Null.of(graph), nulls)
    observed = _whole(census(graph))
    random = np.random.default_rng(seed)
    drawn = np.array([_drawn(model, random) for _ in range(nulls)]).reshape(nulls, 3)
    table = _against(observed, drawn)
    table["verdict"] = table["p"].map(verdict)
    table.attrs = {
        "measure": list(MEASURES),
        "parameters": {"nulls": nulls, "seed": seed, **graph.parameters(options)},
        "network": graph.as_network(),
        "null": model.in_words(nulls),
    }
    return table


def verdict(p: float) -> str:
    """Return in words what a p-value of the upper tail means, at .01 and .05."""
    if np.isnan(p):
        return "not tested"
    if p <= 0.01:
        return MORE
    return WEAK if p <= ALPHA else NO_MORE


@dataclass(frozen=True, eq=False)
class TieStructure:
    r"""What each tie closes.

    Attributes
    ----------
    table
        Indexed by (a, b), the least q first: ``a_name``, ``b_name``, and for each M of
        ``structural_similarity``, ``structural_complementarity``: M (NaN where the tie has no such
        path), ``M_mean``, ``M_sd``, ``M_z``, ``M_p`` of the random networks as `structure` has
        them, ``M_q`` :math:`=\min_{j\ge i} p_{(j)} m/j` over the m ties (Benjamini–Hochberg),
        ``M_verdict`` in words, from q.
    null
        The random networks in words.
    least_q
        What one tie alone could have reached; None where nothing was tested.
    """

    table: pd.DataFrame
    null: str
    least_q: float | None


@question
def tie_structure(
    source: Ecosystem | WeightedGraph, *, nulls: int | None = None, seed: int = 0, **options: Any
) -> TieStructure:
    r"""Test of each tie whether it closes triangles or squares more than degrees explain.

    :math:`s_{ij}=2t/(d_i+d_j-2)` and :math:`c_{ij}=2Q/(q^W+q^H)`: of the paths of two (three) ties
    that start or end with the tie, the share in triangles (in squares without a chord). In a random
    network the same pair is looked at as if it were tied there, whether it is or not.

    Parameters
    ----------
    source
        As `structure`.
    nulls
        How many random networks; by default 20 a tie, 199 to 1,999, so that a q of .05 can be
        reached in a network of up to 100 ties by one tie alone; none above 10,000 tied pairs.
    seed, options
        As `structure`.
    """
    if nulls is not None and nulls < 0:
        raise BadParameter(f"nulls={nulls}: give 0 or more")
    graph = source.weighted_graph(**options)
    if nulls is None:
        nulls = min(max(20 * graph.n_pairs, NULLS), MOST_TIE_NULLS)
        nulls = nulls if graph.n_pairs <= MOST_PAIRS else 0
    if graph.n_pairs == 0:
        nulls = 0
    model = _readied(Null.of(graph), nulls)
    table, ends = _ties(graph)
    random = np.random.default_rng(seed)
    sums = _Sums(table[list(MEASURES[1:])].to_numpy(dtype=np.float64))
    for _ in range(nulls):
        sums.add(_as_if_tied(model, ends, random))
    least = _add_null(table, sums)
    order = table.reset_index()
    order["least"] = order[[f"{name}_q" for name in MEASURES[1:]]].min(axis=1).fillna(2.0)
    by = ["least", "structural_complementarity", "structural_similarity", "a", "b"]
    order = order.sort_values(by, ascending=[True, False, False, True, True], na_position="last")
    table = table.iloc[order.index]
    table.attrs = {
        "measure": list(MEASURES[1:]),
        "parameters": {"nulls": nulls, "seed": seed, **graph.parameters(options)},
        "network": graph.as_network(),
    }
    return TieStructure(table, model.in_words(nulls), least)


def _readied(model: Null, nulls: int) -> Null:
    """Return the null with its loops compiled where so many random networks are worth it."""
    if nulls * model.graph.n_pairs <= COMPILE_FROM:
        return model
    return replace(model, compiled=True)


def _ties(graph: WeightedGraph) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return similarity and complementarity of each tie, and its ends as positions."""
    paths = census(graph)
    rows, columns = paths.rows, paths.matrix.indices
    once = rows < columns
    ends = np.column_stack([rows[once], columns[once]]).astype(np.int64)
    ids, names = (np.array(values, dtype=object) for values in (graph.ids, graph.names))
    index = pd.MultiIndex.from_arrays([ids[ends[:, 0]], ids[ends[:, 1]]], names=["a", "b"])
    table = pd.DataFrame(
        {
            "a_name": names[ends[:, 0]],
            "b_name": names[ends[:, 1]],
            "structural_similarity": _ratio(paths.triangles[once], paths.wedges[once]),
            "structural_complementarity": _ratio(paths.squares[once], paths.threes[once]),
        },
        index=index,
    )
    return table, ends


class _Sums:
    """Adds up what random networks give for each tie and measure, one network at a time.

    A value that a random network leaves undefined counts as none, as in `structure`.
    """

    def __init__(self, observed: NDArray[np.float64]) -> None:
        self.observed = observed
        self.known, self.total, self.squares, self.reached = (
            np.zeros(observed.shape) for _ in range(4)
        )

    def add(self, drawn: NDArray[np.float64]) -> None:
        there = ~np.isnan(drawn)
        values = np.where(there, drawn, 0.0)
        self.known += there
        self.total += values
        self.squares += values**2
        self.reached += there & (values >= self.observed - 1e-12)

    def results(self) -> tuple[NDArray[np.float64], ...]:
        """Return mean, standard deviation, z and p; NaN where fewer than two networks tell."""
        enough = (self.known > 1) & ~np.isnan(self.observed)
        count = np.where(enough, self.known, np.nan)
        mean = self.total / count
        spread = np.sqrt(np.maximum(self.squares - count * mean**2, 0.0) / (count - 1))
        spread = np.where(spread > 1e-7, spread, 0.0)  # rounding, where all draws are equal
        z = np.divide(
            self.observed - mean, spread, out=np.full(mean.shape, np.nan), where=spread > 0
        )
        return mean, spread, z, (1 + self.reached) / (1 + count)


def _add_null(table: pd.DataFrame, sums: _Sums) -> float | None:
    """Add what random networks give; return the least q that one tie alone could have."""
    mean, spread, z, p = sums.results()
    for x, name in enumerate(MEASURES[1:]):
        columns = {"mean": mean, "sd": spread, "z": z, "p": p}
        for part, values in columns.items():
            table[f"{name}_{part}"] = values[:, x]
        q = benjamini_hochberg(p[:, x])
        table[f"{name}_q"] = q
        table[f"{name}_verdict"] = np.array([verdict(value) for value in q], dtype=object)
    asked = int((~np.isnan(p)).sum(axis=0).max(initial=0))
    return min(1.0, asked / (1 + float(sums.known.max()))) if asked else None


def _as_if_tied(
    model: Null, ends: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    r"""Return similarity and complementarity of pairs in one random network, as if each were tied.

    With circles :math:`N_i, N_j` without j and i: :math:`t=|N_i\cap N_j|`, Q the ties between
    :math:`N_i\setminus N_j` and :math:`N_j\setminus N_i`, :math:`q^W=\sum_{k\in N_i}|N_k
    \setminus\{i,j\}|`.
    """
    tied: Any
    if len(model.graph) <= DENSE_UP_TO:
        # All sums are whole numbers below 2²⁴, which half of the digits hold as they are.
        tied = model.draw_dense(random).astype(np.float32)
        one, other = _circles(tied, ends)
        both = one * other
        across = (((one - both) @ tied) * (other - both)).sum(axis=1)
        shared = both.sum(axis=1)
    else:
        tied = (model.draw(random) > 0).astype(np.float64)
        one, other = (matrix.tocsr() for matrix in _circles(tied, ends))
        both = one.multiply(other).tocsr()
        across = ((one - both) @ tied).multiply(other - both).sum(axis=1)
        shared = np.asarray(both.sum(axis=1)).ravel()
    degrees = np.asarray(tied.sum(axis=1)).ravel()
    near, far = (np.asarray(circle.sum(axis=1)).ravel() for circle in (one, other))
    threes = one @ degrees + other @ degrees - near - far - 2 * shared
    across = np.asarray(across).ravel()
    parts = (shared, near, far, across, threes)
    shared, near, far, across, threes = (part.astype(np.float64) for part in parts)
    return np.column_stack([_ratio(2 * shared, near + far), _ratio(2 * across, threes)])


def _circles(tied: Any, ends: NDArray[np.int64]) -> tuple[Any, Any]:
    """Return the neighbours of both ends of each pair, without the ends themselves."""
    a, b = ends[:, 0], ends[:, 1]
    one, other = tied[a], tied[b]
    if isinstance(tied, np.ndarray):
        pair = np.arange(len(ends))
        one[pair, b] = other[pair, a] = 0.0
        return one, other
    ones, pair, shape = np.ones(len(ends)), np.arange(len(ends)), (len(ends), tied.shape[0])
    one, other = (
        (circle - circle.multiply(sparse.coo_array((ones, (pair, end)), shape=shape))).tocsr()
        for circle, end in ((one, b), (other, a))
    )
    one.eliminate_zeros()
    other.eliminate_zeros()
    return one, other


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


def _drawn(model: Null, random: np.random.Generator) -> tuple[float, float, float]:
    """Return the three values of a random network, by the way that is quick at its size."""
    if len(model.graph) <= DENSE_UP_TO:
        return _whole_dense(model.draw_dense(random))
    whole = model.graph
    drawn = WeightedGraph(model.draw(random), whole.ids, whole.names, whole.kinds)
    return _whole(census.__wrapped__(drawn, compiled=bool(model.compiled)))


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
