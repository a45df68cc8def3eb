"""Mappings as YAML: read, or refused with line, key, cause and the nearest name.

docs/tables.md describes what can stand in one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from partnergraph.graph.checks import admits
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import decode
from partnergraph.graph.formats.read_result import about_of
from partnergraph.graph.formats.text import whole
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.mapping import (
    Cell,
    Join,
    Matrix,
    Nodes,
    TableMapping,
    TablesMapping,
    Ties,
)
from partnergraph.loaders.tables.readers import READERS
from partnergraph.loaders.wording import did_you_mean

MOST_BYTES, MOST_DEPTH, MOST_ROWS = 2_000_000, 20, 10_000_000
ORDERS = ("dmy", "mdy")
_ABOUT = ("name", "title", "focus", "language", "licence", "description", "as_of")
_SOURCE = tuple(c for c in SCHEMA.tables["sources"].columns if c != "sha256")
_TOP = (*_ABOUT, "source", "missing", "open", "dates", "absent", "tables")
_TABLE = (
    *("file", "sheet", "header", "where", "join", "explode", "split", "matrix", "nodes", "ties"),
    "persons",
)
_VALUE = ("value", "split", "map", "default", "prefix", "as", "dates", "missing")
_CELL = ("column", "columns", "between", *_VALUE)
_ALIAS = (*_CELL, "kind", "language")
_NODE_OWN = ("kind", "id", "name", "aliases", "required")
_TIE_OWN = ("kind", "source", "target", "once")


def read_mapping(path: Path) -> TablesMapping:
    """Read a mapping from a file.

    Raises
    ------
    MissingInput, UnusableInput
        If it does not exist, is not YAML, or asks for what cannot be done; with line and key.
    """
    data = read_bytes(path)
    if len(data) > MOST_BYTES:
        raise UnusableInput(path, f"it has {len(data):,} bytes", "A mapping is a short text")
    return parse_mapping(decode(data, path)[0], str(path))


def parse_mapping(text: str, place: str) -> TablesMapping:
    """Read a mapping from text; see `read_mapping`."""
    tree = _tree(text, place)
    if not isinstance(tree, _Entries):
        remedy = f"Give it some of {', '.join(_TOP)}"
        raise UnusableInput(f"{place}, line 1", "it has no keys", remedy)
    top = tree.only(_TOP)
    about = about_of({k: top[k] for k in _ABOUT if top.get(k)}, place)
    source = top.entries("source", _SOURCE)
    tables = top.get("tables")
    if not isinstance(tables, list) or not tables:
        remedy = "List under `tables` what the tables mean; --suggest drafts it"
        raise top.fail("tables", "there are no tables", remedy)
    return TablesMapping(
        place,
        about,
        {k: str(v) for k, v in source.items() if v},
        tuple(_table(top.item(tables, i, "tables", _TABLE)) for i in range(len(tables))),
        frozenset(v.casefold() for v in top.texts("missing")),
        frozenset(top.texts("open")),
        top.one_of("dates", ORDERS),
        top.one_of("absent", ("blank", "error")) == "blank",
    )


# -- YAML ------------------------------------------------------------------------------------


class _Entries(dict[str, Any]):
    """A mapping of YAML that knows its place, and the line of each of its keys."""

    def __init__(self, place: str, key: str, line: int) -> None:
        super().__init__()
        self.place, self.key, self.line = place, key, line
        self.lines: dict[str, int] = {}

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)

    def path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key and name else self.key or name

    def fail(self, name: str, cause: str, remedy: str) -> UnusableInput:
        where = f"{self.place}, line {self.line_of(name)}"
        path = self.path(name)
        return UnusableInput(f"{where}, {path}" if path else where, cause, remedy)

    def only(self, allowed: Collection[str]) -> _Entries:
        """Return the same, unless a key is not allowed."""
        for name in self:
            if name not in allowed:
                remedy = did_you_mean(name, allowed, f"Choose one of {', '.join(allowed)}")
                raise self.fail(name, f"there is no key {name!r} here", remedy)
        return self

    def entries(self, name: str, allowed: Collection[str] = ()) -> _Entries:
        """Return the mapping under a key, empty where there is nothing."""
        value = self.get(name)
        if value is None:
            return _Entries(self.place, self.path(name), self.line_of(name))
        if not isinstance(value, _Entries):
            remedy = f"Give it some of {', '.join(allowed)}" if allowed else "Write {key: value}"
            raise self.fail(name, f"{self.path(name)} has no keys", remedy)
        return value.only(allowed) if allowed else value

    def item(self, items: list[Any], at: int, name: str, allowed: Collection[str]) -> _Entries:
        """Return the mapping at a position of a list."""
        single = _Entries(self.place, self.key, self.line_of(name))
        path = f"{name}[{at + 1}]"
        single[path] = items[at] if items[at] is not None else ""
        return single.entries(path, allowed)

    def one_of(self, name: str, allowed: Collection[str]) -> str | None:
        value = self.get(name)
        if value is not None and value not in allowed:
            others = f"Choose one of {', '.join(allowed)}"
            remedy = did_you_mean(str(value), allowed, others, cutoff=0.5)
            raise self.fail(name, f"{value!r} is not known here", remedy)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.get(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.fail(name, "it is neither text nor a list of texts", "Write [a, b]")
        return tuple(items)

    def text(self, name: str) -> str | None:
        value = self.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fail(name, "it is not text", "Write a text")
        return value


def _tree(text: str, place: str) -> Any:
    """Read YAML with every scalar as text, so that NO is Norway and 007 keeps its zeros."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise UnusableInput(place, "it has aliases (*name)", "Write what they stand for")
            opens = isinstance(event, yaml.CollectionStartEvent)
            depth += opens - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                raise UnusableInput(place, "it is nested too deeply", "See docs/tables.md")
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        cause = f"it is not valid YAML ({error.problem})"
        raise UnusableInput(f"{place}, line {line}", cause, "Check quotes and indents") from None
    except (yaml.YAMLError, RecursionError) as error:
        cause = f"it is not valid YAML ({error})"
        raise UnusableInput(place, cause, "Check the text") from None
    return _plain(node, place, "")


