"""A page as text whose positions stay true: decoded text, a view of equal length, blocks, links.

The view has the same length as the text, character by character: odd spaces, dashes and quotation
marks are made plain and markup is blanked, so that rules match on the view and quote from the
text. For text, Markdown and YAML the text is the decoded file itself; for HTML, DOCX and PDF it is
what a reader sees of it.

>>> document = from_text("# Partners\\n\\n[Acme](https://acme.example) helps us.", name="a.md")
>>> [(b.kind, document.text[b.start:b.end]) for b in document.blocks]
[('heading', 'Partners'), ('paragraph', 'Acme](https://acme.example) helps us.')]
>>> link = document.links[0]
>>> document.text[link.start:link.end], len(document.text) == len(document.view)
('Acme', True)
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from partnergraph.graph.errors import MissingDependency, UnusableInput
from partnergraph.loaders.page.words import LANGUAGES, words

MOST_PDF_PAGES = 300
MOST_CHARACTERS = 1_000_000
FILLER = "\u2060"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\t\u3000\u200b\ufeff", " "),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„«»‟", '"'),
        **dict.fromkeys("‘’‚‛´`", "'"),
        "\r": "\n",
        "\x0b": "\n",
        "\x0c": "\n",
    }
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(]*[A-ZÀ-ÖØ-Þ\d])")


@dataclass(frozen=True)
class Block:
    """A stretch of a document: a ``heading``, ``paragraph``, ``item``, ``cell`` or ``image``."""

    kind: str
    start: int
    end: int
    level: int = 0
    language: str = ""


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere, or the name under a picture."""

    start: int
    end: int
    url: str
    image: bool = False


@dataclass(frozen=True)
class Document:
    """A page, decoded.

    Attributes
    ----------
    text
        What positions and quotes refer to.
    view
        The same length, made plain for matching.
    said
        What was recognised or assumed, a sentence each.
    """

    name: str
    text: str
    view: str
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    language: str = ""
    sha256: str = ""
    said: tuple[str, ...] = field(default=())

    def clean(self, start: int, end: int) -> str:
        """Return a stretch of the view as one line, without filler."""
        return " ".join(self.view[start:end].replace(FILLER, "").split())

    def sentences(self, block: Block) -> list[tuple[int, int]]:
        """Return where the sentences of a block stand."""
        body = self.view[block.start : block.end]
        cuts = [0, *(m.end() for m in _SENTENCE_END.finditer(body)), len(body)]
        return [(block.start + a, block.start + b) for a, b in pairwise(cuts)]

    def lines(self) -> dict[str, object]:
        """Return what ``read --format json`` says of the document."""
        return {"sha256": self.sha256, "language": self.language, "characters": len(self.text)}


def read_document(path: Path, *, language: str = "auto") -> Document:
    """Read a page: text, Markdown, YAML, HTML, DOCX or PDF, by the ending of its name.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency
        Where there is no such file, it has no text or too much, it is damaged, or PDF is asked
        for without the extra ``pdf``.
    """
    from partnergraph.graph.files import read_bytes

    data = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".docx" or (data[:2] == b"PK" and suffix in ("", ".doc")):
        return _finish(_docx(data, path), data, language)
    if suffix == ".pdf" or data.startswith(b"%PDF-"):
        return _finish(_plain(_pdf_text(data, path), path.name, ()), data, language, path)
    if data.count(b"\0") > len(data) // 3 and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnusableInput(path, "it is no text", "Save the page as HTML, text, DOCX or PDF")
    text, said = _decode(data, path)
    return _finish(from_text(text, name=path.name, said=said), data, language, path)


