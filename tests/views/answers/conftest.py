"""What the verbs are asked of."""

from __future__ import annotations

import pytest

import partnergraph as pg
from tests.davis import davis


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Davis as an ecosystem's folder, the events as projects."""
    path = tmp_path_factory.mktemp("davis") / "eco"
    pg.save(davis("project", "participates_in"), path)
    return str(path)
