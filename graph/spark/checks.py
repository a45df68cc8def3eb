"""The checks of an ecosystem on Spark: the same names as in `partnergraph.graph.checks`.

Findings are a frame: ``severity``, ``check``, ``table``, ``id``, ``column``, ``value``, ``cause``.
Dates and kinds come to the driver once each; rows never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from partnergraph.graph import checks
from partnergraph.graph.ids import ID
from partnergraph.graph.schema import SCHEMA, Column
from partnergraph.graph.spark.ecosystem import SparkEcosystem, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def findings(eco: SparkEcosystem) -> DataFrame:
    """Return everything that is wrong with the tables, errors and warnings."""
    parts = [*_cells(eco), *_keys(eco), *_periods(eco), *_references(eco), *_ends(eco)]
    parts += _warnings(eco)
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole


def counts(eco: SparkEcosystem) -> dict[str, int]:
    """Return how many findings each check has, those with none left out."""
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
    """Yield what is wrong with single cells, in one pass a table."""
    for name, table in SCHEMA.tables.items():
        found = []
        for column in table.columns.values():
            cell = f"`{column.id}`"
            for check, wrong, cause in _rules(column, cell):
                found.append(
                    f"CASE WHEN {wrong} THEN struct('{check}' AS check, '{column.id}' AS column, "
                    f"CAST({cell} AS string) AS value, {quoted([cause])} AS cause) END"
                )
        key = f"CAST(`{table.key[0]}` AS string) AS id"
        rows = eco.tables[name].selectExpr(
            key, f"explode(array_compact(array({', '.join(found)}))) f"
        )
        yield rows.selectExpr(
            "'error' AS severity",
            "f.check",
            f"'{name}' AS table",
            "id",
            "f.column",
            "f.value",
            "f.cause",
        )


def _rules(column: Column, cell: str) -> Iterator[tuple[str, str, str]]:
    """Yield of a column: the check, which cells fail it, and what to say of them."""
    listed = SCHEMA.listed(column)
    words = column.type.replace("_", " ")
    if column.required:
        yield "missing_value", f"{cell} IS NULL", f"{column.id} is blank"
    if column.is_number:
        odd = [f"isnan({cell})", f"abs({cell}) = double('inf')"]
        limits = odd if column.type == "number" else []
        limits += [f"{cell} < {column.minimum}"] if column.minimum is not None else []
        limits += [f"{cell} > {column.maximum}"] if column.maximum is not None else []
        limits += [f"{cell} <= {column.above}"] if column.above is not None else []
        if limits:
            yield "bad_value", " OR ".join(limits), f"{column.id} is out of its range"
        return
    control = quoted([r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"])
    yield "bad_character", f"regexp_like({cell}, {control})", "it has control characters"
    if listed is not None:
        check = "unknown_kind" if column.type in ("node_kind", "tie_kind") else "unknown_value"
        yield check, f"{cell} NOT IN ({quoted(listed)})", f"it is no {words}"
    elif column.type == "id" and not column.refers_to:
        yield "bad_id", _unlike(cell, ID), "it is no id"
    elif column.type in checks.PATTERNS:
        pattern, shape = checks.PATTERNS[column.type]
        yield "bad_value", _unlike(cell, pattern), f"it is no {words}; write {shape}"


def _unlike(cell: str, pattern: str) -> str:
    return f"NOT regexp_like({cell}, {quoted([rf'^(?:{pattern})' + chr(92) + 'z'])})"


def _keys(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, table in SCHEMA.tables.items():
        key = ", ".join(f"`{c}`" for c in table.key)
        again = eco.spark.sql(
            f"""SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {key})
            AS ordinal FROM {{t}} WHERE `{table.key[0]}` IS NOT NULL) WHERE ordinal > 1""",
            t=eco.tables[name],
        )
        words = f"it is there already, with the same {', '.join(table.key)}"
        yield _found(again, "duplicate_id", name, table.key[0], words)


def _periods(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, table in SCHEMA.tables.items():
        dated = [c.id for c in table.columns.values() if c.type == "date"]
        if not {"start", "end"} <= set(dated):
            continue
        dates = eco.dates(name)
        for column in ("start", "end"):
            bad = eco.spark.sql(
                f"SELECT t.* FROM {{t}} t JOIN {{d}} d ON t.`{column}` = text WHERE early IS NULL",
                t=eco.tables[name],
                d=dates,
            )
            yield _found(bad, "bad_date", name, column, "it is not an EDTF date")
        backward = eco.spark.sql(
            """SELECT t.* FROM {t} t JOIN {d} x ON t.start = x.text JOIN {d} y ON t.`end` = y.text
            WHERE y.late < x.early""",
            t=eco.tables[name],
            d=dates,
        )
        yield _found(backward, "end_before_start", name, "end", "it ends before it starts")


def _references(eco: SparkEcosystem) -> Iterator[DataFrame]:
    for name, column in (("aliases", "node"), ("evidence", "fact"), ("evidence", "source")):
        homes = SCHEMA.tables[name].columns[column].refers_to
        known = " UNION ALL ".join(f"SELECT id FROM {{{home}}}" for home in homes)
        lost = eco.spark.sql(
            f"""SELECT t.* FROM {{t}} t LEFT ANTI JOIN ({known}) k ON t.`{column}` = k.id
            WHERE t.`{column}` IS NOT NULL""",
            t=eco.tables[name],
            **{home: eco.tables[home] for home in homes},
        )
        words = f"it is not in {' or '.join(homes)}"
        yield _found(lost, "dangling_reference", name, column, words)


def _ends(eco: SparkEcosystem) -> Iterator[DataFrame]:
    nodes, ties = eco.tables["nodes"], eco.tables["ties"]
    for end in ("source", "target"):
        lost = eco.spark.sql(
            f"""SELECT t.* FROM {{t}} t LEFT ANTI JOIN {{n}} n ON t.{end} = n.id
            WHERE t.{end} IS NOT NULL""",
            t=ties,
            n=nodes,
        )
        yield _found(lost, "dangling_tie", "ties", end, f"the tie's {end} is not in nodes")
    unfit = [
        f"(t.kind = '{tie}' AND x.kind = '{a}' AND y.kind = '{b}')"
        for tie in SCHEMA.tie_kinds
        for a in SCHEMA.node_kinds
        for b in SCHEMA.node_kinds
        if not checks.fits(tie, a, b)
    ]
    wrong = eco.spark.sql(
        f"""SELECT t.* FROM {{t}} t JOIN {{n}} x ON t.source = x.id JOIN {{n}} y ON t.target = y.id
        WHERE {" OR ".join(unfit)}""",
        t=ties,
        n=nodes,
    )
    yield _found(wrong, "tie_kind_mismatch", "ties", "kind", "it does not link such nodes")
    clash = eco.spark.sql(
        "SELECT t.* FROM {t} t LEFT SEMI JOIN {n} n ON t.id = n.id", t=ties, n=nodes
    )
    yield _found(clash, "ambiguous_fact", "ties", "id", "it is the id of a node too")
    reporter = "reported_by IS NOT NULL AND reported_by <> source AND reported_by <> target"
    yield _found(
        ties.where(reporter),
        "reporter_not_an_end",
        "ties",
        "reported_by",
        "it is not an end of the tie",
    )


def _warnings(eco: SparkEcosystem) -> Iterator[DataFrame]:
    loops = eco.tables["ties"].where("source = target")
    yield _found(loops, "self_tie", "ties", "target", "it is tied to itself", "warning")
    for name in ("nodes", "ties"):
        bare = eco.spark.sql(
            "SELECT t.* FROM {t} t LEFT ANTI JOIN {e} e ON t.id = e.fact",
            t=eco.tables[name],
            e=eco.tables["evidence"],
        )
        yield _found(bare, "fact_without_source", name, "id", "no source states it", "warning")
