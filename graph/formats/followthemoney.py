"""FollowTheMoney entities, a JSON object a line: things, and the interests that link them.

Our kinds become the schemata that the vocabulary maps them to, and back; where several kinds share
one, a keyword or role says which it was. What FollowTheMoney has no property for is lost.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import GraphTables, Row, left_out, rows_of
from partnergraph.graph.formats.holds import Holds, kept
from partnergraph.graph.formats.text import read_text, wrong_line
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA

# Properties at the two ends of each schema that links, from and to.
ENDS: Mapping[str, tuple[str, str]] = {
    "UnknownLink": ("subject", "object"),
    "Membership": ("member", "organization"),
    "ProjectParticipant": ("participant", "project"),
    "Payment": ("payer", "beneficiary"),
    "Succession": ("successor", "predecessor"),
    "Ownership": ("owner", "asset"),
    "Directorship": ("director", "organization"),
    "Employment": ("employee", "employer"),
    "Representation": ("agent", "client"),
    "Family": ("person", "relative"),
    "Associate": ("person", "associate"),
    "Debt": ("debtor", "creditor"),
    "ContractAward": ("supplier", "contract"),
    "Occupancy": ("holder", "post"),
}
# Schemata that are not interests, and have neither role nor status.
_NO_ROLE = frozenset({"Payment"})
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_STARTS = {
    "start": ("startDate", "incorporationDate", "date"),
    "end": ("endDate", "dissolutionDate"),
}
_ALIASES = {"alias": "name", "weakAlias": "acronym", "previousName": "former"}
_SCHEMA_OF = {
    name: kind.maps_to["ftm"]
    for kinds in (SCHEMA.node_kinds, SCHEMA.tie_kinds)
    for name, kind in kinds.items()
    if kind.maps_to.get("ftm")
}


def _narrow(table: str, frame: pd.DataFrame, _: pd.DataFrame) -> pd.DataFrame:
    """Return what FollowTheMoney keeps of a table's rows."""
    frame = frame.copy(deep=False)
    for column in {"start", "end"} & {*frame.columns}:
        frame[column] = frame[column].where(frame[column].str.fullmatch(_DATE).fillna(False))
    if table == "ties":
        schema = frame["kind"].map(_SCHEMA_OF)
        frame["role"] = frame["role"].where(~schema.isin(_NO_ROLE))
        for column in ("amount", "currency"):
            frame[column] = frame[column].where(schema.isin(_NO_ROLE))
    if table == "aliases":
        there = {"acronym": "acronym", "former": "former"}
        frame["kind"] = frame["kind"].map(lambda kind: there.get(kind, "name"))
        frame["language"] = pd.Series(None, index=frame.index, dtype=frame["alias"].dtype)
        frame = frame[frame["node"].isin(_["id"])].drop_duplicates()
    return frame


