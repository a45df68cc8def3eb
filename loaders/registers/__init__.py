"""Registers that publish their data in a form of their own: file in, ecosystem out.

A folder each, with a README, ``register.yaml`` (what it is, how a file of it is recognised) and
``mapping.yaml``; a module ``reader`` only where a mapping cannot say what its files mean.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping
from partnergraph.loaders.tables.sheets.read import read_sheets

_HEAD = 200_000
PACKAGE = "partnergraph.loaders.registers"


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Return what each register is, by name."""
    found = {}
    for folder in files(PACKAGE).iterdir():
        text = folder.joinpath("register.yaml") if folder.is_dir() else None
        if text is not None and text.is_file():
            found[folder.name] = packaged_yaml(PACKAGE, folder.name, "register.yaml")
    return MappingProxyType(dict(sorted(found.items())))


def names() -> tuple[str, ...]:
    """Return the names of the registers."""
    return tuple(catalogue())


def way(name: str) -> str:
    """Return how files of a register are recognised."""
    return "(by content)" if catalogue()[name].get("recognised_by") else f"(--as {name})"


def words(name: str) -> str:
    """Return what a register is and what an ecosystem made from it holds."""
    entry = catalogue()[name]
    return f"{entry['title']}: {entry['holds']}"


def mapping_of(name: str) -> str | None:
    """Return the mapping of a register as text, None where code reads it."""
    text = files(PACKAGE).joinpath(name, "mapping.yaml")
    return text.read_text(encoding="utf-8") if text.is_file() else None


def read(name: str, path: Path, *, retrieved: str | None = None) -> ReadResult:
    """Read a file of a register.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read, or is not of that register.
    """
    text = mapping_of(name)
    if text is None:
        module = import_module(f"partnergraph.loaders.registers.{name}.reader")
        draft: ReadResult = module.read(path, retrieved=retrieved)
    else:
        mapping = parse_mapping(text, f"registers/{name}/mapping.yaml")
        draft = tables.read(path, mapping=mapping, retrieved=retrieved)
    entry = catalogue()[name]
    draft.said.append(f"read as {entry['title']} ({entry['licence']})")
    if retrieved is None:
        draft.said.append("retrieval date unknown; pass --retrieved DATE")
    return draft


def suggestion(paths: Sequence[Path], *, reading: str | None = None) -> str:
    """Draft a mapping for some tables, as YAML with comments, for a person to edit.

    For a register's file, return the mapping by which the register is read.

    Raises
    ------
    MissingInput, UnusableInput
        If they cannot be read.
    """
    register = detected(paths[0]) if len(paths) == 1 else None
    if register is None:
        found = read_sheets(paths, header_of=tables.header_of(None, reading))
        return tables.suggestion(found, paths)
    text, head = mapping_of(register), f"# {catalogue()[register]['title']}: "
    if text is not None:
        return f"{head}`partnergraph build FILE` reads such files by this mapping.\n{text}"
    head += "`partnergraph build FILE` reads such files, and more in them than this.\n"
    return head + tables.suggestion(read_sheets(paths), paths)


def detected(path: Path) -> str | None:
    """Return the register a file is certainly of, None where none is."""
    if not path.is_file():
        return None
    head = _head(path)
    if head is None:
        return None
    for name, entry in catalogue().items():
        marks = entry.get("recognised_by", {})
        if "first_line" in marks:
            line = head.lstrip("\ufeff").partition("\n")[0]
            cells = {c.strip().strip('"') for c in re.split(r"[,;\t]", line)}
            if set(marks["first_line"]) <= cells:
                return name
        if "keys" in marks and set(marks["keys"]) <= _keys(head):
            return name
        packed = path.name.endswith((".tar.gz", ".tgz", ".zip"))
        if packed and "members" in marks and set(marks["members"]) <= _members(path):
            return name
    return None


def _head(path: Path) -> str | None:
    """Return the first characters of a file, unpacked by gzip where it is packed so."""
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(path) as packed:
                data = packed.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return None
    return data.decode("utf-8", errors="replace")


def _keys(head: str) -> set[str]:
    """Return the keys of the first record, and those of the document around it."""
    text = head.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return set()
    try:
        record = json.loads(text if len(text) < _HEAD // 2 else text.partition("\n")[0])
    except (ValueError, RecursionError):
        try:
            record = json.loads(text.partition("\n")[0])
        except (ValueError, RecursionError):
            return set(re.findall(r'"([A-Za-z_]\w*)"\s*:', text[:20_000]))
    found: set[str] = set()
    for part in (record, *(record.values() if isinstance(record, dict) else ())):
        first = part[0] if isinstance(part, list) and part else part
        found |= set(first) if isinstance(first, dict) else set()
    return found


def _members(path: Path) -> set[str]:
    """Return the folders at the top of an archive."""
    import tarfile
    import zipfile

    try:
        if path.name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                listed = archive.namelist()[:20_000]
        else:
            with tarfile.open(path, "r:gz") as archive:
                listed = []
                for member in archive:
                    listed.append(member.name)
                    if len(listed) == 2_000:
                        break
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile):
        return set()
    return {part for name in listed for part in name.split("/")[:-1]}
