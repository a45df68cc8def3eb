"""Registers: file in, ecosystem out. The records here are made up in the shape of each."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders import registers
from partnergraph.loaders.load import read, reader_for, readers
from partnergraph.loaders.tables.mapping_file import parse_mapping

V1 = {
    "id": "https://ror.org/012345678",
    "name": "Institute",
    "aliases": ["Inst"],
    "acronyms": ["I"],
    "labels": [{"label": "Institut", "iso639": "fr"}],
    "types": ["Facility"],
    "established": 1957,
    "status": "active",
    "links": ["https://i.example"],
    "country": {"country_code": "BE"},
    "addresses": [{"city": "Gent"}],
    "relationships": [
        {"type": "Child", "id": "https://ror.org/087654321", "label": "C"},
        {"type": "Related", "id": "https://ror.org/0aaaaaaaa", "label": "?"},
    ],
}
V2 = {
    "id": "https://ror.org/087654321",
    "types": ["facility"],
    "established": None,
    "status": "active",
    "links": [{"type": "website", "value": "https://c.example"}],
    "names": [
        {"value": "Child", "types": ["ror_display", "label"], "lang": "en"},
        {"value": "CH", "types": ["acronym"], "lang": None},
    ],
    "locations": [{"geonames_details": {"name": "Gent", "country_code": "BE"}}],
    "relationships": [{"type": "parent", "id": "https://ror.org/012345678"}],
}


@pytest.mark.parametrize("name", registers.names())
def test_each_says_what_it_is_and_its_mapping_holds(name: str) -> None:
    entry = registers.catalogue()[name]
    assert {"title", "publisher", "licence", "url", "holds"} <= set(entry)
    home = Path(registers.__file__).parent / name
    assert (home / "README.md").read_text(encoding="utf-8").startswith("# ")
    text = registers.mapping_of(name)
    if text is not None:
        mapping = parse_mapping(text, name)
        assert mapping.source["publisher"] == entry["publisher"]
        assert mapping.source["licence"] == entry["licence"]
    assert name in set(readers()["loader"])


@pytest.mark.parametrize("form", ["lines", "list", "packed"])
def test_ror_of_both_versions(form: str, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(r) for r in (V1, V2)).encode()
    content = {
        "lines": lines,
        "list": json.dumps([V1, V2]).encode(),
        "packed": gzip.compress(lines),
    }
    path = tmp_path / "ror.jsonl"
    path.write_bytes(content[form])
    draft = read(path, reader=None if form != "list" else "ror", retrieved="2024-05-01")
    eco = draft.builder.build()
    assert eco.nodes.set_index("id")["name"].to_dict() == {
        "012345678": "Institute",
        "087654321": "Child",
        "gent-be": "Gent",
    }
    ties = set(zip(eco.ties["source"], eco.ties["kind"], eco.ties["target"], strict=True))
    part_of = next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind)
    assert ("087654321", part_of, "012345678") in ties
    assert len(ties) == 3  # the relation both state is one, the dangling one is none
    assert draft.rejected is not None
    assert draft.rejected["cause"].tolist() == ["0aaaaaaaa is not in this file"]
    assert set(eco.aliases["alias"]) == {"Inst", "I", "Institut", "CH"}
    assert eco.sources["retrieved"].tolist() == ["2024-05-01"]


def test_360giving_in_its_own_shape(tmp_path: Path) -> None:
    grant = {
        "id": "g-1",
        "title": "A grant",
        "amountAwarded": 10.5,
        "currency": "GBP",
        "awardDate": "05/06/2014",
        "fundingOrganization": [{"id": "f", "name": "Fund"}],
        "recipientOrganization": [
            {"id": "r", "name": "Receiver", "addressCountry": "England", "addressLocality": "Leeds"}
        ],
    }
    path = tmp_path / "g.json"
    path.write_text(json.dumps({"grants": [grant]}))
    assert reader_for(path) == "threesixtygiving"
    eco = read(path).builder.build()
    funds = eco.ties[eco.ties["kind"] == "funds"].set_index("target")
    assert funds.loc["r", ["source", "amount", "currency", "start"]].tolist() == [
        "f",
        10.5,
        "GBP",
        "2014-06-05",
    ]
    node = eco.nodes.set_index("id").loc["r"]
    assert (node["country"], node["original_country"]) == ("GB", "England")


def test_dpga_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "goods.tar.gz"
    good = {
        "name": "Good",
        "organizations": [
            {"name": "A", "org_type": "owner"},
            {"name": "B", "org_type": "implementer"},
        ],
        "SDGs": [{"SDGNumber": 8}],
    }
    with tarfile.open(path, "w:gz") as archive:
        for name in ("nominees/good.json", "digitalpublicgoods/good.json"):
            data = json.dumps(good).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert reader_for(path) == "dpga"
    eco = read(path).builder.build()
    roles = eco.ties.dropna(subset="role").set_index("source")
    assert roles["role"].to_dict() == {"a": "lead", "b": "partner"}
    assert roles["original_role"].to_dict() == {"a": "owner", "b": "implementer"}


def test_cordis_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text(
        "rcn,role,pic,country,contribution,start_date\n1,coordinator,9,EL,NA,2019-05-01\n"
    )
    assert reader_for(path) == "cordis"
    eco = read(path).builder.build()
    tie = eco.ties.iloc[0]
    assert (tie["source"], tie["target"], tie["role"]) == ("pic-9", "rcn-1", "lead")
    assert eco.nodes.set_index("id").loc["pic-9", "country"] == "GR"


def test_a_file_of_none_is_refused_by_one(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(UnusableInput, match="no record of ROR"):
        registers.read("ror", tmp_path / "x.jsonl")
    assert registers.detected(tmp_path / "x.jsonl") is None
