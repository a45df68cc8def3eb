"""What a file gives back is what the loss report says, for every format and any ecosystem.

The report is derived from what a format declares it holds; the expected value is the file itself.
"""

import json
import os

import pytest
from hypothesis import Phase, given, settings

from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats.holds import loss
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders.load import load
from partnergraph.views.export import export
from tests.strategies import ecosystems

# What neo4j-admin takes only the database reads: tests/graph/neo4j/test_server.py.
ROUND = [name for name, format in FORMATS.items() if format.reads and format.writes]
EXAMPLES = 200 if os.environ.get("PARTNERGRAPH_PROFILE") == "accept" else 15


@pytest.mark.parametrize("format", ROUND)
def test_write_then_read_differs_by_exactly_the_loss_report(
    format: str, tmp_path_factory: pytest.TempPathFactory
) -> None:

    # Without shrinking: a failing ecosystem is small enough to read, and shrinking takes minutes.
    @settings(max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(eco=ecosystems())
    def differs_by_the_report(eco: Ecosystem) -> None:
        folder = tmp_path_factory.mktemp(format)
        path = folder / f"round{FORMATS[format].ending}"
        export(eco, path, format=format, report=folder / "loss.json")
        said = loss(eco, FORMATS[format].holds(), format)
        again = load(path)
        assert diff(eco, again).as_dict() == said.diff.as_dict()
        assert not diff(said.after, again)
        report = json.loads((folder / "loss.json").read_text(encoding="utf-8"))
        assert report["lossless"] is not bool(diff(eco, again))

    differs_by_the_report()
