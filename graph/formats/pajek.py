"""Pajek networks (``.net``) and projects (``.paj``).

Read are vertices of one and two modes with labels, coordinates and time intervals; arcs, edges,
their lists and matrices, with values, relations and intervals; partitions and vectors, also of a
``.clu`` or ``.vec`` file of the same name beside. A project's further networks are named and left
out. Written is one list of ties in a ``.net``, and relations and the partition of kinds in a
``.paj``; everything else stands in a comment at the head that our own reader looks at, as long as
nobody changed the network.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import companion, write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    believable,
    document,
    from_document,
    read_as,
    rows_of,
    unique_names,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.moments import period
from partnergraph.graph.formats.text import read_text, shorter, whole, wrong_line
from partnergraph.graph.networkx_form import DIRECTED
from partnergraph.graph.periods import OPEN
from partnergraph.graph.schema import SCHEMA

holds = Holds(shows="names, kinds, ties with their strength and years; nothing else")

_WORD = re.compile(r'"([^"]*)"?|(\[[^\]]*\])|(\S+)')
_MOST_CELLS = 100_000_000


@dataclass
class _Network:
    """A network while it is read: ends are numbers of vertices, from 0."""

    name: str = ""
    size: int = 0
    first_mode: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    directed: list[bool] = field(default_factory=list)
    weights: dict[int, float] = field(default_factory=dict)
    attributes: dict[int, Row] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)

    def add(self, source: int, target: int, directed: bool, relation: Row) -> int:
        """Add a tie and return its number."""
        self.sources.append(source)
        self.targets.append(target)
        self.directed.append(directed)
        if relation:
            self.attributes[len(self.sources) - 1] = dict(relation)
        return len(self.sources) - 1


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a Pajek network, or the first network of a project with its partitions and vectors."""
    text, said = read_text(path, data)
    head, _, rest = text.partition("\n")
    if head.startswith(f"%{MARK} "):
        found = from_document(head.removeprefix(f"%{MARK} "), rest, path)
        if isinstance(found, GraphTables):
            return found
        said.append(found)
    sections = [*_sections(text, path)]
    networks = [s for s in sections if s[0] in ("network", "vertices")]
    if path.suffix.lower() in (".clu", ".vec"):
        cause = "it has values for the vertices of a network, but no network"
        raise UnusableInput(
            path, cause, "Give its .net file; the values beside it are read with it"
        )
    if not networks:
        raise UnusableInput(path, "it is not a Pajek network (no *Vertices)", "Export it again")
    network, left, columns = _read_sections(sections, path)
    believable(network.size, "vertices", len(text), path)
    if left:
        names = ", ".join(shorter(name) for name in left)
        said.append(
            f"further networks are left out ({names}); save one in a file of its own to read it"
        )
    columns += _beside(path)
    return _tables(network, columns, said)


def _sections(text: str, path: Path) -> Iterator[tuple[str, str, int, list[str]]]:
    """Yield keyword, the rest of its line, its line's number, and the lines that follow."""
    keyword, rest, start = "", "", 0
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("*") or line.lstrip().startswith("*"):
            if keyword:
                yield keyword, rest, start, lines
            elif any(lines):
                cause = f"{shorter(lines[0])} comes before the first section"
                raise wrong_line(path, 1, cause, "Start with *Vertices")
            word, _, rest = line.lstrip(" \t*").partition(" ")
            word, _, more = word.partition(":")
            keyword, rest = word.strip().lower(), f":{more} {rest}" if more else rest.strip()
            start, lines = number, []
        elif line and not line.lstrip().startswith("%"):
            lines.append(line)
        else:
            lines.append("")
    if keyword:
        yield keyword, rest, start, lines


def _read_sections(
    sections: list[tuple[str, str, int, list[str]]], path: Path
) -> tuple[_Network, list[str], list[tuple[str, list[Any]]]]:
    network, left = _Network(), []
    columns: list[tuple[str, list[Any]]] = []
    other, table = False, ""
    for keyword, rest, start, lines in sections:
        if keyword == "network":
            if network.size or network.name:
                left.append(rest)
                other = True
            else:
                network.name = rest
            table = ""
        elif keyword in ("partition", "vector", "permutation"):
            table = rest or keyword
            if any(line.strip() for line in lines):
                columns.append((table, _values(lines)))
        elif keyword == "vertices" and table:
            columns.append((table, _values(lines)))
            table = ""
        elif keyword == "vertices":
            if network.size and not other:
                left.append("without a name")
                other = True
            if not other:
                _vertices(network, rest, start, lines, path)
        elif not other:
            _ties(network, keyword, rest, start, lines, path)
    return network, left, columns


