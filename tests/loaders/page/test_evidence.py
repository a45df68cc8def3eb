"""Who is a body and who is not, on pages of every shape. All names are invented."""

import pytest

from partnergraph.loaders.page.extract import Read, read_candidates
from partnergraph.loaders.page.read_document import from_text


def read(text: str, name: str = "partners.md") -> Read:
    return read_candidates(from_text(text, name=name), publisher="Us")


def actors(found: Read) -> set[str]:
    return {c.name for c in found.candidates if c.type == "node" and c.kind != "project"} - {"Us"}


def ties(found: Read) -> set[tuple[str, str, str]]:
    return {(c.subject, c.predicate, c.object) for c in found.candidates if c.type == "tie"}


TOLD = """# Partners

### [Zeemuseum](https://zeemuseum.example)

Het museum beheert Fossielen (4K), het Herbarium Leie en de Schelpcollectie Noord.

### [Plantentuin Oord](https://oord.example)

De tuin toont Orchideeën en is lid van het Zaadverbond.

### Stichting Wier

De stichting kweekt Zeesla.
"""


def test_what_a_partner_has_is_nobody_and_is_said() -> None:
    found = read(TOLD)
    assert actors(found) == {"Zeemuseum", "Plantentuin Oord", "Stichting Wier", "Zaadverbond"}
    assert any("left out" in s and "Fossielen" in s for s in found.said)
    assert ("Plantentuin Oord", "member_of", "Zaadverbond") in ties(found)


def test_a_heading_in_doubt_counts_where_its_siblings_are_names() -> None:
    assert "Wierik" in actors(read(TOLD + "\n### Wierik\n\nZij helpen met de oogst.\n"))
    assert "Wierik" not in actors(read("# Nieuws\n\n### Wierik\n\nZij helpen met de oogst.\n"))


def test_who_is_told_of_beside_a_partner_is_tied_to_that_partner_by_default() -> None:
    text = (
        "# Partners\n\n### [Zeemuseum](https://zeemuseum.example)\n\nThe museum opened the "
        "Mussel Laboratory (ML).\n\n### [Oord Garden](https://oord.example)\n\nFlowers.\n"
    )
    found = {c.subject: c for c in read(text).candidates if c.type == "tie" and c.default}
    assert found["Mussel Laboratory"].object == "Zeemuseum"


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        (
            "# Partenaires\n\n| Nom | Description |\n|---|---|\n"
            "| [Amarante](https://a.example) | Chœur Militant du Rhin |\n"
            "| [Bruyère](https://b.example) | Amicale des Randonneurs |\n",
            "p.md",
            {"Amarante", "Bruyère"},
        ),
        (
            "<h1>Partenaires</h1>"
            + "".join(
                f'<figure><img src="x.png"><p>{name}</p><p>{told}</p>'
                '<a href="https://x.example">VOIR LE SITE</a></figure>'
                for name, told in (
                    ("Fabrique Noire", "Association Culturelle"),
                    ("La Région Basse", "Collectivité"),
                    ("Les Z'ateliers de Lune", "Association de quartier"),
                )
            ),
            "p.html",
            {"Fabrique Noire", "Région Basse", "Z'ateliers de Lune"},
        ),
        (
            '+++\ntitle = "Partenaires"\n[[items]]\n  name = "Maison Brune"\n'
            '  category = "Traiteur"\n[[items]]\n  name = "Atelier Gris"\n+++\n',
            "p.md",
            {"Maison Brune", "Atelier Gris"},
        ),
        (
            "Wij werken samen met [Vorming Oord][v] en [Intergoed][i] aan warmte.\n\n"
            "[v]: https://v.example\n[i]: https://i.example\n\n*[KOL]: een Lang Woord\n",
            "p.md",
            {"Vorming Oord", "Intergoed"},
        ),
        (
            "# Partners\n\n- [Leie Hospital (ZIEKENHUIS AAN DE LEIE)](https://l.example)\n"
            "- [Elz Science](https://e.example)\n",
            "p.md",
            {"Leie Hospital", "Elz Science"},
        ),
        (
            "# Partners\n\n**[Zik Tarn](https://www.linkedin.com/in/ziktarn)** works at "
            "[Tarn University](https://tarn.example).\n\n**Team members:** Ora Vell, Iko Brem\n",
            "p.md",
            {"Tarn University"},
        ),
    ],
)
def test_each_shape_of_page_gives_its_names_and_no_others(
    text: str, name: str, wanted: set[str]
) -> None:
    assert actors(read(text, name)) == wanted


def test_the_heading_tells_the_relation() -> None:
    found = read("# Our funders\n\n![Oak Trust](o.png)\n\n![Elm Trust](e.png)\n")
    assert {("Oak Trust", "funds", "Us"), ("Elm Trust", "funds", "Us")} <= ties(found)


def test_names_in_a_row_behind_a_colon_are_listed() -> None:
    text = (
        "# Merci aux partenaires\n\n- Les cantines partenaires de l'Association La Louche : "
        "Septal, Dersin, Oster Fer, Mokal... et bien d'autres.\n"
    )
    wanted = {"La Louche", "Septal", "Dersin", "Oster Fer", "Mokal"}
    assert {a.removeprefix("Association ") for a in actors(read(text))} == wanted


def test_a_label_before_many_colons_is_no_name() -> None:
    text = "".join(
        f"{name}\n{'-' * len(name)}\n\n**Role in the Project:** {name} leads a work package.\n\n"
        for name in ("Leie University", "Elz Hospital", "Tarn Institute")
    )
    assert actors(read("Who we are\n==========\n\n" + text)) == {
        "Leie University",
        "Elz Hospital",
        "Tarn Institute",
    }
