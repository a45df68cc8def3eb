"""Put the page together: one HTML file that fetches nothing and in which data cannot act.

The script is the modules under ``assets/``, joined in the order of their imports, without comments
and indentation. Data and words are in elements that no browser executes; the policy in the page
allows its own scripts and styles, by their hashes, and forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
import lzma
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase, digits

from markupsafe import Markup

from partnergraph.views.explorer.words import ui_words

ENTRIES = {"canvas": "canvas-page.js", "vis": "vis-page.js"}
# Where pyvis keeps the library it ships.
VIS_FOLDER, VIS_SCRIPT, VIS_STYLE = "lib/vis-9.1.2", "vis-network.min.js", "vis-network.css"
# The digits of base 85 (RFC 1924), each as one of the letters that neither HTML nor JSON escapes.
BASE_85 = f"{digits}{ascii_uppercase}{ascii_lowercase}!#$%&()*+-;<=>?@^_`{{|}}~"
PLAIN_LETTERS = bytes.maketrans(
    BASE_85.encode("ascii"),
    bytes(code for code in range(33, 127) if chr(code) not in "\"&'<>\\")[:85],
)
# Fixed in every detail, so that every version of the library writes the same bytes.
LZMA = {
    "id": lzma.FILTER_LZMA1,
    "dict_size": 1 << 24,
    "lc": 4,
    "lp": 0,
    "pb": 0,
    "mode": lzma.MODE_NORMAL,
    "nice_len": 273,
    "mf": lzma.MF_BT4,
    "depth": 1000,
}
IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
COMMENT = re.compile(r"/\*\*.*?\*/|^\s*//[^\n]*", re.MULTILINE | re.DOTALL)
COMMENT_OF_STYLE = re.compile(r"/\*.*?\*/", re.DOTALL)
EXPORT = re.compile(r"^export (?:\{\};\n)?", re.MULTILINE)


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
    whole = html.encode("utf-8")
    small = lzma.compress(whole, format=lzma.FORMAT_RAW, filters=[LZMA])
    letters = base64.b85encode(small, pad=True).translate(PLAIN_LETTERS).decode("ascii")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}"><title>…</title></head>'
        '<body class="loading"><script type="application/json" id="packed">'
        f'[{len(whole)},"{letters}"]</script>'
        f"<script>{script}</script></body></html>"
    )


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


@lru_cache(maxsize=1)
def vis_network() -> tuple[str, str]:
    """Return the script and the style sheet of vis-network, as the installed pyvis has them."""
    folder = files("pyvis").joinpath(VIS_FOLDER)
    script = folder.joinpath(VIS_SCRIPT).read_text(encoding="utf-8")
    style = folder.joinpath(VIS_STYLE).read_text(encoding="utf-8")
    script = re.sub(r"//# sourceMappingURL=\S*", "", script)
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return script, re.sub(r"[^{}]+\{[^{}]*url\([^{}]*\}", "", style)


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


def _lean(source: str) -> str:
    """Drop comments and indentation; no text in the modules spans lines or looks like a comment."""
    lines = (line.strip() for line in COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)


def _lean_style(source: str) -> str:
    """Drop comments and the spaces that mean nothing; no text in the style sheet has any."""
    lean = re.sub(r"\s*([{};,])\s*", r"\1", COMMENT_OF_STYLE.sub("", source))
    return re.sub(r":\s+", ":", lean).replace(";}", "}").strip()
