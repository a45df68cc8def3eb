"""What members get: which partnerships have a member benefit on record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.meetings import meetings
from partnergraph.graph.schema import SCHEMA


@question
def benefits(eco: Ecosystem, *, of: str | None = None) -> pd.DataFrame:
    """List partnerships, each with the ties that state what members get from it.

    A partnership is two actors with a direct tie that is not history. Their ties, and those of both
    to networks and projects that they share, may state a member benefit.

    Parameters
    ----------
    of
        Id or name of an actor, to list its partnerships only. By default those of the ecosystem's
        focus, or all where it has none.

    Returns
    -------
    DataFrame
        Indexed by (a, b), the actor asked for first: ``a_name``, ``b_name``, ``says`` (whether a
        benefit is on record), ``benefits`` (the texts), ``ties`` (ids of the ties that state them).
        A partnership without a benefit on record may still bring one.

    Raises
    ------
    UnknownName, AmbiguousName
        If no actor, or more than one, has the name.
    """
    focus = eco.resolve(of) if of is not None else eco.about.focus or None
    focus = focus if focus in eco.kind_of else None
    if of is not None and eco.kind_of[str(focus)] not in SCHEMA.actors:
        actors = [n for n, kind in eco.kind_of.items() if kind in SCHEMA.actors]
        raise UnknownName("actor", of, actors)
    met = meetings(eco)
    said = eco.ties.set_index("id")["member_benefit"].dropna().to_dict()
    rows = []
    for a, b in sorted(met.direct):
        if focus not in (None, a, b):
            continue
        stated = [tie for tie in met.between(a, b) if tie in said]
        first, second = (b, a) if focus == b else (a, b)
        texts = list(dict.fromkeys(said[t] for t in stated))
        names = eco.name_of[first], eco.name_of[second]
        rows.append((first, second, *names, bool(stated), texts, stated))
    columns = ["a", "b", "a_name", "b_name", "says", "benefits", "ties"]
    table = pd.DataFrame(
        {
            c: np.array([*(row[x] for row in rows), None], dtype=object)[:-1]
            for x, c in enumerate(columns)
        }
    )
    table["says"] = table["says"].astype(bool)
    return table.set_index(["a", "b"])
