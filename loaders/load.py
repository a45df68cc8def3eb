"""Reading of any source: which reader fits it, and what that returns.

>>> load(example("smart")).about.name
'smart'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import MissingInput, UnknownName, UnusableInput, in_words
from partnergraph.graph.files import interrupted, within_memory
from partnergraph.graph.formats import datapackage, spreadsheet
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.formats.recognition import reads
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.graph.neo4j.address import is_address
from partnergraph.loaders import registers
from partnergraph.loaders.graph_files import adopt, graphs_in, read_together
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.sheets.header import ADJACENCY, READINGS
from partnergraph.loaders.tables.sheets.read import SUFFIXES
from partnergraph.loaders.tables.sheets.sheet import REJECTED, ROW_LEFT_OUT

# Pages and texts, which `partnergraph read` takes (YAML: the sources of many web sites' pages).
PAGES = (
    ".html",
    ".htm",
    ".xhtml",
    ".md",
    ".markdown",
    ".mdx",
    ".pdf",
    ".docx",
    ".yml",
    ".yaml",
    ".njk",
    ".rst",
    ".adoc",
)
# Formats that are not graph files and have a reader of their own.
_OWN = ("datapackage", "xlsx", "json")
GRAPH_SUFFIXES = tuple(
    suffix
    for name, format in FORMATS.items()
    for suffix in format.suffixes
    if format.reads and name not in _OWN
)

# Reader by name: its module, the suffixes it takes, and what it reads.
READERS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "datapackage": (
        "partnergraph.graph.formats.datapackage",
        (),
        "an ecosystem's folder (datapackage.json with six tables, CSV or Parquet)",
    ),
    "tables": (
        "partnergraph.loaders.tables.read",
        SUFFIXES,
        "tables: nodes.csv and ties.csv, or a workbook with those sheets, as they are; every other "
        "table, workbook, JSON file or archive of them by a mapping (docs/tables.md)",
    ),
    "graph_files": (
        "partnergraph.loaders.graph_files",
        GRAPH_SUFFIXES,
        "a graph file (`partnergraph formats` lists them), by content; also in .gz, .zip",
    ),
    "json": ("partnergraph.graph.formats.json", (".json",), "an ecosystem as one JSON document"),
}


def reader_for(path: Path) -> str:
    """Return the name of the reader that fits a path.

    Raises
    ------
    MissingInput
        If the path does not exist.
    UnusableInput
        If no reader fits.
    """
    if not path.exists():
        remedy = interrupted(path) or "Check the path"
        raise MissingInput(path, "there is no such file or folder", remedy)
    if path.is_dir():
        if datapackage.is_package(path):
            return "datapackage"
        if not (path / "ties.csv").exists() and graphs_in(path) is not None:
            return "graph_files"
        if (path / "nodes.csv").exists() or (path / "ties.csv").exists():
            return "tables"
        raise UnusableInput(
            path,
            "the folder is not an ecosystem (no datapackage.json, nor nodes.csv and ties.csv)",
            "Name one that `partnergraph build` wrote, or put the two tables in it",
        )
    if path.name == datapackage.DESCRIPTOR:
        return reader_for(path.parent)
    register = registers.detected(path)
    if register is not None:
        return register
    format = _graph_format(path)
    if format == "json":
        return "json"
    if format is not None and format not in _OWN:
        return "graph_files"
    if path.suffix.lower() in SUFFIXES:
        return "tables"
    for name, (_, suffixes, _) in READERS.items():
        if path.suffix.lower() in suffixes:
            return name
    if path.suffix.lower() in PAGES:
        command = f"partnergraph read {path.name} --publisher NAME -o my-draft"
        cause = "it is a page or a text, not a table or graph"
        raise UnusableInput(path, cause, f"Read it with `{command}`")
    known = sorted({s for _, found, _ in READERS.values() for s in found})
    raise UnusableInput(
        path,
        f"files that end in {path.suffix or 'nothing'} cannot be read",
        f"Give a folder, or a file that ends in {', '.join(known)}",
    )


def _graph_format(path: Path) -> str | None:
    """Return the graph format of a file's content; None for tables and what cannot be read."""
    try:
        return reads(path)
    except UnusableInput:
        return None  # an archive of several tables; or the reader of the ending says what is wrong


