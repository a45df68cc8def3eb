"""Every reader at five sizes: time and memory grow as the file does.

    python benchmarks/readers.py [--nodes 250] [--only gexf xlsx]

The smallest ecosystem is doubled four times, written in every format that is read and written, and
each file is opened in a process of its own (a fork of this one, with everything imported): seconds
of the processor, children included, and the memory that it takes beyond what it starts with. Pages
are lists of so many names. The exponent is the slope of the logarithms over the three largest
sizes: 1 is linear, 2 would be quadratic. Linux only. The page is ``benchmarks/results/readers.md``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from generator import ecosystem

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import PartnergraphError
from partnergraph.graph.files import memory
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders.load import opened
from partnergraph.loaders.page.extract import read_page

RESULTS = Path(__file__).parent / "results" / "readers.md"
DOUBLINGS = 5
MOST_BYTES, MOST_SECONDS = 200_000_000, 120
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def names(eco: Ecosystem) -> list[str]:
    return [name.replace("&", "and") for name in eco.nodes["name"]]


def docx(eco: Ecosystem) -> bytes:
    items = "".join(f"<w:p><w:r><w:t>{name}</w:t></w:r></w:p>" for name in names(eco))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f'<w:document xmlns:w="{WORD}"><w:body>{items}</w:body></w:document>'
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def records(eco: Ecosystem) -> list[dict[str, str]]:
    named = dict(zip(eco.nodes["id"], eco.nodes["name"], strict=True))
    ends = zip(eco.ties["source"], eco.ties["target"], strict=True)
    return [{"name": named[a], "partner": named[b]} for a, b in ends]


def rows(eco: Ecosystem) -> bytes:
    lines = (f'"{r["name"]}","{r["partner"]}"\n' for r in records(eco))
    return ("name,partner\n" + "".join(lines)).encode()


def book(eco: Ecosystem) -> bytes:
    import pandas as pd

    from partnergraph.graph.formats.xlsx import workbook

    return workbook({"partners": pd.DataFrame(records(eco))})


def zipped(eco: Ecosystem) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("partners.csv", rows(eco))
    return out.getvalue()


# Tables and pages by the ending of their name.
TABLES: dict[str, Callable[[Ecosystem], bytes]] = {
    "table.csv": rows,
    "table.json": lambda eco: json.dumps(records(eco)).encode(),
    "table.jsonl": lambda eco: "\n".join(map(json.dumps, records(eco))).encode(),
    "table.xlsx": book,
    "table.zip": zipped,
}
PAGES: dict[str, Callable[[Ecosystem], bytes]] = {
    "page.txt": lambda eco: "\n".join(f"- {n}" for n in names(eco)).encode(),
    "page.md": lambda eco: ("# Partners\n\n" + "\n".join(f"- {n}" for n in names(eco))).encode(),
    "page.html": lambda eco: "".join(f"<li>{n}</li>" for n in names(eco)).encode(),
    "page.docx": docx,
}


def plain(eco: Ecosystem) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the names of nodes by id, and the ends of ties."""
    named = dict(zip(eco.nodes["id"], names(eco), strict=True))
    return named, list(zip(eco.ties["source"], eco.ties["target"], strict=True))


