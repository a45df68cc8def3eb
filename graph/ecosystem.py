"""The ecosystem: six tables that belong together, as one immutable value.

Every operation returns a new ecosystem. Tables are handed out as copies that share memory until
they are written to (pandas copy-on-write), so no caller can change an ecosystem by accident.
Columns are those of the vocabulary, in its order, then the user's own in alphabetical order; rows
are sorted by the table's key. Text that is missing is NaN, never an empty string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

import numpy as np
import pandas as pd

from partnergraph.graph.checks import conflicts as list_conflicts
from partnergraph.graph.errors import AmbiguousName, BadParameter, InvalidEcosystem, UnknownName
from partnergraph.graph.ids import ID, ID_RULE
from partnergraph.graph.network_options import (
    Filtered,
    Filters,
    NetworkOptions,
    TwoModeOptions,
    filtered,
)
from partnergraph.graph.periods import Period, days, latest_of, one_date, states, tie_periods
from partnergraph.graph.schema import SCHEMA, node_kinds
from partnergraph.graph.tables import canonical, empty_table, joined
from partnergraph.graph.two_mode import TwoMode, two_mode_of
from partnergraph.graph.weighted_graph import WeightedGraph, network_of

Result = TypeVar("Result")

MOST_KEPT = 64
MOST_ROWS_KEPT = 5_000_000


@dataclass(frozen=True)
class About:
    """What an ecosystem is called and what it is about; saved with it and compared with it.

    Attributes
    ----------
    name
        Short name, ``[a-z0-9][a-z0-9-]*``; it marks the ecosystem's nodes in a shared database.
    focus
        Id of the node from whose point of view the ecosystem is described, if any.
    as_of
        The day that the data describe, one EDTF date, where it is stated; see `Ecosystem.as_of`.
    """

    name: str = "ecosystem"
    title: str = ""
    focus: str = ""
    language: str = ""
    licence: str = ""
    description: str = ""
    as_of: str = ""

    def __post_init__(self) -> None:
        if self.as_of:
            object.__setattr__(self, "as_of", one_date(self.as_of))
        if not re.fullmatch(ID, self.name):
            raise BadParameter(f"{self.name!r} cannot name an ecosystem. {ID_RULE}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> About:
        """Take the known entries of a mapping, as text."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: str(v) for k, v in values.items() if k in known and v is not None})

    def as_dict(self) -> dict[str, str]:
        """Return its entries."""
        return asdict(self)


def as_of(
    about: About, retrieved: Callable[[], Iterable[str]], recorded: Callable[[], Iterable[str]]
) -> tuple[str | None, str]:
    """Return the day that data describe and what that rests on, see `Ecosystem.as_of`."""
    if about.as_of:
        return about.as_of, "stated"
    for basis, dates in (("retrieved", retrieved), ("recorded", recorded)):
        if latest := latest_of(dates()):
            return latest, basis
    return None, ""


