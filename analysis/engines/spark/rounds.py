r"""What converges over rounds: PageRank, eigenvector, core numbers and components.

Each node keeps a value and receives those of its neighbours. The arcs of a round include one from
each node to itself, so that a round reads the values once and several rounds are one job.

A round moves either values or messages. Where memory allows (`Spark.told`), all values are
broadcast to every worker and joined with the arcs of the receivers, which lie there: nothing is
shuffled. Beyond that, arcs lie with the sender, and messages are added up and shuffled.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from partnergraph.analysis.engines.spark.nodes import every_node, mutual, undefined
from partnergraph.graph.spark.network import SparkGraph

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ALPHA = 0.85
AT_ONCE = 6
MOST_ROUNDS = 3_000
TOLERANCE = 1e-11
LOG = logging.getLogger(__name__)


@lru_cache(maxsize=4)
def _with_loops(graph: SparkGraph, weighted: bool, symmetric: bool) -> DataFrame:
    """Return arcs ``a``, ``b``, ``w``, with an arc of weight null from each node to itself."""
    w = "strength" if weighted and not symmetric else "1D"
    query = f"""SELECT a, b, {w} AS w FROM {{ties}}
        UNION ALL SELECT node, node, CAST(NULL AS double) FROM {{nodes}}"""
    return graph.spark.sized(graph.n_arcs + graph.n).settled(
        query, _home(graph), ties=mutual(graph, False) if symmetric else graph.arcs
    )


def _home(graph: SparkGraph) -> str:
    """Return the end by which the arcs of a round are partitioned."""
    return "b" if _tells(graph) else "a"


def _tells(graph: SparkGraph) -> bool:
    """Return whether values go to every worker; within a single partition nothing travels."""
    parted = graph.spark.partitions(graph.n_arcs + graph.n) > 1
    return parted and graph.n <= graph.spark.told


def _at_once(graph: SparkGraph) -> int:
    """Return how many rounds are one job: fewer where their values would fill the memory."""
    fit = graph.spark.told // max(graph.n, 1) if _tells(graph) else AT_ONCE
    return next(rounds for rounds in (6, 3, 2, 1) if rounds <= min(fit, AT_ONCE))


def told(graph: SparkGraph, *names: str) -> str:
    """Return the hint that broadcasts frames with a row per node, where they are small."""
    return f"/*+ BROADCAST({', '.join(names)}) */" if _tells(graph) else ""


def pagerank(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    r"""Share of time a visitor spends who follows ties with probability 0.85.

    Solves :math:`y = 1 + \alpha P^T y` and divides by the sum, which treats nodes without ties out
    as handing their share to all. Undirected networks have real eigenvalues, and a second-order
    iteration of fixed weight :math:`\omega = 2/(1+\sqrt{1-\alpha^2})` gains a digit in four rounds
    instead of fourteen, in a fixed number of rounds. The error is below 1e-12. A shuffle of n
    values a round.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    query = f"""SELECT {told(graph, "s")} e.a, e.b, e.w / s.total AS p FROM {{loops}} e
        LEFT JOIN (SELECT a, sum(w) AS total FROM {{loops}} GROUP BY a) s ON e.a = s.a"""
    shares = spark.settled(query, _home(graph), loops=_with_loops(graph, weighted, False))
    omega = 1.0 if graph.directed else 2 / (1 + sqrt(1 - ALPHA**2))
    values = spark.sql("SELECT node, 1D AS y, 1D AS last FROM {nodes}")
    for number in range(1, (174 if graph.directed else 72) + 1):
        query = f"""SELECT {told(graph, "v")} b AS node,
            max(CASE WHEN p IS NULL THEN (1 - {omega!r}D) * last END)
            + {omega!r}D * (1 + {ALPHA}D * coalesce(sum(y * p), 0D)) AS y,
            max(CASE WHEN p IS NULL THEN y END) AS last
            FROM {{shares}} e JOIN {{values}} v ON e.a = v.node GROUP BY b"""
        values = spark.sql(query, shares=shares, values=values)
        if number % _at_once(graph) == 0:
            values = spark.settle(values)
            if graph.directed and _still(graph, values):
                break
    total = spark.numbers("SELECT sum(y) AS y FROM {v}", v=values)["y"]
    return spark.sql(f"SELECT node, y / {total!r}D AS value FROM {{v}}", v=values)


def _still(graph: SparkGraph, values: DataFrame) -> bool:
    """Return whether a round left an error below 1e-12 of the values' sum."""
    left = (1 - ALPHA) / ALPHA * 1e-12
    changes = "SELECT sum(abs(y - last)) AS change, sum(y) AS whole FROM {v}"
    sums = graph.spark.numbers(changes, v=values)
    return bool(sums["change"] <= left * sums["whole"])


