"""The columns of a table as a mapping means them: joined, turned and exploded, cleaned and read.

Every column is taken apart once into its different values and a code a row, so that what costs time
is done once a value and not once a cell. What cannot be read is listed with file, row, column,
value, cause and remedy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.tables.cells import CONTROL, MISSING, Reader, clean, read_dates, reader_of
from partnergraph.loaders.tables.mapping import Cell, Join, Matrix, TableMapping, TablesMapping
from partnergraph.loaders.tables.sheets import Found, Sheet

LIST = "\x1f"
MOST_CELL = 100_000
REJECTED = ("file", "row", "column", "value", "cause", "remedy", "done")
BLANK = "the cell is left blank"


@dataclass
class Column:
    """The cells of a column: the different texts, and which one each row has, -1 for none."""

    codes: np.ndarray
    texts: list[str]


@dataclass
class Reading:
    """Cells as they are meant: meanings, what stood there, and a code a row."""

    codes: np.ndarray
    meanings: list[Any]
    texts: list[str]

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Return the meaning at each of some rows, missing where there is none."""
        return self._take(self.meanings, rows)

    def originals(self, rows: np.ndarray) -> np.ndarray:
        """Return what stood there, where it is not what it means."""
        other = [
            None if m is None or _alike(t, m) else t
            for t, m in zip(self.texts, self.meanings, strict=True)
        ]
        return self._take(other, rows)

    def _take(self, values: list[Any], rows: np.ndarray) -> np.ndarray:
        pool = np.empty(len(values) + 1, dtype=object)
        pool[: len(values)] = [np.nan if v is None else v for v in values]
        pool[-1] = np.nan
        taken: np.ndarray = pool[self.codes[rows]]
        return taken


def _alike(text: str, meaning: Any) -> bool:
    """Say whether a text is its meaning already, but for capitals."""
    if isinstance(meaning, bool):
        return text.casefold() == str(meaning).casefold()
    if isinstance(meaning, float):
        try:
            return float(text) == meaning
        except ValueError:
            return False
    return text.casefold() == str(meaning).casefold()


class Account:
    """What is told of a mapping that is carried out: cells that could not be read, and counts.

    Attributes
    ----------
    notes
        Sentences, in the order in which they come up.
    said
        Things that are counted before they are said.
    rejected
        Rows of the list of cells that could not be read.
    """

    def __init__(self, found: Found, mapping: TablesMapping) -> None:
        self.mapping, self.found = mapping, found
        self.notes = list(found.said)
        self.said: Counter[str] = Counter()
        self.rejected = [pd.DataFrame(found.rejected, columns=list(REJECTED))]

    def reject(
        self,
        table: SheetColumns,
        rows: np.ndarray,
        column: str,
        values: Sequence[Any],
        causes: Sequence[str] | str,
        remedies: Sequence[str] | str,
        done: str,
    ) -> None:
        """List cells that could not be read, by their position in the table."""
        if not len(rows):
            return
        frame = pd.DataFrame(
            {
                "file": table.files(rows),
                "row": table.sheet.rows[rows],
                "column": column,
                "value": [str(v)[:200] for v in values],
                "cause": causes,
                "remedy": remedies,
                "done": done,
            }
        )
        self.rejected.append(frame)


