"""DOT, of Graphviz: nodes and edges with attributes; subgraphs, read as part of the graph."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    believable,
    form_from,
    form_of,
    read_as,
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text, shorter, wrong_line
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

MOST_DEPTH = 100
_TOKEN = re.compile(
    r'(?P<skip>\s+|//[^\n]*|/\*.*?\*/|#[^\n]*)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<op>->|--|[{}\[\];,=:+])'
    r"|(?P<word>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))|(?P<html><)|(?P<other>.)",
    re.S,
)
_ANGLE = re.compile(r"[<>]")
_INLINE = re.compile(r"</?(b|i|u|s|o|font|sub|sup)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_KINDS = ("node", "edge", "graph")


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a DOT file; the attributes of what surrounds a node or edge hold for it too."""
    text, said = read_text(path, data)
    return _Parser(text, path, said).read()


class _Parser:
    """Reads one graph; `at` is the place of the next token."""

    def __init__(self, text: str, path: Path, said: list[str]) -> None:
        self.text, self.path, self.said = text, path, said
        self.tokens = [*self._tokens()]
        self.at = 0
        self.nodes: dict[str, Row] = {}
        self.edges: list[Row] = []
        self.made = 0
        self.own: Row = {}
        self.directed = False
        self.left: Counter[str] = Counter()

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            assert match is not None  # the last alternative takes any character
            kind, text = str(match.lastgroup), match[0]
            if kind == "other":
                raise self._wrong(at, f"{shorter(text)} does not belong there")
            if kind == "html":
                end = self._html_end(at)
                kind, text = "html", self.text[at:end]
            if kind != "skip":
                yield kind, text, at
            at += len(text)

    def _html_end(self, at: int) -> int:
        depth = 0
        for match in _ANGLE.finditer(self.text, at):
            depth += 1 if match[0] == "<" else -1
            if depth == 0:
                return match.end()
        raise self._wrong(at, "an HTML label is not closed")

    def _wrong(self, at: int, cause: str) -> UnusableInput:
        return wrong_line(self.path, self.text.count("\n", 0, at) + 1, cause)

    # -- tokens --

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, text: str = "") -> str:
        if self.at >= len(self.tokens):
            cause = "it ends in the middle of the graph"
            raise UnusableInput(self.path, cause, "Download it again")
        _, found, at = self.tokens[self.at]
        if text and found.lower() != text:
            raise self._wrong(at, f"{shorter(found)} was found where {text} is expected")
        self.at += 1
        return found

    def name(self) -> str:
        """Take an identifier: a word, a number, or text, which may be joined by +."""
        kind, text, at = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 0)
        if kind not in ("text", "word", "html"):
            self.take("a name") if not kind else None
            raise self._wrong(at, f"{shorter(text)} was found where a name is expected")
        self.at += 1
        if kind == "html":
            return _plain(text)
        if kind != "text":
            return text
        out = _unquoted(text)
        while self.peek() == "+":
            self.at += 1
            out += _unquoted(self.take())
        return out

    # -- grammar --

    def read(self) -> GraphTables:
        """Read the whole graph."""
        if self.peek().lower() == "strict":
            self.take()
        word = self.take().lower()
        if word not in ("graph", "digraph"):
            cause = "it is not DOT (it does not start with graph or digraph)"
            raise UnusableInput(self.path, cause, "Export it again")
        self.directed = word == "digraph"
        title = "" if self.peek() == "{" else self.name()
        self.block({kind: {} for kind in _KINDS}, 1)
        if self.peek():
            self.said.append("what follows the first graph is left out")
        mark = self.own.get(MARK)
        if mark is not None:
            extras = ("label", "weight", "dir", "key", DIRECTED)
            edges = [{**row, "id": row.pop("key", None)} for row in self.edges]
            form = form_from(mark, self.path)
            return GraphTables.of(self.nodes.values(), edges, form=form, extras=extras)
        for row in [*self.nodes.values(), *self.edges]:
            for name in [n for n in row if n not in ("id", "source", "target", "label")]:
                row[name] = _number(row[name])
        about = {"title": str(self.own.get("label", title))}
        nodes = map(_label, self.nodes.values())
        return GraphTables.of(
            nodes,
            map(_label, self.edges),
            directed=self.directed,
            said=self.said,
            counts=self.left,
            about=about,
        )

    def block(self, defaults: dict[str, Row], depth: int) -> list[str]:
        """Read what stands in braces, and return the nodes in it."""
        if depth > MOST_DEPTH:
            cause = f"it is nested too deeply (more than {MOST_DEPTH} levels)"
            raise UnusableInput(self.path, cause, "Flatten it")
        self.take("{")
        inside: list[str] = []
        while self.peek() not in ("}", ""):
            if self.peek() in (";", ","):
                self.take()
            else:
                inside += self.statement(defaults, depth)
        self.take("}")
        return inside

    def statement(self, defaults: dict[str, Row], depth: int) -> list[str]:
        """Read a node, a chain of edges, defaults, or a subgraph."""
        kind, word = self.tokens[self.at][0], self.peek().lower()
        if kind == "word" and word in _KINDS:
            self.take()
            defaults[word] |= self.attributes()
            if word == "graph" and depth == 1:
                self.own |= defaults["graph"]
            return []
        ends = [self.end(defaults, depth)]
        if self.peek() == "=" and len(ends[0]) == 1 and not self.was_block:
            self.take()
            value = self.name()
            if depth == 1:
                self.own[ends[0][0]] = value
            if self.fresh:
                self.nodes.pop(ends[0][0], None)
            return []
        ways = []
        while self.peek() in ("->", "--"):
            ways.append(self.take() == "->")
            ends.append(self.end(defaults, depth))
        row = self.attributes()
        if not ways and not self.was_block:
            self.nodes[ends[0][0]] |= row
        for way, sources, targets in zip(ways, ends, ends[1:], strict=False):
            self.made += len(sources) * len(targets)
            believable(self.made, "edges", len(self.text), self.path)
            for source in sources:
                self.edges += [
                    {**defaults["edge"], **row, "source": source, "target": target, DIRECTED: way}
                    for target in targets
                ]
        return [node for some in ends for node in some]

    def end(self, defaults: dict[str, Row], depth: int) -> list[str]:
        """Read one end of an edge: a node, or all nodes of a subgraph."""
        self.was_block = self.fresh = False
        if self.peek().lower() == "subgraph" or self.peek() == "{":
            if self.peek() != "{":
                self.take()
                if self.peek() != "{":
                    self.name()
                self.left["subgraphs, read as part of the graph"] += 1
            inside = self.block({kind: dict(row) for kind, row in defaults.items()}, depth + 1)
            self.was_block = True
            return list(dict.fromkeys(inside))
        node = self.name()
        while self.peek() == ":":  # ports
            self.take()
            self.name()
        self.fresh = node not in self.nodes
        self.nodes.setdefault(node, {**defaults["node"], "id": node})
        return [node]

    def attributes(self) -> Row:
        """Read lists of attributes in brackets."""
        row: Row = {}
        while self.peek() == "[":
            self.take()
            while self.peek() not in ("]", ""):
                if self.peek() in (";", ","):
                    self.take()
                    continue
                name = self.name()
                row[name] = "true"
                if self.peek() == "=":
                    self.take()
                    row[name] = self.name()
            self.take("]")
        return {(f"original_{k}" if k == "id" else k): v for k, v in row.items()}


