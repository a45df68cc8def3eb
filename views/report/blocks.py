"""What a report is made of: paragraphs, tables, figures and the like, before any template.

Text of the data is kept apart from ours in every line, so that the templates can draw each safely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.facts import Receipt
from partnergraph.views.words import Name, Words, kind_noun, listed, noun_of, tell, told, words

if TYPE_CHECKING:
    from partnergraph.views.report.figures import Drawing

MOST_RANKED = 15
MOST_ROWS = 60
MOST_NAMES = 30
MOST_HELD = 30
# With more columns than this a table is printed on a page on its side.
WIDE = 7
MOST_PLACES = 3
IN_A_CELL = 8
NONE = "–"


@dataclass(frozen=True)
class Line:
    """One line of a cell or a paragraph.

    `small` is for what explains; `url` is what it links to, and `see` the section with its rows.
    """

    words: Words
    small: bool = False
    receipts: tuple[Receipt, ...] = ()
    url: str = ""
    see: str = ""

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Its receipts as source number and place, each once, the first few."""
        return tuple(dict.fromkeys((r.number, r.locator) for r in self.receipts))[:MOST_PLACES]

    @property
    def more_places(self) -> int:
        """How many more places there are."""
        return len({(r.number, r.locator) for r in self.receipts}) - len(self.places)


Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its `tone` is blank, ``callout`` or ``note``."""

    block: ClassVar[str] = "paragraph"
    line: Line
    tone: str = ""


@dataclass(frozen=True)
class Listing:
    """A list of lines."""

    block: ClassVar[str] = "listing"
    lines: tuple[Line, ...]
    tone: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading within a section; `anchor` is the id of the node that it names."""

    block: ClassVar[str] = "heading"
    words: Words
    anchor: str = ""
    level: int = 3


@dataclass(frozen=True)
class Strip:
    """Numbers with their nouns, as large figures."""

    block: ClassVar[str] = "strip"
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row is its heading; `anchors` are the ids that rows are about.

    `numeric` says which columns hold numbers, and `more` what was left out; a `quiet` caption is
    for those who do not see the heading above it.
    """

    block: ClassVar[str] = "table"
    caption: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()
    more: Words = ()
    dense: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Beside:
    """Two tables beside each other."""

    block: ClassVar[str] = "beside"
    tables: tuple[Table, Table]


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption."""

    block: ClassVar[str] = "figure"
    drawing: Drawing
    caption: Words


@dataclass(frozen=True)
class Card:
    """A finding of the brief: what is found, labelled sentences about it, and its number."""

    block: ClassVar[str] = "card"
    line: Line
    rows: tuple[tuple[str, Words], ...]
    counted: int


@dataclass(frozen=True)
class Commands:
    """Commands to type."""

    block: ClassVar[str] = "commands"
    lines: tuple[str, ...]


Block = Paragraph | Listing | Heading | Strip | Table | Beside | Figure | Card | Commands


@dataclass(frozen=True)
class Section:
    """A section of the report; `id` is what findings and contents refer to."""

    id: str
    number: int
    title: str
    blocks: tuple[Block, ...]


def line_of(content: Line | Words | Name | str | float) -> Line:
    """Return a line of what is given: words, a name, or text of ours."""
    if isinstance(content, Line):
        return content
    return Line(content if isinstance(content, tuple) else words("{}", content))


def cell_of(*contents: Line | Words | Name | str | float) -> Cell:
    """Return a cell of lines."""
    return tuple(line_of(content) for content in contents)


def cells_of(*contents: Line | Words | Name | str | float) -> tuple[Cell, ...]:
    """Return cells of one line each."""
    return tuple(cell_of(content) for content in contents)


def names_cell(names: Sequence[Name | str], most: int = 12) -> Cell:
    """Return a cell that lists names."""
    return cell_of(listed(names, most) if names else NONE)


def paragraph(content: Line | Words, tone: str = "") -> Paragraph:
    """Return a paragraph of one line."""
    return Paragraph(line_of(content), tone)


def say(key: str, *, tone: str = "", **parts: object) -> Paragraph:
    """Return a sentence of the catalogue as a paragraph."""
    return paragraph(tell(key, **parts), tone)


def listing(lines: Iterable[Line | Words], tone: str = "") -> Listing:
    """Return a list of lines."""
    return Listing(tuple(map(line_of, lines)), tone)


def first_of(lines: Iterable[Line], most: int = IN_A_CELL) -> Cell:
    """Return a cell of the first lines, with how many more there are."""
    found = tuple(lines)
    left = len(found) - most
    return (*found[:most], small(tell("lists.more", n=left))) if left > 0 else found


def small(content: Words | Name | str) -> Line:
    """Return a line that explains."""
    return replace(line_of(content), small=True)


def cut(number: int, most: int, what: str = "", where: str = "") -> Words:
    """Return how many of a list are left out; `what` is a node kind or a noun."""
    left = number - most
    if left <= 0:
        return ()
    if not what:
        return tell("report.more", n=left, what="", where=where)
    counted = kind_noun(left, what) if what in SCHEMA.node_kinds else noun_of(left, what)
    return tell("report.more", n=left, what=f" {counted}", where=where)


def table(
    key: str,
    rows: Iterable[tuple[Cell, ...]],
    *,
    columns: Sequence[str | Words] = (),
    numeric: tuple[int, ...] = (),
    anchors: tuple[str, ...] = (),
    more: Words = (),
    dense: bool = False,
    quiet: bool = False,
    **parts: object,
) -> Table:
    """Return a table under a sentence of the catalogue, which also names its columns."""
    named = columns or told(f"{key}_columns").split(" | ")
    heads = tuple(c if isinstance(c, tuple) else words("{}", c) for c in named)
    return Table(tell(key, **parts), heads, tuple(rows), numeric, anchors, more, dense, quiet)
