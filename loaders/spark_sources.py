"""Registers and database exports become ecosystems on Spark, without passing through the driver.

A register enters by the same mapping that `partnergraph build` reads it with (see
`loaders.tables.apply_mapping`), as far as it says columns, prefixes, fixed values, maps and
numbers: what needs a reading of its own is refused, not skipped. A Neo4j export enters as the
folder of CSV files that `partnergraph neo4j push --emit` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.spark.ecosystem import SparkEcosystem, is_spark_folder
from partnergraph.graph.spark.session import Spark, braced, default_spark, quoted, read_csv

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
        A register that is known here, such as ``cordis``, or a YAML file.

    Raises
    ------
    BadParameter
        Where the mapping asks for what is not done on Spark.
    UnusableInput
        Where it names a column that is not there.
    """
    said = _mapping(mapping)
    rows = read_csv(spark, str(path) if "://" in str(path) else Path(path).resolve().as_uri())
    missing = [str(word) for word in said.get("missing", ["NA"])]
    rows = spark.settle(_clean(rows, missing, said))
    spark = spark.sized(rows.count())
    nodes: list[DataFrame] = []
    ties: list[DataFrame] = []
    for table in said["tables"]:
        for kind, entry in table.get("nodes", {}).items():
            nodes.append(_select(spark, rows, {"kind": {"value": kind}, **entry}, key="id"))
        for tie in table.get("ties", []):
            ends = {end: table["nodes"][tie[end]]["id"] for end in ("source", "target")}
            entry = {"kind": {"value": tie["kind"]}, **tie, **ends}
            entry["kind"] = {"value": tie["kind"]}
            ties.append(_select(spark, rows, entry))
    if not nodes:
        raise BadParameter(f"{mapping}: it makes no nodes")
    frames = {"nodes": _joined(nodes)}
    if ties:
        frames["ties"] = identified(spark, _joined(ties))
    about = About.from_mapping({k: v for k, v in said.items() if isinstance(v, str)})
    source = said.get("source")
    if source:
        frames["sources"] = spark.frame({k: [str(v)] for k, v in source.items()})
    return SparkEcosystem.from_frames(spark, frames, about).settled()


def read_neo4j_export(spark: Spark, folder: str | Path) -> SparkEcosystem:
    """Read the CSV files of a bulk import, as `partnergraph neo4j push --emit` writes them.

    Raises
    ------
    UnusableInput
        Where the folder holds no such files.
    """
    place = Path(folder)
    if not (place / "about.csv").is_file():
        raise UnusableInput(place, "it has no about.csv", "Name a folder of `neo4j push --emit`")
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
    """Give ties the ids that `EcosystemBuilder` derives; equals are told apart by their cells."""
    there = set(ties.columns)
    role, start = (
        f"CASE WHEN {c} IS NOT NULL THEN concat('{mark}', {c}) ELSE '' END" if c in there else "''"
        for c, mark in (("role", "."), ("start", "@"))
    )
    one_way = f"kind IN ({quoted(SCHEMA.undirected)}) AND source > target"
    turned = ties.selectExpr(
        *[f"`{c}`" for c in ties.columns if c not in ("source", "target", "id")],
        f"CASE WHEN {one_way} THEN target ELSE source END AS source",
        f"CASE WHEN {one_way} THEN source ELSE target END AS target",
    )
    order = ", ".join(f"`{c}`" for c in turned.columns)
    return spark.sql(
        f"""SELECT CASE WHEN ordinal = 1 THEN base ELSE concat(base, '#', ordinal) END AS id, *
        FROM (SELECT *, row_number() OVER (PARTITION BY base ORDER BY {order}) AS ordinal FROM (
        SELECT *, concat(source, '.', kind, '.', target, {role}, {start}) AS base FROM {{t}}))""",
        t=turned,
    ).drop("base", "ordinal")


def _mapping(mapping: str | Path) -> dict[str, Any]:
    import yaml

    path = Path(mapping)
    if path.suffix in (".yaml", ".yml"):
        text = path.read_text(encoding="utf-8")
    else:
        home = files("partnergraph.loaders.registers").joinpath(str(mapping), "mapping.yaml")
        if not home.is_file():
            raise BadParameter(f"there is no register {mapping!r} with a mapping. Give a YAML file")
        text = home.read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    if not isinstance(said, dict) or not isinstance(said.get("tables"), list):
        raise UnusableInput(mapping, "it is no mapping (no list tables)", "See `build --mapping`")
    return said


