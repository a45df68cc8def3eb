"""CORDIS at its full size: counts, folding, saving and loading. Figures counted from the file."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import partnergraph as pg
from partnergraph.analysis.moments.differences import Side, node_changes, tie_changes
from partnergraph.analysis.moments.redraw import figures
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


def test_what_changed_from_2015_to_2018_is_what_pandas_counts(
    cordis: Ecosystem, shared: Path
) -> None:
    """The figures of `docs/time.md`, from the table alone."""
    path = shared / "cordis_h2020/h2020.csv.gz"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["NA"])

    def running(year: int) -> pd.DataFrame:
        begun = ~(rows["start_date"] > f"{year}-12-31")
        return rows[begun & ~(rows["end_date"] < f"{year}-01-01")]

    one, other = running(2015), running(2018)
    assert [(len(x), x["rcn"].nunique(), x["pic"].nunique()) for x in (one, other)] == [
        (24_827, 5_002, 11_020),
        (82_480, 15_902, 24_740),
    ]
    pairs = [set(zip(x["pic"], x["rcn"], strict=True)) for x in (one, other)]
    who = [set(x["pic"]) for x in (one, other)]
    sides = tuple(Side.of(cordis, str(year), {}) for year in (2015, 2018))
    ties = tie_changes(sides, ("2015", "2018"), None)["change"].value_counts()
    assert ties["begun"] == len(pairs[1] - pairs[0]) == 64_397
    assert ties["ended"] == len(pairs[0] - pairs[1]) == 6_744
    nodes = node_changes(sides, ("2015", "2018"), None)
    came = nodes[nodes["kind"] == "organisation"]["change"].value_counts()
    assert came["came"] == len(who[1] - who[0]) == 15_351
    assert came["left"] == len(who[0] - who[1]) == 1_631
    for side, found in zip(sides, (one, other), strict=True):
        both = 35_871 + found["rcn"].nunique()
        assert figures(side.graph)[:2] == pytest.approx([len(found), 2 * len(found) / both])
