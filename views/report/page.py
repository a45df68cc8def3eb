"""The report for a board: a brief of two pages, and behind it the full report.

The page is first composed as sections of blocks (paragraphs, tables, figures …), in which text of
the data is kept apart from ours; templates then draw the same blocks as HTML and as Markdown.
Every finding is counted a second time by another path, and a report with one that differs is
refused. The HTML has no script, fetches nothing, and says so to the browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import NotConfirmed, PartnergraphError, UnknownName
from partnergraph.graph.files import must_be_writable, write_atomically
from partnergraph.graph.schema import LANGUAGES
from partnergraph.views.report.blocks import Block, Heading, Section, Table, say
from partnergraph.views.report.brief import brief, counted
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.findings import claims
from partnergraph.views.report.findings.recount import Recount, check
from partnergraph.views.report.forms import pages
from partnergraph.views.report.forms.appendix import appendix
from partnergraph.views.report.forms.docx import docx
from partnergraph.views.report.forms.pdf import pdf
from partnergraph.views.report.sections.benefits import benefits
from partnergraph.views.report.sections.clusters import clusters
from partnergraph.views.report.sections.complements import complements
from partnergraph.views.report.sections.counts import counts
from partnergraph.views.report.sections.holdings import capabilities_section, projects_section
from partnergraph.views.report.sections.lately import lapses
from partnergraph.views.report.sections.lately import since as since_section
from partnergraph.views.report.sections.limits import limits
from partnergraph.views.report.sections.methods import methods, sources
from partnergraph.views.report.sections.outlook import breaks_section, next_partner
from partnergraph.views.report.sections.ranking import ranking
from partnergraph.views.report.sections.ties import ties
from partnergraph.views.words import clean, plain, speaking, spoken, told

Parts = Literal["all", "brief", "full"]
# In this order; a section of which there is nothing to say (no blocks) is left out.
SECTIONS: dict[str, Callable[[Facts], list[Block]]] = {
    "counts": counts,
    "findings": counted,
    "ranking": ranking,
    "breaks": breaks_section,
    "lapses": lapses,
    "since": since_section,
    "ties": ties,
    "projects": projects_section,
    "capabilities": capabilities_section,
    "complements": complements,
    "next": next_partner,
    "benefits": benefits,
    "clusters": clusters,
    "limits": limits,
    "methods": methods,
    "sources": sources,
}


# -- the report ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """A report in one language, with the records of its findings.

    Attributes
    ----------
    language
        The language it is written in.
    content
        Its title, brief and sections, before any template.
    trace
        What it found: each finding as a record with its sentences, and how it was asked.
    missing
        The sections that could not be composed, each with the reason.
    facts
        What it was composed from.
    """

    language: str
    content: dict[str, Any]
    trace: dict[str, Any]
    missing: dict[str, str]
    facts: Facts

    @property
    def complaints(self) -> list[str]:
        """What is missing, and why."""
        return [f"section {name} is missing: {why}" for name, why in self.missing.items()]

    @cached_property
    def html(self) -> str:
        """The report as HTML with figures."""
        with speaking(self.language):
            return pages.html(self.content)

    @cached_property
    def markdown(self) -> str:
        """The report as Markdown without figures."""
        with speaking(self.language):
            return pages.markdown(self.content)

    def pdf(self) -> bytes:
        """Return the report as PDF.

        Raises
        ------
        MissingDependency
            If Typst is not installed.
        """
        with speaking(self.language):
            return pdf(self.content)

    def docx(self) -> bytes:
        """Return the report as a Word document.

        Raises
        ------
        MissingDependency
            If python-docx is not installed.
        """
        with speaking(self.language):
            return docx(self.content)

    def appendix(self) -> bytes:
        """Return the workbook with all tables of the report whole."""
        with speaking(self.language):
            return appendix(self.facts)

    def save(self, path: str | Path) -> Path:
        """Write it to a file, in the form that its ending says; half a file never shows.

        Raises
        ------
        UnknownName
            If the file does not end in .html, .md, .pdf or .docx.
        UnusableInput
            If it cannot be written.
        """
        path = form_of(path)
        write_atomically(path, FORMS[path.suffix.lower()](self))
        return path

    def save_appendix(self, path: str | Path) -> Path:
        """Write the workbook with all tables whole."""
        write_atomically(Path(path), self.appendix())
        return Path(path)

    def save_trace(self, path: str | Path) -> Path:
        """Write the records of its findings to a JSON file."""
        text = json.dumps(self.trace, ensure_ascii=False, indent=2)
        write_atomically(Path(path), f"{text}\n".encode())
        return Path(path)

    def _repr_html_(self) -> str:
        """Show it in a notebook, in a frame of its own that can run nothing."""
        return (
            f'<iframe title="Report" sandbox="" srcdoc="{escape(self.html)}" '
            'style="width:100%;height:42rem;border:1px solid #ccc"></iframe>'
        )


FORMS: dict[str, Callable[[Report], bytes]] = {
    ".html": lambda made: made.html.encode(),
    ".md": lambda made: made.markdown.encode(),
    ".pdf": Report.pdf,
    ".docx": Report.docx,
}


def form_of(path: str | Path) -> Path:
    """Return a path that ends in a form of the report.

    Raises
    ------
    UnknownName
        If it ends in something else.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMS:
        raise UnknownName("report format", path.suffix or path.name, list(FORMS))
    return path


