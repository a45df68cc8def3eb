"""What a person says about a table: which columns are nodes, ties and attributes.

A mapping is a YAML file: `loaders.tables.mapping_file` reads it, `loaders.tables.apply_mapping`
carries it out, `partnergraph build FILE --suggest` drafts it, and docs/tables.md describes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import cast

from partnergraph.graph.ecosystem import About


@dataclass(frozen=True)
class Cell:
    """Where a value comes from, and how it is read.

    Attributes
    ----------
    key, line
        Its place in the mapping, for messages.
    columns
        Columns it is made of, joined by `between`; none for a constant.
    value
        The constant.
    split
        What separates several values in one cell.
    map, default
        What values mean, and what blanks and values that are not in the map mean.
    prefix
        Text that is put before it.
    read_as
        Type it is read as; None for the type that the vocabulary gives the attribute.
    """

    key: str
    line: int
    columns: tuple[str, ...] = ()
    between: str = " "
    value: str | None = None
    split: str | None = None
    map: Mapping[str, str | None] = field(default_factory=dict)
    default: str | None = None
    prefix: str = ""
    read_as: str | None = None
    dates: str | None = None
    missing: frozenset[str] = frozenset()
    alias_kind: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Nodes:
    """Nodes that the rows of a table name; without a kind, nodes that other tables describe."""

    label: str
    line: int
    kind: Cell | None
    id: Cell | None
    name: Cell | None
    attributes: Mapping[str, Cell]
    aliases: tuple[Cell, ...] = ()
    required: bool = False

    @property
    def key(self) -> Cell:
        """The cell that tells one node from another."""
        return cast("Cell", self.id or self.name)


@dataclass(frozen=True)
class Ties:
    """Ties that each row of a table states between two of its nodes."""

    line: int
    kind: Cell
    source: str
    target: str
    attributes: Mapping[str, Cell]
    once: bool = False


@dataclass(frozen=True)
class Join:
    """Another table whose columns are added, where columns of both are equal."""

    pattern: str
    on: tuple[tuple[str, str], ...]
    line: int


@dataclass(frozen=True)
class Matrix:
    """A table with a name a row and a name a column, and a cell for each pair."""

    rows: str
    columns: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class TableMapping:
    """What the rows of a table, or of several tables of one form, mean.

    Attributes
    ----------
    persons
        Columns that hold persons: they are kept out of the data, and counted.
    """

    line: int
    file: str = "*"
    sheets: tuple[str, ...] = ("*",)
    header: int | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join: Join | None = None
    explode: tuple[str, ...] = ()
    split: str | None = None
    matrix: Matrix | None = None
    nodes: Mapping[str, Nodes] = field(default_factory=dict)
    ties: tuple[Ties, ...] = ()
    persons: tuple[str, ...] = ()

    def covers(self, file: str, sheet: str) -> bool:
        """Return whether a sheet of a file, or a file that is one table, is meant."""
        return matches(file, self.file) and any(matches(sheet or file, s) for s in self.sheets)


@dataclass(frozen=True)
class TablesMapping:
    """A whole mapping; where `absent`, columns and tables that are not there count as blank."""

    place: str
    about: About
    source: Mapping[str, str]
    tables: tuple[TableMapping, ...]
    missing: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    dates: str | None = None
    absent: bool = False


def matches(name: str, pattern: str) -> bool:
    """Return whether a file or sheet is the one a pattern means; case does not count."""
    name, pattern = name.casefold(), pattern.casefold()
    names = (name, name.removesuffix(".gz"), name.rsplit("/", 1)[-1])
    patterns = (pattern, pattern.removesuffix(".gz"))
    return any(fnmatchcase(n, p) or n == p for n in names for p in patterns)
