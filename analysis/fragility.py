r"""What breaks when actors leave or projects end.

A network of n nodes in pieces of :math:`s_k` nodes, with distances :math:`d_{ij}` in steps:

- *fragmentation* :math:`F = 1 - \sum_k s_k(s_k-1) / (n(n-1))`, 0 … 1: the share of pairs that
  cannot reach each other;
- *distance fragmentation* :math:`D_F = 1 - 2\sum_{i>j} d_{ij}^{-1} / (n(n-1))`, 0 … 1: the same
  where pairs far apart count as partly cut off.

Both are undefined (NaN) below 2 nodes, ignore direction, and are taken over the nodes that stay.

References
----------
Borgatti, S. P. (2006). Identifying sets of key players in a social network. *Computational and
Mathematical Organization Theory* 12, 21–34.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.network_options import Filters
from partnergraph.graph.periods import LAST_DAY, OPEN, Period, span
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

FEWEST = 2
MINIMUM = "minimum"
LOCATED = SCHEMA.locating
MOST_SETS = 100_000
RESTARTS = 10
FATES = ("leaves", "ends", "orphaned", "cut off", "loses ties", "as before")


@dataclass(frozen=True)
class State:
    """How whole a network is.

    Attributes
    ----------
    nodes, pairs
        Number of nodes, and of pairs of them that are tied.
    components, largest
        Number of pieces, and of nodes in the largest.
    fragmentation, distance_fragmentation
        As the module defines them; the latter is NaN where an engine does not compute it.
    orphans
        Number of nodes without ties.
    lost_capabilities
        How many capabilities nobody holds any more, compared with before; None for a network, which
        has no capabilities.
    """

    nodes: int
    pairs: int
    components: int
    largest: int
    fragmentation: float
    distance_fragmentation: float
    orphans: int
    lost_capabilities: int | None = None


@dataclass(frozen=True, eq=False)
class Fragility:
    """What is left of a network when somebody leaves or something ends.

    Attributes
    ----------
    table
        A row a node of the network, worst first: ``name``, ``kind``, ``fate`` (leaves; ends;
        orphaned: no ties left; cut off: outside the largest piece, and was in it; loses ties; as
        before), ``degree_before``, ``degree_after``, ``piece_before``, ``piece_after`` (nodes in
        its piece; NaN for who is gone).
    before, after, cascade
        The network before, after, and after what then falls under its minimum has ended too. Of a
        network alone `cascade` is `after`.
    cascade_steps
        What ended in the cascade, round by round.
    capabilities
        What nobody holds any more, as ``id`` and ``name``.
    fates
        Number of nodes by fate.
    """

    table: pd.DataFrame
    before: State
    after: State
    cascade: State
    cascade_steps: list[dict[str, Any]]
    capabilities: list[dict[str, Any]]
    fates: dict[str, int]


@dataclass(frozen=True, eq=False)
class KeyPlayers:
    """The nodes whose loss fragments a network most.

    Attributes
    ----------
    table
        Indexed by id, the set in the order of leaving: ``name``, ``kind``, ``fragmentation`` and
        ``components`` after it and those above it left.
    method
        ``exact``: the best of all sets; ``search``: the best that was found.
    before, after
        The network with and without them.
    """

    table: pd.DataFrame
    method: Literal["exact", "search"]
    before: State
    after: State


@question
def fragility(
    source: Ecosystem | WeightedGraph,
    *,
    leave: str | Sequence[str] = (),
    until: str | None = None,
    minimum: int = FEWEST,
    **options: Any,
) -> Fragility:
    """Take away actors, funders or projects, or what ends before a date, and look again.

    Parameters
    ----------
    source
        An ecosystem; or a network made from one, which has no periods, members and capabilities
        any more: only its nodes can leave, by id, and nothing follows.
    leave
        Who leaves, by id or unique name; of any kind.
    until
        A date: everything whose period is certainly over before it ends, and is not renewed. What
        has no end date stays.
    minimum
        Fewest members that keep a project or network going; a column ``minimum`` of the nodes goes
        before it. Only what had as many before can fall under it.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        If neither `leave` nor `until` is given, `until` is not a date, or it is asked of a network.
    UnknownName, AmbiguousName
        If somebody who leaves is not there.
    """
    names = [leave] if isinstance(leave, str) else list(leave)
    if not names and until is None:
        raise BadParameter("nothing happens: name who leaves, or a date until which things last")
    if isinstance(source, WeightedGraph):
        return _without(source.weighted_graph(**options), names, until)
    eco = source
    options = {key: value for key, value in options.items() if key != "directed"}
    gone = [eco.resolve(name) for name in names]
    whole = eco.weighted_graph(**options)
    start = eco.filtered(whole.options.filters).eco
    left = start if until is None else start.at(lasting(until))
    left = left.without([node for node in gone if node in left.kind_of])
    final, steps = _cascade(start, left, minimum)
    shape = replace(whole.options, filters=Filters(status=whole.options.filters.status))
    graphs = [whole, *(e.weighted_graph(shape) for e in (left, final))]
    held = [set(holdings(e)) for e in (start, left, final)]
    before, after, cascade = (
        replace(state(graph), lost_capabilities=len(held[0] - have))
        for graph, have in zip(graphs, held, strict=True)
    )
    table = _fates(whole, graphs[1], set(gone))
    asked = {"leave": gone, "until": until, "minimum": minimum}
    table.attrs = {
        "parameters": {**asked, **whole.parameters(options)},
        "network": whole.as_network(),
    }
    lost = [{"id": node, "name": eco.name_of[node]} for node in sorted(held[0] - held[1])]
    return Fragility(table, before, after, cascade, steps, lost, _counted(table))


def _without(graph: WeightedGraph, gone: list[str], until: str | None) -> Fragility:
    """Take nodes away from a network of which no more is known."""
    if until is not None:
        raise BadParameter(f"until={until!r}: a network has no periods. Give the ecosystem instead")
    for node in gone:
        if node not in graph.index:
            raise UnknownName("node of the network", node, list(graph.ids))
    rest = graph.take([i for i, node in enumerate(graph.ids) if node not in set(gone)])
    after, table = state(rest), _fates(graph, rest, set(gone))
    table.attrs = {"parameters": {"leave": gone, "until": None}, "network": graph.as_network()}
    return Fragility(table, state(graph), after, after, [], [], _counted(table))


def state(graph: WeightedGraph) -> State:
    """Measure how whole a network is: pieces, the largest, and both fragmentations."""
    n = len(graph)
    sizes = np.bincount(graph.pieces()).astype(np.float64)
    plain = graph.undirected()
    reach = float("nan")
    if n > 1:
        near = node_measure("harmonic", engine_for("harmonic"))
        reach = float(near(plain, weighted=False).sum()) / (n * (n - 1))
    return State(
        nodes=n,
        pairs=plain.n_pairs,
        components=len(sizes),
        largest=int(sizes.max()) if n else 0,
        fragmentation=_fragmentation(sizes),
        distance_fragmentation=1 - reach,
        orphans=int((np.diff(plain.adjacency.indptr) == 0).sum()),
    )


def _fragmentation(sizes: NDArray[np.float64]) -> float:
    n = sizes.sum()
    return float(1 - (sizes * (sizes - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")


def lasting(until: str) -> str:
    """Return the period from a date on.

    Raises
    ------
    BadParameter
        If it is not one date.
    """
    if "/" in until or until.strip() in ("", OPEN):
        raise BadParameter(f"until={until!r}: give one date, such as 2027 or 2027-06")
    Period.parse(until)
    return f"{until.strip()}/{OPEN}"


def _members(eco: Ecosystem) -> dict[str, set[str]]:
    """Return the members of every project and network."""
    ties = eco.ties
    ties = ties[ties["kind"].isin(SCHEMA.folding) & (ties["source"] != ties["target"])]
    found: dict[str, set[str]] = {}
    for hub, member in zip(ties["target"], ties["source"], strict=True):
        found.setdefault(hub, set()).add(member)
    return found


def _cascade(
    before: Ecosystem, after: Ecosystem, minimum: int
) -> tuple[Ecosystem, list[dict[str, Any]]]:
    """End what falls under its minimum, again and again; return what is left and what ended."""
    nodes = before.nodes
    own = nodes.set_index("id")[MINIMUM].dropna() if MINIMUM in nodes else pd.Series(dtype=float)
    first, number = _members(before), 0
    steps: list[dict[str, Any]] = []
    while True:
        number += 1
        now = _members(after)
        fallen = []
        for hub in sorted(set(first) & set(after.kind_of)):
            fewest = int(own.get(hub, minimum))
            had, has = len(first[hub]), len(now.get(hub, ()))
            if has < fewest <= had:
                fallen.append(hub)
                steps.append(
                    {
                        "round": number,
                        "id": hub,
                        "name": after.name_of[hub],
                        "members_before": had,
                        "members_after": has,
                        "minimum": fewest,
                    }
                )
        if not fallen:
            return after, steps
        after = after.without(fallen)


def holdings(eco: Ecosystem) -> pd.Series:
    """Return the capability of each tie by which an actor holds one, and not only looks for it.

    Indexed as `ties` is.
    """
    wanted = {kind for sought in SCHEMA.sought for kind in SCHEMA.tie_kinds[sought].target_kinds}
    kinds = [kind for kind in SCHEMA.tie_kinds if kind not in SCHEMA.sought]
    ties, kind_of = eco.ties, eco.kind_of
    holds = ties["kind"].isin(kinds) & ties["source"].map(kind_of).isin(SCHEMA.actors)
    holds &= ties["target"].map(kind_of).isin(wanted)
    return ties["target"][holds]


def _fates(before: WeightedGraph, after: WeightedGraph, gone: set[str]) -> pd.DataFrame:
    """Return what becomes of each node."""
    table = before.nodes()
    one, two = _places(before), _places(after).reindex(table.index)
    table["fate"] = "as before"
    lost = two["degree"] < one["degree"]
    table.loc[lost, "fate"] = "loses ties"
    outside = one["in_largest"] & two["in_largest"].eq(False)
    table.loc[outside, "fate"] = "cut off"
    table.loc[(one["degree"] > 0) & (two["degree"] == 0), "fate"] = "orphaned"
    table.loc[two["degree"].isna(), "fate"] = "ends"
    table.loc[table.index.isin(gone), "fate"] = "leaves"
    table["degree_before"], table["degree_after"] = one["degree"], two["degree"]
    table["piece_before"], table["piece_after"] = one["piece"], two["piece"]
    rank = table["fate"].map({fate: x for x, fate in enumerate(FATES)})
    drop = table["degree_after"].fillna(0) - table["degree_before"]
    order = pd.DataFrame({"fate": rank, "drop": drop, "id": table.index})
    order = order.reset_index(drop=True).sort_values(["fate", "drop", "id"])
    return table.loc[order["id"]]


def _counted(table: pd.DataFrame) -> dict[str, int]:
    """Return the number of nodes by fate."""
    return {str(fate): int(n) for fate, n in table["fate"].value_counts().items()}


def _places(graph: WeightedGraph) -> pd.DataFrame:
    """Return degree, size of its piece, and whether that is the largest, of each node."""
    plain, labels = graph.undirected(), graph.pieces()
    sizes = np.bincount(labels)
    largest = int(np.argmax(sizes)) if len(graph) else -1
    return pd.DataFrame(
        {
            "degree": np.diff(plain.adjacency.indptr).astype(np.float64),
            "piece": sizes[labels].astype(np.float64),
            "in_largest": labels == largest,
        },
        index=pd.Index(graph.ids, dtype=object),
    )


@question
def key_players(
    source: Ecosystem | WeightedGraph, k: int, *, seed: int = 0, **options: Any
) -> KeyPlayers:
    r"""Find the k nodes without which the network is in the most pieces (Borgatti's KPP-Neg).

    Exact where there are at most 100,000 sets of k. Else searched for: from the set to which each
    time the node was added that fragments most, and from random ones, members are exchanged for
    others as long as that fragments more. Equal sets: the one first in order of ids.

    Parameters
    ----------
    source
        An ecosystem, or a network made from one; direction is ignored.
    k
        How many, 1 … n − 2.
    seed
        Of the random sets of a search.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        If k is not between 1 and n − 2.
    """
    graph = source.weighted_graph(**options).undirected()
    n = len(graph)
    if not 1 <= k <= n - 2:
        most = f"give 1 to {n - 2}" if n > 2 else "take a network of 3 nodes or more"
        raise BadParameter(f"{k} key players of {n} nodes: {most}")
    exact = math.comb(n, k) <= MOST_SETS
    circles = [set(row) for row in graph.adjacency.tolil().rows]
    order = sorted(range(n), key=lambda i: graph.ids[i])
    best = _all_sets(circles, order, k) if exact else _searched(circles, order, k, seed)
    chosen = _one_by_one(circles, order, k, among=best)
    rows = []
    for x in range(1, k + 1):
        sizes = np.bincount(graph.take(np.delete(np.arange(n), chosen[:x])).pieces())
        rows.append((_fragmentation(sizes.astype(np.float64)), len(sizes)))
    table = graph.nodes().iloc[chosen]
    table["fragmentation"], table["components"] = zip(*rows, strict=True)
    rest = graph.take(np.delete(np.arange(n), chosen))
    table.attrs = {
        "parameters": {"key_players": k, "seed": seed, **graph.parameters(options)},
        "network": graph.as_network(),
    }
    return KeyPlayers(table, "exact" if exact else "search", state(graph), state(rest))


def _all_sets(circles: list[set[int]], order: list[int], k: int) -> list[int]:
    """Return the best set of k, by trying all."""
    # Sets of nodes as bits of an integer: a search is then a few operations on whole sets.
    circle = [sum(1 << j for j in around) for around in circles]
    everybody = (1 << len(circle)) - 1
    best, fewest = order[:k], len(circle) ** 2
    for some in combinations(order, k):
        pairs = _tied_pairs(circle, everybody & ~sum(1 << i for i in some), fewest)
        if pairs < fewest:
            best, fewest = list(some), pairs
    return best


def _tied_pairs(circle: list[int], left: int, enough: int) -> int:
    """Count the ordered pairs that reach each other among the nodes set; give up at enough."""
    pairs = 0
    while left and pairs < enough:
        piece = front = left & -left
        while front:
            around = 0
            while front:
                bit = front & -front
                around |= circle[bit.bit_length() - 1]
                front ^= bit
            front = around & left & ~piece
            piece |= front
        left &= ~piece
        size = piece.bit_count()
        pairs += size * (size - 1)
    return pairs


def _searched(circles: list[set[int]], order: list[int], k: int, seed: int) -> list[int]:
    """Return the best set that exchanges lead to, from the greedy set and from random ones."""
    random = np.random.default_rng(seed)
    starts = [_one_by_one(circles, order, k)]
    starts += [[order[i] for i in random.permutation(len(order))[:k]] for _ in range(RESTARTS)]
    place = {node: x for x, node in enumerate(order)}
    found = [_exchanged(circles, order, start) for start in starts]
    return min(found, key=lambda each: (each[0], sorted(place[node] for node in each[1])))[1]


def _exchanged(
    circles: list[set[int]], order: list[int], chosen: list[int]
) -> tuple[int, list[int]]:
    """Exchange members as long as fewer pairs are left tied; return their number and the set."""
    fewest: int | None = None
    while True:
        before = fewest
        for x in range(len(chosen)):
            others = chosen[:x] + chosen[x + 1 :]
            left = _pairs_without_each(circles, others)
            entering = min(order, key=lambda i: left.get(i, math.inf))
            if fewest is None or left[entering] < fewest:
                fewest, chosen = left[entering], [*others[:x], entering, *others[x:]]
        if fewest == before:
            return fewest or 0, chosen


def _one_by_one(
    circles: list[set[int]], order: list[int], k: int, among: Sequence[int] | None = None
) -> list[int]:
    """Take the node that fragments most, then the next; equals by degree, then by id."""
    gone: list[int] = []
    for _ in range(k):
        left = _pairs_without_each(circles, gone)
        open_to = [i for i in order if i not in gone and (among is None or i in among)]
        gone.append(min(open_to, key=lambda i: (left[i], -len(circles[i]))))
    return gone


def _pairs_without_each(circles: list[set[int]], gone: Sequence[int]) -> dict[int, int]:
    """Return, by node left, how many ordered pairs would reach each other if it left too.

    One search down each piece: without v it falls into the branches below v from which no tie leads
    above v, and the rest (Hopcroft and Tarjan 1973, *Communications of the ACM* 16, 372–378).
    """
    out = set(gone)
    number: dict[int, int] = {}
    pieces: list[tuple[int, dict[int, list[int]]]] = []
    for root in range(len(circles)):
        if root not in number and root not in out:
            pieces.append(_branches(circles, root, out, number))
    whole = sum(size * (size - 1) for size, _ in pieces)
    found = {}
    for size, cut_off in pieces:
        for v, branches in cut_off.items():
            rest = size - 1 - sum(branches)
            pairs = sum(b * (b - 1) for b in branches) + rest * (rest - 1)
            found[v] = whole - size * (size - 1) + pairs
    return found


def _branches(
    circles: list[set[int]], root: int, out: set[int], number: dict[int, int]
) -> tuple[int, dict[int, list[int]]]:
    """Return the size of the piece of a node, and the branches that each of its nodes cuts off."""
    first = number[root] = len(number)
    low, size, cut_off = {root: first}, {root: 1}, {root: list[int]()}
    way = [(root, iter(circles[root]))]
    while way:
        v, around = way[-1]
        for w in around:
            if w in out:
                continue
            if w in number:
                low[v] = min(low[v], number[w])
                continue
            number[w] = low[w] = len(number)
            size[w], cut_off[w] = 1, []
            way.append((w, iter(circles[w])))
            break
        else:
            way.pop()
            if way:
                above = way[-1][0]
                low[above] = min(low[above], low[v])
                size[above] += size[v]
                if low[v] >= number[above]:
                    cut_off[above].append(size[v])
    return size[root], cut_off


@dataclass(frozen=True, eq=False)
class _Ending:
    """Ties of a network, the last day each may mean, and the groups that each touches."""

    last: NDArray[np.int64]
    groups: dict[str, NDArray[np.bool_]]


@question
def forecast(eco: Ecosystem, *, by: str | None = None, **options: Any) -> pd.DataFrame:
    """Compute which share of the ties lapses by when, unless they are renewed.

    A tie ends with its own period, or with that of a node it touches. It lapses by a year when its
    end is certainly before that year; what has no end date does not lapse.

    Parameters
    ----------
    eco
        The ecosystem.
    by
        ``cluster`` or ``place``: also for the ties that touch each of these.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Returns
    -------
    DataFrame
        Indexed by (group, year), group ``all`` first, for each year after one in which ties end:
        ``ties``, ``dated`` (with an end), ``lapsed``, ``share`` (of all ties; NaN without any).
        Empty where no tie has an end. ``attrs`` has the network.

    Raises
    ------
    BadParameter
        If `by` is neither cluster nor place.
    """
    if by not in (None, "cluster", "place"):
        raise BadParameter(f"a forecast by {by!r}: take cluster or place")
    graph = eco.weighted_graph(**options)
    ending = _endings(eco, graph, by)
    years = sorted({_year(day) + 1 for day in ending.last if day < LAST_DAY})
    rows = []
    for group, inside in ending.groups.items():
        last = ending.last[inside]
        for year in years:
            lapsed = int((last < span(f"{year:04d}")[0]).sum())
            share = lapsed / len(last) if len(last) else np.nan
            rows.append((group, year, len(last), int((last < LAST_DAY).sum()), lapsed, share))
    columns = ["group", "year", "ties", "dated", "lapsed", "share"]
    table = pd.DataFrame(rows, columns=columns).set_index(["group", "year"])
    table.attrs = {
        "parameters": {"by": by, **graph.parameters(options)},
        "network": graph.as_network(),
    }
    return table


def _year(day: int) -> int:
    from datetime import date

    return date.fromordinal(int(day)).year


def _endings(eco: Ecosystem, graph: WeightedGraph, by: str | None) -> _Ending:
    """Collect the ties that make a network, with their ends and groups."""
    left = eco.filtered(graph.options.filters).eco
    nodes, ties = left.nodes.set_index("id"), eco.ties.iloc[graph.tie_numbers()]
    recurs = nodes["recurrence"].notna() & nodes["end"].isna()
    of_node = nodes["end"].map(_last_day, na_action="ignore").where(~recurs).fillna(LAST_DAY)
    last = ties["end"].map(_last_day, na_action="ignore").fillna(LAST_DAY).to_numpy(dtype=np.int64)
    for end in ("source", "target"):
        last = np.minimum(last, ties[end].map(of_node).fillna(LAST_DAY).to_numpy(dtype=np.int64))
    groups = {"all": np.ones(len(ties), dtype=bool)}
    for name, members in group_members(left, graph, by).items():
        touched = ties["source"].isin(members) | ties["target"].isin(members)
        groups[name] = touched.to_numpy(dtype=bool)
    return _Ending(last.astype(np.int64), groups)


def _last_day(text: str) -> int:
    return span(text)[1]


def group_members(eco: Ecosystem, graph: WeightedGraph, by: str | None) -> dict[str, set[str]]:
    """Return who is in each cluster or place."""
    found: dict[str, set[str]] = {}
    if by == "cluster":
        for node, number in clusters(graph, nulls=0).table["cluster"].items():
            if number:
                found.setdefault(f"cluster {number}", set()).add(str(node))
    if by == "place":
        ties = eco.ties[eco.ties["kind"] == LOCATED]
        for node, place in sorted(zip(ties["source"], ties["target"], strict=True)):
            found.setdefault(eco.name_of[place], set()).add(node)
    return found
