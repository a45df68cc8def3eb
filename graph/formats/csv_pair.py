"""Plain tables: ``nodes.csv`` and ``ties.csv``, as people keep them in spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import DTYPES, ID, About, Ecosystem
from partnergraph.graph.errors import MissingInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import defuse, read_table, write_table
from partnergraph.graph.formats.draft import Draft
from partnergraph.graph.schema import SCHEMA

holds = frozenset({"nodes", "ties"})

NEEDED = ("nodes", "ties")


def read(folder: Path) -> Draft:
    """Read a folder with nodes.csv and ties.csv, and the other tables where they are there.

    The folder's name becomes the ecosystem's, where it can.

    Raises
    ------
    MissingInput, UnusableInput
        Where one of the two is missing, or a table cannot be read.
    """
    import re

    name = folder.resolve().name.lower()
    about = About(name=name) if re.fullmatch(ID, name) else About()
    draft = Draft(EcosystemBuilder(about))
    for table in SCHEMA.tables:
        path = folder / f"{table}.csv"
        if not path.exists():
            if table in NEEDED:
                raise MissingInput(path, "there is no such file", "Put both tables in the folder")
            continue
        frame, said = read_table(path)
        draft.said += said
        for column in frame.columns.difference([*SCHEMA.tables[table].columns, "_row"]):
            frame[column], kind = with_type(frame[column])
            draft.said.append(f"{path.name}: the column {column} is kept, as {kind}")
        draft.builder.add_table(table, frame, file=path.name)
    return draft


def with_type(cells: pd.Series) -> tuple[pd.Series, str]:
    """Return text cells in the type that all of them are written in, and its name.

    A number or truth value counts as one only where writing it again gives the same text, so that
    ``007`` and ``1.0`` stay text.
    """
    filled = cells.dropna()
    if filled.empty:
        return cells, "text"
    if filled.isin(["true", "false"]).all():
        return cells.map({"true": True, "false": False}).astype(DTYPES["boolean"]), "boolean"
    for kind, convert in (("integer", int), ("number", float)):
        try:
            same = all(str(convert(cell)) == cell for cell in filled)
            if same and pd.to_numeric(filled).abs().max() < 2**53:
                return pd.to_numeric(cells).astype(DTYPES[kind]), kind
        except (ValueError, OverflowError):
            continue
    return cells, "text"


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write the ties to a file and the nodes beside it (``NAME.nodes.csv``), for spreadsheets.

    Ties carry the names and kinds of their ends; text that a spreadsheet would take for a formula
    gets an apostrophe in front, and is counted.

    Returns
    -------
    list of str
        What was changed on the way.
    """
    nodes, ties = eco.nodes, eco.ties
    for end in ("source", "target"):
        for what, of in (("name", eco.name_of), ("kind", eco.kind_of)):
            if f"{end}_{what}" not in ties.columns:
                ties[f"{end}_{what}"] = ties[end].map(of)
    beside = path.with_name(f"{path.stem}.nodes{path.suffix}")
    changed = 0
    for frame, place in ((ties, path), (nodes, beside)):
        defused, count = defuse(frame)
        write_atomically(place, write_table(defused))
        changed += count
    said = [f"the nodes are beside it, in {beside.name}"]
    if changed:
        said.append(f"{changed} cells that look like a formula have an apostrophe in front")
    return said
