"""DOCX and PDF: the text of a document, with the headings and lists of DOCX."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from partnergraph.graph.errors import MissingDependency, UnusableInput
from partnergraph.loaders.page.document import MOST_CHARACTERS, Document, DocumentBuilder

MOST_PDF_PAGES, MOST_PARAGRAPHS, MOST_NESTED = 300, 100_000, 20
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def docx_document(data: bytes, path: Path) -> Document:
    """Read the paragraphs of a DOCX file."""
    root, pages = _document_xml(data, path), DocumentBuilder()
    for number, (paragraph, in_cell) in enumerate(_paragraphs(root, path)):
        if number == MOST_PARAGRAPHS:
            cause = f"it has more than {MOST_PARAGRAPHS:,} paragraphs"
            raise UnusableInput(path, cause, "Keep only the part that names the partners")
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
        kind = "cell" if in_cell else kind
        pages.add(kind, text, int(heading[1] or 1) if heading else 0)
        if pages.size > MOST_CHARACTERS:
            raise _too_long(path)
    return pages.document(path.name)


def _too_long(path: Path) -> UnusableInput:
    cause = f"its text has more than {MOST_CHARACTERS:,} characters"
    return UnusableInput(path, cause, "Keep only the part that names the partners")


def _document_xml(data: bytes, path: Path) -> Element:
    """Return the XML of the text, at most twenty bytes for each character that is allowed."""
    most = 20 * MOST_CHARACTERS
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            with archive.open("word/document.xml") as entry:
                xml = entry.read(most + 1)
            root = ElementTree.fromstring(xml, forbid_dtd=True) if len(xml) <= most else None
    except MemoryError:
        raise
    except Exception as error:
        # Archives can be damaged, encrypted or compressed in ways that raise errors of any type.
        cause = f"it is not a readable DOCX file ({type(error).__name__})"
        raise UnusableInput(path, cause, "Save it again, without a password") from None
    if root is None:
        raise _too_long(path)
    return root


def _paragraphs(root: Element, path: Path) -> Iterator[tuple[Element, bool]]:
    """Yield each paragraph in order, and whether it is in a cell of a table."""
    open_elements = [(root, 0, False)]
    while open_elements:
        element, depth, in_cell = open_elements.pop()
        in_cell = in_cell or element.tag == f"{_W}tc"
        if element.tag == f"{_W}p":
            depth += 1
            if depth > MOST_NESTED:
                cause = f"it has paragraphs within paragraphs, more than {MOST_NESTED} levels"
                raise UnusableInput(path, cause, "Save it again")
            yield element, in_cell
        open_elements += [(child, depth, in_cell) for child in reversed(element)]


def pdf_text(data: bytes, path: Path) -> str:
    """Return the text of a PDF, page after page."""
    try:
        import pypdf
    except ImportError:
        raise MissingDependency("reading PDF", "pdf") from None
    try:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        count = len(pages)
        text = "\n\n".join(page.extract_text() or "" for page in pages[:MOST_PDF_PAGES])
    except MemoryError:
        raise
    except Exception as error:
        # On a damaged file, pypdf raises errors of any type.
        raise UnusableInput(
            path, f"it is not a readable PDF ({type(error).__name__})", "Save it again"
        ) from None
    if count > MOST_PDF_PAGES:
        cause = f"it has {count} pages, more than {MOST_PDF_PAGES}"
        raise UnusableInput(path, cause, "Keep only the pages about partners")
    if len(text) > MOST_CHARACTERS:
        raise _too_long(path)
    return text
