"""Named checks: every fault in the tables, with its place, cause and remedy.

`run` takes tables that may have faults and returns findings as a table, one row each:
``severity`` (error, warning), ``check``, ``table``, ``id``, ``file``, ``row``, ``column``,
``value``, ``cause``, ``remedy``, and ``position``, the row's place in the table that was checked.

=====================  ========  ==================================================================
check                  severity  what it finds
=====================  ========  ==================================================================
missing_value          error     a required cell that is blank
bad_id                 error     a node or source id outside ``[a-z0-9][a-z0-9-]*``
duplicate_id           error     a key that an earlier row already has
unknown_kind           error     a node or tie kind outside the vocabulary
unknown_value          error     a value outside its list
bad_date               error     a date that is not EDTF
bad_value              error     a cell that does not fit its type or range
bad_character          error     control characters in a cell
end_before_start       error     a period that ends before it starts
dangling_tie           error     a tie to a node that does not exist
dangling_reference     error     an alias or receipt of something that does not exist
tie_kind_mismatch      error     a tie between kinds that its kind does not link
reporter_not_an_end    error     a tie reported by a node that is neither of its ends
ambiguous_fact         error     a tie with the id of a node
self_tie               warning   a tie from a node to itself
fact_without_source    warning   a node or tie without a receipt
unused_dates           warning   a column of one's own that holds dates, where periods are blank
formula_like           warning   text that a spreadsheet would run as a formula
=====================  ========  ==================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.ids import ID, ID_RULE
from partnergraph.graph.periods import span, tie_periods
from partnergraph.graph.schema import SCHEMA, Column
from partnergraph.graph.tables import TEXT, Tables, aligned

FILE, ROW = "_file", "_row"
COLUMNS = ("severity", "check", "table", "id", "file", "row", "column", "value", "cause", "remedy")

PATTERNS = {
    "tie_id": (r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?", "no outer spaces"),
    "country": (r"[A-Z]{2}", "two capital letters, ISO 3166-1, such as BE"),
    "language": (r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "a BCP 47 tag such as nl or fr-BE"),
    "currency": (r"[A-Z]{3}", "three capital letters, ISO 4217, such as EUR"),
    "url": (r"https?://[^\s<>\"]+", "an address that starts with http:// or https://"),
    "sha256": (r"[0-9a-f]{64}", "64 hexadecimal digits"),
    "recurrence": (
        r"(?:RRULE:)?FREQ=[A-Z]{5,8}(?:;[A-Z]{3,10}=[A-Z0-9,+-]{1,99})*",
        "a rule such as FREQ=YEARLY",
    ),
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PLAIN_ID = re.compile(ID)
FORMULA = re.compile(r"[\t\r\n ]*(?:[=@]|[+-](?=.*[(|!]))", re.S)
MOST_SUGGESTED = 200
_DIRTY = ("{} has control characters", "Remove them")


def findings_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join findings into one table, errors first, then by table and place."""
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype=object) for c in (*COLUMNS, "position")})
    found = pd.concat(parts, ignore_index=True)
    rank = {"error": 0, "warning": 1}
    names = list(SCHEMA.tables)
    order = found.assign(
        _severity=found["severity"].map(rank), _table=found["table"].map(names.index)
    ).sort_values(["_severity", "_table", "position"], kind="stable")
    return found.loc[order.index].reset_index(drop=True)


def short(value: object) -> str:
    """Quote a cell for a message, cut where it is long."""
    text = str(value)
    return repr(text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)")


def offenders(
    check: str,
    table: str,
    frame: pd.DataFrame,
    where: Any,
    column: str,
    cause: Callable[[Any], str] | str,
    remedy: Callable[[Any], str] | str,
    *,
    severity: str = "error",
) -> pd.DataFrame:
    """Return a finding for each row a mask marks.

    Cause and remedy are made from the cell, or are text in which ``{}`` stands for the cell.
    """
    where = np.asarray(where, dtype=bool)
    if not where.any():
        return frame.iloc[:0]
    frame = frame[where]
    cells = frame[column].tolist() if column in frame.columns else [np.nan] * len(frame)
    first = SCHEMA.tables[table].key[0]
    return pd.DataFrame(
        {
            "severity": severity,
            "check": check,
            "table": table,
            "id": [_shown(v) for v in frame[first]] if first in frame.columns else None,
            "file": frame[FILE].to_numpy(dtype=object) if FILE in frame.columns else None,
            "row": frame[ROW].to_numpy() if ROW in frame.columns else frame.index + 1,
            "column": column,
            "value": [_shown(v) for v in cells],
            "cause": [_of(v, cause) for v in cells],
            "remedy": [_of(v, remedy) for v in cells],
            "position": frame.index.to_numpy(),
        }
    ).astype({"value": object})