def _values(lines: list[str]) -> list[Any]:
    words = (word for line in lines for word in line.split())
    return [read_as(word, "long" if word.lstrip("-").isdigit() else "double") for word in words]


def _vertices(network: _Network, rest: str, start: int, lines: list[str], path: Path) -> None:
    sizes = [number for word in rest.split() if (number := whole(word)) is not None]
    if not sizes:
        raise wrong_line(path, start, "*Vertices has no number", "Say how many there are")
    network.size = sizes[0]
    network.first_mode = sizes[1] if len(sizes) > 1 else 0
    if network.first_mode > network.size:
        cause = f"its first mode has {network.first_mode:,} of {network.size:,} vertices"
        raise wrong_line(path, start, cause)
    for number, line in enumerate(lines, start=start + 1):
        if not line.strip():
            continue
        line, label = _labelled(line)
        words = [*_WORD.finditer(line)]
        if not 1 <= (vertex := whole(words[0][0]) or 0) <= network.size:
            cause = f"{shorter(words[0][0])} is not the number of a vertex from 1 to {network.size}"
            raise wrong_line(path, number, cause)
        row = _vertex(words[1:])
        if label is not None:
            row["label"] = label
        before = network.rows.get(vertex - 1)
        if before is not None:
            network.again.append(_again(vertex, before, row))
            row |= before
        network.rows[vertex - 1] = row


# A label in quotes, which may have quotes in it: it ends where what follows can stand alone.
_LABEL = re.compile(r'(\s*\d+\s+)"(.*)', re.S)


def _labelled(line: str) -> tuple[str, str | None]:
    """Return the line of a vertex with a plain label, and the label in quotes, if there is one."""
    found = _LABEL.match(line)
    if found is None:
        return line, None
    rest = found[2]
    for end in re.finditer(r'"(?=\s|$)', rest):
        after = rest[end.end() :]
        if after.count('"') % 2 == 0:
            label = rest[: end.start()].replace('\\"', '"')
            return f"{found[1]}x{after}", html.unescape(label)
    return line, None


def _again(vertex: int, before: Row, row: Row) -> str:
    """Return the number of a vertex listed again, and which label does not stay."""
    labels = [shorter(str(r.get("label", ""))) for r in (before, row)]
    if labels[0] == labels[1] or "label" not in row:
        return str(vertex)
    return f"{vertex}: {labels[0]} stays and {labels[1]} does not"


def _vertex(words: list[re.Match[str]]) -> Row:
    row: Row = {}
    times = [w[2] for w in words if w[2]]
    plain = [w for w in words if not w[2]]
    if plain:
        row["label"] = plain[0][1] if plain[0][1] is not None else plain[0][0]
    numbers = []
    for word in plain[1:4]:
        value = read_as(word[0], "double")
        if not isinstance(value, float):
            break
        numbers.append(value)
    row |= dict(zip("xyz", numbers, strict=False))
    rest = [w[1] if w[1] is not None else w[0] for w in plain[1 + len(numbers) :]]
    if len(rest) % 2:
        row["shape"] = rest.pop(0)
    row |= {f"pajek_{k}": v for k, v in zip(rest[::2], rest[1::2], strict=True)}
    _time(row, times)
    return row


def _time(row: Row, times: list[str]) -> None:
    """Put the period of time intervals such as ``[1990-1995,2000-*]`` into a row."""
    if not times:
        return
    parts = [part for text in times for part in text.strip("[]").split(",")]
    start = parts[0].partition("-")[0]
    last = parts[-1].partition("-")
    period(row, start, last[2] or last[0])
    if len(parts) > 1:
        row["intervals"] = ",".join(parts)


_DIRECTED = {"arcs": True, "edges": False, "arcslist": True, "edgeslist": False, "matrix": True}


def _ties(
    network: _Network, keyword: str, rest: str, start: int, lines: list[str], path: Path
) -> None:
    if keyword not in _DIRECTED:
        if any(line.strip() for line in lines):
            raise wrong_line(
                path, start, f"the section *{keyword} is not known", "Remove it, or save it apart"
            )
        return
    if not network.size:
        raise wrong_line(path, start, f"*{keyword} comes before *Vertices", "Move it after them")
    relation = re.search(r':\s*(\d+)\s*(?:"([^"]*)")?', rest)
    row: Row = {"relation": relation[2] or relation[1]} if relation else {}
    read = {"matrix": _matrix, "arcslist": _list, "edgeslist": _list}.get(keyword, _lines)
    read(network, _DIRECTED[keyword], row, lines, start, path)