def tgf(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    lines = [f"{id} {name}" for id, name in named.items()]
    return "\n".join([*lines, "#", *(f"{a} {b} 1" for a, b in ties)]).encode()


def dl(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    head = f"dl n={len(named)} format=edgelist1\nlabels embedded\ndata:\n"
    return (head + "".join(f"{a} {b} 1\n" for a, b in ties)).encode()


def tlp(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    place = {id: n for n, id in enumerate(named)}
    edges = "\n".join(f"(edge {n} {place[a]} {place[b]})" for n, (a, b) in enumerate(ties))
    labels = "\n".join(f'(node {place[id]} "{name}")' for id, name in named.items())
    labels = f'(property 0 string "viewLabel"\n(default "" "")\n{labels})'
    return f'(tlp "2.3"\n(nodes 0..{len(named) - 1})\n{edges}\n{labels})'.encode()


def canvas(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    nodes = [{"id": id, "type": "text", "text": name} for id, name in named.items()]
    edges = [{"id": f"e{n}", "fromNode": a, "toNode": b} for n, (a, b) in enumerate(ties)]
    return json.dumps({"nodes": nodes, "edges": edges}).encode()


def cx2(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    place = {id: n for n, id in enumerate(named)}
    nodes = [{"id": place[id], "v": {"name": name}} for id, name in named.items()]
    edges = [{"id": n, "s": place[a], "t": place[b]} for n, (a, b) in enumerate(ties)]
    return json.dumps([{"CXVersion": "2.0"}, {"nodes": nodes}, {"edges": edges}]).encode()


def drawio(eco: Ecosystem) -> bytes:
    named, ties = plain(eco)
    boxes = (f'<mxCell id="{i}" value="{n}" vertex="1" parent="1"/>' for i, n in named.items())
    lines = (
        f'<mxCell id="e{n}" edge="1" parent="1" source="{a}" target="{b}"/>'
        for n, (a, b) in enumerate(ties)
    )
    inside = "".join(['<mxCell id="0"/><mxCell id="1" parent="0"/>', *boxes, *lines])
    return f"<mxGraphModel><root>{inside}</root></mxGraphModel>".encode()


def tsv(eco: Ecosystem) -> bytes:
    return ("Source\tTarget\n" + "".join(f"{a}\t{b}\n" for a, b in plain(eco)[1])).encode()


# Graphs of formats that are read and not written.
GRAPHS: dict[str, Callable[[Ecosystem], bytes]] = {
    "x.tgf": tgf,
    "x.dl": dl,
    "x.tlp": tlp,
    "x.canvas": canvas,
    "x.cx2": cx2,
    "x.drawio": drawio,
    "x.tsv": tsv,
}


def readers(only: list[str]) -> Iterator[tuple[str, Callable[[Ecosystem, Path], Path]]]:
    """Yield the name of each reader, and what writes a file for it into a folder."""

    def graph(name: str) -> Callable[[Ecosystem, Path], Path]:
        def written(eco: Ecosystem, folder: Path) -> Path:
            path = folder / f"x{FORMATS[name].ending}"
            FORMATS[name].load().write(eco, path)
            return path

        return written

    def bare(name: str, content: Callable[[Ecosystem], bytes]) -> Callable[[Ecosystem, Path], Path]:
        def written(eco: Ecosystem, folder: Path) -> Path:
            (folder / name).write_bytes(content(eco))
            return folder / name

        return written

    def package(eco: Ecosystem, folder: Path) -> Path:
        datapackage.save(eco, folder / "eco")
        return folder / "eco"

    def parquet(eco: Ecosystem, folder: Path) -> Path:
        return datapackage.save(eco, folder / "eco", format="parquet")

    both = {n: graph(n) for n, f in FORMATS.items() if f.reads and f.writes and f.suffixes}
    found = {"datapackage": package, "parquet": parquet} | both
    found |= {name: bare(name, content) for name, content in (GRAPHS | TABLES | PAGES).items()}
    yield from ((n, make) for n, make in found.items() if not only or n in only)


def took(path: Path) -> tuple[float, float] | None:
    """Return seconds and bytes of reading a file in a fork, None where it is not read."""
    out, into = os.pipe()
    child = os.fork()
    if child:
        os.close(into)
        with os.fdopen(out) as said:
            answer = said.read()
        os.waitpid(child, 0)
        return tuple(json.loads(answer)) if answer else None  # type: ignore[return-value]
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = time.process_time()
    try:
        read_page(path, publisher="Us") if path.name in PAGES else opened(path)
        inner = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = time.process_time() - before + inner.ru_utime + inner.ru_stime
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
        os.write(into, json.dumps([seconds, 1024 * max(grown, inner.ru_maxrss)]).encode())
    except PartnergraphError as error:
        print(f"  {path.name}: {error}", flush=True)
    os._exit(0)


def size_of(path: Path) -> int:
    inside = path.parent.rglob("*")  # some formats are pairs of files
    return sum(p.stat().st_size for p in inside if p.is_file())


def exponent(sizes: list[int], values: list[float]) -> float:
    known = [(s, v) for s, v in zip(sizes, values, strict=True) if v > 0][-3:]
    if len(known) < 2:
        return float("nan")
    return float(np.polyfit(*np.log(np.array(known)).T, 1)[0])


def measured(name: str, make: Callable[[Ecosystem, Path], Path], ecos: list[Ecosystem]) -> str:
    """Return the row of a reader."""
    sizes, seconds, held = [], [], []
    for eco in ecos:
        with TemporaryDirectory() as folder:
            try:
                path = make(eco, Path(folder))
            except PartnergraphError as error:
                print(f"  {name}: {error}", flush=True)
                break
            size = size_of(path)
            if size > MOST_BYTES or (seconds and seconds[-1] > MOST_SECONDS):
                break
            found = took(path)
        if found is None:
            break
        sizes.append(size)
        seconds.append(found[0])
        held.append(found[1])
    if not sizes:
        return f"| {name} | not read |" + " |" * (DOUBLINGS + 3)
    cells = [f"{s:.2f}" for s in seconds] + ["–"] * (DOUBLINGS - len(seconds))
    cells += [f"{exponent(sizes, seconds):.2f}", f"{held[-1] / 1e6:.0f}"]
    return f"| {name} | {sizes[-1] / 1e6:.2f} | {' | '.join(cells)} | {exponent(sizes, held):.2f} |"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--nodes", type=int, default=250)
    given.add_argument("--only", nargs="*", default=[])
    options = given.parse_args()
    counts = [options.nodes * 2**n for n in range(DOUBLINGS)]
    ecos = [ecosystem(n) for n in counts]
    opened_once = TemporaryDirectory()
    for name in ("table.csv", "page.md"):  # everything is imported before anything is timed
        path = Path(opened_once.name) / name
        path.write_bytes((TABLES | PAGES)[name](ecos[0]))
        read_page(path, publisher="Us") if name in PAGES else opened(path)
    lines = [measured(name, make, ecos) for name, make in readers(options.only)]
    head = [
        "# Readers",
        "",
        "Written by `benchmarks/readers.py`: seconds of the processor to open a file of so many "
        "nodes (a page: names), with three times as many ties; megabytes of the largest file and "
        "of the memory that reading it takes beyond what the process starts with. The exponent is "
        "the slope of the logarithms over the three largest sizes: 1 is linear. Memory is kept to "
        f"{memory() / 1e9:g} GB (`PARTNERGRAPH_MEMORY`).",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; the "
        "machine was busy with other work.",
        "",
        f"| reader | MB | {' | '.join(f'{n:,}' for n in counts)} | exponent of time "
        "| memory, MB | exponent of memory |",
        "|---|" + "---|" * (DOUBLINGS + 4),
    ]
    text = "\n".join([*head, *lines]) + "\n"
    print(text)
    if not options.only:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
