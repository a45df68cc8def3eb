"""Other people's tables, as they are. Figures are those of ../shared/data/README.md, or counted."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders import registers
from partnergraph.loaders.load import read, reader_for
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping
from partnergraph.loaders.tables.sheets.read import read_sheets

pytestmark = pytest.mark.real

TABLES = ("csv", "csv.gz", "xlsx", "xls", "json", "jsonl", "geojson", "tar.gz")
LARGE = 3_000_000  # bytes; CORDIS, ROR and the treaties have tests of their own
OWN = ("h2020.csv.gz", "iea-memb.xlsx", "expected/")


def kinds(eco: Ecosystem) -> dict[str, int]:
    return {str(k): int(v) for k, v in eco.nodes["kind"].value_counts().items()}


def ecosystem(path: Path) -> Ecosystem:
    draft = read(path)
    eco = draft.builder.build(errors="set_aside")
    assert draft.builder.aside.empty, draft.builder.aside.head().to_dict("records")
    assert set(eco.evidence["fact"]) == {*eco.nodes["id"], *eco.ties["id"]}
    return eco


def test_a_suggested_mapping_of_every_table_builds_without_editing(shared: Path) -> None:
    """Every table file there is: spreadsheets, registers, edge lists, matrices, oddities."""
    paths = [p for ending in TABLES for p in sorted(shared.glob(f"**/*.{ending}"))]
    paths = [p for p in paths if p.stat().st_size < LARGE and not any(o in str(p) for o in OWN)]
    assert len(paths) > 55
    for path in paths:
        text = registers.suggestion([path])
        draft = tables.read(path, mapping=parse_mapping(text, "suggested"))
        eco = draft.builder.build(errors="set_aside")
        assert len(eco), path.name
        assert draft.builder.aside.empty, (path.name, draft.builder.aside.head().to_dict("records"))
        assert set(eco.evidence["fact"]) == {*eco.nodes["id"], *eco.ties["id"]}, path.name


def test_french_social_economy(shared: Path) -> None:
    """README: 3,667 bodies, 66 columns."""
    path = shared / "ess_numerique_fr/x_enriched.csv"
    assert read_sheets([path]).sheets[0].frame.shape == (3667, 66)
    eco = ecosystem(path)
    assert kinds(eco)["organisation"] == 3667


def test_social_economy_map(shared: Path) -> None:
    """README: 1,794 initiatives, 109 types in ; lists, countries spelled five ways."""
    eco = ecosystem(shared / "susy_sse_map/susy_places.geojson")
    assert kinds(eco)["organisation"] == 1794
    nodes = eco.nodes
    austria = nodes[nodes["country"] == "AT"]
    assert set(austria["original_country"].dropna()) >= {"Österreich", "Austria"}


def test_its_types_are_those_of_the_file(shared: Path) -> None:
    """README: 109 types; a blank among them, and both Other and other."""
    mapping = """
tables:
  - nodes:
      organisation: {id: _id, name: name}
      type: {kind: capability, name: {column: type_of_initiative, split: ";"}}
    ties: [{kind: active_in, source: organisation, target: type}]
