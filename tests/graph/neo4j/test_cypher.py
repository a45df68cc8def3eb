"""Names that stand in statements are ours or checked; nobody else spells Cypher."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partnergraph
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.rows import prefix, property_of, stored_columns, tie_key
from partnergraph.graph.schema import SCHEMA

HOME = Path(partnergraph.__file__).parent
# Clauses, not single words: "MATCH (", "MERGE (", "UNWIND $", and so on.
CLAUSE = re.compile(
    r"\b(MATCH\s*\(|MERGE\s*\(|UNWIND\s+\$|CREATE\s*(\(|CONSTRAINT)|DETACH\s+DELETE|CALL\s+db)"
)


def _sources() -> list[Path]:
    rooms = ("graph", "loaders", "analysis", "views")
    return [*HOME.glob("*.py"), *(path for room in rooms for path in (HOME / room).rglob("*.py"))]


def test_no_other_module_spells_cypher() -> None:
    spelt = []
    for path in _sources():
        if path == HOME / "graph" / "neo4j" / "cypher.py":
            continue
        for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = found.value if isinstance(found, ast.Constant) else None
            if isinstance(text, str) and CLAUSE.search(text):
                spelt.append(f"{path.name}:{found.lineno}")
    assert spelt == []


def test_every_label_and_type_is_distinct_and_plain() -> None:
    labels = [
        *cypher.KIND_OF_LABEL,
        *cypher.RECORDS.values(),
        cypher.MARK,
        cypher.ACTOR,
        cypher.HEAD,
    ]
    assert len(set(labels)) == len(labels) == len(SCHEMA.node_kinds) + len(cypher.RECORDS) + 3
    links = [link for links in cypher.LINKS.values() for link in links]
    types = [*cypher.KIND_OF_TYPE, *links]
    assert len(set(types)) == len(types) == len(SCHEMA.tie_kinds) + len(links)
    assert all(re.fullmatch(r"[A-Za-z_]+", name) for name in [*labels, *types])


def test_every_table_of_the_vocabulary_is_stored_somewhere() -> None:
    assert {"nodes", "ties", *cypher.RECORDS} == set(SCHEMA.tables)


@pytest.mark.parametrize(
    "name", ["`", "a`b", "a b", "", "1a", "a\\u0060", "a\x00", "x" * 64, "a.b"]
)
def test_an_unfit_name_never_stands_in_a_statement(name: str) -> None:
    with pytest.raises(BadParameter):
        cypher.checked(name)
    with pytest.raises(BadParameter):
        cypher.write_nodes("organisation", [name])


@given(st.text(max_size=400))
def test_every_column_gets_a_property_that_may_stand_in_a_statement(column: str) -> None:
    assert cypher.checked(property_of(column)) != "key"
    statement = cypher.write_nodes("organisation", [property_of(column)])
    quoted = re.findall(r"n\.`([^`]*)` = ", statement)
    assert quoted == [property_of(column)]
    assert statement.count("`") == 2
    assert "\\" not in statement


@given(st.lists(st.text(max_size=12), unique=True, max_size=40))
def test_two_columns_never_share_a_property(columns: list[str]) -> None:
    assert len({property_of(column) for column in columns}) == len(columns)


def test_columns_of_the_vocabulary_keep_their_names() -> None:
    for table in SCHEMA.tables:
        columns = stored_columns(table)
        assert [property_of(column) for column in columns] == columns


IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
TIE_IDS = st.text(alphabet="ab.@#/_- member_of", min_size=1, max_size=30)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "a-b"]), st.sampled_from(["n", "n-n"]), TIE_IDS))
)
def test_two_ties_never_share_a_key(ties: list[tuple[str, str, str]]) -> None:
    keys = {tie_key("member_of", source, target, id) for source, target, id in ties}
    assert len(keys) == len(set(ties))
    for source, target, id in ties:
        base = f"{source}.member_of.{target}"
        assert (
            len({tie_key("member_of", source, target, f"{base}{end}{id}") for end in "./@#"}) == 4
        )
        assert tie_key("member_of", source, target, id).startswith(base)


@given(IDS, IDS)
def test_no_prefix_begins_that_of_another_ecosystem_or_table(a: str, b: str) -> None:
    tables = ["nodes", "about", *cypher.RECORDS]
    prefixes = [prefix(name, table) for name in {a, b} for table in tables]
    for one in prefixes:
        assert [other for other in prefixes if other.startswith(one)] == [one]


def test_statements_say_the_same_every_time() -> None:
    columns = stored_columns("ties")
    assert cypher.write_ties("member_of", columns) == cypher.write_ties("member_of", columns)
    assert "$prefix" in cypher.read_ties(columns)
