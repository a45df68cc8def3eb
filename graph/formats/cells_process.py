"""A process of its own in which one workbook is read: what harms it ends here, not the caller.

It takes the workbook from standard input and writes lines of JSON: an entry for each sheet, lists
of rows, and at last ``end``, or ``wrong`` with cause and remedy. It imports nothing of ours, so
that it starts in hundredths of a second.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_MEMBERS, MOST_ERRORS = 20_000, 1_000
_AT_ONCE = 1 << 20
_CELLS_A_LINE = 5_000
_SAVE = "Save it as .xlsx, without a password"
_FAR = "Remove what is far outside the table"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
# Sheets are searched for these after `_plain`; words that begin with a literal are found fast.
_UNSAVED = re.compile(rb"(?:</f>|<f[^>]*/>)(?:<v */>|<v></v>)?</c>")
_LETTERS, _NUMBER = re.compile(rb' r="([A-Za-z]+)'), re.compile(rb' r="[A-Za-z]*([0-9]+)')
_SPACES = bytes.maketrans(b"\t\r\n'", b'   "')
_REPEATED = re.compile(rb"number-(rows|columns)-repeated=[\"'](\d{1,18})[\"']")


class Refused(Exception):
    """A workbook that is not read: place within it, cause, remedy."""


def limit(memory: int, seconds: int) -> None:
    """Let the system end this process where it takes too much; Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))


