"""The demonstration: Smart's ecosystem, its explorer, its report, and the first findings."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.formats import datapackage
from partnergraph.loaders.load import example, load
from partnergraph.views.explorer.page import explore
from partnergraph.views.report.brief import first_findings
from partnergraph.views.report.page import report


def demo(folder: Path, *, name: str = "smart") -> list[str]:
    """Build an example ecosystem with its explorer and report, and return the first findings."""
    eco = load(example(name))
    datapackage.save(eco, folder / "ecosystem")
    explore(eco).save(folder / "explorer.html")
    report(eco, at=eco.as_of).save(folder / "report.html")
    made = [f"Open {folder / 'explorer.html'} and {folder / 'report.html'} in a browser."]
    return [*first_findings(eco, at=eco.as_of), "", *made]
