"""What the two XML formats share: safe parsing, and text that XML can hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def parse(path: Path) -> tuple[bytes, Any]:
    """Return the bytes of an XML file and its root element.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, it is no XML, or it declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    data = read_bytes(path)
    try:
        return data, fromstring(data)
    except ParseError as error:
        place = f"{path}, line {error.position[0]}"
        raise UnusableInput(place, f"it is no XML ({error})", "Export it again") from None
    except LookupError as error:
        raise UnusableInput(path, f"its encoding is {error}", "Save it as UTF-8") from None
    except (ValueError, DefusedXmlException) as error:
        cause = f"its XML is refused ({type(error).__name__})"
        raise UnusableInput(path, cause, "Remove entities and document types") from None


def serialised(root: Any) -> bytes:
    """Return a tree as bytes; a bare carriage return would be read as a line feed."""
    from xml.etree.ElementTree import tostring

    data: bytes = tostring(root, encoding="utf-8")
    return data.replace(b"\r", b"&#13;")


def unique_edge_ids(edges: list[Any]) -> list[str]:
    """Take away ids that an earlier edge has, so that no parallel edge replaces another.

    Returns what was done, in words.
    """
    seen: set[str] = set()
    again = 0
    for edge in edges:
        name = edge.get("id")
        if name in seen:
            del edge.attrib["id"]
            again += 1
        elif name is not None:
            seen.add(name)
    return [f"{again} edges have the id of an earlier one; they stay, without it"] if again else []


def with_defaults(graph: nx.Graph) -> nx.Graph:
    """Give nodes and edges the default values that the file declares for them."""
    for name, default in graph.graph.get("node_default", {}).items():
        for _, data in graph.nodes(data=True):
            data.setdefault(name, default)
    for name, default in graph.graph.get("edge_default", {}).items():
        for *_, data in graph.edges(data=True):
            data.setdefault(name, default)
    return graph


def check_text(eco: Ecosystem, path: Path) -> None:
    """Refuse text that XML cannot hold.

    Raises
    ------
    UnusableInput
        Naming the cell.
    """
    for name in SCHEMA.tables:
        frame = eco.table(name)
        for column in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[column].dtype):
                continue
            for number, value in enumerate(frame[column].tolist(), start=1):
                if isinstance(value, str) and _ILLEGAL.search(value):
                    place = f"{path}, {name} row {number}, column {column}"
                    cause = "XML cannot hold its control characters"
                    raise UnusableInput(place, cause, "Remove them, or export as JSON")
