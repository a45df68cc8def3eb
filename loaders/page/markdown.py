"""Markdown and YAML pages: markup is blanked in the view, so that positions in the file stay true.

Text, words of links, ``alt`` of pictures, and titles and names of front matter and data files are
kept. A logo without ``alt`` is named by the address that it links to. A Markdown parser would not
do: its tokens within a line have no positions, and pages contain HTML, templates and reST as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from partnergraph.loaders.page.columns import ASIDE, NAME, OTHER, aside_words, roles
from partnergraph.loaders.page.document import FILLER, Block, Document, Link, plain_view, trimmed
from partnergraph.loaders.page.words import shared

_FRONT = re.compile(r"\A\s*(?P<mark>---|\+\+\+)[ ]*\n(.*?)\n(?P=mark)[ ]*(?:\n|\Z)", re.S)
_HIDDEN = re.compile(
    r"<!--(?:(?!<!--).)*?-->|\{%[^{}]*%\}|\{\{[^{}]*\}\}|\{::?[^{}\n]*\}|^```.*?^```|^~~~.*?^~~~"
    r"|<(script|style|nav|svg|iframe|form)\b(?:(?!<\1\b).)*?</\1\s*>|\[\^[^\]]{1,200}\]",
    re.S | re.M | re.I,
)
_DATA_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<dash>-[ ]+)?(?P<key>[\w-]+)[ ]*[:=][ ]*(?P<value>.*)$", re.M
)
_BARE_ITEM = re.compile(r"^(?P<indent>[ ]*)-[ ]+(?P<value>[^:\n]+)$", re.M)
_IMAGE = re.compile(
    r"!\[(?P<alt>[^\]\n]{0,500})\]\((?P<url>[^()\s]*(?:(?:\([^()\s]*\)|\s)[^()]*)?)\)"
)
_IMG = re.compile(r"<img\b[^<>]*>", re.I)
_LINK = re.compile(
    r"\[(?P<words>[^\[\]]{0,400})\]\((?P<url>[^()\s]*)(?:(?!\n)\s[^()\n]*)?\)(?:\{[^{}\n]*\})?",
    re.S,
)
_ANCHOR = re.compile(r"<a\b(?P<attributes>[^<>]*)>(?P<words>.{0,600}?)</a\s*>", re.S | re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<https?://[^<>\s]+>|<[\w.+-]+@[\w.-]+>")
_ALT = re.compile(r"\b(?:alt|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
_HOST = re.compile(r"(?:https?:)?(?://)?(?:www\.)?(?P<label>[\w-]+)(?:\.[\w-]+)+")
_DEFINITION = re.compile(
    r"^[ ]{0,3}(?P<star>\*)?\[(?P<label>[^\]\n]{1,80})\]:[ ]*(?P<url>\S+)[^\n]*$", re.M
)
_REFERRED = re.compile(r"\[(?P<words>[^\[\]\n]{1,120})\](?:[ ]?\[(?P<label>[^\[\]\n]{0,80})\])?")
_LINKED = re.compile(r"`(?P<words>[^`<>\n]{1,160}?)[ ]{0,9}<(?P<url>https?://[^<>\s]+)>`__?")
_UNDERLINED = re.compile(
    r"^[ ]{0,2}(?P<title>(?![-*#>|\d=~`:])[^\n]{2,120})\n(?P<rule>={3,}|-{3,}|~{3,})[ ]*$", re.M
)
_TABLE = re.compile(r"<table\b(?:(?!</?table\b).)*", re.S | re.I)
_ROW = re.compile(r"<tr\b[^<>]*>((?:(?!</?tr\b).)*)", re.S | re.I)
_CELL = re.compile(r"<t[hd]\b[^<>]*>(?P<words>(?:(?!</?t[hdr]\b).)*)", re.S | re.I)
_PIPES = re.compile(
    r"^(?P<labels>[^\n]{0,500}\|[^\n]{0,500})\n(?=[^\n]*--)[ ]*\|?[ :|-]{3,500}[ ]*(?:\n|\Z)", re.M
)
_SHORTCODE_NAME = re.compile(r"\b(?:name|title|alt|nom|naam)\s*=\s*\"([^\"\n]+)\"")


class _View:
    """A view under construction: its characters, and the links, headings and items found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.chars = list(plain_view(text))
        self.links: dict[int, Link] = {}
        self.over: dict[int, Link] = {}
        self.headings: list[tuple[int, int, int]] = []
        self.items: set[int] = set()
        self.names: list[tuple[int, int]] = []
        self.told: set[int] = set()
        self.labels: dict[int, str] = {}
        self.set_aside = 0

    def blank(self, start: int, end: int, char: str = " ") -> None:
        """Blank a stretch except for its line ends."""
        for i in range(start, end):
            if self.chars[i] != "\n":
                self.chars[i] = char

    def gap(self, start: int, end: int) -> None:
        """Blank a stretch so that no name extends over it."""
        self.blank(start, end)
        if end > start:
            self.chars[start] = "\n"

    def keep(self, whole: tuple[int, int], words: tuple[int, int]) -> None:
        """Blank a stretch except for its words."""
        self.blank(whole[0], words[0])
        self.blank(words[1], whole[1])

    def between(self, span: tuple[int, int]) -> str:
        """Return the characters of a span."""
        return "".join(self.chars[span[0] : span[1]])

    def link(self, start: int, end: int, url: str, *, image: bool = False) -> None:
        """Note a link by its words."""
        link = Link(start, end, url, image)
        self.links[start] = link
        self.over |= dict.fromkeys(range(start, end), link)

    @property
    def view(self) -> str:
        return "".join(self.chars)


