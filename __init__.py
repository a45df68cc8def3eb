"""partnergraph: an organisation's partners as a graph in which every fact has a receipt.

The public names are listed in ``__init__.pyi``. Each is imported when it is first used, so that
importing the package, and ``partnergraph --help``, cost next to nothing.

>>> import partnergraph as pg
>>> smart = pg.load(pg.example("smart"))
>>> int(pg.centrality(smart, measures=["degree"])["degree"].idxmax() == "smart")
1
"""

import ast
from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"


def _homes() -> dict[str, str]:
    """Return the module of each public name."""
    stub = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    lines = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in lines for alias in node.names}


_HOME = _homes()
__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'partnergraph' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
