"""Drafted mappings: what columns are taken for, and that every draft builds as it is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders import registers
from partnergraph.loaders.build import build
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping


def suggested(folder: Path, text: str, name: str = "x.csv") -> tuple[str, Ecosystem]:
    (folder / name).write_text(text, encoding="utf-8")
    draft = registers.suggestion([folder / name])
    read = tables.read(folder / name, mapping=parse_mapping(draft, "suggested"))
    return draft, read.builder.build()


def kinds(eco: Ecosystem) -> dict[str, int]:
    return {str(k): int(v) for k, v in eco.nodes["kind"].value_counts().items()}


LIST = """Naam;Gemeente;Land;Website;Oprichting;Thema's;Erkend;Rechtsvorm
Alfa vzw;Gent;België;www.alfa.be;01/02/2016;zorg|wonen;ja;vzw
Beta;Luik;BE;beta.be;15/03/2017;zorg|werk;nee;cv
Gamma;Gent;FR;http://gamma.fr;20/04/2018;wonen|werk;ja;sas
"""


def test_a_list_of_organisations_in_dutch(tmp_path: Path) -> None:
    draft, eco = suggested(tmp_path, LIST)
    assert kinds(eco) == {"organisation": 3, "capability": 3, "place": 2}
    node = eco.nodes.set_index("name").loc["Alfa vzw"]
    assert node[["country", "url", "start", "legal_form", "erkend"]].tolist() == [
        "BE",
        "https://www.alfa.be",
        "2016-02-01",
        "vzw",
        True,
    ]
    assert set(eco.ties["kind"]) == {"located_in", "active_in"}
    assert "# 3 filled" in draft


@pytest.mark.parametrize(
    ("text", "kind", "ties"),
    [
        ("from,to,weight\nA,B,2\nB,C,1\n", "partner_of", 2),
        ("van;naar\nA;B\nB;A\n", "partner_of", 2),
        ("Source,Target\nE1,Nora\nE1,Helen\nE2,Helen\n", "member_of", 3),
        (
            "organisation,project,role\nA,P,lead\nB,P,partner\nA,Q,lead\nB,Q,partner\n",
            "participates_in",
            4,
        ),
        (",N,M,O\nA,1,0,1\nB,0,1,0\n", "member_of", 3),
        (",A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n", "partner_of", 2),
        (
            "rid,other\n"
            + "".join(f"org-{i},org-{(i + j) % 9}\n" for i in range(9) for j in (1, 2)),
            "partner_of",
            18,
        ),
    ],
)
def test_other_shapes(text: str, kind: str, ties: int, tmp_path: Path) -> None:
    _, eco = suggested(tmp_path, text)
    assert set(eco.ties["kind"]) == {kind}
    assert len(eco.ties) == ties


def test_headers_and_cells_cannot_break_out_of_the_draft(tmp_path: Path) -> None:
    text = (
        'name,"a: b # c\n- x: {y}",kind,"[*]","*id"\n"# {x}: y\x1b[31m",1,2,3,4\nB,"\x07",5,6,7\n'
    )
    draft, eco = suggested(tmp_path, text, "we*ird[1].csv")
    assert len(eco) == 2
    assert "\x1b" not in draft
    assert {"original_kind"} < set(eco.nodes.columns)


def test_a_register_gives_its_own_mapping(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("rcn,role,pic\n1,coordinator,9\n")
    draft = registers.suggestion([tmp_path / "h.csv"])
    assert parse_mapping(draft, "x").source["publisher"] == "European Commission"


def test_from_a_file_to_a_graph_as_the_documentation_says(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LIST)
    run = CliRunner().invoke
    paths = [str(tmp_path / name) for name in ("x.csv", "m.yaml", "eco")]
    first = run(cli, ["build", paths[0], "--suggest", "-o", paths[1]])
    assert first.exit_code == 0
    assert "--mapping" in first.stderr
    again = run(cli, ["build", paths[0], "--suggest", "-o", paths[1]])
    assert (again.exit_code, "already exists" in again.stderr) == (2, True)
    made = run(cli, ["build", paths[0], "--mapping", paths[1], "-o", paths[2]])
    assert made.exit_code == 0, made.output
    assert run(cli, ["check", paths[2]]).exit_code == 0
    table = run(cli, ["summary", paths[0], "--mapping", paths[1], "--format", "json"])
    folder = run(cli, ["summary", paths[2], "--format", "json"])
    assert table.stdout.replace(paths[0], "") == folder.stdout.replace(paths[2], "")
    assert run(cli, ["build", paths[0]]).exit_code == 2


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LIST)
    one, other = build(tmp_path / "x.csv"), build(tmp_path / "x.csv")
    assert one.ecosystem == other.ecosystem
    assert one.said == other.said


def test_a_year_beside_two_ends_is_when_the_tie_was_observed(tmp_path: Path) -> None:
    rows = "\n".join(f"org{n},org{n + 1},{2001 + n % 5}" for n in range(12))
    draft, eco = suggested(tmp_path, f"source,target,Year\n{rows}\n")
    assert "start: Year" in draft
    assert "observed then" in draft
    assert eco.ties["start"].equals(eco.ties["end"].rename("start"))
    assert set(eco.at("2003").ties["start"]) == {"2003"}


def test_since_when_a_tie_holds_is_an_open_interval(tmp_path: Path) -> None:
    rows = "\n".join(f"org{n},org{n + 1},{2001 + n % 5}" for n in range(12))
    _, eco = suggested(tmp_path, f"source,target,since\n{rows}\n")
    assert eco.ties["end"].isna().all()
    assert len(eco.at("2030").ties) == len(eco.ties) == 12


def test_dates_that_are_the_same_for_a_whole_project_date_the_project(tmp_path: Path) -> None:
    """Who joined when is another date, and stays an attribute of the tie."""
    rows = [
        f"Member {m},Treaty {t},19{60 + t}-04-2{t % 10},20{10 + m}-01-0{1 + t % 9}"
        for t in range(12)
        for m in range(8)
    ]
    draft, eco = suggested(tmp_path, "partner,treaty,signed,joined\n" + "\n".join(rows) + "\n")
    assert "start: signed" in draft
    assert eco.nodes.set_index("name").loc["Treaty 3", "start"] == "1963-04-23"
    assert not eco.undated_ties().any()
    assert eco.ties["joined"].notna().all()


def test_a_column_of_dates_with_any_header_dates_the_ties_of_an_edge_list(tmp_path: Path) -> None:
    rows = "\n".join(f"org{n},org{n + 1},20{10 + n % 9}-0{1 + n % 9}-11" for n in range(12))
    draft, eco = suggested(tmp_path, f"source,target,csig\n{rows}\n")
    assert "start: csig" in draft
    assert not eco.undated_ties().any()