def markdown_text(text: str, name: str) -> Document:
    """Read Markdown, with the HTML, front matter and templates in it, or YAML."""
    view = _View(text)
    title = ""
    about: tuple[tuple[str, str], ...] = ()
    if name.lower().endswith((".yml", ".yaml")):
        _data(view, 0, len(text), everything=True)
    else:
        if front := _FRONT.match(text):
            language = re.search(r"^lang(?:uage)?:\s*[\"']?(nl|fr|en)\b", front[2], re.M)
            title = language[1] if language else ""
            about = tuple(
                ("front matter", m[1].strip(" \"'"))
                for m in re.finditer(r"^(?:publisher|site|site_?name):(.{2,80})$", front[2], re.M)
            )
            _data(view, front.start(), front.end(), everything=False)
        _markup(view, front.end() if front else 0)
    return Document(
        name,
        text,
        view.view,
        tuple(_blocks(view)),
        tuple(k for _, k in sorted(view.links.items())),
        language=title,
        about=about,
        said=aside_words(name, view.set_aside),
    )


def _data(view: _View, start: int, end: int, *, everything: bool) -> None:
    """Keep the names and titles of YAML lines and blank the rest."""
    body = view.text[start:end]
    kept: list[tuple[int, int, bool]] = []
    persons = _persons(body)
    view.set_aside += len(persons)
    for match in _DATA_LINE.finditer(body):
        if match.start() in persons:
            continue
        key, nested = match["key"].lower(), bool(match["dash"] or match["indent"])
        a, b = match.span("value")
        quoted = re.match(r"\s*([\"'])(.*?)\1\s*(?:#.*)?$", match["value"])
        if quoted:
            a, b = a + quoted.start(2), a + quoted.end(2)
        if key in shared().name_keys and (nested or everything or key == "title") and b > a:
            kept.append((start + a, start + b, nested or everything))
            if key == "alt":
                view.link(start + a, start + b, "", image=True)
        elif key in shared().url_keys and kept and nested:
            view.link(kept[-1][0], kept[-1][1], match["value"].strip(" \"'"))
        elif key in shared().prose_keys and everything and b > a:
            kept.append((start + a, start + b, False))
    if everything and not kept:
        kept = [(m.start("value"), m.end("value"), True) for m in _BARE_ITEM.finditer(body)]
    at = start
    for a, b, item in kept:
        view.blank(at, a)
        at = b
        if item:
            view.items.add(a)
            view.names.append((a, b))
        else:
            view.headings.append((a, b, 1))
    view.blank(at, end)


