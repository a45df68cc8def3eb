"""What every graph file comes down to: nodes and edges as two tables, and what was said of them.

A reader of a graph format returns `GraphTables`; `partnergraph.loaders.graph_files` makes an
ecosystem of them. A writer takes `rows_of` an ecosystem, and where the format has room for text of
its own, `form_of` it: what nodes and edges cannot carry, so that our reader gives everything back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from partnergraph.graph.checks import CONTROL
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.networkx_form import DIRECTED, GRAPH_TABLES, graph_attributes, records
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES

MARK = "partnergraph"
OWN = "own:"
BELIEVED, MOST_CELLS, MOST_BLANKS = 100_000, 5_000_000, 100
Row = dict[str, Any]


@dataclass
class GraphTables:
    """A graph as a file has it.

    Attributes
    ----------
    nodes
        A column ``id`` (text, each once), and attributes.
    edges
        Columns ``source`` and ``target``, and attributes; ``directed`` where edges differ in that,
        ``id`` where they have one, ``weight``.
    directed
        Whether edges without an entry ``directed`` have a direction.
    modes
        In a two-mode graph, 0 or 1 for each node.
    aliases
        Other names: columns ``node``, ``alias``, ``kind``.
    form
        In a file that we wrote: what `form_of` gave.
    extras
        In such a file: attributes that only repeat something for other programs.
    about
        Name, title and description, where the file says them.
    said
        What the reader assumed, converted or left out, one sentence each.
    unread
        Rows that could not be kept, each as `left_out` gives it.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    directed: bool = True
    modes: Sequence[int] | NDArray[Any] | None = None
    aliases: pd.DataFrame | None = None
    form: dict[str, Any] | None = None
    extras: Collection[str] = ()
    about: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    unread: list[Row] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        nodes: Iterable[Row],
        edges: Iterable[Row],
        *,
        counts: Mapping[str, int] | None = None,
        **rest: Any,
    ) -> GraphTables:
        """Return the tables of rows; nodes named by edges only are added, repeated ones are merged.

        Parameters
        ----------
        counts
            What the reader counted, by what it is.
        rest
            Other attributes of `GraphTables`.
        """
        said = Counter(counts or {})
        by_id: dict[str, Row] = {}
        nodes = list(nodes)
        names = _texts(row["id"] for row in nodes)
        given = zip(
            (names[_exact(row["id"])] for row in nodes), rest.pop("modes", None) or (), strict=False
        )
        mode_of = dict(given)
        for row in nodes:
            name = names[_exact(row["id"])]
            if name in by_id:
                said["nodes listed again, which fill blanks of the first"] += 1
                row = {**row, **{k: v for k, v in by_id[name].items() if v is not None}}
            by_id[name] = {**row, "id": name}
        listed = bool(by_id)
        edges = list(edges)
        for row in edges:
            for end in ("source", "target"):
                row[end] = names.get(_exact(row[end]), str(row[end]))
                if row[end] not in by_id:
                    by_id[row[end]] = {"id": row[end]}
                    said["nodes added because only edges name them"] += listed
        out = cls(frame_of(by_id.values(), "id"), frame_of(edges, "source", "target"), **rest)
        if mode_of and by_id.keys() <= mode_of.keys():
            out.modes = [mode_of[id] for id in by_id]
        elif mode_of:
            said["nodes without a mode, so that the graph has one mode"] = len(by_id) - len(mode_of)
        out.said += [f"{words}: {count}" for words, count in said.items() if count]
        return out


def _exact(identity: Any) -> tuple[bool, Any]:
    """Return an id with whether it is text: the text 1 is not the number 1."""
    plain = isinstance(identity, str | int | float)
    return isinstance(identity, str), identity if plain else str(identity)


def _texts(identities: Iterable[Any]) -> dict[tuple[bool, Any], str]:
    """Return each id as text; one whose text another has gets what it is with it."""
    texts: dict[tuple[bool, Any], str] = {}
    taken: set[str] = set()
    for key in dict.fromkeys(map(_exact, identities)):
        text = str(key[1])
        while text in taken:
            text = f"{text} ({'text' if key[0] else 'number'})"
        texts[key] = text
        taken.add(text)
    return texts


def frame_of(rows: Iterable[Row], *needed: str) -> pd.DataFrame:
    """Return rows as a table of objects; names of columns lose the characters no file may hold.

    Raises
    ------
    UnusableInput
        If it would have more than 5 million cells, nearly all of them blank.
    """
    rows = list(rows)
    names = dict.fromkeys([*needed, *(name for row in rows for name in row)])
    cells = len(rows) * len(names)
    if cells > MOST_CELLS and cells > MOST_BLANKS * sum(map(len, rows)):
        cause = f"{len(names):,} attributes of {len(rows):,} nodes or edges are nearly all blank"
        raise UnusableInput("the graph", cause, "Give one attribute with the others' names in it")
    columns: dict[Any, pd.Series] = {}
    for name in names:
        column = CONTROL.sub("\ufffd", name) if isinstance(name, str) else name
        while column in columns:
            column += "\ufffd"
        columns[column] = pd.Series([row.get(name) for row in rows], dtype=object)
    return pd.DataFrame(columns)


