"""Collects rows, checks them all, and builds an ecosystem.

>>> b = EcosystemBuilder(name="demo")
>>> _ = b.node("a", kind="organisation", name="A"), b.node("n", kind="network", name="N")
>>> tie = b.tie("member_of", "a", "n", start="2016")
>>> tie
'a.member_of.n@2016'
>>> b.source("page", title="A page")
'page'
>>> for fact in ("a", "n", tie):
...     b.evidence(fact, source="page", locator="line 1")
>>> b.build(strict=True)
<Ecosystem 'demo': 2 nodes, 0 aliases, 1 ties, 1 sources, 3 evidence, 0 judgements>
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from partnergraph.graph import checks
from partnergraph.graph.checks import FILE, ROW
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import InvalidEcosystem, UnknownName, UnusableInput
from partnergraph.graph.ids import derived_id, derived_ids
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES, TEXT, column_type, declared_type

ORIGIN = (FILE, ROW)
WIDE = 50


class EcosystemBuilder:
    """Collects rows of the six tables; `build` checks them and makes the ecosystem.

    Parameters
    ----------
    about
        What the ecosystem is called; or give its entries by name (``name="smart"``).
    """

    def __init__(self, about: About | None = None, **entries: str) -> None:
        self.about = about or About.from_mapping(entries)
        self.aside = checks.findings_table([])
        self._chunks: dict[str, list[pd.DataFrame]] = {name: [] for name in SCHEMA.tables}
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMA.tables}
        self._equals: dict[str, int] = {}
        self._uncounted: list[str] = []
        self._findings: list[pd.DataFrame] = []
        self._sizes = dict.fromkeys(SCHEMA.tables, 0)

    # -- row by row --------------------------------------------------------------------------

    def node(self, id: str, *, kind: str, name: str | None = None, **attributes: Any) -> str:
        """Add a node, named by its id where no name is given, and return its id."""
        return self._add("nodes", {"id": id, "kind": kind, "name": name or id, **attributes})

    def tie(
        self, kind: str, source: str, target: str, *, id: str | None = None, **attributes: Any
    ) -> str:
        """Add a tie and return its id, derived from kind, ends, role and start where not given."""
        if kind in SCHEMA.undirected:
            source, target = sorted((source, target))
        row = {"kind": kind, "source": source, "target": target, **attributes}
        if id is None:
            self._counted()
            [id] = self._numbered([derived_id(row)])
        return self._add("ties", {"id": id, **row})

    def alias(
        self, node: str, alias: str, *, language: str | None = None, kind: str | None = None
    ) -> None:
        """Add another name of a node."""
        self._add("aliases", {"node": node, "alias": alias, "language": language, "kind": kind})

    def source(self, id: str, *, title: str, **attributes: Any) -> str:
        """Add a source and return its id."""
        return self._add("sources", {"id": id, "title": title, **attributes})

    def evidence(
        self,
        fact: str,
        *,
        source: str,
        attribute: str | None = None,
        locator: str | None = None,
        **attributes: Any,
    ) -> None:
        """Add a receipt: the source states the fact, or one attribute of it, at a place."""
        row = {"fact": fact, "attribute": attribute, "source": source, "locator": locator}
        self._add("evidence", {**row, **attributes})

    def judgement(self, a: str, b: str, judgement: str, **attributes: Any) -> None:
        """Add what somebody decided about two nodes; the two are stored in sorted order."""
        a, b = sorted((a, b))
        self._add("judgements", {"a": a, "b": b, "judgement": judgement, **attributes})

    def _add(self, table: str, row: dict[str, Any]) -> str:
        self._rows[table].append(row)
        return str(row.get("id", ""))

    # -- table by table ----------------------------------------------------------------------

    def add_table(self, name: str, frame: pd.DataFrame, *, file: str | None = None) -> pd.Series:
        """Add many rows at once, and return what identifies each: its id, or the first of its key.

        Parameters
        ----------
        name
            One of the six tables.
        frame
            Columns of the vocabulary, and the user's own, which are kept in their type. A column
            ``_row`` gives each row's number in its file. Ties without an id get a derived one.
        file
            Where the rows come from, for messages.

        Raises
        ------
        UnusableInput
            If a required column is missing, or an own one has a name that no file can hold.
        """
        if name not in SCHEMA.tables:
            raise UnknownName("table", name, list(SCHEMA.tables))
        self._flush(name)
        place = file or name
        frame = frame.reset_index(drop=True)
        for column in SCHEMA.tables[name].required:
            if column not in frame.columns and (name, column) != ("ties", "id"):
                near = ", ".join(map(str, frame.columns.drop(ROW, errors="ignore"))) or "none"
                raise UnusableInput(
                    f"{place}, row 1, column {column}",
                    f"the column {column} is missing (there are: {near})",
                    f"Add it to the header: {SCHEMA.tables[name].columns[column].meaning.lower()}",
                )
        for column in frame.columns.difference([*SCHEMA.tables[name].columns, *ORIGIN]):
            if not _is_column_name(column):
                cause = f"{checks.short(column)} cannot be the name of a column"
                remedy = "Use text without control characters, outer spaces or a leading underscore"
                raise UnusableInput(f"{place}, row 1", cause, remedy)
        # To a wide frame in many blocks pandas adds no column without a warning: copied, it is one.
        frame = self._typed(name, frame.copy(deep=frame.shape[1] > WIDE), file)
        if name == "ties":
            frame = self._identified(_sorted_ends(frame, SCHEMA.undirected))
        elif name == "judgements":
            frame = _sorted_pair(frame, "a", "b", pd.Series(True, index=frame.index))
        self._sizes[name] += len(frame)
        self._chunks[name].append(frame)
        return frame[SCHEMA.tables[name].key[0]]

    def _typed(self, name: str, frame: pd.DataFrame, file: str | None) -> pd.DataFrame:
        """Give every column its type; cells that do not fit become findings, and are left blank."""
        table = SCHEMA.tables[name]
        if ROW not in frame.columns:
            frame[ROW] = np.arange(self._sizes[name] + 1, self._sizes[name] + len(frame) + 1)
        frame[FILE] = pd.Series(file, index=frame.index, dtype=object)
        columns = {c: frame[c] if c in frame.columns else None for c in table.columns}
        columns |= {c: frame[c] for c in frame.columns if c not in columns and c not in ORIGIN}
        typed: dict[str, pd.Series] = {}
        for column, cells in columns.items():
            declared = declared_type(table, column)
            if cells is None:
                dtype = DTYPES[declared or "text"]
                typed[column] = pd.Series(np.nan, index=frame.index, dtype=dtype)
            elif declared in ("number", "integer"):
                typed[column] = self._numbers(name, column, cells, frame, declared)
            else:
                typed[column] = _as_text_or_own(cells, declared)
        typed |= {ROW: frame[ROW].copy(), FILE: frame[FILE]}
        return pd.DataFrame(typed, index=frame.index, copy=False)  # each column is a copy by now

    def _numbers(
        self, name: str, column: str, cells: pd.Series, frame: pd.DataFrame, kind: str
    ) -> pd.Series:
        """Read numbers; a cell that is not one is found by `bad_value`."""
        if cells.dtype == object or cells.dtype == TEXT:
            cells = cells.where(cells != "", np.nan)
        numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
        wrong = numbers.isna() & cells.notna()
        if kind == "integer":
            wrong |= numbers.notna() & ((numbers % 1 != 0) | (numbers.abs() > 2**53))
        if wrong.any():
            found = frame.assign(**{column: cells.astype(object)})
            found.index = found.index + self._sizes[name]
            cause, remedy = (
                partial("{1!r} is not a valid {0}".format, kind),
                f"Write a {kind}, such as 3",
            )
            cells_found = (name, found, wrong, column, cause, remedy)
            self._findings.append(checks.offenders("bad_value", *cells_found))
            numbers = numbers.mask(wrong)
        return numbers.astype(DTYPES[kind])

    def _identified(self, ties: pd.DataFrame) -> pd.DataFrame:
        """Derive the missing ids of ties, counting equals over everything added so far."""
        blank = ties["id"].isna()
        if not blank.any():
            return ties
        columns = [ties[c][blank].tolist() for c in ("source", "kind", "target", "role", "start")]
        made = self._numbered(derived_ids(*columns))
        ids = ties["id"].to_numpy(dtype=object, copy=True)
        ids[blank.to_numpy()] = made
        return ties.assign(id=pd.Series(ids, index=ties.index, dtype=TEXT))

    def _numbered(self, bases: list[str]) -> list[str]:
        """Give equal ids numbers; those of one table that has no equals are counted when needed."""
        if not self._equals and not self._uncounted and len(set(bases)) == len(bases):
            self._uncounted = bases
            return bases
        equals, made = self._counted(), []
        for base in bases:
            equals[base] = ordinal = equals.get(base, 0) + 1
            made.append(base if ordinal == 1 else f"{base}#{ordinal}")
        return made

    def _counted(self) -> dict[str, int]:
        """Return how often each derived id was made."""
        self._equals.update(dict.fromkeys(self._uncounted, 1))
        self._uncounted = []
        return self._equals

    def _flush(self, name: str) -> None:
        rows, self._rows[name] = self._rows[name], []
        if rows:
            self.add_table(name, pd.DataFrame(rows, dtype=object))

    # -- building ----------------------------------------------------------------------------

    def _tables(self) -> dict[str, pd.DataFrame]:
        for name in SCHEMA.tables:
            self._flush(name)
            if not self._chunks[name]:
                self.add_table(name, pd.DataFrame({c: [] for c in SCHEMA.tables[name].columns}))
        return {name: _stacked(chunks) for name, chunks in self._chunks.items()}

    def findings(self) -> pd.DataFrame:
        """Return everything that is wrong with what was collected, see `checks`."""
        tables = self._tables()
        return checks.findings_table([*self._findings, checks.run(tables)])

    def build(
        self, *, strict: bool = False, errors: Literal["raise", "set_aside"] = "raise"
    ) -> Ecosystem:
        """Check everything and make the ecosystem.

        Parameters
        ----------
        strict
            Treat warnings as errors.
        errors
            ``raise`` on any error, or ``set_aside`` the rows that have one, and what then
            refers to nothing; `aside` lists them afterwards.

        Raises
        ------
        InvalidEcosystem
            With all findings, where there are errors and they are to be raised.
        """
        tables = self._tables()
        found = checks.findings_table([*self._findings, checks.run(tables, warnings=strict)])
        if strict:
            found = found.assign(severity="error")
        wrong = found[found["severity"] == "error"]
        if len(wrong) and errors == "raise":
            raise InvalidEcosystem(wrong.reset_index(drop=True))
        aside = []
        while len(wrong):
            aside.append(wrong)
            for name, frame in tables.items():
                positions = set(wrong["position"][wrong["table"] == name])
                tables[name] = frame[~frame.index.isin(positions)]
            found = checks.run(tables, warnings=False)
            wrong = found[found["severity"] == "error"]
        self.aside = checks.findings_table(aside)
        clean = {name: frame.drop(columns=list(ORIGIN)) for name, frame in tables.items()}
        return Ecosystem(clean, self.about)


def _is_column_name(name: object) -> bool:
    """Return whether a user's own column may be called so, and is then read back from any file."""
    plain = isinstance(name, str) and name == name.strip() and name[:1] not in ("", "_")
    return plain and checks.CONTROL.search(str(name)) is None


