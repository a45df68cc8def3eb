"""Drafts: the candidates of one publisher's pages, with what was decided about them.

A draft is a folder: ``draft.json`` (the publisher, the pages and their fingerprints) and
``candidates.csv``, one row per candidate with its decision. Ids are made of what a candidate says,
so decisions survive an edited page: only new rows are undecided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.checks import CONTROL
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter, MissingInput, UnusableInput
from partnergraph.graph.files import (
    interrupted,
    new_folder,
    read_bytes,
    write_durably,
    write_together,
)
from partnergraph.graph.formats.delimited import read_table, write_table
from partnergraph.graph.tables import TEXT
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import OLD_ID, TYPES, Candidate
from partnergraph.loaders.page.extract import Read, read_page

OFFERED = "offered"
DESCRIPTOR, TABLE = "draft.json", "candidates.csv"
SAID = ("type", "kind", "subtype", "name", "subject", "predicate", "object", "role", "period")
_FOUND = ("id", *SAID, "quote")
_HOW = ("document", "start", "end", "confidence", "rule", "default", "extractor")
_MATCHED = ("match", "match_name", "match_score", "match_reason")
DECIDED = ("decision", "new_name", "new_kind", "new_subtype", "new_period", "same_as", "note")
COLUMNS = (*_FOUND, "context", *_HOW, *_MATCHED, "state", *DECIDED)


@dataclass(frozen=True)
class Draft:
    """Candidates of one publisher's pages, with what was decided about them.

    Attributes
    ----------
    table
        One row per candidate, see `COLUMNS`; `state` is new, known, changed or gone, or offered
        for a name with too little evidence, which needs no decision.
    documents
        Name, fingerprint, language and size of each page.
    """

    publisher: str
    documents: tuple[Mapping[str, Any], ...]
    table: pd.DataFrame
    said: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return its pages and candidates as ``read --format json`` prints them."""
        idle = (self.table["state"] == OFFERED) & ~self.table["decision"].isin(["accept", "edit"])
        rows = self.table[(self.table["state"] != "gone") & ~idle].to_dict("records")
        return {
            "document": dict(self.documents[0]) if self.documents else {},
            "documents": [dict(d) for d in self.documents],
            "candidates": [_typed(r) for r in rows],
        }

    def as_json(self) -> str:
        """Return the same as JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)


def _typed(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of the table as a candidate is printed."""
    out = {k: row[k] for k in (*_FOUND, *_HOW)}
    out |= {"start": int(row["start"] or 0), "end": int(row["end"] or 0)}
    return out | {"confidence": float(row["confidence"] or 0), "default": row["default"] == "true"}


def read_pages(
    pages: Iterable[str | Path],
    *,
    publisher: str | None,
    language: str = "auto",
    registry: Ecosystem | None = None,
) -> Draft:
    """Read pages of one publisher into a draft without decisions.

    Parameters
    ----------
    publisher
        Whose pages they are: "we" on the pages, and the default partner of everybody named. Blank
        for pages of nobody named on them; None to guess it from each page.
    language
        nl, fr or en; by default each block's own.
    registry
        An ecosystem whose names and aliases are known; matches are shown with what is found.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency, BadParameter
        If a page cannot be read, or the publisher cannot be guessed.
    """
    known = KnownNames.of(registry) if registry is not None else None
    found = [read_page(p, publisher=publisher, language=language, known=known) for p in pages]
    return make_draft(found, known=known)


def make_draft(reads: Iterable[Read], *, known: KnownNames | None = None) -> Draft:
    """Put what was read from one publisher's pages into a draft without decisions.

    Parameters
    ----------
    known
        Names that are known; each node is shown with its best match.

    Raises
    ------
    BadParameter
        If there are no pages, or they have several publishers.
    """
    pages = list(reads)
    if not pages or len({p.publisher for p in pages}) > 1:
        raise BadParameter(
            "a draft holds the pages of one publisher. Read each publisher's pages separately"
        )
    rows: dict[str, dict[str, str]] = {}
    for page in pages:
        for candidate in page.candidates:
            rows.setdefault(candidate.id, _row(page, candidate, known))
    for page in pages:
        for candidate in page.left_out:
            offered = _row(page, candidate, known) | {"state": OFFERED, "same_as": ""}
            rows.setdefault(candidate.id, offered)
    documents = tuple({"name": p.document.name, **p.document.lines()} for p in pages)
    said = tuple(s for p in pages for s in p.said)
    return Draft(pages[0].publisher, documents, text_table(rows.values()), said)


def _row(page: Read, candidate: Candidate, known: KnownNames | None) -> dict[str, str]:
    # What a reader sees: the quote keeps the markup of the file, its context is without.
    clean, around = page.document.clean, 80
    before = clean(max(0, candidate.start - around), candidate.start)
    after = clean(candidate.end, min(candidate.end + around, len(page.document.text)))
    row = {k: cell(v) for k, v in candidate.as_dict().items()}
    quote = clean(candidate.start, candidate.end)
    row["context"] = cell(" ".join(f"{before} ⟦{quote}⟧ {after}".split()))
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


def cell(value: object) -> str:
    """Return a value as text of the table, control characters replaced."""
    return str(value).lower() if isinstance(value, bool) else CONTROL.sub("\ufffd", str(value))


