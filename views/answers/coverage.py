"""The verb coverage: what is held and by whom, what is missing, and what members get.

Every sentence is counted from the tables of partners, capabilities, needs and partnerships.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.capabilities.needs import Matching, Need
from partnergraph.analysis.capabilities.portfolios import TAXONOMY
from partnergraph.analysis.coverage import PLACED_BY, Coverage, coverage
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.complementarity import suspicions, written_by
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import (
    IN_A_SENTENCE,
    Name,
    Words,
    clauses,
    listed,
    name_of,
    names_of,
    number,
    plain,
    tell,
    told,
    words,
)


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb coverage."""
    found = coverage(eco, **asked.options, **asked.scope)
    if not isinstance(found, Coverage):
        return _kept(eco, asked, found)
    sentences = [plain(sentence) for sentence in coverage_in_words(eco, found)]
    more = _as_json(found) | {"words": sentences}
    others = _tables(eco, found) if asked.format == "table" else {}
    network, parameters = found.folios.as_network(), {"eco": asked.source, **found.parameters}
    full = Answer("coverage", parameters, found.partners, network, more, others, sentences)
    return full.first(asked.top)


def _kept(eco: Any, asked: Question, found: Any) -> Answer:
    """Answer with tables that stay with their engine: who holds what, and the greedy cover."""
    rarest, steps = found.capabilities.top(asked.top or MOST_SHOWN), found.greedy
    notes = [
        told("coverage.kept_partners", n=found.n, silent=found.silent),
        told("coverage.kept", n=found.held, alone=found.single_points, unheld=found.unheld),
        told("coverage.kept_greedy", n=len(steps)),
        *left_out(eco, coverage),
    ]
    more = {
        "capabilities": rarest,
        "single_points_of_failure": found.single_points,
        "unheld": found.unheld,
        "silent": found.silent,
        "greedy_cover": steps,
    }
    others = {told("coverage.rarest"): rarest}
    others[told("coverage.greedy_title")] = steps.head(asked.top or MOST_SHOWN).set_index("id")
    parameters = {"eco": asked.source, "engine": eco.engine, **found.parameters}
    full = Answer("coverage", parameters, found.partners, found.network, more, others, notes)
    return full.first(asked.top)


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
    out = {told("coverage.held_by"): named}
    if found.matrix:
        out[told("coverage.places")] = _matrix(eco, found)
    if len(found.benefits):
        table = found.benefits.reset_index()[["a_name", "b_name", "benefits"]]
        texts = ["; ".join(texts) or "none recorded" for texts in table["benefits"]]
        out[told("coverage.benefits")] = table.assign(benefits=texts)
    return out


def _matrix(eco: Ecosystem, found: Coverage) -> pd.DataFrame:
    """Return the cells of sphere × level: partners, and which capabilities are missing there."""
    rows = []
    for cell in found.matrix:
        place = [
            SCHEMA.values[name][cell[name]].label() if cell[name] else "not on record"
            for name in PLACED_BY
        ]
        missing = [c for c, n in cell["capabilities"].items() if not n]
        held = len(cell["capabilities"]) - len(missing)
        who = plain(names_of(eco, cell["partners"]))
        rows.append((*place, who, held, plain(names_of(eco, missing)) or "nothing"))
    return pd.DataFrame(rows, columns=[*PLACED_BY, "partners", "held", "missing"])


def coverage_in_words(eco: Ecosystem, found: Coverage, *, benefits: bool = True) -> list[Words]:
    """Return what is held and missing, and what members get, one thing a sentence."""
    partners, capabilities = len(found.folios), len(found.folios.capabilities)
    if partners:
        out = [tell("coverage.size", partners=partners, capabilities=capabilities)]
        out += [_single(eco, found), *_cover(eco, found), _substitute(eco, found), *_nested(found)]
    else:
        out = [tell("coverage.nothing")]
    out += [*_needs(eco, found.needs), *_unheld(eco, found), *_places(found)]
    out += _benefits(eco, found) if benefits else []
    if silent := found.folios.silent:
        out.append(tell("coverage.silent", n=len(silent), names=names_of(eco, silent)))
    return [*out, *suspicions(eco, found.suspected, found.folios.cycles), *written_by(eco)]


