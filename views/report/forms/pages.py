"""The report as HTML and as Markdown: the same blocks, each drawn by a template of its own.

Whatever comes from the data is escaped, so that nothing in a name becomes markup, a link or a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from partnergraph.views.words import Name, clean, tell, told


def html(content: Mapping[str, Any]) -> str:
    """Return the report as HTML with figures."""
    return _render("report.html", content)


def markdown(content: Mapping[str, Any]) -> str:
    """Return the report as Markdown without figures."""
    return _render("report.md", content)


def _render(template: str, content: Mapping[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("partnergraph.views.report.forms", package_path=""),
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
    environment.globals["t"] = told
    environment.globals["tell"] = tell
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
