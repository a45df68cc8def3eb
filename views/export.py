"""An ecosystem in the formats that colleagues use, and what each of them cannot hold."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.draft import losses

# Format by name: its module, the ending of its files, and what it is.
FORMATS: dict[str, tuple[str, str, str]] = {
    "datapackage": ("datapackage", "", "a folder: Frictionless Data Package, tables in CSV"),
    "parquet": ("datapackage", "", "a folder: the same tables in Parquet, for large ecosystems"),
    "json": ("json", ".json", "one document, for programs"),
    "xlsx": ("xlsx", ".xlsx", "one workbook, a sheet a table"),
    "csv": ("csv_pair", ".csv", "ties as CSV, nodes beside them, for spreadsheets"),
    "gexf": ("gexf", ".gexf", "GEXF, for Gephi"),
    "graphml": ("graphml", ".graphml", "GraphML, for Gephi, yEd, igraph and Cytoscape"),
}


def export(eco: Ecosystem, output: str | Path, *, format: str | None = None) -> list[str]:
    """Write an ecosystem in another format.

    Parameters
    ----------
    output
        File or, for ``datapackage`` and ``parquet``, folder.
    format
        One of `FORMATS`; where not given, the ending of the file says it.

    Returns
    -------
    list of str
        What the format cannot hold and what was changed on the way, a sentence each.

    Raises
    ------
    UnknownName
        Where there is no such format.
    UnusableInput
        Where something cannot be written in it, or the place cannot be written to.
    """
    path = Path(output)
    if format is None:
        endings = {ending: name for name, (_, ending, _) in FORMATS.items() if ending}
        if path.suffix.lower() not in endings:
            raise UnknownName("format with the ending", path.suffix, list(endings))
        format = endings[path.suffix.lower()]
    if format not in FORMATS:
        raise UnknownName("format", format, list(FORMATS))
    module = import_module(f"partnergraph.graph.formats.{FORMATS[format][0]}")
    lost = [f"{format} cannot hold {words}" for words in losses(eco, module.holds)]
    if module is datapackage:
        if path.is_file():
            raise BadParameter(f"{path} is a file. Name a folder to write {format} to")
        datapackage.save(eco, path, format="parquet" if format == "parquet" else "csv")
        return lost
    return [*lost, *module.write(eco, path)]


def formats() -> pd.DataFrame:
    """List the formats: ending, what each is, and which tables it holds."""
    rows = []
    for name, (module, ending, what) in FORMATS.items():
        holds = import_module(f"partnergraph.graph.formats.{module}").holds
        held = "everything" if "evidence" in holds else ", ".join(sorted(holds))
        rows.append((name, ending or "(folder)", what, held))
    return pd.DataFrame(rows, columns=["format", "ending", "is", "holds"])