def _of(cell: Any, words: Callable[[Any], str] | str) -> str:
    return words(cell) if callable(words) else words.replace("{}", short(cell))


def _shown(value: Any) -> str | None:
    """Return a cell as text that can be written anywhere, cut where it is long."""
    if value is None or value is pd.NA or value != value:
        return None
    return str(value)[:200].encode("utf-8", "backslashreplace").decode("utf-8")


def run(tables: Tables, *, errors: bool = True, warnings: bool = True) -> pd.DataFrame:
    """Run every check over the six tables.

    Parameters
    ----------
    tables
        Frames by table name, their columns in the vocabulary's types. Columns ``_file`` and
        ``_row``, where present, are the place a row came from.
    errors, warnings
        Whether to run the checks that find errors, and those that only warn.

    Returns
    -------
    DataFrame
        All findings, see the module; empty where there are none.
    """
    parts: list[pd.DataFrame] = []
    # Plain objects: iterating over them is several times faster than over a string array.
    tables = {
        name: frame.astype({c: object for c in frame.columns if frame[c].dtype == TEXT})
        for name, frame in tables.items()
    }
    for name, table in SCHEMA.tables.items() if errors else ():
        frame = tables[name]
        for column in table.columns.values():
            parts += _cells(name, frame, column)
        parts += _own_cells(name, frame)
        parts += _duplicates(name, frame)
        if "start" in table.columns:
            parts += _backward_periods(name, frame)
    if errors:
        parts += _references(tables)
        parts += _tie_ends(tables)
    if warnings:
        parts += _warnings(tables)
    return findings_table([p for p in parts if len(p)])


def _cells(name: str, frame: pd.DataFrame, column: Column) -> Iterator[pd.DataFrame]:
    """Yield the faults of single cells of a column."""
    cells = frame[column.id]

    def found(check: str, wrong: Any, cause: Any, remedy: Any) -> pd.DataFrame:
        marks = cells.isin(wrong) if len(wrong) else np.zeros(len(cells), dtype=bool)
        return offenders(check, name, frame, marks, column.id, cause, remedy)

    if column.required:
        cause, remedy = f"{column.id} is blank", f"Fill it in: {column.meaning.lower()}"
        yield offenders("missing_value", name, frame, cells.isna(), column.id, cause, remedy)
    if column.is_number:
        yield from _ranges(name, frame, column)
        return
    listed = SCHEMA.listed(column)
    is_id = column.type == "id" and not column.refers_to
    ruled = listed is not None or is_id or column.type == "date" or column.type in PATTERNS
    texts = cells[cells.notna()]
    if not ruled and "".join(texts).isprintable():
        return
    values = pd.Series(pd.unique(texts), dtype=object)
    yield found("bad_character", _dirty(values), *_DIRTY)
    what = column.type.replace("_", " ")
    if listed is not None:
        check = "unknown_kind" if column.type in ("node_kind", "tie_kind") else "unknown_value"
        wrong = [v for v in values if v not in listed]
        yield found(check, wrong, f"{{}} is not a valid {what}", partial(_nearest, listed))
    if column.type == "date":
        remedy = "Write 2016, 2018-10 or 2018-10-05, '..' for open, or leave it blank"
        yield found("bad_date", [v for v in values if not _is_date(v)], _not_a_date, remedy)
    elif is_id:
        wrong = [v for v in values if not _PLAIN_ID.fullmatch(v)]
        yield found("bad_id", wrong, "{} is not a valid id", ID_RULE)
    elif column.type in PATTERNS:
        pattern, shape = PATTERNS[column.type]
        matches = re.compile(pattern).fullmatch
        wrong = [v for v in values if not matches(v)]
        yield found("bad_value", wrong, f"{{}} is not a valid {what}", f"Write {shape}")


def _dirty(values: pd.Series) -> list[str]:
    """Return the texts that have control characters; all are searched at once, few ever have."""
    whole = "".join(values)
    clean = whole.isprintable() or CONTROL.search(whole) is None
    return [] if clean else [v for v in values if CONTROL.search(v)]


