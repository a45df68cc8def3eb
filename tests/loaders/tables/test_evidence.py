"""What a table is taken for needs evidence: headers, pairs, totals, notes, bands, names."""

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.build import Built, build

TIES = ["source", "kind", "target"]


def built(folder: Path, text: str, name: str = "x.csv") -> Built:
    (folder / name).write_text(text, encoding="utf-8")
    return build(folder / name)


def names(eco: Ecosystem, kind: str = "organisation") -> set[str]:
    return {*eco.nodes.loc[eco.nodes["kind"] == kind, "name"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_short_list_under_a_title_is_a_list(tmp_path: Path, delimiter: str) -> None:
    rows = ["Onze partners", "Naam,Land,Type", "Zon,BE,vzw", "Maan,NL", "Ster,FR,asbl"]
    text = "\n".join(rows).replace(",", delimiter)
    given = built(tmp_path, text)
    assert names(given.ecosystem) == {"Zon", "Maan", "Ster"}
    assert not len(given.ecosystem.ties)
    assert any("above it stands 'Onze partners'" in words for words in given.said)


def test_an_adjacency_list_still_is_one(tmp_path: Path) -> None:
    given = built(tmp_path, "Zon,Maan,Ster\nMaan,Zon\nSter,Zon,Maan,Zon\n")
    assert names(given.ecosystem) == {"Zon", "Maan", "Ster"}
    assert len(given.ecosystem.ties) == 6


def test_numbers_about_organisations_are_no_matrix(tmp_path: Path) -> None:
    given = built(tmp_path, ",Budget,Staff\nZon,10,3\nMaan,20,4\n")
    assert names(given.ecosystem) == {"Zon", "Maan"}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_pairs_without_a_header_lose_no_row(tmp_path: Path, delimiter: str) -> None:
    text = "Zon,Maan\nMaan,Ster\nZon,Ster\nMars,Zon\n".replace(",", delimiter)
    given = built(tmp_path, text)
    assert names(given.ecosystem) == {"Zon", "Maan", "Ster", "Mars"}
    assert len(given.ecosystem.ties) == 4
    assert any("it has no header" in words for words in given.said)


def test_a_row_that_is_longer_than_the_header_is_kept(tmp_path: Path) -> None:
    given = built(tmp_path, "Naam,Land\nZon,BE,sinds kort\nMaan,NL\nSter, Inc,BE\n")
    assert names(given.ecosystem) == {"Zon", "Maan"}
    assert given.rejected["row"].tolist() == [4]


def test_totals_and_notes_are_listed_and_total_may_be_a_name(tmp_path: Path) -> None:
    text = "Naam,Type,Leden\nTotal,sa,5\nZon,vzw,7\nTotaal,,12\n\nBron: het register van 2024,,\n"
    given = built(tmp_path, text)
    assert names(given.ecosystem) == {"Total", "Zon"}
    assert given.rejected["row"].tolist() == [4, 6]
    assert {"x.csv: row 4 holds totals of other rows and is set aside"} <= {*given.said}


def test_a_row_that_fills_little_is_no_note_without_a_gap(tmp_path: Path) -> None:
    given = built(tmp_path, "Naam,Type,Leden\nMars,sa,5\nZon,vzw,7\nMaan,,\n")
    assert names(given.ecosystem) == {"Mars", "Zon", "Maan"}


def test_rows_below_a_band_take_its_name(tmp_path: Path) -> None:
    text = "Partner,Region,Site,Area\nZon,,,\n,North,Hall,20 m2\n,South,Barn,30 m2\nMaan,,,\n"
    given = built(tmp_path, f"{text},South,Mill,40 m2\n")
    assert {"Zon", "Maan"} <= names(given.ecosystem)
    assert not any("m2" in str(name) for name in given.ecosystem.nodes["name"])


@pytest.mark.parametrize(
    "header",
    ["Member 1,Member 2,Since", "Destination,Source,Since", "Émetteur,Bénéficiaire,Depuis"],
)
def test_ends_of_a_tie_by_other_words(tmp_path: Path, header: str) -> None:
    header = header if not header.startswith("Dest") else "Source,Destination,Since"
    given = built(tmp_path, f"{header}\nZon,Maan,2010\nMaan,Ster,2011\nZon,Mars,2012\n")
    assert {*given.ecosystem.nodes["kind"]} == {"organisation"}
    assert {*given.ecosystem.ties["kind"]} == {"partner_of"}
    assert len(given.ecosystem.ties) == 3


PROJECTS = """Programma,Acroniem,Partner,Lead,Postcode,Land,Bedrag
I,AQUA,Zon,yes,9000 AB,BE,10
I,AQUA,Maan,no,9000 AB,NL,20
I,TERRA,Zon,no,9000 AB,BE,30
II,AIR,Ster,yes,1000 CD,NL,40
II,AIR,Mars,no,1000 CD,BE,50
"""


def test_names_come_from_names_only(tmp_path: Path) -> None:
    text = PROJECTS.replace("Acroniem", "Acronym").replace("Programma", "Programme")
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Zon", "Maan", "Ster", "Mars"}
    assert names(eco, "project") == {"I", "II", "AQUA", "TERRA", "AIR"}
    ties = eco.ties[TIES].drop_duplicates()
    assert ties["kind"].value_counts().to_dict() == {"participates_in": 5, "part_of": 3}
    lead = eco.ties.dropna(subset="role").set_index(["source", "target"])["role"]
    assert lead[("zon", "aqua")] == "lead"
    assert lead[("zon", "terra")] == "partner"


def test_numbers_of_rows_and_countries_name_nothing(tmp_path: Path) -> None:
    text = (
        "Row,Town,Country,Network\n1,Gent,BE,Sun\n2,Lille,FR,Sun\n3,Gent,BE,Sea\n4,Porto,PT,Sea\n"
    )
    eco = built(tmp_path, text).ecosystem
    assert names(eco) == {"Gent", "Lille", "Porto"}
    assert names(eco, "network") == {"Sun", "Sea"}
    assert len(eco.ties) == 4


def test_one_odd_date_leaves_the_others_read(tmp_path: Path) -> None:
    text = "Naam,Start\nZon,03/04/2019\nMaan,binnenkort\nSter,Sept. 2020\nMars,15.03.2021\n"
    given = built(tmp_path, text)
    start = given.ecosystem.nodes.set_index("name")["start"].dropna()
    assert start.to_dict() == {"Zon": "2019-04-03", "Ster": "2020-09", "Mars": "2021-03-15"}
    assert given.rejected["value"].tolist() == ["binnenkort"]


WORD = st.text("abcdefghij", min_size=2, max_size=6)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(WORD, st.sampled_from(["BE", "NL", ""]), WORD), min_size=1))
def test_csv_and_xlsx_of_the_same_cells_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("alike")
    cells = [("Naam", "Land", "Soort"), *rows]
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in cells:
        book.active.append(row)
    book.save(content)
    (folder / "x.xlsx").write_bytes(content.getvalue())
    one = built(folder, "\n".join(map(",".join, cells))).ecosystem
    other = build(folder / "x.xlsx").ecosystem
    assert one.nodes.equals(other.nodes)
    assert one.ties.equals(other.ties)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_groups_of_columns_above_the_header(tmp_path: Path, delimiter: str) -> None:
    rows = ["Onze leden,,2019,,2020,", "Naam,Land,Budget,Team,Budget,Team", "Zon,BE,10,2,11,2"]
    text = "\n".join([*rows, "Maan,NL,20,3,21,3", "Ster,FR,7,1,7,1"]).replace(",", delimiter)
    given = built(tmp_path, text)
    assert names(given.ecosystem) == {"Zon", "Maan", "Ster"}
    assert {"2019_budget", "2020_budget", "2019_team"} <= {*given.ecosystem.nodes.columns}
    assert any("the header is row 2" in words for words in given.said)


def test_a_header_with_gaps_is_still_the_header(tmp_path: Path) -> None:
    given = built(
        tmp_path, "Naam,,Land,\nZon,alpha,BE,oost\nMaan,beta,NL,west\nSter,gamma,FR,noord\n"
    )
    assert names(given.ecosystem) == {"Zon", "Maan", "Ster"}
