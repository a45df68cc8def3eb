"""A page as text whose positions stay true: decoded text, a view of equal length, blocks, links.

The view has the same length as the text, character by character: unusual spaces, dashes and
quotation marks are made plain and markup is blanked, so that rules match on the view and quote
from the text. For text, Markdown and YAML, the text is the decoded file itself; for HTML, DOCX and
PDF it is what a reader sees of it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import pairwise

MOST_CHARACTERS = 1_000_000
FILLER = "\u2060"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\t\u3000\u200b\ufeff", " "),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„«»‟", '"'),
        **dict.fromkeys("‘’‚‛´`", "'"),
        **dict.fromkeys("\r\x0b\x0c", "\n"),
    }
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# The line that says who owns a page: © 2024 NAME.
OWNER = re.compile(
    r"(?:©|\(c\)|\bcopyright)\s*(?:©\s*)?(?:\d{4}(?:\s*[-–]\s*\d{4})?,?\s*)?(?:by\s+|par\s+|door\s+)?"
    r"(?P<name>[^\n.,|•·\d]{2,60}?)(?=\s+(?:\d{4}|all\srights|tous\sdroits|alle\srechten)|[.,|•·\n]|\s*$)",
    re.I,
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(]*[A-ZÀ-ÖØ-Þ\d])")


@dataclass(frozen=True)
class Block:
    """A stretch of a document: a ``heading``, ``paragraph``, ``item``, ``cell`` or ``image``.

    A cell can have the label of its column.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    language: str = ""
    label: str = ""


@dataclass(frozen=True)
class Link:
    """The words of a link, or the name of a picture."""

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
        The text that positions and quotes refer to.
    view
        The text made plain for matching, at the same length.
    said
        What was recognised or assumed, one sentence each.
    about
        What the page says of itself outside its text, such as its title: the place and the words.
    foreign
        The language of the page where its words are not known, in English.
    """

    name: str
    text: str
    view: str
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    language: str = ""
    sha256: str = ""
    said: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    foreign: str = ""

    def clean(self, start: int, end: int) -> str:
        """Return a stretch of the view as one line, without filler."""
        return " ".join(self.view[start:end].replace(FILLER, "").split())

    def sentences(self, block: Block) -> list[tuple[int, int]]:
        """Return the start and end of each sentence of a block."""
        body = self.view[block.start : block.end]
        cuts = [0, *(m.end() for m in _SENTENCE_END.finditer(body)), len(body)]
        return [(block.start + a, block.start + b) for a, b in pairwise(cuts)]

    def lines(self) -> dict[str, object]:
        """Return what ``read --format json`` prints about the document."""
        return {"sha256": self.sha256, "language": self.language, "characters": len(self.text)}


def plain_view(text: str) -> str:
    """Return a view of equal length: plain spaces, dashes and quotation marks; entities decoded."""
    view = text.translate(_PLAIN)

    def decoded(match: re.Match[str]) -> str:
        shown = html.unescape(match.group()).translate(_PLAIN)
        size = len(match.group())
        return (shown + FILLER * size)[:size] if len(shown) <= size else " " * size

    return _ENTITY.sub(decoded, view) if "&" in view else view


def trimmed(
    view: str, kind: str, start: int, end: int, level: int = 0, language: str = ""
) -> Block:
    """Return a block without the space around it."""
    body = view[start:end]
    left = len(body) - len(body.lstrip(" \n" + FILLER))
    right = max(left, len(body.rstrip(" \n" + FILLER)))
    return Block(kind, start + left, start + right, level, language)


class DocumentBuilder:
    """Builds a document from pieces of text, one block each."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.blocks: list[Block] = []
        self.links: list[Link] = []

    def add(self, kind: str, text: str, level: int = 0, label: str = "") -> tuple[int, int]:
        """Add a block of text and return its start and end."""
        text = " ".join(text.split())
        start = self.size
        if text:
            self.parts.append(text + "\n")
            self.size += len(text) + 1
            self.blocks.append(Block(kind, start, start + len(text), level, label=label))
        return start, start + len(text)

    def document(self, name: str) -> Document:
        """Return the document."""
        text = "".join(self.parts)
        return Document(name, text, plain_view(text), tuple(self.blocks), tuple(self.links))
