"""Rows of a sheet that are not data: totals, notes below the table, repeated headers, bands.

They are set aside and listed. A band, a row with nothing but a name above the rows that belong to
it, gives its name to those rows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import WORDS
from partnergraph.loaders.tables.readers import read_numbers
from partnergraph.loaders.tables.sheets.sheet import Found, Sheet
from partnergraph.loaders.wording import counted, shortened

_TOTALS = frozenset(WORDS["totals"])
_NOTE = re.compile(rf"({'|'.join(WORDS['notes'])})\b.*|[*†(\[].*", re.IGNORECASE | re.DOTALL)
# What every word for a total has in it, however it is spaced; other cells need no closer look.
_STEM = re.compile("t[. ]*o[. ]*t|s[. ]*[ou][. ]*m|g[. ]*e[. ]*s[. ]*a[. ]*m", re.IGNORECASE)
_LOOKED_AT = 5  # columns in which the word for a total may stand
_REMEDY = "Nothing, unless it is a partner: then give it what the other rows have"


def without_asides(found: Found) -> Found:
    """Set aside the rows of each sheet that are not data, and say so."""
    found.sheets = [_settled(sheet, found) for sheet in found.sheets]
    return found


def _settled(sheet: Sheet, found: Found) -> Sheet:
    if len(sheet.frame) < 2 or len(sheet.frame.columns) < 2 or sheet.files is not None:
        return sheet
    for cause, mask in (
        ("repeats the header", _headers),
        ("is a note below the table", _notes),
        ("holds totals of other rows", _totals),
    ):
        sheet = _dropped(sheet, mask(sheet), cause, found)
    return _filled_down(sheet, found)


def _dropped(sheet: Sheet, positions: list[int], cause: str, found: Found) -> Sheet:
    """Return a sheet without some rows, which are listed."""
    if not positions:
        return sheet
    for position in positions:
        words = " ".join(t for t in _texts(sheet, position) if t)
        row = int(sheet.rows[position])
        found.reject(sheet.place, row, words, f"the row {cause}", _REMEDY)
    keep = np.ones(len(sheet.frame), dtype=bool)
    keep[positions] = False
    which = shortened([str(sheet.rows[p]) for p in positions], 5)
    rows = "row" if len(positions) == 1 else "rows"
    what = cause if len(positions) == 1 else _PLURAL[cause]
    found.say(sheet.place, [f"{rows} {which} {what} and {_SET[len(positions) > 1]} set aside"])
    return sheet.taking(keep)


_SET = ("is", "are")
_PLURAL = {
    "repeats the header": "repeat the header",
    "is a note below the table": "are notes below the table",
    "holds totals of other rows": "hold totals of other rows",
}


def _texts(sheet: Sheet, position: int) -> list[str]:
    return [c.strip() if isinstance(c, str) else "" for c in sheet.frame.iloc[position]]


def _headers(sheet: Sheet) -> list[int]:
    """Return the rows that repeat the names of the columns."""
    titles = [str(t) for t in sheet.frame.columns]
    suspects = np.flatnonzero((sheet.frame.iloc[:, 0] == titles[0]).to_numpy(dtype=bool))
    return [int(p) for p in suspects if _texts(sheet, int(p)) == titles]


def _notes(sheet: Sheet) -> list[int]:
    """Return the last rows that have one cell, below a blank row or opened by a word of notes."""
    if sum(v != "" for v in sheet.frame.iloc[-1].dropna().tolist()) > 2:
        return []
    full = sheet.frame.notna() & (sheet.frame != "")
    filled = full.sum(axis=1).to_numpy()
    if np.median(filled) < 2:
        return []
    notes: list[int] = []
    for position in range(len(filled) - 1, 0, -1):
        texts = [t for t in _texts(sheet, position) if t]
        first = texts[0] if texts else ""
        worded = _NOTE.fullmatch(first) and filled[position] <= 2
        if not worded and (filled[position] != 1 or fold(first.rstrip(" :")) in _TOTALS):
            break
        notes.append(position)
    rows, notes = sheet.rows, notes[::-1]
    while notes:
        gap = rows[notes[0]] - rows[notes[0] - 1] > 1
        if gap or _NOTE.fullmatch(next(t for t in _texts(sheet, notes[0]) if t)):
            break
        notes = notes[1:]
    return notes


def _totals(sheet: Sheet) -> list[int]:
    """Return the rows that a word for a total opens and that have nothing but numbers beside it."""
    suspects: set[int] = set()
    for column in range(min(_LOOKED_AT, len(sheet.frame.columns))):
        cells = sheet.frame.iloc[:, column].tolist()
        try:
            different = set(cells)
        except TypeError:  # lists, as JSON has them
            different = {v for v in cells if isinstance(v, str)}
        words = {v for v in different if isinstance(v, str) and _opens_total(v)}
        if words:
            suspects |= {p for p, v in enumerate(cells) if isinstance(v, str) and v in words}
    return [p for p in sorted(suspects) if _is_total(sheet, p)]


def _opens_total(text: str) -> bool:
    may_be = not text.isascii() or _STEM.search(text) is not None
    return may_be and fold(text.rstrip(" :")) in _TOTALS


def _is_total(sheet: Sheet, position: int) -> bool:
    texts = _texts(sheet, position)
    first = next(i for i, t in enumerate(texts) if t)
    if fold(texts[first].rstrip(" :")) not in _TOTALS:
        return False
    beside = {i: t for i, t in enumerate(texts) if t and i != first}
    numbers = read_numbers(list(beside.values()))
    if numbers.causes:
        return False
    others = sheet.frame.drop(index=sheet.frame.index[position])
    usual = (others.notna() & (others != "")).mean().to_numpy()
    missing = any(s >= 0.9 and not t for s, t in zip(usual, texts, strict=True))
    sums = zip(beside, numbers.values, strict=True)
    return missing or any(_adds_up(others.iloc[:position, i], n) for i, n in sums)


def _adds_up(cells: pd.Series, total: Any) -> bool:
    """Return whether numbers above add up to a total."""
    read = read_numbers([c.strip() for c in cells if isinstance(c, str) and c.strip()])
    above = [v for v in read.values if v is not None]
    return bool(above) and abs(sum(above) - total) <= 1e-6 * max(1.0, abs(total))


def _filled_down(sheet: Sheet, found: Found) -> Sheet:
    """Give rows the name in the band above them, where bands alone fill a column."""
    if sum(v != "" for v in sheet.frame.iloc[0].dropna().tolist()) != 1:
        return sheet
    full = (sheet.frame.notna() & (sheet.frame != "")).to_numpy(dtype=bool)
    column = int(full[0].argmax())
    bands = full[:, column]
    alone = full.sum(axis=1) == 1
    if not alone[0] or alone[-1] or bands.sum() < 2 or (bands & ~alone).any() or len(bands) < 4:
        return sheet
    if (alone & ~bands).any() or (bands[1:] & bands[:-1]).any():
        return sheet
    frame = sheet.frame.copy()
    title = frame.columns[column]
    frame[title] = frame[title].where(bands).ffill()
    names = shortened([repr(str(v)) for v in frame[title][bands]], 3)
    words = counted(int(bands.sum()), "row")
    said = f"{words} hold nothing but a name, which the rows below them take: {names}"
    found.say(sheet.place, [said])
    return replace(sheet, frame=frame, band=str(title)).taking(~bands)
