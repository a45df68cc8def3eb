"""Drafts a mapping from what tables look like, with comments, for a person to edit.

Headers are known by words in nl, fr, en, de, it and es, columns first of all by their values. The
draft builds as it is: a column that is not understood is kept as an attribute, and all that is
left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from partnergraph.graph.ecosystem import About
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import WORDS
from partnergraph.loaders.tables.sheets.sheet import Found, Sheet
from partnergraph.loaders.tables.suggest.attributes import indented
from partnergraph.loaders.tables.suggest.look import Look, harmless, quoted
from partnergraph.loaders.tables.suggest.records import Records
from partnergraph.loaders.tables.suggest.ties import edges, matrix

MOST_COLUMNS = 400
_EXPLAINING = frozenset(WORDS["explaining"].split())
_NODEXL = {"edges": "Vertex 1", "vertices": "Vertex"}


def suggested(found: Found, about: About, *, forced: Mapping[str, str] | None = None) -> str:
    """Return a mapping for sheets as YAML.

    Parameters
    ----------
    forced
        What a person said that columns mean, by title; see `suggest.meaning`.
    """
    lines = [
        "# A draft that builds as it is. Check what each column was taken for, and run:",
        "#   partnergraph build FILE --mapping mapping.yaml -o my-ecosystem",
        "# docs/tables.md says what can be written here.",
        f"# Kinds of nodes: {', '.join(SCHEMA.node_kinds)};",
        f"# of ties: {', '.join(SCHEMA.tie_kinds)}.",
        f"name: {quoted(about.name)}",
        "# source: {title: …, publisher: …, url: https://…, licence: …, retrieved: 2026-01-31}",
        "tables:",
    ]
    usable = _usable(found)
    drafted = False
    tables = tables_of(found, forced or {})
    for group in alike(usable):
        table = next((t for t in tables if t.group[0] is group[0]), None)
        others = [t.records for t in tables if t is not table]
        draft = [] if table is None else table.drafted(_address(group, found), others)
        drafted |= bool(draft)
        places = ", ".join(harmless(s.place) for s in group)
        lines += draft or [f"# {places} is left out: it looks like notes, not a table"]
    if not drafted:
        sheet = usable[0] if usable else found.sheets[0]
        lines += _fallback(sheet, _address([sheet], found))
    return "\n".join([*lines, ""])


def _usable(found: Found) -> list[Sheet]:
    return [s for s in found.sheets if not s.hidden and len(s.frame) and len(s.frame.columns)]


def tables_of(found: Found, forced: Mapping[str, str]) -> list[Table]:
    """Return the tables that sheets hold, looked at: sheets alike are one, notes are none."""
    usable = _usable(found)
    groups = [group for group in alike(usable) if not _explains(group, usable)]
    program = {"Vertex": SCHEMA.actors[0], "Label": "alias"} if _of_nodexl(usable) else {}
    own = {fold(s.name): program for s in usable if fold(s.name) == "vertices"}
    return [Table(group, {**own.get(fold(group[0].name), {}), **forced}) for group in groups]


def alike(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Return sheets in groups: those of one file that have the same columns are one table."""
    groups: dict[tuple[str, ...], list[Sheet]] = {}
    for number, sheet in enumerate(sheets):
        columns = sorted(fold(str(c)) for c in sheet.frame.columns)
        same = bool(sheet.name) and len(columns) > 1 and not sheet.band
        key = (sheet.file, *columns) if same else (str(number),)
        groups.setdefault(key, []).append(sheet)
    return list(groups.values())


def _of_nodexl(usable: Sequence[Sheet]) -> bool:
    """Return whether sheets are those of NodeXL, which has ends of ties and names of its own."""
    by_title = {fold(s.name): s.frame.columns for s in usable}
    return all(k in by_title and c in by_title[k] for k, c in _NODEXL.items())


