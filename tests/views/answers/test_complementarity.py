"""Complementarity in words and tables: Davis' story, and Smart's partners."""

from __future__ import annotations

from pathlib import Path

import partnergraph as pg
from partnergraph.analysis.complementarity import COLUMNS
from tests.davis import davis
from tests.views.answers.asked import PAIR, SMART, as_json, run


def test_complementarity_of_davis_in_one_command(folder: str) -> None:
    found = as_json(
        "complementarity",
        folder,
        "--columns",
        "project",
        "--via",
        "participates_in",
        "--relatedness",
        "association",
    )
    row = found["rows"][0]
    assert tuple(row) == ("a", "b", *COLUMNS)
    assert (row["a"], row["b"], row["mutual_gain"]) == (*PAIR, 6)
    assert [r["mutual_gain"] for r in found["rows"]].count(6) == 1
    assert round(row["added_density_a_from_b"], 6) == 72.130096
    assert round(row["added_density_b_from_a"], 6) == 67.499347
    assert (round(row["overlap_p"], 4), round(row["overlap_q"], 4)) == (0.0361, 0.9799)
    assert row["synergy"] is None
    assert len(found["rows"]) == found["pairs"] == 153
    # The top directed pair by partner-added density; by ratio 37th and 18th; none is significant.
    ways = [
        (r[f"added_density_{way}"], (r["a"], r["b"]), way)
        for r in found["rows"]
        for way in ("a_from_b", "b_from_a")
    ]
    assert max(ways)[1:] == (PAIR, "a_from_b")
    for column, rank in (("jaccard_dissimilarity", 37), ("turnover", 18)):
        above = sum(r[column] > row[column] + 1e-12 for r in found["rows"])
        assert 1 + above == rank
    assert min(r["overlap_q"] for r in found["rows"]) > 0.9


def test_a_graph_file_is_as_good_as_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "davis.graphml"
    pg.export(davis(), file)
    found = as_json("complementarity", file, PAIR[0], PAIR[1], "--relatedness", "association")
    (row,) = found["rows"]
    assert round(row["added_density_a_from_b"], 6) == 72.130096


def test_smart_in_plain_words_each_traceable_to_rows() -> None:
    found = as_json("complementarity", SMART)
    words = " ".join(found["words"])
    best = found["rows"][0]
    assert f"{best['a_name']} and {best['b_name']} gain most" in words
    assert f"at least {best['mutual_gain']} things" in words
    # Smart's data have none: that is said, and nothing invented.
    assert "no project has its requirements on record" in words
    tied = sum(row["realised"] for row in found["rows"])
    assert f"Of {len(found['rows'])} pairs listed, {tied} are already tied" in words
    assert "Smart wrote the source" in words


def test_of_one_pair_each_kind_is_said() -> None:
    said = run("complementarity", SMART, "Smart", "Coopcity").stderr
    for kind in ("Set: ", "Related: ", "Task: ", "Structural: ", "already in touch"):
        assert kind in said
    found = as_json("complementarity", SMART, "Smart", "Coopcity", "--wide")
    (row,) = found["rows"]
    assert row["structural_complementarity"] is not None
    assert "brings 3 things" in found["words"][0]
    assert len(row["evidence"]["only_b"]) == 3
