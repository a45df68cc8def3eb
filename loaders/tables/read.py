"""Tables as people keep them, from a spreadsheet to a register's export, with or without a mapping.

Our own two forms (a folder with nodes.csv and ties.csv, a workbook with those sheets) are read as
they are. Every other table is read by a mapping (docs/tables.md): the one given, else the one that
would be suggested, which is said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from partnergraph.graph.ecosystem import About
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats import csv_pair, xlsx
from partnergraph.graph.formats.cells import book_of
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import slug
from partnergraph.loaders.tables.apply_mapping import draft_of, source_rows
from partnergraph.loaders.tables.mapping import TablesMapping
from partnergraph.loaders.tables.mapping_file import parse_mapping, read_mapping
from partnergraph.loaders.tables.sheets.read import HeaderOf, read_sheets
from partnergraph.loaders.tables.sheets.sheet import Found
from partnergraph.loaders.tables.sheets.workbook import BOOKS
from partnergraph.loaders.tables.suggest.draft import suggested


def read(
    path: Path | Sequence[Path],
    *,
    mapping: Path | TablesMapping | None = None,
    retrieved: str | None = None,
    reading: str | None = None,
) -> ReadResult:
    """Read tables: a file, a folder, or several of them that belong together.

    Parameters
    ----------
    mapping
        What the columns mean, or the file that says so.
    retrieved
        When the files were fetched, for their source; dates never come from the clock.
    reading
        How tables are read where that is in doubt, see `sheets.header.READINGS`.

    Raises
    ------
    MissingInput, UnusableInput
        If a table is missing or cannot be read, or the mapping does not fit it.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    if mapping is None and len(paths) == 1 and is_ours(paths[0]):
        return csv_pair.read(paths[0]) if paths[0].is_dir() else xlsx.read(paths[0])
    stated = mapping is not None
    if isinstance(mapping, Path):
        mapping = read_mapping(mapping)
    found = read_sheets(paths, header_of=header_of(mapping, reading))
    if mapping is None:
        mapping = parse_mapping(suggestion(found, paths), "the suggested mapping")
        found.said.append(
            "no mapping was given, so the columns are read as `partnergraph build FILE --suggest "
            "-o mapping.yaml` drafts them; correct that draft and pass it with --mapping"
        )
    prints = {p.name: hashlib.sha256(read_bytes(p)).hexdigest() for p in paths if p.is_file()}
    given = dict.fromkeys((sheet.file for sheet in found.sheets), "")
    files = {f: sha for f, sha in prints.items() if f in given} or prints or given
    rows = source_rows(mapping, files, retrieved=retrieved)
    draft = draft_of(found, mapping, sources=[{k: v for k, v in r.items() if v} for r in rows])
    draft.stated = stated
    return draft


def is_ours(path: Path) -> bool:
    """Return whether a path is a folder or workbook in our own form."""
    if path.is_dir():
        return any((path / f"{name}.csv").exists() for name in csv_pair.NEEDED)
    if path.suffix.lower() not in BOOKS or not path.exists():
        return False
    try:
        book = book_of(read_bytes(path), path, keep=True)
    except (ValueError, OSError):
        return False
    names = {sheet.name for sheet in book.sheets}
    return set(csv_pair.NEEDED) <= {name.strip().lower() for name in names}


def header_of(mapping: TablesMapping | None, reading: str | None = None) -> HeaderOf:
    """Return a function that gives the row of the header of a table, or how the table is read.

    Whoever wrote a mapping has seen the table, so that nothing is in doubt.
    """
    otherwise = reading if mapping is None else reading or ""
    tables = [] if mapping is None else [t for t in mapping.tables if t.header is not None]

    def asked(file: str, sheet: str) -> int | str | None:
        return next((t.header for t in tables if t.covers(file, sheet)), otherwise)

    return asked


def suggestion(
    found: Found, paths: Sequence[Path], *, forced: Mapping[str, str] | None = None
) -> str:
    """Draft a mapping for sheets that were read, as YAML with comments, for a person to edit.

    Parameters
    ----------
    forced
        What a person said that columns mean, by title; see `suggest.meaning`.
    """
    name = slug(re.sub(r"(\.\w{1,8})+$", "", paths[0].resolve().name))
    return suggested(found, About(name=name or "tables"), forced=forced)
