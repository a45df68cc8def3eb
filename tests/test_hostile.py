"""The battery: whatever comes in, a verb ends in 0, 1, 2 or 3 with at most one message of its own.

Every case is made here. 70, the code of an error of partnergraph itself, is never among them, and
a message is never longer than a screen, empty, or a traceback. Half of the cases are marked slow.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.formats import datapackage
from partnergraph.graph.schema import SCHEMA

# Reading verbs, with what keeps them short on a small ecosystem.
READING = {
    "check": [],
    "summary": [],
    "show": ["a"],
    "centrality": [],
    "structure": ["--nulls", "9"],
    "brokers": ["--permutations", "9"],
    "fragility": ["--leave", "a"],
    "clusters": ["--nulls", "9", "--starts", "1"],
    "complementarity": [],
    "coverage": ["--nulls", "9"],
    "recommend": ["a"],
    "identities": [],
}
OTHERS = {
    "diff": ["SELF"],
    "report": ["-o", "r.md"],
    "explore": ["-o", "e.html"],
    "export": ["-o", "x.gexf"],
    "neo4j push": ["--emit", "admin"],
    "build": ["-o", "out"],
}
EXPORTS = (".gexf", ".graphml", ".gml", ".dot", ".net", ".csv", ".json", ".cyjs", ".jsonld", ".vna")


def run(*words: str) -> Result:
    """Run a verb, and check what holds for every one of them."""
    result = CliRunner().invoke(cli, list(words))
    said = result.stderr
    assert result.exit_code in (0, 1, 2, 3), f"{words}: {result.exit_code} {said}"
    assert "Traceback" not in said
    assert len(said) < 12_000, words
    if result.exit_code > 1:
        assert said.strip(), words
        assert sum(line.startswith("partnergraph ") for line in said.splitlines()) <= 1, said
        assert "(). " not in said, said
    return result


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three actors, a project and a capability, and the place where verbs write."""
    b = EcosystemBuilder(name="small", title="Small")
    for name in "abc":
        b.node(name, kind="organisation", name=name.upper(), start="2016")
        b.tie("participates_in", name, "p", strength=2) if name != "c" else None
    b.node("p", kind="project", name="P", recurrence="FREQ=YEARLY")
    b.node("k", kind="capability", name="K")
    b.tie("offers", "a", "k")
    b.tie("partner_of", "b", "c", start="2017", end="..")
    b.source("s", title="Page")
    b.evidence("a", source="s", locator="line 1")
    monkeypatch.chdir(tmp_path)
    return datapackage.save(b.build(), tmp_path / "eco")


def asked(verb: str, eco: str) -> list[str]:
    more = {**READING, **OTHERS}[verb]
    return [*verb.split(), eco, *(eco if word == "SELF" else word for word in more)]


# -- numbers ---------------------------------------------------------------------------------


def numbers() -> Iterator[tuple[str, str]]:
    """Yield every option of a reading verb that takes a number."""
    for verb in (*READING, "explore", "report"):
        for option in cli.commands[verb].params:
            if isinstance(option.type, click.types.IntParamType | click.types.FloatParamType):
                yield verb, option.opts[0]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e308", "-1", "²", "9" * 40, ""])
@pytest.mark.parametrize(("verb", "option"), [*numbers()])
def test_a_number_that_is_none_is_refused_by_name(
    verb: str, option: str, value: str, small: Path
) -> None:
    result = run(*asked(verb, str(small)), option, value)
    if value != "9" * 40 and (option, value) != ("--threshold", "-1"):
        assert result.exit_code == 2
        assert option in result.stderr


# -- what folders hold -----------------------------------------------------------------------


