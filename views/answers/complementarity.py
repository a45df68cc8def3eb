"""The verb complementarity: pairs of partners, and what each says in plain words.

Every sentence is counted from rows of the answer it stands beside: of a pair from its row and its
evidence.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.capabilities.portfolio_options import HELD, REQUIRED
from partnergraph.analysis.complementarity import COLUMNS, Complementarity, complementarity
from partnergraph.analysis.egocentred import egocentred
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import Name, Words, name_of, names_of, number, plain, tell, told

ZERO = 1e-9
TITLES = {
    "mutual_gain": "mutual gain",
    "gain_a_from_b": "a gains",
    "gain_b_from_a": "b gains",
    "overlap": "shared",
    "jaccard_dissimilarity": "dissimilarity",
    "overlap_q": "q",
    "added_density_a_from_b": "related: a from b",
    "added_density_b_from_a": "b from a",
    "synergy": "synergy",
    "interaction": "interaction",
}


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb complementarity; in a table for the eye names instead of ids."""
    options = asked.options | asked.scope | ({} if asked.top is None else {"top": asked.top})
    wide = options.pop("wide")
    found = complementarity(eco, **options)
    if not isinstance(found, Complementarity):
        return _kept(eco, asked, found)
    table, attrs = found.table, found.table.attrs
    notes = [plain(sentence) for sentence in in_words(eco, found)]
    more: dict[str, Any] = {"pairs": found.pairs, "tasks": found.tasks}
    more |= {name: list(getattr(found, name)) for name in ("silent", "unheld", "suspected")}
    more |= {"cycles": [list(cycle) for cycle in found.cycles], "words": list(notes)}
    rows = table if wide else table[list(COLUMNS)]
    if asked.format == "table":
        shown = rows.head(asked.top or MOST_SHOWN)
        if len(shown) < len(rows):
            notes.append(told("complementarity.shown", n=len(shown), total=len(rows)))
        rows = _for_the_eye(eco, shown)
    elif asked.format == "csv":
        evidence = [json.dumps(e, ensure_ascii=False) for e in rows["evidence"]]
        rows = rows.assign(evidence=evidence).astype({"evidence": object})
    parameters = {"eco": asked.source, **options, "top": attrs["parameters"]["top"]}
    return Answer("complementarity", parameters, rows, attrs["network"], more, notes=notes)


def _kept(eco: Any, asked: Question, found: Any) -> Answer:
    """Answer with pairs that stay with their engine."""
    table, attrs, notes = found.table, found.table.attrs, []
    more = {name: getattr(found, name) for name in ("partners", "silent", "beyond", "compared")}
    if found.beyond is not None:
        notes.append(told("complementarity.largest_compared", **more))
    if found.silent:
        notes.append(told("complementarity.silent_left_out", n=found.silent))
    notes += left_out(eco, complementarity)
    parameters = {"eco": asked.source, "engine": eco.engine, **attrs["parameters"]}
    answer = Answer("complementarity", parameters, table, attrs["network"], more, notes=notes)
    return answer.first(asked.top)


def _for_the_eye(eco: Ecosystem, table: pd.DataFrame) -> pd.DataFrame:
    """Return pairs by name, with what each brings; columns without any value are left out."""
    out = pd.DataFrame(index=range(len(table)))
    out["a"], out["b"] = table["a_name"].to_numpy(), table["b_name"].to_numpy()
    extra = [c for c in table.columns if c not in COLUMNS]
    for column, title in (TITLES | {c: c for c in extra}).items():
        if table[column].notna().any():
            out[title] = table[column].to_numpy()
    out["tied"] = np.where(table["realised"].to_numpy(dtype=bool), "yes", "no")
    for side, title in (("only_b", "b brings"), ("only_a", "a brings")):
        brought = [plain(names_of(eco, e[side], 4)) or "nothing" for e in table["evidence"]]
        out[title] = np.array([*brought, ""], dtype=object)[:-1]
    return out.set_index("a") if len(out) else out


