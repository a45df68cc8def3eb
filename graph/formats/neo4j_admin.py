"""A folder of CSV files and a script for `neo4j-admin database import full`.

It is read by the database: `partnergraph neo4j pull` gives everything back.
"""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats.holds import EVERYTHING
from partnergraph.graph.neo4j.admin_import import command, emit

holds = EVERYTHING


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write the files into a new or empty folder, and return how to import them."""
    return [f"import it with its {path.name}/import.sh, or: {command(emit(eco, path))}"]
