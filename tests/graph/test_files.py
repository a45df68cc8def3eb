"""Writing: whole or not at all, and never over what is no file."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from partnergraph.graph import files
from partnergraph.graph.errors import BadParameter, MissingInput, UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically


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
