"""The nodes that the rows of a table name: described there, or referred to by id, name or alias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.checks import ROW
from partnergraph.graph.periods import span
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.account import CELL_LEFT_BLANK
from partnergraph.loaders.tables.collected import Collected
from partnergraph.loaders.tables.columns import Reading, SheetColumns
from partnergraph.loaders.tables.mapping import Cell, Nodes, TableMapping
from partnergraph.loaders.tables.readers import role_in_brackets
from partnergraph.loaders.tables.reshape import framed, objects
from partnergraph.loaders.tables.sheets.sheet import ROW_LEFT_OUT, Sheet
from partnergraph.loaders.wording import counted, did_you_mean

MOST_KEY = 2_000
_MOST_COMPARED = 5_000
_ONE_OF_TWO = "Correct one of the two"
NAMELESS = -2  # the code of a key whose row was rejected, as no row names the node


@dataclass
class Named:
    """The nodes that the rows of a table name: which row, and which node, a place in the ids."""

    rows: np.ndarray
    codes: np.ndarray
    ids: np.ndarray


class TableNodes(SheetColumns):
    """One sheet with its mapping, and the nodes that its rows name."""

    account: Collected

    def __init__(self, account: Collected, spec: TableMapping, sheet: Sheet, number: int) -> None:
        super().__init__(account, spec, sheet, number)
        self.named: dict[str, Named] = {}

    def describe(self) -> None:
        """Take the nodes that this table describes."""
        for position, spec in enumerate(self.spec.nodes.values()):
            if spec.kind is not None:
                self.named[spec.label] = self._described(spec, spec.kind, first=position == 0)

    def refer(self) -> None:
        """Find the nodes that this table names and others describe."""
        for spec in self.spec.nodes.values():
            if spec.kind is None:
                self.named[spec.label] = self._referred(spec)

    def _keys(self, spec: Nodes) -> tuple[np.ndarray, Reading, np.ndarray]:
        """Return rows, the key at each (a code of the reading), and whether it is an id."""
        cell = spec.key
        rows, column = self.split(cell)
        lower = {k.casefold(): v for k, v in cell.map.items()}
        as_it_is = not cell.map or cell.default is None
        read: Sequence[str | None] = column.texts
        if lower:
            other = None if as_it_is else cell.default or None
            read = [lower.get(t.casefold(), t if as_it_is else other) for t in column.texts]
        if cell.read_as == "name_before_role":
            read = [m and role_in_brackets(m)[0] for m in read]
        meanings = [None if m is None else f"{cell.prefix}{m}" for m in read]
        gone = np.array([m is None for m in meanings] + [True])
        codes = np.where(gone[column.codes], -1, column.codes)
        if cell.default:
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
        """Merge names that differ in capitals only, and count them."""
        first: dict[str, int] = {}
        same = [first.setdefault((m or "").casefold(), i) for i, m in enumerate(meanings)]
        others = [i for i, one in enumerate(same) if i != one and meanings[i]]
        if others:
            shown = ", ".join(f"{meanings[i]!r} = {meanings[same[i]]!r}" for i in others[:3])
            shown += " …" if len(others) > 3 else ""
            self.account.counts.add(
                len(others),
                f"spelling differs only in capitals and counts as the same: {shown}",
                f"spellings differ only in capitals and count as the same: {shown}",
                place=f"{self.given.place}, {spec.label}",
            )
        merged: np.ndarray = np.array([*same, -1])[codes]
        return merged

    def _described(self, spec: Nodes, kind: Cell, *, first: bool) -> Named:
        rows, keys, is_id = self._keys(spec)
        kinds = self.kinds(kind, "nodes", rows)
        self._nameless(spec, rows, keys, kinds)
        there = self._with_key(spec, rows, keys, kinds, first=first)
        rows, codes, is_id, kinds = (a[there] for a in (rows, keys.codes, is_id, kinds))
        kind_codes, pool = pd.factorize(kinds)
        node, where = _in_order(kind_codes.astype("int64") * (len(keys.meanings) + 1) + codes)
        texts = [str(keys.meanings[codes[w]]) for w in where]
        pairs = zip((str(pool[kind_codes[w]]) for w in where), texts, strict=True)
        ids = [self.account.identify(k, text, loose=_loose(spec)) for k, text in pairs]
        originals = (
            t if k and t != i else np.nan for t, i, k in zip(texts, ids, is_id[where], strict=True)
        )
        frame = {
            "id": objects(ids),
            "kind": kinds[where],
            "_key": objects(texts),
            ROW: self.sheet.rows[rows[where]],
            "_file": objects(self.sheet.places(rows[where])),
            "original_id": objects(originals),
            "name": np.full(len(ids), np.nan, dtype=object),
        }
        cells = {"name": spec.name, **spec.attributes} if spec.name else dict(spec.attributes)
        for attribute, cell in cells.items():
            if attribute == "name" and cell is spec.key:
                frame["name"] = objects(texts)
            else:
                self._attribute(frame, attribute, cell, rows, node, texts)
        self.blank_backward_ends(frame, rows[where], spec.attributes)
        self.account.node_parts.append(framed(frame))
        self._aliases(spec, rows, node, ids)
        self.account.note_bearers(texts, ids)
        self.account.note_bearers(frame["name"].tolist(), ids)
        self.add_receipts(objects(ids), rows[where])
        self._say_repeats(spec, rows, node, where, texts, first=first)
        return Named(rows, node, objects(ids))

    def kinds(self, cell: Cell, table: str, rows: np.ndarray) -> np.ndarray:
        """Return the kind of the node or tie at each row, missing where it is not valid."""
        if cell.value is not None:
            return np.full(len(rows), cell.value, dtype=object)
        reading = self.read(cell, table, "kind")
        bad = reading.restricted(SCHEMA.node_kinds if table == "nodes" else SCHEMA.tie_kinds)
        if table == "ties":
            bad = rows[np.isin(rows, bad)]
        shown = [reading.text_of(code) for code in reading.codes[bad]]
        cause = f"it is not a valid {table[:-1]} kind"
        remedy = "Write which kind it is under `map`, or give a `default`"
        column = " + ".join(cell.columns)
        self.account.reject(self.sheet, bad, column, shown, cause, remedy, ROW_LEFT_OUT)
        return reading.take(rows)

    def _nameless(self, spec: Nodes, rows: np.ndarray, keys: Reading, kinds: np.ndarray) -> None:
        """Take the key from rows of nodes that no row names, and list them."""
        if spec.name is None or spec.name is spec.key or spec.name.value is not None:
            return
        named = pd.notna(self.read(spec.name, "nodes", "name").take(rows))
        known = set(keys.codes[named].tolist())
        there, earlier = (keys.codes >= 0) & pd.notna(kinds), self.account.named
        bad = np.flatnonzero(~named & there & ~np.isin(keys.codes, [*known]))
        again = [(kinds[p], keys.texts[keys.codes[p]]) in earlier for p in bad]
        bad = bad[~np.array(again, dtype=bool)]
        if len(self.account.found.sheets) > 1:
            earlier |= {
                (kinds[p], keys.texts[keys.codes[p]]) for p in np.flatnonzero(named & there)
            }
        column = " + ".join(spec.name.columns)
        shown = [keys.texts[c] for c in keys.codes[bad]]
        cause = f"the row has no name for the {spec.label}"
        remedy = "Fill in its name, or leave `name` out of the mapping to call it by its id"
        self.account.reject(self.sheet, rows[bad], column, shown, cause, remedy, ROW_LEFT_OUT)
        keys.codes = keys.codes.copy()
        keys.codes[bad] = NAMELESS

    def _with_key(
        self, spec: Nodes, rows: np.ndarray, keys: Reading, kinds: np.ndarray, *, first: bool
    ) -> np.ndarray:
        """Return which rows name a node; those that should and do not are listed."""
        column = " + ".join(spec.key.columns)
        there = (keys.codes >= 0) & pd.notna(kinds)
        fit = np.array([len(t) <= MOST_KEY for t in keys.texts] + [True])[keys.codes]
        long = np.flatnonzero(there & ~fit)
        cause = f"it has more than {MOST_KEY:,} characters, too many for a name"
        shown = [keys.texts[keys.codes[p]] for p in long]
        self.account.reject(
            self.sheet, rows[long], column, shown, cause, "Shorten it", ROW_LEFT_OUT
        )
        blank = np.flatnonzero((keys.codes == -1) & pd.notna(kinds))
        if self.spec.matrix is None and (first or spec.required):
            cause, remedy = (
                f"the row names no {spec.label}",
                "Fill it in, or leave the row out with `where`",
            )
            nothing = [""] * len(blank)
            self.account.reject(
                self.sheet, rows[blank], column, nothing, cause, remedy, ROW_LEFT_OUT
            )
        elif self.spec.matrix is None:
            self.account.counts.add(
                len(blank),
                f"row names no {spec.label} and gets no tie to one",
                f"rows name no {spec.label} and get no tie to one",
                place=self.given.place,
            )
        named: np.ndarray = there & fit
        return named

    def _attribute(
        self,
        frame: dict[str, Any],
        attribute: str,
        cell: Cell,
        rows: np.ndarray,
        node: np.ndarray,
        texts: list[str],
    ) -> None:
        """Give nodes the first value that a row of theirs has; other values are listed."""
        reading = self.read(cell, "nodes", attribute)
        codes = reading.codes[rows]
        means = np.array([m is not None for m in reading.meanings] + [False])
        there = np.flatnonzero(means[codes])
        first = np.full(len(texts), -1)
        first[node[there][::-1]] = there[::-1]
        picked = np.where(first >= 0, rows[first], 0)
        frame[attribute] = np.where(first < 0, np.nan, reading.take(picked))
        original = f"original_{attribute}"
        if attribute in SCHEMA.tables["nodes"].columns and attribute != "name":
            kept = np.where(first < 0, np.nan, reading.originals(picked))
            wanted = cell.read_as != "legal_form_of_name" and original not in frame
            if wanted and pd.notna(kept).any():
                frame[original] = kept
        if len(texts) < len(rows):
            self._list_unlike(attribute, cell, reading, rows, node[there], there, first, texts)

    def _list_unlike(
        self,
        attribute: str,
        cell: Cell,
        reading: Reading,
        rows: np.ndarray,
        node: np.ndarray,
        there: np.ndarray,
        first: np.ndarray,
        texts: list[str],
    ) -> None:
        """List the values that differ from the first one of the same node."""
        codes, senses = reading.codes[rows], reading.meanings
        stays = codes[first[node]]
        differ = np.flatnonzero(codes[there] != stays)
        pairs = zip(codes[there[differ]], stays[differ], strict=True)
        differ = differ[np.array([senses[a] != senses[b] for a, b in pairs], dtype=bool)]
        causes = [
            f"{texts[n][:80]!r} already has {reading.texts[s][:80]!r}"
            for n, s in zip(node[differ], stays[differ], strict=True)
        ]
        unlike = there[differ]
        shown = [reading.texts[c] for c in codes[unlike]]
        column, done = " + ".join(cell.columns) or attribute, "the first value is kept"
        self.account.reject(self.sheet, rows[unlike], column, shown, causes, _ONE_OF_TWO, done)

    def blank_backward_ends(
        self, frame: dict[str, Any], rows: np.ndarray, cells: Mapping[str, Cell]
    ) -> None:
        """Blank ends that come before their start, and list them."""
        if "start" not in frame or "end" not in frame:
            return
        starts, ends = frame["start"], frame["end"].copy()
        both = np.flatnonzero(pd.notna(starts) & pd.notna(ends))
        pairs = list(zip(starts[both].tolist(), ends[both].tolist(), strict=True))
        backward = {pair for pair in set(pairs) if span(pair[1])[1] < span(pair[0])[0]}
        bad = both[[pair in backward for pair in pairs]] if backward else both[:0]
        causes = [f"it ends in {ends[b]} before it starts in {starts[b]}" for b in bad]
        column = " + ".join(cells["end"].columns) if "end" in cells else "end"
        values = ends[bad].tolist()
        self.account.reject(
            self.sheet, rows[bad], column, values, causes, _ONE_OF_TWO, CELL_LEFT_BLANK
        )
        kept = frame.get("original_end", np.full(len(ends), np.nan, dtype=object))
        kept[bad] = np.where(pd.notna(kept[bad]), kept[bad], ends[bad])
        ends[bad] = np.nan
        frame["end"] = ends
        if pd.notna(kept).any():
            frame["original_end"] = kept

    def _aliases(self, spec: Nodes, rows: np.ndarray, node: np.ndarray, ids: list[str]) -> None:
        for cell in spec.aliases:
            where, column = self.split(cell)
            position = np.full(len(self.sheet.frame), -1)
            position[rows] = node
            keep = (column.codes >= 0) & (position[where] >= 0)
            texts = objects([*column.texts, ""])[column.codes[keep]]
            named = objects(ids)[position[where[keep]]] if len(ids) else texts
            values = {
                "node": named,
                "alias": texts,
                "language": cell.language,
                "kind": cell.alias_kind,
            }
            index = range(len(texts))
            part = {k: pd.Series(v, index=index, dtype=object) for k, v in values.items()}
            self.account.alias_parts.append(pd.DataFrame(part))
            self.account.note_bearers(texts.tolist(), named.tolist())

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
        """Report how many rows name how many nodes; in a list of nodes, list repeated ones."""
        place, nodes = self.given.place, counted(len(texts), f"{spec.label!r} node")
        if len(rows) == len(texts):
            said = f"{place}: {nodes}, one per row"
            self.account.notes += [said] if len(rows) else []
            return
        self.account.notes.append(f"{place}: {len(rows)} rows name {nodes}")
        if first and spec.key.split is None and len(texts) > 0.8 * len(rows):
            again = np.setdiff1d(np.arange(len(rows)), where)
            earlier = self.sheet.rows[rows[where[node[again]]]]
            another = self.sheet.rows[rows[again]] != earlier  # an exploded row counts once
            again, earlier = again[another], earlier[another]
            causes = [f"row {r} already names it" for r in earlier]
            shown = [texts[n] for n in node[again]]
            remedy = "If they are two, give them different ids; else remove one"
            column, done = " + ".join(spec.key.columns), "read as one, its first values kept"
            self.account.reject(self.sheet, rows[again], column, shown, causes, remedy, done)

    def _referred(self, spec: Nodes) -> Named:
        """Find nodes by id, name or alias among those that the tables describe."""
        rows, keys, _ = self._keys(spec)
        known = self.account.bearers
        found: list[str | None] = []
        causes: dict[int, tuple[str, str]] = {}
        for position, text in enumerate(keys.texts):
            ids = known.get(text.casefold(), set())
            found.append(next(iter(ids)) if len(ids) == 1 else None)
            if len(ids) > 1:
                several = " or ".join(sorted(ids)[:3])
                causes[position] = (f"{text[:60]!r} may be {several}", "Give its id")
            elif not ids:
                near = did_you_mean(
                    text.casefold(), known if len(known) < _MOST_COMPARED else {}, "", cutoff=0.8
                )
                hint = f"{near}? Else" if near else "Correct it, or"
                causes[position] = (f"nothing is called {text[:60]!r}", f"{hint} add it to a table")
        bad = np.flatnonzero(np.isin(keys.codes, list(causes)) & (keys.codes >= 0))
        which = keys.codes[bad]
        cause, remedy = ([causes[c][i] for c in which] for i in (0, 1))
        column, shown = " + ".join(spec.key.columns), [keys.texts[c] for c in which]
        self.account.reject(self.sheet, rows[bad], column, shown, cause, remedy, ROW_LEFT_OUT)
        there = np.array([i is not None for i in found] + [False])[keys.codes]
        return Named(rows[there], keys.codes[there], objects(found))

    def add_receipts(self, facts: np.ndarray, rows: np.ndarray) -> None:
        """Add a receipt for each fact: its place in the source."""
        if not len(facts):
            return
        sheet, sources = self.sheet, self.account.sources
        own = [s for s in sources if s.get("title") == self.given.file]
        if sheet.files is not None:
            places = [str(f) for f in sheet.files[rows]]
        else:
            before = f"sheet {sheet.name}, " if sheet.name else ""
            if not own and len({s.file for s in self.account.found.sheets}) > 1:
                before = f"{self.given.file}, {before}"
            places = [f"{before}row {n}" for n in sheet.rows[rows].tolist()]
        source = (own or sources)[0]["id"]
        cells = {"fact": facts, "source": source, "locator": objects(places)}
        self.account.receipts.append(framed(cells))


def _loose(spec: Nodes) -> bool:
    """Return whether capitals make no difference: for places, themes, all that does not act."""
    kind = spec.kind.value if spec.kind is not None else None
    return spec.id is None and kind is not None and kind not in SCHEMA.actors


def _in_order(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which node each row names, counted in order of appearance, and where each is first."""
    codes, uniques = pd.factorize(keys)
    first = np.full(len(uniques), -1)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first