def _single(eco: Ecosystem, found: Coverage) -> Words:
    alone, total = found.single_points, len(found.folios.capabilities)
    if not alone:
        least = int(found.capabilities["n"][found.capabilities["n"] > 0].min())
        return tell("coverage.no_single", n=least)
    counts = Counter(found.capabilities["holders"][c][0] for c in alone)
    by = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    holders = listed([words("{} ({})", name_of(eco, who), n) for who, n in by], IN_A_SENTENCE)
    names = names_of(eco, alone)
    key = "coverage.single" if len(alone) < total else "coverage.all_single"
    return tell(key, n=len(alone), total=total, names=names, holders=holders)


def _cover(eco: Ecosystem, found: Coverage) -> list[Words]:
    cover, ids = found.cover, found.folios.partners
    unique = len(cover.covers) == 1 and cover.complete
    parts = {"n": cover.size, "names": names_of(eco, [ids[r] for r in cover.covers[0]], 12)}
    if not cover.optimal:
        out = [tell("coverage.cover_open", **parts, gap=f"{cover.gap:.0%}")]
    elif unique:
        out = [tell("coverage.cover_unique", **parts)]
    else:
        key = "coverage.cover" if cover.complete else "coverage.cover_at_least"
        out = [tell(key, **parts, sets=len(cover.covers))]
    greedy = (found.greedy[c] for c in ("id", "name", "gained", "covered"))
    steps = [
        words("{} {}", Name(name, who), gained if gained == covered else f"+{gained}")
        for who, name, gained, covered in zip(*greedy, strict=True)
    ]
    out.append(tell("coverage.greedy", steps=listed(steps, IN_A_SENTENCE)))
    if found.maximum:
        most = listed([str(best.covered) for best in found.maximum], 10)
        key = "coverage.most" if len(found.maximum) > 1 else "coverage.most_of_one"
        out.append(tell(key, k=len(found.maximum), most=most))
    share = found.partners["irreplaceability"]
    fixed = sorted(share.index[share == 1].tolist())
    if fixed and not unique:
        out.append(tell("coverage.fixed", names=names_of(eco, fixed)))
    return out


def _substitute(eco: Ecosystem, found: Coverage) -> Words:
    if found.substitutes.empty:
        return tell("coverage.no_substitute")
    a, b = (name_of(eco, end) for end in found.substitutes.index[0])
    value = number(found.substitutes["interaction"].iloc[0]).replace("-", "\u2212")
    return tell("coverage.substitute", a=a, b=b, value=value)


def _nested(found: Coverage) -> list[Words]:
    if found.nestedness is None:
        return []
    row = found.nestedness.to_dict("index")["nodf"]
    if np.isnan(row["p"]):
        return []
    key = "coverage.nested" if row["p"] <= ALPHA else "coverage.not_nested"
    figures = {"value": number(row["value"], 1), "mean": number(row["mean"], 1)}
    return [tell(key, **figures, p=number(row["p"], 3))]


# -- needs and places ------------------------------------------------------------------------


def _need(eco: Ecosystem, need: Need) -> Words:
    actor, capability = name_of(eco, need.actor), name_of(eco, need.capability)
    if need.partner is None:
        return tell("needs.open", actor=actor, capability=capability)
    partner = name_of(eco, need.partner)
    return tell("needs.met", actor=actor, capability=capability, partner=partner)


def _needs(eco: Ecosystem, needs: Matching) -> list[Words]:
    matched, unmet = (
        clauses([_need(eco, need) for need in found]) for found in (needs.matched, needs.unmet)
    )
    n, left = len(needs.matched), len(needs.unmet)
    if not n + left:
        return [tell("needs.none")]
    out = []
    if n:
        key = "needs.matched" if n + left > 1 else "needs.matched_only"
        out.append(tell(key, n=n, total=n + left, needs=matched))
    if left:
        out += [tell("needs.unmet", n=left, needs=unmet), _hall(eco, needs)]
    return out


