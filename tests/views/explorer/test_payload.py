"""What the page is told of an ecosystem: all of it, small, and safe inside a script element."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.encoding import dump
from partnergraph.views.explorer.payload import payload, title
from partnergraph.views.explorer.words import summary, ui_words, words


def decoded(spec: Any, count: int, blocks: bytes = b"") -> list[Any]:
    """Read a column back, as model.js does."""
    if isinstance(spec, list):
        return spec
    if "block" in spec:
        offset, length, kind = spec["block"]
        return np.frombuffer(blocks, f"<{kind}", length, offset).tolist()
    if "same" in spec:
        return [spec["same"]] * count
    if "dict" in spec:
        codes = decoded(spec["codes"], count, blocks)
        return [None if c < 0 else spec["dict"][c] for c in codes]
    column = [None] * count
    rows, values = decoded(spec["rows"], 0, blocks), decoded(spec["values"], 0, blocks)
    for row, value in zip(rows, values, strict=True):
        column[row] = value
    return column


def table(data: dict[str, Any], name: str, blocks: bytes = b"") -> dict[str, list[Any]]:
    raw = data[name]
    return {k: decoded(spec, raw["count"], blocks) for k, spec in raw["columns"].items()}


def test_every_cell_of_every_table_comes_back(smart: Ecosystem) -> None:
    data = json.loads(dump(payload(smart)))
    ids = smart.nodes["id"].tolist()
    for name in ("nodes", "aliases", "sources"):
        read = table(data, name)
        for column in smart.table(name).columns:
            cells = [None if v is None or v != v else v for v in smart.table(name)[column].tolist()]
            if column == "node":
                cells = [ids.index(v) for v in cells]
            assert read.get(column, [None] * len(cells)) == cells, (name, column)


def test_ties_keep_their_ends_kinds_and_receipts(smart: Ecosystem) -> None:
    data = json.loads(dump(payload(smart)))
    nodes, ties, evidence = (table(data, name) for name in ("nodes", "ties", "evidence"))
    ends = {
        (nodes["id"][s], k, nodes["id"][t])
        for s, k, t in zip(ties["source"], ties["kind"], ties["target"], strict=True)
    }
    frame = smart.ties
    assert ends == set(zip(frame["source"], frame["kind"], frame["target"], strict=True))
    facts = [*nodes["id"], *frame["id"]]
    receipts = sorted(
        (facts[f], locator)
        for f, locator in zip(evidence["fact"], evidence["locator"], strict=True)
    )
    assert receipts == sorted(zip(smart.evidence["fact"], smart.evidence["locator"], strict=True))


def test_ids_that_follow_from_the_tie_are_left_out() -> None:
    b = EcosystemBuilder(name="t")
    for node in "ab":
        b.node(node, kind="organisation")
    b.tie("partner_of", "a", "b")
    b.tie("partner_of", "a", "b", id="mine")
    b.tie("funds", "a", "b", start="2016")
    read = table(payload_of(b), "ties")
    ids = dict(zip(read["kind"], read["id"], strict=True))
    assert [i for i in read["id"] if i is not None] == ["mine"]
    assert ids["funds"] is None


def payload_of(b: EcosystemBuilder) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(dump(payload(b.build())))
    return data


def test_deflated_payload_says_the_same(smart: Ecosystem) -> None:
    plain = payload(smart)
    packed = base64.b64decode(json.loads(dump(plain, deflate=True))["deflate"])
    raw = zlib.decompress(packed)
    (size,) = struct.unpack("<I", raw[:4])
    head, blocks = json.loads(raw[4 : 4 + size]), raw[4 + size :]
    again = json.loads(dump(plain))
    for name in ("nodes", "ties", "aliases", "sources", "evidence"):
        assert table(head, name, blocks) == table(again, name)


@pytest.mark.parametrize(
    "text", ["</script><script>x", "<!--", "&amp;", "\u2028", "\u2029", "\ud800"]
)
def test_nothing_in_the_data_can_leave_its_element(text: str) -> None:
    written = dump({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written)["name"] == text.replace("\ud800", "\ufffd")
    written.encode()


def test_what_is_not_finite_is_missing() -> None:
    b = EcosystemBuilder(name="t")
    b.node("a", kind="organisation", weight=float("inf"))
    b.node("b", kind="organisation", weight=2.5)
    b.node("c", kind="organisation", weight=float("nan"))
    assert table(payload_of(b), "nodes")["weight"] == [None, 2.5, None]


def test_facets_list_the_vocabulary_in_its_order(smart: Ecosystem) -> None:
    facets = {f["key"]: f["values"] for f in payload(smart)["facets"]}
    assert [v for v in facets["kind"] if v] == list(SCHEMA.node_kinds)
    assert [v for v in facets["tie_kind"] if v] == list(SCHEMA.tie_kinds)
    assert set(facets["country"]) - {""} == set(smart.nodes["country"].dropna())


def test_at_first_the_default_network_is_shown(smart: Ecosystem) -> None:
    assert payload(smart)["hidden"] == {"kind": ["capability", "place"]}


def test_disputed_ties_start_out_hidden_and_only_places_are_shown() -> None:
    b = EcosystemBuilder(name="t")
    b.node("a", kind="place")
    b.node("b", kind="place")
    b.tie("part_of", "a", "b", status="disputed")
    assert payload(b.build())["hidden"] == {"status": ["disputed"]}


def test_an_undated_tie_takes_the_years_of_its_project() -> None:
    b = EcosystemBuilder(name="t")
    b.node("a", kind="organisation")
    b.node("p", kind="project", start="2017-03", end="2019")
    b.node("q", kind="project", start="2016", end="2016", recurrence="FREQ=YEARLY")
    b.tie("participates_in", "a", "p")
    b.tie("participates_in", "a", "q")
    b.tie("hosts", "a", "p", start="2018", end="..")
    read = table(payload_of(b), "ties")
    assert dict(
        zip(read["target"], zip(read["from_year"], read["to_year"], strict=True), strict=True)
    )
    years = sorted(zip(read["kind"], read["from_year"], read["to_year"], strict=True))
    assert years == [
        ("hosts", 2018, 0),
        ("participates_in", 2016, 0),
        ("participates_in", 2017, 2019),
    ]


def test_measures_are_those_of_the_analysis(smart: Ecosystem) -> None:
    from partnergraph.analysis.centrality import centrality

    data = payload(smart, measures=["harmonic"])
    expected = centrality(smart, measures=["harmonic"])["harmonic"].reindex(smart.nodes["id"])
    for value, own in zip(expected, data["measures"]["harmonic"], strict=True):
        assert own is None if value != value else own == pytest.approx(value, rel=1e-8)


def test_a_measure_that_is_not_there_is_refused(smart: Ecosystem) -> None:
    with pytest.raises(UnknownName, match="betweenness"):
        payload(smart, measures=["betwenness"])


def test_an_ecosystem_without_nodes_or_ties_has_a_payload() -> None:
    empty = EcosystemBuilder(name="t").build()
    assert payload_of(EcosystemBuilder(name="t"))["nodes"]["count"] == 0
    assert title(empty) == "t"
    b = EcosystemBuilder(name="t")
    b.node("a", kind="organisation")
    assert payload_of(b)["ties"]["count"] == 0


def test_every_word_is_there_in_every_language() -> None:
    own = ui_words()
    for section in (own["ui"], *own["labels"].values()):
        for key, entry in section.items():
            assert sorted(entry) == ["en", "fr", "nl"], key
            assert all(isinstance(text, str) and text for text in entry.values()), key
    book = words()
    assert all(len(texts) == 3 for texts in book["ui"].values())


def entries() -> list[tuple[str, dict[str, str]]]:
    own = ui_words()
    sections = [own["ui"], *own["labels"].values(), *own["classic"].values()]
    return [(key, entry) for section in sections for key, entry in section.items()]


def test_the_three_languages_fill_in_the_same_places() -> None:
    for key, entry in entries():
        places = [sorted(re.findall(r"\{\w+\}", text)) for text in entry.values()]
        assert places[0] == places[1] == places[2], key


def test_french_has_a_narrow_space_before_its_high_marks() -> None:
    wrong = re.compile(r"(?<!\u202f)[:;!?](?=\s|$)")
    assert [key for key, entry in entries() if wrong.search(entry["fr"])] == []


def test_counted_words_have_both_forms() -> None:
    keys = {key for key, _ in entries()}
    stems = {key.removesuffix(".other") for key in keys if key.endswith(".other")}
    assert stems == {key.removesuffix(".one") for key in keys if key.endswith(".one")}


@pytest.mark.parametrize(
    ("lang", "counts", "said"),
    [
        ("en", (0, 0), "T: 0 nodes, 0 ties"),
        ("en", (1, 1), "T: 1 node, 1 tie"),
        ("nl", (1, 2), "T: 1 knoop, 2 banden"),
        ("fr", (0, 1), "T\u202f: 0 nœud, 1 lien"),
        ("fr", (2, 2), "T\u202f: 2 nœuds, 2 liens"),
    ],
)
def test_the_summary_counts_in_each_language(lang: str, counts: tuple[int, int], said: str) -> None:
    assert summary("T", *counts, lang=lang) == said


def test_every_directed_tie_kind_has_a_name_from_its_other_end() -> None:
    inverse = ui_words()["labels"]["inverse"]
    assert set(inverse) == {k for k, kind in SCHEMA.tie_kinds.items() if kind.directed}
    subtypes = {s for kind in SCHEMA.node_kinds.values() for s in kind.subtypes}
    assert set(ui_words()["labels"]["subtype"]) == subtypes


def test_the_data_of_250_nodes_is_small() -> None:
    """Budget: 40 kB at 250 nodes without evidence; here with 600 ties in groups of ten."""
    b = EcosystemBuilder(name="t")
    for i in range(250):
        b.node(f"n{i}", kind="organisation", name=f"Organisation number {i}", country="BE")
    for i in range(250):
        for step in (1, 2, 3) if i % 10 < 7 else (1,):
            b.tie("partner_of", f"n{i}", f"n{(i + step) % 250}", status="declared")
    eco = b.build()
    assert len(eco.ties) == 600
    assert len(dump(payload(eco))) <= 40_000


def test_clusters_come_with_their_verdict(smart: Ecosystem) -> None:
    data = payload(smart)
    assert data["clusters"]["verdict"] == "clear"
    sure = dict(zip(smart.nodes["id"], data["clusters"]["stability"], strict=True))
    assert 0.5 < sure["smart"] <= 1
    assert sure["belgium"] is None  # a place is in no network, and so in no cluster
