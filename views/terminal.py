"""Answers on their way out: a table for the eye, files for spreadsheets and for programs."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.engines.seam import KeptTable
from partnergraph.graph.errors import (
    AlreadyThere,
    AmbiguousName,
    BadParameter,
    MissingDependency,
    PartnergraphError,
    UnknownName,
    Unsupported,
)
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import defuse, write_table
from partnergraph.views.words import CONTROL, listed, told

MOST_SHOWN = 20
PARQUET = ".parquet"
NESTED = (list, dict, tuple, set, frozenset)
# Widths in characters: of a file, of text that wraps, and between two columns.
WIDE, NARROWEST, GAP = 1_000, 12, 3
# A table of more rows is drawn one line a row: wrapping takes milliseconds for each.
MOST_WRAPPED, WIDEST = 500, 80
# Characters and lines of a message.
SCREEN, LONGEST_LINE, MOST_LINES = 2_000, 1_000, 20
ERROR_OF_OURS = 70
REPORT = "Please report it, with what `partnergraph --debug VERB …` shows."


@dataclass(frozen=True)
class Answer:
    """What a verb answers.

    Attributes
    ----------
    verb, parameters
        The question.
    rows
        The answer as a table; its index, where it has a name, is the first column.
    network
        Recipe and sizes of the network it was computed on, where there is one.
    more
        Further entries of the JSON.
    others
        Further tables that are shown below the first one, by title.
    notes
        What to say beside the answer.
    top
        How many rows to show of a table that stays with an engine; 20 by default.
    """

    verb: str
    parameters: dict[str, Any]
    rows: pd.DataFrame | KeptTable
    network: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    others: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    top: int | None = None

    def first(self, rows: int | None) -> Answer:
        """Return it with the first rows only."""
        if rows is None or not isinstance(self.rows, pd.DataFrame):
            return replace(self, top=rows)
        return replace(self, rows=self.rows.head(rows))

    def table(self) -> pd.DataFrame:
        """Return the rows, or the first of those that stay with an engine."""
        if isinstance(self.rows, pd.DataFrame):
            return self.rows
        return self.rows.top(self.top or MOST_SHOWN)

    def dated(self, day: dict[str, Any], words: str) -> Answer:
        """Return it with the day that it speaks of, at its head."""
        notes = [words, *self.notes] if words else self.notes
        return replace(self, more={"as_of": day, **self.more}, notes=notes)

    def with_tables(self, others: dict[str, pd.DataFrame], notes: list[str]) -> Answer:
        """Return it with further tables and notes."""
        return replace(self, others=others, notes=[*self.notes, *notes])


def write(answer: Answer, format: str = "table", output: str = "-") -> None:
    """Write an answer to a file, or to standard output for ``-``; notes go to standard error.

    Of a table that stays with an engine the first rows are written; into a file that ends in
    ``.parquet`` all of them, while the first are shown.
    """
    if not isinstance(answer.rows, pd.DataFrame):
        answer, format, output = _fetched(answer, answer.rows, format, output)
    for note in answer.notes:
        say(note)
    if format == "table" and output == "-":
        _draw(answer, sys.stdout, None if sys.stdout.isatty() else WIDE)
        return
    if format in BINARY:
        write_atomically(Path(output), BINARY[format](answer))
        return
    text = {"json": as_json, "csv": as_csv, "table": as_text}[format](answer)
    if output == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_atomically(Path(output), text.encode("utf-8"))


def _fetched(answer: Answer, kept: KeptTable, format: str, output: str) -> tuple[Answer, str, str]:
    """Return the answer with its first rows, and how and where these are written."""
    rows, every, notes = answer.table(), len(kept), list(answer.notes)
    if output.endswith(PARQUET):
        notes.append(told("terminal.all_rows", n=every, output=kept.write(output)))
        format, output = "table" if format == "parquet" else format, "-"
    elif len(rows) < every:
        notes.append(told("terminal.first_rows", n=len(rows), total=every, ending=PARQUET))
    return replace(answer, rows=rows, notes=notes), format, output


def format_of(output: str) -> str:
    """Return the format that the ending of a file stands for, ``table`` where it says nothing."""
    ending = Path(output).suffix.casefold().removeprefix(".")
    return ending if ending in ("csv", "json", *BINARY) else "table"


def say(words: str) -> None:
    """Print a message on standard error: no control characters, at most a screen long."""
    print(shortened(clean(words, keep="\n")), file=sys.stderr)


def shortened(words: str, *, line: int = LONGEST_LINE, lines: int = MOST_LINES) -> str:
    """Return a message at most a screen long; of a long line the middle is left out."""
    kept = words.split("\n")
    if len(kept) > lines:
        kept = [*kept[: lines - 1], f"… and {len(kept) - lines + 1} more lines"]
    most = max(line // 4, min(line, SCREEN // len(kept)))
    return "\n".join(
        f"{k[: most * 2 // 3]} … {k[-(most // 3) :]}" if len(k) > most else k for k in kept
    )


def failure(
    error: BaseException, given: Sequence[str], spelt: Mapping[str, str]
) -> tuple[int, str]:
    """Return the exit code of an error, and its message.

    Parameters
    ----------
    given
        The words of the command line after the verb.
    spelt
        How the verb's options are spelt, by their names.
    """
    what = shortened(" ".join(given), line=300, lines=3) or "no arguments"
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted. What was not finished is not saved"
    if isinstance(error, MemoryError):
        cause = f"there is not enough memory for {what}"
        return 3, f"{cause}. Split the input, take the columns you need, or use a larger machine."
    if isinstance(error, Unsupported):
        return 2, error.in_words(spelt)
    if isinstance(error, UnknownName | AmbiguousName | BadParameter | AlreadyThere):
        return 2, str(error)
    if isinstance(error, PartnergraphError):
        return 3, str(error) or f"{type(error).__name__}, with {what}"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return 3, f"{place}{error.strerror or str(error) or type(error).__name__}, with {what}"
    said = f"{type(error).__name__}: {error}".removesuffix(": ")
    words = f"an error of partnergraph itself, with {what} ({shortened(said, line=300, lines=3)})"
    return ERROR_OF_OURS, f"{words}. {REPORT}"


def clean(text: str, *, keep: str = "") -> str:
    """Return text without characters that would steer a terminal or turn its direction."""
    return CONTROL.sub(lambda m: "".join(c if c in keep else "\ufffd" for c in m[0]), text)


def flat(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose named index levels are its first columns."""
    return rows.reset_index() if rows.index.names != [None] else rows


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: what is undefined is None."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in flat(value).to_dict("records")]
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and value - value != 0):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def as_json(answer: Answer) -> str:
    """Return an answer as JSON: verb, parameters, network, rows, and whatever more there is."""
    content: dict[str, Any] = {"verb": answer.verb, "parameters": plain(answer.parameters)}
    if answer.network is not None:
        content["network"] = plain(answer.network)
    content |= {key: plain(value) for key, value in answer.more.items()}
    content["rows"] = plain(answer.table())
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(answer: Answer) -> str:
    """Return the rows as CSV; text that a spreadsheet would take for a formula is defused."""
    rows, _ = defuse(_spelt(answer.table()))
    return write_table(rows).decode("utf-8")


