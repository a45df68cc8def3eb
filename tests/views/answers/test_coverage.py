"""Coverage in words and tables: Davis' story, what Smart's partners hold, and Hall's violator."""

from __future__ import annotations

from pathlib import Path

import pytest

import partnergraph as pg
from tests.davis import REFERENCE, WOMEN
from tests.views.answers.asked import PAIR, SMART, as_json, run, small


def test_coverage_of_davis_in_one_command(folder: str) -> None:
    found = as_json("coverage", folder, "--columns", "project", "--most", "4", "--nulls", "49")
    cover = found["minimum_cover"]
    assert cover == {
        "size": 2,
        "optimal": True,
        "gap": 0.0,
        "covers": [list(PAIR)],
        "count": 1,
        "at_least": False,
    }
    assert [best["covered"] for best in found["maximum_coverage"].values()] == [8, 14, 14, 14]
    assert [best["count"] for best in found["maximum_coverage"].values()] == [3, 1, 24, 262]
    assert [step["covered"] for step in found["greedy_cover"]] == [8, 14]
    assert found["irreplaceability"][WOMEN[0]] == found["irreplaceability"][WOMEN[13]] == 1
    assert max(found["shapley"], key=found["shapley"].get) == WOMEN[13]
    assert found["nestedness"]["nodf"]["value"] == pytest.approx(
        REFERENCE["ecology"]["nodf"]["NODF"], abs=1e-9
    )
    assert {c["id"]: len(c["holders"]) for c in found["capabilities"]}["e08"] == 14


def test_smart_in_plain_words_each_traceable_to_rows() -> None:
    told = as_json("coverage", SMART)
    words = " ".join(told["words"])
    assert f"It takes {told['minimum_cover']['size']} partners" in words
    assert (
        f"{len(told['single_points_of_failure'])} of 17 capabilities are held by one partner alone"
        in words
    )
    assert "recorded for 2 of the 15 partnerships of Smart" in words
    assert "The only need on record can be met within the ecosystem: Smart looks for" in words
    assert "which Microstart has" in words


def test_halls_violator_is_printed_as_the_explanation(tmp_path: Path) -> None:
    ties = [("needs", "a", "x"), ("needs", "b", "x"), ("offers", "c", "x")]
    pg.save(small(ties=ties, names={"x": "X"}, partners="abc"), tmp_path / "eco")
    said = run("coverage", tmp_path / "eco").stderr
    assert (
        "1 need stays open: b looks for X." in said or "1 need stays open: a looks for X." in said
    )
    assert "only 1 partner (c) can meet any of these 2 needs, at most 1 each" in said
    assert as_json("coverage", tmp_path / "eco")["needs"]["violator"]["short"] == 1
    assert as_json("coverage", tmp_path / "eco", "--capacity", "2")["needs"]["unmet"] == []
