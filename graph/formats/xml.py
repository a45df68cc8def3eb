"""What the XML formats share: safe parsing, and text that XML can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.text import shorter
from partnergraph.graph.schema import SCHEMA

MOST_DEPTH = 200
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def parse(path: Path, data: bytes | None = None) -> tuple[bytes, Any]:
    """Return the bytes of an XML file and its root element.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such file, or it is not valid XML, declares entities or nests too deeply.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    data = read_bytes(path) if data is None else data
    root, depth = None, 0
    try:
        for event, element in iterparse(BytesIO(data), events=("start", "end")):
            depth += 1 if event == "start" else -1
            root = element if root is None else root
            if depth > MOST_DEPTH:
                cause = f"it is nested too deeply (more than {MOST_DEPTH} levels)"
                raise UnusableInput(path, cause, "Flatten it")
    except ParseError as error:
        place = f"{path}, line {error.position[0]}"
        raise UnusableInput(place, f"it is not valid XML ({error})", "Export it again") from None
    except LookupError as error:
        raise UnusableInput(
            path, f"its encoding is not known ({shorter(str(error))})", "Save it as UTF-8"
        ) from None
    except (ValueError, DefusedXmlException) as error:
        if isinstance(error, UnusableInput):
            raise
        cause = f"its XML is refused ({type(error).__name__})"
        raise UnusableInput(path, cause, "Remove entities and document types") from None
    return data, root


def local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children that have one of some names, in any namespace."""
    return (child for child in element if local(child) in names)


def child(element: Any, name: str) -> Any:
    """Return the first child of a name in any namespace, or None."""
    return next(children(element, name), None)


def written(root: Any) -> bytes:
    """Return a tree as a document; a bare carriage return would be read as a line feed."""
    from xml.etree import ElementTree

    ElementTree.indent(root, space=" ")
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data.replace(b"\r", b"&#13;") + b"\n"


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
