"""JSON-LD in the terms of schema.org and of the W3C Organization ontology.

Nodes have the types that the vocabulary maps their kinds to, and links in schema.org's words, so
that anybody's program finds its way; every tie stands once more as an object of its own, with all
its attributes in our namespace, from which our reader gives everything back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from partnergraph.graph.checks import fits
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import (
    GraphTables,
    Row,
    form_from,
    form_of,
    plain_json,
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse, write_json
from partnergraph.graph.networkx_form import DIRECTED
from partnergraph.graph.schema import SCHEMA

holds = Holds(shows="nodes, their names, addresses and dates, and links in schema.org's words")

OURS, PREFIX, TIE = "urn:partnergraph:", "pg:", "pg:Tie"
_ABOUT = f"{OURS}about"
MOST_DEPTH = 100
# Links that schema.org draws from the project to the actor.
_REVERSED = frozenset({"participant", "funder"})
_PLAIN = {
    "name": "name",
    "description": "description",
    "url": "url",
    "foundingDate": "start",
    "startDate": "start",
    "dissolutionDate": "end",
    "endDate": "end",
    "prefLabel": "name",
    "label": "name",
    "legalName": "legal_name",
    "addressCountry": "country",
}
_KIND_OF_TYPE: dict[str, str] = {}
for _kind, _entry in SCHEMA.node_kinds.items():
    for _term in (_entry.maps_to.get("org"), _entry.maps_to.get("schema_org")):
        if _term:
            _KIND_OF_TYPE.setdefault(_term.rpartition(":")[2], _kind)


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read JSON-LD: objects with a type as nodes, what links them as ties."""
    content, _ = parse(path, data)
    entries = content if isinstance(content, list) else [content]
    objects: dict[str, Row] = {}
    links: list[tuple[str, str, str]] = []
    said: Counter[str] = Counter()
    for entry in entries:
        if not isinstance(entry, dict):
            raise UnusableInput(path, "it is not JSON-LD (no objects)", "Export it again")
        graph = entry.get("@graph")
        for found in graph if isinstance(graph, list) else [entry]:
            if isinstance(found, dict):
                _collect(found, objects, links, said, path, 1)
    about = objects.pop(_ABOUT, None)
    if about is not None and "form" in about:
        return _ours(objects, form_from(about["form"], path))
    named = {o for o, row in objects.items() if row.get("@type") or row.get("name")}
    nodes = [_node(identity, objects[identity]) for identity in objects if identity in named]
    kind_of = {row["id"]: row["kind"] or SCHEMA.actors[0] for row in nodes}
    edges = [*_edges(links, kind_of, said)]
    if not nodes:
        raise UnusableInput(path, "it describes nothing in JSON-LD", "Export it again")
    return GraphTables.of(nodes, edges, counts=said)


def _collect(
    entry: Row,
    objects: dict[str, Row],
    links: list[tuple[str, str, str]],
    said: Counter[str],
    path: Path,
    depth: int,
) -> str:
    """Take an object and those inside it; return its id."""
    if depth > MOST_DEPTH:
        cause = f"it is nested too deeply (more than {MOST_DEPTH} levels)"
        raise UnusableInput(path, cause, "Flatten it")
    identity = str(entry.get("@id") or entry.get("id") or f"_:{len(objects) + len(links)}")
    row = objects.setdefault(identity, {})
    if "@type" in entry:
        row["@type"] = entry["@type"]
    for key, value in entry.items():
        name = key.rpartition("/")[2].rpartition("#")[2]
        if key.startswith("@") or key == "id":
            continue
        if key.startswith((PREFIX, OURS)):
            name = key.removeprefix(OURS).removeprefix(PREFIX)
        else:
            name = name.rpartition(":")[2]
        plain = []
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                plain.append(item)
            elif "@value" in item:
                plain.append(item["@value"])
            else:
                links.append(
                    (identity, name, _collect(item, objects, links, said, path, depth + 1))
                )
                if row.get("@type") == TIE:
                    row[name] = links.pop()[2]
        if plain:
            row[name] = plain[0] if len(plain) == 1 else plain
    return identity


