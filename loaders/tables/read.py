"""Tables as people keep them, from a spreadsheet to a register's export, with or without a mapping.

Our own two forms (a folder with nodes.csv and ties.csv, a workbook with those sheets) are read as
they stand. Every other table is read by a mapping (docs/tables.md): the one that is given, else the
one that would be suggested, and then it is said.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from partnergraph.graph.ecosystem import About
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats import csv_pair, xlsx
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.loaders.tables.apply_mapping import draft_of, source_rows
from partnergraph.loaders.tables.mapping import TablesMapping, parse_mapping, read_mapping
from partnergraph.loaders.tables.sheets import BOOKS, Found, read_sheets


def read(
    path: Path | Sequence[Path],
    *,
    mapping: Path | TablesMapping | None = None,
    retrieved: str | None = None,
) -> ReadResult:
    """Read tables: a file, a folder, or several of them that belong together.

    Parameters
    ----------
    mapping
        What the columns mean, or the file that says so.
    retrieved
        When the files were fetched, for their source; dates never come from the clock.

    Raises
    ------
    MissingInput, UnusableInput
        Where a table is missing or cannot be read, or the mapping does not fit it.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    if mapping is None and len(paths) == 1 and is_ours(paths[0]):
        return csv_pair.read(paths[0]) if paths[0].is_dir() else xlsx.read(paths[0])
    if isinstance(mapping, Path):
        mapping = read_mapping(mapping)
    found = read_sheets(paths, header_of=header_of(mapping) if mapping else None)
    if mapping is None:
        mapping = parse_mapping(suggestion(found, paths), "the suggested mapping")
        found.said.append(
            "no mapping was given: the columns are read as `partnergraph build FILE --suggest -o "
            "mapping.yaml` proposes; correct that file and give it with --mapping"
        )
    prints = {p.name: hashlib.sha256(read_bytes(p)).hexdigest() for p in paths if p.is_file()}
    given = dict.fromkeys((sheet.file for sheet in found.sheets), "")
    files = {f: sha for f, sha in prints.items() if f in given} or prints or given
    rows = source_rows(mapping, files, retrieved=retrieved)
    return draft_of(found, mapping, sources=[{k: v for k, v in r.items() if v} for r in rows])


def is_ours(path: Path) -> bool:
    """Say whether a path is a folder or workbook in our own form."""
    if path.is_dir():
        return any((path / f"{name}.csv").exists() for name in csv_pair.NEEDED)
    if path.suffix.lower() not in BOOKS or not path.exists():
        return False
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        data = read_bytes(path)
        xlsx.within_bounds(data, path)
        names = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    except (CalamineError, ValueError, OSError, KeyError):
        return False
    return set(csv_pair.NEEDED) <= {name.strip().lower() for name in names}


def header_of(mapping: TablesMapping):  # type: ignore[no-untyped-def]
    """Return a function that says which row of a table holds its header, where the mapping does."""
    from partnergraph.loaders.tables.columns import matches

    def asked(file: str, sheet: str) -> int | None:
        for table in mapping.tables:
            if matches(file, table.file) and matches(sheet or file, table.sheet):
                return table.header
        return None

    return asked


def suggest(paths: Sequence[Path]) -> str:
    """Draft a mapping for some tables, as YAML with comments, for a person to edit.

    Of a register's file it is the mapping the register is read by.

    Raises
    ------
    MissingInput, UnusableInput
        Where they cannot be read.
    """
    from partnergraph.loaders import registers

    register = registers.detected(paths[0]) if len(paths) == 1 else None
    if register is None:
        return suggestion(read_sheets(paths), paths)
    text, title = registers.mapping_of(register), registers.catalogue()[register]["title"]
    if text is not None:
        return f"# {title}: `partnergraph build FILE` reads such files by this mapping.\n{text}"
    said = f"# {title}: `partnergraph build FILE` reads such files, and more of them than this.\n"
    return said + suggestion(read_sheets(paths), paths)


def suggestion(found: Found, paths: Sequence[Path]) -> str:
    """Draft a mapping for sheets that were read."""
    import re

    from partnergraph.graph.ids import slug
    from partnergraph.loaders.tables.suggest import suggested

    name = slug(re.sub(r"(\.\w{1,8})+$", "", paths[0].resolve().name))
    return suggested(found, About(name=name or "tables"))
