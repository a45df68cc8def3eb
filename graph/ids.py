"""Ids of nodes and of ties: what they may look like, and how they are made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

ID = r"[a-z0-9][a-z0-9-]*"
ID_RULE = "Use small letters a-z, digits and hyphens, starting with a letter or digit"


def slug(text: str) -> str:
    """Return an id made of a text, blank where it has no letter a-z and no digit.

    >>> slug("Société Générale & Co."), slug("Straße 5"), slug("…")
    ('societe-generale-co', 'strasse-5', '')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def derived_id(tie: Mapping[str, Any]) -> str:
    """Return the id of a tie that was given none, up to the ordinal among equals.

    It is ``source.kind.target``, then ``.role`` and ``@start`` where the tie has them; node ids
    have no dots, so no two different ties share it.
    """
    role, start = tie.get("role"), tie.get("start")
    return tie_id(tie["source"], tie["kind"], tie["target"], role, start)


def tie_id(source: str, kind: str, target: str, role: Any, start: Any) -> str:
    """Return the id of a tie as `derived_id` does; a role or start that is no text is none."""
    text = f"{source}.{kind}.{target}"
    if isinstance(role, str) and role:
        text += f".{role}"
    return f"{text}@{start}" if isinstance(start, str) and start else text