def cell(table: str, column: str, value: str) -> Callable[[Path], None]:
    """Return what puts a value into the first row of a table."""

    def damage(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, row, *rest = path.read_text(encoding="utf-8").splitlines()
        cells = row.split(",")
        quoted = '"' + value.replace('"', '""') + '"'
        cells[header.split(",").index(column)] = quoted
        path.write_text("\n".join([header, ",".join(cells), *rest]) + "\n", encoding="utf-8")

    return damage


def whole(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def entry(*path: str | int, value: object) -> Callable[[Path], None]:
    """Return what puts a value into the descriptor."""

    def damage(folder: Path) -> None:
        file = folder / "datapackage.json"
        content = home = json.loads(file.read_text(encoding="utf-8"))
        for step in path[:-1]:
            home = home[step]
        home[path[-1]] = value
        file.write_text(json.dumps(content), encoding="utf-8")

    return damage


def linked(folder: Path) -> None:
    (folder / "ties.csv").unlink()
    (folder / "ties.csv").symlink_to(folder / "nodes.csv")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "strength 1e308": cell("ties", "strength", "1e308"),
    "strength 1e-320": cell("ties", "strength", "1e-320"),
    "strength nan": cell("ties", "strength", "nan"),
    "strength inf": cell("ties", "strength", "-inf"),
    "amount 1e308": cell("ties", "amount", "1e308"),
    "trust 1e308": cell("ties", "trust", "1e308"),
    "recurrence power": cell("nodes", "recurrence", "FREQ=YEARLY;INTERVAL=²"),
    "recurrence digits": cell("nodes", "recurrence", f"FREQ=YEARLY;INTERVAL={'9' * 5_000}"),
    "recurrence open": cell("nodes", "recurrence", "FREQ=YEARLY;BYMONTH="),
    "date digits": cell("nodes", "start", "٢٠١٦"),
    "date far": cell("nodes", "start", "9999-12-31"),
    "date zero": cell("nodes", "start", "0000"),
    "name escape": cell("nodes", "name", "a\x1b]0;x\x07"),
    "name noncharacter": cell("nodes", "name", "a\ufffe"),
    "name formula": cell("nodes", "name", "=cmd|' /C calc'!A0"),
    "name markup": cell("nodes", "name", "</script><script>alert(1)</script>"),
    "name long": cell("nodes", "name", "x" * 100_000),
    "name template": cell("nodes", "name", "{{ 7 * 7 }}{% raw %}[b]x[/b]%s{0}"),
    "name right to left": cell("nodes", "name", "\u202egnihton\u2066"),
    "name line": cell("nodes", "name", "a\n\nb\r"),
    "id path": cell("nodes", "id", "../../x"),
    "id long": cell("nodes", "id", "x" * 5_000),
    "url script": cell("nodes", "url", "https://x/\"onclick='x'"),
    "country": cell("nodes", "country", "²²"),
    "dangling": cell("ties", "target", "nobody"),
    "focus": entry("partnergraph", "about", "focus", value="nobody"),
    "title": entry("partnergraph", "about", "title", value="\x1b[31m"),
    "surrogate": entry("partnergraph", "about", "title", value="\ud800"),
    "later schema": entry("partnergraph", "schema", value=2),
    "schema nan": entry("partnergraph", "schema", value=float("nan")),
    "no resources": entry("resources", value=[]),
    "resource path": entry("resources", 0, "path", value="../nodes.csv"),
    "resource number": entry("resources", 0, value=5),
    "deep": whole("datapackage.json", b"[" * 100_000),
    "digits": whole("datapackage.json", b"9" * 5_000),
    "empty": whole("datapackage.json", b""),
    "header of commas": whole("nodes.csv", b",,,,\nx,y\n"),
    "header escape": whole("nodes.csv", b"id,kind,name,\x1b[31m\n"),
    "nul": whole("nodes.csv", b"id,kind\0"),
    "link": linked,
}
SHORT = ("check", "summary", "centrality", "export")


@pytest.mark.parametrize("verb", SHORT)
@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_folder_is_one_message(case: str, verb: str, small: Path) -> None:
    DAMAGES[case](small)
    before = {p: p.read_bytes() for p in small.rglob("*") if p.is_file()}
    run(*asked(verb, str(small)))
    assert {p: p.read_bytes() for p in small.rglob("*") if p.is_file()} == before


@pytest.mark.slow
@pytest.mark.parametrize("verb", [v for v in (*READING, *OTHERS) if v not in SHORT])
@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_folder_is_one_message_of_every_verb(case: str, verb: str, small: Path) -> None:
    DAMAGES[case](small)
    run(*asked(verb, str(small)))


@pytest.mark.parametrize("case", [c for c in DAMAGES if c not in ("link",)])
def test_what_check_finds_no_error_in_every_format_takes(case: str, small: Path) -> None:
    DAMAGES[case](small)
    found = run("check", str(small), "--format", "json")
    errors = found.exit_code == 3 or json.loads(found.stdout)["counts"].get("error", 0)
    for ending in EXPORTS[: 2 if errors else None]:
        result = run("export", str(small), "-o", f"x{ending}")
        assert result.exit_code == (3 if errors else 0), result.stderr
        if not errors:
            assert run("summary", f"x{ending}").exit_code == 0


NASTY = [
    "",
    "1e308",
    "-1",
    "nan",
    "²",
    "2016/..",
    "٢٠١٦",
    "FREQ=YEARLY;COUNT=²",
    "=1+1",
    "a\ud800",
    "\x00",
    "\ufffe",
    "\u202e",
    "</script>",
    "{{x}}",
    "[red]",
    "NULL",
    "a\r\nb",
    "_row",
    "9" * 40,
    "\U0001f600" * 3,
]
VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=4),
    st.floats(),
    st.integers(),
    st.none(),
    st.booleans(),
)
COLUMNS = st.one_of(
    st.sampled_from([*SCHEMA.tables["nodes"].columns, *SCHEMA.tables["ties"].columns]),
    st.sampled_from(["label", "weight", "Weight", "color", "x", "viz", "tags", *NASTY]),
    st.text(max_size=3),
)
ROWS = st.dictionaries(COLUMNS, VALUES | st.lists(VALUES, max_size=2), max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, object]:
    """Draw a graph of another program, or an ecosystem of ours, with whatever in its cells."""
    ids = draw(st.lists(st.sampled_from(["a", "b", "B", "ç", "²", "a b"]), min_size=1, unique=True))
    ends = st.sampled_from(ids)
    elements = [{**draw(ROWS), "label": id} for id in ids]
    ties = [{**draw(ROWS), "from": draw(ends), "to": draw(ends)} for _ in ids]
    if draw(st.booleans()):
        return "x.kumu.json", {"elements": elements, "connections": ties}
    plain = {k: v for k, v in draw(ROWS).items() if not isinstance(v, list)}
    nodes = [{"kind": "organisation", "name": "A", **plain, "id": f"n{i}"} for i in range(len(ids))]
    row = {"kind": "partner_of", **draw(ROWS), "source": "n0", "target": f"n{len(ids) - 1}"}
    return "x.json", {"partnergraph": 1, "nodes": nodes, "ties": [row]}


