"""The core trusts no extractor: quotes are verbatim, kinds known, failures said."""

from collections.abc import Iterator

import pytest

from partnergraph.graph.errors import BadParameter
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.page.candidate import Candidate
from partnergraph.loaders.page.dates_in_text import find_dates
from partnergraph.loaders.page.document import Document
from partnergraph.loaders.page.extract import read_candidates
from partnergraph.loaders.page.read_document import from_text


def model(document: Document, known: KnownNames | None) -> Iterator[Candidate]:
    yield Candidate("node", 0, 4, "Acme", kind="organisation", name="Acme", rule="model")
    yield Candidate("node", 0, 4, "acme", kind="organisation", name="Lie", rule="model")
    yield Candidate("node", 0, 99, "Acme", kind="organisation", name="Lie", rule="model")
    yield Candidate("node", 0, 4, "Acme", kind="wizard", name="Lie", rule="model")
    yield Candidate("tie", 0, 4, "Acme", predicate="owns", subject="Lie", object="B", rule="model")
    yield Candidate("period", 0, 4, "Acme", subject="Lie", period="Thursday", rule="model")
    yield Candidate("node", 0, 4, "Acme", kind="network", name="Lie", confidence=7, rule="model")


def broken(document: Document, known: KnownNames | None) -> Iterator[Candidate]:
    raise RuntimeError("out of memory")


def test_only_what_is_verbatim_and_in_the_vocabulary_is_kept() -> None:
    document = from_text("Acme helps.")
    read = read_candidates(document, publisher="Us", extractors=[model, broken])
    assert {c.name for c in read.candidates if c.extractor == "model"} == {"Acme"}
    assert sum("refused" in s for s in read.said) == 6
    assert any("broken failed: RuntimeError: out of memory" in s for s in read.said)


def test_many_refusals_are_one_sentence() -> None:
    read = read_candidates(from_text("Acme helps."), publisher="Us", extractors=[model] * 4)
    refused = [s for s in read.said if s.startswith("refused")]
    assert refused == ["refused 24 candidates that do not match the text or the vocabulary"]


def test_a_publisher_has_a_name() -> None:
    with pytest.raises(BadParameter, match="publisher"):
        read_candidates(from_text("Acme helps."), publisher=" - ")


@pytest.mark.parametrize(
    ("text", "tie"),
    [
        ("Wij zijn lid van Houtverbond.", ("Us", "member_of", "Houtverbond")),
        ("Nous sommes membres de Lignes Claires.", ("Us", "member_of", "Lignes Claires")),
        ("We are a member of Tidewater.", ("Us", "member_of", "Tidewater")),
        ("Us wordt gesteund door Stad Kade.", ("Stad Kade", "funds", "Us")),
        ("Us est soutenue par Ville de Kade.", ("Ville de Kade", "funds", "Us")),
        ("Us is supported by City of Kade.", ("City of Kade", "funds", "Us")),
        ("## Wij steunen\n\n- [Kade Noord](https://k.example)", ("Us", "funds", "Kade Noord")),
        ("Kade Noord: we work with them on repairs.", ("Kade Noord", "partner_of", "Us")),
        ("Kade Noord is gehuisvest in de gebouwen van Us.", ("Us", "hosts", "Kade Noord")),
    ],
)
def test_who_stands_where_gives_the_direction(text: str, tie: tuple[str, str, str]) -> None:
    read = read_candidates(from_text(text, name="p.md"), publisher="Us")
    ties = {(c.subject, c.predicate, c.object) for c in read.candidates if c.type == "tie"}
    assert tie in ties


@pytest.mark.parametrize(
    ("text", "language", "period"),
    [
        ("Coopcity, founded in 2018, hosts events.", "en", "2018/.."),
        ("Coopcity est fondée en mars 2015.", "fr", "2015-03/.."),
        ("Coopcity werd opgericht in 2018.", "nl", "2018/.."),
        ("They met in 2017.", "en", "2017"),
    ],
)
def test_what_is_founded_goes_on(text: str, language: str, period: str) -> None:
    assert [d.period for d in find_dates(text, language, 0)] == [period]
