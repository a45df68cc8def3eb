"""One push under way: the database is read table by table, and only what differs is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from partnergraph import __version__
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import ServerFailed
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.connection import Door, TooLarge
from partnergraph.graph.neo4j.rows import (
    Row,
    own_columns,
    prefix,
    property_of,
    refuse_half_characters,
    rows,
    stored_columns,
)
from partnergraph.graph.schema import SCHEMA

Progress = Callable[[int, int], None]
BATCH = 5_000


@dataclass
class Pushed:
    """What a push did, or would do.

    Attributes
    ----------
    name
        The ecosystem.
    counts
        By table: how many rows are ``created``, ``changed`` or ``unchanged``; which are in the
        database only are ``removed``, or ``left`` where they were not to be removed.
    written
        What the server counted: nodes and relationships created and deleted, properties set and
        so on. Empty where nothing was written.
    released
        Nodes that are gone from the ecosystem and stay as strangers, because relationships that
        are not ours hang on them.
    statements
        Statements sent, or to be sent, with the number of their rows.
    dry_run
        Whether nothing was to be written.
    """

    name: str
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    released: int = 0
    statements: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def changes(self) -> int:
        """Number of rows that were, or would be, created, changed or removed."""
        doing = ("created", "changed", "removed")
        return sum(count.get(what, 0) for count in self.counts.values() for what in doing)

    def in_words(self) -> list[str]:
        """Return what happened, one sentence for each table, then what the server counted."""
        said = []
        for table, counts in self.counts.items():
            words = ", ".join(f"{n} {what}" for what, n in counts.items() if n)
            if words:
                said.append(f"{table}: {words}")
        if any(counts.get("left") for counts in self.counts.values()):
            said.append(
                "rows left exist in the database only; replace=True (--replace) removes them"
            )
        if self.released:
            said.append(
                f"nodes kept because relationships of others are attached to them: {self.released}"
            )
        if self.dry_run:
            said += [f"would send for {n} rows:\n{text}" for text, n in self.statements.items()]
            return [*said, f"{self.name}: nothing was written (dry run)"]
        counted = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in self.written.items())
        return [*said, f"{self.name} is pushed: {counted or 'nothing had changed, 0 written'}"]


class Push:
    """Brings the database to what an ecosystem holds; `run` may be repeated at any time.

    Parameters
    ----------
    batch
        Rows a transaction, at first.
    replace
        Whether what only the database has is removed.
    progress
        Called with rows done and rows in all.
    """

    def __init__(
        self,
        door: Door,
        eco: Ecosystem,
        result: Pushed,
        *,
        batch: int = BATCH,
        replace: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.door, self.eco, self.result, self.batch = door, eco, result, batch
        self.replace, self.progress = replace, progress
        self.name = eco.about.name
        self.confirmed = self.done = 0
        self.total = sum(map(len, eco.tables.values()))
        self.begun = False
        self.own = own_columns(eco)
        heads = door.values("listing ecosystems", cypher.READ_HEADS)
        self.head: dict[str, Any] = next((h for h in heads if h["name"] == self.name), {})
        self.old_own = declared_own(self.head)

    def run(self) -> None:
        """Constraint, then nodes, sources and other records, then ties; removals last."""
        refuse_half_characters(self.eco)
        self._constrain()
        surplus = {table: self._table(table) for table in ("nodes", *cypher.RECORDS, "ties")}
        for table in reversed(surplus):
            gone = surplus[table]
            self.result.counts[table]["removed" if self.replace else "left"] = len(gone)
            if self.replace:
                self._remove(table, gone)
        said = self._said()
        if any(self.head.get(key) != value for key, value in said.items()):
            self._begin()
        if not self.result.dry_run and (self.begun or not self.head.get("complete")):
            where = prefix(self.name, "about")
            self._count(self.door.write("finishing", cypher.FINISH_HEAD, prefix=where)[1])

    def _constrain(self) -> None:
        if self.result.dry_run:
            self.result.statements[cypher.CONSTRAINT] = 1
            return
        self._count(self.door.write("making the constraint", cypher.CONSTRAINT)[1])
        self.door.read("waiting for the index", cypher.AWAIT_INDEXES)

    # -- table by table ----------------------------------------------------------------------

    def _table(self, table: str) -> list[Row]:
        """Write what is new or differs in a table; return what only the database has."""
        columns = stored_columns(table, self.own, self.old_own)
        wanted = {row[0]: row for row in rows(self.eco, table, columns)}
        links = len(cypher.LINKS.get(table, ()))
        fresh = dict(wanted)
        changed: list[Row] = []
        surplus: list[Row] = []
        typed = self._retyped(table)
        for there in self._there(table, columns):
            want = fresh.pop(there[0], None)
            if want is None:
                surplus.append(there)
            elif not _same(want, there, links, typed=typed):
                changed.append(want)
        moved: list[Row] = []
        if table == "ties" and surplus:
            # Its id is that of a tie we have, with other ends or of another kind: the same fact.
            ids = {row[4] for row in fresh.values()}
            moved = [row for row in surplus if row[4] in ids]
            surplus = [row for row in surplus if row[4] not in ids]
        same = len(wanted) - len(fresh) - len(changed)
        self.result.counts[table] = {
            "created": len(fresh) - len(moved),
            "changed": len(changed) + len(moved),
            "unchanged": same,
        }
        self._advance(same)
        self._remove(table, moved)
        self._write(table, fresh.values(), columns)
        self._write(table, changed, columns, blanks=True)
        return surplus

    def _retyped(self, table: str) -> bool:
        """Return whether an own column of a table has another type than at the last push."""
        old, new = self.old_own.get(table, {}), self.own.get(table, {})
        return any(old.get(column, kind) != kind for column, kind in new.items())

    def _there(self, table: str, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a table that the database has."""
        properties = [property_of(column) for column in columns]
        if table == "nodes":
            query = cypher.read_nodes(properties)
        elif table == "ties":
            query = cypher.read_ties(properties, keyed=True)
        else:
            query = cypher.read_records(table, properties, linked=True)
        where, labels = prefix(self.name, table), list(cypher.KIND_OF_LABEL)
        nested = table == "ties"
        return self.door.lists(
            f"comparing {table}", query, nested=nested, prefix=where, labels=labels
        )

    def _write(
        self, table: str, found: Iterable[Row], columns: Sequence[str], *, blanks: bool = False
    ) -> None:
        """Write rows, kind by kind; blanks are sent only where they may remove something."""
        lead = (4 if table == "ties" else 2) + len(cypher.LINKS.get(table, ()))
        groups: dict[str, list[Row]] = {}
        for row in found:
            groups.setdefault(row[1], []).append(row)
        for group, some in groups.items():
            by_position = list(zip(*some, strict=True))
            used = [
                i
                for i in range(len(columns))
                if blanks or any(cell is not None for cell in by_position[lead + i])
            ]
            query = _writing(table, group, [property_of(columns[i]) for i in used])
            sent = zip(*by_position[:lead], *(by_position[lead + i] for i in used), strict=True)
            lines = list(sent)
            written = self._send(f"writing {table}", query, lines, prefix(self.name, table))
            if written < len(lines) and not self.result.dry_run:
                raise ServerFailed(
                    f"{self.door.address}: {len(lines) - written} {table} lost an end while they "
                    "were written; somebody else removes nodes. Push again"
                )

    def _remove(self, table: str, found: Sequence[Row]) -> None:
        """Remove rows; a node that others hung something on is let go instead."""
        where = prefix(self.name, table)
        if not found:
            return
        if table == "ties":
            groups: dict[str, list[Row]] = {}
            for row in found:
                groups.setdefault(row[1], []).append(row[:3])
            for type_, some in groups.items():
                query = cypher.remove_ties(cypher.KIND_OF_TYPE[type_])
                self._send("removing ties", query, some, where)
            return
        keys = [row[:1] for row in found]
        records = f"{self.name}/"
        self._send(f"removing {table}", cypher.REMOVE_LINKS, keys, where, records=records)
        removed = self._send(f"removing {table}", cypher.REMOVE_NODES, keys, where)
        if removed < len(keys) and not self.result.dry_run:
            released = self._send(f"releasing {table}", cypher.RELEASE_NODES, keys, where)
            self.result.released += released

    # -- batch by batch ----------------------------------------------------------------------

    def _send(self, doing: str, query: str, found: Sequence[Row], where: str, **more: str) -> int:
        """Send rows in batches, halved if the server runs out of memory; return its counts."""
        if not found:
            return 0
        self.result.statements[query] = self.result.statements.get(query, 0) + len(found)
        if self.result.dry_run:
            return 0
        self._begin()
        written = position = 0
        while position < len(found):
            some = found[position : position + self.batch]
            try:
                count, counters = self.door.write(doing, query, rows=some, prefix=where, **more)
            except TooLarge:
                if len(some) == 1:
                    raise ServerFailed(
                        f"{self.door.address}: the server has no memory for a single row while "
                        f"{doing}. Give it more (server.memory.heap.max_size)"
                    ) from None
                self.batch = len(some) // 2
                continue
            self._count(counters)
            written += count
            position += len(some)
            self.confirmed += len(some)
            if doing.startswith("writing"):
                self._advance(len(some))
        return written

    def _begin(self) -> None:
        """Mark the ecosystem incomplete before the first thing is written."""
        if self.begun or self.result.dry_run:
            return
        self.begun = True
        said = {**self._said(), "complete": False, "run": int(self.head.get("run") or 0) + 1}
        row, where = ("", *said.values()), prefix(self.name, "about")
        counted = self.door.write(
            "beginning", cypher.write_head(list(said)), rows=[row], prefix=where
        )
        self._count(counted[1])

    def _said(self) -> dict[str, Any]:
        """Return what the ecosystem's own node says; what stays keeps its own columns."""
        return head_of(self.eco, {} if self.replace else self.old_own)

    def _count(self, counters: Counter[str]) -> None:
        self.result.written.update(counters)

    def _advance(self, count: int) -> None:
        self.done += count
        if self.progress is not None and count:
            self.progress(self.done, self.total)


