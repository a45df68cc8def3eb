"""Answers on their way out: one table in every kind of file, and nothing in it runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from partnergraph.graph.errors import UnusableInput
from partnergraph.views.terminal import Answer, as_json, as_text, format_of, write

NAMES = ["=1+1", "a;b", "naïve, «quoted»", "_x0041_"]


def answer() -> Answer:
    rows = pd.DataFrame(
        {
            "id": list("abcd"),
            "name": NAMES,
            "n": [1, 2, 3, 4],
            "x": [0.1, float("nan"), 1e-17, 2],
            "way": [["a", "b"], [], None, ["=c"]],
        }
    ).set_index("id")
    others = {"Others: a/b [c] with a title that is too long": rows[["n"]], "Others": rows[["x"]]}
    return Answer("test", {}, rows, others=others, notes=["=said"])


def test_the_ending_of_a_file_says_its_format() -> None:
    endings = {
        "a.csv": "csv",
        "b.JSON": "json",
        "c.xlsx": "xlsx",
        "d.parquet": "parquet",
        "-": "table",
        "e.txt": "table",
        "csv": "table",
    }
    assert {name: format_of(name) for name in endings} == endings


def test_every_kind_of_file_holds_the_same_rows(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    given = answer()
    for name in ("t.csv", "t.json", "t.xlsx", "t.parquet", "t.txt"):
        write(given, format_of(name), str(tmp_path / name))
    expected = json.loads((tmp_path / "t.json").read_bytes())["rows"]
    assert expected == json.loads(as_json(given))["rows"]
    ways = [json.dumps(row["way"]) if row["way"] is not None else None for row in expected]

    parquet = pd.read_parquet(tmp_path / "t.parquet")
    assert parquet["name"].tolist() == NAMES
    assert parquet["n"].tolist() == [1, 2, 3, 4]
    assert [None if pd.isna(way) else way for way in parquet["way"]] == ways

    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8"))))
    assert [row["name"] for row in rows] == ["'=1+1", *NAMES[1:]]  # no spreadsheet runs it
    assert [row["x"] for row in rows] == ["0.1", "", "1e-17", "2.0"]
    assert [row["way"] or None for row in rows] == ways

    book = CalamineWorkbook.from_path(tmp_path / "t.xlsx")
    assert book.sheet_names == ["test", "Others  a b  c  with a title th", "Others", "notes"]
    header, *cells = book.get_sheet_by_name("test").to_python()
    assert header == ["id", "name", "n", "x", "way"]
    assert [row[1] for row in cells] == NAMES
    assert [row[3] for row in cells] == [0.1, "", 1e-17, 2]
    assert b"<f>" not in (tmp_path / "t.xlsx").read_bytes()
    assert book.get_sheet_by_name("notes").to_python()[1:] == [["=said"]]


def test_a_workbook_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write(answer(), "xlsx", str(tmp_path / name))
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_what_a_sheet_cannot_hold_is_refused_by_its_place(tmp_path: Path) -> None:
    rows = pd.DataFrame({"id": ["a"], "name": ["x" * 40_000]})
    with pytest.raises(UnusableInput, match=r"sheet test, row 2, column name.*too long"):
        write(Answer("test", {}, rows), "xlsx", str(tmp_path / "t.xlsx"))
    assert not (tmp_path / "t.xlsx").exists()


def test_columns_that_do_not_fit_are_left_out_from_the_right_and_named() -> None:
    rows = pd.DataFrame({"name": ["a long name that can wrap over lines"] * 2})
    for i in range(9):
        rows[f"measure {i}"] = [0.9170616, 123_456.75]
    wide = as_text(Answer("test", {}, rows))
    assert "measure 8" in wide
    assert "Too narrow" not in wide
    narrow = as_text(Answer("test", {}, rows), width=80)
    assert max(map(len, narrow.splitlines())) <= 80
    assert "0.9171" in narrow
    assert "1.235e+05" in narrow  # whole, as in the wide table
    assert "…" not in narrow
    assert "Too narrow for 4 columns: measure 5, measure 6, measure 7 and measure 8." in " ".join(
        narrow.split()
    )
    assert "Too narrow" not in as_text(Answer("test", {}, rows.iloc[:, :3]), width=80)


def test_a_long_table_is_one_line_a_row_with_every_column() -> None:
    rows = pd.DataFrame({"name": ["a long name " * 20, "é 🙂"] * 300, "n": range(600)})
    for i in range(9):
        rows[f"measure {i}"] = 123_456.75
    shown = as_text(Answer("test", {}, rows), width=80).splitlines()
    assert len(shown) == 602
    assert "measure 8" in shown[0]
    assert shown[2].startswith(("a long name " * 20).rstrip())
    assert shown[-1].startswith("é 🙂")
    assert "599" in shown[-1]
