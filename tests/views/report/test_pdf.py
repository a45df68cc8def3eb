"""The report as PDF: pages, tags, text, and that nothing in a name becomes a command."""

from __future__ import annotations

import io

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.report.page import compose, found, report

pytest.importorskip("typst", reason="needs the extra documents")
pypdf = pytest.importorskip("pypdf", reason="needs the extra pdf")


def test_the_brief_has_two_tagged_searchable_pages_in_every_language(smart: Ecosystem) -> None:
    facts = found(smart, at="2026-11-24")
    for language, said in (("nl", "27 van de 29"), ("fr", "27 des 29"), ("en", "27 of the 29")):
        made = compose(facts, lang=language, parts="brief")
        once = made.pdf()
        page = pypdf.PdfReader(io.BytesIO(once))
        assert len(page.pages) == 2
        assert "/StructTreeRoot" in page.trailer["/Root"]
        assert page.trailer["/Root"]["/Lang"] == language
        text = " ".join(" ".join(p.extract_text() for p in page.pages).split())
        assert said in text
        assert once == made.pdf()


def test_nothing_in_a_name_becomes_a_command() -> None:
    names = (
        '"]); #panic("x")',
        "#let x = 1",
        "\\\\ $x$ *b* _i_ `c` @ref <label>",
        "// comment /* */",
    )
    b = EcosystemBuilder(name="hostile", title=names[0], description=names[1])
    for i, name in enumerate(names):
        b.node(f"n{i}", kind="organisation", name=name, description=name)
        b.node(f"p{i}", kind="project", name=name)
        b.tie("participates_in", f"n{i}", f"p{i}", description=name, member_benefit=name)
        b.tie("partner_of", "n0", f"n{i}") if i else None
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(report(b.build()).pdf())).pages
    )
    for name in names:
        assert name.split()[0] in text