def _plain(node: Any, place: str, key: str) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        out = _Entries(place, key, node.start_mark.line + 1)
        for name_node, value in node.value:
            name = str(name_node.value)
            if name in out:
                out.lines[name] = name_node.start_mark.line + 1
                raise out.fail(name, f"{name} occurs twice", "Remove one of the two")
            out[name] = _plain(value, place, out.path(name))
            out.lines[name] = name_node.start_mark.line + 1
        return out
    if isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value, start=1)
        return [_plain(value, place, f"{key}[{i}]") for i, value in items]
    blank = node is None or (node.tag.endswith(":null") and node.style is None)
    return None if blank else str(node.value)


# -- tables ----------------------------------------------------------------------------------


def _table(t: _Entries) -> TableMapping:
    header = t.text("header")
    row = whole(header) if header is not None else None
    if header is not None and (row is None or not 0 <= row <= MOST_ROWS):
        remedy = "Give the row with the column names, such as 3"
        raise t.fail("header", f"{header!r} is not a row number", remedy)
    labels = t.get("nodes")
    if not isinstance(labels, _Entries) or not labels:
        remedy = "Say which columns are nodes: organisation: {name: Name}"
        raise t.fail("nodes", "it names no nodes", remedy)
    nodes = {label: _nodes(labels, label) for label in labels}
    ties = t.get("ties") or []
    if not isinstance(ties, list):
        raise t.fail("ties", "it is not a list", "Start with `- kind:`")
    where = t.entries("where")
    return TableMapping(
        t.line,
        t.text("file") or "*",
        t.texts("sheet") or ("*",),
        row,
        {name: where.texts(name) for name in where},
        _join(t),
        t.texts("explode"),
        t.text("split"),
        _matrix(t),
        nodes,
        tuple(_tie(t.item(ties, i, "ties", ()), nodes) for i in range(len(ties))),
        t.texts("persons"),
    )


def _join(t: _Entries) -> Join | None:
    if t.get("join") is None:
        return None
    tree = t.entries("join", ("with", "on"))
    on, pattern = tree.get("on"), tree.text("with")
    if not pattern or not on or isinstance(on, list):
        remedy = "Write join: {with: SHEET, on: COLUMN}"
        raise tree.fail("", "`with` or `on` is missing", remedy)
    pairs = [(on, on)] if isinstance(on, str) else [(str(a), str(b)) for a, b in on.items()]
    return Join(pattern, tuple(pairs), tree.line)


def _matrix(t: _Entries) -> Matrix | None:
    if t.get("matrix") is None:
        return None
    tree = t.entries("matrix", ("rows", "columns"))
    rows = tree.text("rows")
    if not rows:
        raise tree.fail("", "`rows` is missing", "Name the column that names the rows")
    return Matrix(rows, tree.texts("columns"), tree.line)


