"""From tables to an ecosystem. Expected rows are written out by hand."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.loaders.build import build, build_into
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping


def drafted(folder: Path, text: str, mapping: str, name: str = "x.csv") -> ReadResult:
    (folder / name).write_text(text, encoding="utf-8")
    return tables.read(folder / name, mapping=parse_mapping(mapping, "m.yaml"))


def built(folder: Path, text: str, mapping: str) -> tuple[Ecosystem, pd.DataFrame, str]:
    draft = drafted(folder, text, mapping)
    eco = draft.builder.build(errors="set_aside")
    assert draft.builder.aside.empty, draft.builder.aside.to_dict("records")
    assert draft.rejected is not None
    return eco, draft.rejected, "\n".join(draft.said)


def edges(eco: Ecosystem) -> set[tuple[str, str, str]]:
    return set(zip(eco.ties["source"], eco.ties["kind"], eco.ties["target"], strict=True))


PARTNERS = """
source: {title: Our list, publisher: Us, licence: CC0, retrieved: "2024-05-01"}
tables:
  - nodes:
      organisation: {id: nr, name: naam, country: land, start: {column: sinds, dates: dmy}, budget: {column: budget, as: number}}
      theme: {kind: capability, name: {column: themas, split: ";"}}
      town: {kind: place, name: stad}
    ties:
      - {kind: active_in, source: organisation, target: theme, status: {value: declared}}
      - {kind: located_in, source: organisation, target: town}
"""
ROWS = """nr,naam,land,sinds,themas,stad,budget
007,Alfa,Osterreich,1/2/2016,zorg; wonen,Gent,"1.234,5"
8,Beta,Atlantis,31/12/9999,zorg,,"2,5"
8,Beta,BE,,wonen,Gent,
,,BE,,,,
"""


def test_columns_become_nodes_ties_and_attributes(tmp_path: Path) -> None:
    eco, rejected, said = built(tmp_path, ROWS, PARTNERS)
    nodes = eco.nodes.set_index("id")
    assert set(nodes.index) == {"007", "8", "zorg", "wonen", "gent"}
    alfa = nodes.loc["007"]
    assert (alfa["country"], alfa["original_country"]) == ("AT", "Osterreich")
    assert (alfa["start"], alfa["budget"]) == ("2016-02-01", 1234.5)
    assert (nodes.loc["8", "start"], nodes.loc["8", "country"]) == ("..", "BE")
    assert edges(eco) == {
        ("007", "active_in", "zorg"),
        ("007", "active_in", "wonen"),
        ("8", "active_in", "zorg"),
        ("8", "active_in", "wonen"),
        ("007", "located_in", "gent"),
        ("8", "located_in", "gent"),
    }
    listed = rejected[["row", "column", "value", "done"]].to_numpy().tolist()
    assert listed == [
        [5, "nr", "", "the row is left out"],
        [3, "land", "Atlantis", "the cell is left blank"],
        [4, "nr", "8", "read as one, its first values kept"],
    ] or {tuple(row) for row in listed} >= {
        (5, "nr", "", "the row is left out"),
        (3, "land", "Atlantis", "the cell is left blank"),
    }
    assert "numbers have a decimal comma" in said
    source = eco.sources.iloc[0]
    assert (source["publisher"], source["licence"], source["retrieved"]) == (
        "Us",
        "CC0",
        "2024-05-01",
    )
    assert len(source["sha256"]) == 64
    proven = eco.evidence.set_index("fact")["locator"]
    assert proven["007"] == "row 2"
    assert set(eco.evidence["fact"]) == {*eco.nodes["id"], *eco.ties["id"]}


def test_ids_that_meet_get_numbers_in_file_order_and_it_is_said(tmp_path: Path) -> None:
    mapping = "tables: [{nodes: {organisation: naam}}]"
    eco, _, said = built(tmp_path, "naam\nBees Coop\nBees-coop\nBees Coop\nБеларусь\n", mapping)
    names = dict(zip(eco.nodes["id"], eco.nodes["name"], strict=True))
    assert names["bees-coop"] == "Bees Coop"
    assert names["bees-coop-2"] == "Bees-coop"
    assert len(names) == 3
    assert "1 id was taken by another name" in said
    assert "4 rows name 3 'organisation' nodes" in said


def test_parallel_lists_are_exploded_together(tmp_path: Path) -> None:
    mapping = """
tables:
  - explode: [orgs, roles]
    split: ";"
    nodes: {organisation: orgs, project: title}
    ties: [{kind: participates_in, source: organisation, target: project, role: roles}]