@pytest.mark.slow
@given(documents(), st.lists(st.sampled_from([*READING]), min_size=2), st.sampled_from(EXPORTS))
def test_what_build_accepts_every_later_verb_accepts(
    made: tuple[str, object], verbs: list[str], ending: str
) -> None:
    name, content = made
    with tempfile.TemporaryDirectory() as place:
        path, eco = Path(place) / name, Path(place) / "eco"
        path.write_text(json.dumps(content), encoding="utf-8")
        if run("build", str(path), "-o", str(eco)).exit_code:
            return
        found = run("check", str(eco), "--format", "json")
        assert not json.loads(found.stdout)["counts"].get("error", 0)
        first = pg.load(eco).nodes["id"]
        for verb in verbs[:2] if len(first) else ():
            more = [first[0] if word == "a" else word for word in {**READING, **OTHERS}[verb]]
            assert run(verb, str(eco), *more).exit_code < 3
        assert run("export", str(eco), "-o", f"{place}/x{ending}").exit_code in (0, 3)


# -- places ----------------------------------------------------------------------------------

PLACES = {"blank": "", "space": " ", "folder": ".", "up": "..", "under a file": "file/x.gexf"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "verb", ["summary", "export", "report", "build", "new", "neo4j push --emit"]
)
def test_a_place_that_cannot_be_written_is_refused(verb: str, place: str, small: Path) -> None:
    if verb == "build" and place in ("folder", "up"):
        pytest.skip("a folder is what it writes")
    (small.parent / "file").write_bytes(b"")
    before = sorted(p.name for p in small.parent.iterdir())
    words = verb.split()[:2] if verb.startswith("neo4j") else [verb]
    option = "--emit" if verb.endswith("emit") else "-o"
    source = [] if verb == "new" else [str(small)]
    result = run(*words, *source, option, PLACES[place])
    assert result.exit_code in (2, 3)
    assert sorted(p.name for p in small.parent.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="names of files are bytes on POSIX only")