def _clean(rows: DataFrame, missing: list[str], said: Mapping[str, Any]) -> DataFrame:
    """Return text without outer blanks, null where missing; columns that may lack are blank."""
    words = quoted(["", *missing])
    cells = [
        f"CASE WHEN trim(`{c}`) NOT IN ({words}) THEN trim(`{c}`) END AS `{c}`"
        for c in rows.columns
    ]
    if said.get("absent") == "blank":
        asked = {str(r["column"] if isinstance(r, dict) else r) for r in _rules(said["tables"])}
        lacking = sorted(asked - set(rows.columns))
        cells += [f"CAST(NULL AS string) AS `{c}`" for c in lacking]
    return rows.selectExpr(*cells)


def _rules(said: Any) -> Iterator[Any]:
    """Yield what a mapping says of columns: names, and entries that name one."""
    for table in said:
        for entry in table.get("nodes", {}).values():
            yield from (r for r in entry.values() if isinstance(r, str) or "column" in r)
        for tie in table.get("ties", []):
            rest = (r for name, r in tie.items() if name not in ("kind", "source", "target"))
            yield from (r for r in rest if isinstance(r, str) or "column" in r)


def _select(
    spark: Spark, rows: DataFrame, entry: Mapping[str, Any], key: str | None = None
) -> DataFrame:
    """Return the columns an entry describes; one row a key, the least value of each where many."""
    columns = {name: _expression(name, rule, rows) for name, rule in entry.items()}
    if key is None:
        return rows.selectExpr(*(f"{e} AS `{n}`" for n, e in columns.items()))
    rest = ", ".join(f"min({e}) AS `{n}`" for n, e in columns.items() if n != key)
    name = braced(columns[key])
    return spark.sql(
        f"SELECT {name} AS `{key}`, {braced(rest)} FROM {{r}} WHERE {name} IS NOT NULL GROUP BY 1",
        r=rows,
    )


def _expression(name: str, rule: Any, rows: DataFrame) -> str:
    """Return a cell's rule as SQL."""
    rule = {"column": rule} if isinstance(rule, str) else dict(rule)
    more = set(rule) - _SAID
    if more or rule.get("as", "number") != "number":
        said = ", ".join(sorted(more)) or f"as: {rule['as']}"
        raise BadParameter(f"{name}: {said} is not done on Spark. Prepare the column beforehand")
    if "value" in rule:
        return quoted([str(rule["value"])])
    column = rule["column"]
    if column not in rows.columns:
        raise UnusableInput(column, "the register has no such column", "Correct the mapping")
    text = f"`{column}`"
    if "map" in rule:
        cases = " ".join(
            f"WHEN {quoted([str(a)])} THEN {quoted([str(b)])}" for a, b in rule["map"].items()
        )
        kept = quoted([rule["default"]]) if "default" in rule else text
        text = f"CASE {text} {cases} ELSE {kept} END"
    elif "default" in rule:
        text = f"coalesce({text}, {quoted([str(rule['default'])])})"
    if "prefix" in rule:
        text = f"concat({quoted([rule['prefix']])}, {text})"
    return f"try_cast({text} AS double)" if rule.get("as") == "number" else text


def _exported(frame: DataFrame, name: str, home: str) -> DataFrame:
    """Return one file of an export with the columns of its table."""
    columns = []
    for header in frame.columns:
        column, _, kind = header.partition(":")
        source = f"`{header}`"
        if header in (":START_ID", ":END_ID"):
            column = "source" if header == ":START_ID" else "target"
            source = f"substring_index({source}, ':', -1)"
        elif column == "key":
            continue
        elif kind in ("double", "long", "boolean"):
            source = f"CAST({source} AS {kind})"
        columns.append(f"{source} AS `{column}`")
    if home in ("nodes", "ties"):
        columns.append(f"'{name}' AS kind")
    return frame.selectExpr(*columns)


def _joined(parts: list[DataFrame]) -> DataFrame:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.unionByName(part, allowMissingColumns=True)
    return whole