def look(data: bytes, memory: int) -> dict[str, int]:
    """Count the formulas and errors of a workbook; refuse one whose sheets would not fit.

    The reader takes room for the whole rectangle up to a sheet's last cell at once: one cell in
    its last row and column is 512 GB.
    """
    counts = {"formulas": 0, "errors": 0, "unsaved": 0}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_MEMBERS:
                cause = f"it has {len(entries):,} parts; a workbook may have {MOST_MEMBERS:,}"
                raise Refused("", cause, _SAVE)
            if sum(entry.file_size for entry in entries) > memory:
                raise Refused("", f"unpacked it has more than {memory:,} bytes", "Split it")
            for entry in entries:
                with archive.open(entry) as member:
                    if entry.filename == "content.xml":
                        _look_at_ods(member.read(memory // 10 + 1), memory)
                    elif b"worksheet" in (head := member.read(_AT_ONCE)):
                        _look_at_sheet(_pieces(head, member), entry.filename, counts, memory)
    except _BROKEN:
        pass  # the reader reports the fault, or knows another format
    return counts


def _pieces(head: bytes, member: Any) -> Iterator[bytes]:
    """Yield a sheet in pieces that end between two elements."""
    rest = b""
    while head:
        cut = head.rfind(b"<")
        if cut <= 0 or len(head) - cut > _AT_ONCE:
            cut = len(head)
        yield rest + head[:cut]
        rest, head = head[cut:], member.read(_AT_ONCE)
    yield rest


def _plain(piece: bytes) -> bytes:
    """Return a piece without prefixes of names and spaces around ``=``, quoted one way."""
    piece = piece.translate(_SPACES)
    if b":row" in piece or b":c " in piece:
        piece = re.sub(rb"<\w+:", b"<", piece)
    return re.sub(rb" *= *", b"=", piece) if b" =" in piece or b"= " in piece else piece


def _look_at_sheet(pieces: Iterator[bytes], name: str, counts: dict[str, int], memory: int) -> None:
    """Count formulas and errors, and refuse a sheet that reaches too far; references may miss."""
    height = width = unnumbered = across = 0
    for piece in map(_plain, pieces):
        counts["formulas"] += sum(piece.count(b"<f" + end) for end in (b" ", b">", b"/"))
        counts["errors"] += piece.count(b' t="e"')
        counts["unsaved"] += len(_UNSAVED.findall(piece))
        columns = {letters: _column(letters) for letters in set(_LETTERS.findall(piece))}
        rows = {int(digits[:12]) for digits in set(_NUMBER.findall(piece))}
        first, *others = piece.split(b"<row")
        unnumbered += sum(
            row[:1] in b" />" and b' r="' not in row.partition(b">")[0] for row in others
        )
        across += _cells(first)
        width = max([width, across, *map(_cells, others), *columns.values()])
        across = _cells(others[-1]) if others else across
        height = max([height, *rows])
        reach = (height + unnumbered, width)
        cause = f"the sheet reaches over {reach[0] * width:,} cells"
        if reach[0] > MOST_ROWS or width > MOST_COLUMNS:
            cause = "a sheet ends at XFD1048576, and this one goes on"
        elif reach[0] * width <= memory // 100:
            continue
        widest = next((c for c in columns if columns[c] == width), b"[A-Za-z]+")
        lowest = str(height).encode() if height in rows else b"[0-9]+"
        last = re.search(rb'"(' + widest + lowest + rb')"', piece)
        last = last or re.search(rb'"(' + widest + rb'[0-9]+)"', piece)
        raise Refused(f"{name}, cell {last[1].decode()}" if last else name, cause, _FAR)


def _cells(row: bytes) -> int:
    return sum(row.count(b"<c" + end) for end in (b" ", b">", b"/"))


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters[:8].upper():
        column = 26 * column + letter - 64
    return column


def _look_at_ods(content: bytes, memory: int) -> None:
    """Refuse an OpenDocument sheet whose repeated cells unfold into more than fit."""
    if len(content) > memory // 10:
        raise Refused("", f"unpacked it has more than {memory // 10:,} bytes", "Split it")
    for table in content.split(b"<table:table ")[1:]:
        height = width = reach = 0
        for row in re.split(rb"<table:table-row\b", table)[1:]:
            opening, _, cells = row.partition(b">")
            height += _times(opening)
            across = 0
            for cell in re.split(rb"<table:(?:covered-)?table-cell\b", cells)[1:]:
                opening = cell.partition(b">")[0]
                across += _times(opening)
                if not opening.endswith(b"/"):
                    width, reach = max(width, across), height
        if width * reach > memory // 100:
            raise Refused("", f"a sheet reaches over {width * reach:,} cells", _FAR)


def _times(opening: bytes) -> int:
    """Return how often an element of OpenDocument says that it is repeated."""
    many = _REPEATED.search(opening)
    return int(many[2]) if many else 1


def entries(data: bytes, folder: str, memory: int) -> Iterator[Any]:
    """Yield what there is to write of a workbook: its counts, its sheets and their rows."""
    counts = look(data, memory)
    sys.path.append(folder)
    from python_calamine import CalamineError, CalamineWorkbook

    yield counts
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {m.name for m in book.sheets_metadata if not str(m.visible).endswith(".Visible")}
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            merged = sheet.merged_cell_ranges or []
            yield {"sheet": title, "hidden": title in hidden, "merged": merged}
            yield from _rows(sheet, title, memory)
    except (CalamineError, ValueError, KeyError, *_BROKEN) as error:
        raise Refused("", f"it cannot be read as a workbook ({error})", _SAVE) from None
    if counts["errors"]:
        yield {"error_cells": list(_errors(data))}
    if counts["unsaved"]:
        yield {"unsaved_cells": list(_unsaved(data))}
    yield {"end": True}


def _rows(sheet: Any, title: str, memory: int) -> Iterator[list[list[Any]]]:
    """Yield lists of rows, as wide as the sheet, from its first cell on."""
    if sheet.end is None:
        return
    (bottom, right), left = sheet.end, sheet.start[1]
    if (bottom + 1) * (right + 1) > memory // 100 or right >= MOST_COLUMNS:
        cause = f"the sheet reaches over {bottom + 1:,} rows and {right + 1:,} columns"
        raise Refused(f"sheet {title}", cause, _FAR)
    step = max(1, _CELLS_A_LINE // (right + 1))
    lines: list[list[Any]] = []
    for row in sheet.iter_rows():
        lines.append([""] * left + row)
        if len(lines) == step:
            yield lines
            lines = []
    yield lines


def _errors(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield sheet, place and value of the first cells that hold an error, blank for the reader."""
    from openpyxl import load_workbook

    found = 0
    with suppress(Exception):  # it reads less than the reader, and only names the cells
        for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True):
            for row in sheet.iter_rows():
                for cell in (c for c in row if c.data_type == "e"):
                    yield sheet.title, cell.coordinate, str(cell.value)
                    if (found := found + 1) == MOST_ERRORS:
                        return


def _unsaved(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield sheet, place and text of the first formulas whose result was never saved."""
    from openpyxl import load_workbook

    found = 0
    with suppress(Exception):  # it reads less than the reader, and only names the cells
        books = (
            load_workbook(io.BytesIO(data), read_only=True, data_only=d) for d in (False, True)
        )
        for formulas, results in zip(*books, strict=True):
            for ours, theirs in zip(formulas.iter_rows(), results.iter_rows(), strict=True):
                for cell, result in zip(ours, theirs, strict=True):
                    if cell.data_type == "f" and result.value in (None, ""):
                        yield formulas.title, cell.coordinate, str(cell.value)
                        if (found := found + 1) == MOST_ERRORS:
                            return


def text_of(cell: Any) -> str:
    """Return a date, a time or a duration as text; midnight is not said."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def main(folder: str, memory: str, seconds: str) -> None:
    """Read the workbook on standard input within some bytes and seconds, and write what it has."""
    limit(int(memory), int(seconds))

    def say(entry: Any) -> None:
        sys.stdout.write(json.dumps(entry, default=text_of) + "\n")

    try:
        for entry in entries(sys.stdin.buffer.read(), folder, int(memory)):
            say(entry)
    except Refused as refused:
        say({"wrong": refused.args})
    except MemoryError:
        cause = f"reading it takes more than {int(memory):,} bytes of memory"
        say({"wrong": ("", cause, "Save the sheet you need as CSV, and give that")})


if __name__ == "__main__":
    main(*sys.argv[1:])