def as_workbook(answer: Answer) -> bytes:
    """Return a workbook: a sheet for the rows and for each further table, and what is said beside.

    Text stays text, so that no formula can hide in it.
    """
    from partnergraph.graph.formats.xlsx import workbook

    tables = {answer.verb: _spelt(answer.table())}
    tables |= {title: _spelt(rows) for title, rows in answer.others.items()}
    said = [*answer.notes, *([str(answer.network["recipe"])] if answer.network else [])]
    tables["notes"] = pd.DataFrame({"what is said beside it": said}, dtype=object)
    return workbook(tables)


def as_parquet(answer: Answer) -> bytes:
    """Return the rows as Parquet; what is nested is JSON.

    Raises
    ------
    MissingDependency
        If pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency("Parquet", "parquet") from None
    out = pyarrow.BufferOutputStream()
    table = pyarrow.Table.from_pandas(_spelt(answer.table()), preserve_index=False)
    pyarrow.parquet.write_table(table.replace_schema_metadata(None), out)
    return bytes(out.getvalue().to_pybytes())


BINARY = {"xlsx": as_workbook, "parquet": as_parquet}


def _spelt(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a flat table in which what is nested is JSON."""
    rows = flat(rows).copy(deep=False)
    for column in rows.columns:
        if any(isinstance(value, NESTED) for value in rows[column]):
            spelt = [
                json.dumps(plain(value), ensure_ascii=False) if isinstance(value, NESTED) else value
                for value in rows[column]
            ]
            rows[column] = pd.Series(spelt, index=rows.index, dtype=object)
    return rows


