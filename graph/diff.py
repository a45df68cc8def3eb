"""What differs between two ecosystems, table by table, row by row, by key.

The order of rows and columns is not a difference, nor is a column that is blank throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import TEXT, aligned

Row = dict[str, Any]


@dataclass(frozen=True)
class TableDiff:
    """Rows of one table that only the second has, only the first has, or that changed.

    A changed row is its key, and under ``changes`` the value of each differing column in the first
    and in the second ecosystem.
    """

    added: list[Row]
    removed: list[Row]
    changed: list[Row]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Diff:
    """What differs between two ecosystems: `about`, and each table by name."""

    about: dict[str, tuple[str, str]]
    tables: dict[str, TableDiff]

    def __bool__(self) -> bool:
        return bool(self.about) or any(self.tables.values())

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        out: dict[str, Any] = {"about": {k: list(v) for k, v in self.about.items()}}
        for name, table in self.tables.items():
            out[name] = {"added": table.added, "removed": table.removed, "changed": table.changed}
        return out

    def as_frame(self) -> pd.DataFrame:
        """Return one row a difference: table, change, key, column, before, after."""
        rows: list[tuple[Any, ...]] = [
            ("about", "changed", "", column, a, b) for column, (a, b) in self.about.items()
        ]
        for name, table in self.tables.items():
            key = SCHEMA.tables[name].key
            for change, found in (("added", table.added), ("removed", table.removed)):
                rows += [(name, change, _key(row, key), "", None, None) for row in found]
            for row in table.changed:
                rows += [
                    (name, "changed", _key(row, key), column, a, b)
                    for column, (a, b) in row["changes"].items()
                ]
        return pd.DataFrame(rows, columns=["table", "change", "key", "column", "before", "after"])


def diff(before: Ecosystem, after: Ecosystem) -> Diff:
    """Compare two ecosystems by the keys of their six tables.

    Returns
    -------
    Diff
        False in a condition where the two hold the same.
    """
    a, b = before.about.as_dict(), after.about.as_dict()
    about = {field: (a[field], b[field]) for field in a if a[field] != b[field]}
    tables = {name: _diff(name, before.table(name), after.table(name)) for name in SCHEMA.tables}
    return Diff(about, tables)


def _diff(name: str, a: pd.DataFrame, b: pd.DataFrame) -> TableDiff:
    if a.equals(b):
        return TableDiff([], [], [])
    left, right, columns = aligned(name, a, b)
    added = right.loc[~right.index.isin(left.index)]
    removed = left.loc[~left.index.isin(right.index)]
    common = left.index.intersection(right.index)
    left, right = left.loc[common], right.loc[common]
    unlike = pd.DataFrame(
        {c: _unlike(left[c], right[c]) for c in columns}, index=left.index, dtype=bool
    )
    rows = unlike.any(axis=1).to_numpy(dtype=bool)
    key = SCHEMA.tables[name].key
    labels: list[Any] = left.index.to_list()
    changed = []
    for position in rows.nonzero()[0]:
        where = unlike.iloc[position]
        changes = {
            c: (_plain(left[c].iloc[position]), _plain(right[c].iloc[position]))
            for c in columns
            if where[c]
        }
        label = labels[position]
        label = label if isinstance(label, tuple) else (label,)
        changed.append({**dict(zip(key, label, strict=True)), "changes": changes})
    return TableDiff(_records(added), _records(removed), changed)


def _unlike(a: pd.Series, b: pd.Series) -> pd.Series:
    if a.dtype != b.dtype:
        both = {a.dtype.kind, b.dtype.kind} <= set("iuf")
        a, b = (a.astype("float64"), b.astype("float64")) if both else (_text(a), _text(b))
    same = (a == b).fillna(False).astype(bool) | (a.isna() & b.isna())
    return ~same


def _text(series: pd.Series) -> pd.Series:
    return series.map(str, na_action="ignore").astype(TEXT)


def _records(frame: pd.DataFrame) -> list[Row]:
    rows = frame.reset_index().to_dict("records")
    return [{str(k): _plain(v) for k, v in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def _key(row: Row, key: tuple[str, ...]) -> str:
    return " · ".join(str(row[k]) for k in key if row[k])
