"""The report in a real browser: nothing fetched, nothing axe complains of, two pages of brief."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.report.page import compose, found
from tests.conftest import lacking
from tests.views.explorer.reader import AXE, VIOLATIONS


@pytest.fixture(scope="module")
def facts(smart: Ecosystem) -> Any:
    return found(smart, at="2026-11-24")


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_axe_and_print(facts: Any, chromium: Any, tmp_path: Path, language: str) -> None:
    pypdf = pytest.importorskip("pypdf", reason="needs the extra pdf")
    if not AXE.exists():
        lacking("tools", "axe-core is not in .tools (make tools)")
    file = compose(facts, lang=language).save(tmp_path / "report.html")
    # The page allows no script at all; for axe, and only here, any may run.
    context = chromium.new_context(offline=True, bypass_csp=True)
    page, trouble = context.new_page(), []
    page.on("console", lambda m: trouble.append(m.text))
    page.on("request", lambda r: r.url.startswith("file:") or trouble.append(r.url))
    page.goto(file.as_uri())
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.lang") == language
    # No word of a figure lies outside it, and no table outside the page.
    assert (
        page.evaluate("""[...document.querySelectorAll(".drawing svg")].flatMap((svg) => {
      const box = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((t) => {
        const b = t.getBoundingClientRect();
        return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 1 ||
          b.bottom > box.bottom + 1;
      }).map((t) => t.textContent);
    })""")
        == []
    )
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    first = [p.extract_text() for p in printed.pages]
    contents = next(s for s in compose(facts, lang=language).content["sections"]).title
    starts = next(i for i, text in enumerate(first) if contents in text)
    assert starts == 2  # the brief has two pages
    assert len(printed.pages) < 60
    assert trouble == []
    context.close()