@pytest.mark.parametrize("verb", [*READING, *OTHERS])
def test_names_of_files_may_be_any_bytes(verb: str, small: Path) -> None:
    odd = os.fsdecode(b"caf\xe9-\xff")
    shutil.copytree(small, small.parent / odd)
    assert run(*asked(verb, str(small.parent / odd))).exit_code in (0, 1)


# Files that another one implies by its name: what is given, and what stands beside it.
TIE = b"source,target,kind,source_name,source_kind,target_name,target_kind\n"
TIE += b"a,b,partner_of,A,organisation,B,organisation\n"
PAIRS = {
    "ours": ("x.csv", TIE, "x.nodes.csv", b"id,name,kind\na,A,organisation\nb,B,organisation\n"),
    "plain": (
        "ties.csv",
        b"id,kind,source,target\n",
        "nodes.csv",
        b"id,kind,name\na,organisation,A\n",
    ),
    "gephi": ("x edges.csv", b"Source,Target\na,b\n", "x nodes.csv", b"Id,Label\na,A\nb,B\n"),
    "pajek": ("x.net", b"*Vertices 2\n1 a\n2 b\n*Arcs\n1 2\n", "x.clu", b"*Vertices 2\n1\n2\n"),
}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
@pytest.mark.parametrize("case", PAIRS)
def test_a_file_beside_another_is_not_read_through_a_link(case: str, small: Path) -> None:
    name, data, other, beside = PAIRS[case]
    folder = small.parent / "pair"
    folder.mkdir()
    given = folder if case == "plain" else folder / name
    (folder / name).write_bytes(data)
    (folder / other).write_bytes(beside)
    assert run("summary", str(given)).exit_code == 0
    (folder / other).replace(small.parent / "outside")
    (folder / other).symlink_to(small.parent / "outside")
    result = run("summary", str(given))
    assert result.exit_code == 3
    assert "it is a link" in result.stderr


# -- other inputs ----------------------------------------------------------------------------


def _zip(*names: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "id,kind\n")

    return write


