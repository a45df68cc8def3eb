"""Every format by name, from ``formats.yaml``: its module, endings, what it is, and its direction.

The module of a format has ``holds``, what it keeps of an ecosystem (see `Holds`), and

- ``read(path, data=None)``, which returns the tables of a graph or the rows of an ecosystem, and
  raises `MissingInput` or `UnusableInput` where the file is missing or is not of this format;
- ``write(eco, path)``, which returns in sentences what was changed on the way, and raises
  `UnusableInput` where a cell cannot be held or the file cannot be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.formats.holds import Holds


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    module
        Module of `partnergraph.graph.formats` that has its `read`, `write` and `holds`.
    suffixes
        Endings of its files, the one that is written first; none for a folder.
    what
        What it is, and for which program.
    reads, writes
        Which way it goes.
    """

    module: str
    suffixes: tuple[str, ...]
    what: str
    reads: bool = True
    writes: bool = True

    @property
    def ending(self) -> str:
        """Ending of the files that are written, blank for a folder."""
        return self.suffixes[0] if self.suffixes else ""

    def holds(self) -> Holds:
        """Return what it holds."""
        found: Holds = self.load().holds
        return found

    def load(self) -> Any:
        """Import its module."""
        return import_module(f"partnergraph.graph.formats.{self.module}")


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        name: Format(
            entry.get("module", name),
            tuple(entry.get("suffixes", ())),
            entry["what"],
            entry.get("reads", True),
            entry.get("writes", True),
        )
        for name, entry in packaged_yaml("partnergraph.graph.formats", "formats.yaml").items()
    }
)


def of_suffix(name: str, *, write: bool = False) -> str | None:
    """Return the format that the ending of a file's name stands for; the longest ending wins.

    >>> of_suffix("a.kumu.xlsx"), of_suffix("A.GEXF"), of_suffix("a.pdf")
    ('kumu-xlsx', 'gexf', None)
    """
    name = name.lower()
    found = [
        (len(suffix), format)
        for format, entry in reversed(list(FORMATS.items()))
        for suffix in entry.suffixes
        if name.endswith(suffix) and (entry.writes if write else entry.reads)
    ]
    return max(found, key=lambda both: both[0])[1] if found else None
