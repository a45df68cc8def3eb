"""The explorer of an ecosystem: a page to save, or to show in a notebook."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.views.explorer.assembly import ENTRIES, assemble, packed
from partnergraph.views.explorer.encoding import PLAIN_UP_TO, dump, places_of
from partnergraph.views.explorer.payload import payload
from partnergraph.views.explorer.still import still
from partnergraph.views.explorer.words import LANGUAGES, summary, words

VIS_UP_TO = 400
IN_NOTEBOOK_UP_TO = 5_000_000


@dataclass(frozen=True)
class Explorer:
    """A page that explores an ecosystem; shows itself in a notebook.

    Attributes
    ----------
    html
        The whole page.
    summary
        One line that says what is on it.
    path
        Where it was saved, if it was.
    advice
        A better way to show this, if there is one.
    data
        What the page reads, before it is written as JSON.
    """

    html: str = field(repr=False)
    summary: str
    path: Path | None = None
    advice: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all, and return where.

        Raises
        ------
        UnusableInput
            If it cannot be written; nothing is left behind.
        """
        target = Path(path)
        write_atomically(target, self.html.encode("utf-8"))
        return target

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the page in a sandboxed frame, and a still picture where frames are not shown."""
        bundle: dict[str, Any] = {"text/plain": self.summary}
        png = still(self.data) if self.data else None
        if png:
            bundle["image/png"] = base64.b64encode(png).decode("ascii")
        if len(self.html) <= IN_NOTEBOOK_UP_TO:
            bundle["text/html"] = self._frame(bundle.get("image/png"))
        else:
            bundle["text/html"] = self._link()
        return bundle, {}

    def _frame(self, png: str | None) -> str:
        """Return the page in a frame, with the picture for readers who are not shown frames.

        A notebook that is not trusted loses the frame and noscript tags but keeps the picture; a
        browser that shows the frame does not show what is in noscript.
        """
        picture = (
            f'<img alt="{escape(self.summary)}" src="data:image/png;base64,{png}">' if png else ""
        )
        return (
            '<iframe sandbox="allow-scripts allow-downloads allow-popups" width="100%" '
            f'height="640" title="{escape(self.summary)}" srcdoc="{escape(packed(self.html))}">'
            f"</iframe><noscript>{picture}</noscript>"
        )

    def _link(self) -> str:
        """Save a page that is too large for a notebook, and return a link to it."""
        size = len(self.html) / 1e6
        slug = re.sub(r"[^a-z0-9]+", "-", self.summary.lower()).strip("-")[:60] or "explorer"
        path = self.path or self.save(Path(f"{slug}.html"))
        try:
            where = path.absolute().relative_to(Path.cwd()).as_posix()
        except ValueError:
            where = path.absolute().as_uri()
        return (
            f'<p>{escape(self.summary)}: <a href="{escape(quote(where, safe="/:"))}" '
            f'target="_blank" rel="noopener">{escape(path.name)}</a> ({size:.1f} MB)</p>'
        )


def explore(
    eco: Ecosystem,
    *,
    output: str | Path | None = None,
    lang: str = "en",
    renderer: str = "auto",
    measures: Sequence[str] | None = None,
    at: str | None = None,
    seed: int = 0,
    like: str | Path | None = None,
) -> Explorer:
    """Make the page in which a reader explores an ecosystem.

    Parameters
    ----------
    eco
        The ecosystem; all of it is included unless `at` is given.
    output
        File to save the page to.
    lang
        Language the page opens in: ``nl``, ``fr`` or ``en``; the reader can change it.
    renderer
        ``canvas``, which ``auto`` always is, or ``vis``: the classic vis-network, for up to about
        400 nodes.
    measures
        Node measures to show; by default degree and, where that is quick, betweenness.
    at
        A date: only what may have existed then, see `Ecosystem.at`.
    seed
        Random seed of clusters, layout and doubt. The same input and seed give the same bytes.
    like
        An earlier page, or the JSON exported from one: nodes in both stay where they were.

    Raises
    ------
    BadParameter
        If the language or the renderer does not exist, or the date is not one.
    UnknownName
        If a measure does not exist.
    UnusableInput
        If the output cannot be written, or the earlier page cannot be read.
    """
    check_choices(lang, renderer, ("auto", *ENTRIES))
    kept = earlier_places(Path(like)) if like is not None else {}
    eco = eco if at is None else eco.at(at)
    data = payload(eco, measures=measures, seed=seed, kept=kept)
    book = words([*data["measures"], *data["pairs"]["measures"]])
    page = page_of(data, book, lang=lang, renderer="canvas" if renderer == "auto" else renderer)
    return page if output is None else replace(page, path=page.save(output))


def check_choices(lang: str, renderer: str, renderers: Sequence[str]) -> None:
    """Raise BadParameter where the language or the renderer does not exist."""
    for name, value, known in (("lang", lang, LANGUAGES), ("renderer", renderer, renderers)):
        if value not in known:
            raise BadParameter(f"{name}={value!r} does not exist. Choose one of {', '.join(known)}")


def page_of(
    data: Mapping[str, Any], book: Mapping[str, Any], *, lang: str, renderer: str
) -> Explorer:
    """Return the page that shows a payload in the words of a book."""
    title, nodes = data["about"]["title"], data["nodes"]["count"]
    html = assemble(
        lang=lang,
        title=title,
        data=dump(data, deflate=nodes > PLAIN_UP_TO),
        words=dump(book),
        renderer=renderer,
    )
    advice = ""
    if renderer == "vis" and nodes > VIS_UP_TO:
        advice = (
            f"vis-network becomes slow and crowded above {VIS_UP_TO} nodes, and this network has "
            f'{nodes:,}. Use renderer="canvas"'
        )
    return Explorer(
        html, summary(title, nodes, data["ties"]["count"], lang=lang), advice=advice, data=data
    )


def earlier_places(path: Path) -> dict[str, tuple[float, float]]:
    """Return the place of each node, by id, in an earlier page or the JSON exported from one.

    Raises
    ------
    UnusableInput
        If the file cannot be read, or is not such a page.
    """
    remedy = "Name a page made by explore, or JSON exported from one"
    try:
        text = read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise UnusableInput(str(path), f"cannot be read ({error})", remedy) from error
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    try:
        return places_of(json.loads(found[1] if found else text))
    except (
        *(ValueError, KeyError, TypeError, AttributeError, IndexError),
        *(OverflowError, RecursionError, zlib.error, struct.error),
    ) as error:
        raise UnusableInput(str(path), "has no places of nodes", remedy) from error
