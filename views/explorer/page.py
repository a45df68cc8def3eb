"""Assembles the explorer: one HTML file that fetches nothing and in which data cannot act.

The script is the modules under ``assets/``, joined in the order of their imports, without their
comments and indentation. Data and words sit in elements that no browser executes; the policy in
the page names the hashes of the one script and the one style sheet, and forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any
from urllib.parse import quote

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.views.explorer.payload import (
    LANGUAGES,
    PLAIN_UP_TO,
    dump,
    payload,
    places_of,
    title,
    ui_words,
    words,
)

RENDERERS = ("auto", "canvas", "vis")
ENTRIES = {"canvas": "canvas-page.js", "vis": "vis-page.js"}
# Where pyvis keeps the library it ships; its style sheet holds pictures of buttons we have not.
VIS_FOLDER, VIS_SCRIPT, VIS_STYLE = "lib/vis-9.1.2", "vis-network.min.js", "vis-network.css"
VIS_UP_TO = 400
IN_NOTEBOOK_UP_TO = 5_000_000
# The digits of base 85 (RFC 1924), each as one of the letters that neither HTML nor JSON escapes.
BASE_85 = f"{digits}{ascii_uppercase}{ascii_lowercase}!#$%&()*+-;<=>?@^_`{{|}}~"
PLAIN_LETTERS = bytes.maketrans(
    BASE_85.encode("ascii"),
    bytes(code for code in range(33, 127) if chr(code) not in "\"&'<>\\")[:85],
)
DRAWN_UP_TO = 3000


@dataclass(frozen=True)
class Explorer:
    """A page that explores an ecosystem; shows itself in a notebook.

    Attributes
    ----------
    html
        The whole page.
    summary
        One line that says what is in it.
    path
        Where it was saved, if it was.
    advice
        What would show this better, if anything.
    """

    html: str = field(repr=False)
    summary: str
    path: Path | None = None
    advice: str = ""
    _picture: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all, and return where.

        Raises
        ------
        UnusableInput
            Where it cannot be written; nothing is left behind.
        """
        target = Path(path)
        write_atomically(target, self.html.encode("utf-8"))
        return target

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the page in a frame that can reach nothing, a still picture where frames may not."""
        bundle: dict[str, Any] = {"text/plain": self.summary}
        png = self._png()
        if png:
            bundle["image/png"] = base64.b64encode(png).decode("ascii")
        if len(self.html) <= IN_NOTEBOOK_UP_TO:
            bundle["text/html"] = self._frame(bundle.get("image/png"))
        else:
            bundle["text/html"] = self._link()
        return bundle, {}

    def _frame(self, png: str | None) -> str:
        """Return the page in a frame, and the picture for readers who are not shown frames.

        What cleans a notebook that is not trusted takes the tags of frame and noscript away and
        leaves the picture; a browser that shows the frame does not show what is in noscript.
        """
        still = (
            f'<img alt="{escape(self.summary)}" src="data:image/png;base64,{png}">' if png else ""
        )
        return (
            '<iframe sandbox="allow-scripts allow-downloads allow-popups" width="100%" '
            f'height="640" title="{escape(self.summary)}" srcdoc="{escape(packed(self.html))}">'
            f"</iframe><noscript>{still}</noscript>"
        )

    def _link(self) -> str:
        """Save a page too large for a notebook beside it, and return the way to it."""
        size = len(self.html) / 1e6
        path = self.path or self.save(Path(f"{_slug(self.summary)}.html"))
        try:
            where = path.absolute().relative_to(Path.cwd()).as_posix()
        except ValueError:
            where = path.absolute().as_uri()
        return (
            f'<p>{escape(self.summary)}: <a href="{escape(quote(where, safe="/:"))}" '
            f'target="_blank" rel="noopener">{escape(path.name)}</a> ({size:.1f} MB)</p>'
        )

    def _png(self) -> bytes | None:
        """Draw a still picture."""
        nodes = self._picture.get("nodes", {"count": 0})
        if not 0 < nodes["count"] <= DRAWN_UP_TO:
            return None
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.collections import LineCollection
        from matplotlib.figure import Figure
        from PIL import Image

        ties, shown = self._picture["ties"]["columns"], self._shown()
        x, y = (np.asarray(nodes["columns"][axis]) for axis in "xy")
        figure = Figure(figsize=(9, 6), dpi=34)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        lines = [
            [(x[s], -y[s]), (x[t], -y[t])]
            for s, t in zip(ties["source"], ties["target"], strict=True)
            if shown[s] and shown[t]
        ]
        axes.add_collection(LineCollection(lines, colors="#7e8896", linewidths=0.6, zorder=1))
        axes.scatter(x[shown], -y[shown], s=22, c="#0072b2", linewidths=0, zorder=2)
        axes.set_aspect("equal", adjustable="datalim")
        canvas.draw()  # type: ignore[no-untyped-call]
        whole, out = Image.fromarray(np.asarray(canvas.renderer.buffer_rgba())), io.BytesIO()
        # A handful of colours: a notebook keeps it twice, and thousands of lines compress badly.
        few = Image.new("P", (1, 1))
        few.putpalette(bytes.fromhex("ffffffd0d6dd7e88960072b2"))
        small = whole.convert("RGB").quantize(palette=few, dither=Image.Dither.NONE)
        small.save(out, "PNG", optimize=True, bits=2)
        return out.getvalue()

    def _shown(self) -> NDArray[np.bool_]:
        """Which nodes the page shows at first."""
        nodes, hidden = self._picture["nodes"], self._picture["hidden"].get("kind", [])
        spec = nodes["columns"]["kind"]
        if isinstance(spec, list):
            return np.array([kind not in hidden for kind in spec])
        if "same" in spec:
            return np.full(nodes["count"], spec["same"] not in hidden)
        return np.array([spec["dict"][code] not in hidden for code in spec["codes"]])


def explore(
    eco: Ecosystem,
    *,
    output: str | Path | None = None,
    lang: str = "en",
    renderer: str = "auto",
    measures: Sequence[str] | None = None,
    seed: int = 0,
    like: str | Path | None = None,
) -> Explorer:
    """Make the page in which a reader explores an ecosystem.

    Parameters
    ----------
    eco
        The ecosystem; all of it goes in.
    output
        Where to save the page, if anywhere.
    lang
        Language the page opens in: ``nl``, ``fr`` or ``en``; the reader can change it.
    renderer
        ``canvas``, which ``auto`` always is, or ``vis``: the classic vis-network, for up to some
        400 nodes.
    measures
        Node measures to show; degree and, where that is quick, betweenness when None.
    seed
        Seed of clusters, layout and doubt. The same input and seed give the same bytes.
    like
        An earlier page, or its saved JSON: nodes that are in both stay where they were.

    Raises
    ------
    BadParameter
        Where there is no such language or renderer.
    UnknownName
        Where there is no such measure.
    UnusableInput
        Where the output cannot be written, or the earlier page cannot be read.
    """
    if lang not in LANGUAGES:
        raise BadParameter(f"lang={lang!r}: the page speaks {', '.join(LANGUAGES)}")
    if renderer not in RENDERERS:
        raise BadParameter(f"renderer={renderer!r}: there are {', '.join(RENDERERS)}")
    kept = earlier_places(Path(like)) if like is not None else {}
    data = payload(eco, measures=measures, seed=seed, kept=kept)
    html = assemble(
        lang=lang,
        title=title(eco),
        data=dump(data, deflate=len(eco) > PLAIN_UP_TO),
        words=dump(words([*data["measures"], *data["pairs"]["measures"]])),
        renderer="canvas" if renderer == "auto" else renderer,
    )
    said = ui_words()["ui"]["summary"][lang]
    summary = said.format(title=title(eco), nodes=len(eco), ties=len(eco.ties))
    advice = crowded(len(eco)) if renderer == "vis" and len(eco) > VIS_UP_TO else ""
    page = Explorer(html, summary, advice=advice, _picture=data)
    if output is None:
        return page
    return replace(page, path=page.save(output))


def crowded(nodes: int) -> str:
    """Advise against the classic renderer where it gets slow."""
    return (
        f"vis-network gets slow and crowded above {VIS_UP_TO} nodes, and this has {nodes:,}. "
        'Take renderer="canvas"'
    )


def earlier_places(path: Path) -> dict[str, tuple[float, float]]:
    """Return where an earlier page, or the JSON it saved, has each node, by id.

    Raises
    ------
    UnusableInput
        Where there is no such file, or it is no page of ours.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(
            str(path), f"cannot be read ({error})", "Name a page made by explore"
        ) from error
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    try:
        places = places_of(json.loads(found[1] if found else text))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, zlib.error) as error:
        what = "holds no places of nodes"
        raise UnusableInput(
            str(path), what, "Name a page made by explore, or JSON saved from one"
        ) from error
    return places


