"""The checks of an ecosystem on Spark, under the same names as in `partnergraph.graph.checks`.

Findings are a frame: ``severity``, ``check``, ``table``, ``id``, ``column``, ``value``, ``cause``.
Only distinct dates come to the driver, never rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING

from partnergraph.graph import checks
from partnergraph.graph.ids import ID
from partnergraph.graph.schema import SCHEMA, Column
from partnergraph.graph.spark.ecosystem import SparkEcosystem
from partnergraph.graph.spark.session import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def findings(eco: SparkEcosystem) -> DataFrame:
    """Return everything that is wrong with the tables, errors and warnings."""
    parts = [*_cells(eco), *_keys(eco), *_periods(eco), *_references(eco), *_ends(eco)]
    return reduce(lambda whole, part: whole.union(part), [*parts, *_warnings(eco)])


def counts(eco: SparkEcosystem) -> dict[str, int]:
    """Return how many findings each check has; checks without findings are left out."""
    rows = findings(eco).groupBy("check").count().collect()
    return {str(row["check"]): int(row["count"]) for row in sorted(rows)}


def _found(
    frame: DataFrame, check: str, table: str, column: str, cause: str, severity: str = "error"
) -> DataFrame:
    key = SCHEMA.tables[table].key[0]
    return frame.selectExpr(
        f"'{severity}' AS severity",
        f"'{check}' AS check",
        f"'{table}' AS table",
        f"CAST(`{key}` AS string) AS id",
        f"'{column}' AS column",
        f"CAST(`{column}` AS string) AS value",
        f"{quoted([cause])} AS cause",
    )


def _cells(eco: SparkEcosystem) -> Iterator[DataFrame]:
    """Yield what is wrong with single cells, in one pass per table."""
    for name, table in SCHEMA.tables.items():
        found = [
            f"""CASE WHEN {wrong} THEN struct('{check}' AS check, '{column.id}' AS column,
            CAST(`{column.id}` AS string) AS value, {quoted([cause])} AS cause) END"""
            for column in table.columns.values()
            for check, wrong, cause in _rules(column, f"`{column.id}`")
        ]
        key = f"CAST(`{table.key[0]}` AS string) AS id"
        exploded = f"explode(array_compact(array({', '.join(found)}))) f"
        rows = eco.tables[name].selectExpr(key, exploded)
        columns = "'error' AS severity", "f.check", f"'{name}' AS table", "id"
        yield rows.selectExpr(*columns, "f.column", "f.value", "f.cause")


def _rules(column: Column, cell: str) -> Iterator[tuple[str, str, str]]:
    """Yield for a column: the check, which cells fail it, and the cause in words."""
    listed = SCHEMA.listed(column)
    words = column.type.replace("_", " ")
    if column.required:
        yield "missing_value", f"{cell} IS NULL", f"{column.id} is blank"
    if column.is_number:
        odd = [f"isnan({cell})", f"abs({cell}) = double('inf')"]
        bounds = (("<", column.minimum), (">", column.maximum))
        limits = odd if column.type == "number" else []
        limits += [f"{cell} {sign} {bound}" for sign, bound in bounds if bound is not None]
        if limits:
            yield "bad_value", " OR ".join(limits), f"{column.id} is out of its range"
        return
    control = quoted([r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"])
    yield "bad_character", f"regexp_like({cell}, {control})", "it contains control characters"
    if listed is not None:
        check = "unknown_kind" if column.type in ("node_kind", "tie_kind") else "unknown_value"
        yield check, f"{cell} NOT IN ({quoted(listed)})", f"it is not a valid {words}"
    elif column.type == "id" and not column.refers_to:
        yield "bad_id", _unlike(cell, ID), "it is not a valid id"
    elif column.type in checks.PATTERNS:
        pattern, shape = checks.PATTERNS[column.type]
        yield "bad_value", _unlike(cell, pattern), f"it is not a valid {words}; write {shape}"


def _unlike(cell: str, pattern: str) -> str:
    return f"NOT regexp_like({cell}, {quoted([rf'^(?:{pattern})' + chr(92) + 'z'])})"


def _keys(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, table in SCHEMA.tables.items():
        key = ", ".join(f"`{c}`" for c in table.key)
        query = f"""SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {key})
            AS ordinal FROM {{{name}}} WHERE `{table.key[0]}` IS NOT NULL) WHERE ordinal > 1"""
        again = eco.spark.sql(query)
        words = f"a row with the same {', '.join(table.key)} already exists"
        yield _found(again, "duplicate_id", name, table.key[0], words)


def _periods(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, table in SCHEMA.tables.items():
        dated = [c.id for c in table.columns.values() if c.type == "date"]
        if not {"start", "end"} <= set(dated):
            continue
        dates = eco.dates(name)
        for column in ("start", "end"):
            query = f"""SELECT t.* FROM {{{name}}} t JOIN {{d}} d ON t.`{column}` = text
                WHERE early IS NULL"""
            bad = eco.spark.sql(query, d=dates)
            yield _found(bad, "bad_date", name, column, "it is not an EDTF date")
        query = f"""SELECT t.* FROM {{{name}}} t JOIN {{d}} x ON t.start = x.text
            JOIN {{d}} y ON t.`end` = y.text WHERE y.late < x.early"""
        backward = eco.spark.sql(query, d=dates)
        yield _found(backward, "end_before_start", name, "end", "it ends before it starts")


def _references(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, column in (("aliases", "node"), ("evidence", "fact"), ("evidence", "source")):
        homes = SCHEMA.tables[name].columns[column].refers_to
        known = " UNION ALL ".join(f"SELECT id FROM {{{home}}}" for home in homes)
        query = f"""SELECT t.* FROM {{{name}}} t LEFT ANTI JOIN ({known}) k ON t.`{column}` = k.id
            WHERE t.`{column}` IS NOT NULL"""
        lost = eco.spark.sql(query)
        words = f"it is not in {' or '.join(homes)}"
        yield _found(lost, "dangling_reference", name, column, words)


def _ends(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for end in ("source", "target"):
        query = f"""SELECT t.* FROM {{ties}} t LEFT ANTI JOIN {{nodes}} n ON t.{end} = n.id
            WHERE t.{end} IS NOT NULL"""
        lost = eco.spark.sql(query)
        yield _found(lost, "dangling_tie", "ties", end, f"the tie's {end} is not in nodes")
    unfit = " OR ".join(
        f"(t.kind = '{tie}' AND x.kind = '{a}' AND y.kind = '{b}')"
        for tie in SCHEMA.tie_kinds
        for a in SCHEMA.node_kinds
        for b in SCHEMA.node_kinds
        if not checks.fits(tie, a, b)
    )
    query = f"""SELECT t.* FROM {{ties}} t JOIN {{nodes}} x ON t.source = x.id
        JOIN {{nodes}} y ON t.target = y.id WHERE {unfit}"""
    wrong = eco.spark.sql(query)
    yield _found(wrong, "tie_kind_mismatch", "ties", "kind", "it does not link such nodes")
    clash = eco.spark.sql("SELECT t.* FROM {ties} t LEFT SEMI JOIN {nodes} n ON t.id = n.id")
    yield _found(clash, "ambiguous_fact", "ties", "id", "it is also the id of a node")
    reporter = "reported_by IS NOT NULL AND reported_by <> source AND reported_by <> target"
    outside, cause = eco.tables["ties"].where(reporter), "it is not an end of the tie"
    yield _found(outside, "reporter_not_an_end", "ties", "reported_by", cause)


def _warnings(eco: SparkEcosystem) -> Iterator[DataFrame]:
    loops = eco.tables["ties"].where("source = target")
    yield _found(loops, "self_tie", "ties", "target", "it is tied to itself", "warning")
    for name in ("nodes", "ties"):
        bare = f"SELECT t.* FROM {{{name}}} t LEFT ANTI JOIN {{evidence}} e ON t.id = e.fact"
        found, cause = eco.spark.sql(bare), "no source states it"
        yield _found(found, "fact_without_source", name, "id", cause, "warning")