def in_words(eco: Ecosystem, found: Complementarity) -> list[Words]:
    """Put pairs in words: of one pair the four kinds, of many the best and the limits."""
    asked, silent = found.table.attrs["parameters"], found.unknown
    if silent:
        said = [tell("complementarity.silent", names=names_of(eco, silent), n=len(silent))]
    elif asked["a"] is not None and asked["b"] is not None:
        said = _pair_in_words(eco, found)
    elif found.table.empty:
        said = [_no_pairs(found)]
    else:
        said = _best_in_words(eco, found)
    return [*said, *_limits(eco, found), *written_by(eco)]


# -- many pairs ------------------------------------------------------------------------------


def _no_pairs(found: Complementarity) -> Words:
    about = found.table.attrs
    if found.pairs:
        which = about["parameters"]["pairs"]
        return tell("complementarity.no_such_pair", n=found.pairs, which=which)
    if about["network"]["pairs"]:
        return tell("complementarity.one_holder")
    kinds = " or ".join(f"“{SCHEMA.tie_kinds[kind].label()}”" for kind in HELD)
    return tell("complementarity.no_capabilities", kinds=kinds)


def _best_in_words(eco: Ecosystem, found: Complementarity) -> list[Words]:
    """Name the pair that gains most from each other, the strongest direction, and the chance."""
    table = found.table
    best = int(table["mutual_gain"].max())
    first = table.index[table["mutual_gain"] == best]
    a, b = (name_of(eco, end) for end in first[0])
    out = [tell("complementarity.no_gain")]
    if best:
        alike = _as_good(found, len(first) - 1)
        out = [tell("complementarity.best", a=a, b=b, n=best, alike=alike)]
    out += _strongest(eco, table)
    below = int((table["overlap_q"] <= ALPHA).sum())
    lowest = number(table["overlap_q"].min())
    chance = "complementarity.not_chance" if below else "complementarity.chance"
    out.append(tell(chance, n=below, lowest=lowest, alpha=ALPHA))
    tied = int(table["realised"].astype(bool).sum())
    left = len(table) - tied
    return [*out, tell("complementarity.tied", n=len(table), tied=tied, left=left)]


def _as_good(found: Complementarity, others: int) -> Words:
    """Say, in brackets, how many other pairs have as much mutual gain as the first, of how many."""
    total, asked = found.pairs, found.table.attrs["parameters"]
    if total < 2:
        return ()
    among = tell("complementarity.asked" if asked["a"] else "complementarity.pairs", total=total)
    if not asked["a"] and others + 1 == len(found.table) >= asked["top"]:
        return tell("complementarity.all_listed", among=among)
    return tell(
        "complementarity.as_good" if others else "complementarity.alone", n=others, among=among
    )


def _strongest(eco: Ecosystem, table: pd.DataFrame) -> list[Words]:
    ways = [table[f"added_density_{way}"].dropna() for way in ("a_from_b", "b_from_a")]
    known = [(float(way.max()), x) for x, way in enumerate(ways) if len(way)]
    if not known:
        return [tell("complementarity.unrelated")]
    value, turned = max(known, key=lambda found: (found[0], -found[1]))
    a, b = (name_of(eco, end) for end in ways[turned].index[int(ways[turned].argmax())])
    taker, giver = (b, a) if turned else (a, b)
    return [tell("complementarity.related_most", taker=taker, giver=giver, share=f"{value:.0f}")]


# -- one pair --------------------------------------------------------------------------------


