"""An ecosystem's folder: a Frictionless Data Package of six tables, as CSV or as Parquet.

Rows and columns stand in a fixed order and nothing carries a time stamp, so that equal ecosystems
are equal byte by byte and a change is a readable diff.

A save cannot be half done. The new files are written into ``.pending/`` and flushed to disk; a
commit marker is put there; only then do they move into place. A reader takes each file of a
committed save from where it lies, ignores a save without a marker, and writes nothing; the next
save finishes a committed one. So a save killed at any point leaves the old ecosystem or the new
one, never a mix. Other files stay.

A folder may come from a stranger. No name in it is used as a path: a descriptor and a marker may
name our own tables only, and links and special files are refused.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd

from partnergraph import __version__
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import CONTROL, ROW, short
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import (
    AlreadyThere,
    BadParameter,
    MissingDependency,
    MissingInput,
    UnusableInput,
)
from partnergraph.graph.files import (
    PATIENCE,
    locked,
    read_bytes,
    require_regular,
    sync_folder,
    write_durably,
)
from partnergraph.graph.formats.delimited import read_table, write_table
from partnergraph.graph.formats.holds import EVERYTHING
from partnergraph.graph.formats.read_result import ReadResult, about_of
from partnergraph.graph.ids import ID
from partnergraph.graph.schema import SCHEMA, Column, Table
from partnergraph.graph.tables import DTYPES, TEXT, column_type

holds = EVERYTHING
T = TypeVar("T")
Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")

DESCRIPTOR = "datapackage.json"
PENDING, MARKER = ".pending", "commit.json"
VERSION, READINGS = 1, 20
SHAPE = {
    "partnergraph*": {"schema": int, "about": {field.name: str for field in fields(About)}},
    "resources*": [
        {"name*": str, "path": str, "schema": {"fields": [{"name*": str, "type": str}]}}
    ],
}
_KINDS = {str: "a text", int: "a whole number"}
_TRUTH = {"true": True, "false": False, "waar": True, "onwaar": False, "vrai": True, "faux": False}


# -- reading ---------------------------------------------------------------------------------


def is_package(folder: Path) -> bool:
    """Return whether a folder holds an ecosystem, saved or about to be."""
    return any(os.path.lexists(folder / name) for name in (DESCRIPTOR, f"{PENDING}/{MARKER}"))


def read(folder: Path) -> ReadResult:
    """Read an ecosystem's folder in its committed state, without writing to it.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such folder, no package in it, a file that cannot be read, or the folder
        changes whenever it is read.
    """
    if not folder.is_dir():
        raise MissingInput(folder, "there is no such folder", "Check the path")
    return _undisturbed(folder, lambda: _read(folder))


def _undisturbed(folder: Path, act: Callable[[], T]) -> T:
    """Return what reading gives, of one state of the folder: again where a save came between."""
    for _ in range(READINGS):
        before = _state(folder)
        fault: UnusableInput | None = None
        try:
            found = act()
        except UnusableInput as error:
            fault = error
        if before != _state(folder):
            time.sleep(0.02)
        elif fault is None:
            return found
        else:
            raise fault
    cause = f"it was changed during each of {READINGS} readings"
    raise UnusableInput(folder, cause, "Try again when nothing writes to it")


def _state(folder: Path) -> list[tuple[int, ...] | None]:
    """Return what tells each file from the one that takes its place, None where there is none."""
    names = [*_saved_files("csv"), *_table_names("parquet")]
    names += [f"{PENDING}/{name}" for name in (*names, MARKER)]
    return [_identity(folder / name) for name in names]


def _identity(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(folder: Path) -> ReadResult:
    pending = _pending(folder)
    package = _descriptor(folder, pending)
    result = ReadResult(EcosystemBuilder(package.about))
    if pending:
        result.said.append("the last save was interrupted after its commit; its files were read")
    result.said += [
        f"{DESCRIPTOR}: the resource {short(name)} is not one of our tables, ignored"
        for name in package.unknown
    ]
    for name, file in package.files.items():
        path = require_regular(_committed(folder, file, pending))
        if path.suffix == ".parquet":
            frame = _read_parquet(path)
        else:
            frame, recognised = read_table(path)
            result.said += recognised
            frame = _typed(frame, package.own[name], path)
        result.builder.add_table(name, frame, file=path.name)
    return result


def load(folder: Path) -> Ecosystem:
    """Read an ecosystem's folder.

    Raises
    ------
    InvalidEcosystem
        If its tables have errors; with all findings.
    MissingInput, UnusableInput
        If it cannot be read.
    """
    return read(folder).builder.build()


@dataclass(frozen=True)
class _Package:
    """A descriptor that was found valid.

    Attributes
    ----------
    files
        File name of each table.
    own
        Types of the user's own columns, by table.
    unknown
        Names of resources that are not our tables.
    """

    about: About
    files: dict[str, str]
    own: dict[str, dict[str, str]]
    unknown: list[str]


def _descriptor(folder: Path, pending: Format | None) -> _Package:
    path = _committed(folder, DESCRIPTOR, pending)
    if not os.path.lexists(path):
        raise UnusableInput(
            folder,
            f"it is not an ecosystem's folder ({DESCRIPTOR} is missing)",
            "Name a folder that `partnergraph build` wrote, or one with nodes.csv and ties.csv",
        )
    try:
        content = json.loads(read_bytes(require_regular(path)).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnusableInput):
            raise
        raise UnusableInput(path, f"it is not valid JSON ({error})", "Restore the file") from None
    if not (isinstance(content, dict) and "partnergraph" in content):
        raise UnusableInput(
            path,
            "it is not the description of an ecosystem (no entry partnergraph)",
            "Read its tables with `partnergraph build`",
        )
    if fault := mismatch(content, SHAPE):
        raise UnusableInput(path, fault, "Correct the entry, or restore the file")
    _refuse_later(content["partnergraph"].get("schema", VERSION), path)
    listed = [resource["name"] for resource in content["resources"]]
    ours = {r["name"]: r for r in content["resources"] if r["name"] in SCHEMA.tables}
    for name in ours:
        if listed.count(name) > 1:
            raise UnusableInput(path, f"it lists the table {name} twice", "Remove one of the two")
    package = _Package(
        about_of(content["partnergraph"].get("about", {}), folder / DESCRIPTOR),
        {name: _file_name(resource, path) for name, resource in ours.items()},
        {name: _own_types(resource, name) for name, resource in ours.items()},
        [name for name in listed if name not in ours],
    )
    if not pending:  # what a save removes may still lie there
        _refuse_unlisted(folder, package)
    return package


def mismatch(value: Any, shape: Any, place: str = "") -> str | None:
    """Return where a JSON value first departs from a shape, as a cause; None where it fits.

    A shape is a type; a list of one shape, for a list of any length; or a mapping of entries to
    shapes, where a ``*`` marks an entry that must be there. Other entries are free.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"{place or 'the whole'} is not an object"
        for entry, inner in shape.items():
            name = entry.rstrip("*")
            if name in value:
                fault = mismatch(value[name], inner, f"{place}.{name}".lstrip("."))
            else:
                fault = f"{place or 'the whole'} has no {name}" if entry != name else None
            if fault:
                return fault
        return None
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{place} is not a list"
        found = (mismatch(v, shape[0], f"{place}[{i}]") for i, v in enumerate(value))
        return next((fault for fault in found if fault), None)
    if type(value) is not shape:
        return f"{place} is not {_KINDS[shape]}"
    if shape is str and CONTROL.search(value):
        return f"{place} has control characters"
    return None