def _sorted_pair(frame: pd.DataFrame, a: str, b: str, which: pd.Series) -> pd.DataFrame:
    if not which.any():
        return frame
    swap = which & frame[a].notna() & frame[b].notna() & (frame[a] > frame[b])
    if not swap.any():
        return frame
    return frame.assign(**{a: frame[a].where(~swap, frame[b]), b: frame[b].where(~swap, frame[a])})


def _sorted_ends(ties: pd.DataFrame, undirected: tuple[str, ...]) -> pd.DataFrame:
    return _sorted_pair(ties, "source", "target", ties["kind"].isin(undirected))


def _as_text_or_own(cells: pd.Series, declared: str | None) -> pd.Series:
    """Return cells as text, or in the type a user's own column has."""
    kind = declared or column_type(cells)
    if kind != "text":
        try:
            return cells.astype(DTYPES[kind]).copy()
        except OverflowError:  # digits beyond 64 bits are kept as text
            pass
    # As an object array: letting pandas infer text would fail on lone surrogates.
    values = cells.to_numpy(dtype=object, copy=True)
    blank = cells.isna().to_numpy(dtype=bool)
    if pd.api.types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        values[:] = [v if isinstance(v, str) else str(v) for v in values]
    values[blank | (values == "")] = np.nan
    return pd.Series(values, index=cells.index, dtype=TEXT)


def _stacked(chunks: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack chunks of a table; a user's column takes the type that holds all of them."""
    filled = [chunk for chunk in chunks if len(chunk)] or chunks[:1]
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    out = pd.concat(filled, ignore_index=True)
    mixed = [c for c in out.columns if out[c].dtype == object and c not in ORIGIN]
    for column in mixed:
        out[column] = _as_text_or_own(out[column], None)
    return out
