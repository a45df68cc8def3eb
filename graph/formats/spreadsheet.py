"""Spreadsheets as Gephi and UCINET users keep graphs: edges, nodes, adjacency lists, matrices.

An edge table has columns Source and Target (or From and To), and may have Type, Id, Label, Weight
and timeset; a node table has Id and Label. A table of nodes beside the edges, called ``X_nodes``
for ``X_edges``, is read with them. Anything else in columns is left to mappings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import companion
from partnergraph.graph.formats import json_graph, workbook
from partnergraph.graph.formats.graph_tables import GraphTables, Row, in_types, left_out
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.moments import edtf, intervals
from partnergraph.graph.formats.text import csv_rows, read_text, shorter, wrong_line
from partnergraph.graph.formats.ucinet import of_matrix
from partnergraph.graph.formats.xlsx import cell_text
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds()

_ENDS = (("source", "target"), ("from", "to"))
_BOTH = [{*ends} for ends in _ENDS]
_NAMES = {"id": "id", "label": "label", "weight": "weight", "type": "type"}
_KEYS = ("id", "label", "name")
_TIMES = ("timeset", "interval", "timestamp")
_MOST_COLUMNS = 20_000
Cells = list[list[str]]


# -- recognising -----------------------------------------------------------------------------


def recognises(text: str) -> bool:
    """Return whether the beginning of a delimited file is one of these."""
    lines = text.lstrip("\ufeff").splitlines()
    head = "\n".join(lines[:40])[:100_000]
    try:
        return recognised(_cells(head, Path("head")), whole=len(lines) <= 40)
    except UnusableInput:
        return False


def recognised(rows: Sequence[Sequence[Any]], *, whole: bool = False) -> bool:
    """Return whether the first rows of a table are of one of these."""
    cells = [[cell_text(c).strip() for c in row] for row in rows]
    cells = [row for row in cells if any(row)]
    shape = _shape(cells, whole=whole)
    if shape == "edges":  # Gephi's own words; other tables of pairs are read by a mapping
        return {*_ENDS[0]} <= {cell.lower() for cell in cells[0]}
    return shape is not None


def _shape(cells: Cells, *, whole: bool = True) -> str | None:
    """Return edges, nodes, matrix or adjacency, or None."""
    if not cells:
        return None
    header = [cell.lower() for cell in cells[0]]
    if any({*ends} <= {*header} for ends in _ENDS):
        return "edges"
    if {"id", "label"} <= {*header} and "kind" not in header:
        return "nodes"
    if len(cells) > 1 and _is_matrix(cells):
        return "matrix"
    lengths = {_length(row) for row in cells}
    ragged = len(lengths) > 1 and _length(cells[0]) < max(lengths) and whole
    return "adjacency" if ragged and _is_adjacency(cells) else None


def _is_adjacency(cells: Cells) -> bool:
    """Return whether the first row and most of the second column hold names met elsewhere too.

    Rows of unequal length alone prove nothing: a list with a title above it has them too.
    """
    heads = {row[0] for row in cells}
    if any(len(cell) > 60 or _is_number(cell) for row in cells for cell in row):
        return False
    first = {*cells[0]} & {c for row in cells[1:] for c in row if c}
    beside = [row[1] for row in cells if len(row) > 1 and row[1]]
    return bool(first and beside) and 2 * sum(c in heads for c in beside) >= len(beside)


def _length(row: Sequence[str]) -> int:
    return max((i for i, cell in enumerate(row, 1) if cell), default=0)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _is_matrix(cells: Cells) -> bool:
    """Return whether names head the columns and only numbers stand below them."""
    header, body = cells[0], cells[1:]
    corner = header[0] == "" and len(header) > 1
    if any(_is_number(cell) for cell in header if cell):
        return False
    numbers = [row[1:] if corner else row for row in body]
    wide = len(header) - corner
    whole = all(
        len(row) == wide and all(cell == "" or _is_number(cell) for cell in row) for row in numbers
    )
    if not whole or not any(cell for row in numbers for cell in row):
        return False
    names = {row[0] for row in body if row[0]} if corner else set()
    square = len(body) == wide if not corner else 2 * len(names & {*header}) >= len(names)
    values = [float(cell or 0) for row in numbers for cell in row]
    sparse = 2 * values.count(0) >= len(values)
    return (corner and (square or sparse or {*values} <= {0, 1})) or (square and wide > 1)


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None, *, shape: str | None = None) -> GraphTables:
    """Read a table of edges or nodes, an adjacency list, or a matrix.

    Parameters
    ----------
    shape
        Which of these it is (``edges nodes adjacency matrix``), where a person has said it.
    """
    said: list[str] = []
    if path.suffix.lower() in (".xls", ".xlsx", ".ods"):
        book = workbook.sheets(path, data)
        cells = [[cell_text(c).strip() for c in row] for row in next(iter(book.values()), [])]
        said += [f"the sheet {name} is left out" for name in list(book)[1:]]
    else:
        text, said = read_text(path, data)
        records = text.lstrip().startswith("[") and json_graph.content_of(text)[0]
        cells = of_records(records) if isinstance(records, list) else _cells(text, path)
    cells = [row for row in cells if any(row)]
    shape = shape or _shape(cells)
    if shape is None:
        cause = "it is not recognised as a table of edges or nodes, an adjacency list or a matrix"
        raise UnusableInput(
            path, cause, "Name its columns Source and Target, or describe it in a mapping"
        )
    if shape == "matrix":
        return _matrix(cells, path, said)
    if shape == "adjacency":
        edges = [{"source": row[0], "target": cell} for row in cells for cell in row[1:] if cell]
        return GraphTables.of([{"id": row[0]} for row in cells if row[0]], edges, said=said)
    frame = _frame(cells, said)
    nodes = _beside(path) if shape == "edges" else frame
    return _table(nodes, frame if shape == "edges" else None, said)


def of_records(records: Sequence[Any]) -> Cells:
    """Return JSON records as the cells of a table, none where a record holds more than values."""
    plain = str | int | float | None
    if not records or not all(
        isinstance(r, dict) and all(isinstance(v, plain) for v in r.values()) for r in records
    ):
        return []
    header = [*dict.fromkeys(key for record in records for key in record)]
    rows = [
        ["" if (v := r.get(k)) is None else cell_text(v).strip() for k in header] for r in records
    ]
    return [header, *rows]


def of_sheets(nodes: Sequence[Sequence[Any]], edges: Sequence[Sequence[Any]]) -> GraphTables:
    """Read the cells of a sheet of nodes and of a sheet of edges.

    Raises
    ------
    UnusableInput
        If the header has no ends, or no id, label or name.
    """
    said: list[str] = []
    frames = []
    for what, cells, wanted in (("nodes", nodes, [{k} for k in _KEYS]), ("edges", edges, _BOTH)):
        rows = [row for row in ([cell_text(c).strip() for c in row] for row in cells) if any(row)]
        header = {cell.lower() for cell in rows[0]} if rows else set()
        if rows and not any(names <= header for names in wanted):
            needed = " or ".join(" and ".join(sorted(names)) for names in wanted)
            cause = f"its header has no {needed}"
            raise UnusableInput(f"sheet {what}, row 1", cause, "Name its columns")
        frames.append(_frame(rows, said) if rows else None)
    return _table(frames[0], frames[1], said)


def _cells(text: str, path: Path) -> Cells:
    """Return stripped cells; the delimiter is the one that the header has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    best = max((",", ";", "\t"), key=first.count)
    if not first.count(best) and any(f"{a} {b}" in first.lower() for a, b in _ENDS):
        best = " "
    out: Cells = []
    for number, row in csv_rows(text, path, delimiter=best, skipinitialspace=True):
        if len(row) > _MOST_COLUMNS:
            cause = f"the row has {len(row):,} cells, more than {_MOST_COLUMNS:,}"
            raise wrong_line(path, number, cause, "Give edges, one per row")
        out.append([cell.strip() for cell in row])
    return out


