"""JSON made by others, and what JSON cannot hold. Each case states its one fault."""

import json
from pathlib import Path
from typing import Any

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import json as form
from partnergraph.loaders.load import load

NODE = {"id": "a", "kind": "organisation", "name": "A"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"own_columns": [1]}, "own_columns is not an object of objects"),
        ({"own_columns": {"nodes": [1]}}, "own_columns is not an object of objects"),
        ({"own_columns": {"nodes": {"z": ["q"]}}}, "nodes, column z: cells do not fit"),
        (
            {"own_columns": {"nodes": {"z": "integer"}}, "nodes": [{**NODE, "z": 10**30}]},
            "nodes, column z: cells do not fit the type 'integer'",
        ),
        ({"about": [1]}, "about is not an object"),
        ({"about": {"name": "My Eco"}}, "about: 'My Eco' cannot name an ecosystem"),
    ],
)
def test_a_wrong_shape_is_named(more: dict[str, Any], words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"partnergraph": 1, "nodes": [NODE], **more}))
    with pytest.raises(UnusableInput, match=words):
        load(path)


def test_digits_beyond_64_bits_are_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"partnergraph": 1, "nodes": [{**NODE, "z": 10**30}]}))
    assert load(path).nodes["z"].tolist() == [str(10**30)]


def test_a_cell_that_json_cannot_hold_is_named(tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", mine=float("inf"))
    with pytest.raises(UnusableInput, match="nodes row 1, column mine: JSON cannot hold"):
        form.write(b.build(), tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []
