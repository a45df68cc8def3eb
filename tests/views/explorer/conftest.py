"""A real browser for the tests of the explorer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from partnergraph.views.explorer.page import Explorer
from tests.views.explorer.reader import Reader


@pytest.fixture
def read(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    """Open an ecosystem's page; at the end nothing may have gone wrong and nothing been fetched."""
    readers: list[Reader] = []

    def start(page: Explorer, state: str = "", **options: Any) -> Reader:
        reader = Reader(chromium, page.save(tmp_path / f"page{len(readers)}.html"), **options)
        readers.append(reader)
        return reader.open(state)

    yield start
    for reader in readers:
        reader.context.close()
    assert [reader.trouble for reader in readers] == [[] for _ in readers]
