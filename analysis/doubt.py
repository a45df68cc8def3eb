r"""How certain a rank is, given that ties or respondents may be missing.

Rank 1 is the most central; equal values share the best rank. Four kinds of doubt:

- *missing ties*: a share of the ties is left out at random, again and again, and the measure
  computed anew; the interval holds the middle 90 % of the ranks that a node then gets;
- *unrecorded ties*: where a node ranks in truth if that share of the ties is not recorded, which no
  draw can show. A rank is as far from the true one as those of draws are from it, either way; so
  the interval reaches to both sides, half as far again as the middle 90 % do to the wider one.
  `benchmarks/results/doubt.md` has the shares of the true ranks that each holds;
- *missing respondents*: a share of the nodes is left out with all their ties; the interval is of
  how a node moves among those that stay;
- *dominance*: u can't be more central than v where v has every neighbour of u (or is it). Measures
  that respect this (`RESPECTING`, none of them weighted) agree on such pairs, so this interval
  holds whichever of them is meant; strength, PageRank or constraint may rank such a pair the other
  way. The expected rank is the mean over all rankings that respect these pairs, each counting the
  same.

References
----------
Schoch, D., Brandes, U. (2016). Re-conceptualizing centrality in social networks. *European Journal
of Applied Mathematics* 27, 971–985.
Costenbader, E., Valente, T. W. (2003). The stability of centrality measures when networks are
sampled. *Social Networks* 25, 283–307.
De Loof, K., De Meyer, H., De Baets, B. (2006). Exploiting the lattice of ideals representation of a
poset. *Fundamenta Informaticae* 71, 309–321.
Bubley, R., Dyer, M. (1999). Faster random generation of linear extensions. *Discrete Mathematics*
201, 81–88.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.analysis.centrality import centrality, ranks
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.analysis.measures import catalogue, node_measures
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph

Kind = Literal["missing", "unrecorded", "respondents", "dominance"]
KINDS: tuple[Kind, ...] = ("missing", "unrecorded", "respondents", "dominance")

# Measures by which nobody ranks below a node whose neighbours it all has (Schoch and Brandes 2016).
RESPECTING = (
    "degree",
    "betweenness",
    "closeness",
    "harmonic",
    "eigenvector",
    "katz",
    "core_number",
)
RATE = 0.1
DRAWS = 100
WITHIN = 0.9
WIDER = 1.5
MOST_IDEALS = 2_000_000
MOST_NODES = 5_000
CHAINS = 64
MOST_STEPS = 100_000_000
MOST_DRAWN = 60_000_000_000
COMPILE_FROM = 50_000_000
MINUTES = 10
# Share of n · arcs steps that a search from all nodes takes, see `_steps`.
PATHS = {"betweenness": 1.0, "closeness": 1 / 200, "harmonic": 1 / 200}
CIRCLES = (
    "constraint",
    "effective_size",
    "clustering",
    "structural_similarity",
    "structural_complementarity",
)


@dataclass(frozen=True, eq=False)
class Doubt:
    """Ranks, each with an interval.

    Attributes
    ----------
    table
        The centrality table, and for each measure M ``M_rank``; for the missing kinds also
        ``M_rank_low`` and ``M_rank_high`` (best and worst rank of the interval, which always holds
        the rank itself). ``rank``, ``rank_low``, ``rank_high`` repeat the first measure's; for
        dominance they are 1 + how many must come before, and n − how many must come after, with
        ``expected_rank`` and its standard error ``expected_rank_error`` (0: exact).
    kind
        Which of the four.
    rate, draws, seed, within
        Of the missing kinds: what was left out, how often, and which share of the draws an interval
        holds.
    stays_first
        In which share of the draws the first stays first, alone, by measure.
    comparable, method
        Of dominance: which share of the pairs can be compared (NaN without pairs), and how the mean
        was found.
    """

    table: pd.DataFrame
    kind: Kind
    rate: float | None = None
    draws: int | None = None
    seed: int | None = None
    within: float | None = None
    stays_first: Mapping[str, float] | None = None
    comparable: float | None = None
    method: str | None = None

    def about(self) -> dict[str, Any]:
        """Return all that applies to this kind, without the table."""
        every = {each.name: getattr(self, each.name) for each in fields(self)}
        return {k: v for k, v in every.items() if k != "table" and v is not None}


@question
def doubt(
    source: Ecosystem | WeightedGraph,
    kind: Kind = "missing",
    *,
    measures: str | Sequence[str] | None = None,
    rate: float = RATE,
    draws: int = DRAWS,
    seed: int = 0,
    weighted: bool = False,
    engine: str = "auto",
    **options: Any,
) -> Doubt:
    r"""Rank nodes, each with an interval for its rank.

    Parameters
    ----------
    source
        An ecosystem, or a network made from one.
    kind
        ``missing`` or ``unrecorded`` ties, missing ``respondents``, or ``dominance``; see the
        module.
    measures
        Which measures; the default table where none are named.
    rate
        Share of ties or nodes that may be missing, in (0, 1); at least one is left out each time.
    draws, seed
        How many times to leave some out, and the seed.
    weighted, engine
        As in `partnergraph.analysis.centrality.centrality`; draws take the engine ``auto``.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        If kind, rate or draws are not as above; for dominance with strengths, of a measure that
        does not respect it, or among more than 5,000 nodes; where the draws would take more than
        about ten minutes (the message suggests smaller questions).
    """
    if kind not in KINDS:
        raise BadParameter(f"doubt {kind!r}: take one of {', '.join(KINDS)}")
    if not 0 < rate < 1 or draws < 1:
        raise BadParameter(f"rate={rate}, draws={draws}: a rate between 0 and 1, 1 draw or more")
    graph = source.weighted_graph(**options)
    wanted = node_measures([measures] if isinstance(measures, str) else measures)
    if kind == "dominance":
        _within_dominance(len(graph))
        _respecting(wanted[:1] if measures is None else wanted, weighted)
    else:
        _within_reach(graph, wanted, draws, weighted)
    table = centrality(graph, measures=measures, weighted=weighted, engine=engine)
    names = table.attrs["measure"]
    for name in names:
        table[f"{name}_rank"] = ranks(table[name])
    if kind == "dominance":
        comparable, method = _add_dominance(table, graph, names[0])
        return Doubt(table, kind, comparable=comparable, method=method)
    random = np.random.default_rng(seed)
    leave_out = _without_nodes if kind == "respondents" else _without_ties
    reduced = leave_out(graph, rate, draws, random)
    compiled = draws * len(graph) * graph.adjacency.nnz > COMPILE_FROM
    first = _add_intervals(table, names, reduced, weighted, compiled)
    if kind == "unrecorded":
        _widen(table, names)
    return Doubt(table, kind, rate, draws, seed, WITHIN, first)


def _respecting(names: Sequence[str], weighted: bool) -> None:
    """Refuse measures that dominance says nothing of."""
    wrong = [name for name in names if name not in RESPECTING]
    if wrong or weighted:
        what = ", ".join(wrong) if wrong else "weighted measures"
        taken = ", ".join(RESPECTING)
        raise BadParameter(
            f"dominance says nothing of {what}, which may rank a node below another whose "
            f"neighbours it all has. Take {taken}, unweighted, or another kind of doubt"
        )


def _steps(name: str, graph: WeightedGraph, weighted: bool) -> float:
    """Return about how many steps of a large machine loop one draw of a measure takes."""
    n, arcs = len(graph), graph.adjacency.nnz
    degrees = np.diff(graph.adjacency.indptr).astype(np.float64)
    if name in PATHS:
        # From every node over all arcs; without strengths 512 nodes at once, betweenness but one.
        return n * arcs * (4.0 if weighted else PATHS[name])
    if name in CIRCLES:
        return 3.0 * float((degrees**2).sum())
    return 50.0 * arcs


def _within_reach(graph: WeightedGraph, names: Sequence[str], draws: int, weighted: bool) -> None:
    """Refuse draws that would take hours, and suggest smaller ones."""
    steps = {name: _steps(name, graph, weighted) for name in names}
    each = sum(steps.values()) + 60.0 * graph.adjacency.nnz  # and making the network again
    if each * draws <= MOST_DRAWN:
        return
    slowest = max(steps, key=lambda name: steps[name])
    rest = each - steps[slowest]
    remedies = [f"Take at most {int(MOST_DRAWN // each)} draws"] if 2 * each <= MOST_DRAWN else []
    if len(names) == 1:
        remedies.append("take degree or strength")
    elif rest * draws <= MOST_DRAWN:
        remedies.append(f"leave out {slowest}")
    else:
        remedies.append("name fewer measures, such as degree")
    remedies.append("or take a part of the network")
    words = ", ".join(remedies)
    minutes = each * draws / MOST_DRAWN * MINUTES
    raise BadParameter(
        f"doubt about {', '.join(names)} draws {draws} networks of {len(graph):,} nodes and "
        f"{graph.n_pairs:,} tied pairs, up to {minutes:,.0f} minutes of computing, mostly "
        f"{slowest}; at most {MINUTES} are begun. {words[0].upper()}{words[1:]}"
    )


def rank_in_words(row: pd.Series) -> str:
    """Return a rank with its interval: ``3 (2–6)``, or ``3`` where it is certain."""
    if pd.isna(row["rank"]):
        return "–"
    rank, low, high = (int(row[name]) for name in ("rank", "rank_low", "rank_high"))
    return f"{rank} ({low}–{high})" if low != high else f"{rank}"


def _without_ties(
    graph: WeightedGraph, rate: float, draws: int, random: np.random.Generator
) -> Iterator[WeightedGraph]:
    """Yield the network without a random share of the ties in its ecosystem."""
    ties = graph.ties_of or len(graph.direct_ties())
    for _ in range(draws):
        gone = min(ties, max(1, round(rate * ties)))
        yield graph.without_ties(random.choice(ties, gone, replace=False))


def _without_nodes(
    graph: WeightedGraph, rate: float, draws: int, random: np.random.Generator
) -> Iterator[WeightedGraph]:
    """Yield the network without a random share of its nodes."""
    n = len(graph)
    for _ in range(draws):
        most = max(0, n - 1)
        gone = random.permutation(n)[: min(most, max(1, round(rate * n)))]
        yield graph.take(np.delete(np.arange(n), gone))


def _add_intervals(
    table: pd.DataFrame,
    names: list[str],
    reduced: Iterator[WeightedGraph],
    weighted: bool,
    compiled: bool,
) -> dict[str, float]:
    """Add the interval of each rank; return how often the first stays first."""
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    values = {name: table[name].to_numpy(dtype=np.float64) for name in names}
    whole = {name: _ranks(values[name]) for name in names}
    for graph in reduced:
        there = table.index.get_indexer(pd.Index(graph.ids))
        for name in names:
            quick = compiled and catalogue()[name].engines["native"] == "exact"
            wanted = "native" if quick else "auto"
            chosen = engine_for(name, wanted, weighted=weighted)
            compute = node_measure(name, chosen)
            # Moves among those who are there in both, so that who is left out moves nobody.
            moved = np.full(len(table), np.nan)
            moved[there] = _ranks(compute(graph, weighted=weighted)) - _ranks(values[name][there])
            found[name].append(moved + whole[name])
    first: dict[str, float] = {}
    for name in names:
        drawn, rank = np.array(found[name]), whole[name]
        low, high = _middle(drawn)
        table[f"{name}_rank_low"] = np.clip(np.fmin(low, rank), 1, len(table))
        table[f"{name}_rank_high"] = np.clip(np.fmax(high, rank), 1, len(table))
        top = np.flatnonzero(rank == 1)
        if len(top) == 1:
            there = ~np.isnan(drawn[:, top[0]])
            alone = (drawn[there] <= 1).sum(axis=1) == 1
            first[name] = float((alone & (drawn[there, top[0]] <= 1)).mean())
    _repeat(table, names[0])
    return first


def _repeat(table: pd.DataFrame, name: str) -> None:
    for part in ("rank", "rank_low", "rank_high"):
        table[part] = table[f"{name}_{part}"]


def _widen(table: pd.DataFrame, names: list[str]) -> None:
    """Let each interval reach as far to the one side as to the other, and half as far again."""
    for name in names:
        rank, low, high = (table[f"{name}_rank{end}"] for end in ("", "_low", "_high"))
        reach = np.ceil(WIDER * np.fmax(high - rank, rank - low))
        table[f"{name}_rank_low"] = np.clip(rank - reach, 1, len(table))
        table[f"{name}_rank_high"] = np.clip(rank + reach, 1, len(table))
    _repeat(table, names[0])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return competition ranks as `partnergraph.analysis.centrality.ranks`, much faster."""
    rounded = np.round(values, 12)
    known = np.sort(rounded[~np.isnan(rounded)])
    rank = 1.0 + len(known) - np.searchsorted(known, rounded, side="right")
    return np.where(np.isnan(rounded), np.nan, rank)


