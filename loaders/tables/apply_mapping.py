"""From tables and a mapping to rows of an ecosystem: the nodes of all tables, then their ties.

What is assumed, merged or left out is counted and said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.checks import ROW, fits, misfitting
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import slug
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.collected import MOST_ID, Collected, id_for, numbered
from partnergraph.loaders.tables.mapping import TableMapping, TablesMapping, Ties
from partnergraph.loaders.tables.nodes import Named, TableNodes
from partnergraph.loaders.tables.reshape import framed, joined_text, objects
from partnergraph.loaders.tables.sheets.sheet import Found, Sheet
from partnergraph.loaders.wording import counted, did_you_mean, shortened


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
        If the mapping asks for a table or column that does not exist.
    """
    collected = Collected(found, mapping, sources)
    tables = [
        _Table(collected, spec, sheet, number)
        for number, spec in enumerate(mapping.tables, start=1)
        for sheet in _sheets(found, mapping, spec, number)
    ]
    for table in tables:
        table.describe()
    for table in tables:
        table.refer()
    collected.add_nodes()
    tied = sum(table.tie() for table in tables)
    collected.add_receipts()
    if not collected.kind_of and not tied:
        raise _nothing(mapping, tables)
    notes = [*collected.notes, *_unread(found, tables), *collected.counts.sentences()]
    if taken := collected.numbered:
        words = (
            "id was taken by another name and gets"
            if len(taken) == 1
            else ("ids were taken by another name and get")
        )
        notes.append(f"{len(taken)} {words} a number: {shortened(taken, 3)}")
    rejected = pd.concat(collected.rejected, ignore_index=True).drop_duplicates()
    said = list(dict.fromkeys(notes))
    return ReadResult(collected.builder, said, ours=False, rejected=rejected)


def _nothing(mapping: TablesMapping, tables: Sequence[_Table]) -> UnusableInput:
    """Return the error for a mapping by which no row names a node."""
    passed = [t for t in tables if t.spec.where and len(t.passed_over) == len(t.given.frame)]
    if not passed:
        remedy = "Check the columns that are meant to name them"
        return UnusableInput(f"{mapping.place}, tables", "not one row names a node", remedy)
    table = passed[0]
    column, wanted = next(iter(table.spec.where.items()))
    there = list(dict.fromkeys(table.given.frame[column].map(joined_text)))
    cause = (
        f"`where` keeps none of the {counted(len(table.given.frame), 'row')} of {table.given.place}"
    )
    remedy = f"{column} has {shortened(there, 5)}, and {shortened(list(wanted), 5)} was wanted"
    return UnusableInput(f"{mapping.place}, line {table.spec.line}", cause, remedy)


def _sheets(found: Found, mapping: TablesMapping, spec: TableMapping, number: int) -> list[Sheet]:
    """Return the sheets a mapping means; hidden ones only where it names them."""
    any_sheet = spec.sheets == ("*",)
    sheets = [
        s for s in found.sheets if spec.covers(s.file, s.name) and not (any_sheet and s.hidden)
    ]
    if not sheets and not mapping.absent:
        wanted = spec.file if any_sheet else ", ".join(spec.sheets)
        place = f"{mapping.place}, line {spec.line}, tables[{number}]"
        there = ", ".join(s.place for s in found.sheets)
        titles = [s.title for s in found.sheets]
        remedy = did_you_mean(wanted, titles, "Correct `file` or `sheet`")
        raise UnusableInput(place, f"there is no table {wanted!r} (there are: {there})", remedy)
    return sheets