class Ecosystem:
    """Organisations, networks, shared projects and capabilities, with a receipt for every fact.

    Build one with `partnergraph.graph.builder.EcosystemBuilder`, or read one with
    `partnergraph.load`; the constructor trusts what it is given.

    Parameters
    ----------
    tables
        Data frames by table name; those that are absent are empty.
    about
        Its name, title, focus, language, licence and description.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], about: About | None = None) -> None:
        self._about = about or About()
        self._tables = {
            name: canonical(name, tables[name]) if name in tables else empty_table(name)
            for name in SCHEMA.tables
        }
        self._remembered: dict[Hashable, Any] = {}

    @classmethod
    def _of(cls, tables: Mapping[str, pd.DataFrame], about: About) -> Ecosystem:
        """Wrap tables that are in canonical form already."""
        eco = cls.__new__(cls)
        eco._about, eco._tables, eco._remembered = about, dict(tables), {}
        return eco

    def __getstate__(self) -> dict[str, Any]:
        return {"_about": self._about, "_tables": self._tables, "_remembered": {}}

    # -- reading -----------------------------------------------------------------------------

    @property
    def about(self) -> About:
        """What it is called and what it is about."""
        return self._about

    @property
    def nodes(self) -> pd.DataFrame:
        """What exists, one row per node."""
        return self.table("nodes")

    @property
    def aliases(self) -> pd.DataFrame:
        """Other names of nodes."""
        return self.table("aliases")

    @property
    def ties(self) -> pd.DataFrame:
        """What links the nodes, one row per fact."""
        return self.table("ties")

    @property
    def sources(self) -> pd.DataFrame:
        """Where facts come from."""
        return self.table("sources")

    @property
    def evidence(self) -> pd.DataFrame:
        """Which source states which fact, and where in it."""
        return self.table("evidence")

    @property
    def judgements(self) -> pd.DataFrame:
        """Decisions of people on whether two nodes are the same."""
        return self.table("judgements")

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name, as a copy that shares memory until it is written to."""
        if name not in self._tables:
            raise UnknownName("table", name, list(self._tables))
        return self._tables[name].copy(deep=False)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The six tables by name."""
        return {name: self.table(name) for name in self._tables}

    def __len__(self) -> int:
        return len(self._tables["nodes"])

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(frame)} {name}" for name, frame in self._tables.items())
        return f"<Ecosystem {self.about.name!r}: {counts}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ecosystem):
            return NotImplemented
        return self.about == other.about and all(
            frame.equals(other._tables[name]) for name, frame in self._tables.items()
        )

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def kind_of(self) -> Mapping[str, str]:
        """Kind of each node by id."""
        nodes = self._tables["nodes"]
        return MappingProxyType(dict(zip(nodes["id"], nodes["kind"], strict=True)))

    @cached_property
    def name_of(self) -> Mapping[str, str]:
        """Name of each node by id."""
        nodes = self._tables["nodes"]
        return MappingProxyType(dict(zip(nodes["id"], nodes["name"], strict=True)))

    @cached_property
    def _bearers(self) -> Mapping[str, list[str]]:
        """Ids of the nodes that bear a name, original id or alias, case folded."""
        nodes, aliases = self._tables["nodes"], self._tables["aliases"]
        pairs = [*zip(nodes["original_id"], nodes["id"], strict=True)]
        pairs += zip(nodes["name"], nodes["id"], strict=True)
        pairs += zip(aliases["alias"], aliases["node"], strict=True)
        bearers: dict[str, list[str]] = {}
        for name, node in pairs:
            if isinstance(name, str):
                ids = bearers.setdefault(name.casefold(), [])
                if node not in ids:
                    ids.append(node)
        return bearers

    @property
    def as_of(self) -> str | None:
        """The day that the data describe, one EDTF date; None where nothing tells.

        A day stated in `about` goes first, then the latest on which a source was retrieved, then
        the latest on which a receipt was recorded; `as_of_basis` says which. Verbs, the report and
        the page count what may exist on it: ``at=eco.as_of`` is their default. Functions count the
        whole record unless they get a date.
        """
        return self._as_of[0]

    @property
    def as_of_basis(self) -> str:
        """What `as_of` rests on: ``stated``, ``retrieved``, ``recorded``, or nothing."""
        return self._as_of[1]

    @cached_property
    def _as_of(self) -> tuple[str | None, str]:
        return as_of(
            self.about,
            lambda: self._tables["sources"]["retrieved"].dropna().unique(),
            lambda: self._tables["evidence"]["recorded_on"].dropna().unique(),
        )

    def states(self, at: str | None = None) -> tuple[pd.Series, pd.Series]:
        """Return how each node, and each tie, stands to a date, by default `as_of`.

        Returns
        -------
        tuple of Series
            In the order of `nodes` and of `ties`, each ``running``, ``planned``, ``ended`` or
            ``undated``; running and undated ones are what `at` keeps. Without any date ``undated``,
            and None for what has a period.

        Raises
        ------
        BadParameter
            If the date is not EDTF.
        """
        return states(self._tables["nodes"], self._tables["ties"], at or self.as_of)

    def resolve(self, name: str) -> str:
        """Return the id that is meant by an id, an original id, or a unique name or alias.

        Raises
        ------
        UnknownName
            If no node is called so.
        AmbiguousName
            If several are.
        """
        if name in self.kind_of:
            return name
        found = self._bearers.get(name.casefold(), [])
        if len(found) > 1:
            raise AmbiguousName(name, sorted(found))
        if not found:
            raise UnknownName("node", name, [*self.kind_of, *self.name_of.values()])
        return found[0]

    # -- restricting -------------------------------------------------------------------------

    def without(self, ids: str | Iterable[str]) -> Ecosystem:
        """Leave out nodes, with their ties and aliases and the receipts of all these.

        Raises
        ------
        UnknownName, AmbiguousName
            If a node does not exist, or a name is ambiguous.
        """
        names = [ids] if isinstance(ids, str) else ids
        gone = {self.resolve(name) for name in names}
        return self._keep_nodes(~self._tables["nodes"]["id"].isin(gone))

    def only(self, kinds: str | Iterable[str]) -> Ecosystem:
        """Keep nodes of the given kinds, and the ties between them.

        Raises
        ------
        UnknownName
            If the vocabulary has no such kind.
        """
        wanted = node_kinds(kinds)
        return self._keep_nodes(self._tables["nodes"]["kind"].isin(wanted))

    def at(self, date: str, *, undated: Literal["keep", "drop"] = "keep") -> Ecosystem:
        """Keep what may have been there at a date, at that date's own precision.

        A tie stays when its period may overlap the date; one without a period takes that of the
        project it touches, else it is undated. A node outside its own period leaves with its ties;
        what recurs counts from its start on.

        Parameters
        ----------
        date
            One EDTF date or interval, such as ``2018``, ``2018-10`` or ``2017/2018``.
        undated
            Whether ties without a period are kept or dropped; undated nodes always stay.

        Raises
        ------
        BadParameter
            If the date is not EDTF.
        """
        if undated not in ("keep", "drop"):
            raise BadParameter(f"undated={undated!r}: take 'keep' or 'drop'")
        moment = Period.parse(date)
        nodes = self._tables["nodes"]
        first, last = days(nodes)
        there = (first <= moment.latest) & (last >= moment.earliest)
        eco = self._keep_nodes(pd.Series(there, index=nodes.index))
        ties = eco._tables["ties"]
        first, last = days(ties)
        stays = (first <= moment.latest) & (last >= moment.earliest)
        if undated == "drop":
            stays &= ~eco.undated_ties().to_numpy()
        return eco.keep_ties(stays)

    def dated(self) -> Ecosystem:
        """Keep ties with a period of their own, or of a project they touch."""
        return self.keep_ties(~self.undated_ties())

    def undated_ties(self) -> pd.Series:
        """Return of each tie whether neither it nor a project it touches has a period."""
        return tie_periods(self._tables["nodes"], self._tables["ties"]).isna().all(axis=1)

    def with_status(self, status: str | Iterable[str]) -> Ecosystem:
        """Keep ties with one of these statuses; a tie without a status counts as declared."""
        listed = list(SCHEMA.values["status"])
        wanted = [status] if isinstance(status, str) else list(status)
        for value in wanted:
            if value not in listed:
                raise UnknownName("status", value, listed)
        return self.keep_ties(self._tables["ties"]["status"].fillna(SCHEMA.declared).isin(wanted))

    def confirmed(self) -> Ecosystem:
        """Keep ties that have been confirmed."""
        return self.with_status("confirmed")

    def keep_ties(self, keep: pd.Series | np.ndarray) -> Ecosystem:
        """Keep the ties whose row in `ties` is marked, with the receipts of what is left."""
        return self if keep.all() else self._keep_ties(keep)

    def _keep_nodes(self, keep: pd.Series) -> Ecosystem:
        if keep.all():
            return self
        tables = dict(self._tables)
        tables["nodes"] = _rows(tables["nodes"], keep)
        left = set(tables["nodes"]["id"])
        tables["aliases"] = _rows(tables["aliases"], tables["aliases"]["node"].isin(left))
        ties = tables["ties"]
        inside = ties["source"].isin(left) & ties["target"].isin(left)
        return Ecosystem._of(tables, self.about)._keep_ties(inside)

    def _keep_ties(self, keep: pd.Series | np.ndarray) -> Ecosystem:
        tables = dict(self._tables)
        tables["ties"] = _rows(tables["ties"], keep)
        facts = {*tables["nodes"]["id"], *tables["ties"]["id"]}
        tables["evidence"] = _rows(tables["evidence"], tables["evidence"]["fact"].isin(facts))
        return Ecosystem._of(tables, self.about)

    # -- joining -----------------------------------------------------------------------------

    def merge(self, *others: Ecosystem, conflicts: Literal["raise", "keep"] = "raise") -> Ecosystem:
        """Join ecosystems: rows by key, a blank filled from whichever has a value.

        Parameters
        ----------
        conflicts
            Where two ecosystems give one attribute of one row two values: ``raise``, or ``keep``
            the value of the earlier one. `partnergraph.graph.checks.conflicts` lists them.

        Raises
        ------
        InvalidEcosystem
            If values conflict and ``conflicts="raise"``.
        """
        merged = self
        for other in others:
            found = list_conflicts(merged._tables, other._tables)
            if len(found) and conflicts == "raise":
                raise InvalidEcosystem(found)
            tables = {
                name: joined(name, merged._tables[name], other._tables[name])
                for name in SCHEMA.tables
            }
            merged = Ecosystem(tables, merged.about)
        return merged

    def with_about(self, **changes: str) -> Ecosystem:
        """Return the same ecosystem with other entries in `about`."""
        return Ecosystem._of(self._tables, About(**{**self.about.as_dict(), **changes}))

    # -- forms -------------------------------------------------------------------------------

    def sizes(self) -> tuple[int, int]:
        """Return the numbers of nodes and of ties."""
        return len(self), len(self._tables["ties"])

    def filtered(self, filters: Filters | None = None, **keywords: Any) -> Filtered[Ecosystem]:
        """Return what filters leave, with what each did.

        Filters are given as one value or as keywords, see
        `partnergraph.graph.network_options.Filters`.
        """
        wanted = Filters.of(keywords) if filters is None else filters
        return self._once(wanted, lambda: filtered(self, wanted))

    def weighted_graph(
        self, options: NetworkOptions | None = None, **keywords: Any
    ) -> WeightedGraph:
        """Fold and collapse into the network that measures run on.

        Options are given as one value or as keywords, filters among them, see
        `partnergraph.graph.network_options.NetworkOptions`.

        Raises
        ------
        UnknownName, AmbiguousName, BadParameter
            If a keyword is not an option, or names a node or kind that does not exist.
        """
        wanted = NetworkOptions.of(keywords) if options is None else options

        def make() -> WeightedGraph:
            left, ids = self.filtered(wanted.filters), self._tables["ties"]["id"]
            numbers = np.arange(len(ids))
            if left.size[1] < len(ids):
                numbers = pd.Index(ids).get_indexer(left.eco.ties["id"])
            return network_of(left.eco, wanted, left.recipe, numbers, len(ids))

        return self._once(wanted, make)

    def two_mode(self, options: TwoModeOptions | None = None, **keywords: Any) -> TwoMode:
        """Lay out who is tied to what as a matrix.

        Options are given as one value or as keywords, filters among them, see
        `partnergraph.graph.network_options.TwoModeOptions`.

        Raises
        ------
        UnknownName, AmbiguousName, BadParameter
            If a keyword is not an option, a kind is both a row and a column, or a name or kind
            does not exist.
        """
        wanted = TwoModeOptions.of(keywords) if options is None else options

        def make() -> TwoMode:
            left = self.filtered(wanted.filters)
            return two_mode_of(left.eco, wanted, left.recipe)

        return self._once(wanted, make)

    def _once(self, asked: Hashable, make: Callable[[], Result]) -> Result:
        """Return what was made before for the same question, as an ecosystem never changes."""
        kept = self._remembered
        if asked not in kept:
            made = make()
            # A small ecosystem keeps them all; a large one does not hold its networks in memory.
            while len(kept) >= max(1, min(MOST_KEPT, MOST_ROWS_KEPT // (1 + sum(self.sizes())))):
                kept.pop(next(iter(kept)), None)
            kept[asked] = made
        return cast(Result, kept[asked])


def _rows(frame: pd.DataFrame, keep: pd.Series | np.ndarray) -> pd.DataFrame:
    return frame[np.asarray(keep, dtype=bool)].reset_index(drop=True)
