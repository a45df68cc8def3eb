"""What a person says about a table: which columns are nodes, ties and attributes.

A mapping is a YAML file; `partnergraph build FILE --suggest` drafts one, and docs/tables.md
describes it. This module reads one and says what is wrong with it: line, key, cause, nearest name.
`partnergraph.loaders.tables.apply_mapping` does what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import decode
from partnergraph.graph.formats.read_result import about_of
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.cells import READERS

MOST_BYTES = 2_000_000
ORDERS = ("dmy", "mdy")
SPECIAL = ("$file", "$sheet", "$row")
_ABOUT = ("name", "title", "focus", "language", "licence", "description")
_SOURCE = tuple(c for c in SCHEMA.tables["sources"].columns if c != "sha256")
_TOP = (*_ABOUT, "source", "missing", "open", "dates", "absent", "tables")
_TABLE = ("file", "sheet", "header", "where", "join", "explode", "split", "matrix", "nodes", "ties")
_CELL = (
    "column",
    "columns",
    "between",
    "value",
    "split",
    "map",
    "default",
    "prefix",
    "as",
    "dates",
    "missing",
)
_ALIAS = (*_CELL, "kind", "language")
_NODE_OWN = ("kind", "id", "name", "aliases", "required")
_TIE_OWN = ("kind", "source", "target", "once")


@dataclass(frozen=True)
class Cell:
    """Where a value comes from, and how it is read.

    Attributes
    ----------
    key
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
        Type it is read as; blank: the one the vocabulary gives the attribute.
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
    """What the rows of a table, or of several tables alike, mean."""

    line: int
    file: str = "*"
    sheet: str = "*"
    header: int | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join: Join | None = None
    explode: tuple[str, ...] = ()
    split: str | None = None
    matrix: Matrix | None = None
    nodes: Mapping[str, Nodes] = field(default_factory=dict)
    ties: tuple[Ties, ...] = ()


@dataclass(frozen=True)
class TablesMapping:
    """A whole mapping; `absent` says whether columns that are not there are blank."""

    place: str
    about: About
    source: Mapping[str, str]
    tables: tuple[TableMapping, ...]
    missing: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    dates: str | None = None
    absent: bool = False


