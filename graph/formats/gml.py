"""GML, the Graph Modelling Language: ``graph [ node [ id 1 label "A" ] edge [ … ] ]``.

Written is 7-bit text with entities for everything else, as the specification asks and networkx
insists on; nodes have numbers, and a label that no other has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    form_from,
    form_of,
    read_as,
    require,
    rows_of,
    unique_names,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text, shorter, wrong_line
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

MOST_DEPTH = 100
_TOKEN = re.compile(
    r"\s*(?:#[^\n]*(?:\n|\Z)\s*)*(?:"
    r"(?P<key>[A-Za-z][\w.:-]*)|(?P<text>\"[^\"]*\")|(?P<bracket>[\[\]])|"
    r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+|INF|inf)(?:[eE][+-]?\d+)?)|(?P<end>\Z)|(?P<other>\S))"
)
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ODD = re.compile(r"[^ !#-%'-~]")


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a GML file without interpreting it."""
    text, said = read_text(path, data)
    entries = dict(_entries(_tokens(text, path), path))
    graph = entries.get("graph")
    if not isinstance(graph, list):
        raise UnusableInput(path, "it is not GML (it has no graph [ … ])", "Export it again")
    nodes = [_flat(value) for key, value in graph if key == "node" and isinstance(value, list)]
    edges = [_flat(value) for key, value in graph if key == "edge" and isinstance(value, list)]
    require(nodes, ("id",), path, "node")
    require(edges, ("source", "target"), path, "edge")
    own = {key: value for key, value in graph if not isinstance(value, list)}
    mark = own.get(MARK)
    if mark is not None:
        form = form_from(mark, path)
        names = form.get("names", {})
        ours = [[_ours(row, names) for row in part] for part in (nodes, edges)]
        return GraphTables.of(
            *_by_name(ours[0], ours[1]), form=form, extras=("label", "weight", "key", DIRECTED)
        )
    directed = str(own.get("directed", 0)) not in ("0", "0.0")
    about = {"title": str(own.get("label", own.get("name", "")))}
    return GraphTables.of(nodes, edges, directed=directed, said=said, about=about)


def _tokens(text: str, path: Path) -> Iterator[tuple[str, str, int]]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "other":
            line = text.count("\n", 0, match.start(kind)) + 1
            cause = f"{shorter(match[kind])} was found where a key or a value is expected"
            raise wrong_line(path, line, cause, "Look for an unclosed quotation mark")
        if kind != "end":
            yield kind, match[kind], match.start(kind)


def _entries(tokens: Iterator[tuple[str, str, int]], path: Path) -> list[tuple[str, Any]]:
    """Return keys and values, those in brackets as lists of keys and values."""
    stack: list[list[tuple[str, Any]]] = [[]]
    key = None
    for kind, text, _ in tokens:
        if kind == "bracket" and text == "]":
            if len(stack) == 1 or key is not None:
                raise UnusableInput(
                    path, "a bracket is closed that was never opened", "Export it again"
                )
            stack.pop()
        elif key is None:
            if kind != "key":
                cause = f"{shorter(text)} has no key before it"
                raise UnusableInput(path, cause, "Export it again")
            key = text
        elif kind == "bracket":
            inner: list[tuple[str, Any]] = []
            stack[-1].append((key, inner))
            stack.append(inner)
            key = None
            if len(stack) > MOST_DEPTH:
                cause = f"it is nested too deeply (more than {MOST_DEPTH} levels)"
                raise UnusableInput(path, cause, "Flatten it")
        else:
            stack[-1].append((key, _value(kind, text)))
            key = None
    if len(stack) > 1 or key is not None:
        raise UnusableInput(path, "it ends in the middle of an entry", "Download it again")
    return stack[0]


def _value(kind: str, text: str) -> Any:
    if kind == "text":
        return _ENTITY.sub(_character, text[1:-1])
    if kind == "number":
        return read_as(text, "double" if re.search(r"[.eEIi]", text) else "long")
    return text


