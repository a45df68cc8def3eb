"""Writing: whole or not at all, and never over what is no file."""

import os
import platform
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import partnergraph as pg
from partnergraph.graph import files
from partnergraph.graph.errors import BadParameter, MissingInput, UnusableInput
from partnergraph.graph.files import (
    locked,
    new_folder,
    read_bytes,
    write_atomically,
    write_together,
)
from partnergraph.graph.formats import datapackage
from partnergraph.loaders.load import read
from partnergraph.views.export import export

posix = pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["x"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes in folders")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """So that `-o` to a device, such as the null device, leaves the device where it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"data")
    reader.join(timeout=10)
    assert got == [b"data"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_failures_name_the_place(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no such file"):
        read_bytes(tmp_path / "nothing")
    with pytest.raises(UnusableInput, match="it is a folder"):
        read_bytes(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnusableInput, match="cannot be written"):
        write_atomically(tmp_path / "file" / "x", b"")


@pytest.mark.parametrize(
    ("given", "size"),
    [("", 2 * 10**9), ("8G", 8 * 10**9), ("1.5gb", 15 * 10**8), ("200M", 2 * 10**8)],
)
def test_the_memory_for_reading_is_what_is_asked_for(
    given: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.MEMORY, given)
    assert files.memory() == size
    assert files.most_unpacked() == size // 4


@pytest.mark.parametrize("given", ["much", "-1", "10M", "1e9", "nan", "²G", "9" * 400])
def test_a_memory_that_is_none_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.MEMORY, given)
    with pytest.raises(BadParameter, match="Give a size from 100M up"):
        files.memory()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the limit")
def test_what_takes_more_memory_than_is_given_is_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(files.MEMORY, "100M")

    @files.within_memory
    def read(path: Path) -> int:
        return len(bytearray(1_000_000_000))

    with pytest.raises(UnusableInput, match="PARTNERGRAPH_MEMORY is 100,000,000 bytes"):
        read(Path("x.csv"))
    assert len(bytearray(1_000_000_000)) == 1_000_000_000  # the limit ends with the reading


def test_running_out_of_memory_anywhere_names_the_source() -> None:
    @files.within_memory
    def read(path: str) -> None:
        raise MemoryError

    with pytest.raises(UnusableInput, match="reading it takes more memory than there is"):
        read("x.csv")


def test_a_file_of_more_than_half_of_the_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.MEMORY, "100M")
    with (tmp_path / "x.csv").open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(UnusableInput, match="50,000,001 bytes, and PARTNERGRAPH_MEMORY is 100,000"):
        files.read_bytes(tmp_path / "x.csv")


@pytest.fixture
def careful() -> Iterator[None]:
    """A umask that lets nobody else read."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_new_file_has_what_the_umask_leaves(careful: None, tmp_path: Path) -> None:
    write_atomically(tmp_path / "x", b"")
    assert mode(tmp_path / "x") == 0o600
    with new_folder(tmp_path / "new") as folder:
        (folder / "y").write_bytes(b"")
    assert mode(tmp_path / "new") == 0o700


@posix
def test_an_existing_file_keeps_its_permissions_in_a_package_too(tmp_path: Path) -> None:
    for path, wanted in ((tmp_path / "x", 0o600), (tmp_path / "y", 0o664)):
        path.write_bytes(b"old")
        path.chmod(wanted)
        write_atomically(path, b"new")
        assert mode(path) == wanted
    folder = datapackage.save(pg.load(pg.example("smart")), tmp_path / "eco")
    (folder / "ties.csv").chmod(0o600)
    datapackage.save(pg.load(folder), folder)
    assert mode(folder / "ties.csv") == 0o600


def test_files_that_belong_together_are_all_written_or_none(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.write_bytes(b"old")
    (tmp_path / "two").mkdir()
    with pytest.raises(UnusableInput, match="two: it is a folder"):
        write_together({one: b"new", tmp_path / "two": b""})
    assert one.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]


@posix
def test_of_two_files_an_old_one_is_never_beside_a_new_one(tmp_path: Path) -> None:
    """Killed at every move of an export of two files; or the move fails, and both are as before."""
    path, beside = tmp_path / "x.csv", tmp_path / "x.nodes.csv"
    export(pg.load(pg.example("smart")), tmp_path / "new.csv")
    new = [(tmp_path / name).read_bytes() for name in ("new.csv", "new.nodes.csv")]
    ended, moves = False, 0
    while not ended:
        for kill in (True, False):
            (tmp_path / "x.csv").write_bytes(b"old")
            (tmp_path / "x.nodes.csv").write_bytes(b"old")
            code = stopped_at_move(moves, path, kill=kill)
            found = [p.read_bytes() if p.exists() else b"" for p in (path, beside)]
            assert found in ([b"old", b"old"], new) or (kill and b"" in found)
            if b"" in found:
                with pytest.raises(MissingInput, match="Writing it was interrupted"):
                    read(path)
            assert kill or code == 0 or not [*tmp_path.glob(".partnergraph*")]
            for left in tmp_path.glob(".partnergraph*"):
                left.unlink()
            ended = code == 0
        moves += 1
    assert moves == 5  # two aside, two into place, and one run without an end


def stopped_at_move(number: int, path: Path, *, kill: bool) -> int:
    """Export in a process of its own, killed or failing at one of its moves; return how it ends."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    left, move = [number], Path.replace

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1 and kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if left[0] == -1:
            raise OSError(5, "Input/output error")
        return move(self, target)

    Path.replace = replace  # type: ignore[method-assign, assignment]
    try:
        export(pg.load(pg.example("smart")), path)
        os._exit(0)
    finally:
        os._exit(1)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with pytest.raises(UnusableInput, match="cannot be"), new_folder(tmp_path / "new") as folder:
        (folder / "nowhere" / "x").write_bytes(b"half")
    assert [*tmp_path.rglob("*")] == [tmp_path / "new"]
    with new_folder(tmp_path / "new") as folder:
        (folder / "x").write_bytes(b"whole")
    assert [*tmp_path.rglob("*")] == [tmp_path / "new", tmp_path / "new" / "x"]


