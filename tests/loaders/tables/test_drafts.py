"""Drafts of tables as partner managers keep them, in six languages: right as they are.

Expected nodes and ties are written out by hand; all names are invented.
"""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.build import Built, build
from partnergraph.loaders.load import load
from partnergraph.loaders.tables.mapping_file import read_mapping
from partnergraph.loaders.tables.preview import preview
from partnergraph.loaders.tables.sheets.read import read_sheets
from partnergraph.loaders.tables.suggest.asking import questions


def built(folder: Path, text: str, *, encoding: str = "utf-8") -> Built:
    (folder / "x.csv").write_text(text, encoding=encoding)
    return build(folder / "x.csv")


def book(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def names(eco: Ecosystem, kind: str = "organisation") -> set[str]:
    return {*eco.nodes.loc[eco.nodes["kind"] == kind, "name"]}


def ties(eco: Ecosystem, kind: str) -> set[tuple[str, str]]:
    some = eco.ties[eco.ties["kind"] == kind]
    name = eco.name_of
    return {(name[a], name[b]) for a, b in zip(some["source"], some["target"], strict=True)}


TOPICS = """Organisatie;Contactpersoon;E-mail;Postcode;Gemeente;Wonen;Zorg;Energie
Alfa vzw;Jan Peeters;jan@alfa.be;9000;Gent;x;;x
Beta cv;An De Smet;an@beta.be;2000;Antwerpen;;x;
Gamma bv;Piet Claes;;1000;Brussel;x;x;x
Delta;;info@delta.be;3500;Hasselt;;;
"""


def test_topics_are_marked_and_contacts_kept_out(tmp_path: Path) -> None:
    given = built(tmp_path, TOPICS)
    eco = given.ecosystem
    assert names(eco) == {"Alfa vzw", "Beta cv", "Gamma bv", "Delta"}
    assert names(eco, "capability") == {"Wonen", "Zorg", "Energie"}
    assert len(ties(eco, "active_in")) == 6
    assert ("Beta cv", "Zorg") in ties(eco, "active_in")
    assert not any("Peeters" in str(v) or "@" in str(v) for v in eco.nodes.to_numpy().ravel())
    assert any("6 cells are about contact persons and kept out" in words for words in given.said)


def test_marks_that_are_neither_yes_nor_no_are_listed(tmp_path: Path) -> None:
    text = "Naam,Wonen,Zorg,Energie\nAlfa,yes,no,yes\nBeta,no,maybe,no\nGamma,yes,yes,\n"
    given = built(tmp_path, text)
    assert len(ties(given.ecosystem, "active_in")) == 4
    assert given.rejected["value"].tolist() == ["maybe"]


def test_a_list_of_projects_with_partners_in_one_cell(tmp_path: Path) -> None:
    text = (
        "Project title,Acronym,Lead partner,Partners,Start date,Total budget\n"
        'Green roofs for all,GREEN,City of Gent,Alfa; Beta,01/02/2019,"1.200.000,50"\n'
        'Blue water,BLUE,Beta,Alfa; Delta,15/06/2020,"800.000,00"\n'
        'Red brick,RED,Gamma University,City of Gent; Delta,01/01/2021,"450.000,00"\n'
    )
    eco = built(tmp_path, text).ecosystem
    assert names(eco, "project") == {"Green roofs for all", "Blue water", "Red brick"}
    assert names(eco) == {"City of Gent", "Alfa", "Beta", "Delta", "Gamma University"}
    leads = eco.ties[eco.ties["role"] == "lead"]
    assert len(leads) == 3
    assert len(eco.ties) == 9
    nodes = eco.nodes.set_index("name")
    assert nodes.loc["Blue water", ["start", "total_budget"]].tolist() == ["2020-06-15", 800000.0]


def test_persons_with_an_organisation_are_contacts(tmp_path: Path) -> None:
    text = (
        "Prénom,Nom,Organisme,Fonction,Courriel,Pays\n"
        "Marie,Dupont,Alpha ASBL,Directrice,marie@alpha.be,Belgique\n"
        "Jean,Durand,Beta SCRL,Chargé de projet,jean@beta.fr,France\n"
        "Luc,Martin,Alpha ASBL,Coordinateur,luc@alpha.be,Belgique\n"
    )
    given = built(tmp_path, text)
    assert names(given.ecosystem) == {"Alpha ASBL", "Beta SCRL"}
    assert set(given.ecosystem.nodes["country"]) == {"BE", "FR"}
    assert any("12 cells are about contact persons" in words for words in given.said)


GERMAN = """Projektname;Partner;Rolle;Land;PLZ;Fördersumme
SONNE;Alpha GmbH;Koordinator;Deutschland;10115;10.000,00
SONNE;Beta e.V.;Partner;Österreich;01067;5.000,50
MOND;Alpha GmbH;Partner;Deutschland;10115;7.500,00
MOND;Gamma Universität;Koordinator;Schweiz;8001;1.000,00
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_participations_in_german_with_any_encoding(tmp_path: Path, encoding: str) -> None:
    eco = built(tmp_path, GERMAN, encoding=encoding).ecosystem
    assert names(eco) == {"Alpha GmbH", "Beta e.V.", "Gamma Universität"}
    assert names(eco, "project") == {"SONNE", "MOND"}
    assert eco.ties["role"].value_counts().to_dict() == {"lead": 2, "partner": 2}
    assert eco.ties["fördersumme"].tolist() == [7500.0, 10000.0, 5000.5, 1000.0]
    assert eco.nodes.set_index("name").loc["Beta e.V.", ["country", "plz"]].tolist() == [
        "AT",
        "01067",
    ]


@pytest.mark.parametrize(
    ("text", "networks", "capabilities"),
    [
        (
            "Nome ente;Comune;Reti;Anno di fondazione\nAlfa Onlus;Torino;Rete Nord, Rete Sud;1998\n"
            "Beta Coop;Milano;Rete Nord;2004\nGamma Srl;Roma;Rete Sud;2010\n",
            {"Rete Nord", "Rete Sud"},
            set(),
        ),
        (
            "Entidad;Ciudad;Ámbitos de trabajo\nAlfa Fundación;Madrid;Educación, Salud\n"
            "Beta Asociación;Sevilla;Salud\nGamma Cooperativa;Lisboa;Educación, Vivienda\n",
            set(),
            {"Educación", "Salud", "Vivienda"},
        ),
        (
            "University,City,Member of\nAlpha University,Gent,CLUSTER|UNICA\n"
            "Beta University,Lille,UNICA\nGamma University,Porto,CLUSTER|EUTOPIA\n",
            {"CLUSTER", "UNICA", "EUTOPIA"},
            set(),
        ),
    ],
)
def test_lists_of_organisations_with_lists_in_cells(
    tmp_path: Path, text: str, networks: set[str], capabilities: set[str]
) -> None:
    eco = built(tmp_path, text).ecosystem
    assert len(names(eco)) == 3
    assert names(eco, "network") == networks
    assert names(eco, "capability") == capabilities
    assert len(ties(eco, "located_in")) == 3
    assert len(ties(eco, "member_of")) == (0 if not networks else len(eco.ties) - 3)


def test_when_somebody_joined_is_not_when_it_began(tmp_path: Path) -> None:
    text = "Naam,Lid sinds,Land\nAlfa,2011,BE\nBeta,2015,NL\nGamma,2018,BE\n"
    eco = built(tmp_path, text).ecosystem
    assert "start" not in eco.nodes.columns or eco.nodes["start"].isna().all()
    assert eco.nodes["lid_sinds"].tolist() == ["2011", "2015", "2018"]


NUMBERS = "Org ID,Organisation name,Parent ID,Country\n1,Alpha,,BE\n2,Beta,1,BE\n3,Gamma,1,NL\n"


def test_references_by_id_within_a_table(tmp_path: Path) -> None:
    eco = built(tmp_path, NUMBERS).ecosystem
    assert names(eco) == {"Alpha", "Beta", "Gamma"}
    assert ties(eco, "part_of") == {("Beta", "Alpha"), ("Gamma", "Alpha")}


def test_members_of_rows_of_the_same_table(tmp_path: Path) -> None:
    text = "code,naam,lid van\nA1,Zon,C3;D4\nB2,Maan,D4\nC3,Bond,\nD4,Koepel,\n"
    eco = built(tmp_path, text).ecosystem
    assert names(eco, "network") == {"Bond", "Koepel"}
    assert ties(eco, "member_of") == {("Zon", "Bond"), ("Zon", "Koepel"), ("Maan", "Koepel")}


def test_references_by_id_across_sheets(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        {
            "Organisations": [
                ["id", "Name", "Country"],
                ["O1", "Alpha", "BE"],
                ["O2", "Beta", "NL"],
            ],
            "Projects": [["id", "Project title"], ["P1", "Sun"], ["P2", "Moon"], ["P3", "Sea"]],
            "Partners": [
                ["organisation id", "project id", "role"],
                ["O1", "P1", "lead"],
                ["O2", "P1", "partner"],
                ["O2", "P2", "lead"],
            ],
            "Read me": [["Sheet", "What it holds"], ["Partners", "Who takes part"]],
        },
    )
    given = build(path)
    assert names(given.ecosystem) == {"Alpha", "Beta"}
    assert names(given.ecosystem, "project") == {"Sun", "Moon", "Sea"}
    assert ties(given.ecosystem, "participates_in") == {
        ("Alpha", "Sun"),
        ("Beta", "Sun"),
        ("Beta", "Moon"),
    }
    assert any("Read me: the mapping does not read it" in words for words in given.said)


MEMBERS = [["Town", "Country", "Joined"], ["Gent", "BE", 1990], ["Porto", "PT", 1992]]


def test_a_sheet_for_each_network(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        {
            "Sea Cities": [*MEMBERS, ["Lille", "FR", 2001]],
            "Hill Towns": [*MEMBERS, ["Rome", "IT", 1999]],
            "Old Ports": MEMBERS,
        },
    )
    eco = build(path).ecosystem
    assert names(eco) == {"Gent", "Porto", "Lille", "Rome"}
    assert names(eco, "network") == {"Sea Cities", "Hill Towns", "Old Ports"}
    assert len(ties(eco, "member_of")) == 8
    start = eco.ties.set_index(["source", "target"])["start"]
    assert start[("rome", "hill-towns")] == "1999"


def test_the_constant_column_of_sheets_alike_names_the_network(tmp_path: Path) -> None:
    head = ["Full name", "Country", "Alliance"]
    path = book(
        tmp_path,
        {
            "tab A": [head, ["Gent", "BE", "Sea Alliance"], ["Lille", "FR", "Sea Alliance"]],
            "tab B": [head, ["Gent", "BE", "Hill Alliance"], ["Rome", "IT", "Hill Alliance"]],
        },
    )
    eco = build(path).ecosystem
    assert names(eco) == {"Gent", "Lille", "Rome"}
    assert names(eco, "network") == {"Sea Alliance", "Hill Alliance"}


def test_sheets_of_years_name_nothing(tmp_path: Path) -> None:
    rows = [["Naam", "Land"], ["Zon", "BE"], ["Maan", "NL"]]
    eco = build(book(tmp_path, {"2023": rows, "2024": rows})).ecosystem
    assert names(eco) == {"Zon", "Maan"}
    assert set(eco.nodes["kind"]) == {"organisation"}


@pytest.mark.parametrize(
    "text",
    [
        "Naam,Land\nZon,BE\nMaan,NL\nSter,FR\n",
        "Row,Name,Post code\n1,Zon,1000\n2,Maan,2000\n3,Ster,3000\n",
        "Naam,Oppervlakte,Budget\nZon,120 m2,€ 10\nMaan,300 m2,€ 20\nSter,80 m2,€ 30\n",
        "Code,Naam,Tel\nBE01,Zon,02 123 45 67\nBE02,Maan,03 234 56 78\nBE03,Ster,09 345 67 89\n",
        "Email,Naam,Nuts\na@zon.be,Zon,BE211\nb@maan.be,Maan,BE223\nc@ster.be,Ster,BE100\n",
    ],
)
def test_nothing_but_names_names_anybody(tmp_path: Path, text: str) -> None:
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Zon", "Maan", "Ster"}
    assert set(eco.nodes["kind"]) == {"organisation"}


def test_two_organisations_and_what_is_about_their_tie(tmp_path: Path) -> None:
    eco = built(tmp_path, "Organisation,Partner,Since\nZon,Maan,2019\nSter,Mars,2020\n").ecosystem
    assert ties(eco, "partner_of") == {("Maan", "Zon"), ("Mars", "Ster")}
    assert set(eco.ties["start"]) == {"2019", "2020"}


def test_the_preview_says_rows_as_sentences_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(GERMAN, encoding="utf-8")
    found = preview([tmp_path / "x.csv"])
    said = [fact for _, facts in found.rows for fact in facts]
    assert "Alpha GmbH takes part in SONNE as lead." in said
    assert len(found.rows) == 4
    run = CliRunner().invoke(cli, ["build", "--preview", str(tmp_path / "x.csv")])
    assert run.exit_code == 0, run.output
    assert "Alpha GmbH takes part in SONNE as lead." in run.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_the_page_of_a_preview_holds_no_live_text(tmp_path: Path) -> None:
    text = "Naam,Land\n<script>alert(1)</script> vzw,BE\nMaan,NL\n"
    (tmp_path / "x.csv").write_text(text)
    page = tmp_path / "p.html"
    run = CliRunner().invoke(cli, ["build", str(tmp_path / "x.csv"), "--preview", str(page)])
    assert run.exit_code == 0, run.output
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "default-src 'none'" in html


def test_asking_changes_what_a_column_means(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TOPICS)
    eco = tmp_path / "eco"
    answers = "t\nt\nt\nGemeente\na\n\n"  # the three topics stay, towns become an attribute
    build_it = ["build", str(tmp_path / "x.csv"), "--ask", "-o", str(eco)]
    run = CliRunner().invoke(cli, build_it, input=answers)
    assert run.exit_code == 0, run.output
    assert names(load(eco), "place") == set()
    kept = read_mapping(tmp_path / "eco-mapping.yaml")
    assert kept.tables[0].persons == ("Contactpersoon", "E-mail")


def test_yes_takes_the_draft_unasked(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(TOPICS)
    eco = tmp_path / "eco"
    run = CliRunner().invoke(cli, ["build", str(tmp_path / "x.csv"), "--yes", "-o", str(eco)])
    assert run.exit_code == 0, run.output
    assert (tmp_path / "eco-mapping.yaml").exists()
    assert build(tmp_path / "x.csv").ecosystem.ties.equals(load(eco).ties)


def test_dates_and_company_numbers_are_not_telephone_numbers(tmp_path: Path) -> None:
    text = (
        "Project,Partner,Role,Start,End\n"
        "ECO,Alpha University,Coordinator,01/09/2019,31/08/2022\n"
        "ECO,Beta Ltd,Participant,01/09/2019,31/08/2022\n"
        "SUN,Alpha University,Participant,01/01/2020,31/12/2021\n"
    )
    eco = built(tmp_path, text).ecosystem
    starts = eco.nodes.set_index("name")["start"].dropna().to_dict()
    assert starts == {"ECO": "2019-09-01", "SUN": "2020-01-01"}
    numbers = "Naam,Ondernemingsnummer\nZon,0412.345.678\nMaan,0423.456.789\nSter,0434.567.890\n"
    given = built(tmp_path, numbers)
    assert "0412.345.678" in given.ecosystem.nodes.to_numpy()


def test_crosses_are_themes_and_ones_are_memberships(tmp_path: Path) -> None:
    crosses = ",Climate,Housing,Food\nAlpha,x,,x\nBeta,,x,\nGamma,x,x,\n"
    assert names(built(tmp_path, crosses).ecosystem, "capability") == {"Climate", "Housing", "Food"}
    ones = ",N,M,O\nAlpha,1,0,1\nBeta,0,1,0\n"
    assert names(built(tmp_path, ones).ecosystem, "network") == {"N", "M", "O"}


def test_towns_in_networks_of_yes_and_no(tmp_path: Path) -> None:
    text = "Municipality,Network A1,Network B2,Network C3\nGent,Yes,No,Yes\nPorto,Yes,Yes,No\n"
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Gent", "Porto"}
    assert len(ties(eco, "member_of")) == 4


def test_who_funds_whom(tmp_path: Path) -> None:
    text = 'Funder,Recipient,Amount\nFoundation A,Alpha vzw,"10,000"\nFoundation B,Beta vzw,500\n'
    eco = built(tmp_path, text).ecosystem
    assert ties(eco, "funds") == {("Foundation A", "Alpha vzw"), ("Foundation B", "Beta vzw")}
    assert sorted(eco.ties["amount"]) == [500.0, 10000.0]


def test_rows_that_name_members_by_id_take_part_in_projects(tmp_path: Path) -> None:
    """A sheet of projects names rows of the sheet of members, which name their parents."""
    file = book(
        tmp_path,
        {
            "Mitglieder": [
                ["ID", "Name", "Land", "Übergeordnet"],
                [101, "Verein Nord e.V.", "DE", None],
                [102, "Verein Süd e.V.", "DE", 101],
                [103, "Stiftung Ost", "AT", 101],
            ],
            "Projekte": [
                ["Projekt", "Mitglied-ID", "Rolle", "Jahr"],
                ["Solar 2020", 101, "Lead", 2020],
                ["Solar 2020", 102, "Partner", 2020],
                ["Wind", 103, "Lead", 2021],
            ],
        },
    )
    eco = build(file).ecosystem
    assert names(eco) == {"Verein Nord e.V.", "Verein Süd e.V.", "Stiftung Ost"}
    assert names(eco, "project") == {"Solar 2020", "Wind"}
    assert ties(eco, "participates_in") == {
        ("Verein Nord e.V.", "Solar 2020"),
        ("Verein Süd e.V.", "Solar 2020"),
        ("Stiftung Ost", "Wind"),
    }
    assert ties(eco, "part_of") == {
        ("Verein Süd e.V.", "Verein Nord e.V."),
        ("Stiftung Ost", "Verein Nord e.V."),
    }


def test_projects_with_ids_of_their_own_name_no_members(tmp_path: Path) -> None:
    members = [["ID", "Name"], *([n, f"Huis {c}"] for n, c in enumerate("ABCDE", start=1))]
    projects = [["ID", "Project"], [1, "Markt"], [2, "Tuin"], [3, "Bus"]]
    eco = build(book(tmp_path, {"Leden": members, "Projecten": projects})).ecosystem
    assert names(eco, "project") == {"Markt", "Tuin", "Bus"}
    assert eco.ties.empty


def test_a_lead_and_a_list_of_partners_with_commas(tmp_path: Path) -> None:
    text = (
        "Projet;Chef de file;Partenaires;Début\n"
        "Ville verte;Mairie de Lyon;Ville de Gand, Comune di Bari;2019\n"
        "Eau claire;Comune di Bari;Mairie de Lyon, Stadt Köln;2020\n"
        "Air pur;Stadt Köln;N/A;2021\n"
    )
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Mairie de Lyon", "Ville de Gand", "Comune di Bari", "Stadt Köln"}
    assert len(ties(eco, "participates_in")) == 7
    lead = eco.ties[eco.ties["role"] == "lead"]
    assert {*lead["source"].map(eco.name_of)} == {"Mairie de Lyon", "Comune di Bari", "Stadt Köln"}


def test_a_town_with_its_country_is_no_list(tmp_path: Path) -> None:
    rows = "".join(f"Huis {c};{t}, Belgium;Belgium\n" for c, t in zip("ABC", "XYZ", strict=True))
    eco = built(tmp_path, f"Organisation;Town;Country\n{rows}").ecosystem
    assert names(eco, "place") == {"X, Belgium", "Y, Belgium", "Z, Belgium"}


def test_a_column_that_says_the_sort_of_tie_decides_its_kind(tmp_path: Path) -> None:
    text = (
        "from,to,relation,since\n"
        "Alfa Foundation,Beta Trust,funds,2017\n"
        "Beta Trust,Gamma Coop,partners with,2019\n"
        "Delta,Alfa Foundation,funded by,2020\n"
    )
    eco = built(tmp_path, text).ecosystem
    assert ties(eco, "funds") == {("Alfa Foundation", "Beta Trust")}
    # Who is funded stands first: turned round it would be right, so the word stays beside it.
    assert ties(eco, "partner_of") == {("Beta Trust", "Gamma Coop"), ("Alfa Foundation", "Delta")}
    assert {*eco.ties["relation"]} == {"funds", "partners with", "funded by"}


GROUP = "Grupo da área de construção, um dos dez maiores do setor, com atuação também em energia"
FIRM = "Empresa da área de mineração, uma das maiores do setor no mundo, com sede no Pará, Brasil"
BRAZIL = f"""Beneficiário,Perfil do beneficiário,Projeto,Descrição do projeto,Valor
Alfa S.A.,"{GROUP}",Ponte,Obra,1000
Beta Ltda,"{FIRM}",Usina,Obra,2000
Beta Ltda,"{FIRM}",Porto,Cais,1500
Alfa S.A.,"{GROUP}",Porto,Cais,500
"""


def test_grants_in_portuguese(tmp_path: Path) -> None:
    eco = built(tmp_path, BRAZIL).ecosystem
    assert names(eco) == {"Alfa S.A.", "Beta Ltda"}
    assert names(eco, "project") == {"Ponte", "Usina", "Porto"}
    assert sorted(eco.ties["amount"]) == [500, 1000, 1500, 2000]
    beta = eco.nodes.set_index("name").loc["Beta Ltda"]
    assert str(beta["description"]).startswith("Empresa da área")


@pytest.mark.parametrize(
    "header",
    [
        "City1,Country1,City2,Country2",
        "origincityLabel,origincountry,sistercityLabel,sistercountry",
    ],
)
def test_towns_that_are_twinned_have_their_own_countries(tmp_path: Path, header: str) -> None:
    text = f"{header},Year\nGent,Belgium,Kazan,Russia,1990\nMons,Belgium,Lyon,France,1975\n"
    eco = built(tmp_path, text + "Gent,Belgium,Lyon,France,1980\n").ecosystem
    twins = [("Gent", "Kazan"), ("Mons", "Lyon"), ("Gent", "Lyon")]
    assert {*map(frozenset, ties(eco, "partner_of"))} == {*map(frozenset, twins)}
    assert eco.nodes.set_index("name")["country"].to_dict() == {
        "Gent": "BE",
        "Kazan": "RU",
        "Mons": "BE",
        "Lyon": "FR",
    }


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("Theme 1,Theme 2", "Zorg", "Wonen"),
        ("Address 1,Address 2", "Kerkstraat", "Bus 3"),
        ("Contact 1,Contact 2", "An Peeters", "Jan Claes"),
    ],
)
def test_columns_that_number_values_of_a_row_are_no_ends(
    tmp_path: Path, header: str, one: str, other: str
) -> None:
    text = f"Organisation,{header}\nAlfa vzw,{one},{other}\nBeta vzw,{other},{one}\nGamma bv,,\n"
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Alfa vzw", "Beta vzw", "Gamma bv"}
    assert ties(eco, "partner_of") == set()


def test_identifiers_and_numbers_of_kinds_are_no_names(tmp_path: Path) -> None:
    rows = [
        f"{n},Huis {chr(64 + n)},did:oyd:zQm{n}x{n},{n % 3 + 1},{'Coop' if n % 3 else 'Vzw'}"
        for n in range(1, 13)
    ]
    text = "\n".join(["organisation_id,Name,Partner DID,type_id,type_description", *rows]) + "\n"
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {f"Huis {chr(64 + n)}" for n in range(1, 13)}
    assert eco.ties.empty
    assert set(eco.nodes["type_description"]) == {"Coop", "Vzw"}


def test_who_leads_a_project_is_a_person_unless_it_is_a_body(tmp_path: Path) -> None:
    rows = "An Peeters,Zon,1\nJan Claes,Maan,2\nAn Peeters,Ster,3\n"
    (tmp_path / "research_projects.csv").write_text("leader,name,id\n" + rows)
    given = build(tmp_path / "research_projects.csv")
    assert names(given.ecosystem, "project") == {"Zon", "Maan", "Ster"}
    assert names(given.ecosystem) == set()
    assert any("3 cells are about contact persons" in words for words in given.said)


def test_clusters_of_projects_are_no_organisations(tmp_path: Path) -> None:
    rows = [f"{n % 9},Plan {n % 9},{('Health', 'Water')[n % 2]},{300 + n}" for n in range(36)]
    (tmp_path / "x.csv").write_text("ID,PROJECT_NAME,Cluster,CommuneCODE\n" + "\n".join(rows))
    eco = build(tmp_path / "x.csv").ecosystem
    assert names(eco, "project") == {f"Plan {n}" for n in range(9)}
    assert names(eco) | names(eco, "network") == set()


def test_answers_of_a_survey_are_attributes(tmp_path: Path) -> None:
    text = (
        "Name,Do you own land?,Open [yes/no],Paid staff?,Volunteers?\n"
        "Alfa vzw,yes,no,yes,no\nBeta vzw,no,no,yes,yes\nGamma bv,yes,yes,no,no\n"
    )
    eco = built(tmp_path, text).ecosystem
    assert names(eco, "capability") == set()
    assert eco.nodes["do_you_own_land"].notna().all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Project,Partner\nECO,Alpha (coordinator)\nECO,Beta (partner)\nSUN,Alpha (partner)\n"
            "SUN,Gamma (Gent)\n",
            {
                ("Alpha", "ECO", "lead"),
                ("Beta", "ECO", "partner"),
                ("Alpha", "SUN", "partner"),
                ("Gamma (Gent)", "SUN", None),
            },
        ),
        (
            'Project,Partners\nECO,"Alpha (coordinator); Beta (partner)"\n'
            'SUN,"Beta (lead); Delta"\n',
            {
                ("Alpha", "ECO", "lead"),
                ("Beta", "ECO", "partner"),
                ("Beta", "SUN", "lead"),
                ("Delta", "SUN", None),
            },
        ),
    ],
    ids=["rows", "lists"],
)
def test_roles_in_brackets_are_roles(
    text: str, expected: set[tuple[str, str, str | None]], tmp_path: Path
) -> None:
    eco = built(tmp_path, text).ecosystem
    rows = eco.ties.astype(object).where(eco.ties.notna(), None)
    name = eco.name_of
    found = zip(rows["source"], rows["target"], rows["role"], strict=True)
    assert {(name[a], name[b], role) for a, b, role in found} == expected


def test_a_where_that_keeps_nothing_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Project,Partner\nECO,Alpha\nSUN,Beta\n")
    (tmp_path / "m.yaml").write_text(
        "tables:\n  - where: {Project: NOPE}\n    nodes: {organisation: {name: Partner}}\n"
    )
    with pytest.raises(UnusableInput, match=r"none of the 2 rows of x\.csv.*ECO, SUN.*NOPE"):
        build(tmp_path / "x.csv", mapping=tmp_path / "m.yaml")


def test_columns_that_few_rows_fill_are_not_asked_about(tmp_path: Path) -> None:
    rows = [f"Huis {n},{'Zorg; Wonen' if n < 2 else ''},{'Zon; Maan'}" for n in range(60)]
    (tmp_path / "x.csv").write_text("Organisation,Iets,Nog iets\n" + "\n".join(rows))
    asked = questions(read_sheets([tmp_path / "x.csv"]), {})
    assert [q.column for q in asked] == ["Organisation", "Iets", "Nog iets"]
    assert not asked[1].doubtful
