"""Reading a page of any form into a document: its encoding, form and languages.

>>> document = from_text("# Partners\\n\\n[Acme](https://acme.example) helps us.", name="a.md")
>>> [(b.kind, document.text[b.start:b.end]) for b in document.blocks]
[('heading', 'Partners'), ('paragraph', 'Acme](https://acme.example) helps us.')]
>>> link = document.links[0]
>>> document.text[link.start:link.end], len(document.text) == len(document.view)
('Acme', True)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import decode
from partnergraph.loaders.page.document import MOST_CHARACTERS, Block, Document, trimmed
from partnergraph.loaders.page.markdown import markdown_text
from partnergraph.loaders.page.office import docx_document, pdf_text
from partnergraph.loaders.page.plain_text import plain_text
from partnergraph.loaders.page.web import web_text
from partnergraph.loaders.page.words import LANGUAGES, shared, words

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_document(path: Path, *, language: str = "auto") -> Document:
    """Read a page: text, Markdown, YAML, HTML, DOCX or PDF, by the extension of its name.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency
        If the file does not exist, has no text or too much, is damaged, or is a PDF and the
        extra ``pdf`` is not installed.
    """
    data = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".docx" or (data[:2] == b"PK" and suffix in ("", ".doc")):
        document = docx_document(data, path)
    elif suffix == ".pdf" or data.startswith(b"%PDF-"):
        document = plain_text(pdf_text(data, path), path.name)
    elif data.count(b"\0") > len(data) // 3 and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnusableInput(path, "it is not text", "Save the page as HTML, text, DOCX or PDF")
    else:
        text, said = _decode(data, path)
        document = _parsed(text, path.name)
        document = replace(document, said=(*said, *document.said))
    return _finish(document, data, language, path)


def from_text(text: str, *, name: str = "page.txt") -> Document:
    """Read a page from a string; the extension of its name tells its form.

    Raises
    ------
    UnusableInput
        If it has no text, or more than a million characters.
    """
    return _finish(_parsed(text, name), text.encode(errors="replace"))


def _parsed(text: str, name: str) -> Document:
    if len(text) > MOST_CHARACTERS:
        raise UnusableInput(
            name,
            f"it has {len(text):,} characters; a page has at most {MOST_CHARACTERS:,}",
            "Keep only the part that names the partners",
        )
    text = _SURROGATE.sub("\ufffd", text)
    suffix = Path(name).suffix.lower()
    start = text.lstrip()[:400].lower()
    if suffix in (".html", ".htm", ".xhtml") or start.startswith(("<!doctype html", "<html")):
        return web_text(text, name)
    if suffix in (".md", ".markdown", ".mdx", ".yml", ".yaml", ".njk", ".rst", ".adoc"):
        return markdown_text(text, name)
    return plain_text(text, name)


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Decode a page, each line in its own encoding; replace a few stray bytes, and report it."""
    lines = data.split(b"\n") if b"\0" not in data else []
    foreign = [line for line in lines if not line.isascii()]
    other = sum(not _is_utf8(line) for line in foreign)
    if 0 < other < len(foreign):
        text = "\n".join(
            line.decode("utf-8" if _is_utf8(line) else "cp1252", errors="replace") for line in lines
        )
        said = f"{path.name}: {other} of {len(lines)} lines are not UTF-8; read as Windows cp1252"
        return text.removeprefix("\ufeff"), (said,)
    loose = data.decode("utf-8", errors="replace") if lines else ""
    broken = loose.count("\ufffd")
    if broken and sum(c > "\x7f" for c in loose) > 3 * broken:
        return loose, (f"{path.name}: bytes that are not UTF-8 were replaced: {broken}",)
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
    """Refuse a page without text; set languages and the fingerprint."""
    if not any(c.isalpha() for c in document.view):
        raise UnusableInput(
            place or document.name,
            "it has no text (a scan, or an empty page)",
            "Use a page with text; a scan needs character recognition first",
        )
    chosen = language if language != "auto" else document.language
    foreign = "" if chosen else _foreign(document.view)
    if not chosen:
        chosen = guess_language(document.view) or "en"
    blocks = tuple(
        part
        for b in document.blocks
        for part in (
            _by_language(document, b, chosen)
            if language == "auto"
            else [replace(b, language=chosen)]
        )
    )
    digest = hashlib.sha256(data).hexdigest()
    return replace(document, blocks=blocks, language=chosen, sha256=digest, foreign=foreign)


def _by_language(document: Document, block: Block, chosen: str) -> Iterator[Block]:
    """Yield a block with its language, in parts where its sentences are in several."""
    view = document.view
    whole = guess_language(view[block.start : block.end], least=3) or chosen
    begun, language = block.start, ""
    for start, end in document.sentences(block) if block.kind in ("paragraph", "item") else ():
        own = guess_language(view[start:end], least=3)
        if own and language and own != language and own != whole:
            kind = block.kind if begun == block.start else "paragraph"
            yield trimmed(view, kind, begun, start, language=language)
            begun = start
        language = own or language
    kind = block.kind if begun == block.start else "paragraph"
    last = language if begun > block.start else whole
    yield replace(block, kind=kind, start=max(begun, block.start), language=last)


def _foreign(view: str) -> str:
    """Return the language of a page where it is none of ours, blank else.

    Its small words must be three at least, and twice as frequent as those of each of ours. Between
    two capitals they count half, because a page has names in other languages; one must be outside.
    """
    tokens = re.findall(r"[^\W\d_]+|\n", view[:20_000])
    outside, inside = Counter[str](), Counter[str]()
    for before, word, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        in_name = before[:1].isupper() and after[:1].isupper()
        (inside if in_name else outside)[word.casefold()] += 1
    ours = max(sum(outside[w] for w in words(code).telling) for code in LANGUAGES)
    scores = {
        name: sum(outside[w] + inside[w] / 2 for w in small) * any(map(outside.__contains__, small))
        for name, small in shared().unclaimed.items()
    }
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= max(3, 2 * ours):
        return best
    letters = [c for c in view[:20_000] if c.isalpha()]
    strange = sum(not unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return "a language with other letters" if 2 * strange > len(letters) else ""


def guess_language(view: str, *, least: int = 1) -> str:
    """Return the language whose function words are most frequent, blank where too few occur."""
    found = [w.casefold() for w in re.findall(r"[^\W\d_]+", view[:20_000])]
    counts = {code: sum(w in words(code).telling for w in found) for code in LANGUAGES}
    best = max(counts, key=lambda code: counts[code])
    others = max(n for code, n in counts.items() if code != best)
    return best if counts[best] >= least and counts[best] > others else ""