def _own_cells(name: str, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield control characters in the user's own columns, which may hold any other text."""
    for column in frame.columns.difference([*SCHEMA.tables[name].columns, FILE, ROW]):
        cells = frame[column]
        if cells.dtype == object:
            dirty = _dirty(
                pd.Series([v for v in cells.unique() if isinstance(v, str)], dtype=object)
            )
            if dirty:
                yield offenders("bad_character", name, frame, cells.isin(dirty), column, *_DIRTY)


def _nearest(listed: Sequence[str], value: str) -> str:
    near = get_close_matches(value.lower(), listed, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}" if near else f"Take one of {', '.join(listed)}"


def admits(column: Column, value: object) -> bool:
    """Return whether a column of the vocabulary may hold a value."""
    if column.is_number:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low = value >= column.minimum if column.minimum is not None else True
        high = value <= column.maximum if column.maximum is not None else True
        whole = column.type != "integer" or value % 1 == 0
        return bool(np.isfinite(value) and low and high and whole)
    text = str(value)
    listed = SCHEMA.listed(column)
    if listed is not None:
        return text in listed
    if column.type == "date":
        return _is_date(text)
    pattern = PATTERNS.get(column.type, (None, ""))[0]
    return pattern is None or re.fullmatch(pattern, text) is not None


def _is_date(text: str) -> bool:
    try:
        span(text)
    except BadParameter:
        return False
    return True


def _not_a_date(text: str) -> str:
    """Return the cause, with the usual reason for dates such as okt/18, 1/10/2018 and 43374."""
    parts = re.fullmatch(r"(\d{1,2}[/.-])?(\w{3,9}\.?|\d{1,2})[/. -]\d{2,4}", text)
    serial = text.isdigit() and len(text) == 5
    why = "; a spreadsheet has probably changed it" if parts or serial else ""
    return f"{short(text)} is not an EDTF date{why}"


def _ranges(name: str, frame: pd.DataFrame, column: Column) -> Iterator[pd.DataFrame]:
    cells = frame[column.id].astype("float64")
    limits, wrong = [], np.isinf(cells)
    if column.minimum is not None:
        limits.append(f"at least {column.minimum:g}")
        wrong |= cells < column.minimum
    if column.maximum is not None:
        limits.append(f"at most {column.maximum:g}")
        wrong |= cells > column.maximum
    cause, remedy = f"{column.id} is {{}}".format, f"Give a finite number {' and '.join(limits)}"
    yield offenders("bad_value", name, frame, wrong, column.id, cause, remedy.strip())


def _duplicates(name: str, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    key = list(SCHEMA.tables[name].key)
    if frame[key[0]].is_unique:
        return
    again = frame.duplicated(key, keep="first") & frame[key[0]].notna()
    cause = f"an earlier row has the same {', '.join(key)} ({{}})"
    remedy = "Give it another id, or remove one of the two rows"
    yield offenders("duplicate_id", name, frame, again, key[0], cause, remedy)


def _backward_periods(name: str, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    both = frame[frame["start"].notna() & frame["end"].notna()]
    pairs = list(zip(both["start"], both["end"], strict=True))
    backward = {
        (a, b) for a, b in set(pairs) if _is_date(a) and _is_date(b) and span(b)[1] < span(a)[0]
    }
    wrong = [pair in backward for pair in pairs]
    causes = iter(
        [f"it ends in {b} before it starts in {a}" for a, b in pairs if (a, b) in backward]
    )
    remedy = "Correct one of the two"
    yield offenders("end_before_start", name, both, wrong, "end", lambda _: next(causes), remedy)


def _references(tables: Tables) -> Iterator[pd.DataFrame]:
    """Yield aliases and receipts of nodes, ties and sources that do not exist."""
    for name, column in (("aliases", "node"), ("evidence", "fact"), ("evidence", "source")):
        frame = tables[name]
        if frame.empty:
            continue
        homes = SCHEMA.tables[name].columns[column].refers_to
        known = np.concatenate([tables[home]["id"].to_numpy(dtype=object) for home in homes])
        wrong = frame[column].notna() & ~frame[column].isin(known)
        cause, remedy = f"{{}} is not in {' or '.join(homes)}", "Add it there, or correct the id"
        yield offenders("dangling_reference", name, frame, wrong, column, cause, remedy)


def _tie_ends(tables: Tables) -> Iterator[pd.DataFrame]:
    """Yield ties whose ends are missing or of kinds that do not fit."""
    nodes, ties = tables["nodes"], tables["ties"]
    kind_of = dict(zip(nodes["id"], nodes["kind"], strict=True))
    remedy = _suggestions(list(kind_of))

    known = pd.Index(list(kind_of), dtype=object)
    tie_code, tie_kinds = pd.factorize(ties["kind"])
    node_code, node_kinds = pd.factorize(np.array([*kind_of.values(), None], dtype=object))
    kinds = {}  # a code each, -1 for none: over millions of ties this is what takes time
    for end in ("source", "target"):
        place = known.get_indexer(pd.Index(ties[end], dtype=object))
        kinds[end] = node_code[place]
        wrong = (place < 0) & ties[end].notna().to_numpy()
        cause = f"the tie's {end} {{}} is not in nodes"
        yield offenders("dangling_tie", "ties", ties, wrong, end, cause, remedy)
    ends = [(kinds[end], node_kinds) for end in ("source", "target")]
    wrong_kind, misfits = misfitting((tie_code, tie_kinds), *ends)
    causes = iter(["{} does not link {} to {}".format(*found) for found in misfits])
    mismatch = ("kind", lambda _: next(causes), _fitting)
    yield offenders("tie_kind_mismatch", "ties", ties, wrong_kind, *mismatch)
    reporter = ties["reported_by"]
    is_end = ((reporter == ties["source"]) | (reporter == ties["target"])).fillna(False)
    stranger = reporter.notna() & ~is_end
    said = ("reported_by", "{} is not an end of the tie", "Name its source or target, or nothing")
    yield offenders("reporter_not_an_end", "ties", ties, stranger, *said)
    clash = [v in kind_of for v in ties["id"]]
    said = ("id", "{} is also the id of a node", "Give the tie another id")
    yield offenders("ambiguous_fact", "ties", ties, clash, *said)


def _suggestions(names: list[str]) -> Callable[[str], str]:
    """Return the remedy of an id that does not exist; the first ones get the nearest that does."""
    said: dict[str, str] = {}

    def remedy(value: str) -> str:
        if value not in said:
            from rapidfuzz.fuzz import ratio
            from rapidfuzz.process import extractOne

            seek = len(names) < 5_000 and len(said) < MOST_SUGGESTED and len(value) < 200
            near = extractOne(value, names, scorer=ratio, score_cutoff=80) if seek else None
            hint = f"Did you mean {near[0]}? Otherwise add" if near else "Add"
            said[value] = f"{hint} the node to nodes, or correct the id"
        return said[value]

    return remedy


def fits(kind: str, source: str | None, target: str | None) -> bool:
    """Return whether a tie kind may link a node of one kind to one of another.

    Kinds outside the vocabulary and missing ends fit: other checks find them.
    """
    tie = SCHEMA.tie_kinds.get(kind)
    if tie is None or source not in SCHEMA.node_kinds or target not in SCHEMA.node_kinds:
        return True
    if tie.same_kind and source != target:
        return False
    return source in tie.source_kinds and target in tie.target_kinds


Coded = tuple[np.ndarray, Any]  # a code for each row, and what codes stand for


def misfitting(
    kind: Coded, source: Coded, target: Coded
) -> tuple[np.ndarray, list[tuple[str, str, str]]]:
    """Return which ties cannot link the kinds of their ends, and their own and these kinds.

    What is missing, a code of -1, fits: other checks find it.
    """
    columns = (kind, source, target)
    coded = np.column_stack([codes for codes, _ in columns])
    size = max(len(names) for _, names in columns) + 1
    number = (coded + 1) @ np.array([size * size, size, 1])
    unfit = {}
    for row in np.unique(number, return_index=True)[1]:
        if coded[row].min() >= 0:
            found = tuple(names[c] for c, (_, names) in zip(coded[row], columns, strict=True))
            if not fits(*found):
                unfit[int(number[row])] = found
    bad = np.isin(number, list(unfit))
    return bad, [unfit[n] for n in number[bad].tolist()]


def _fitting(kind: str) -> str:
    tie = SCHEMA.tie_kinds.get(kind)
    if tie is None:
        return "Correct the kind"
    if tie.same_kind:
        return f"{kind} links two nodes of the same kind; correct the kind or an end"
    order = list(SCHEMA.node_kinds)
    a, b = (" or ".join(sorted(k, key=order.index)) for k in (tie.source_kinds, tie.target_kinds))
    return f"{kind} goes from {a} to {b}; correct the kind, or turn the ends round"


def _warnings(tables: Tables) -> Iterator[pd.DataFrame]:
    """Yield what may be right and is worth a look."""
    ties = tables["ties"]
    same = ties["source"].notna() & (ties["source"] == ties["target"])
    said = ("target", "{} is tied to itself", "Remove it, or correct one end")
    yield offenders("self_tie", "ties", ties, same, *said, severity="warning")
    proven = set(tables["evidence"]["fact"])
    said = ("id", "no source states {}", "Add a row to evidence")
    for name in ("nodes", "ties"):
        frame = tables[name]
        bare = frame["id"].notna() & ~frame["id"].isin(proven)
        yield offenders("fact_without_source", name, frame, bare, *said, severity="warning")
        yield from _unused_dates(name, frame, tables["nodes"])
    for name in SCHEMA.tables:
        yield from _formulas(name, tables[name])


def _unused_dates(name: str, frame: pd.DataFrame, nodes: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a finding for each column of one's own that would date rows without a period."""
    own = [
        c for c in frame.columns if c not in SCHEMA.tables[name].columns and c not in (FILE, ROW)
    ]
    nodes = nodes[nodes["id"].notna()].drop_duplicates("id")
    periods = tie_periods(nodes, frame) if name == "ties" else frame[["start", "end"]]
    bare = periods.isna().all(axis=1).to_numpy()
    for column in own if bare.any() else ():
        cells = frame[column][bare].dropna()
        texts = {str(v).removesuffix(".0") for v in cells.head(_MOST_LOOKED_AT)}
        years = any(word in str(column).casefold() for word in _YEAR_WORDS)
        form = _YEARS if years else _DAYS
        if not texts or sum(bool(form.fullmatch(t)) and _is_date(t) for t in texts) < len(texts):
            continue
        cause = f"{column} holds dates, and {len(cells)} {name} that have one have no period"
        remedy = "Map it to start or end, or to both if it says when something was observed"
        first = frame.index.isin(cells.index[:1])
        yield offenders(
            "unused_dates", name, frame, first, column, cause, remedy, severity="warning"
        )


_YEAR_WORDS = ("year", "date", "jaar", "datum", "année", "annee", "jahr", "since", "founded")
_DAYS = re.compile(r"[12]\d{3}-\d{2}(-\d{2})?")
_YEARS = re.compile(r"[12]\d{3}(-\d{2}(-\d{2})?)?")
_MOST_LOOKED_AT = 1_000


def _formulas(name: str, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield text that a spreadsheet would run, in cells and, on the first row, in own names."""
    remedy = "Open the folder in no spreadsheet; export to .xlsx or .csv, which keep it text"
    cause = "a spreadsheet would run {} as a formula"
    for column in frame.columns.drop([FILE, ROW], errors="ignore"):
        cells, runs = frame[column], frame.index == -1
        if cells.dtype == object:
            texts = [v for v in cells.unique() if isinstance(v, str) and FORMULA.match(v)]
            runs = cells.isin(texts).to_numpy() if texts else runs
        if FORMULA.match(str(column)) and len(frame):
            runs = runs | (frame.index == frame.index[0])
        yield offenders(
            "formula_like", name, frame, runs, column, cause, remedy, severity="warning"
        )


def conflicts(ours: Tables, theirs: Tables) -> pd.DataFrame:
    """List, as findings, the cells to which two sets of tables give different values."""
    parts = []
    for name in SCHEMA.tables:
        a, b, columns = aligned(name, ours[name], theirs[name])
        common = a.index.intersection(b.index)
        a, b = a.loc[common], b.loc[common]
        for column in columns:
            unlike = a[column].notna() & b[column].notna() & (a[column] != b[column])
            unlike = unlike.fillna(False).astype(bool)
            if unlike.any():
                others = iter(b[column][unlike.to_numpy()].tolist())
                remedy = "Correct one of the two, or keep the first"
                found = (name, a.reset_index(), unlike, column, partial(_conflict, others), remedy)
                parts.append(offenders("conflicting_value", *found))
    return findings_table(parts)


def _conflict(others: Iterator[Any], ours: Any) -> str:
    return f"{short(ours)} here is {short(next(others))} there"
