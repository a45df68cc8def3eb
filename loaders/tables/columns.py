"""The columns of a table as a mapping means them, cleaned and read.

Every column is taken apart once into its different values and a code a row, so that what costs time
is done once a value and not once a cell. What cannot be read is listed with file, row, column,
value, cause and remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.loaders.tables.account import CELL_LEFT_BLANK, Account
from partnergraph.loaders.tables.cells import CONTROL, MISSING, clean
from partnergraph.loaders.tables.dates import read_dates
from partnergraph.loaders.tables.mapping import Cell, TableMapping
from partnergraph.loaders.tables.readers import Reader, read_countries, reader_of
from partnergraph.loaders.tables.reshape import (
    LIST,
    joined_text,
    joined_to,
    objects,
    parts,
    reshaped,
)
from partnergraph.loaders.tables.sheets.sheet import Sheet

MOST_CELL = 100_000
# The code of Namibia also means "not available"; it is a code where most values are codes.
NAMIBIA, MOST_OF = "na", 0.9
# Spellings of blank that are surnames too when written so, unless many rows have them.
_SURNAMES, _MANY = {"None", "Null", "Nil", "Nan"}, 0.2


@dataclass
class Column:
    """The cells of a column: the different texts, and which one each row has, -1 for none.

    Attributes
    ----------
    blanks, blank_cells
        Texts that were read as blank, and how many cells have one of them.
    """

    codes: np.ndarray
    texts: list[str]
    blanks: Sequence[str] = ()
    blank_cells: int = 0


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
        pairs = zip(self.texts, self.meanings, strict=True)
        return self._take([None if m is None or _alike(t, m) else t for t, m in pairs], rows)

    def restricted(self, known: Any) -> np.ndarray:
        """Take away the meanings that are not known, and return the rows that lose theirs."""
        good = [m in known for m in self.meanings]
        self.meanings = [m if k else None for m, k in zip(self.meanings, good, strict=True)]
        return np.flatnonzero(~np.array([*good, False])[self.codes])

    def text_of(self, code: int) -> str:
        """Return what stood where a row has this code."""
        return self.texts[code] if code >= 0 else ""

    def _take(self, values: list[Any], rows: np.ndarray) -> np.ndarray:
        pool = objects([*(np.nan if v is None else v for v in values), np.nan])
        taken: np.ndarray = pool[self.codes[rows]]
        return taken


def _plain(texts: list[str]) -> bool:
    """Return whether all texts are what cleaning makes of them; they are looked at as one."""
    whole = "".join(texts)
    if not (whole.isascii() and whole.isprintable()) or max(map(len, texts), default=0) > MOST_CELL:
        return False
    lines = "\n".join(["", *texts, ""])
    return not texts or not any(sign in lines for sign in ("\n\n", "\n ", " \n"))


def _alike(text: str, meaning: Any) -> bool:
    """Return whether a text is its meaning already, but for capitals."""
    if isinstance(meaning, float):
        try:
            return float(text) == meaning
        except ValueError:
            return False
    return text.casefold() == str(meaning).casefold()


class SheetColumns:
    """The columns of a sheet as its mapping means them.

    Attributes
    ----------
    given, sheet
        The sheet as it was found, and as it is read: joined, turned, exploded, and filtered.
    joined
        The sheet whose columns were added.
    passed_over
        Numbers of the rows that the mapping leaves out by ``where``.
    """

    def __init__(self, account: Account, spec: TableMapping, sheet: Sheet, number: int) -> None:
        self.account, self.spec, self.key = account, spec, f"tables[{number}]"
        self.given = sheet
        self.joined = joined_to(sheet, spec, account)
        self.cache: dict[tuple[str, ...], Column] = {}
        self.readings: dict[Any, Reading] = {}
        self.told: set[str] = set()
        self.names = {c for node in spec.nodes.values() if node.name for c in node.name.columns}
        self.sheet = reshaped(sheet, spec, account, self.key)
        for column, wanted in spec.where.items():
            cells = self.column(column, spec.line, f"{self.key}.where")
            right = {v.casefold() for v in wanted}
            good = np.array([t.casefold() in right for t in cells.texts] + ["" in right])
            self.sheet, self.cache = self.sheet.taking(good[cells.codes]), {}
        left = set(sheet.rows.tolist()) - set(self.sheet.rows.tolist())
        self.passed_over = left if spec.where else set()

    def column(self, name: str, line: int, key: str, words: frozenset[str] = frozenset()) -> Column:
        """Return a column taken apart; blanks and spellings of blank are -1.

        Parameters
        ----------
        words
            Spellings of blank that are words here, in lower case.
        """
        column = self._cached(name, line, key, words)
        if column.blanks and name not in self.told:
            self.told.add(name)
            shown, number = ", ".join(sorted(set(map(repr, column.blanks)))), column.blank_cells
            self.account.counts.add(
                number,
                f"cell is read as blank: {shown}",
                f"cells are read as blank: {shown}",
                place=f"{self.given.place}, column {name}",
            )
        return column

    def _cached(self, name: str, line: int, key: str, words: frozenset[str]) -> Column:
        known = (name, *sorted(words))
        if known not in self.cache:
            self.cache[known] = self._column(name, line, key, words)
        return self.cache[known]

    def _column(self, name: str, line: int, key: str, words: frozenset[str]) -> Column:
        sheet, count = self.sheet, len(self.sheet.frame)
        if name == "$row":
            return Column(np.arange(count), [str(r) for r in sheet.rows])
        if name in ("$sheet", "$file") and (name == "$sheet" or sheet.files is None):
            one = sheet.title if name == "$sheet" else sheet.file
            return Column(np.zeros(count, dtype="int64"), [one])
        values: np.ndarray
        if name == "$file" and sheet.files is not None:
            values = sheet.files
        elif name not in sheet.frame.columns and self.account.mapping.absent:
            return Column(np.full(count, -1), [])
        else:
            self.account.require(sheet, [name], line, key)
            values = sheet.frame[name].to_numpy(dtype=object)
        try:
            codes, raw = pd.factorize(values)
        except TypeError:
            codes, raw = pd.factorize(objects(joined_text(v) for v in values))
        return self._cleaned(name, codes, [str(v) for v in raw], words)

    def _cleaned(
        self, name: str, codes: np.ndarray, raw: list[str], words: frozenset[str]
    ) -> Column:
        """Clean texts, and merge those that then are equal."""
        own = self.account.mapping.missing
        blank = (MISSING | own) - words
        surnames = self._surnames(name, codes, raw) if name in self.names else set()
        if _plain(raw) and blank.isdisjoint(map(str.casefold, raw)):
            return Column(codes, raw)
        index: dict[str, int] = {}
        new = np.full(len(raw) + 1, -1)
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
            elif len(plain) >= 12 or plain.casefold() not in blank or plain in surnames:
                new[position] = index.setdefault(plain, len(index))
            elif plain:
                spelt.append(position)
        for positions, cause, done in (
            (odd, "it has control characters", "the characters are left out"),
            (huge, f"it has more than {MOST_CELL:,} characters", CELL_LEFT_BLANK),
        ):
            rows = np.flatnonzero(np.isin(codes, positions)) if positions else np.array([], int)
            shown = [raw[codes[r]][:100].encode("unicode_escape").decode() for r in rows]
            self.account.reject(self.sheet, rows, name, shown, cause, "Correct the cell", done)
        blanks = [clean(raw[p]) for p in spelt]
        return Column(new[codes], list(index), blanks, int(np.isin(codes, spelt).sum()))

    def _surnames(self, name: str, codes: np.ndarray, raw: list[str]) -> set[str]:
        """Return spellings of blank that are names here: programs write NULL, people Null."""
        found = [p for p, text in enumerate(raw) if text.strip() in _SURNAMES]
        found = [p for p in found if raw[p].strip().casefold() not in self.account.mapping.missing]
        again = [p for p in found if (codes == p).sum() > max(2, _MANY * len(codes))]
        kept = {raw[p].strip() for p in found if p not in again}
        if kept:
            shown = " and ".join(sorted(map(repr, kept)))
            words = f"{shown} counts as a name; list it under `missing` if the cell is blank"
            self.account.notes.append(f"{self.given.place}, column {name}: {words}")
        return kept

    def combined(self, cell: Cell, reader: Reader | None = None) -> Column:
        """Return the column a cell is made of, or of several columns put together."""
        if cell.value is not None:
            return Column(np.zeros(len(self.sheet.frame), dtype="int64"), [cell.value])
        if len(cell.columns) == 1:
            column = self._single(cell, reader)
        else:
            key = (*cell.columns, cell.between)
            if key not in self.cache:
                several = [self.column(c, cell.line, cell.key) for c in cell.columns]
                self.cache[key] = _put_together(several, cell.between)
            column = self.cache[key]
        if cell.missing:
            gone = np.array([t.casefold() in cell.missing for t in column.texts] + [True])
            column = Column(np.where(gone[column.codes], -1, column.codes), column.texts)
        return column

    def _single(self, cell: Cell, reader: Reader | None) -> Column:
        """Return the one column of a cell; words of its map, and codes of countries, stay words."""
        name, words = cell.columns[0], {k.casefold() for k in cell.map} & MISSING
        if reader is read_countries:
            texts = self._cached(name, cell.line, cell.key, frozenset([NAMIBIA])).texts
            others = [t for t in texts if t.casefold() != NAMIBIA]
            coded = sum(len(t) == 2 and t.isalpha() for t in others)
            if len(others) < len(texts) and coded and coded >= MOST_OF * len(others):
                words.add(NAMIBIA)
                said = f"{self.given.place}, column {name}: 'NA' is read as Namibia, as a code"
                self.account.notes.append(said)
        return self.column(name, cell.line, cell.key, frozenset(words))

    def read(self, cell: Cell, table: str, attribute: str) -> Reading:
        """Return what the cells of an attribute mean; those that mean nothing are listed."""
        reader = reader_of(table, attribute, cell.read_as)
        plain = attribute in ("id", "name", "kind")
        known = f"{replace(cell, key='', line=0)} {reader} {plain}"
        if known not in self.readings:
            self.readings[known] = self._read(cell, reader, plain=plain)
        return self.readings[known]

    def _read(self, cell: Cell, reader: Reader, *, plain: bool) -> Reading:
        column = self.combined(cell, reader)
        texts = column.texts
        if LIST in "".join(texts):
            texts = [t.replace(LIST, "; ") for t in texts]
        meanings: list[Any] = [None] * len(texts)
        lower = {k.casefold(): v for k, v in cell.map.items()}
        left: list[int] = []
        if not cell.map and self.account.mapping.open.isdisjoint(texts):
            left = list(range(len(texts)))
        for position, text in enumerate(texts) if not left else ():
            if text.casefold() in lower:
                meanings[position] = lower[text.casefold()]
            elif cell.map and cell.default is not None:
                meanings[position] = cell.default or None
            elif text in self.account.mapping.open:
                meanings[position] = ".."
            else:
                left.append(position)
        some = [texts[p] for p in left]
        order = cell.dates or self.account.mapping.dates
        found = read_dates(some, order=order) if reader is read_dates else reader(some)
        constant = cell.value is not None or plain
        for position, meaning in zip(left, found.values, strict=True):
            meanings[position] = texts[position] if constant and meaning is None else meaning
        place = " + ".join(cell.columns)
        self.account.notes += [f"{self.given.place}, column {place}: {w}" for w in found.said]
        if not constant:
            causes = {left[p]: (c, found.remedies[p]) for p, c in found.causes.items()}
            self._list_odd(place, column.codes, texts, meanings, causes)
        codes = column.codes
        if cell.default:
            codes = np.where(codes == -1, len(texts), codes)
            meanings, texts = [*meanings, cell.default], [*texts, cell.default]
        if cell.prefix:
            meanings = [None if m is None else f"{cell.prefix}{m}" for m in meanings]
        return Reading(codes, meanings, texts)

    def _list_odd(
        self,
        place: str,
        codes: np.ndarray,
        texts: list[str],
        meanings: list[Any],
        causes: dict[int, tuple[str, str]],
    ) -> None:
        rows = np.flatnonzero(np.isin(codes, list(causes))) if causes else np.array([], int)
        which = codes[rows]
        done = [
            CELL_LEFT_BLANK if meanings[c] is None else "it is read so nevertheless" for c in which
        ]
        shown = [texts[c] for c in which]
        cause, remedy = ([causes[c][i] for c in which] for i in (0, 1))
        self.account.reject(self.sheet, rows, place, shown, cause, remedy, done)

    def split(self, cell: Cell) -> tuple[np.ndarray, Column]:
        """Return the rows and values of a cell, several a row where it is split."""
        column = self.combined(cell)
        if cell.split is None and LIST not in "".join(column.texts):
            return np.arange(len(column.codes)), column
        several = [parts(t, cell.split) for t in column.texts]
        if cell.split is None and all(len(p) < 2 for p in several):
            return np.arange(len(column.codes)), column
        index: dict[str, int] = {}
        coded = [
            np.array([index.setdefault(p, len(index)) for p in values if p], dtype="int64")
            for values in (dict.fromkeys(map(clean, found)) for found in several)
        ]
        sizes = np.array([*map(len, coded), 0])[column.codes]
        rows = np.repeat(np.arange(len(column.codes)), sizes)
        empty = np.array([], dtype="int64")
        codes = np.concatenate([empty, *(coded[c] for c in column.codes if c >= 0)])
        return rows, Column(codes, list(index))


def _put_together(columns: list[Column], between: str) -> Column:
    """Put columns together row by row, leaving out what is blank."""
    index: dict[str, int] = {}
    pools = [np.array([*c.texts, ""], dtype=object)[c.codes] for c in columns]
    codes = [
        index.setdefault(text, len(index)) if text else -1
        for text in (between.join(v for v in row if v) for row in zip(*pools, strict=True))
    ]
    return Column(np.array(codes, dtype="int64"), list(index))