def report(
    eco: Ecosystem,
    output: str | Path | None = None,
    *,
    title: str | None = None,
    lang: str | None = None,
    at: str | None = None,
    parts: Parts = "all",
    duplicates: pd.DataFrame | None = None,
    since: str | Ecosystem | None = None,
    seed: int = 0,
) -> Report:
    """Write the report on an ecosystem: what a board wants to know, each number with its rows.

    Parameters
    ----------
    output
        File to write it to at once, ``.html``, ``.md``, ``.pdf`` or ``.docx``.
    title
        Instead of the ecosystem's own.
    lang
        ``nl``, ``fr`` or ``en``; by default the ecosystem's own language, where it is one of these.
    at
        The day of the report: only what may have existed then counts.
    parts
        ``brief`` for the two pages of findings, ``full`` for all the rest, ``all`` for both.
    duplicates
        Pairs of nodes that may be the same, as `partnergraph.identities` returns them.
    since
        An earlier day, or an earlier edition, to compare with.
    seed
        Of the clusters.

    Returns
    -------
    Report
        Byte for byte the same for the same input and seed.

    Raises
    ------
    UnknownName
        If the file ends in something else, or the language has no catalogue.
    NotConfirmed
        If a second count by another path does not give a figure of the report.
    """
    if output is not None:
        must_be_writable(form_of(output))
    facts = found(eco, at=at, duplicates=duplicates, since=since, seed=seed)
    made = compose(facts, lang=language_of(eco, lang), title=title, parts=parts)
    if output is not None:
        made.save(output)
    return made


def language_of(eco: Ecosystem, lang: str | None = None) -> str:
    """Return the language asked for; else the ecosystem's own where we speak it, else English."""
    own = eco.about.language[:2].lower()
    return lang or (own if own in LANGUAGES else "en")


def found(
    eco: Ecosystem,
    *,
    at: str | None = None,
    duplicates: pd.DataFrame | None = None,
    since: str | Ecosystem | None = None,
    seed: int = 0,
) -> Facts:
    """Return the facts of an ecosystem with its findings, each counted a second time.

    Raises
    ------
    NotConfirmed
        If a second count differs.
    """
    facts = Facts(eco, at=at, duplicates=duplicates, since=since, seed=seed)
    facts.findings = claims.found(facts)
    focus = eco.about.focus
    earlier = None
    if isinstance(since, Ecosystem):
        earlier = Recount(since.tables, at=since.as_of)
    elif since is not None:
        earlier = Recount(eco.tables, at=since)
    recount = Recount(eco.tables, at=at, focus=focus, duplicates=duplicates, earlier=earlier)
    check(facts.findings, recount)
    return facts


def compose(
    f: Facts, *, lang: str = "en", title: str | None = None, parts: Parts = "all"
) -> Report:
    """Compose the report in one language.

    Raises
    ------
    UnknownName
        If there is no such language, or no such part.
    """
    if parts not in get_args(Parts):
        raise UnknownName("part of a report", parts, get_args(Parts))
    with speaking(lang):
        missing: dict[str, str] = {}
        f.pictured = False
        first = tuple(brief(f)) if parts != "full" else ()
        f.pictured = bool(first)
        names = SECTIONS if parts != "brief" else {}
        composed = {name: _composed(f, name, missing) for name in names}
        sections = tuple(
            Section(name, i, told(f"sections.{name}"), composed[name])
            for i, name in enumerate((n for n in names if composed[n]), start=1)
        )
        about = f.whole.about
        content = {
            "title": clean(title or about.title or about.name),
            "description": clean(about.description),
            "licence": clean(about.licence),
            "language": lang,
            "brief": first,
            "sections": sections,
            "number": {section.id: section.number for section in sections},
            "anchored": _anchored(sections),
        }
        return Report(lang, content, _trace(f), missing, f)


def _composed(f: Facts, name: str, missing: dict[str, str]) -> tuple[Block, ...]:
    """Return a section; where it cannot be composed, say so in its place."""
    try:
        return tuple(SECTIONS[name](f))
    except NotConfirmed:
        raise
    except PartnergraphError as error:
        missing[name] = str(error)
        return (say("report.missing", why=str(error), tone="callout"),)


def _trace(f: Facts) -> dict[str, Any]:
    names, out = f.whole.name_of, []
    chosen = claims.brief(f.findings)
    for finding in f.findings:
        said = {p: plain(finding.said(names, p)) for p in ("found", "sure", "so", "ask", "decide")}
        out.append({**finding.as_dict(), "brief": finding in chosen, "words": said})
    asked = {"ecosystem": f.whole.about.name, "at": f.at, "seed": f.seed, "language": spoken()}
    return {**asked, "findings": out}


def _anchored(sections: Iterable[Section]) -> frozenset[str]:
    """Return the ids that have a place on the page, so that their names can link to it."""
    out: set[str] = set()
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Heading) and block.anchor:
                out.add(block.anchor)
            elif isinstance(block, Table):
                out.update(block.anchors)
    return frozenset(out)
