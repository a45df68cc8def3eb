"""Writes the pages of the documentation that derive from the code: `make docs`.

A test compares what stands in the folder with what this would write.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import click
import yaml

from partnergraph.analysis.engines.seam import Lacks, lacking
from partnergraph.analysis.measures import catalogue
from partnergraph.cli import cli
from partnergraph.graph.schema import LANGUAGES, SCHEMA
from partnergraph.views.export import formats

HOME = Path(__file__).parent
NOTE = "<!-- Written by `make docs`; change the source it names instead. -->"


def command_line() -> str:
    """Return the reference of the command line, from its own help."""
    parts = [
        NOTE,
        "# The command line",
        "",
        inspect.cleandoc(cli.help or ""),
        "",
        "Data go to standard output, words to standard error. Exit codes: 0 fine, 1 findings or",
        "differences, 2 a question that cannot be asked, 3 an input that cannot be used, 70 an",
        "error of partnergraph itself (please report it; `partnergraph --debug VERB …` shows the",
        "traceback), 130 an interrupt.",
    ]
    for name, text in sorted(_helps(cli, "partnergraph").items()):
        parts += ["", f"## `{name}`", "", "```text", text, "```"]
    return "\n".join([*parts, ""])


def _helps(group: click.Group, name: str, above: click.Context | None = None) -> dict[str, str]:
    """Return the help of every verb, those of groups by their full name."""
    found = {}
    settings = {} if above else group.context_settings
    here = click.Context(group, parent=above, info_name=name, **settings)
    for verb, command in group.commands.items():
        if isinstance(command, click.Group):
            inside = _helps(command, verb, here)
            found |= {f"{verb} {sub}": text for sub, text in inside.items()}
        else:
            context = click.Context(command, parent=here, info_name=verb, terminal_width=96)
            found[verb] = command.get_help(context)
    return found


def measures() -> str:
    """Return the page of measures, from ``analysis/measures.yaml``."""
    parts = [NOTE, "# Measures", "", "From `analysis/measures.yaml`."]
    for m in catalogue().values():
        engines = ", ".join(
            f"{engine} {having}" + (f" ({m.error[engine]})" if engine in m.error else "")
            for engine, having in m.engines.items()
        )
        parts += [
            "",
            f"## {m.id}",
            "",
            f"{m.answers} ({m.level})",
            "",
            f"- formula: {m.formula}",
            f"- range: {m.range}",
            f"- directed: {m.directed}",
            f"- weighted: {m.weighted}",
            f"- undefined: {m.undefined}",
            f"- engines: {engines}",
            f"- reference: {m.reference}",
        ]
    return "\n".join([*parts, ""])


def vocabulary() -> str:
    """Return the page of the vocabulary, from ``graph/schema.yaml``."""
    parts = [NOTE, "# Vocabulary", "", "From `graph/schema.yaml`.", "", "## Node kinds", ""]
    head = ["kind", *LANGUAGES, "meaning", "FollowTheMoney", "schema.org", "org:"]
    parts += _table(head, [_kind(k) for k in SCHEMA.node_kinds.values()])
    parts += ["", "## Tie kinds", ""]
    rows = []
    for t in SCHEMA.tie_kinds.values():
        ends = f"{' · '.join(sorted(t.source_kinds))} → {' · '.join(sorted(t.target_kinds))}"
        rows.append([*_kind(t), "same kind" if t.same_kind else ends])
    parts += _table([*head, "from → to"], rows)
    for table in SCHEMA.tables.values():
        key = ", ".join(table.key)
        parts += ["", f"## Table `{table.id}`", "", f"{table.meaning} Key: {key}.", ""]
        columns = [
            [f"`{c.id}`", c.type, "yes" if c.required else "", c.meaning, *c.labels.values()]
            for c in table.columns.values()
        ]
        parts += _table(["column", "type", "required", "meaning", "nl", "fr", "en"], columns)
    return "\n".join([*parts, ""])


def _kind(kind: object) -> list[str]:
    labels = [kind.labels[language] for language in LANGUAGES]  # type: ignore[attr-defined]
    maps = [value or "" for value in kind.maps_to.values()]  # type: ignore[attr-defined]
    return [f"`{kind.id}`", *labels, kind.meaning, *maps]  # type: ignore[attr-defined]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def graph_formats() -> str:
    """Return the page of formats, from ``graph/formats/registry.py``."""
    parts = [
        NOTE,
        "# Formats",
        "",
        "Graph files are told by their content, also inside `.gz` and `.zip`; tables of any other",
        "shape are read by a mapping, see [tables](tables.md). `partnergraph convert IN OUT` reads",
        "and writes in one; `--loss report.json` lists every row and cell that the file will not",
        "give back. The report is derived from what a format holds, and a test writes and reads",
        "random ecosystems in each and compares. What the last column names is what other programs",
        "see; the rest travels in fields that our own reader takes up again.",
        "",
    ]
    rows = [
        ["" if v is None or v != v else str(v).replace("|", "\\|") for v in row]
        for row in formats().itertuples(index=False)
    ]
    head = ["format", "ending", "is", "goes", "holds", "loses", "others see"]
    programs = yaml.safe_load((HOME / "programs.yaml").read_text(encoding="utf-8"))
    tried = [[*row[:3], f"[test](../{row[3]})"] for row in programs]
    after = [
        "",
        "## Programs that were tried",
        "",
        "*Own* is a file that the program wrote, *made* one written after its documentation. What",
        "a file has and the graph cannot keep is listed by row, by every verb alike; ids that a",
        "file made up count in that file only.",
        "",
        *_table(["program", "what was tried", "what came in", "see"], tried),
        "",
    ]
    return "\n".join([*parts, *_table(head, rows), *after])


def spark() -> str:
    """Return the page of Spark, its table of what is not supported written anew."""
    rows = [
        [f"`{name}`", _options(lacks), ", ".join(lacks.parts)]
        for name, lacks in lacking("spark").items()
    ]
    page = (HOME / "spark.md").read_text(encoding="utf-8")
    before, start, rest = page.partition("<!-- LACKS: written by `make docs` -->\n")
    _, end, after = rest.partition("<!-- end of LACKS -->\n")
    head = ["question", "options not supported", "left out of the answer"]
    return "\n".join([before + start, *_table(head, rows), "", end + after])


def _options(lacks: Lacks) -> str:
    """Return options, and values of options, as in code."""
    values = [f"`{o}={value}`" for o, given in lacks.values.items() for value in given]
    return ", ".join([*(f"`{option}`" for option in lacks.options), *values])


PAGES = {
    "cli.md": command_line,
    "formats.md": graph_formats,
    "measures.md": measures,
    "spark.md": spark,
    "vocabulary.md": vocabulary,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HOME / name).write_text(page(), encoding="utf-8", newline="\n")
        print(f"docs/{name}")