def _frame(cells: Cells, said: list[str]) -> pd.DataFrame:
    """Return rows below a header as text; repeated names get a number, unnamed cells stay."""
    header: list[str] = []
    width = max(_length(row) for row in cells)
    times: Counter[str] = Counter()
    for position, name in enumerate([*cells[0], *[""] * width][:width], start=1):
        base = name = name or f"column {position}"
        while times[name.lower()]:
            times[base.lower()] += 1
            name = f"{base} ({times[base.lower()]})"
        if name != base:
            said.append(f"the column {shorter(base)} is repeated, and kept as {shorter(name)}")
        times[name.lower()] += 1
        header.append(name)
    body = [[c or None for c in row[:width]] + [None] * (width - len(row)) for row in cells[1:]]
    columns = zip(*body, strict=True) if body else [[] for _ in header]
    frame = pd.DataFrame(
        {h: pd.Series(c, dtype=object) for h, c in zip(header, columns, strict=True)}
    )
    return frame[[h for h in header if not h.startswith("column ") or frame[h].notna().any()]]


# What tables of edges and of nodes are called that belong together.
_PAIRS = {
    "edge": ("node", "vertex"),
    "edges": ("nodes", "vertices"),
    "link": ("node",),
    "links": ("nodes",),
    "relations": ("nodes",),
    "connections": ("elements", "nodes"),
}


