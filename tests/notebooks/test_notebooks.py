"""Every notebook runs from top to bottom, holds no results, and keeps to the public names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import partnergraph as pg
from tests.conftest import lacking
from tests.neo4j_server import Lacking, serving

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
OTHERS = {"matplotlib", "numpy", "pandas", "networkx", "neo4j"}
SECONDS_A_CELL = 120

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    nbformat = pytest.importorskip("nbformat", reason="pip install 'partnergraph[test]'")
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def test_there_is_no_result_in_it(path: Path) -> None:
    import nbformat

    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in code(path):
        assert cell.outputs == []
        assert cell.execution_count is None
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)


def test_it_uses_public_names_only(path: Path) -> None:
    for cell in code(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                if isinstance(node, ast.Attribute):
                    assert not node.attr.startswith("_"), node.attr
                    if isinstance(node.value, ast.Name) and node.value.id == "pg":
                        assert node.attr in pg.__all__
                continue
            for module in modules:
                root = module.partition(".")[0]
                assert module == "partnergraph" or root in OTHERS | sys.stdlib_module_names


@contextmanager
def needs(notebook: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run what a notebook says it requires, for as long as the block runs."""
    if notebook.metadata.get("partnergraph", {}).get("requires") != "neo4j":
        yield
        return
    try:
        with serving("lts", quick=True) as server:
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            yield
    except Lacking as why:
        lacking("neo4j", str(why))


@pytest.mark.slow
def test_it_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = pytest.importorskip("nbclient", reason="pip install 'partnergraph[test]'")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = read(path)
    run = client.NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    with needs(notebook, monkeypatch):
        run.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        noise = [o.text for o in cell.outputs if o.get("name") == "stderr"]
        assert noise == []
