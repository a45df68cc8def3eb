"""DOCX and PDF: the text of a document, with the headings and lists of DOCX."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from partnergraph.graph.errors import MissingDependency, UnusableInput
from partnergraph.loaders.page.document import MOST_CHARACTERS, Document, DocumentBuilder

MOST_PDF_PAGES = 300
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def docx_document(data: bytes, path: Path) -> Document:
    """Read the paragraphs of a DOCX file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo("word/document.xml")
            if entry.file_size > 20 * MOST_CHARACTERS:
                raise UnusableInput(path, "its text is too long", "Keep only the relevant part")
            root = ElementTree.fromstring(archive.read(entry), forbid_dtd=True)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, DefusedXmlException) as error:
        raise UnusableInput(
            path, f"it is not a readable DOCX file ({type(error).__name__})", "Save it again"
        ) from None
    pages = DocumentBuilder()
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
    except Exception as error:
        # On a damaged file, pypdf raises errors of any type.
        raise UnusableInput(
            path, f"it is not a readable PDF ({type(error).__name__})", "Save it again"
        ) from None
    if count > MOST_PDF_PAGES:
        cause = f"it has {count} pages, more than {MOST_PDF_PAGES}"
        raise UnusableInput(path, cause, "Keep only the pages about partners")
    return text
