"""A workbook as Kumu imports it: sheets Elements and Connections, named by labels."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats import kumu, workbook
from partnergraph.graph.formats.graph_tables import GraphTables, Row, form_of
from partnergraph.graph.formats.holds import Holds

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

# Kumu writes its own fields with a capital.
_FIELDS = {name: name.capitalize() for name in ("label", "type", "from", "to", "direction", "tags")}
_FIELDS |= {"description": "Description"}


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a workbook with sheets Elements and Connections."""
    elements, connections, form = workbook.two_tables(path, data, ("Elements", "Connections"))
    back = {v: k for k, v in _FIELDS.items()}
    elements, connections = ([_renamed(row, back) for row in x] for x in (elements, connections))
    if form is not None:
        return kumu.tables(elements, connections, path, form=form)
    elements = [_lists(row) for row in elements]
    connections = [each for row in connections for each in _each_end(_lists(row))]
    return kumu.tables(elements, connections, path)


def _lists(row: Row) -> Row:
    """Return a row whose cells of several values (``a|b``) are lists, as Kumu takes them."""
    several = {k: v.split("|") for k, v in row.items() if isinstance(v, str) and "|" in v}
    plain = ("label", "description", "from")
    return row | {k: [x.strip() for x in v] for k, v in several.items() if k not in plain}


def _each_end(row: Row) -> list[Row]:
    """Return a connection to each of the elements that its cell names."""
    ends = row.get("to")
    return [row | {"to": end} for end in ends if end] if isinstance(ends, list) else [row]


def _renamed(row: Row, names: dict[str, str]) -> Row:
    return {names.get(name, name): value for name, value in row.items()}


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as Kumu imports it."""
    elements, connections = ([_renamed(row, _FIELDS) for row in some] for some in kumu.rows(eco))
    content = {
        "Elements": elements or [{"Label": None}],
        "Connections": connections or [{"From": None, "To": None}],
    }
    workbook.write(content, form_of(eco), path)
    return []