def _unread(found: Found, tables: Sequence[_Table]) -> list[str]:
    """Return which tables, columns and rows the mapping does not read, a sentence each."""
    said = []
    read = {id(t.given) for t in tables} | {id(t.joined) for t in tables}
    for sheet in found.sheets:
        if id(sheet) not in read and not sheet.hidden:
            said.append(f"{sheet.place}: the mapping does not read it")
    for table in tables:
        said += table.persons()
        known = {key[0] for t in tables if t.given is table.given for key in t.cache}
        known |= {c for t in tables if t.given is table.given for c in t.melted()}
        known |= {c for t in tables if t.given is table.given for c in t.spec.persons}
        left_out = [c for c in table.sheet.frame.columns if c not in known]
        if left_out and table.spec.matrix is None:
            words = "is" if len(left_out) == 1 else "are"
            said.append(
                f"{table.given.place}: {counted(len(left_out), 'column')} {words} not read: "
                f"{shortened(left_out, 5)}"
            )
    for sheet in found.sheets:
        passed = [t.passed_over for t in tables if t.given is sheet]
        left = len(set.intersection(*passed)) if passed else 0
        if left:
            words = "is" if left == 1 else "are"
            said.append(f"{sheet.place}: {counted(left, 'row')} {words} left out by `where`")
    return said


