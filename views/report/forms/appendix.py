"""The appendix: all tables of the report whole, as a workbook with a sheet of contents.

Its first sheet says what the others hold. Text is written as text, so that no cell becomes a
formula; the six tables of the ecosystem bear their own names and columns and can be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from partnergraph.graph.formats.xlsx import MOST_CHARACTERS, MOST_ROWS, workbook
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.sections.holdings import Held, capabilities, shared
from partnergraph.views.words import clean, plain, told, whole

SEPARATOR = " | "


def appendix(f: Facts) -> bytes:
    """Return the workbook.

    A table with more rows than a sheet can hold is cut, and the sheet of contents says so.
    """
    sheets: dict[str, pd.DataFrame] = {}
    rows = []
    for key, title, table in _tables(f):
        sheets[title] = _fitting(table.head(MOST_ROWS))
        left = len(table) - len(sheets[title])
        about = told(f"appendix.{key}")
        about += f" {told('appendix.left', n=left)}" if left else ""
        rows.append((title, about, whole(len(sheets[title]))))
    columns = told("appendix.columns").split(SEPARATOR)
    contents = {told("report.contents"): pd.DataFrame(rows, columns=columns, dtype=object)}
    return workbook({**contents, **sheets})


def _fitting(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose text fits in cells: without control characters, and not too long."""
    text = table.select_dtypes(["object", "string", "category"])
    cells = {c: text[c].map(_cell, na_action="ignore").astype(object) for c in text.columns}
    return table.assign(**cells)


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        value = SEPARATOR.join(map(str, value))
    return clean(value)[:MOST_CHARACTERS] if isinstance(value, str) else value


def _tables(f: Facts) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield each table with what it is called in the catalogue, and the title of its sheet."""
    heads = told("appendix.heads").split(SEPARATOR)
    number, said, command, facts, what, when, n, who = heads
    findings = pd.DataFrame(
        [
            (i, plain(x.said(f.whole.name_of)), x.command() if x.question else "", x.facts)
            for i, x in enumerate(f.findings, start=1)
        ],
        columns=[number, said, command, facts],
    )
    yield "findings", told("appendix.findings_title"), findings
    rank = f.rank.rename("rank")
    ranked = f.table.join(rank).reset_index()
    first = ["id", "name", "kind", "rank"]
    yield "ranking", told("appendix.ranking_title"), ranked[[*first, *ranked.columns[3:-1]]]
    for key, rows in (("projects", shared(f)), ("capabilities", capabilities(f))):
        held = pd.DataFrame(list(_held(rows)), columns=["id", what, when, n, who])
        yield key, told(f"appendix.{key}_title"), held
    clusters = f.divided.table.reset_index()
    yield "clusters", told("appendix.clusters_title"), clusters
    for name, table in f.eco.tables.items():
        yield name, name, table


def _held(rows: Iterable[Held]) -> Iterator[tuple[Any, ...]]:
    for held in rows:
        names = [str(name) for name in held.holders]
        yield held.node.name.id, held.node.name.text, held.node.when, len(names), names