FULL = """
import resource, sys
from partnergraph.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
sys.argv = ["partnergraph", *sys.argv[1:]]
main()
"""
WRITES = {
    "csv": ["export", "SMART", "-o", "x.csv"],
    "json": ["export", "SMART", "-o", "x.json"],
    "folder": ["build", "SMART", "-o", "eco"],
    "neo4j": ["export", "SMART", "-o", "admin", "--as", "neo4j-admin"],
    "answer": ["summary", "SMART", "-o", "x.json"],
    "page": ["explore", "SMART", "-o", "x.html"],
    "draft": ["read", "page.md", "--publisher", "Smart", "-o", "draft"],
}


@posix
@pytest.mark.slow
@pytest.mark.parametrize("what", WRITES)
def test_on_a_full_disk_nothing_is_left_behind(what: str, tmp_path: Path) -> None:
    """The system lets no file grow over 2 kB; a full disk ends a write in the same way."""
    entry = "- [Alpha {n}](https://example.org/{n}) is a partner of Smart\n"
    page = "# Partners\n\n" + "".join(entry.format(n=n) for n in range(40))
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    words = [str(pg.example("smart")) if word == "SMART" else word for word in WRITES[what]]
    command = [sys.executable, "-c", FULL, *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 3, ran.stderr
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["page.md"]


# -- other systems, by a stand-in: these ways have not been run on the systems themselves ---------


@posix
def test_the_lock_of_windows_is_asked_for_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    platform.node()  # looked up once, before the system changes its name
    stand_in = SimpleNamespace(LK_NBLCK=3, locking=lambda _, mode, n: asked.append((mode, n)))
    monkeypatch.setitem(sys.modules, "msvcrt", stand_in)
    monkeypatch.setattr(sys, "platform", "win32")
    with locked(tmp_path):
        assert b"process" in (tmp_path / ".lock").read_bytes()[1:]
    assert asked == [(3, 1)]  # one byte, at once or not at all
    assert not (tmp_path / ".lock").exists()

    def taken(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(stand_in, "locking", taken)
    with pytest.raises(UnusableInput, match="is writing to it"), locked(tmp_path, patience=0.05):
        pass


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_where_the_system_bounds_no_memory_sizes_are_looked_at(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setitem(sys.modules, "resource", None)  # Windows has no such module
    monkeypatch.setenv(files.MEMORY, "100M")
    with (tmp_path / "x.csv").open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(UnusableInput, match="60,000,000 bytes"):
        files.within_memory(read_bytes)(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_bytes(b"x")
    assert files.within_memory(read_bytes)(tmp_path / "x.csv") == b"x"
