"""An ecosystem in the formats that colleagues use, and what each of them cannot hold."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from partnergraph.graph import checks
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.holds import loss
from partnergraph.graph.formats.registry import FORMATS, of_suffix

# Lossless folders of CSV files, which databases and our own readers open.
AS_THEY_ARE = ("datapackage", "neo4j-admin")


def export(
    eco: Ecosystem,
    output: str | Path,
    *,
    format: str | None = None,
    report: str | Path | None = None,
    unread: pd.DataFrame | None = None,
) -> list[str]:
    """Write an ecosystem in another format.

    Parameters
    ----------
    output
        File or, for ``datapackage``, ``parquet`` and ``neo4j-admin``, folder.
    format
        One of `partnergraph.graph.formats.registry.FORMATS`; where not given, the ending of the
        file says it.
    report
        File for the loss report: as JSON, every row and cell that reading the output again will
        not give back.
    unread
        Cells and rows of the source that the ecosystem does not have, for the report, see
        `partnergraph.loaders.build.Built`.

    Returns
    -------
    list of str
        What the format cannot hold and what was changed on the way, a sentence each.

    Raises
    ------
    UnknownName
        If there is no such format.
    UnusableInput
        If something cannot be written in it, or the place cannot be written to.
    """
    path = Path(output)
    writable = [name for name, entry in FORMATS.items() if entry.writes]
    if format is None:
        format = of_suffix(path.name, write=True)
        if format is None:
            endings = [FORMATS[name].ending for name in writable if FORMATS[name].ending]
            raise UnknownName("format with the ending", path.suffix, endings)
    if format not in writable:
        raise UnknownName("format", format, writable)
    module = FORMATS[format].load()
    lost = loss(eco, FORMATS[format].holds(), format)
    said = [*lost.sentences(), *_formulas(eco, format)]
    if module is datapackage:
        if path.is_file():
            raise BadParameter(f"{path} is a file. Name a folder to write {format} to")
        datapackage.save(eco, path, format="parquet" if format == "parquet" else "csv")
    else:
        said += module.write(eco, path)
    if report is not None:
        whole = lost.as_dict()
        if unread is not None and len(unread):
            rows = unread.astype(object).where(unread.notna(), None).to_dict("records")
            whole |= {"lossless": False, "not_read": rows}
        text = json.dumps(whole, ensure_ascii=False, indent=1, default=str)
        write_atomically(Path(report), f"{text}\n".encode("utf-8", "backslashreplace"))
    return said


def _formulas(eco: Ecosystem, format: str) -> list[str]:
    """Return a warning for a folder of CSV files, which holds formulas as they are."""
    if format not in AS_THEY_ARE:
        return []
    found = checks.run(eco.tables, errors=False)["check"].eq("formula_like").sum()
    words = "cells that a spreadsheet would run as formulas, kept as they are"
    return [f"{words}: {found}; to open them in one, export to .xlsx or .csv"] if found else []


def formats() -> pd.DataFrame:
    """List the formats: endings, what each is, which way it goes, what it holds and loses."""
    rows = []
    for name, entry in FORMATS.items():
        holds = entry.holds()
        ways = [way for way, goes in (("read", entry.reads), ("write", entry.writes)) if goes]
        held, lacks = (holds.in_words(), holds.lacks()) if entry.writes else ("", "")
        endings = " ".join(entry.suffixes) or "(folder)"
        rows.append((name, endings, entry.what, " ".join(ways), held, lacks, holds.shows))
    columns = ["format", "ending", "is", "goes", "holds", "loses", "others_see"]
    return pd.DataFrame(rows, columns=columns)
