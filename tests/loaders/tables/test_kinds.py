"""What partner managers' tables do wrong, or do in a way of their own: each a kind of its own.

Expected rows are written out by hand.
"""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.build import Built, build, build_into
from partnergraph.loaders.load import load
from partnergraph.loaders.tables.dates import read_dates


def built(folder: Path, text: str, mapping: str = "") -> Built:
    (folder / "x.csv").write_text(text, encoding="utf-8")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    return build(folder / "x.csv", mapping=folder / "m.yaml" if mapping else None)


def edges(eco: Ecosystem) -> set[tuple[str, str, str]]:
    return set(zip(eco.ties["source"], eco.ties["kind"], eco.ties["target"], strict=True))


def names(eco: Ecosystem, kind: str = "organisation") -> set[str]:
    return {*eco.nodes.loc[eco.nodes["kind"] == kind, "name"]}


OFFERS = """
tables:
  - nodes:
      organisation: {name: Naam}
      skill: {kind: capability, name: {column: Zorg, %s}}
    ties: [{kind: offers, source: organisation, target: skill}]
"""


@pytest.mark.parametrize(
    "meaning", ['map: {ja: Zorg}, default: ""', 'map: {ja: Zorg, nee: "", weet niet: ""}']
)
def test_no_and_blank_are_no_tie(tmp_path: Path, meaning: str) -> None:
    text = "Naam,Zorg\nZon,ja\nMaan,nee\nSter,\nMars,weet niet\n"
    given = built(tmp_path, text, OFFERS % meaning)
    assert edges(given.ecosystem) == {("zon", "offers", "zorg")}
    assert names(given.ecosystem, "capability") == {"Zorg"}
    assert given.aside.empty
    assert given.rejected.empty
    assert any("3 rows name no skill" in words for words in given.said)


@pytest.mark.parametrize("id", ["nr", '{columns: [naam, land], between: "/"}'])
def test_rows_without_a_name_are_listed_and_none_may_be_a_name(tmp_path: Path, id: str) -> None:
    text = "nr,naam,land,net\n1,Zon,IT,N\n2,,IT,N\n3,Null,IT,N\n4,n/a,IT,N\n1,,IT,M\n5,NULL,FR,M\n"
    mapping = f"""
tables:
  - nodes:
      organisation: {{id: {id}, name: naam}}
      net: {{kind: network, name: net}}
    ties: [{{kind: member_of, source: organisation, target: net}}]
"""
    given = built(tmp_path, text, mapping)
    assert names(given.ecosystem) == {"Zon", "Null"}
    listed = {3, 5, 7} if id == "nr" else {3, 5, 6, 7}
    assert set(given.rejected["row"]) == listed
    assert len(given.ecosystem.ties) == 6 - len(listed)
    assert any("'Null' counts as a name" in words for words in given.said)


def test_many_cells_that_say_none_are_blank(tmp_path: Path) -> None:
    mapping = "tables: [{nodes: {organisation: {name: Naam, country: Land}}}]"
    given = built(tmp_path, "Naam,Land\nZon,BE\nNone,BE\nNone,NL\nNone,FR\nMaan,BE\n", mapping)
    assert names(given.ecosystem) == {"Zon", "Maan"}
    assert given.rejected["row"].tolist() == [3, 4, 5]


def test_a_parent_of_another_kind_is_refused_once_with_both_names(tmp_path: Path) -> None:
    text = "id,naam,soort,deel van\nA,Zon,club,C\nB,Maan,club,D\nC,Ster,koepel,\nD,Mars,club,\n"
    mapping = """
tables:
  - nodes:
      one:
        id: id
        name: naam
        kind: {column: soort, map: {koepel: network}, default: organisation}
      whole: {id: deel van}
    ties: [{kind: part_of, source: one, target: whole}]
"""
    given = built(tmp_path, text, mapping)
    assert edges(given.ecosystem) == {("b", "part_of", "d")}
    assert given.aside.empty
    (row,) = given.rejected.to_dict("records")
    assert (row["file"], row["row"], row["column"]) == ("x.csv", 2, "deel van")
    assert row["cause"] == "part_of does not link 'Zon' (organisation) to 'Ster' (network)"
    assert "member_of" in row["remedy"]