def _hall(eco: Ecosystem, needs: Matching) -> Words:
    """Return why needs stay open: too few partners can meet too many (Hall's violator)."""
    violator = needs.violator
    n, who = len(violator["needs"]), violator["partners"]
    if not who:
        return tell("needs.nobody", n=n)
    parts = {"partners": len(who), "names": names_of(eco, who), "n": n}
    return tell("needs.why", **parts, each=needs.capacity, short=violator["short"])


def _unheld(eco: Ecosystem, found: Coverage) -> list[Words]:
    ties = eco.ties[~eco.ties["kind"].isin(TAXONOMY)]
    aims = ties["kind"].isin(SCHEMA.aims)
    only_aims = {*ties["target"][aims]} - {*ties["target"][~aims]}
    unheld = [what for what in found.folios.unheld if what not in only_aims]
    out = [tell("coverage.unheld", names=names_of(eco, unheld, by="or"))] if unheld else []
    return out + [
        tell("coverage.required", project=name_of(eco, project), names=names_of(eco, missing))
        for project, missing in found.open_requirements.items()
    ]


def _places(found: Coverage) -> list[Words]:
    partners = len(found.folios)
    known = partners - len(found.unplaced)
    sphere, level = PLACED_BY
    if not partners:
        return []
    if not known:
        return [tell("coverage.unplaced", sphere=sphere, level=level)]
    empty = [h for h in found.holes if h["capability"] is None]
    total = int(np.prod([len(SCHEMA.values[name]) for name in PLACED_BY]))
    full = sum(all(cell[name] for name in PLACED_BY) for cell in found.matrix)
    filled = total - len(empty)
    parts = {"n": known, "total": partners, "sphere": sphere, "level": level}
    placed = tell("coverage.placed" if filled else "coverage.placed_never_both", **parts)
    cells = tell("coverage.cells", filled=filled, total=total, sphere=sphere, level=level)
    out = [words("{} {}", placed, cells)]
    if len(found.unplaced) or full < len(found.matrix):
        out.append(tell("coverage.hole"))
    return out


# -- what members get ------------------------------------------------------------------------


def _benefits(eco: Ecosystem, found: Coverage) -> list[Words]:
    table = found.benefits
    if table.empty:
        return [tell("benefits.no_partnership")]
    recorded = table[table["says"]]
    focus = name_of(eco, eco.about.focus) if eco.about.focus in eco.kind_of else None
    out = [benefits_recorded(len(recorded), len(table), focus)]
    for who, texts in list(zip(_pairs(recorded, focus), recorded["benefits"], strict=True))[
        :IN_A_SENTENCE
    ]:
        what = listed([Name(str(text).rstrip(".")) for text in texts])
        out.append(words("{}: {}.", who, what))
    if silent := _pairs(table[~table["says"]], focus):
        out.append(tell("benefits.silent", names=listed(silent, IN_A_SENTENCE)))
    return out


def benefits_recorded(n: int, total: int, of: Name | None) -> Words:
    """Return in words for how many partnerships a member benefit is recorded."""
    whose = tell("benefits.of", name=of) if of else ()
    parts = {"n": n, "total": total, "whose": whose, "silent": total - n}
    if total == 1:
        return tell("benefits.only" if n else "benefits.only_none", **parts)
    if n in (0, total):
        return tell("benefits.all" if n else "benefits.none", **parts)
    return tell("benefits.some", **parts)


def _pairs(table: pd.DataFrame, focus: Name | None) -> list[Name | str | Words]:
    """Return partnerships by the other partner's name, or by both where nobody is in the focus."""
    names = [
        (Name(str(one), str(a)), Name(str(other), str(b)))
        for (a, b), one, other in zip(
            table.index.to_list(), table["a_name"], table["b_name"], strict=True
        )
    ]
    return [b if focus else words("{} and {}", a, b) for a, b in names]
