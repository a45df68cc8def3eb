"""What a verb is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from partnergraph.analysis.engines.seam import lacking


@dataclass(frozen=True)
class Question:
    """What a verb is asked of an ecosystem.

    Attributes
    ----------
    source
        What the ecosystem was read from.
    options
        Options of the verb.
    scope
        Options of the network or of the portfolios that the verb is asked of.
    top
        How many rows to show; all where None.
    format
        Format of the answer: ``table`` is for the eye.
    """

    source: str
    options: dict[str, Any]
    scope: dict[str, Any]
    top: int | None = None
    format: str = "table"


def left_out(eco: Any, asked: Callable[..., Any]) -> list[str]:
    """Return a note of what the answer leaves out where the ecosystem lies, if anything."""
    engine = getattr(eco, "engine", None)
    parts = lacking(engine)[asked.__name__].parts if engine else ()
    return [f"Left out on {str(engine).capitalize()}: {', '.join(parts)}."] if parts else []