def _pair_in_words(eco: Ecosystem, found: Complementarity) -> list[Words]:
    row = found.table.iloc[0]
    a, b = (name_of(eco, end) for end in found.table.index[0])
    evidence = row["evidence"]
    out = [_brings(eco, b, a, evidence["only_b"]), _brings(eco, a, b, evidence["only_a"])]
    shared = names_of(eco, evidence["shared"]) if evidence["shared"] else ("nothing",)
    figures = {"p": number(row["overlap_p"], 4), "q": number(row["overlap_q"])}
    out.append(tell("pair.shared", shared=shared, **figures, pairs=found.pairs))
    for kin in evidence["shared_parents"]:
        parts = {"parent": name_of(eco, kin["parent"]), "a": a, "b": b}
        sides = {f"from_{end}": names_of(eco, kin[f"only_{end}"]) for end in "ab"}
        out.append(tell("pair.same_field", **parts, **sides))
    out += [_related(row, a, b), _task(eco, found, row), _structural(row)]
    if not evidence["ties"]:
        return [*out, tell("pair.no_tie", a=a, b=b)]
    together = names_of(eco, evidence["together"])
    through = tell("pair.through", names=together) if together else ()
    return [*out, tell("pair.tied", n=len(evidence["ties"]), through=through)]


def _brings(eco: Ecosystem, giver: Name, taker: Name, what: list[str]) -> Words:
    parts = {"giver": giver, "taker": taker, "names": names_of(eco, what)}
    return tell("pair.brings" if what else "pair.brings_nothing", n=len(what), **parts)


def _related(row: pd.Series, a: Name, b: Name) -> Words:
    to_a, to_b = row["added_density_a_from_b"], row["added_density_b_from_a"]
    if pd.isna(to_a) and pd.isna(to_b):
        return tell("pair.unrelated")
    return tell("pair.related", a=a, b=b, to_a=number(to_a, 1), to_b=number(to_b, 1))


def _task(eco: Ecosystem, found: Complementarity, row: pd.Series) -> Words:
    if not found.tasks:
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].label()
        verb = SCHEMA.tie_kinds[REQUIRED[0]].label()
        return tell("pair.no_tasks", project=project, requires=verb)
    value, error = row["interaction"], row["interaction_se"]
    sign = "neither" if abs(value) <= ZERO else "complements" if value > 0 else "substitutes"
    said = f"{number(value)} ± {error:.2f}" if error > 0 else number(value)
    n, names = int(row["synergy"]), names_of(eco, row["evidence"]["projects"])
    key = "pair.synergy" if n else "pair.no_synergy"
    return tell(key, n=n, names=names, interaction=said, sign=sign)


def _structural(row: pd.Series) -> Words:
    value, similar = row["structural_complementarity"], row["structural_similarity"]
    if pd.isna(value):
        return tell("pair.no_structure")
    return tell("pair.structure", squares=number(value), triangles=number(similar))


# -- what the data leave out -----------------------------------------------------------------


def _limits(eco: Ecosystem, found: Complementarity) -> list[Words]:
    out = []
    if silent := found.silent:
        out.append(tell("complementarity.left_out", n=len(silent), names=names_of(eco, silent)))
    if not found.tasks and found.pairs and found.table.attrs["parameters"]["b"] is None:
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].label()
        out.append(tell("complementarity.no_tasks", project=project))
    return [*out, *suspicions(eco, found.suspected, found.cycles)]


def written_by(eco: Ecosystem) -> list[Words]:
    """Return a warning for each partner that wrote the data about the others."""
    centres = [centre for centre in egocentred(eco) if centre.own_source]
    return [tell("complementarity.author", name=Name(c.name, c.id)) for c in centres]


def suspicions(eco: Ecosystem, suspected: Any, cycles: Any) -> list[Words]:
    """Return which capabilities may be the same, and which are part of one another in a circle."""
    out = []
    for pair in suspected:
        a, b = (name_of(eco, pair[end]) for end in "ab")
        parts = {"a": a, "b": b, "a_id": a.id, "b_id": b.id}
        out.append(tell("complementarity.twins", **parts, reason=pair["reason"]))
    return [*out, *(tell("complementarity.circle", names=names_of(eco, c)) for c in cycles)]
