"""Review: a person decides about candidates, and the decisions are kept.

A draft is a folder: ``draft.json`` (whose pages, their fingerprints) and ``candidates.csv``, a row
a candidate with what was decided. It is exported as one table (XLSX or CSV), decided upon, and
applied: what was accepted becomes an ecosystem, every fact with its quote. Ids are made of what a
candidate says, so decisions survive an edited page: only new rows are asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.errors import AlreadyThere, BadParameter, MissingInput, UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.graph.formats.delimited import defuse, defused, read_table, write_table
from partnergraph.graph.formats.xlsx import within_bounds, without_stamps
from partnergraph.graph.tables import TEXT
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import Candidate
from partnergraph.loaders.page.extract import Read

if TYPE_CHECKING:
    from partnergraph.graph.ecosystem import Ecosystem

DESCRIPTOR, TABLE = "draft.json", "candidates.csv"
FOUND = (
    "id",
    "type",
    "kind",
    "subtype",
    "name",
    "subject",
    "predicate",
    "object",
    "role",
    "period",
    "quote",
    "context",
    "document",
    "start",
    "end",
    "confidence",
    "rule",
    "default",
    "extractor",
)
MATCHED = ("match", "match_name", "match_score", "match_reason")
DECIDED = ("decision", "new_name", "new_kind", "new_subtype", "new_period", "same_as", "note")
COLUMNS = (*FOUND, *MATCHED, "state", *DECIDED)
SHOWN = (
    "id",
    "state",
    "decision",
    "type",
    "kind",
    "subtype",
    "name",
    "subject",
    "predicate",
    "object",
    "role",
    "period",
    "context",
    "reason",
    "match",
    "match_name",
    "match_score",
    "new_name",
    "new_kind",
    "new_subtype",
    "new_period",
    "same_as",
    "note",
)
DECISIONS = ("accept", "reject", "edit", "unsure")
_WORDS = {
    "accept": "accept a ok yes y ja oui o aanvaard aanvaarden accepter accepté akkoord x 1",
    "reject": "reject r no n nee non verwerp verwerpen rejeter rejeté 0",
    "edit": "edit e wijzig wijzigen modifier modifié",
    "unsure": "unsure u onzeker incertain ?",
}
MEANT = {word: decision for decision, found in _WORDS.items() for word in found.split()}


@dataclass(frozen=True)
class Draft:
    """Candidates of one publisher's pages, with what was decided about them.

    Attributes
    ----------
    table
        A row a candidate, see `COLUMNS`; `state` is new, known, changed or gone.
    documents
        Name, fingerprint, language and size of each page.
    """

    publisher: str
    documents: tuple[Mapping[str, Any], ...]
    table: pd.DataFrame
    said: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return its pages and candidates as ``read --format json`` prints them."""
        rows = self.table[self.table["state"] != "gone"].to_dict("records")
        return {
            "document": dict(self.documents[0]) if self.documents else {},
            "documents": [dict(d) for d in self.documents],
            "candidates": [_typed(r) for r in rows],
        }

    def as_json(self) -> str:
        """Return the same as text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)


def _typed(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of the table as a candidate is printed."""
    out = {k: row[k] for k in FOUND if k not in ("context",)}
    out |= {"start": int(row["start"] or 0), "end": int(row["end"] or 0)}
    return out | {"confidence": float(row["confidence"] or 0), "default": row["default"] == "true"}


def read_pages(
    pages: Iterable[str | Path],
    *,
    publisher: str,
    language: str = "auto",
    registry: Ecosystem | None = None,
) -> Draft:
    """Read pages of one publisher into a draft, nothing decided.

    Parameters
    ----------
    publisher
        Whose pages they are: "we" on them, and the partner of whoever else is named.
    language
        nl, fr or en; by default each block's own.
    registry
        An ecosystem whose names and aliases are known, and shown beside what is found.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency, BadParameter
        Where a page cannot be read, or the publisher is blank.
    """
    from partnergraph.loaders.page.extract import read_page

    known = KnownNames.of(registry) if registry is not None else None
    found = [read_page(p, publisher=publisher, language=language, known=known) for p in pages]
    return make_draft(found, known=known)


def make_draft(reads: Iterable[Read], *, known: KnownNames | None = None) -> Draft:
    """Put what was read of one publisher's pages into one draft, nothing decided.

    Parameters
    ----------
    known
        Known names: each node and its best match are shown beside each other.

    Raises
    ------
    BadParameter
        Where there is nothing, or the pages have several publishers.
    """
    pages = list(reads)
    if not pages or len({p.publisher for p in pages}) > 1:
        raise BadParameter("a draft holds the pages of one publisher. Read the others apart")
    rows: dict[str, dict[str, str]] = {}
    for page in pages:
        for candidate in page.candidates:
            rows.setdefault(candidate.id, _row(page, candidate, known))
    documents = tuple({"name": p.document.name, **p.document.lines()} for p in pages)
    said = tuple(s for p in pages for s in p.said)
    return Draft(pages[0].publisher, documents, _table(rows.values()), said)


