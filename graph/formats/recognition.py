"""What format a file is in: by its content first, by its ending then; archives are unpacked."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import most_unpacked, read_bytes
from partnergraph.graph.formats.cells import book_of
from partnergraph.graph.formats.registry import FORMATS, of_suffix

_HEAD = 65_536
_XML_ROOTS = {
    "gexf": "gexf",
    "graphml": "graphml",
    "dynamicnetwork": "dynetml",
    "dynamicmetanetwork": "dynetml",
    "metanetwork": "dynetml",
    "mxfile": "drawio",
    "mxgraphmodel": "drawio",
}
# First words of text formats, looked for after comments and blank lines.
_WORDS = (
    ("pajek", re.compile(r"\*(network|vertices|arcs|edges|arcslist|edgeslist|matrix)\b", re.I)),
    ("vna", re.compile(r"\*(node data|node properties|tie data)\b", re.I)),
    ("gdf", re.compile(r"nodedef\s*>", re.I)),
    (
        "ucinet",
        re.compile(
            r"dl[\s,]+(n|nr|nc|nm|format|labels|rows?|col|column|matrix|title|diagonal|type|data)\b",
            re.I,
        ),
    ),
    ("tlp", re.compile(r"\(tlp\b", re.I)),
    ("dot", re.compile(r"(strict\s+)?(di)?graph\b[^\[\n]{0,200}\{", re.I)),
    (
        "gml",
        re.compile(
            r"(graph\s*\[|(creator|version|comment|directed|label)\b.{0,400}?\bgraph\s*\[)",
            re.I | re.S,
        ),
    ),
)
_COMMENTS = {"pajek": "%", "gml": "#", "dot": "#"}
_NO_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_BOOK = "[Content_Types].xml"


@dataclass(frozen=True)
class Opened:
    """The content of a file, unpacked, and its format, None where it is not a graph."""

    format: str | None
    data: bytes
    said: list[str] = field(default_factory=list)


def opened(path: Path) -> Opened:
    """Read a file, unpack it where it is an archive, and return its content and format.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read, unpacks to more than `most_unpacked` bytes, or is an archive of
        several files.
    """
    data, name = read_bytes(path), path.name
    said = []
    if data[:2] == b"\x1f\x8b":
        data, name = _gunzipped(data, path), name.removesuffix(".gz")
        said.append(f"{path.name}: unpacked")
    elif data[:4] == b"PK\x03\x04":
        data, inside = _unzipped(data, path)
        if inside:
            name = inside
            said.append(f"{path.name}: {inside} is unpacked from it")
    return Opened(format_of(data, name), data, said)


def _gunzipped(data: bytes, path: Path) -> bytes:
    most = most_unpacked()
    try:
        with gzip.open(io.BytesIO(data)) as file:
            out = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableInput(
            path, f"the gzip archive is damaged ({error})", "Download it again"
        ) from None
    if len(out) > most:
        raise UnusableInput(path, f"unpacked it has more than {most:,} bytes", "Split it")
    return out


def _unzipped(data: bytes, path: Path) -> tuple[bytes, str]:
    """Return the one file of a zip and its name; a workbook stays as it is, without one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            names = [e.filename for e in entries]
            if _BOOK in names or "mimetype" in names or path.suffix.lower() in (".xlsx", ".ods"):
                return data, ""
            entries = [e for e in entries if not e.filename.startswith("__MACOSX")]
            graphs = [e for e in entries if of_suffix(e.filename)] or entries
            if len(graphs) != 1:
                cause = f"the archive has {len(graphs)} files that may be meant ({_some(graphs)})"
                raise UnusableInput(path, cause, "Unpack it and name one")
            most = most_unpacked()
            with archive.open(graphs[0]) as file:
                out = file.read(most + 1)  # whatever size its header claims
            if len(out) > most:
                raise UnusableInput(path, f"unpacked it has more than {most:,} bytes", "Split it")
            return out, graphs[0].filename
    except _NO_ZIP as error:
        if path.suffix.lower() in (".xlsx", ".ods"):
            return data, ""  # the reader of workbooks reports the fault
        raise UnusableInput(
            path, f"the zip archive is damaged ({error})", "Download it again"
        ) from None


def _some(entries: list[zipfile.ZipInfo]) -> str:
    names = [entry.filename for entry in entries[:5]]
    return ", ".join([*names, "…"] if len(entries) > 5 else names) or "none"


