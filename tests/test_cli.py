"""The command line as a user meets it: each verb run for real, its output read back."""

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.ecosystem import Ecosystem

SMART = str(pg.example("smart"))
READING = [
    ["summary", SMART],
    ["show", SMART, "smart"],
    ["centrality", SMART],
    ["clusters", SMART, "--nulls", "19"],
    ["clusters", SMART, "--method", "bipartite", "--nulls", "9"],
    ["centrality", SMART, "--two-mode", "organisation:capability"],
    ["structure", SMART, "--nulls", "9"],
    ["recommend", SMART, "febecoop"],
    ["brokers", SMART, "--by", "kind", "--permutations", "49"],
    ["fragility", SMART, "--leave", "smart", "--until", "2027"],
    ["complementarity", SMART],
    ["coverage", SMART, "--nulls", "9"],
    ["check", SMART],
    ["diff", SMART, SMART],
    ["measures"],
    ["loaders"],
    ["formats"],
]


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def as_json(*arguments: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--format", "json", code=code).stdout)
    return found


def verbs(group: click.Group, above: str = "") -> list[str]:
    """Return every verb, those of groups by their full name."""
    found = []
    for name, command in group.commands.items():
        inside = isinstance(command, click.Group)
        found += verbs(command, f"{above}{name} ") if inside else [f"{above}{name}"]
    return sorted(found)


@pytest.mark.parametrize("command", verbs(cli))
def test_every_verb_has_help_and_is_documented(command: str) -> None:
    text = run(*command.split(), "--help").stdout
    assert len(text.splitlines()) > 4
    assert "Usage:" in text
    reference = (Path(__file__).parents[1] / "docs/cli.md").read_text(encoding="utf-8")
    assert f"## `{command}`" in reference


@pytest.mark.parametrize("command", READING, ids=lambda c: c[0])
def test_every_reading_verb_answers_as_table_csv_and_json(
    command: list[str], tmp_path: Path
) -> None:
    answer = as_json(*command)
    assert answer["verb"] == command[0]
    assert isinstance(answer["parameters"], dict)
    rows = list(csv.DictReader(io.StringIO(run(*command, "--format", "csv").stdout)))
    assert len(rows) == len(answer["rows"])
    assert run(*command).stdout or not rows
    run(*command, "--format", "json", "-o", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_bytes()) == answer


def test_what_the_output_ends_in_says_how_it_is_written(tmp_path: Path) -> None:
    asked = ("centrality", SMART, "--measure", "degree")
    for format in ("csv", "json"):
        run(*asked, "-o", tmp_path / f"out.{format}")
        told = run(*asked, "--format", format).stdout
        assert (tmp_path / f"out.{format}").read_text(encoding="utf-8") == told
    run("-o", tmp_path / "x", code=2)  # no verb
    run(*asked, "-o", tmp_path / "out.csv", "--format", "json")  # what is asked for goes before
    assert json.loads((tmp_path / "out.csv").read_bytes())["verb"] == "centrality"
    run(*asked, "-o", tmp_path / "out.xlsx")
    sheet = pd.read_excel(tmp_path / "out.xlsx", engine="calamine")
    assert sheet["degree"].head(3).tolist() == [27, 4, 4]


@pytest.mark.parametrize(
    "verb",
    [("complementarity",), ("coverage", "--nulls", "9"), ("recommend", "smart")],
    ids=lambda verb: verb[0],
)
def test_the_same_seed_gives_the_same_answer_in_whatever_order_rows_stand(
    verb: tuple[str, ...], tmp_path: Path, smart: Ecosystem
) -> None:
    folder = pg.save(smart, tmp_path / "eco")
    asked = (verb[0], folder, *verb[1:], "--format", "json", "--seed", "7")
    before = run(*asked).stdout
    assert run(*asked).stdout == before
    for table in folder.glob("*.csv"):
        head, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
        table.write_text(head + "".join(reversed(rows)), encoding="utf-8")
    assert run(*asked).stdout == before


def test_diff_tells_equal_from_different_by_its_exit_code(smart: Ecosystem, tmp_path: Path) -> None:
    assert as_json("diff", SMART, SMART)["equal"] is True
    pg.save(smart.without("febecoop"), tmp_path / "eco")
    found = as_json("diff", SMART, tmp_path / "eco", code=1)
    assert [row["id"] for row in found["nodes"]["removed"]] == ["febecoop"]
    assert set(found["ties"]) == {"added", "removed", "changed"}


def test_build_reads_saves_and_accounts_for_every_row(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/nodes.csv").write_text(
        "id,kind,name\na,organisation,A\nb,planet,B\nn,network,N\n"
    )
    (tmp_path / "in/ties.csv").write_text("kind,source,target\nmember_of,a,n\nmember_of,b,n\n")
    result = run("build", tmp_path / "in", "-o", tmp_path / "eco")
    assert "kept 2 nodes, 1 tie; 1 node, 1 tie set aside" in result.stderr
    assert "nodes.csv, row 3, column kind: 'planet' is not a valid node kind" in result.stderr
    assert len(pg.load(tmp_path / "eco").ties) == 1
    assert "Pass --merge" in run("build", SMART, "-o", tmp_path / "eco", code=2).stderr
    run("build", SMART, "-o", tmp_path / "eco", "--merge")
    assert len(pg.load(tmp_path / "eco")) == 2 + 56
    run("build", SMART, "-o", tmp_path / "eco", "--replace")
    assert as_json("diff", SMART, tmp_path / "eco")["equal"]


def test_strict_build_fails_where_a_row_would_be_set_aside(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("id,kind,name\nb,planet,B\n")
    (tmp_path / "ties.csv").write_text("kind,source,target\n")
    run("build", tmp_path, "-o", tmp_path / "eco", "--strict", code=3)
    assert not (tmp_path / "eco").exists()


def test_a_name_that_would_steer_the_terminal_or_a_spreadsheet_is_defused(tmp_path: Path) -> None:
    b = pg.EcosystemBuilder()
    b.node("a", kind="organisation", name="=HYPERLINK(1)")
    b.node("b", kind="organisation", name="[red]x[/red]\u202e")
    b.tie("partner_of", "a", "b")
    pg.save(b.build(), tmp_path / "eco")
    rows = run("centrality", tmp_path / "eco", "--format", "csv").stdout
    assert "'=HYPERLINK(1)" in rows
    table = run("centrality", tmp_path / "eco").stdout
    assert "[red]x[/red]\ufffd" in table


def test_the_workbook_to_fill_in_is_an_ecosystem_without_findings(tmp_path: Path) -> None:
    book = tmp_path / "my.xlsx"
    run("new", "-o", book)
    run("check", book)
    run("new", "-o", book, code=2)


@pytest.mark.parametrize("suffix", ["gexf", "graphml", "csv", "xlsx", "json"])
def test_export_writes_every_format_and_says_what_is_lost(suffix: str, tmp_path: Path) -> None:
    result = run("export", SMART, "-o", tmp_path / f"out.{suffix}")
    assert (tmp_path / f"out.{suffix}").stat().st_size > 1_000
    assert ("evidence" in result.stderr) is (suffix == "csv")


def test_xlsx_json_gexf_and_graphml_lose_nothing(tmp_path: Path) -> None:
    for suffix in ("xlsx", "json", "gexf", "graphml"):
        run("export", SMART, "-o", tmp_path / f"out.{suffix}")
        assert as_json("diff", SMART, tmp_path / f"out.{suffix}")["equal"]


def test_help_answers_at_once() -> None:
    """At most 0.3 s are asked for; a median over slow machines is left some room here."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        command = [sys.executable, "-m", "partnergraph", "--help"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    heavy = "{'pandas', 'networkx', 'numpy', 'rich'}"
    code = f"import sys, partnergraph.cli; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
    assert sorted(times)[2] < 1


def test_a_broken_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m partnergraph measures | head -1"
    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in found.stderr
