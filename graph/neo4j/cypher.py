"""Every statement that is sent to a Neo4j database; no other module spells Cypher.

Labels, relationship types and property names come from the vocabulary or pass `checked`; values
only ever travel as parameters. What the database holds of an ecosystem:

=======================  =================================================================
``(:Partnergraph)``      every node of ours, with ``key`` = NAME:ID, under one constraint
``:Organisation:Actor``  its kind, and whether it acts
``-[:MEMBER_OF]->``      a tie, with ``key`` = NAME: and its kind, ends and id
``(:Alias)-[:NAMES]->``  another name; so ``Evidence`` ``STATES`` a node and ``CITES`` a
                         ``Source``, and a ``Judgement`` ``JUDGES`` two nodes
``(:Ecosystem)``         what it is called, and how the last push ended
=======================  =================================================================

Rows are lists, not maps: half as many bytes, and a blank cell removes what was there. A row that is
read is one value, as the driver takes its time for each value of a record.

>>> label("organisation"), relationship("participates_in")
('Organisation', 'PARTICIPATES_IN')
>>> print(write_nodes("project", ["id", "name"]))
UNWIND $rows AS r
MERGE (n:Partnergraph {key: $prefix + r[0]})
REMOVE n:Organisation:Network:Capability:Place:Actor
SET n:Project, n.`id` = r[2], n.`name` = r[3]
RETURN count(*)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA

MARK, ACTOR, HEAD = "Partnergraph", "Actor", "Ecosystem"
LONGEST_NAME = 63

CONSTRAINT = (
    f"CREATE CONSTRAINT partnergraph_key IF NOT EXISTS FOR (n:{MARK}) REQUIRE n.key IS UNIQUE"
)
AWAIT_INDEXES = "CALL db.awaitIndexes(300)"
COMPONENTS = "CALL dbms.components() YIELD name, versions, edition RETURN name, versions, edition"
CONSTRAINTS = (
    "SHOW CONSTRAINTS YIELD name, labelsOrTypes, properties "
    f"WHERE '{MARK}' IN labelsOrTypes RETURN name, properties"
)

# The tables that are neither nodes nor ties, and which columns link a row to nodes or sources.
RECORDS: Mapping[str, str] = MappingProxyType(
    {"sources": "Source", "aliases": "Alias", "evidence": "Evidence", "judgements": "Judgement"}
)
LINKS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sources": {},
        "aliases": {"NAMES": ("node",)},
        "evidence": {"CITES": ("source",), "STATES": ("fact",)},
        "judgements": {"JUDGES": ("a", "b")},
    }
)


def checked(name: str) -> str:
    """Return a name that may stand in a statement.

    Raises
    ------
    BadParameter
        If it is not a plain identifier of at most 63 characters.
    """
    if not name.isidentifier() or len(name) > LONGEST_NAME:
        raise BadParameter(f"{name[:80]!r} cannot be used in a Cypher statement")
    return name


def label(kind: str) -> str:
    """Return the label of a node kind: its id in CamelCase."""
    return checked("".join(part.capitalize() for part in SCHEMA.node_kinds[kind].id.split("_")))


def relationship(kind: str) -> str:
    """Return the relationship type of a tie kind: its id in capitals."""
    return checked(SCHEMA.tie_kinds[kind].id.upper())


KIND_OF_LABEL: Mapping[str, str] = MappingProxyType({label(k): k for k in SCHEMA.node_kinds})
KIND_OF_TYPE: Mapping[str, str] = MappingProxyType({relationship(k): k for k in SCHEMA.tie_kinds})
_TYPES = "|".join(KIND_OF_TYPE)
_LINK_TYPES = "|".join(sorted({checked(link) for links in LINKS.values() for link in links}))


def labels_of(kind: str) -> tuple[str, ...]:
    """Return the labels of a node kind, beside the mark that every node of ours carries."""
    return (label(kind), ACTOR) if SCHEMA.node_kinds[kind].actor else (label(kind),)


def _assigned(variable: str, properties: Iterable[str], first: int) -> str:
    """Return assignments of a row's cells, from a position on, to properties."""
    return ", ".join(
        f"{variable}.`{checked(name)}` = r[{position}]"
        for position, name in enumerate(properties, first)
    )


def _projected(variable: str, properties: Iterable[str]) -> str:
    return "".join(f", {variable}.`{checked(name)}`" for name in properties)


# -- writing ---------------------------------------------------------------------------------


