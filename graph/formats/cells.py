"""The cells of foreign workbooks (XLSX, XLSB, XLS, ODS), read in a process of its own.

The reader is native code, which ends the whole process on some damaged workbooks and fills the
memory on others. So it runs in a child with limits of memory and time, and a death of the child is
a message.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import memory

_SCRIPT = Path(__file__).with_name("cells_process.py")
_SECONDS, _BYTES_A_SECOND = 15, 1_000_000
_CSV = "Save the sheet you need as CSV, and give that"
# An object of Python for each cell that is not blank, and its place in a list.
_TEXT, _PLACE = 56, 8
# What the last workbook was: a file is recognised first, and read then.
_last: dict[bytes, Book | tuple[str, str, str]] = {}


@dataclass
class BookSheet:
    """A sheet: its rows from the first cell on, text, numbers and truths; dates are ISO 8601."""

    name: str
    hidden: bool
    merged: list[list[list[int]]]
    rows: list[list[Any]] = field(default_factory=list)


@dataclass
class Book:
    """The sheets of a workbook.

    Attributes
    ----------
    formulas, errors
        How many cells hold a formula, and how many an error such as #N/A, in an .xlsx.
    unsaved
        How many formulas have no saved result; they are blank in the rows.
    error_cells
        Sheet, place and value of the first of them; they are blank in the rows.
    unsaved_cells
        Sheet, place and text of the first formulas without a saved result.
    """

    sheets: list[BookSheet] = field(default_factory=list)
    formulas: int = 0
    errors: int = 0
    unsaved: int = 0
    error_cells: list[tuple[str, str, str]] = field(default_factory=list)
    unsaved_cells: list[tuple[str, str, str]] = field(default_factory=list)


def book_of(data: bytes, place: object, *, keep: bool = False) -> Book:
    """Read a workbook.

    Parameters
    ----------
    keep
        Whether it will be read again soon, and is to be remembered until then.

    Raises
    ------
    UnusableInput
        Where it is damaged or has a password, or takes too much memory or time.
    """
    key = hashlib.sha256(data).digest()
    book = _last.pop(key, None)
    _last.clear()
    if book is None:
        try:
            book = _read(data)
        except UnusableInput as error:
            book = error.place, error.cause, error.remedy
    if keep or isinstance(book, tuple):
        _last[key] = book
    if isinstance(book, tuple):
        within, cause, remedy = book
        raise UnusableInput(f"{place}, {within}" if within else place, cause, remedy)
    return book


def _read(data: bytes) -> Book:
    book, used, ended = Book(), 0, False
    with _child(data) as lines:
        for line in lines:
            entry = json.loads(line)
            if isinstance(entry, list):
                book.sheets[-1].rows += entry
                filled = sum(len(row) - row.count("") for row in entry)
                used += len(line) + _PLACE * sum(map(len, entry)) + _TEXT * filled
                if used > memory():
                    cause = f"its cells take more than {memory():,} bytes of memory"
                    raise UnusableInput("", cause, _CSV)
            elif "wrong" in entry:
                raise UnusableInput(*entry["wrong"])
            elif "sheet" in entry:
                book.sheets.append(BookSheet(entry["sheet"], entry["hidden"], entry["merged"]))
            else:
                ended = entry.pop("end", False)
                vars(book).update(entry)
    if not ended:
        cause = "reading it takes too much memory or time, or it is damaged"
        raise UnusableInput("", f"{cause}; perhaps a cell lies far outside the table", _CSV)
    return book


@contextmanager
def _child(data: bytes) -> Iterator[Iterable[bytes]]:
    """Run the child, and give the lines that it writes; it ends with its time at the latest."""
    found = find_spec("python_calamine")
    folder = str(Path(str(found.origin)).parents[1]) if found else ""
    seconds = _SECONDS + len(data) // _BYTES_A_SECOND
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_SCRIPT), folder, str(memory()), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    clock = threading.Timer(seconds, child.kill)
    clock.daemon = True
    clock.start()
    try:
        assert child.stdin is not None and child.stdout is not None  # noqa: PT018
        with suppress(OSError):  # it has ended, and says no more
            child.stdin.write(data)
        with suppress(OSError):
            child.stdin.close()
        with child.stdout as lines:
            yield lines
    finally:
        clock.cancel()
        child.kill()
        child.wait()