def _persons(body: str) -> set[int]:
    """Return the starts of the lines of data that name a person.

    The list that a name is in, or the keys beside it, tell a person: a task, a first name.
    """
    parents: list[tuple[int, str]] = []
    # The open items: their column, whether they are a person, and the lines that name.
    items: list[tuple[int, list[bool], list[int]]] = []
    found: set[int] = set()
    for match in _DATA_LINE.finditer(body):
        key, indent = match["key"].lower(), len(match["indent"])
        column = indent + len(match["dash"] or "")
        at = indent if match["dash"] else column
        while parents and parents[-1][0] > at - (not match["dash"]):
            parents.pop()
        while items and (items[-1][0] > column or (match["dash"] and items[-1][0] == column)):
            items.pop()
        if match["dash"]:
            of_persons = bool(parents) and parents[-1][1] in shared().person_lists
            items.append((column, [of_persons], []))
        if not match["value"].strip() and not match["dash"]:
            parents.append((column, key))
        if items:
            _, is_person, lines = items[-1]
            if column == items[-1][0]:
                is_person[0] |= key in shared().person_keys
                lines += [match.start()] if key in shared().name_keys else []
            if is_person[0]:
                found.update(lines)
                lines.clear()
    return found


def _tables(view: _View, start: int) -> None:
    """Blank the cells of persons and places, and the labels; note cells that only describe."""
    text = view.view
    for table in _TABLE.finditer(text, start):
        rows = [
            list(_CELL.finditer(text, *row.span(1))) for row in _ROW.finditer(text, *table.span())
        ]
        labels = [_plain(cell["words"]) for cell in rows[0]] if rows else []
        heads = text[rows[0][0].start() : rows[0][-1].end()] if rows and rows[0] else "<td"
        certain = not re.search("<td", heads, re.I)
        columns = roles(labels, certain=certain)
        for number, cells in enumerate(rows if columns else []):
            for role, cell in zip(columns, cells, strict=False):
                _cell(view, role, cell.span("words"), cell.start(), label=not number)
                if role == NAME and number:
                    view.labels[cell.start("words")] = labels[columns.index(NAME)]
    done = start
    for head in _PIPES.finditer(text, start):
        if head.start() < done:
            continue
        labels = [" ".join(_plain(c).split()) for c in head["labels"].strip(" |").split("|")]
        columns = roles(labels)
        if not columns:
            continue
        if NAME in columns:
            view.labels[head.end()] = labels[columns.index(NAME)]
        for row in re.finditer(r"[^\n]*\n?", text[head.end() : head.end() + 60_000]):
            if "|" not in row.group():
                break
            done = head.end() + row.end()
            at = head.end() + row.start() + row.group().index("|") + 1
            at = at if row.group().lstrip().startswith("|") else head.end() + row.start()
            for role, part in zip(
                columns, text[at : head.end() + row.end()].split("|"), strict=False
            ):
                if role == ASIDE:
                    _cell(view, role, (at, at + len(part.rstrip("\n"))), at, label=False)
                at += len(part) + 1


def _cell(view: _View, role: str, words: tuple[int, int], tag: int, *, label: bool) -> None:
    if role == ASIDE or label:
        view.blank(*words)
        view.set_aside += not label
    elif role == OTHER:
        view.told.add(tag)


def _plain(cell: str) -> str:
    return re.sub(r"<[^<>]*>|[*_`]", " ", cell)


def _markup(view: _View, start: int) -> None:
    """Blank the markup after a position: first hidden parts, then pictures, links, tags."""
    for match in _HIDDEN.finditer(view.view, start):
        hidden = match.group()
        kept = _SHORTCODE_NAME.search(hidden) if hidden.startswith("{") else None
        inline = hidden.startswith(("{:", "[^"))
        (view.blank if inline else view.gap)(*match.span())
        if kept:
            a, b = match.start() + kept.start(1), match.start() + kept.end(1)
            view.chars[a:b] = plain_view(view.text[a:b])
            view.names.append((a, b))
            view.items.add(a)
    _tables(view, start)
    _underlined(view, start)
    targets = _definitions(view, start)
    _pictures(view, start)
    _links(view, start)
    _referred(view, start, targets)
    _tags(view, start)
    for match in _URL.finditer(view.view, start):
        if match.start() not in view.over:
            view.blank(*match.span())
    for match in re.finditer(
        r"(?<!\w)[*_~`]{1,3}(?=\S)|(?<=\S)[*_~`]{1,3}(?!\w)", view.view[start:]
    ):
        view.blank(start + match.start(), start + match.end(), FILLER)