def from_text(text: str, *, name: str = "page.txt", said: tuple[str, ...] = ()) -> Document:
    """Read a page that is a string already; the ending of its name says what it is.

    Raises
    ------
    UnusableInput
        Where it has no text, or more than a million characters.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnusableInput(
            name,
            f"it has {len(text):,} characters; a page has at most {MOST_CHARACTERS:,}",
            "Cut out the part that names the partners",
        )
    suffix = Path(name).suffix.lower()
    start = text.lstrip()[:400].lower()
    if suffix in (".html", ".htm", ".xhtml") or start.startswith(("<!doctype html", "<html")):
        from partnergraph.loaders.page.web import web_text

        document = web_text(text, name)
    elif suffix in (".md", ".markdown", ".mdx", ".yml", ".yaml", ".njk", ".rst", ".adoc"):
        from partnergraph.loaders.page.markdown import markdown_text

        document = markdown_text(text, name)
    else:
        document = _plain(text, name, said)
    said = tuple(dict.fromkeys((*said, *document.said)))
    return _finish(replace(document, said=said), text.encode(errors="replace"))


def plain_view(text: str) -> str:
    """Return a view of equal length: plain spaces, dashes and quotation marks; entities decoded."""
    import html

    view = text.translate(_PLAIN)

    def decoded(match: re.Match[str]) -> str:
        shown = html.unescape(match.group()).translate(_PLAIN)
        size = len(match.group())
        return (shown + FILLER * size)[:size] if len(shown) <= size else " " * size

    return _ENTITY.sub(decoded, view) if "&" in view else view


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Decode a page, each line in its own encoding; a few stray bytes are replaced, and said."""
    from partnergraph.graph.formats.delimited import decode

    lines = data.split(b"\n") if b"\0" not in data else []
    foreign = [line for line in lines if not line.isascii()]
    other = sum(not _is_utf8(line) for line in foreign)
    if 0 < other < len(foreign):
        text = "\n".join(
            line.decode("utf-8" if _is_utf8(line) else "cp1252", errors="replace") for line in lines
        )
        said = f"{path.name}: {other} of {len(lines)} lines are no UTF-8; read as Windows cp1252"
        return text.removeprefix("\ufeff"), (said,)
    loose = data.decode("utf-8", errors="replace") if lines else ""
    broken = loose.count("\ufffd")
    if broken and sum(c > "\x7f" for c in loose) > 3 * broken:
        return loose, (f"{path.name}: {broken} bytes are no UTF-8 and were replaced",)
    text, encoding = decode(data, path)
    return text, ((f"{path.name}: read as {encoding}",) if encoding else ())


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _finish(
    document: Document, data: bytes, language: str = "auto", place: object = None
) -> Document:
    """Refuse what has no text, and settle languages and the fingerprint."""
    if not any(c.isalpha() for c in document.view):
        raise UnusableInput(
            place or document.name,
            "it has no text (a scan, or an empty page)",
            "Give a page with text; a scan needs character recognition first",
        )
    chosen = language if language != "auto" else document.language
    if not chosen:
        chosen = guess_language(document.view) or "en"
    blocks = tuple(
        replace(b, language=guess_language(document.view[b.start : b.end], least=3) or chosen)
        if language == "auto"
        else replace(b, language=chosen)
        for b in document.blocks
    )
    digest = hashlib.sha256(data).hexdigest()
    return replace(document, blocks=blocks, language=chosen, sha256=digest)


def guess_language(view: str, *, least: int = 1) -> str:
    """Return the language whose function words are most frequent, blank where too few are."""
    found = [w.casefold() for w in re.findall(r"[^\W\d_]+", view[:20_000])]
    counts = {code: sum(w in words(code).telling for w in found) for code in LANGUAGES}
    best = max(counts, key=lambda code: counts[code])
    others = max(n for code, n in counts.items() if code != best)
    return best if counts[best] >= least and counts[best] > others else ""


# -- plain text ------------------------------------------------------------------------------

_BULLET = re.compile(r"[ ]*(?:[-*+•·▪◦○●>]|\(?\d{1,3}[.)])[ ]+")


def _plain(text: str, name: str, said: tuple[str, ...]) -> Document:
    view = plain_view(text)
    return Document(name, text, view, tuple(plain_blocks(view)), said=said)


def plain_blocks(view: str) -> Iterator[Block]:
    """Yield the blocks of plain text: paragraphs, listed lines, short lines that stand alone."""
    group: list[tuple[int, int]] = []
    position = 0
    for line in [*view.split("\n"), ""]:
        if line.strip():
            group.append((position, position + len(line)))
        elif group:
            yield from _group(view, group)
            group = []
        position += len(line) + 1


