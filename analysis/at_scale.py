"""Questions of ecosystems beyond one machine: answers stay on Spark, the top of them comes here.

>>> import partnergraph as pg
>>> eco = pg.SparkEcosystem.read(pg.open_spark(), "hdfs:///register")  # doctest: +SKIP
>>> ranked = pg.centrality_at_scale(eco, among="organisation")  # doctest: +SKIP
>>> ranked.top(20), ranked.write("hdfs:///ranked")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from partnergraph.analysis.centrality import COUNTS
from partnergraph.analysis.engines.select import engine_for
from partnergraph.analysis.engines.spark import (
    distances,
    groups,
    nodes,
    portfolios,
    removal,
    rounds,
    triads,
)
from partnergraph.analysis.fragility import FATES, FEWEST
from partnergraph.analysis.measures import catalogue, node_measures
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import Filters
from partnergraph.graph.periods import OPEN, Period
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.fold import spark_filtered, spark_graph
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import Spark, spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from partnergraph.analysis.engines.spark import SparkMeasure

HOMES = (nodes, rounds, triads, distances)
METHODS = ("leiden", "louvain", "labels")


@dataclass(frozen=True, eq=False)
class SparkTable:
    """An answer on Spark: columns and attrs are those of the answer in memory.

    Attributes
    ----------
    order
        What ranks its rows, as SQL.
    index
        The columns by which its rows are named: ``id``, or ``a`` and ``b``.
    """

    spark: Spark
    frame: DataFrame
    order: str
    index: tuple[str, ...] = ("id",)
    attrs: dict[str, Any] = field(default_factory=dict)

    def top(self, n: int = 20) -> pd.DataFrame:
        """Bring the first n rows here."""
        with spark_errors():
            table = self.spark.table(self._ranked().limit(n))
        for name in table.columns.intersection(list(COUNTS)):
            table[name] = table[name].astype("int64")
        table = table.set_index(list(self.index))
        table.attrs.update(self.attrs)
        return table

    def write(self, folder: str) -> str:
        """Write every row as Parquet, in order, each worker its part.

        Raises
        ------
        ServerFailed
            Where the folder is there already, or cannot be written.
        """
        with spark_errors(folder):
            self._ranked().write.mode("errorifexists").parquet(folder)
        return folder

    def _ranked(self) -> DataFrame:
        return self.spark.sql(f"SELECT * FROM {{f}} ORDER BY {self.order}", f=self.frame)


def _network(graph: SparkGraph) -> dict[str, Any]:
    return {
        "recipe": str(graph.recipe),
        "nodes": graph.n,
        "ties": graph.ties,
        "pairs": graph.n_pairs,
        "directed": graph.directed,
        "dropped": graph.recipe.dropped,
        "notes": graph.recipe.notes,
    }


def _made(source: SparkEcosystem | SparkGraph, options: dict[str, Any]) -> SparkGraph:
    if isinstance(source, SparkGraph):
        if options:
            raise BadParameter(f"{', '.join(options)}: a SparkGraph is made already")
        return source
    return spark_graph(source, **options)


def centrality_at_scale(
    source: SparkEcosystem | SparkGraph,
    *,
    measures: str | Sequence[str] | None = None,
    weighted: bool = False,
    sources: int = distances.PIVOTS,
    seed: int = 0,
    **options: Any,
) -> SparkTable:
    """Rank nodes by how they are placed in a network on Spark.

    Parameters
    ----------
    measures
        Which measures; the default ones where none are named.
    weighted
        As of `partnergraph.centrality`.
    sources, seed
        From how many nodes betweenness is estimated, and their seed; it comes with
        ``betweenness_error``, its standard error.
    options
        How to make the network, see `partnergraph.graph.spark.fold.spark_graph`.

    Raises
    ------
    UnknownName, AmbiguousName, BadParameter
        Where an option names what is not there, or Spark lacks a measure.
    """
    names = node_measures([measures] if isinstance(measures, str) else measures)
    for name in names:
        engine_for(name, "spark")
    with spark_errors():
        graph = _made(source, options)
        table = graph.nodes
        for name in names:
            table = _beside(graph, table, name, weighted, sources, seed)
    errors = {name: catalogue()[name].error.get("spark") for name in names}
    attrs = {
        "measure": list(names),
        "parameters": {"weighted": weighted, "sources": sources, "seed": seed, **options},
        "engine": dict.fromkeys(names, "spark"),
        "network": _network(graph),
        "reference": {name: catalogue()[name].reference for name in names},
        "inexact": {name: words for name, words in errors.items() if words},
    }
    order = f"`{names[0]}` DESC NULLS LAST, id"
    return SparkTable(graph.spark, table.drop("node"), order, attrs=attrs)


def _beside(
    graph: SparkGraph, table: DataFrame, name: str, weighted: bool, sources: int, seed: int
) -> DataFrame:
    """Set a measure beside those that are there."""
    if name == "betweenness":
        found = distances.sampled_betweenness(
            graph, sources=sources, seed=seed, weighted=weighted
        ).values
        found = found.withColumnsRenamed({"value": name, "error": f"{name}_error"})
    else:
        measure: SparkMeasure = next(getattr(h, name) for h in HOMES if hasattr(h, name))
        found = measure(graph, weighted=weighted).withColumnRenamed("value", name)
    return graph.spark.settle(table.join(found, "node"))


def clusters_at_scale(
    source: SparkEcosystem | SparkGraph,
    *,
    method: str = "leiden",
    resolution: float = 1.0,
    seed: int = 0,
    **options: Any,
) -> SparkTable:
    """Divide a network on Spark into groups with most strength within.

    ``cluster`` is numbered by size, then by the first of its members; a node without ties is in
    none, 0. ``attrs["quality"]`` has the modularity, ``attrs["clusters"]`` the sizes of the first
    100. Nothing is compared with chance here. How near it comes to Leiden is in ``docs/spark.md``.

    Parameters
    ----------
    method
        ``leiden`` or ``louvain``: modularity; ``labels``: label propagation.
    resolution
        Of modularity: the larger, the smaller the groups.

    Raises
    ------
    BadParameter
        Where the method is absent on Spark.
    """
    if method not in METHODS:
        raise BadParameter(f"the engine spark lacks {method}. Take {', '.join(METHODS)}, or native")
    if not resolution > 0:
        raise BadParameter(f"resolution={resolution}: give more than 0")
    with spark_errors():
        graph = _made(source, options)
        quality = float("nan")
        if method == "labels":
            labels = groups.label_propagation(graph, seed=seed)
        else:
            found = groups.modularity_clusters(graph, resolution=resolution, seed=seed)
            labels, quality = found.labels, found.modularity
        frame = _numbered(graph, labels)
        sizes = graph.spark.sql(
            """SELECT cluster, count(*) AS size FROM {f} WHERE cluster > 0
            GROUP BY cluster ORDER BY cluster LIMIT 100""",
            f=frame,
        )
        sizes = [row.asDict() for row in sizes.collect()]
    attrs = {
        "network": _network(graph),
        "parameters": {"method": method, "resolution": resolution, "seed": seed, **options},
        "quality": {"measure": "modularity", "value": quality},
        "clusters": sizes,
        "count": int(graph.spark.numbers(frame.selectExpr("max(cluster) AS n"))["n"] or 0),
    }
    return SparkTable(graph.spark, frame, "cluster = 0, cluster, id", attrs=attrs)


def _numbered(graph: SparkGraph, labels: DataFrame) -> DataFrame:
    """Return ``id name kind cluster``, numbered by size, then by the first of its members."""
    spark, labels = graph.spark, graph.spark.settle(labels)
    ranked = spark.sql(
        """SELECT label, row_number() OVER (ORDER BY size DESC, first) AS cluster FROM (
        SELECT l.label, count(*) AS size, min(l.node) AS first FROM {l} l
        LEFT SEMI JOIN {e} e ON l.node = e.node GROUP BY l.label)""",
        l=labels,
        e=nodes.totals(graph, False),
    )
    return spark.settle(
        spark.sql(
            """SELECT n.id, n.name, n.kind, coalesce(r.cluster, 0) AS cluster FROM {n} n
            JOIN {l} l ON n.node = l.node LEFT JOIN {r} r ON l.label = r.label""",
            n=graph.nodes,
            l=labels,
            r=ranked,
        )
    )


def complementarity_at_scale(
    eco: SparkEcosystem,
    a: str | None = None,
    b: str | None = None,
    *,
    pairs: Literal["all", "potential", "realised"] = "all",
    top: int = 1_000,
    **options: Any,
) -> SparkTable:
    """Set what pairs of partners gain from each other side by side: sets of capabilities alone.

    Parameters
    ----------
    a, b
        A partner: all its pairs; of two: that pair. Without, the best pairs of all, which are found
        without listing all: see `partnergraph.analysis.engines.spark.portfolios`.
    pairs, top
        As of `partnergraph.complementarity`.
    options
        ``rows``, ``columns``, ``via`` and filters, as there.

    Returns
    -------
    SparkTable
        Indexed by (a, b), by mutual gain. ``attrs["beyond"]``: None, or what pairs that were not
        compared may gain at most. How related fields are, p, q, synergy and structure are absent.

    Raises
    ------
    UnknownName, AmbiguousName, BadParameter
        Where an option names what is not there, or a and b are one.
    """
    if pairs not in ("all", "potential", "realised") or top < 1:
        raise BadParameter(
            f"pairs={pairs!r}, top={top}: take pairs all, potential, realised; top 1 or more"
        )
    if b is not None and a is None:
        raise BadParameter("b without a: name the first partner too")
    with spark_errors():
        named = [eco.resolve(name) for name in (a, b) if name is not None]
        if len(named) == 2 and named[0] == named[1]:
            raise BadParameter(f"{named[0]} and {named[0]} are one: name two partners")
        folios = portfolios.portfolios(eco, **options)
        found = portfolios.complements(folios, *named, pairs=pairs, top=top)
        frame = eco.spark.settle(found.frame)
        attrs = {
            "parameters": {"a": a, "b": b, "pairs": pairs, "top": top, **options},
            "network": folios.as_network(),
            "partners": folios.n,
            "silent": folios.silent,
            "beyond": found.beyond,
            "compared": found.compared,
        }
    order = "mutual_gain DESC, gain_a_from_b + gain_b_from_a DESC, a, b"
    return SparkTable(eco.spark, frame, order, ("a", "b"), attrs)


@dataclass(frozen=True, eq=False)
class SparkCoverage:
    """What the partners on Spark hold, and what follows.

    Attributes
    ----------
    partners
        ``name``, ``capabilities``, ``sole``, ``shapley``; those of highest Shapley value first.
    capabilities
        ``name``, ``holders`` (how many), ``only`` (who alone holds it); fewest holders first, none
        included.
    n, silent, held, single_points, unheld
        How many partners have something on record, and nothing; how many capabilities somebody, one
        alone, and nobody holds.
    greedy
        The greedy way: rows ``id name gained covered``.
    """

    partners: SparkTable
    capabilities: SparkTable
    n: int
    silent: int
    held: int
    single_points: int
    unheld: int
    greedy: pd.DataFrame


def coverage_at_scale(eco: SparkEcosystem, **options: Any) -> SparkCoverage:
    """Say what the partners hold, who alone holds something, and who together hold everything.

    Figures are those of `partnergraph.coverage`, and exact. The minimum cover and what rests on it,
    substitutes, needs, places and nestedness are absent.

    Parameters
    ----------
    options
        ``rows``, ``columns``, ``via`` and filters, as there.
    """
    spark = eco.spark
    with spark_errors():
        folios = portfolios.portfolios(eco, **options)
        fields = spark.settle(portfolios.holders(folios))
        counts = spark.numbers(
            spark.sql(
                """SELECT count_if(holders > 0) AS held, count_if(holders = 1) AS single,
                count_if(holders = 0) AS unheld FROM {f}""",
                f=fields,
            )
        )
        steps = portfolios.greedy_cover(folios)
        frame = spark.settle(portfolios.shares(folios))
        attrs = {"parameters": dict(options), "network": folios.as_network()}
    return SparkCoverage(
        partners=SparkTable(spark, frame, "round(shapley, 12) DESC, id", attrs=attrs),
        capabilities=SparkTable(spark, fields, "holders, id", attrs=attrs),
        n=folios.n,
        silent=folios.silent,
        held=counts["held"],
        single_points=counts["single"],
        unheld=counts["unheld"],
        greedy=pd.DataFrame(steps, columns=["id", "name", "gained", "covered"]),
    )


def fragility_at_scale(
    eco: SparkEcosystem,
    *,
    leave: str | Sequence[str] = (),
    until: str | None = None,
    minimum: int = FEWEST,
    **options: Any,
) -> SparkTable:
    """Take away actors, funders or projects, or let end what ends before a date, and look again.

    Options, columns and ``attrs`` are those of `partnergraph.fragility`, but that the distance
    fragmentation is absent (NaN), and of what ends in the cascade the first 1,000 are listed;
    ``attrs["fates"]`` counts the nodes by fate.

    Raises
    ------
    BadParameter, UnknownName, AmbiguousName
        Where neither `leave` nor `until` is given, or an option names what is not there.
    """
    names = [leave] if isinstance(leave, str) else list(leave)
    if not names and until is None:
        raise BadParameter("nothing happens: name who leaves, or a date until which things last")
    options = {key: value for key, value in options.items() if key != "directed"}
    shape = {key: options[key] for key in ("among", "via", "weight", "status") if key in options}
    with spark_errors():
        gone = [eco.resolve(name) for name in names]
        whole = spark_graph(eco, **options)
        filters = [f.name for f in fields(Filters)]
        chosen = {key: options[key] for key in filters if key in options}
        start = spark_filtered(eco, **chosen).eco.settled()
        left = start if until is None else start.at(_lasting(until))
        if gone:
            left = left.left_by(eco.spark.frame({"id": gone})).settled()
        final, steps = removal.cascade(start, left, minimum)
        graphs = [whole, spark_graph(left, **shape)]
        graphs.append(spark_graph(final, **shape) if steps else graphs[1])
        lost = [_lost(start, e) for e in (start, left, final)]
        states = [
            removal.state(graph) | {"lost_capabilities": len(gone_now)}
            for graph, gone_now in zip(graphs, lost, strict=True)
        ]
        frame = eco.spark.settle(removal.fates(graphs[0], graphs[1], gone))
        counts = {row["fate"]: row["count"] for row in frame.groupBy("fate").count().collect()}
    attrs = {
        "parameters": {"leave": gone, "until": until, "minimum": minimum, **options},
        "network": _network(whole),
        "before": states[0],
        "after": states[1],
        "cascade": states[2],
        "cascade_steps": steps,
        "capabilities": lost[1],
        "fates": counts,
    }
    ranks = " ".join(f"WHEN '{fate}' THEN {x}" for x, fate in enumerate(FATES))
    order = f"CASE fate {ranks} END, coalesce(degree_after, 0) - degree_before, id"
    return SparkTable(eco.spark, frame, order, attrs=attrs)


def _lasting(until: str) -> str:
    """Return the period from a date on."""
    if "/" in until or until.strip() in ("", OPEN):
        raise BadParameter(f"until={until!r}: give one date, such as 2027 or 2027-06")
    Period.parse(until)
    return f"{until.strip()}/{OPEN}"


def _lost(start: SparkEcosystem, left: SparkEcosystem) -> list[dict[str, str]]:
    """Return the capabilities that nobody holds any more, by id."""
    rows = start.spark.sql(
        """SELECT n.id, n.name FROM {n} n LEFT SEMI JOIN {b} b ON n.id = b.id
        LEFT ANTI JOIN {a} a ON n.id = a.id ORDER BY n.id""",
        n=start.tables["nodes"],
        b=removal.held(start),
        a=removal.held(left),
    )
    return [{"id": row["id"], "name": row["name"]} for row in rows.collect()]