def texts(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return a row with names and values as text."""
    return {str(k): str(v) for k, v in row.items()}


def text_table(rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Return rows as a table of text with every column, blanks empty."""
    records = [{c: str(row.get(c, "") or "") for c in COLUMNS} for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS), dtype=object)


# -- the folder --------------------------------------------------------------------------------


def save_draft(draft: Draft, folder: Path, *, update: bool = True) -> Draft:
    """Write a draft; decisions already in the folder are kept.

    A row that was in the folder keeps its decision and is `known`, or `changed` where its quote
    differs; a row that is no longer found is `gone`, but stays in the table.

    Raises
    ------
    AlreadyThere
        If the folder holds something else, or another publisher's draft.
    """
    if (folder / DESCRIPTOR).exists():
        before = load_draft(folder)
        if fold(before.publisher) != fold(draft.publisher):
            raise AlreadyThere(f"{folder} has a draft of {before.publisher}. Choose another folder")
        draft = _updated(before, draft) if update else draft
    elif folder.is_dir() and any(folder.iterdir()):
        raise AlreadyThere(f"{folder} already exists and is not a draft. Choose another folder")
    about = {"publisher": draft.publisher, "documents": [dict(d) for d in draft.documents]}
    words = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True)
    data = {TABLE: write_table(draft.table.astype(TEXT)), DESCRIPTOR: f"{words}\n".encode()}
    if not folder.exists():
        _create(folder, data)
    else:
        write_together({folder / name: content for name, content in data.items()})
    return draft


def _create(folder: Path, data: Mapping[str, bytes]) -> None:
    """Write a new folder beside its place and move it there, so that it is whole or absent."""
    with new_folder(folder) as beside:
        for name, content in data.items():
            write_durably(beside / name, content)


def load_draft(folder: Path) -> Draft:
    """Read a draft's folder.

    Raises
    ------
    MissingInput, UnusableInput
        If the folder has no draft, or it cannot be read.
    """
    if not (folder / DESCRIPTOR).is_file():
        remedy = interrupted(folder / DESCRIPTOR) or "Make one: read"
        raise MissingInput(folder, f"it is not a draft ({DESCRIPTOR} is missing)", remedy)
    try:
        about = json.loads(read_bytes(folder / DESCRIPTOR).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        cause = f"it is not valid JSON ({type(error).__name__})"
        raise UnusableInput(folder / DESCRIPTOR, cause, "Read the pages again") from None
    if not _is_about(about):
        cause = "it does not have a publisher and a list of documents with names"
        raise UnusableInput(folder / DESCRIPTOR, cause, "Read the pages again")
    frame, _ = read_table(folder / TABLE)
    table = text_table(map(texts, frame.fillna("").to_dict("records")))
    for column, allowed in _ALLOWED.items():
        for row, text in enumerate(table[column], start=2):
            if not allowed(text):
                place = f"{folder / TABLE}, row {row}, column {column}"
                cause = f"{text[:40]!r} is not a valid {column}"
                raise UnusableInput(place, cause, "Restore the file, or read the pages again")
    return Draft(about["publisher"], tuple(about["documents"]), table)


def _is_about(about: object) -> bool:
    """Return whether the content of a descriptor has the shape that `save_draft` writes."""
    if not isinstance(about, dict) or not isinstance(about.get("documents"), list):
        return False
    publisher, names = about.get("publisher"), [_name_of(d) for d in about["documents"]]
    # A blank publisher is that of pages of nobody; every page has a name.
    names += [publisher] if publisher != "" else []
    return all(isinstance(n, str) and n.strip() and not CONTROL.search(n) for n in names)


def _name_of(document: object) -> object:
    if not isinstance(document, dict):
        return None
    plain = all(v is None or isinstance(v, str | int) for v in document.values())
    return document.get("name") if plain else None


_PLACE = re.compile(r"\d{0,9}", re.ASCII)
_CONFIDENCE = re.compile(r"(?:\d(?:\.\d{1,20})?(?:e-\d{1,3})?)?", re.ASCII)
_ALLOWED: Mapping[str, Callable[[str], object]] = {
    "id": bool,
    "type": TYPES.__contains__,
    "start": _PLACE.fullmatch,
    "end": _PLACE.fullmatch,
    "confidence": _CONFIDENCE.fullmatch,
}


def _says(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return what a row says, to tell rows with equal ids of an earlier version apart."""
    return (row["type"], *sorted((fold(row["subject"]), fold(row["object"]))), fold(row["name"]))


def _updated(before: Draft, after: Draft) -> Draft:
    """Carry decisions over to what was read now."""
    old = {r["id"]: r for r in before.table.to_dict("records")}
    rows: list[dict[str, str]] = []
    for row in after.table.to_dict("records"):
        there = old.get(row["id"]) or old.get(row["id"][:OLD_ID])
        if there is not None and (there["id"] == row["id"] or _says(there) == _says(row)):
            del old[there["id"]]
            same = " ".join(there["quote"].split()) == " ".join(row["quote"].split())
            row |= {c: there[c] or row[c] for c in DECIDED}
            if row["state"] != OFFERED or row["decision"]:
                row["state"] = "known" if same else "changed"
        rows.append(texts(row))
    read_now = {d["name"] for d in after.documents}
    for row in old.values():
        gone = row["document"] in read_now
        rows.append(texts(row) | ({"state": "gone"} if gone else {}))
    kept = tuple(d for d in before.documents if d["name"] not in read_now)
    return Draft(after.publisher, (*kept, *after.documents), text_table(rows), after.said)