def eigenvector(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Leading eigenvector of the adjacency, of length 1; null without ties or convergence.

    Power iteration of A + I from equal values. It stops where the changes of two blocks of rounds,
    as a geometric series, leave less than 1e-11.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    if graph.n_arcs == 0:
        return undefined(graph)
    arcs = _with_loops(graph, weighted, False)
    values = spark.settled(f"SELECT node, {1 / sqrt(graph.n)!r}D AS x FROM {{nodes}}")
    before = 1.0
    for _ in range(0, MOST_ROUNDS, _at_once(graph)):
        later = values
        for _ in range(_at_once(graph)):
            query = f"""SELECT {told(graph, "v")} b AS node, sum(x * coalesce(w, 1D)) AS x
                FROM {{loops}} e JOIN {{later}} v ON e.a = v.node GROUP BY b"""
            later = spark.sql(query, loops=arcs, later=later)
        later = spark.settle(later)
        norm = sqrt(spark.numbers("SELECT sum(x * x) AS s FROM {v}", v=later)["s"])
        later = spark.settled(f"SELECT node, x / {norm!r}D AS x FROM {{v}}", v=later)
        change = spark.numbers(
            "SELECT max(abs(p.x - q.x)) AS c FROM {p} p JOIN {q} q ON p.node = q.node",
            p=later,
            q=values,
        )["c"]
        values, ratio = later, min(change / before, 0.999999) if before else 0.0
        if change * ratio / (1 - ratio) <= TOLERANCE and change <= 1e-6:
            return spark.sql("SELECT node, x AS value FROM {v}", v=values)
        before = change
    LOG.warning("eigenvector: no convergence in %d rounds", MOST_ROUNDS)
    return undefined(graph)


def core_number(graph: SparkGraph, *, weighted: bool = False) -> DataFrame:
    """Largest k for which a node is in the k-core; direction is ignored.

    Each node takes the h-index of its neighbours' values, starting from degrees, until nothing
    changes (Lü, L. et al. (2016). *Nature Communications* 7, 10168).
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    arcs = _with_loops(graph, False, True)
    degrees = "SELECT b AS node, int(count(w)) AS h, 0 AS last FROM {e} GROUP BY b"
    values = spark.settled(degrees, e=arcs)
    while True:
        for _ in range(min(3, _at_once(graph))):
            query = f"""SELECT node, size(filter(sort_array(heard, false), (h, i) -> h > i)) AS h,
                last FROM (SELECT {told(graph, "v")} b AS node,
                collect_list(CASE WHEN w IS NOT NULL THEN h END) AS heard,
                max(CASE WHEN w IS NULL THEN h END) AS last
                FROM {{e}} e JOIN {{v}} v ON e.a = v.node GROUP BY b)"""
            values = spark.sql(query, e=arcs, v=values)
        values = spark.settle(values)
        if spark.numbers("SELECT count_if(h <> last) AS c FROM {v}", v=values)["c"] == 0:
            return spark.sql("SELECT node, double(h) AS value FROM {v}", v=values)


def components(graph: SparkGraph) -> DataFrame:
    """Return for each node the least number in its component, as ``node``, ``component``.

    Every component hooks onto the least it touches, chains are shortened, and what is connected
    becomes one node: few rounds, on a network that shrinks.
    """
    spark = graph.spark.sized(graph.n_arcs + graph.n)
    labels = spark.sql("SELECT node, node AS component FROM {nodes}")
    arcs = spark.sql("SELECT a, b FROM {e}", e=mutual(graph, False))
    while True:
        least = "SELECT a AS root, least(a, min(b)) AS up FROM {e} GROUP BY a"
        hooks, moved = spark.settled(least, e=arcs), True
        while moved:  # each time, the way to the top halves
            query = f"""SELECT {told(graph, "k")} h.root, k.up, k.up <> h.up AS moved
                FROM {{h}} h JOIN {{h}} k ON h.up = k.root"""
            hooks = spark.settled(query, h=hooks)
            moved = not hooks.where("moved").isEmpty()
        query = f"""SELECT {told(graph, "h")} l.node, coalesce(h.up, l.component) AS component
            FROM {{l}} l LEFT JOIN {{h}} h ON l.component = h.root"""
        labels = spark.settled(query, l=labels, h=hooks)
        query = f"""SELECT {told(graph, "x", "y")} DISTINCT x.up AS a, y.up AS b FROM {{e}} e
            JOIN {{h}} x ON e.a = x.root JOIN {{h}} y ON e.b = y.root WHERE x.up <> y.up"""
        arcs = spark.settled(query, e=arcs, h=hooks)
        if arcs.isEmpty():
            return labels


def component_sizes(graph: SparkGraph) -> DataFrame:
    """Return the number of nodes in the component of each node, as ``node``, ``value``."""
    query = """SELECT l.node, double(s.size) AS value FROM {l} l JOIN (
        SELECT component, count(*) AS size FROM {l} GROUP BY component) s
        ON l.component = s.component"""
    sizes = graph.spark.sql(query, l=components(graph))
    return every_node(graph, sizes)