@within_memory
def read(
    source: str | Path | Sequence[Path],
    *,
    reader: str | None = None,
    mapping: Path | None = None,
    retrieved: str | None = None,
) -> ReadResult:
    """Read any source: its rows, not yet checked, and what the reader has to say of them.

    Parameters
    ----------
    source
        A folder or file, or the address of a Neo4j database (``bolt://localhost:7687#smart``);
        several files that belong together by a mapping, or as those of one bulk import.
    reader
        Name of the reader to use instead of the one that fits the path, see `READERS`, or how to
        read a table where that is in doubt, see `READINGS`.
    mapping
        File that says what the columns of tables mean, see docs/tables.md.
    retrieved
        When tables, or a register's file, were fetched.

    Raises
    ------
    MissingInput, UnusableInput, UnknownName
        If the source or the reader does not exist, or the source cannot be read.
    """
    if isinstance(source, str) and is_address(source):
        from partnergraph.loaders import neo4j_source

        return neo4j_source.read(source)
    if mapping is not None:
        paths = [Path(source)] if isinstance(source, str | Path) else list(source)
        reading = reader if reader in READINGS else None
        return tables.read(paths, mapping=mapping, retrieved=retrieved, reading=reading)
    if not isinstance(source, str | Path) and len(source) > 1 and reader is None:
        return read_together(source)
    path = Path(source) if isinstance(source, str | Path) else source[0]
    name = reader_for(path) if reader is None else reader
    if name in registers.names():
        return registers.read(name, path, retrieved=retrieved)
    if name == ADJACENCY:
        return adopt(spreadsheet.read(path, shape=name), name=path.name)
    if name in READINGS:
        return tables.read(path, retrieved=retrieved, reading=name)
    if name not in READERS:
        raise UnknownName("reader", name, [*READERS, *READINGS, *registers.names()])
    if name == "tables":
        return tables.read(path, retrieved=retrieved)
    if path.name == datapackage.DESCRIPTOR:
        path = path.parent
    draft: ReadResult = import_module(READERS[name][0]).read(path)
    return draft


# Engines that read sources of their own, and the module that opens them.
ELSEWHERE = {"spark": "partnergraph.loaders.spark_sources"}


def opened_for(
    engine: str, source: str | Path, *, mapping: Path | None = None
) -> tuple[Any, list[str]]:
    """Read one source where an engine works on it: in memory, or with the engine itself."""
    read = partial(opened, mapping=mapping)
    if engine not in ELSEWHERE:
        return read(source)
    found: tuple[Any, list[str]] = import_module(ELSEWHERE[engine]).opened(str(source), read)
    return found


def opened(
    source: str | Path,
    *,
    reader: str | None = None,
    strict: bool = False,
    mapping: Path | None = None,
) -> tuple[Ecosystem, list[str]]:
    """Read one source as an ecosystem, and return what was recognised, assumed or set aside.

    An error in one of our own forms is raised; rows of other people's files that have errors are
    set aside, which is said.

    Parameters
    ----------
    strict
        Raise on warnings too, and on rows that would be set aside.
    mapping
        File that says what the columns of a table mean.

    Raises
    ------
    MissingInput, UnusableInput, InvalidEcosystem
        Where it cannot be read, or has errors.
    """
    return opened_with_account(source, reader=reader, strict=strict, mapping=mapping)[:2]


