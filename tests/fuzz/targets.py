"""What is fuzzed: bytes go into a reader, and only an error that we raise on purpose comes out.

Coverage-guided, with the extra `fuzz`: `python -m tests.fuzz graphs --seconds 1200`. Without
atheris the same command mutates the corpus at random. An input that ends in any other error is
written beside, to be mended and added to the corpus.
"""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import partnergraph as pg
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import PartnergraphError
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders.build import build
from partnergraph.loaders.graph_files import read as read_graph
from partnergraph.loaders.load import read
from partnergraph.loaders.review.draft import read_pages
from partnergraph.loaders.tables.mapping_file import parse_mapping

CORPUS = Path(__file__).parent / "corpus"
GRAPHS = sorted(s for f in FORMATS.values() if f.reads for s in f.suffixes if "xls" not in s)
PAGES = [".html", ".md", ".txt"]
TEXTS = [".csv", ".json", ".jsonl", ".tsv", "nodes"]
TABLE = "Name;Partner;Since;Role\nAlpha;Beta;2016;lead\nBeta;Gamma;31/02/2019;\n;Delta;x;y\n"


for _format in FORMATS.values():
    _format.load()  # now, so that atheris instruments it


def _written(folder: Path, data: bytes, endings: list[str]) -> Path:
    """Write all but the first line to a file; that line says how its name ends."""
    line, _, rest = data.partition(b"\n")
    ending = line.decode("latin-1")
    path = folder / f"in{ending if ending in endings else endings[sum(line) % len(endings)]}"
    path.write_bytes(rest)
    return path


def _used(eco: Ecosystem) -> None:
    """Check that what was accepted on the way in is accepted on the way out."""
    builder = EcosystemBuilder(eco.about)
    for name, frame in eco.tables.items():
        builder.add_table(name, frame)
    assert builder.build() == eco
    datapackage.described(eco, "csv").decode()


def _one_in(number: int, data: bytes) -> bool:
    """Return whether an input takes the slow part too, always the same for the same input."""
    return zlib.crc32(data) % number == 0


def packages(data: bytes, folder: Path) -> None:
    """Read a folder with these bytes as its descriptor, or as the marker of a pending save."""
    eco = shutil.copytree(pg.example("smart"), folder / "eco")
    marker = data.startswith(b"marker\n")
    place = eco / (".pending/commit.json" if marker else "datapackage.json")
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data.removeprefix(b"marker\n"))
    datapackage.load(eco)


def tables(data: bytes, folder: Path) -> None:
    """Read delimited text as any table, or as the nodes of two tables of ours; build from some."""
    path = _written(folder, data, TEXTS)
    if not path.suffix:
        path.rename(folder / "nodes.csv")
        (folder / "ties.csv").write_text("id,kind,source,target\n", encoding="utf-8")
        path = folder
    if _one_in(8, data):
        _used(build(path).ecosystem)
    else:
        read(path)


def graphs(data: bytes, folder: Path) -> None:
    """Read a graph file, and build from what was read."""
    found = read_graph(_written(folder, data, GRAPHS))
    if _one_in(8, data):
        _used(found.builder.build(errors="set_aside"))


def pages(data: bytes, folder: Path) -> None:
    """Read a page into candidates."""
    draft = read_pages([str(_written(folder, data, PAGES))], publisher="Smart")
    draft.as_json().encode()


def mappings(data: bytes, folder: Path) -> None:
    """Read a mapping file, and a table by it."""
    mapping, table = folder / "m.yaml", folder / "partners.csv"
    mapping.write_bytes(data)
    parse_mapping(data.decode("utf-8", "replace"), "m.yaml")
    table.write_text(TABLE, encoding="utf-8")
    read(table, mapping=mapping)
    if _one_in(8, data):
        _used(build(table, mapping=mapping).ecosystem)


TARGETS: dict[str, Callable[[bytes, Path], None]] = {
    target.__name__: target for target in (packages, tables, graphs, pages, mappings)
}


def run(target: str, data: bytes) -> None:
    """Give bytes to a target; errors that we raise on purpose are its answer."""
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory()) as folder:
        try:
            TARGETS[target](data, Path(folder))
        except PartnergraphError as error:
            assert str(error), type(error)


def memory() -> str | None:
    """Return a folder in memory, where the system has one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def corpus(target: str) -> list[bytes]:
    """Return the inputs kept for a target, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