def _writing(table: str, group: str, properties: Sequence[str]) -> str:
    """Return the statement that writes rows of one label or type."""
    if table == "nodes":
        return cypher.write_nodes(cypher.KIND_OF_LABEL[group], properties)
    if table == "ties":
        return cypher.write_ties(cypher.KIND_OF_TYPE[group], properties)
    return cypher.write_records(table, properties)


def _same(want: Row, there: Row, links: int, *, typed: bool) -> bool:
    """Return whether a row is in the database as it should be; links may be more, never fewer."""
    if typed and [type(cell) for cell in want] != [type(cell) for cell in there]:
        return False
    if not links:
        return want == there
    ends = slice(2, 2 + links)
    linked = all(set(a) <= set(b) for a, b in zip(want[ends], there[ends], strict=True))
    return linked and (want[:2], want[2 + links :]) == (there[:2], there[2 + links :])


def head_of(
    eco: Ecosystem, kept: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what an ecosystem's own node says: what it is called, and the user's own columns.

    Parameters
    ----------
    kept
        Own columns of an earlier push, of rows that stay.
    """
    about = {key: value or None for key, value in eco.about.as_dict().items()}
    new = own_columns(eco)
    own = {table: {**kept.get(table, {}), **new.get(table, {})} for table in {*kept, *new}}
    declared = json.dumps(own, sort_keys=True) if own else None
    by = f"partnergraph {__version__}"
    return {**about, "own_columns": declared, "schema": 1, "written_by": by}


def declared_own(head: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the user's own columns by table, with their types, as an ecosystem's node says."""
    own: dict[str, dict[str, str]] = json.loads(head.get("own_columns") or "{}")
    return {table: columns for table, columns in own.items() if table in SCHEMA.tables}
