"""Documents: positions stay true, whatever the page is made of; what cannot be read is refused."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.errors import MissingInput, UnusableInput
from partnergraph.loaders.page.extract import read_candidates
from partnergraph.loaders.page.read_document import from_text, read_document

NAMES = ("p.txt", "p.md", "p.html", "p.yml")
MARKUP = st.text(
    alphabet="AbcÉ é.,:!\n-*#[](){}<>/\"'&;=|\u00a0\u202f’“”`~_%" + "http\x00\x1f", max_size=200
)


@given(text=MARKUP, name=st.sampled_from(NAMES))
def test_every_quote_is_verbatim_and_every_view_as_long_as_its_text(text: str, name: str) -> None:
    try:
        document = from_text(text, name=name)
    except UnusableInput:
        return
    assert len(document.view) == len(document.text)
    assert all(0 <= b.start <= b.end <= len(document.text) for b in document.blocks)
    for candidate in read_candidates(document, publisher="Abc").candidates:
        assert document.text[candidate.start : candidate.end] == candidate.quote


def test_markdown_and_text_keep_the_positions_of_the_file() -> None:
    text = "---\ntitle: Partners\n---\n\n* [Ac&eacute;me Groep](https://acme.example){:.x}\n"
    document = from_text(text, name="p.md")
    assert document.text == text
    found = [c for c in read_candidates(document, publisher="Us").candidates if c.type == "node"]
    assert [(c.name, c.quote) for c in found] == [("Acéme Groep", "Ac&eacute;me Groep")]


def test_a_logo_gives_its_alt_or_the_site_it_leads_to() -> None:
    page = (
        '<h2>Partners</h2><img alt="Logo Acme Works" src="a.png">'
        '<a href="https://www.betaworks.example"><img src="b.png"></a>'
    )
    for name in ("p.html", "p.md"):
        read = read_candidates(from_text(page, name=name), publisher="Us")
        if name == "p.html":
            assert {c.name for c in read.candidates if c.type == "node"} >= {"Acme Works"}
        else:
            assert {c.name for c in read.candidates if c.type == "node"} == {
                "Acme Works",
                "Betaworks",
            }


def test_scripts_navigation_and_hidden_parts_say_nothing() -> None:
    page = "<body><nav>Evil Corp</nav><script>'Evil Corp'</script><p>Wij werken samen met Acme Bv."
    read = read_candidates(from_text(page, name="p.html"), publisher="Us")
    assert not any("Evil" in c.name for c in read.candidates)
    assert any("Acme" in c.name for c in read.candidates)


def docx(body: str) -> bytes:
    out = io.BytesIO()
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {ns}><w:body>{body}</w:body></w:document>"
        )
    return out.getvalue()


def test_docx(tmp_path: Path) -> None:
    path = tmp_path / "p.docx"
    heading = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Partners</w:t></w:r></w:p>'
    item = (
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Acme </w:t></w:r><w:r><w:t>Works</w:t></w:r></w:p>"
    )
    path.write_bytes(docx(heading + item))
    document = read_document(path)
    assert [(b.kind, document.clean(b.start, b.end)) for b in document.blocks] == [
        ("heading", "Partners"),
        ("item", "Acme Works"),
    ]
    path.write_bytes(docx('<!DOCTYPE x [<!ENTITY a "b">]>'))
    with pytest.raises(UnusableInput, match="not a readable DOCX"):
        read_document(path)


def pdf(text: str) -> bytes:
    """Return the smallest PDF that shows a text, or nothing where it is blank."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
    font = b"/Resources<</Font<</F1 5 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R" + font + b">>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    at = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % at


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    path = tmp_path / "p.pdf"
    path.write_bytes(pdf("Partners: Acme Works"))
    assert "Acme Works" in read_document(path).text
    path.write_bytes(pdf(""))
    with pytest.raises(UnusableInput, match="no text"):
        read_document(path)
    path.write_bytes(b"%PDF-1.4 broken")
    with pytest.raises(UnusableInput, match="not a readable PDF"):
        read_document(path)


def test_what_is_no_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    with pytest.raises(MissingInput):
        read_document(path)
    for data, words in ((b"", "no text"), (b"\0" * 99, "not text"), (b" \n \n", "no text")):
        path.write_bytes(data)
        with pytest.raises(UnusableInput, match=words):
            read_document(path)
    path.write_bytes(b"Acme Works. " * 900_000)
    with pytest.raises(UnusableInput, match="characters"):
        read_document(path)


