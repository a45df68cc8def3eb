"""Writing: whole or not at all, and never over what is no file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from partnergraph.graph.errors import MissingInput, UnusableInput
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