def beside(path: Path) -> Path | None:
    """Return the table of nodes that stands beside a table of edges, under the same name."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return None
    words = "|".join(sorted(_PAIRS, key=len, reverse=True))
    found = re.fullmatch(rf"(.*?)\b({words})(\]?)", path.stem.replace("_", " "), re.I)
    if found is None or not _has(path, _BOTH):
        return None
    wanted = {f"{found[1]}{word}{found[3]}".lower() for word in _PAIRS[found[2].lower()]}
    others = (p for p in sorted(path.parent.iterdir()) if p.suffix.lower() == path.suffix.lower())
    named = (p for p in others if p.stem.replace("_", " ").lower() in wanted and p.is_file())
    return next((p for p in named if companion(p) and _has(p, [{n} for n in _KEYS])), None)


def _has(path: Path, wanted: list[set[str]]) -> bool:
    """Return whether the header of a table has all of some names."""
    with path.open("rb") as file:
        head = file.read(65_536).decode("utf-8", errors="replace")
    try:
        first = next(iter(_cells(head.lstrip("\ufeff").partition("\n")[0], path)), [])
    except UnusableInput:
        return False
    return any(names <= {cell.lower() for cell in first} for names in wanted)


def _beside(path: Path) -> pd.DataFrame | None:
    """Return the nodes that stand beside edges under the same name."""
    other = beside(path) if path.is_file() else None
    if other is None:
        return None
    text, _ = read_text(other)
    return _frame([row for row in _cells(text, other) if any(row)], [])


def _table(nodes: pd.DataFrame | None, edges: pd.DataFrame | None, said: list[str]) -> GraphTables:
    found: list[list[Row]] = []
    unread: list[Row] = []
    for what, frame in (("nodes", nodes), ("ties", edges)):
        if frame is None:
            found.append([])
            continue
        frame = frame.rename(columns=_known(frame.columns, what))
        if what == "nodes" and "id" not in frame:
            frame = frame.assign(id=frame["label"] if "label" in frame else frame["name"])
        needed = ["id"] if what == "nodes" else ["source", "target"]
        incomplete = frame[needed].isna().any(axis=1)
        cause, remedy = f"the row of {what} has no {' or '.join(needed)}", "Fill it in"
        for position, cells in frame[incomplete].iterrows():
            shown = ", ".join(str(v) for v in cells if isinstance(v, str))
            unread.append(left_out(int(str(position)) + 2, shown, cause, remedy))
        frame = frame[~incomplete]
        frame = in_types(_truths(frame.reset_index(drop=True)), what)
        rows = [
            {str(k): v for k, v in row.items() if v is not None and v == v}
            for row in frame.to_dict("records")
        ]
        for row in rows:
            _time(row)
        found.append(rows)
    _ends_by_label(found[0], found[1], said)
    for row in found[1]:
        way = row.pop("type", None)
        if way is not None and str(way).lower() in ("directed", "undirected", "mutual"):
            row[DIRECTED] = str(way).lower() != "undirected"
        elif way is not None:
            row.setdefault("kind", way)
        if "id" in row:
            row["id"] = str(row["id"])
    return GraphTables.of(*found, said=said, unread=unread)


def _ends_by_label(nodes: list[Row], edges: list[Row], said: list[str]) -> None:
    """Let edges that name nodes by their labels name them by id, if no id is meant."""
    ids = {str(row["id"]) for row in nodes}
    labels = Counter(str(row.get("label") or row.get("name") or "") for row in nodes)
    id_of = {str(row.get("label") or row.get("name") or ""): row["id"] for row in nodes}
    changed = 0
    for row in edges:
        for end in ("source", "target"):
            text = str(row[end])
            if text not in ids and labels[text] == 1:
                row[end] = id_of[text]
                changed += 1
    if changed:
        said.append(f"ends of edges that are labels of nodes: {changed}")


def _known(columns: Iterable[str], what: str) -> dict[str, str]:
    """Return our names for columns that are known by any spelling."""
    names = dict(_NAMES) if what == "ties" else {name: name for name in _KEYS}
    lower = {str(c).lower() for c in columns}
    if what == "ties":
        ends = next(pair for pair in _ENDS if {*pair} <= lower)
        names |= dict(zip(ends, ("source", "target"), strict=True))
    return {c: names[str(c).lower()] for c in columns if str(c).lower() in names}


def _truths(frame: pd.DataFrame) -> pd.DataFrame:
    """Read TRUE and FALSE in any spelling, where a column has nothing else."""
    for column in frame.columns:
        words = frame[column].str.lower()
        if words.notna().any() and words.dropna().isin(["true", "false"]).all():
            frame[column] = words.map({"true": True, "false": False}).astype(object)
    return frame


def _time(row: Row) -> None:
    """Read the period of Gephi's time sets, which are kept beside it."""
    for name in [n for n in row if n.lower() in _TIMES]:
        found = intervals(str(row[name]))
        ends = [edtf(found[0][0]), edtf(found[-1][-1])] if found else [None, None]
        if all(ends):
            row |= dict(zip(("start", "end"), ends, strict=True))


def _matrix(cells: Cells, path: Path, said: list[str]) -> GraphTables:
    header, body = cells[0], cells[1:]
    corner = header[0] == "" and len(header) > 1
    columns = header[1:] if corner else header
    names = [row[0] for row in body] if corner else columns[: len(body)]
    if len(names) != len(body):
        cause = f"there are {len(body)} rows below {len(columns)} columns, and they have no names"
        raise UnusableInput(path, cause, "Put their names in the first column")
    rows = [row[1:] if corner else row for row in body]
    numbers = np.array([[float(c or 0) for c in row] for row in rows]).reshape(len(body), -1)
    two_mode = not {*names} & {*columns}
    return of_matrix(numbers[None], names, columns, two_mode=two_mode, said=said)
