"""CX and CX2, of Cytoscape and NDEx: a list of aspects, in pieces and in any order.

In CX2 nodes and edges carry their values under short names that a declaration spells out, with
defaults; in CX 1 values stand in aspects of their own. Aspects that draw (visual properties,
layouts of views) are left out, which is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import GraphTables, Row, read_as
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse

holds = Holds()

_READ = ("nodes", "edges", "nodeAttributes", "edgeAttributes", "networkAttributes")
_OF_THE_FORM = ("CXVersion", "metaData", "status", "numberVerification", "attributeDeclarations")
_ABOUT = {"name": "title", "description": "description"}


def recognises(content: Any) -> bool:
    """Return whether JSON is a list of aspects."""
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        return False
    names = {name for part in content for name in part}
    mark = {"CXVersion", "numberVerification", "metaData", "status"} & names
    return bool(mark) and "nodes" in names


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read CX or CX2."""
    content, encoding = parse(path, data)
    if not recognises(content):
        raise UnusableInput(path, "it is not CX (no list of aspects)", "Export it again")
    aspects = _aspects(content, path)
    declared = next(iter(aspects.get("attributeDeclarations", [])), {})
    beside = {what: _values(aspects.get(f"{what}Attributes", [])) for what in ("node", "edge")}
    nodes = [
        _row(entry, "id", {}, declared.get("nodes"), beside["node"], f"{path}, node {n}")
        for n, entry in enumerate(aspects.get("nodes", []), 1)
    ]
    ends = {"s": "source", "t": "target"}
    edges = [
        _row(entry, "id", ends, declared.get("edges"), beside["edge"], f"{path}, edge {n}")
        for n, entry in enumerate(aspects.get("edges", []), 1)
    ]
    left = [name for name in aspects if name not in (*_READ, *_OF_THE_FORM)]
    said = [f"read as {encoding}"] if encoding else []
    said += [f"aspects left out: {', '.join(left)}"] if left else []
    counts = Counter({"nodes without a name": sum("name" not in row for row in nodes)})
    about = _about(aspects.get("networkAttributes", []))
    return GraphTables.of(nodes, edges, about=about, said=said, counts=counts)


def _aspects(content: list[Any], path: Path) -> dict[str, list[Row]]:
    """Return the entries of each aspect, whose pieces may stand anywhere."""
    found: dict[str, list[Row]] = {}
    for part in content:
        for name, entries in part.items():
            if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
                found.setdefault(name, []).extend(entries)
            elif name in _READ:
                cause = f"its aspect {name} is not a list of objects"
                raise UnusableInput(path, cause, "Export it again")
    return found


def _row(
    entry: Row,
    key: str,
    ends: Mapping[str, str],
    declared: Any,
    beside: Mapping[str, Row],
    place: str,
) -> Row:
    """Return a node or edge: its own values, those that stand elsewhere, and defaults."""
    identity = entry.get(key, entry.get(f"@{key}"))
    missing = [end for end in ends if entry.get(end) is None]
    if missing or (identity is None and not ends):
        raise UnusableInput(place, f"it has no {' and no '.join(missing or [key])}", "Add it")
    row: Row = dict(_declared(entry.get("v"), declared))
    row |= beside.get(str(identity), {})
    row |= {axis: entry[axis] for axis in "xyz" if isinstance(entry.get(axis), int | float)}
    for short, long in (("n", "name"), ("r", "represents"), ("i", "interaction")):
        if isinstance(entry.get(short), str):
            row.setdefault(long, entry[short])
    for name in ("shared name", "n"):
        if "name" not in row and name in row and not ends:
            row["name"] = row.pop(name)
    taken = ("id", "source", "target")
    row = {f"original_{k}" if k in taken else k: v for k, v in row.items()}
    return {**row, "id": identity, **{long: entry[short] for short, long in ends.items()}}


def _declared(values: Any, declared: Any) -> Iterator[tuple[str, Any]]:
    """Yield the values of a node or edge by their full names, defaults where it has none."""
    values = values if isinstance(values, dict) else {}
    declared = declared if isinstance(declared, dict) else {}
    short = {
        entry["a"]: name
        for name, entry in declared.items()
        if isinstance(entry, dict) and isinstance(entry.get("a"), str)
    }
    yield from (
        (name, entry["v"])
        for name, entry in declared.items()
        if isinstance(entry, dict) and entry.get("v") is not None
    )
    yield from ((short.get(name, name), value) for name, value in values.items())


def _values(entries: list[Row]) -> dict[str, Row]:
    """Return the values of nodes or edges that stand in an aspect of their own, by id."""
    found: dict[str, Row] = {}
    for entry in entries:
        value, kind = entry.get("v"), str(entry.get("d", "string"))
        if isinstance(value, str) and not kind.startswith("list"):
            value = read_as(value, kind)
        whose = entry.get("po")
        for identity in whose if isinstance(whose, list) else [whose]:
            found.setdefault(str(identity), {})[str(entry.get("n"))] = value
    return found


def _about(entries: list[Row]) -> dict[str, str]:
    """Return title and description, which CX2 has as entries of one object."""
    pairs = [
        (entry["n"], entry.get("v")) if "n" in entry and "v" in entry else pair
        for entry in entries
        for pair in entry.items()
    ]
    return {_ABOUT[name]: v for name, v in pairs if name in _ABOUT and isinstance(v, str)}
