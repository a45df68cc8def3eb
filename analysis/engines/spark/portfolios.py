r"""Who complements whom on Spark, and who holds what, from portfolios that stay there.

Not all pairs are listed. Two partners gain from each other at most what the smaller of the two
holds: all pairs among the T largest portfolios are compared, and if the last of the best pairs
gains more than the next largest portfolio holds, no pair outside can be better. Otherwise T grows
fourfold. Pairs that are tied, or the pairs of one partner, are few and are all compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from partnergraph.analysis.capabilities.covers import greedy
from partnergraph.analysis.capabilities.portfolio_options import PortfolioOptions
from partnergraph.analysis.complementarity import Which
from partnergraph.graph.network_options import Recipe
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.session import Spark, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FIRST_BLOCK = 256
MOST_BLOCK = 4_096
IN_MEMORY = 1_000_000


@dataclass(frozen=True, eq=False)
class SparkPortfolios:
    """Who holds what, after the filters.

    Attributes
    ----------
    spark
        The session; its statements may name the frames below and the tables that are left.
    holds
        ``partner``, ``what``: ids, each pair once.
    partners
        ``id``, ``name``, ``size`` (how many it holds, never 0).
    fields
        ``id``, ``name``, ``holders`` (how many, 0 included).
    n, silent
        Partners with, and without, anything on record.
    ties
        How many ties say who holds what.
    columns
        Node kinds of what is held.
    """

    spark: Spark
    holds: DataFrame
    partners: DataFrame
    fields: DataFrame
    n: int
    silent: int
    ties: int
    columns: tuple[str, ...]
    recipe: Recipe

    def __post_init__(self) -> None:
        frames = {"holds": self.holds, "partners": self.partners, "fields": self.fields}
        object.__setattr__(self, "spark", self.spark.holding(**frames))

    def as_network(self) -> dict[str, Any]:
        """Return recipe, sizes and what was dropped, as portfolios in memory do."""
        query = """SELECT count_if(holders > 0) AS held, count_if(holders = 0) AS unheld,
            coalesce(sum(holders), 0) AS pairs FROM {fields}"""
        sums = self.spark.numbers(query)
        dropped = {"partners without any on record": self.silent}
        dropped |= {"columns that nobody holds": sums["unheld"]}
        return {
            "recipe": str(self.recipe),
            "nodes": self.n + sums["held"],
            "ties": self.ties,
            "pairs": sums["pairs"],
            "directed": False,
            "dropped": self.recipe.dropped | dropped,
            "notes": self.recipe.notes,
        }


def portfolios(eco: SparkEcosystem, **options: Any) -> SparkPortfolios:
    """Lay out which partner holds which capability; options as for portfolios in memory."""
    asked = PortfolioOptions.of(options)
    row_kinds, column_kinds, counted = asked.rows, asked.columns, asked.holding
    left = eco.filtered(asked.filters)
    spark, row, column = left.eco.spark.sized(left.size[1]), quoted(row_kinds), quoted(column_kinds)
    nodes = spark.settle(left.eco.tables["nodes"].select("id", "name", "kind"))
    query = f"""SELECT if(x.kind IN ({row}), x.id, y.id) AS partner,
        if(x.kind IN ({row}), y.id, x.id) AS what
        FROM {{ties}} t JOIN {{nodes}} x ON t.source = x.id JOIN {{nodes}} y ON t.target = y.id
        WHERE t.kind IN ({quoted(counted)}) AND (x.kind IN ({row}) AND y.kind IN ({column})
        OR y.kind IN ({row}) AND x.kind IN ({column}))"""
    ends = spark.settled(query, nodes=nodes)
    holds = spark.settle(ends.distinct())
    sides = (("partner", "size", row), ("what", "holders", column))
    partners, fields = (
        spark.settled(
            f"""SELECT n.id, n.name, coalesce(h.k, 0) AS {called} FROM {{nodes}} n LEFT JOIN (
            SELECT {side}, count(*) AS k FROM {{h}} GROUP BY {side}) h ON n.id = h.{side}
            WHERE n.kind IN ({kinds})""",
            nodes=nodes,
            h=holds,
        )
        for side, called, kinds in sides
    )
    ties, everybody, n = ends.count(), partners.count(), partners.where("size > 0").count()
    words = f"{', '.join(row_kinds)} × {', '.join(column_kinds)} by {', '.join(counted)}"
    recipe = left.recipe.then(words, dropped={"ties outside the matrix": left.size[1] - ties})
    partners, silent = partners.where("size > 0"), everybody - n
    return SparkPortfolios(spark, holds, partners, fields, n, silent, ties, column_kinds, recipe)


# -- complementarity -------------------------------------------------------------------------


@dataclass(frozen=True)
class Pairs:
    """Pairs of partners, best first; `beyond` and `compared` as in `SparkComplementarity`."""

    frame: DataFrame
    beyond: int | None
    compared: int


def complements(
    folios: SparkPortfolios,
    a: str | None = None,
    b: str | None = None,
    *,
    pairs: Which = "all",
    top: int = 1_000,
    most_block: int = MOST_BLOCK,
) -> Pairs:
    """Find the pairs that gain most from each other: of all, of those tied, or of one partner.

    Options and order are those of `partnergraph.complementarity`, a and b being ids; at most
    `most_block` of the largest portfolios are compared with each other.
    """
    ends, met = None, None
    if a is not None:
        others = "x.id <> y.id" if b is None else f"y.id = {quoted([b])}"
        query = f"""SELECT x.id AS a, y.id AS b FROM {{partners}} x JOIN {{partners}} y
            ON x.id = {quoted([a])} AND {others}"""
        ends = folios.spark.sql(query)
    elif pairs == "realised":
        ends = met = meetings(folios)
    if ends is not None:
        return Pairs(_best(_compared(folios, ends, met=met), pairs, top), None, folios.n)
    size = FIRST_BLOCK
    while True:
        found, beyond = _among_largest(folios, min(size, most_block), pairs, top)
        if beyond is None or size >= most_block:
            return Pairs(found, beyond, min(size, most_block, folios.n))
        size *= 4


def _among_largest(
    folios: SparkPortfolios, size: int, pairs: Which, top: int
) -> tuple[DataFrame, int | None]:
    """Compare the largest portfolios; return the best pairs, and what others may gain."""
    spark = folios.spark
    block = spark.settled(f"SELECT * FROM {{partners}} ORDER BY size DESC, id LIMIT {size}")
    ends = spark.sql("SELECT x.id AS a, y.id AS b FROM {p} x JOIN {p} y ON x.id < y.id", p=block)
    found = spark.settle(_best(_compared(folios, ends, block), pairs, top))
    outside = "SELECT max(p.size) AS next FROM {partners} p LEFT ANTI JOIN {b} b ON p.id = b.id"
    beyond = spark.numbers(outside, b=block)["next"]
    worst = spark.numbers("SELECT count(*) AS n, min(mutual_gain) AS least FROM {f}", f=found)
    settled = beyond is None or (worst["n"] == top and worst["least"] > beyond)
    return found, None if settled else int(beyond)


def _compared(
    folios: SparkPortfolios,
    ends: DataFrame,
    block: DataFrame | None = None,
    met: DataFrame | None = None,
) -> DataFrame:
    """Compare the portfolios of pairs ``a``, ``b``; all in a block where one is given."""
    spark = folios.spark
    ends = spark.settle(ends)
    met = meetings(folios, ends) if met is None else met
    if block is None:
        query = """SELECT p.a, p.b, count(*) AS overlap FROM {e} p JOIN {holds} x
            ON p.a = x.partner JOIN {holds} y ON p.b = y.partner AND x.what = y.what
            GROUP BY p.a, p.b"""
        shared = spark.sql(query, e=ends)
    else:
        query = """WITH h AS (SELECT h.* FROM {holds} h LEFT SEMI JOIN {b} b ON h.partner = b.id)
            SELECT x.partner AS a, y.partner AS b, count(*) AS overlap
            FROM h x JOIN h y ON x.what = y.what AND x.partner < y.partner GROUP BY 1, 2"""
        shared = spark.sql(query, b=block)
    query = """SELECT e.a, e.b, x.name AS a_name, y.name AS b_name, coalesce(s.overlap, 0)
        AS overlap, y.size - coalesce(s.overlap, 0) AS gain_a_from_b,
        x.size - coalesce(s.overlap, 0) AS gain_b_from_a, m.a IS NOT NULL AS realised,
        x.size * y.size AS product
        FROM {e} e JOIN {partners} x ON e.a = x.id JOIN {partners} y ON e.b = y.id
        LEFT JOIN {s} s ON e.a = s.a AND e.b = s.b
        LEFT JOIN {m} m ON least(e.a, e.b) = m.a AND greatest(e.a, e.b) = m.b"""
    counted = spark.sql(query, e=ends, s=shared, m=met)
    query = """SELECT *, least(gain_a_from_b, gain_b_from_a) AS mutual_gain,
        (gain_a_from_b + gain_b_from_a) / nullif(overlap + gain_a_from_b + gain_b_from_a, 0)
        AS jaccard_dissimilarity, overlap / sqrt(product) AS jaffe_cosine FROM {c}"""
    measured = spark.sql(query, c=counted)
    query = """SELECT a, b, a_name, b_name, overlap, gain_a_from_b, gain_b_from_a, mutual_gain,
        jaccard_dissimilarity, turnover, jaccard_dissimilarity - turnover AS nestedness,
        jaffe_cosine, realised FROM (
        SELECT *, 2 * mutual_gain / nullif(overlap + 2 * mutual_gain, 0) AS turnover FROM {m})"""
    return spark.sql(query, m=measured)


def _best(found: DataFrame, pairs: Which, top: int) -> DataFrame:
    if pairs != "all":
        found = found.where("realised" if pairs == "realised" else "NOT realised")
    both = found["gain_a_from_b"] + found["gain_b_from_a"]
    return found.sort(found["mutual_gain"].desc(), both.desc(), "a", "b").limit(top)


def meetings(folios: SparkPortfolios, among: DataFrame | None = None) -> DataFrame:
    """Return pairs ``a`` < ``b`` of partners with a living tie or a project together.

    `among` restricts them to the ends of pairs ``a``, ``b``. A project of k partners makes
    k(k − 1)/2 rows.
    """
    spark = folios.spark
    kinds = [k for k in SCHEMA.period_lenders if k not in folios.columns]
    if among is None:
        inside = spark.settle(folios.partners.select("id"))
    else:
        inside = spark.settled("SELECT a AS id FROM {e} UNION SELECT b FROM {e}", e=among)
    query = f"""SELECT DISTINCT t.source AS id, t.target AS hub FROM {{ties}} t
        LEFT SEMI JOIN {{p}} p ON t.source = p.id
        JOIN {{nodes}} n ON t.target = n.id AND n.kind IN ({quoted(kinds)})
        WHERE t.kind IN ({quoted(SCHEMA.folding)})"""
    members = spark.sql(query, p=inside)
    query = f"""SELECT least(t.source, t.target) AS a, greatest(t.source, t.target) AS b
        FROM {{ties}} t
        LEFT SEMI JOIN {{p}} x ON t.source = x.id LEFT SEMI JOIN {{p}} y ON t.target = y.id
        WHERE t.kind NOT IN ({quoted(SCHEMA.history)}) AND t.source <> t.target
        UNION SELECT x.id, y.id FROM {{m}} x JOIN {{m}} y ON x.hub = y.hub AND x.id < y.id"""
    return spark.settled(query, p=inside, m=members)


# -- coverage --------------------------------------------------------------------------------


def shares(folios: SparkPortfolios) -> DataFrame:
    r"""Return what each partner holds: ``id name capabilities sole shapley``.

    ``sole`` counts what nobody else holds; ``shapley`` is :math:`\sum_{e\in C_i}1/h_e`. One shuffle
    of who holds what.
    """
    query = """SELECT p.id, p.name, p.size AS capabilities, s.sole, s.shapley FROM {partners} p
        JOIN (SELECT h.partner, count_if(f.holders = 1) AS sole, sum(1D / f.holders) AS shapley
        FROM {holds} h JOIN {fields} f ON h.what = f.id GROUP BY h.partner) s
        ON p.id = s.partner"""
    return folios.spark.sql(query)


def holders(folios: SparkPortfolios) -> DataFrame:
    """Return how many partners hold each capability: ``id name holders only``.

    ``only`` is the partner that alone holds it (a single point of failure), otherwise null.
    """
    query = """SELECT f.id, f.name, f.holders, CASE WHEN f.holders = 1 THEN o.partner END AS only
        FROM {fields} f LEFT JOIN (SELECT what, min(partner) AS partner FROM {holds} GROUP BY what)
        o ON f.id = o.what"""
    return folios.spark.sql(query)


def greedy_cover(folios: SparkPortfolios, *, in_memory: int = IN_MEMORY) -> list[dict[str, Any]]:
    """Take the partner that adds most, then the next, until nothing is added; ties by id.

    Each step shuffles what is not covered yet; once `in_memory` rows or fewer are left, the rest is
    done on the driver. Rows ``id name gained covered``.
    """
    spark, left, covered = folios.spark, folios.holds, 0
    steps: list[dict[str, Any]] = []
    while left.count() > in_memory:
        query = """SELECT partner, count(*) AS gained FROM {h} GROUP BY partner
            ORDER BY gained DESC, partner LIMIT 1"""
        best = spark.numbers(query, h=left)
        covered += best["gained"]
        steps.append({"id": best["partner"], "gained": best["gained"], "covered": covered})
        query = """SELECT h.* FROM {h} h LEFT ANTI JOIN (SELECT what FROM {h} WHERE partner = {p})
            g ON h.what = g.what"""
        left = spark.settled(query, h=left, p=best["partner"])
    steps += [
        {"id": who, "gained": gained, "covered": covered + so_far}
        for who, gained, so_far in _greedy_here(spark, left)
    ]
    names = folios.partners.where(f"id IN ({quoted(step['id'] for step in steps)})")
    called = {row["id"]: row["name"] for row in names.collect()}
    return [{"id": s["id"], "name": called[s["id"]], **s} for s in steps]


def _greedy_here(spark: Spark, left: DataFrame) -> Iterator[tuple[str, int, int]]:
    """Continue the greedy cover in memory."""
    rows = spark.table(left)
    partners, r = np.unique(rows["partner"].to_numpy(dtype=object), return_inverse=True)
    fields, c = np.unique(rows["what"].to_numpy(dtype=object), return_inverse=True)
    shape = (len(partners), len(fields))
    matrix = sparse.coo_array((np.ones(len(rows)), (r, c)), shape=shape).tocsr()
    for step in greedy(matrix):
        yield partners[step.row], step.gained, step.covered