def assemble(*, lang: str, title: str, data: str, words: str, renderer: str = "canvas") -> str:
    """Put the page together from its parts; `data` and `words` are JSON made safe by `dump`."""
    from jinja2 import Environment, StrictUndefined

    scripts, styles = [joined_script(ENTRIES[renderer])], [_lean_style(_asset("page.css"))]
    if renderer == "vis":
        library, looks = vis_network()
        scripts, styles = [library, *scripts], [looks, *styles]
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.from_string(_asset("page.html"))
    return template.render(
        lang=lang,
        title=title,
        no_script=ui_words()["ui"]["no-script"][lang],
        policy=_policy(scripts, styles),
        style=Markup("".join(f"<style>{style}</style>" for style in styles)),
        script=Markup("".join(f"<script>{script}</script>" for script in scripts)),
        words=Markup(f'<script type="application/json" id="words">{words}</script>'),
        data=Markup(f'<script type="application/json" id="data">{data}</script>'),
    )


def packed(html: str) -> str:
    """Return a page that unpacks another within itself: a notebook keeps every page it shows.

    The same policy holds in it, with the hash of the few lines that unpack.
    """
    script = _lean(_asset("unpack.js"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    if policy is None:
        raise ValueError("no page of ours")
    allowed = policy[1].replace("script-src ", f"script-src &#39;{_hash(script)}&#39; ", 1)
    small = zlib.compress(html.encode("utf-8"), 9)
    letters = base64.b85encode(small, pad=True).translate(PLAIN_LETTERS).decode("ascii")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}"><title>…</title></head>'
        '<body class="loading"><script type="application/json" id="packed">'
        f'[{len(small)},"{letters}"]</script>'
        f"<script>{script}</script></body></html>"
    )