class _Lined(dict[str, Any]):
    """A mapping of YAML that knows the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


def read_mapping(path: Path) -> TablesMapping:
    """Read a mapping from a file.

    Raises
    ------
    MissingInput, UnusableInput
        Where it is not there, is no YAML, or says what cannot be done; with line and key.
    """
    data = read_bytes(path)
    if len(data) > MOST_BYTES:
        raise UnusableInput(path, f"it has {len(data):,} bytes", "A mapping is a short text")
    return parse_mapping(decode(data, path)[0], str(path))


def parse_mapping(text: str, place: str) -> TablesMapping:
    """Read a mapping from text; see `read_mapping`."""
    return _Parser(place).whole(_tree(text, place))


def _tree(text: str, place: str) -> Any:
    """Read YAML with every scalar as text, so that NO is Norway and 007 keeps its zeros."""
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise UnusableInput(place, "it has aliases (*name)", "Write what they stand for")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        cause = f"it is no YAML ({error.problem})"
        raise UnusableInput(f"{place}, line {line}", cause, "Look at quotes and indents") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UnusableInput(place, f"it is no YAML ({error})", "Look at the text") from None
    return _plain(node, place)


def _plain(node: Any, place: str, depth: int = 0) -> Any:
    import yaml

    if depth > 20:
        raise UnusableInput(place, "it is nested too deeply", "See docs/tables.md")
    if isinstance(node, yaml.MappingNode):
        out = _Lined(node.start_mark.line + 1)
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in out:
                where = f"{place}, line {line}, {name}"
                raise UnusableInput(where, f"{name} is there twice", "Remove one of the two")
            out[name], out.lines[name] = _plain(value, place, depth + 1), line
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value, place, depth + 1) for value in node.value]
    blank = node is None or (node.tag.endswith(":null") and node.style is None)
    return None if blank else str(node.value)


class _Parser:
    """Turns the tree of a mapping into what it says, or one message."""

    def __init__(self, place: str) -> None:
        self.place = place

    def fail(self, line: int, key: str, cause: str, remedy: str) -> UnusableInput:
        where = f"{self.place}, line {line}" + (f", {key}" if key else "")
        return UnusableInput(where, cause, remedy)

    def keys(self, tree: Any, key: str, allowed: Collection[str], line: int = 1) -> _Lined:
        """Return a mapping whose keys are all allowed."""
        if not isinstance(tree, _Lined):
            words = f"{key or 'it'} has no keys of its own"
            raise self.fail(line, key, words, f"Give it some of {', '.join(allowed)}")
        for name in tree:
            if name not in allowed:
                near = get_close_matches(name, allowed, n=1, cutoff=0.6)
                remedy = f"Did you mean {near[0]}?" if near else f"Take {', '.join(allowed)}"
                inner = f"{key}.{name}" if key else name
                raise self.fail(
                    tree.line_of(name), inner, f"there is no key {name!r} here", remedy.rstrip("?")
                )
        return tree

    def whole(self, tree: Any) -> TablesMapping:
        top = self.keys(tree, "", _TOP)
        about = about_of({k: top[k] for k in _ABOUT if top.get(k)}, f"{self.place}, name")
        source = self.keys(top.get("source") or _Lined(1), "source", _SOURCE, top.line_of("source"))
        tables = top.get("tables")
        if not isinstance(tables, list) or not tables:
            remedy = "List under `tables` what the tables mean; --suggest drafts it"
            raise self.fail(top.line_of("tables"), "tables", "there are no tables", remedy)
        order = self.one_of(top, "dates", ORDERS, "dates")
        absent = self.one_of(top, "absent", ("blank", "error"), "absent")
        return TablesMapping(
            self.place,
            about,
            {k: str(v) for k, v in source.items() if v},
            tuple(self.table(t, f"tables[{i}]") for i, t in enumerate(tables, start=1)),
            frozenset(str(v).casefold() for v in self.texts(top, "missing", "missing")),
            frozenset(self.texts(top, "open", "open")),
            order,
            absent == "blank",
        )

    def one_of(self, tree: _Lined, name: str, allowed: Collection[str], key: str) -> str | None:
        value = tree.get(name)
        if value is not None and value not in allowed:
            near = get_close_matches(str(value), allowed, n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]}" if near else f"Take one of {', '.join(allowed)}"
            raise self.fail(tree.line_of(name), key, f"{value!r} is not known here", remedy)
        return value

    def texts(self, tree: _Lined, name: str, key: str) -> tuple[str, ...]:
        value = tree.get(name)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.fail(
                tree.line_of(name), key, "it is no text or list of texts", "Write [a, b]"
            )
        return tuple(items)

    def text(self, tree: _Lined, name: str, key: str) -> str | None:
        value = tree.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fail(tree.line_of(name), f"{key}.{name}", "it is no text", "Write a text")
        return value

    def table(self, tree: Any, key: str) -> TableMapping:
        t = self.keys(tree, key, _TABLE)
        header = self.text(t, "header", key)
        if header is not None and not (header.isdigit() and int(header) > 0):
            raise self.fail(
                t.line_of("header"),
                f"{key}.header",
                f"{header!r} is no row number",
                "Give the row the column names are in, such as 3",
            )
        labels = t.get("nodes") or _Lined(t.line)
        if not isinstance(labels, _Lined) or not labels:
            raise self.fail(
                t.line_of("nodes"),
                f"{key}.nodes",
                "it names no nodes",
                "Say which columns are nodes: organisation: {name: Name}",
            )
        nodes = {
            label: self.nodes(label, entry, f"{key}.nodes.{label}", labels.line_of(label))
            for label, entry in labels.items()
        }
        ties = t.get("ties") or []
        if not isinstance(ties, list):
            raise self.fail(
                t.line_of("ties"), f"{key}.ties", "it is no list", "Start with `- kind:`"
            )
        return TableMapping(
            t.line,
            self.text(t, "file", key) or "*",
            self.text(t, "sheet", key) or "*",
            int(header) if header else None,
            self.where(t, key),
            self.join(t, key),
            self.texts(t, "explode", f"{key}.explode"),
            self.text(t, "split", key),
            self.matrix(t, key),
            nodes,
            tuple(self.tie(e, f"{key}.ties[{i}]", nodes) for i, e in enumerate(ties, start=1)),
        )

    def where(self, t: _Lined, key: str) -> dict[str, tuple[str, ...]]:
        tree = t.get("where")
        if tree is None:
            return {}
        if not isinstance(tree, _Lined):
            raise self.fail(
                t.line_of("where"),
                f"{key}.where",
                "it has no columns",
                "Write where: {column: value}",
            )
        return {name: self.texts(tree, name, f"{key}.where.{name}") for name in tree}

    def join(self, t: _Lined, key: str) -> Join | None:
        if t.get("join") is None:
            return None
        tree = self.keys(t["join"], f"{key}.join", ("with", "on"), t.line_of("join"))
        on, pattern = tree.get("on"), self.text(tree, "with", f"{key}.join")
        if not pattern or not on or isinstance(on, list):
            raise self.fail(
                tree.line,
                f"{key}.join",
                "it lacks `with` or `on`",
                "Write join: {with: SHEET, on: COLUMN}",
            )
        pairs = [(on, on)] if isinstance(on, str) else [(str(a), str(b)) for a, b in on.items()]
        return Join(pattern, tuple(pairs), tree.line)

    def matrix(self, t: _Lined, key: str) -> Matrix | None:
        if t.get("matrix") is None:
            return None
        allowed = ("rows", "columns")
        tree = self.keys(t["matrix"], f"{key}.matrix", allowed, t.line_of("matrix"))
        rows = self.text(tree, "rows", f"{key}.matrix")
        if not rows:
            raise self.fail(
                tree.line, f"{key}.matrix", "it lacks `rows`", "Name the column that names the rows"
            )
        return Matrix(rows, self.texts(tree, "columns", f"{key}.matrix.columns"), tree.line)

    def nodes(self, label: str, tree: Any, key: str, line: int) -> Nodes:
        if isinstance(tree, str):  # organisation: Name
            short, tree = tree, _Lined(line)
            tree["name"] = short
        if not isinstance(tree, _Lined):
            raise self.fail(line, key, "it says nothing", "Say at least name: COLUMN")
        kind = self.kind(tree, label, key)
        cells = {
            name: self.cell(value, f"{key}.{name}", tree.line_of(name))
            for name, value in tree.items()
            if name not in ("kind", "aliases", "required")
        }
        if not {"id", "name"} & cells.keys():
            raise self.fail(
                tree.line,
                key,
                "neither an id nor a name is given",
                "Say which column names it, such as name: Name",
            )
        own = {name: cell for name, cell in cells.items() if name not in _NODE_OWN}
        self.attributes(own, "nodes")
        aliases = tree.get("aliases")
        listed = aliases if isinstance(aliases, list) else [aliases] if aliases else []
        return Nodes(
            label,
            line,
            kind,
            cells.get("id"),
            cells.get("name"),
            own,
            tuple(self.cell(a, f"{key}.aliases", tree.line_of("aliases"), _ALIAS) for a in listed),
            self.one_of(tree, "required", ("true", "false"), f"{key}.required") == "true",
        )

    def kind(self, tree: _Lined, label: str, key: str) -> Cell | None:
        """Return the node kind; without one it is the label's, or found by its name."""
        if "kind" not in tree:
            return Cell(key, tree.line, value=label) if label in SCHEMA.node_kinds else None
        return self.kind_cell(tree, f"{key}.kind", tuple(SCHEMA.node_kinds))

    def kind_cell(self, tree: _Lined, key: str, known: tuple[str, ...]) -> Cell:
        line, given = tree.line_of("kind"), tree["kind"]
        if isinstance(given, _Lined):
            cell = self.cell(given, key, line)
            named = [v for v in (*cell.map.values(), cell.default, cell.value) if v is not None]
        else:
            cell, named = Cell(key, line, value=str(given)), [str(given)]
        for name in named:
            if name not in known:
                near = get_close_matches(name, known, n=1, cutoff=0.5)
                remedy = f"Did you mean {near[0]}" if near else f"Take one of {', '.join(known)}"
                raise self.fail(line, key, f"{name!r} is no kind of the vocabulary", remedy)
        return cell

    def tie(self, tree: Any, key: str, nodes: Mapping[str, Nodes]) -> Ties:
        line = getattr(tree, "line", 1)
        if not isinstance(tree, _Lined) or not {"kind", "source", "target"} <= tree.keys():
            raise self.fail(
                line,
                key,
                "a tie has a kind, a source and a target",
                "Write {kind: …, source: …, target: …}",
            )
        kind = self.kind_cell(tree, f"{key}.kind", tuple(SCHEMA.tie_kinds))
        for end in ("source", "target"):
            self.one_of(tree, end, tuple(nodes), f"{key}.{end}")
        own = {
            name: self.cell(value, f"{key}.{name}", tree.line_of(name))
            for name, value in tree.items()
            if name not in _TIE_OWN
        }
        self.attributes(own, "ties")
        once = self.one_of(tree, "once", ("true", "false"), f"{key}.once") == "true"
        return Ties(line, kind, tree["source"], tree["target"], own, once)

    def attributes(self, cells: Mapping[str, Cell], table: str) -> None:
        """Refuse names that no column of a table may have, and constants it cannot hold."""
        from partnergraph.graph.checks import admits

        known = SCHEMA.tables[table].columns
        for name, cell in cells.items():
            if name.startswith("_") or not name.strip() or not name.isprintable():
                cause = f"{name!r} cannot name an attribute"
                raise self.fail(cell.line, cell.key, cause, "Take a name without _ in front")
            listed = SCHEMA.listed(known[name]) if name in known else None
            for value in [v for v in (cell.value, cell.default, *cell.map.values()) if v]:
                if listed is not None and not admits(known[name], value):
                    near = get_close_matches(value, listed, n=1, cutoff=0.5)
                    remedy = f"Did you mean {near[0]}" if near else f"Take {', '.join(listed)}"
                    raise self.fail(cell.line, cell.key, f"{value!r} is no {name}", remedy)

    def cell(self, tree: Any, key: str, line: int, allowed: tuple[str, ...] = _CELL) -> Cell:
        if isinstance(tree, str):
            return Cell(key, line, columns=(tree,))
        t = self.keys(tree, key, allowed, line)
        columns = self.texts(t, "columns", f"{key}.columns")
        column = self.text(t, "column", key)
        columns = (column,) if column else columns
        value = self.text(t, "value", key)
        if bool(columns) == (value is not None):
            raise self.fail(
                t.line,
                key,
                "it takes a column or a value, one of the two",
                "Write {column: NAME} or {value: TEXT}",
            )
        mapped = t.get("map") or {}
        if not isinstance(mapped, dict) or not all(
            isinstance(v, str) or v is None for v in mapped.values()
        ):
            raise self.fail(
                t.line_of("map"),
                f"{key}.map",
                "it is no list of values and meanings",
                "Write map: {was: is}",
            )
        return Cell(
            key,
            line,
            columns,
            between=self.text(t, "between", key) or " ",
            value=value,
            split=self.text(t, "split", key),
            map=dict(mapped),
            default=self.text(t, "default", key),
            prefix=self.text(t, "prefix", key) or "",
            read_as=self.one_of(t, "as", tuple(READERS), f"{key}.as"),
            dates=self.one_of(t, "dates", ORDERS, f"{key}.dates"),
            missing=frozenset(v.casefold() for v in self.texts(t, "missing", f"{key}.missing")),
            alias_kind=self.one_of(t, "kind", tuple(SCHEMA.values["alias_kind"]), f"{key}.kind"),
            language=self.text(t, "language", key),
        )