def _end(word: str, network: _Network, number: int, path: Path) -> int:
    if not 1 <= (end := whole(word) or 0) <= network.size:
        cause = f"{shorter(word)} is not the number of a vertex from 1 to {network.size}"
        raise wrong_line(path, number, cause)
    return end - 1


def _list(
    network: _Network, directed: bool, row: Row, lines: list[str], start: int, path: Path
) -> None:
    size = network.size
    for number, line in enumerate(lines, start=start + 1):
        if not line:
            continue
        try:
            ends = [*map(int, line.split())]
        except ValueError:
            ends = [0]
        if ends and not 1 <= min(ends) <= max(ends) <= size:
            cause = f"{shorter(line)} has what is not the number of a vertex from 1 to {size}"
            raise wrong_line(path, number, cause)
        if row:
            for end in ends[1:]:
                network.add(ends[0] - 1, end - 1, directed, row)
        else:
            network.sources += [ends[0] - 1] * (len(ends) - 1) if ends else []
            network.targets += [end - 1 for end in ends[1:]]
    network.directed += [directed] * (len(network.sources) - len(network.directed))


def _lines(
    network: _Network, directed: bool, row: Row, lines: list[str], start: int, path: Path
) -> None:
    for number, line in enumerate(lines, start=start + 1):
        words = line.split()
        if not words:
            continue
        if len(words) < 2:
            raise wrong_line(path, number, f"{shorter(line)} has no two ends")
        relation = re.match(r"(\d+):$", words[0])
        more = {"relation": relation[1]} if relation else row
        words = words[1:] if relation else words
        ends = [_end(word, network, number, path) for word in words[:2]]
        tie = network.add(ends[0], ends[1], directed, more)
        if len(words) > 2:
            _value(network, tie, words[2:], line)


def _value(network: _Network, tie: int, words: list[str], line: str) -> None:
    """Read what follows the ends of a tie: a value, parameters, time intervals."""
    value = read_as(words[0], "double")
    if isinstance(value, float):
        network.weights[tie] = value
        words = words[1:]
    if not words:
        return
    row = network.attributes.setdefault(tie, {})
    found = [*_WORD.finditer(line)]
    _time(row, [w[2] for w in found if w[2]])
    plain = [w[1] if w[1] is not None else w[0] for w in found if not w[2]]
    plain = plain[3:] if isinstance(value, float) else plain[2:]
    for key, text in zip(plain[::2], plain[1::2], strict=False):
        row["label" if key == "l" else f"pajek_{key}"] = text


def _matrix(
    network: _Network, directed: bool, row: Row, lines: list[str], start: int, path: Path
) -> None:
    first = network.first_mode or network.size
    wide = network.size - first if network.first_mode else network.size
    if first * wide > _MOST_CELLS:
        raise wrong_line(path, start, f"the matrix has {first * wide:,} cells", "Give it as *Arcs")
    words = [word for line in lines for word in line.split()]
    if len(words) != first * wide:
        cause = f"the matrix has {len(words):,} cells and not {first} × {wide}"
        raise wrong_line(path, start, cause)
    try:
        cells = np.array(words, dtype=float).reshape(first, wide)
    except ValueError:
        raise wrong_line(path, start, "the matrix has a word that is not a number") from None
    offset = network.size - wide
    for i, j in zip(*cells.nonzero(), strict=True):
        tie = network.add(int(i), int(j) + offset, directed and not network.first_mode, row)
        if cells[i, j] != 1:
            network.weights[tie] = float(cells[i, j])


def _beside(path: Path) -> list[tuple[str, list[Any]]]:
    """Return the partition and vector that stand beside a network, under the same name."""
    out = []
    for suffix in (".clu", ".vec"):
        other = path.with_suffix(suffix)
        if path.suffix.lower() == ".net" and other.is_file() and companion(other):
            text, _ = read_text(other)
            lines = [x for x in text.splitlines() if x.strip()[:1] not in ("%", "*")]
            out.append((f"{path.stem}{suffix}", _values(lines)))
    return out


