"""The right words for what is counted: one small ecosystem of our own for each, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.coverage import coverage_in_words
from partnergraph.views.report.page import Report, report
from partnergraph.views.words import plain


def said(eco: Ecosystem, **options: object) -> dict[str, str]:
    """Return the first sentence of each claim."""
    made: Report = report(eco, lang="en", **options)  # type: ignore[arg-type]
    found = reversed(made.trace["findings"])
    return {finding["claim"]: finding["words"]["found"] for finding in found}


def ring(n: int, **more: object) -> EcosystemBuilder:
    """Return organisations in a circle, so that no one of them stands out."""
    b = EcosystemBuilder(name="mill", **more)
    for i in range(n):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
    for i in range(n):
        b.tie("partner_of", f"o{i}", f"o{(i + 1) % n}")
    return b


def test_a_project_is_shared_where_two_or_more_take_part() -> None:
    b = ring(4)
    for project, who in (("dam", "01"), ("weir", "0"), ("lock", "123"), ("race", "")):
        b.node(project, kind="project", name=project.title())
        for i in who:
            b.tie("participates_in", f"o{i}", project)
    assert said(b.build())["together"] == (
        "2 of the 4 projects on record have two or more participants; "
        "Lock brings the most together, 3."
    )


def test_what_a_project_contributes_to_is_an_aim_and_what_it_requires_a_need() -> None:
    b = ring(3)
    b.node("dam", kind="project", name="Dam")
    b.tie("participates_in", "o0", "dam")
    for aim, kind in (("Clean water", "contributes_to"), ("Masonry", "requires")):
        b.node(aim[:5].lower().strip(), kind="capability", name=aim)
        b.tie(kind, "dam", aim[:5].lower().strip())
    eco = b.build()
    assert said(eco)["wanted"] == "Nobody on record has what a project requires: Masonry."
    from partnergraph.analysis.coverage import coverage

    told = [plain(words) for words in coverage_in_words(eco, coverage(eco))]
    assert not any("Clean water" in sentence for sentence in told)
    assert any("Masonry" in sentence for sentence in told)
    assert "Asked for, but held by nobody on record: Masonry." in report(eco).markdown


def test_who_has_something_broader_is_named_beside_what_one_alone_has() -> None:
    b = ring(3)
    for what in ("Milling", "Oat milling", "Baking"):
        b.node(what.replace(" ", "-").lower(), kind="capability", name=what)
    b.tie("part_of", "oat-milling", "milling")
    b.tie("offers", "o0", "oat-milling")
    b.tie("active_in", "o1", "milling")
    b.tie("offers", "o2", "baking")
    eco = b.build()
    assert said(eco)["alone"] == (
        "Every capability on record is held by one actor alone; "
        "for 1 of them, another actor has a broader one."
    )
    page = report(eco).markdown
    assert "Oat milling: Mill 0 (a broader one: Mill 1)" in page
    assert "Baking: Mill 2 (" not in page


def test_what_nobody_has_is_held_against_what_is_broader_or_a_part_of_it() -> None:
    b = ring(3)
    for what in ("Law", "Water law", "Tax"):
        b.node(what.replace(" ", "-").lower(), kind="capability", name=what)
    b.tie("part_of", "water-law", "law")
    b.tie("needs", "o0", "law")
    b.tie("needs", "o0", "tax")
    b.tie("offers", "o1", "water-law")
    assert said(b.build())["wanted"] == (
        "Nobody on record has what is looked for: Law and Tax. "
        "For 1 of them, somebody has something broader or a part of it."
    )


@pytest.mark.parametrize(
    ("minimum", "words"),
    [
        (None, "fewer than two recorded participants"),
        (3, "fewer recorded participants than needed"),
    ],
)
def test_a_departure_leaves_too_few_recorded_participants(minimum: int | None, words: str) -> None:
    b = ring(6)
    b.node("dam", kind="project", name="Dam", **({"minimum": minimum} if minimum else {}))
    for i in range(minimum or 2):
        b.tie("participates_in", f"o{i}", "dam")
    b.node("milling", kind="capability", name="Milling")
    b.tie("offers", "o1", "milling")  # whoever alone has something is asked after
    page = report(b.build(), lang="en")
    told = [f["words"]["found"] for f in page.trace["findings"] if f["claim"] == "leaves"]
    assert told
    assert all(sentence.endswith(f"Dam would have {words}.") for sentence in told)
    assert "go on" not in page.markdown


def test_those_that_act_are_ranked_among_themselves() -> None:
    b = EcosystemBuilder(name="mill")
    for i in range(30):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
    b.node("dam", kind="project", name="Dam")  # has the most neighbours, and does not act
    for i in range(30):
        b.tie("participates_in", f"o{i}", "dam")
    for i in range(1, 25):
        b.tie("partner_of", "o0", f"o{i}")
    assert said(b.build())["rank"] == (
        "Mill 0 ranks first of the 30 organisations and networks: it is tied to 25 of the 30 other "
        "organisations, networks and projects."
    )


def test_a_likely_duplicate_is_named_in_the_brief() -> None:
    rows = [{"a": "o0", "b": "o3", "score": 0.97, "judgement": None}]
    rows.append({"a": "o1", "b": "o2", "score": 0.4, "judgement": None})
    page = report(ring(4).build(), duplicates=pd.DataFrame(rows), lang="en", parts="brief")
    first = page.trace["findings"][0]
    assert first["words"]["found"] == (
        "Mill 0 and Mill 3 may be the same: their names are almost alike."
    )
    assert first["brief"]


def test_a_first_place_within_noise_is_said_to_be_shared() -> None:
    b = ring(12)
    b.tie("partner_of", "o0", "o5")
    b.tie("partner_of", "o0", "o7")
    b.tie("partner_of", "o3", "o5")
    # Degrees: o0 4, o5 4, o3 and o7 3, else 2: nobody is first alone.
    assert said(b.build())["rank"].startswith("Mill 0 and Mill 5 share the first rank")
    b.tie("partner_of", "o0", "o8")
    # 5 against 4, 3 and 2: 1.96 √(0.1 (5 + 4)) = 1.9, 1.96 √(0.1 (5 + 3)) = 1.8 < 2.
    assert said(b.build())["rank"] == (
        "Mill 0 is tied to most, 5 of the 11 other organisations, networks and projects, but "
        "shares the first rank: 1 other is as close as unrecorded ties may explain."
    )


def test_nobody_is_ranked_where_nothing_is_tied() -> None:
    b = EcosystemBuilder(name="mill")
    for i in range(4):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
    eco = b.build()
    assert said(eco)["rank"] == "None of the 4 organisations and networks is tied to another."
    assert "1=" not in report(eco).markdown
    for i in range(1, 4):
        b.tie("partner_of", "o0", f"o{i}")  # without Mill 0, nobody is tied to anybody
    star = report(b.build(), lang="en")
    assert "alike" not in {f["claim"] for f in star.trace["findings"]}
    assert "| 1= |" not in star.markdown


def test_that_no_tie_is_without_a_date_is_not_a_finding() -> None:
    b = EcosystemBuilder(name="mill")
    for i in range(3):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
    b.tie("partner_of", "o0", "o1", start="2019", end="..")
    assert "dates" not in said(b.build())
    b.tie("partner_of", "o1", "o2")
    assert said(b.build())["dates"] == "1 of 2 ties has no date."


def test_who_is_tied_to_whom_is_said_of_the_day() -> None:
    b = ring(8)
    for i in (2, 3, 4, 5):
        b.tie("partner_of", "o0", f"o{i}", start="2001", end="2010")
    assert "each is tied to 2 of the 7 other" in said(b.build(), at="2020")["rank"]
    assert "it is tied to 6 of the 7 other" in said(b.build(), at="2005")["rank"]
    assert said(b.build(), at="2020")["over"].startswith("4 of the 12 ties on record had ended")


def test_participations_alone_close_no_triangle() -> None:
    b = EcosystemBuilder(name="mill")
    for i in range(6):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
        b.node(f"p{i}", kind="project", name=f"Dam {i}")
    for i in range(6):
        for project in (i, (i + 1) % 6, *([2, 3, 4, 5] if i == 0 else [])):
            b.tie("participates_in", f"o{i}", f"p{project}")
    page = report(b.build(), lang="en")
    assert said(b.build())["rank"] == (
        "Mill 0 takes part in the most projects, 6; 2 is the next highest number among the 6 "
        "organisations and networks."
    )
    assert "transitivity" not in page.markdown


def test_a_project_ends_and_does_not_leave() -> None:
    b = ring(5)
    b.node("dam", kind="project", name="Dam")
    b.node("far", kind="organisation", name="Far")
    b.tie("participates_in", "o0", "dam")
    b.tie("participates_in", "far", "dam")
    told = said(b.build())
    assert told["closes"] == (
        "When Dam ends, 1 other is cut off from the largest piece, "
        "unless there are ties that are not on record."
    )
    assert "If Dam left" not in report(b.build()).markdown


def test_where_all_ties_end_there_are_no_others() -> None:
    b = EcosystemBuilder(name="mill")
    for i in range(3):
        b.node(f"o{i}", kind="organisation", name=f"Mill {i}")
        b.tie("partner_of", f"o{i}", "o0", start="2001", end="2010") if i else None
    assert said(b.build())["ends"].startswith("All 2 ties end on a known date")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "no borders part the groups"),
        ("fr", "aucune frontière"),
        ("nl", "geen grens scheidt"),
    ],
)
def test_neighbourhoods_around_a_ring_are_no_clusters(language: str, words: str) -> None:
    """Every one of 60 is tied to the next three: dense everywhere, and the same everywhere."""
    b = ring(60)
    for i in range(60):
        for step in (2, 3):
            b.tie("partner_of", f"o{i}", f"o{(i + step) % 60}")
    assert words in report(b.build(), lang=language).markdown