def left_out(number: int | None, value: str, cause: str, remedy: str) -> Row:
    """Return an entry of the list of what was not taken: a row that is left out."""
    done = "the row is left out"
    same = {"row": number, "column": "", "value": value[:200]}
    return {**same, "cause": cause, "remedy": remedy, "done": done}


def require(rows: Iterable[Row], names: Collection[str], place: object, what: str) -> None:
    """Refuse rows without an attribute that each needs.

    Raises
    ------
    UnusableInput
        Naming the first.
    """
    for number, row in enumerate(rows, start=1):
        missing = [name for name in names if row.get(name) is None]
        if missing:
            cause = f"it has no {' and no '.join(missing)}"
            raise UnusableInput(f"{place}, {what} {number}", cause, "Export it again")


def believable(declared: int, what: str, size: int, place: object) -> None:
    """Refuse nodes or edges that a file declares by a number or a product and does not list.

    Raises
    ------
    UnusableInput
        If there are more than 100,000, and more than the characters of the file.
    """
    if declared > max(BELIEVED, size):
        cause = f"it declares {declared:,} {what} in {size:,} characters"
        raise UnusableInput(place, cause, f"List the {what} one by one")


def count_mixture(edges: Iterable[Row], counts: Counter[str]) -> None:
    """Count the undirected edges of a graph that has directed ones too."""
    ways = [bool(row.get(DIRECTED)) for row in edges]
    if any(ways):
        counts["undirected edges among directed ones"] += ways.count(False)


# -- what we write --------------------------------------------------------------------------


def form_of(eco: Ecosystem) -> str:
    """Return, as one line of JSON, what nodes and edges of a graph file cannot carry."""
    return json.dumps(graph_attributes(eco), ensure_ascii=True, sort_keys=True)


def form_from(text: object, place: object) -> dict[str, Any]:
    """Read what `form_of` wrote.

    Raises
    ------
    UnusableInput
        If it is something else.
    """
    try:
        form = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        form = None
    if not _is_form(form):
        cause = f"its entry {MARK} was not written by partnergraph"
        raise UnusableInput(place, cause, f"Remove the entry {MARK}, or export it again")
    return dict(form)  # type: ignore[arg-type]


def _is_form(form: Any) -> bool:
    """Return whether something has the shape of what `form_of` gives."""
    if not isinstance(form, dict):
        return False
    own, about = form.get("own_columns", {}), form.get("about", {})
    tables = [form.get(name, []) for name in GRAPH_TABLES]
    return (
        isinstance(about, dict)
        and isinstance(own, dict)
        and all(isinstance(types, dict) for types in own.values())
        and all(isinstance(k, str) and k in DTYPES for t in own.values() for k in t.values())
        and all(isinstance(table, list) for table in tables)
        and all(isinstance(row, dict) for table in tables for row in table)
        and not any(isinstance(v, dict | list) for t in tables for r in t for v in r.values())
    )


@cache
def reserved(format: str) -> frozenset[str]:
    """Return the names that mean something else in a format."""
    return frozenset(
        packaged_yaml("partnergraph.graph.formats", "formats.yaml")[format]["reserved"]
    )


def outward(column: str, table: str, taken: Collection[str]) -> str:
    """Return the name of a column in a file: own ones that clash there get a prefix."""
    known = column in SCHEMA.tables[table].columns
    clash = column in taken or column == DIRECTED or column.startswith(OWN)
    return f"{OWN}{column}" if clash and not known else column


def inward(name: str) -> str:
    """Return the column that `outward` named."""
    return name.removeprefix(OWN)


def rows_of(eco: Ecosystem, format: str | None = None) -> tuple[list[Row], list[Row]]:
    """Return nodes and ties as dictionaries of plain values, blanks left out.

    Each tie has an entry ``directed``.

    Parameters
    ----------
    format
        Columns whose names are `reserved` in it get a prefix; see `outward`.
    """
    out = []
    taken = reserved(format) if format else ()
    for table, frame in (("nodes", eco.nodes), ("ties", eco.ties)):
        names = {c: outward(c, table, taken) for c in frame.columns}
        out.append(records(frame.rename(columns=names)))
    for row in out[1]:
        row[DIRECTED] = row["kind"] not in SCHEMA.undirected
    return out[0], out[1]


def unique_names(nodes: Iterable[Row]) -> dict[str, str]:
    """Return, by id, a name for each node that no other has: its id follows where it is shared."""
    rows = list(nodes)
    times = Counter(row["name"] for row in rows)
    names = {
        row["id"]: row["name"] if times[row["name"]] == 1 else f"{row['name']} ({row['id']})"
        for row in rows
    }
    # What then still is the same can only be a name that looks like that.
    taken: set[str] = set()
    for identity, name in names.items():
        while name in taken:
            name = f"{name} ({identity})"
        taken.add(name)
        names[identity] = name
    return names


