"""Centrality as an answer: ranks, two modes, doubt, and the ranking without a star's centre."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import networkx as nx
import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem
from tests.views.answers.asked import SMART, as_json, run


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


def test_doubt_has_numbers_for_a_spreadsheet_and_words_for_the_eye() -> None:
    asked = ("centrality", SMART, "--measure", "degree", "--doubt", "--draws", "20")
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    second = next(row for row in rows if row["id"] == "bigre")
    low, rank, high = (float(second[name]) for name in ("rank_low", "rank", "rank_high"))
    assert low <= rank <= high
    assert f"{rank:.0f} ({low:.0f}–{high:.0f})" in run(*asked).stdout


def test_centrality_agrees_with_networkx_on_the_same_graph(smart: Ecosystem) -> None:
    asked = ("--measure", "betweenness", "--measure", "degree", "--at", "any")
    found = as_json("centrality", SMART, *asked)
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
        ([], "smart", 27, 30),
        (["--at", "any"], "smart", 30, 34),
        (["--without", "smart", "--at", "any"], "agreement-cesep-uclouvain", 4, 33),
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


def test_doubt_is_said_for_the_eye_and_given_as_columns_for_a_program() -> None:
    """In JSON `rank`, `rank_low` and `rank_high`; in the table `3 (2–18)`."""
    found = as_json("centrality", SMART, "--measure", "degree", "--doubt")
    first = found["rows"][0]
    assert (first["id"], first["rank"], first["rank_low"], first["rank_high"]) == ("smart", 1, 1, 1)
    assert set(found["structure"]) >= {"transitivity", "structural_complementarity"}
    assert "(2–" in run("centrality", SMART, "--measure", "degree", "--doubt").stdout


def test_what_a_board_reads_about_doubt() -> None:
    doubt = run("centrality", SMART, "--measure", "degree", "--doubt", "--draws", "30").stderr
    assert "Smart stays first, alone, in 100%" in doubt
    assert "Certain of their rank: Smart (1)" in doubt


@pytest.mark.parametrize("more", [[], ["--doubt"]])
def test_nothing_is_ranked_where_nothing_is_tied(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "x.csv").write_text("Naam,Vak\nZon,zorg\nMaan,wonen\nSter,zorg\n")
    (tmp_path / "m.yaml").write_text(
        "tables:\n"
        "  - nodes: {organisation: Naam, vak: {kind: capability, name: Vak}}\n"
        "    ties: [{kind: active_in, source: organisation, target: vak}]\n"
    )
    eco = str(tmp_path / "eco")
    assert run("build", str(tmp_path / "x.csv"), "--mapping", str(tmp_path / "m.yaml"), "-o", eco)
    asked = run("centrality", eco, *more)
    assert "Zon" not in asked.stdout
    assert "there is nothing to rank" in asked.stderr
    assert "`coverage`" in asked.stderr


def test_two_modes_are_proposed_where_ties_only_join_two_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Member,Network\nAlfa,Noord\nBeta,Noord\nBeta,Zuid\n")
    (tmp_path / "y.csv").write_text("Source,Target\nAlfa,Beta\n")
    wanted = "--two-mode organisation:network` ranks each kind"
    assert wanted in run("centrality", str(tmp_path / "x.csv")).stderr
    assert run("centrality", str(tmp_path / "x.csv"), "--two-mode", "organisation:network").stdout
    assert "--two-mode" not in run("centrality", str(tmp_path / "y.csv")).stderr
