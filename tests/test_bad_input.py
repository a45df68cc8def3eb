"""Whatever is wrong with an input: exit 3, one message with place and remedy, nothing written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli

Damage = Callable[[Path], None]


def replace(table: str, old: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def write(table: str, data: bytes) -> Damage:
    return lambda folder: (folder / f"{table}.csv").write_bytes(data) and None


def append(table: str, data: str) -> Damage:
    def damage(folder: Path) -> None:
        with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(data)

    return damage


def remove(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


CASES: dict[str, tuple[Damage, str]] = {
    "unknown kind": (
        replace("nodes", "bigre,network", "bigre,netwrok"),
        "nodes.csv, row 4, column kind: 'netwrok' is not a valid node kind. Did you mean network",
    ),
    "dangling tie": (
        append("ties", "x,partner_of,smart,zzz\n"),
        "ties.csv, row 117, column target: the tie's target 'zzz' is not in nodes",
    ),
    "duplicate id": (
        append("nodes", "smart,organisation,,Smart\n"),
        "nodes.csv, row 58, column id: an earlier row has the same id ('smart')",
    ),
    "end before start": (
        replace("nodes", "2018-10,2018-10", "2018-10,2017"),
        "column end: it ends in 2017 before it starts in 2018-10",
    ),
    "no date": (
        replace("nodes", "2018-10,2018-10", "okt/18,2018-10"),
        "'okt/18' is not an EDTF date; a spreadsheet has probably changed it",
    ),
    "missing column": (
        replace("nodes", "id,kind", "id,sort"),
        "nodes.csv, row 1, column kind: the column kind is missing",
    ),
    "empty file": (write("ties", b""), "ties.csv: it is empty"),
    "NUL bytes": (write("ties", b"id,kind\x00\n"), "ties.csv, row 1: it has NUL bytes"),
    "binary": (
        write("nodes", bytes(range(128, 256)) * 4),
        "is not text in UTF-8, UTF-16 or cp1252",
    ),
    "50 MB cell": (
        append("nodes", "x,organisation,," + "y" * 50_000_000 + "\n"),
        "a cell has more than 1,000,000 characters",
    ),
    "unclosed quote": (append("nodes", 'x,organisation,,"y\n'), "cannot be read"),
    "too many cells": (append("sources", "s,S" + ",x" * 30 + "\n"), "cells and the header 9"),
    "missing file": (remove("ties.csv"), "ties.csv: there is no such file"),
    "missing descriptor and tables": (
        lambda folder: [remove(p.name)(folder) for p in list(folder.iterdir())] and None,
        "the folder is not an ecosystem",
    ),
    "control characters": (replace("nodes", "Bigre!", "Big\x07re!"), "has control characters"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(pg.example("smart"), tmp_path / "eco"))


@pytest.mark.parametrize("case", CASES)
def test_every_damage_is_one_message_with_place_and_remedy(case: str, folder: Path) -> None:
    damage, words = CASES[case]
    damage(folder)
    before = sorted(p.name for p in folder.parent.iterdir())
    for verb in (
        ["summary", str(folder)],
        ["export", str(folder), "-o", str(folder.parent / "out.json")],
    ):
        result = CliRunner().invoke(cli, verb)
        assert result.exit_code == 3, result.output
        assert words in result.stderr
        assert result.stderr.startswith(f"partnergraph {verb[0]}: ")
        assert "Traceback" not in result.stderr
        assert result.stdout == ""
    assert sorted(p.name for p in folder.parent.iterdir()) == before


@pytest.mark.parametrize(
    "case", ["unknown kind", "dangling tie", "duplicate id", "end before start"]
)
def test_check_lists_findings_and_exits_with_1(case: str, folder: Path) -> None:
    damage, words = CASES[case]
    damage(folder)
    result = CliRunner().invoke(cli, ["check", str(folder), "--format", "csv"])
    assert result.exit_code == 1
    assert words.partition(": ")[2].split(". ")[0] in result.stdout.replace("''", "'")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_and_said(encoding: str, folder: Path) -> None:
    for table in ("nodes", "aliases"):
        path = folder / f"{table}.csv"
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    result = CliRunner().invoke(cli, ["diff", str(pg.example("smart")), str(folder)])
    assert result.exit_code == 0, result.output
    assert "nodes.csv: read as" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["summary", "nowhere"], 3, "there is no such file or folder"),
        (["summary", "nowhere\n\x1b[31m"], 3, "there is no such file or folder"),
        (["centrality", "SMART", "--measure", "betwenness"], 2, "Did you mean betweenness"),
        (["centrality", "SMART", "--among", "people"], 2, "there is no node kind 'people'"),
        (["centrality", "SMART", "--at", "someday"], 2, "is not an EDTF date"),
        (["centrality", "SMART", "--without", "nobody"], 2, "there is no node 'nobody'"),
        (["centrality", "SMART", "--engine", "abacus"], 2, "there is no engine"),
        (["show", "SMART", "Culture"], 2, "Did you mean Culture"),
        (["explore", "SMART"], 2, "Missing option"),
        (["report", "SMART", "-o", "r.odt"], 2, "there is no report format"),
        (["export", "SMART", "-o", "x.docx"], 2, "there is no format"),
        (["export", "SMART", "-o", "/proc/nothing/x.json"], 3, "cannot be written"),
    ],
)
def test_wrong_questions_and_wrong_places(arguments: list[str], code: int, words: str) -> None:
    arguments = [str(pg.example("smart")) if a == "SMART" else a for a in arguments]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_of_a_kind_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pptx"
    path.write_bytes(b"PK")
    result = CliRunner().invoke(cli, ["summary", str(path)])
    assert result.exit_code == 3
    assert "files that end in .pptx cannot be read" in result.stderr
