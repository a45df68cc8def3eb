"""The table that a person decides in: a workbook or CSV written from a draft, and read back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import defuse, defused, read_table, write_table
from partnergraph.graph.formats.workbook import sheets
from partnergraph.graph.formats.xlsx import cell_text, without_stamps
from partnergraph.graph.tables import TEXT
from partnergraph.loaders.page.candidate import TYPES
from partnergraph.loaders.review.draft import DECIDED, OFFERED, SAID, Draft

_WHY = ("context", "reason", "match", "match_name", "match_score")
SHOWN = ("id", "state", "decision", *SAID, *_WHY, *(c for c in DECIDED if c != "decision"))
DECISIONS = ("accept", "reject", "edit", "unsure")
_WORDS = {
    "accept": "accept a ok yes y ja oui o aanvaard aanvaarden accepter accepté akkoord x 1",
    "reject": "reject r no n nee non verwerp verwerpen rejeter rejeté 0",
    "edit": "edit e wijzig wijzigen modifier modifié",
    "unsure": "unsure u onzeker incertain ?",
}
MEANT = {word: decision for decision, found in _WORDS.items() for word in found.split()}


def review_table(draft: Draft) -> pd.DataFrame:
    """Return the table to decide in: one row per candidate, undecided and changed ones first.

    Nodes come before what depends on them, and names with too little evidence last; `reason` tells
    the rule and its confidence.
    """
    table = draft.table[draft.table["state"] != "gone"].copy()
    words = table["rule"] + " (" + table["confidence"] + ")"
    table["reason"] = words.where(table["match_reason"] == "", words + "; " + table["match_reason"])
    table["_decided"] = (table["decision"] != "") & (table["state"] != "changed")
    table["_type"] = table["type"].map(TYPES.index)
    table["_offered"] = (table["state"] == OFFERED) & (table["decision"] == "")
    table = table.sort_values(["_offered", "_decided", "_type"], kind="stable")
    return table[list(SHOWN)].reset_index(drop=True)


def export_review(draft: Draft, path: Path) -> int:
    """Write the table to decide in, as XLSX or CSV, and return how many rows are undecided.

    Raises
    ------
    BadParameter
        If the extension is neither.
    """
    table = review_table(draft)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_atomically(path, write_table(defuse(table.astype(TEXT))[0]))
    elif suffix == ".xlsx":
        write_atomically(path, _workbook(table))
    else:
        raise BadParameter(f"{path.name}: a review is .xlsx or .csv. Choose one of them")
    return int(((table["decision"] == "") & (table["state"] != OFFERED)).sum())


def _workbook(table: pd.DataFrame) -> bytes:
    """Return a workbook with one sheet; every cell is text, so that none is a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.properties.creator = "partnergraph"
    sheet = book.worksheets[0]
    sheet.title = "review"
    for r, row in enumerate([list(table.columns), *table.to_numpy().tolist()], start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            cell.value = str(value)[:32_000] if value != "" else None
            if value != "":
                cell.data_type = "s"
            cell.font = Font(bold=r == 1)
            cell.alignment = Alignment(vertical="top", wrap_text=table.columns[c - 1] == "context")
    at = get_column_letter(list(table.columns).index("decision") + 1)
    choices = DataValidation(type="list", formula1=f'"{",".join(DECISIONS)}"', allow_blank=True)
    sheet.add_data_validation(choices)
    choices.add(f"{at}2:{at}{len(table) + 200}")
    for r in range(2, len(table) + 2):
        sheet[f"{at}{r}"].fill = PatternFill("solid", fgColor="FFF7D6")
    wide = {"context": 80, "name": 32, "subject": 28, "object": 28, "reason": 30, "new_name": 24}
    for c, name in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(c)].width = wide.get(str(name), 13)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    return without_stamps(book)


def read_review(path: Path) -> pd.DataFrame:
    """Read a decided table, XLSX or CSV: at least the columns ``id`` and ``decision``.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read, a column is missing, or a decision is not valid.
    """
    if path.suffix.lower() == ".xlsx":
        frame = _sheet(path)
    else:
        frame = defused(read_table(path)[0].drop(columns="_row", errors="ignore").fillna(""))
    for column in ("id", "decision"):
        if column not in frame.columns:
            raise UnusableInput(path, f"the column {column} is missing", "Export the review again")
    frame = frame.astype(object)
    meant = []
    for row, cell in enumerate(frame["decision"], start=2):
        word = str(cell).strip().casefold()
        if word and word not in MEANT:
            raise UnusableInput(
                f"{path}, row {row}, column decision",
                f"{str(cell)[:40]!r} is not a valid decision",
                f"Write {', '.join(DECISIONS)}, or leave it blank",
            )
        meant.append(MEANT.get(word, ""))
    return frame.assign(decision=meant)


def _sheet(path: Path) -> pd.DataFrame:
    rows = next(iter(sheets(path).values()), [])
    if not rows:
        raise UnusableInput(path, "it is empty", "Export the review again")
    texts = [[cell_text(cell) for cell in row] for row in rows]
    return pd.DataFrame(texts[1:], columns=[name.strip() for name in texts[0]], dtype=object)