def _unquoted(text: str) -> str:
    breaks = {"n": "\n", "l": "\n", "r": "\n", "\n": "", "N": "\\N"}
    return re.sub(r"\\(.)", lambda m: breaks.get(m[1], m[1]), text[1:-1], flags=re.S)


def _plain(text: str) -> str:
    """Return the text of an HTML label."""
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", text[1:-1]))).split())


def _label(row: Row) -> Row:
    """Return a row whose label is one line, with entities read, and blank for the node's name."""
    label = row.get("label")
    if not isinstance(label, str):
        return row
    plain = " ".join(html.unescape(label).split())
    return {**row, "label": plain if plain != "\\N" else None}


def _number(text: object) -> object:
    if not isinstance(text, str) or not re.fullmatch(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return text
    return read_as(text, "long" if re.fullmatch(r"-?(0|[1-9]\d*)", text) else "double")


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as DOT."""
    nodes, ties = rows_of(eco, "dot")
    lines = [f"digraph {_quoted(eco.about.name)} {{", f"  graph [{MARK}={_quoted(form_of(eco))}];"]
    for row in nodes:
        identity = row.pop("id")
        lines.append(f"  {_quoted(identity)} [{_pairs({'label': row['name'], **row})}];")
    for row in ties:
        source, target = row.pop("source"), row.pop("target")
        more = {"key": row.pop("id"), "weight": row.get("strength", 1)}
        more |= {} if row.pop(DIRECTED) else {"dir": "none"}
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [{_pairs({**more, **row})}];")
    write_atomically(path, ("\n".join([*lines, "}"]) + "\n").encode("utf-8"))
    return []


def _pairs(row: Row) -> str:
    return ", ".join(f"{_quoted(name)}={_quoted(str(value))}" for name, value in row.items())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
