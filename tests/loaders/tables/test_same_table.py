"""One table in CSV, XLSX, ODS and JSON records is one ecosystem."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.build import Built, build

Table = list[list[str]]
MIME = "application/vnd.oasis.opendocument.spreadsheet"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
FORMS = ("csv", "xlsx", "ods", "json")


def written(table: Table, path: Path) -> Path:
    """Write a table of text cells in the form that the ending names."""
    if path.suffix == ".csv":
        out = io.StringIO()
        csv.writer(out).writerows(table)
        path.write_text(out.getvalue(), encoding="utf-8")
    elif path.suffix == ".json":
        head, *rows = table
        records = [{k: v for k, v in zip(head, row, strict=True) if v != ""} for row in rows]
        path.write_text(json.dumps(records), encoding="utf-8")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in table:
            book.active.append([cell or None for cell in row])  # type: ignore[union-attr]
        book.save(path)
    else:
        cells = "".join(
            f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in table
        )
        content = (
            f'<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}:office:1.0" '
            f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="Sheet">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
        manifest = (
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            f'"{OFFICE}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{MIME}"/></manifest:manifest>'
        )
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", MIME)
            archive.writestr("content.xml", content)
            archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _cell(text: str) -> str:
    return (
        '<table:table-cell office:value-type="string"><text:p>'
        f"{escape(text)}</text:p></table:table-cell>"
        if text
        else "<table:table-cell/>"
    )


def facts(eco: Ecosystem) -> dict[str, Any]:
    """Return the tables without what names the file that they come from."""
    nodes = eco.nodes.drop(columns=[c for c in eco.nodes if eco.nodes[c].isna().all()])
    ties = eco.ties.drop(columns=[c for c in eco.ties if eco.ties[c].isna().all()])
    aliases = eco.aliases.sort_values(["node", "alias"])
    return {
        name: frame.astype(object).where(frame.notna(), None).to_dict("records")
        for name, frame in (("nodes", nodes), ("ties", ties), ("aliases", aliases))
    }


def named(found: Built) -> list[str]:
    """Return what was left out, without the numbers of rows: records of JSON have no header."""
    return sorted(re.sub(r"\brow \d+", "row", cause) for cause in found.rejected["cause"])


HOUSES = ["Huis Zon", "Huis Maan", "Coop Zuid", "Fonds & Co", "L’Étoile", "De Bron, Gent"]
TOWNS = ["Gent", "Mons", "Liège", ""]
LIST = st.lists(
    st.tuples(
        st.sampled_from(HOUSES),
        st.sampled_from(TOWNS),
        st.sampled_from(["2015", "2019-03", "", "2021-12-05"]),
        st.sampled_from(["zorg", "wonen; werk", ""]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
).map(lambda rows: [["Organisation", "Town", "Since", "Themes"], *map(list, rows)])
PAIRS = st.lists(
    st.tuples(st.sampled_from(HOUSES), st.sampled_from(HOUSES), st.sampled_from(["1", "2.5", ""])),
    min_size=2,
    max_size=8,
).map(lambda rows: [["Source", "Target", "Weight"], *map(list, rows)])
MEMBERS = st.lists(
    st.tuples(st.sampled_from(HOUSES), st.sampled_from(["Netwerk A", "Netwerk B"])),
    min_size=2,
    max_size=8,
    unique=True,
).map(lambda rows: [["Member", "Network"], *map(list, rows)])


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(table=LIST | PAIRS | MEMBERS)
def test_the_form_of_a_table_changes_nothing(
    table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("same")
    built = {form: build(written(table, folder / f"in.{form}")) for form in FORMS}
    first = built["csv"]
    for form, found in built.items():
        assert facts(found.ecosystem) == facts(first.ecosystem), form
        assert len(found.rejected) == len(first.rejected), form
        assert named(found) == named(first), form
    assert pd.notna(first.ecosystem.nodes["name"]).all()
