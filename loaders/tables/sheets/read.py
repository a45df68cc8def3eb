"""What kind of table a file is, and the sheets it holds.

Delimited text, workbooks (XLSX, XLS, ODS), Parquet, JSON (records, lines, GeoJSON), each also in
gzip, zip or tar. Whatever is not a plain table with its header in the first row is said. Rows are
numbered as a spreadsheet numbers them; records of JSON from 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from partnergraph.graph.errors import MissingInput, UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.loaders.tables.sheets.archives import GZIP, gunzipped, members
from partnergraph.loaders.tables.sheets.aside import without_asides
from partnergraph.loaders.tables.sheets.records import (
    JSONS,
    of_records,
    read_json,
    read_parquet,
    single_record,
)
from partnergraph.loaders.tables.sheets.sheet import MOST_TABLES, File, Found, too_many
from partnergraph.loaders.tables.sheets.text import read_text
from partnergraph.loaders.tables.sheets.workbook import BOOKS, read_workbook

TEXTS = (".csv", ".tsv", ".tab", ".txt")
PACKED = (".gz", ".zip", ".tar", ".tgz")
SUFFIXES = (*TEXTS, *BOOKS, *JSONS, ".parquet", *PACKED)
HeaderOf = Callable[[str, str], int | str | None]


def read_sheets(paths: Sequence[Path], *, header_of: HeaderOf | None = None) -> Found:
    """Read every table of some files or folders.

    Parameters
    ----------
    header_of
        Row of the header by file and sheet, or a reading (`sheets.header.READINGS`), where a person
        has said it; else it is looked for.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency
        If a file does not exist, holds no table, or cannot be read.
    """
    found = Found()
    asked = header_of or (lambda file, sheet: None)
    for path in paths:
        if path.is_dir():
            names = sorted(p for p in path.rglob("*") if p.is_file() and _may_be_read(p.name))
            inside = ((p.relative_to(path).as_posix(), p) for p in names)
            files = (File(name, read_bytes(p), f"{path}, {name}") for name, p in inside)
            found.add(_read_members(files, str(path), asked))
        elif not path.exists():
            raise MissingInput(path, "there is no such file or folder", "Check the path")
        else:
            found.add(_read_one(File(path.name, read_bytes(path), str(path)), asked))
    if not found.sheets:
        where = ", ".join(map(str, paths))
        raise UnusableInput(where, "there is no table in it", f"Give one of {', '.join(SUFFIXES)}")
    return without_asides(found)


def _may_be_read(name: str) -> bool:
    return PurePosixPath(name.lower()).suffix in SUFFIXES


def _read_one(file: File, asked: HeaderOf) -> Found:
    """Read one file by what it is, whatever it is called."""
    suffix, data = file.suffix, file.data
    if suffix in (".tar", ".tgz", ".zip") or file.name.lower().endswith(".tar.gz"):
        return _read_members(members(file), file.place, asked, archive=file.name)
    if suffix == ".gz" or data.startswith(GZIP):
        inner = file.name[: -len(suffix)] if suffix == ".gz" else file.name
        unpacked = gunzipped(data, file.place)
        if unpacked.startswith(GZIP):
            raise file.unusable("it is packed more than once", "Unpack it")
        return _read_one(File(inner, unpacked, file.place), asked)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise file.unusable("it is empty", "Give it a header row with column names")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return read_workbook(file, lambda sheet: asked(file.name, sheet))
    if data.startswith(b"PAR1") or suffix == ".parquet":
        return read_parquet(file)
    if suffix in JSONS:
        return read_json(file)
    if suffix in TEXTS:
        return read_text(file, asked(file.name, ""))
    if suffix in BOOKS:
        page = data.lstrip()[:200].lower()
        what = "a web page" if b"<html" in page or b"<!doc" in page else "not a workbook"
        remedy = "Open it in a spreadsheet program and save it as .xlsx"
        raise file.unusable(f"it is {what}, whatever its name says", remedy)
    cause = f"files that end in {suffix or 'nothing'} are not known to be tables"
    raise file.unusable(cause, f"Give one of {', '.join(SUFFIXES)}")


def _read_members(
    files: Iterable[File], place: str, asked: HeaderOf, *, archive: str = ""
) -> Found:
    """Read the files of a folder or archive; JSON files of one record each make one table."""
    found = Found()
    singles: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    skipped: Counter[str] = Counter()
    for file in files:
        if file.suffix in PACKED or not _may_be_read(file.name):
            skipped[file.suffix or "no suffix"] += 1
        elif file.suffix == ".json" and (record := single_record(file)) is not None:
            parent = str(PurePosixPath(file.name).parent)
            singles.setdefault(archive if parent == "." else parent, []).append((file.name, record))
        else:
            try:
                found.add(_read_one(file, asked))
            except UnusableInput as error:
                found.said.append(f"{file.name} is left out: {error.cause}")
        if len(found.sheets) > MOST_TABLES:
            raise too_many(place)
    for folder, records in sorted(singles.items()):
        sheet = of_records(File(folder, b"", place), folder, "", [record for _, record in records])
        names = np.array([name for name, _ in records], dtype=object)
        found.sheets.append(replace(sheet, files=names))
        words = (
            "1 file of one record is"
            if len(records) == 1
            else (f"{len(records)} files of one record each are")
        )
        found.said.append(f"{folder}: {words} read as one table")
    if skipped:
        words = ", ".join(f"{count} ending in {suffix}" for suffix, count in skipped.items())
        found.said.append(f"{place}: other files are not read: {words}")
    return found