def _character(entity: re.Match[str]) -> str:
    """Return what an entity stands for; by its number, which HTML would change for some."""
    name = entity[1]
    if not name.startswith("#"):
        return unescape(entity[0])
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    stands = code < 0xD800 or 0xDFFF < code < 0x110000
    return chr(code) if stands else entity[0]


def _flat(entries: list[tuple[str, Any]]) -> Row:
    """Return the entries of a node or edge: nested ones by joined keys, repeated ones as lists."""
    row: Row = {}
    for key, value in entries:
        found = (
            {f"{key}.{k}": v for k, v in _flat(value).items()}
            if isinstance(value, list)
            else {key: value}
        )
        for name, cell in found.items():
            if name in row:
                if not isinstance(row[name], list):
                    row[name] = [row[name]]
                row[name].append(cell)
            else:
                row[name] = cell
    return row


def _ours(row: Row, names: dict[str, str]) -> Row:
    return {names.get(key, key): value for key, value in row.items()}


def _by_name(nodes: list[Row], edges: list[Row]) -> tuple[list[Row], list[Row]]:
    """Replace the numbers of nodes and edges in a file of ours by their ids."""
    ids = {str(row["id"]): row.pop("node_id", row["id"]) for row in nodes}
    for row, identity in zip(nodes, ids.values(), strict=False):
        row["id"] = identity
    for row in edges:
        for end in ("source", "target"):
            row[end] = ids.get(str(row[end]), row[end])
        row["id"] = row.pop("tie_id", None)
    return nodes, edges


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as GML."""
    nodes, ties = rows_of(eco, "gml")
    names = unique_names(nodes)
    number = {row["id"]: position for position, row in enumerate(nodes)}
    keys = _keys([*nodes, *ties])
    form = form_of(eco)
    made = {made: column for column, made in keys.items() if made != column}
    if made:
        import json

        form = json.dumps({**json.loads(form), "names": made}, sort_keys=True)
    lines = ["graph [", "  directed 1", "  multigraph 1", f"  {MARK} {_text(form)}"]
    for row in nodes:
        identity = row.pop("id")
        own = {"id": number[identity], "label": names[identity], "node_id": identity}
        lines += _block("node", own | {keys[k]: v for k, v in row.items()})
    for row in ties:
        ends = {end: number[row.pop(end)] for end in ("source", "target")}
        own = {**ends, "key": row["id"], "tie_id": row.pop("id")}
        own |= {"weight": row["strength"]} if "strength" in row else {}
        lines += _block("edge", own | {keys[k]: v for k, v in row.items()})
    lines.append("]")
    write_atomically(path, ("\n".join(lines) + "\n").encode("ascii"))
    return []


def _keys(rows: list[Row]) -> dict[str, str]:
    """Return, by column, a key that GML may have; several spellings never share one."""
    columns = dict.fromkeys(name for row in rows for name in row)
    taken = {name for name in columns if _KEY.fullmatch(name)} | {"node_id", "tie_id", MARK}
    out = {}
    for column in columns:
        key = column
        if not _KEY.fullmatch(column) or column in ("node_id", "tie_id"):
            base = key = "own_" + (re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_") or "column")
            number = 1
            while key in taken:
                number += 1
                key = f"{base}_{number}"
        taken.add(key)
        out[column] = key
    return out


def _block(name: str, row: Row) -> list[str]:
    return [f"  {name} [", *(f"    {key} {_written(value)}" for key, value in row.items()), "  ]"]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = repr(value)
        if "inf" in text:
            return text.replace("inf", "INF").replace("INF", "+INF", 1).replace("-+", "-")
        mantissa, e, exponent = text.partition("e")
        return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}{e}{exponent}"
    return _text(value)


def _text(value: str) -> str:
    return '"' + _ODD.sub(lambda m: f"&#{ord(m[0])};", value) + '"'