def as_text(answer: Answer, *, width: int = WIDE) -> str:
    """Return an answer as tables of plain text; columns that do not fit are left out and named."""
    out = io.StringIO()
    _draw(answer, out, width)
    return out.getvalue()


def _draw(answer: Answer, out: Any, width: int | None) -> None:
    from rich.console import Console

    console = Console(file=out, width=width, highlight=False, soft_wrap=False)
    for title, rows in {"": answer.table(), **answer.others}.items():
        if title:
            console.print()
            console.print(title, markup=False, style="bold")
        rows = flat(rows)
        if len(rows) > MOST_WRAPPED:
            out.writelines(_lines(rows))
            continue
        widths = _fitting(rows, console.width)
        console.print(_table(rows, widths))
        if left_out := [str(column) for column in rows.columns[len(widths) :]]:
            words = told("terminal.left_out", n=len(left_out), names=listed(left_out))
            console.print(words, markup=False, style="dim")
    if answer.network is not None:
        size = {name: answer.network[name] for name in ("nodes", "pairs", "ties", "recipe")}
        console.print(told("terminal.network", **size), markup=False, style="dim")


def _lines(rows: pd.DataFrame) -> Iterator[str]:
    """Yield a table line by line, nothing wrapped or left out; long text reaches over its column.

    >>> print(*_lines(pd.DataFrame({"id": ["a", "bcd"], "n": [1, 20]})), sep="", end="")
    id     n
    ────────
    a      1
    bcd   20
    """
    from rich.cells import cell_len

    columns = []
    for title, cells in rows.items():
        texts = [clean(str(title)), *map(_cell, cells)]
        sizes = [cell_len(text) for text in texts]
        most, right = min(max(sizes), WIDEST), _is_numeric(cells)
        gaps = (" " * (most - size) for size in sizes)
        columns.append([g + t if right else t + g for t, g in zip(texts, gaps, strict=True)])
    for number, line in enumerate(zip(*columns, strict=True)):
        text = (" " * GAP).join(line)
        yield text.rstrip() + "\n"
        if not number:
            yield "─" * cell_len(text) + "\n"


def _fitting(rows: pd.DataFrame, width: int) -> list[int]:
    """Return the least widths of the columns that fit; the last are left out, never the first.

    A number is not cut; text may wrap, down to `NARROWEST` characters a line, and so may titles.
    """
    from rich.cells import cell_len

    whole, least = [], []
    for title, cells in rows.items():
        longest = max((cell_len(_cell(value)) for value in cells), default=0)
        whole.append(max(longest, cell_len(str(title))))
        shortest = longest if _is_numeric(cells) else min(longest, NARROWEST)
        least.append(max(shortest, *(cell_len(word) for word in str(title).split() or [""])))
    if sum(whole) + GAP * (len(whole) - 1) <= width:
        return whole
    fit = int((np.cumsum([w + GAP for w in least]) - GAP <= width).sum())
    return least[: max(1, fit)]


def _is_numeric(cells: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return True
    known = cells.dropna()
    return len(known) > 0 and all(isinstance(value, int | float) for value in known)


def _table(rows: pd.DataFrame, widths: list[int]) -> Any:
    """Return a table of the first columns, each at least so wide."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for at, width in enumerate(widths):
        title = Text(str(rows.columns[at]))
        if _is_numeric(rows.iloc[:, at]):
            table.add_column(title, justify="right", width=width)
        else:
            table.add_column(title, min_width=width, overflow="fold")
    for row in rows.iloc[:, : len(widths)].itertuples(index=False, name=None):
        table.add_row(*(Text(_cell(value)) for value in row))
    return table


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) and abs(value) >= 10 else f"{value:.4g}"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return clean(str(value))