def test_odd_encodings_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    text = "Onze partners: Coöperatie Één, Café Été en Brasserie Forêt"
    path.write_bytes(text.encode("cp1252"))
    assert read_document(path).text == text
    assert "cp1252" in read_document(path).said[0]
    path.write_bytes(text.encode() + b" \xff en nog wat")
    assert "replaced" in read_document(path).said[0]
    path.write_bytes(text.encode() + b"\n" + text.encode("cp1252"))
    assert read_document(path).text == text + "\n" + text
    assert "1 of 2 lines" in read_document(path).said[0]
    path.write_bytes(text.encode("utf-16"))
    assert read_document(path).text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n".join(f"- [Firma{i} Noord](https://f{i}.example)" for i in range(5000)), "p.md"),
        ("<li>" + "<li>".join(f"Firma{i} Noord" for i in range(5000)), "p.html"),
        ("Wij werken samen met " + ", ".join(f"Firma{i} Zuid" for i in range(5000)), "p.txt"),
    ],
)
def test_five_thousand_names(text: str, name: str) -> None:
    read = read_candidates(from_text(text, name=name), publisher="Us")
    assert sum(c.type == "node" for c in read.candidates) == 5000


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "Acme",
        "*" * 20_000 + "A",
        "[" * 20_000 + "x",
        "<!--" * 5_000 + "Acme",
        "{{" * 5_000 + "Acme",
        "<a " * 5_000 + "Acme",
        "<div>" * 20_000 + "Acme",
        '"' * 9_001 + "A",
        "ACME " * 20_000,
        " " * 100_000 + "Acme",
        "<script>" * 2_000 + "Acme",
        "- a\n" * 2_000,
    ],
)
@pytest.mark.parametrize("name", ["p.txt", "p.md", "p.html"])
def test_hostile_pages_end_in_a_result_or_a_refusal(text: str, name: str) -> None:
    try:
        read_candidates(from_text(text, name=name), publisher="Us")
    except UnusableInput as error:
        assert "no text" in str(error)


@pytest.mark.parametrize("markup", ["![", "[^", "_a", "!", "a@"])
def test_markup_that_never_ends_takes_linear_time(markup: str) -> None:
    """64 kB take about a second; with quadratic patterns they took twenty and more."""
    started = time.process_time()
    read_candidates(
        from_text(markup * (65_536 // len(markup)) + " Acme", name="p.md"), publisher="Us"
    )
    assert time.process_time() - started < 6


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Firma is " + "network " * 8_000, "p.md"),
        ("![](" + "a" * 64_000, "p.md"),
        ("[a](" + "a" * 64_000, "p.md"),
        ("|A|\n" + "-" * 64_000 + "x", "p.md"),
        ("- Abc" + " " * 64_000 + "Def", "p.txt"),
        ("Abc," + " " * 64_000 + "x Def", "p.txt"),
        ("# " + "A b " * 1_000 + "\n\n" + "b\n\n" * 2_000, "p.md"),
        ("".join(f'<a href="//f{i}.be">Firma{i}</a> ' for i in range(2_000)), "p.html"),
        ("".join(f"<p><font size={i}>A" for i in range(3_500)), "p.html"),
        ("<table>" + "<tr><td>Abc" * 2_000, "p.html"),
    ],
)
def test_hostile_pages_take_linear_time(text: str, name: str) -> None:
    """Each takes less than a second; with quadratic rules most took ten and more."""
    started = time.process_time()
    read_candidates(from_text(text, name=name), publisher="Us")
    assert time.process_time() - started < 6


@pytest.mark.parametrize("name", ["p.md", "p.txt"])
def test_two_names_in_the_brackets_of_each_other(name: str) -> None:
    text = "- Abc Bcd Cde (ABC)\n- ABC (Abc Bcd Cde)\n"
    found = read_candidates(from_text(text, name=name), publisher="Us").candidates
    assert [c.name for c in found if c.type == "node"] == ["Abc Bcd Cde"]


def test_links_of_html_lie_on_their_words() -> None:
    page = "<p> See  <a href='//a.be'> Acme\n  Works </a>and<a href='//b.be'>Beta</a>, <b>x</b></p>"
    document = from_text(page, name="p.html")
    shown = [(document.text[k.start : k.end], k.url) for k in document.links]
    assert shown == [("Acme Works", "//a.be"), ("Beta", "//b.be")]


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (f"<w:d {W}><w:p><w:t>{'a ' * 600_000}</w:t></w:p></w:d>", "more than 1,000,000"),
        (f"<w:d {W}><w:p><w:t>{'a ' * 11_000_000}</w:t></w:p></w:d>", "more than 1,000,000"),
        (f"<w:d {W}>{'<w:p>' * 5_000}x{'</w:p>' * 5_000}</w:d>", "paragraphs within"),
        ("<a>" * 200_000, "not a readable DOCX"),
        ('<?xml version="1.0" encoding="utf-77"?><a/>', "not a readable DOCX"),
        ("", "not a readable DOCX"),
    ],
)
def test_hostile_docx(tmp_path: Path, xml: str, words: str) -> None:
    path = tmp_path / "p.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    with pytest.raises(UnusableInput, match=words) as raised:
        read_document(path)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("change", ["encrypted", "compression", "corrupt", "short"])
def test_damaged_docx(tmp_path: Path, change: str) -> None:
    path = tmp_path / "p.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:d {W}>" + "<w:p/>" * 99 + "</w:d>")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    if change == "encrypted":
        data[6] |= 1
        data[at + 8] |= 1
    elif change == "compression":
        data[8] = data[at + 10] = 99
    elif change == "corrupt":
        data[50:60] = b"\xff" * 10
    else:
        data = data[:60]
    path.write_bytes(data)
    with pytest.raises(UnusableInput, match="not a readable DOCX"):
        read_document(path)


def test_half_a_character_is_replaced() -> None:
    document = from_text("- Acme\ud800 Works\x00\n- Beta Works", name="p.md")
    assert "\ufffd" in document.text
    assert read_candidates(document, publisher="Us\udcff").candidates
