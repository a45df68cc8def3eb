"""The vocabulary: labels in three languages for everything, and nothing else spells a kind."""

import re
from pathlib import Path

import pytest

from partnergraph.graph.schema import LANGUAGES, SCHEMA

ROOT = Path(__file__).parents[2]


def terms() -> list[tuple[str, object]]:
    found = [*SCHEMA.node_kinds.items(), *SCHEMA.tie_kinds.items()]
    for name, values in SCHEMA.values.items():
        found += [(f"{name}.{value}", term) for value, term in values.items()]
    for table in SCHEMA.tables.values():
        found += [(f"{table.id}.{name}", column) for name, column in table.columns.items()]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_a_label_in_every_language(language: str) -> None:
    assert [name for name, term in terms() if not term.labels.get(language)] == []


def test_every_kind_says_what_it_means_and_maps_to_three_vocabularies() -> None:
    for kind in (*SCHEMA.node_kinds.values(), *SCHEMA.tie_kinds.values()):
        assert kind.meaning.endswith(".")
        assert set(kind.maps_to) == {"ftm", "schema_org", "org"}


def test_tie_kinds_link_kinds_that_exist() -> None:
    for tie in SCHEMA.tie_kinds.values():
        assert (tie.source_kinds | tie.target_kinds) <= set(SCHEMA.node_kinds)


def test_the_kinds_are_those_of_the_design() -> None:
    assert set(SCHEMA.node_kinds) == {"organisation", "network", "project", "capability", "place"}
    assert set(SCHEMA.tie_kinds) == {
        "partner_of",
        "member_of",
        "participates_in",
        "funds",
        "hosts",
        "offers",
        "needs",
        "active_in",
        "requires",
        "contributes_to",
        "located_in",
        "part_of",
        "succeeds",
    }
    assert SCHEMA.default_network == ("organisation", "network", "project")
    assert SCHEMA.actors == ("organisation", "network")


def test_nothing_else_in_the_code_spells_a_kind() -> None:
    """A kind in quotes outside schema.yaml would have to be changed in two places."""
    kinds = sorted(
        (set(SCHEMA.node_kinds) | set(SCHEMA.tie_kinds)) - {"network", "project", "place"}
    )
    quoted = re.compile("|".join(rf"""["']{kind}["']""" for kind in kinds))
    found = []
    for room in ("graph", "loaders", "analysis", "views"):
        for path in sorted((ROOT / room).rglob("*.py")):
            code = re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8"))
            for line in code.splitlines():
                if quoted.search(line.partition("#")[0]):
                    found.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    # Fields of an answer, by the contract of its JSON: "needs", and a hole's "capability".
    answers = (
        "analysis/coverage.py",
        "analysis/capabilities/needs.py",
        "analysis/engines/spark/answers.py",
        "views/answers/coverage.py",
    )
    # Guesses of what headers mean: their words stand by kind in loaders/tables/words.yaml.
    guesses = ("loaders/tables/suggest/",)
    defaults = ("graph/network_options.py: rows", "graph/network_options.py: columns")
    assert [f for f in found if not f.startswith((*defaults, *answers, *guesses))] == []
