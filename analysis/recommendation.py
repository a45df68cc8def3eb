r"""Who could be the next partner, why, and what would change.

Candidates are ranked by the predictor that finds hidden ties of these data best
(`partnergraph.analysis.prediction`), and its test is reported, also where it is no better than
chance. For each candidate the tie is then added and the network measured again: fragmentation,
single points of failure, actors within two steps, fields at hand. Each row also has the shortest
path to an introduction, shared networks and projects, and the fields either could offer the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from partnergraph.analysis.engines.either import either
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.prediction import Known, predictor, tried
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

TOP = 10
_UNTESTED: dict[str, Any] = {"precision_at_k": None, "baselines": {}, "better_than_chance": None}
COMPILE_FROM = 20_000
COLUMNS = (
    "id",
    "name",
    "kind",
    "country",
    "score",
    "path",
    "shared",
    "fields_gained",
    "fields_given",
    "counterfactual",
)


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Possible new partners of an actor, and how far to trust their order.

    Attributes
    ----------
    table
        Indexed by ``id``, the best first, equal ones by id: ``name``, ``kind``, ``country``,
        ``score``, ``path`` (names on the shortest way there, NaN where there is none), ``shared``
        (networks and projects both are tied to), ``fields_gained`` and ``fields_given`` (what the
        candidate holds and the actor does not, and the reverse), ``counterfactual`` (before and
        after of fragmentation, single_points_of_failure, within_two_steps, capabilities).
    predictor
        The predictor and its test, see `partnergraph.analysis.prediction.Trial`.
    together
        What would change with all of them; None where `max_new` was not given.
    words
        How far to trust it, and why the table is empty or its order means nothing.
    """

    table: pd.DataFrame
    predictor: dict[str, Any]
    together: dict[str, dict[str, Any]] | None
    words: list[str]


@question
def recommend(
    eco: Ecosystem,
    who: str,
    *,
    by: str | None = None,
    top: int = TOP,
    country: str | Iterable[str] = (),
    max_new: int | None = None,
    k: int | None = None,
    seed: int = 0,
    **options: Any,
) -> Recommendations:
    """Rank possible new partners of an actor, each with what would change.

    Parameters
    ----------
    eco
        The ecosystem.
    who
        The actor, by id or unique name.
    by
        The predictor; by default the one that does best on a part of the ties that was hidden.
    top
        How many to return.
    country
        Only actors in these countries, ISO 3166-1 alpha-2.
    max_new
        How many new partners there is room for: no more are returned, and what would change with
        all of them is counted too.
    k
        Places that count in the test of predictors: by default 10, or 3 of fewer than 50 actors.
    seed
        Of what is hidden at random.
    options
        How to make the network of actors, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    UnknownName, AmbiguousName
        If nobody, or several, are called so, or there is no such predictor.
    BadParameter
        If `who` is not an actor, or a number is below 1.
    """
    me = eco.resolve(who)
    _checked(eco, me, top, max_new)
    known = Known.of(eco, options)
    if me not in known.ids:
        raise BadParameter(f"{eco.name_of[me]} is not in the network that the options make")
    trial = None if by is not None else tried(eco, options, k=k, seed=seed)
    name = trial.name if trial is not None else str(by)
    scores = predictor(name)(known, known.ids.index(me))
    listed = _candidates(eco, known, me, country)
    order = sorted(listed, key=lambda i: (-round(float(scores[i]), 12), known.ids[i]))
    order = order[: min(top, max_new or top)]
    world = _World.of(eco, known, me, options)
    rows = [world.row(i, float(scores[i])) for i in order]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).set_index("id")
    test = trial.as_dict() if trial is not None else {"name": name} | _UNTESTED
    table.attrs = {
        "measure": [name],
        "parameters": {"id": me, "by": by, "top": top, "max_new": max_new, "seed": seed}
        | {"country": _listed(country), **options},
        "network": world.graph.as_network(),
    }
    together = world.changes(order) if max_new is not None and order else None
    said = _in_words(eco, me, trial, len(listed), scores[order], _listed(country))
    return Recommendations(table, test, together, said)