"""
    path = shared / "susy_sse_map/susy_places.geojson"
    draft = tables.read(path, mapping=parse_mapping(mapping, "types"))
    eco = draft.builder.build()
    assert kinds(eco) == {"organisation": 1794, "capability": 109 - 2}
    assert any("only in capitals" in words for words in draft.said)


def test_grants(shared: Path) -> None:
    """Counted in the files: 379 and 870 grants, 305 and 694 recipients, one funder each."""
    for name, grants, recipients in (("KeYdsAAF", 379, 305), ("nO46WAAS", 870, 694)):
        path = next((shared / "grants_360giving").glob(f"*{name}.json"))
        assert reader_for(path) == "threesixtygiving"
        eco = ecosystem(path)
        assert kinds(eco)["project"] == grants
        assert kinds(eco)["organisation"] == recipients + 1
        assert (eco.ties["kind"] == "funds").sum() == 2 * grants
        assert eco.ties["amount"].notna().sum() == 2 * grants


def test_digital_public_goods(shared: Path) -> None:
    """README: 389 records, 213 organisations with roles owner, maintainer, funder, implementer."""
    path = shared / "dpga/dpga_nominees_and_goods.tar.gz"
    found = read_sheets([path])
    assert sum(len(sheet.frame) for sheet in found.sheets) == 389
    eco = ecosystem(path)
    assert kinds(eco)["organisation"] == 213
    assert set(eco.ties["original_role"].dropna()) <= {"owner", "maintainer", "implementer"}


def test_followthemoney(shared: Path) -> None:
    """README: 475 entities; counted: 96 bodies and persons, 89 addresses, 290 payments."""
    path = shared / "followthemoney/parteispenden.entities.ftm.json"
    assert len(read_sheets([path]).sheets[0].frame) == 475
    draft = read(path, reader="followthemoney")
    eco = draft.builder.build()
    assert kinds(eco) == {"organisation": 96, "place": 89}
    funds = eco.ties[eco.ties["kind"] == "funds"]
    assert funds["original_id"].nunique() == 290
    assert funds["amount"].notna().all()


def test_environmental_treaties(shared: Path) -> None:
    """README: 27,003 rows in the sheet, the header among them."""
    path = shared / "env_treaty_memberships/iea-memb.xlsx"
    assert len(ecosystem(path).ties) + 1 == 27_003


@pytest.mark.parametrize(("wave", "ties"), [("2019", 111), ("2020", 126), ("2021", 113)])
def test_letters_of_intent(wave: str, ties: int, shared: Path) -> None:
    """Rows counted in the files; 2019 and 2020 have semicolons, 2021 commas."""
    path = shared / f"nfdi_letters_of_intent/NFDI_Netzwerk_{wave}.csv"
    assert len(ecosystem(path).ties) == ties


def test_ror_belgium_and_luxembourg(shared: Path) -> None:
    """Counted: 367 records, 127 of version 1."""
    eco = ecosystem(shared / "ror/ror_be_lu.jsonl")
    assert kinds(eco)["organisation"] == 367


@pytest.mark.slow
def test_ror_at_its_full_size(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """README: 51,370 organisations, 7,969 relations dangle."""
    monkeypatch.setenv("PARTNERGRAPH_MEMORY", "8G")
    draft = read(shared / "ror/ror_latest_51370.jsonl.gz")
    assert draft.rejected is not None
    assert len(draft.rejected) == 7_969
    assert kinds(draft.builder.build(errors="set_aside"))["organisation"] == 51_370


@pytest.mark.slow
def test_cordis_through_its_mapping(shared: Path) -> None:
    """README: 144,726 rows, 31,451 projects, 35,871 organisations."""
    path = shared / "cordis_h2020/h2020.csv.gz"
    assert reader_for(path) == "cordis"
    eco = ecosystem(path)
    assert kinds(eco) == {"organisation": 35_871, "project": 31_451}
    assert len(eco.ties) == 144_726
    busiest = eco.ties.drop_duplicates(["source", "target"])["source"].value_counts().iloc[0]
    assert busiest == 1_372


def test_a_list_of_names_in_yaml_is_refused_with_a_reason(shared: Path) -> None:
    path = shared / "followthemoney/rigour_org_types.yml"
    with pytest.raises(UnusableInput, match=r"a page or a text, not a table or graph"):
        read(path)


def test_a_spreadsheet_answers_like_an_ecosystem(shared: Path) -> None:
    path = shared / "ess_numerique_fr/03_tiers_lieux.csv"
    result = CliRunner().invoke(cli, ["summary", str(path), "--format", "json"])
    assert result.exit_code == 0, result.output
    assert "no mapping was given" in result.stderr