def _node(identity: str, row: Row) -> Row:
    types = row.pop("@type", None) or []
    types = types if isinstance(types, list) else [types]
    terms = [str(t).rpartition("/")[2].rpartition("#")[2].rpartition(":")[2] for t in types]
    kinds = [_KIND_OF_TYPE[term] for term in terms if term in _KIND_OF_TYPE]
    out: Row = {"id": identity, "kind": kinds[-1] if kinds else (terms[0] if terms else None)}
    for name, value in row.items():
        column = _PLAIN.get(name, name)
        out[column] = value if column not in out or out[column] is None else out[column]
    return out


def _edges(
    links: list[tuple[str, str, str]], kind_of: dict[str, str], said: Counter[str]
) -> Iterator[Row]:
    for source, term, target in links:
        if source not in kind_of or target not in kind_of:
            said["links to objects without type and name, left out"] += 1
            continue
        kinds = [
            kind
            for kind, entry in SCHEMA.tie_kinds.items()
            if term in [str(t).rpartition(":")[2] for t in entry.maps_to.values()]
        ]
        forward = [k for k in kinds if fits(k, kind_of[source], kind_of[target])]
        back = [k for k in kinds if fits(k, kind_of[target], kind_of[source])]
        if back and (term in _REVERSED or not forward):
            source, target, forward = target, source, back
        kind = forward[0] if forward else term
        yield {"source": source, "target": target, "kind": kind}


def _ours(objects: dict[str, Row], form: Row) -> GraphTables:
    """Return nodes and ties from what stands in our namespace."""
    nodes, edges = [], []
    for identity, row in objects.items():
        plain = {k: v for k, v in row.items() if k != "@type"}
        if row.get("@type") == TIE:
            ends = {end: plain[end].removeprefix("#") for end in ("source", "target")}
            edges.append({**plain, **ends, "id": identity.removeprefix("#tie:")})
        elif row.get("@type"):
            nodes.append({**plain, "id": identity.removeprefix("#")})
    extras = ("foundingDate", "dissolutionDate", "startDate", "endDate", DIRECTED)
    return GraphTables.of(nodes, edges, form=form, extras=extras)


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as JSON-LD."""
    nodes, ties = (plain_json(rows) for rows in rows_of(eco))
    about: Row = {"@id": _ABOUT, "@type": "Dataset", "name": eco.about.title or eco.about.name}
    about |= {"license": eco.about.licence} if eco.about.licence else {}
    about[f"{PREFIX}form"] = form_of(eco)
    links: dict[str, dict[str, list[Row]]] = {}
    for row in ties:
        term = SCHEMA.tie_kinds[row["kind"]].maps_to.get("schema_org")
        if term:
            ends = [row["source"], row["target"]]
            if term in _REVERSED:
                ends.reverse()
            links.setdefault(ends[0], {}).setdefault(term, []).append({"@id": f"#{ends[1]}"})
    entries = [about]
    for row in nodes:
        entries.append({**_described(row), **links.get(row["id"], {})})
    for row in ties:
        both = {f"{PREFIX}{e}": {"@id": f"#{row.pop(e)}"} for e in ("source", "target")}
        head = {"@id": f"#tie:{row.pop('id')}", "@type": TIE}
        entries.append({**head, **both, **{f"{PREFIX}{k}": v for k, v in row.items()}})
    context = {
        "@vocab": "https://schema.org/",
        "org": "http://www.w3.org/ns/org#",
        PREFIX.rstrip(":"): OURS,
    }
    content = {"@context": context, "@graph": entries}
    write_json(content, path)
    return []


def _described(row: Row) -> Row:
    """Return a node in schema.org's words, and all its attributes in ours."""
    kind = SCHEMA.node_kinds[row["kind"]]
    types = [t for t in (kind.maps_to.get("schema_org"), kind.maps_to.get("org")) if t]
    out: Row = {"@id": f"#{row['id']}", "@type": types or ["Thing"]}
    dates = ("foundingDate", "dissolutionDate") if kind.actor else ("startDate", "endDate")
    out |= {n: row[c] for c, n in zip(("start", "end"), dates, strict=True) if c in row}
    out |= {n: row[n] for n in ("name", "description", "url") if n in row}
    return out | {f"{PREFIX}{name}": value for name, value in row.items() if name != "id"}
