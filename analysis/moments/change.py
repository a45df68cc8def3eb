"""What changed between two moments of an ecosystem, or two editions of it.

Differences are told apart twice. Of each headline figure and rank: whether it moved by more than
incomplete data alone would make it move (`partnergraph.analysis.moments.redraw`). Of each node and
tie: whether it changed in the world, was newly recorded, or was corrected, as the receipts tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.moments.differences import (
    TIE_CHANGES,
    Side,
    Sides,
    node_changes,
    tie_changes,
)
from partnergraph.analysis.moments.lineage import lineage
from partnergraph.analysis.moments.receipts import CAUSES, Days, Receipts
from partnergraph.analysis.moments.redraw import (
    FIGURES,
    WHOLE,
    Missing,
    Rate,
    degree_ranks,
    deviations,
    figures,
    missing_of,
    rate_of,
)
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.periods import one_date, span
from partnergraph.graph.weighted_graph import WeightedGraph

MOVED, NOISE, UNTOLD = "moved", "within noise", "cannot tell"
LEVEL = 0.05
# A figure that could have moved by this share of itself without a change tells nothing.
BLUNT = 0.5
# Of the nodes of a smaller edition under another name, this share must be in the other one.
SAME = 0.5


@dataclass(frozen=True, eq=False)
class Change:
    """What changed.

    Attributes
    ----------
    table
        A row a headline figure: ``figure``, ``before``, ``after``, ``change``; ``low`` and
        ``high``, between which incomplete data alone would let it change; ``verdict``: moved,
        within noise, or cannot tell (undefined at a moment, or it could have changed by half of
        itself without any change).
    ranks
        Ranks by degree of who is in both networks, the first before first: ``name``, ``kind``,
        ``before``, ``after``, ``change``, ``low``, ``high``, ``verdict``.
    nodes
        Who came and who left: ``id``, ``name``, ``kind``, ``change``, ``how`` (``node``: it was not
        there; ``tie``: it had no tie), ``cause``.
    ties
        A row a change: ``change`` (begun, ended, renewed, strengthened, weakened,
        altered), ``cause``, ``id``, ``kind``, ``source``,
        ``target``, ``name``, ``before`` and ``after``, the values that differ, or its period.
    clusters
        What became of clusters, see `partnergraph.analysis.moments.lineage`.
    counts
        Numbers: nodes, ties and pairs before and after, who came and left, ties by change, pairs
        that are new, lost and kept, and changes by cause.
    days
        The two days, EDTF; None where an edition tells none.
    rates
        The share that each record misses, and how this is known.
    missing
        Whether ties are missed one by one, or with those who report them.
    """

    table: pd.DataFrame
    ranks: pd.DataFrame
    nodes: pd.DataFrame
    ties: pd.DataFrame
    clusters: pd.DataFrame
    counts: dict[str, Any]
    days: tuple[str | None, str | None]
    rates: tuple[Rate, Rate]
    missing: Missing


@question
def change(
    before: Ecosystem,
    after: Ecosystem | None = None,
    *,
    start: str | None = None,
    end: str | None = None,
    rate: float | tuple[float, float] | None = None,
    missing: Missing | None = None,
    draws: int = 200,
    level: float = LEVEL,
    seed: int = 0,
    **options: Any,
) -> Change:
    """Find what changed between two moments, or between two editions, and what may be noise.

    Parameters
    ----------
    before, after
        Two editions; or one ecosystem at two moments.
    start, end
        The two moments, EDTF; of two editions the day of each by default.
    rate
        Share of ties, or respondents, that a record misses, 0 to below 1; one for both, or two. By
        default estimated, see `partnergraph.analysis.moments.redraw.rate_of`.
    missing
        ``ties`` or ``respondents``; by default the latter where the data say who reports a tie.
    draws
        Number of random draws for each side.
    level
        The share of figures that incomplete data alone may be called *moved*.
    seed
        Random seed, also of the clusters.
    options
        How to make the networks, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        If a moment is missing or not a date, the first is after the second, the editions are of
        different ecosystems, or a rate, number of draws or level is out of range.
    """
    days = _days(before, after, start, end)
    second = before if after is None else after
    if after is not None:
        _of_one_ecosystem(before, after)
    if options.get("at") is not None:
        raise BadParameter("at: two moments are compared. Give start and end instead")
    if draws < 20 or not 0 < level < 1:
        raise BadParameter(
            f"draws={draws}, level={level}: 20 draws or more, a level within 0 and 1"
        )
    wanted = NetworkOptions.of(options)
    if wanted.directed:
        raise BadParameter("directed: change is asked of ties without direction. Leave it out")
    sides = tuple(
        Side.of(eco, day, options) for eco, day in zip((before, second), days, strict=True)
    )
    rates = _rates((before, second), rate)
    kind = missing or missing_of(second)
    if kind not in ("ties", "respondents"):
        raise BadParameter(f"missing={kind!r}: take ties or respondents")
    table, places = beside_noise(sides, rates, kind, draws, level, seed)
    receipts = None if after is None else (Receipts(before), Receipts(after))
    nodes = node_changes(sides, days, receipts)
    ties = tie_changes(sides, days, receipts)
    table.attrs = {
        "parameters": {
            "start": days[0],
            "end": days[1],
            "rate": rate,
            "missing": kind,
            "draws": draws,
            "level": level,
            "seed": seed,
            **wanted.chosen(),
        },
        "network": sides[1].graph.as_network(),
        "network_before": sides[0].graph.as_network(),
    }
    one, other = (_clusters(side.graph, seed) for side in sides)
    counts = _counts(sides, nodes, ties)
    return Change(table, places, nodes, ties, lineage(one, other), counts, days, rates, kind)


def _days(before: Ecosystem, after: Ecosystem | None, start: str | None, end: str | None) -> Days:
    """Return the two moments that are compared."""
    if after is None and (start is None or end is None):
        raise BadParameter("give two editions, or start and end: the two moments to compare")
    first = one_date(start) if start is not None else before.as_of
    last = one_date(end) if end is not None else (after or before).as_of
    if first is not None and last is not None and span(first)[0] > span(last)[1]:
        raise BadParameter(f"{first} is after {last}. Give the earlier moment, or edition, first")
    return first, last


def _of_one_ecosystem(before: Ecosystem, after: Ecosystem) -> None:
    """Refuse editions of which one cannot have become the other."""
    one, other = set(before.kind_of), set(after.kind_of)
    smaller = min(len(one), len(other))
    if not smaller:
        return
    shared, names = len(one & other), (before.about.name, after.about.name)
    if shared == 0 or (names[0] != names[1] and shared < SAME * smaller):
        raise BadParameter(
            f"{names[0]} and {names[1]} are editions of different ecosystems: {shared} of "
            f"{smaller} nodes are in both. Give two editions of one, with the same ids"
        )


def _rates(
    ecos: tuple[Ecosystem, Ecosystem], stated: float | tuple[float, float] | None
) -> tuple[Rate, Rate]:
    both = stated if isinstance(stated, tuple) else (stated, stated)
    if len(both) != 2 or not all(rate is None or 0 <= rate < 1 for rate in both):
        raise BadParameter(f"rate={stated}: give a share from 0 to below 1, or two")
    one, other = (rate_of(eco, rate) for eco, rate in zip(ecos, both, strict=True))
    return one, other


# -- figures and ranks --------------------------------------------------------------------------


def beside_noise(
    sides: Sides, rates: tuple[Rate, Rate], missing: Missing, draws: int, level: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how figures and ranks moved, beside what incomplete data alone would do."""
    random = np.random.default_rng(seed)
    noise = [
        deviations(s.eco, s.graph, r.value, missing=missing, draws=draws, random=random)
        for s, r in zip(sides, rates, strict=True)
    ]
    old, new = (figures(side.graph) for side in sides)
    drawn, shift = _together([side.figures for side in noise], rates)
    table = _beside(old, new, drawn, level, [name in WHOLE for name in FIGURES], shift=shift)
    table.insert(0, "figure", list(FIGURES))
    one, other = (side.graph for side in sides)
    common = [node for node in one.ids if node in other.index]
    places = [[graph.index[node] for node in common] for graph in (one, other)]
    was, now = (degree_ranks(side.graph)[p] for side, p in zip(sides, places, strict=True))
    both = [side.ranks[:, place] for side, place in zip(noise, places, strict=True)]
    drawn, shift = _together(both, rates)
    moved = _beside(was, now, drawn, level, [True] * len(common), shift=shift, blunt=len(common))
    about = other.nodes().loc[common]
    moved.index = pd.Index(common, name="id", dtype=object)
    moved.insert(0, "name", about["name"])
    moved.insert(1, "kind", about["kind"])
    return table, moved.sort_values(["before", "after"], kind="stable")


