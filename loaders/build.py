"""Reads any number of sources into one ecosystem, and accounts for every row."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from partnergraph.graph import checks
from partnergraph.graph.checks import conflicts
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import (
    AlreadyThere,
    BadParameter,
    InvalidEcosystem,
    UnusableInput,
    in_words,
)
from partnergraph.graph.files import within_memory, write_atomically
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.delimited import defuse, write_table
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.neo4j.address import is_address
from partnergraph.graph.periods import one_date
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders import registers
from partnergraph.loaders.graph_files import together
from partnergraph.loaders.identity.judgements import settle
from partnergraph.loaders.identity.scopes import Reading, apart
from partnergraph.loaders.load import accounted, listed, load, read
from partnergraph.loaders.tables.sheets.sheet import REJECTED
from partnergraph.loaders.wording import counted, sizes

SameNames = Literal["merge", "ask"]


@dataclass(frozen=True)
class Built:
    """An ecosystem and the account of how it came about.

    Attributes
    ----------
    ecosystem
        What was built.
    said
        What the readers recognised, assumed or converted, and what was merged, a sentence each.
    aside
        Rows that were set aside because of an error, as findings.
    warnings
        Findings about what was kept.
    unread
        Cells and rows that a reader did not take as they stand: ``file row column value cause
        remedy done``.
    rejected
        These and the rows set aside, in the order of files and rows.
    """

    ecosystem: Ecosystem
    said: list[str] = field(default_factory=list)
    aside: pd.DataFrame = field(default_factory=lambda: checks.findings_table([]))
    warnings: pd.DataFrame = field(default_factory=lambda: checks.findings_table([]))
    unread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REJECTED)))
    rejected: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REJECTED)))

    def account(self) -> list[str]:
        """Return what was recognised and set aside, and counts of the warnings, a sentence each."""
        said = [*self.said, *listed(self.aside, self.unread)]
        counts = self.warnings["check"].value_counts()
        return said + [
            f"warning: {n} × {name} (`partnergraph check` lists them)" for name, n in counts.items()
        ]


@within_memory
def build(
    sources: str | Path | Sequence[str | Path],
    *,
    reader: str | None = None,
    strict: bool = False,
    same_names: SameNames = "merge",
    mapping: str | Path | None = None,
    retrieved: str | None = None,
    as_of: str | None = None,
) -> Built:
    """Read sources into one ecosystem: rows with errors are set aside, what is the same is merged.

    Rows are the same by their key, nodes also by judgement or by name, see `combine`.

    Parameters
    ----------
    sources
        Folders or files; the first one gives the ecosystem its name and title.
    reader
        Reader to use for all of them, see `partnergraph.loaders.load.READERS`.
    strict
        Raise where a row would be set aside, a warning given or a conflict settled.
    same_names
        See `combine`.
    mapping
        File that says what the columns of tables mean; all sources but ecosystems' folders are
        then read together by it.
    retrieved
        When tables were fetched, for their source.
    as_of
        The day that the data describe, see `Ecosystem.as_of`; else that of the first source.

    Raises
    ------
    MissingInput, UnusableInput
        If a source cannot be read.
    InvalidEcosystem
        If there are errors and `strict`.
    BadParameter
        If `as_of` is not a date.
    """
    stated = {} if as_of is None else {"as_of": one_date(as_of)}
    paths = [sources] if isinstance(sources, str | Path) else list(sources)
    if not paths:
        raise BadParameter("there is nothing to build from. Name at least one source")
    said: list[str] = []
    aside, read_from, rejected = [], [], []
    for path, options in _readings(paths, mapping):
        draft = read(path, reader=reader, retrieved=retrieved, **options)
        said += draft.said
        eco = draft.builder.build(strict=strict, errors="raise" if strict else "set_aside")
        aside.append(_of_facts(draft.builder.aside))
        rejected += [] if draft.rejected is None else [draft.rejected]
        if strict and rejected and len(rejected[-1]):
            raise _refused(rejected[-1])
        place = str(path) if isinstance(path, str | Path) else ", ".join(map(str, path))
        said.append(f"{place}: kept {_sizes(eco)}; {_not_kept(draft)}")
        read_from.append(Reading(place, eco, draft.ids))
    whole, more = combine(read_from, strict=strict, same_names=same_names)
    whole = whole.with_about(**stated)
    found = checks.run(whole.tables, errors=len(read_from) > 1)  # one alone has none left
    set_aside = checks.findings_table([a for a in aside if len(a)])
    unread, account = accounted(rejected), accounted([*rejected, set_aside])
    return Built(whole, said + more, set_aside, found, unread, account)


def _readings(
    paths: Sequence[str | Path], mapping: str | Path | None
) -> list[tuple[Any, dict[str, Path]]]:
    """Return what is read, and how: with a mapping all tables together, else files of one graph."""
    if mapping is None:
        addresses = [path for path in paths if is_address(str(path))]
        files = together([Path(path) for path in paths if path not in addresses])
        given = {Path(path): path for path in paths}
        alone = {given[group[0]]: (group if len(group) > 1 else given[group[0]]) for group in files}
        return [(alone.get(path, path), {}) for path in paths if path in {*alone, *addresses}]
    ours = [path for path in paths if datapackage.is_package(Path(path))]
    tables = [Path(path) for path in paths if path not in ours]
    return [*((path, {}) for path in ours), (tables, {"mapping": Path(mapping)})]


def _of_facts(aside: pd.DataFrame) -> pd.DataFrame:
    """Return what was set aside without the receipts of facts that were: each is listed once."""
    receipts = (aside["table"] == "evidence") & (aside["check"] == "dangling_reference")
    return aside[~receipts].reset_index(drop=True)


def _refused(rejected: pd.DataFrame) -> UnusableInput:
    """Return the error for a source that is to be taken whole or not at all."""
    first = rejected.iloc[0]
    place = f"{first['file']}, row {first['row']}, column {first['column']}"
    more = f" ({len(rejected)} cells and rows in all)"
    return UnusableInput(
        place, f"{first['cause']}{more}", f"{first['remedy']}, or leave out --strict"
    )


def combine(
    parts: Sequence[Reading], *, strict: bool = False, same_names: SameNames = "merge"
) -> tuple[Ecosystem, list[str]]:
    """Combine ecosystems into one, and return what was merged, a sentence each.

    Where two give an attribute of a row different values, the earlier value stays and the conflict
    is said. Nodes that were judged the same are always merged. Ids that a file made up are its own,
    see `partnergraph.loaders.identity.scopes`.

    Parameters
    ----------
    parts
        What was read; the first gives its name and title.
    strict
        Raise where a conflict would be settled.
    same_names
        Whether nodes of different parts whose names are equal once normalised, of the same kind
        and of no two countries, are merged too (``merge``) or left to a person (``ask``).

    Raises
    ------
    InvalidEcosystem
        If there are conflicts and `strict`.
    """
    said: list[str] = []
    merged = parts[0].ecosystem
    by_name = same_names == "merge"
    origins: dict[str, frozenset[int]] = {}
    for number, part in enumerate(parts):
        eco, more = apart(merged, part, by_name=by_name) if number else (merged, [])
        said += more
        for id in eco.nodes["id"]:
            origins[id] = origins.get(id, frozenset()) | {number}
        if number:
            said += _kept(conflicts(merged.tables, eco.tables), strict)
            before = merged
            merged = merged.merge(eco, conflicts="keep")
            said.append(f"{part.place}: {_merged(before, eco, merged)}")
    settled = settle(merged, origins=origins, by_name=by_name)
    return settled.ecosystem, [*said, *settled.said, *_kept(settled.conflicts, strict)]


def build_into(
    sources: Sequence[str | Path],
    folder: Path,
    *,
    existing: Literal["merge", "replace"] | None = None,
    parquet: bool = False,
    rejected: str | Path | None = None,
    **options: Any,
) -> list[str]:
    """Build from sources, save as a folder, and return what happened, a sentence each.

    What was not taken as it was is listed in a table, ``rejected.csv`` in the folder.

    Parameters
    ----------
    existing
        What to do where the folder has an ecosystem: ``merge`` adds to it, ``replace`` replaces it,
        None refuses.
    rejected
        Where to list it instead.
    options
        See `build`.

    Raises
    ------
    AlreadyThere
        If the folder has an ecosystem and `existing` is None.
    InvalidEcosystem
        If the ecosystem that is to be added to has errors.
    """
    with datapackage.writing(folder):
        there = datapackage.is_package(folder)
        if there and existing is None:
            raise AlreadyThere(
                f"{folder} already has an ecosystem. Pass --merge to add to it, or --replace"
            )
        before = [folder] if there and existing == "merge" else []
        for known in before:
            datapackage.load(known)  # what it has is never set aside
        built = build([*before, *sources], **options)
        whole, kept = built.ecosystem, list[str]()
        if there and existing == "replace":
            whole, kept = _judged_before(whole, folder)
        datapackage.save(whole, folder, format="parquet" if parquet else "csv")
        said = [*built.account(), *kept]
        said += _written(built.rejected, rejected, folder / "rejected.csv")
    if not len(whole.ties):
        said.append(
            "no row states a tie, so nothing can be ranked: ask `summary` and `identities`, or add "
            "a column of partners, networks or projects"
        )
    return [*said, f"{folder} is ready: {_sizes(whole)}"]


def _judged_before(eco: Ecosystem, folder: Path) -> tuple[Ecosystem, list[str]]:
    """Carry the judgements of the ecosystem in a folder over to the one that replaces it."""
    before = load(folder)
    earlier = before.judgements
    if not len(earlier):
        return eco, []
    meant = [
        _still_meant(a, b, before, eco) for a, b in zip(earlier["a"], earlier["b"], strict=True)
    ]
    other, earlier = earlier[[not m for m in meant]], earlier[meant]
    both = pd.concat([eco.judgements, earlier], ignore_index=True)
    both = both.drop_duplicates(list(SCHEMA.tables["judgements"].key), keep="first")
    settled = settle(Ecosystem({**eco.tables, "judgements": both}, eco.about), by_name=False)
    words = "judgement is" if len(earlier) == 1 else "judgements are"
    drop = f"to drop them, remove the folder {folder} first"
    said = [f"{len(earlier)} {words} kept from the ecosystem that is replaced; {drop}"]
    for a, b in zip(other["a"], other["b"], strict=True):
        said.append(f"the judgement on {a} and {b} is dropped: these ids have other names now")
    return settled.ecosystem, [*said, *settled.said, *_kept(settled.conflicts, strict=False)]


def _still_meant(a: str, b: str, before: Ecosystem, now: Ecosystem) -> bool:
    """Return whether the ids of a judgement, where they still exist, bear names they had."""
    had = {before.name_of[i] for i in (a, b) if i in before.name_of}
    had |= set(before.aliases["alias"][before.aliases["node"].isin((a, b))])
    return all(now.name_of[i] in had for i in (a, b) if i in now.name_of)


def keep_mapping(draft: str, folder: Path) -> Path:
    """Write the mapping by which a folder is built beside it, and return where.

    Raises
    ------
    AlreadyThere
        If another mapping has that name: somebody may have edited it.
    """
    place = folder.with_name(f"{folder.name}-mapping.yaml")
    if place.exists() and place.read_text(encoding="utf-8") != draft:
        raise AlreadyThere(
            f"{place} already exists. Build by it with --mapping {place}, or move it away"
        )
    write_atomically(place, draft.encode())
    return place


def suggest_into(
    sources: Sequence[str | Path], output: str | None, *, reading: str | None = None
) -> list[str]:
    """Draft a mapping for tables, or repeat a register's; to a file, or to standard output.

    Returns what to do with it.

    Raises
    ------
    AlreadyThere
        If the file already exists: somebody may have edited it.
    """
    if output not in (None, "-") and Path(str(output)).exists():
        raise AlreadyThere(f"{output} already exists. Choose another name, or move it away")
    text = registers.suggestion([Path(source) for source in sources], reading=reading)
    if output in (None, "-"):
        sys.stdout.write(text)
        return []
    write_atomically(Path(str(output)), text.encode())
    files = " ".join(map(str, sources))
    then = f"partnergraph build {files} --mapping {output} -o my-ecosystem"
    return [f"{output} is ready: read it, correct it, then: {then}"]


def _written(account: pd.DataFrame, asked: str | Path | None, usual: Path) -> list[str]:
    """Write the list of what was not taken as it was; remove an old list when there is none."""
    if asked is None and account.empty:
        usual.unlink(missing_ok=True)
        return []
    place = Path(asked or usual)
    write_atomically(place, write_table(defuse(account)[0]))
    causes = account["done"].value_counts()
    words = ", ".join(f"{count} × {done}" for done, count in causes.items()) or "nothing"
    listed = counted(len(account), "cell or row", "cells and rows")
    return [f"{place} lists {listed}: {words}"]


def _kept(found: pd.DataFrame, strict: bool) -> list[str]:
    """Return which values stayed where two were given; raise where that is not allowed."""
    if strict and len(found):
        raise InvalidEcosystem(found)
    return [f"kept the earlier value: {in_words(row)}" for row in found.to_dict("records")]


def _sizes(eco: Ecosystem) -> str:
    return sizes({name: len(frame) for name, frame in eco.tables.items()}) or "nothing"


def _not_kept(draft: ReadResult) -> str:
    """Return how many rows were set aside, and how many cells and rows not taken as they stand."""
    rows = draft.builder.aside[["table", "position"]].drop_duplicates()
    aside = sizes({str(name): len(part) for name, part in rows.groupby("table")})
    parts = [f"{aside} set aside"] if aside else []
    if draft.rejected is not None:
        counts = draft.rejected["done"].value_counts().sort_index()
        parts += [f"{count} × {done}" for done, count in counts.items()]
    return ", ".join(parts) or "no rows set aside"


def _merged(before: Ecosystem, added: Ecosystem, after: Ecosystem) -> str:
    same = {
        name: len(before.table(name)) + len(added.table(name)) - len(after.table(name))
        for name in after.tables
    }
    return f"merged with what already existed: {sizes(same) or 'nothing'}"