INPUTS: dict[str, tuple[str, bytes | Callable[[Path], None]]] = {
    "nothing": ("x.csv", b""),
    "spaces": ("x.csv", b" \n \n"),
    "commas": ("x.csv", b",,,\n,,,\n"),
    "one cell": ("x.csv", b"x"),
    "half utf-16": ("x.csv", b"\xff\xfea\0,"),
    "half utf-32": ("x.csv", b"\xff\xfe\0\0a"),
    "bytes": ("x.csv", bytes(range(256)) * 4),
    "quotes": ("x.csv", b'a,b\n"' + b"x" * 10_000),
    "header of one word": ("x.csv", b"name,partner," + b"y" * 200_000 + b"\na,b,1\n"),
    "wide": ("x.csv", b"a," * 20_000 + b"\n" + b"1," * 20_000),
    "json null": ("x.json", b"null"),
    "json number": ("x.json", b"9" * 5_000),
    "json deep": ("x.json", b'{"a":' * 50_000),
    "json surrogate": ("x.json", b'[{"name": "\\ud800", "partner": "b\\udfff"}]'),
    "json key": ("x.json", b'[{"\\ud800": "a", "name": "x"}]'),
    "json nan": ("x.json", b'[{"name": "a", "n": NaN}, {"name": "b", "n": Infinity}]'),
    "json lines": ("x.jsonl", b'{"a": 1}\n[\n"x"\n'),
    "geojson": ("x.geojson", b'{"type": "FeatureCollection", "features": 5}'),
    "jsonld": ("x.jsonld", b'{"@context": [], "@graph": [{"@id": {}}]}'),
    "kumu": ("x.kumu.json", b'{"elements": [{"label": {}}], "connections": [{"from": []}]}'),
    "cyjs": ("x.cyjs", b'{"elements": {"nodes": {"data": {"id": []}}, "edges": null}}'),
    "graphology": ("x.json", b'{"attributes": 1, "nodes": [{"key": {}}], "edges": [{}]}'),
    "xml bomb": ("x.gexf", b'<!DOCTYPE a [<!ENTITY b "c">]><gexf>&b;</gexf>'),
    "xml deep": ("x.graphml", b"<graphml>" * 5_000),
    "xml encoding": ("x.gexf", b'<?xml version="1.0" encoding="UTF' + b"9" * 3_000 + b'"?><gexf/>'),
    "xml cut": ("x.graphml", b"<graphml><graph><node id='a'"),
    "gml": ("x.gml", b"graph [ node [ id " + b"9" * 5_000 + b" ] ]"),
    "gml deep": ("x.gml", b"a [ " * 5_000),
    "dot": ("x.dot", b"digraph { a -> { b -> { c"),
    "net": ("x.net", b"*Vertices 2\n1 2\n*Arcs\n1 3\n"),
    "dl": ("x.dl", b"dl n=\xc2\xb2 data:\n1"),
    "tgf": ("x.tgf", b"#\n1"),
    "gdf": ("x.gdf", b"nodedef>\n"),
    "vna": ("x.vna", b"*Tie data\n"),
    "graph of nothing": ("x.gexf", b"<gexf><graph/></gexf>"),
    "zip of nothing": ("x.zip", _zip()),
    "zip of paths": ("x.zip", _zip("../x.csv", "/etc/x.csv")),
    "zip of one": ("x.zip", _zip("x.csv")),
    "not a zip": ("x.xlsx", b"PK\x03\x04"),
    "not gzip": ("x.gz", b"\x1f\x8b\x08"),
    "not parquet": ("x.parquet", b"PAR1PAR1"),
    "no ending": ("x", b"hello"),
}


@pytest.fixture
def written(small: Path) -> Callable[[str], str]:
    def write(case: str) -> str:
        name, content = INPUTS[case]
        path = small.parent / name
        content(path) if callable(content) else path.write_bytes(content)
        return str(path)

    return write


@pytest.mark.parametrize("case", INPUTS)
def test_any_file_is_read_or_refused(case: str, written: Callable[[str], str], small: Path) -> None:
    path = written(case)
    built = run("build", path, "-o", "out")
    assert built.exit_code in (0, 3)
    assert Path("out").exists() == (built.exit_code == 0)
    assert run("summary", path).exit_code == built.exit_code
    if built.exit_code == 0:
        assert run("check", "out").exit_code in (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("case", INPUTS)
def test_any_file_is_taken_by_no_verb_it_was_not_meant_for(
    case: str, written: Callable[[str], str], small: Path
) -> None:
    path, eco = written(case), str(small)
    for words in (
        ["build", eco, "-o", "out", "--mapping", path],
        ["build", path, "--suggest"],
        ["read", path, "--publisher", "A", "-o", "draft"],
        ["review", "apply", path, path, "-o", "out"],
        ["identities", eco, "--apply", path],
        ["explore", eco, "-o", "e.html", "--like", path],
        ["clusters", *asked("clusters", eco)[1:], "--like", path],
        ["evaluate", path, path],
        ["diff", eco, path],
        ["convert", path, "x.gexf"],
    ):
        run(*words)
