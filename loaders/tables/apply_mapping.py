"""From tables and a mapping to rows of an ecosystem: the nodes of all tables, then their ties.

What the columns mean is read in `loaders.tables.columns`. What is assumed, merged or left out
here is counted and said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import ROW, fits
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import ID, slug
from partnergraph.graph.periods import span
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.columns import (
    BLANK,
    Account,
    Reading,
    SheetColumns,
    matches,
    objects,
)
from partnergraph.loaders.tables.mapping import Cell, Nodes, TableMapping, TablesMapping, Ties
from partnergraph.loaders.tables.sheets import Found, Sheet

MOST_KEY, MOST_SLUG = 2_000, 60
_LEFT_OUT = "the row is left out"
_PLAIN_ID = re.compile(ID)


@dataclass
class _Named:
    """The nodes that the rows of a table name: which row, and which node."""

    rows: np.ndarray
    ids: np.ndarray
    kinds: np.ndarray


def draft_of(
    found: Found, mapping: TablesMapping, *, sources: Sequence[dict[str, str]]
) -> ReadResult:
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


class _Mapped(Account):
    """Does what a mapping says, table by table: first all nodes, then the ties between them."""

    def __init__(
        self, found: Found, mapping: TablesMapping, sources: Sequence[dict[str, str]]
    ) -> None:
        super().__init__(found, mapping)
        self.sources = sources
        self.builder = EcosystemBuilder(mapping.about)
        self.ids: dict[tuple[str, str], str] = {}
        self.taken: dict[str, str] = {}
        self.numbered: list[str] = []
        self.bearers: dict[str, set[str]] = {}
        self.kind_of: dict[str, str] = {}
        self.refers = any(n.kind is None for t in mapping.tables for n in t.nodes.values())
        self.node_parts: list[pd.DataFrame] = []
        self.alias_parts: list[pd.DataFrame] = []
        self.receipts: list[pd.DataFrame] = []

    def run(self) -> ReadResult:
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
        for source in self.sources:
            self.builder.source(**source)
        if self.receipts:
            receipts = pd.concat(self.receipts, ignore_index=True)
            if receipts["fact"].duplicated().any():  # a row may name a node twice
                receipts = receipts.drop_duplicates(["fact", "source", "locator"])
            self.builder.add_table("evidence", receipts)
        self._unread(tables)
        if not self.ids and not tied:
            place = f"{self.mapping.place}, tables"
            cause = "not one row names a node"
            raise UnusableInput(place, cause, "Look at the columns that are to name them")
        draft = ReadResult(self.builder, list(dict.fromkeys(self.notes)), ours=False)
        draft.rejected = pd.concat(self.rejected, ignore_index=True).drop_duplicates()
        return draft

    def _sheets(self, spec: TableMapping, number: int) -> list[Sheet]:
        """Return the sheets a mapping means; hidden ones only where it names them."""
        plain = spec.sheet == "*"
        sheets = [
            s
            for s in self.found.sheets
            if matches(s.file, spec.file)
            and matches(s.name or s.file, spec.sheet)
            and not (plain and s.hidden)
        ]
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
                self.notes.append(f"{sheet.place}: the mapping does not read it")
        for table in tables:
            names = [c for c in table.sheet.frame.columns if (c,) not in table.cache]
            read_by = [t.cache for t in tables if t.given is table.given]
            left_out = [c for c in names if not any((c,) in cache for cache in read_by)]
            if left_out and table.spec.matrix is None:
                shown = ", ".join(left_out[:5]) + (" …" if len(left_out) > 5 else "")
                words = f"{table.given.place}: {len(left_out)} columns are not read: {shown}"
                self.notes.append(words)
        for sheet in self.found.sheets:
            passed = [t.passed_over for t in tables if t.given is sheet]
            left = len(set.intersection(*passed)) if passed else 0
            if left:
                self.notes.append(f"{left} rows of {sheet.place} are left out by `where`")
        for words, count in self.said.items():
            self.notes.append(f"{count} {words}")
        if self.numbered:
            shown = ", ".join(self.numbered[:3]) + (" …" if len(self.numbered) > 3 else "")
            words = f"{len(self.numbered)} ids were taken by another name and got a number: {shown}"
            self.notes.append(words)

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
        self.builder.add_table("nodes", whole.drop(columns="_key"), file=file)
        if self.alias_parts:
            aliases = pd.concat(self.alias_parts, ignore_index=True)
            names = aliases["node"].map(dict(zip(whole["id"], whole["name"], strict=True)))
            aliases = aliases[(aliases["alias"] != names).to_numpy()].drop_duplicates()
            self.builder.add_table("aliases", aliases)

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
                        {
                            "file": some["_file"],
                            "row": some[ROW],
                            "column": column,
                            "value": some[column].astype(str),
                            "cause": causes,
                            "remedy": "Correct one of the two",
                            "done": "the first value is kept",
                        }
                    )
                )

    def note_bearers(self, texts: Sequence[Any], ids: Sequence[str]) -> None:
        """Remember by which texts nodes are known, where other tables refer to them."""
        if not self.refers:
            return
        for text, id in zip(texts, ids, strict=True):
            if isinstance(text, str):
                self.bearers.setdefault(text.casefold(), set()).add(id)


class _Table(SheetColumns):
    """One sheet with its mapping, and the nodes and ties that its rows name."""

    whole: _Mapped

    def __init__(self, whole: _Mapped, spec: TableMapping, sheet: Sheet, number: int) -> None:
        super().__init__(whole, spec, sheet, number)
        self.named: dict[str, _Named] = {}

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

    def _keys(self, spec: Nodes) -> tuple[np.ndarray, Reading, np.ndarray]:
        """Return rows, the key at each (a code of the reading), and whether it is an id."""
        cell = spec.key
        rows, column = self.split(cell)
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
        originals = [
            t if k and t != i else np.nan for t, i, k in zip(texts, ids, is_id[where], strict=True)
        ]
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
        self,
        frame: dict[str, Any],
        attribute: str,
        cell: Cell,
        reading: Reading,
        rows: np.ndarray,
        node: np.ndarray,
        texts: list[str],
    ) -> None:
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
        self.whole.reject(self, rows[bad], column, ends[bad].tolist(), causes, remedy, BLANK)
        kept = frame.setdefault("original_end", np.full(len(ends), np.nan, dtype=object))
        kept[bad] = np.where(pd.notna(kept[bad]), kept[bad], ends[bad])
        ends[bad] = np.nan
        if not pd.notna(kept).any():
            del frame["original_end"]

    def _aliases(self, spec: Nodes, rows: np.ndarray, node: np.ndarray, ids: list[str]) -> None:
        for cell in spec.aliases:
            where, column = self.split(cell)
            position = np.full(len(self.sheet.frame), -1)
            position[rows] = node
            keep = (column.codes >= 0) & (position[where] >= 0)
            texts = np.array([*column.texts, ""], dtype=object)[column.codes[keep]]
            named = np.array(ids, dtype=object)[position[where[keep]]] if len(ids) else texts
            frame = {
                "node": named,
                "alias": texts,
                "language": cell.language,
                "kind": cell.alias_kind,
            }
            part = pd.DataFrame(
                {k: pd.Series(v, index=range(len(texts)), dtype=object) for k, v in frame.items()}
            )
            self.whole.alias_parts.append(part)
            self.whole.note_bearers(texts.tolist(), named.tolist())

    def _say_repeats(
        self,
        spec: Nodes,
        rows: np.ndarray,
        node: np.ndarray,
        where: np.ndarray,
        texts: list[str],
        *,
        first: bool,
    ) -> None:
        """Say how many rows name how many nodes; in a list of nodes, list those named again."""
        place = self.given.place
        if not len(rows):
            return
        if len(rows) == len(texts):
            self.whole.notes.append(f"{place}: {len(texts)} {spec.label}, a row each")
            return
        words = f"{place}: {len(rows)} rows name {len(texts)} different {spec.label}"
        self.whole.notes.append(words)
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
            self,
            rows[bad],
            column,
            [keys.texts[c] for c in which],
            [causes[c][0] for c in which],
            [causes[c][1] for c in which],
            _LEFT_OUT,
        )
        nodes = Reading(keys.codes, found, keys.texts).take(np.arange(len(rows)))
        there = pd.notna(nodes)
        kinds = objects(self.whole.kind_of[i] for i in nodes[there])
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
        builder = self.whole.builder
        ids = builder.add_table("ties", table, file=self.given.place)
        again = int(ids.str.contains("#", regex=False).sum())
        if again:
            words = (
                f"ties of {self.given.place} are equal to an earlier one in kind, ends, role "
                "and start; all are kept, with a number"
            )
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
        known = [pd.factorize(objects(kinds[i] for i in ids)) for ids in (ones, others)]
        (one_code, one_kinds), (other_code, other_kinds) = known
        pairs = np.unique(one_code[a] * len(other_kinds) + other_code[b])
        ends = {
            (one_kinds[p // len(other_kinds)], other_kinds[p % len(other_kinds)]) for p in pairs
        }
        if any(fits(kind, a, b) for a, b in ends):
            return
        first, second = min(ends)
        fitting = [k for k in SCHEMA.tie_kinds if fits(k, first, second)]
        raise self.fail(
            spec.line,
            f"tables[{self.number}].ties",
            f"{kind} does not link {first} to {second}",
            f"Take {', '.join(fitting)}" if fitting else "Turn source and target round",
        )

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
        frame = pd.DataFrame(
            {"fact": facts, "source": source, "locator": np.array(places, dtype=object)}
        )
        self.whole.receipts.append(frame)


# -- small parts ---------------------------------------------------------------------------------


def _loose(spec: Nodes) -> bool:
    """Say whether capitals make no difference: of places, themes, of all that does not act."""
    kind = spec.kind.value if spec.kind is not None else None
    return spec.id is None and kind is not None and kind not in SCHEMA.actors


def _slug(key: str, kind: str) -> str:
    """Return an id for a key: readable where it can be, else a fingerprint."""
    text = re.sub(r"(?i)^https?://(www\.)?", "", key)
    made = slug(text)
    if not made:
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
        row = {
            "id": mapping.source.get("id") or (slug(title) or "node")[:MOST_SLUG],
            "title": title,
        }
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
