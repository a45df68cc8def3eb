"""The report of one ecosystem in three languages: the same findings, each in its own words."""

from __future__ import annotations

import re
from html import escape

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.page import SECTIONS, Report, compose, found, report
from partnergraph.views.words import catalogue, plain, written

DAY = "2026-11-24"
# Words that only English has.
ENGLISH = re.compile(r"\b(?:the|of|with|are|has|been|which|nobody|would)\b")


@pytest.fixture(scope="module")
def made(smart: Ecosystem) -> dict[str, Report]:
    facts = found(smart, at=DAY)
    return {language: compose(facts, lang=language) for language in ("nl", "fr", "en")}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Zonder Smart vallen de 29 andere uiteen in 10 delen in plaats van 1."),
        ("fr", "Sans Smart, les 29 autres se séparent en 10 morceaux au lieu de 1."),
        ("en", "Without Smart, the other 29 fall into 10 pieces instead of 1."),
    ],
)
def test_the_brief_speaks_each_language(made: dict[str, Report], language: str, said: str) -> None:
    page = made[language]
    assert said in page.markdown
    assert f'<html lang="{language}">' in page.html
    assert {section.id for section in page.content["sections"]} == set(SECTIONS) - {"since"}
    assert page.missing == {}


def test_all_languages_carry_the_same_records(made: dict[str, Report]) -> None:
    records = [
        [{k: v for k, v in f.items() if k != "words"} for f in page.trace["findings"]]
        for page in made.values()
    ]
    assert records[0] == records[1] == records[2]
    words = [[f["words"]["found"] for f in page.trace["findings"]] for page in made.values()]
    assert len({said for language in words for said in language}) == 3 * len(words[0])


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_no_sentence_of_the_brief_stays_english(made: dict[str, Report], language: str) -> None:
    for finding in made[language].trace["findings"]:
        names = {name for ids in finding["who"].values() for name in ids}
        for part, said in finding["words"].items():
            key = f"{part}.{finding['claim']}"
            known = [k for k in (f"{key}_{finding['case']}", key) if k in catalogue(language)]
            assert bool(said) == bool(known), key
            assert all(k in written(language) for k in known)
            if not names:  # names of the data are in English here
                assert not ENGLISH.search(said), said


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_the_report_says_nothing_that_only_the_english_catalogue_has(
    smart: Ecosystem, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partnergraph.views.words.catalogue", lambda: written(language))
    for eco in (smart, unlike_smart()):  # a key that the language lacks is a KeyError
        page = compose(found(eco, at=None if eco is smart else "2020"), lang=language)
        assert page.missing == {}
        assert page.docx()
        assert page.appendix()


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_no_word_of_ours_is_english_in_another_language(language: str) -> None:
    page = compose(found(unlike_smart(), at="2020"), lang=language)
    text = re.sub(r"(?s)<style>.*?</style>|<pre>.*?</pre>|<[^>]*>", " ", page.html)
    measured = next(s for s in page.content["sections"] if s.id == "methods")
    # Formulas and references of measures are as their authors wrote them.
    quoted = [
        plain(line.words)
        for t in measured.blocks
        if t.block == "table" and len(t.columns) == 4
        for row in t.rows
        for line in row[2]
    ]
    for said in quoted:
        text = text.replace(str(escape(said)), " ")
    text = re.sub(r"partnergraph [\w -]+", " ", text)  # commands to type
    own = {"of"} if language == "nl" else set()  # a word of Dutch too
    assert set(ENGLISH.findall(text)) - own == set()


def unlike_smart() -> Ecosystem:
    """Return an ecosystem with numbers for names: every kind of tie, role, status and date."""
    b = EcosystemBuilder(name="1", title="2")
    b.source("s", title="3", retrieved="2020-01-01")
    kinds = {"organisation": 9, "network": 3, "project": 6, "capability": 6, "place": 2}
    ids = {kind: [f"{kind[:3]}{i}" for i in range(n)] for kind, n in kinds.items()}
    for kind, nodes in ids.items():
        subtypes = SCHEMA.node_kinds[kind].subtypes
        for i, node in enumerate(nodes):
            dates = {"start": f"201{i}", "end": f"202{i}"} if kind == "project" and i % 2 else {}
            subtype = {"subtype": subtypes[i % len(subtypes)]} if subtypes else {}
            b.node(node, kind=kind, name=f"{len(ids)}{kind[:1].upper()}{i}", **dates, **subtype)
    statuses, roles = list(SCHEMA.values["status"]), [*SCHEMA.tie_kinds["participates_in"].roles]
    for kind, tie in SCHEMA.tie_kinds.items():
        pairs = [
            (a, c)
            for one in sorted(tie.source_kinds)
            for other in sorted(tie.target_kinds)
            for a in ids[one][:4]
            for c in ids[other][:3]
            if a < c and (one == other or not tie.same_kind)
        ]
        for i, (a, c) in enumerate(pairs):
            more: dict[str, object] = {"status": statuses[i % len(statuses)]}
            more |= {"role": roles[i % len(roles)]} if tie.roles else {}
            more |= {"start": "2015", "end": "2019" if i % 5 else ".."} if i % 3 == 0 else {}
            b.evidence(b.tie(kind, a, c, **more), source="s", locator="4")
    return b.build()


def test_every_sentence_of_the_brief_is_in_the_trace(made: dict[str, Report]) -> None:
    for page in made.values():
        told = " ".join(said for f in page.trace["findings"] for said in f["words"].values())
        cards = [block for block in page.content["brief"] if block.block == "card"]
        assert 0 < len(cards) <= 7
        for card in cards:
            assert "".join(map(str, card.line.words)) in told


def test_the_language_is_that_of_the_ecosystem_where_we_speak_it(smart: Ecosystem) -> None:
    for language, spoken in (("nl-BE", "nl"), ("fr", "fr"), ("de", "en"), ("", "en")):
        eco = smart.with_about(language=language)
        assert report(eco, parts="brief").language == spoken
    with pytest.raises(UnknownName, match="language 'de'"):
        report(smart, lang="de", parts="brief")


def test_the_facts_of_2018_and_2026_differ_as_a_hand_count_says(smart: Ecosystem) -> None:
    # In 2018 the agreement's second term is to come, so 64 of 71 ties; in 2026 its 6 ties, the 6 to
    # its study and what follows, these two as its parts and the congress's 2 are over.
    told = {}
    for year in ("2018", "2026"):
        page = report(smart, at=year, parts="brief", lang="en")
        told[year] = [f["words"]["found"] for f in page.trace["findings"] if f["brief"]]
    assert any("tied to 29 of the 32 other" in said for said in told["2018"])
    assert any("tied to 27 of the 29 other" in said for said in told["2026"])
    assert told["2026"][0].startswith("16 of the 71 ties on record had ended by 2026")
