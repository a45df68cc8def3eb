"""What every verb's answer has in common: what is agreed, the three formats, bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.analysis.complementarity import COLUMNS
from partnergraph.cli import cli
from tests.views.answers.asked import SMART, as_json, run, small


def test_the_json_of_each_verb_has_what_is_agreed(folder: str) -> None:
    found = as_json("clusters", SMART, "--nulls", "9")
    assert found["verdict"] in ("none", "weak", "clear", "borderless", "untested")
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


@pytest.mark.parametrize("verb", ["complementarity", "coverage"])
def test_table_csv_and_json_agree(verb: str) -> None:
    found = as_json(verb, SMART)
    rows = list(csv.DictReader(io.StringIO(run(verb, SMART, "--format", "csv").stdout)))
    assert len(rows) == len(found["rows"]) > 0
    assert list(rows[0]) == list(found["rows"][0])
    if verb == "complementarity":
        assert json.loads(rows[0]["evidence"]) == found["rows"][0]["evidence"]
    said = run(verb, SMART)
    assert said.stderr.splitlines()[1 : 1 + len(found["words"])] == found["words"]
    assert "Coopcity" in said.stdout


BAD = {
    "no capabilities at all": ([], {}, "No partner has a capability on record", "nothing to cover"),
    "one holder for everything": (
        [("offers", "a", "x"), ("offers", "a", "y")],
        {"x": "X", "y": "Y"},
        "there is nobody to compare it with",
        "only one set of partners does: a.",
    ),
    "two names": (
        [("offers", "a", "x"), ("offers", "b", "y")],
        {"x": "Training", "y": "training"},
        "may be the same capability under two names: the same name",
        "may be the same capability under two names",
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
        "In no pair does each side bring something",
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
    assert "No member benefit is recorded for the only partnership" in said


def test_two_who_are_all_there_is_have_nobody_left_to_meet(tmp_path: Path) -> None:
    pg.save(small(ties=[("partner_of", "a", "b")], names={}), tmp_path / "eco")
    assert (
        "There is nobody left to recommend to a." in run("recommend", tmp_path / "eco", "a").stderr
    )
    found = as_json("clusters", tmp_path / "eco")
    assert (found["verdict"], len(found["rows"])) == ("none", 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["complementarity", SMART, "nobody"], "there is no node 'nobody'"),
        (["complementarity", SMART, "smart", "smart"], "Name two different partners"),
        (["complementarity", SMART, "workspace"], "is not one of the partners compared"),
        (["complementarity", SMART, "--via", "knows"], "there is no tie kind 'knows'"),
        (["coverage", SMART, "--seconds", "0"], "give more than 0"),
    ],
)
def test_wrong_questions_are_refused_in_one_message(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
