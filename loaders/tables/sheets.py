"""What files of tables hold: their sheets as text, the header found, and what was recognised.

Delimited text, workbooks (XLSX, XLS, ODS), Parquet, JSON (records, lines, GeoJSON), packed by gzip,
zip or tar or not. Everything that is not a plain table with its header in the first row is said.
Rows are numbered as a spreadsheet numbers them; of JSON, records from 1.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import MissingDependency, MissingInput, UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import DELIMITERS, MOST_CHARACTERS, decode
from partnergraph.graph.formats.xlsx import MOST_CELLS, cell_text, within_bounds

TEXTS = (".csv", ".tsv", ".tab", ".txt")
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
JSONS = (".json", ".jsonl", ".ndjson", ".geojson")
PACKED = (".gz", ".zip", ".tar", ".tgz")
SUFFIXES = (*TEXTS, *BOOKS, *JSONS, ".parquet", *PACKED)

MOST_COLUMNS = 16_384
MOST_UNPACKED = 500_000_000
MOST_MEMBERS = 20_000
MOST_DEPTH = 8
_SEPARATORS = {**DELIMITERS, "|": "vertical bars", " ": "spaces"}
_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d+)*\s*%?\s*")
_REPEATED = re.compile(rb"number-(rows|columns)-repeated=[\"'](\d+)[\"']")
HeaderOf = Callable[[str, str], int | None]


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    file, name
        The file, or its place in an archive, and the sheet in it; blank where a file is one table.
    frame
        Columns of text; blank is ``""`` or missing. Cells of JSON may be lists of text.
    rows
        Number of each row in its file.
    hidden
        Whether the sheet is hidden in its workbook.
    files
        File of each row, where a table was put together from several.
    """

    file: str
    name: str
    frame: pd.DataFrame
    rows: np.ndarray
    hidden: bool = False
    files: np.ndarray | None = None

    @property
    def place(self) -> str:
        """File and sheet, for messages."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def taking(self, keep: np.ndarray) -> Sheet:
        """Return the sheet with some of its rows, by mask or position."""
        files = None if self.files is None else self.files[keep]
        frame = self.frame.iloc[np.flatnonzero(keep) if keep.dtype == bool else keep]
        return Sheet(
            self.file, self.name, frame.reset_index(drop=True), self.rows[keep], self.hidden, files
        )


@dataclass
class Found:
    """The sheets of some files, what was said of them, and the rows that could not be read."""

    sheets: list[Sheet] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(
        self, file: str, row: int | None, column: str, value: str, cause: str, remedy: str
    ) -> None:
        """Note a row or cell that could not be read."""
        self.rejected.append(
            {
                "file": file,
                "row": row,
                "column": column,
                "value": value[:200],
                "cause": cause,
                "remedy": remedy,
                "done": "the row is left out",
            }
        )


def read_sheets(paths: Sequence[Path], *, header_of: HeaderOf | None = None) -> Found:
    """Read every table of some files or folders.

    Parameters
    ----------
    header_of
        Row of the header by file and sheet, where a person has said it; else it is looked for.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency
        Where a file is not there, holds no table, or cannot be read.
    """
    found = Found()
    asked = header_of or (lambda file, sheet: None)
    for path in paths:
        if path.is_dir():
            names = sorted(p for p in path.rglob("*") if p.is_file() and _suffix(p.name))
            members = ((p.relative_to(path).as_posix(), read_bytes(p)) for p in names)
            _read_members(members, str(path), found, asked)
        elif not path.exists():
            raise MissingInput(path, "there is no such file or folder", "Check the path")
        else:
            _read_one(path.name, read_bytes(path), str(path), found, asked)
    if not found.sheets:
        where = ", ".join(map(str, paths))
        raise UnusableInput(where, "there is no table in it", f"Give one of {', '.join(SUFFIXES)}")
    return found


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name.lower()).suffix
    return suffix if suffix in SUFFIXES else ""


def _read_one(name: str, data: bytes, place: str, found: Found, header_of: HeaderOf) -> None:
    """Read one file by what it is, whatever it is called."""
    suffix = _suffix(name)
    if suffix in (".tar", ".tgz") or name.lower().endswith(".tar.gz"):
        _read_members(_tar_members(data, place), place, found, header_of, single=name)
    elif suffix == ".gz" or data.startswith(b"\x1f\x8b"):
        inner = name[: -len(suffix)] if suffix == ".gz" else name
        _read_one(inner, _unzipped(data, place), place, found, header_of)
    elif suffix == ".zip":
        _read_members(_zip_members(data, place), place, found, header_of, single=name)
    elif not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnusableInput(place, "it is empty", "Give it a header row with column names")
    elif data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        _read_book(name, data, place, found, header_of)
    elif data.startswith(b"PAR1") or suffix == ".parquet":
        _read_parquet(name, data, place, found)
    elif suffix in BOOKS:
        page = data.lstrip()[:200].lower()
        cause = "it is a web page" if b"<html" in page or b"<!doc" in page else "it is no workbook"
        remedy = "Open it in a spreadsheet program and save it as .xlsx"
        raise UnusableInput(place, f"{cause}, whatever its name says", remedy)
    elif suffix in JSONS:
        _read_json(name, data, place, found)
    elif suffix in TEXTS:
        _read_text(name, data, place, found, header_of)
    else:
        raise UnusableInput(
            place,
            f"no table is known to end in {PurePosixPath(name).suffix or 'nothing'}",
            f"Give one of {', '.join(SUFFIXES)}",
        )


# -- packed files ----------------------------------------------------------------------------


def _read_members(
    members: Iterator[tuple[str, bytes]],
    place: str,
    found: Found,
    header_of: HeaderOf,
    *,
    single: str = "",
) -> None:
    """Read the files of a folder or archive; JSON files of one record each make one table."""
    ones: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    left: Counter[str] = Counter()
    for name, data in members:
        suffix = _suffix(name)
        if not suffix or suffix in PACKED:
            left[PurePosixPath(name).suffix or "no suffix"] += 1
        elif suffix == ".json" and (record := _single(data)) is not None:
            parent = PurePosixPath(name).parent
            folder = single if str(parent) == "." else str(parent)
            files, records = ones.setdefault(folder, ([], []))
            files.append(name)
            records.append(record)
        else:
            inside = Found()
            try:
                _read_one(name, data, f"{place}, {name}", inside, header_of)
            except UnusableInput as error:
                inside.said.append(f"{name} is left out: {error.cause}")
            found.sheets += inside.sheets
            found.said += inside.said
            found.rejected += inside.rejected
    for folder, (files, records) in sorted(ones.items()):
        sheet = _of_records(folder, "", records, place)
        names = np.array(files, dtype=object)
        found.sheets.append(Sheet(folder, "", sheet.frame, sheet.rows, files=names))
        found.said.append(f"{folder}: {len(files)} files of one record each are read as one table")
    words = ", ".join(f"{count} that end in {suffix}" for suffix, count in left.items())
    found.said += [f"{place}: files are left alone: {words}"] if left else []


def _single(data: bytes) -> dict[str, Any] | None:
    """Return the record a JSON document is, unless it is a list or wraps one."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and _records_in(content) is None else None


