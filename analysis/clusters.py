r"""Whether a network has clusters, and which: groups tied more within than degrees explain.

Any network can be divided, so a partition alone is not a finding. The answer has three parts.

*The partition.* Where strengths of ties differ, each counts relative to what is typical of its two
ends (`analysis.nulls.strengths`). An optimiser runs from several random seeds, then once more from
the consensus of these runs. The network is then divided repeatedly with a tenth of its ties left
out: a member's *stability* is how often it stays with its cluster; its *second cluster* is where it
goes instead.

*The verdict.* Random networks with the same degrees (`analysis.nulls.random_networks`) are divided
with as many runs as count for the network, and :math:`p=(1+\#\{Q_0\ge Q\})/(1+R)` for R of them:
**clear** for p ≤ .01, **weak** for p ≤ .05, else **none**: no clusters beyond what degrees give.
With fewer than 99 random networks nothing can be clear; without any, or with fewer than 19 none of
which reaches it, it is **untested**. Ties can be denser in every neighbourhood than degrees give
without any border, as around a ring. So it is **borderless** instead of clear or weak where half of
the nodes have a stability below .75, or ties thin out across the borders more than those of groups
that have any (`analysis.partitions.borders`).

*What the clusters are*: which attributes their members have more often than others
(`partnergraph.analysis.partitions.profiles`), and a name after their most telling members.

Neither the order of rows nor the ids change a partition where ties distinguish the nodes: runs
visit nodes in an order derived from their ties.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.engines.leiden import Objective, label_propagation, leiden
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.nulls.random_networks import Null, TwoModeNull, mixed
from partnergraph.analysis.partitions.agreement import consensus, matched, stability
from partnergraph.analysis.partitions.borders import DRAWS, Borders, borders
from partnergraph.analysis.partitions.profiles import named, profiles
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.schema import SCHEMA, node_kinds
from partnergraph.graph.two_mode import TwoMode
from partnergraph.graph.weighted_graph import WeightedGraph

ENDLESS = 1e100
METHODS = ("leiden", "louvain", "labels", "cpm", "bipartite")
QUALITY = {"cpm": "cpm", "bipartite": "barber_modularity"}
# Up to so many nodes: runs; up to so many tied pairs: random networks; runs to compare by.
STARTS = ((1_000, 20), (10**9, 5))
EFFORT = 5
NULLS = ((20_000, 199), (10**9, 99))
CLEAR = 0.01
STABLE = 0.75
MISSING = 0.1
SECOND = 0.2
FEWEST_THINNED = 20
COMPILE_FROM = 150_000
EPSILON = 1e-9
MOST_KEPT = 16
_DRAWN: dict[str, list[float]] = {}

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Clusters:
    """Clusters of a network, and whether they are more than degrees give.

    Attributes
    ----------
    table
        Indexed by node id: ``name``, ``kind``, ``cluster`` (1 is the largest, equal sizes in order
        of their first id; 0: no ties, so no cluster), ``stability`` (0 … 1; NaN for a node alone in
        its cluster), ``second_cluster`` (missing unless the node is there in a fifth of the draws).
    verdict, verdict_in_words
        ``none``, ``weak``, ``clear``, ``borderless`` or ``untested``; and the same in a sentence or
        two.
    quality
        ``measure``, ``value``, ``best``, ``null_mean``, ``null_sd``, ``z``, ``p``, ``runs``,
        ``nulls`` and ``null``: what the optimiser reaches, on the network and on random ones; and
        where borders were looked for, ``border_spread``, ``border_lean``, ``border_p`` and
        ``border_draws``, else NaN and 0.
    clusters
        ``id``, ``size``, ``name``, ``stability`` and ``profile`` of each cluster.
    tests
        Of the profiles: how many ``tests``, and the attributes that are ``left_out``.
    matched
        What each cluster was in an earlier partition; None without `like`.
    """

    table: pd.DataFrame
    verdict: str
    verdict_in_words: str
    quality: dict[str, Any]
    clusters: list[dict[str, Any]]
    tests: dict[str, Any]
    matched: pd.DataFrame | None = None


@question
def clusters(
    source: Ecosystem | WeightedGraph | TwoMode,
    *,
    method: str = "leiden",
    resolution: float | None = None,
    starts: int | None = None,
    nulls: int | None = None,
    like: pd.Series | Mapping[str, int] | Ecosystem | None = None,
    seed: int = 0,
    **options: Any,
) -> Clusters:
    r"""Divide the network into clusters, and test whether there are any.

    Parameters
    ----------
    source
        An ecosystem; or a network or an affiliation made from one. Direction is ignored.
    method
        ``leiden``, ``louvain`` or ``labels`` (label propagation), judged by modularity
        :math:`Q=\sum_c [m_c/m - \gamma (d_c/2m)^2]`, with the strength :math:`m_c` within cluster
        c, its total strength :math:`d_c`, and the network's strength m; ``cpm``, Leiden by
        :math:`\sum_c [m_c - \gamma n_c(n_c-1)/2]`, which has no resolution limit; ``bipartite``,
        Leiden by Barber's :math:`Q_B=\sum_c [m_c/m - \gamma K_cD_c/m^2]` on the affiliation itself:
        rows are the kinds in ``among`` (by default those that join and are not joined), columns
        what they are tied to by ``via`` (by default membership and participation).
    resolution
        :math:`\gamma > 0`; larger gives more and smaller clusters. By default 1; the mean strength
        of a pair for ``cpm``.
    starts
        Runs of the optimiser: by default 20, above 1,000 nodes 5. The first five count in the
        comparison.
    nulls
        Random networks to compare with: by default 199, above 20,000 tied pairs 99.
    like
        An earlier partition, as a mapping from node to cluster, or the ecosystem to find it in:
        clusters that overlap most keep its numbers, new ones get numbers it did not have.
    seed
        Random seed.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        If there is no such method, the resolution or the number of starts is not positive, the
        number of nulls is negative, or options do not fit the source.

    References
    ----------
    Traag, V. A., Waltman, L., van Eck, N. J. (2019). *Scientific Reports* 9, 5233.
    Lancichinetti, A., Fortunato, S. (2012). *Scientific Reports* 2, 336.
    Guimerà, R., Sales-Pardo, M., Amaral, L. A. N. (2004). Modularity from fluctuations in random
    graphs and complex networks. *Physical Review E* 70, 025101.
    """
    graph, model = _networks(source, method, options)
    question = _Question.of(graph, method, resolution, starts, nulls, seed)
    found = _divided(question, graph, model)
    table, parameters = (_table(found, graph), question.parameters | graph.parameters(options))
    number, pairs = {label: label for label in range(len(found.of_cluster) + 1)}, None
    if like is not None:
        number, pairs = _renumbering(table, _earlier(like, parameters))
        table = _renumbered(table, number)
    groups = table["cluster"][table["cluster"] > 0]
    telling = profiles(groups, source if isinstance(source, Ecosystem) else None, graph.options)
    sure = {number[i + 1]: value for i, value in enumerate(found.of_cluster)}
    typical = float(table["stability"].median())
    verdict = verdict_of(found.quality["p"], question.nulls, groups.nunique(), typical)
    if verdict in ("clear", "weak"):
        edge = _edges(question, model, found.labels)
        verdict = "borderless" if edge.blurred else verdict
        found.quality.update({f"border_{k}": v for k, v in asdict(edge).items()})
    table.attrs = {
        "measure": [f"{question.quality}_clusters"],
        "parameters": parameters,
        "engine": {f"{question.quality}_clusters": "native"},
        "network": graph.as_network(),
    }
    return Clusters(
        table=table,
        verdict=verdict,
        verdict_in_words=_in_words(verdict, found.quality, groups.nunique()),
        quality=found.quality | {"null": model.in_words(question.nulls)},
        clusters=_described(groups, sure, named(groups, graph, telling), telling),
        tests={str(name): value for name, value in telling.attrs.items()},
        matched=pairs,
    )


def verdict_of(p: float, nulls: int, count: int, typical: float = 1.0) -> str:
    """Return the verdict for a p-value from so many random networks, and a median stability."""
    if count < 2:
        return "none"
    if nulls == 0 or np.isnan(p):
        return "untested"
    if p <= ALPHA and typical < STABLE:
        return "borderless"
    if p <= CLEAR:
        return "clear"
    if p > ALPHA and p * (1 + nulls) < 1.5:  # no random network reaches it, and they are too few
        return "untested"
    return "weak" if p <= ALPHA else "none"


# -- the network ------------------------------------------------------------------------------


def _networks(
    source: Ecosystem | WeightedGraph | TwoMode, method: str, options: dict[str, Any]
) -> tuple[WeightedGraph, Null | TwoModeNull]:
    """Return the network in its own order of nodes, and what random ones are made from."""
    if method not in METHODS:
        raise BadParameter(f"method={method!r}: take one of {', '.join(METHODS)}")
    if isinstance(source, TwoMode) or method == "bipartite":
        if isinstance(source, WeightedGraph):
            raise BadParameter("method='bipartite' looks at affiliations. Give the ecosystem")
        if method != "bipartite":
            raise BadParameter(f"method={method!r} needs a network. Take 'bipartite', or fold")
        graph, rows = _affiliations(source, options)
        order = _own_order(graph, np.where(rows, "row", "column"))
        graph = graph.take(order)
        return graph, TwoModeNull(graph, rows[order])
    graph = source.weighted_graph(**options).undirected()
    most = graph.adjacency.data.max(initial=0.0)
    if most > ENDLESS:  # squares would overflow; modularity is the same in any unit
        graph = replace(graph, adjacency=sparse.csr_array(graph.adjacency / most), direct=None)
    graph = graph.take(_own_order(graph, np.array(graph.kinds)))
    model = Null.of(graph).relative()
    return model.graph, model


def _affiliations(
    source: Ecosystem | TwoMode, options: dict[str, Any]
) -> tuple[WeightedGraph, NDArray[np.bool_]]:
    """Return rows and columns as the nodes of one network, and which of them are rows."""
    wanted = NetworkOptions.of(options)
    if not isinstance(source, TwoMode):
        table = source.two_mode(**_sides(wanted, options.get("among")))
    elif options:
        given = ", ".join(options)
        raise BadParameter(f"{given}: this matrix is already made. Give the ecosystem instead")
    else:
        table = source
    graph = replace(table.as_one_mode(), options=wanted)
    return graph, np.arange(len(graph)) < len(table.rows)


def _sides(options: NetworkOptions, among: Any) -> dict[str, Any]:
    """Return which rows and columns an affiliation has, from the options of a network."""
    wrong = [name for name in ("directed", "fold", "weight") if name in options.chosen()]
    if wrong:
        raise BadParameter(f"{', '.join(wrong)}: an affiliation is not folded. Leave it out")
    via = options.via
    joined = {kind for tie in via for kind in SCHEMA.tie_kinds[tie].target_kinds}
    joining = {kind for tie in via for kind in SCHEMA.tie_kinds[tie].source_kinds}
    rows = node_kinds(among) if among else [k for k in SCHEMA.node_kinds if k in joining - joined]
    columns = [k for k in SCHEMA.node_kinds if k in joined - set(rows)]
    return {"rows": rows, "columns": columns, "via": via, **options.filters.chosen()}


def _own_order(graph: WeightedGraph, kinds: NDArray[Any]) -> Ints:
    """Return the nodes in an order derived from their ties, then from their ids.

    Colour refinement (Weisfeiler and Leman 1968): each node gets a number from its kind and ties,
    then repeatedly from the numbers of its neighbours, until no further nodes are distinguished.
    """
    matrix = graph.adjacency
    rows = np.repeat(np.arange(len(graph)), np.diff(matrix.indptr))
    strengths = np.round(matrix.data, 9).view(np.uint64)
    levels, codes = np.unique(kinds.astype(str), return_inverse=True)
    # By the name of the kind, not by its rank among the kinds present.
    colour = np.array([sum(map(ord, kind)) for kind in levels], dtype=np.uint64)[codes]
    seen = 0
    for _ in range(len(graph)):
        spread = mixed(colour[matrix.indices] ^ mixed(strengths))
        around = np.zeros(len(graph), dtype=np.uint64)
        np.add.at(around, rows, spread)
        colour = mixed(colour ^ mixed(around))
        different = len(np.unique(colour))
        if different == seen:
            break
        seen = different
    return np.lexsort((np.unique(np.array(graph.ids, dtype=str), return_inverse=True)[1], colour))


# -- the partition ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Question:
    """How to divide, how often, and against how many random networks."""

    method: str
    resolution: float
    starts: int
    nulls: int
    seed: int
    compiled: bool | None
    rows: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        graph: WeightedGraph,
        method: str,
        resolution: float | None,
        starts: int | None,
        nulls: int | None,
        seed: int,
    ) -> _Question:
        if starts is None:
            starts = next(runs for size, runs in STARTS if len(graph) <= size)
        if nulls is None:
            nulls = next(runs for size, runs in NULLS if graph.n_pairs <= size)
        if (resolution is not None and not resolution > 0) or starts < 1:
            raise BadParameter(f"resolution={resolution}, starts={starts}: both must be above 0")
        if nulls < 0 or seed < 0:
            raise BadParameter(f"nulls={nulls}, seed={seed}: give 0 or more")
        if resolution is None:
            pairs = len(graph) * (len(graph) - 1)
            density = float(graph.adjacency.sum()) / pairs if pairs else 0.0
            resolution = density if method == "cpm" and density else 1.0
        many = nulls * min(starts, EFFORT) * graph.n_pairs > COMPILE_FROM
        return cls(method, resolution, starts, nulls, seed, True if many else None)

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "resolution": self.resolution,
            "seed": self.seed,
            "starts": self.starts,
            "nulls": self.nulls,
        }

    @property
    def effort(self) -> int:
        """Runs by which the network and random ones are compared."""
        return min(self.starts, EFFORT)

    @property
    def quality(self) -> str:
        return QUALITY.get(self.method, "modularity")

    def objective(self, matrix: sparse.csr_array) -> Objective:
        if self.method == "cpm":
            return Objective.cpm(matrix, self.resolution)
        if self.method == "bipartite" and self.rows is not None:
            return Objective.barber(matrix, self.rows, self.resolution)
        return Objective.modularity(matrix, self.resolution)

    def run(self, matrix: sparse.csr_array, seed: int, start: Ints | None = None) -> Ints:
        """Divide a network once."""
        if self.method == "labels":
            if start is not None:
                return start
            return label_propagation(matrix, seed=seed, compiled=self.compiled)
        return leiden(
            matrix,
            self.objective(matrix),
            seed=seed,
            start=start,
            refined=self.method != "louvain",
            compiled=self.compiled,
        )

    def best(self, matrix: sparse.csr_array, seed: int) -> tuple[float, Ints]:
        """Return the best of the runs to compare by on a network: its quality, its labels."""
        worth = self.objective(matrix)
        again = [self.run(matrix, seed + i) for i in range(self.effort)]
        reached = [worth.value(matrix, labels) for labels in again]
        first = int(np.argmax(reached))
        return reached[first], again[first]


@dataclass(frozen=True, eq=False)
class _Found:
    """A partition, labels from 0 with −1 for nodes without ties, its stability and quality."""

    labels: Ints
    stability: NDArray[np.float64]
    second: Ints
    of_cluster: NDArray[np.float64]
    quality: dict[str, Any]


def _divided(question: _Question, graph: WeightedGraph, model: Null | TwoModeNull) -> _Found:
    """Divide the network, and compare it with thinned and with random networks."""
    matrix = graph.adjacency
    if isinstance(model, TwoModeNull):
        question = replace(question, rows=model.rows)
    tied = np.flatnonzero(np.diff(matrix.indptr))
    quality = {"measure": question.quality, "value": np.nan, "best": np.nan}
    quality |= {"null_mean": np.nan, "null_sd": np.nan, "z": np.nan, "p": np.nan}
    quality |= {"runs": question.starts, "nulls": question.nulls}
    quality |= {"border_spread": np.nan, "border_lean": np.nan, "border_p": np.nan}
    quality |= {"border_draws": 0}
    if not len(tied):
        nothing = np.full(len(graph), -1, dtype=np.int64)
        return _Found(nothing, np.full(len(graph), np.nan), nothing, np.zeros(0), quality)
    worth = question.objective(matrix)
    runs = [question.run(matrix, question.seed + i) for i in range(question.starts)]
    reached = [worth.value(matrix, labels) for labels in runs]
    inner = replace(question, method="leiden", resolution=1.0)
    agreed = consensus(matrix, runs, lambda m, i: inner.run(m, question.seed + i))
    last = question.run(matrix, question.seed, agreed)
    value = worth.value(matrix, last)
    labels = _by_size(last, graph, tied)
    quality |= {"value": value, "best": max(value, *reached)}
    if question.nulls:
        drawn = np.array(_across(question, model))
        quality |= _against(min(value, max(reached[: question.effort])), value, drawn)
    sure = _how_sure(question, graph, model, labels[tied], tied)
    return replace(sure, labels=labels, quality=quality)


def _by_size(labels: Ints, graph: WeightedGraph, tied: Ints) -> Ints:
    """Number clusters from 0 by size, then by their first id; nodes without ties get −1."""
    members = pd.Series([graph.ids[i] for i in tied]).groupby(labels[tied]).agg(["size", "min"])
    members = members.sort_values(["size", "min"], ascending=[False, True])
    number = {label: i for i, label in enumerate(members.index)}
    out = np.full(len(labels), -1, dtype=np.int64)
    out[tied] = [number[label] for label in labels[tied]]
    return out


def _across(question: _Question, model: Null | TwoModeNull) -> list[float]:
    """Return the best quality of each random network; remember it for the next call."""
    key = _fingerprint(question, model)
    if key not in _DRAWN:
        if len(_DRAWN) >= MOST_KEPT:
            _DRAWN.pop(next(iter(_DRAWN)), None)
        _DRAWN[key] = _drawn(question, model)
    return _DRAWN[key]


def _fingerprint(question: _Question, model: Null | TwoModeNull) -> str:
    """Return what the random networks of a model depend on, as one number."""
    matrix = model.graph.adjacency
    arrays = [matrix.indptr, matrix.indices, matrix.data]
    if isinstance(model, Null):
        arrays += [model.ends, model.strengths]
        if model.affiliation is not None:
            a = model.affiliation
            arrays += [a.member, a.hub, a.level]
            arrays.append(np.array([a.weight, str(a.significant)]))
    else:
        arrays.append(model.rows)
    asked = (question.method, question.resolution, question.effort, question.nulls, question.seed)
    digest = hashlib.sha256(repr((asked, model.graph.kinds)).encode())
    for array in arrays:
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _drawn(question: _Question, model: Null | TwoModeNull) -> list[float]:
    """Return the best quality of each random network, each from a seed of its own."""
    seeds = np.random.SeedSequence(question.seed).spawn(question.nulls)
    model = replace(model, compiled=question.compiled)

    def one(child: np.random.SeedSequence) -> float:
        matrix = model.draw(np.random.default_rng(child))
        return question.best(matrix, question.seed)[0] if matrix.nnz else np.nan

    if not question.compiled:
        return [one(child) for child in seeds]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(one, seeds))


def _against(tested: float, value: float, drawn: NDArray[np.float64]) -> dict[str, float]:
    """Compare the quality with those of random networks."""
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) < 2:
        return {}
    mean, sd = float(drawn.mean()), float(drawn.std(ddof=1))
    p = (1 + int((drawn >= tested - EPSILON).sum())) / (1 + len(drawn))
    z = (value - mean) / sd if sd > EPSILON else float("nan")
    return {"null_mean": mean, "null_sd": sd, "z": z, "p": p}


def _how_sure(
    question: _Question, graph: WeightedGraph, model: Null | TwoModeNull, labels: Ints, tied: Ints
) -> _Found:
    """Divide the network again with a tenth of its ties left out, from other seeds."""
    random = np.random.default_rng([question.seed, 1])
    draws = question.starts if question.compiled else max(question.starts, FEWEST_THINNED)
    runs = []
    for i in range(draws):
        thinner = model.thinned(random, MISSING)
        runs.append(question.run(thinner, question.seed + question.starts + i)[tied])
    sure = stability(labels, runs)
    n = len(graph)
    node, second = np.full(n, np.nan), np.full(n, -1, dtype=np.int64)
    node[tied] = sure.node
    second[tied] = np.where(sure.second_share >= SECOND, sure.second, -1)
    return _Found(labels, node, second, sure.cluster, {})


def _edges(question: _Question, model: Null | TwoModeNull, labels: Ints) -> Borders:
    """Hold the clusters against those of networks with borders."""
    if isinstance(model, TwoModeNull):
        question = replace(question, rows=model.rows)
    draws = DRAWS if question.nulls > NULLS[-1][1] else DRAWS // 2

    def divide(matrix: sparse.csr_array) -> Ints:
        return question.best(matrix, question.seed)[1]

    model = replace(model, compiled=question.compiled)
    return borders(model, labels, divide, draws=draws, seed=question.seed)


# -- the answer -------------------------------------------------------------------------------


def _table(found: _Found, graph: WeightedGraph) -> pd.DataFrame:
    """Return a row a node, clusters in their order, nodes without any last."""
    table = graph.nodes()
    table["cluster"] = found.labels + 1
    table["stability"] = found.stability
    table["second_cluster"] = pd.array(found.second + 1, dtype="Int64")
    table.loc[found.second < 0, "second_cluster"] = pd.NA
    return _sorted(table)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    order = table.reset_index().assign(loose=(table["cluster"] == 0).to_numpy())
    return table.loc[order.sort_values(["loose", "cluster", "id"])["id"]]


def _earlier(like: Any, parameters: dict[str, Any]) -> pd.Series:
    """Return the cluster of each node in the earlier partition."""
    if isinstance(like, Ecosystem):
        like = clusters(like, **parameters | {"nulls": 0}).table["cluster"]
    earlier = pd.Series(like, dtype="float64")
    if ((earlier < 0) | (earlier % 1 != 0)).any():
        raise BadParameter("like: the clusters of an earlier partition are whole numbers from 0")
    return earlier


def _renumbering(table: pd.DataFrame, earlier: pd.Series) -> tuple[dict[int, int], pd.DataFrame]:
    """Return the number each cluster gets from an earlier partition, and how the two match."""
    pairs = matched(table["cluster"], earlier)
    fresh = int(np.nanmax([0.0, *earlier])) + 1  # a number that no earlier cluster has
    number: dict[int, int] = {0: 0}
    for cluster, before in zip(pairs.index.tolist(), pairs["before"].tolist(), strict=True):
        number[cluster] = fresh if before is pd.NA else before
        fresh += before is pd.NA
    pairs = pairs.assign(new=pairs["before"].isna())
    pairs.index = pd.Index([number[c] for c in pairs.index.tolist()], name="cluster")
    return number, pairs.sort_index()


def _renumbered(table: pd.DataFrame, number: dict[int, int]) -> pd.DataFrame:
    columns = {name: table[name].map(number) for name in ("cluster", "second_cluster")}
    return _sorted(table.assign(**columns).astype({"second_cluster": "Int64"}))


def _described(
    groups: pd.Series, sure: dict[int, float], names: dict[int, str], telling: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return id, size, name, stability and profile of each cluster."""
    sizes = groups.value_counts()
    profile: dict[Any, list[Any]] = {c: [] for c in sizes.index}
    if len(telling):
        for cluster, rows in telling.groupby("cluster"):
            profile[cluster] = rows.drop(columns="cluster").to_dict("records")
    return [
        {
            "id": int(c),
            "size": int(sizes[c]),
            "name": names[c],
            "stability": float(sure[c]),
            "profile": profile[c],
        }
        for c in sorted(sizes.index)
    ]


