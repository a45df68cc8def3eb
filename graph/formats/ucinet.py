"""UCINET: DL text (full and half matrices, edge and node lists, one and two modes), ``##h/##d``."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from partnergraph.graph.errors import MissingInput, UnusableInput
from partnergraph.graph.files import companion, read_bytes
from partnergraph.graph.formats.graph_tables import GraphTables, Row, believable, left_out, read_as
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text, shorter, whole

holds = Holds()

_TOKEN = re.compile(r'"([^"]*)"|([^\s,]+)')
_MOST_CELLS = 100_000_000
_SIZES = {"n", "nr", "nc", "nm"}
# What starts a part of the header: labels, or a setting with or without its sign.
_PART = re.compile(
    r'"[^"]*"|(?<!\w)(?:(?P<which>rows?|col(?:umn)?s?|matrix|level)?\s*\blabels\b\s*'
    r"(?P<embedded>embedded)?\s*:?"
    r"|(?P<name>nr|nc|nm|n|format|diagonal|title|type)\b\s*(?P<sign>=?)\s*"
    r'(?P<value>"[^"]*"|[\w.-]+))',
    re.I,
)
_FORMATS = {
    "fullmatrix": ("full", "fm", "matrix"),
    "lowerhalf": ("lower", "lh"),
    "upperhalf": ("upper", "uh"),
    "edgelist1": ("edgelist", "el1", "el"),
    "edgelist2": ("el2",),
    "nodelist1": ("nodelist", "nl1", "nl"),
    "nodelist2": ("nl2",),
    "nodelist1b": ("nl1b",),
    "nodelist2b": ("nl2b",),
}
_FORMAT_OF = {word: name for name, words in _FORMATS.items() for word in (name, *words)}


@dataclass
class _Header:
    sizes: dict[str, int] = field(default_factory=dict)
    format: str = "fullmatrix"
    labels: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    embedded: set[str] = field(default_factory=set)
    diagonal: bool = True

    def names(self, which: str, size: int) -> list[str]:
        """Return the labels of rows or columns; a label a line may have spaces."""
        found = self.labels.get(which) or [str(i + 1) for i in range(size)]
        return found if len(found) == size else self.lines.get(which, found)

    @property
    def two_mode(self) -> bool:
        """Whether rows and columns are different nodes."""
        return "nr" in self.sizes or self.format.rstrip("b").endswith("2")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a DL file, or a pair of ``.##h`` and ``.##d`` of which one is named."""
    if path.suffix.lower() in (".##h", ".##d", ".__h", ".__d"):
        return _binary(path)
    text, said = read_text(path, data)
    head = re.match(r"\s*dl\b", text, re.I)
    if head is None:
        raise UnusableInput(path, "it is not DL (it does not start with DL)", "Export it again")
    cut = re.search(r"\bdata\s*:", text, re.I)
    if cut is None:
        raise UnusableInput(path, "it has no DATA:", "Export it again")
    header = _header(text[head.end() : cut.start()], path)
    return _tables(header, text[cut.end() :], path, said)


def _header(text: str, path: Path) -> _Header:
    """Read settings and labels, in any order; settings may do without their sign."""
    out = _Header()
    found = [*_parts(text)]
    for position, part in enumerate(found):
        until = found[position + 1].start() if position + 1 < len(found) else len(text)
        if part["name"]:
            _set(out, part["name"].lower(), part["value"].strip('"').lower(), path)
            continue
        which = {"row": ["row"], "col": ["col"], "mat": ["mat"], "lev": ["mat"]}.get(
            (part["which"] or "").lower()[:3], ["row", "col"]
        )
        if part["embedded"]:
            out.embedded |= {*which}
        else:
            words = text[part.end() : until]
            labels = [a or b for a, b in _TOKEN.findall(words)]
            lines = [line.strip(" ,\t\r") for line in words.splitlines()]
            for name in which:
                out.labels[name] = labels
                out.lines[name] = [line.strip('"') for line in lines if line]
    if not out.sizes:
        raise UnusableInput(path, "it does not say how many nodes there are (N=)", "Add it")
    return out