def _tables(
    network: _Network, columns: list[tuple[str, list[Any]]], said: list[str]
) -> GraphTables:
    size = network.size
    if network.again:
        shown = "; ".join(network.again[:5]) + (" …" if len(network.again) > 5 else "")
        said.append(
            f"vertices listed again, which fill blanks of the first: {len(network.again)} ({shown})"
        )
    labels = [network.rows.get(i, {}).get("label") or str(i + 1) for i in range(size)]
    times = Counter(labels)
    shared = sum(count for count in times.values() if count > 1)
    if shared:
        said.append(f"vertices that share a label, told apart by their number: {shared}")
    ids = [f"{x} #{i + 1}" if times[x] > 1 else x for i, x in enumerate(labels)]
    frame: dict[str, Any] = {"id": ids}
    if shared:
        frame["label"] = labels
    named = {name for row in network.rows.values() for name in row} - {"label"}
    for name in sorted(named):
        frame[name] = [network.rows.get(i, {}).get(name) for i in range(size)]
    modes: np.ndarray | None = None
    if network.first_mode:
        modes = (np.arange(size) >= network.first_mode).astype(int)
    for name, values in columns:
        column = re.sub(r"\.(clu|vec)$", "", name.split(" partition")[0]).strip() or "partition"
        if len(values) > size:
            said.append(f"{shorter(name)} has {len(values)} values for {size} vertices, left out")
            continue
        if len(values) < size:
            said.append(f"{shorter(name)} is of the first {len(values)} vertices")
        elif modes is None:
            modes = _splits(values, network)
        frame[column] = [*values, *[None] * (size - len(values))]
    return GraphTables(_objects(frame), _edges(network, ids), modes=modes, said=said)


def _splits(values: list[Any], network: _Network) -> np.ndarray | None:
    """Return 0 and 1 where a partition of two classes splits the ends of every tie."""
    classes = sorted(set(values), key=str)
    if len(classes) != 2 or not network.sources:
        return None
    marks = np.array([value == classes[1] for value in values], dtype=int)
    across = marks[network.sources] != marks[network.targets]
    return marks if across.all() else None


def _edges(network: _Network, ids: list[str]) -> pd.DataFrame:
    names = np.empty(len(ids), dtype=object)
    names[:] = ids
    count = len(network.sources)
    frame: dict[str, Any] = {
        "source": names[np.array(network.sources, dtype=int)],
        "target": names[np.array(network.targets, dtype=int)],
        DIRECTED: network.directed,
    }
    if network.weights:
        frame["weight"] = [network.weights.get(i) for i in range(count)]
    for name in sorted({name for row in network.attributes.values() for name in row}):
        frame[name] = [network.attributes.get(i, {}).get(name) for i in range(count)]
    if "relation" in frame:
        frame["kind"] = frame.pop("relation")
    return _objects(frame)


def _objects(columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as a Pajek network, or as a project where the file ends in ``.paj``.

    Returns
    -------
    list of str
        What was changed on the way for Pajek's own eyes.
    """
    nodes, ties = rows_of(eco)
    number = {row["id"]: position for position, row in enumerate(nodes, start=1)}
    names = unique_names(nodes)
    lines = [f"*Network {eco.about.name}", f"*Vertices {len(nodes)}"]
    lines += [f'{i} "{_label(names[row["id"]])}"{_years(row)}' for i, row in enumerate(nodes, 1)]
    project = path.suffix.lower() == ".paj"
    if project:
        for position, kind in enumerate(SCHEMA.tie_kinds, start=1):
            some = [row for row in ties if row["kind"] == kind]
            if some:
                word = "Arcs" if SCHEMA.tie_kinds[kind].directed else "Edges"
                lines.append(f'*{word} :{position} "{kind}"')
                lines += [_tie(row, number) for row in some]
        kinds = list(SCHEMA.node_kinds)
        lines += ["*Partition kind", f"*Vertices {len(nodes)}"]
        lines += [str(kinds.index(row["kind"]) + 1) for row in nodes]
    else:
        lines.append("*Arcs" if any(row[DIRECTED] for row in ties) else "*Edges")
        lines += [f"{_tie(row, number, ' l ' + chr(34) + row['kind'] + chr(34))}" for row in ties]
    text = "\n".join(lines) + "\n"
    write_atomically(path, f"%{MARK} {document(eco, text)}\n{text}".encode())
    both = len({row[DIRECTED] for row in ties}) > 1
    return (
        ["all ties are arcs in a .net (a .paj keeps arcs and edges)"]
        if both and not project
        else []
    )


def _label(name: str) -> str:
    """Return a label as Pajek can have it: it knows no escapes."""
    return re.sub(r"\s+", " ", name.replace('"', "'").replace("\\", "/")).strip()


def _tie(row: Row, number: dict[str, int], more: str = "") -> str:
    weight = row.get("strength", 1)
    return f"{number[row['source']]} {number[row['target']]} {weight:g}{more}{_years(row)}"


def _years(row: Row) -> str:
    """Return a period as a time interval of years, blank where there is none."""
    start, end = row.get("start"), row.get("end")
    first = start[:4] if start and start != OPEN and start[:4].isdigit() else "1"
    last = end[:4] if end and end != OPEN and end[:4].isdigit() else "*"
    return f" [{first}-{last}]" if (first, last) != ("1", "*") else ""
