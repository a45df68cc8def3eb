"""A sheet brought into the form its mapping speaks of: joined with another, turned, exploded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.loaders.tables.account import Account
from partnergraph.loaders.tables.cells import FALSE_WORDS, MISSING, clean
from partnergraph.loaders.tables.mapping import Join, Matrix, TableMapping, matches
from partnergraph.loaders.tables.sheets.sheet import Sheet
from partnergraph.loaders.wording import did_you_mean

LIST = "\x1f"


def reshaped(sheet: Sheet, spec: TableMapping, account: Account, key: str) -> Sheet:
    """Return a sheet joined, turned and exploded as its mapping says.

    Raises
    ------
    UnusableInput
        If the mapping names a table or column that is not there.
    """
    if spec.join:
        sheet = _join(sheet, spec.join, account, f"{key}.join")
    if spec.matrix:
        sheet = _melted(sheet, spec.matrix, account, f"{key}.matrix")
    if spec.explode:
        sheet = _exploded(sheet, spec, account, f"{key}.explode")
    return sheet


def joined_to(sheet: Sheet, spec: TableMapping, account: Account) -> Sheet | None:
    """Return the other sheet whose columns are added to one, None where there is none."""
    if spec.join is None:
        return None
    others = [s for s in account.found.sheets if s is not sheet]
    return next((s for s in others if matches(s.title, spec.join.pattern)), None)


def _join(sheet: Sheet, join: Join, account: Account, key: str) -> Sheet:
    """Add the columns of another table; where a key occurs twice, its first row counts."""
    other = joined_to(sheet, TableMapping(join.line, join=join), account)
    if other is None:
        there = [s.title for s in account.found.sheets]
        remedy = did_you_mean(join.pattern, there, f"Choose one of {', '.join(there)}")
        raise account.fail(join.line, key, f"there is no table {join.pattern!r}", remedy)
    ours, theirs = [a for a, _ in join.on], [b for _, b in join.on]
    account.require(sheet, ours, join.line, key)
    account.require(other, theirs, join.line, key)
    left, right = _as_keys(sheet.frame, ours), _as_keys(other.frame, theirs)
    again = right.duplicated(theirs)
    account.counts.add(
        int(again.sum()),
        "row repeats a key of the join; the first with that key counts",
        "rows repeat a key of the join; the first with each key counts",
        place=other.place,
    )
    known = set(sheet.frame.columns) - set(theirs)
    names = {c: f"{c} ({other.title})" for c in right.columns if c in known}
    right = right[~again].rename(columns=names)
    both = left.merge(right, how="left", left_on=ours, right_on=theirs, suffixes=("", " (2)"))
    return replace(sheet, frame=both.astype(object))


def _as_keys(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return frame.assign(**{c: frame[c].map(joined_text).map(clean) for c in columns})


def _melted(sheet: Sheet, matrix: Matrix, account: Account, key: str) -> Sheet:
    """Turn a matrix into rows: row, column, cell; names without a cell come alone."""
    account.require(sheet, [matrix.rows, *matrix.columns], matrix.line, key)
    frame, numbers = sheet.frame, sheet.rows
    columns = list(matrix.columns) or [c for c in frame.columns if c != matrix.rows]
    labels = frame[matrix.rows].to_numpy(dtype=object)
    rows, across, cells = [], [], []
    for position, column in enumerate(columns):
        values = frame[column].to_numpy(dtype=object)
        codes, texts = pd.factorize(values)
        tied = np.array([not _nothing(t) for t in texts] + [False])
        there = np.flatnonzero(tied[codes])
        rows.append(there)
        across.append(np.full(len(there), position))
        cells.append(values[there])
    r, c = np.concatenate(rows), np.concatenate(across)
    alone_r = np.setdiff1d(np.arange(len(frame)), r)
    alone_c = np.setdiff1d(np.arange(len(columns)), c)
    titles = np.array(columns, dtype=object)
    blank_r, blank_c = np.full(len(alone_c), ""), np.full(len(alone_r), "")
    parts = {
        "row": [labels[r], labels[alone_r], blank_r],
        "column": [titles[c], blank_c, titles[alone_c]],
        "cell": [*cells, blank_c, blank_r],
    }
    long = pd.DataFrame({k: np.concatenate(p).astype(object) for k, p in parts.items()})
    header = numbers.min(initial=2) - 1
    where = np.concatenate([numbers[r], numbers[alone_r], np.full(len(alone_c), header)])
    turned = Sheet(sheet.file, sheet.name, long.astype(object), where, sheet.hidden)
    return turned.taking(np.argsort(where, kind="stable"))


def _nothing(cell: Any) -> bool:
    """Return whether a cell of a matrix ties nothing: blank, zero, or no."""
    text = joined_text(cell).strip().casefold()
    if text in MISSING or text in FALSE_WORDS:
        return True
    try:
        return float(text.replace(",", ".")) == 0
    except ValueError:
        return False


def _exploded(sheet: Sheet, spec: TableMapping, account: Account, key: str) -> Sheet:
    """Give each of several values in parallel cells a row of its own."""
    names = list(sheet.frame.columns)
    for group in spec.explode:
        inside = [c for c in names if c == group or c.startswith(f"{group}.")]
        if not inside and not account.mapping.absent:
            account.require(sheet, [group], spec.line, key)
        if inside:
            sheet = _explode(sheet, inside, spec.split)
    return sheet


def _explode(sheet: Sheet, columns: list[str], separators: str | None) -> Sheet:
    lists = {c: [parts(v, separators) for v in sheet.frame[c].tolist()] for c in columns}
    sizes = np.array([max(1, *map(len, row)) for row in zip(*lists.values(), strict=True)])
    out = sheet.taking(np.repeat(np.arange(len(sheet.frame)), sizes))
    for column, cells in lists.items():
        out.frame[column] = pd.Series(
            objects(
                p[i] if i < len(p) else (p[0] if len(p) == 1 else "")
                for p, n in zip(cells, sizes.tolist(), strict=True)
                for i in range(n)
            ),
            dtype=object,
        )
    return out


def objects(values: Iterable[Any]) -> np.ndarray:
    """Return values as an array of objects, whatever they look like."""
    listed = list(values)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def framed(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table whose text stays in the objects it is in; pandas would copy it elsewhere."""
    size = next(len(v) for v in columns.values() if not isinstance(v, str))
    table = {}
    for name, cells in columns.items():
        values = np.full(size, cells, dtype=object) if isinstance(cells, str) else cells
        table[name] = pd.Series(values, dtype=values.dtype, copy=False)
    return pd.DataFrame(table, copy=False)


def joined_text(cell: Any) -> str:
    """Return a cell as text, a list with a sign between that no cell has."""
    if isinstance(cell, list):
        return LIST.join(map(str, cell))
    return "" if cell is None or cell != cell else str(cell)


def parts(cell: Any, separators: str | None) -> list[str]:
    """Return the values in one cell."""
    if isinstance(cell, list):
        return [str(v) for v in cell]
    text = joined_text(cell)
    if LIST in text:
        return text.split(LIST)
    if not separators:
        return [text] if text else []
    return [p.strip() for p in re.split(f"[{re.escape(separators.strip() or separators)}]", text)]
