"""Ids of nodes and of ties: what they may look like, and how they are made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
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
    cells = ([tie.get(c)] for c in ("source", "kind", "target", "role", "start"))
    return derived_ids(*cells)[0]


def derived_ids(
    sources: Sequence[Any],
    kinds: Sequence[Any],
    targets: Sequence[Any],
    roles: Sequence[Any],
    starts: Sequence[Any],
) -> list[str]:
    """Return the ids of many ties, see `derived_id`; only text counts as a role or start."""
    role, start = (
        {v: f"{sign}{v}" if isinstance(v, str) and v else "" for v in set(values)}
        for sign, values in ((".", roles), ("@", starts))
    )
    cells = zip(sources, kinds, targets, roles, starts, strict=True)
    return [f"{s}.{k}.{t}{role[r]}{start[d]}" for s, k, t, r, d in cells]
