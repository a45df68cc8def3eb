"""From tables and a mapping to rows of an ecosystem, column by column.

Every column is taken apart once into its different values and a code a row, so that what costs time
is done once a value and not once a cell. What cannot be read is listed with file, row, column,
value, cause and remedy; what is assumed, merged or left out is counted and said.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import ROW, fits
from partnergraph.graph.ecosystem import ID
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.draft import Draft
from partnergraph.graph.periods import span
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.cells import CONTROL, MISSING, Reader, clean, read_dates, reader_of
from partnergraph.loaders.graph_files import slug
from partnergraph.loaders.mapping import (
    Cell,
    Join,
    Matrix,
    Nodes,
    TableMapping,
    TablesMapping,
    Ties,
)
from partnergraph.loaders.sheets import Found, Sheet

LIST = "\x1f"
MOST_KEY, MOST_CELL, MOST_SLUG = 2_000, 100_000, 60
REJECTED = ("file", "row", "column", "value", "cause", "remedy", "done")
_BLANK, _LEFT_OUT = "the cell is left blank", "the row is left out"
_PLAIN_ID = re.compile(ID)


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
        other = [None if m is None or _alike(t, m) else t
                 for t, m in zip(self.texts, self.meanings, strict=True)]  # fmt: skip
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


@dataclass
class _Named:
    """The nodes that the rows of a table name: which row, and which node."""

    rows: np.ndarray
    ids: np.ndarray
    kinds: np.ndarray


def draft_of(found: Found, mapping: TablesMapping, *, sources: Sequence[dict[str, str]]) -> Draft:
    """Make the rows of an ecosystem out of sheets.

    Parameters
    ----------
    sources
        Rows for the table of sources, one a file that was read, or one for all.

    Raises
    ------
    UnusableInput
        Where the mapping asks for a table or column that is not there.
    """
    return _Mapped(found, mapping, sources).run()


class _Mapped:
    """Does what a mapping says, table by table: first all nodes, then the ties between them."""

    def __init__(
        self, found: Found, mapping: TablesMapping, sources: Sequence[dict[str, str]]
    ) -> None:
        self.mapping, self.found = mapping, found
        self.sources = sources
        self.draft = Draft(EcosystemBuilder(mapping.about), list(found.said), ours=False)
        self.rejected = [pd.DataFrame(found.rejected, columns=list(REJECTED))]
        self.ids: dict[tuple[str, str], str] = {}
        self.taken: dict[str, str] = {}
        self.numbered: list[str] = []
        self.bearers: dict[str, set[str]] = {}
        self.kind_of: dict[str, str] = {}
        self.refers = any(n.kind is None for t in mapping.tables for n in t.nodes.values())
        self.node_parts: list[pd.DataFrame] = []
        self.alias_parts: list[pd.DataFrame] = []
        self.receipts: list[pd.DataFrame] = []
        self.said: Counter[str] = Counter()

    def run(self) -> Draft:
        tables = [
            _Table(self, spec, sheet, number)
            for number, spec in enumerate(self.mapping.tables, start=1)
            for sheet in self._sheets(spec, number)
        ]
        for table in tables:
            table.nodes()
        for table in tables:
            table.references()
        self._add_nodes()
        tied = sum(table.ties() for table in tables)
        builder = self.draft.builder
        for source in self.sources:
            builder.source(**source)
        if self.receipts:
            receipts = pd.concat(self.receipts, ignore_index=True)
            if receipts["fact"].duplicated().any():  # a row may name a node twice
                receipts = receipts.drop_duplicates(["fact", "source", "locator"])
            builder.add_table("evidence", receipts)
        self._unread(tables)
        self.draft.said = list(dict.fromkeys(self.draft.said))
        self.draft.rejected = pd.concat(self.rejected, ignore_index=True).drop_duplicates()
        if not self.ids and not tied:
            place = f"{self.mapping.place}, tables"
            cause = "not one row names a node"
            raise UnusableInput(place, cause, "Look at the columns that are to name them")
        return self.draft

    def _sheets(self, spec: TableMapping, number: int) -> list[Sheet]:
        """Return the sheets a mapping means; hidden ones only where it names them."""
        plain = spec.sheet == "*"
        sheets = [
            s for s in self.found.sheets
            if matches(s.file, spec.file) and matches(s.name or s.file, spec.sheet)
            and not (plain and s.hidden)
        ]  # fmt: skip
        if not sheets and not self.mapping.absent:
            there = [s.place for s in self.found.sheets]
            wanted = spec.sheet if not plain else spec.file
            near = get_close_matches(wanted, [s.name or s.file for s in self.found.sheets], n=1)
            raise UnusableInput(
                f"{self.mapping.place}, line {spec.line}, tables[{number}]",
                f"there is no table {wanted!r} (there are: {', '.join(there)})",
                f"Did you mean {near[0]}" if near else "Correct `file` or `sheet`",
            )
        return sheets

    def _unread(self, tables: list[_Table]) -> None:
        read = {id(table.given) for table in tables} | {j for t in tables for j in t.joined}
        for sheet in self.found.sheets:
            if id(sheet) not in read and not sheet.hidden:
                self.draft.said.append(f"{sheet.place}: the mapping does not read it")
        for table in tables:
            names = [c for c in table.sheet.frame.columns if (c,) not in table.cache]
            read_by = [t.cache for t in tables if t.given is table.given]
            left_out = [c for c in names if not any((c,) in cache for cache in read_by)]
            if left_out and table.spec.matrix is None:
                shown = ", ".join(left_out[:5]) + (" …" if len(left_out) > 5 else "")
                words = f"{table.given.place}: {len(left_out)} columns are not read: {shown}"
                self.draft.said.append(words)
        for sheet in self.found.sheets:
            passed = [t.passed_over for t in tables if t.given is sheet]
            left = len(set.intersection(*passed)) if passed else 0
            if left:
                self.draft.said.append(f"{left} rows of {sheet.place} are left out by `where`")
        for words, count in self.said.items():
            self.draft.said.append(f"{count} {words}")
        if self.numbered:
            shown = ", ".join(self.numbered[:3]) + (" …" if len(self.numbered) > 3 else "")
            words = f"{len(self.numbered)} ids were taken by another name and got a number: {shown}"
            self.draft.said.append(words)

    # -- rejecting ---------------------------------------------------------------------------

    def reject(
        self, table: _Table, rows: np.ndarray, column: str, values: Sequence[Any],
        causes: Sequence[str] | str, remedies: Sequence[str] | str, done: str,
    ) -> None:  # fmt: skip
        """List cells that could not be read, by their position in the table."""
        if not len(rows):
            return
        frame = pd.DataFrame(
            {"file": table.files(rows), "row": table.sheet.rows[rows], "column": column,
             "value": [str(v)[:200] for v in values], "cause": causes, "remedy": remedies,
             "done": done},
        )  # fmt: skip
        self.rejected.append(frame)

    # -- nodes -------------------------------------------------------------------------------

    def identify(self, kind: str, key: str, *, loose: bool) -> str:
        """Return the id of a node, the same for the same key, and never one for two keys."""
        same = key.casefold() if loose else key
        known = self.ids.get((kind, same))
        if known is not None:
            return known
        base = key if _PLAIN_ID.fullmatch(key) and len(key) <= MOST_SLUG else _slug(key, kind)
        new, number = base, 1
        while new in self.taken:
            number += 1
            new = f"{base}-{number}"
        if number > 1:
            self.numbered.append(f"{kind} {key!r} ({self.taken[base]} has {base})")
        self.taken[new] = f"{kind} {key!r}"
        self.ids[(kind, same)] = new
        self.kind_of[new] = kind
        return new

    def _add_nodes(self) -> None:
        """Add the nodes of all tables, one row each: the first value of an attribute stays."""
        if not self.node_parts:
            return
        parts = [part for part in self.node_parts if len(part)]
        whole = pd.concat(parts, ignore_index=True) if parts else self.node_parts[0]
        again = whole.duplicated("id").to_numpy()
        if again.any():
            many = whole["id"].isin(whole["id"][again])
            twice = whole[many]
            self._differing(twice)
            first = twice.groupby("id", sort=False).first().reset_index()
            whole = pd.concat([whole[~many], first], ignore_index=True)
        whole["name"] = whole["name"].where(whole["name"].notna(), whole["_key"])
        file = whole.pop("_file").iloc[0] if len(whole) else None
        self.draft.builder.add_table("nodes", whole.drop(columns="_key"), file=file)
        if self.alias_parts:
            aliases = pd.concat(self.alias_parts, ignore_index=True)
            names = aliases["node"].map(dict(zip(whole["id"], whole["name"], strict=True)))
            aliases = aliases[(aliases["alias"] != names).to_numpy()].drop_duplicates()
            self.draft.builder.add_table("aliases", aliases)

    def _differing(self, twice: pd.DataFrame) -> None:
        """List values of an attribute that differ from what an earlier table says."""
        for column in twice.columns.difference(["id", "kind", ROW, "_file", "_key"]):
            first = twice.groupby("id", sort=False)[column].transform("first")
            unlike = (twice[column].notna() & (twice[column] != first)).to_numpy()
            if unlike.any():
                some, kept = twice[unlike], first[unlike]
                causes = [f"{i} has {k!r} already" for i, k in zip(some["id"], kept, strict=True)]
                self.rejected.append(
                    pd.DataFrame(
                        {"file": some["_file"], "row": some[ROW], "column": column,
                         "value": some[column].astype(str), "cause": causes,
                         "remedy": "Correct one of the two", "done": "the first value is kept"}
                    )
                )  # fmt: skip

    def note_bearers(self, texts: Sequence[Any], ids: Sequence[str]) -> None:
        """Remember by which texts nodes are known, where other tables refer to them."""
        if not self.refers:
            return
        for text, id in zip(texts, ids, strict=True):
            if isinstance(text, str):
                self.bearers.setdefault(text.casefold(), set()).add(id)


class _Table:
    """One sheet with its mapping."""

    def __init__(self, whole: _Mapped, spec: TableMapping, sheet: Sheet, number: int) -> None:
        self.whole, self.spec, self.number = whole, spec, number
        self.given = sheet
        self.joined: list[int] = []
        self.passed_over: set[int] = set()
        self.cache: dict[tuple[str, ...], Column] = {}
        self.readings: dict[Any, Reading] = {}
        self.named: dict[str, _Named] = {}
        self.sheet = self._prepared(sheet)

    def files(self, rows: np.ndarray) -> Any:
        """Return the place of each row, for messages."""
        if self.sheet.files is not None:
            return self.sheet.files[rows]
        return [self.sheet.place] * len(rows)

    def fail(self, line: int, key: str, cause: str, remedy: str) -> UnusableInput:
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
        others = [s for s in self.whole.found.sheets
                  if s is not sheet and matches(s.name or s.file, join.pattern)]  # fmt: skip
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
            columns={c: f"{c} ({other.name or other.file})" for c in right.columns
                     if c in sheet.frame.columns and c not in theirs}
        )  # fmt: skip
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
            {"row": np.concatenate([labels[r], labels[alone_r], blank_r]).astype(object),
             "column": np.concatenate([titles[c], blank_c, titles[alone_c]]).astype(object),
             "cell": np.concatenate([*cells, np.full(len(alone_r) + len(alone_c), "")])
             .astype(object)}, dtype=object,
        )  # fmt: skip
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
            codes, raw = pd.factorize(_objects(_joined_text(v) for v in values))
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
        self, name: str, codes: np.ndarray, raw: list[str], odd: list[int], huge: list[int],
        spelt: list[int],
    ) -> None:  # fmt: skip
        for positions, cause, done in (
            (odd, "it has control characters", "they are left out"),
            (huge, f"it has more than {MOST_CELL:,} characters", _BLANK),
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
        self, cell: Cell, reader: Reader, column: Column, texts: list[str], meanings: list[Any],
        left: list[int], *, plain: bool,
    ) -> None:  # fmt: skip
        order = cell.dates or self.whole.mapping.dates
        some = [texts[p] for p in left]
        constant = cell.value is not None or plain
        dated = reader is read_dates
        found = read_dates(some, order=order) if dated else reader(some)
        for position, meaning in zip(left, found.values, strict=True):
            meanings[position] = texts[position] if constant and meaning is None else meaning
        place = " + ".join(cell.columns)
        self.whole.draft.said += [f"{self.given.place}, column {place}: {w}" for w in found.said]
        if not found.causes or constant:
            return
        causes = {left[p]: (c, found.remedies[p]) for p, c in found.causes.items()}
        rows = np.flatnonzero(np.isin(column.codes, list(causes)))
        which = column.codes[rows]
        kept = [meanings[c] is not None for c in which]
        done = np.where(kept, "it is read so all the same", _BLANK)
        self.whole.reject(
            self, rows, place, [texts[c] for c in which], [causes[c][0] for c in which],
            [causes[c][1] for c in which], done,  # type: ignore[arg-type]
        )  # fmt: skip

    # -- nodes -------------------------------------------------------------------------------

    def nodes(self) -> None:
        """Take the nodes that this table describes."""
        for position, spec in enumerate(self.spec.nodes.values()):
            if spec.kind is not None:
                self.named[spec.label] = self._described(spec, first=position == 0)

    def references(self) -> None:
        """Find the nodes that this table names and others describe."""
        for spec in self.spec.nodes.values():
            if spec.kind is None:
                self.named[spec.label] = self._referred(spec)

    def _split(self, cell: Cell) -> tuple[np.ndarray, Column]:
        """Return the rows and values of a cell, several a row where it is split."""
        column = self.combined(cell)
        several = [_parts(t, cell.split) for t in column.texts]
        if cell.split is None and all(len(p) < 2 for p in several):
            return np.arange(len(column.codes)), column
        index: dict[str, int] = {}
        parts = [
            np.array([index.setdefault(p, len(index)) for p in values if p], dtype="int64")
            for values in (dict.fromkeys(map(clean, found)) for found in several)
        ]  # fmt: skip
        sizes = np.array([*map(len, parts), 0])[column.codes]
        rows = np.repeat(np.arange(len(column.codes)), sizes)
        empty = np.array([], dtype="int64")
        codes = np.concatenate([empty, *(parts[c] for c in column.codes if c >= 0)])
        return rows, Column(codes, list(index))

    def _keys(self, spec: Nodes) -> tuple[np.ndarray, Reading, np.ndarray]:
        """Return rows, the key at each (a code of the reading), and whether it is an id."""
        cell = spec.key
        rows, column = self._split(cell)
        lower = {k.casefold(): v for k, v in cell.map.items()}
        meanings = [lower.get(t.casefold(), t) for t in column.texts]
        meanings = [None if m is None else f"{cell.prefix}{m}" for m in meanings]
        codes = column.codes
        gone = np.array([m is None for m in meanings] + [True])
        codes = np.where(gone[codes], -1, codes)
        if cell.default is not None:
            codes = np.where(codes == -1, len(meanings), codes)
            meanings = [*meanings, cell.default]
        if _loose(spec):
            codes = self._in_any_capitals(spec, codes, meanings)
        is_id = np.full(len(codes), spec.id is not None)
        if spec.id is not None and spec.name is not None and cell.split is None:
            # Where the id is blank, the name tells nodes apart.
            blank = codes == -1
            if blank.any() and len(rows) == len(self.sheet.frame):
                names = self.read(spec.name, "nodes", "name")
                shifted = np.where(names.codes >= 0, names.codes + len(meanings), -1)
                codes = np.where(blank, shifted, codes)
                is_id &= ~blank
                meanings = [*meanings, *(str(m) for m in names.meanings)]
        return rows, Reading(codes, meanings, [str(m) for m in meanings]), is_id

    def _in_any_capitals(
        self, spec: Nodes, codes: np.ndarray, meanings: list[str | None]
    ) -> np.ndarray:
        """Make names one that differ in capitals only, and say how many there were."""
        first: dict[str, int] = {}
        same = [first.setdefault((m or "").casefold(), i) for i, m in enumerate(meanings)]
        others = [i for i, one in enumerate(same) if i != one]
        if others:
            shown = ", ".join(f"{meanings[i]!r} is {meanings[same[i]]!r}" for i in others[:3])
            words = f"spellings of {spec.label} differ in capitals only and are one: {shown}"
            self.whole.said[words + (" …" if len(others) > 3 else "")] += len(others)
        merged: np.ndarray = np.array([*same, -1])[codes]
        return merged

    def _described(self, spec: Nodes, *, first: bool) -> _Named:
        rows, keys, is_id = self._keys(spec)
        kinds = self._kinds(spec, rows)
        there = self._with_key(spec, rows, keys, kinds, first=first)
        rows, codes, is_id, kinds = (a[there] for a in (rows, keys.codes, is_id, kinds))
        width = len(keys.meanings) + 1
        pool, kind_codes = np.unique(kinds.astype(str), return_inverse=True)
        node, where = _in_order(kind_codes.astype("int64") * width + codes)
        ids = [
            self.whole.identify(
                str(pool[kind_codes[w]]), str(keys.meanings[codes[w]]), loose=_loose(spec)
            )
            for w in where
        ]
        texts = [str(keys.meanings[codes[w]]) for w in where]
        frame = {
            "id": np.array(ids, dtype=object),
            "kind": kinds[where],
            "_key": np.array(texts, dtype=object),
            ROW: self.sheet.rows[rows[where]],
            "_file": np.array(self.files(rows[where]), dtype=object),
        }
        originals = [t if k and t != i else np.nan
                     for t, i, k in zip(texts, ids, is_id[where], strict=True)]  # fmt: skip
        frame["original_id"] = np.array(originals, dtype=object)
        cells = {"name": spec.name, **spec.attributes} if spec.name else dict(spec.attributes)
        frame.setdefault("name", np.full(len(ids), np.nan, dtype=object))
        for attribute, cell in cells.items():
            if attribute == "name" and cell is spec.key:
                frame["name"] = np.array(texts, dtype=object)
                continue
            reading = self.read(cell, "nodes", attribute)
            self._attribute(frame, attribute, cell, reading, rows, node, texts)
        self._forward(frame, rows[where], spec.attributes)
        self.whole.node_parts.append(pd.DataFrame(frame))
        self._aliases(spec, rows, node, ids)
        self.whole.note_bearers(texts, ids)
        self.whole.note_bearers(frame["name"].tolist(), ids)
        self._receipts(np.array(ids, dtype=object), rows[where])
        self._say_repeats(spec, rows, node, where, texts, first=first)
        return _Named(rows, np.array(ids, dtype=object)[node], kinds)

    def _kinds(self, spec: Nodes, rows: np.ndarray) -> np.ndarray:
        kind = spec.kind
        assert kind is not None
        if kind.value is not None:
            return np.full(len(rows), kind.value, dtype=object)
        reading = self.read(kind, "nodes", "kind")
        known = [m in SCHEMA.node_kinds for m in reading.meanings]
        bad = np.flatnonzero(~np.array([*known, False])[reading.codes])
        shown = [reading.texts[reading.codes[b]] if reading.codes[b] >= 0 else "" for b in bad]
        remedy = "Say which kind it is under `map`, or give a `default`"
        cause = "it is no node kind"
        self.whole.reject(self, bad, " + ".join(kind.columns), shown, cause, remedy, _LEFT_OUT)
        reading.meanings = [m if k else None for m, k in zip(reading.meanings, known, strict=True)]
        return reading.take(rows)

    def _with_key(
        self, spec: Nodes, rows: np.ndarray, keys: Reading, kinds: np.ndarray, *, first: bool
    ) -> np.ndarray:
        """Return which rows name a node; those that ought to and do not are listed."""
        sizes = np.array([len(t) <= MOST_KEY for t in keys.texts] + [True])
        there = (keys.codes >= 0) & pd.notna(kinds)
        fit = sizes[keys.codes]
        column = " + ".join(spec.key.columns)
        long = np.flatnonzero(there & ~fit)
        cause = f"it has more than {MOST_KEY:,} characters, too many for a name"
        shown = [keys.texts[keys.codes[p]] for p in long]
        self.whole.reject(self, rows[long], column, shown, cause, "Shorten it", _LEFT_OUT)
        blank = np.flatnonzero((keys.codes < 0) & pd.notna(kinds))
        if (first or spec.required) and self.spec.matrix is None:
            cause = f"the row names no {spec.label}"
            remedy = "Fill it in, or leave the row out with `where`"
            self.whole.reject(
                self, rows[blank], column, [""] * len(blank), cause, remedy, _LEFT_OUT
            )
        elif len(blank) and self.spec.matrix is None:
            words = f"rows of {self.given.place} name no {spec.label}, and get no tie to one"
            self.whole.said[words] += len(blank)
        named: np.ndarray = there & fit
        return named

    def _attribute(
        self, frame: dict[str, Any], attribute: str, cell: Cell, reading: Reading,
        rows: np.ndarray, node: np.ndarray, texts: list[str],
    ) -> None:  # fmt: skip
        """Give nodes the first value that a row of theirs has; other values are listed."""
        codes = reading.codes[rows]
        means = np.array([m is not None for m in reading.meanings] + [False])
        there = np.flatnonzero(means[codes])
        first = np.full(len(texts), -1)
        first[node[there][::-1]] = there[::-1]
        picked = np.where(first >= 0, rows[first], 0)
        blank = first < 0
        values = reading.take(picked)
        values[blank] = np.nan
        frame[attribute] = values
        original = f"original_{attribute}"
        if attribute in SCHEMA.tables["nodes"].columns and attribute != "name":
            kept = reading.originals(picked)
            kept[blank] = np.nan
            if (
                pd.notna(kept).any()
                and cell.read_as != "legal_form_of_name"
                and original not in frame
            ):
                frame[original] = kept
        if len(texts) == len(rows):
            return
        chosen = codes[first[node[there]]]
        unlike = there[codes[there] != chosen]
        if not len(unlike):
            return
        senses = reading.meanings
        stays = codes[first[node[unlike]]]
        same = [senses[a] == senses[b] for a, b in zip(codes[unlike], stays, strict=True)]
        unlike = unlike[~np.array(same, dtype=bool)]
        causes = [
            f"{texts[node[u]][:80]!r} has {reading.texts[codes[first[node[u]]]][:80]!r} already"
            for u in unlike
        ]
        shown = [reading.texts[c] for c in codes[unlike]]
        column = " + ".join(cell.columns) or attribute
        done = "the first value is kept"
        self.whole.reject(self, rows[unlike], column, shown, causes, "Correct one of the two", done)

    def _forward(self, frame: dict[str, Any], rows: np.ndarray, cells: Mapping[str, Cell]) -> None:
        """Blank ends that come before their start, and list them."""
        if "start" not in frame or "end" not in frame:
            return
        starts, ends = frame["start"], frame["end"] = frame["start"], frame["end"].copy()
        both = np.flatnonzero(pd.notna(starts) & pd.notna(ends))
        pairs = list(zip(starts[both].tolist(), ends[both].tolist(), strict=True))
        backward = {pair for pair in set(pairs) if span(pair[1])[1] < span(pair[0])[0]}
        bad = both[[pair in backward for pair in pairs]] if backward else both[:0]
        causes = [f"it ends in {ends[b]} before it starts in {starts[b]}" for b in bad]
        column = " + ".join(cells["end"].columns) if "end" in cells else "end"
        remedy = "Correct one of the two"
        self.whole.reject(self, rows[bad], column, ends[bad].tolist(), causes, remedy, _BLANK)
        kept = frame.setdefault("original_end", np.full(len(ends), np.nan, dtype=object))
        kept[bad] = np.where(pd.notna(kept[bad]), kept[bad], ends[bad])
        ends[bad] = np.nan
        if not pd.notna(kept).any():
            del frame["original_end"]

    def _aliases(self, spec: Nodes, rows: np.ndarray, node: np.ndarray, ids: list[str]) -> None:
        for cell in spec.aliases:
            where, column = self._split(cell)
            position = np.full(len(self.sheet.frame), -1)
            position[rows] = node
            keep = (column.codes >= 0) & (position[where] >= 0)
            texts = np.array([*column.texts, ""], dtype=object)[column.codes[keep]]
            named = np.array(ids, dtype=object)[position[where[keep]]] if len(ids) else texts
            frame = {"node": named, "alias": texts, "language": cell.language,
                     "kind": cell.alias_kind}  # fmt: skip
            part = pd.DataFrame({k: pd.Series(v, index=range(len(texts)), dtype=object)
                                 for k, v in frame.items()})  # fmt: skip
            self.whole.alias_parts.append(part)
            self.whole.note_bearers(texts.tolist(), named.tolist())

    def _say_repeats(
        self, spec: Nodes, rows: np.ndarray, node: np.ndarray, where: np.ndarray,
        texts: list[str], *, first: bool,
    ) -> None:  # fmt: skip
        """Say how many rows name how many nodes; in a list of nodes, list those named again."""
        place = self.given.place
        if not len(rows):
            return
        if len(rows) == len(texts):
            self.whole.draft.said.append(f"{place}: {len(texts)} {spec.label}, a row each")
            return
        words = f"{place}: {len(rows)} rows name {len(texts)} different {spec.label}"
        self.whole.draft.said.append(words)
        if first and spec.key.split is None and len(texts) > 0.8 * len(rows):
            again = np.setdiff1d(np.arange(len(rows)), where)
            earlier = self.sheet.rows[rows[where[node[again]]]]
            another = self.sheet.rows[rows[again]] != earlier  # a row that was exploded is one
            again, earlier = again[another], earlier[another]
            causes = [f"row {r} names it already" for r in earlier]
            shown = [texts[n] for n in node[again]]
            remedy = "If they are two, give them different ids; else leave one out"
            column, done = " + ".join(spec.key.columns), "read as one, its first values kept"
            self.whole.reject(self, rows[again], column, shown, causes, remedy, done)

    def _referred(self, spec: Nodes) -> _Named:
        """Find nodes by id, name or alias among those that the tables describe."""
        rows, keys, _ = self._keys(spec)
        found: list[str | None] = []
        causes: dict[int, tuple[str, str]] = {}
        for position, text in enumerate(keys.texts):
            ids = self.whole.bearers.get(text.casefold(), set())
            found.append(next(iter(ids)) if len(ids) == 1 else None)
            if len(ids) > 1:
                several = " or ".join(sorted(ids)[:3])
                causes[position] = (f"{text[:60]!r} may be {several}", "Say which by its id")
            elif not ids:
                pool = self.whole.bearers if len(self.whole.bearers) < 5_000 else {}
                near = get_close_matches(text.casefold(), pool, n=1, cutoff=0.8)
                hint = f"Did you mean {near[0]}? Else" if near else "Correct it, or"
                causes[position] = (f"nothing is called {text[:60]!r}", f"{hint} add it to a table")
        bad = np.flatnonzero(np.isin(keys.codes, list(causes)) & (keys.codes >= 0))
        column = " + ".join(spec.key.columns)
        which = keys.codes[bad]
        self.whole.reject(
            self, rows[bad], column, [keys.texts[c] for c in which],
            [causes[c][0] for c in which], [causes[c][1] for c in which], _LEFT_OUT,
        )  # fmt: skip
        nodes = Reading(keys.codes, found, keys.texts).take(np.arange(len(rows)))
        there = pd.notna(nodes)
        kinds = _objects(self.whole.kind_of[i] for i in nodes[there])
        return _Named(rows[there], nodes[there], kinds)

    # -- ties --------------------------------------------------------------------------------

    def ties(self) -> int:
        """Add the ties that the rows state, and return how many."""
        return sum(self._tied(spec) for spec in self.spec.ties)

    def _tied(self, spec: Ties) -> int:
        rows, one, other = self._pairs(self.named[spec.source], self.named[spec.target])
        if self.spec.matrix is not None or spec.once:
            rows, one, other = self._each_once(spec, rows, one, other)
        kinds = self._tie_kinds(spec, rows)
        good = pd.notna(kinds)
        rows, one, other, kinds = rows[good], one[good], other[good], kinds[good]
        frame: dict[str, Any] = {"kind": kinds, "source": one, "target": other}
        for attribute, cell in spec.attributes.items():
            reading = self.read(cell, "ties", attribute)
            frame[attribute] = reading.take(rows)
            if attribute in SCHEMA.tables["ties"].columns:
                kept = reading.originals(rows)
                if pd.notna(kept).any() and cell.value is None:
                    frame[f"original_{attribute}"] = kept
        frame[ROW] = self.sheet.rows[rows]
        self._forward(frame, rows, spec.attributes)
        table = pd.DataFrame(frame)
        self._unfit(spec, table)
        builder = self.whole.draft.builder
        ids = builder.add_table("ties", table, file=self.given.place)
        again = int(ids.str.contains("#", regex=False).sum())
        if again:
            words = (f"ties of {self.given.place} are equal to an earlier one in kind, ends, role "
                     "and start; all are kept, with a number")  # fmt: skip
            self.whole.said[words] += again
        self._receipts(ids.to_numpy(dtype=object), rows)
        return len(table)

    def _unfit(self, spec: Ties, table: pd.DataFrame) -> None:
        """Refuse a mapping whose tie cannot link the kinds it is to link."""
        kind, kinds = spec.kind.value, self.whole.kind_of
        if kind is None or not len(table):
            return
        sides = [pd.factorize(table[end].to_numpy(object)) for end in ("source", "target")]
        (a, ones), (b, others) = sides
        known = [pd.factorize(_objects(kinds[i] for i in ids))
                 for ids in (ones, others)]  # fmt: skip
        (one_code, one_kinds), (other_code, other_kinds) = known
        pairs = np.unique(one_code[a] * len(other_kinds) + other_code[b])
        ends = {(one_kinds[p // len(other_kinds)], other_kinds[p % len(other_kinds)])
                for p in pairs}  # fmt: skip
        if any(fits(kind, a, b) for a, b in ends):
            return
        first, second = min(ends)
        fitting = [k for k in SCHEMA.tie_kinds if fits(k, first, second)]
        raise self.fail(
            spec.line, f"tables[{self.number}].ties", f"{kind} does not link {first} to {second}",
            f"Take {', '.join(fitting)}" if fitting else "Turn source and target round",
        )  # fmt: skip

    def _pairs(self, one: _Named, other: _Named) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows that name both ends, each with every pair of theirs."""
        alike = len(one.rows) == len(other.rows) and np.array_equal(one.rows, other.rows)
        if alike and len(np.unique(one.rows)) == len(one.rows):
            return one.rows, one.ids, other.ids
        left = pd.DataFrame({"row": one.rows, "a": pd.Series(one.ids, dtype=object)})
        right = pd.DataFrame({"row": other.rows, "b": pd.Series(other.ids, dtype=object)})
        both = left.merge(right, on="row", how="inner", sort=False)
        return both["row"].to_numpy(), both["a"].to_numpy(object), both["b"].to_numpy(object)

    def _each_once(
        self, spec: Ties, rows: np.ndarray, one: np.ndarray, other: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Drop the second half of a matrix that states each undirected pair twice."""
        if spec.kind.value not in SCHEMA.undirected or not len(rows):
            return rows, one, other
        pairs = list(zip(one.tolist(), other.tolist(), strict=True))
        known = set(pairs)
        mirrored = all((b, a) in known for a, b in known)
        if not (mirrored or spec.once):
            return rows, one, other
        seen: set[tuple[str, str]] = set()
        keep = []
        for a, b in pairs:
            pair = (min(a, b), max(a, b))
            keep.append(a != b and pair not in seen)
            seen.add(pair)
        kept = np.array(keep, dtype=bool)
        loops = sum(a == b for a, b in pairs)
        words = f"pairs of {self.given.place} are stated from both sides and are one tie each"
        self.whole.said[words] += int((~kept).sum()) - loops
        self.whole.said[f"cells of {self.given.place} tie a name to itself, left out"] += loops
        return rows[kept], one[kept], other[kept]

    def _tie_kinds(self, spec: Ties, rows: np.ndarray) -> np.ndarray:
        if spec.kind.value is not None:
            return np.full(len(rows), spec.kind.value, dtype=object)
        reading = self.read(spec.kind, "ties", "kind")
        known = [m in SCHEMA.tie_kinds for m in reading.meanings]
        bad = rows[~np.array([*known, False])[reading.codes[rows]]]
        shown = [reading.texts[c] if c >= 0 else "" for c in reading.codes[bad]]
        remedy = "Say which kind it is under `map`, or give a `default`"
        column = " + ".join(spec.kind.columns)
        self.whole.reject(self, bad, column, shown, "it is no tie kind", remedy, _LEFT_OUT)
        reading.meanings = [m if k else None for m, k in zip(reading.meanings, known, strict=True)]
        return reading.take(rows)

    def _receipts(self, facts: np.ndarray, rows: np.ndarray) -> None:
        """Note where each fact stands."""
        if not len(facts):
            return
        numbers = self.sheet.rows[rows]
        before = f"sheet {self.sheet.name}, " if self.sheet.name else ""
        sources = self.whole.sources
        own = [s for s in sources if s.get("title") == self.given.file]
        several = len({s.file for s in self.whole.found.sheets}) > 1
        if several and not own:
            before = f"{self.given.file}, {before}"
        if self.sheet.files is not None:
            places = [f"{f}" for f in self.sheet.files[rows]]
        else:
            places = [f"{before}row {n}" for n in numbers.tolist()]
        source = (own or list(sources))[0]["id"]
        frame = pd.DataFrame({"fact": facts, "source": source,
                              "locator": np.array(places, dtype=object)})  # fmt: skip
        self.whole.receipts.append(frame)


# -- small parts ---------------------------------------------------------------------------------


def matches(name: str, pattern: str) -> bool:
    """Say whether a file or sheet is the one a pattern means; case does not count."""
    name, pattern = name.casefold(), pattern.casefold()
    packed = name.removesuffix(".gz")
    tail = name.rsplit("/", 1)[-1]
    patterns = (pattern, pattern.removesuffix(".gz"))
    return any(fnmatchcase(n, p) or n == p for n in (name, packed, tail) for p in patterns)


def _loose(spec: Nodes) -> bool:
    """Say whether capitals make no difference: of places, themes, of all that does not act."""
    kind = spec.kind.value if spec.kind is not None else None
    return spec.id is None and kind is not None and kind not in SCHEMA.actors


def _slug(key: str, kind: str) -> str:
    """Return an id for a key: readable where it can be, else a fingerprint."""
    text = re.sub(r"(?i)^https?://(www\.)?", "", key)
    made = slug(text)
    if made == "node":
        made = f"{kind}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"
    if len(made) > MOST_SLUG:
        cut = made[:MOST_SLUG]
        made = cut.rsplit("-", 1)[0] if "-" in cut[20:] else cut
    return made.strip("-")


def _in_order(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which node each row names, counted in order of appearance, and where each is first."""
    codes, uniques = pd.factorize(keys)
    first = np.full(len(uniques), -1)
    positions = np.arange(len(codes))
    first[codes[::-1]] = positions[::-1]
    return codes, first


def _nothing(cell: Any) -> bool:
    """Say whether a cell of a matrix ties nothing: blank, zero, or no."""
    text = _joined_text(cell).strip().casefold()
    if text in MISSING or text in ("no", "non", "nee", "nein", "false", "faux", "onwaar", "falsch"):
        return True
    try:
        return float(text.replace(",", ".")) == 0
    except ValueError:
        return False


def _objects(values: Iterable[Any]) -> np.ndarray:
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


def source_rows(
    mapping: TablesMapping, files: Mapping[str, str], **given: str | None
) -> list[dict[str, str]]:
    """Return the sources: the one the mapping names, else one a file, with what the caller adds.

    Parameters
    ----------
    files
        Fingerprint by file.
    given
        Columns of the table of sources, such as ``retrieved``.
    """
    more = {k: v for k, v in given.items() if v}
    if mapping.source:
        title = mapping.source.get("title") or next(iter(files), "table")
        row = {"id": mapping.source.get("id") or slug(title)[:MOST_SLUG], "title": title}
        prints = list(files.values())
        own = {"sha256": prints[0]} if len(prints) == 1 else {}
        return [{**own, **mapping.source, **row, **more}]
    taken: set[str] = set()
    rows = []
    for file, sha256 in files.items():
        base = id = _slug(re.sub(r"\.\w{1,8}(\.gz)?$", "", file), "file")
        number = 1
        while id in taken:
            number += 1
            id = f"{base}-{number}"
        taken.add(id)
        rows.append({"id": id, "title": file, "sha256": sha256, **more})
    return rows
