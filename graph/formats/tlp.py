"""TLP, of Tulip: nodes by number, edges, and properties of both; sub-graphs are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import GraphTables, Row, believable, read_as
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text

holds = Holds()

MOST_DEPTH = 100
_TOKEN = re.compile(r'\s+|;[^\n]*|([()])|"((?:[^"\\]|\\.)*)"|([^\s()";]+)')
_RANGE = re.compile(r"([0-9]{1,18})\.\.([0-9]{1,18})")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a TLP file."""
    text, said = read_text(path, data)
    root = _tree(text, path)
    if not root or not isinstance(root[0], list) or root[0][:1] != ["tlp"]:
        raise UnusableInput(path, "it is not TLP (it does not start with (tlp)", "Export it again")
    parts = [part for part in root[0] if isinstance(part, list) and part]
    try:
        words = [word for part in parts if part[0] == "nodes" for word in part[1:]]
        numbers = [*_numbers(words, len(text), path)]
        nodes: dict[str, Row] = {n: {"id": n} for n in numbers}
        edges: dict[str, Row] = {
            str(part[1]): {"source": str(part[2]), "target": str(part[3])}
            for part in parts
            if part[0] == "edge"
        }
        for part in parts:
            if part[0] == "property":
                _property(part, nodes, edges)
    except (IndexError, KeyError, TypeError):
        raise UnusableInput(path, "an entry of it is not complete", "Export it again") from None
    clusters = sum(part[0] in ("cluster", "graph") for part in parts)
    said += [f"sub-graphs, left out: {clusters}"] if clusters else []
    for row in nodes.values():
        row["label"] = row.pop("viewLabel", None)
    return GraphTables.of(nodes.values(), edges.values(), said=said)


def _tree(text: str, path: Path) -> list[Any]:
    stack: list[list[Any]] = [[]]
    for bracket, quoted, word in _TOKEN.findall(text):
        if bracket == "(":
            stack.append([])
            if len(stack) > MOST_DEPTH:
                raise UnusableInput(path, "it is nested too deeply", "Flatten it")
        elif bracket:
            if len(stack) == 1:
                raise UnusableInput(
                    path, "a bracket is closed that was never opened", "Export it again"
                )
            inner = stack.pop()
            stack[-1].append(inner)
        elif word or quoted:
            stack[-1].append(word or re.sub(r"\\(.)", r"\1", quoted))
    if len(stack) > 1:
        raise UnusableInput(path, "it ends in the middle of an entry", "Download it again")
    return stack[0]


def _numbers(words: list[Any], size: int, path: Path) -> Iterator[str]:
    declared = 0
    for word in words:
        found = _RANGE.fullmatch(word)
        if found is None:
            yield str(word)
            continue
        first, last = int(found[1]), int(found[2])
        declared += max(0, last - first + 1)
        believable(declared, "nodes", size, path)
        yield from map(str, range(first, last + 1))


def _property(part: list[Any], nodes: dict[str, Row], edges: dict[str, Row]) -> None:
    """Put a property into nodes and edges, its default where it is not blank."""
    kind, name = str(part[2]), str(part[3])
    if name.startswith("view") and name != "viewLabel":
        return
    for entry in part[4:]:
        if entry[0] == "default":
            for rows, value in zip((nodes, edges), entry[1:], strict=False):
                for row in rows.values() if value not in ("", "()", "0", "false") else ():
                    row.setdefault(name, read_as(str(value), kind))
        else:
            meant = {"node": nodes, "edge": edges}[entry[0]].get(str(entry[1]))
            if meant is not None and len(entry) > 2:
                meant[name] = read_as(str(entry[2]), kind)
