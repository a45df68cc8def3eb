"""Whose page it is: given, nobody's, or guessed with evidence. All names are invented."""

from pathlib import Path

import pytest

from partnergraph.graph.errors import BadParameter
from partnergraph.loaders.page.extract import Read, read_candidates
from partnergraph.loaders.page.publisher import guess_publisher
from partnergraph.loaders.page.read_document import from_text, read_document
from partnergraph.loaders.review.apply_review import apply
from partnergraph.loaders.review.deciding import decide
from partnergraph.loaders.review.draft import load_draft, make_draft, save_draft
from partnergraph.loaders.review.table import review_table

DIRECTORY = """# Acteurs du territoire

- [Le Mouvement des Tisserands](https://m.example)
- [Alceste](https://a.example) : coopérative d'activités, membre de la Fédération des Ateliers
"""


def read(text: str, publisher: str | None, name: str = "page.md") -> Read:
    return read_candidates(from_text(text, name=name), publisher=publisher)


def test_a_directory_ties_nobody_to_a_publisher(tmp_path: Path) -> None:
    found = read(DIRECTORY, "")
    nodes = {c.name for c in found.candidates if c.type == "node"}
    assert {"Mouvement des Tisserands", "Alceste", "Fédération des Ateliers"} <= nodes
    ties = [c for c in found.candidates if c.type == "tie"]
    assert {(t.subject, t.predicate, t.object) for t in ties} == {
        ("Alceste", "member_of", "Fédération des Ateliers")
    }
    draft = save_draft(make_draft([found]), tmp_path / "draft")
    assert load_draft(tmp_path / "draft").publisher == ""
    eco, _ = apply(decide(draft, review_table(draft).assign(decision="accept")))
    assert len(eco.ties) == 1
    assert eco.sources["publisher"].isna().all()


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("<html><head><title>Onze partners | De Blauwe Brug</title></head>Hallo", "p.html", 1),
        ("<html><body>Hallo<footer>© 2024 De Blauwe Brug. Alle rechten</footer>", "p.html", 1),
        ("# Partners van De Blauwe Brug\n\n- Kade Noord", "p.md", 1),
        ("# Les partenaires de De Blauwe Brug\n\n- Kade Noord", "p.md", 1),
        ("# De Blauwe Brug's partners\n\n- Kade Noord", "p.md", 1),
        ("---\npublisher: De Blauwe Brug\n---\n# Partners", "p.md", 1),
        ("Wij bij De Blauwe Brug werken samen met Kade Noord.", "p.txt", 1),
        ("# Onze partners\n\n- Kade Noord", "p.md", 0),
        ("<html><head><title>Partners | Home</title></head>Hallo", "p.html", 0),
        ("# Partners of Kade\n\n# Partners of Oever", "p.md", 0),
    ],
)
def test_a_publisher_is_guessed_from_what_a_page_says_of_itself(
    text: str, name: str, wanted: int
) -> None:
    guess = guess_publisher(from_text(text, name=name))
    assert (guess is not None) == bool(wanted)
    assert guess is None or (guess.name, bool(guess.evidence)) == ("De Blauwe Brug", True)


def test_a_guess_is_said_with_its_evidence_and_none_is_an_error() -> None:
    found = read("# Partners van De Blauwe Brug\n\n- [Kade Noord](https://k.example)", None)
    assert found.publisher == "De Blauwe Brug"
    assert any("heading “Partners van De Blauwe Brug”" in s for s in found.said)
    with pytest.raises(BadParameter, match="--no-publisher"):
        read("# Onze partners\n\n- Kade Noord", None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Aderente a:\n\n- Federazione della Cooperazione\n- Consorzio di Soci e dei Comuni", 1),
        ("Wir sind Mitglied der Genossenschaft und arbeiten mit dem Verein Kade für die Stadt.", 1),
        ("Somos parte de la red y trabajamos con los socios del barrio para una ciudad justa.", 1),
        ("Мы работаем вместе с кооперативом Кадэ.", 1),
        ("Wij zijn lid van de Federazione della Cooperazione di Brescia en de Rete dei Soci.", 0),
        ("- Acme Works\n- Der Verein", 0),
    ],
)
def test_a_page_in_another_language_is_not_read_in_part(
    text: str, language: int, tmp_path: Path
) -> None:
    found = read(text, "Us")
    assert any("so nothing was read" in s for s in found.said) == bool(language)
    assert bool(found.candidates) != bool(language)
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    assert not read_document(path, language="nl").foreign
