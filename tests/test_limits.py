"""Files made to take all memory and time: one message, less than 2 GB and 30 seconds each.

Every case runs the command in a process of its own, whose memory and time of the processor the
system measures. All files are made here.
"""

import gzip
import io
import os
import resource
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import partnergraph as pg

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it takes limits that Linux keeps")
MOST_MEMORY, MOST_SECONDS = 2_000_000_000, 30
# Runs the command and says what it took; the largest child counts too.
MEASURED = """
import resource, sys
from partnergraph.cli import cli
try:
    cli(sys.argv[1:])
except SystemExit as end:
    code = end.code
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = sum(u.ru_utime + u.ru_stime for u in used)
print("took", max(u.ru_maxrss for u in used) * 1024, seconds, file=sys.stderr)
sys.exit(code)
"""
Made = Callable[[Path], list[str]]


def run(*words: str | Path) -> tuple[int, str, float, float]:
    """Return exit code, messages, bytes and seconds of a command."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    *said, took = done.stderr.rstrip().split("\n")
    _, size, seconds = took.split()
    return done.returncode, "\n".join(said), float(size), float(seconds)


def file(name: str, content: Callable[[], bytes | str], *verb: str) -> Made:
    """Return a case: a file, and the verb that reads it (build unless told)."""

    def made(folder: Path) -> list[str]:
        data = content()
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return [*(verb or ("build",)), str(folder / name), "-o", str(folder / "out")]

    return made


def page(name: str, content: Callable[[], bytes | str]) -> Made:
    return lambda folder: [*file(name, content, "read")(folder), "--publisher", "Us"]


def pipe(*verb: str) -> Made:
    """Return a case with a pipe that nobody writes to, or reads, in the place of ``PIPE``."""

    def made(folder: Path) -> list[str]:
        os.mkfifo(folder / "pipe.csv")
        return [str(folder / w) if w in ("pipe.csv", "out") else w for w in verb]

    return made


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def altered(data: bytes, *, flag: int = 0, method: int | None = None) -> bytes:
    """Return a zip of one file that claims to be encrypted, or packed in another way."""
    out = bytearray(data)
    for mark, flags, kind in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = out.index(mark)
        out[at + flags] |= flag
        if method is not None:
            out[at + kind : at + kind + 2] = method.to_bytes(2, "little")
    return bytes(out)


def claiming(data: bytes, size: int) -> bytes:
    """Return a zip whose headers claim another size of its one file."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = out.index(mark) + offset
        out[at : at + 4] = size.to_bytes(4, "little")
    return bytes(out)


def tarred(*, size: int | None = None, members: int = 1) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(members):
            entry = tarfile.TarInfo(f"{number}.csv")
            entry.size = len(ROWS)
            archive.addfile(entry, io.BytesIO(ROWS))
    data = bytearray(out.getvalue())
    if size is not None:
        data[124:136] = b"%011o\0" % size
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


ROWS = b"name,partner\nA,B\n"
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def book(sheet: bytes, strings: bytes = b"") -> bytes:
    """Return the least workbook with a sheet, and shared strings where there are some."""

    def link(id: str, kind: str, target: str) -> str:
        return f'<Relationship Id="{id}" Type="{REL}/{kind}" Target="{target}"/>'

    def links(inside: str) -> bytes:
        return f'<Relationships xmlns="{RELS}">{inside}</Relationships>'.encode()

    inner = link("r1", "worksheet", "worksheets/sheet1.xml")
    inner += link("r2", "sharedStrings", "sharedStrings.xml") if strings else ""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    named = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    members = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": links(link("r1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": links(inner),
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{REL}">{named}</workbook>'.encode(),
        "xl/worksheets/sheet1.xml": SHEET + sheet + b"</sheetData></worksheet>",
    }
    return zipped(members | ({"xl/sharedStrings.xml": strings} if strings else {}))


def docx(body: bytes, end: bytes = b"</w:body></w:document>") -> bytes:
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    start = b'<w:document xmlns:w="' + space + b'"><w:body>'
    return zipped({"word/document.xml": start + body + end})


def mapped(mapping: str) -> Made:
    def made(folder: Path) -> list[str]:
        (folder / "m.yaml").write_text(mapping)
        return [*file("x.csv", lambda: ROWS)(folder), "--mapping", str(folder / "m.yaml")]

    return made


def like(*verb: str) -> Made:
    def made(folder: Path) -> list[str]:
        (folder / "like.json").write_text('{"rows": ' + "[" * 100_000)
        return [*(str(folder / w) if w in ("out", "like.json") else w for w in verb)]

    return made


