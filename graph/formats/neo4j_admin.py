"""CSV files for `neo4j-admin database import full`: a folder of them, or one with its neighbours.

Read are headers with ``:ID``, ``:START_ID``, ``:END_ID``, ``:LABEL`` and ``:TYPE``, id spaces,
types and arrays (``a;b``), also where a header stands in a file of its own (``movies-header.csv``).
What we wrote comes back whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import companion
from partnergraph.graph.formats.graph_tables import GraphTables, Row, kind_word, left_out, read_as
from partnergraph.graph.formats.holds import EVERYTHING
from partnergraph.graph.formats.read_result import ReadResult, about_of
from partnergraph.graph.formats.text import csv_rows, read_text, wrong_line
from partnergraph.graph.schema import SCHEMA

holds = EVERYTHING

_FIELD = re.compile(
    r"(?P<name>[^:]*):(?P<type>ID|START_ID|END_ID|LABEL|TYPE|IGNORE|[a-z][\w]*(?:\[\])?)"
    r"(?:\((?P<space>[^()]*)\))?(?:\{[^{}]*\})?",
    re.I,
)
_STRUCTURE = ("ID", "START_ID", "END_ID", "LABEL", "TYPE", "IGNORE")


@dataclass(frozen=True)
class _Field:
    """A column: its property, its type or part in the structure, and the id space it names."""

    name: str
    type: str
    space: str = ""


@dataclass(frozen=True)
class _Sheet:
    """A file, or those that share a header: its columns and rows."""

    path: Path
    fields: list[_Field]
    rows: list[tuple[int, list[str]]]

    def has(self, type: str) -> bool:
        """Return whether it has a column of a type."""
        return any(field.type == type for field in self.fields)


# -- recognising -----------------------------------------------------------------------------------


def recognises(text: str) -> bool:
    """Return whether the first line is a header for a bulk import."""
    first = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    types = {field.type for field in _fields(first.split(_delimiter(first)))}
    return "ID" in types or {"START_ID", "END_ID"} <= types


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that start with such a header."""
    return [path for path in sorted(folder.iterdir()) if is_one(path)]


def is_one(path: Path) -> bool:
    """Return whether a path is a file with such a header."""
    tabular = path.suffix.lower() in (".csv", ".tsv", ".txt")
    return tabular and path.is_file() and recognises(_head(path))


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(65_536).decode("utf-8", errors="replace")


def _delimiter(first: str) -> str:
    return max((",", ";", "\t", "|"), key=first.count)


def _fields(header: Sequence[str]) -> list[_Field]:
    out = []
    for cell in header:
        found = _FIELD.fullmatch(cell.strip().strip('"'))
        if found is None:
            out.append(_Field(cell.strip(), "string"))
        else:
            upper = found["type"].upper()
            kind = upper if upper in _STRUCTURE else found["type"].lower()
            out.append(_Field(found["name"].strip(), kind, found["space"] or ""))
    return out


# -- reading ---------------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables | ReadResult:
    """Read a folder of files; or one file, with those beside it that have the ends of its rows."""
    if path.is_dir():
        found = files_of(path)
        if any(file.name == "about.csv" for file in found):
            return _ours(path)
        sheets = [*_sheets(found)]
    else:
        sheet = _sheet(path, data)
        beside = files_of(path.parent) if sheet.has("START_ID") and path.parent.is_dir() else []
        others = [_sheet(p) for p in beside if p.resolve() != path.resolve()]
        sheets = [sheet, *(other for other in others if other.has("ID"))]
    return _tables(sheets)


def read_together(paths: Sequence[Path]) -> GraphTables:
    """Read files that belong together."""
    return _tables([*_sheets(paths)])


def _sheet(path: Path, data: bytes | None = None) -> _Sheet:
    text, _ = read_text(path, data)
    first = next(line for line in text.splitlines() if line.strip())
    (_, header), *rows = csv_rows(text, path, delimiter=_delimiter(first))
    fields = _fields(header)
    for number, row in rows:
        if len(row) > len(fields):
            cause = f"the row has {len(row)} cells and the header {len(fields)}"
            raise wrong_line(path, number, cause, "Quote cells that contain the delimiter")
    return _Sheet(path, fields, rows)


def _sheets(paths: Sequence[Path]) -> Iterator[_Sheet]:
    """Yield the sheets; a header in a file of its own is that of the files called like it."""
    for path in paths:
        sheet = _sheet(path)
        stem = re.sub(r"[-_.]?headers?$", "", path.stem, flags=re.I)
        if sheet.rows or stem == path.stem:
            yield sheet
            continue
        pattern = re.compile(re.escape(stem) + r"([-_.]?(part)?\d+)?", re.I)
        rows: list[tuple[int, list[str]]] = []
        for other in sorted(path.parent.iterdir()):
            if other.suffix == path.suffix and pattern.fullmatch(other.stem) and other != path:
                text, _ = read_text(other)
                first = text.partition("\n")[0]
                rows += csv_rows(text, other, delimiter=_delimiter(first))
        yield _Sheet(path.with_name(f"{stem}{path.suffix}"), sheet.fields, rows)


