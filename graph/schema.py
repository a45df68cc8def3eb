"""The vocabulary, read from ``schema.yaml``: the one place where kinds and attributes are spelt.

>>> SCHEMA.node_kinds["network"].label("fr")
'réseau'
>>> SCHEMA.tie_kinds["partner_of"].directed
False
>>> SCHEMA.default_network
('organisation', 'network', 'project')
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from partnergraph.graph.errors import UnknownName
from partnergraph.graph.files import packaged_yaml

LANGUAGES = ("en", "fr", "nl")


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary: its id, what it means, and its labels by language."""

    id: str
    labels: Mapping[str, str]
    meaning: str = ""

    def label(self, language: str = "en") -> str:
        """Return the word to show in a language; English where there is no other."""
        return self.labels.get(language, self.labels["en"])


@dataclass(frozen=True)
class NodeKind(Term):
    """A kind of node; an `actor` acts, a kind with `lends_period` dates the ties that touch it."""

    plurals: Mapping[str, str] = field(default_factory=dict)
    maps_to: Mapping[str, str | None] = field(default_factory=dict)
    subtypes: tuple[str, ...] = ()
    actor: bool = False
    lends_period: bool = False
    in_default_network: bool = False


@dataclass(frozen=True)
class TieKind(Term):
    """A kind of tie: which node kinds it links, and how it enters a network.

    A tie kind that `folds` ties members to a hub, and is folded into pairs of members where the
    hub stays out of the network. A `history` kind never enters a network. A `sought` kind says
    what its source looks for, an `aim` what it works towards, which nobody has to have, and a kind
    that `locates` where it is.
    """

    source_kinds: frozenset[str] = frozenset()
    target_kinds: frozenset[str] = frozenset()
    maps_to: Mapping[str, str | None] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    directed: bool = True
    same_kind: bool = False
    folds: bool = False
    history: bool = False
    sought: bool = False
    aim: bool = False
    locates: bool = False


@dataclass(frozen=True)
class Column(Term):
    """A column of a table: the type of its cells, and what limits them."""

    type: str = "text"
    required: bool = False
    refers_to: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.type in {"number", "integer"}


@dataclass(frozen=True)
class Table:
    """One of the six tables: its columns in the order of writing, and its key."""

    id: str
    meaning: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every row fills."""
        return tuple(name for name, column in self.columns.items() if column.required)


@dataclass(frozen=True)
class Schema:
    """Node kinds, tie kinds, tables and listed values of the vocabulary."""

    node_kinds: Mapping[str, NodeKind]
    tie_kinds: Mapping[str, TieKind]
    tables: Mapping[str, Table]
    values: Mapping[str, Mapping[str, Term]]

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Node kinds that act."""
        return tuple(k for k, kind in self.node_kinds.items() if kind.actor)

    @cached_property
    def default_network(self) -> tuple[str, ...]:
        """Node kinds that make up a network when none are named."""
        return tuple(k for k, kind in self.node_kinds.items() if kind.in_default_network)

    @cached_property
    def period_lenders(self) -> tuple[str, ...]:
        """Node kinds whose period an undated tie to them takes."""
        return tuple(k for k, kind in self.node_kinds.items() if kind.lends_period)

    @cached_property
    def folding(self) -> tuple[str, ...]:
        """Tie kinds that fold through a hub when none are named."""
        return tuple(k for k, kind in self.tie_kinds.items() if kind.folds)

    @cached_property
    def history(self) -> tuple[str, ...]:
        """Tie kinds that tell history and enter no network."""
        return tuple(k for k, kind in self.tie_kinds.items() if kind.history)

    @property
    def declared(self) -> str:
        """Status of a tie that a source states, and of one without a status."""
        return "declared"

    @property
    def inferred(self) -> str:
        """Status of a tie that follows from a source and is not stated in it."""
        return "inferred"

    @property
    def disputed(self) -> str:
        """Status of a tie that somebody contests; such ties count only when asked for."""
        return "disputed"

    @cached_property
    def sought(self) -> tuple[str, ...]:
        """Tie kinds that say what an actor is looking for."""
        return tuple(k for k, kind in self.tie_kinds.items() if kind.sought)

    @cached_property
    def aims(self) -> tuple[str, ...]:
        """Tie kinds that say what a project works towards, and does not need."""
        return tuple(k for k, kind in self.tie_kinds.items() if kind.aim)

    @cached_property
    def locating(self) -> str:
        """Tie kind that says where something is."""
        return next(k for k, kind in self.tie_kinds.items() if kind.locates)

    @cached_property
    def undirected(self) -> tuple[str, ...]:
        """Tie kinds without a direction, stored with their ends sorted."""
        return tuple(k for k, kind in self.tie_kinds.items() if not kind.directed)

    def listed(self, column: Column) -> tuple[str, ...] | None:
        """Return the values a column may take, or None where it is not bound to a list."""
        if column.type == "node_kind":
            return tuple(self.node_kinds)
        if column.type == "tie_kind":
            return tuple(self.tie_kinds)
        return tuple(self.values[column.type]) if column.type in self.values else None


def _names(value: Any) -> tuple[str, ...]:
    """Read a YAML scalar or list as a tuple of names."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _tie_kind(name: str, entry: dict[str, Any]) -> TieKind:
    entry = dict(entry)
    sources, targets = frozenset(entry.pop("from")), frozenset(entry.pop("to"))
    roles = _names(entry.pop("roles", None))
    return TieKind(id=name, source_kinds=sources, target_kinds=targets, roles=roles, **entry)


def _node_kind(name: str, entry: dict[str, Any]) -> NodeKind:
    entry = dict(entry)
    return NodeKind(id=name, subtypes=_names(entry.pop("subtypes", None)), **entry)


def _column(name: str, entry: dict[str, Any]) -> Column:
    entry = dict(entry)
    return Column(id=name, refers_to=_names(entry.pop("refers_to", None)), **entry)


def _read() -> Schema:
    raw = packaged_yaml("partnergraph.graph", "schema.yaml")
    tables = {
        name: Table(
            id=name,
            meaning=entry["meaning"],
            key=tuple(entry["key"]),
            columns=MappingProxyType({c: _column(c, e) for c, e in entry["columns"].items()}),
        )
        for name, entry in raw["tables"].items()
    }
    values = {
        name: MappingProxyType({v: Term(id=v, labels=labels) for v, labels in entry.items()})
        for name, entry in raw["values"].items()
    }
    return Schema(
        node_kinds=MappingProxyType({k: _node_kind(k, e) for k, e in raw["node_kinds"].items()}),
        tie_kinds=MappingProxyType({k: _tie_kind(k, e) for k, e in raw["tie_kinds"].items()}),
        tables=MappingProxyType(tables),
        values=MappingProxyType(values),
    )


SCHEMA = _read()


def node_kinds(kinds: str | Iterable[str]) -> tuple[str, ...]:
    """Return one or more node kinds as a tuple, each once.

    Raises
    ------
    UnknownName
        If the vocabulary does not have one of them.
    """
    return _known("node kind", kinds, SCHEMA.node_kinds)


def tie_kinds(kinds: str | Iterable[str]) -> tuple[str, ...]:
    """Return one or more tie kinds as a tuple, each once.

    Raises
    ------
    UnknownName
        If the vocabulary does not have one of them.
    """
    return _known("tie kind", kinds, SCHEMA.tie_kinds)


def _known(what: str, names: str | Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    wanted = (names,) if isinstance(names, str) else tuple(names)
    for name in wanted:
        if name not in known:
            raise UnknownName(what, name, list(known))
    return tuple(dict.fromkeys(wanted))
