"""ROR records of both versions as rows: a mapping cannot say where each keeps names and places.

Version 1 has ``name``, ``aliases``, ``acronyms``, ``labels``, ``addresses``, ``country``; version 2
keeps all names in ``names`` with their types, and places in ``locations``.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import slug
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.sheets.archives import BROKEN, GZIP, bounded, broken, gunzipped
from partnergraph.loaders.tables.sheets.sheet import REJECTED, ROW_LEFT_OUT

MOST_UNPACKED = 2_000_000_000
SOURCE = {
    "id": "ror",
    "title": "Research Organization Registry",
    "publisher": "ROR",
    "url": "https://ror.org",
    "licence": "CC0",
}
_ID = re.compile(r"(?:https?://ror\.org/)?(0[a-z0-9]{8})")
# What their relations are in our vocabulary, and whether the record is the tie's source. A relation
# that both records state becomes one tie: from child to parent, or from new to old.
_RELATIONS = {
    "parent": ("same_kind", True),
    "child": ("same_kind", False),
    "successor": ("history", False),
    "predecessor": ("history", True),
    "related": ("undirected", True),
}
_KINDS = {
    "same_kind": next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind),
    "history": SCHEMA.history[0],
    "undirected": SCHEMA.undirected[0],
}


def read(path: Path, *, retrieved: str | None = None) -> ReadResult:
    """Read a dump of ROR: JSON, JSON lines, packed or not.

    Relations to organisations that are not in the file are listed in `ReadResult.rejected`.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read or holds no record of ROR.
    """
    data = read_bytes(path)
    rows = _Rows()
    for number, record in _records(data, path):
        if isinstance(record, dict) and (match := _ID.fullmatch(str(record.get("id")))):
            rows.add(match[1], record, number)
        else:
            rows.reject(number, "id", str(record)[:80], "it is not a record of ROR", "Restore it")
    if not rows.nodes:
        raise UnusableInput(path, "there is no record of ROR in it", "Give a dump of ROR")
    title, licence = SOURCE["title"], SOURCE["licence"]
    builder = EcosystemBuilder(name="ror", title=title, licence=licence)
    own = {"sha256": hashlib.sha256(data).hexdigest(), "retrieved": retrieved}
    builder.source(**SOURCE, **{k: v for k, v in own.items() if v})
    rows.into(builder, path.name)
    rejected = pd.DataFrame(rows.rejected, columns=list(REJECTED)).assign(file=path.name)
    return ReadResult(builder, rows.said(path.name), ours=False, rejected=rejected, stated=True)


def _records(data: bytes, path: Path) -> Iterator[tuple[int, Any]]:
    """Yield records with their number: of lines one each, else of a list."""
    text = _unpacked(data, path).decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), start=1)
        except (ValueError, RecursionError) as error:
            raise UnusableInput(
                path, f"it is not valid JSON ({error})", "Restore the file"
            ) from None
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, line


def _unpacked(data: bytes, path: Path) -> bytes:
    if data.startswith(GZIP):
        return gunzipped(data, path, most=MOST_UNPACKED)
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # A release holds several; the JSON of the newest version says most.
            names = sorted(n for n in archive.namelist() if n.endswith(".json"))
            with archive.open(names[-1]) as member:
                return bounded(member.read, path, most=MOST_UNPACKED)
    except (*BROKEN, IndexError) as error:
        raise broken(path, error) from None


class _Rows:
    """Rows that were collected from records."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.places: dict[str, dict[str, Any]] = {}
        self.aliases: list[dict[str, Any]] = []
        self.located: list[tuple[str, str, int]] = []
        self.relations: dict[tuple[str, str, str], int] = {}
        self.stated: list[tuple[tuple[str, str, str], str, int]] = []
        self.rejected: list[dict[str, Any]] = []
        self.versions: Counter[str] = Counter()
        self.others: Counter[str] = Counter()
        self.twice = 0

    def reject(
        self, row: int, column: str, value: str, cause: str, remedy: str, done: str = ROW_LEFT_OUT
    ) -> None:
        cells = ("", row, column, value, cause, remedy, done)
        self.rejected.append(dict(zip(REJECTED, cells, strict=True)))

    def add(self, id: str, record: Mapping[str, Any], number: int) -> None:
        """Add what a record says; of two with one id the first stays, and the other is listed."""
        if id in self.nodes:
            cause, remedy = "an earlier record has this id", "Remove one of the two"
            self.reject(number, "id", id, cause, remedy)
            return
        second = isinstance(record.get("names"), list)
        self.versions["v2" if second else "v1"] += 1
        name, aliases = _names_v2(record) if second else _names_v1(record)
        city, country = _place_v2(record) if second else _place_v1(record)
        established = record.get("established")
        self.nodes[id] = {
            "id": id,
            "kind": SCHEMA.actors[0],
            "name": name or id,
            "country": country,
            "start": f"{established:04}" if isinstance(established, int) else None,
            "url": _url(record),
            "original_id": f"https://ror.org/{id}",
            "ror_types": "; ".join(str(t).lower() for t in record.get("types") or []) or None,
            "ror_status": record.get("status"),
            "_row": number,
        }
        self.aliases += [{"node": id, **alias} for alias in aliases]
        if city and country:
            place = f"{slug(city) or 'node'}-{country.lower()}"
            self.places.setdefault(
                place,
                {
                    "id": place,
                    "kind": _place_kind(),
                    "name": city,
                    "country": country,
                    "_row": number,
                },
            )
            self.located.append((id, place, number))
        for relation in record.get("relationships") or []:
            self._relate(id, relation, number)

    def _relate(self, id: str, relation: Mapping[str, Any], number: int) -> None:
        kind, match = str(relation.get("type")).lower(), _ID.fullmatch(str(relation.get("id")))
        if kind not in _RELATIONS or match is None:
            self.others[kind] += 1
            return
        what, outward = _RELATIONS[kind]
        ends = (id, match[1]) if outward else (match[1], id)
        ends = tuple(sorted(ends)) if what == "undirected" else ends  # type: ignore[assignment]
        self.stated.append(((what, *ends), f"{kind} {match[1]}", number))

    def into(self, builder: EcosystemBuilder, file: str) -> None:
        """Add all rows to a builder, with a receipt for each fact."""
        for stated, words, number in self.stated:
            missing = [end for end in stated[1:] if end not in self.nodes]
            if missing:
                cause = f"{missing[0]} is not in this file"
                remedy, done = "Give the whole register", "the tie is left out"
                self.reject(number, "relationships", words, cause, remedy, done)
            elif stated in self.relations:
                self.twice += 1
            else:
                self.relations[stated] = number
        nodes = pd.DataFrame([*self.nodes.values(), *self.places.values()], dtype=object)
        builder.add_table("nodes", nodes, file=file)
        aliases = pd.DataFrame(self.aliases, columns=["node", "alias", "language", "kind"])
        builder.add_table("aliases", aliases.drop_duplicates().astype(object), file=file)
        ties = [
            {"kind": _KINDS[what], "source": a, "target": b, "_row": row}
            for (what, a, b), row in self.relations.items()
        ]
        ties += [
            {"kind": SCHEMA.locating, "source": a, "target": b, "_row": row}
            for a, b, row in self.located
        ]
        frame = pd.DataFrame(ties, columns=["kind", "source", "target", "_row"], dtype=object)
        ids = builder.add_table("ties", frame, file=file)
        facts = pd.concat([nodes["id"], ids], ignore_index=True)
        rows = pd.concat([nodes["_row"], frame["_row"]], ignore_index=True)
        receipts = {"fact": facts, "source": SOURCE["id"], "locator": "record " + rows.astype(str)}
        builder.add_table("evidence", pd.DataFrame(receipts, dtype=object))

    def said(self, file: str) -> list[str]:
        """Return what there is to say of the records, a sentence each."""
        versions = ", ".join(f"{count} {name}" for name, count in sorted(self.versions.items()))
        said = [f"records: {versions}"]
        if self.twice:
            said.append(f"relations stated from both sides, one tie each: {self.twice}")
        dangling = sum(r["column"] == "relationships" for r in self.rejected)
        if dangling:
            said.append(f"relations to organisations that are not in the file: {dangling}")
        if self.others:
            words = ", ".join(f"{count} {name}" for name, count in sorted(self.others.items()))
            said.append(f"relations that have no meaning here are left out: {words}")
        return [f"{file}: {words}" for words in said]


