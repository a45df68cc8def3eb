"""Reads any number of sources into one ecosystem, and accounts for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from partnergraph.graph import checks
from partnergraph.graph.diff import conflicts
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter, InvalidEcosystem
from partnergraph.graph.formats import datapackage
from partnergraph.loaders.load import read


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
    """

    ecosystem: Ecosystem
    said: list[str] = field(default_factory=list)
    aside: pd.DataFrame = field(default_factory=lambda: checks.findings_table([]))
    warnings: pd.DataFrame = field(default_factory=lambda: checks.findings_table([]))


def build(
    sources: str | Path | Sequence[str | Path], *, reader: str | None = None, strict: bool = False
) -> Built:
    """Read sources into one ecosystem: rows with errors are set aside, equal rows are merged.

    Where two sources give one attribute of one row different values, the earlier source's value
    stays and the conflict is said.

    Parameters
    ----------
    sources
        Folders or files; the first one gives the ecosystem its name and title.
    reader
        Reader to use for all of them, see `partnergraph.loaders.load.READERS`.
    strict
        Raise where a row would be set aside, a warning given or a conflict settled.

    Raises
    ------
    MissingInput, UnusableInput
        Where a source cannot be read.
    InvalidEcosystem
        Where there are errors and `strict`.
    """
    paths = [sources] if isinstance(sources, str | Path) else list(sources)
    if not paths:
        raise BadParameter("there is nothing to build from. Name at least one source")
    said: list[str] = []
    aside = []
    merged: Ecosystem | None = None
    for path in paths:
        draft = read(path, reader=reader)
        said += draft.said
        eco = draft.builder.build(strict=strict, errors="raise" if strict else "set_aside")
        aside.append(draft.builder.aside)
        said.append(f"{path}: {_sizes(eco)}; {_rows_aside(draft.builder.aside)} set aside")
        if merged is None:
            merged = eco
            continue
        found = conflicts(merged, eco)
        if strict and len(found):
            raise InvalidEcosystem(found)
        said += [f"kept the earlier value: {checks.in_words(r)}" for r in found.to_dict("records")]
        before = merged
        merged = merged.merge(eco, conflicts="keep")
        said.append(f"{path}: {_merged(before, eco, merged)}")
    assert merged is not None
    found = checks.run(merged.tables)
    return Built(merged, said, checks.findings_table([a for a in aside if len(a)]), found)


def build_into(
    sources: Sequence[str | Path],
    folder: Path,
    *,
    reader: str | None = None,
    existing: Literal["merge", "replace"] | None = None,
    parquet: bool = False,
    strict: bool = False,
) -> list[str]:
    """Build from sources, save as a folder, and say what happened, a sentence each.

    Parameters
    ----------
    existing
        What to do with an ecosystem that is in the folder: ``merge`` adds to it, ``replace``
        replaces it, None refuses.

    Raises
    ------
    AlreadyThere
        Where an ecosystem is in the folder and `existing` is None.
    """
    there = datapackage.is_package(folder)
    if there and existing is None:
        raise AlreadyThere(f"{folder} has an ecosystem. Use --merge to add to it, or --replace")
    before = [folder] if there and existing == "merge" else []
    built = build([*before, *sources], reader=reader, strict=strict)
    datapackage.save(built.ecosystem, folder, format="parquet" if parquet else "csv")
    said = [*built.said]
    said += [f"set aside: {checks.in_words(row)}" for row in built.aside.to_dict("records")]
    counts = built.warnings["check"].value_counts()
    said += [
        f"warning: {n} × {name} (`partnergraph check` lists them)" for name, n in counts.items()
    ]
    return [*said, f"{folder} is ready: {_sizes(built.ecosystem)}"]


def _sizes(eco: Ecosystem) -> str:
    return "kept " + ", ".join(f"{len(f)} {name}" for name, f in eco.tables.items() if len(f))


def _rows_aside(aside: pd.DataFrame) -> str:
    rows = aside[["table", "position"]].drop_duplicates()
    if rows.empty:
        return "no rows"
    return ", ".join(f"{count} {name}" for name, count in rows.groupby("table").size().items())


def _merged(before: Ecosystem, added: Ecosystem, after: Ecosystem) -> str:
    same = {
        name: len(before.table(name)) + len(added.table(name)) - len(after.table(name))
        for name in after.tables
    }
    words = ", ".join(f"{count} {name}" for name, count in same.items() if count)
    return f"{words} were there already and merged" if words else "nothing was there already"
