"""One door to every format: the ending chooses, and what is lost is said."""

from pathlib import Path

import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.loaders.load import load
from partnergraph.views.export import FORMATS, export, formats


@pytest.mark.parametrize("format", FORMATS)
def test_the_ending_or_the_name_chooses(format: str, smart: Ecosystem, tmp_path: Path) -> None:
    ending = FORMATS[format][1]
    path = tmp_path / f"out{ending.upper()}"
    said = export(smart, path, format=None if ending else format)
    assert path.exists()
    everything = {row.format for row in formats().itertuples() if row.holds == "everything"}
    assert (format in everything) is not any("cannot hold" in words for words in said)
    if format in everything:
        assert load(path) == smart


def test_what_is_no_format_is_refused(smart: Ecosystem, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.docx"):
        export(smart, tmp_path / "x.docx")
    with pytest.raises(UnknownName, match="jsn"):
        export(smart, tmp_path / "x", format="jsn")
    (tmp_path / "x").write_text("")
    with pytest.raises(BadParameter, match="is a file"):
        export(smart, tmp_path / "x", format="datapackage")
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
