"""Every named check finds what it is named for, with place, cause and remedy."""

import re
from typing import Any

import pandas as pd
import pytest

from partnergraph.graph import checks
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import in_words


def sound() -> EcosystemBuilder:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", name="A")
    b.node("n", kind="network", name="N")
    b.node("c", kind="capability", name="C")
    b.source("s", title="S")
    for fact in ("a", "n", "c"):
        b.evidence(fact, source="s")
    return b


def add(b: EcosystemBuilder, table: str, **row: Any) -> None:
    b.add_table(table, pd.DataFrame([row], dtype=object), file=f"{table}.csv")


CASES = [
    ("formula_like", "nodes", {"id": "x", "kind": "place", "name": "=1+1"}, "name"),
    ("missing_value", "nodes", {"id": "x", "kind": "place", "name": ""}, "name"),
    ("bad_id", "nodes", {"id": "X y", "kind": "place", "name": "X"}, "id"),
    ("duplicate_id", "nodes", {"id": "a", "kind": "place", "name": "X"}, "id"),
    ("unknown_kind", "nodes", {"id": "x", "kind": "organization", "name": "X"}, "kind"),
    ("unknown_kind", "ties", {"kind": "likes", "source": "a", "target": "n"}, "kind"),
    (
        "unknown_value",
        "nodes",
        {"id": "x", "kind": "place", "name": "X", "sphere": "art"},
        "sphere",
    ),
    ("bad_date", "nodes", {"id": "x", "kind": "place", "name": "X", "start": "okt/18"}, "start"),
    (
        "bad_value",
        "nodes",
        {"id": "x", "kind": "place", "name": "X", "country": "Belgium"},
        "country",
    ),
    ("bad_value", "nodes", {"id": "x", "kind": "place", "name": "X", "url": "javascript:1"}, "url"),
    (
        "bad_value",
        "ties",
        {"kind": "member_of", "source": "a", "target": "n", "strength": 0},
        "strength",
    ),
    ("bad_value", "ties", {"kind": "member_of", "source": "a", "target": "n", "trust": 5}, "trust"),
    (
        "bad_value",
        "ties",
        {"kind": "member_of", "source": "a", "target": "n", "amount": float("inf")},
        "amount",
    ),
    ("bad_character", "nodes", {"id": "x", "kind": "place", "name": "a\x00b"}, "name"),
    ("bad_character", "nodes", {"id": "x", "kind": "place", "name": "\ud800"}, "name"),
    (
        "end_before_start",
        "ties",
        {"kind": "member_of", "source": "a", "target": "n", "start": "2018", "end": "2017"},
        "end",
    ),
    ("dangling_tie", "ties", {"kind": "member_of", "source": "a", "target": "nn"}, "target"),
    ("dangling_tie", "ties", {"kind": "member_of", "source": "z", "target": "n"}, "source"),
    ("dangling_reference", "aliases", {"node": "z", "alias": "Z"}, "node"),
    ("dangling_reference", "evidence", {"fact": "z", "source": "s"}, "fact"),
    ("dangling_reference", "evidence", {"fact": "a", "source": "t", "locator": "p"}, "source"),
    ("tie_kind_mismatch", "ties", {"kind": "member_of", "source": "n", "target": "a"}, "kind"),
    ("tie_kind_mismatch", "ties", {"kind": "part_of", "source": "a", "target": "c"}, "kind"),
    (
        "ambiguous_fact",
        "ties",
        {"id": "a", "kind": "member_of", "source": "a", "target": "n"},
        "id",
    ),
    (
        "reporter_not_an_end",
        "ties",
        {"kind": "partner_of", "source": "a", "target": "n", "reported_by": "c"},
        "reported_by",
    ),
    ("self_tie", "ties", {"kind": "partner_of", "source": "a", "target": "a"}, "target"),
    ("fact_without_source", "ties", {"kind": "member_of", "source": "a", "target": "n"}, "id"),
]


@pytest.mark.parametrize(("check", "table", "row", "column"), CASES)
def test_each_check_names_file_row_column_cause_and_remedy(
    check: str, table: str, row: dict[str, Any], column: str
) -> None:
    b = sound()
    assert b.findings().empty
    add(b, table, **row)
    found = b.findings().query("check == @check and column == @column")
    assert len(found) == 1
    finding = found.iloc[0]
    assert finding["file"] == f"{table}.csv"
    assert finding["row"] > 0
    assert len(finding["cause"]) > 5
    assert len(finding["remedy"]) > 5
    assert f"{table}.csv, row {finding['row']}, column {column}: " in in_words(finding)


def test_the_list_in_the_documentation_is_the_list_of_checks() -> None:
    documented = set(re.findall(r"^(\w+) +(?:error|warning) ", checks.__doc__ or "", re.MULTILINE))
    assert documented == {check for check, *_ in CASES} | {"unused_dates"}


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("=cmd|' /C calc'!A0", True),
        ("@SUM(A1)", True),
        ("-2+3+cmd|' /C calc'!A0", True),
        ("\t=1", True),
        ("+32 2 542 12 34", False),
        ("- a list", False),
        ("a=b", False),
    ],
)
def test_formulas_are_told_from_telephone_numbers_and_lists(text: str, runs: bool) -> None:
    b = sound()
    b.node("x", kind="place", name="X", mine=text)
    assert (b.findings()["check"] == "formula_like").sum() == runs


def test_a_name_of_a_column_may_be_a_formula_too() -> None:
    b = sound()
    for name in "xy":
        b.node(name, kind="place", name=name, **{"=HYPERLINK(1)": "text"})
    assert b.findings().query("check == 'formula_like'")["row"].tolist() == [1]


def test_all_offenders_are_listed_not_only_the_first() -> None:
    b = sound()
    for i in range(250):
        b.tie("member_of", "a", f"nowhere-{i}")
    assert (b.findings()["check"] == "dangling_tie").sum() == 250


def test_a_near_miss_is_suggested() -> None:
    b = sound()
    add(b, "nodes", id="x", kind="organization", name="X")
    assert "Did you mean organisation" in b.findings().iloc[0]["remedy"]


def test_errors_come_before_warnings() -> None:
    b = sound()
    b.tie("partner_of", "a", "a")
    b.tie("partner_of", "a", "zz")
    assert list(b.findings()["severity"])[:2] == ["error", "warning"]


@pytest.mark.parametrize(
    ("column", "cells", "found"),
    [
        ("Year", [2006, 2007], 1),  # numbers as well as text
        ("jaar", ["2006", "2007"], 1),
        ("tsig", ["1958-04-29", "1965-07"], 1),
        ("members", [2006, 2007], 0),  # may be anything
        ("tsig", ["1958-04-29", "unknown"], 0),
        ("tsig", ["1958-14-29", "1958-04-29"], 0),
    ],
)
def test_a_column_of_dates_that_nothing_uses_is_found_once(
    column: str, cells: list[Any], found: int
) -> None:
    for dated in (False, True):
        b = EcosystemBuilder()
        for node in "abc":
            b.node(node, kind="organisation")
        ends = {"kind": ["partner_of"] * 2, "source": ["a", "b"], "target": ["b", "c"]}
        period = {"start": ["2001", "2001"]} if dated else {}
        b.add_table("ties", pd.DataFrame({**ends, **period, column: cells}))
        listed = checks.run(b.build().tables)
        listed = listed[listed["check"] == "unused_dates"]
        assert len(listed) == (0 if dated else found)
        if len(listed):
            assert "2 ties that have one have no period" in listed["cause"].iloc[0]