def _bounded(read: Callable[[int], bytes], place: str, room: int = MOST_UNPACKED) -> bytes:
    data = read(room + 1)
    if len(data) > room:
        cause = f"unpacked it has more than {MOST_UNPACKED:,} bytes"
        raise UnusableInput(place, cause, "Unpack it, and give the file that is meant")
    return data


def _unzipped(data: bytes, place: str) -> bytes:
    import gzip

    try:
        return _bounded(gzip.GzipFile(fileobj=io.BytesIO(data)).read, place)
    except (OSError, EOFError, zlib.error) as error:
        cause = f"it cannot be unpacked ({error})"
        raise UnusableInput(place, cause, "Fetch it again: it may be cut off") from None


def _zip_members(data: bytes, place: str) -> Iterator[tuple[str, bytes]]:
    room = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [e for e in archive.infolist() if _wanted(e.filename) and not e.is_dir()]
            if len(entries) > MOST_MEMBERS:
                raise UnusableInput(place, f"it has {len(entries):,} files", "Unpack it")
            for entry in sorted(entries, key=lambda e: e.filename):
                with archive.open(entry) as member:
                    content = _bounded(member.read, f"{place}, {entry.filename}", room)
                room -= len(content)
                yield entry.filename, content
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        cause = f"it cannot be unpacked ({error})"
        raise UnusableInput(place, cause, "Unpack it, and give the file that is meant") from None


