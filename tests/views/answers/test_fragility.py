"""Fragility as an answer: what breaks, in figures and in words."""

from __future__ import annotations

from pathlib import Path

from tests.views.answers.asked import SMART, as_json, run


def test_fragility_tells_what_becomes_of_everybody() -> None:
    found = as_json("fragility", SMART, "--leave", "smart", "--at", "any")
    assert (found["before"]["components"], found["after"]["components"]) == (1, 9)
    assert {row["id"] for row in found["rows"] if row["fate"] == "leaves"} == {"smart"}


def test_what_a_board_reads_about_fragility(tmp_path: Path) -> None:
    drill = run("fragility", SMART, "--leave", "smart", "--until", "2027", "--at", "any")
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
