"""Drafts a mapping from what tables look like, with comments, for a person to edit.

Headers are known by words in nl, fr, en and de, columns also by their values. The draft builds as
it is: a column that is not understood is kept as an attribute, and all that is left out
is said.
"""

from __future__ import annotations

import re

from partnergraph.graph.ecosystem import About
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.sheets.sheet import Found, Sheet
from partnergraph.loaders.tables.suggest.look import Look, harmless, quoted
from partnergraph.loaders.tables.suggest.records import records
from partnergraph.loaders.tables.suggest.ties import edges, matrix

MOST_COLUMNS = 400


def suggested(found: Found, about: About) -> str:
    """Return a mapping for sheets as YAML."""
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
    sheets = [s for s in found.sheets if not s.hidden]
    several = len({s.file for s in found.sheets}) > 1
    alone = len(found.sheets) == 1
    usable = [s for s in sheets if len(s.frame) and len(s.frame.columns)]
    drafted = [_table(s, alone=alone, several=several) for s in usable]
    for sheet, draft in zip(usable, drafted, strict=True):
        notes = f"# {harmless(sheet.place)} is left out: it looks like notes, not a table"
        lines += draft or [notes]
    if not any(drafted):
        lines += _fallback(usable[0] if usable else found.sheets[0], alone, several)
    return "\n".join([*lines, ""])


def _table(sheet: Sheet, *, alone: bool, several: bool) -> list[str]:
    titles = list(sheet.frame.columns)
    looks = [Look(c, sheet.frame[c]) for c in titles[:MOST_COLUMNS]]
    full = [look for look in looks if len(look.filled)]
    if not full or (len(looks) == 1 and not alone and len(looks[0].counts) < 20):
        return []
    head = _address(sheet, alone, several)
    body = matrix(full) or edges(full) or records(full, sheet)
    if len(titles) > MOST_COLUMNS:
        more = f"the columns from {harmless(titles[MOST_COLUMNS])} on"
        head.append(f"    # {more} were not looked at: add those that matter")
    blank = [look.title for look in looks if not len(look.filled)]
    if blank:
        head.append(f"    # blank columns: {', '.join(map(harmless, blank))}")
    return head + body


def _address(sheet: Sheet, alone: bool, several: bool) -> list[str]:
    lines = []
    if several or alone:
        lines.append(f"file: {quoted(_literal(sheet.file))}")
    if sheet.name and not alone:
        lines.append(f"sheet: {quoted(_literal(sheet.name))}")
    lines = lines or [f"sheet: {quoted(_literal(sheet.title))}"]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _literal(name: str) -> str:
    """Escape what a pattern would take for more than itself."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _fallback(sheet: Sheet, alone: bool, several: bool) -> list[str]:
    first = str(sheet.frame.columns[0]) if len(sheet.frame.columns) else "$row"
    kind = SCHEMA.actors[0]
    return [*_address(sheet, alone, several), "    nodes:", f"      {kind}: {quoted(first)}"]