def _parts(text: str) -> Iterator[re.Match[str]]:
    """Yield the parts of a header; among labels, a setting without its sign is a label."""
    start, size = -1, 0
    for part in _PART.finditer(text):
        if part[0].startswith('"'):
            continue
        if part["name"]:
            among = start >= 0 and len(_TOKEN.findall(text[start : part.start()])) < size
            if start >= 0 and not part["sign"] and (among or not _is_setting(part)):
                continue
            if part["name"].lower() in _SIZES:
                size = max(size, whole(part["value"]) or 0)
        start = -1 if part["name"] or part["embedded"] else part.end()
        yield part


def _is_setting(part: re.Match[str]) -> bool:
    """Return whether the value of a setting is one that it can have."""
    name, value = part["name"].lower(), part["value"].lower()
    if name in _SIZES:
        return whole(value) is not None
    return value in _FORMAT_OF if name == "format" else value in ("present", "absent")


def _set(out: _Header, name: str, value: str, path: Path) -> None:
    size = whole(value) if name in _SIZES else None
    if name in _SIZES and size is None:
        cause = f"{shorter(value)} is not a number of nodes"
        raise UnusableInput(f"{path}, {name.upper()}", cause, "Write a whole number")
    if size is not None:
        out.sizes[name] = size
    elif name == "format":
        if value not in _FORMAT_OF:
            cause = f"its format {shorter(value)} is not known"
            raise UnusableInput(path, cause, f"Save it as one of {', '.join(_FORMATS)}")
        out.format = _FORMAT_OF[value]
    elif name == "diagonal":
        out.diagonal = value == "present"


def _tables(header: _Header, body: str, path: Path, said: list[str]) -> GraphTables:
    rows = header.sizes.get("nr", header.sizes.get("n", 0))
    wide = header.sizes.get("nc", rows)
    believable(rows + wide, "nodes", len(body), path)
    if "list" in header.format:
        return _of_list(header, body, path, said)
    layers = header.sizes.get("nm", 1)
    if rows * wide * layers > _MOST_CELLS:
        cause = f"its matrix has {rows * wide * layers:,} cells"
        raise UnusableInput(path, cause, "Save it as an edge list")
    cells = _cells(header, body, rows, wide, layers, path)
    names, others = header.names("row", rows), header.names("col", wide)
    for what, found, size in (("row", names, rows), ("column", others, wide)):
        if len(found) != size:
            cause = f"it has {len(found)} {what} labels for {size} {what}s"
            raise UnusableInput(path, cause, "Quote labels with spaces")
    return of_matrix(
        cells, names, others, two_mode=header.two_mode, layers=header.labels.get("mat"), said=said
    )


def _cells(header: _Header, body: str, rows: int, wide: int, layers: int, path: Path) -> np.ndarray:
    """Return the matrices, one a layer, of what stands under DATA."""
    words = [a or b for a, b in _TOKEN.findall(body)]
    if header.embedded and header.format != "fullmatrix":
        words = _of_half(header, words, rows)
    elif header.embedded:
        if "col" in header.embedded:
            header.labels["col"], words = words[:wide], words[wide:]
        if "row" in header.embedded:
            header.labels["row"] = words[:: wide + 1][:rows]
            words = [w for i, w in enumerate(words) if i % (wide + 1)]
    try:
        numbers = np.array([float(w) if w not in (".", "?") else np.nan for w in words])
    except ValueError:
        texts = (w for w in words if isinstance(read_as(w, "double"), str))
        wrong = next(w for w in texts if w not in (".", "?"))
        cause = f"{shorter(wrong)} was found where a number is expected"
        raise UnusableInput(f"{path}, DATA", cause, "Say LABELS EMBEDDED, or correct it") from None
    whole_matrix, lower = header.format == "fullmatrix", header.format == "lowerhalf"
    half = rows * (rows + (1 if header.diagonal else -1)) // 2
    expected = layers * (rows * wide if whole_matrix else half)
    if len(numbers) != expected:
        cause = f"there are {len(numbers):,} numbers and not {expected:,}"
        raise UnusableInput(f"{path}, DATA", cause, "Fetch the file again, or correct its sizes")
    if whole_matrix:
        return numbers.reshape(layers, rows, wide)
    from_diagonal = 0 if header.diagonal else -1 if lower else 1
    i, j = (np.tril_indices if lower else np.triu_indices)(rows, from_diagonal)
    out = np.zeros((layers, rows, rows))
    out[:, i, j] = out[:, j, i] = numbers.reshape(layers, half)
    return out


