"""The sections on what lapses and what changed: expected counts are those of the guild, by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import BadParameter
from partnergraph.views.report.page import report
from tests.views.answers.asked import SMART, run
from tests.views.report.test_recount import DAY, guild


def section(text: str, title: str) -> str:
    """Return one section of a report in Markdown."""
    return re.split(rf"\n## \d+\. {title}\n", text)[1].split("\n## ")[0]


def test_what_lapses_within_a_year_is_listed() -> None:
    said = section(report(guild(), at=DAY, parts="full").markdown, "What lapses within a year")
    assert "Within 12 months of 2026, 1 of the 11 ties on record lapses unless renewed." in said
    assert "| Loom – Wharp | partner of | 28 February 2027 | no |" in said
    assert "3 ties have lapsed before the day and are still on record" in said
    assert "1 node has no tie" in said  # Wharp


def test_without_a_day_nothing_lapses_and_without_an_earlier_one_nothing_changed() -> None:
    said = report(guild(), parts="full").markdown
    assert "What lapses within a year" not in said
    assert "What has changed" not in said


def test_what_changed_since_a_day_and_since_an_edition_is_told() -> None:
    eco = guild()
    said = section(report(eco, at=DAY, since="2020", parts="full").markdown, "What has changed")
    assert "1 node came and 1 left; 1 pair has become tied and 3 pairs are no longer tied" in said
    assert "| tied pairs | 8 | 6 |" in said
    earlier = eco.without(["warp"]).with_about(as_of="2025")
    made = report(eco, at=DAY, since=earlier, parts="full")
    said = section(made.markdown, "What has changed")
    assert "1 node came and 0 left; 1 pair has become tied" in said
    assert "newly recorded" in said
    finding = next(x for x in made.trace["findings"] if x["claim"] == "changed")
    assert finding["question"] == "change ECO0"


@pytest.mark.parametrize("lang", ["nl", "fr", "en"])
def test_both_sections_speak_each_language(lang: str) -> None:
    made = report(guild(), at=DAY, since="2020", lang=lang)
    assert {"lapses", "since"} <= {section.id for section in made.content["sections"]}
    assert "{" not in made.markdown.replace("\\{", "")


def test_an_earlier_day_that_is_none_is_refused(tmp_path: Path) -> None:
    for since, words in (("2027", "is after"), ("spring", "not an EDTF date")):
        out = tmp_path / "x.html"
        asked = ("report", SMART, "--at", "2026", "--since", since, "-o", str(out))
        assert words in run(*asked, code=2).stderr
        assert not out.exists()
    with pytest.raises(BadParameter, match="one of a day"):
        report(guild(), since="2020")
    other = pg.EcosystemBuilder(About(name="other", as_of="2020"))
    other.node("x", kind="organisation")
    with pytest.raises(BadParameter, match="different ecosystems"):
        report(guild(), at=DAY, since=other.build())
