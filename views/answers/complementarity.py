"""The verb complementarity: pairs of partners, and what each says in plain words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.capabilities.portfolios import HELD, REQUIRED
from partnergraph.analysis.complementarity import COLUMNS, complementarity
from partnergraph.analysis.egocentred import egocentred
from partnergraph.analysis.engines.seam import KeptTable
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import Name, Words, many, names_of, noun, number, plain, words

ALPHA = 0.05


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb complementarity; in a table for the eye names instead of ids."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    wide = chosen.pop("wide")
    chosen |= scope if top is None else scope | {"top": top}
    table = complementarity(eco, **chosen)
    if not isinstance(table, pd.DataFrame):
        return _kept(eco, asked, table)
    sentences = in_words(eco, table)
    more = {
        name: table.attrs[name]
        for name in ("pairs", "tasks", "silent", "unheld", "suspected", "cycles")
    }
    more["words"] = [plain(sentence) for sentence in sentences]
    rows = table if wide else table[list(COLUMNS)]
    notes = list(more["words"])
    if asked.format == "table":
        shown = rows.head(top or MOST_SHOWN)
        if len(shown) < len(rows):
            notes.append(f"Shown are {len(shown)} pairs of {len(rows):,}; --top N shows more.")
        rows = _for_the_eye(eco, shown)
    elif asked.format == "csv":
        rows = rows.assign(
            evidence=[json.dumps(e, ensure_ascii=False) for e in rows["evidence"]]
        ).astype({"evidence": object})
    parameters = {"eco": asked.source, **chosen, "top": table.attrs["parameters"]["top"]}
    return Answer("complementarity", parameters, rows, table.attrs["network"], more, notes=notes)


def _kept(eco: Any, asked: Question, table: KeptTable) -> Answer:
    """Answer with pairs that stay with their engine."""
    attrs, notes = table.attrs, []
    if attrs["beyond"] is not None:
        notes.append(
            f"The {attrs['compared']:,} largest of {attrs['partners']:,} portfolios are compared; "
            f"in a pair with any other, each partner gains at most {attrs['beyond']}."
        )
    if attrs["silent"]:
        notes.append(f"Partners without any capability on record, left out: {attrs['silent']:,}.")
    notes += left_out(eco, complementarity)
    more = {name: attrs[name] for name in ("partners", "silent", "beyond", "compared")}
    parameters = {"eco": asked.source, "engine": eco.engine, **attrs["parameters"]}
    answer = Answer("complementarity", parameters, table, attrs["network"], more, notes=notes)
    return answer.first(asked.top)


def _for_the_eye(eco: Ecosystem, table: pd.DataFrame) -> pd.DataFrame:
    """Return pairs by name, with what each brings; columns without any value are left out."""
    out = pd.DataFrame(index=range(len(table)))
    out["a"], out["b"] = table["a_name"].to_numpy(), table["b_name"].to_numpy()
    titles = {
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
    extra = [c for c in table.columns if c not in COLUMNS]
    for column, title in (titles | {c: c for c in extra}).items():
        if table[column].notna().any():
            out[title] = table[column].to_numpy()
    out["tied"] = np.where(table["realised"].to_numpy(dtype=bool), "yes", "no")
    for side, title in (("only_b", "b brings"), ("only_a", "a brings")):
        brought = [plain(names_of(eco, e[side], 4)) or "nothing" for e in table["evidence"]]
        out[title] = np.array([*brought, ""], dtype=object)[:-1]
    return out.set_index("a") if len(out) else out


def in_words(eco: Ecosystem, table: pd.DataFrame) -> list[Words]:
    """Say what a table of pairs says: of one pair the four kinds, of many the best and the limits.

    The table is that of `partnergraph.analysis.complementarity.complementarity`.
    """
    about = {str(name): value for name, value in table.attrs.items()}
    asked = about["parameters"]
    out: list[Words] = []
    if about["silent_named"]:
        pattern = "{} {} no capability on record: what {} would bring, or lacks, is not known."
        n = len(about["silent_named"])
        who = names_of(eco, about["silent_named"])
        out.append(words(pattern, who, noun(n, "has", "have"), noun(n, "it", "they")))
    elif asked["a"] is not None and asked["b"] is not None:
        out += pair_in_words(eco, table)
    elif table.empty:
        out.append(_no_pairs(about))
    else:
        out += _best_in_words(eco, table)
    return [*out, *_limits(eco, about), *written_by(eco)]


def _no_pairs(about: dict[str, Any]) -> Words:
    holders = about["pairs"]
    if holders:
        which = about["parameters"]["pairs"]
        return words("None of the {} is {}.", many(holders, "pair"), which)
    if about["network"]["pairs"]:
        pattern = "One partner holds all that is on record: there is nobody to compare it with."
        return words(pattern)
    pattern = (
        "No partner has a capability on record, so nothing can be said of who complements whom. "
        "Add ties of the kind {}."
    )
    return words(pattern, " or ".join(SCHEMA.tie_kinds[t].label() for t in HELD))


def _best_in_words(eco: Ecosystem, table: pd.DataFrame) -> list[Words]:
    """Name the pair that gains most from each other, the strongest direction, and the chance."""
    best = table["mutual_gain"].max()
    first = table[table["mutual_gain"] == best]
    a, b = first.index[0]
    ends = Name(eco.name_of[a], a), Name(eco.name_of[b], b)
    out = []
    if best == 0:
        out.append(words("In no pair does each bring what the other lacks."))
    else:
        pattern = "{} and {} gain most from each other: each brings at least {} that the other "
        pattern += "lacks{}."
        out.append(words(pattern, *ends, many(int(best), "thing"), _as_good(table, len(first))))
    out += _strongest(eco, table)
    smallest = table["overlap_q"].min()
    if smallest > ALPHA:
        pattern = (
            "No pair shares less than chance gives (the lowest q is {}): read the gains as facts "
            "on record, not as a pattern."
        )
        out.append(words(pattern, number(smallest)))
    else:
        n = int((table["overlap_q"] <= ALPHA).sum())
        pattern = "{} {} less than chance gives (q ≤ {})."
        out.append(words(pattern, many(n, "pair"), noun(n, "shares", "share"), ALPHA))
    tied = int(table["realised"].astype(bool).sum())
    pattern = "Of {} listed {} {} tied already or {} a project; {} {} potential."
    left = len(table) - tied
    out.append(
        words(
            pattern,
            many(len(table), "pair"),
            f"{tied:,}",
            noun(tied, "is", "are"),
            noun(tied, "shares", "share"),
            f"{left:,}",
            noun(left, "is", "are"),
        )
    )
    return out


def _as_good(table: pd.DataFrame, first: int) -> str:
    """Say, in brackets, how many pairs have as much mutual gain as the first, of how many."""
    about = {str(name): value for name, value in table.attrs.items()}
    if about["pairs"] < 2:
        return ""
    others = "alone" if first == 1 else f"as do {many(first - 1, 'other pair')}"
    if about["parameters"]["a"] is not None:
        return f" ({others} of those asked for)"
    listed_all = len(table) < about["parameters"]["top"] or first < len(table)
    return f" ({others if listed_all else 'as do all those listed'} of {about['pairs']:,} pairs)"


def _strongest(eco: Ecosystem, table: pd.DataFrame) -> list[Words]:
    ways = [table[f"added_density_{way}"].dropna() for way in ("a_from_b", "b_from_a")]
    known = [(float(way.max()), x) for x, way in enumerate(ways) if len(way)]
    if not known:
        return [words("How fields are related cannot be told from so few portfolios.")]
    value, turned = max(known, key=lambda found: (found[0], -found[1]))
    a, b = ways[turned].index[int(ways[turned].argmax())]
    taker, giver = (b, a) if turned else (a, b)
    pattern = (
        "In related fields {} would gain most from {}, which would bring {} % of what is related "
        "to the fields that {} lacks."
    )
    ends = Name(eco.name_of[taker], taker), Name(eco.name_of[giver], giver)
    return [words(pattern, *ends, f"{value:.0f}", ends[0])]


def pair_in_words(eco: Ecosystem, table: pd.DataFrame) -> list[Words]:
    """Say the four kinds of complementarity of one pair, a sentence or two each."""
    (a, b), row = table.index[0], table.iloc[0]
    one, other = Name(eco.name_of[a], a), Name(eco.name_of[b], b)
    evidence = row["evidence"]
    out = [
        words("Set: {}", _brings(eco, other, one, evidence["only_b"])),
        words("Set: {}", _brings(eco, one, other, evidence["only_a"])),
    ]
    shared = names_of(eco, evidence["shared"])
    what = words("they share {}", shared) if evidence["shared"] else words("they share nothing")
    pattern = "Set: {}. Two at random with as many would share so little with p = {}; over all {} "
    pattern += "pairs q = {}."
    p, q = number(row["overlap_p"], 4), number(row["overlap_q"])
    out.append(words(pattern, what, p, f"{table.attrs['pairs']:,}", q))
    for kin in evidence["shared_parents"]:
        pattern = "Set: within {}, {} brings {} and {} {}: the same field, different parts."
        sides = names_of(eco, kin["only_a"]), names_of(eco, kin["only_b"])
        parent = Name(eco.name_of[kin["parent"]], kin["parent"])
        out.append(words(pattern, parent, one, sides[0], other, sides[1]))
    out.append(words("Related: {}", _related(row, one, other)))
    out.append(words("Task: {}", _task(eco, table, row)))
    out.append(words("Structural: {}", _structural(row)))
    return [*out, _met(eco, row, one, other)]


def _brings(eco: Ecosystem, giver: Name, taker: Name, what: list[str]) -> Words:
    if not what:
        return words("{} has nothing on record that {} lacks.", giver, taker)
    pattern = "{} brings {} that {} lacks: {}."
    return words(pattern, giver, many(len(what), "thing"), taker, names_of(eco, what))


def _related(row: pd.Series, one: Name, other: Name) -> Words:
    to_one, to_other = row["added_density_a_from_b"], row["added_density_b_from_a"]
    if pd.isna(to_one) and pd.isna(to_other):
        return words("not defined: no field that either lacks is related to another one.")
    pattern = (
        "of what is related to the fields that {} lacks, {} would bring {} of 100 parts; the other "
        "way round {}."
    )
    return words(pattern, one, other, number(to_one, 1), number(to_other, 1))


def _task(eco: Ecosystem, table: pd.DataFrame, row: pd.Series) -> Words:
    if not table.attrs["tasks"]:
        pattern = "not defined: no {} says what it {}."
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].label()
        return words(pattern, project, SCHEMA.tie_kinds[REQUIRED[0]].label())
    n = int(row["synergy"])
    only = words("nothing that neither can do alone")
    if n:
        projects = names_of(eco, row["evidence"]["projects"])
        only = words("{} that neither can do alone: {}", n, projects)
    sign = "complements" if row["interaction"] > 1e-9 else "substitutes"
    sign = "neither" if abs(row["interaction"]) <= 1e-9 else sign
    error = f" ± {row['interaction_se']:.2f}" if row["interaction_se"] > 0 else ""
    pattern = "together they can do {}. Interaction {}{} ({})."
    return words(pattern, only, number(row["interaction"]), error, sign)


def _structural(row: pd.Series) -> Words:
    if pd.isna(row["structural_complementarity"]):
        return words("not defined: they have no direct tie, or nobody around it.")
    pattern = (
        "of the paths of three ties that begin or end with theirs, {} close to a square without a "
        "chord (complementary), and of those of two ties {} to a triangle (similar)."
    )
    similar = row["structural_similarity"]
    return words(pattern, number(row["structural_complementarity"]), number(similar))


def _met(eco: Ecosystem, row: pd.Series, one: Name, other: Name) -> Words:
    evidence = row["evidence"]
    if not evidence["ties"]:
        return words("{} and {} have no tie and no project together on record.", one, other)
    n, together = len(evidence["ties"]), evidence["together"]
    through = words(" with {}", names_of(eco, together)) if together else ()
    return words("They are in touch already: {}{}.", many(n, "tie"), through)


def _limits(eco: Ecosystem, about: dict[str, Any]) -> list[Words]:
    """Say what the data leave out, and what looks wrong in them."""
    out = []
    if about["silent"]:
        n = len(about["silent"])
        pattern = "{} {} nothing on record and {} left out: {}."
        who = names_of(eco, about["silent"])
        has, stays = noun(n, "has", "have"), noun(n, "is", "are")
        out.append(words(pattern, many(n, "partner"), has, stays, who))
    if not about["tasks"] and about["pairs"] and about["parameters"]["b"] is None:
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].plurals["en"]
        out.append(words("What takes two cannot be told: no {} say what they require.", project))
    return [*out, *suspicions(eco, about["suspected"], about["cycles"])]


def written_by(eco: Ecosystem) -> list[Words]:
    """Say where one partner wrote the data: what others hold is then what it says of them."""
    pattern = "{} wrote the source: what others hold beyond its words is not on record."
    return [
        words(pattern, Name(centre.name, centre.id))
        for centre in egocentred(eco)
        if centre.own_source
    ]


def suspicions(eco: Ecosystem, suspected: Any, cycles: Any) -> list[Words]:
    """Say which capabilities may be the same, and which are part of one another in a circle."""
    out = []
    for pair in suspected:
        a, b = (Name(eco.name_of[pair[end]], pair[end]) for end in "ab")
        pattern = "{} ({}) and {} ({}) may be one thing under two names: {}."
        out.append(words(pattern, a, a.id, b, b.id, pair["reason"]))
    for cycle in cycles:
        pattern = "{} are part of one another in a circle; the ties that say so do not count."
        out.append(words(pattern, names_of(eco, cycle)))
    return out
