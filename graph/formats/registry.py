"""Every format by name: its module, the endings of its files, what it is, and which way it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from partnergraph.graph.formats.holds import Holds


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    module
        Module of `partnergraph.graph.formats` that has its `read`, `write` and `holds`.
    suffixes
        Endings of its files, the one that is written first; none for a folder.
    what
        What it is, and for which program.
    reads, writes
        Which way it goes.
    """

    module: str
    suffixes: tuple[str, ...]
    what: str
    reads: bool = True
    writes: bool = True

    @property
    def ending(self) -> str:
        """Ending of the files that are written, blank for a folder."""
        return self.suffixes[0] if self.suffixes else ""

    def holds(self) -> Holds:
        """Return what it holds."""
        found: Holds = self.load().holds
        return found

    def load(self) -> Any:
        """Import its module."""
        return import_module(f"partnergraph.graph.formats.{self.module}")


_READ: Mapping[str, bool] = MappingProxyType({"writes": False})

# The first format with an ending is the one that a file with that ending is written in.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "datapackage": Format("datapackage", (), "a folder: Frictionless Data Package, in CSV"),
        "parquet": Format(
            "datapackage", (), "a folder: the same tables in Parquet, for large ones"
        ),
        "json": Format("json", (".json",), "one document, for programs"),
        "xlsx": Format("xlsx", (".xlsx",), "one workbook, a sheet a table"),
        "csv": Format("csv_pair", (".csv",), "ties as CSV, nodes beside them, for spreadsheets"),
        "gexf": Format(
            "gexf", (".gexf",), "GEXF 1.3, for Gephi and Gephi Lite; 1.1 to 1.3 are read"
        ),
        "graphml": Format("graphml", (".graphml",), "GraphML, for Gephi, yEd, igraph, Cytoscape"),
        "gml": Format("gml", (".gml",), "GML, for Gephi, igraph, networkx"),
        "pajek": Format("pajek", (".net", ".paj"), "Pajek network or project"),
        "ucinet": Format(
            "ucinet",
            (".dl", ".##h", ".##d", ".__h", ".__d"),
            "UCINET DL text, and ##h with ##d",
            **_READ,
        ),
        "dynetml": Format("dynetml", (".dynetml",), "DyNetML, for ORA"),
        "vna": Format("vna", (".vna",), "VNA, for NetDraw"),
        "gdf": Format("gdf", (".gdf",), "GDF, for Gephi and GUESS"),
        "dot": Format("dot", (".dot", ".gv"), "DOT, for Graphviz"),
        "cyjs": Format("cyjs", (".cyjs",), "Cytoscape JSON, for Cytoscape and Cytoscape.js"),
        "graphology": Format("graphology", (".graphology.json",), "Graphology JSON, for Sigma"),
        "kumu": Format("kumu", (".kumu.json",), "Kumu's JSON blueprint"),
        "kumu-xlsx": Format("kumu_xlsx", (".kumu.xlsx",), "a workbook for Kumu's import"),
        "polinode": Format("polinode", (".polinode.xlsx",), "a workbook for Polinode"),
        "followthemoney": Format(
            "followthemoney", (".ftm.json", ".ftm.jsonl"), "FollowTheMoney entities, a line each"
        ),
        "jsonld": Format(
            "jsonld", (".jsonld",), "JSON-LD in schema.org and W3C Organization terms"
        ),
        "neo4j-admin": Format(
            "neo4j_admin", (), "a folder of CSV for `neo4j-admin database import`", reads=False
        ),
        "tgf": Format("tgf", (".tgf",), "Trivial Graph Format, for yEd", **_READ),
        "tlp": Format("tlp", (".tlp",), "TLP, of Tulip", **_READ),
        "spreadsheet": Format(
            "spreadsheet",
            (".tsv", ".xls"),
            "Gephi's spreadsheets: edges, nodes, adjacency list or matrix",
            **_READ,
        ),
    }
)


def of_suffix(name: str, *, write: bool = False) -> str | None:
    """Return the format that the ending of a file's name stands for; the longest ending wins.

    >>> of_suffix("a.kumu.xlsx"), of_suffix("A.GEXF"), of_suffix("a.pdf")
    ('kumu-xlsx', 'gexf', None)
    """
    name = name.lower()
    found = [
        (len(suffix), format)
        for format, entry in reversed(list(FORMATS.items()))
        for suffix in entry.suffixes
        if name.endswith(suffix) and (entry.writes if write else entry.reads)
    ]
    return max(found, key=lambda both: both[0])[1] if found else None
