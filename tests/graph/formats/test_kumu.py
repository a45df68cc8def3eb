"""Kumu's files as its manual describes them (docs.kumu.io: blueprints, structure your data)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.load import load


def blueprint(path: Path, elements: list[Any], connections: list[Any]) -> Ecosystem:
    path.write_text(json.dumps({"elements": elements, "connections": connections}))
    return load(path)


def ends(eco: Ecosystem) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in zip(eco.ties["source"], eco.ties["target"], strict=True)}


def test_elements_of_one_label_stay_two(tmp_path: Path) -> None:
    elements = [{"id": "e1", "label": "A"}, {"id": "e2", "label": "A"}, {"label": "B"}]
    connections = [{"from": "e1", "to": "e2"}, {"from": "B", "to": "e2"}]
    eco = blueprint(tmp_path / "a.kumu.json", elements, connections)
    assert sorted(eco.nodes["name"]) == ["A", "A", "B"]
    assert ends(eco) == {frozenset({"e1", "e2"}), frozenset({"b", "e2"})}


def test_without_ids_kumu_tells_elements_by_label_and_type(tmp_path: Path) -> None:
    elements = [{"label": "Smart", "type": "project"}, {"label": "Smart", "type": "network"}]
    eco = blueprint(tmp_path / "a.kumu.json", elements, [])
    assert list(eco.nodes["name"]) == ["Smart", "Smart"]
    assert sorted(eco.nodes["kind"]) == ["network", "project"]


def test_a_mutual_connection_is_no_report_of_one_side(tmp_path: Path) -> None:
    connections = [
        {"from": "A", "to": "B", "direction": "mutual"},
        {"from": "A", "to": "C", "direction": "directed"},
    ]
    eco = blueprint(tmp_path / "a.kumu.json", [{"label": x} for x in "ABC"], connections)
    reported = dict(zip(eco.ties["target"], eco.ties["reported_by"].isna(), strict=True))
    assert reported == {"b": True, "c": False}


def test_a_cell_of_several_elements_ties_each_of_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Elements"
    for row in (["Label", "Type", "Tags"], ["A", "organisation", "one|two"], ["B"], ["C"]):
        sheet.append(row)
    sheet = book.create_sheet("Connections")
    for row in (["From", "To", "Strength"], ["A", "B | C", 2]):
        sheet.append(row)
    book.save(tmp_path / "a.kumu.xlsx")
    eco = load(tmp_path / "a.kumu.xlsx")
    assert ends(eco) == {frozenset("ab"), frozenset("ac")}
    assert eco.nodes.set_index("name").loc["A", "tags"] == '["one", "two"]'