def plain_json(rows: Iterable[Row]) -> list[Row]:
    """Return rows that JSON can hold: infinities as text."""
    infinite = (float("inf"), float("-inf"))
    return [{k: str(v) if v in infinite else v for k, v in row.items()} for row in rows]


def document(eco: Ecosystem, graph: str) -> str:
    """Return a whole ecosystem as one line of JSON that belongs to the text of a graph.

    For formats that have room in comments only. It starts with a fingerprint of the text, so that
    a reader sees whether somebody changed the graph since.
    """
    content: dict[str, Any] = graph_attributes(eco)
    content |= {name: records(eco.table(name)) for name in ("nodes", "ties")}
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return f"{fingerprint(graph)} {text}"


def fingerprint(text: str) -> str:
    """Return 16 hexadecimal digits that change with a text, line ends aside."""
    lines = "\n".join(text.split())
    return hashlib.sha256(lines.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def from_document(text: str, graph: str, place: object) -> GraphTables | str:
    """Read what `document` wrote, or say why not: the graph was changed since."""
    mark, _, content = text.partition(" ")
    if mark != fingerprint(graph):
        return "it was changed after partnergraph wrote it, so its comment is ignored"
    form = form_from(content, place)
    lists = [form.get("nodes"), form.get("ties")]
    if not all(isinstance(rows, list) and all(map(_is_row, rows)) for rows in lists):
        raise UnusableInput(place, f"the comment {MARK} is damaged", "Remove that line")
    return GraphTables(
        frame_of(form.pop("nodes"), "id"), frame_of(form.pop("ties"), "source", "target"), form=form
    )


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and not any(isinstance(v, dict | list) for v in row.values())


# -- types ----------------------------------------------------------------------------------


def kind_word(text: object) -> str | None:
    """Return the kind of the vocabulary that a word of another program means, None without one.

    >>> kind_word("Organization"), kind_word("PARTNER_OF"), kind_word("Projects"), kind_word("box")
    ('organisation', 'partner_of', 'project', None)
    """
    return (
        _kind_words().get(re.sub(r"[\W_]+", " ", text).strip().lower())
        if isinstance(text, str)
        else None
    )


@cache
def _kind_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for kind, entry in (*SCHEMA.tie_kinds.items(), *SCHEMA.node_kinds.items()):
        words |= {word.lower(): kind for word in (kind.replace("_", " "), entry.labels["en"])}
    for kind, node in SCHEMA.node_kinds.items():
        words[node.plurals["en"].lower()] = kind
    return words | {word.replace("isation", "ization"): kind for word, kind in words.items()}


_TRUTH = {"true": True, "false": False, "1": True, "0": False, True: True, False: False}


def typed(cells: pd.Series, kind: str) -> pd.Series:
    """Return cells, text or not, in the type that an own column was declared to have.

    Raises
    ------
    ValueError, TypeError, OverflowError
        If one does not fit.
    """
    blank = cells.isna() | (cells.astype(object) == "")
    if kind == "text":
        return cells.where(~blank, None).map(str, na_action="ignore")
    convert = {"number": float, "integer": int}.get(kind, _truth)
    values = [None if b else convert(v) for b, v in zip(blank, cells, strict=True)]
    if kind == "number":
        values = [float("nan") if v is None else v for v in values]
    return pd.Series(values, index=cells.index, dtype=object).astype(DTYPES[kind])


def _truth(value: Any) -> bool:
    return _TRUTH[value.strip().lower() if isinstance(value, str) else value]


def read_as(value: str, kind: str) -> Any:
    """Return text in the type that a file declares for it, unchanged if it does not fit.

    Parameters
    ----------
    kind
        ``boolean``, or anything with int, long, short, byte, float, double or decimal in it.
    """
    kind = kind.lower()
    try:
        if "bool" in kind:
            return {"true": True, "false": False, "1": True, "0": False}[value.strip().lower()]
        if any(word in kind for word in ("int", "long", "short", "byte")) and "list" not in kind:
            number = int(value)
            return number if -(2**63) <= number < 2**63 else value
        if kind in ("float", "double", "bigdecimal", "decimal", "real", "numeric"):
            return float(value.replace("INF", "inf"))
    except (ValueError, KeyError):
        pass
    return value


def in_types(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return text columns in the types that their cells are all written in, names aside."""
    from partnergraph.graph.formats.holds import with_type

    known: Mapping[str, Any] = SCHEMA.tables[table].columns
    for column in frame.columns:
        if column in ("id", "source", "target", "label"):
            continue
        if column not in known and column != "weight":
            frame[column] = with_type(frame[column].astype(DTYPES["text"]))[0].astype(object)
        elif column == "weight" or known[column].is_number:
            numbers = pd.to_numeric(frame[column], errors="coerce")
            if (numbers.isna() == frame[column].isna()).all():
                frame[column] = numbers.astype(object)
    return frame
