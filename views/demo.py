"""The demonstration: Smart's ecosystem, its explorer, its report, and the first findings."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.formats import datapackage
from partnergraph.graph.schema import LANGUAGES
from partnergraph.loaders.load import example, load
from partnergraph.views.explorer.page import explore
from partnergraph.views.report.brief import first_findings
from partnergraph.views.report.page import compose, found, language_of


def demo(folder: Path, *, name: str = "smart") -> list[str]:
    """Build an example ecosystem with its explorer and reports, and return the first findings.

    The report is written in Dutch, French and English; that in the ecosystem's own language has no
    language in its name.
    """
    eco = load(example(name))
    datapackage.save(eco, folder / "ecosystem")
    explore(eco).save(folder / "explorer.html")
    facts = found(eco, at=eco.as_of)
    for language in LANGUAGES:
        ending = "" if language == language_of(eco) else f".{language}"
        compose(facts, lang=language).save(folder / f"report{ending}.html")
    made = [f"Open {folder / 'explorer.html'} and {folder / 'report.html'} in a browser."]
    return [*first_findings(eco, at=eco.as_of), "", *made]
