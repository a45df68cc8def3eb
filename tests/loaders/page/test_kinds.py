"""What ties are called, and who is somebody, in three languages; all names are invented.

Each text says what its author meant: `expected` follows from reading it.
"""

import pytest

from partnergraph.loaders.page.extract import read_candidates
from partnergraph.loaders.page.read_document import from_text

TIES: list[tuple[str, str, str, set[str]]] = [
    (
        "Zonnewijk mag rekenen op de financiële steun van de Stad Kade en van het Fonds Oever.",
        "p.txt",
        "Zonnewijk",
        {"funds Fonds Oever>Zonnewijk", "funds Stad Kade>Zonnewijk"},
    ),
    (
        "In 2019 kreeg Zonnewijk subsidies van Kadefonds.",
        "p.txt",
        "Zonnewijk",
        {"funds Kadefonds>Zonnewijk@2019"},
    ),
    (
        "Kadefonds heeft ons in 2021 gesteund.",
        "p.txt",
        "Zonnewijk",
        {"funds Kadefonds>Zonnewijk@2021"},
    ),
    (
        "Kadefonds steunt ons sinds 2018.",
        "p.txt",
        "Zonnewijk",
        {"funds Kadefonds>Zonnewijk@2018/.."},
    ),
    (
        "La Fondation Aubade et la Ville de Kade nous ont soutenus en 2020.",
        "p.txt",
        "Tikalia",
        {"funds Ville de Kade>Tikalia@2020", "funds Fondation Aubade>Tikalia@2020"},
    ),
    (
        "Tikalia peut compter sur le soutien de la Fondation Aubade.",
        "p.txt",
        "Tikalia",
        {"funds Fondation Aubade>Tikalia"},
    ),
    (
        "Tikalia a reçu un subside de la Région Oever en 2022.",
        "p.txt",
        "Tikalia",
        {"funds Région Oever>Tikalia@2022"},
    ),
    (
        "La Fondation Aubade nous apporte son soutien depuis 2017.",
        "p.txt",
        "Tikalia",
        {"funds Fondation Aubade>Tikalia@2017/.."},
    ),
    (
        "Quarkline has provided us with support since 2019.",
        "p.txt",
        "ZIVD",
        {"funds Quarkline>ZIVD@2019/.."},
    ),
    (
        "ZIVD can count on the support of the Quark Foundation.",
        "p.txt",
        "ZIVD",
        {"funds Quark Foundation>ZIVD"},
    ),
    (
        "The Quark Foundation funded us in 2018.",
        "p.txt",
        "ZIVD",
        {"funds Quark Foundation>ZIVD@2018"},
    ),
    (
        "We received a grant from the Quark Foundation.",
        "p.txt",
        "ZIVD",
        {"funds Quark Foundation>ZIVD"},
    ),
    (
        "## Ils nous soutiennent\n\n- [Tentes Royales](https://t.example)\n- [Au "
        "Vieux Pont](https://v.example)",
        "p.md",
        "Aubade",
        {"funds Au Vieux Pont>Aubade", "funds Tentes Royales>Aubade"},
    ),
    (
        "## Zij steunen ons\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"funds Kade Noord>Aubade"},
    ),
    (
        "## They support us\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"funds Kade Noord>Aubade"},
    ),
    (
        "## Nos mécènes\n\n- Tentes Royales\n- Au Vieux Pont",
        "p.md",
        "Aubade",
        {"funds Au Vieux Pont>Aubade", "funds Tentes Royales>Aubade"},
    ),
    (
        "## Sponsoring\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"funds Kade Noord>Aubade"},
    ),
    (
        "<h2>Geldschieters</h2><img alt='Tentes Royales' src='a.png'><img "
        "alt='Au Vieux Pont' src='b.png'>",
        "p.html",
        "Aubade",
        {"funds Au Vieux Pont>Aubade", "funds Tentes Royales>Aubade"},
    ),
    (
        "## We support\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"funds Aubade>Kade Noord"},
    ),
    ("We maken deel uit van het netwerk SOLIRA.", "p.txt", "Tikalia", {"member_of Tikalia>SOLIRA"}),
    (
        "Wij maken deel uit van de Federatie Oever.",
        "p.txt",
        "Tikalia",
        {"member_of Tikalia>Federatie Oever"},
    ),
    ("We are part of the SOLIRA network.", "p.txt", "Tikalia", {"member_of Tikalia>SOLIRA"}),
    (
        "We are part of the Oever Federation.",
        "p.txt",
        "Tikalia",
        {"member_of Tikalia>Oever Federation"},
    ),
    ("Nous sommes membres du collectif SOLIRA.", "p.txt", "Tikalia", {"member_of Tikalia>SOLIRA"}),
    (
        "## Wij maken deel uit van\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"member_of Aubade>Kade Noord"},
    ),
    (
        "## Nous adhérons à\n\n- [Kade Noord](https://t.example)",
        "p.md",
        "Aubade",
        {"member_of Aubade>Kade Noord"},
    ),
    (
        "De Stad Kade stelt lokalen ter beschikking van Zonnewijk.",
        "p.txt",
        "Zonnewijk",
        {"hosts Stad Kade>Zonnewijk"},
    ),
    (
        "De Stad Kade stelt ons een lokaal ter beschikking.",
        "p.txt",
        "Zonnewijk",
        {"hosts Stad Kade>Zonnewijk"},
    ),
    (
        "De lokalen van Zonnewijk worden ter beschikking gesteld door de Stad Kade.",
        "p.txt",
        "Zonnewijk",
        {"hosts Stad Kade>Zonnewijk"},
    ),
    (
        "La Ville de Kade met des locaux à notre disposition.",
        "p.txt",
        "Tikalia",
        {"hosts Ville de Kade>Tikalia"},
    ),
    (
        "Nos locaux sont mis à disposition par la Ville de Kade.",
        "p.txt",
        "Tikalia",
        {"hosts Ville de Kade>Tikalia"},
    ),
    (
        "La Ville de Kade nous héberge depuis 2015.",
        "p.txt",
        "Tikalia",
        {"hosts Ville de Kade>Tikalia@2015/.."},
    ),
    (
        "The City of Kade makes rooms available to ZIVD.",
        "p.txt",
        "ZIVD",
        {"hosts City of Kade>ZIVD"},
    ),
    (
        "Our rooms are made available by the City of Kade.",
        "p.txt",
        "ZIVD",
        {"hosts City of Kade>ZIVD"},
    ),
    ("The City of Kade hosts us.", "p.txt", "ZIVD", {"hosts City of Kade>ZIVD"}),
    ("Belbo is onderdeel van Groep Oever.", "p.txt", "Zed", {"part_of Belbo>Groep Oever"}),
    (
        "Le laboratoire Belbo fait partie de l'Université de Kade.",
        "p.txt",
        "Zed",
        {"part_of Belbo>Université de Kade"},
    ),
    (
        "Belbo Institute is part of Kade University.",
        "p.txt",
        "Zed",
        {"part_of Belbo Institute>Kade University"},
    ),
    (
        "Koepel Oever bundelt de krachten van Windkade, Zonnewijk en Deelkade.",
        "p.txt",
        "Waterwijk",
        {
            "member_of Windkade>Koepel Oever",
            "member_of Zonnewijk>Koepel Oever",
            "member_of Deelkade>Koepel Oever",
        },
    ),
    (
        "Zonnewijk is lid van de Federatie Oever, en we zijn ook lid van het Netwerk Kade.",
        "p.txt",
        "Zonnewijk",
        {"member_of Zonnewijk>Federatie Oever", "member_of Zonnewijk>Netwerk Kade"},
    ),
    (
        "In 2014 werd Stichting De Vink deel van de stichting.",
        "p.txt",
        "Stichting Oever",
        {"part_of Stichting De Vink>Stichting Oever"},
    ),
    (
        "Quay Atlas is run by the association Quayworks.",
        "p.txt",
        "Harbour Trust",
        {"part_of Quay Atlas>Quayworks"},
    ),
]


