"""What Spark answers: each question of `partnergraph.analysis` about sources that lie on Spark.

Options, columns and attrs are those of the question in memory; tables stay on Spark
(`partnergraph.analysis.engines.spark.table.SparkTable`). `LACKS` declares what is not supported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from partnergraph.analysis.centrality import COUNTS
from partnergraph.analysis.complementarity import WHICH, Which
from partnergraph.analysis.engines.seam import Lacks
from partnergraph.analysis.engines.select import engine_for
from partnergraph.analysis.engines.spark import MEASURES, distances, groups, nodes, removal
from partnergraph.analysis.engines.spark import portfolios as holdings
from partnergraph.analysis.engines.spark.table import SparkTable
from partnergraph.analysis.fragility import FATES, FEWEST, Fragility, lasting
from partnergraph.analysis.measures import catalogue, node_measures
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import Filters
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.fold import NOT_FOLDED
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


_FOLD = {"fold": NOT_FOLDED}
# Measures that Spark lacks are declared in measures.yaml.
LACKS = {
    "centrality": Lacks(
        options=("approximate",),
        values=_FOLD,
        parts=("the ranking without whoever wrote the data",),
    ),
    "clusters": Lacks(
        options=("starts", "nulls", "like"),
        values={"method": ("cpm", "bipartite"), **_FOLD},
        parts=(
            "the comparison with random networks",
            "profiles and stability of the clusters",
            "strengths relative to those of their two ends",
        ),
    ),
    "complementarity": Lacks(
        options=("relatedness", "threshold", "by", "samples", "seed", "rca"),
        parts=("related fields", "p and q of overlaps", "synergy", "structural complementarity"),
    ),
    "coverage": Lacks(
        options=("most", "capacity", "seconds", "nulls", "seed", "rca"),
        parts=(
            "the minimum cover and irreplaceability",
            *("substitutes", "needs", "places", "benefits", "nestedness"),
        ),
    ),
    "fragility": Lacks(values=_FOLD, parts=("the distance fragmentation", "forecasts")),
}


@spark_errors()
def centrality(
    source: SparkEcosystem | SparkGraph,
    *,
    measures: str | Sequence[str] | None = None,
    weighted: bool = False,
    sources: int = distances.PIVOTS,
    seed: int = 0,
    **options: Any,
) -> SparkTable:
    """Rank nodes by how they are placed in the network.

    Parameters
    ----------
    sources, seed
        From how many nodes betweenness is estimated, and their seed; ``betweenness_error`` is its
        standard error.
    """
    names = node_measures([measures] if isinstance(measures, str) else measures)
    for name in names:
        engine_for(name, "spark")
    graph = _network(source, options)
    table = graph.nodes
    for name in names:
        found = _measured(graph, name, weighted, sources, seed)
        table = graph.spark.settle(table.join(found, "node"))
    errors = {name: catalogue()[name].error.get("spark") for name in names}
    attrs = {
        "measure": list(names),
        "parameters": {"weighted": weighted, "sources": sources, "seed": seed}
        | _asked(graph, options),
        "engine": dict.fromkeys(names, "spark"),
        "network": graph.as_network(),
        "reference": {name: catalogue()[name].reference for name in names},
        "inexact": {name: words for name, words in errors.items() if words},
    }
    order = f"`{names[0]}` DESC NULLS LAST, id"
    return SparkTable(graph.spark, table.drop("node"), order, attrs=attrs)


def _network(source: SparkEcosystem | SparkGraph, options: dict[str, Any]) -> SparkGraph:
    if not isinstance(source, SparkGraph):
        return source.weighted_graph(**options)
    if options:
        given = ", ".join(options)
        raise BadParameter(f"{given}: this network is already made. Give the ecosystem instead")
    return source


def _asked(graph: SparkGraph, options: dict[str, Any]) -> dict[str, Any]:
    return graph.options.chosen() | options


def _ecosystem(source: SparkEcosystem) -> SparkEcosystem:
    if not isinstance(source, SparkEcosystem):
        raise BadParameter("this question needs the ecosystem, not a network made from it")
    return source


def _measured(graph: SparkGraph, name: str, weighted: bool, sources: int, seed: int) -> DataFrame:
    """Return ``node`` and a measure of it under its name."""
    if name == "betweenness":
        found = distances.sampled_betweenness(graph, sources=sources, seed=seed, weighted=weighted)
        return found.values.withColumnsRenamed({"value": name, "error": f"{name}_error"})
    value = "CAST(value AS long)" if name in COUNTS else "value"
    return MEASURES[name](graph, weighted=weighted).selectExpr("node", f"{value} AS {name}")


@dataclass(frozen=True, eq=False)
class SparkClusters:
    """Clusters of a network on Spark, not compared with random networks.

    Attributes
    ----------
    table
        ``id``, ``name``, ``kind`` and ``cluster``; ``attrs`` has parameters and network.
    verdict
        ``untested``.
    quality
        The ``measure``, which is the modularity, and its ``value``; NaN for ``labels``.
    clusters
        ``id`` and ``size`` of the first 100.
    count
        How many there are.
    """

    table: SparkTable
    verdict: str
    quality: dict[str, Any]
    clusters: list[dict[str, Any]]
    count: int


@spark_errors()
def clusters(
    source: SparkEcosystem | SparkGraph,
    *,
    method: str = "leiden",
    resolution: float | None = None,
    seed: int = 0,
    **options: Any,
) -> SparkClusters:
    """Divide the network into clusters; ``leiden`` and ``louvain`` are the same here."""
    gamma = 1.0 if resolution is None else resolution
    if method not in ("leiden", "louvain", "labels") or not gamma > 0:
        words = "use leiden, louvain or labels, and a resolution above 0"
        raise BadParameter(f"method={method!r}, resolution={resolution}: {words}")
    graph, quality = _network(source, options), float("nan")
    if method == "labels":
        labels = groups.label_propagation(graph, seed=seed)
    else:
        found = groups.modularity_clusters(graph, resolution=gamma, seed=seed)
        labels, quality = found.labels, found.modularity
    frame = _numbered(graph, labels)
    query = """SELECT cluster AS id, count(*) AS size FROM {f} WHERE cluster > 0
        GROUP BY cluster ORDER BY cluster LIMIT 100"""
    sizes = graph.spark.sql(query, f=frame)
    attrs = {
        "network": graph.as_network(),
        "parameters": {"method": method, "resolution": gamma, "seed": seed}
        | _asked(graph, options),
    }
    return SparkClusters(
        table=SparkTable(graph.spark, frame, "cluster = 0, cluster, id", attrs=attrs),
        verdict="untested",
        quality={"measure": "modularity", "value": quality},
        clusters=[row.asDict() for row in sizes.collect()],
        count=graph.spark.numbers("SELECT max(cluster) AS n FROM {f}", f=frame)["n"] or 0,
    )


def _numbered(graph: SparkGraph, labels: DataFrame) -> DataFrame:
    """Return ``id name kind cluster``, numbered by size, then by the first of its members."""
    spark, labels = graph.spark, graph.spark.settle(labels)
    query = """SELECT label, row_number() OVER (ORDER BY size DESC, first) AS cluster FROM (
        SELECT l.label, count(*) AS size, min(l.node) AS first FROM {l} l
        LEFT SEMI JOIN {e} e ON l.node = e.node GROUP BY l.label)"""
    ranked = spark.sql(query, l=labels, e=nodes.totals(graph, False))
    query = """SELECT n.id, n.name, n.kind, coalesce(r.cluster, 0) AS cluster FROM {nodes} n
        JOIN {l} l ON n.node = l.node LEFT JOIN {r} r ON l.label = r.label"""
    return spark.settled(query, l=labels, r=ranked)


@dataclass(frozen=True, eq=False)
class SparkComplementarity:
    """Pairs of partners on Spark side by side, and what the comparison leaves out.

    Attributes
    ----------
    table
        The columns about sets; ``attrs`` has parameters and network.
    partners, silent
        How many partners have something on record, and how many nothing.
    beyond
        The most that a pair which was not compared may gain; None if none can be better.
    compared
        Among how many of the largest portfolios pairs were compared.
    """

    table: SparkTable
    partners: int
    silent: int
    beyond: int | None
    compared: int


@spark_errors()
def complementarity(
    eco: SparkEcosystem,
    a: str | None = None,
    b: str | None = None,
    *,
    pairs: Which = "all",
    top: int = 1_000,
    **options: Any,
) -> SparkComplementarity:
    """Set what pairs of partners gain from each other side by side, by sets of capabilities alone.

    The best pairs of all are found without listing all, see
    `partnergraph.analysis.engines.spark.portfolios`.
    """
    if pairs not in WHICH or top < 1:
        words = f"use pairs {', '.join(WHICH)}; top 1 or more"
        raise BadParameter(f"pairs={pairs!r}, top={top}: {words}")
    if b is not None and a is None:
        raise BadParameter("b without a: name the first partner too")
    named = [_ecosystem(eco).resolve(name) for name in (a, b) if name is not None]
    if len(named) == 2 and named[0] == named[1]:
        raise BadParameter(f"{a!r} and {b!r} are the same partner: name two partners")
    folios = holdings.portfolios(eco, **options)
    found = holdings.complements(folios, *named, pairs=pairs, top=top)
    parameters = {"a": a, "b": b, "pairs": pairs, "top": top, **options}
    attrs = {"parameters": parameters, "network": folios.as_network()}
    order = "mutual_gain DESC, gain_a_from_b + gain_b_from_a DESC, a, b"
    table = SparkTable(eco.spark, eco.spark.settle(found.frame), order, ("a", "b"), attrs)
    return SparkComplementarity(table, folios.n, folios.silent, found.beyond, found.compared)


@dataclass(frozen=True, eq=False)
class SparkCoverage:
    """What the partners on Spark hold, and what follows.

    Attributes
    ----------
    partners
        ``name``, ``capabilities``, ``sole``, ``shapley``; highest Shapley value first.
    capabilities
        ``name``, ``holders`` (how many), ``only`` (who alone holds it); fewest holders first, those
        without any included.
    n, silent
        How many partners have something on record, and how many nothing.
    held, single_points, unheld
        How many capabilities are held by somebody, by one partner alone, and by nobody.
    greedy
        The greedy cover: rows ``id name gained covered``.
    parameters, network
        The options asked for; recipe and sizes of the portfolios.
    """

    partners: SparkTable
    capabilities: SparkTable
    n: int
    silent: int
    held: int
    single_points: int
    unheld: int
    greedy: pd.DataFrame
    parameters: dict[str, Any]
    network: dict[str, Any]


@spark_errors()
def coverage(eco: SparkEcosystem, **options: Any) -> SparkCoverage:
    """Return what the ecosystem holds, who alone holds something, and who together hold all."""
    folios = holdings.portfolios(_ecosystem(eco), **options)
    spark = folios.spark
    fields = spark.settle(holdings.holders(folios))
    query = """SELECT count_if(holders > 0) AS held, count_if(holders = 1) AS single_points,
        count_if(holders = 0) AS unheld FROM {f}"""
    counts = spark.numbers(query, f=fields)
    shares = spark.settle(holdings.shares(folios))
    greedy = holdings.greedy_cover(folios)
    return SparkCoverage(
        partners=SparkTable(spark, shares, "round(shapley, 12) DESC, id"),
        capabilities=SparkTable(spark, fields, "holders, id"),
        n=folios.n,
        silent=folios.silent,
        **counts,
        greedy=pd.DataFrame(greedy, columns=["id", "name", "gained", "covered"]),
        parameters=dict(options),
        network=folios.as_network(),
    )


@spark_errors()
def fragility(
    eco: SparkEcosystem,
    *,
    leave: str | Sequence[str] = (),
    until: str | None = None,
    minimum: int = FEWEST,
    **options: Any,
) -> Fragility:
    """Take away actors, funders or projects, or let end what ends before a date, and look again.

    The distance fragmentation is NaN, and the first 1,000 of what ends in the cascade are listed.
    """
    names = [leave] if isinstance(leave, str) else list(leave)
    if not names and until is None:
        raise BadParameter("nothing happens: name who leaves, or a date until which things last")
    options = {key: value for key, value in options.items() if key != "directed"}
    gone = [_ecosystem(eco).resolve(name) for name in names]
    whole = eco.weighted_graph(**options)
    start = eco.filtered(whole.options.filters).eco.settled()
    left = start if until is None else start.at(lasting(until))
    if gone:
        left = left.left_by(eco.spark.frame({"id": gone})).settled()
    final, steps = removal.cascade(start, left, minimum)
    shape = replace(whole.options, filters=Filters(status=whole.options.filters.status))
    after = left.weighted_graph(shape)
    graphs = [whole, after, final.weighted_graph(shape) if steps else after]
    lost = [removal.lost(start, e) for e in (start, left, final)]
    before, now, then = (
        replace(removal.state(graph), lost_capabilities=len(gone_now))
        for graph, gone_now in zip(graphs, lost, strict=True)
    )
    frame = eco.spark.settle(removal.fates(whole, after, gone))
    counts = frame.groupBy("fate").count().collect()
    attrs = {
        "parameters": {"leave": gone, "until": until, "minimum": minimum} | _asked(whole, options),
        "network": whole.as_network(),
    }
    ranks = " ".join(f"WHEN '{fate}' THEN {x}" for x, fate in enumerate(FATES))
    order = f"CASE fate {ranks} END, coalesce(degree_after, 0) - degree_before, id"
    table = SparkTable(eco.spark, frame, order, attrs=attrs)
    fates = {row["fate"]: row["count"] for row in counts}
    return Fragility(cast(Any, table), before, now, then, steps, lost[1], fates)