def _of_half(header: _Header, words: list[str], size: int) -> list[str]:
    """Take the labels out of half a matrix, and return its numbers."""
    if "col" in header.embedded:
        header.labels["col"], words = words[:size], words[size:]
        header.labels.setdefault("row", header.labels["col"])
    if "row" not in header.embedded:
        return words
    numbers, labels, at = [], [], 0
    for row in range(size):
        wide = row + 1 if header.format == "lowerhalf" else size - row
        labels += words[at : at + 1]
        numbers += words[at + 1 : at + 1 + wide - (not header.diagonal)]
        at += 1 + wide - (not header.diagonal)
    header.labels["row"] = labels
    header.labels.setdefault("col", labels)
    return numbers + words[at:]


def _of_list(header: _Header, body: str, path: Path, said: list[str]) -> GraphTables:
    """Read edge lists (one edge per line) and node lists (a node and all it is tied to)."""
    embedded = bool(header.embedded)
    labels = [header.labels.get("row", []), header.labels.get("col", [])]

    def name(word: str, mode: int) -> str:
        known = labels[mode if header.two_mode else 0]
        if not embedded and 1 <= (number := whole(word) or 0) <= len(known):
            word = known[number - 1]
        return word

    edges: list[Row] = []
    alone: list[str] = []
    lost: list[Row] = []
    for line in body.splitlines():
        words = [a or b for a, b in _TOKEN.findall(line)]
        if not words or line.strip() == "!":
            continue
        if len(words) == 1:
            if header.format.startswith("node"):
                alone.append(name(words[0], 0))
            else:
                lost.append(left_out(None, line, "the line has one end", "Write both ends"))
            continue
        if header.format.startswith("nodelist"):
            del words[1 : 1 + header.format.endswith("b")]  # how many follow
            edges += [{"source": name(words[0], 0), "target": name(word, 1)} for word in words[1:]]
            continue
        edge: Row = {"source": name(words[0], 0), "target": name(words[1], 1)}
        if len(words) > 2:
            try:
                edge["weight"] = float(words[2])
            except ValueError:
                cause = f"{shorter(words[2])} is not a number"
                raise UnusableInput(f"{path}, line {shorter(line)}", cause, "Correct it") from None
        edges.append(edge)
    rows, others = ([*labels[0], *alone], [*labels[1]] if header.two_mode else [])
    if not embedded and not rows:
        rows = [str(i + 1) for i in range(header.sizes.get("nr", header.sizes.get("n", 0)))]
        others = [str(i + 1) for i in range(header.sizes.get("nc", 0))]
    if not header.two_mode:
        return GraphTables.of(
            [{"id": n} for n in dict.fromkeys(rows)], edges, said=said, unread=lost
        )
    rows += [e["source"] for e in edges]
    others += [e["target"] for e in edges]
    found = _two_modes([*dict.fromkeys(rows)], [*dict.fromkeys(others)], edges, said)
    found.unread += lost
    return found


def of_matrix(
    cells: np.ndarray,
    rows: list[str],
    columns: list[str],
    *,
    two_mode: bool,
    layers: list[str] | None = None,
    said: list[str] | None = None,
) -> GraphTables:
    """Return the graph of matrices of shape (layers, rows, columns); 0 and NaN mean no tie."""
    said = list(said or [])
    if layers and len(layers) != len(cells):
        said.append(f"{len(layers)} names of matrices for {len(cells)} of them, left out")
        layers = None
    symmetric = not two_mode and all((np.nan_to_num(m) == np.nan_to_num(m).T).all() for m in cells)
    edges: list[Row] = []
    for layer, matrix in enumerate(np.nan_to_num(cells)):
        matrix = np.triu(matrix) if symmetric else matrix
        for i, j in zip(*matrix.nonzero(), strict=True):
            edge: Row = {"source": rows[i], "target": columns[j]}
            edge |= {"weight": float(matrix[i, j])} if matrix[i, j] != 1 else {}
            edge |= {"kind": layers[layer]} if layers and len(cells) > 1 else {}
            edges.append(edge)
    if symmetric:
        said.append("the matrix is symmetric, and each pair is one tie")
    if two_mode:
        return _two_modes(rows, columns, edges, said)
    nodes = [{"id": name} for name in dict.fromkeys([*rows, *columns])]
    return GraphTables.of(nodes, edges, directed=not symmetric, said=said)