def _explains(group: Sequence[Sheet], usable: Sequence[Sheet]) -> bool:
    """Return whether a sheet of a workbook explains others, or is a program's own."""
    title = "-".join(re.findall(r"\w+", fold(group[0].title)))
    if _of_nodexl(usable):
        return title not in _NODEXL
    others = [s for s in usable if s not in group]
    return bool(others) and len(group) == 1 and title in _EXPLAINING


def _as_one(group: Sequence[Sheet]) -> Sheet:
    """Return sheets with the same columns as one, with the name of each in a column."""
    if len(group) == 1:
        return group[0]
    first = list(group[0].frame.columns)
    spelt = [{fold(str(c)): c for c in s.frame.columns} for s in group]
    frames = [
        pd.DataFrame({c: s.frame[known[fold(str(c))]] for c in first} | {"$sheet": s.name})
        for s, known in zip(group, spelt, strict=True)
    ]
    whole = pd.concat(frames, ignore_index=True)
    rows = np.concatenate([s.rows for s in group])
    return Sheet(group[0].file, "", whole, rows)


class Table:
    """Sheets that are one table, looked at; drafted once all others have been."""

    def __init__(self, group: Sequence[Sheet], forced: Mapping[str, str]) -> None:
        self.group, self.one, self.forced = group, len(group) == 1, forced
        self.sheet = _as_one(group)
        titles = [str(t) for t in self.sheet.frame.columns]
        self.titles = titles
        self.looks = _beside([Look(c, self.sheet.frame[c]) for c in titles[:MOST_COLUMNS]])
        self.full = [look for look in self.looks if len(look.filled)]
        self.records = Records(self.full, self.sheet, forced)

    def drafted(self, address: Sequence[str], others: Sequence[Records]) -> list[str]:
        """Return the lines of the draft; none for notes."""
        alone = address[0].startswith("file") and self.one
        few = len(self.looks) == 1 and not alone and len(self.looks[0].counts) < 20
        if not self.full or few:
            return []
        if self.titles == [f"column {n}" for n in range(1, len(self.titles) + 1)]:
            address = [*address, "header: 0"]
        head = indented(address)
        body = [] if self.forced else matrix(self.full) or edges(self.full)
        body = body or self.records.drafted(address, others)
        if len(self.titles) > MOST_COLUMNS:
            more = f"the columns from {harmless(self.titles[MOST_COLUMNS])} on"
            head.append(f"    # {more} were not looked at: add those that matter")
        blank = [look.title for look in self.looks if not len(look.filled)]
        if blank:
            head.append(f"    # blank columns: {', '.join(map(harmless, blank))}")
        return head + body


def _beside(looks: Sequence[Look]) -> list[Look]:
    """Let columns of lists know the names that stand in other columns."""
    named = {k.title: {*k.some} for k in looks if k.nameable and not k.worded}
    return [
        replace(k, elsewhere=frozenset().union(*(v for t, v in named.items() if t != k.title)))
        if k.entity and k.title in named and any("," in v for v in k.some)
        else k
        for k in looks
    ]


def _address(group: Sequence[Sheet], found: Found) -> list[str]:
    """Return which sheets a table of the mapping is, in lines of YAML."""
    several, alone = len({s.file for s in found.sheets}) > 1, len(found.sheets) == 1
    sheet, lines = group[0], []
    if several or alone:
        lines.append(f"file: {quoted(_literal(sheet.file))}")
    if sheet.name and not alone:
        names = [quoted(_literal(s.name)) for s in group]
        lines.append(f"sheet: {names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'}")
    return lines or [f"sheet: {quoted(_literal(sheet.title))}"]


def _literal(name: str) -> str:
    """Escape what a pattern would take for more than itself."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _fallback(sheet: Sheet, address: list[str]) -> list[str]:
    first = str(sheet.frame.columns[0]) if len(sheet.frame.columns) else "$row"
    return [*indented(address), "    nodes:", f"      {SCHEMA.actors[0]}: {quoted(first)}"]
