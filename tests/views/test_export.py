"""One door to every format: the ending chooses, and what is lost is said."""

import json
from pathlib import Path

import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders.load import load
from partnergraph.views.export import export, formats


@pytest.mark.parametrize("format", [name for name, entry in FORMATS.items() if entry.writes])
def test_the_ending_or_the_name_chooses(format: str, smart: Ecosystem, tmp_path: Path) -> None:
    ending = FORMATS[format].ending
    path = tmp_path / f"out{ending.upper()}"
    said = export(smart, path, format=None if ending else format)
    assert path.exists()
    everything = {row.format for row in formats().itertuples() if row.holds == "everything"}
    assert (format in everything) is not any("cannot hold" in words for words in said)
    if format in everything and FORMATS[format].reads:
        assert load(path) == smart


def test_the_loss_report_lists_every_row_and_cell(smart: Ecosystem, tmp_path: Path) -> None:
    export(smart, tmp_path / "out.csv", report=tmp_path / "loss.json")
    report = json.loads((tmp_path / "loss.json").read_text(encoding="utf-8"))
    assert not report["lossless"]
    assert len(report["lost"]["evidence"]["removed"]) == len(smart.evidence)
    assert {row["id"] for row in report["lost"]["sources"]["removed"]} == set(smart.sources["id"])


def test_what_is_no_format_is_refused(smart: Ecosystem, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.docx"):
        export(smart, tmp_path / "x.docx")
    with pytest.raises(UnknownName, match="jsn"):
        export(smart, tmp_path / "x", format="jsn")
    (tmp_path / "x").write_text("")
    with pytest.raises(BadParameter, match="is a file"):
        export(smart, tmp_path / "x", format="datapackage")
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