def _tar_members(data: bytes, place: str) -> Iterator[tuple[str, bytes]]:
    import tarfile

    room, count = MOST_UNPACKED, 0
    packed = data.startswith(b"\x1f\x8b")
    plain = io.BytesIO(_unzipped(data, place) if packed else data)
    try:
        with tarfile.open(fileobj=plain, mode="r:") as archive:
            for entry in sorted(archive.getmembers(), key=lambda e: e.name):
                member = archive.extractfile(entry) if entry.isfile() else None
                count += 1
                if count > MOST_MEMBERS:
                    raise UnusableInput(place, "it has too many files", "Unpack it")
                if member is None or not _wanted(entry.name):
                    continue
                content = _bounded(member.read, f"{place}, {entry.name}", room)
                room -= len(content)
                yield entry.name, content
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UnusableInput(place, f"it cannot be unpacked ({error})", "Fetch it again") from None


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(".")


# -- delimited text --------------------------------------------------------------------------


def _read_text(name: str, data: bytes, place: str, found: Found, header_of: HeaderOf) -> None:
    text, plain, said = _decoded(data, place)
    sample = _sample(text)
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else _delimiter(sample)
    rows = _cells_of(sample, delimiter)
    asked = header_of(name, "")
    header = find_header(rows) if asked is None else asked - 1
    if delimiter != "," and len(rows) and max(map(len, rows)) > 1:
        said.append(f"columns are separated by {_SEPARATORS[delimiter]}")
    if max((len(row) for row in rows), default=0) > MOST_COLUMNS:
        raise _too_wide(place, max(len(row) for row in rows))
    start = -1 if header is None else header
    titles, frame, numbers, more = _body(text, plain, delimiter, max(start, 0), place, found, name)
    if header is None:
        titles = [f"column {i}" for i in range(1, len(titles) + 1)]
        said.append("it has no header; the columns are called column 1, column 2 …")
    else:
        frame, numbers = frame.iloc[1:], numbers[1:]
    said += _above(rows[: max(start, 0)], start) + more
    sheet, named = _named(name, "", titles, frame.reset_index(drop=True), numbers)
    found.sheets.append(sheet)
    found.said += [f"{name}: {words}" for words in [*said, *named]]


def _too_wide(place: str, width: int) -> UnusableInput:
    return UnusableInput(
        place,
        f"it has {width:,} columns or more, and a table may have {MOST_COLUMNS:,}",
        "Is the delimiter right? Else turn rows and columns round",
    )


def _decoded(data: bytes, place: str) -> tuple[str, bytes | None, list[str]]:
    """Return text, the same as UTF-8 bytes where it is, and what it is written in."""
    try:
        text = data.decode("utf-8")
        if "\0" not in text and not text.startswith("\ufeff"):
            return text, data, []
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            text = data[: error.start].decode("utf-8")
            return text, None, ["it is cut off within a character, which is left out"]
        text = data.decode("utf-8", errors="replace")
        odd, right = text.count("\ufffd"), sum(c > "\x7f" for c in text)
        if b"\0" not in data and right > 10 * odd:
            return text, None, [f"read as UTF-8; {odd} bytes are none and became \ufffd"]
    text, encoding = decode(data, place)
    return text, None, [f"read as {encoding}"] if encoding else []