def write_nodes(kind: str, properties: Sequence[str]) -> str:
    """Return how rows (key, label, properties) become nodes of a kind, new or changed."""
    ours = labels_of(kind)
    others = [name for name in (*KIND_OF_LABEL, ACTOR) if name not in ours]
    return (
        "UNWIND $rows AS r\n"
        f"MERGE (n:{MARK} {{key: $prefix + r[0]}})\n"
        f"REMOVE n:{':'.join(others)}\n"
        f"SET n:{':'.join(ours)}, {_assigned('n', properties, 2)}\n"
        "RETURN count(*)"
    )


def write_ties(kind: str, properties: Sequence[str]) -> str:
    """Return how rows (key, type, source, target, properties) become ties of a kind.

    Fewer rows come back than were sent where an end is missing.
    """
    return (
        "UNWIND $rows AS r\n"
        f"MATCH (a:{MARK} {{key: $prefix + r[2]}})\n"
        f"MATCH (b:{MARK} {{key: $prefix + r[3]}})\n"
        f"MERGE (a)-[e:{relationship(kind)} {{key: $prefix + r[0]}}]->(b)\n"
        f"SET {_assigned('e', properties, 4)}\n"
        "RETURN count(*)"
    )


def write_records(table: str, properties: Sequence[str]) -> str:
    """Return how rows (key, label, links of each sort, properties) become records of a table."""
    links = LINKS[table]
    linked = "".join(
        f"WITH n, r CALL (n, r) {{ UNWIND r[{position}] AS key MATCH (m:{MARK} {{key: key}}) "
        f"MERGE (n)-[:{checked(link)}]->(m) }}\n"
        for position, link in enumerate(links, 2)
    )
    return (
        "UNWIND $rows AS r\n"
        f"MERGE (n:{MARK} {{key: $prefix + r[0]}})\n"
        f"SET n:{RECORDS[table]}, {_assigned('n', properties, 2 + len(links))}\n"
        f"{linked}"
        "RETURN count(*)"
    )


def write_head(properties: Sequence[str]) -> str:
    """Return how the one row of what an ecosystem is called, and how its push stands, is set."""
    return (
        "UNWIND $rows AS r\n"
        f"MERGE (n:{MARK} {{key: $prefix + r[0]}})\n"
        f"SET n:{HEAD}, {_assigned('n', properties, 1)}\n"
        "RETURN count(*)"
    )


FINISH_HEAD = (
    f"MATCH (n:{MARK}:{HEAD} {{key: $prefix}}) "
    "SET n.complete = true, n.finished = toString(datetime()) RETURN count(*)"
)


def remove_ties(kind: str) -> str:
    """Return how ties of a kind are removed, by rows (key, type, source)."""
    return (
        "UNWIND $rows AS r\n"
        f"MATCH (:{MARK} {{key: $prefix + r[2]}})-[e:{relationship(kind)}]->(:{MARK})\n"
        "WHERE e.key = $prefix + r[0]\n"
        "DELETE e RETURN count(*)"
    )


# Three steps, so that nothing that others hung on a node of ours is ever deleted with it.
REMOVE_LINKS = (
    f"UNWIND $rows AS r MATCH (n:{MARK} {{key: $prefix + r[0]}})-[l:{_LINK_TYPES}]-(m:{MARK}) "
    "WHERE startNode(l).key STARTS WITH $records DELETE l RETURN count(*)"
)
REMOVE_NODES = (
    f"UNWIND $rows AS r MATCH (n:{MARK} {{key: $prefix + r[0]}}) "
    "WHERE NOT EXISTS { (n)--() } DELETE n RETURN count(*)"
)
RELEASE_NODES = (
    f"UNWIND $rows AS r MATCH (n:{MARK} {{key: $prefix + r[0]}}) "
    f"REMOVE n:{MARK}:{':'.join([*KIND_OF_LABEL, ACTOR, *RECORDS.values()])}, n.key "
    "RETURN count(*)"
)


# -- reading ---------------------------------------------------------------------------------


def read_nodes(properties: Sequence[str], *, kinds: bool = False, ids: bool = False) -> str:
    """Return how nodes are read as rows (key, label, properties).

    Parameters
    ----------
    kinds, ids
        Whether only those with a label in ``$kinds``, or an id in ``$ids``.
    """
    where = ["n.key STARTS WITH $prefix"]
    if kinds:
        where.append("any(l IN labels(n) WHERE l IN $kinds)")
    each = "UNWIND $ids AS id\n" if ids else ""
    key = " {key: $prefix + id}" if ids else ""
    return (
        f"{each}MATCH (n:{MARK}{key})\nWHERE {' AND '.join(where)}\n"
        "RETURN [substring(n.key, size($prefix)), head([l IN labels(n) WHERE l IN $labels])"
        f"{_projected('n', properties)}]"
    )