def _middle(drawn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the outer ranks of the middle share of the draws, by column; NaN where none."""
    known = ~np.isnan(drawn).all(axis=0)
    low, high = np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
    if known.any():
        edge = (1 - WITHIN) / 2
        low[known] = np.nanquantile(drawn[:, known], edge, axis=0, method="lower")
        high[known] = np.nanquantile(drawn[:, known], 1 - edge, axis=0, method="higher")
    return low, high


def _add_dominance(table: pd.DataFrame, graph: WeightedGraph, first: str) -> tuple[float, str]:
    """Add the interval and the expected rank that the preorder leaves; return what it compares."""
    below = dominance(graph)
    strict = below & ~below.T
    n = len(graph)
    expected, error, method = expected_ranks(below)
    columns = pd.DataFrame(
        {
            "rank_low": 1 + strict.sum(axis=1),
            "rank_high": n - strict.sum(axis=0),
            "expected_rank": expected,
            "expected_rank_error": error,
        },
        index=graph.ids,
    ).reindex(table.index)
    table["rank"] = table[f"{first}_rank"]
    for name, column in columns.items():
        table[name] = column
    pairs = int(np.triu(below | below.T, k=1).sum())
    possible = n * (n - 1) // 2
    share = pairs / possible if possible else float("nan")
    return share, method


def dominance(graph: WeightedGraph) -> NDArray[np.bool_]:
    r"""Return the n × n preorder :math:`N(u) \subseteq N[v]`: entry (u, v) says u is not above v.

    Direction and strengths do not count. An isolate is below everybody.

    Raises
    ------
    BadParameter
        If there are more than 5,000 nodes.
    """
    _within_dominance(len(graph))
    tied = graph.adjacency.toarray() != 0
    tied |= tied.T
    counts = tied.astype(np.float32)
    shared = counts @ counts + counts
    below: NDArray[np.bool_] = shared == counts.sum(axis=1)[:, None]
    np.fill_diagonal(below, False)
    return below


def _within_dominance(n: int) -> None:
    if n > MOST_NODES:
        raise BadParameter(
            f"dominance compares all pairs, of at most {MOST_NODES:,} nodes; "
            f"these are {n:,}. Take a part of the network"
        )


def expected_ranks(
    below: NDArray[np.bool_], *, most: int = MOST_IDEALS, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    r"""Return the mean rank of each node over all rankings that respect a preorder.

    Nodes that are not above each other are merged first, and share the mean of the ranks they take
    together. :math:`E[r_v]=\sum_{I} e(I)\,u(I \cup v)\,(|I|+1)/e` over the ideals I (sets closed
    towards the top) that v may follow, with e(I) the rankings of I and u of what is left.

    Parameters
    ----------
    below
        n × n, transitive; (u, v) says that u is not above v.
    most
        Up to how many ideals the mean is exact; beyond, it is sampled.
    seed
        Of the sample.

    Returns
    -------
    ranks, errors
        n each; 1 is the most central (netrankr counts from the other end: n + 1 − rank). The
        error is 0 where exact, else the standard error over 64 independent chains.
    method
        ``exact``, or ``sampled``.
    """
    n = len(below)
    if n == 0:
        return np.empty(0), np.empty(0), "exact"
    same = (below & below.T) | np.eye(n, dtype=bool)
    group = np.unique(np.argmax(same, axis=1), return_inverse=True)[1].ravel()
    first = np.array([np.argmax(group == g) for g in range(group.max() + 1)], dtype=int)
    sizes = np.bincount(group).astype(np.float64)
    strict = (below & ~below.T)[np.ix_(first, first)]
    exact = _over_ideals(strict, sizes, most)
    if exact is not None:
        return exact[group], np.zeros(n), "exact"
    means, errors = _over_chains(strict, sizes, seed)
    return means[group], errors[group], "sampled"


def _over_ideals(
    strict: NDArray[np.bool_], sizes: NDArray[np.float64], most: int
) -> NDArray[np.float64] | None:
    """Walk up and down the lattice of ideals, level by level; None where it is too large."""
    c = len(sizes)
    words = max(1, (c + 63) // 64)
    bit = np.zeros((c, words), dtype=np.uint64)
    bit[np.arange(c), np.arange(c) // 64] = np.uint64(1) << (np.arange(c) % 64).astype(np.uint64)
    before = np.zeros((c, words), dtype=np.uint64)
    for v in range(c):
        before[v] = np.bitwise_or.reduce(bit[strict[v]], axis=0, initial=0)
    sets, weight, steps, total = np.zeros((1, words), dtype=np.uint64), np.zeros(1), [], 1
    for _ in range(c):
        step = _grow(sets, bit, before, most)
        if step is None or (total := total + len(step[0])) > most:
            return None
        sets, source, element, target = step
        steps.append((source, element, target, weight))
        larger = np.zeros(len(sets))
        larger[target] = weight[source] + sizes[element]
        weight = larger
    return _mean_positions(steps, sizes)


def _grow(
    sets: NDArray[np.uint64], bit: NDArray[np.uint64], before: NDArray[np.uint64], most: int
) -> tuple[NDArray[np.uint64], NDArray[Any], NDArray[Any], NDArray[Any]] | None:
    """Add to every ideal each element that may follow: the new ideals, and what led to them."""
    grown, sources, elements, room = [], [], [], 20 * most
    for v in range(len(bit)):
        may = ((sets & before[v]) == before[v]).all(axis=1) & ((sets & bit[v]) == 0).all(axis=1)
        source = np.flatnonzero(may)
        room -= len(source)
        if room < 0:
            return None
        grown.append(sets[source] | bit[v])
        sources.append(source.astype(np.int32))
        elements.append(np.full(len(source), v, dtype=np.int32))
    every = np.concatenate(grown)
    if every.shape[1] == 1:
        found, target = np.unique(every[:, 0], return_inverse=True)
        found = found[:, None]
    else:
        found, target = np.unique(every, axis=0, return_inverse=True)
    return found, np.concatenate(sources), np.concatenate(elements), target.ravel()


def _mean_positions(
    steps: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[np.float64]]],
    sizes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weigh each step of each level by the rankings that take it."""
    upward: list[NDArray[np.float64]] = [np.ones(1)]
    for source, _, target, _ in steps:
        ways = np.bincount(target, weights=upward[-1][source])
        upward.append(ways / ways.max())
    mean = np.zeros(len(sizes))
    downward: NDArray[np.float64] = np.ones(1)
    for level in range(len(steps) - 1, -1, -1):
        source, element, target, weight = steps[level]
        # Every ranking takes one step a level, so that shares of a level add up to 1.
        share = upward[level][source] * downward[target]
        rank = weight[source] + (sizes[element] + 1) / 2
        mean += np.bincount(element, weights=share / share.sum() * rank, minlength=len(sizes))
        ways = np.bincount(source, weights=downward[target], minlength=len(upward[level]))
        downward = ways / ways.max()
    return mean


def _over_chains(
    strict: NDArray[np.bool_], sizes: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Swap neighbours in 64 rankings at random where the order allows; mean and standard error."""
    c, random = len(sizes), np.random.default_rng(seed)
    start = np.argsort(strict.sum(axis=1), kind="stable")
    ranking = np.tile(start, (CHAINS, 1))
    chain = np.arange(CHAINS)[:, None]
    sweeps = int(min(max(3_000, 3 * c * c), MOST_STEPS // (CHAINS * c)))
    sums, counted = np.zeros((CHAINS, c)), 0
    for sweep in range(sweeps):
        odd = int(random.integers(2))
        left, right = ranking[:, odd : c - 1 : 2], ranking[:, odd + 1 :: 2]
        # `right` may pass `left` unless it is below it.
        swap = ~strict[right, left] & (random.random(left.shape) < 0.5)
        new_left, new_right = np.where(swap, right, left), np.where(swap, left, right)
        ranking[:, odd : c - 1 : 2], ranking[:, odd + 1 :: 2] = new_left, new_right
        if sweep >= sweeps // 3 and sweep % 4 == 0:
            own = sizes[ranking]
            sums[chain, ranking] += np.cumsum(own, axis=1) - (own - 1) / 2
            counted += 1
    means = sums / max(counted, 1)
    return means.mean(axis=0), means.std(axis=0, ddof=1) / np.sqrt(CHAINS)