def _group(view: str, lines: list[tuple[int, int]]) -> Iterator[Block]:
    texts = [view[a:b].strip() for a, b in lines]
    bulleted = [bool(_BULLET.match(view[a:b])) for a, b in lines]
    long = any(len(t) > 90 for t in texts)
    if len(lines) == 1 and not bulleted[0]:
        alone = len(texts[0]) <= 70 and texts[0][-1] not in ".!?:;,"
        yield trimmed(view, "heading" if alone else "paragraph", *lines[0])
        return
    # Lines that are all short and end in no comma are a list, even without bullets.
    listed = not long and sum(t[-1] in ".,;" for t in texts) * 3 < len(texts)
    ended = sum(t[-1] in ".!?" for t in texts) == len(texts)
    start = None
    for (a, b), bullet in zip(lines, bulleted, strict=True):
        if bullet:
            match = _BULLET.match(view[a:b])
            if start is not None:
                yield trimmed(view, "paragraph", start, a)
                start = None
            yield trimmed(view, "item", a + (match.end() if match else 0), b)
        elif listed or ended or (long and b - a > 200):
            yield trimmed(view, "item" if listed else "paragraph", a, b)
        elif start is None:
            start = a
    if start is not None:
        yield trimmed(view, "paragraph", start, lines[-1][1])


def trimmed(view: str, kind: str, start: int, end: int, level: int = 0) -> Block:
    """Return a block without the space around it."""
    body = view[start:end]
    left = len(body) - len(body.lstrip(" \n" + FILLER))
    return Block(kind, start + left, start + max(left, len(body.rstrip(" \n" + FILLER))), level)


# -- DOCX and PDF ----------------------------------------------------------------------------


class Pages:
    """Collects text and blocks of a document that is read piece by piece."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.blocks: list[Block] = []
        self.links: list[Link] = []

    def add(self, kind: str, text: str, level: int = 0) -> tuple[int, int]:
        """Add a block of text and return where it stands."""
        text = " ".join(text.split())
        start = self.size
        if text:
            self.parts.append(text + "\n")
            self.size += len(text) + 1
            self.blocks.append(Block(kind, start, start + len(text), level))
        return start, start + len(text)

    def document(self, name: str) -> Document:
        """Return what was collected."""
        text = "".join(self.parts)
        return Document(name, text, plain_view(text), tuple(self.blocks), tuple(self.links))


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _docx(data: bytes, path: Path) -> Document:
    """Read the paragraphs of a DOCX file."""
    import zipfile

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo("word/document.xml")
            if entry.file_size > 20 * MOST_CHARACTERS:
                raise UnusableInput(path, "its text is too large", "Cut out the part that matters")
            root = ElementTree.fromstring(archive.read(entry), forbid_dtd=True)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, DefusedXmlException) as error:
        raise UnusableInput(
            path, f"it is no DOCX file that can be read ({type(error).__name__})", "Save it again"
        ) from None
    pages = Pages()
    cells = {p for cell in root.iter(f"{_W}tc") for p in cell.iter(f"{_W}p")}
    for paragraph in root.iter(f"{_W}p"):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = (style.get(f"{_W}val") or "") if style is not None else ""
        text = "".join(
            (node.text or "") if node.tag == f"{_W}t" else " "
            for node in paragraph.iter()
            if node.tag in (f"{_W}t", f"{_W}tab", f"{_W}br")
        )
        listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or "List" in named
        heading = re.match(r"(?:Heading|Kop|Titre|Title|Titel)\s*(\d?)", named)
        kind = "heading" if heading else "item" if listed else "paragraph"
        kind = "cell" if paragraph in cells else kind
        pages.add(kind, text, int(heading[1] or 1) if heading else 0)
    return pages.document(path.name)


def _pdf_text(data: bytes, path: Path) -> str:
    """Return the text of a PDF, page under page."""
    try:
        import pypdf
    except ImportError:
        raise MissingDependency("reading PDF", "pdf") from None
    try:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        count = len(pages)
        text = "\n\n".join(page.extract_text() or "" for page in pages[:MOST_PDF_PAGES])
    except Exception as error:
        # pypdf raises whatever a damaged file makes it stumble over.
        raise UnusableInput(
            path, f"it is no PDF that can be read ({type(error).__name__})", "Save it again"
        ) from None
    if count > MOST_PDF_PAGES:
        cause = f"it has {count} pages, more than {MOST_PDF_PAGES}"
        raise UnusableInput(path, cause, "Give the pages about partners only")
    return text


Blank = Callable[[int, int], None]
