"""What people's CSV files really are, and what is said about each."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.errors import MissingInput, UnusableInput
from partnergraph.graph.formats.delimited import read_table, write_table
from partnergraph.graph.tables import TEXT

PLAIN = 'id,name\na,Café Ω\nb,"x, ""y""\nz"\n'


def read(tmp_path: Path, data: bytes) -> tuple[pd.DataFrame, list[str]]:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    return read_table(path)


def test_plain_utf8_is_read_without_a_word(tmp_path: Path) -> None:
    frame, said = read(tmp_path, PLAIN.encode())
    assert frame["name"].tolist() == ["Café Ω", 'x, "y"\nz']
    assert frame["_row"].tolist() == [2, 3]
    assert said == []


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", "UTF-8 with a byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_other_encodings_are_read_and_said(tmp_path: Path, encoding: str, said: str) -> None:
    frame, words = read(tmp_path, PLAIN.encode(encoding))
    assert frame["name"].iloc[0] == "Café Ω"
    assert words == [f"t.csv: read as {said}"]


def test_cp1252_is_read_and_said(tmp_path: Path) -> None:
    frame, words = read(tmp_path, "id,name\na,Café d’été €\n".encode("cp1252"))
    assert frame["name"].iloc[0] == "Café d’été €"
    assert words == ["t.csv: read as Windows cp1252"]


def test_a_belgian_spreadsheet_reads_like_the_file_it_came_from(tmp_path: Path) -> None:
    data = "id;strength;note\r\na;0,5;1,5 euro\r\nb;2;x\r\n;;\r\n".encode("utf-8-sig")
    frame, said = read(tmp_path, data)
    assert frame["strength"].tolist() == ["0.5", "2"]
    assert frame["note"].tolist() == ["1,5 euro", "x"]  # text is left alone
    assert said[1:] == [
        "t.csv: columns are separated by semicolons",
        "t.csv: numbers with a decimal comma: 1",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"id,name\na,b\x00c\n", "row 2: it has NUL bytes"),
        (b"id,name\na,b,c\n", "row 2, column 3: the row has 3 cells and the header 2"),
        (b"id,,name\na,b,c\n", "row 1, column 2: the column has no name"),
        (b"id,id\na,b\n", "row 1, column 2: the column 'id' appears twice"),
        (b'id,name\na,"b\n', "row 2.*unexpected end"),
        (b"id,_row\na,1\n", "'_row' starts with an underscore"),
        (b"id\n\x81\x8d", "row 2: byte 0x81 is not text in UTF-8, UTF-16 or cp1252"),
        (b"id,name\na," + b"x" * 1_000_001 + b"\n", "row 2: a cell has more than 1,000,000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, data: bytes, words: str
) -> None:
    with pytest.raises(UnusableInput, match=words):
        read(tmp_path, data)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no such file"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(UnusableInput, match="a folder"):
        read_table(tmp_path)


def test_short_rows_are_filled_and_said(tmp_path: Path) -> None:
    frame, said = read(tmp_path, b"id,name\na\n")
    assert frame["name"].isna().all()
    assert "rows with fewer cells" in said[0]


def test_every_line_break_within_a_cell_stays_within_it(tmp_path: Path) -> None:
    texts = ["\r", "a\rb", "a\nb", "a\r\nb", "\n", '"\r"', "a"]
    frame = pd.DataFrame({"text": pd.Series(texts, dtype=TEXT)})
    (tmp_path / "t.csv").write_bytes(write_table(frame))
    again, said = read_table(tmp_path / "t.csv")
    assert again["text"].tolist() == texts
    assert said == []
    assert write_table(pd.DataFrame({"a": ["x", "y z"]})) == b"a\nx\ny z\n"


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


numbers = st.floats(allow_nan=False, allow_infinity=False)
rows_of_three = st.tuples(st.text("ab", min_size=1), cells, numbers)


@given(st.lists(rows_of_three, min_size=1))
def test_what_was_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, float]]
) -> None:
    frame = pd.DataFrame(
        {
            "id": pd.Series([r[0] for r in rows], dtype=TEXT),
            "text": pd.Series([r[1] or None for r in rows], dtype=TEXT),
            "number": [r[2] for r in rows],
        }
    )
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(write_table(frame))
    again, said = read_table(path)
    assert said == []
    pd.testing.assert_series_equal(again["text"], frame["text"])
    assert again["number"].astype(float).tolist() == frame["number"].tolist()
