"""The form of the six tables: the types of their columns, and the one order of equal content."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.schema import SCHEMA, Table

Tables = Mapping[str, pd.DataFrame]
TEXT = pd.StringDtype("python", na_value=np.nan)
DTYPES: Mapping[str, Any] = MappingProxyType(
    {"text": TEXT, "number": np.dtype("float64"), "integer": "Int64", "boolean": "boolean"}
)


def column_type(series: pd.Series) -> str:
    """Return which of text, number, integer and boolean a column of a table holds."""
    seen = pd.api.types.infer_dtype(series, skipna=True)
    if seen in ("boolean", "integer"):
        return str(seen)
    return "number" if seen in ("floating", "mixed-integer-float") else "text"


def declared_type(table: Table, column: str) -> str | None:
    """Return the type the vocabulary gives a column, None for a user's own."""
    if column not in table.columns:
        return None
    declared = table.columns[column]
    return declared.type if declared.is_number else "text"


def empty_table(name: str) -> pd.DataFrame:
    """Return a table of the vocabulary without rows."""
    table = SCHEMA.tables[name]
    return pd.DataFrame(
        {c: pd.Series([], dtype=DTYPES[declared_type(table, c) or "text"]) for c in table.columns}
    )


def _column(frame: pd.DataFrame, table: Table, name: str) -> pd.Series:
    """Return one column in its type, all missing where the frame does not have it."""
    kind = declared_type(table, name)
    if name not in frame.columns:
        blank: pd.Series = pd.Series(np.nan, index=frame.index, dtype=DTYPES[kind or "text"])
        return blank
    series = frame[name]
    kind = kind or column_type(series)
    typed: pd.Series = series.astype(DTYPES[kind])
    if kind == "text" and (blank := typed.to_numpy(dtype=object) == "").any():
        typed = typed.mask(blank, np.nan)
    return typed


def canonical(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the one form that equal content has: columns, types, order of rows."""
    table = SCHEMA.tables[name]
    extras = sorted(c for c in frame.columns if c not in table.columns)
    columns = {c: _column(frame, table, c) for c in (*table.columns, *extras)}
    out = pd.DataFrame(columns, index=frame.index)
    return out.iloc[_order(out[list(table.key)])].reset_index(drop=True)


def _order(keys: pd.DataFrame) -> list[int]:
    """Return rows sorted by texts, blanks first; lists sort text faster than arrays do."""
    order = list(range(len(keys)))
    unique = keys.iloc[:, 0].is_unique  # then what comes behind it decides nothing
    for name in keys.columns[:1] if unique else reversed(keys.columns):
        texts = keys[name].fillna("").tolist()
        order.sort(key=texts.__getitem__)
    return order


def aligned(
    name: str, a: pd.DataFrame, b: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return two tables indexed by key, with the same columns, and the names of these."""
    key = list(SCHEMA.tables[name].key)
    columns = list(dict.fromkeys([*a.columns, *b.columns]))

    def indexed(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.reindex(columns=columns)
        return frame.assign(**{k: frame[k].fillna("") for k in key}).set_index(key)

    return indexed(a), indexed(b), [c for c in columns if c not in key]


def joined(name: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of both by key, our blanks filled from theirs."""
    if theirs.empty:
        return ours
    key = list(SCHEMA.tables[name].key)
    both = pd.concat([ours, theirs], ignore_index=True)
    if not both.duplicated(key).any():
        return both
    groups = both.groupby(key, sort=False, dropna=False)
    return groups.first().reset_index()
