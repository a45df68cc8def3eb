"""Reads a Neo4j database: an ecosystem that was pushed there, or other data by a mapping.

A mapping says which labels are which node kinds, and which relationship types which tie kinds:

    nodes: {Company: organisation, Alliance: network}
    ties: {WORKS_WITH: partner_of, BELONGS_TO: member_of}
    properties: {title: name, founded: start}    # into columns of the vocabulary
    id: uuid                                     # property that identifies a node
    name: alliances                              # of the ecosystem

All other properties become the user's own columns; what cannot be mapped is counted and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import AlreadyThere, UnknownName, UnusableInput, in_words
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import slug
from partnergraph.graph.neo4j.connection import Record
from partnergraph.graph.neo4j.rows import part
from partnergraph.graph.neo4j.store import Neo4jStore
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds
from partnergraph.loaders.wording import Counts, counted, sizes

_STRUCTURE = ("id", "kind", "source", "target", "original_id")


@dataclass(frozen=True)
class GraphMapping:
    """What the labels, types and properties of other data mean.

    Attributes
    ----------
    nodes, ties
        Node kind by label, tie kind by relationship type; of several labels the first counts.
    properties
        Column of the vocabulary by property; ``name`` is taken as it is.
    id
        Property that identifies a node; the database's own element id where it is blank.
    name
        What the ecosystem is called.
    """

    nodes: Mapping[str, str]
    ties: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    name: str = "ecosystem"

    def __post_init__(self) -> None:
        node_kinds(self.nodes.values())
        tie_kinds(self.ties.values())
        known = {**SCHEMA.tables["nodes"].columns, **SCHEMA.tables["ties"].columns}
        for column in self.properties.values():
            if column not in known or column in _STRUCTURE:
                raise UnknownName("column", column, [c for c in known if c not in _STRUCTURE])

    @classmethod
    def from_file(cls, path: Path) -> GraphMapping:
        """Read a mapping from YAML.

        Raises
        ------
        MissingInput, UnusableInput
            If the file does not exist, or is not a mapping.
        UnknownName
            If it names a kind or column that is not in the vocabulary.
        """
        import yaml

        remedy = "Write at least nodes: {Label: kind}"
        try:
            entries = yaml.safe_load(read_bytes(path))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            cause = f"it is not valid YAML ({' '.join(str(error).split())})"
            raise UnusableInput(path, cause, remedy) from None
        if not isinstance(entries, dict) or not isinstance(entries.get("nodes"), dict):
            raise UnusableInput(path, "it does not say which kinds the labels are", remedy)
        fields = ("nodes", "ties", "properties", "id", "name")
        unknown = [str(key) for key in entries if key not in fields]
        if unknown:
            raise UnknownName("entry of a mapping", unknown[0], list(fields))
        try:
            return cls(**{key: value for key, value in entries.items() if value is not None})
        except (AttributeError, TypeError) as error:
            raise UnusableInput(path, f"it is not a mapping ({error})", remedy) from None


def read(
    source: str | None, *, mapping: GraphMapping | Path | None = None, insecure: bool = False
) -> ReadResult:
    """Read the rows at an address such as ``bolt://localhost:7687#smart``.

    Parameters
    ----------
    mapping
        How to read other data; without it, an ecosystem that was pushed is read.

    Raises
    ------
    BadParameter
        If the address cannot be used.
    ServerUnavailable, ServerRefused, ServerFailed
        If the server does not answer, refuses or fails.
    UnusableInput, UnknownName
        If the database has no such ecosystem, only part of it, or none of the labels.
    """
    with Neo4jStore(source, insecure=insecure) as store:
        if mapping is None:
            return store.read()
        if isinstance(mapping, Path):
            mapping = GraphMapping.from_file(mapping)
        return _foreign(store, mapping)


def pull_into(
    source: str | None,
    folder: Path,
    *,
    insecure: bool = False,
    among: Sequence[str] = (),
    at: str | None = None,
    around: str | None = None,
    steps: int = 1,
    mapping: str | None = None,
    replace: bool = False,
) -> list[str]:
    """Pull an ecosystem, or a part, into a folder, and return what happened, a sentence each.

    Parameters
    ----------
    among, at, around, steps
        Which part, see `Neo4jStore.pull`.
    mapping
        File that says how to read other data.
    replace
        Whether an ecosystem in the folder may be replaced.

    Raises
    ------
    AlreadyThere
        If the folder has an ecosystem that may not be replaced.
    BadParameter, UnknownName, UnusableInput
        If the address, part or mapping cannot be used.
    ServerUnavailable, ServerRefused, ServerFailed
        If the server does not answer, refuses or fails.
    """
    with datapackage.writing(folder):
        if datapackage.is_package(folder) and not replace:
            raise AlreadyThere(
                f"{folder} already has an ecosystem. Pass --replace, or choose another folder"
            )
        said: list[str] = []
        if mapping is None:
            with Neo4jStore(source, insecure=insecure) as store:
                eco = store.pull(among=among or None, at=at, around=around, steps=steps)
        else:
            draft = read(source, mapping=Path(mapping), insecure=insecure)
            eco = draft.builder.build(errors="set_aside")
            aside = draft.builder.aside.to_dict("records")
            said = [*draft.said, *(f"set aside: {in_words(row)}" for row in aside)]
            eco = part(eco, among=among, at=at, around=around, steps=steps)
        datapackage.save(eco, folder)
    rows = sizes({name: len(frame) for name, frame in eco.tables.items()})
    return [*said, f"{folder} is ready: {rows or 'nothing'}"]


def _foreign(store: Neo4jStore, mapping: GraphMapping) -> ReadResult:
    labels, types = store.survey()
    nodes, ties = store.strangers(mapping.nodes, mapping.ties)
    if not nodes:
        there = sorted({label for found in labels for label in found})
        raise UnknownName("label", next(iter(mapping.nodes), ""), there)
    said = _unmapped(labels, types, mapping)
    lost: Counter[str] = Counter()
    draft = ReadResult(EcosystemBuilder(name=mapping.name), said, ours=False, stated=True)
    ids = _identified(nodes, mapping, said)
    rows = [_node_row(record, ids[record[0]], mapping, lost) for record in nodes]
    draft.builder.add_table("nodes", pd.DataFrame(rows, dtype=object))
    loose = 0
    tied = []
    for _, kind, source, target, properties in ties:
        if source in ids and target in ids:
            row = _columns(properties, "ties", mapping, lost)
            row |= {"kind": mapping.ties[kind], "source": ids[source], "target": ids[target]}
            tied.append(row)
        else:
            loose += 1
    if tied:
        draft.builder.add_table("ties", pd.DataFrame(tied, dtype=object))
    counts = Counts()
    counts.add(
        loose,
        "relationship leads to a node that is not mapped and is left out",
        "relationships lead to nodes that are not mapped and are left out",
    )
    for name, number in lost.items():
        words = "of a type that no column can hold"
        counts.add(
            number,
            f"value of {name} is {words} and is left out",
            f"values of {name} are {words} and are left out",
        )
    said += counts.sentences()
    return draft


def _unmapped(
    labels: Mapping[tuple[str, ...], int], types: Mapping[str, int], mapping: GraphMapping
) -> list[str]:
    """Return what the mapping leaves out, and what it names that is not in the database."""
    said, left_out = [], "not mapped and left out"
    for found, count in labels.items():
        kinds = {mapping.nodes[label] for label in found if label in mapping.nodes}
        nodes = f"{counted(count, 'node')} with {':'.join(found) or 'no label'}"
        if not kinds:
            said.append(f"{nodes}: {left_out}")
        elif len(kinds) > 1:
            said.append(f"{nodes} could be {' or '.join(sorted(kinds))}")
    said += [
        f"{counted(count, 'relationship')} {name}: {left_out}"
        for name, count in types.items()
        if name not in mapping.ties
    ]
    there = {label for found in labels for label in found}
    missing = [f"label {name}" for name in mapping.nodes if name not in there]
    missing += [f"type {name}" for name in mapping.ties if name not in types]
    return [
        *said,
        *(f"the mapping names the {what}, which is not in the database" for what in missing),
    ]


def _identified(nodes: list[Record], mapping: GraphMapping, said: list[str]) -> dict[str, str]:
    """Return an id for each element, from its own or its name; repeated ones get a number."""
    ids: dict[str, str] = {}
    used: Counter[str] = Counter()
    taken: set[str] = set()
    for element, _, properties in nodes:
        known = properties.get(mapping.id) if mapping.id else _name(properties, mapping)
        base = slug(str(known))[:80].strip("-") if known is not None else ""
        base = base or "node"
        id = base
        while id in taken:
            used[base] += 1
            id = f"{base}-{used[base] + 1}"
        taken.add(id)
        ids[element] = id
    doubles = sum(used.values())
    if doubles:
        said.append(f"{counted(doubles, 'node')} had the id of an earlier one and got a number")
    return ids


def _name(properties: Mapping[str, Any], mapping: GraphMapping) -> Any:
    named = [p for p, column in mapping.properties.items() if column == "name"]
    found = (properties.get(p) for p in (*named, "name"))
    return next((value for value in found if value is not None), None)


def _node_row(record: Record, id: str, mapping: GraphMapping, lost: Counter[str]) -> dict[str, Any]:
    element, labels, properties = record
    row = _columns(properties, "nodes", mapping, lost)
    kind = next(kind for label, kind in mapping.nodes.items() if label in labels)
    original = properties.get(mapping.id) if mapping.id else element
    return {**row, "id": id, "kind": kind, "name": row.get("name", id), "original_id": original}


def _columns(
    properties: Mapping[str, Any], table: str, mapping: GraphMapping, lost: Counter[str]
) -> dict[str, Any]:
    """Return a record's properties as cells; only what the mapping names enters the vocabulary."""
    known = SCHEMA.tables[table].columns
    row: dict[str, Any] = {}
    for name, value in properties.items():
        plain = _plain(value)
        if plain is None:
            lost[name] += 1
            continue
        column = mapping.properties.get(name, name)
        if column == name and name in known and name != "name" and name not in mapping.properties:
            column = f"original_{name}"
        row[column] = plain
    return row


def _plain(value: Any) -> Any:
    """Return a value as a cell holds it, None where none can."""
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list) and all(isinstance(v, str | bool | int | float) for v in value):
        return "; ".join(map(str, value))
    return value.iso_format() if hasattr(value, "iso_format") else None