def _slug(text: str) -> str:
    """Return a name for a file that says what is in it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "explorer"


def _policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return what the page may do: run its own scripts and styles, nothing else."""
    run, look = (" ".join(f"'{_hash(text)}'" for text in texts) for texts in (scripts, styles))
    return (
        f"default-src 'none'; script-src {run}; style-src {look}; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    asset = files("partnergraph.views.explorer").joinpath("assets").joinpath(name)
    return asset.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def vis_network() -> tuple[str, str]:
    """Return the script and the style sheet of vis-network, as the installed pyvis has them."""
    folder = files("pyvis").joinpath(VIS_FOLDER)
    script = folder.joinpath(VIS_SCRIPT).read_text(encoding="utf-8")
    style = folder.joinpath(VIS_STYLE).read_text(encoding="utf-8")
    script = re.sub(r"//# sourceMappingURL=\S*", "", script)
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return script, re.sub(r"[^{}]+\{[^{}]*url\([^{}]*\}", "", style)


IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
COMMENT = re.compile(r"/\*\*.*?\*/|^\s*//[^\n]*", re.MULTILINE | re.DOTALL)
COMMENT_OF_STYLE = re.compile(r"/\*.*?\*/", re.DOTALL)
EXPORT = re.compile(r"^export (?:\{\};\n)?", re.MULTILINE)


@lru_cache(maxsize=2)
def joined_script(entry: str = ENTRIES["canvas"]) -> str:
    """Return the modules that an entry needs as one script in one scope, imported ones first."""
    order: dict[str, str] = {}

    def visit(name: str, waiting: tuple[str, ...]) -> None:
        if name in order:
            return
        if name in waiting:
            raise ValueError(f"modules import each other: {' → '.join((*waiting, name))}")
        source = _asset(name)
        for needed in IMPORT.findall(source):
            visit(needed, (*waiting, name))
        order[name] = EXPORT.sub("", IMPORT.sub("", source))

    visit(entry, ())
    body = "\n".join(_lean(source) for source in order.values())
    return f'(() => {{\n"use strict";\n{body}\n}})();\n'


def _lean_style(source: str) -> str:
    """Drop comments and the spaces that mean nothing; no text in the style sheet has any."""
    lean = re.sub(r"\s*([{};,])\s*", r"\1", COMMENT_OF_STYLE.sub("", source))
    return re.sub(r":\s+", ":", lean).replace(";}", "}").strip()


def _lean(source: str) -> str:
    """Drop comments and indentation; no text in the modules spans lines or looks like a comment."""
    lines = (line.strip() for line in COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)
