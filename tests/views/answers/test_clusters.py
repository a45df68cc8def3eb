"""Clusters as an answer: the verdict first, and numbers kept from an earlier answer."""

from __future__ import annotations

import json
from pathlib import Path

from tests.views.answers.asked import SMART, as_json, run


def test_clusters_say_their_verdict_and_keep_earlier_numbers(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    run("clusters", SMART, "--nulls", "19", "--format", "json", "-o", earlier)
    found = json.loads(earlier.read_text(encoding="utf-8"))
    assert found["verdict"] in ("none", "weak", "clear", "borderless")
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