def _refuse_later(version: int, path: Path) -> None:
    if version == VERSION:
        return
    cause = f"it has schema {version}, and partnergraph {__version__} reads schema {VERSION}"
    remedy = f"Install a version that reads schema {version} (pip install --upgrade partnergraph)"
    raise UnusableInput(path, cause, remedy)


def _file_name(resource: dict[str, Any], path: Path) -> str:
    """Return the file of a table; a descriptor may give it no name but its own."""
    name = resource["name"]
    allowed = [f"{name}.{format}" for format in FORMATS]
    file: str = resource.get("path", allowed[0])
    if file not in allowed:
        cause = f"the table {name} has the path {short(file)}"
        raise UnusableInput(
            path, cause, f"Name the file {' or '.join(allowed)}, in the folder itself"
        )
    return file


def _refuse_unlisted(folder: Path, package: _Package) -> None:
    """Raise where a table lies in the folder unread: the next save would replace or remove it."""
    listed = set(package.files.values())
    names = (name for format in FORMATS for name in _table_names(format))
    unlisted = [n for n in names if n not in listed and os.path.lexists(folder / n)]
    if unlisted:
        cause = f"it does not list {' and '.join(unlisted)}, which the folder has"
        remedy = f"List {'it' if len(unlisted) == 1 else 'them'} under resources, or move "
        remedy += f"{'it' if len(unlisted) == 1 else 'them'} to another folder"
        raise UnusableInput(folder / DESCRIPTOR, cause, remedy)