class SheetColumns:
    """The columns of a sheet as its mapping means them, joined, turned and exploded before."""

    def __init__(self, whole: Account, spec: TableMapping, sheet: Sheet, number: int) -> None:
        self.whole, self.spec, self.number = whole, spec, number
        self.given = sheet
        self.joined: list[int] = []
        self.passed_over: set[int] = set()
        self.cache: dict[tuple[str, ...], Column] = {}
        self.readings: dict[Any, Reading] = {}
        self.sheet = self._prepared(sheet)

    def files(self, rows: np.ndarray) -> Any:
        """Return the place of each row, for messages."""
        if self.sheet.files is not None:
            return self.sheet.files[rows]
        return [self.sheet.place] * len(rows)

    def fail(self, line: int, key: str, cause: str, remedy: str) -> UnusableInput:
        """Return what to raise where the mapping asks for what is not there."""
        place = f"{self.whole.mapping.place}, line {line}"
        return UnusableInput(f"{place}, {key}" if key else place, cause, remedy)

    # -- before the columns are read ---------------------------------------------------------

    def _prepared(self, sheet: Sheet) -> Sheet:
        spec = self.spec
        if spec.join:
            sheet = self._join(sheet, spec.join)
        if spec.matrix:
            sheet = self._melted(sheet, spec.matrix)
        if spec.explode:
            sheet = self._exploded(sheet)
        self.sheet = sheet
        for column, wanted in spec.where.items():
            cells = self.column(column, spec.line, f"tables[{self.number}].where")
            right = {v.casefold() for v in wanted}
            good = np.array([t.casefold() in right for t in cells.texts] + ["" in right])
            keep = good[cells.codes]
            sheet = sheet.taking(keep)
            self.sheet, self.cache = sheet, {}
        if spec.where:
            self.passed_over = set(self.given.rows.tolist()) - set(sheet.rows.tolist())
        return sheet

    def _join(self, sheet: Sheet, join: Join) -> Sheet:
        """Add the columns of another table; where a key is there twice, its first row counts."""
        others = [
            s
            for s in self.whole.found.sheets
            if s is not sheet and matches(s.name or s.file, join.pattern)
        ]
        key = f"tables[{self.number}].join"
        if not others:
            there = [s.name or s.file for s in self.whole.found.sheets]
            near = get_close_matches(join.pattern, there, n=1)
            hint = f"Did you mean {near[0]}" if near else f"There are {', '.join(there)}"
            raise self.fail(join.line, key, f"there is no table {join.pattern!r}", hint)
        other = others[0]
        self.joined.append(id(other))
        ours, theirs = [a for a, _ in join.on], [b for _, b in join.on]
        for columns, frame in ((ours, sheet.frame), (theirs, other.frame)):
            for column in columns:
                if column not in frame.columns:
                    raise self._no_column(column, list(frame.columns), join.line, key)
        right = other.frame.assign(
            **{c: other.frame[c].map(_joined_text).map(clean) for c in theirs}
        )
        again = right.duplicated(theirs)
        if again.any():
            words = f"rows of {other.place} repeat a key of the join; the first of each counts"
            self.whole.said[words] += int(again.sum())
        right = right[~again].rename(
            columns={
                c: f"{c} ({other.name or other.file})"
                for c in right.columns
                if c in sheet.frame.columns and c not in theirs
            }
        )
        left = sheet.frame.assign(**{c: sheet.frame[c].map(_joined_text).map(clean) for c in ours})
        both = left.merge(right, how="left", left_on=ours, right_on=theirs, suffixes=("", " (2)"))
        return replace(sheet, frame=both.astype(object))

    def _melted(self, sheet: Sheet, matrix: Matrix) -> Sheet:
        """Turn a matrix into rows: row, column, cell; names without a cell come alone."""
        frame, key = sheet.frame, f"tables[{self.number}].matrix"
        names = list(frame.columns)
        for column in (matrix.rows, *matrix.columns):
            if column not in names:
                raise self._no_column(column, names, matrix.line, key)
        columns = list(matrix.columns) or [c for c in names if c != matrix.rows]
        labels = frame[matrix.rows].to_numpy(dtype=object)
        rows, across, cells = [], [], []
        for position, column in enumerate(columns):
            codes, texts = pd.factorize(frame[column].to_numpy(dtype=object))
            nothing = np.array([_nothing(t) for t in texts] + [True])
            there = np.flatnonzero(~nothing[codes])
            rows.append(there)
            across.append(np.full(len(there), position))
            cells.append(frame[column].to_numpy(dtype=object)[there])
        r, c = np.concatenate(rows), np.concatenate(across)
        alone_r = np.setdiff1d(np.arange(len(frame)), r)
        alone_c = np.setdiff1d(np.arange(len(columns)), c)
        titles = np.array(columns, dtype=object)
        blank_r, blank_c = np.full(len(alone_c), ""), np.full(len(alone_r), "")
        long = pd.DataFrame(
            {
                "row": np.concatenate([labels[r], labels[alone_r], blank_r]).astype(object),
                "column": np.concatenate([titles[c], blank_c, titles[alone_c]]).astype(object),
                "cell": np.concatenate([*cells, np.full(len(alone_r) + len(alone_c), "")]).astype(
                    object
                ),
            },
            dtype=object,
        )
        numbers = sheet.rows
        header = numbers.min(initial=2) - 1
        where = np.concatenate([numbers[r], numbers[alone_r], np.full(len(alone_c), header)])
        order = np.argsort(where, kind="stable")
        out = Sheet(sheet.file, sheet.name, long, where, sheet.hidden)
        return out.taking(order)

    def _exploded(self, sheet: Sheet) -> Sheet:
        """Give each of several values in parallel cells a row of its own."""
        spec, names = self.spec, list(sheet.frame.columns)
        columns = [
            c for name in spec.explode for c in names if c == name or c.startswith(f"{name}.")
        ]
        absent = [
            n for n in spec.explode if not any(c == n or c.startswith(f"{n}.") for c in names)
        ]
        if absent and not self.whole.mapping.absent:
            raise self._no_column(absent[0], names, spec.line, f"tables[{self.number}].explode")
        for group in spec.explode:
            inside = [c for c in columns if c == group or c.startswith(f"{group}.")]
            if inside:
                sheet = self._explode(sheet, inside)
        return sheet

    def _explode(self, sheet: Sheet, columns: list[str]) -> Sheet:
        parts = {c: [_parts(v, self.spec.split) for v in sheet.frame[c].tolist()] for c in columns}
        sizes = np.array([max(1, *map(len, row)) for row in zip(*parts.values(), strict=True)])
        rows = np.repeat(np.arange(len(sheet.frame)), sizes)
        out = sheet.taking(rows)
        for column in columns:
            cells = np.empty(len(rows), dtype=object)
            cells[:] = [
                p[i] if i < len(p) else (p[0] if len(p) == 1 else "")
                for p, n in zip(parts[column], sizes.tolist(), strict=True)
                for i in range(n)
            ]
            out.frame[column] = pd.Series(cells, dtype=object)
        return out

    def _no_column(self, column: str, names: list[str], line: int, key: str) -> UnusableInput:
        near = get_close_matches(column, names, n=1, cutoff=0.5)
        shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        remedy = f"Did you mean {near[0]}" if near else f"There are {shown}"
        place = self.given.place
        return self.fail(line, key, f"there is no column {column!r} in {place}", remedy)

    # -- reading columns ---------------------------------------------------------------------

    def column(self, name: str, line: int, key: str) -> Column:
        """Return a column taken apart; blanks and spellings of blank are -1."""
        known = self.cache.get((name,))
        if known is None:
            known = self.cache[(name,)] = self._column(name, line, key)
        return known

    def _column(self, name: str, line: int, key: str) -> Column:
        count = len(self.sheet.frame)
        if name == "$sheet":
            return Column(np.zeros(count, dtype="int64"), [self.sheet.name or self.sheet.file])
        if name == "$file" and self.sheet.files is None:
            return Column(np.zeros(count, dtype="int64"), [self.sheet.file])
        if name == "$row":
            return Column(np.arange(count), [str(r) for r in self.sheet.rows])
        values: np.ndarray
        if name == "$file" and self.sheet.files is not None:
            values = self.sheet.files
        elif name in self.sheet.frame.columns:
            values = self.sheet.frame[name].to_numpy(dtype=object)
        elif self.whole.mapping.absent:
            return Column(np.full(count, -1), [])
        else:
            raise self._no_column(name, list(self.sheet.frame.columns), line, key)
        try:
            codes, raw = pd.factorize(values)
        except TypeError:
            codes, raw = pd.factorize(objects(_joined_text(v) for v in values))
        return self._cleaned(name, codes, [str(v) for v in raw])

    def _cleaned(self, name: str, codes: np.ndarray, raw: list[str]) -> Column:
        """Clean texts, and make those one that then are equal."""
        blank = MISSING | self.whole.mapping.missing
        index: dict[str, int] = {}
        new = np.empty(len(raw) + 1, dtype="int64")
        new[-1] = -1
        odd, huge, spelt = [], [], []
        for position, text in enumerate(raw):
            if text.isascii() and text.isprintable():
                plain = text.strip()
            else:
                plain = LIST.join(clean(part) for part in text.split(LIST))
                if CONTROL.search(text.replace(LIST, "").lstrip("\ufeff")):
                    odd.append(position)
            if len(plain) > MOST_CELL:
                huge.append(position)
                new[position] = -1
            elif len(plain) < 12 and plain.casefold() in blank:
                new[position] = -1
                if plain:
                    spelt.append(position)
            else:
                new[position] = index.setdefault(plain, len(index))
        self._say_cleaned(name, codes, raw, odd, huge, spelt)
        return Column(new[codes], list(index))

    def _say_cleaned(
        self,
        name: str,
        codes: np.ndarray,
        raw: list[str],
        odd: list[int],
        huge: list[int],
        spelt: list[int],
    ) -> None:
        for positions, cause, done in (
            (odd, "it has control characters", "they are left out"),
            (huge, f"it has more than {MOST_CELL:,} characters", BLANK),
        ):
            rows = np.flatnonzero(np.isin(codes, positions)) if positions else np.array([], int)
            shown = [raw[codes[r]][:100].encode("unicode_escape").decode() for r in rows]
            self.whole.reject(self, rows, name, shown, cause, "Correct the cell", done)
        if spelt:
            words = ", ".join(sorted({repr(clean(raw[p])) for p in spelt}))
            count = int(np.isin(codes, spelt).sum())
            self.whole.said[f"cells {words} of {name} are read as blank"] += count

    def combined(self, cell: Cell) -> Column:
        """Return the column a cell is made of, or of several columns put together."""
        if cell.value is not None:
            return Column(np.zeros(len(self.sheet.frame), dtype="int64"), [cell.value])
        if len(cell.columns) == 1:
            column = self.column(cell.columns[0], cell.line, cell.key)
        else:
            key = (*cell.columns, cell.between)
            if key not in self.cache:
                parts = [self.column(c, cell.line, cell.key) for c in cell.columns]
                self.cache[key] = _put_together(parts, cell.between)
            column = self.cache[key]
        if cell.missing:
            gone = np.array([t.casefold() in cell.missing for t in column.texts] + [True])
            codes = np.where(gone[column.codes], -1, column.codes)
            column = Column(codes, column.texts)
        return column

    def read(self, cell: Cell, table: str, attribute: str) -> Reading:
        """Return what the cells of an attribute mean; those that mean nothing are listed."""
        reader = reader_of(table, attribute, cell.read_as)
        plain = attribute in ("id", "name", "kind")
        known = f"{replace(cell, key='', line=0)} {reader} {plain}"
        if known not in self.readings:
            self.readings[known] = self._read(cell, reader, plain=plain)
        return self.readings[known]

    def _read(self, cell: Cell, reader: Reader, *, plain: bool) -> Reading:
        column = self.combined(cell)
        texts = [t.replace(LIST, "; ") for t in column.texts]
        meanings: list[Any] = [None] * len(texts)
        lower = {k.casefold(): v for k, v in cell.map.items()}
        known = {c.casefold() for c in lower}
        left = []
        for position, text in enumerate(texts):
            if text.casefold() in known:
                meanings[position] = lower[text.casefold()]
            elif cell.map and cell.default is not None:
                meanings[position] = cell.default
            elif text in self.whole.mapping.open:
                meanings[position] = ".."
            else:
                left.append(position)
        self._read_left(cell, reader, column, texts, meanings, left, plain=plain)
        codes = column.codes
        if cell.default is not None:
            codes = np.where(codes == -1, len(texts), codes)
            meanings, texts = [*meanings, cell.default], [*texts, cell.default]
        if cell.prefix:
            meanings = [None if m is None else f"{cell.prefix}{m}" for m in meanings]
        return Reading(codes, meanings, texts)

    def _read_left(
        self,
        cell: Cell,
        reader: Reader,
        column: Column,
        texts: list[str],
        meanings: list[Any],
        left: list[int],
        *,
        plain: bool,
    ) -> None:
        order = cell.dates or self.whole.mapping.dates
        some = [texts[p] for p in left]
        constant = cell.value is not None or plain
        dated = reader is read_dates
        found = read_dates(some, order=order) if dated else reader(some)
        for position, meaning in zip(left, found.values, strict=True):
            meanings[position] = texts[position] if constant and meaning is None else meaning
        place = " + ".join(cell.columns)
        self.whole.notes += [f"{self.given.place}, column {place}: {w}" for w in found.said]
        if not found.causes or constant:
            return
        causes = {left[p]: (c, found.remedies[p]) for p, c in found.causes.items()}
        rows = np.flatnonzero(np.isin(column.codes, list(causes)))
        which = column.codes[rows]
        kept = [meanings[c] is not None for c in which]
        done = np.where(kept, "it is read so all the same", BLANK)
        self.whole.reject(
            self,
            rows,
            place,
            [texts[c] for c in which],
            [causes[c][0] for c in which],
            [causes[c][1] for c in which],
            done,  # type: ignore[arg-type]
        )

    def split(self, cell: Cell) -> tuple[np.ndarray, Column]:
        """Return the rows and values of a cell, several a row where it is split."""
        column = self.combined(cell)
        several = [_parts(t, cell.split) for t in column.texts]
        if cell.split is None and all(len(p) < 2 for p in several):
            return np.arange(len(column.codes)), column
        index: dict[str, int] = {}
        parts = [
            np.array([index.setdefault(p, len(index)) for p in values if p], dtype="int64")
            for values in (dict.fromkeys(map(clean, found)) for found in several)
        ]
        sizes = np.array([*map(len, parts), 0])[column.codes]
        rows = np.repeat(np.arange(len(column.codes)), sizes)
        empty = np.array([], dtype="int64")
        codes = np.concatenate([empty, *(parts[c] for c in column.codes if c >= 0)])
        return rows, Column(codes, list(index))


