"""From a decided table back to the draft, and how often each rule was right."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.page.candidate import OLD_ID, TYPES, Candidate
from partnergraph.loaders.review.draft import DECIDED, Draft, cell, text_table, texts


def decide(draft: Draft, review: pd.DataFrame) -> Draft:
    """Return the draft with the decisions of a reviewed table; rows without an id are added.

    Raises
    ------
    UnusableInput
        If an added row is not a complete candidate.
    """
    rows = {r["id"]: texts(r) for r in draft.table.to_dict("records")}
    # A table that an earlier version wrote has the first digits of ids.
    shortened = {id[:OLD_ID]: id for id in reversed(rows)}
    said = []
    for number, entry in enumerate(review.to_dict("records"), start=2):
        id = str(entry.get("id") or "").strip()
        if not id:
            if entry["decision"]:
                row = _added({str(k): str(v or "") for k, v in entry.items()}, number)
                rows[row["id"]] = row
            continue
        id = id if id in rows else shortened.get(id, id)
        if id not in rows:
            said.append(f"row {number}: the draft has no candidate {id}; ignored")
            continue
        for column in DECIDED:
            if column in entry:
                rows[id][column] = str(entry[column] or "").strip()
        if rows[id]["type"] == "period" and (other := str(entry.get("object") or "").strip()):
            rows[id]["object"] = other
    return Draft(draft.publisher, draft.documents, text_table(rows.values()), tuple(said))


def _added(entry: Mapping[str, str], number: int) -> dict[str, str]:
    """Make a candidate of a row that a person added."""
    type = entry.get("type", "")
    kind = entry.get("kind", "") or entry.get("predicate", "")
    incomplete = type not in TYPES or not (entry.get("name") or entry.get("subject"))
    if incomplete or (type == "tie" and not (kind and entry.get("object"))):
        raise UnusableInput(
            f"review, row {number}",
            "a row without an id needs type, and name or subject and object",
            "Fill them in, or clear the decision",
        )
    asked = ("name", "subject", "object", "role", "period")
    name, subject, object, role, period = (entry.get(k, "") for k in asked)
    predicate = kind if type == "tie" else ""
    said = (kind, "", name, subject, predicate, object, role, period)
    candidate = Candidate(type, 0, 0, "", *said, rule="added")
    row = {k: cell(v) for k, v in candidate.as_dict().items()}
    row |= {"subtype": entry.get("subtype", ""), "confidence": "1.0", "state": "known"}
    row |= {c: entry.get(c, "") for c in DECIDED}
    return row | {"extractor": "person"}


def acceptance(draft: Draft) -> pd.DataFrame:
    """Return how often each rule was right: ``rule found accepted rejected undecided rate``."""
    rows = []
    for rule, group in draft.table.groupby("rule", sort=True):
        yes = int(group["decision"].isin(["accept", "edit"]).sum())
        no = int((group["decision"] == "reject").sum())
        rate = yes / (yes + no) if yes + no else float("nan")
        rows.append((rule, len(group), yes, no, len(group) - yes - no, rate))
    columns = ["rule", "found", "accepted", "rejected", "undecided", "rate"]
    return pd.DataFrame(rows, columns=columns).sort_values("found", ascending=False, kind="stable")
