"""A Neo4j database as a home for ecosystems: push, pull, status, with nothing lost.

A push first reads what the database holds of the ecosystem and then writes only what differs, so
that a second push writes nothing and one that was interrupted is finished by pushing again. While
it runs the ecosystem is marked incomplete, and nobody can mistake half of it for the whole. Only
nodes with the label ``Partnergraph`` and a key of this ecosystem are ever touched.

Works on Neo4j 5.26 and newer, Community included, without APOC or GDS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.diff import Diff, diff
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import (
    BadParameter,
    ServerFailed,
    ServerRefused,
    ServerUnavailable,
    UnknownName,
    UnusableInput,
)
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.address import from_environment
from partnergraph.graph.neo4j.connection import Door, Record
from partnergraph.graph.neo4j.push import BATCH, Progress, Push, Pushed, declared_own
from partnergraph.graph.neo4j.rows import frame_of, part, prefix, property_of, stored_columns
from partnergraph.graph.schema import node_kinds

HEADS = ("name", "title", "complete", "finished", "run", "written_by")


@dataclass(frozen=True)
class Status:
    """What a database holds.

    Attributes
    ----------
    server, version, edition, database
        Where it is and what it runs.
    constraint
        Whether the constraint that keeps keys unique exists.
    ecosystems
        A row an ecosystem: name, title, complete, finished, run, written_by.
    name, counts
        The ecosystem that is meant, and its nodes, ties and records by kind.
    strangers
        Nodes that are not ours.
    differences
        Against the ecosystem it was compared with; None where there was none.
    """

    server: str
    version: str
    edition: str
    database: str
    constraint: bool
    ecosystems: pd.DataFrame
    name: str
    counts: dict[str, int]
    strangers: int
    differences: Diff | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        differences = None if self.differences is None else self.differences.as_dict()
        plain = {k: v for k, v in vars(self).items() if k not in ("ecosystems", "differences")}
        return {
            **plain,
            "ecosystems": self.ecosystems.to_dict("records"),
            "differences": differences,
        }

    def as_frame(self) -> pd.DataFrame:
        """Return counts, one row per kind; empty if no ecosystem is named."""
        return pd.DataFrame(list(self.counts.items()), columns=["kind", "count"])

    def in_words(self) -> list[str]:
        """Return in words where it is, what it holds, and how the last push ended."""
        where = f"{self.server}, database {self.database or '(default)'}"
        said = [f"{where}: Neo4j {self.version} {self.edition}"]
        said.append(f"constraint on keys: {'exists' if self.constraint else 'does not exist yet'}")
        for row in self.ecosystems.to_dict("records"):
            ended = f"complete since {row['finished']}" if row["complete"] else "INCOMPLETE"
            said.append(f"{row['name']}: push {row['run']} by {row['written_by']}, {ended}")
        said.append(f"nodes of others: {self.strangers}")
        if self.differences is not None:
            number = len(self.differences.as_frame())
            said.append(f"differences: {number or 'none'}")
        return said


class Neo4jStore:
    """One door to a Neo4j database.

    Parameters
    ----------
    uri
        Its address, see `partnergraph.graph.neo4j.address`; ``NEO4J_URI`` where not given.
    auth
        User and password; from the environment or a keyring where not given.
    insecure
        Whether a plaintext scheme may lead to another machine.
    driver
        A driver to use instead of one that is made here, for tests.

    Raises
    ------
    BadParameter
        If the address cannot be used.
    ServerUnavailable, ServerRefused
        If the server does not answer, refuses, or is older than 5.26.
    """

    def __init__(
        self,
        uri: str | None = None,
        *,
        auth: tuple[str, str] | None = None,
        insecure: bool = False,
        driver: Any = None,
    ) -> None:
        address = from_environment(uri, insecure=insecure)
        self.door = Door(address, auth=auth, driver=driver)

    @property
    def _place(self) -> str:
        return str(self.door.address)

    def close(self) -> None:
        """Close the connections."""
        self.door.close()

    def __enter__(self) -> Neo4jStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- pushing -----------------------------------------------------------------------------

    def push(
        self,
        eco: Ecosystem,
        *,
        replace: bool = False,
        dry_run: bool = False,
        batch: int = BATCH,
        progress: Progress | None = None,
    ) -> Pushed:
        """Write an ecosystem, or what has changed in it since; a second push writes nothing.

        Parameters
        ----------
        replace
            Remove what the database has of this ecosystem and the ecosystem no longer has.
        dry_run
            Only return what would be written.
        batch
            Rows a transaction; halved where the server runs out of memory.
        progress
            Called with rows done and rows in all.

        Raises
        ------
        UnusableInput
            If a cell cannot be stored.
        ServerUnavailable, ServerRefused, ServerFailed
            If the server stops answering, refuses or fails. What was confirmed stays, the
            ecosystem stays marked incomplete, and pushing again finishes it.
        """
        if batch < 1:
            raise BadParameter(f"batch={batch}: take 1 or more rows")
        result = Pushed(eco.about.name, dry_run=dry_run)
        push = Push(self.door, eco, result, batch=batch, replace=replace, progress=progress)
        try:
            push.run()
        except (ServerUnavailable, ServerRefused, ServerFailed) as error:
            if not push.begun:
                raise
            words = f"{error}. {push.confirmed} rows were confirmed; push again to finish"
            raise type(error)(words) from None
        return result

    # -- pulling -----------------------------------------------------------------------------

    def pull(
        self,
        name: str | None = None,
        *,
        among: str | Iterable[str] | None = None,
        at: str | None = None,
        around: str | None = None,
        steps: int = 1,
        partial: bool = False,
    ) -> Ecosystem:
        """Read an ecosystem, whole or a part.

        Parameters
        ----------
        name
            Which; not needed where the database has only one.
        among
            Node kinds to read, with the ties between them.
        at
            Only what may have been there at a date, see `Ecosystem.at`.
        around, steps
            Only nodes within so many ties of one node, given by id; counted within `among` and
            `at` where these are given.
        partial
            Read it even where a push was interrupted or the database was changed by hand, without
            rows that refer to nothing.

        Raises
        ------
        UnknownName
            If there is no such ecosystem, kind or node.
        UnusableInput
            If a push was interrupted or is still running.
        InvalidEcosystem
            If the database was changed by hand and is no longer valid; with all findings.
        ServerUnavailable, ServerRefused, ServerFailed
            If the server does not answer, refuses or fails.
        """
        if steps < 0:
            raise BadParameter(f"steps={steps}: take 0 or more")
        kinds = None if among is None else node_kinds(among)
        # Where ties are left out first, distances must be counted on what remains.
        remote = around is not None and kinds is None and at is None
        result = self.read(
            name, among=kinds, around=around if remote else None, steps=steps, partial=partial
        )
        eco = result.builder.build(errors="set_aside" if partial else "raise")
        return part(eco, at=at, around=None if remote else around, steps=steps)

    def read(
        self,
        name: str | None = None,
        *,
        among: Sequence[str] | None = None,
        around: str | None = None,
        steps: int = 1,
        partial: bool = False,
    ) -> ReadResult:
        """Read the rows of an ecosystem without checking them; see `pull`."""
        head = self._head(name)
        if not head.get("complete") and not partial:
            raise UnusableInput(
                f"{self._place}, ecosystem {head['name']}",
                "a push was interrupted or is still running, so only part of it is stored",
                "Push it again to finish, or read the part with partial=True",
            )
        own = declared_own(head)
        builder = EcosystemBuilder(About.from_mapping(head))
        for table, frame in self._tables(head["name"], own, among, around, steps).items():
            builder.add_table(table, frame)
        after = self._head(head["name"])
        if (after.get("run"), after.get("complete")) != (head.get("run"), head.get("complete")):
            raise UnusableInput(
                f"{self._place}, ecosystem {head['name']}",
                "it was pushed again while it was being read",
                "Read it again",
            )
        return ReadResult(builder)

    def _unchecked(self, name: str) -> Ecosystem:
        """Return the stored tables unchecked, to compare them."""
        head = self._head(name)
        tables = self._tables(name, declared_own(head), None, None, 0)
        try:
            return Ecosystem(tables, About.from_mapping(head))
        except (TypeError, ValueError):
            # Somebody put text where numbers belong.
            return self.pull(name, partial=True)

    def _tables(
        self,
        name: str,
        own: Mapping[str, Mapping[str, str]],
        among: Sequence[str] | None,
        around: str | None,
        steps: int,
    ) -> dict[str, pd.DataFrame]:
        """Read the six tables; of records only those of what was read, sources and judgements."""
        found: dict[str, pd.DataFrame] = {}
        only: dict[str, Any] = {}
        if among is not None:
            only["kinds"] = [cypher.label(kind) for kind in among]
        if around is not None:
            only["ids"] = self._ball(name, around, steps)
        flags = dict.fromkeys(only, True)
        for table in ("nodes", "ties"):
            columns = stored_columns(table, own)
            read = cypher.read_nodes if table == "nodes" else cypher.read_ties
            query = read([property_of(c) for c in columns], **flags)
            parameters = {"prefix": prefix(name), "labels": list(cypher.KIND_OF_LABEL), **only}
            nested = table == "ties"
            got = self.door.lists(f"reading {table}", query, nested=nested, **parameters)
            found[table] = frame_of(table, got, columns, own.get(table, {}))
        parts = {
            "aliases": ("node", found["nodes"]["id"].tolist()),
            "evidence": ("fact", [*found["nodes"]["id"], *found["ties"]["id"]]),
        }
        for table in cypher.RECORDS:
            columns = stored_columns(table, own)
            among_column, wanted = parts.get(table, ("", [])) if only else ("", [])
            query = cypher.read_records(
                table, [property_of(c) for c in columns], among=among_column
            )
            got = self.door.lists(
                f"reading {table}", query, prefix=prefix(name, table), wanted=wanted
            )
            found[table] = frame_of(table, got, columns, own.get(table, {}))
        return found

    def _ball(self, name: str, start: str, steps: int) -> list[str]:
        """Return the ids of the nodes within so many ties, found on the server ring by ring."""
        query = cypher.read_nodes(["id"], ids=True)
        labels = list(cypher.KIND_OF_LABEL)
        there = self.door.lists(
            "looking up a node", query, prefix=prefix(name), labels=labels, ids=[start]
        )
        if not there:
            raise UnknownName("node", start, [])
        reached, ring = {start}, [start]
        for _ in range(steps):
            near = self.door.values("walking", cypher.NEIGHBOURS, prefix=prefix(name), ids=ring)
            ring = sorted(set(near) - reached)
            if not ring:
                break
            reached.update(ring)
        return sorted(reached)

    def ecosystems(self) -> list[dict[str, Any]]:
        """Return what is said of each ecosystem in the database, by name."""
        return self.door.values("listing ecosystems", cypher.READ_HEADS)

    def _head(self, name: str | None) -> dict[str, Any]:
        """Return what is said of one ecosystem: the named one, or the only one."""
        wanted = name or self.door.address.ecosystem
        heads = {head["name"]: head for head in self.ecosystems()}
        if not wanted and len(heads) == 1:
            return next(iter(heads.values()))
        if wanted in heads:
            return heads[wanted]
        if not heads:
            raise UnusableInput(
                self._place,
                "the database has no ecosystem",
                "Push one, or read what others wrote through a mapping",
            )
        if not wanted:
            raise BadParameter(
                f"{self._place} holds {', '.join(heads)}. Name one: {self._place}#{min(heads)}"
            )
        raise UnknownName("ecosystem", wanted, list(heads))

    # -- status ------------------------------------------------------------------------------

    def status(self, name: str | None = None, *, against: Ecosystem | None = None) -> Status:
        """Return what the database holds, and how it differs from an ecosystem.

        Parameters
        ----------
        name
            Which ecosystem to count; that of `against`, or the only one, where not given.
        against
            An ecosystem to compare with.

        Raises
        ------
        UnknownName
            If there is no such ecosystem.
        ServerUnavailable, ServerRefused, ServerFailed
            If the server does not answer, refuses or fails.
        """
        heads = self.ecosystems()
        names = [head["name"] for head in heads]
        given = against.about.name if against is not None else self.door.address.ecosystem
        name = name or given or (names[0] if len(names) == 1 else "")
        there = name in names
        if name and against is None and not there:
            raise UnknownName("ecosystem", name, names)
        constraints = self.door.read("listing constraints", cypher.CONSTRAINTS)
        strangers = self.door.values("counting", cypher.COUNT_STRANGERS)[0]
        differences = None
        if against is not None:
            differences = diff(against, self._unchecked(name) if there else Ecosystem({}))
        return Status(
            server=self._place,
            version=self.door.version,
            edition=self.door.edition,
            database=self.door.database or "",
            constraint=any(row[1] == ["key"] for row in constraints),
            ecosystems=pd.DataFrame([[h.get(c) for c in HEADS] for h in heads], columns=HEADS),
            name=name,
            counts=self._counts(name) if there else {},
            strangers=strangers,
            differences=differences,
        )

    def _counts(self, name: str) -> dict[str, int]:
        labels = list(cypher.KIND_OF_LABEL)
        counts: dict[str, int] = {}
        for label, count in self.door.read(
            "counting", cypher.COUNT_NODES, prefix=prefix(name), labels=labels
        ):
            counts[cypher.KIND_OF_LABEL.get(label, "without a kind")] = count
        for type_, count in self.door.read("counting", cypher.COUNT_TIES, prefix=prefix(name)):
            counts[cypher.KIND_OF_TYPE[type_]] = count
        for table, label in cypher.RECORDS.items():
            found = self.door.read(
                "counting", cypher.COUNT_NODES, prefix=prefix(name, table), labels=[label]
            )
            counts[table] = sum(count for _, count in found)
        return counts

    # -- what others wrote -------------------------------------------------------------------

    def strangers(
        self, labels: Iterable[str], types: Iterable[str]
    ) -> tuple[list[Record], list[Record]]:
        """Read nodes and relationships that are not ours, by label and type.

        Returns
        -------
        tuple of list
            Nodes as rows (element id, labels, properties); relationships as rows (element id,
            type, element id of each end, properties).
        """
        nodes = self.door.read("reading nodes", cypher.STRANGE_NODES, labels=list(labels))
        ties = self.door.read("reading relationships", cypher.STRANGE_TIES, types=list(types))
        return nodes, ties

    def survey(self) -> tuple[dict[tuple[str, ...], int], dict[str, int]]:
        """Count the nodes that are not ours by their labels, and their relationships by type."""
        labels = self.door.read("counting", cypher.STRANGE_LABELS)
        types = self.door.read("counting", cypher.STRANGE_TYPES)
        return {tuple(sorted(found)): n for found, n in labels}, dict(types)
