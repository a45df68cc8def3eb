"""One door to every source, and what it says of what it read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import MissingInput, UnknownName, UnusableInput
from partnergraph.loaders import registers
from partnergraph.loaders.load import READERS, example, load, opened, reader_for, readers


def test_a_path_finds_its_reader(smart: Ecosystem, tmp_path: Path) -> None:
    assert reader_for(example("smart")) == "datapackage"
    assert reader_for(example("smart") / "datapackage.json") == "datapackage"
    (tmp_path / "nodes.csv").write_text("")
    assert reader_for(tmp_path) == "tables"
    for suffix, name in ((".xlsx", "tables"), (".GEXF", "graph_files"), (".json", "json")):
        (tmp_path / f"x{suffix}").write_text("")
        assert reader_for(tmp_path / f"x{suffix}") == name


def test_the_descriptor_stands_for_its_folder(smart: Ecosystem) -> None:
    assert load(example("smart") / "datapackage.json") == smart


def test_what_is_not_there_or_fits_no_reader_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load(tmp_path / "nowhere")
    with pytest.raises(UnusableInput, match="the folder is not an ecosystem"):
        load(tmp_path)
    (tmp_path / "x.mp3").write_text("")
    with pytest.raises(UnusableInput, match=r"ends in .*\.csv, .*\.gexf"):
        load(tmp_path / "x.mp3")
    with pytest.raises(UnknownName, match="reader"):
        load(example("smart"), reader="magic")
    with pytest.raises(UnknownName, match="There are: smart"):
        example("nothing")


def test_what_another_verb_reads_or_lies_beside_is_said(tmp_path: Path) -> None:
    page, partition = tmp_path / "partners.md", tmp_path / "cities.clu"
    page.write_text("# Our partners")
    partition.write_text("*Vertices 2\n 0\n 1\n")
    with pytest.raises(UnusableInput, match=r"partnergraph read partners\.md"):
        load(page)
    with pytest.raises(UnusableInput, match=r"no network\. Give its \.net"):
        load(partition)


def test_every_listed_reader_can_read() -> None:
    from importlib import import_module

    for module, _, _ in READERS.values():
        assert callable(import_module(module).read)
    assert list(readers()["loader"]) == [*READERS, *registers.names()]


def test_a_source_is_checked_without_being_built(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("id,kind,name\nA,organisation,A\na,organisation,\n")
    (tmp_path / "ties.csv").write_text("kind,source,target\npartner_of,A,b\n")
    found = pg.check(tmp_path)
    assert list(found["check"][found["severity"] == "error"]) == [
        "bad_id",
        "missing_value",
        "dangling_tie",
    ]
    assert pg.check(example("smart")).empty
    assert pg.check(load(example("smart"))).empty


def test_what_was_recognised_is_said(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_bytes("id;kind;name\na;organisation;Café\n".encode("cp1252"))
    (tmp_path / "ties.csv").write_text("kind,source,target\n")
    eco, said = opened(tmp_path)
    assert eco.nodes["name"].tolist() == ["Café"]
    assert said[:2] == [
        "nodes.csv: read as Windows cp1252",
        "nodes.csv: columns are separated by semicolons",
    ]


CALENDAR = (
    "Organisation,Town,Since\nHuis A,Gent,2019\n,Mons,2020\n"
    "Huis D,Mons,31/31/2020\nHuis F,Gent,2021\n"
)


def test_every_verb_says_alike_which_rows_and_cells_it_does_not_take(tmp_path: Path) -> None:
    """Row 3 has no organisation, row 4 no such date."""
    path = tmp_path / "in.csv"
    path.write_text(CALENDAR)
    wanted = [
        "not taken as it stands: in.csv, row 3, column Organisation: the row names no "
        "organisation; the row is left out",
        "not taken as it stands: in.csv, row 4, column Since: '31/31/2020' is not a date in the "
        "calendar; the cell is left blank",
    ]
    out = tmp_path / "out.gexf"
    for verb in (
        ["build", str(path), "-o", str(tmp_path / "eco")],
        ["convert", str(path), str(out), "--loss", str(tmp_path / "convert.json")],
        ["export", str(path), "-o", str(out), "--loss", str(tmp_path / "export.json")],
        ["summary", str(path)],
    ):
        result = CliRunner().invoke(cli, verb)
        assert result.exit_code == 0, result.output
        lines = result.stderr.replace("\n", " ")
        assert all(words in " ".join(lines.split()) for words in wanted), verb
    for verb in ("convert", "export"):
        report = json.loads((tmp_path / f"{verb}.json").read_text())
        assert [row["row"] for row in report["not_read"]] == [3, 4]
        assert not report["lossless"]


def test_of_many_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    rows = "".join(f"Huis {i},2019-02-{31 if i < 25 else 28}\n" for i in range(60))
    path.write_text("Organisation,Since\n" + rows)
    _, said = opened(path)
    assert sum(words.startswith("not taken as it stands") for words in said) == 10
    assert "not taken as they stand: 15 more (15 × the cell is left blank)" in said