@within_memory
def opened_with_account(
    source: str | Path,
    *,
    reader: str | None = None,
    strict: bool = False,
    mapping: Path | None = None,
) -> tuple[Ecosystem, list[str], pd.DataFrame]:
    """Read one source as `opened` does, and return also the table of what was not taken."""
    draft = read(source, reader=reader, mapping=mapping)
    lenient = not (draft.ours or strict)
    eco = draft.builder.build(strict=strict, errors="set_aside" if lenient else "raise")
    aside, rejected = draft.builder.aside, draft.rejected
    parts = [aside] if rejected is None else [rejected, aside]
    return eco, [*draft.said, *listed(aside, rejected)], accounted(parts)


def listed(
    aside: pd.DataFrame, rejected: pd.DataFrame | None = None, *, most: int = 10
) -> list[str]:
    """Return which rows were set aside and which cells and rows were not taken as they stand.

    Of many, the first are named and the rest are counted.
    """
    said = [f"set aside: {in_words(row)}" for row in aside.head(most).to_dict("records")]
    said += [f"set aside: {len(aside) - most} more"] if len(aside) > most else []
    if rejected is None or rejected.empty:
        return said
    said += [
        f"not taken as it stands: {_place(row)}" for row in rejected.head(most).to_dict("records")
    ]
    if len(rejected) > most:
        more = " and ".join(
            f"{count} × {done}" for done, count in rejected["done"][most:].value_counts().items()
        )
        said.append(f"not taken as they stand: {len(rejected) - most} more ({more})")
    return said


def _place(row: Mapping[Any, Any]) -> str:
    """Return one line of the list of what was not taken: place, cause, what was done."""
    parts = [str(row["file"])]
    parts += [f"row {int(row['row'])}"] if pd.notna(row.get("row")) else []
    parts += [f"column {row['column']}"] if row["column"] else []
    value = (
        f" ({row['value']})" if row.get("value") and str(row["value"]) not in row["cause"] else ""
    )
    return f"{', '.join(parts)}: {row['cause']}{value}; {row['done']}"


def accounted(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all that was not taken as it was in one table, in the order of files and rows."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(REJECTED))
    whole = pd.concat(filled, ignore_index=True)
    whole["done"] = whole["done"].fillna(ROW_LEFT_OUT) if "done" in whole else ROW_LEFT_OUT
    whole["row"] = whole["row"].astype("Int64")
    whole = whole.sort_values(["file", "row"], kind="stable", na_position="last")
    return whole[list(REJECTED)].reset_index(drop=True)


def load(source: str | Path, *, reader: str | None = None, strict: bool = False) -> Ecosystem:
    """Read one source as an ecosystem; see `opened`, which also says what was set aside."""
    return opened(source, reader=reader, strict=strict)[0]


@within_memory
def check(source: str | Path | Ecosystem, *, mapping: Path | None = None) -> pd.DataFrame:
    """List everything that is wrong with a source, a row each; empty where nothing is wrong.

    For a table, these are the problems of the rows it becomes by its mapping.

    Columns are ``severity check table id file row column value cause remedy``, see
    `partnergraph.graph.checks`.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read.
    """
    if isinstance(source, Ecosystem):
        from partnergraph.graph import checks

        found = checks.run(source.tables)
    else:
        found = read(source, mapping=mapping).builder.findings()
    return found.drop(columns="position")


def example(name: str = "smart") -> Path:
    """Return the folder of an ecosystem that comes with the package.

    Raises
    ------
    UnknownName
        If no example has that name.
    """
    home = Path(str(files("partnergraph"))) / "examples"
    names = [path.name for path in home.iterdir() if path.is_dir()] if home.is_dir() else []
    if name not in names:
        raise UnknownName("example", name, names)
    return home / name


def readers() -> pd.DataFrame:
    """List the readers, registers among them: name, suffixes, what each reads."""
    rows = [(name, " ".join(s), what) for name, (_, s, what) in READERS.items()]
    rows += [(name, registers.way(name), registers.words(name)) for name in registers.names()]
    return pd.DataFrame(rows, columns=["loader", "suffixes", "reads"])