def anchors() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    return "\n".join(lines)


SMART = str(pg.example("smart"))
QUICK: dict[str, Made] = {
    "zeros without end": lambda folder: ["build", "/dev/zero", "-o", str(folder / "out")],
    "noise without end": lambda folder: ["build", "/dev/urandom", "-o", str(folder / "out")],
    "page without end": lambda f: ["read", "/dev/zero", "--publisher", "Us", "-o", str(f / "out")],
    "mapping without end": lambda folder: [*mapped("")(folder)[:-1], "/dev/zero"],
    "check without end": lambda folder: ["check", "/dev/zero"],
    "like without end": lambda f: [
        "explore",
        SMART,
        "-o",
        str(f / "o.html"),
        "--like",
        "/dev/zero",
    ],
    "pipe as input": pipe("build", "pipe.csv", "-o", "out"),
    "pipe as page": pipe("read", "pipe.csv", "--publisher", "Us", "-o", "out"),
    "pipe as like": pipe("explore", SMART, "-o", "out", "--like", "pipe.csv"),
    "pipe as package": pipe("summary", "pipe.csv"),
    "pipe as output": pipe("summary", SMART, "--format", "csv", "-o", "pipe.csv"),
    "pipe as export": pipe("export", SMART, "-o", "pipe.csv"),
    "full device": lambda folder: ["summary", SMART, "--format", "csv", "-o", "/dev/full"],
    "anchors": mapped(anchors()),
    "anchors in anchors": mapped("a: &a [*a]"),
    "deep mapping": mapped("[" * 50_000),
    "deep mapping of entries": mapped("{a: " * 50_000),
    "deep like": like("explore", SMART, "-o", "out", "--like", "like.json"),
    "deep clusters": like("clusters", SMART, "--nulls", "9", "--like", "like.json"),
    "encrypted zip": file("x.zip", lambda: altered(zipped({"a.csv": ROWS}), flag=1)),
    "unknown packing": file("x.zip", lambda: altered(zipped({"a.csv": ROWS}), method=99)),
    "encrypted workbook": file("x.xlsx", lambda: altered(book(b""), flag=1)),
    "workbook of unknown packing": file("x.xlsx", lambda: altered(book(b""), method=99)),
    "encrypted page": page("x.docx", lambda: altered(docx(b"<w:p/>"), flag=1)),
    "page of unknown packing": page("x.docx", lambda: altered(docx(b"<w:p/>"), method=99)),
    "cut zip": file("x.zip", lambda: zipped({"a.csv": ROWS * 99})[:60]),
    "cut workbook": file("x.xlsx", lambda: book(b"")[:500]),
    "size claimed in a zip": file("x.zip", lambda: claiming(zipped({"a.csv": ROWS}), 2**32 - 2)),
    "size claimed in a workbook": file("x.xlsx", lambda: claiming(book(b""), 2**32 - 2)),
    "size claimed in a page": page("x.docx", lambda: claiming(docx(b"<w:p/>"), 2**32 - 2)),
    "size claimed in a tar": file("x.tar", lambda: tarred(size=8 * 10**9)),
    "gzip of a gzip": file("x.gz", lambda: gzip.compress(gzip.compress(ROWS))),
    "entities": page("x.docx", lambda: docx(b"", b"").replace(b"<w:doc", b"<!DOCTYPE a><w:doc")),
    "far cell": file("x.xlsx", lambda: book(b'<row r="9"><c r="ZZZZ9"><v>1</v></c></row>')),
    "old workbook": file("x.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 9_000),
    "xml of another kind": page("x.docx", lambda: docx(b"\xff\xfe" * 100)),
}
SLOW: dict[str, Made] = {
    "shared strings": file(
        "x.xlsx", lambda: book(b"", b"<sst>" + b"<si><t>a</t></si>" * 80_000_000 + b"</sst>")
    ),
    "full sheet": file(
        "x.xlsx", lambda: book((b"<row>" + b"<c><v>1</v></c>" * 190 + b"</row>") * 100_000)
    ),
    "one long cell": file(
        "x.xlsx", lambda: book(b'<row><c t="inlineStr"><is><t>' + b"x" * 1_500_000_000)
    ),
    "comments": file("x.xlsx", lambda: book(b"<!--" * 20_000_000)),
    "elements in elements": file("x.xlsx", lambda: book(b"<a>" * 20_000_000)),
    "many parts": file("x.xlsx", lambda: zipped({f"xl/{n}": b"" for n in range(30_000)})),
    "zeros in a gzip": file("x.csv.gz", lambda: gzip.compress(bytes(10**9), 1)),
    "rows in a gzip": file("x.csv.gz", lambda: gzip.compress(b"a,b\n" * 120_000_000, 1)),
    "zeros in a zip": file("x.zip", lambda: zipped({"a.csv": b"a,b\n" * 250_000_000})),
    "many tables": file("x.zip", lambda: zipped({f"{n}.csv": ROWS for n in range(15_000)})),
    "many tables in a tar": file("x.tar", lambda: tarred(members=15_000)),
    "columns": file("x.csv", lambda: ",".join(f"c{n}" for n in range(100_000)) + "\n1"),
    "columns of edges": file("x.csv", lambda: "Source,Target" + ",c" * 100_000 + "\na,b\n"),
    "rows": file("x.csv", lambda: "Source,Target\n" + "ab,cd\n" * 30_000_000),
    "long mapping": mapped("a: b\n" * 399_000),
    "long mapping of lists": mapped("[" + "[a]," * 400_000 + "]"),
    "empty paragraphs": page("x.docx", lambda: docx(b"<w:p/>" * 3_000_000)),
    "attributes": page(
        "x.docx", lambda: docx(b"<w:p " + b" ".join(b'a%d=""' % n for n in range(10**6)) + b"/>")
    ),
    "open elements": page("x.docx", lambda: docx(b"<w:a>" * 3_000_000)),
    "long text": page("x.docx", lambda: docx(b"<w:p><w:t>" + b"x" * 1_500_000_000)),
}


@pytest.mark.parametrize(
    "case", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_it_ends_in_one_message_within_two_gigabytes(case: str, tmp_path: Path) -> None:
    code, said, size, seconds = run(*(QUICK | SLOW)[case](tmp_path))
    assert code in (0, 2, 3), said
    assert "Traceback" not in said
    assert len(said) < 2_000
    if code:
        assert sum(line.startswith("partnergraph ") for line in said.splitlines()) == 1, said
        assert not said.rstrip().endswith(":")
    assert size < MOST_MEMORY
    assert seconds < MOST_SECONDS


NAMES = "\n\n".join(f"- Acme {n} vzw" for n in range(9_000))
PAGES: dict[str, str] = {
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(60_000)) + ">Alpha</a>",
    "a long word": "a" * 64_000,
    "a long word of capitals": "Ab" * 32_000,
    "pictures": "text " + "![" * 32_000,
    "links": "text " + "[" * 64_000,
    "addresses": "a@" * 32_000,
    "comments": "text " + "<!--" * 16_000,
    "templates": "text " + "{%" * 32_000,
    "a long heading": "# " + "Partners of our house " * 1_000 + "\n\n" + NAMES,
    "an open table": "<table>" + "<tr><td>Name" * 16_000,
    "tables in tables": "<table><tr><td>a" * 8_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("case", PAGES)
@pytest.mark.parametrize("ending", ["md", "html", "txt"])
def test_a_page_takes_no_more_time_than_its_length(case: str, ending: str, tmp_path: Path) -> None:
    (tmp_path / f"x.{ending}").write_text(PAGES[case])
    words = ["read", tmp_path / f"x.{ending}", "--publisher", "Us", "-o", tmp_path / "out"]
    code, said, size, seconds = run(*words)
    assert code in (0, 3), said
    assert size < MOST_MEMORY
    assert seconds < MOST_SECONDS


@pytest.mark.slow
def test_a_thousand_ties_to_nobody_are_listed_in_seconds(tmp_path: Path) -> None:
    """Of 1,000 targets that miss a letter, the first are told the node that is meant."""
    eco = tmp_path / "eco"
    eco.mkdir()
    nodes = [f"node-number-{n},organisation,N" for n in range(4_900)]
    ties = [f"partner_of,node-number-{n},node-numbr-{n}" for n in range(1_000)]
    (eco / "nodes.csv").write_text("id,kind,name\n" + "\n".join(nodes) + "\n")
    (eco / "ties.csv").write_text("kind,source,target\n" + "\n".join(ties) + "\n")
    code, said, size, seconds = run("check", eco, "--format", "csv", "-o", tmp_path / "found.csv")
    assert code == 1, said
    found = (tmp_path / "found.csv").read_text()
    assert found.count("is not in nodes") == 1_000
    assert "Did you mean node-number-0?" in found
    assert seconds < MOST_SECONDS
    assert size < MOST_MEMORY
