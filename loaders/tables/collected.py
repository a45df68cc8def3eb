"""What the tables of one mapping name so far: nodes with their ids, other names, and receipts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import ROW
from partnergraph.graph.ids import ID, slug
from partnergraph.loaders.tables.account import Account
from partnergraph.loaders.tables.mapping import TablesMapping
from partnergraph.loaders.tables.sheets.sheet import REJECTED, Found

MOST_ID = 60
_PLAIN_ID = re.compile(ID)


class Collected(Account):
    """The rows collected from all tables, and the account of them.

    Attributes
    ----------
    kind_of
        Kind of each node by its id.
    bearers
        Ids of nodes by every text they are known by, in lower case.
    named
        Kind and key of nodes that have a name; of one sheet alone it is left empty.
    node_parts, alias_parts, receipts
        Rows of nodes, aliases and evidence, by table.
    """

    def __init__(
        self, found: Found, mapping: TablesMapping, sources: Sequence[dict[str, str]]
    ) -> None:
        super().__init__(found, mapping)
        self.sources = list(sources)
        self.builder = EcosystemBuilder(mapping.about)
        self.kind_of: dict[str, str] = {}
        self.bearers: dict[str, set[str]] = {}
        self.named: set[tuple[str, str]] = set()
        self.numbered: list[str] = []
        self.node_parts: list[pd.DataFrame] = []
        self.alias_parts: list[pd.DataFrame] = []
        self.receipts: list[pd.DataFrame] = []
        self._ids: dict[tuple[str, str], str] = {}
        self._taken: dict[str, tuple[str, str]] = {}
        self._names = pd.DataFrame({"id": [], "name": []})
        self._refers = any(n.kind is None for t in mapping.tables for n in t.nodes.values())

    def identify(self, kind: str, key: str, *, loose: bool) -> str:
        """Return the id of a node, the same for the same key, and never one for two keys."""
        same = (kind, key.casefold() if loose else key)
        if same in self._ids:
            return self._ids[same]
        base = key if _PLAIN_ID.fullmatch(key) and len(key) <= MOST_ID else id_for(key, kind)
        new = numbered(base, self._taken)
        if new != base:
            other, named = self._taken[base]
            self.numbered.append(f"{kind} {key!r} ({other} {named!r} has {base})")
        self._taken[new] = kind, key
        self._ids[same] = new
        self.kind_of[new] = kind
        return new

    def note_bearers(self, texts: Sequence[Any], ids: Sequence[str]) -> None:
        """Remember by which texts nodes are known, where other tables refer to them."""
        for text, id in zip(texts, ids, strict=True) if self._refers else ():
            if isinstance(text, str):
                self.bearers.setdefault(text.casefold(), set()).add(id)

    def names_of(self, ids: set[str]) -> dict[str, str]:
        """Return the names of some nodes that were added, by id."""
        some = self._names[self._names["id"].isin(ids)]
        return dict(zip(some["id"], some["name"], strict=True))

    def add_nodes(self) -> None:
        """Add the nodes of all tables, one row each: the first value of an attribute stays."""
        if not self.node_parts:
            return
        parts = [part for part in self.node_parts if len(part)]
        whole = pd.concat(parts, ignore_index=True) if parts else self.node_parts[0]
        again = whole.duplicated("id").to_numpy()
        if again.any():
            many = whole["id"].isin(whole["id"][again])
            twice = whole[many]
            self._list_differing(twice)
            # Copied into one block a type: a table may be too wide for a column to be added.
            first = twice.groupby("id", sort=False).first().copy().reset_index()
            whole = pd.concat([whole[~many], first], ignore_index=True)
        whole["name"] = whole["name"].where(whole["name"].notna(), whole["_key"])
        self._names = whole[["id", "name"]]
        file = whole.pop("_file").iloc[0] if len(whole) else None
        self.builder.add_table("nodes", whole.drop(columns="_key"), file=file)
        if self.alias_parts:
            aliases = pd.concat(self.alias_parts, ignore_index=True)
            names = aliases["node"].map(dict(zip(whole["id"], whole["name"], strict=True)))
            aliases = aliases[(aliases["alias"] != names).to_numpy()].drop_duplicates()
            self.builder.add_table("aliases", aliases)

    def _list_differing(self, twice: pd.DataFrame) -> None:
        """List values of an attribute that differ from what an earlier table says."""
        for column in twice.columns.difference(["id", "kind", ROW, "_file", "_key"]):
            first = twice.groupby("id", sort=False)[column].transform("first")
            unlike = (twice[column].notna() & (twice[column] != first)).to_numpy()
            if unlike.any():
                some, kept = twice[unlike], first[unlike]
                causes = [f"{i} already has {k!r}" for i, k in zip(some["id"], kept, strict=True)]
                values, remedy = some[column].astype(str), "Correct one of the two"
                done = "the first value is kept"
                cells = (some["_file"], some[ROW], column, values, causes, remedy, done)
                self.rejected.append(pd.DataFrame(dict(zip(REJECTED, cells, strict=True))))

    def add_receipts(self) -> None:
        """Add the sources, and the receipts of all facts."""
        for source in self.sources:
            self.builder.source(**source)
        if self.receipts:
            receipts = pd.concat(self.receipts, ignore_index=True)
            if receipts["fact"].duplicated().any():  # a row may name a node twice
                receipts = receipts.drop_duplicates(["fact", "source", "locator"])
            self.builder.add_table("evidence", receipts)


def numbered(base: str, taken: Any) -> str:
    """Return a name that is not taken: the base, else with the first number from 2 that is free."""
    new, number = base, 1
    while new in taken:
        number += 1
        new = f"{base}-{number}"
    return new


def id_for(key: str, kind: str) -> str:
    """Return an id for a key: readable where it can be, else a fingerprint."""
    made = slug(re.sub(r"(?i)^https?://(www\.)?", "", key))
    if not made:
        made = f"{kind}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"
    if len(made) > MOST_ID:
        cut = made[:MOST_ID]
        made = cut.rsplit("-", 1)[0] if "-" in cut[20:] else cut
    return made.strip("-")
