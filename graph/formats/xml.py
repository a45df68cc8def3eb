"""What the two XML formats share: safe parsing, and text that XML can hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.schema import SCHEMA

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
    except (ValueError, DefusedXmlException) as error:
        cause = f"its XML is refused ({type(error).__name__})"
        raise UnusableInput(path, cause, "Remove entities and document types") from None


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