def _two_modes(
    rows: list[str], columns: list[str], edges: list[Row], said: list[str]
) -> GraphTables:
    """Return a two-mode graph; a name that both modes have gets its mode with it."""
    both = {*rows} & {*columns}

    def name(text: str, mode: str) -> str:
        return f"{text} ({mode})" if text in both else text

    nodes: list[Row] = [{"id": name(n, "row"), "label": n} for n in rows]
    nodes += [{"id": name(n, "column"), "label": n} for n in columns]
    for edge in edges:
        edge |= {"source": name(edge["source"], "row"), "target": name(edge["target"], "column")}
    modes = [0] * len(rows) + [1] * len(columns)
    return GraphTables.of(nodes, edges, directed=False, modes=modes, said=said)


# -- binary ----------------------------------------------------------------------------------


def _binary(path: Path) -> GraphTables:
    """Read a pair of header (sizes, labels) and data (numbers)."""
    stem, mark = str(path)[:-1], str(path)[-1]
    here = {"h": Path(f"{stem}{'h' if mark.islower() else 'H'}")}
    here["d"] = Path(f"{stem}{'d' if mark.islower() else 'D'}")
    for part in here.values():
        if companion(part) is None:
            raise MissingInput(part, "there is no such file", "Put both files of the pair together")
    sizes, labels = _binary_header(read_bytes(here["h"]), here["h"])
    data = read_bytes(here["d"])
    wide, rows, *deep = sizes
    layers = math.prod(deep)
    count = rows * wide * layers
    width, rest = divmod(len(data), max(count, 1))
    if rest or width not in (4, 8) or count > _MOST_CELLS:
        cause = f"it has {len(data):,} bytes for {count:,} cells"
        raise UnusableInput(here["d"], cause, "Fetch both files again")
    cells = np.frombuffer(data, dtype=f"<f{width}").astype(float)
    cells = np.where(np.abs(cells) > 1e36, np.nan, cells).reshape(layers, rows, wide)
    columns = labels[0] or [str(i + 1) for i in range(wide)]
    names = labels[1] or [str(i + 1) for i in range(rows)]
    two_mode = rows != wide or names != columns
    third = labels[2] if len(labels) > 2 else None
    return of_matrix(cells, names, columns, two_mode=two_mode, layers=third)


def _binary_header(data: bytes, path: Path) -> tuple[list[int], list[list[str]]]:
    if data[1:4] not in (b"V64", b"V63", b"V65"):
        cause = "it is not a header of UCINET 6.4 or later"
        raise UnusableInput(path, cause, "Open it in UCINET 6 and save it, or export it as DL")
    try:
        (dimensions,) = struct.unpack_from("<h", data, 17)
        sizes = [*struct.unpack_from(f"<{dimensions}i", data, 19)]
        at = 19 + 4 * dimensions
        at += 1 + data[at]  # the title
        has = [bool(flag) for flag in data[at : at + dimensions]]
        words = _binary_labels(data, at + dimensions)
        labels = [
            [next(words) for _ in range(n)] if h else [] for n, h in zip(sizes, has, strict=True)
        ]
    except (struct.error, ValueError, IndexError, StopIteration, RuntimeError):
        raise UnusableInput(path, "it ends before its labels do", "Download it again") from None
    if len(sizes) < 2 or min(sizes) < 1:
        raise UnusableInput(path, f"its sizes are {sizes}", "Download it again")
    return sizes, labels


def _binary_labels(data: bytes, at: int) -> Iterator[Any]:
    while at < len(data):
        (length,) = struct.unpack_from("<h", data, at)
        yield data[at + 2 : at + 2 + length].decode("utf-16-le")
        at += 2 + length