"""
    one = (
        mapping.replace("[orgs, roles]", "[o]")
        .replace("orgs,", "o.name,")
        .replace("role: roles", "role: o.role")
    )
    text = '[{"title": "P", "o": [{"name": "A", "role": "lead"}, {"name": "B", "role": "host"}]}]'
    draft = drafted(tmp_path, text, one, "x.json")
    ties = draft.builder.build().ties
    assert dict(zip(ties["source"], ties["role"], strict=True)) == {"a": "lead", "b": "host"}


MATRIX = ",N,M,O\nA,1,0,\nB,x,2,0\nC,0,,no\n"


def test_a_membership_matrix(tmp_path: Path) -> None:
    mapping = """
tables:
  - matrix: {rows: column 1}
    nodes: {row: {kind: organisation, name: row}, column: {kind: network, name: column}}
    ties: [{kind: member_of, source: row, target: column}]
"""
    eco, rejected, _ = built(tmp_path, MATRIX, mapping)
    assert edges(eco) == {("a", "member_of", "n"), ("b", "member_of", "n"), ("b", "member_of", "m")}
    assert set(eco.nodes["id"]) == {"a", "b", "c", "n", "m", "o"}
    assert rejected.empty


def test_an_adjacency_matrix_states_each_pair_once(tmp_path: Path) -> None:
    mapping = """
tables:
  - matrix: {rows: column 1}
    nodes: {row: {kind: organisation, name: row}, column: {kind: organisation, name: column}}
    ties: [{kind: partner_of, source: row, target: column, strength: cell}]
"""
    eco, _, said = built(tmp_path, ",A,B,C\nA,1,2,0\nB,2,0,0\nC,0,0,0\n", mapping)
    assert edges(eco) == {("a", "partner_of", "b")}
    assert eco.ties["strength"].tolist() == [2.0]
    assert "x.csv: 1 pair is stated from both sides" in said
    assert "x.csv: 1 cell ties a name to itself" in said


def test_a_workbook_with_a_sheet_a_network(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for network, members in (("Bigre", ["A", "B"]), ("Cecop", ["B", "C"])):
        sheet = book.create_sheet(network)
        for row in (["member"], *([m] for m in members)):
            sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    mapping = """
tables:
  - sheet: "*"
    nodes: {organisation: member, network: $sheet}
    ties: [{kind: member_of, source: organisation, target: network}]
"""
    draft = tables.read(tmp_path / "x.xlsx", mapping=parse_mapping(mapping, "m.yaml"))
    eco = draft.builder.build()
    assert edges(eco) == {
        ("a", "member_of", "bigre"),
        ("b", "member_of", "bigre"),
        ("b", "member_of", "cecop"),
        ("c", "member_of", "cecop"),
    }
    assert eco.evidence.set_index("fact")["locator"]["c"] == "sheet Cecop, row 3"


JOINED = """
tables:
  - file: people.csv
    nodes: {org: {kind: {column: soort, map: {org: organisation, net: network}}, id: id, name: name}}
  - file: ties.csv
    join: {with: years.csv, on: {key: k}}
    where: {ok: "yes"}
    nodes: {from: {id: a}, to: {id: b}}
    ties: [{kind: partner_of, source: from, target: to, start: year}]
"""


def test_tables_that_refer_to_each_other(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,soort\n1,Alfa,org\n2,Beta,net\n3,Gamma,thing\n",
        "ties.csv": "a,b,key,ok\n1,2,x,yes\nbeta,ALFA,y,yes\n1,9,x,yes\n1,2,x,no\n",
        "years.csv": "k,year\nx,2016\ny,2017\nx,2018\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "m.yaml").write_text(JOINED)
    made = build([tmp_path / name for name in files], mapping=tmp_path / "m.yaml")
    ties = made.ecosystem.ties
    assert ties[["source", "target", "start"]].to_numpy().tolist() == [
        ["1", "2", "2016"],
        ["1", "2", "2017"],
    ]
    causes = dict(zip(made.rejected["value"], made.rejected["cause"], strict=True))
    assert causes == {"thing": "it is not a valid node kind", "9": "nothing is called '9'"}
    said = "\n".join(made.said)
    assert "ties.csv: 1 row is left out by `where`" in said
    assert "years.csv: 1 row repeats a key of the join" in said


def test_equal_ties_are_kept_with_a_number_and_said(tmp_path: Path) -> None:
    mapping = """
