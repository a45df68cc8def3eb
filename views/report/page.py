"""The report for a board: what `findings` states, put into words, tables and figures on one page.

The page is first composed as sections of blocks (paragraphs, tables, figures …), in which text of
the data is kept apart from ours; two templates then draw the same blocks as HTML and as Markdown.
The HTML has no script, fetches nothing, and says so to the browser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.files import write_atomically
from partnergraph.views.report.benefits import benefits
from partnergraph.views.report.blocks import Block, Heading, Section, Table
from partnergraph.views.report.clusters import clusters
from partnergraph.views.report.complements import complements
from partnergraph.views.report.counts import counts
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.first import first
from partnergraph.views.report.holdings import capabilities_section, projects_section
from partnergraph.views.report.limits import limits
from partnergraph.views.report.methods import methods, sources
from partnergraph.views.report.outlook import breaks_section, next_partner
from partnergraph.views.report.ranking import ranking
from partnergraph.views.report.ties import ties
from partnergraph.views.words import Name, clean

SECTIONS: dict[str, tuple[str, Callable[[Facts], list[Block]]]] = {
    "counts": ("What this is", counts),
    "first": ("First findings", first),
    "ranking": ("Who holds the network together", ranking),
    "breaks": ("What breaks when somebody leaves", breaks_section),
    "ties": ("Who is tied to whom, and through what", ties),
    "projects": ("Shared projects and events", projects_section),
    "capabilities": ("Who offers, needs or works on what", capabilities_section),
    "complements": ("Who complements whom, and what is missing", complements),
    "next": ("Who could be the next partner, and why", next_partner),
    "benefits": ("What members get", benefits),
    "clusters": ("Clusters", clusters),
    "limits": ("What the data cannot say", limits),
    "methods": ("How this report was made", methods),
    "sources": ("Appendix: sources and receipts", sources),
}


# -- the report ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """A report: the same content as HTML with figures and as Markdown without."""

    html: str
    markdown: str

    def save(self, path: str | Path) -> Path:
        """Write it to a file, as HTML or Markdown by the file's ending; half a file never shows.

        Raises
        ------
        UnknownName
            If the file ends in something else.
        UnusableInput
            If it cannot be written.
        """
        path = Path(path)
        forms = {".html": self.html, ".md": self.markdown}
        if path.suffix.lower() not in forms:
            raise UnknownName("report format", path.suffix or path.name, list(forms))
        write_atomically(path, forms[path.suffix.lower()].encode("utf-8"))
        return path

    def _repr_html_(self) -> str:
        """Show it in a notebook, in a frame of its own that can run nothing."""
        return (
            f'<iframe title="Report" sandbox="" srcdoc="{escape(self.html)}" '
            'style="width:100%;height:42rem;border:1px solid #ccc"></iframe>'
        )


def report(
    eco: Ecosystem, output: str | Path | None = None, *, title: str | None = None, seed: int = 0
) -> Report:
    """Write the report on an ecosystem: what a board wants to know, each number with its rows.

    Parameters
    ----------
    output
        File to write it to at once, ``.html`` or ``.md``.
    title
        Instead of the ecosystem's own.
    seed
        Of the clusters.

    Returns
    -------
    Report
        Byte for byte the same for the same input and seed.

    Raises
    ------
    UnknownName
        If the file ends in something else.
    """
    facts = Facts(eco, seed=seed)
    sections = tuple(
        Section(name, i, heading, tuple(compose(facts)))
        for i, (name, (heading, compose)) in enumerate(SECTIONS.items(), start=1)
    )
    about = eco.about
    content = {
        "title": clean(title or about.title or about.name),
        "description": clean(about.description),
        "licence": clean(about.licence),
        "sections": sections,
        "number": {section.id: section.number for section in sections},
        "anchored": _anchored(sections),
    }
    made = Report(_render("report.html", content), _render("report.md", content))
    if output is not None:
        made.save(output)
    return made


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


def _render(template: str, content: dict[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("partnergraph.views.report", package_path=""),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "clean": clean,
        "web": _web,
        "md": _markdown,
        "isolated": _isolated,
        "unlisted": _not_a_list,
    }
    environment.tests["name"] = lambda piece: isinstance(piece, Name)
    return environment.get_template(template).render(content)


# -- escaping --------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$@])")


def _web(url: str) -> str:
    """Return an address that may be linked to, blank for any that is not plain http or https."""
    return url if re.fullmatch(r"https?://[^\s<>\"'`\\]+", url) else ""


def _markdown(text: object) -> str:
    """Return text that Markdown shows as it is: no markup, HTML, link or table cell begins."""
    out = _MARKDOWN.sub(r"\\\1", clean(text))
    return re.sub(r"(?i)(?<=[a-z]):(?=//)|(?<=\bwww)\.", lambda m: f"\\{m[0]}", out)


def _not_a_list(text: str) -> str:
    """Return a line of Markdown that begins no list: not with a hyphen, a plus or a number."""
    return re.sub(r"^(\s*\d*)([-+.)=])", r"\1\\\2", text)


def _isolated(text: str) -> str:
    """Return a name that keeps its own direction to itself where it runs from right to left."""
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        return f"\u2068{text}\u2069"
    return text
