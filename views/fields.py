"""Complementarity and coverage as answers: which tables, and what each says in plain words.

Every sentence is counted from rows of the answer it stands beside: a pair's from its row and its
evidence, the ecosystem's from the tables of partners, capabilities, needs and partnerships.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.capabilities.needs import Need
from partnergraph.analysis.complementarity import COLUMNS, complementarity
from partnergraph.analysis.coverage import PLACED_BY, Coverage, coverage
from partnergraph.analysis.egocentred import egocentred
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.words import Name, Words, listed, many, noun, plain, words
from partnergraph.views.terminal import Answer

MOST_SHOWN = 20
MOST_NAMES = 8
ALPHA = 0.05


def _names(eco: Ecosystem, ids: Any, most: int = MOST_NAMES) -> Words:
    """Return nodes by name, as in a sentence."""
    return listed([Name(eco.name_of[i], i) for i in ids], most)


def _number(value: float, digits: int = 2) -> str:
    return "undefined" if pd.isna(value) else f"{value:.{digits}f}"


# -- complementarity -------------------------------------------------------------------------


def complements(
    eco: Ecosystem, source: str, chosen: dict[str, Any], *, format: str, top: int | None, wide: bool
) -> Answer:
    """Answer the verb complementarity; in a table for the eye names instead of ids."""
    table = complementarity(eco, **(chosen if top is None else {**chosen, "top": top}))
    sentences = in_words(eco, table)
    more = {
        name: table.attrs[name]
        for name in ("pairs", "tasks", "silent", "unheld", "suspected", "cycles")
    }
    more["words"] = [plain(sentence) for sentence in sentences]
    rows = table if wide else table[list(COLUMNS)]
    notes = list(more["words"])
    if format == "table":
        shown = rows.head(top or MOST_SHOWN)
        if len(shown) < len(rows):
            notes.append(f"Shown are {len(shown)} pairs of {len(rows):,}; --top N shows more.")
        rows = _for_the_eye(eco, shown)
    elif format == "csv":
        rows = rows.assign(
            evidence=[json.dumps(e, ensure_ascii=False) for e in rows["evidence"]]
        ).astype({"evidence": object})
    parameters = {"eco": source, **chosen, "top": table.attrs["parameters"]["top"]}
    return Answer("complementarity", parameters, rows, table.attrs["network"], more, notes=notes)


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
        brought = [plain(_names(eco, e[side], 4)) or "nothing" for e in table["evidence"]]
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
        who = _names(eco, about["silent_named"])
        out.append(words(pattern, who, noun(n, "has", "have"), noun(n, "it", "they")))
    elif asked["a"] is not None and asked["b"] is not None:
        out += pair_in_words(eco, table)
    elif table.empty:
        out.append(_no_pairs(about))
    else:
        out += _best_in_words(eco, table)
    return [*out, *_limits(eco, about), *_written_by(eco)]


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
    from partnergraph.analysis.capabilities.portfolios import HELD

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
        out.append(words(pattern, _number(smallest)))
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
    shared = _names(eco, evidence["shared"])
    what = words("they share {}", shared) if evidence["shared"] else words("they share nothing")
    pattern = "Set: {}. Two at random with as many would share so little with p = {}; over all {} "
    pattern += "pairs q = {}."
    p, q = _number(row["overlap_p"], 4), _number(row["overlap_q"])
    out.append(words(pattern, what, p, f"{table.attrs['pairs']:,}", q))
    for kin in evidence["shared_parents"]:
        pattern = "Set: within {}, {} brings {} and {} {}: the same field, different parts."
        sides = _names(eco, kin["only_a"]), _names(eco, kin["only_b"])
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
    return words(pattern, giver, many(len(what), "thing"), taker, _names(eco, what))


def _related(row: pd.Series, one: Name, other: Name) -> Words:
    to_one, to_other = row["added_density_a_from_b"], row["added_density_b_from_a"]
    if pd.isna(to_one) and pd.isna(to_other):
        return words("not defined: no field that either lacks is related to another one.")
    pattern = (
        "of what is related to the fields that {} lacks, {} would bring {} of 100 parts; the other "
        "way round {}."
    )
    return words(pattern, one, other, _number(to_one, 1), _number(to_other, 1))


def _task(eco: Ecosystem, table: pd.DataFrame, row: pd.Series) -> Words:
    if not table.attrs["tasks"]:
        pattern = "not defined: no {} says what it {}."
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].label()
        from partnergraph.analysis.capabilities.portfolios import REQUIRED

        return words(pattern, project, SCHEMA.tie_kinds[REQUIRED[0]].label())
    n = int(row["synergy"])
    only = words("nothing that neither can do alone")
    if n:
        projects = _names(eco, row["evidence"]["projects"])
        only = words("{} that neither can do alone: {}", n, projects)
    sign = "complements" if row["interaction"] > 1e-9 else "substitutes"
    sign = "neither" if abs(row["interaction"]) <= 1e-9 else sign
    error = f" ± {row['interaction_se']:.2f}" if row["interaction_se"] > 0 else ""
    pattern = "together they can do {}. Interaction {}{} ({})."
    return words(pattern, only, _number(row["interaction"]), error, sign)


def _structural(row: pd.Series) -> Words:
    if pd.isna(row["structural_complementarity"]):
        return words("not defined: they have no direct tie, or nobody around it.")
    pattern = (
        "of the paths of three ties that begin or end with theirs, {} close to a square without a "
        "chord (complementary), and of those of two ties {} to a triangle (similar)."
    )
    similar = row["structural_similarity"]
    return words(pattern, _number(row["structural_complementarity"]), _number(similar))


def _met(eco: Ecosystem, row: pd.Series, one: Name, other: Name) -> Words:
    evidence = row["evidence"]
    if not evidence["ties"]:
        return words("{} and {} have no tie and no project together on record.", one, other)
    n, together = len(evidence["ties"]), evidence["together"]
    through = words(" with {}", _names(eco, together)) if together else ()
    return words("They are in touch already: {}{}.", many(n, "tie"), through)


def _limits(eco: Ecosystem, about: dict[str, Any]) -> list[Words]:
    """Say what the data leave out, and what looks wrong in them."""
    out = []
    if about["silent"]:
        n = len(about["silent"])
        pattern = "{} {} nothing on record and {} left out: {}."
        who = _names(eco, about["silent"])
        has, stays = noun(n, "has", "have"), noun(n, "is", "are")
        out.append(words(pattern, many(n, "partner"), has, stays, who))
    if not about["tasks"] and about["pairs"] and about["parameters"]["b"] is None:
        project = SCHEMA.node_kinds[SCHEMA.period_lenders[0]].plurals["en"]
        out.append(words("What takes two cannot be told: no {} say what they require.", project))
    return [*out, *_suspicions(eco, about["suspected"], about["cycles"])]


def _written_by(eco: Ecosystem) -> list[Words]:
    """Say where one partner wrote the data: what others hold is then what it says of them."""
    pattern = "{} wrote the source: what others hold beyond its words is not on record."
    return [
        words(pattern, Name(centre.name, centre.id))
        for centre in egocentred(eco)
        if centre.own_source
    ]


def _suspicions(eco: Ecosystem, suspected: Any, cycles: Any) -> list[Words]:
    out = []
    for pair in suspected:
        a, b = (Name(eco.name_of[pair[end]], pair[end]) for end in "ab")
        pattern = "{} ({}) and {} ({}) may be one thing under two names: {}."
        out.append(words(pattern, a, a.id, b, b.id, pair["reason"]))
    for cycle in cycles:
        pattern = "{} are part of one another in a circle; the ties that say so do not count."
        out.append(words(pattern, _names(eco, cycle)))
    return out


# -- coverage --------------------------------------------------------------------------------


def covers(eco: Ecosystem, source: str, chosen: dict[str, Any], *, format: str) -> Answer:
    """Answer the verb coverage."""
    found = coverage(eco, **chosen)
    sentences = [plain(sentence) for sentence in coverage_in_words(eco, found)]
    more = as_json(found) | {"words": sentences}
    others = _tables(eco, found) if format == "table" else {}
    network = found.folios.as_network()
    parameters = {"eco": source, **found.parameters}
    return Answer("coverage", parameters, found.partners, network, more, others, sentences)


def as_json(found: Coverage) -> dict[str, Any]:
    """Return what the JSON of a coverage has beside its rows, the partners."""
    ids, cover = found.folios.partners, found.cover
    greedy = dict(zip(range(1, len(found.greedy) + 1), found.greedy["covered"], strict=True))
    most = max(greedy.values(), default=0)
    holders = found.capabilities["holders"]
    return {
        "capabilities": [
            {"id": c, "name": found.capabilities.at[c, "name"], "holders": holders[c]}
            for c in found.capabilities.index
        ],
        "single_points_of_failure": [
            {"id": c, "holder": holders[c][0]} for c in found.single_points
        ],
        "minimum_cover": {
            "size": cover.size,
            "optimal": cover.optimal,
            "gap": cover.gap,
            "covers": [[ids[r] for r in rows] for rows in cover.covers],
            "count": len(cover.covers),
            "at_least": not cover.complete,
        },
        "greedy_cover": found.greedy[["id", "name", "gained", "covered"]],
        "maximum_coverage": {
            best.k: {
                "covered": best.covered,
                "greedy": greedy.get(best.k, most),
                "partners": [ids[r] for r in best.rows],
                "count": best.count,
                "optimal": best.optimal,
            }
            for best in found.maximum
        },
        "interaction": found.substitutes,
        "irreplaceability": found.partners["irreplaceability"].to_dict(),
        "shapley": found.partners["shapley"].to_dict(),
        "needs": {
            "matched": [vars(need) for need in found.needs.matched],
            "unmet": [vars(need) for need in found.needs.unmet],
            "capacity": found.needs.capacity,
            "violator": found.needs.violator or None,
        },
        "open_requirements": dict(found.open_requirements),
        "matrix": list(found.matrix),
        "holes": list(found.holes),
        "unplaced": list(found.unplaced),
        "benefits": found.benefits,
        "nestedness": None if found.nestedness is None else found.nestedness.to_dict("index"),
        "silent": list(found.folios.silent),
        "suspected": list(found.suspected),
        "cycles": [list(cycle) for cycle in found.folios.cycles],
    }


def _tables(eco: Ecosystem, found: Coverage) -> dict[str, pd.DataFrame]:
    """Return the further tables for the eye."""
    named = found.capabilities[["name", "n", "holders"]].copy()
    named["holders"] = [plain(_names(eco, who)) or "nobody" for who in named["holders"]]
    out = {"What is held, and by whom": named}
    if found.matrix:
        out["Who holds how much where, and what lacks there"] = matrix_table(eco, found)
    if len(found.benefits):
        told = found.benefits.copy()
        told["benefits"] = ["; ".join(texts) or "nothing said" for texts in told["benefits"]]
        out["What members get"] = told.reset_index()[["a_name", "b_name", "benefits"]]
    return out


def matrix_table(eco: Ecosystem, found: Coverage) -> pd.DataFrame:
    """Return the cells of sphere × level: partners, and which capabilities lack there."""
    rows = []
    for cell in found.matrix:
        place = [
            SCHEMA.values[name][cell[name]].label() if cell[name] else "not on record"
            for name in PLACED_BY
        ]
        lacks = [c for c, n in cell["capabilities"].items() if not n]
        has = len(cell["capabilities"]) - len(lacks)
        who = plain(_names(eco, cell["partners"]))
        rows.append((*place, who, has, plain(_names(eco, lacks)) or "nothing"))
    return pd.DataFrame(rows, columns=[*PLACED_BY, "partners", "held", "lacks"])


def coverage_in_words(eco: Ecosystem, found: Coverage, *, benefits: bool = True) -> list[Words]:
    """Say what the ecosystem holds and lacks, one thing a sentence; and what members get."""
    partners, capabilities = len(found.folios), len(found.folios.capabilities)
    out: list[Words] = []
    if not partners:
        out.append(words("No partner has a capability on record: there is nothing to cover."))
    else:
        pattern = "{} {} {} on record."
        holding = noun(partners, "holds", "hold")
        held = many(capabilities, "capability", "capabilities")
        out.append(words(pattern, many(partners, "partner"), holding, held))
        out += [*_single(eco, found), *_cover(eco, found), *_substitute(eco, found)]
        out += _nested(found)
    out += [*_needs(eco, found), *_unheld(eco, found), *_places(found)]
    out += _benefits(eco, found) if benefits else []
    silent = found.folios.silent
    if silent:
        n = len(silent)
        pattern = "{} {} nothing on record, so what {} is not known: {}."
        has, holds = noun(n, "has", "have"), noun(n, "it holds", "they hold")
        out.append(words(pattern, many(n, "partner"), has, holds, _names(eco, silent)))
    return [*out, *_suspicions(eco, found.suspected, found.folios.cycles), *_written_by(eco)]


def _single(eco: Ecosystem, found: Coverage) -> list[Words]:
    n, total = len(found.single_points), len(found.folios.capabilities)
    if not n:
        least = int(found.capabilities["n"][found.capabilities["n"] > 0].min())
        pattern = "No capability hangs on one partner: {} would have to leave before one is lost."
        return [words(pattern, many(least, "partner"))]
    held = Counter(found.capabilities["holders"][c][0] for c in found.single_points)
    by = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    names = [words("{} ({})", Name(eco.name_of[who], who), count) for who, count in by]
    pattern = "{} of {} are with one partner alone and leave with it: {}. Their holders: {}."
    return [words(pattern, n, total, _names(eco, found.single_points), listed(names, MOST_NAMES))]


def _cover(eco: Ecosystem, found: Coverage) -> list[Words]:
    cover, ids = found.cover, found.folios.partners
    rows = found.cover.covers[0]
    who = _names(eco, [ids[r] for r in rows], 12)
    size = many(cover.size, "partner")
    if not cover.optimal:
        pattern = "{} together hold everything: {}. Whether fewer could is not settled (gap {})."
        out = [words(pattern, size, who, f"{cover.gap:.0%}")]
    elif len(cover.covers) == 1 and cover.complete:
        pattern = "It takes {} to hold everything, and only one set does: {}."
        out = [words(pattern, size, who)]
    else:
        least = "" if cover.complete else "at least "
        number = f"{least}{len(cover.covers):,}"
        out = [words("It takes {} to hold everything; {} sets do, such as {}.", size, number, who)]
    steps = [
        words("{} {}", Name(name, who), gained if gained == covered else f"+{gained}")
        for who, name, gained, covered in zip(
            *(found.greedy[c] for c in ("id", "name", "gained", "covered")), strict=True
        )
    ]
    out.append(words("Taken one by one, each time who adds most: {}.", listed(steps, MOST_NAMES)))
    if found.maximum:
        most = [str(best.covered) for best in found.maximum]
        pattern = "Well chosen, {} can hold {} of them."
        upto = f"1 to {len(most)} partners" if len(most) > 1 else "1 partner"
        out.append(words(pattern, upto, listed(most, 10)))
    share = found.partners["irreplaceability"]
    fixed = share.index[share == 1].tolist()
    if fixed and not (len(cover.covers) == 1 and cover.complete):
        pattern = "In every smallest set, so not to be replaced: {}."
        out.append(words(pattern, _names(eco, sorted(fixed))))
    return out


def _substitute(eco: Ecosystem, found: Coverage) -> list[Words]:
    if found.substitutes.empty:
        return [words("No two partners hold the same thing: nobody can stand in for another.")]
    (a, b), value = found.substitutes.index[0], found.substitutes["interaction"].iloc[0]
    pattern = "{} and {} can best stand in for each other: what both hold has few other holders "
    pattern += "(interaction {})."
    figure = _number(value).replace("-", "\u2212")
    return [words(pattern, Name(eco.name_of[a], a), Name(eco.name_of[b], b), figure)]


def _nested(found: Coverage) -> list[Words]:
    if found.nestedness is None:
        return []
    row = found.nestedness.to_dict("index")["nodf"]
    if np.isnan(row["p"]):
        return []
    verdict = "more" if row["p"] <= ALPHA else "no more"
    pattern = (
        "Small portfolios are {} often part of large ones than their sizes give (NODF {}, at "
        "random {}, p = {})."
    )
    figures = _number(row["value"], 1), _number(row["mean"], 1), _number(row["p"], 3)
    return [words(pattern, verdict, *figures)]


def _need(eco: Ecosystem, need: Need) -> Words:
    names = [Name(eco.name_of[i], i) for i in (need.actor, need.capability)]
    if need.partner is None:
        return words("{} looks for {}", *names)
    partner = Name(eco.name_of[need.partner], need.partner)
    return words("{} looks for {}, which {} has", *names, partner)


def _needs(eco: Ecosystem, found: Coverage) -> list[Words]:
    needs, matched, unmet = found.needs, found.needs.matched, found.needs.unmet
    if not matched and not unmet:
        return [words("Nobody says what it looks for.")]
    out = []
    total = len(matched) + len(unmet)
    if matched:
        told = listed([_need(eco, need) for need in matched], MOST_NAMES)
        number = f"{len(matched)} of {total} needs" if total > 1 else "The one need on record"
        out.append(words("{} can be met within: {}.", number, told))
    if unmet:
        told = listed([_need(eco, need) for need in unmet], MOST_NAMES)
        stay = noun(len(unmet), "stays", "stay")
        out.append(words("{} {} open: {}.", len(unmet), stay, told))
        out.append(_hall(eco, needs))
    return out


def _hall(eco: Ecosystem, needs: Any) -> Words:
    v = needs.violator
    n = len(v["needs"])
    if not v["partners"]:
        return words("For {} there is no partner at all who could help.", noun(n, "it", "these"))
    each = "one each" if needs.capacity == 1 else f"{needs.capacity} each"
    pattern = (
        "Why: only {} ({}) can meet any of these {} needs, {}; however they are divided, {} "
        "{} open."
    )
    who = many(len(v["partners"]), "partner"), _names(eco, v["partners"])
    return words(pattern, *who, n, each, v["short"], noun(v["short"], "stays", "stay"))


def _unheld(eco: Ecosystem, found: Coverage) -> list[Words]:
    out = []
    if found.folios.unheld:
        pattern = "Nobody holds {}."
        out.append(words(pattern, _names(eco, found.folios.unheld)))
    for project, lacking in found.open_requirements.items():
        pattern = "{} requires what nobody holds: {}."
        out.append(words(pattern, Name(eco.name_of[project], project), _names(eco, lacking)))
    return out


def _places(found: Coverage) -> list[Words]:
    partners = len(found.folios)
    known = partners - len(found.unplaced)
    if not partners:
        return []
    what = " and ".join(PLACED_BY)
    if not known:
        pattern = "The {} of none of the {} is on record: where capabilities lack cannot be told."
        return [words(pattern, what, many(partners, "partner"))]
    empty = [h for h in found.holes if h["capability"] is None]
    total = int(np.prod([len(SCHEMA.values[name]) for name in PLACED_BY]))
    full = sum(all(cell[name] for name in PLACED_BY) for cell in found.matrix)
    filled = total - len(empty)
    pattern = "{} of {} partners have their {} or {} on record; {} of {} cells of {} are filled."
    if not filled:
        pattern = "{} of {} partners have their {} or {} on record, none has both: {} of {} cells "
        pattern += "of {} are filled."
    cells = filled, total, " × ".join(PLACED_BY)
    out = [words(pattern, known, partners, *PLACED_BY, *cells)]
    if len(found.unplaced) or full < len(found.matrix):
        out.append(words("Where that is not on record, a hole may be a gap in the data."))
    return out


def _benefits(eco: Ecosystem, found: Coverage) -> list[Words]:
    table = found.benefits
    if table.empty:
        return [words("No two actors have a direct tie: there is no partnership to ask of.")]
    said = table[table["says"]]
    focus = eco.about.focus in eco.kind_of
    whose = words(" of {}", Name(eco.name_of[eco.about.focus], eco.about.focus)) if focus else ()
    out = []
    pattern = "{} of {}{} {} what members get."
    total = many(len(table), "partnership")
    number = f"{len(said)}" if len(said) else "None"
    if len(table) == 1:
        verb = "says" if len(said) else "says nothing of"
        out.append(words("The one partnership{} {} what members get.", whose, verb))
    else:
        out.append(words(pattern, number, total, whose, noun(len(said) or 1, "says", "say")))
    for who, texts in list(zip(_partners(said, focus), said["benefits"], strict=True))[:MOST_NAMES]:
        told = listed([Name(str(text).rstrip(".")) for text in texts])
        out.append(words("{}: {}.", who, told))
    silent = _partners(table[~table["says"]], focus)
    if silent:
        pattern = "Of {} nothing is said, which does not mean that members get nothing."
        out.append(words(pattern, listed(silent, MOST_NAMES)))
    return out


def _partners(table: pd.DataFrame, focus: bool) -> list[Name | str | Words]:
    """Return partnerships by the other partner's name, or by both where nobody is in the focus."""
    out: list[Name | str | Words] = []
    for (a, b), one, other in zip(
        table.index.to_list(), table["a_name"], table["b_name"], strict=True
    ):
        name = Name(str(other), str(b))
        out.append(name if focus else words("{} and {}", Name(str(one), str(a)), name))
    return out
