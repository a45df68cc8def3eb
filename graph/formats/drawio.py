"""draw.io (diagrams.net): shapes and the arrows between them on all pages, plain or compressed.

A shape with text is a node, an arrow between two shapes an edge; text on an arrow is its label, and
what somebody added to a shape its attributes. What stands in a frame gets the frame's text as its
group. Shapes without text and arrows with a loose end are left out, and named.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import most_unpacked
from partnergraph.graph.formats.graph_tables import GraphTables, Row, left_out
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.xml import child, children, local, parse
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds()

_INLINE = re.compile(r"</?(b|i|u|s|em|strong|font|span|sub|sup|a|code|small|big)\b[^<>]*>", re.I)
_TAGS = re.compile(r"<[^<>]*>")
_WRAPPED = ("object", "UserObject")
_OF_THE_FORM = ("id", "label", "placeholders", "tooltip")


@dataclass
class _Cell:
    """A shape or an arrow."""

    id: str
    text: str
    style: dict[str, str]
    parent: str
    ends: tuple[str | None, str | None] | None
    attributes: Row = field(default_factory=dict)


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a drawing."""
    _, root = parse(path, data)
    nodes: list[Row] = []
    edges: list[Row] = []
    said: list[str] = []
    unread: list[Row] = []
    taken: set[str] = set()
    pages = [*_pages(root, path)]
    for number, (title, model) in enumerate(pages, start=1):
        cells = {cell.id: cell for cell in _cells(model)}
        names = {key: f"{key} (page {number})" if key in taken else key for key in cells}
        some, ties, words, left = _page(cells, names)
        unread += left
        nodes += [{**row, "page": title} if len(pages) > 1 else row for row in some]
        edges += ties
        said += [f"page {title}: {w}" if len(pages) > 1 else w for w in words]
        taken |= {*cells}
    return GraphTables.of(nodes, edges, said=said, unread=unread)


def _pages(root: Any, path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the title and the model of each page."""
    if local(root) == "mxGraphModel":
        yield "", root
        return
    for number, page in enumerate(children(root, "diagram"), start=1):
        title = page.get("name") or str(number)
        model = child(page, "mxGraphModel")
        yield title, model if model is not None else _inflated(page.text or "", path, title)


def _inflated(text: str, path: Path, title: str) -> Any:
    """Return the model of a page that is compressed: deflated, in base 64."""
    place = f"{path}, page {title}"
    try:
        engine = zlib.decompressobj(-15)
        raw = engine.decompress(base64.b64decode(text.strip(), validate=True), most_unpacked())
        plain = unquote(raw.decode("utf-8"))
    except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError) as error:
        cause = f"the page cannot be unpacked ({error})"
        raise UnusableInput(place, cause, "Save it again in draw.io") from None
    if engine.unconsumed_tail:
        cause = f"unpacked it has more than {most_unpacked():,} bytes"
        raise UnusableInput(place, cause, "Split it")
    return parse(Path(place), plain.encode())[1]


def _cells(model: Any) -> Iterator[_Cell]:
    root = child(model, "root")
    for entry in root if root is not None else ():
        wrapped = local(entry) in _WRAPPED
        cell = child(entry, "mxCell") if wrapped else entry
        if cell is None or local(cell) != "mxCell":
            continue
        style = dict(
            part.partition("=")[::2] for part in (cell.get("style") or "").split(";") if part
        )
        own = {k: v for k, v in entry.attrib.items() if v} if wrapped else {}
        text = own.get("label", "") if wrapped else cell.get("value") or ""
        if own.get("placeholders") == "1":
            text = re.sub(r"%(\w+)%", lambda m, o=own: o.get(m[1], m[0]), text)
        ends = (cell.get("source"), cell.get("target")) if cell.get("edge") == "1" else None
        attributes: Row = {k: v for k, v in own.items() if k not in _OF_THE_FORM}
        for shape in ("shape", "fillColor"):
            attributes |= {shape: style[shape]} if style.get(shape) not in (None, "none") else {}
        identity = entry.get("id") or cell.get("id") or ""
        yield _Cell(identity, _words(text), style, cell.get("parent") or "", ends, attributes)


def _words(text: str) -> str:
    """Return the text of a label, which may be HTML."""
    if re.search(r"</?[a-z][^<>]*>|&[a-z]+;|&#\d+;", text, re.I):
        text = html.unescape(_TAGS.sub(" ", _INLINE.sub("", text)))
    return " ".join(text.split())


def _page(
    cells: dict[str, _Cell], names: Mapping[str, str]
) -> tuple[list[Row], list[Row], list[str], list[Row]]:
    """Return nodes and edges of a page, and what was left out."""
    arrows = {k: c for k, c in cells.items() if c.ends is not None}
    shapes = {k: c for k, c in cells.items() if c.ends is None and c.parent not in ("", *arrows)}
    layers = {k for k, c in cells.items() if c.parent in cells and not cells[c.parent].parent}
    layers &= {k for k, c in cells.items() if not c.style and c.ends is None}
    shapes = {k: c for k, c in shapes.items() if k not in layers}
    labels: dict[str, list[str]] = {k: [c.text] if c.text else [] for k, c in arrows.items()}
    for cell in cells.values():
        if cell.parent in arrows and cell.ends is None and cell.text:
            labels[cell.parent].append(cell.text)
    whole = {k for k, c in arrows.items() if c.ends and all(end in shapes for end in c.ends)}
    tied = {end for k in whole for end in arrows[k].ends or ()}
    frames = {c.parent for c in shapes.values() if c.parent in shapes} - tied
    nodes, blank, notes = [], 0, []
    for key, cell in shapes.items():
        if key in frames:
            continue
        if key not in tied and not cell.text:
            blank += 1
        elif key not in tied and "text" in cell.style:
            notes.append(cell.text)
        else:
            group = cells[cell.parent].text if cell.parent in frames else ""
            own = {
                f"original_{k}" if k in ("id", "label") else k: v
                for k, v in cell.attributes.items()
            }
            nodes.append({**own, "group": group or None, "label": cell.text, "id": names[key]})
    edges = [_edge(arrows[key], labels[key], names) for key in arrows if key in whole]
    loose = ["; ".join(labels[key]) or key for key in arrows if key not in whole]
    said = [f"shapes without text, left out: {blank}"] if blank else []
    cause, remedy = "the arrow has a loose end", "Let it end at a shape"
    unread = [left_out(None, label, cause, remedy) for label in loose]
    cause, remedy = "the text stands beside the shapes", "Put it into a shape"
    unread += [left_out(None, text, cause, remedy) for text in notes]
    named = [cells[key].text or key for key in cells if key in frames]
    said += [f"frames, kept as the group of the shapes in them: {len(named)}"] if named else []
    return nodes, edges, said, unread


def _edge(cell: _Cell, labels: list[str], names: Mapping[str, str]) -> Row:
    """Return an edge; it runs to the end that has an arrowhead."""
    source, target = (names[str(end)] for end in cell.ends or ())
    heads = [cell.style.get("startArrow", "none"), cell.style.get("endArrow", "classic")]
    if heads[0] != "none" and heads[1] == "none":
        source, target = target, source
    way = heads.count("none") == 1
    row = {**cell.attributes, "id": cell.id, "label": "; ".join(labels) or None}
    return {**row, "source": source, "target": target, DIRECTED: way}