def _sample(text: str) -> str:
    """Return the first lines of a text, as many as fit into what a look takes."""
    head = text[:300_000]
    if len(text) > len(head) and "\n" in head:
        head = head[: head.rindex("\n")]
    return head


def _cells_of(sample: str, delimiter: str, most: int = 60) -> list[list[str]]:
    before = csv.field_size_limit(MOST_CHARACTERS)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == most:
                break
    except csv.Error:
        pass  # whoever reads the whole file says where it is
    finally:
        csv.field_size_limit(before)
    return rows


def _delimiter(sample: str) -> str:
    """Return the character that cuts most rows into one and the same number of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _cells_of(sample, delimiter) if any(row))
        if not widths:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (0.0, 0) if width < 2 else (round(count / widths.total(), 1), width)

    plain = max(("\t", ";", ",", "|"), key=score)
    if score(plain)[1] > 1:
        return plain
    return " " if score(" ")[0] >= 0.9 and score(" ")[1] > 2 else ","


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the position of the header among the first rows, None where there is none.

    It is the first row that fills at least half of what rows below it typically fill, so that
    titles above a table are passed over; a row of mere numbers is no header.

    >>> find_header([["Members in 2020", "", ""], ["", "", ""], ["name", "town", "since"],
    ...              ["A", "Gent", "2016"]])
    2
    """
    filled = [sum(bool(c.strip()) for c in row) for row in rows]
    seen = sorted(n for n in filled[1:] if n) or [n for n in filled if n]
    if not seen:
        return 0
    typical = seen[len(seen) // 2]
    for position, row in enumerate(rows):
        there = [c.strip() for c in row if c.strip()]
        if len(there) < max(min(2, typical), typical / 2):
            continue
        if len(there) > 2 and len(set(there)) == 1 and position + 1 < len(rows):
            continue
        if row[0].strip() and _stamp(row, rows[position + 1 : position + 6]):
            continue
        numbers = all(_NUMBER.fullmatch(c) for c in there)
        return None if numbers and (len(there) == len(row) or not row[-1].strip()) else position
    return 0


def _stamp(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether a row such as "as of, , 2019" stands above the header that follows."""
    there = [c for c in row if c.strip()]
    if len(there) == len(row) or not any(_NUMBER.fullmatch(c) for c in there):
        return False
    fuller = [[c for c in other if c.strip()] for other in below]
    return any(len(f) > len(there) and not any(map(_NUMBER.fullmatch, f)) for f in fuller)


def _above(rows: Sequence[Sequence[str]], start: int) -> list[str]:
    """Say what stands above the header."""
    if start < 1:
        return []
    words = [" ".join(c.strip() for c in row if c.strip()) for row in rows]
    shown = "; ".join(repr(w[:60]) for w in words if w) or "blank rows"
    return [f"the header is row {start + 1}; above it stands {shown}"]


def _body(
    text: str, plain: bytes | None, delimiter: str, start: int, place: str, found: Found, name: str
) -> tuple[list[str], pd.DataFrame, np.ndarray, list[str]]:
    """Return the cells of the first row, the table with it, row numbers, and what was said."""
    try:
        source = io.BytesIO(plain) if plain is not None else io.StringIO(text, newline="")
        frame = pd.read_csv(
            source,
            sep=delimiter,
            header=None,
            skiprows=start,
            dtype=object,
            engine="c",
            keep_default_na=False,
            skip_blank_lines=False,
            encoding="utf-8",
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError):
        return _slow_body(text, delimiter, start, place, found, name)
    numbers = np.arange(start + 1, start + 1 + len(frame))
    if _longest_line(text) > MOST_CHARACTERS:
        _refuse_huge(frame, numbers, place)
    said = []
    frame, numbers = _without_blank_rows(frame, numbers)
    short = frame.iloc[:, -1].isna().to_numpy() & (frame.shape[1] > 1)
    if short.any():
        said.append(f"{int(short.sum())} rows have fewer cells than the header; the rest is blank")
    said += _swallowed(text, frame, numbers)
    return [str(v) for v in frame.iloc[0].fillna("")], frame, numbers, said


def _without_blank_rows(
    frame: pd.DataFrame, numbers: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    first = frame.iloc[:, 0]
    suspects = np.flatnonzero((first.isna() | (first == "")).to_numpy())
    some = frame.iloc[suspects]
    blank = suspects[(some.isna() | (some == "")).all(axis=1).to_numpy(dtype=bool)]
    if not len(blank):
        return frame, numbers
    keep = np.delete(np.arange(len(frame)), blank)
    return frame.iloc[keep], numbers[keep]


def _longest_line(text: str) -> int:
    """Return a length that no line of a text exceeds by much; cells are shorter."""
    if len(text) <= MOST_CHARACTERS:
        return len(text)
    longest, last = 0, -1
    while last < len(text):
        # Jump as far as a cell may reach and look back for a line end: a few looks a megabyte.
        nearest = text.rfind("\n", last + 1, last + 1 + MOST_CHARACTERS)
        if nearest == -1:
            return len(text) - last if len(text) - last > MOST_CHARACTERS else longest
        last = nearest
    return longest


def _refuse_huge(frame: pd.DataFrame, numbers: np.ndarray, place: str) -> None:
    for column in frame.columns:
        sizes = frame[column].str.len().fillna(0).to_numpy()
        if sizes.max(initial=0) > MOST_CHARACTERS:
            row = numbers[int(sizes.argmax())]
            cause = f"a cell has more than {MOST_CHARACTERS:,} characters"
            remedy = "Look for an unclosed quotation mark there"
            raise UnusableInput(f"{place}, row {row}, column {int(column) + 1}", cause, remedy)


def _swallowed(text: str, frame: pd.DataFrame, numbers: np.ndarray) -> list[str]:
    """Say where a cell holds so many lines that a quotation mark was probably not closed."""
    if '"' not in text or text.count("\n") - len(frame) < 30:
        return []
    for column in frame.columns:
        lines = frame[column].str.count("\n").fillna(0).to_numpy()
        if lines.max(initial=0) >= 30:
            row, most = numbers[int(lines.argmax())], int(lines.max())
            return [
                f"row {row}, column {int(column) + 1}: the cell holds {most} lines; "
                "look for an unclosed quotation mark there"
            ]
    return []


def _slow_body(
    text: str, delimiter: str, start: int, place: str, found: Found, name: str
) -> tuple[list[str], pd.DataFrame, np.ndarray, list[str]]:
    """Read row by row: rows with more cells than the header are set aside, and listed."""
    before = csv.field_size_limit(MOST_CHARACTERS)
    body, numbers, width, short, number, header = [], [], 0, 0, 0, [""]
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, row in enumerate(reader, start=1):
            if number <= start or not any(row):
                continue
            if not width:
                width, header = len(row), row
            while len(row) > width and not row[-1].strip():
                row.pop()
            if len(row) > width:
                cause = f"the row has {len(row)} cells and the header {width}"
                remedy = "Quote cells that contain the delimiter"
                found.reject(name, number, "", delimiter.join(row), cause, remedy)
                continue
            short += len(row) < width
            body.append(row + [""] * (width - len(row)))
            numbers.append(number)
    except csv.Error as error:
        cause = f"it cannot be read ({error})"
        if "field larger" in str(error):
            cause = f"a cell has more than {MOST_CHARACTERS:,} characters"
        remedy = "Look for an unclosed quotation mark there"
        raise UnusableInput(f"{place}, row {number + 1}", cause, remedy) from None
    finally:
        csv.field_size_limit(before)
    if not body:
        raise UnusableInput(place, "it is empty", "Give it a header row with column names")
    words = f"{short} rows have fewer cells than the header; the rest is blank"
    frame = pd.DataFrame(np.array(body, dtype=object), dtype=object)
    return header, frame, np.array(numbers), [words] if short else []


def _named(
    file: str,
    name: str,
    titles: Sequence[str],
    frame: pd.DataFrame,
    numbers: np.ndarray,
    *,
    hidden: bool = False,
) -> tuple[Sheet, list[str]]:
    """Give columns names of their own; blank columns without a name are left out."""
    said, used, keep = [], set(), []
    for position, title in enumerate(titles):
        plain = " ".join(str(title).split())
        column = frame.iloc[:, position]
        if not plain:
            # The first column of a matrix has no name, and its rows are what it names.
            if not column.fillna("").astype(str).str.strip().any():
                continue
            plain = f"column {position + 1}"
            said.append(f"the column {position + 1} has no name and is called {plain!r}")
        fresh, number = plain, 1
        while fresh in used:
            number += 1
            fresh = f"{plain} ({number})"
        if number > 1:
            said.append(f"the column {plain!r} is there again and is called {fresh!r}")
        used.add(fresh)
        keep.append((position, fresh))
    frame = frame.iloc[:, [position for position, _ in keep]]
    frame.columns = pd.Index([fresh for _, fresh in keep], dtype=object)
    return Sheet(file, name, frame, np.asarray(numbers, dtype="int64"), hidden), said


# -- workbooks -------------------------------------------------------------------------------


def _read_book(name: str, data: bytes, place: str, found: Found, header_of: HeaderOf) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    within_bounds(data, Path(place))
    _within_ods_bounds(data, place)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        hidden = {m.name for m in book.sheets_metadata if not str(m.visible).endswith(".Visible")}
        content = []
        for title in names:
            given = book.get_sheet_by_name(title)
            merged = given.merged_cell_ranges or []
            content.append((title, given.to_python(skip_empty_area=False), merged))
    except (CalamineError, ValueError, zipfile.BadZipFile, KeyError, OSError) as error:
        cause = f"it is no workbook that can be read ({error})"
        raise UnusableInput(place, cause, "Save it as .xlsx, without a password") from None
    before = len(found.sheets)
    found.said += [f"{name}: {words}" for words in _formulas(data)]
    for title, rows, merged in content:
        where = f"{name}, sheet {title}"
        if title in hidden:
            found.said.append(f"{where} is hidden; only a mapping that names it reads it")
        text = [[cell_text(cell) if cell != "" else "" for cell in row] for row in rows]
        sheet, said = _of_rows(name, title, text, merged, header_of, title in hidden)
        found.said += [f"{where}: {words}" for words in said]
        found.sheets += [sheet] if sheet is not None else []
    if len(found.sheets) == before:
        raise UnusableInput(place, "its sheets are empty", "Give a sheet a header and rows")


def _of_rows(
    file: str,
    title: str,
    rows: list[list[str]],
    merged: Sequence[Any],
    header_of: HeaderOf,
    hidden: bool,
) -> tuple[Sheet | None, list[str]]:
    """Return a sheet of a workbook as a table."""
    if not any(any(row) for row in rows):
        return None, ["it is empty"]
    asked = header_of(file, title)
    header = find_header(rows[:60]) if asked is None else asked - 1
    start = -1 if header is None else min(header, len(rows) - 1)
    said = _above(rows[: max(start, 0)], start)
    filled = _unmerge(rows, merged, start)
    said += [f"{filled} cells within merged cells take their value"] if filled else []
    titles = rows[start] if start >= 0 else [f"column {i + 1}" for i in range(len(rows[0]))]
    said += ["it has no header; the columns are called column 1, column 2 …"] if start < 0 else []
    kept = [(n, row) for n, row in enumerate(rows[start + 1 :], start=start + 2) if any(row)]
    frame = pd.DataFrame(
        {i: pd.Series([row[i] for _, row in kept], dtype=object) for i in range(len(titles))}
    )
    sheet, named = _named(file, title, titles, frame, np.array([n for n, _ in kept]), hidden=hidden)
    return sheet, said + named


def _unmerge(rows: list[list[str]], merged: Sequence[Any], start: int) -> int:
    """Give the cells of a merged range below the titles the value of its first cell."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        if top < start or top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                if not row[column]:
                    row[column] = rows[top][left]
                    filled += 1
    return filled


def _formulas(data: bytes) -> list[str]:
    """Count formulas and errors in the sheets of an .xlsx."""
    if not data.startswith(b"PK"):
        return []
    formulas = errors = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    content = archive.read(name)
                    formulas += len(re.findall(rb"<f[ >]", content))
                    errors += len(re.findall(rb'<c [^>]*t="e"', content))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        return []
    said = [f"{formulas} cells hold formulas; the results that were saved are read"]
    broken = [f"{errors} cells hold errors such as #REF! and are read as blank"]
    return (said if formulas else []) + (broken if errors else [])


def _within_ods_bounds(data: bytes, place: str) -> None:
    """Refuse an OpenDocument sheet that unfolds into more cells than fit into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "content.xml" not in archive.namelist():
                return
            with archive.open("content.xml") as member:
                content = _bounded(member.read, place, 200_000_000)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        return
    for table in content.split(b"<table:table ")[1:]:
        height = width = reach = 0
        for row in re.split(rb"<table:table-row\b", table)[1:]:
            opening, _, cells = row.partition(b">")
            many = _REPEATED.search(opening)
            height += int(many[2]) if many else 1
            across = 0
            for cell in re.split(rb"<table:(?:covered-)?table-cell\b", cells)[1:]:
                again = _REPEATED.search(cell.partition(b">")[0])
                across += int(again[2]) if again else 1
                if not cell.partition(b">")[0].endswith(b"/"):
                    width, reach = max(width, across), height
        if width * reach > MOST_CELLS:
            cause = f"a sheet reaches over {width * reach:,} cells"
            raise UnusableInput(place, cause, "Remove what is far outside the table")


# -- Parquet and JSON ------------------------------------------------------------------------


def _read_parquet(name: str, data: bytes, place: str, found: Found) -> None:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise MissingDependency("Parquet", "parquet") from None
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        size = file.metadata.num_rows * file.metadata.num_columns
        if size > MOST_CELLS:
            raise UnusableInput(place, f"it has {size:,} cells", "Take the columns that are needed")
        table = file.read()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        if isinstance(error, UnusableInput):
            raise
        raise UnusableInput(place, f"it is no Parquet ({error})", "Restore the file") from None
    columns = [[_plain(v) for v in column.to_pylist()] for column in table.columns]
    frame = pd.DataFrame({i: _object_column(cells) for i, cells in enumerate(columns)})
    rows = np.arange(1, len(frame) + 1)
    sheet, said = _named(name, "", table.column_names, frame, rows)
    found.sheets.append(sheet)
    found.said += [f"{name}: {words}" for words in said]


def _read_json(name: str, data: bytes, place: str, found: Found) -> None:
    text, _, said = _decoded(data, place)
    found.said += [f"{name}: {words}" for words in said]
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        records = _json_lines(text, name, found)
        if not records:
            where = f"{place}, line {error.lineno}, column {error.colno}"
            raise UnusableInput(where, f"it is no JSON ({error.msg})", "Restore the file") from None
        found.sheets.append(_of_records(name, "", records, place))
        return
    except RecursionError:
        raise UnusableInput(place, "it is nested too deeply", "Flatten it") from None
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        records, title = _features(content), ""
    elif isinstance(content, list):
        records, title = content, ""
    elif isinstance(content, dict) and (within := _records_in(content)) is not None:
        title, records = within
    else:
        records, title = [content], ""
    if not records or not all(isinstance(record, dict) for record in records):
        cause = "it is JSON, but no list of records"
        raise UnusableInput(place, cause, 'Give [{"name": …}, …], or one record a line')
    found.sheets.append(_of_records(name, title, records, place))


def _records_in(content: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """Return the one list of records a document wraps, with its name."""
    lists = [
        (key, value)
        for key, value in content.items()
        if isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
    ]
    others = sum(isinstance(v, dict | list) for v in content.values()) - len(lists)
    longest = max(lists, key=lambda item: len(item[1]), default=None)
    if longest is None or others > 1 or "name" in content:
        return None
    return longest


def _features(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the properties of GeoJSON features, with the position of points."""
    records = []
    for feature in content.get("features") or []:
        if not isinstance(feature, dict):
            continue
        record = dict(feature.get("properties") or {})
        geometry = feature.get("geometry") or {}
        where = geometry.get("coordinates")
        if geometry.get("type") == "Point" and isinstance(where, list) and len(where) >= 2:
            record.setdefault("longitude", where[0])
            record.setdefault("latitude", where[1])
        if feature.get("id") is not None:
            record.setdefault("id", feature["id"])
        records.append(record)
    return records


def _json_lines(text: str, name: str, found: Found) -> list[dict[str, Any]]:
    """Return a record a line; lines that are none are listed."""
    records, wrong = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("it is no object")
            records.append(record)
        except (ValueError, RecursionError) as error:
            wrong.append((number, line[:80], str(error)))
    if records and len(wrong) <= max(1, len(records)):
        for number, line, why in wrong:
            cause = f"the line is no JSON record ({why})"
            found.reject(name, number, "", line, cause, "Restore the line")
        return records
    return []


def _of_records(file: str, name: str, records: Sequence[Mapping[str, Any]], place: str) -> Sheet:
    """Lay nested records flat: a column a path, lists as cells that are lists."""
    columns: dict[str, list[Any]] = {}
    for number, record in enumerate(records):
        flat: dict[str, Any] = {}
        _flatten(record, "", flat, 0)
        for path, value in flat.items():
            if path not in columns:
                if len(columns) == MOST_COLUMNS:
                    raise _too_wide(place, MOST_COLUMNS + 1)
                columns[path] = [None] * number
            columns[path].append(value)
        for cells in columns.values():
            if len(cells) == number:
                cells.append(None)
    frame = pd.DataFrame({i: _object_column(cells) for i, cells in enumerate(columns.values())})
    rows = np.arange(1, len(records) + 1)
    return _named(file, name, list(columns), frame, rows)[0]


def _flatten(record: Mapping[str, Any], prefix: str, flat: dict[str, Any], depth: int) -> None:
    for key, value in record.items():
        path = _whole(f"{prefix}{key}")
        if isinstance(value, dict) and depth < MOST_DEPTH:
            _flatten(value, f"{path}.", flat, depth + 1)
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            inner: list[dict[str, Any]] = []
            for item in value:
                cells: dict[str, Any] = {}
                _flatten(item, "", cells, depth + 1)
                inner.append(cells)
            for name in dict.fromkeys(name for cells in inner for name in cells):
                parts = [cells.get(name) for cells in inner]
                flat[f"{path}.{name}"] = [
                    "; ".join(p) if isinstance(p, list) else p or "" for p in parts
                ]
        else:
            flat[path] = _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as text, blank as None, a list as a list of texts."""
    if value is None:
        return None
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, list | tuple):
        # A list within a list stays JSON: text of text of text would grow without end.
        inner = (_json(v) if isinstance(v, list | tuple | dict) else _plain(v) for v in value)
        return [str(v) for v in inner if v not in (None, "")]
    if isinstance(value, dict):
        return _json(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return str(cell_text(value))


def _json(value: Any) -> str:
    try:
        return _whole(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return "(nested too deeply)"


def _whole(text: str) -> str:
    """Return text without halves of characters, which JSON can write and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _object_column(cells: Sequence[Any]) -> pd.Series:
    """Return cells as they are, lists among them."""
    values = np.empty(len(cells), dtype=object)
    for position, cell in enumerate(cells):
        values[position] = "" if cell is None else cell
    return pd.Series(values, dtype=object)