def _row(page: Read, candidate: Candidate, known: KnownNames | None) -> dict[str, str]:
    text, size = page.document.text, 80
    before = text[max(0, candidate.start - size) : candidate.start]
    after = text[candidate.end : candidate.end + size]
    row = {k: _cell(v) for k, v in candidate.as_dict().items()}
    row["context"] = " ".join(f"{before}⟦{candidate.quote}⟧{after}".split())
    row |= {"document": page.document.name, "state": "new"}
    if known is not None and candidate.type == "node":
        best = known.best(candidate.name, kind=candidate.kind)
        exact = known.exact(candidate.name)
        if best is not None:
            body, match = best
            row |= {"match": body.id, "match_name": body.name, "match_reason": match.reason}
            row["match_score"] = f"{match.score:.2f}"
            alike = exact is not None and exact.id == body.id and body.kind == candidate.kind
            row["same_as"] = body.id if alike else ""
    return row


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", str(value))


def _texts(row: Mapping[Any, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in row.items()}


def _table(rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Return rows as a table of text, every column there, blanks empty."""
    records = [{c: str(row.get(c, "") or "") for c in COLUMNS} for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS), dtype=object)


# -- the folder --------------------------------------------------------------------------------


def save_draft(draft: Draft, folder: Path, *, update: bool = True) -> Draft:
    """Write a draft; decisions that are in the folder already are kept.

    A row that is there again comes back with its decision (`known`, or `changed` where its quote
    differs); one that is no longer found is `gone`, never deleted.

    Raises
    ------
    AlreadyThere
        Where the folder holds something else, or another publisher's draft.
    """
    if (folder / DESCRIPTOR).exists():
        before = load_draft(folder)
        if fold(before.publisher) != fold(draft.publisher):
            raise AlreadyThere(f"{folder} has a draft of {before.publisher}. Choose another folder")
        draft = _updated(before, draft) if update else draft
    elif folder.is_dir() and any(folder.iterdir()):
        raise AlreadyThere(f"{folder} is there already and is no draft. Choose another folder")
    about = {"publisher": draft.publisher, "documents": [dict(d) for d in draft.documents]}
    write_atomically(folder / TABLE, write_table(draft.table.astype(TEXT)))
    words = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True)
    write_atomically(folder / DESCRIPTOR, f"{words}\n".encode())
    return draft


def load_draft(folder: Path) -> Draft:
    """Read a draft's folder.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is none, or it cannot be read.
    """
    if not (folder / DESCRIPTOR).is_file():
        raise MissingInput(folder, f"it is no draft ({DESCRIPTOR} is missing)", "Make one: read")
    try:
        about = json.loads(read_bytes(folder / DESCRIPTOR).decode("utf-8-sig"))
        publisher, documents = str(about["publisher"]), tuple(about["documents"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableInput(folder / DESCRIPTOR, f"it is damaged ({error})", "Read again") from None
    frame, _ = read_table(folder / TABLE)
    return Draft(publisher, documents, _table(map(_texts, frame.fillna("").to_dict("records"))))


def _updated(before: Draft, after: Draft) -> Draft:
    """Carry decisions over to what was read now."""
    old = {r["id"]: r for r in before.table.to_dict("records")}
    rows: list[dict[str, str]] = []
    for row in after.table.to_dict("records"):
        there = old.pop(row["id"], None)
        if there is not None:
            same = " ".join(there["quote"].split()) == " ".join(row["quote"].split())
            row |= {c: there[c] or row[c] for c in DECIDED}
            row["state"] = "known" if same else "changed"
        rows.append({str(k): v for k, v in row.items()})
    read_now = {d["name"] for d in after.documents}
    for row in old.values():
        gone = row["document"] in read_now
        rows.append({str(k): v for k, v in row.items()} | ({"state": "gone"} if gone else {}))
    kept = tuple(d for d in before.documents if d["name"] not in read_now)
    return Draft(after.publisher, (*kept, *after.documents), _table(rows), after.said)


# -- the table a person decides in -------------------------------------------------------------


def review_table(draft: Draft) -> pd.DataFrame:
    """Return the table to decide in: a row a candidate, undecided and changed ones first.

    Nodes stand before what hangs on them; `reason` says which rule found it and how sure it is.
    """
    table = draft.table[draft.table["state"] != "gone"].copy()
    words = table["rule"] + " (" + table["confidence"] + ")"
    table["reason"] = words.where(table["match_reason"] == "", words + "; " + table["match_reason"])
    order = {"node": 0, "alias": 1, "tie": 2, "period": 3, "benefit": 4}
    table["_decided"] = (table["decision"] != "") & (table["state"] != "changed")
    table["_type"] = table["type"].map(order)
    table = table.sort_values(["_decided", "_type"], kind="stable")
    return table[list(SHOWN)].reset_index(drop=True)


def export_review(draft: Draft, path: Path) -> int:
    """Write the table to decide in, as XLSX or CSV, and return how many rows await a decision.

    Raises
    ------
    BadParameter
        Where the ending is neither.
    """
    table = review_table(draft)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_atomically(path, write_table(defuse(table.astype(TEXT))[0]))
    elif suffix == ".xlsx":
        write_atomically(path, _workbook(table))
    else:
        raise BadParameter(f"{path.name}: a review is .xlsx or .csv. Choose one of the two")
    return int((table["decision"] == "").sum())


def _workbook(table: pd.DataFrame) -> bytes:
    """Return a workbook with one sheet; every cell is text, so that no formula can hide in it."""
    from datetime import datetime

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
        Where it cannot be read, lacks a column, or a decision is none of the four.
    """
    data = read_bytes(path)
    if path.suffix.lower() == ".xlsx":
        frame = _sheet(data, path)
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
                f"{cell!r} is no decision",
                f"Write {', '.join(DECISIONS)}, or leave it blank",
            )
        meant.append(MEANT.get(word, ""))
    return frame.assign(decision=meant)


def _sheet(data: bytes, path: Path) -> pd.DataFrame:
    import io

    from python_calamine import CalamineWorkbook

    within_bounds(data, path)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as error:
        # calamine raises its own errors for damaged files, and bare ones for some.
        raise UnusableInput(path, f"it is no workbook ({error})", "Save it as XLSX") from None
    if not rows:
        raise UnusableInput(path, "it is empty", "Export the review again")
    header = [str(c).strip() for c in rows[0]]
    body = [[_text(c) for c in row] for row in rows[1:]]
    return pd.DataFrame(body, columns=header, dtype=object)


def _text(value: object) -> str:
    """Return a cell as text; Excel makes numbers of years."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def decide(draft: Draft, review: pd.DataFrame) -> Draft:
    """Return the draft with the decisions of a reviewed table; rows without an id are added.

    Raises
    ------
    UnusableInput
        Where a row that was added does not say what it is.
    """
    rows = {r["id"]: {str(k): str(v) for k, v in r.items()} for r in draft.table.to_dict("records")}
    said = []
    for number, entry in enumerate(review.to_dict("records"), start=2):
        id = str(entry.get("id") or "").strip()
        if not id:
            if entry["decision"]:
                row = _added({str(k): str(v or "") for k, v in entry.items()}, number)
                rows[row["id"]] = row
            continue
        if id not in rows:
            said.append(f"row {number}: the draft has no candidate {id}; left alone")
            continue
        for column in DECIDED:
            if column in entry:
                rows[id][column] = str(entry[column] or "").strip()
    return Draft(draft.publisher, draft.documents, _table(rows.values()), tuple(said))


def _added(entry: Mapping[str, str], number: int) -> dict[str, str]:
    """Make a candidate of a row that a person wrote."""
    from partnergraph.loaders.page.candidate import TYPES

    type = entry.get("type", "")
    kind = entry.get("kind", "") or entry.get("predicate", "")
    lacks = type not in TYPES or not (entry.get("name") or entry.get("subject"))
    if lacks or (type == "tie" and not (kind and entry.get("object"))):
        raise UnusableInput(
            f"review, row {number}",
            "a row without an id needs type, and name or subject and object",
            "Fill them in, or clear its decision",
        )
    said: dict[str, Any] = {
        k: entry.get(k, "") for k in ("name", "subject", "object", "role", "period")
    }
    predicate = kind if type == "tie" else ""
    candidate = Candidate(type, 0, 0, "", kind=kind, predicate=predicate, rule="added", **said)
    row = {k: _cell(v) for k, v in candidate.as_dict().items()}
    row |= {"subtype": entry.get("subtype", ""), "confidence": "1.0", "state": "known"}
    row |= {c: entry.get(c, "") for c in DECIDED}
    return row | {"extractor": "person"}


def acceptance(draft: Draft) -> pd.DataFrame:
    """Say how often each rule was right: ``rule found accepted rejected undecided rate``."""
    rows = []
    for rule, group in draft.table.groupby("rule", sort=True):
        yes = int(group["decision"].isin(["accept", "edit"]).sum())
        no = int((group["decision"] == "reject").sum())
        rate = yes / (yes + no) if yes + no else float("nan")
        rows.append((rule, len(group), yes, no, len(group) - yes - no, rate))
    columns = ["rule", "found", "accepted", "rejected", "undecided", "rate"]
    return pd.DataFrame(rows, columns=columns).sort_values("found", ascending=False, kind="stable")
