"""Read registers and database exports as ecosystems on Spark, without passing through the driver.

A register is read by the same mapping as in `partnergraph build` (see
`loaders.tables.apply_mapping`), as far as it consists of columns, prefixes, fixed values, maps and
numbers; anything else is refused, not skipped. A Neo4j export is the folder of CSV files that
`partnergraph neo4j push --emit` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.ecosystem import SparkEcosystem, is_spark_folder
from partnergraph.graph.spark.session import Spark, default_spark, quoted, read_csv
from partnergraph.loaders.registers import mapping_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SAID = {"column", "prefix", "value", "map", "default", "as"}


def opened(
    source: str, read: Callable[[str], tuple[Ecosystem, list[str]]]
) -> tuple[SparkEcosystem, list[str]]:
    """Open a folder that Spark wrote; hand over what `read` reads into memory of any other."""
    spark = default_spark()
    if is_spark_folder(source):
        return SparkEcosystem.read(spark, source), []
    eco, said = read(source)
    return SparkEcosystem.of(spark, eco), said


def read_register(spark: Spark, path: str | Path, mapping: str | Path) -> SparkEcosystem:
    """Read a CSV register, or a directory of its parts, by a mapping.

    Parameters
    ----------
    path
        What Spark reads: a file, a directory, ``hdfs://…``, ``s3a://…``; ``.gz`` is one task.
    mapping
        A register that comes with the package, such as ``cordis``, or a YAML file.

    Raises
    ------
    BadParameter
        If the mapping asks for what is not done on Spark.
    UnusableInput
        If it names a column that does not exist.
    """
    said = _mapping(mapping)
    rows = read_csv(spark, str(path) if "://" in str(path) else Path(path).resolve().as_uri())
    rows = spark.settle(_clean(rows, said))
    spark = spark.sized(rows.count())
    nodes, ties = [], []
    for table in said["tables"]:
        for kind, entry in table.get("nodes", {}).items():
            nodes.append(_select(rows, {"kind": {"value": kind}, **entry}, key="id"))
        for tie in table.get("ties", []):
            ends = {end: table["nodes"][tie[end]]["id"] for end in ("source", "target")}
            ties.append(_select(rows, {**tie, **ends, "kind": {"value": tie["kind"]}}))
    if not nodes:
        raise BadParameter(f"{mapping}: it makes no nodes. Add nodes to its tables")
    frames = {"nodes": _joined(nodes)}
    if ties:
        frames["ties"] = identified(spark, _joined(ties))
    if source := said.get("source"):
        frames["sources"] = spark.frame({k: [str(v)] for k, v in source.items()})
    about = About.from_mapping({k: v for k, v in said.items() if isinstance(v, str)})
    return SparkEcosystem.from_frames(spark, frames, about).settled()


def read_neo4j_export(spark: Spark, folder: str | Path) -> SparkEcosystem:
    """Read the CSV files of a bulk import, as `partnergraph neo4j push --emit` writes them.

    Raises
    ------
    UnusableInput
        If the folder holds no such files.
    """
    place = Path(folder)
    if not (place / "about.csv").is_file():
        raise UnusableInput(place, "it has no about.csv", "Give a folder of `neo4j push --emit`")
    parts: dict[str, list[DataFrame]] = {}
    homes = dict.fromkeys(SCHEMA.node_kinds, "nodes") | dict.fromkeys(SCHEMA.tie_kinds, "ties")
    for name, home in (homes | {t: t for t in SCHEMA.tables}).items():
        path = place / f"{name}.csv"
        if path.is_file():
            frame = read_csv(spark, path.resolve().as_uri())
            parts.setdefault(home, []).append(_exported(frame, name, home))
    about = read_csv(spark, (place / "about.csv").resolve().as_uri()).collect()[0].asDict()
    said = {name.partition(":")[0]: value for name, value in about.items()}
    frames = {home: _joined(found) for home, found in parts.items()}
    return SparkEcosystem.from_frames(spark, frames, About.from_mapping(said))


def identified(spark: Spark, ties: DataFrame) -> DataFrame:
    """Give ties the ids that `EcosystemBuilder` derives; duplicates are numbered by their cells."""
    role, start = (
        f"coalesce(concat('{mark}', {c}), '')" if c in ties.columns else "''"
        for c, mark in (("role", "."), ("start", "@"))
    )
    one_way = f"kind IN ({quoted(SCHEMA.undirected)}) AND source > target"
    turned = ties.selectExpr(
        *[f"`{c}`" for c in ties.columns if c not in ("source", "target", "id")],
        f"if({one_way}, target, source) AS source",
        f"if({one_way}, source, target) AS target",
    )
    order = ", ".join(f"`{c}`" for c in turned.columns)
    query = f"""SELECT CASE WHEN ordinal = 1 THEN base ELSE concat(base, '#', ordinal) END AS id, *
        FROM (SELECT *, row_number() OVER (PARTITION BY base ORDER BY {order}) AS ordinal FROM (
        SELECT *, concat(source, '.', kind, '.', target, {role}, {start}) AS base FROM {{t}}))"""
    return spark.sql(query, t=turned).drop("base", "ordinal")


def _mapping(mapping: str | Path) -> dict[str, Any]:
    import yaml

    path = Path(mapping)
    known = path.suffix not in (".yaml", ".yml")
    text = mapping_of(str(mapping)) if known else path.read_text(encoding="utf-8")
    if text is None:
        words = f"{mapping!r} is not a register with a mapping. Give a YAML file"
        raise BadParameter(words)
    said = yaml.safe_load(text)
    if not isinstance(said, dict) or not isinstance(said.get("tables"), list):
        raise UnusableInput(mapping, "it has no list of tables", "See `build --mapping`")
    return said


def _clean(rows: DataFrame, said: Mapping[str, Any]) -> DataFrame:
    """Return trimmed text, null where missing; columns that may be absent are blank."""
    words = quoted(["", *(str(word) for word in said.get("missing", ["NA"]))])
    cells = [f"if(trim(`{c}`) IN ({words}), NULL, trim(`{c}`)) AS `{c}`" for c in rows.columns]
    if said.get("absent") == "blank":
        asked = {str(r["column"] if isinstance(r, dict) else r) for r in _rules(said["tables"])}
        absent = sorted(asked - set(rows.columns))
        cells += [f"CAST(NULL AS string) AS `{c}`" for c in absent]
    return rows.selectExpr(*cells)


def _rules(said: Any) -> Iterator[Any]:
    """Yield what a mapping says of columns: names, and entries that name one."""
    for table in said:
        for entry in table.get("nodes", {}).values():
            yield from (r for r in entry.values() if isinstance(r, str) or "column" in r)
        for tie in table.get("ties", []):
            rest = (r for name, r in tie.items() if name not in ("kind", "source", "target"))
            yield from (r for r in rest if isinstance(r, str) or "column" in r)


def _select(rows: DataFrame, entry: Mapping[str, Any], key: str | None = None) -> DataFrame:
    """Return the columns of an entry; one row per key, with the least value of each column."""
    columns = [f"{_expression(name, rule, rows)} AS `{name}`" for name, rule in entry.items()]
    found = rows.selectExpr(*columns)
    if key is None:
        return found
    rest = {name: "min" for name in entry if name != key}
    least = found.where(f"`{key}` IS NOT NULL").groupBy(key).agg(rest)
    return least.withColumnsRenamed({f"min({name})": name for name in rest})


def _expression(name: str, rule: Any, rows: DataFrame) -> str:
    """Return a cell's rule as SQL."""
    rule = {"column": rule} if isinstance(rule, str) else dict(rule)
    more = set(rule) - _SAID
    if more or rule.get("as", "number") != "number":
        said = ", ".join(sorted(more)) or f"as: {rule['as']}"
        raise BadParameter(f"{name}: {said} is not supported on Spark. Prepare the column first")
    if "value" in rule:
        return quoted([str(rule["value"])])
    column = rule["column"]
    if column not in rows.columns:
        raise UnusableInput(column, "the register has no such column", "Correct the mapping")
    text = f"`{column}`"
    if "map" in rule:
        pairs = [(quoted([str(a)]), quoted([str(b)])) for a, b in rule["map"].items()]
        cases = " ".join(f"WHEN {a} THEN {b}" for a, b in pairs)
        kept = quoted([rule["default"]]) if "default" in rule else text
        text = f"CASE {text} {cases} ELSE {kept} END"
    elif "default" in rule:
        text = f"coalesce({text}, {quoted([str(rule['default'])])})"
    if "prefix" in rule:
        text = f"concat({quoted([rule['prefix']])}, {text})"
    return f"try_cast({text} AS double)" if rule.get("as") == "number" else text


def _exported(frame: DataFrame, name: str, home: str) -> DataFrame:
    """Return one file of an export with the columns of its table."""
    ends = {":START_ID": "source", ":END_ID": "target"}
    columns = [f"'{name}' AS kind"] if home in ("nodes", "ties") else []
    for header in frame.columns:
        column, _, kind = header.partition(":")
        if header in ends:
            columns.append(f"substring_index(`{header}`, ':', -1) AS {ends[header]}")
        elif column != "key":
            kind = kind if kind in ("double", "long", "boolean") else "string"
            columns.append(f"CAST(`{header}` AS {kind}) AS `{column}`")
    return frame.selectExpr(*columns)


def _joined(parts: list[DataFrame]) -> DataFrame:
    return reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts)