def format_of(data: bytes, name: str) -> str | None:
    """Return the format of a content, by what it starts with, else by the ending of its name."""
    by_name = of_suffix(name)
    if data[:2] == b"PK" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        # Whether a workbook is Gephi's is told by its content alone; others are read by a mapping.
        return _of_workbook(data) or (by_name if by_name != "spreadsheet" else None)
    text = _text(data[:_HEAD])
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _of_xml(start) or by_name
    if start.startswith(("{", "[")) and (found := _of_json(data, start)):
        by_suffix = by_name if by_name != "json" else None
        return by_suffix if found == "records" else found
    for format, words in _WORDS:
        if words.match(_uncommented(start, _COMMENTS.get(format))):
            return format
    if by_name in (None, "csv", "spreadsheet") and _suffix(name) in (".csv", ".tsv", ".txt", ""):
        from partnergraph.graph.formats import csv_pair, neo4j_admin, spreadsheet

        if neo4j_admin.recognises(text):
            return "neo4j-admin"
        if csv_pair.recognises(text):
            return "csv"
        return "spreadsheet" if spreadsheet.recognises(text) else None
    return by_name


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _text(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", errors="replace")
    return head.decode("utf-8", errors="replace")


def _uncommented(text: str, mark: str | None) -> str:
    """Return a text from the first line on that is neither blank nor a comment."""
    if mark is None:
        return text
    lines = text.splitlines()
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith((mark, "//", "/*"))):
        lines.pop(0)
    return "\n".join(lines)


def _of_xml(text: str) -> str | None:
    plain = re.sub(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", "", text, flags=re.S)
    root = re.match(r"\s*<(?:[\w.-]+:)?([\w.-]+)", plain)
    return _XML_ROOTS.get(root[1].lower()) if root else None


def _of_json(data: bytes, start: str) -> str | None:
    """Return the format of JSON by the entries that it has, ``records`` for what is a table."""
    from partnergraph.graph.formats import cx, json_graph, spreadsheet

    if _is_entity(json_graph.of_lines(start.partition("\n")[0])):
        return "followthemoney"
    content, _ = json_graph.content_of(_text(data))
    if not isinstance(content, list | dict):
        return None
    if isinstance(content, list):
        first = next((e for e in content if isinstance(e, dict)), {})
        if first.keys() & {"@id", "@type", "@graph", "@context"}:
            return "jsonld"
        if cx.recognises(content):
            return "cx"
    else:
        for format, needed in _JSON_ENTRIES.items():
            if needed <= content.keys():
                return format
    if json_graph.find(content) is not None:
        return "json-graph"
    if isinstance(content, list) and spreadsheet.recognised(spreadsheet.of_records(content)):
        return "spreadsheet"
    return "records" if _has_records(content) else None


def _is_entity(lines: list[Any] | None) -> bool:
    """Return whether the first line is an entity of FollowTheMoney."""
    first = lines[0] if lines else None
    return isinstance(first, dict) and {"id", "schema", "properties"} <= first.keys()


def _has_records(content: Any) -> bool:
    """Return whether JSON is a list of records, or an object around one."""
    lists = [content] if isinstance(content, list) else content.values()
    return any(isinstance(v, list) and any(isinstance(e, dict) for e in v) for v in lists)


_JSON_ENTRIES = {
    "jsonld": {"@context"},
    "kumu": {"elements", "connections"},
    "cyjs": {"elements"},
    "graphology": {"nodes", "edges", "attributes", "options"},
    "json": {"partnergraph"},
}


def _of_workbook(data: bytes) -> str | None:
    """Return the format of a workbook, by the names of its sheets and their first row."""
    from partnergraph.graph.formats import spreadsheet

    try:
        book = book_of(data, "workbook", keep=True)
    except UnusableInput:
        return None  # its reader reports the fault
    sheets = {sheet.name.strip().lower() for sheet in book.sheets}
    if {"elements", "connections"} <= sheets:
        return "kumu-xlsx"
    if {"nodes", "ties"} <= sheets:
        return "xlsx"
    if {"vertices", "edges"} <= sheets:
        return "nodexl"
    if {"nodes", "edges"} <= sheets:
        return "polinode"
    rows = book.sheets[0].rows[:40] if book.sheets else []
    return "spreadsheet" if spreadsheet.recognised(rows) else None


def reads(path: Path) -> str | None:
    """Return the format in which a file can be read as a graph, or None; archives are opened."""
    format = opened(path).format
    return format if format and FORMATS[format].reads else None
