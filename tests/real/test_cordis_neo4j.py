"""CORDIS through the real server: nothing lost, and a second push writes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from partnergraph.graph.diff import diff
from partnergraph.graph.neo4j.store import Neo4jStore
from tests.neo4j_server import Server, server
from tests.real.cordis import cordis_ecosystem

__all__ = ["server"]


@pytest.mark.skipif(
    os.environ.get("PARTNERGRAPH_PROFILE") != "accept",
    reason="three minutes on two servers: with the full counts only (make accept)",
)
@pytest.mark.real
@pytest.mark.slow
@pytest.mark.neo4j
def test_cordis_comes_back_from_the_database(server: Server, shared: Path) -> None:
    eco = cordis_ecosystem(shared / "cordis_h2020" / "h2020.csv.gz")
    with Neo4jStore(server.uri, auth=("neo4j", server.password)) as store:
        first = store.push(eco)
        assert first.counts["nodes"]["created"] == len(eco.nodes)
        assert first.counts["ties"]["created"] == len(eco.ties)
        back = store.pull()
        assert back == eco
        assert not diff(eco, back)
        assert store.push(eco).written == {}