def _together(found: list[np.ndarray], rates: tuple[Rate, Rate]) -> tuple[np.ndarray, np.ndarray]:
    """Return how two records of one truth differ around their shift, and that shift.

    A record at a higher rate is expected to fall short by more: by the difference of the rates
    times the mean deviation per unit of rate.
    """
    means = [side.mean(axis=0) for side in found]
    known = [m / r.value for m, r in zip(means, rates, strict=True) if r.value > 0]
    each = np.mean(known, axis=0) if known else np.zeros_like(means[0])
    shift = (rates[1].value - rates[0].value) * each
    return (found[1] - means[1]) - (found[0] - means[0]), shift


def _beside(
    old: np.ndarray,
    new: np.ndarray,
    drawn: np.ndarray,
    level: float,
    whole: list[bool],
    *,
    shift: np.ndarray,
    blunt: float | None = None,
) -> pd.DataFrame:
    """Return changes beside what the draws allow; whole numbers in whole steps."""
    # Whoever was silent in one record reports nothing there that could be missed once more: the
    # wider side holds for both, as two records may differ either way alike.
    wide = np.maximum(
        np.quantile(drawn, 1 - level / 2, axis=0, method="higher"),
        -np.quantile(drawn, level / 2, axis=0, method="lower"),
    )
    low, high = shift - wide, shift + wide
    low = np.where(whole, np.floor(low), low)
    high = np.where(whole, np.ceil(high), high)
    moved = (new - old < low) | (new - old > high)
    scale = np.abs(old) if blunt is None else np.full(len(old), float(blunt))
    untold = np.isnan(new - old) | np.isnan(low) | (~moved & ((high - low) / 2 > BLUNT * scale))
    verdict = np.select([untold, moved], [UNTOLD, MOVED], NOISE)
    return pd.DataFrame(
        {"before": old, "after": new, "change": new - old, "low": low, "high": high}
    ).assign(verdict=verdict)


def _clusters(graph: WeightedGraph, seed: int) -> pd.Series:
    if not graph.n_pairs:
        return pd.Series(dtype="float64")
    return clusters(graph, nulls=0, starts=5, seed=seed).table["cluster"].astype("float64")


def _counts(sides: Sides, nodes: pd.DataFrame, ties: pd.DataFrame) -> dict[str, Any]:
    """Count what there was, what there is, and what changed."""
    one, other = ({tuple(sorted(pair)) for pair in side.graph.pairs().index} for side in sides)
    return {
        "nodes": [len(side.graph) for side in sides],
        "ties": [side.graph.ties for side in sides],
        "pairs": {"new": len(other - one), "lost": len(one - other), "kept": len(one & other)},
        "came": int((nodes["change"] == "came").sum()),
        "left": int((nodes["change"] == "left").sum()),
        "by_change": {word: int((ties["change"] == word).sum()) for word in TIE_CHANGES},
        "by_cause": {cause or "untold": int((ties["cause"] == cause).sum()) for cause in CAUSES},
    }