@pytest.mark.parametrize(("text", "name", "publisher", "expected"), TIES)
def test_ties_in_sentences_and_headings(
    text: str, name: str, publisher: str, expected: set[str]
) -> None:
    read = read_candidates(from_text(text, name=name), publisher=publisher)
    assert expected == {
        f"{c.predicate} {c.subject}>{c.object}" + (f"@{c.period}" if c.period else "")
        for c in read.candidates
        if c.type == "tie"
    }


# Text, file, actors, who is none, projects, and whose period which is.
WHO: list[tuple[str, str, set[str], set[str], set[str], set[tuple[str, str]]]] = [
    (
        "Kantelpunt is een burgerplatform voor energie. Opgericht in 2011 als "
        "vzw, helpt het buurten.",
        "p.txt",
        {"Kantelpunt"},
        set(),
        set(),
        {("Kantelpunt", "2011/..")},
    ),
    (
        "Kantelpunt werd in 2011 opgericht door de Stad Oever.",
        "p.txt",
        set(),
        set(),
        set(),
        {("Kantelpunt", "2011/..")},
    ),
    (
        "En 2011, l'association Kantelpunt a été fondée par la Ville de Kade.",
        "p.txt",
        {"Kantelpunt"},
        set(),
        set(),
        {("Kantelpunt", "2011/..")},
    ),
    (
        "Kantelpunt est une coopérative fondée en 2011 par la Ville de Kade.",
        "p.txt",
        {"Kantelpunt"},
        set(),
        set(),
        {("Kantelpunt", "2011/..")},
    ),
    (
        "Kade Works, founded in 1998, works with Oever Institute.",
        "p.txt",
        {"Kade Works"},
        set(),
        set(),
        {("Kade Works", "1998/..")},
    ),
    (
        "Oever Institute works with Kade Works, founded in 1998.",
        "p.txt",
        set(),
        set(),
        set(),
        {("Kade Works", "1998/..")},
    ),
    (
        "The City of Kade founded Oever Institute in 1998.",
        "p.txt",
        set(),
        set(),
        set(),
        {("Oever Institute", "1998/..")},
    ),
    (
        "Founded in 1998, we are a coding school.",
        "p.txt",
        set(),
        set(),
        set(),
        {("Zed", "1998/..")},
    ),
    (
        "## Tarik\n\nTarik est doctorant à l'Université de Kade (UK). Tarik collabore avec UZWEO.",
        "p.md",
        {"Université de Kade", "UZWEO"},
        {"Tarik"},
        set(),
        set(),
    ),
    (
        "## Tarik\n\nTarik is onderzoeker bij ZEElab. Hij werkt samen met UZWEO.",
        "p.md",
        {"ZEElab", "UZWEO"},
        {"Tarik"},
        set(),
        set(),
    ),
    (
        "Nadira is a volunteer at WORKlab and lives in Kade.",
        "p.txt",
        {"WORKlab"},
        {"Nadira"},
        set(),
        set(),
    ),
    (
        "---\ntitle: Avond\nteam:\n  - name: Tine Nelis\n  - name: Dries Van Ranst\n---\nTekst.",
        "p.md",
        set(),
        {"Tine Nelis", "Dries Van Ranst"},
        set(),
        set(),
    ),
    (
        "---\ntitle: Avond\npartners:\n  - name: Kade Noord\n    url: "
        "https://k.example\n  - name: Oever Zuid\n    url: https://o.example\n---\nTekst.",
        "p.md",
        {"Oever Zuid", "Kade Noord"},
        set(),
        set(),
        set(),
    ),
    (
        "---\ntitle: Avond\nmembers:\n- name: Kade Noord\n  url: "
        "https://k.example\n- name: Oever Zuid\n  url: https://o.example\n---\nTekst.",
        "p.md",
        {"Oever Zuid", "Kade Noord"},
        set(),
        set(),
        set(),
    ),
    (
        "---\nname: Nuit du Fil\nmembres:\n- nom: Ynes Dufil\n  fonction: "
        "trésorière\n---\nNuit du Fil est un festival pour tisserands.",
        "p.md",
        set(),
        {"Ynes Dufil"},
        {"Nuit du Fil"},
        set(),
    ),
    ("Braderij is een workshop voor wevers.", "p.txt", set(), set(), {"Braderij"}, set()),
    (
        "| Organisation | Personne de contact | E-mail |\n|---|---|---|\n| "
        "Kadewerk | Paula Zwam | p@k.example |\n| Oeverwerk N.V. | Teun Wolters "
        "| t@o.example |\n",
        "p.md",
        {"Kadewerk", "Oeverwerk N.V."},
        {"E-mail", "Paula Zwam", "Teun Wolters", "Organisation"},
        set(),
        set(),
    ),
    (
        "<table><tr><th>Partner</th><th>Contact "
        "person</th><th>City</th></tr><tr><td>Kadewerk Ltd</td><td>Paula "
        "Zwam</td><td>Oeverstad</td></tr><tr><td>Oeverwerk S.A.</td><td>Teun "
        "Wolters</td><td>Oeverstad</td></tr></table>",
        "p.html",
        {"Oeverwerk S.A.", "Kadewerk Ltd"},
        {"Partner", "Oeverstad", "Paula Zwam", "Teun Wolters"},
        set(),
        set(),
    ),
    (
        "<h1>Partenaires</h1><table><thead><tr><td>Structure</td><td>Responsabl"
        "e</td></tr></thead><tbody><tr><td>Kadewerk a.s.b.l.</td><td>Paula "
        "Zwam</td></tr></tbody></table>",
        "p.html",
        {"Kadewerk a.s.b.l."},
        {"Structure", "Paula Zwam"},
        set(),
        set(),
    ),
    (
        "# Partners\n\n- Kadewerk B.V.\n- Oeverwerk N.V.\n- Zandwerk S.A.",
        "p.md",
        {"Zandwerk S.A.", "Kadewerk B.V.", "Oeverwerk N.V."},
        set(),
        set(),
        set(),
    ),
    (
        "# Partners\n\nWe work with Kadewerk B.V. and with Oeverwerk N.V. on repairs.",
        "p.md",
        {"Kadewerk B.V.", "Oeverwerk N.V."},
        set(),
        set(),
        set(),
    ),
    (
        "# D'autres coopératives\n\n## Belbo – téléphonie coopérative\n\nBelbo est "
        "une coopérative belge.\n\n## Maisonnée – acheter ensemble\n\nMaisonnée "
        "est une coopérative d'habitants.",
        "p.md",
        {"Maisonnée", "Belbo"},
        set(),
        set(),
        set(),
    ),
    (
        "# Other co-ops\n\n## Belbo: mobile phones\n\nBelbo is a Belgian "
        "co-operative.\n\n## Homely - buying together\n\nHomely is a housing cooperative.",
        "p.md",
        {"Homely", "Belbo"},
        set(),
        set(),
        set(),
    ),
    (
        "## Werkplaats Oever (Oever)\n\nOever is een vereniging, gesticht in 2003.",
        "p.md",
        {"Werkplaats Oever"},
        set(),
        set(),
        {("Werkplaats Oever", "2003/..")},
    ),
    (
        "Thara kreeg steun van de Direction de la Culture et de la Jeunesse.",
        "p.txt",
        {"Direction de la Culture et de la Jeunesse"},
        {"Jeunesse", "Direction", "Culture"},
        set(),
        set(),
    ),
    (
        "Thara bénéficie du soutien du Departement van de Jeugd pour le "
        "renforcement de la Cohésion Sociale.",
        "p.txt",
        set(),
        {"Jeugd", "Cohésion Sociale"},
        set(),
        set(),
    ),
    (
        "Thara est soutenue par le cabinet de la ministre Carla Dusoir et par le Fonds Oever.",
        "p.txt",
        {"Fonds Oever", "cabinet de la ministre Carla Dusoir"},
        {"Carla Dusoir"},
        set(),
        set(),
    ),
    (
        "Thara is supported by the office of Mayor Carla Dusoir and the Oever Fund.",
        "p.txt",
        {"Oever Fund", "office of Mayor Carla Dusoir"},
        {"Carla Dusoir"},
        set(),
        set(),
    ),
    (
        "### Café Net\n\nErik Baas van [Café-Net](https://k.example) hielp ons "
        "met onze eigen Mobiele Werkplek.",
        "p.md",
        {"Café Net"},
        {"Erik Baas", "Café-Net", "Mobiele Werkplek"},
        set(),
        set(),
    ),
    (
        "### Café Net\n\nErik Baas de [CaféNet](https://k.example) nous a aidés "
        "à obtenir notre propre Système Autonome.",
        "p.md",
        {"Café Net"},
        {"CaféNet", "Erik Baas", "Système Autonome"},
        set(),
        set(),
    ),
    (
        "Nous participons à des rencontres comme le Salon Verdi.",
        "p.txt",
        set(),
        {"Salon Verdi"},
        {"Salon Verdi"},
        set(),
    ),
    (
        "Wij nemen deel aan het Festival Oever.",
        "p.txt",
        set(),
        {"Festival Oever"},
        {"Festival Oever"},
        set(),
    ),
    (
        "We take part in events such as the Summit Oever.",
        "p.txt",
        set(),
        {"Summit Oever"},
        {"Summit Oever"},
        set(),
    ),
    (
        "L'Association des Comités de quartier Oevrois (ACQO) existe depuis 1974.",
        "p.txt",
        {"Association des Comités de quartier Oevrois"},
        {"Oevrois", "ACQO"},
        set(),
        {("Association des Comités de quartier Oevrois", "1974/..")},
    ),
    (
        "The Quay Atlas, Harbour Systems and Vessel Programme (QHVP) works with us.",
        "p.txt",
        {"Quay Atlas, Harbour Systems and Vessel Programme"},
        {"Quay Atlas", "Harbour Systems", "Vessel Programme"},
        set(),
        set(),
    ),
    (
        "Créée en 1961, Rame et Voile est une association qui soutient nos actions.",
        "p.txt",
        {"Rame et Voile"},
        {"Rame", "Voile"},
        set(),
        {("Rame et Voile", "1961/..")},
    ),
    (
        "The atlas was made with Erica Thornbury. Erica joined us and supports our work.",
        "p.txt",
        set(),
        {"Erica", "Erica Thornbury"},
        set(),
        set(),
    ),
    (
        "# Partners\n\n- Quayworks\n- Google\n- Award Quay\n\n## Become a partner\n\n"
        "- Gold Package\n- Silver Package\n",
        "p.md",
        {"Quayworks", "Google", "Award Quay"},
        {"Gold Package", "Silver Package"},
        set(),
        set(),
    ),
    (
        "We zijn actief in België QuayCOOP steunt ons daar.",
        "p.txt",
        {"QuayCOOP"},
        {"België QuayCOOP"},
        set(),
        set(),
    ),
]


