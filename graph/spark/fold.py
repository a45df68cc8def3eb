"""From an ecosystem on Spark to its network: the rules of `weighted_graph`, row by row the same.

Hubs are folded by joining members with members. A hub of k members makes k(k − 1) rows, which
travel once, to where the arcs of their node lie, and are added up there: what is kept in memory at
a time is a part of one worker, not the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import (
    COUNTED_STATUS,
    NetworkOptions,
    Recipe,
    Weight,
    choices_of,
    number_of,
)
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds
from partnergraph.graph.spark.ecosystem import SparkEcosystem, quoted
from partnergraph.graph.spark.network import BAD_STRENGTHS, SparkGraph, number, refuse_strengths

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass
class SparkFiltered:
    """An ecosystem on its way through the filters, with the recipe so far."""

    eco: SparkEcosystem
    steps: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.size = self._count(self.eco)

    @staticmethod
    def _count(eco: SparkEcosystem) -> tuple[int, int]:
        return eco.tables["nodes"].count(), eco.tables["ties"].count()

    def take(self, eco: SparkEcosystem, what: str, reason: str, *, said: bool = True) -> None:
        """Go on with what a filter left, and note what it dropped."""
        size = self._count(eco)
        nodes, ties = self.size[0] - size[0], self.size[1] - size[1]
        if said or ties:
            self.steps.append(
                f"{what} ({number_of(nodes, 'node')} and {number_of(ties, 'tie')} out)"
            )
            self.dropped += Counter({f"nodes {reason}": nodes, f"ties {reason}": ties})
        self.eco, self.size = eco, size


def spark_filtered(
    eco: SparkEcosystem,
    *,
    at: str | None = None,
    undated: Literal["keep", "drop"] = "keep",
    without: str | Sequence[str] = (),
    only: str | Iterable[str] | None = None,
    status: str | Iterable[str] = COUNTED_STATUS,
) -> SparkFiltered:
    """Filter an ecosystem on Spark in the fixed order; options as `spark_graph`."""
    wanted = [status] if isinstance(status, str) else list(status)
    left = SparkFiltered(eco)
    left.take(
        eco.with_status(wanted),
        f"ties that are {' or '.join(wanted)}",
        "of another status",
        said=False,
    )
    if at is not None:
        left.take(left.eco.at(at, undated=undated), f"at {at}", f"not there at {at}")
    elif undated == "drop":
        left.take(left.eco.dated(), "dated ties only", "undated")
    names = [without] if isinstance(without, str) else list(without)
    if names:
        ids = ", ".join(left.eco.resolve(name) for name in names)
        left.take(left.eco.without(names), f"without {ids}", f"gone with {ids}")
    if only is not None:
        kinds = node_kinds(only)
        left.take(left.eco.only(kinds), f"only {', '.join(kinds)}", "of other kinds")
    return left


def spark_graph(
    eco: SparkEcosystem,
    *,
    among: str | Iterable[str] | None = None,
    via: str | Iterable[str] | None = None,
    weight: Weight = "newman",
    at: str | None = None,
    undated: Literal["keep", "drop"] = "keep",
    without: str | Sequence[str] = (),
    only: str | Iterable[str] | None = None,
    status: str | Iterable[str] = COUNTED_STATUS,
    directed: bool = False,
) -> SparkGraph:
    """Fold and collapse an ecosystem on Spark into a network.

    Options, rules and recipe are those of `partnergraph.graph.weighted_graph.weighted_graph`.

    Raises
    ------
    UnknownName, AmbiguousName, BadParameter
        Where an option names what is not there.
    """
    nodes_in = SCHEMA.default_network if among is None else node_kinds(among)
    folding = SCHEMA.folding if via is None else tie_kinds(via)
    weights = choices_of(NetworkOptions, "weight")
    if weight not in weights:
        raise BadParameter(f"weight={weight!r}: take one of {', '.join(weights)}")
    left = spark_filtered(eco, at=at, undated=undated, without=without, only=only, status=status)
    return _network(left, nodes_in, folding, weight, directed, dated=at is not None)


def _network(
    left: SparkFiltered,
    among: Sequence[str],
    via: Sequence[str],
    weight: Weight,
    directed: bool,
    *,
    dated: bool,
) -> SparkGraph:
    spark = left.eco.spark.sized(left.size[1])
    members = number(spark, left.eco.tables["nodes"].where(f"kind IN ({quoted(among)})"))
    ties = _sorted_out(left, members, via, dated)
    left.steps.append(f"nodes: {', '.join(among)}")
    sums = _sums(left, ties)
    # An undirected tie that only one end reports runs from that end.
    forth, back = ("true", "true") if not directed else ("NOT back", "back OR either_way")
    arcs = spark.sql(
        f"""SELECT a, b, strength FROM {{t}} WHERE direct AND {forth} UNION ALL
        SELECT b, a, strength FROM {{t}} WHERE direct AND ({back})""",
        t=ties,
    )
    rows = 2 * sums["direct"]
    if sums["folds"]:
        folded, made = _folded(left, ties, weight)
        arcs, rows = arcs.union(folded), rows + made
        left.steps.append(f"{', '.join(via)} folded by {weight}")
    left.steps += ["parallel ties added up", "directed" if directed else "undirected"]
    arcs = spark.sql(
        "SELECT a, b, sum(strength) AS strength FROM {e} GROUP BY a, b",
        e=spark.sized(rows).dealt(arcs, "a", "b"),
    )
    arcs = spark.settle_sums(arcs)
    n_arcs, n = arcs.count(), members.count()
    if spark.partitions(n_arcs) < spark.partitions(rows):  # many were added up
        arcs = spark.settle(spark.sized(n_arcs).dealt(arcs, "a"))
    members = spark.settle(spark.sized(n).dealt(members, "node"))
    recipe = Recipe(tuple(left.steps), dict(left.dropped), dict(left.notes))
    return SparkGraph(spark, members, arcs, n, n_arcs, directed, sums["counted"], recipe)


def _sorted_out(
    left: SparkFiltered, members: DataFrame, via: Sequence[str], dated: bool
) -> DataFrame:
    """Mark each tie as direct, folding or left out, with the numbers of its ends."""
    return left.eco.spark.settled(
        f"""WITH ends AS (
          SELECT t.kind, x.node AS a, y.node AS b, t.strength, t.intensity, t.status,
            CASE WHEN x.node IS NULL THEN t.source ELSE t.target END AS hub,
            {"t.undated" if dated else "false"} AS undated,
            t.kind IN ({quoted(SCHEMA.undirected)}) AS undirected,
            coalesce(t.reported_by = t.source, false) AS by_source,
            coalesce(t.reported_by = t.target, false) AS by_target,
            t.kind IN ({quoted(SCHEMA.history)}) AS history
          FROM {{ties}} t LEFT JOIN {{members}} x ON t.source = x.id
          LEFT JOIN {{members}} y ON t.target = y.id)
        SELECT kind, a, b, hub, intensity, history, undated,
          undirected AND by_target AS back,
          undirected AND NOT by_source AND NOT by_target AS either_way,
          coalesce(strength, 1D) AS strength, strength IS NULL AS unstated,
          coalesce(status = '{SCHEMA.inferred}', false) AS inferred,
          NOT history AND coalesce(a = b, false) AS itself,
          NOT history AND coalesce(a <> b, false) AS direct,
          NOT history AND (a IS NULL) <> (b IS NULL) AND kind IN ({quoted(via)}) AS folds
        FROM ends""",
        ties=left.eco.marked() if dated else left.eco.tables["ties"],
        members=members,
    )


def _sums(left: SparkFiltered, ties: DataFrame) -> dict[str, int]:
    """Count what entered, what was dropped and what was assumed, in one pass."""
    sums = left.eco.spark.numbers(
        f"""SELECT count_if(direct) AS direct, count_if(folds) AS folds,
        count_if(direct OR folds) AS counted,
        count_if(history) AS `ties that tell history`, count_if(itself) AS `ties to itself`,
        count_if(NOT (direct OR itself OR folds OR history)) AS `ties outside the network`,
        count_if((direct OR folds) AND inferred) AS `inferred ties`,
        count_if((direct OR folds) AND undated) AS `undated ties`,
        count_if(direct AND unstated) AS `ties without a strength, counted as 1`,
        {BAD_STRENGTHS} FILTER (WHERE direct) AS bad FROM {{t}}""",
        t=ties,
    )
    refuse_strengths(sums["bad"])
    reasons = ("ties that tell history", "ties to itself", "ties outside the network")
    assumed = ("inferred ties", "undated ties", "ties without a strength, counted as 1")
    left.dropped += Counter({reason: sums[reason] for reason in reasons})
    left.notes += Counter({what: sums[what] for what in assumed})
    return sums


def _folded(left: SparkFiltered, ties: DataFrame, weight: Weight) -> tuple[DataFrame, int]:
    """Return what each hub adds to each arc (``a``, ``b``, ``strength``), and how many rows."""
    spark = left.eco.spark
    levels = " ".join(f"WHEN '{v}' THEN {i}" for i, v in enumerate(SCHEMA.values["intensity"], 1))
    shares = {"newman": "1D / (p.k - 1)", "count": "1D", "intensity": "least(p.level, q.level)"}
    member = spark.settled(
        f"""SELECT *, count(*) OVER (PARTITION BY hub) AS k FROM (
        SELECT hub, coalesce(a, b) AS m, max(CASE intensity {levels} ELSE 1 END) AS level,
        count(*) AS times FROM {{t}} WHERE folds GROUP BY hub, coalesce(a, b))""",
        t=ties,
    )
    sums = spark.numbers(
        """SELECT coalesce(sum(times - 1), 0) AS again,
        count(DISTINCT CASE WHEN k > 1 THEN hub END) AS hubs, count_if(k = 1) AS single,
        coalesce(sum(k - 1), 0) AS made FROM {m}""",
        m=member,
    )
    again, hubs = sums["again"], sums["hubs"]
    left.notes += Counter({"second ties of a member to a hub": again, "hubs folded": hubs})
    left.dropped += Counter({"hubs with a single member": sums["single"]})
    made = int(sums["made"])
    # Few members make many rows: the rows decide how many tasks there are.
    folded = spark.sql(
        f"""SELECT p.m AS a, q.m AS b, CAST({shares[weight]} AS double) AS strength
        FROM {{m}} p JOIN {{m}} q ON p.hub = q.hub AND p.m <> q.m WHERE p.k > 1 AND q.k > 1""",
        m=spark.sized(made).dealt(member, "hub"),
    )
    return folded, made
