"""What is left on Spark when somebody leaves: the pieces, and what becomes of each node.

Figures and rules are those of `partnergraph.analysis.fragility`, and exact; only the distance
fragmentation is missing, since it needs all distances.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from partnergraph.analysis.engines.spark.nodes import mutual, totals
from partnergraph.analysis.engines.spark.rounds import components
from partnergraph.analysis.fragility import State
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_STEPS = 1_000


@lru_cache(maxsize=4)
def places(graph: SparkGraph) -> DataFrame:
    """Return where each node is: ``id name kind degree component piece`` (nodes in its piece)."""
    query = """SELECT n.id, n.name, n.kind, coalesce(t.d, 0) AS degree, l.component, s.piece
        FROM {nodes} n JOIN {l} l ON n.node = l.node JOIN (
        SELECT component, count(*) AS piece FROM {l} GROUP BY component) s
        ON l.component = s.component LEFT JOIN {t} t ON n.node = t.node"""
    return graph.spark.sized(graph.n_arcs + graph.n).settled(
        query, l=components(graph), t=totals(graph, False)
    )


def state(graph: SparkGraph) -> State:
    """Measure how connected a network is, as `partnergraph.analysis.fragility.state` does."""
    n = graph.n
    query = """SELECT count(DISTINCT component) AS components, coalesce(max(piece), 0) AS largest,
        coalesce(sum(double(piece) - 1), 0D) AS reached, count_if(degree = 0) AS orphans
        FROM {p}"""
    sums = graph.spark.numbers(query, p=places(graph))
    pairs = graph.n_arcs if not graph.directed else mutual(graph, False).count()
    return State(
        nodes=n,
        pairs=pairs // 2,
        components=sums["components"],
        largest=sums["largest"],
        fragmentation=1 - sums["reached"] / (n * (n - 1)) if n > 1 else float("nan"),
        distance_fragmentation=float("nan"),
        orphans=sums["orphans"],
    )


def fates(before: SparkGraph, after: SparkGraph, gone: list[str]) -> DataFrame:
    """Return what becomes of each node, in the columns of `partnergraph.fragility`."""
    query = f"""SELECT x.id, x.name, x.kind, CASE WHEN x.id IN ({quoted(gone)}) THEN 'leaves'
        WHEN y.id IS NULL THEN 'ends' WHEN x.degree > 0 AND y.degree = 0 THEN 'orphaned'
        WHEN x.component = {_largest(before)} AND y.component <> {_largest(after)} THEN 'cut off'
        WHEN y.degree < x.degree THEN 'loses ties' ELSE 'as before' END AS fate,
        x.degree AS degree_before, y.degree AS degree_after,
        x.piece AS piece_before, y.piece AS piece_after
        FROM {{x}} x LEFT JOIN {{y}} y ON x.id = y.id"""
    return before.spark.sql(query, x=places(before), y=places(after))


def _largest(graph: SparkGraph) -> int:
    """Return the largest component; among equals the one whose first node comes first."""
    largest = graph.spark.numbers(
        "SELECT max_by(component, struct(piece, -component)) AS c FROM {p}", p=places(graph)
    )["c"]
    return -1 if largest is None else int(largest)


def held(eco: SparkEcosystem) -> DataFrame:
    """Return the capabilities that some actor holds, as ``id``; what is only sought is not held."""
    wanted = {kind for sought in SCHEMA.sought for kind in SCHEMA.tie_kinds[sought].target_kinds}
    query = f"""SELECT DISTINCT t.target AS id FROM {{ties}} t JOIN {{nodes}} x ON t.source = x.id
        JOIN {{nodes}} y ON t.target = y.id WHERE t.kind NOT IN ({quoted(SCHEMA.sought)})
        AND x.kind IN ({quoted(SCHEMA.actors)}) AND y.kind IN ({quoted(sorted(wanted))})"""
    return eco.spark.sql(query)


def lost(start: SparkEcosystem, left: SparkEcosystem) -> list[dict[str, str]]:
    """Return the capabilities that nobody holds any more, in the order of ids."""
    query = """SELECT n.id, n.name FROM {nodes} n LEFT SEMI JOIN {b} b ON n.id = b.id
        LEFT ANTI JOIN {a} a ON n.id = a.id ORDER BY n.id"""
    rows = start.spark.sql(query, b=held(start), a=held(left))
    return [row.asDict() for row in rows.collect()]


def cascade(
    before: SparkEcosystem, after: SparkEcosystem, minimum: int
) -> tuple[SparkEcosystem, list[dict[str, Any]]]:
    """End what falls below its minimum, again and again; return what is left and what ended.

    Of what ended, the first 1,000 come to the driver.
    """
    number = 0
    own = "try_cast(n.minimum AS double)" if "minimum" in after.tables["nodes"].columns else "NULL"
    steps: list[dict[str, Any]] = []
    first = before.spark.settle(_members(before))
    while True:
        number += 1
        query = f"""SELECT * FROM (SELECT {number} AS round, f.id, n.name, f.k AS members_before,
            coalesce(w.k, 0) AS members_after, int(coalesce({own}, {int(minimum)})) AS minimum
            FROM {{f}} f JOIN {{nodes}} n ON f.id = n.id LEFT JOIN {{w}} w ON f.id = w.id)
            WHERE members_after < minimum AND minimum <= members_before"""
        fallen = after.spark.settled(query, f=first, w=_members(after))
        if fallen.isEmpty():
            return after, steps
        listed = fallen.sort("id").limit(MOST_STEPS - len(steps)).collect()
        steps += [row.asDict() for row in listed]
        after = after.left_by(fallen).settled()


def _members(eco: SparkEcosystem) -> DataFrame:
    """Count the members of every project and network, as ``id``, ``k``."""
    query = f"""SELECT target AS id, count(DISTINCT source) AS k FROM {{ties}}
        WHERE kind IN ({quoted(SCHEMA.folding)}) AND source <> target GROUP BY target"""
    return eco.spark.sql(query)
