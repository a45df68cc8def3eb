"""What the command line says when something goes wrong: one message, clean, and its exit code."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from partnergraph import cli as command_line
from partnergraph.cli import cli
from partnergraph.views.terminal import shortened

STEERS = "a\x1b[31mb\x07\u202ec"


class Panic(BaseException):
    """As readers in Rust raise it: not an Exception."""


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException, *options: str) -> Result:
    """Run a verb that raises an error."""

    def callback(**_: object) -> None:
        raise error

    monkeypatch.setattr(command_line.summary, "callback", callback)
    return CliRunner().invoke(cli, [*options, "summary", "some.csv"])


@pytest.mark.parametrize("error", [KeyError("kind"), ValueError(""), Panic("index 3"), TypeError()])
def test_an_unexpected_error_is_one_message_with_a_code_of_its_own(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failing(monkeypatch, error)
    assert found.exit_code == 70
    assert found.stderr.startswith("partnergraph summary: ")
    assert "some.csv" in found.stderr
    assert "Please report it" in found.stderr
    assert "Traceback" not in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_the_traceback_is_shown_with_debug_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = failing(monkeypatch, Panic("index 3"), "--debug")
    assert found.exit_code == 70
    assert "Traceback" in found.stderr


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 3, "not enough memory for some.csv"),
        (OSError(), 3, "OSError, with some.csv"),
    ],
)
def test_no_message_is_empty(
    error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failing(monkeypatch, error)
    assert (found.exit_code, len(found.stderr.splitlines())) == (code, 1)
    assert words in found.stderr


@pytest.mark.parametrize("error", [ValueError(STEERS * 9_999), OSError(5, STEERS, STEERS * 999)])
def test_messages_do_not_steer_the_terminal_and_fit_on_a_screen(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failing(monkeypatch, error)
    assert not {*"\x1b\x07\u202e"} & {*found.stderr}
    assert len(found.stderr) < 2_000


@pytest.mark.parametrize("words", [["nonsense" + STEERS], ["summary", "x", "--" + STEERS]])
def test_usage_errors_do_not_steer_the_terminal_either(words: list[str]) -> None:
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 2
    assert not {*"\x1b\x07\u202e"} & {*found.stderr}


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    words = shortened("here: " + "x" * 500_000 + ". Shorten it.")
    assert words.startswith("here: x")
    assert words.endswith(". Shorten it.")
    assert len(words) < 2_000
    assert shortened("\n".join("abc")) == "a\nb\nc"
    assert shortened("\n".join(["row"] * 500)).endswith("and 481 more lines")


@pytest.mark.skipif(os.name == "nt", reason="shells differ")
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_cannot_be_written_is_one_message(where: str, tmp_path: Path) -> None:
    command = f"{sys.executable} -m partnergraph measures {where}"
    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert found.returncode == 3
    assert len(found.stderr.splitlines()) == 1
    kept = tmp_path / "answer.json"
    command = f"{sys.executable} -m partnergraph measures -o {kept} >&-"
    subprocess.run(["bash", "-c", command], check=True)
    assert kept.stat().st_size > 1_000


def test_an_interrupt_ends_with_130_and_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = failing(monkeypatch, click.Abort())
    assert found.exit_code == 130
