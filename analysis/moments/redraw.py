r"""What incomplete data alone would do to the figures of a network.

Somebody who records a network misses a share r of its ties. What this does to a figure S is found
by missing ties once more: with G the recorded network, G* what is left of it after a share r of its
ties, or of those who report them, is left out again, the deviation :math:`S(G^*) - S(G)` has the
same sources as the unknown :math:`S(G) - S(\text{truth})`. It is too small, because G has fewer
ties to lose than the truth, and is divided by 1 − r. That is exact for the mean of the number of
ties, a little too wide for its spread, and about right for figures that need several ties at once
(`benchmarks/change.py` measures it). Two records of the same truth then differ by the difference of
two such deviations, each at the rate of its own record.

References
----------
Efron, B. and Tibshirani, R. (1993). *An Introduction to the Bootstrap*. Chapman & Hall.
Smith, J. A. and Moody, J. (2013). Structural effects of network sampling coverage I: nodes missing
at random. *Social Networks* 35, 652–668.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

Floats = NDArray[np.float64]
Missing = Literal["ties", "respondents"]
FIGURES = (
    *("pairs", "mean_degree", "pieces", "largest_share", "alone"),
    *("transitivity", "centralisation"),
)
WHOLE = ("pairs", "pieces", "alone")
# With more paths of two ties than this, transitivity is left out: each draw would take seconds.
MOST_PATHS = 20_000_000
ASSUMED = 0.1
FEWEST_REPORTS = 10


def figures(graph: WeightedGraph) -> Floats:
    """Compute the headline figures of a network in the order of `FIGURES`; NaN where undefined.

    ``pairs``: tied pairs; ``mean_degree``; ``pieces``: components; ``largest_share``: share of the
    nodes in the largest one; ``alone``: nodes without ties; ``transitivity``: share of the paths of
    two ties that close to a triangle; ``centralisation``: Freeman's, of degree.
    """
    n, degree = len(graph), np.diff(graph.adjacency.indptr).astype(np.float64)
    if n == 0:
        return np.array([0, np.nan, 0, np.nan, 0, np.nan, np.nan])
    sizes, paths = np.bincount(graph.pieces()), float((degree * (degree - 1)).sum())
    closed = np.nan
    if 0 < paths <= MOST_PATHS:
        tied = sparse.csr_array(graph.adjacency, copy=True)
        tied.data[:] = 1.0
        closed = float((tied @ tied).multiply(tied).sum()) / paths
    apart = float((degree.max() - degree).sum()) / ((n - 1) * (n - 2)) if n > 2 else np.nan
    found = [degree.sum() / 2, degree.mean(), len(sizes), sizes.max() / n]
    return np.array([*found, (degree == 0).sum(), closed, apart])


def degree_ranks(graph: WeightedGraph) -> Floats:
    """Return the rank of each node by degree, 1 for the most; equals share the better one."""
    degree = np.diff(graph.adjacency.indptr)
    above = len(degree) - np.searchsorted(np.sort(degree), degree, side="right")
    return (1 + above).astype(np.float64)


def _middle_ranks(graph: WeightedGraph) -> Floats:
    """Return the rank of each node by degree; equals share the middle one.

    Whoever is silent falls to the bottom, which many share once more have been left out: its better
    rank would hide how far that is.
    """
    degree = np.diff(graph.adjacency.indptr)
    found: Floats = rankdata(-degree)
    return found


@dataclass(frozen=True)
class Rate:
    """Which share of the ties, or of those who report them, a record misses.

    Attributes
    ----------
    value
        Between 0 and 1.
    basis
        ``stated``; ``responses``: the actors that did not respond, by a column ``responded``;
        ``reports``: from how many ties both ends report; ``assumed``.
    """

    value: float
    basis: Literal["stated", "responses", "reports", "assumed"]


def rate_of(eco: Ecosystem, stated: float | None) -> Rate:
    r"""Return the rate at which a record misses ties.

    Without a stated one: the share of the actors whose column ``responded`` says no; else, where
    ties say who reports them, :math:`(1-q)^2` with :math:`q = 2a/(1+a)` the chance that an end
    reports a tie and a the share, of the undirected ties between two who report, that both report;
    else 10 %.
    """
    if stated is not None:
        return Rate(stated, "stated")
    nodes, ties = eco.nodes, eco.ties
    if "responded" in nodes:
        said = nodes["responded"][nodes["kind"].isin(SCHEMA.actors)].dropna()
        silent = said.astype(str).str.casefold().isin({"false", "no", "0", "0.0", "nee", "non"})
        if len(said):
            return Rate(float(silent.mean()), "responses")
    mutual = ties[ties["kind"].isin(SCHEMA.undirected)]
    who = set(mutual["reported_by"].dropna())
    mutual = mutual[mutual["source"].isin(who) & mutual["target"].isin(who)]
    both = mutual["reported_by"].isna()
    if both.any() and len(mutual) >= FEWEST_REPORTS:
        a = float(both.mean())
        return Rate((1 - 2 * a / (1 + a)) ** 2, "reports")
    return Rate(ASSUMED, "assumed")


def missing_of(eco: Ecosystem) -> Missing:
    """Return how a record misses ties: by respondents where it says who reports them."""
    by = "responded" in eco.nodes or bool(eco.ties["reported_by"].notna().any())
    return "respondents" if by else "ties"


@dataclass(frozen=True, eq=False)
class Deviations:
    """How figures, and ranks by degree, deviate where ties are missed, a row a draw."""

    figures: Floats
    ranks: Floats


def deviations(
    eco: Ecosystem,
    graph: WeightedGraph,
    rate: float,
    *,
    missing: Missing,
    draws: int,
    random: np.random.Generator,
) -> Deviations:
    """Miss ties of a recorded network, again and again, and return what that does.

    Parameters
    ----------
    eco, graph
        The ecosystem, and the undirected network made from it.
    rate
        Share of ties, or respondents, that are missed.
    missing
        ``ties``: each tie on its own; ``respondents``: all that somebody reports, who is one of a
        tie's ends at random where it does not say who.
    """
    whole, first = figures(graph), _middle_ranks(graph)
    shape = (draws, len(FIGURES)), (draws, len(graph))
    if rate <= 0:
        return Deviations(np.zeros(shape[0]), np.zeros(shape[1]))
    found, moved = np.empty(shape[0]), np.empty(shape[1])
    ties = eco.ties.iloc[graph.tie_numbers()]
    numbers, reporters = ties.index.to_numpy(dtype=np.int64), _reporters(ties)
    for draw in range(draws):
        if missing == "ties":
            gone = random.random(len(numbers)) < rate
        else:
            silent = random.random(int(reporters.max(initial=0)) + 1) < rate
            side = (random.random(len(numbers)) < 0.5).astype(np.int64)
            gone = silent[reporters[np.arange(len(numbers)), side]]
        left = graph.without_ties(numbers[gone])
        found[draw] = np.where(np.isnan(whole), np.nan, np.nan_to_num(figures(left) - whole))
        moved[draw] = _middle_ranks(left) - first
    return Deviations(found / (1 - rate), moved / (1 - rate))


def _reporters(ties: pd.DataFrame) -> NDArray[np.int64]:
    """Return numbers of the two who may report each tie: the same one twice where it is known."""
    ends = [ties[end].astype(object) for end in ("source", "target")]
    mutual = ties["kind"].isin(SCHEMA.undirected)
    either = [ends[0], ends[1].where(mutual, ends[0])]
    known = ties["reported_by"].astype(object)
    named = pd.concat([known.where(known.notna(), end) for end in either], ignore_index=True)
    codes = pd.factorize(named)[0].astype(np.int64)
    return codes.reshape(2, len(ties)).T
