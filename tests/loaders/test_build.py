"""Many sources into one ecosystem, every row accounted for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter, InvalidEcosystem
from partnergraph.loaders.build import build, build_into


def folder(path: Path, nodes: str, ties: str = "") -> Path:
    path.mkdir()
    (path / "nodes.csv").write_text(f"id,kind,name,country\n{nodes}", encoding="utf-8")
    (path / "ties.csv").write_text(f"kind,source,target\n{ties}", encoding="utf-8")
    return path


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    one = folder(tmp_path / "one", "a,organisation,A,BE\nb,organisation,B,\n", "partner_of,a,b\n")
    other = folder(
        tmp_path / "other",
        "b,organisation,B,FR\na,organisation,Alpha,BE\nc,nothing,C,\n",
        "partner_of,b,a\npartner_of,a,c\n",
    )
    return [one, other]


def test_rows_are_merged_filled_set_aside_and_conflicts_said(two: list[Path]) -> None:
    built = build(two)
    nodes = built.ecosystem.nodes.set_index("id")
    assert (nodes.loc["b", "country"], nodes.loc["a", "name"]) == ("FR", "A")
    assert list(built.ecosystem.ties["id"]) == ["a.partner_of.b"]
    assert sorted(built.aside["check"]) == ["dangling_tie", "unknown_kind"]
    said = "\n".join(built.said)
    assert "'A' here is 'Alpha' there" in said
    assert "merged with what already existed: 2 nodes, 1 tie" in said
    assert "1 node, 1 tie set aside" in said


def test_every_row_read_is_kept_merged_or_set_aside(two: list[Path]) -> None:
    """5 nodes and 3 ties were read: 2 + 1 kept, 2 + 1 merged, 1 + 1 set aside."""
    built = build(two)
    kept = len(built.ecosystem.nodes) + len(built.ecosystem.ties)
    assert kept + 3 + len(built.aside[["table", "position"]].drop_duplicates()) == 8


def test_strict_raises_instead(two: list[Path]) -> None:
    with pytest.raises(InvalidEcosystem):
        build(two, strict=True)
    with pytest.raises(BadParameter):
        build([])


def test_building_again_changes_nothing(two: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "eco"
    build_into(two, target)
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    build_into(two, target, existing="merge")
    build_into(two, target, existing="replace")
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before
    with pytest.raises(AlreadyThere, match="--merge"):
        build_into(two, target)


def test_smart_builds_from_itself(smart: Ecosystem) -> None:
    assert build(pg.example("smart")).ecosystem == smart


def test_an_ecosystem_with_errors_is_not_added_to(two: list[Path], tmp_path: Path) -> None:
    """Its rows with errors would be set aside, and so be gone from the folder."""
    eco = tmp_path / "eco"
    build_into([two[0]], eco)
    ties = eco / "ties.csv"
    ties.write_text(ties.read_text().replace(",b,", ",nobody,"), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in eco.iterdir()}
    with pytest.raises(InvalidEcosystem, match="'nobody' is not in nodes"):
        build_into([two[1]], eco, existing="merge")
    assert {path.name: path.read_bytes() for path in eco.iterdir()} == before


@pytest.mark.slow
def test_two_additions_at_once_are_both_there(tmp_path: Path) -> None:
    """Real processes, as two people at their command lines; 7 of 12 such pairs once lost one."""
    eco = tmp_path / "eco"
    build_into([folder(tmp_path / "first", "start,organisation,S,\n")], eco)
    made = {"start"}
    for number in range(int(os.environ.get("PARTNERGRAPH_ROUNDS", "4")) // 2):
        ids = [f"{name}{number}" for name in "ab"]
        tables = [folder(tmp_path / id, f"{id},organisation,{id},\n") for id in ids]
        command = [sys.executable, "-m", "partnergraph", "build", "-o", str(eco), "--merge"]
        both = [
            subprocess.Popen([*command, str(table)], stderr=subprocess.PIPE, text=True)
            for table in tables
        ]
        for process in both:
            _, said = process.communicate(timeout=120)
            assert process.returncode == 0, said
        made |= {*ids}
        assert {*pg.load(eco).nodes["id"]} == made