def _checked(eco: Ecosystem, me: str, top: int, max_new: int | None) -> None:
    kind = eco.kind_of[me]
    if kind not in SCHEMA.actors:
        actors = " or ".join(SCHEMA.actors)
        raise BadParameter(f"{eco.name_of[me]} is a {kind}: name an {actors} to find partners for")
    if top < 1 or (max_new is not None and max_new < 1):
        raise BadParameter(f"top={top}, max_new={max_new}: give 1 or more")


def _listed(country: str | Iterable[str]) -> list[str]:
    return [c.upper() for c in ([country] if isinstance(country, str) else country)]


def _candidates(eco: Ecosystem, known: Known, me: str, country: str | Iterable[str]) -> list[int]:
    """Return who could be a new partner: actors not tied yet, in the countries asked for."""
    i = known.ids.index(me)
    free = np.ones(len(known.ids), dtype=bool)
    free[i] = free[known.partners(i)] = False
    wanted = _listed(country)
    if wanted:
        nodes = eco.nodes
        fits = set(nodes["id"][nodes["country"].isin(wanted)])
        free &= np.array([node in fits for node in known.ids], dtype=bool)
    found: list[int] = np.flatnonzero(free).tolist()
    return found


def _in_words(
    eco: Ecosystem, me: str, trial: Any, count: int, scores: NDArray[np.float64], wanted: list[str]
) -> list[str]:
    words = [] if trial is None else [trial.in_words()]
    if count == 0:
        where = f" in {', '.join(wanted)}" if wanted else ""
        words.append(f"There is nobody left to recommend to {eco.name_of[me]}{where}.")
    elif not (scores > 0).any():
        words.append(
            f"Nothing in the data leads from {eco.name_of[me]} to "
            + (
                "the only candidate: its score is 0."
                if count == 1
                else f"any of the {count:,} candidates: every score is 0, and their order means "
                "nothing."
            )
        )
    return words


