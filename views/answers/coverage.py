"""The verb coverage: what is held and by whom, what is missing, and what members get."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.capabilities.needs import Need
from partnergraph.analysis.coverage import PLACED_BY, Coverage, coverage
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.complementarity import ALPHA, suspicions, written_by
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import (
    IN_A_SENTENCE,
    Name,
    Words,
    listed,
    many,
    names_of,
    noun,
    number,
    plain,
    words,
)


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb coverage."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    found = coverage(eco, **chosen, **scope)
    if not isinstance(found, Coverage):
        return _kept(eco, asked, found)
    sentences = [plain(sentence) for sentence in coverage_in_words(eco, found)]
    more = _as_json(found) | {"words": sentences}
    others = _tables(eco, found) if asked.format == "table" else {}
    network = found.folios.as_network()
    parameters = {"eco": asked.source, **found.parameters}
    return Answer("coverage", parameters, found.partners, network, more, others, sentences).first(
        top
    )


def _kept(eco: Any, asked: Question, found: Any) -> Answer:
    """Answer with tables that stay with their engine: who holds what, and the greedy cover."""
    rarest, steps = found.capabilities.top(asked.top or MOST_SHOWN), found.greedy
    notes = [
        f"Partners with capabilities on record: {found.n:,}; without any, left out: "
        f"{found.silent:,}.",
        f"Capabilities held: {found.held:,}, of which {found.single_points:,} by one partner alone "
        f"and lost if that partner leaves. Held by nobody: {found.unheld:,}.",
        f"Partners in the greedy cover of everything held: {len(steps):,}.",
        *left_out(eco, coverage),
    ]
    more = {
        "capabilities": rarest,
        "single_points_of_failure": found.single_points,
        "unheld": found.unheld,
        "silent": found.silent,
        "greedy_cover": steps,
    }
    others = {"Capabilities with fewest holders": rarest}
    others["The greedy cover"] = steps.head(asked.top or MOST_SHOWN).set_index("id")
    parameters = {"eco": asked.source, "engine": eco.engine, **found.parameters}
    answer = Answer("coverage", parameters, found.partners, found.network, more, others, notes)
    return answer.first(asked.top)


def _as_json(found: Coverage) -> dict[str, Any]:
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
    named["holders"] = [plain(names_of(eco, who)) or "nobody" for who in named["holders"]]
    out = {"What is held, and by whom": named}
    if found.matrix:
        out["Who holds how much where, and what lacks there"] = _matrix(eco, found)
    if len(found.benefits):
        told = found.benefits.copy()
        told["benefits"] = ["; ".join(texts) or "nothing said" for texts in told["benefits"]]
        out["What members get"] = told.reset_index()[["a_name", "b_name", "benefits"]]
    return out


def _matrix(eco: Ecosystem, found: Coverage) -> pd.DataFrame:
    """Return the cells of sphere × level: partners, and which capabilities lack there."""
    rows = []
    for cell in found.matrix:
        place = [
            SCHEMA.values[name][cell[name]].label() if cell[name] else "not on record"
            for name in PLACED_BY
        ]
        lacks = [c for c, n in cell["capabilities"].items() if not n]
        has = len(cell["capabilities"]) - len(lacks)
        who = plain(names_of(eco, cell["partners"]))
        rows.append((*place, who, has, plain(names_of(eco, lacks)) or "nothing"))
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
        out.append(words(pattern, many(n, "partner"), has, holds, names_of(eco, silent)))
    return [*out, *suspicions(eco, found.suspected, found.folios.cycles), *written_by(eco)]


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
    return [
        words(pattern, n, total, names_of(eco, found.single_points), listed(names, IN_A_SENTENCE))
    ]


def _cover(eco: Ecosystem, found: Coverage) -> list[Words]:
    cover, ids = found.cover, found.folios.partners
    rows = found.cover.covers[0]
    who = names_of(eco, [ids[r] for r in rows], 12)
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
    out.append(
        words("Taken one by one, each time who adds most: {}.", listed(steps, IN_A_SENTENCE))
    )
    if found.maximum:
        most = [str(best.covered) for best in found.maximum]
        pattern = "Well chosen, {} can hold {} of them."
        upto = f"1 to {len(most)} partners" if len(most) > 1 else "1 partner"
        out.append(words(pattern, upto, listed(most, 10)))
    share = found.partners["irreplaceability"]
    fixed = share.index[share == 1].tolist()
    if fixed and not (len(cover.covers) == 1 and cover.complete):
        pattern = "In every smallest set, so not to be replaced: {}."
        out.append(words(pattern, names_of(eco, sorted(fixed))))
    return out


def _substitute(eco: Ecosystem, found: Coverage) -> list[Words]:
    if found.substitutes.empty:
        return [words("No two partners hold the same thing: nobody can stand in for another.")]
    (a, b), value = found.substitutes.index[0], found.substitutes["interaction"].iloc[0]
    pattern = "{} and {} can best stand in for each other: what both hold has few other holders "
    pattern += "(interaction {})."
    figure = number(value).replace("-", "\u2212")
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
    figures = number(row["value"], 1), number(row["mean"], 1), number(row["p"], 3)
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
        told = listed([_need(eco, need) for need in matched], IN_A_SENTENCE)
        number = f"{len(matched)} of {total} needs" if total > 1 else "The one need on record"
        out.append(words("{} can be met within: {}.", number, told))
    if unmet:
        told = listed([_need(eco, need) for need in unmet], IN_A_SENTENCE)
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
    who = many(len(v["partners"]), "partner"), names_of(eco, v["partners"])
    return words(pattern, *who, n, each, v["short"], noun(v["short"], "stays", "stay"))


def _unheld(eco: Ecosystem, found: Coverage) -> list[Words]:
    out = []
    if found.folios.unheld:
        pattern = "Nobody holds {}."
        out.append(words(pattern, names_of(eco, found.folios.unheld)))
    for project, lacking in found.open_requirements.items():
        pattern = "{} requires what nobody holds: {}."
        out.append(words(pattern, Name(eco.name_of[project], project), names_of(eco, lacking)))
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
    for who, texts in list(zip(_partners(said, focus), said["benefits"], strict=True))[
        :IN_A_SENTENCE
    ]:
        told = listed([Name(str(text).rstrip(".")) for text in texts])
        out.append(words("{}: {}.", who, told))
    silent = _partners(table[~table["says"]], focus)
    if silent:
        pattern = "Of {} nothing is said, which does not mean that members get nothing."
        out.append(words(pattern, listed(silent, IN_A_SENTENCE)))
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