@pytest.mark.parametrize(("text", "name", "actors", "nobody", "projects", "periods"), WHO)
def test_who_is_somebody_and_what_is_dated(
    text: str,
    name: str,
    actors: set[str],
    nobody: set[str],
    projects: set[str],
    periods: set[tuple[str, str]],
) -> None:
    publisher = "Thara" if "Thara" in text else "Zed"
    read = read_candidates(from_text(text, name=name), publisher=publisher)
    assert all(read.document.text[c.start : c.end] == c.quote for c in read.candidates)
    nodes = {c.name: c.kind for c in read.candidates if c.type == "node"}
    assert actors <= {n for n, kind in nodes.items() if kind != "project"}
    assert nobody.isdisjoint(n for n, kind in nodes.items() if kind != "project")
    assert projects == {n for n, kind in nodes.items() if kind == "project"}
    assert periods == {(c.subject, c.period) for c in read.candidates if c.type == "period"}


def test_a_name_is_not_tied_to_its_own_long_form() -> None:
    long = "Consorzio Gino Marelli - Consorzio Nazionale di Cooperative"
    document = from_text(f"Partners:\n\n- CGX ({long}) - Brescia.\n- Acme Works", name="p.txt")
    read = read_candidates(document, publisher="Us")
    assert "CGX" in {c.name for c in read.candidates if c.type == "node"}
    ties = [c for c in read.candidates if c.type == "tie"]
    assert not [t for t in ties if "Consorzio" in t.subject + t.object]
