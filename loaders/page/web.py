"""HTML pages as a reader sees them: headings, list items, cells, links, and the names of logos."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from partnergraph.loaders.page.columns import ASIDE, NAME, OTHER, aside_words, roles
from partnergraph.loaders.page.document import OWNER, Document, DocumentBuilder, Link
from partnergraph.loaders.page.words import LANGUAGES, shared

_KINDS = {"li": "item", "dt": "item", "td": "cell", "th": "cell"}
# Each level takes three stack frames; pages written for people are never this deep.
MOST_DEPTH = 150
_STYLED = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\s((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.I,
)
# The parser compares each attribute of a tag with all before it.
MOST_ATTRIBUTES = 500
_QUOTED = r"\"[^\"]*\"|'[^']*'"
_TAG = re.compile(rf"(<[a-z][^\s/<>\"']*)((?:[^<>\"']|{_QUOTED}){{{2 * MOST_ATTRIBUTES},}})", re.I)


class _Walker:
    """Walks a tree and collects blocks; every element that is not inline starts a new block."""

    def __init__(self) -> None:
        self.out = DocumentBuilder()
        self.buffer: list[str] = []
        self.size = 0
        self.open_links: list[tuple[int, int, str]] = []
        self.kind, self.level = "paragraph", 0
        self.tables: list[list[tuple[str, str]]] = []
        self.row = self.column = 0
        self.label = ""
        self.set_aside = 0

    def walk(self, node: LexborNode, depth: int = 0) -> None:
        child = node.child if depth < MOST_DEPTH else None
        while child is not None:
            self.visit(child, depth)
            child = child.next

    def visit(self, node: LexborNode, depth: int) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.add(node.text_content or "")
        elif tag == "img":
            self.picture(node)
        elif tag == "br" and self.kind == "heading":
            self.add(" ")
        elif tag == "br":
            self.flush()
        elif tag in shared().skipped_elements or tag.startswith("-") or "hidden" in node.attributes:
            return
        elif tag == "a":
            self.anchor(node, depth)
        elif tag in shared().inline_elements:
            self.walk(node, depth + 1)
        else:
            self.block(node, tag, depth)

    def add(self, text: str) -> None:
        self.buffer.append(text)
        self.size += len(text)

    def block(self, node: LexborNode, tag: str, depth: int) -> None:
        self.flush()
        before = self.kind, self.level
        heading = re.fullmatch(r"h([1-6])", tag)
        if heading:
            self.kind, self.level = "heading", int(heading[1])
        elif tag in _KINDS:
            self.kind, self.level = _KINDS[tag], 0
            if tag in ("td", "th") and self.tables and self.cell():
                self.kind, self.level = before
                return
        elif tag in ("p", "div", "section", "article", "blockquote", "figcaption") and (
            self.kind == "heading"
        ):
            self.kind, self.level = "paragraph", 0
        if tag == "table":
            self.tables.append(_columns(node))
            self.row = -1
        elif tag == "tr":
            self.row, self.column = self.row + 1, -1
        self.walk(node, depth + 1)
        self.flush()
        self.label = ""
        if tag == "table":
            self.tables.pop()
        self.kind, self.level = before

    def cell(self) -> bool:
        """Set the kind of a cell by its column; return whether it is left out."""
        self.column += 1
        columns = self.tables[-1]
        if not columns:
            return False
        role, label = columns[self.column] if self.column < len(columns) else (OTHER, "")
        if role == ASIDE and self.row:
            self.set_aside += 1
        self.label = label if role == NAME else ""
        self.kind = "paragraph" if role == OTHER else self.kind
        return role == ASIDE or self.row == 0

    def anchor(self, node: LexborNode, depth: int) -> None:
        url = node.attributes.get("href") or ""
        before, links = self.size, len(self.out.links)
        blocks = len(self.out.blocks)
        self.walk(node, depth + 1)
        after = self.size
        for index in range(links, len(self.out.links)):
            link = self.out.links[index]
            self.out.links[index] = Link(link.start, link.end, url, link.image)
        if after > before:
            self.open_links.append((before, after, url))
        elif len(self.out.blocks) == blocks and node.css_first("img") is not None:
            host = re.match(r"(?:https?:)?//(?:www\.)?([\w-]+)\.", url)
            if host:
                self.image(host[1], url)

    def picture(self, node: LexborNode) -> None:
        alt = (node.attributes.get("alt") or node.attributes.get("title") or "").strip()
        if alt:
            self.image(alt, "")

    def image(self, words: str, url: str) -> None:
        self.flush()
        start, end = self.out.add("image", words[:200])
        self.out.links.append(Link(start, end, url, image=True))

    def flush(self) -> None:
        """Close the open block and place its links."""
        raw = "".join(self.buffer)
        if raw.strip():
            start, _ = self.out.add(self.kind, raw, self.level, self.label)
            squeezed = _positions(raw)
            for a, b, url in self.open_links:
                words = " ".join(raw[a:b].split())
                if words:
                    left = start + squeezed(a)
                    self.out.links.append(Link(left, left + len(words), url))
        self.buffer, self.open_links, self.size = [], [], 0


def _columns(table: LexborNode) -> list[tuple[str, str]]:
    """Return what the columns of a table hold, and their labels, by its first row."""
    row = table.css_first("tr")
    if row is None:
        return []
    cells = [c for c in row.iter() if c.tag in ("td", "th")]
    labels = [" ".join(c.text(separator=" ")[:80].split()) for c in cells]
    head = row.parent is not None and row.parent.tag == "thead"
    certain = head or all(c.tag == "th" for c in cells)
    return list(zip(roles(labels, certain=certain), labels, strict=False))


def _positions(raw: str) -> Callable[[int], int]:
    """Return a function from positions in a text to those with a single space between words."""
    spans = [m.span() for m in re.finditer(r"\S+", raw)]
    starts = [start for start, _ in spans]
    placed = [0, *accumulate(end - start + 1 for start, end in spans)]

    def squeezed(position: int) -> int:
        at = bisect_right(starts, position) - 1
        if at < 0:
            return 0
        start, end = spans[at]
        return placed[at] + position - start if position <= end else placed[at + 1]

    return squeezed


def _bare_tag(match: re.Match[str]) -> str:
    """Return a tag of style without attributes.

    A parser opens every such element that was left open again in each paragraph, except those
    that are equal: a page of 250 kB could ask for gigabytes.
    """
    return f"<{match[1]} hidden>" if "hidden" in match[2].lower().split() else f"<{match[1]}>"


def _without_too_many(match: re.Match[str]) -> str:
    """Return a tag without its attributes, where these are more than a page can need."""
    count = len(re.sub(_QUOTED, " ", match[2]).replace("/", " ").split())
    return match[1] if count > MOST_ATTRIBUTES else match[0]


def web_text(text: str, name: str) -> Document:
    """Return what a reader sees of an HTML page, with its blocks and links."""
    text = _TAG.sub(_without_too_many, _STYLED.sub(_bare_tag, text))
    tree = LexborHTMLParser(text)
    walker = _Walker()
    if tree.body is not None:
        walker.walk(tree.body)
        walker.flush()
    root = tree.css_first("html")
    declared = (root.attributes.get("lang") or "")[:2].lower() if root is not None else ""
    document = walker.out.document(name)
    about = tuple(_about(tree))
    said = aside_words(name, walker.set_aside)
    return replace(
        document, said=said, language=declared if declared in LANGUAGES else "", about=about
    )


def _about(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Yield what a page says of itself outside the text that is read."""
    for node in tree.css("head title")[:1]:
        yield "title", (node.text() or "")[:300]
    for node in tree.css("meta[property='og:site_name'], meta[name='application-name']")[:2]:
        yield "name of the site", (node.attributes.get("content") or "")[:300]
    for node in tree.css("footer")[:3]:
        if match := OWNER.search(" ".join((node.text(separator=" ") or "").split())):
            yield "footer", match["name"].strip()[:300]