def _underlined(view: _View, start: int) -> None:
    """Keep the words of reST links; note underlined headings, and blank their lines."""
    for match in _LINKED.finditer(view.view, start):
        words = match.span("words")
        view.keep(match.span(), words)
        view.link(*words, match["url"])
    for match in _UNDERLINED.finditer(view.view, start):
        a, b = match.span("title")
        view.headings.append((a, b, 1 if match["rule"][0] == "=" else 2))
        view.gap(*match.span("rule"))


def _definitions(view: _View, start: int) -> dict[str, str]:
    """Blank the definitions of links and abbreviations; return the addresses by their label."""
    targets = {}
    for match in _DEFINITION.finditer(view.view, start):
        if not match["star"]:
            targets[match["label"].casefold()] = match["url"]
        view.gap(*match.span())
    return targets


def _referred(view: _View, start: int, targets: Mapping[str, str]) -> None:
    """Keep the words of links whose address is defined elsewhere: ``[words][label]``."""
    for match in _REFERRED.finditer(view.view, start):
        label = (match["label"] or match["words"]).casefold()
        if label in targets and match.start("words") not in view.over:
            words = match.span("words")
            view.keep(match.span(), words)
            view.link(*words, targets[label])


def _pictures(view: _View, start: int) -> None:
    """Keep the ``alt`` of pictures in Markdown and HTML."""
    for match in _IMAGE.finditer(view.view, start):
        _picture(view, match.span(), match.span("alt"))
    text = view.view
    for match in _IMG.finditer(text, start):
        alt = _ALT.search(text, *match.span())
        _picture(view, match.span(), alt.span(alt.lastindex or 0) if alt else (0, 0))


def _picture(view: _View, whole: tuple[int, int], alt: tuple[int, int]) -> None:
    if view.between(alt).strip():
        view.keep(whole, alt)
        view.link(*alt, "", image=True)
    else:
        view.blank(*whole)
        view.chars[whole[0]] = "\x01"


def _links(view: _View, start: int) -> None:
    """Keep the words of links; a link without words is named by its address."""
    text = view.view
    for match in _LINK.finditer(text, start):
        _link(view, match.span(), match.span("words"), match.span("url"))
    for match in _ANCHOR.finditer(text, start):
        href = _HREF.search(text, *match.span("attributes"))
        if href:
            _link(view, match.span(), match.span("words"), href.span(href.lastindex or 0))


def _link(
    view: _View, whole: tuple[int, int], words: tuple[int, int], url: tuple[int, int]
) -> None:
    address, inside = view.text[url[0] : url[1]], view.between(words)
    found = (view.links.get(i) for i in range(*words))
    inner = [k for k in found if k is not None and k.image and k.end <= words[1]]
    view.keep(whole, words)
    for image in inner:
        view.link(image.start, image.end, address, image=True)
    # Tags around the words are not part of them.
    bare = re.sub(r"<[^<>]*>|\x01", lambda m: " " * len(m.group()), inside)
    if inner:
        return
    if bare.strip(" \n"):
        left, right = len(bare) - len(bare.lstrip()), len(bare.rstrip())
        view.link(words[0] + left, words[0] + right, address)
    elif "\x01" in inside and (host := _HOST.match(address)):
        a, b = url[0] + host.start("label"), url[0] + host.end("label")
        view.chars[a:b] = view.text[a:b]
        view.link(a, b, address, image=True)


