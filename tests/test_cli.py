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
import networkx as nx
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
    assert sheet["degree"].head(3).tolist() == [30, 5, 4]


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


def test_two_modes_stand_in_one_table_and_what_means_nothing_there_is_refused() -> None:
    asked = ("centrality", SMART, "--two-mode", "organisation:project", "--measure", "degree")
    found = as_json(*asked)
    assert {row["mode"] for row in found["rows"]} == {"row", "column"}
    assert found["measure"] == ["two_mode_degree"]
    top = found["rows"][0]
    assert (top["id"], top["kind"]) == ("smart", "organisation")
    assert 0 < top["two_mode_degree"] <= 1
    assert "--doubt has no meaning" in run(*asked, "--doubt", code=2).stderr
    assert "--weight has no meaning" in run(*asked, "--weight", "count", code=2).stderr
    wrong = run("centrality", SMART, "--two-mode", "organisation", code=2).stderr
    assert "ROWS:COLUMNS" in wrong
    unknown = run("centrality", SMART, "--two-mode", "organisation:projct", code=2).stderr
    assert "Did you mean project?" in unknown


def test_what_a_board_reads_about_doubt_brokers_and_fragility(tmp_path: Path) -> None:
    doubt = run("centrality", SMART, "--measure", "degree", "--doubt", "--draws", "30").stderr
    assert "Smart stays first, alone, in 100%" in doubt
    assert "Certain of their rank: Smart (1)" in doubt
    brokers = run("brokers", SMART, "--by", "sphere", "--permutations", "19")
    assert "Without Smart, its part of the network falls into 9 pieces" in brokers.stderr
    assert "Only 4 of 34 have a known sphere" in brokers.stderr
    assert "kind (34)" in brokers.stderr
    assert "coordinator" not in brokers.stdout  # nobody brokers there: no empty columns
    assert "coordinator" in as_json("brokers", SMART, "--by", "sphere")["rows"][0]
    drill = run("fragility", SMART, "--leave", "smart", "--until", "2027")
    assert "34 nodes in 1 piece become 29 in 10 pieces; the largest has 5." in drill.stderr
    assert "2 are left without any tie" in drill.stderr
    assert "23% of the 71 ties lapse unless renewed. Only 16 have an end date" in drill.stderr
    assert "capabilities that nobody has any more" in drill.stdout
    empty = tmp_path / "eco"
    empty.mkdir()
    (empty / "nodes.csv").write_text("id,kind,name\n")
    (empty / "ties.csv").write_text("id,kind,source,target\n")
    assert "The network is empty" in run("fragility", empty, "--until", "2027").stderr
    told = run("fragility", empty, "--key-players", "1", code=2).stderr
    assert "a network of 3 nodes or more" in told


def test_doubt_has_numbers_for_a_spreadsheet_and_words_for_the_eye() -> None:
    asked = ("centrality", SMART, "--measure", "degree", "--doubt", "--draws", "20")
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    second = next(row for row in rows if row["id"] == "bigre")
    low, rank, high = (float(second[name]) for name in ("rank_low", "rank", "rank_high"))
    assert low <= rank <= high
    assert f"{rank:.0f} ({low:.0f}–{high:.0f})" in run(*asked).stdout


def test_ties_say_what_they_close_beyond_degrees() -> None:
    found = as_json("structure", SMART, "--nulls", "19")
    assert set(found["structure"]) == {
        "transitivity",
        "structural_similarity",
        "structural_complementarity",
    }
    assert len(found["rows"]) == found["network"]["pairs"]
    parts = ("", "_mean", "_sd", "_z", "_p", "_q", "_verdict")
    for row in found["rows"]:
        names = {f"structural_{m}{x}" for m in ("similarity", "complementarity") for x in parts}
        assert names | {"a", "b", "a_name", "b_name"} == set(row)
    shown = run("structure", SMART, "--nulls", "19", "--top", "2")
    assert "no more than degrees give" in shown.stdout
    assert "None of the 64 ties" in shown.stderr


def test_centrality_agrees_with_networkx_on_the_same_graph(smart: Ecosystem) -> None:
    found = as_json("centrality", SMART, "--measure", "betweenness", "--measure", "degree")
    graph = nx.Graph()
    kinds = dict(zip(smart.nodes["id"], smart.nodes["kind"], strict=True))
    inside = {n for n, k in kinds.items() if k in ("organisation", "network", "project")}
    graph.add_nodes_from(inside)
    for a, b in zip(smart.ties["source"], smart.ties["target"], strict=True):
        if {a, b} <= inside:
            graph.add_edge(a, b)
    expected = nx.betweenness_centrality(graph)
    assert {r["id"] for r in found["rows"]} == inside
    for row in found["rows"]:
        assert row["betweenness"] == pytest.approx(expected[row["id"]], abs=1e-12)
        assert row["degree"] == graph.degree(row["id"])
    assert found["network"]["nodes"] == 34


