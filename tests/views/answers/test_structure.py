"""Structure as an answer: what ties close beyond degrees."""

from __future__ import annotations

from tests.views.answers.asked import SMART, as_json, run


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
    assert "None of the 51 ties" in shown.stderr
