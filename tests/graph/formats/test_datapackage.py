"""The folder: byte by byte the same, a valid data package, and never half saved."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import (
    AlreadyThere,
    BadParameter,
    MissingInput,
    PartnergraphError,
    UnusableInput,
)
from partnergraph.graph.files import locked
from partnergraph.graph.formats.datapackage import about_in, finish, load, save
from partnergraph.graph.schema import SCHEMA
from tests.conftest import lacking
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
        ("{", "it is not valid JSON"),
        ("[" * 100_000, "it is not valid JSON"),
        ("{}", "not the description of an ecosystem"),
        ('{"partnergraph": {}, "resources": 3}', "resources is not a list"),
        ('{"partnergraph": [], "resources": []}', "partnergraph is not an object"),
        ('{"partnergraph": {}, "resources": [{"name": []}]}', "name is not a text"),
        ('{"partnergraph": {}}', "the whole has no resources"),
        ('{"partnergraph": {"about": {"title": 3}}, "resources": []}', "title is not a text"),
        ('{"partnergraph": {"about": {"name": "\\ud800"}}, "resources": []}', "control char"),
        ('{"partnergraph": {"schema": true}, "resources": []}', "schema is not a whole number"),
        (
            '{"partnergraph": {"schema": 99}, "resources": []}',
            r"it has schema 99, and partnergraph [0-9.]+ reads schema 1\. Install a version",
        ),
        (
            '{"partnergraph": {}, "resources": [{"name": "nodes"}, {"name": "nodes"}]}',
            "it lists the table nodes twice",
        ),
        (
            '{"partnergraph": {}, "resources": [{"name": "nodes", "path": "../../etc/passwd"}]}',
            "has the path",
        ),
        (
            '{"partnergraph": {}, "resources": [{"name": "nodes", "path": "/etc/passwd"}]}',
            "has the path",
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
    with pytest.raises(UnusableInput, match="not an ecosystem's folder"):
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
    with pytest.raises(UnusableInput, match=r"row 2, column staff: 'many' is not a valid integer"):
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


def committed(tmp_path: Path) -> tuple[Path, Ecosystem, Ecosystem]:
    """Return a folder whose save was committed and interrupted after its first file, old, new."""
    old, new = small("old", 3), small("new", 5)
    folder = tmp_path / "outer" / "eco"
    save(old, folder)
    save(new, tmp_path / "other")
    pending = folder / ".pending"
    shutil.copytree(tmp_path / "other", pending)
    files = sorted(p.name for p in pending.iterdir())
    (pending / "commit.json").write_text(json.dumps({"files": files, "remove": []}))
    (pending / "nodes.csv").replace(folder / "nodes.csv")
    return folder, old, new


def test_an_uncommitted_save_is_ignored_and_a_committed_one_read(tmp_path: Path) -> None:
    folder, old, new = committed(tmp_path)
    before = state(tmp_path)
    assert load(folder) == new
    assert pg.load(folder) == new
    assert about_in(folder) == new.about
    assert state(tmp_path) == before
    assert finish(folder) is True
    assert not (folder / ".pending").exists()
    assert load(folder) == new
    assert finish(folder) is False
    shutil.copytree(tmp_path / "other", folder / ".pending")
    save(old, folder)
    shutil.copytree(tmp_path / "other", folder / ".pending")
    assert load(folder) == old


def test_a_save_finishes_the_one_before_it(tmp_path: Path) -> None:
    folder, old, _ = committed(tmp_path)
    save(old, folder)
    assert load(folder) == old
    assert not (folder / ".pending").exists()


# -- a folder from a stranger ----------------------------------------------------------------

FILES = [*(f"{name}.csv" for name in SCHEMA.tables), "datapackage.json"]


def marker(files: object = FILES, remove: object = ()) -> str:
    return json.dumps({"files": files, "remove": list(remove) if remove == () else remove})


def link(name: str) -> Callable[[Path], object]:
    """Replace one of a package's files by a link to a file outside it."""

    def damage(folder: Path) -> object:
        (folder / name).unlink()
        return (folder / name).symlink_to(folder.parent / "victim.txt")

    return damage


def pipe(name: str) -> Callable[[Path], object]:
    def damage(folder: Path) -> object:
        (folder / name).unlink()
        return os.mkfifo(folder / name)

    return damage


def pending_is_a_link(folder: Path) -> None:
    (folder / ".pending").rename(folder.parent / "elsewhere")
    (folder / ".pending").symlink_to(folder.parent / "elsewhere")


def marker_is_a_folder(folder: Path) -> None:
    (folder / ".pending/commit.json").unlink()
    (folder / ".pending/commit.json").mkdir()