tables:
  - nodes: {from: {kind: organisation, name: a}, to: {kind: organisation, name: b}}
    ties: [{kind: partner_of, source: from, target: to}]
"""
    eco, _, said = built(tmp_path, "a,b\nX,Y\nY,X\n", mapping)
    assert eco.ties["id"].tolist() == ["x.partner_of.y", "x.partner_of.y#2"]
    assert "x.csv: 1 tie equals an earlier one" in said


def test_hostile_text_is_kept_cleaned_or_listed(tmp_path: Path) -> None:
    rows = f'naam,x\n"=1+1",ok\nA\x07B,ok\n{"n" * 3000},ok\nC,{"y" * 200_000}\n'
    eco, rejected, _ = built(
        tmp_path, rows, "tables: [{nodes: {organisation: {name: naam, x: x}}}]"
    )
    assert sorted(eco.nodes["name"]) == ["=1+1", "AB", "C"]
    assert set(rejected["row"]) == {3, 4, 5}


def test_building_writes_what_was_rejected_beside_the_tables(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ROWS)
    (tmp_path / "m.yaml").write_text(PARTNERS)
    options = {"mapping": tmp_path / "m.yaml", "existing": "replace"}
    said = build_into([tmp_path / "x.csv"], tmp_path / "eco", **options)  # type: ignore[arg-type]
    listed = pd.read_csv(tmp_path / "eco/rejected.csv", dtype=str)
    assert list(listed.columns) == ["file", "row", "column", "value", "cause", "remedy", "done"]
    assert listed["row"].tolist() == sorted(listed["row"])
    assert any("rejected.csv lists" in words for words in said)
    (tmp_path / "x.csv").write_text(ROWS.replace("Atlantis", "BE").replace(",,BE,,,,\n", ""))
    build_into([tmp_path / "x.csv"], tmp_path / "eco", rejected=tmp_path / "r.csv", **options)  # type: ignore[arg-type]
    assert (tmp_path / "r.csv").exists()


def test_strict_takes_a_table_as_it_stands_or_not_at_all(tmp_path: Path) -> None:
    from partnergraph.graph.errors import UnusableInput

    (tmp_path / "x.csv").write_text(ROWS)
    (tmp_path / "m.yaml").write_text(PARTNERS)
    with pytest.raises(UnusableInput, match=r"\(\d cells and rows in all\)"):
        build(tmp_path / "x.csv", mapping=tmp_path / "m.yaml", strict=True)


_cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(_cells, _cells, _cells), min_size=1, max_size=12))
def test_any_table_builds_or_is_refused_and_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    """Rows either name a node or are listed; the suggested mapping builds as it is."""
    from partnergraph.graph.errors import PartnergraphError

    folder = tmp_path_factory.mktemp("any")
    frame = pd.DataFrame(rows, columns=["name", "theme", "since"])
    frame.to_csv(folder / "x.csv", index=False)
    try:
        draft = tables.read(folder / "x.csv")
        eco = draft.builder.build(errors="set_aside")
    except PartnergraphError:
        return
    assert draft.builder.aside.empty
    assert set(eco.evidence["fact"]) == {*eco.nodes["id"], *eco.ties["id"]}


@pytest.mark.parametrize(
    ("cells", "countries"),
    [
        (["NA", "BE", "FR"], ["NA", "BE", "FR"]),  # a column of codes: Namibia
        (["NA", "België", "France"], [None, "BE", "FR"]),  # a column of names: not available
        (["na", "-", "BE"], ["NA", None, "BE"]),
        (["NA", "NA"], [None, None]),
    ],
)
def test_na_is_namibia_among_codes_of_countries_only(
    cells: list[str], countries: list[str | None], tmp_path: Path
) -> None:
    rows = "".join(f"n{i},{cell}\n" for i, cell in enumerate(cells))
    mapping = "tables: [{nodes: {organisation: {name: n, country: c}}}]"
    eco, _, said = built(tmp_path, f"n,c\n{rows}", mapping)
    found = eco.nodes.sort_values("name")["country"].astype(object)
    assert [None if c != c else c for c in found] == countries
    assert ("Namibia" in said) == ("NA" in countries)


def test_what_a_map_names_is_never_blank(tmp_path: Path) -> None:
    mapping = "tables: [{nodes: {organisation: {name: {column: n, map: {'Null': 'Null'}}}}}]"
    eco, _, _ = built(tmp_path, "n\nNull\nA\n-\n", mapping)
    assert set(eco.nodes["name"]) == {"Null", "A"}