def table_files(folder: Path) -> dict[str, Path]:
    """Return where the committed state of each table lies, by the table's name.

    Raises
    ------
    MissingInput, UnusableInput
        As `read`.
    """
    pending = _pending(folder)
    files = _descriptor(folder, pending).files
    return {name: require_regular(_committed(folder, f, pending)) for name, f in files.items()}


def _own_types(resource: dict[str, Any], name: str) -> dict[str, str]:
    columns = resource.get("schema", {}).get("fields", [])
    known = SCHEMA.tables[name].columns
    types = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}
    return {
        f["name"]: types.get(f.get("type", "string"), "text")
        for f in columns
        if f["name"] not in known
    }


def _typed(frame: pd.DataFrame, own: dict[str, str], path: Path) -> pd.DataFrame:
    """Give the user's own columns the types the package declares for them."""
    for column, kind in own.items():
        if column not in frame.columns or kind == "text":
            continue
        cells = frame[column]
        if kind == "boolean":
            values = cells.str.lower().map(_TRUTH).astype("boolean")
        elif kind == "integer":
            values = pd.Series([_integer(cell) for cell in cells], index=cells.index, dtype="Int64")
        else:
            values = pd.to_numeric(cells, errors="coerce")
        wrong = values.isna() & cells.notna()
        if wrong.any():
            first = int(wrong.to_numpy().argmax())
            place = f"{path}, row {frame[ROW].iloc[first]}, column {column}"
            cause = (
                f"{cells.iloc[first]!r} is not a valid {kind}, as {DESCRIPTOR} declares the column"
            )
            raise UnusableInput(place, cause, "Correct the cell or the declared type")
        frame[column] = values.astype(DTYPES[kind])
    return frame


def _integer(cell: object) -> int | None:
    """Return a whole number of up to 64 bits, exactly: by way of a float it would lose digits."""
    try:
        number = int(str(cell))
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _read_parquet(path: Path) -> pd.DataFrame:
    read_bytes_of = _pyarrow()
    try:
        table = read_bytes_of.read_table(path)
    except FileNotFoundError:
        raise MissingInput(path, "there is no such file", "Restore it") from None
    except (OSError, ValueError) as error:
        raise UnusableInput(
            path, f"it is not valid Parquet ({error})", "Restore the file"
        ) from None
    columns = {}
    for name in table.column_names:
        values = table.column(name).to_pandas(integer_object_nulls=True)
        kind = column_type(values) if values.notna().any() else "text"
        integer = str(table.schema.field(name).type).startswith("int")
        columns[name] = values.astype("Int64" if integer else DTYPES[kind])
    return pd.DataFrame(columns)


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency("Parquet", "parquet") from None
    return pyarrow.parquet


# -- writing ---------------------------------------------------------------------------------


def save(eco: Ecosystem, folder: str | Path, *, format: Format = "csv") -> Path:
    """Save an ecosystem as a folder; what was there before stays whole until the new one is.

    Parameters
    ----------
    folder
        New, or an ecosystem's folder, whose tables are replaced. Other files in it stay.
    format
        ``csv``, or ``parquet`` for large ecosystems (extra ``parquet``).

    Raises
    ------
    AlreadyThere
        If the folder has files with our names that we did not write.
    UnusableInput
        If it cannot be written.
    """
    folder = Path(folder)
    if format not in ("csv", "parquet"):
        raise BadParameter(f"format={format!r}: take csv or parquet")
    with writing(folder):
        _save(eco, folder, format)
    return folder