holds = Holds(
    frozenset({"nodes", "ties", "aliases"}),
    about=False,
    columns={
        "nodes": ("id", "kind", "name", "country", "start", "end", "url", "description"),
        "ties": (
            "id",
            "kind",
            "source",
            "target",
            "role",
            "start",
            "end",
            "description",
            "amount",
            "currency",
        ),
        "aliases": ("node", "alias", "language", "kind"),
    },
    kinds=frozenset(_SCHEMA_OF),
    narrow=_narrow,
)


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read entities, one per line."""
    if data is not None and not data.strip():
        return GraphTables.of([], [])  # no entities at all
    text, said = read_text(path, data)
    nodes: list[Row] = []
    edges: list[Row] = []
    aliases: list[Row] = []
    count: Counter[str] = Counter()
    unread: list[Row] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        entity, values = _entity(line, path, number)
        schema = str(entity["schema"])
        ends = _ends_of(schema, values)
        if ends is None:
            nodes.append(_node(entity, schema, values, aliases, count))
            continue
        if not all(ends):
            cause = f"the {schema} has one of its ends only"
            unread.append(left_out(number, str(entity["id"]), cause, "Fetch the other end too"))
            continue
        row = _tie(entity, schema, values, count)
        edges += [{**row, "source": a, "target": b} for a in ends[0] for b in ends[1]]
        count["links with several ends, read as one tie for each pair"] += (
            len(ends[0]) * len(ends[1]) > 1
        )
    out = GraphTables.of(nodes, edges, said=said, counts=count, unread=unread)
    out.aliases = pd.DataFrame(aliases, columns=["node", "alias", "kind"], dtype=object)
    return out


def _entity(line: str, path: Path, number: int) -> tuple[Row, dict[str, list[str]]]:
    try:
        entity = json.loads(line)
        found = entity["properties"]
        values = {k: [str(x) for x in v] for k, v in found.items() if isinstance(v, list) and v}
        values |= {k: [v] for k, v in found.items() if isinstance(v, str) and v}
        if not isinstance(entity["id"], str) or not isinstance(entity["schema"], str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        cause = "it is not an entity (an object with id, schema and properties)"
        raise wrong_line(path, number, cause, "Write one JSON object a line") from None
    return entity, values


def _ends_of(schema: str, values: dict[str, list[str]]) -> list[list[str]] | None:
    if schema not in ENDS:
        return None
    ends = [values.pop(name, []) for name in ENDS[schema]]
    if schema == "Payment" and not ends[1]:
        ends[1] = values.pop("project", [])
    return ends


def _kind(schema: str, words: list[str], kinds: Mapping[str, Any]) -> str | None:
    """Return the kind of a schema: the one that a word names, else the first."""
    fitting = [kind for kind in kinds if _SCHEMA_OF.get(kind) == schema]
    named = [word for word in words if word in fitting]
    for word in named:
        words.remove(word)
    return next(iter(named or fitting), None)


_ACTORS = ("LegalEntity", "Company", "PublicBody")


def _node(
    entity: Row, schema: str, values: dict[str, list[str]], aliases: list[Row], count: Counter[str]
) -> Row:
    words = values.get("keywords", [])
    kind = _kind(schema, words, SCHEMA.node_kinds)
    if kind is None and schema in _ACTORS:
        kind = SCHEMA.actors[0]
    row: Row = {"id": entity["id"], "kind": kind, "schema": schema}
    row |= {} if _SCHEMA_OF.get(kind or "") == schema else {"original_kind": schema}
    del row["schema"]
    names = values.pop("name", []) or ([str(entity["caption"])] if entity.get("caption") else [])
    names = names or values.pop("full", [])
    row["name"] = names[0] if names else None
    row["description"] = _taken(values, "description", count)
    country = values.pop("country", []) or values.pop("jurisdiction", [])
    row["country"] = country[0].upper() if country else None
    row["url"] = next(iter(values.pop("website", []) or values.pop("sourceUrl", [])), None)
    for name in names[1:]:
        aliases.append({"node": entity["id"], "alias": name, "kind": "name"})
    for name, kind_of_alias in _ALIASES.items():
        for alias in values.pop(name, []):
            aliases.append({"node": entity["id"], "alias": alias, "kind": kind_of_alias})
    return {**row, **_rest(values, count)}


def _tie(entity: Row, schema: str, values: dict[str, list[str]], count: Counter[str]) -> Row:
    words = values.get("role", [])
    kind = _kind(schema, words, SCHEMA.tie_kinds)
    row: Row = {"id": entity["id"], "kind": kind}
    row |= {} if kind else {"kind": schema}
    roles = values.pop("role", [])
    row["role"] = "; ".join(roles) or None
    row["description"] = _taken(values, "description", count)
    amounts = values.pop("amount", [])
    try:
        row["amount"] = sum(float(amount) for amount in amounts) if amounts else None
    except ValueError:
        row["original_amount"] = "; ".join(amounts)
    row["currency"] = next(iter(values.pop("currency", [])), None)
    return {**row, **_rest(values, count)}


def _taken(values: dict[str, list[str]], name: str, count: Counter[str]) -> str | None:
    found = values.pop(name, [])
    count["properties with several values, joined by semicolons"] += len(found) > 1
    return "; ".join(found) or None


def _rest(values: dict[str, list[str]], count: Counter[str]) -> Row:
    """Return dates under our names, and every other property under its own."""
    row: Row = {}
    for column, names in _STARTS.items():
        found = next((values.pop(name) for name in names if values.get(name)), [])
        row[column] = found[0] if found else None
    return row | {name: _taken(values, name, count) for name in [*values] if values[name]}


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write nodes, aliases and ties as entities."""
    left = kept(eco, holds)
    nodes, ties = rows_of(left)
    names: dict[str, dict[str, list[str]]] = {}
    back = {kind: name for name, kind in _ALIASES.items()}
    for row in records(left.aliases):
        names.setdefault(row["node"], {}).setdefault(back[row["kind"]], []).append(row["alias"])
    entities = [_as_thing(row, names.get(row["id"], {})) for row in nodes]
    entities += [_as_link(row) for row in ties]
    try:
        lines = [json.dumps(e, ensure_ascii=False, allow_nan=False) for e in entities]
        data = "".join(f"{line}\n" for line in lines).encode()
    except ValueError as error:
        raise UnusableInput(path, f"JSON cannot hold a cell ({error})", "Correct it") from None
    write_atomically(path, data)
    return []


def _listed(row: Row) -> dict[str, list[str]]:
    return {name: [v] if isinstance(v, str) else v for name, v in row.items() if v is not None}


def _as_thing(row: Row, names: dict[str, list[str]]) -> Row:
    kind: str = row["kind"]
    schema = _SCHEMA_OF[kind]
    assert schema is not None  # who calls has looked
    actor = SCHEMA.node_kinds[kind].actor
    dates = ("incorporationDate", "dissolutionDate") if actor else ("startDate", "endDate")
    own = {
        "name": row["name"],
        "country": row["country"].lower() if "country" in row else None,
        "website" if actor else "sourceUrl": row.get("url"),
        "description": row.get("description"),
        "keywords": kind if _is_second(kind, SCHEMA.node_kinds) else None,
        **dict(zip(dates, (row.get("start"), row.get("end")), strict=True)),
    }
    return {"id": row["id"], "schema": schema, "properties": {**_listed(own), **names}}


def _as_link(row: Row) -> Row:
    kind: str = row["kind"]
    schema = _SCHEMA_OF[kind]
    assert schema is not None  # who calls has looked
    second = [kind] if _is_second(kind, SCHEMA.tie_kinds) else []
    roles = [*second, *([row["role"]] if "role" in row else [])]
    own = {
        **dict(zip(ENDS[schema], (row["source"], row["target"]), strict=True)),
        "role": roles or None,
        "description": row.get("description"),
        "amount": repr(row["amount"]) if "amount" in row else None,
        "currency": row.get("currency"),
        "startDate": row.get("start"),
        "endDate": row.get("end"),
    }
    return {"id": row["id"], "schema": schema, "properties": _listed(own)}


def _is_second(kind: str, kinds: Mapping[str, Any]) -> bool:
    """Return whether another kind comes first that the same schema stands for."""
    return next(k for k in kinds if _SCHEMA_OF.get(k) == _SCHEMA_OF[kind]) != kind