def lost(folder: Path) -> None:
    (folder / "ties.csv").unlink()
    (folder / ".pending/ties.csv").unlink()


MARKERS: dict[str, str | Callable[[Path], object]] = {
    "remove a relative path": marker(remove=["../victim.txt"]),
    "remove a long relative path": marker(remove=["../../outer/victim.txt"]),
    "remove an absolute path": "ABSOLUTE",
    "remove by way of the folder": marker(remove=["./../victim.txt"]),
    "remove by way of a subfolder": marker(remove=[".pending/../../victim.txt"]),
    "remove with a backslash": marker(remove=["..\\victim.txt"]),
    "remove the descriptor": marker(remove=["datapackage.json"]),
    "remove a table of this save": marker(remove=["nodes.csv"]),
    "remove somebody's notes": marker(remove=["notes.txt"]),
    "write outside": marker(files=[*FILES, "../victim.txt"]),
    "write to an absolute path": marker(files=["/victim.txt"]),
    "write another file": marker(files=[*FILES, "notes.txt"]),
    "capitals": marker(files=[name.upper() for name in FILES]),
    "trailing dots and spaces": marker(remove=["nodes.parquet. ", "nodes.parquet/"]),
    "NUL": marker(remove=["nodes.parquet\0"]),
    "lone surrogate": marker(remove=["\ud800"]),
    "part of a save": marker(files=["nodes.csv"]),
    "nothing": marker(files=[], remove=[]),
    "a text for a list": marker(files="nodes.csv", remove="nodes.parquet"),
    "numbers": marker(files=[1, 2.5, None], remove=[True]),
    "lists in lists": marker(files=[FILES], remove=[[]]),
    "null": marker(files=None, remove=None),
    "another entry": json.dumps({"files": FILES, "remove": [], "run": "rm"}),
    "a list": json.dumps(FILES),
    "a number": "3",
    "empty": "",
    "not JSON": "{",
    "deep": "[" * 100_000,
    "bytes": "\xff",
    "a table is a link": link(".pending/ties.csv"),
    "the descriptor is a link": link(".pending/datapackage.json"),
    "the marker is a link": link(".pending/commit.json"),
    "the marker is a pipe": pipe(".pending/commit.json"),
    "the marker is a folder": marker_is_a_folder,
    "a table is a pipe": pipe(".pending/ties.csv"),
    "the folder is a link": pending_is_a_link,
    "a table is lost": lost,
    "a table in place is a link": link("nodes.csv"),
    "a table in place is a pipe": pipe("nodes.csv"),
}
VERBS = ("check", "summary", "show", "export")