def _nodes(labels: _Entries, label: str) -> Nodes:
    if isinstance(labels[label], str):  # organisation: Name
        tree = _Entries(labels.place, labels.path(label), labels.line_of(label))
        tree["name"] = labels[label]
    else:
        tree = labels.entries(label)
    special = ("kind", "aliases", "required")
    cells = {name: _cell(tree, name) for name in tree if name not in special}
    if not {"id", "name"} & cells.keys():
        remedy = "Say which column names it, such as name: Name"
        raise tree.fail("", "neither an id nor a name is given", remedy)
    own = {name: cell for name, cell in cells.items() if name not in _NODE_OWN}
    _check_attributes(tree, own, "nodes")
    # Without a kind it is the label's, or that of the nodes found by their name.
    kind = Cell(tree.key, tree.line, value=label) if label in SCHEMA.node_kinds else None
    if "kind" in tree:
        kind = _kind(tree, tuple(SCHEMA.node_kinds))
    aliases = tree.get("aliases")
    listed = aliases if isinstance(aliases, list) else [aliases] if aliases else []
    return Nodes(
        label,
        labels.line_of(label),
        kind,
        cells.get("id"),
        cells.get("name"),
        own,
        tuple(_cell(tree, "aliases", alias, _ALIAS) for alias in listed),
        tree.one_of("required", ("true", "false")) == "true",
    )


def _kind(tree: _Entries, known: tuple[str, ...]) -> Cell:
    given = tree["kind"]
    if isinstance(given, _Entries):
        cell = _cell(tree, "kind")
    else:
        cell = Cell(tree.path("kind"), tree.line_of("kind"), value=str(given))
    for name in (*cell.map.values(), cell.default, cell.value):
        if name is not None and name not in known:
            others = f"Choose one of {', '.join(known)}"
            remedy = did_you_mean(name, known, others, cutoff=0.5)
            raise tree.fail("kind", f"{name!r} is not a kind of the vocabulary", remedy)
    return cell


def _tie(tree: _Entries, nodes: Mapping[str, Nodes]) -> Ties:
    if any(tree.get(name) is None for name in ("kind", "source", "target")):
        remedy = "Write {kind: …, source: …, target: …}"
        raise tree.fail("", "a tie has a kind, a source and a target", remedy)
    kind = _kind(tree, tuple(SCHEMA.tie_kinds))
    for end in ("source", "target"):
        tree.one_of(end, tuple(nodes))
    own = {name: _cell(tree, name) for name in tree if name not in _TIE_OWN}
    _check_attributes(tree, own, "ties")
    once = tree.one_of("once", ("true", "false")) == "true"
    return Ties(tree.line, kind, tree["source"], tree["target"], own, once)


def _check_attributes(tree: _Entries, cells: Mapping[str, Cell], table: str) -> None:
    """Refuse names that no column of a table may have, and constants it cannot hold."""
    known = SCHEMA.tables[table].columns
    for name, cell in cells.items():
        if name.startswith("_") or not name.strip() or not name.isprintable():
            cause = f"{name!r} cannot be the name of an attribute"
            raise tree.fail(name, cause, "Choose a name that does not begin with _")
        listed = SCHEMA.listed(known[name]) if name in known else None
        for value in [v for v in (cell.value, cell.default, *cell.map.values()) if v]:
            if listed is not None and not admits(known[name], value):
                others = f"Choose one of {', '.join(listed)}"
                remedy = did_you_mean(value, listed, others, cutoff=0.5)
                raise tree.fail(name, f"{value!r} is not a valid {name}", remedy)


def _cell(tree: _Entries, name: str, given: Any = None, allowed: tuple[str, ...] = _CELL) -> Cell:
    """Return where the value under a key, or one of a list there, comes from."""
    key, line = tree.path(name), tree.line_of(name)
    value = tree[name] if given is None else given
    if isinstance(value, str):
        return Cell(key, line, columns=(value,))
    holder = _Entries(tree.place, tree.key, line)
    holder[name] = "" if value is None else value
    t = holder.entries(name, allowed)
    column, constant = t.text("column"), t.text("value")
    columns = (column,) if column else t.texts("columns")
    if bool(columns) == (constant is not None):
        remedy = "Write {column: NAME} or {value: TEXT}"
        raise t.fail("", "it takes either a column or a value", remedy)
    mapped = t.entries("map")
    if not all(isinstance(v, str) or v is None for v in mapped.values()):
        raise t.fail("map", "it is not a list of values and meanings", "Write map: {was: is}")
    return Cell(
        key,
        line,
        columns,
        between=t.text("between") or " ",
        value=constant,
        split=t.text("split"),
        map={name: meaning or None for name, meaning in mapped.items()},
        default=t.text("default"),
        prefix=t.text("prefix") or "",
        read_as=t.one_of("as", tuple(READERS)),
        dates=t.one_of("dates", ORDERS),
        missing=frozenset(v.casefold() for v in t.texts("missing")),
        alias_kind=t.one_of("kind", tuple(SCHEMA.values["alias_kind"])),
        language=t.text("language"),
    )
