"""Sentences of the catalogue: every one is used, and each gets exactly its parts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from partnergraph.graph.errors import UnknownName
from partnergraph.graph.schema import SCHEMA
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
    named = [VIEWS.parent / "graph/ecosystem.py", *(VIEWS.parent / "analysis").rglob("*.py")]
    named.append(VIEWS.parent / "graph/schema.yaml")
    bases = "".join(path.read_text(encoding="utf-8") for path in named if path.is_file())
    strings = set(re.findall(r'"([\w.]+)"|^  (\w+):', code + bases, re.MULTILINE))
    strings = {name for pair in strings for name in pair if name}
    strings |= {subtype for kind in SCHEMA.node_kinds.values() for subtype in kind.subtypes}
    # Why a network leaves something out: `graph` writes the reason, the report its own words.
    graph = "".join(p.read_text(encoding="utf-8") for p in (VIEWS.parent / "graph").glob("*.py"))
    strings |= {re.sub(r"[^a-z0-9]+", "_", text) for text in re.findall(r'"([a-z][^"]+)"', graph)}
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


# -- three languages -------------------------------------------------------------------------

# Answers on the command line are in English; the report says everything else.
ANSWERS = (
    "terminal",
    "day",
    "centrality",
    "structure",
    "brokers",
    "fragility",
    "expiry",
    "change",
    "recommend",
    "pair",
)
IN_THE_REPORT = [key for key in words.written("en") if key.split(".")[0] not in ANSWERS]


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_no_sentence_is_missing_and_no_placeholder_differs(language: str) -> None:
    own = words.written(language)
    assert list(own) == IN_THE_REPORT
    for key, pattern in own.items():
        english = words.written("en")[key]
        # A number may choose a form in one language only; what is put in must be the same.
        plain_parts = [re.findall(r"\{(\w+)\}", text) for text in (pattern, english)]
        assert set(plain_parts[0]) == set(plain_parts[1]), key
        assert set(PLACE.findall(pattern)) <= set(PLACE.findall(english)), key
        columns = [text.count(" | ") for text in (pattern, english)]
        assert columns[0] == columns[1], key


def test_high_punctuation_in_french_never_starts_a_line() -> None:
    for key, pattern in words.catalogue("fr").items():
        if key in words.written("fr"):
            assert not re.search(r" [:;!?»%]|« ", pattern), key
            assert not re.search(r"\w[;!?]", PLACE.sub("", pattern)), key


@pytest.mark.parametrize(
    ("language", "day", "number", "share", "list_"),
    [
        ("en", "5 October 2018", "1,234,567", "0.5", "A, B and C"),
        ("nl", "5 oktober 2018", "1.234.567", "0,5", "A, B en C"),
        ("fr", "5 octobre 2018", "1\u202f234\u202f567", "0,5", "A, B et C"),
    ],
)
def test_numbers_dates_and_lists_are_written_by_the_language(
    language: str, day: str, number: str, share: str, list_: str
) -> None:
    with words.speaking(language):
        assert words.date_in_words("2018-10-05") == day
        assert words.whole(1_234_567) == number
        assert words.decimal(0.5, ".3g") == share
        assert plain(words.listed(["A", "B", "C"])) == list_
    assert words.spoken() == "en"


def test_french_counts_nothing_in_the_singular_elides_and_writes_the_first_day() -> None:
    with words.speaking("fr"):
        assert words.noun_of(0, "tie") == "lien"
        assert told("ranking.pale", name=Name("Oxalis")).startswith("Les traits pâles")
        assert "les liens d’Oxalis" in told("ranking.pale", name=Name("Oxalis"))
        assert "les liens de Coopcity" in told("ranking.pale", name=Name("Coopcity"))
        assert words.date_in_words("2018-10-01") == "1er octobre 2018"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(UnknownName, match="language 'de'"), words.speaking("de"):
        pass