@pytest.mark.parametrize(
    ("options", "top", "degree", "nodes"),
    [
        ([], "smart", 30, 34),
        (["--without", "smart"], "agreement-cesep-uclouvain", 4, 33),
        (["--at", "2018"], "smart", 29, 33),
        (["--among", "organisation"], "smart", 8, 9),
        (["--among", "organisation,network"], "smart", 15, 17),
    ],
)
def test_options_change_the_answer_as_counted_by_hand(
    options: list[str], top: str, degree: int, nodes: int
) -> None:
    """Counted from the page; see tests/analysis/test_centrality.py for how."""
    found = as_json("centrality", SMART, "--measure", "degree", *options)
    assert found["network"]["nodes"] == nodes == len(found["rows"])
    assert found["rows"][0]["degree"] == degree
    assert top in [r["id"] for r in found["rows"] if r["degree"] == degree]


def test_a_star_is_called_a_star_and_shown_without_its_centre() -> None:
    result = run("centrality", SMART, "--measure", "degree", "--top", "3")
    assert "high rank is by construction" in result.stderr
    assert "Without Smart" in result.stdout
    found = as_json("centrality", SMART, "--measure", "degree")
    (centre,) = found["egocentred"]
    assert centre["id"] == "smart"
    assert "smart" not in [row["id"] for row in centre["without"]]


def test_undefined_is_null_in_json(tmp_path: Path) -> None:
    b = pg.EcosystemBuilder()
    b.node("a", kind="organisation")
    pg.save(b.build(), tmp_path / "eco")
    (row,) = as_json("centrality", tmp_path / "eco")["rows"]
    assert row["betweenness"] is None
    assert row["degree"] == 0


def test_diff_tells_equal_from_different_by_its_exit_code(smart: Ecosystem, tmp_path: Path) -> None:
    assert as_json("diff", SMART, SMART)["equal"] is True
    pg.save(smart.without("febecoop"), tmp_path / "eco")
    found = as_json("diff", SMART, tmp_path / "eco", code=1)
    assert [row["id"] for row in found["nodes"]["removed"]] == ["febecoop"]
    assert set(found["ties"]) == {"added", "removed", "changed"}


def test_clusters_say_their_verdict_and_keep_earlier_numbers(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    run("clusters", SMART, "--nulls", "19", "--format", "json", "-o", earlier)
    found = json.loads(earlier.read_text(encoding="utf-8"))
    assert found["verdict"] in ("none", "weak", "clear")
    assert {"measure", "value", "null_mean", "null_sd", "z", "p", "runs"} <= set(found["quality"])
    assert {"id", "size", "name", "stability", "profile"} <= set(found["clusters"][0])
    columns = ["id", "name", "kind", "cluster", "stability", "second_cluster"]
    assert list(found["rows"][0]) == columns
    again = as_json("clusters", SMART, "--nulls", "0", "--without", "uclouvain", "--like", earlier)
    assert {row["before"] for row in again["matched"]} <= {c["id"] for c in found["clusters"]}
    assert "partition, not a finding" in run("clusters", SMART, "--nulls", "0").stderr
    (tmp_path / "no.json").write_text("[1]", encoding="utf-8")
    said = run("clusters", SMART, "--like", tmp_path / "no.json", code=2).stderr
    assert "is not an answer of `partnergraph clusters" in said


def test_doubt_is_said_for_the_eye_and_given_as_columns_for_a_program() -> None:
    """In JSON `rank`, `rank_low` and `rank_high`; in the table `3 (2–18)`."""
    found = as_json("centrality", SMART, "--measure", "degree", "--doubt")
    first = found["rows"][0]
    assert (first["id"], first["rank"], first["rank_low"], first["rank_high"]) == ("smart", 1, 1, 1)
    assert set(found["structure"]) >= {"transitivity", "structural_complementarity"}
    assert "(2–" in run("centrality", SMART, "--measure", "degree", "--doubt").stdout


def test_fragility_tells_what_becomes_of_everybody() -> None:
    found = as_json("fragility", SMART, "--leave", "smart")
    assert (found["before"]["components"], found["after"]["components"]) == (1, 9)
    assert {row["id"] for row in found["rows"] if row["fate"] == "leaves"} == {"smart"}


def test_build_reads_saves_and_accounts_for_every_row(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/nodes.csv").write_text(
        "id,kind,name\na,organisation,A\nb,planet,B\nn,network,N\n"
    )
    (tmp_path / "in/ties.csv").write_text("kind,source,target\nmember_of,a,n\nmember_of,b,n\n")
    result = run("build", tmp_path / "in", "-o", tmp_path / "eco")
    assert "kept 2 nodes, 1 tie; 1 node, 1 tie set aside" in result.stderr
    assert "nodes.csv, row 3, column kind: 'planet' is no node kind" in result.stderr
    assert len(pg.load(tmp_path / "eco").ties) == 1
    assert "Use --merge" in run("build", SMART, "-o", tmp_path / "eco", code=2).stderr
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