def test_judgements_outlive_replace(tmp_path: Path) -> None:
    table, eco = tmp_path / "x.csv", tmp_path / "eco"
    table.write_text("Naam,Land\nZonnehuis,BE\nZonne-huis,BE\nMaan,FR\n")
    build_into([table], eco)
    run = CliRunner().invoke
    pair = load(eco).nodes.query("country == 'BE'")["id"].tolist()
    judged = run(cli, ["identities", str(eco), "--same", *pair, "--by", "me", "--on", "2026-01-31"])
    assert judged.exit_code == 0, judged.output
    again = run(cli, ["build", str(table), "-o", str(eco), "--replace"])
    assert "1 judgement is kept" in again.stderr
    after = load(eco)
    assert (len(after), len(after.judgements)) == (2, 1)
    table.write_text("Naam,Land\nMars,BE\nMaan,FR\n")  # the ids are gone: nothing is merged
    run(cli, ["build", str(table), "-o", str(eco), "--replace"])
    assert (len(load(eco)), len(load(eco).judgements)) == (2, 1)


def test_a_judgement_is_not_applied_to_other_names(tmp_path: Path) -> None:
    table, eco = tmp_path / "x.csv", tmp_path / "eco"
    mapping = tmp_path / "m.yaml"
    mapping.write_text("tables: [{nodes: {organisation: {id: nr, name: Naam}}}]")
    table.write_text("nr,Naam\n1,Zon\n2,De Zon\n")
    build_into([table], eco, mapping=mapping)
    CliRunner().invoke(
        cli, ["identities", str(eco), "--same", "1", "2", "--by", "me", "--on", "2026-01-31"]
    )
    table.write_text("nr,Naam\n1,Maan\n2,Mars\n")
    said = build_into([table], eco, mapping=mapping, existing="replace")
    assert set(load(eco).nodes["name"]) == {"Maan", "Mars"}
    assert any("the judgement on 1 and 2 is dropped" in words for words in said)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["03/04/2019", "01/02/03", "2020"], ["2019-04-03", None, "2020"]),
        (["15/02/03", "01/02/03"], ["2003-02-15", "2003-02-01"]),
        (["12/25/19", "01/02/19"], ["2019-12-25", "2019-01-02"]),
        (["1900-01-01", "01/01/1900", "1899-12-30", "1900"], [None, None, None, "1900"]),
    ],
)
def test_dates_that_may_be_anything_are_listed(
    column: list[str], expected: list[str | None]
) -> None:
    read = read_dates(column)
    assert read.values == expected
    assert {i for i, v in enumerate(expected) if v is None} <= set(read.causes)


def test_the_list_of_what_was_refused_names_no_row_of_our_own(tmp_path: Path) -> None:
    """A tie set aside takes its receipt along; only the tie is listed."""
    mapping = """
tables:
  - nodes: {organisation: {name: a}, other: {kind: organisation, name: b}}
    ties: [{kind: partner_of, source: organisation, target: other, trust: trust}]
"""
    given = built(tmp_path, "a,b,trust\nZon,Maan,9\nZon,Mars,2\n", mapping)
    assert isinstance(given.rejected, pd.DataFrame)
    assert given.rejected["row"].tolist() == [2]


def test_formulas_without_a_saved_result_are_listed(tmp_path: Path) -> None:
    """A program that only writes formulas saves no results: the cells are blank, and said to be."""
    book = openpyxl.Workbook()
    for row in (["Naam", "Land", "Budget"], ["Zon", "BE", "=1+2"], ['="Ma"&"an"', "NL", 4]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    given = build(tmp_path / "x.xlsx")
    assert names(given.ecosystem) == {"Zon"}
    listed = given.rejected[given.rejected["cause"].str.contains("no saved result")]
    assert sorted(zip(listed["row"], listed["column"], strict=True)) == [(2, "C"), (3, "A")]
    assert any("2 formulas have no saved result" in words for words in given.said)
    assert not any("hold formulas" in words for words in given.said)