# -- small parts ---------------------------------------------------------------------------------


def matches(name: str, pattern: str) -> bool:
    """Say whether a file or sheet is the one a pattern means; case does not count."""
    name, pattern = name.casefold(), pattern.casefold()
    packed = name.removesuffix(".gz")
    tail = name.rsplit("/", 1)[-1]
    patterns = (pattern, pattern.removesuffix(".gz"))
    return any(fnmatchcase(n, p) or n == p for n in (name, packed, tail) for p in patterns)


def _nothing(cell: Any) -> bool:
    """Say whether a cell of a matrix ties nothing: blank, zero, or no."""
    text = _joined_text(cell).strip().casefold()
    if text in MISSING or text in ("no", "non", "nee", "nein", "false", "faux", "onwaar", "falsch"):
        return True
    try:
        return float(text.replace(",", ".")) == 0
    except ValueError:
        return False


def objects(values: Iterable[Any]) -> np.ndarray:
    """Return values as an array of objects, whatever they look like."""
    listed = list(values)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def _joined_text(cell: Any) -> str:
    if isinstance(cell, list):
        return LIST.join(map(str, cell))
    return "" if cell is None or cell != cell else str(cell)


def _parts(cell: Any, separators: str | None) -> list[str]:
    """Return the values in one cell."""
    if isinstance(cell, list):
        return [str(v) for v in cell]
    text = _joined_text(cell)
    if LIST in text:
        return text.split(LIST)
    if not separators:
        return [text] if text else []
    return [p.strip() for p in re.split(f"[{re.escape(separators.strip() or separators)}]", text)]


def _put_together(parts: list[Column], between: str) -> Column:
    """Put columns together row by row, leaving out what is blank."""
    index: dict[str, int] = {}
    pools = [np.array([*p.texts, ""], dtype=object)[p.codes] for p in parts]
    codes = [
        index.setdefault(text, len(index)) if text else -1
        for text in (between.join(v for v in row if v) for row in zip(*pools, strict=True))
    ]
    return Column(np.array(codes, dtype="int64"), list(index))
