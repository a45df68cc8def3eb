"""Plain tables: an own column has a type only where every cell is written so."""

from pathlib import Path

import pytest

from partnergraph.loaders.load import opened


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "", "-5"], "Int64"),
        (["1.5", "0.25", ""], "float64"),
        (["true", "false", ""], "boolean"),
        (["007", "1"], "str"),
        (["nan", "1.5"], "str"),
        (["inf", "1.5"], "str"),
        (["True", "false"], "str"),
        (["1", "9" * 30], "str"),
        (["1_000", "2"], "str"),
        (["-0", "1"], "str"),
        (["9" * 5_000], "str"),
    ],
)
def test_text_that_is_not_exactly_a_number_stays(
    cells: list[str], dtype: str, tmp_path: Path
) -> None:
    rows = [f"n{i},organisation,N,{cell}\n" for i, cell in enumerate(cells)]
    (tmp_path / "nodes.csv").write_text("id,kind,name,mine\n" + "".join(rows))
    (tmp_path / "ties.csv").write_text("kind,source,target\n")
    eco, said = opened(tmp_path)
    assert str(eco.nodes["mine"].dtype) == dtype
    if dtype == "str":
        assert eco.nodes["mine"].tolist() == cells
    assert any(words.startswith("nodes.csv: the column mine is kept, as") for words in said)