def stability_in_words(value: float) -> str:
    """Return the word for a cluster's stability, by the thresholds of Hennig, .75 and .5."""
    if np.isnan(value):
        return "unknown"
    return "stable" if value >= STABLE else "shifting" if value >= 0.5 else "dissolves"


def _in_words(verdict: str, q: dict[str, Any], count: int) -> str:
    """Return the verdict in a sentence or two."""
    name = q["measure"].replace("_", " ")
    if np.isnan(q["value"]):
        return "Nothing is tied, so there are no clusters."
    if count < 2:
        return "No division is better than leaving the network whole: no clusters."
    if verdict == "untested" and not np.isnan(q["p"]):
        return (
            f"This is a partition, not a finding: none of {q['nulls']} random networks reaches "
            f"{name} {q['value']:.3f}, but they are too few to tell. Compare with 199."
        )
    if verdict == "untested":
        return (
            f"This is a partition, not a finding: {name} {q['value']:.3f} has not been compared "
            "with random networks."
        )
    reach = (
        f"{name} is {q['value']:.3f}; {q['nulls']} random networks of the same degrees reach "
        f"{q['null_mean']:.3f} ± {q['null_sd']:.3f} (p = {q['p']:.3f})"
    )
    if verdict == "none":
        return (
            f"No clusters beyond what degrees give: {reach}. Read the groups as one way to divide."
        )
    if verdict == "borderless":
        why = (
            "with a tenth of the ties left out, half of the nodes change their group in more than "
            "a quarter of the draws"
            if np.isnan(q["border_p"])
            else "ties thin out from one group to the next, more than they would across borders "
            f"(p = {q['border_p']:.3f})"
        )
        return (
            f"Ties are denser in neighbourhoods than degrees give, without clear borders: {reach}; "
            f"{why}. Read the groups as one way to divide."
        )
    if verdict == "weak":
        return f"Weak clusters, hardly more than degrees give: {reach}."
    return f"Clear clusters: {reach}."
