"""The demonstration: Smart's ecosystem, its explorer, its report, and the first findings."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.formats import datapackage
from partnergraph.graph.schema import LANGUAGES
from partnergraph.loaders.load import example, load
from partnergraph.views.explorer.page import explore
from partnergraph.views.report.brief import first_findings
from partnergraph.views.report.page import compose, found, language_of


def demo(folder: Path, *, name: str = "smart", at: str | None = None) -> list[str]:
    """Build an example ecosystem with its explorer and reports, and return the first findings.

    The report is written in Dutch, French and English; that in the ecosystem's own language has no
    language in its name. All speak of one date, by default the day of the data; the explorer shows
    the whole record unless a date is given.

    Raises
    ------
    BadParameter
        If `at` is not a date.
    """
    eco = load(example(name))
    day = eco.as_of if at is None else at
    page = explore(eco, at=at)
    datapackage.save(eco, folder / "ecosystem")
    page.save(folder / "explorer.html")
    facts = found(eco, at=day)
    for language in LANGUAGES:
        ending = "" if language == language_of(eco) else f".{language}"
        compose(facts, lang=language).save(folder / f"report{ending}.html")
    made = [f"Open {folder / 'explorer.html'} and {folder / 'report.html'} in a browser."]
    return [*first_findings(eco, at=day), "", *made]