def state(root: Path) -> dict[str, tuple[object, ...]]:
    """Return of everything in a folder what it is, when it changed and what it holds."""
    return {
        str(path.relative_to(root)): (
            (kept := path.lstat()).st_mode,
            kept.st_ino,
            kept.st_mtime_ns,
            kept.st_ctime_ns,
            path.read_bytes() if stat.S_ISREG(kept.st_mode) else "",
        )
        for path in [root, *sorted(root.rglob("*"))]
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes, and links need a privilege")
@pytest.mark.parametrize("forged", MARKERS.values(), ids=MARKERS)
def test_a_forged_marker_reaches_nothing(
    forged: str | Callable[[Path], object], tmp_path: Path
) -> None:
    folder, *_ = committed(tmp_path)
    outer = folder.parent
    (outer / "victim.txt").write_text("precious")
    (folder / "notes.txt").write_text("mine")
    if forged == "ABSOLUTE":
        forged = marker(remove=[str(outer / "victim.txt")])
    if isinstance(forged, str):
        (folder / ".pending/commit.json").write_bytes(forged.encode("latin-1"))
    else:
        forged(folder)
    before = state(outer)
    for verb in VERBS:
        given = {"show": ["new-1"], "export": ["-o", str(tmp_path / "out.json")]}.get(verb, [])
        run = CliRunner().invoke(cli, [verb, str(folder), *given])
        assert run.exit_code == 3, run.output
        assert run.stderr.count("\n") == 1
        assert str(folder) in run.stderr
    with pytest.raises(UnusableInput):
        pg.load(folder)
    assert not (tmp_path / "out.json").exists()
    assert state(outer) == before
    with pytest.raises(UnusableInput):  # a writing verb refuses it too
        save(small("third", 1), folder)
    assert state(outer) == before


TRACED = """
import sys
from click.testing import CliRunner
from partnergraph.cli import cli

for line in sys.stdin:
    verb, folder = line.rstrip("\\n").split("\\t")
    ran = CliRunner().invoke(cli, [*verb.split(), folder])
    print(verb, folder, ran.exit_code, flush=True)
"""
READING = ("check", "summary", "centrality", "structure", "brokers", "fragility", "clusters")
READING += (
    "complementarity",
    "coverage",
    "identities",
    "neo4j push --emit admin",
    "explore -o e.html",
)
READING += ("report -o r.md", "export -o x.gexf")
CHANGING = "unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
CHANGING += ",rmdir,truncate,chmod,fchmodat,chown,lchown,fchownat,utime,utimes,utimensat,mknod"
CHANGING += ",mknodat,creat,setxattr,open,openat"


@pytest.mark.slow
def test_reading_verbs_ask_the_system_for_no_change(tmp_path: Path) -> None:
    """Every system call that can change a folder is traced while verbs read forged markers."""
    if shutil.which("strace") is None:
        lacking("tools", "strace is not installed")
    asked, outers = [], []
    for number, forged in enumerate(MARKERS.values()):
        folder, *_ = committed(tmp_path / f"case{number}")
        outers.append(folder.parent)
        (folder.parent / "victim.txt").write_text("precious")
        (folder / "notes.txt").write_text("mine")
        if forged == "ABSOLUTE":
            forged = marker(remove=[str(folder.parent / "victim.txt")])
        if isinstance(forged, str):
            (folder / ".pending/commit.json").write_bytes(forged.encode("latin-1"))
        else:
            forged(folder)
        asked += [f"{verb}\t{folder}\n" for verb in READING]
    before = [state(outer) for outer in outers]
    (tmp_path / "work").mkdir()
    trace = ["strace", "-f", "-qq", "-s", "4096", "-e", f"trace={CHANGING}", "-o", "../trace"]
    ran = subprocess.run(
        [*trace, sys.executable, "-c", TRACED],
        input="".join(asked),
        cwd=tmp_path / "work",
        capture_output=True,
        text=True,
        check=True,
    )
    said = [line.rsplit(" ", 1) for line in ran.stdout.splitlines()]
    assert len(said) == len(asked)
    assert {code for _, code in said} == {"3"}, said
    assert [state(outer) for outer in outers] == before
    calls = [c for c in (tmp_path / "trace").read_text().splitlines() if f"{tmp_path}/case" in c]
    assert len(calls) > len(asked)
    opened = [call for call in calls if re.search(r"\bopen(at)?\(", call)]
    assert calls == opened
    assert not [call for call in opened if re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes, and links need a privilege")
@pytest.mark.parametrize("name", ["nodes.csv", "datapackage.json"])
@pytest.mark.parametrize("make", [link, pipe])
def test_links_and_pipes_in_a_package_are_refused(
    name: str, make: Callable[[str], Callable[[Path], object]], tmp_path: Path
) -> None:
    folder = tmp_path / "eco"
    save(small("old", 3), folder)
    (tmp_path / "victim.txt").write_text("id,kind,name\nsecret,organisation,Secret\n")
    make(name)(folder)
    before = state(tmp_path)
    for act in (lambda: pg.load(folder), lambda: save(small("new", 1), folder)):
        with pytest.raises(UnusableInput, match="a package or pair may hold regular files only"):
            act()
    assert state(tmp_path) == before


@pytest.mark.parametrize(
    "path",
    ["../eco/nodes.csv", "./nodes.csv", "NODES.CSV", "ties.csv", "nodes.csv\0", None, 3, [], ""],
)
def test_a_table_has_its_own_name_in_the_folder_itself(path: object, tmp_path: Path) -> None:
    save(small("old", 3), tmp_path / "eco")
    descriptor = tmp_path / "eco/datapackage.json"
    package = json.loads(descriptor.read_bytes())
    package["resources"][0]["path"] = path
    descriptor.write_text(json.dumps(package))
    words = r"the table nodes has the path|path is not a text|path has control characters"
    with pytest.raises(UnusableInput, match=words):
        load(tmp_path / "eco")


# -- a descriptor that does not fit the folder ------------------------------------------------


def edited(folder: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Save an ecosystem and change its descriptor."""
    save(small("old", 3), folder)
    descriptor = folder / "datapackage.json"
    package = json.loads(descriptor.read_bytes())
    edit(package)
    descriptor.write_text(json.dumps(package))
    return folder


UNFIT: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a table is left out": (lambda p: p["resources"].pop(1), "it does not list"),
    "no table is listed": (lambda p: p["resources"].clear(), r"nodes\.csv and .*ties\.csv"),
    "a later schema": (lambda p: p["partnergraph"].update(schema=2), "it has schema 2"),
    "a table in another form": (
        lambda p: p["resources"][0].update(path="nodes.parquet"),
        r"it does not list nodes\.csv, which the folder has\. List it",
    ),
}


@pytest.mark.parametrize(("edit", "words"), UNFIT.values(), ids=UNFIT)
def test_a_descriptor_that_leaves_data_out_is_refused_before_anything_is_written(
    edit: Callable[[dict[str, Any]], object], words: str, tmp_path: Path
) -> None:
    folder = edited(tmp_path / "eco", edit)
    save(small("new", 2), tmp_path / "other")
    other, table = str(tmp_path / "other"), tmp_path / "judged.csv"
    table.write_text("a,b,judgement\n")
    before = state(folder)
    for arguments in (
        ["check", str(folder)],
        ["summary", str(folder)],
        ["build", str(folder), "-o", str(tmp_path / "built")],
        ["build", other, "-o", str(folder), "--merge"],
        ["build", other, "-o", str(folder), "--replace"],
        ["export", other, "-o", str(folder), "--format", "csv"],
        ["identities", str(folder), "--same", "old-0", "old-1", "--by", "me", "--on", "2026"],
    ):
        run = CliRunner().invoke(cli, arguments)
        assert run.exit_code in ((2, 3) if arguments[0] == "export" else (3,)), run.output
        assert state(folder) == before
    for act in (
        lambda: load(folder),
        lambda: about_in(folder),
        lambda: save(load_of(other), folder),
    ):
        with pytest.raises(UnusableInput, match=words):
            act()
    assert state(folder) == before


def load_of(folder: str) -> Ecosystem:
    return load(Path(folder))


# -- any JSON in any place --------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(), max_size=8) | st.sampled_from(
    ["nodes", "ties.csv", "\0", "\ud800"]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value, the whole included."""
    if not isinstance(value, dict | list):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(found for key, v in inner for found in places(v, (*path, key)))]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("fuzzed")
    b = EcosystemBuilder()
    b.node("a", kind="organisation", staff=3, member=True)
    save(b.build(), folder)
    return folder, json.loads((folder / "datapackage.json").read_bytes())


@given(data=st.data())
@settings(max_examples=60)
def test_any_json_in_any_place_of_a_descriptor_is_read_or_refused(
    data: st.DataObject, fuzzed: tuple[Path, dict[str, Any]]
) -> None:
    folder, package = fuzzed
    *way, last = data.draw(st.sampled_from(places({"whole": package})[1:]))
    changed = json.loads(json.dumps({"whole": package}))
    inside = changed
    for key in way:
        inside = inside[key]
    inside[last] = data.draw(ANY_JSON)
    (folder / "datapackage.json").write_text(json.dumps(changed["whole"]))
    try:
        load(folder)
    except PartnergraphError as error:
        words = str(error)
        assert 0 < len(words) < 3_000
        words.encode()


@pytest.mark.parametrize("depth", [500, 900, 990, 1_500, 50_000])
@pytest.mark.parametrize("entry", ["partnergraph", "resources", "other"])
def test_deep_nesting_is_read_or_refused(entry: str, depth: int, tmp_path: Path) -> None:
    whole = {"partnergraph": "{}", "resources": "[]"} | {entry: "[" * depth + "]" * depth}
    text = ", ".join(f'"{name}": {value}' for name, value in whole.items())
    (tmp_path / "datapackage.json").write_text("{" + text + "}")
    with contextlib.suppress(UnusableInput):
        load(tmp_path)


# -- one writer at a time; several are in test_writers.py --------------------------------------


def test_a_writer_that_waits_too_long_says_for_whom(tmp_path: Path) -> None:
    folder = tmp_path / "eco"
    holder = f"""
from pathlib import Path
from partnergraph.graph.files import locked
with locked(Path({str(folder)!r})):
    print("held", flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        with (
            pytest.raises(UnusableInput, match=f"process {process.pid} on .* is writing to it"),
            locked(folder, patience=0.1),
        ):
            pass
        process.stdin.write("\n")
    assert not folder.exists()  # nothing was saved in it
    with locked(folder), locked(folder):  # the same thread holds it twice
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes, and links need a privilege")
@pytest.mark.parametrize("make", [link, pipe])
def test_a_lock_that_is_a_link_or_a_pipe_is_refused(
    make: Callable[[str], Callable[[Path], object]], tmp_path: Path
) -> None:
    folder = tmp_path / "eco"
    save(small("old", 3), folder)
    (tmp_path / "victim.txt").write_text("precious")
    (folder / ".lock").write_text("")
    make(".lock")(folder)
    before = state(tmp_path)
    with pytest.raises(UnusableInput, match="regular files only"):
        save(small("new", 1), folder)
    assert state(tmp_path) == before
