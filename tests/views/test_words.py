"""Sentences of the catalogue: every one is used, and each gets exactly its parts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from partnergraph.views import words
from partnergraph.views.report.findings.recount import RECOUNTS
from partnergraph.views.words import Name, any_of_kinds, plain, tell, told

VIEWS = Path(words.__file__).parent
PLACE = re.compile(r"\{(\w+)")
CATALOGUE = words.catalogue()
# Sentences about findings go by claim and case, see `Finding.said`.
OF_FINDINGS = ("found", "sure", "so", "ask", "decide")
CALLERS = (".py", ".html", ".md")
TELLERS = {"tell", "told", "say", "table"}


def calls() -> list[tuple[str, ast.Call]]:
    """Return every call that names a sentence, with the file it stands in."""
    found = []
    for path in sorted(VIEWS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named and node.func.id in TELLERS and node.args:  # type: ignore[union-attr]
                found.append((path.name, node))
    return found


def test_a_call_gives_a_sentence_its_parts() -> None:
    for file, call in calls():
        key = call.args[0]
        if not isinstance(key, ast.Constant):
            continue
        assert key.value in CATALOGUE, f"{file}: {key.value}"
        given = {keyword.arg for keyword in call.keywords} - {"tone"}
        if None not in given:  # no ** among them
            missing = set(PLACE.findall(CATALOGUE[key.value])) - given
            assert not missing, f"{file}: {key.value} without {missing}"


def test_every_sentence_is_used() -> None:
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in VIEWS.rglob("*.*") if p.suffix in CALLERS
    )
    claims = tuple(RECOUNTS)
    named = [VIEWS.parent / "graph/ecosystem.py", VIEWS.parent / "analysis/fragility.py"]
    bases = "".join(path.read_text(encoding="utf-8") for path in named)
    strings = set(re.findall(r'"([\w.]+)"', code + bases))
    for key in CATALOGUE:
        section, name = key.removesuffix("_columns").split(".")
        if section in OF_FINDINGS:
            assert name.startswith(claims) or section == "sure", key
            continue
        composed = f'f"{section}.' in code and (name in strings or _composed(name, strings))
        assert f"{section}.{name}" in strings or composed, key


def _composed(name: str, strings: set[str]) -> bool:
    """Say whether a name is put together: ``ties_similarity`` of ``similarity``."""
    return any(name.endswith(part) or name.replace("_", " ") == part for part in strings)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 nodes have"), (1, "1 node has"), (2, "2 nodes have")]
)
def test_numbers_agree_with_nouns(n: int, said: str) -> None:
    assert told("limits.unsourced", n=n, names="A") == f"{said} no source: A."
    assert "{" not in "".join(PLACE.sub("", told("benefits.of", name="{x}")).split())


def test_names_of_the_data_stay_apart_and_braces_in_them_are_left_alone() -> None:
    name = Name("{n:a|b}", "x")
    assert tell("ranking.with", name=name) == ("With ", name)
    assert plain(tell("ranking.with", name=name)) == "With {n:a|b}"


def test_kinds_that_are_absent_are_joined_by_or() -> None:
    assert any_of_kinds(["organisation", "network"]) == "organisations or networks"
    assert any_of_kinds(["organisation", "network"], plural=False) == "organisation or network"
