"""Evaluation: figures that can be counted by hand, and gold files that are none."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.review.evaluate import evaluate, read_gold

GOLD: dict[str, Any] = {
    "publisher": "Us",
    "actors": [{"name": "Acme", "aliases": ["Acme Works"]}, {"name": "Beta"}],
    "ties": [
        {"kind": "partner_of", "source": "Us", "target": "Acme"},
        {"kind": "member_of", "source": "Us", "target": "Beta"},
    ],
    "periods": ["2016/.."],
}


def node(name: str) -> dict[str, Any]:
    return {"type": "node", "kind": "organisation", "name": name}


def tie(subject: str, predicate: str, object: str) -> dict[str, Any]:
    return {"type": "tie", "subject": subject, "predicate": predicate, "object": object}


def test_counted_by_hand() -> None:
    found = [
        node("Us"),
        node("ACME WORKS"),
        node("Gamma"),
        tie("Acme", "partner_of", "Us"),
        tie("Beta", "member_of", "Us"),
        tie("Gamma", "partner_of", "Us"),
        {"type": "period", "subject": "Us", "period": "2016/.."},
    ]
    scores = evaluate(found, GOLD).set_index("level")
    assert tuple(scores.loc["actors", ["found", "gold", "right"]]) == (2, 2, 1)
    assert tuple(scores.loc["pairs", ["found", "gold", "right"]]) == (3, 2, 2)
    assert tuple(scores.loc["ties", ["found", "gold", "right"]]) == (3, 2, 1)
    assert scores.loc["ties", "f"] == pytest.approx(2 / 5)
    assert scores.loc["periods", "precision"] == 1
    assert math.isnan(scores.loc["projects", "f"])
    assert scores.loc["actors", "missed"] == "Beta"
    assert scores.loc["actors", "extra"] == "gamma"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"actors": 1}',
        '{"actors": [{"name": 3}]}',
        '{"actors": [], "ties": [{"kind": "owns", "source": "a", "target": "b"}]}',
    ],
)
def test_what_is_no_gold_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "gold.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableInput, match="not a gold standard"):
        read_gold(path)
    path.write_text(json.dumps(GOLD), encoding="utf-8")
    assert read_gold(path)["publisher"] == "Us"