@dataclass(frozen=True, eq=False)
class _World:
    """The ecosystem as it is around one actor, to which a tie can be added."""

    eco: Ecosystem
    graph: WeightedGraph
    known: Known
    me: str

    @classmethod
    def of(cls, eco: Ecosystem, known: Known, me: str, options: dict[str, Any]) -> _World:
        """Take the network in which projects are nodes: introductions run through them too."""
        asked = NetworkOptions.of(options)
        return cls(eco, eco.weighted_graph(NetworkOptions(filters=asked.filters)), known, me)

    def row(self, i: int, score: float) -> tuple[Any, ...]:
        """Return what is said of a candidate."""
        other = self.known.ids[i]
        mine, theirs = (self._fields([self.known.ids.index(self.me)]), self._fields([i]))
        nodes = self.eco.nodes
        country = nodes["country"].iloc[nodes["id"].searchsorted(other)]
        return (
            other,
            self.eco.name_of[other],
            self.eco.kind_of[other],
            country,
            score,
            self._path(other),
            self._shared(other),
            self._named(theirs - mine),
            self._named(mine - theirs),
            self.changes([i]),
        )

    def _fields(self, actors: Sequence[int]) -> set[str]:
        columns = self.known.holds[list(actors)].tocoo().col
        return {self.known.fields[c] for c in columns}

    def _named(self, ids: Iterable[str]) -> list[str]:
        return sorted(self.eco.name_of[i] for i in ids)

    def _neighbours(self, node: str) -> set[int]:
        matrix, i = self.graph.adjacency, self.graph.index[node]
        return set(matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].tolist())

    def _shared(self, other: str) -> list[str]:
        """Return the networks and projects that both are tied to."""
        both = self._neighbours(self.me) & self._neighbours(other)
        hubs = {k for t in SCHEMA.folding for k in SCHEMA.tie_kinds[t].target_kinds}
        return sorted(self.graph.names[i] for i in both if self.graph.kinds[i] in hubs)

    def _path(self, other: str) -> Any:
        """Return the names on a shortest way there, by id where there are several."""
        before = self._came_from
        at, way = self.graph.index[other], [self.graph.names[self.graph.index[other]]]
        if before[at] < 0:
            return np.nan
        while at != self.graph.index[self.me]:
            at = int(before[at])
            way.append(self.graph.names[at])
        return way[::-1]

    @cached_property
    def _came_from(self) -> NDArray[np.int32]:
        """Who is one step nearer, of each node; negative where there is no way."""
        start = self.graph.index[self.me]
        before: NDArray[np.int32] = csgraph.breadth_first_order(
            self.graph.adjacency, start, directed=False, return_predecessors=True
        )[1]
        return before

    def changes(self, candidates: Sequence[int]) -> dict[str, dict[str, Any]]:
        """Return before and after of each figure when the actor is tied to candidates."""
        a = self.graph.index[self.me]
        new = [(a, self.graph.index[self.known.ids[i]]) for i in candidates]
        before, after = dict(self._as_it_is), self._figures(new)
        me = self.known.ids.index(self.me)
        near = [me, *self.known.partners(me).tolist()]
        before["capabilities"] = len(self._fields(near))
        after["capabilities"] = len(self._fields([*near, *candidates]))
        return {name: {"before": before[name], "after": after[name]} for name in before}

    @cached_property
    def _as_it_is(self) -> dict[str, Any]:
        return self._figures([])

    def _figures(self, new: list[tuple[int, int]]) -> dict[str, Any]:
        matrix = self.graph.adjacency
        n = matrix.shape[0]
        if new:
            ends = np.array(new)
            ones = np.ones(len(ends))
            half = sparse.coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
            matrix = sparse.csr_array(matrix + half + half.T)
        sizes = np.bincount(csgraph.connected_components(matrix, directed=False)[1]).astype(float)
        pairs = n * (n - 1)
        start = np.zeros(n)
        start[self.graph.index[self.me]] = 1.0
        near = (start + matrix @ start + matrix @ (matrix @ start)) > 0
        near[self.graph.index[self.me]] = False
        actor = np.array([kind in SCHEMA.actors for kind in self.graph.kinds])
        return {
            "fragmentation": float(1 - (sizes * (sizes - 1)).sum() / pairs) if pairs else np.nan,
            "single_points_of_failure": _cuts(matrix),
            "within_two_steps": int((near & actor).sum()),
        }


def _cuts(matrix: sparse.csr_array) -> int:
    """Count the nodes without which the network falls into more pieces."""
    n, compiled = matrix.shape[0], matrix.nnz > COMPILE_FROM
    parts: Any = [matrix.indptr, matrix.indices, matrix.indptr[:-1]]
    parts = [part.astype(np.int64) for part in parts]
    parts += [np.zeros(n, dtype=np.int64) for _ in range(4)]
    if not compiled:
        parts = [part.tolist() for part in parts]
    return int(either(_count_cuts, compiled=compiled)(*parts))


def _count_cuts(
    indptr: Any, indices: Any, next_one: Any, found: Any, low: Any, before: Any, cuts: Any
) -> Any:
    """Walk in depth: a node cuts where some branch below it leads nowhere above it (Tarjan)."""
    count, clock = 0, 0
    for root in range(len(found)):
        if found[root] > 0:
            continue
        clock += 1
        found[root], low[root] = clock, clock
        v, branches = root, 0
        while True:
            if next_one[v] < indptr[v + 1]:
                u = indices[next_one[v]]
                next_one[v] += 1
                if found[u] == 0:
                    clock += 1
                    found[u], low[u], before[u] = clock, clock, v
                    branches += v == root
                    v = u
                elif u != before[v] or v == root:
                    low[v] = min(low[v], found[u])
            elif v == root:
                break
            else:
                p = before[v]
                low[p] = min(low[p], low[v])
                if p != root and low[v] >= found[p] and cuts[p] == 0:
                    cuts[p] = 1
                    count += 1
                v = p
        count += branches > 1
    return count
