"""A mapping says what columns mean; what is wrong with it is one message with line and key."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.cli import cli
from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping

GOOD = """
tables:
  - nodes:
      organisation: {name: Name, country: Land}
      theme: {kind: capability, name: {column: Themes, split: "|"}}
    ties:
      - {kind: active_in, source: organisation, target: theme}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "nodes:",
            "nods:",
            "line 3, tables[1].nods: there is no key 'nods' here. Did you mean nodes",
        ),
        (
            "capability",
            "capabilty",
            "line 5, tables[1].nodes.theme.kind: 'capabilty' is not a kind",
        ),
        ("active_in", "activ_in", "Did you mean active_in"),
        (
            "target: theme",
            "target: them",
            "line 7, tables[1].ties[1].target: 'them' is not known here. Did you mean theme",
        ),
        ("name: Name, ", "", "neither an id nor a name is given"),
        ("split:", "splitt:", "Did you mean split"),
        ("country: Land", "country: {value: BE, column: Land}", "either a column or a value"),
        ("tables:", "tabels:", "Did you mean tables"),
        ("country: Land", "country: Land, country: Pays", "country occurs twice"),
        ("country: Land", "_x: Land", "cannot be the name of an attribute"),
        ("country: Land", "sector: {value: thrid}", "Did you mean third"),
        ("name: Name", "name: {column: Name, as: dat}", "Did you mean date"),
        ("organisation: {", "organisation: &a {", ""),
        ("organisation: {name", "organisation: {{name", "it is not valid YAML"),
        (GOOD, "", "it has no keys"),
        (GOOD, "a: &x [1]\nb: *x", "aliases"),
    ],
)
def test_what_is_wrong_is_one_message(old: str, new: str, words: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if not words:
        assert parse_mapping(text, "m.yaml").tables
        return
    with pytest.raises(UnusableInput) as refused:
        parse_mapping(text, "m.yaml")
    assert words in str(refused.value)
    assert str(refused.value).startswith("m.yaml")


def test_words_that_yaml_takes_for_truth_stay_words() -> None:
    text = "tables: [{nodes: {organisation: {name: N, country: {column: C, map: {Norge: NO}}}}}]"
    cell = parse_mapping(text, "m.yaml").tables[0].nodes["organisation"].attributes["country"]
    assert dict(cell.map) == {"Norge": "NO"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: Name", "name: Nmae", "there is no column 'Nmae' in x.csv. Did you mean Name"),
        ("- nodes", "- sheet: Lden\n    nodes", "there is no table 'Lden' (there are: x.csv)"),
        (
            "active_in",
            "member_of",
            "member_of does not link organisation to capability. Choose offers",
        ),
    ],
)
def test_what_does_not_fit_the_file_is_one_message(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("Name;Land;Themes\nA;BE;x|y\n")
    (tmp_path / "m.yaml").write_text(GOOD.replace(old, new, 1))
    result = CliRunner().invoke(
        cli, ["summary", str(tmp_path / "x.csv"), "--mapping", str(tmp_path / "m.yaml")]
    )
    assert result.exit_code == 3
    assert words in result.stderr
    assert "m.yaml, line" in result.stderr


def test_a_mapping_that_names_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Name,Land,Themes\n,,\n-,BE,\n")
    with pytest.raises(UnusableInput, match="not one row names a node"):
        tables.read(tmp_path / "x.csv", mapping=parse_mapping(GOOD, "m.yaml"))


def test_the_mappings_of_the_documentation_hold() -> None:
    page = (Path(__file__).parents[3] / "docs/tables.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(blocks) == 2
    for block in blocks:
        assert parse_mapping(block, "docs/tables.md").tables


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            lambda old, new, at: GOOD[:at] + GOOD[at:].replace(old, new, 1),
            st.sampled_from(["{", "}", ":", "name", "nodes", "theme", "\n", "-", " ", "|"]),
            st.sampled_from(
                ["", "[", "{", ": ", "- ", "&a ", "*a ", "!!int ", "\t", "null", "a: b"]
            ),
            st.integers(0, len(GOOD)),
        ),
    )
)
def test_any_text_is_a_mapping_or_one_message(text: str) -> None:
    try:
        assert parse_mapping(text, "m.yaml").tables
    except UnusableInput as error:
        assert str(error).startswith("m.yaml")
