"""CORDIS at its full size: counts, folding, saving and loading. Figures counted from the file."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem
from tests.real.cordis import cordis_ecosystem

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def cordis(shared: Path) -> Ecosystem:
    return cordis_ecosystem(shared / "cordis_h2020/h2020.csv.gz")


def test_it_has_the_organisations_projects_and_ties_of_the_file(cordis: Ecosystem) -> None:
    kinds = cordis.nodes["kind"].value_counts()
    assert (kinds["organisation"], kinds["project"], len(cordis.ties)) == (35_871, 31_451, 144_726)


def test_it_folds_to_796_670_pairs_among_31_665_organisations(cordis: Ecosystem) -> None:
    graph = cordis.weighted_graph(among="organisation", weight="count")
    degrees = np.diff(graph.adjacency.indptr)
    assert (len(graph), graph.n_pairs) == (35_871, 796_670)
    assert ((degrees > 0).sum(), degrees.max()) == (31_665, 6_825)
    assert graph.adjacency.max() == 153  # the strongest pair shares 153 projects


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_it_saves_and_loads_without_loss(cordis: Ecosystem, format: str, tmp_path: Path) -> None:
    pg.save(cordis, tmp_path, format=format)  # type: ignore[arg-type]
    assert pg.load(tmp_path) == cordis


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes are counted so on Linux")
def test_it_stays_below_two_gigabytes(shared: Path) -> None:
    """In a process of its own: the tests before this one leave their memory behind."""
    # VmHWM, for ru_maxrss begins with what the process that started this one used.
    code = (
        "import re, sys; from pathlib import Path\n"
        "from tests.real.cordis import cordis_ecosystem\n"
        "eco = cordis_ecosystem(Path(sys.argv[1])); eco.weighted_graph(among='organisation')\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    root = Path(__file__).parents[2]
    path = shared.resolve() / "cordis_h2020/h2020.csv.gz"
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    assert int(done.stdout) < 2_000_000