@contextlib.contextmanager
def writing(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only writer of an ecosystem's folder, from reading it to saving it.

    Raises
    ------
    AlreadyThere, UnusableInput
        As `save`, before anything is written; also where another process does not finish.
    """
    if folder.is_dir():
        _undisturbed(folder, lambda: _refuse_unsafe(folder))
    with locked(folder, patience=patience):
        yield


def _refuse_unsafe(folder: Path) -> None:
    """Raise what a save would raise, so that a folder that is refused is not touched."""
    pending = _pending(folder)
    for name in _saved_files(pending) if pending else ():
        require_regular(_committed(folder, name, pending))
    _refuse_foreign(folder, pending)


def _save(eco: Ecosystem, folder: Path, format: Format) -> None:
    write: Callable[[pd.DataFrame], bytes] = write_table if format == "csv" else _parquet
    pending = folder / PENDING
    try:
        if folder.is_dir():
            finish(folder)
            _refuse_foreign(folder, None)
        shutil.rmtree(pending, ignore_errors=True)
        pending.mkdir(parents=True)
        contents = {f"{name}.{format}": write(eco.table(name)) for name in SCHEMA.tables}
        for name, data in {**contents, DESCRIPTOR: described(eco, format)}.items():
            write_durably(pending / name, data, instead_of=folder / name)
        marker = {"files": _saved_files(format), "remove": _table_names(_other(format))}
        write_durably(pending / f"{MARKER}.new", json.dumps(marker).encode())
        sync_folder(pending)
        (pending / f"{MARKER}.new").replace(pending / MARKER)
        sync_folder(pending)
        finish(folder)
    except OSError as error:
        if isinstance(error, AlreadyThere | UnusableInput):
            raise
        if not (pending / MARKER).exists():
            shutil.rmtree(pending, ignore_errors=True)
        cause = f"it cannot be written ({error.strerror})"
        raise UnusableInput(folder, cause, "Check the folder and the disk") from error


def finish(folder: Path) -> bool:
    """Move a committed save into place; return whether there was one.

    Raises
    ------
    UnusableInput
        If the folder cannot be written to, or what is pending is not a save by partnergraph.
    """
    pending = folder / PENDING
    format = _pending(folder)
    if format is None:
        return False
    for name in _saved_files(format):
        require_regular(_committed(folder, name, format))
    try:
        for name in _saved_files(format):
            if (pending / name).exists():
                (pending / name).replace(folder / name)
        for name in _table_names(_other(format)):
            (folder / name).unlink(missing_ok=True)
        sync_folder(folder)
        (pending / MARKER).unlink()
        shutil.rmtree(pending, ignore_errors=True)
    except OSError as error:
        cause = f"a save was interrupted and cannot be finished ({error.strerror})"
        raise UnusableInput(folder, cause, "Make the folder writable and try again") from error
    return True


def _other(format: Format) -> Format:
    return "parquet" if format == "csv" else "csv"


def _table_names(format: Format) -> list[str]:
    return [f"{name}.{format}" for name in SCHEMA.tables]


def _saved_files(format: Format) -> list[str]:
    return [*_table_names(format), DESCRIPTOR]


def _pending(folder: Path) -> Format | None:
    """Return the format of a save that was committed and not yet moved into place, None without.

    The marker's names are compared with those of our own saves, and never used as paths.
    """
    pending, marker = folder / PENDING, folder / PENDING / MARKER
    if os.path.lexists(pending) and (pending.is_symlink() or not pending.is_dir()):
        raise UnusableInput(pending, "it is not a folder", "Remove it")
    if not os.path.lexists(marker):
        return None
    try:
        content = json.loads(read_bytes(require_regular(marker)))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnusableInput):
            raise
        content = None
    if isinstance(content, dict) and set(content) == {"files", "remove"}:
        files, remove = map(_texts, (content["files"], content["remove"]))
        for format in FORMATS:
            if files == {*_saved_files(format)} and remove <= {*_table_names(_other(format))}:
                return format
    raise UnusableInput(
        marker,
        "it does not describe a save of partnergraph, and nothing was read or changed",
        f"Delete {PENDING} to open the folder without it, if you trust the rest",
    )


def _texts(value: object) -> set[str]:
    """Return the texts of a JSON list; a blank, which names no file, where it is anything else."""
    listed = isinstance(value, list) and all(isinstance(v, str) for v in value)
    return set(value) if listed and isinstance(value, list) else {""}


def _committed(folder: Path, name: str, pending: Format | None) -> Path:
    """Return where a file lies in the committed state."""
    if pending and name in _saved_files(pending):
        waiting = folder / PENDING / name
        if os.path.lexists(waiting):
            return waiting
    return folder / name


def _refuse_foreign(folder: Path, pending: Format | None) -> None:
    names = [f"{table}.{suffix}" for table in SCHEMA.tables for suffix in ("csv", "parquet")]
    foreign = [name for name in (*names, DESCRIPTOR) if os.path.lexists(folder / name)]
    for name in foreign:
        if require_regular(folder / name).is_dir():
            raise AlreadyThere(f"{folder} was written by Spark. Choose another folder")
    if not foreign:
        return
    if not _is_ours(_committed(folder, DESCRIPTOR, pending)):
        raise AlreadyThere(
            f"{folder} has {', '.join(foreign)}, which partnergraph did not write. "
            "Choose another folder, or move them away"
        )
    _descriptor(folder, pending)


def _is_ours(path: Path) -> bool:
    """Return whether a file is a descriptor with our entry, valid otherwise or not."""
    try:
        content = json.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "partnergraph" in content


def _parquet(frame: pd.DataFrame) -> bytes:
    import io

    parquet = _pyarrow()
    import pyarrow

    types = {"text": pyarrow.string(), "number": pyarrow.float64()}
    types |= {"integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
    arrays = {
        name: pyarrow.array(
            frame[name].astype(object).where(frame[name].notna(), None),
            type=types["text" if frame[name].dtype == TEXT else column_type(frame[name])],
        )
        for name in frame.columns
    }
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays), out, compression="zstd")
    return out.getvalue()


def about_in(folder: Path) -> About:
    """Return what an ecosystem's folder says it is about.

    Raises
    ------
    UnusableInput
        If the folder holds no ecosystem.
    """
    return _undisturbed(folder, lambda: _descriptor(folder, _pending(folder))).about


def described(eco: Ecosystem, format: Format) -> bytes:
    """Return the description of an ecosystem's folder: its tables, their columns and limits."""
    about = eco.about
    package: dict[str, Any] = {"profile": "data-package", "name": about.name}
    if format == "csv":
        package["profile"] = "tabular-data-package"
    package |= {k: v for k in ("title", "description") if (v := getattr(about, k))}
    package["partnergraph"] = {
        "schema": VERSION,
        "about": {k: v for k, v in about.as_dict().items() if v},
    }
    package["resources"] = [
        _resource(SCHEMA.tables[name], eco.table(name), format) for name in SCHEMA.tables
    ]
    text = json.dumps(package, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def _resource(table: Table, frame: pd.DataFrame, format: Format) -> dict[str, Any]:
    types = {"text": "string"}
    own = [c for c in frame.columns if c not in table.columns]
    kinds = {c: "text" if frame[c].dtype == TEXT else column_type(frame[c]) for c in own}
    columns = [_field(column) for column in table.columns.values()]
    columns += [{"name": c, "type": types.get(kinds[c], kinds[c])} for c in own]
    schema: dict[str, Any] = {"fields": columns, "missingValues": [""]}
    if table.key == ("id",):
        schema["primaryKey"] = "id"
    foreign = [
        {"fields": c.id, "reference": {"resource": c.refers_to[0], "fields": "id"}}
        for c in table.columns.values()
        if len(c.refers_to) == 1
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    resource = {
        "name": table.id,
        "path": f"{table.id}.{format}",
        "format": format,
        "description": table.meaning,
        "schema": schema,
    }
    if format == "csv":
        resource |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "mediatype": "text/csv",
        }
    return resource


def _field(column: Column) -> dict[str, Any]:
    out: dict[str, Any] = {"name": column.id, "title": column.label()}
    out |= {"type": column.type if column.is_number else "string", "description": column.meaning}
    limits: dict[str, Any] = {"required": True} if column.required else {}
    listed = SCHEMA.listed(column)
    if listed is not None:
        limits["enum"] = list(listed)
    if column.type == "id":
        limits["pattern"] = ID
    limits |= {k: v for k in ("minimum", "maximum") if (v := getattr(column, k)) is not None}
    return out | ({"constraints": limits} if limits else {})