def read_ties(
    properties: Sequence[str], *, keyed: bool = False, kinds: bool = False, ids: bool = False
) -> str:
    """Return how ties are read: a list of rows (key, type, source, target, properties) a node.

    Parameters
    ----------
    keyed
        Whether to send the keys, which only a push compares; else they are null.
    kinds, ids
        Whether only those with both ends of a label in ``$kinds``, or an id in ``$ids``.
    """
    starts, ends = ["a.key STARTS WITH $prefix"], ["e.key STARTS WITH $prefix"]
    if kinds:
        starts.append("any(l IN labels(a) WHERE l IN $kinds)")
        ends.append("any(l IN labels(b) WHERE l IN $kinds)")
    if ids:
        ends.append("b.id IN $ids")
    each = "UNWIND $ids AS id\n" if ids else ""
    key = " {key: $prefix + id}" if ids else ""
    sent = "substring(e.key, size($prefix))" if keyed else "null"
    return (
        f"{each}MATCH (a:{MARK}{key})\nWHERE {' AND '.join(starts)}\n"
        f"RETURN COLLECT {{ MATCH (a)-[e:{_TYPES}]->(b:{MARK}) WHERE {' AND '.join(ends)} "
        f"RETURN [{sent}, type(e), a.id, b.id{_projected('e', properties)}] }}"
    )


def read_records(
    table: str, properties: Sequence[str], *, linked: bool = False, among: str = ""
) -> str:
    """Return how records are read as rows (key, label, links of each sort, properties).

    Parameters
    ----------
    linked
        Whether to send the links, which only a push compares.
    among
        Property whose value must be in ``$wanted``.
    """
    links = [
        f", COLLECT {{ MATCH (n)-[:{checked(link)}]->(m:{MARK}) RETURN m.key }}"
        for link in LINKS[table]
    ]
    where = f" AND n.`{checked(among)}` IN $wanted" if among else ""
    return (
        f"MATCH (n:{MARK})\nWHERE n.key STARTS WITH $prefix{where}\n"
        f"RETURN [substring(n.key, size($prefix)), '{RECORDS[table]}'"
        f"{''.join(links) if linked else ''}{_projected('n', properties)}]"
    )


READ_HEADS = (
    f"MATCH (n:{MARK}:{HEAD}) WHERE n.name IS NOT NULL AND n.key = n.name + '/about:' "
    "RETURN properties(n) ORDER BY n.name"
)
NEIGHBOURS = (
    f"UNWIND $ids AS id MATCH (:{MARK} {{key: $prefix + id}})-[e:{_TYPES}]-(m:{MARK}) "
    "WHERE e.key STARTS WITH $prefix RETURN DISTINCT m.id"
)
COUNT_NODES = (
    f"MATCH (n:{MARK}) WHERE n.key STARTS WITH $prefix "
    "RETURN head([l IN labels(n) WHERE l IN $labels]) AS label, count(*) ORDER BY label"
)
COUNT_TIES = (
    f"MATCH (a:{MARK})-[e:{_TYPES}]->() "
    "WHERE a.key STARTS WITH $prefix AND e.key STARTS WITH $prefix "
    "RETURN type(e) AS type, count(*) ORDER BY type"
)
COUNT_STRANGERS = f"MATCH (n) WHERE NOT n:{MARK} RETURN count(n)"


# -- reading what others wrote ---------------------------------------------------------------

STRANGE_NODES = (
    f"MATCH (n) WHERE NOT n:{MARK} AND any(l IN labels(n) WHERE l IN $labels) "
    "RETURN elementId(n) AS element, labels(n), properties(n) ORDER BY element"
)
STRANGE_TIES = (
    f"MATCH (a)-[e]->(b) WHERE NOT a:{MARK} AND NOT b:{MARK} AND type(e) IN $types "
    "RETURN elementId(e) AS element, type(e), elementId(a), elementId(b), properties(e) "
    "ORDER BY element"
)
STRANGE_LABELS = (
    f"MATCH (n) WHERE NOT n:{MARK} RETURN labels(n) AS labels, count(*) AS n ORDER BY n DESC"
)
STRANGE_TYPES = (
    f"MATCH (a)-[e]->(b) WHERE NOT a:{MARK} AND NOT b:{MARK} "
    "RETURN type(e) AS type, count(*) AS n ORDER BY n DESC"
)