def _place_kind() -> str:
    return next(iter(SCHEMA.tie_kinds[SCHEMA.locating].target_kinds))


def _names_v1(record: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    aliases = [{"alias": a, "language": None, "kind": "name"} for a in record.get("aliases") or []]
    aliases += [
        {"alias": a, "language": None, "kind": "acronym"} for a in record.get("acronyms") or []
    ]
    aliases += [
        {"alias": label.get("label"), "language": label.get("iso639"), "kind": "translation"}
        for label in record.get("labels") or []
    ]
    name = str(record.get("name") or "").strip()
    return name, [a for a in aliases if a["alias"] and a["alias"] != name]


def _names_v2(record: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    names = [n for n in record["names"] if isinstance(n, dict) and n.get("value")]
    shown = next((n for n in names if "ror_display" in (n.get("types") or [])), None)
    name = str((shown or (names or [{"value": ""}])[0])["value"]).strip()
    aliases = []
    for entry in names:
        types = entry.get("types") or []
        kind = "acronym" if "acronym" in types else "translation" if "label" in types else "name"
        if entry["value"] != name:
            aliases.append(
                {"alias": entry["value"], "language": entry.get("lang") or None, "kind": kind}
            )
    return name, aliases


def _place_v1(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    addresses = record.get("addresses") or [{}]
    code = (record.get("country") or {}).get("country_code")
    return addresses[0].get("city") or None, code or None


def _place_v2(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    details = ((record.get("locations") or [{}])[0] or {}).get("geonames_details") or {}
    return details.get("name") or None, details.get("country_code") or None


def _url(record: Mapping[str, Any]) -> str | None:
    links = record.get("links") or []
    found = [
        link if isinstance(link, str) else link.get("value")
        for link in links
        if isinstance(link, str) or (isinstance(link, dict) and link.get("type") == "website")
    ]
    good = [str(u).strip() for u in found if u and re.fullmatch(r"https?://[^\s<>\"]+", str(u))]
    return good[0] if good else None
