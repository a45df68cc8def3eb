r"""What became of clusters between two moments.

Of the members that are there at both moments, a cluster *goes* where most of them are after
(:math:`|X \cap Y| / |X| > 1/2`), and *comes* from where most of them were. One that goes to a
cluster which comes from it is *kept*; several that go to one are *merged*; one from which several
come is *split*; one from which nothing comes, and which goes nowhere, is *gone*; one that comes
from nowhere, and to which nothing goes, is *new*.

References
----------
Spiliopoulou, M., Ntoutsi, I., Theodoridis, Y. and Schult, R. (2006). MONIC: modeling and monitoring
cluster transitions. *Proceedings of KDD 2006*, 706–711.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

MOST = 0.5
FATES = ("kept", "merged", "split", "new", "gone")
COLUMNS = ["before", "after", "fate", "shared", "of_before", "of_after", "jaccard"]


def lineage(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Match the clusters of two moments.

    Parameters
    ----------
    before, after
        The cluster of each node, indexed by node; 0 and missing are none.

    Returns
    -------
    DataFrame
        A row for each pair of clusters that goes or comes, and for each cluster that is new or
        gone: ``before``, ``after``, ``fate``, ``shared`` (members), ``of_before`` and
        ``of_after`` (their share of the members each has among the nodes of both moments), and
        ``jaccard``.
    """
    old, new = (side[side.notna() & (side > 0)].astype("int64") for side in (before, after))
    both = pd.DataFrame({"before": old, "after": new}).dropna().astype("int64")
    counts = both.groupby(["before", "after"]).size()
    sizes = both["before"].value_counts(), both["after"].value_counts()
    rows = []
    pairs: list[tuple[int, int]] = counts.index.to_list()
    for (one, other), shared in zip(pairs, counts.to_list(), strict=True):
        a, b = sizes[0][one], sizes[1][other]
        if shared > MOST * a or shared > MOST * b:
            rows.append((one, other, "", shared, shared / a, shared / b, shared / (a + b - shared)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    goes, comes = table["of_before"] > MOST, table["of_after"] > MOST
    into = goes.groupby(table["after"]).transform("sum") if len(table) else goes
    parts = comes.groupby(table["before"]).transform("sum") if len(table) else comes
    table["fate"] = "kept"
    table.loc[goes & (into > 1), "fate"] = "merged"
    table.loc[comes & (parts > 1), "fate"] = "split"
    rest: list[tuple[Any, Any, str]] = [
        (c, pd.NA, "gone") for c in sorted(set(old) - set(table["before"]))
    ]
    rest += [(pd.NA, c, "new") for c in sorted(set(new) - set(table["after"]))]
    alone = pd.DataFrame(rest, columns=COLUMNS[:3]).reindex(columns=COLUMNS)
    table = table if alone.empty else alone if table.empty else pd.concat([table, alone])
    whole = dict.fromkeys(["before", "after", "shared"], "Int64")
    parts_of = dict.fromkeys(["of_before", "of_after", "jaccard"], "float64")
    return table.astype({**whole, **parts_of}).reset_index(drop=True)
