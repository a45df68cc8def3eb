"""Complementarity and coverage from the command line: Davis' story, Smart's words, bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.analysis.complementarity import COLUMNS
from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from tests.davis import REFERENCE, WOMEN, davis

SMART = str(pg.example("smart"))
PAIR = (WOMEN[0], WOMEN[13])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Davis as an ecosystem's folder, the events as projects."""
    path = tmp_path_factory.mktemp("davis") / "eco"
    pg.save(davis("project", "participates_in"), path)
    return str(path)


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result


def as_json(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return found


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
    assert (round(row["overlap_p"], 4), row["overlap_q"]) == (0.0093, 1.0)
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
    assert min(r["overlap_q"] for r in found["rows"]) == 1


def test_the_json_of_each_verb_has_what_is_agreed(folder: str) -> None:
    found = as_json("clusters", SMART, "--nulls", "9")
    assert found["verdict"] in ("none", "weak", "clear", "untested")
    quality = {"measure", "value", "null_mean", "null_sd", "z", "p", "runs"}
    assert quality <= set(found["quality"])
    assert set(found["clusters"][0]) == {"id", "size", "name", "stability", "profile"}
    rows = ["id", "name", "kind", "cluster", "stability", "second_cluster"]
    assert list(found["rows"][0]) == rows
    asked = ("complementarity", folder, "--columns", "project", "--threshold", "1", "--top", "1")
    for phi in ("association", "teece", "cosine", "jaccard", "probability"):
        (row,) = as_json(*asked, "--relatedness", phi)["rows"]
        assert list(row) == ["a", "b", *COLUMNS]
        evidence = {"shared", "only_a", "only_b", "shared_parents", "projects", "ties", "together"}
        assert set(row["evidence"]) == evidence
    found = as_json("coverage", SMART, "--nulls", "0")
    assert {"id", "holders"} <= set(found["capabilities"][0])
    assert {"size", "optimal", "covers", "count"} <= set(found["minimum_cover"])
    assert {"matched", "unmet", "violator"} <= set(found["needs"])
    more = {"single_points_of_failure", "greedy_cover", "irreplaceability", "shapley", "matrix"}
    assert more <= set(found)
    assert list(found["maximum_coverage"]) == ["1", "2", "3", "4", "5", "6"]
    found = as_json("recommend", SMART, "febecoop")
    assert {"name", "precision_at_k", "baselines", "better_than_chance"} <= set(found["predictor"])
    row = found["rows"][0]
    agreed = {"id", "name", "score", "path", "shared", "fields_gained", "counterfactual"}
    assert agreed <= set(row)
    assert set(row["counterfactual"]) == {
        "fragmentation",
        "single_points_of_failure",
        "within_two_steps",
        "capabilities",
    }
    assert all(set(change) == {"before", "after"} for change in row["counterfactual"].values())


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


def test_a_graph_file_is_as_good_as_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "davis.graphml"
    pg.export(davis(), file)
    found = as_json("complementarity", file, PAIR[0], PAIR[1], "--relatedness", "association")
    (row,) = found["rows"]
    assert round(row["added_density_a_from_b"], 6) == 72.130096


@pytest.mark.parametrize("verb", ["complementarity", "coverage"])
def test_table_csv_and_json_agree(verb: str) -> None:
    found = as_json(verb, SMART)
    rows = list(csv.DictReader(io.StringIO(run(verb, SMART, "--format", "csv").stdout)))
    assert len(rows) == len(found["rows"]) > 0
    assert list(rows[0]) == list(found["rows"][0])
    if verb == "complementarity":
        assert json.loads(rows[0]["evidence"]) == found["rows"][0]["evidence"]
    said = run(verb, SMART)
    assert said.stderr.splitlines()[: len(found["words"])] == found["words"]
    assert "Coopcity" in said.stdout


def test_smart_in_plain_words_each_traceable_to_rows() -> None:
    found = as_json("complementarity", SMART)
    words = " ".join(found["words"])
    best = found["rows"][0]
    assert f"{best['a_name']} and {best['b_name']} gain most" in words
    assert f"at least {best['mutual_gain']} things" in words
    # Smart's data have none: that is said, and nothing invented.
    assert "no projects say what they require" in words
    tied = sum(row["realised"] for row in found["rows"])
    assert f"Of {len(found['rows'])} pairs listed {tied} are tied already" in words
    assert "Smart wrote the source" in words
    told = as_json("coverage", SMART)
    words = " ".join(told["words"])
    assert f"It takes {told['minimum_cover']['size']} partners" in words
    assert f"{len(told['single_points_of_failure'])} of 17 are with one partner alone" in words
    assert "2 of 15 partnerships of Smart say what members get" in words
    assert "The one need on record can be met within: Smart looks for Microfinance, which" in words
    assert "which Microstart has" in words


def test_of_one_pair_each_kind_is_said() -> None:
    said = run("complementarity", SMART, "Smart", "Coopcity").stderr
    for kind in ("Set: ", "Related: ", "Task: ", "Structural: ", "in touch already"):
        assert kind in said
    found = as_json("complementarity", SMART, "Smart", "Coopcity", "--wide")
    (row,) = found["rows"]
    assert row["structural_complementarity"] is not None
    assert "brings 3 things" in found["words"][0]
    assert len(row["evidence"]["only_b"]) == 3


def small(*, ties: list[tuple[str, ...]], partners: str = "ab", names: dict[str, str]) -> str:
    b = EcosystemBuilder()
    for partner in partners:
        b.node(partner, kind="organisation")
    for what, name in names.items():
        b.node(what, kind="capability", name=name)
    for kind, source, target in ties:
        b.tie(kind, source, target)
    return b.build()


BAD = {
    "no capabilities at all": ([], {}, "No partner has a capability on record", "nothing to cover"),
    "one holder for everything": (
        [("offers", "a", "x"), ("offers", "a", "y")],
        {"x": "X", "y": "Y"},
        "there is nobody to compare it with",
        "only one set does: a.",
    ),
    "two names": (
        [("offers", "a", "x"), ("offers", "b", "y")],
        {"x": "Training", "y": "training"},
        "may be one thing under two names: the same name",
        "may be one thing under two names",
    ),
    "cyclic taxonomy": (
        [("offers", "a", "x"), ("offers", "b", "y"), ("part_of", "x", "y"), ("part_of", "y", "x")],
        {"x": "Xylophone", "y": "Yoga"},
        "are part of one another in a circle",
        "in a circle",
    ),
    "an ecosystem of two": (
        [("offers", "a", "x"), ("offers", "b", "y")],
        {"x": "Xylophone", "y": "Yoga"},
        "a and b gain most from each other",
        "It takes 2 partners to hold everything",
    ),
    "nothing new": (
        [("offers", "a", "x"), ("offers", "b", "x")],
        {"x": "Xylophone"},
        "In no pair does each bring what the other lacks",
        "It takes 1 partner to hold everything",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_an_answer_in_words(case: str, tmp_path: Path) -> None:
    ties, names, first, second = BAD[case]
    pg.save(small(ties=ties, names=names), tmp_path / "eco")
    eco = tmp_path / "eco"
    for asked, words in (
        (("complementarity", eco), first),
        (("coverage", eco), second),
        (("clusters", eco), "Nothing is tied, so there are no clusters."),
        (("clusters", eco, "--method", "bipartite"), "Nothing is tied"),
        (("recommend", eco, "a"), "Too few ties to test a predictor"),
        (("recommend", eco, "a"), "Nothing in the data leads from a to the only candidate"),
    ):
        assert words in run(*asked).stderr
        as_json(*asked)
        run(*asked, "--format", "csv")


def test_an_isolated_partner_is_answered_in_words(tmp_path: Path) -> None:
    eco = small(ties=[("offers", "a", "x")], names={"x": "X"}, partners="abc")
    pg.save(eco, tmp_path / "eco")
    said = run("complementarity", tmp_path / "eco", "b", "a").stderr
    assert "b has no capability on record" in said
    assert run("complementarity", tmp_path / "eco", "b").stderr
    said = run("recommend", tmp_path / "eco", "c").stderr
    assert "leads from c to any of the 2 candidates: every score is 0" in said
    tied = small(ties=[("partner_of", "a", "b")], names={}, partners="abc")
    pg.save(tied, tmp_path / "tied")
    said = run("clusters", tmp_path / "tied")
    assert "No division is better than leaving the network whole" in said.stderr
    rows = as_json("clusters", tmp_path / "tied")["rows"]
    assert [(row["id"], row["cluster"]) for row in rows][-1] == ("c", 0)
    said = run("coverage", tmp_path / "tied").stderr
    assert "The one partnership says nothing of what members get" in said


def test_two_who_are_all_there_is_have_nobody_left_to_meet(tmp_path: Path) -> None:
    pg.save(small(ties=[("partner_of", "a", "b")], names={}), tmp_path / "eco")
    assert (
        "There is nobody left to recommend to a." in run("recommend", tmp_path / "eco", "a").stderr
    )
    found = as_json("clusters", tmp_path / "eco")
    assert (found["verdict"], len(found["rows"])) == ("none", 2)


def test_halls_violator_is_printed_as_the_explanation(tmp_path: Path) -> None:
    ties = [("needs", "a", "x"), ("needs", "b", "x"), ("offers", "c", "x")]
    pg.save(small(ties=ties, names={"x": "X"}, partners="abc"), tmp_path / "eco")
    said = run("coverage", tmp_path / "eco").stderr
    assert "1 stays open: b looks for X." in said or "1 stays open: a looks for X." in said
    assert "only 1 partner (c) can meet any of these 2 needs, one each" in said
    assert as_json("coverage", tmp_path / "eco")["needs"]["violator"]["short"] == 1
    assert as_json("coverage", tmp_path / "eco", "--capacity", "2")["needs"]["unmet"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["complementarity", SMART, "nobody"], "there is no node 'nobody'"),
        (["complementarity", SMART, "smart", "smart"], "name two partners"),
        (["complementarity", SMART, "workspace"], "is none of the partners compared"),
        (["complementarity", SMART, "--via", "knows"], "there is no tie kind 'knows'"),
        (["coverage", SMART, "--seconds", "0"], "give more than 0"),
    ],
)
def test_wrong_questions_are_refused_in_one_message(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
