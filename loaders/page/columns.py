"""Columns of tables: which hold names of partners, and which hold persons and addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from partnergraph.graph.network_options import number_of
from partnergraph.loaders.page.words import shared

NAME, ASIDE, OTHER = "name", "aside", "other"


def roles(labels: Sequence[str], *, certain: bool = True) -> list[str]:
    """Return what each column holds by its label; nothing where no label tells it.

    `certain` tells that the row is one of labels; else it must name both kinds of columns.

    Where a column of names is labelled, the others describe: they are `OTHER` unless set `ASIDE`.

    >>> roles(["Organisatie", "Contactpersoon", "Sinds"])
    ['name', 'aside', 'other']
    >>> roles(["Kade Noord", "Oever"])
    []
    """
    found = [_role(" ".join(label.split())) for label in labels]
    if not {ASIDE, NAME} & {*found} or (not certain and not {ASIDE, NAME} <= {*found}):
        return []
    if found.count(NAME) > 1 or NAME not in found:
        # Several columns of names, or none: only what is certainly no name is set aside.
        return [role if role == ASIDE else NAME for role in found]
    return found


def aside_words(name: str, cells: int) -> tuple[str, ...]:
    """Return the sentence about cells that were left out, none where there are none."""
    if not cells:
        return ()
    number = number_of(cells, "cell")
    return (f"{name}: left out {number} of columns with persons, contacts or places",)


def _role(label: str) -> str:
    if len(label) > 40 or not label:
        return OTHER
    if shared().aside_columns.search(label):
        return ASIDE
    return NAME if re.fullmatch(shared().name_columns, label) else OTHER
