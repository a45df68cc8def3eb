"""The folder: byte by byte the same, a valid data package, and never half saved."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given

import partnergraph as pg
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter, MissingInput, UnusableInput
from partnergraph.graph.formats.datapackage import finish, load, save
from partnergraph.graph.schema import SCHEMA
from tests.strategies import ecosystems


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


@pytest.mark.parametrize("format", ["csv", "parquet"])
@given(eco=ecosystems())
def test_save_load_save_is_byte_identical_and_loses_nothing(
    format: str, eco: Ecosystem, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    save(eco, one, format=format)  # type: ignore[arg-type]
    again = load(one)
    assert not diff(eco, again)
    assert again == eco
    save(again, two, format=format)  # type: ignore[arg-type]
    assert content(one) == content(two)


def test_the_example_is_saved_as_it_stands_in_the_repository(
    smart: Ecosystem, tmp_path: Path
) -> None:
    save(smart, tmp_path)
    expected = content(pg.example("smart"))
    expected.pop("README.md")
    assert content(tmp_path) == expected


def test_the_descriptor_is_a_tabular_data_package(smart: Ecosystem, tmp_path: Path) -> None:
    """What the specification of Frictionless Data Package 1.0 asks of a tabular package."""
    save(smart, tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_bytes())
    assert package["profile"] == "tabular-data-package"
    names = {resource["name"] for resource in package["resources"]}
    assert names == set(SCHEMA.tables)
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        header = (tmp_path / resource["path"]).read_text(encoding="utf-8").partition("\n")[0]
        assert header.split(",") == [f["name"] for f in fields]
        assert {f["type"] for f in fields} <= {"string", "number", "integer", "boolean"}
        for key in resource["schema"].get("foreignKeys", []):
            assert key["fields"] in [f["name"] for f in fields]
            assert key["reference"]["resource"] in names


def test_nothing_in_the_files_depends_on_the_clock(smart: Ecosystem, tmp_path: Path) -> None:
    save(smart, tmp_path / "a")
    time.sleep(1.1)
    save(smart, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_other_files_in_the_folder_stay_and_the_other_form_goes(
    smart: Ecosystem, tmp_path: Path
) -> None:
    save(smart, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    save(smart, tmp_path, format="parquet")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "nodes.csv").exists()
    assert load(tmp_path) == smart


def test_tables_that_are_not_ours_are_not_overwritten(smart: Ecosystem, tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("id\n1\n")
    with pytest.raises(AlreadyThere, match=r"nodes\.csv, which partnergraph did not write"):
        save(smart, tmp_path)
    assert (tmp_path / "nodes.csv").read_text() == "id\n1\n"


@pytest.mark.parametrize(
    ("descriptor", "words"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("{}", "not the description of an ecosystem"),
        ('{"partnergraph": {}, "resources": 3}', "not the description of an ecosystem"),
        (
            '{"partnergraph": {}, "resources": [{"name": "nodes", "path": "../../etc/passwd"}]}',
            "leads out",
        ),
        (
            '{"partnergraph": {}, "resources": [{"name": "nodes", "path": "/etc/passwd"}]}',
            "leads out",
        ),
    ],
)
def test_a_descriptor_that_is_none_is_refused(tmp_path: Path, descriptor: str, words: str) -> None:
    (tmp_path / "datapackage.json").write_text(descriptor)
    with pytest.raises(UnusableInput, match=words):
        load(tmp_path)


def test_a_folder_that_is_none_and_a_format_that_is_none_are_refused(
    smart: Ecosystem, tmp_path: Path
) -> None:
    with pytest.raises(MissingInput):
        load(tmp_path / "nowhere")
    with pytest.raises(UnusableInput, match="no ecosystem folder"):
        load(tmp_path)
    with pytest.raises(BadParameter, match="csv or parquet"):
        save(smart, tmp_path, format="xls")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableInput, match="cannot be written"):
        save(smart, tmp_path / "file" / "eco")


def test_a_cell_that_breaks_its_declared_type_is_named(tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", staff=3)
    save(b.build(), tmp_path)
    nodes = tmp_path / "nodes.csv"
    nodes.write_text(nodes.read_text().replace(",3\n", ",many\n"))
    with pytest.raises(UnusableInput, match=r"row 2, column staff: 'many' is no integer"):
        load(tmp_path)


def test_what_an_excel_of_belgium_saves_again_loads_identically(
    smart: Ecosystem, tmp_path: Path
) -> None:
    save(smart, tmp_path)
    for name in ("nodes", "ties"):
        path = tmp_path / f"{name}.csv"
        import csv

        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file, delimiter=";").writerows(
                [c.replace(".", ",") if c.replace(".", "").isdigit() else c for c in row]
                for row in rows
            )
    assert not diff(load(tmp_path), smart)


# -- kill -9 at every step -------------------------------------------------------------------

KILLED = """
import os, signal, sys
import partnergraph as pg
from pathlib import Path

left = int(sys.argv[3])

def counted(function):
    def wrapper(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapper

eco = pg.load(sys.argv[1])
for name in ("replace", "unlink", "fsync", "mkdir", "rmdir", "open"):
    setattr(os, name, counted(getattr(os, name)))
for name in ("replace", "unlink", "mkdir", "open", "rmdir"):
    setattr(Path, name, counted(getattr(Path, name)))
pg.save(eco, sys.argv[2])
"""


def small(name: str, nodes: int) -> Ecosystem:
    b = EcosystemBuilder(name=name)
    for i in range(nodes):
        b.node(f"{name}-{i}", kind="organisation")
    return b.build()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.slow
def test_a_save_killed_at_any_step_leaves_the_old_or_the_new_ecosystem(tmp_path: Path) -> None:
    """Every system call of a save that touches the disk is once the last one."""
    old, new = small("old", 3), small("new", 5)
    save(new, tmp_path / "new")
    everything = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"
    seen, step = set(), 0
    while True:
        target = tmp_path / f"target-{step}"
        save(old, target)
        run = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path / "new"), str(target), str(step)],
            stderr=subprocess.PIPE,
            check=False,
        )
        assert run.returncode in (0, -signal.SIGKILL), run.stderr.decode()
        found = load(target)
        assert found in (old, new)
        seen.add(found.about.name)
        save(found, target)  # a save after the crash works as if nothing had happened
        assert not (target / ".pending").exists()
        if run.returncode == 0:
            break
        step += 1 if everything else random.Random(step).randint(1, 6)
    assert seen == {"old", "new"}
    assert step > 20


def test_an_uncommitted_save_is_ignored_and_a_committed_one_finished(tmp_path: Path) -> None:
    old, new = small("old", 3), small("new", 5)
    save(old, tmp_path / "eco")
    save(new, tmp_path / "other")
    pending = tmp_path / "eco/.pending"
    shutil.copytree(tmp_path / "other", pending)
    assert load(tmp_path / "eco") == old
    files = [p.name for p in pending.iterdir()]
    (pending / "commit.json").write_text(json.dumps({"files": files, "remove": []}))
    assert load(tmp_path / "eco") == new
    assert not pending.exists()
    assert finish(tmp_path / "eco") is False
