"""A sealed report: equal on the same versions, and what differs, and why, where it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, UnusableInput
from partnergraph.graph.formats import datapackage
from partnergraph.views.report import seal as sealing
from partnergraph.views.report.seal import FACTS, METADATA, TRACE, seal, verify


def guild(*, name: str = "Weft") -> Ecosystem:
    b = EcosystemBuilder(name="guild", title="The guild", licence="CC0-1.0")
    b.source("page", title="A page", retrieved="2025-03-01")
    for node, called in (("loom", "Loom"), ("weft", name), ("warp", "Warp")):
        b.evidence(b.node(node, kind="organisation", name=called), source="page", locator="line 1")
    for other in ("weft", "warp"):
        b.evidence(b.tie("partner_of", "loom", other), source="page", locator="line 2")
    return b.build()


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "crate"
    seal(guild(), folder, forms=(".html", ".md"), appendix=True, lang="nl", at="2026")
    return folder


@pytest.fixture
def copy(crate: Path, tmp_path: Path) -> Path:
    return shutil.copytree(crate, tmp_path / "copy")


def test_the_crate_lists_every_file_and_how_it_was_made(crate: Path) -> None:
    graph = {e["@id"]: e for e in json.loads((crate / METADATA).read_text())["@graph"]}
    assert graph[METADATA]["conformsTo"]["@id"].endswith("ro/crate/1.1")
    assert graph["./"]["datePublished"] == "2025-03-01"
    files = {p.relative_to(crate).as_posix() for p in crate.rglob("*") if p.is_file()}
    assert {i for i, e in graph.items() if e["@type"] == "File"} == files - {METADATA}
    reached, left = set(), ["./"]
    while left:  # every part is reached from the root, as RO-Crate asks
        for part in graph[left.pop()].get("hasPart", []):
            reached.add(part["@id"])
            left.append(part["@id"])
    assert reached >= files - {METADATA}
    asked = {e["name"]: e["value"] for e in graph.values() if e["@type"] == "PropertyValue"}
    assert asked == {"alike": False, "at": "2026", "lang": "nl"}


def test_the_same_facts_give_the_same_bytes_and_are_equal(crate: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    seal(guild(), again, forms=(".html", ".md"), appendix=True, lang="nl", at="2026")
    for path in (p for p in crate.rglob("*") if p.is_file()):
        assert path.read_bytes() == (again / path.relative_to(crate)).read_bytes(), path.name
    verdict = verify(again, guild())
    assert verdict.equal
    assert verdict.data == verdict.versions == verdict.outputs == ()


def test_one_receipt_edited_is_tampering_and_names_the_fact(copy: Path) -> None:
    evidence = copy / "ecosystem" / "evidence.csv"
    text = evidence.read_text()
    row = next(line for line in text.splitlines() if line.startswith("weft,"))
    evidence.write_text(text.replace(row, row.replace("line 1", "line 9")))
    with pytest.raises(UnusableInput, match=r"evidence.csv.*facts: weft \(Weft\) is changed"):
        verify(copy)


@pytest.mark.parametrize("name", [TRACE, FACTS, "report.html", "ecosystem/ties.csv"])
def test_a_changed_byte_or_a_missing_file_is_named(copy: Path, name: str) -> None:
    path = copy / name
    data = path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    with pytest.raises(UnusableInput, match=f"changed: {name}"):
        verify(copy)
    path.unlink()
    with pytest.raises(UnusableInput, match=f"missing: {name}"):
        verify(copy)
    path.write_bytes(data)
    assert verify(copy).equal
    (copy / "more.txt").write_text("")
    with pytest.raises(UnusableInput, match=r"not sealed: more\.txt"):
        verify(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"@graph": [1]}', '{"@graph": []}', "\x00"])
def test_metadata_that_is_none(copy: Path, text: str) -> None:
    (copy / METADATA).write_text(text)
    with pytest.raises(UnusableInput, match="not what --seal wrote"):
        verify(copy)
    (copy / METADATA).unlink()
    with pytest.raises(UnusableInput, match=METADATA):
        verify(copy)


@pytest.mark.parametrize(
    ("option", "value"),
    [("lang", "xx"), ("lang", 5), ("at", "spring"), ("at", [1]), ("parts", "none"), ("seed", "x")],
)
def test_options_that_are_none(copy: Path, option: str, value: object) -> None:
    metadata = json.loads((copy / METADATA).read_text())
    kept = [e for e in metadata["@graph"] if e.get("name") != option]
    forged = {"@id": f"#option-{option}", "@type": "PropertyValue", "name": option, "value": value}
    metadata["@graph"] = [*kept, forged]
    (copy / METADATA).write_text(json.dumps(metadata))
    with pytest.raises(UnusableInput, match="cannot be used"):
        verify(copy)


def test_a_form_nobody_writes(copy: Path) -> None:
    (copy / "report.zip").write_bytes(b"")
    metadata = json.loads((copy / METADATA).read_text())
    empty = sealing.hashlib.sha256(b"").hexdigest()
    metadata["@graph"].append({"@id": "report.zip", "@type": "File", "sha256": empty})
    (copy / METADATA).write_text(json.dumps(metadata))
    with pytest.raises(UnusableInput, match="cannot be used"):
        verify(copy)


def test_a_forged_figure_with_its_hash_comes_out_otherwise(copy: Path) -> None:
    page, metadata = copy / "report.md", copy / METADATA
    old, new = page.read_bytes(), page.read_bytes().replace(b"Loom", b"Weft")
    page.write_bytes(new)
    text = metadata.read_text().replace(sealing.hashlib.sha256(old).hexdigest(), "HASH")
    metadata.write_text(text.replace("HASH", sealing.hashlib.sha256(new).hexdigest()))
    verdict = verify(copy)
    assert not verdict.equal
    assert verdict.outputs == ("report.md",)
    assert "the facts do not give them" in " ".join(verdict.in_words())


def test_other_versions_and_other_data_are_told_apart(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = sealing.versions()
    monkeypatch.setattr(sealing, "versions", lambda: {**now, "pandas": "0.1"})
    verdict = verify(copy, guild(name="Woof"))
    assert verdict.versions == (f"pandas {now['pandas']} when sealed, 0.1 now",)
    assert verdict.data == ("weft (Woof) is changed",)
    assert verdict.outputs == ()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AlreadyThere):
        seal(guild(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_the_ecosystem_in_the_crate_is_a_data_package(crate: Path) -> None:
    assert datapackage.load(crate / "ecosystem").tables.keys() == guild().tables.keys()