class _Table(TableNodes):
    """One sheet with its mapping, and the ties that its rows state."""

    def melted(self) -> tuple[str, ...]:
        """Return the columns of a matrix."""
        matrix = self.spec.matrix
        return () if matrix is None else (matrix.rows, *matrix.columns)

    def persons(self) -> list[str]:
        """Return how many cells of persons are kept out of the data, as a sentence."""
        columns = [c for c in self.spec.persons if c in self.sheet.frame.columns]
        filled = sum(int((self.sheet.frame[c].map(joined_text) != "").sum()) for c in columns)
        words = "cell is" if filled == 1 else "cells are"
        names = shortened(columns, 5)
        said = f"{self.given.place}: {filled:,} {words} about contact persons and kept out: {names}"
        return [said] if filled else []

    def tie(self) -> int:
        """Add the ties that the rows state, and return how many."""
        return sum(self._tie(spec) for spec in self.spec.ties)

    def _tie(self, spec: Ties) -> int:
        named, others = self.named[spec.source], self.named[spec.target]
        rows, a, b = _pairs(named, others)
        if self.spec.matrix is not None or spec.once:
            kept = self._each_once(spec, named.ids[a], others.ids[b])
            rows, a, b = rows[kept], a[kept], b[kept]
        kinds = self.kinds(spec.kind, "ties", rows)
        if spec.kind.value is None:
            good = pd.notna(kinds)
            rows, a, b, kinds = rows[good], a[good], b[good], kinds[good]
        frame: dict[str, Any] = {"kind": kinds, "source": named.ids[a], "target": others.ids[b]}
        for attribute, cell in spec.attributes.items():
            reading = self.read(cell, "ties", attribute)
            frame[attribute] = reading.take(rows)
            stated = cell.value is None and cell.read_as != "role_in_brackets"
            if attribute in SCHEMA.tables["ties"].columns and stated:
                kept = reading.originals(rows)
                if pd.notna(kept).any():
                    frame[f"original_{attribute}"] = kept
        frame[ROW] = self.sheet.rows[rows]
        self.blank_backward_ends(frame, rows, spec.attributes)
        ends = self._kinds_of_ends(named, a), self._kinds_of_ends(others, b)
        bad, misfits = misfitting(pd.factorize(kinds), *ends)
        table, rows = self._fitting(spec, framed(frame), rows, bad, misfits)
        place = self.given.place
        ids = self.account.builder.add_table("ties", table, file=place)
        alike = "an earlier one in kind, ends, role and start"
        self.account.counts.add(
            sum("#" in i for i in ids.tolist()),
            f"tie equals {alike}; it is kept, with a number",
            f"ties equal {alike}; all are kept, with a number",
            place=place,
        )
        self.add_receipts(ids.to_numpy(dtype=object), rows)
        return len(table)

    def _kinds_of_ends(self, named: Named, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the kinds of nodes as codes, and what these stand for."""
        kind_of = self.account.kind_of
        coded, kinds = pd.factorize(objects(kind_of.get(id) for id in named.ids))
        return coded[codes], kinds

    def _fitting(
        self,
        spec: Ties,
        table: pd.DataFrame,
        rows: np.ndarray,
        bad: np.ndarray,
        misfits: Sequence[tuple[str, str, str]],
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Take out ties that cannot link the kinds of their ends, and list them with both names.

        A mapping of which no tie fits is refused.
        """
        if not bad.any():
            return table, rows
        if bad.all() and spec.kind.value is not None:
            raise self._misfit(spec, *misfits[0])
        names = self.account.names_of({*table["source"][bad], *table["target"][bad]})
        causes, remedies = [], []
        pairs = zip(table["source"][bad], table["target"][bad], strict=True)
        for (source, target), (kind, one, other) in zip(pairs, misfits, strict=True):
            causes.append(
                f"{kind} does not link {names[source]!r} ({one}) to {names[target]!r} ({other})"
            )
            fitting = " or ".join(k for k in SCHEMA.tie_kinds if fits(k, one, other))
            remedies.append(f"Correct the kind of one of the two, or make the tie {fitting}")
        shown, done = table["kind"][bad].tolist(), "there is no tie between them"
        column = " + ".join(self.spec.nodes[spec.target].key.columns)
        self.account.reject(self.sheet, rows[bad], column, shown, causes, remedies, done)
        return table[~bad].reset_index(drop=True), rows[~bad]

    def _misfit(self, spec: Ties, kind: str, one: str, other: str) -> UnusableInput:
        """Return the error for a mapping of which no tie can link what it is to link."""
        fitting = [k for k in SCHEMA.tie_kinds if fits(k, one, other)]
        return self.account.fail(
            spec.line,
            f"{self.key}.ties",
            f"{kind} does not link {one} to {other}",
            f"Choose {' or '.join(fitting)}" if fitting else "Swap source and target",
        )

    def _each_once(self, spec: Ties, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Keep each pair once, of a matrix that states pairs twice or where the mapping says so."""
        everything = np.ones(len(one), dtype=bool)
        if not len(one):
            return everything
        if spec.kind.value not in SCHEMA.undirected:
            ends = pd.DataFrame({"one": one, "other": other})
            return ~ends.duplicated().to_numpy() if spec.once else everything
        pairs = list(zip(one.tolist(), other.tolist(), strict=True))
        known = set(pairs)
        if not (spec.once or all((b, a) in known for a, b in known)):
            return everything
        seen: set[tuple[str, str]] = set()
        keep = []
        for a, b in pairs:
            pair = (min(a, b), max(a, b))
            keep.append(a != b and pair not in seen)
            seen.add(pair)
        kept, place = np.array(keep, dtype=bool), self.given.place
        loops = sum(a == b for a, b in pairs)
        self.account.counts.add(
            int((~kept).sum()) - loops,
            "pair is stated from both sides and becomes one tie",
            "pairs are stated from both sides and become one tie each",
            place=place,
        )
        self.account.counts.add(
            loops,
            "cell ties a name to itself and is left out",
            "cells tie a name to itself and are left out",
            place=place,
        )
        return kept


def _pairs(one: Named, other: Named) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows that name both ends, and the codes of the ends: each pair of a row's."""
    alike = len(one.rows) == len(other.rows) and np.array_equal(one.rows, other.rows)
    if alike and (np.diff(one.rows) > 0).all():
        return one.rows, one.codes, other.codes
    left = pd.DataFrame({"row": one.rows, "a": one.codes})
    right = pd.DataFrame({"row": other.rows, "b": other.codes})
    both = left.merge(right, on="row", how="inner", sort=False)
    return both["row"].to_numpy(), both["a"].to_numpy(), both["b"].to_numpy()


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
        row = {"id": mapping.source.get("id") or slug(title)[:MOST_ID] or "table", "title": title}
        prints = list(files.values())
        own = {"sha256": prints[0]} if len(prints) == 1 else {}
        return [{**own, **mapping.source, **row, **more}]
    rows: dict[str, dict[str, str]] = {}
    for file, sha256 in files.items():
        id = numbered(id_for(re.sub(r"\.\w{1,8}(\.gz)?$", "", file), "file"), rows)
        rows[id] = {"id": id, "title": file, "sha256": sha256, **more}
    return list(rows.values())
