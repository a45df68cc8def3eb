"""The verb expiry: what lapses, what breaks then, and what has lapsed and is still listed."""

from __future__ import annotations

from dataclasses import asdict

from partnergraph.analysis.moments.expiry import LAPSED, LAPSES, Expiry, expiry
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.fragility import states_of
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer
from partnergraph.views.words import date_in_words, told

MOST_NAMED = 3


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb expiry."""
    months = asked.options["months"]
    found = expiry(eco, **asked.options, **asked.scope)
    parameters = {"eco": asked.source, **asked.options, **asked.scope}
    breaks = found.breaks
    more = {
        "day": found.day,
        "horizon": found.horizon,
        "ties": found.ties,
        "dated": found.dated,
        "before": asdict(breaks.before),
        "after": asdict(breaks.after),
        "cascade": asdict(breaks.cascade),
        "cascade_steps": breaks.cascade_steps,
        "capabilities": breaks.capabilities,
        "groups": found.groups,
    }
    others = {told("expiry.groups"): found.groups} if len(found.groups) else {}
    others[told("expiry.breaks")] = states_of(breaks)
    network = found.table.attrs["network"]
    notes = _in_words(found, months)
    return Answer("expiry", parameters, found.table, network, more, others, notes).first(asked.top)


def _in_words(found: Expiry, months: int) -> list[str]:
    table, horizon = found.table, date_in_words(found.horizon)
    is_tie, lapsing = table["what"] == "tie", table["state"] == LAPSES
    still = table[is_tie & (table["state"] == LAPSED)]
    open_ = int((is_tie & lapsing & ~table["renewed"]).sum())
    ending = int((~is_tie & lapsing).sum())
    if open_ or ending:
        sizes = {"ties": found.ties, "dated": found.dated}
        notes = [
            told("expiry.lapse", n=open_, nodes=ending, months=months, horizon=horizon, **sizes)
        ]
    else:
        notes = [told("expiry.none", months=months, horizon=horizon)]
    if len(still):
        words, renewed = told("expiry.lapsed", n=len(still)), int(still["renewed"].sum())
        notes.append(words + (told("expiry.renewed", renewed=renewed) if renewed else ""))
    hit = found.groups[(found.groups["by"] == "partner") & (found.groups["lapses"] > 0)]
    if len(hit):
        names = ", ".join(f"{n} ({k})" for n, k in hit.head(MOST_NAMED)[["name", "lapses"]].values)
        notes.append(told("expiry.affected", names=names))
    if found.breaks.capabilities:
        lost = ", ".join(c["name"] for c in found.breaks.capabilities)
        notes.append(told("fragility.lost", names=lost))
    if steps := found.breaks.cascade_steps:
        names = ", ".join(step["name"] for step in steps)
        notes.append(told("fragility.fall", n=len(steps), names=names))
    return notes