def _tables(sheets: Sequence[_Sheet]) -> GraphTables:
    counts: Counter[str] = Counter()
    known: dict[str, set[str]] = {}
    nodes: list[Row] = []
    edges: list[Row] = []
    unread: list[Row] = []
    for sheet in sheets:
        if sheet.has("ID"):
            space = next(field.space for field in sheet.fields if field.type == "ID")
            for number, row in _rows(sheet, counts):
                if row.get(":ID") in (None, ""):
                    unread.append(_unread(sheet, number, row, "no :ID"))
                    continue
                known.setdefault(row[":ID"], set()).add(space)
                nodes.append({**_node(row), "space": space})
    shared = {id for id, spaces in known.items() if len(spaces) > 1}

    def name(id: str, space: str) -> str:
        return f"{space}:{id}" if id in shared and space else id

    for node in nodes:
        node["id"] = name(node["id"], node.pop("space"))
    for sheet in sheets:
        if not sheet.has("START_ID"):
            continue
        spaces = {field.type: field.space for field in sheet.fields}
        for number, row in _rows(sheet, counts):
            ends = row.get(":START_ID"), row.get(":END_ID")
            if not all(ends):
                unread.append(_unread(sheet, number, row, "no two ends"))
                continue
            source, target = (
                name(str(end), spaces.get(way, ""))
                for end, way in zip(ends, ("START_ID", "END_ID"), strict=True)
            )
            word = str(row.pop(":TYPE", None) or sheet.path.stem)
            kind = kind_word(word)
            edges.append(
                {
                    **_beside(row),
                    "source": source,
                    "target": target,
                    "kind": kind if kind in SCHEMA.tie_kinds else word,
                }
            )
    said = [f"read together: {', '.join(s.path.name for s in sheets)}"] if len(sheets) > 1 else []
    return GraphTables.of(nodes, edges, counts=counts, said=said, unread=unread)


def _unread(sheet: _Sheet, number: int, row: Row, what: str) -> Row:
    shown = ", ".join(map(str, row.values()))
    return left_out(number, shown, f"the row of {sheet.path.name} has {what}", "Fill it in")


def _rows(sheet: _Sheet, counts: Counter[str]) -> Iterator[tuple[int, Row]]:
    """Yield rows with their numbers, by property; parts of the structure start with a colon."""
    ignored = sum(field.type == "IGNORE" for field in sheet.fields)
    counts[f"columns of {sheet.path.name} marked :IGNORE, left out"] += ignored
    for number, cells in sheet.rows:
        row: Row = {}
        for field, cell in zip(sheet.fields, cells, strict=False):
            if field.type == "IGNORE" or cell == "":
                continue
            if field.type in _STRUCTURE:
                row[f":{field.type}"] = cell
                if field.type == "ID" and field.name:
                    row[field.name] = cell
            elif field.name:
                row[field.name] = cell if field.type.endswith("[]") else read_as(cell, field.type)
        yield number, row


def _node(row: Row) -> Row:
    labels = str(row.pop(":LABEL", "") or "")
    kind = next((k for k in map(kind_word, labels.split(";")) if k in SCHEMA.node_kinds), None)
    own = {**_beside(row), "id": row[":ID"]}
    own |= {"labels": labels} if labels else {}
    own |= {"kind": kind} if kind else {}
    if not {"name", "label"} & {*own}:
        title = next((own[k] for k in ("title", "displayName", "caption") if k in own), None)
        own |= {"label": title} if title is not None else {}
    return own


def _beside(row: Row) -> Row:
    """Return the properties, those with the name of a part of ours set beside it."""
    return {
        f"original_{k}" if k in ("id", "source", "target", "kind") else k: v
        for k, v in row.items()
        if not k.startswith(":")
    }


# -- what we wrote ---------------------------------------------------------------------------------


def _ours(folder: Path) -> ReadResult:
    """Read a folder that `write` wrote, whole."""
    from partnergraph.graph.neo4j.push import declared_own
    from partnergraph.graph.neo4j.rows import frame_of, prefix, property_of, stored_columns

    head = next(_typed(_sheet(folder / "about.csv")), None)
    if head is None or "written_by" not in head:
        raise UnusableInput(folder / "about.csv", "it has no row of ours", "Export it again")
    own = declared_own(head)
    result = ReadResult(EcosystemBuilder(about_of(head, folder / "about.csv")))
    start = prefix(str(head["name"]))
    for table in SCHEMA.tables:
        columns = stored_columns(table, own)
        names = [property_of(column) for column in columns]
        found: list[list[Any]] = []
        for label, stem in _files(table):
            if companion(folder / f"{stem}.csv") is None:
                continue
            for row in _typed(_sheet(folder / f"{stem}.csv")):
                ends = [row.get(end, "").removeprefix(start) for end in (":START_ID", ":END_ID")]
                lead = [row.get("key"), label, *(ends if table == "ties" else [])]
                found.append([*lead, *(row.get(name) for name in names)])
        frame = frame_of(table, found, columns, own.get(table, {}))
        result.builder.add_table(table, frame, file=folder.name)
    return result


def _files(table: str) -> list[tuple[str, str]]:
    """Return label or type, and the stem of the file, of each file of a table."""
    from partnergraph.graph.neo4j import cypher

    if table == "nodes":
        return [*cypher.KIND_OF_LABEL.items()]
    if table == "ties":
        return [*cypher.KIND_OF_TYPE.items()]
    return [(cypher.RECORDS[table], table)]


def _typed(sheet: _Sheet) -> Iterator[Row]:
    for _, row in _rows(sheet, Counter()):
        yield {k: float("inf") if v == "Infinity" else v for k, v in row.items()}


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write the files into a new or empty folder, and return how to import them."""
    from partnergraph.graph.neo4j.admin_import import command, emit

    return [f"import it with its {path.name}/import.sh, or: {command(emit(eco, path))}"]