def _tags(view: _View, start: int) -> None:
    """Blank HTML tags; those of blocks end a line."""
    heading: tuple[int, int] | None = None
    for match in _TAG.finditer(view.view, start):
        tag = match.group().strip("</>").split()[0].lower().rstrip("/")
        closing = match.group().startswith("</")
        if tag in shared().breaking_elements:
            view.gap(*match.span())
        else:
            view.blank(*match.span(), FILLER)
        if re.fullmatch(r"h[1-6]", tag):
            if not closing:
                heading = (match.end(), int(tag[1]))
            elif heading:
                view.headings.append((heading[0], match.start(), heading[1]))
                heading = None
        elif tag in ("li", "td", "th") and not closing and match.start() not in view.told:
            view.items.add(match.end())


_LINE = re.compile(
    r"(?P<hash>\#{1,6}[ ]+)|(?P<bullet>(?:[-*+•]|\d{1,3}[.)])[ ]+)|(?P<row>\|)|(?P<quote>>[ ]*)"
)


def _blocks(view: _View) -> Iterator[Block]:
    """Yield the blocks of a view, line by line."""
    text = view.view.replace("\x01", " ")
    view.chars = list(text)
    found = [Block("heading", a, b, level) for a, b, level in view.headings]
    found = [trimmed(text, "heading", b.start, b.end, b.level) for b in found]
    found += [trimmed(text, "item", a, b) for a, b in view.names]
    taken = {i for b in found for i in range(b.start, b.end)}
    open_start: int | None = None
    open_kind, last, position = "paragraph", 0, 0
    for line in [*text.split("\n"), ""]:
        a, b = position, position + len(line)
        position = b + 1
        body = line.strip(" " + FILLER)
        inside = body and a + line.index(body[0]) in taken
        left = a + (len(line) - len(line.lstrip(" " + FILLER)))
        mark = _LINE.match(body)
        alone = _is_link(view, text, left, b)
        begins = bool(mark) or alone or any(i in view.items for i in range(a, left + 1))
        if open_start is not None and (not body or begins or inside):
            found.append(trimmed(text, open_kind, open_start, last))
            open_start = None
        if not body or inside:
            continue
        if mark and mark["hash"]:
            found.append(trimmed(text, "heading", left + mark.end(), b, len(mark["hash"].strip())))
        elif mark and mark["row"]:
            found += _row(text, left, b)
        elif alone:
            found.append(trimmed(text, "item", left + (mark.end() if mark else 0), b))
        elif open_start is None:
            open_start, last = left + (mark.end() if mark else 0), b
            item = (mark and mark["bullet"]) or any(i in view.items for i in range(a, left + 1))
            open_kind = "item" if item else "paragraph"
        else:
            last = b
    blocks = sorted((f for f in found if f.end > f.start), key=lambda f: f.start)
    yield from _labelled(view, blocks) if view.labels else blocks


def _labelled(view: _View, blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks, cells of tables with the label of their column."""
    starts, text, end = sorted(view.labels), view.view, -1
    at = -1
    for block in blocks:
        while at + 1 < len(starts) and starts[at + 1] <= block.start:
            at += 1
            if starts[at] >= end:
                # A table ends at a blank line.
                end = text.find("\n\n", starts[at])
                end = len(text) if end < 0 else end
        cell = block.kind in ("item", "cell") and 0 <= block.start < end and at >= 0
        yield replace(block, label=view.labels[starts[at]]) if cell else block


def _is_link(view: _View, text: str, start: int, end: int) -> bool:
    """Return whether a line is a single link."""
    body = text[start:end].strip(" -*+•" + FILLER)
    if not body:
        return False
    at = text.index(body, start)
    link = view.over.get(at)
    return link is not None and at + len(body) <= link.end + 1


def _row(text: str, start: int, end: int) -> list[Block]:
    """Return the cells of a table's row: the first can be a name, the others describe it."""
    below = text[end + 1 : text.find("\n", end + 1)].strip()
    if not re.search(r"[^\W\d_]", text[start:end]) or (
        "-" in below and re.fullmatch(r"[\s:|-]*", below)
    ):
        return []
    cells: list[Block] = []
    at = start
    for part in text[start:end].split("|"):
        if part.strip():
            kind = "paragraph" if cells else "cell"
            cells.append(trimmed(text, kind, at, at + len(part)))
        at += len(part) + 1
    return cells
