"""How the result of each verb becomes an answer: which tables, and what to say beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.brokers import ROLES
from partnergraph.analysis.egocentred import counterviews
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WEIGHTS
from partnergraph.views.terminal import Answer


def ranking(
    eco: Ecosystem, table: pd.DataFrame, *, parameters: dict[str, Any], top: int | None
) -> Answer:
    """Return a centrality table as an answer, with its counterview where the data are a star."""
    answer = Answer("centrality", parameters, table.head(top or len(table)), table.attrs["network"])
    others, notes, more = {}, [], []
    for view in counterviews(eco, table):
        notes.append(f"{view.centre.reason}.")
        title = f"Without {view.centre.name}"
        if view.cannot_rank:
            title += " (half or more of the others share a rank: the data cannot rank them)"
        others[title] = view.table.head(top or len(view.table))
        more.append(
            {"id": view.centre.id, "reason": view.centre.reason, "cannot_rank": view.cannot_rank}
            | {"without": view.table.head(top or len(view.table))}
        )
    extra = {"measure": table.attrs["measure"], "engine": table.attrs["engine"]}
    extra |= {"reference": table.attrs["reference"], "egocentred": more}
    return replace(answer, more=extra, others=others, notes=notes)


def divided(
    eco: Ecosystem, asked: dict[str, Any], chosen: dict[str, Any], network: dict[str, Any]
) -> Answer:
    """Answer the verb clusters: the verdict first, then what the groups are and who is in them."""
    from partnergraph.analysis.clusters import clusters, stability_in_words

    table = clusters(eco, **chosen, **network)
    attrs = table.attrs
    more = {name: attrs[name] for name in ("verdict", "verdict_in_words", "quality", "clusters")}
    more |= {name: attrs[name] for name in ("tests", "matched") if name in attrs}
    notes = [attrs["verdict_in_words"]]
    listed = pd.DataFrame(
        [
            {"cluster": c["id"], "size": c["size"], "name": c["name"]}
            | {"stability": c["stability"], "": stability_in_words(c["stability"])}
            | {"more often than others (q ≤ .05)": _told(c["profile"])}
            for c in attrs["clusters"]
        ]
    )
    others = {"Clusters" if attrs["verdict"] != "none" else "One way to divide": listed}
    if "matched" in attrs:
        others["Compared with the earlier partition"] = attrs["matched"]
    between = table[table["second_cluster"].notna()]
    if len(between):
        rest = f" and {len(between) - 10} more." if len(between) > 10 else "."
        notes.append(f"Between two clusters: {', '.join(between['name'].head(10))}{rest}")
    if attrs["tests"]["left_out"]:
        notes.append(f"Not profiled, too many values: {', '.join(attrs['tests']['left_out'])}.")
    parameters = {**asked, **attrs["parameters"]}
    return Answer("clusters", parameters, table, attrs["network"], more, others, notes)


def _told(profile: list[dict[str, Any]]) -> str:
    """Say what a cluster has more often than others, beyond what so many questions lead to."""
    more = [row for row in profile if row["q_over"] <= 0.05][:3]
    return "; ".join(
        f"{row['name']} {row['k']}/{row['K']} (q = {row['q_over']:.2g}"
        + (", circular)" if row["circular"] else ")")
        for row in more
    )


def read_partition(path: Path) -> dict[str, int]:
    """Read the cluster of each node from an answer of the verb clusters, written as JSON.

    Raises
    ------
    BadParameter
        Where the file holds no such answer.
    """
    if not path.is_file():
        raise BadParameter(f"{path}: there is no such file. Check the path")
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {str(row["id"]): int(row["cluster"]) for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        words = f"{path} is no answer of `partnergraph clusters … --format json`"
        raise BadParameter(words) from error


def recommended(
    eco: Ecosystem, node: str, asked: dict[str, Any], chosen: dict[str, Any], *, brief: bool
) -> Answer:
    """Answer the verb recommend: how far to trust it, then each candidate and what would change."""
    from partnergraph.analysis.recommendation import recommend

    table = recommend(eco, node, **chosen)
    attrs, others = table.attrs, {}
    more = {name: attrs[name] for name in ("predictor", "together", "words")}
    if "all" in attrs["predictor"] and attrs["predictor"]["all"]:
        k = attrs["predictor"]["k"]
        others["What each predictor finds of hidden ties"] = (
            pd.DataFrame({f"precision@{k}": attrs["predictor"]["all"]})
            .sort_values(f"precision@{k}", ascending=False)
            .rename_axis("predictor")
        )
    if len(table):
        changes = dict(zip(table["name"], table["counterfactual"], strict=True))
        if attrs["together"]:
            changes["all together"] = attrs["together"]
        told = [{"name": name, **effects(change)} for name, change in changes.items()]
        others["What would change"] = pd.DataFrame(told)
    parameters = {**asked, **attrs["parameters"]}
    rows = table[["name", "score", "path", "shared", "fields_gained"]].copy() if brief else table
    if brief:
        rows["path"] = [" – ".join(way) if isinstance(way, list) else way for way in rows["path"]]
    return Answer("recommend", parameters, rows, attrs["network"], more, others, attrs["words"])


def effects(counterfactual: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return a counterfactual for the eye: ``3 → 2`` where something changes."""
    shown = {}
    for what, values in counterfactual.items():
        before, after = (
            f"{v:.3g}" if isinstance(v, float) else str(v)
            for v in (values["before"], values["after"])
        )
        shown[what.replace("_", " ")] = before if before == after else f"{before} → {after}"
    return shown


def centralities(
    eco: Ecosystem,
    source: str,
    chosen: dict[str, Any],
    network: dict[str, Any],
    *,
    top: int | None,
    format: str,
) -> Answer:
    """Answer the verb centrality: ranks, their doubt, and for a program the whole's structure."""
    whole, brief = format == "json", format == "table"
    from partnergraph.analysis.centrality import centrality
    from partnergraph.analysis.doubt import doubt
    from partnergraph.analysis.structure import structure

    chosen = dict(chosen)
    modes = chosen.pop("two_mode")
    if modes is not None:
        return affiliation(eco, source, modes, chosen, network, top=top)
    kind, rate, approximate, draws = (
        chosen.pop(name) for name in ("doubt", "rate", "approximate", "draws")
    )
    if kind is None:
        table = centrality(eco, **chosen, approximate=approximate, **network)
    else:
        table = doubt(eco, kind, rate=rate, draws=draws, **chosen, **network)
    parameters = {"eco": source, **chosen, "doubt": kind, **network}
    answer = ranking(eco, table, parameters=parameters, top=top)
    more, notes = dict(answer.more), [*answer.notes, *doubt_in_words(table)]
    more |= {k: table.attrs[k] for k in ("doubt", "approximate", "inexact") if k in table.attrs}
    if whole:
        try:
            more["structure"] = structure(eco, seed=chosen["seed"], **network).to_dict("index")
        except BadParameter as error:  # too large to count; the ranks stand all the same
            more["structure"], notes = None, [*notes, str(error)]
        return replace(answer, more=more, notes=notes)
    rows = with_ranks(answer.rows) if kind and brief else answer.rows
    return replace(answer, more=more, notes=notes, rows=rows)


def affiliation(
    eco: Ecosystem,
    source: str,
    modes: str,
    chosen: dict[str, Any],
    network: dict[str, Any],
    *,
    top: int | None,
) -> Answer:
    """Answer the verb centrality for two modes, given as ``ROWS:COLUMNS``."""
    from partnergraph.analysis.two_mode_centrality import two_mode_centrality

    network = {k: v for k, v in network.items() if (k, v) != ("weight", WEIGHTS[0])}
    lacking = [name for name in ("doubt", "approximate", "weighted") if chosen[name]]
    lacking += [name for name in ("among", "weight", "directed") if name in network]
    if lacking:
        wrong = ", ".join(f"--{name}" for name in lacking)
        raise BadParameter(f"{wrong} has no meaning for two modes. Leave it out, or --two-mode")
    rows, colon, columns = modes.partition(":")
    if not (colon and rows.strip() and columns.strip()):
        raise BadParameter(f"--two-mode {modes}: give node kinds as ROWS:COLUMNS, one or more each")
    kinds = {
        name: [kind.strip() for kind in given.split(",") if kind.strip()]
        for name, given in (("rows", rows), ("columns", columns))
    }
    table = two_mode_centrality(
        eco, **kinds, measures=chosen["measures"], engine=chosen["engine"], **network
    )
    more = {name: table.attrs[name] for name in ("measure", "engine", "reference")}
    parameters = {"eco": source, "two_mode": modes, "engine": chosen["engine"], **network}
    shown = table.head(top or len(table))
    note = (
        f"{table.attrs['network']['rows']} rows and {table.attrs['network']['columns']} columns, "
        "each against the most that a node of its mode can reach (Borgatti and Everett)."
    )
    return Answer("centrality", parameters, shown, table.attrs["network"], more, notes=[note])


def with_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with doubt for the eye: each rank as ``3 (2–6)`` in one column."""
    from partnergraph.analysis.doubt import rank_in_words

    kept = ["name", "kind", *table.attrs["measure"]]
    if "expected_rank" in table:
        kept.append("expected_rank")
    shown = table[kept].copy()
    shown.insert(0, "rank", [rank_in_words(row) for _, row in table.iterrows()])
    return shown


def doubt_in_words(table: pd.DataFrame) -> list[str]:
    """Say what the doubt of a centrality table means."""
    notes = []
    about = table.attrs.get("doubt")
    first = table.attrs["measure"][0]
    if about and about["kind"] == "dominance":
        pairs = "no" if pd.isna(about["comparable"]) else f"{about['comparable']:.0%} of the"
        notes.append(
            f"Ranks by {first}, in brackets what any centrality can make of them: {pairs} pairs "
            f"can be compared whichever is meant. The expected rank is {about['method']}; 1 is the "
            "most central."
        )
    elif about:
        what = "ties are unrecorded" if about["kind"] == "missing" else "nodes did not answer"
        stays = about["stays_first"].get(first)
        notes.append(
            f"Ranks by {first}, in brackets the middle {about['within']:.0%} of {about['draws']} "
            f"draws if {about['rate']:.0%} of the {what}."
            + ("" if stays is None else f" {_leader(table)} stays first, alone, in {stays:.0%}.")
        )
    for name, words in table.attrs.get("inexact", {}).items():
        notes.append(f"{name} is an estimate ({words}).")
    if about:
        notes.append(_told_apart(table))
    if "approximate" in table.attrs:
        a = table.attrs["approximate"]
        notes.append(
            f"Betweenness is estimated from {a['samples']:,} random paths: within "
            f"{a['epsilon']:g} for all nodes together at {a['confidence']:.0%} confidence; "
            f"{a['certified_of_top_10']} of the first ten are certain to be among the first ten."
        )
    return notes


def _leader(table: pd.DataFrame) -> str:
    return str(table["name"].iloc[0]) if len(table) else "Nobody"


def _told_apart(table: pd.DataFrame) -> str:
    """Say whose place is sure: their interval overlaps with nobody's."""
    ranked = table[table["rank"].notna()].sort_values(["rank_low", "rank_high"])
    low, high = ranked["rank_low"].to_numpy(), ranked["rank_high"].to_numpy()
    before = np.maximum.accumulate(np.concatenate([[0.0], high]))[:-1]
    after = np.append(low[1:], np.inf)
    sure = ranked[(before < low) & (high < after)]
    if len(sure) == len(ranked):
        return "Everybody's rank is sure." if len(ranked) else "There is nobody to rank."
    shared = int(ranked["rank"].duplicated(keep=False).sum())
    names = ", ".join(f"{row['name']} ({row['rank']:.0f})" for _, row in sure.head(5).iterrows())
    more = f" and {len(sure) - 5} more" if len(sure) > 5 else ""
    return (
        (f"Sure of their rank: {names}{more}. " if len(sure) else "Nobody's rank is sure. ")
        + f"The other {len(ranked) - len(sure)} could change places with each other"
        + (f"; {shared} share a rank, the data cannot tell them apart." if shared else ".")
    )


def weave(
    eco: Ecosystem,
    source: str,
    network: dict[str, Any],
    *,
    nulls: int | None,
    seed: int,
    top: int | None,
    brief: bool,
) -> Answer:
    """Answer the verb structure: the whole and each tie; brief has verdicts, not all figures."""
    from partnergraph.analysis.cohesion import cohesion
    from partnergraph.analysis.structure import structure, tie_structure

    tight = cohesion(eco, **network)
    whole = structure(eco, nulls=nulls, seed=seed, **network)
    ties = tie_structure(eco, nulls=nulls, seed=seed, **network)
    parameters = {"eco": source, "nulls": nulls, "seed": seed, **network}
    more = {"structure": whole.to_dict("index"), "verdict": whole.attrs["verdict"]}
    more |= {"null": {"whole": whole.attrs["null"], "ties": ties.attrs["null"]}}
    more |= {"least_q": ties.attrs["least_q"], "cohesion": tight["value"].to_dict()}
    rows = ties.head(top or len(ties))
    others = {
        "How tightly the whole hangs together": tight.dropna(subset="value"),
        "What the whole closes to": whole.assign(verdict=pd.Series(whole.attrs["verdict"])),
    }
    notes = weave_in_words(whole, ties)
    if brief:
        rows = _woven(rows)
    return Answer("structure", parameters, rows, ties.attrs["network"], more, others, notes)


def _woven(ties: pd.DataFrame) -> pd.DataFrame:
    """Return a table of ties for the eye: values, z, and the verdict of both in words."""
    shown = ties[["a_name", "b_name"]].reset_index(drop=True)
    for name, short in (
        ("structural_similarity", "similarity"),
        ("structural_complementarity", "complementarity"),
    ):
        shown[short] = ties[name].to_numpy()
        shown[f"{short} z"] = ties[f"{name}_z"].to_numpy()
        shown[f"{short} is"] = ties[f"{name}_verdict"].to_numpy()
    return shown


def weave_in_words(whole: pd.DataFrame, ties: pd.DataFrame) -> list[str]:
    """Say what the structure of the whole and of its ties comes down to."""
    words = {
        "structural_similarity": "Ties that close triangles (similarity)",
        "structural_complementarity": "Ties that close squares (complementarity)",
    }
    notes: list[str] = []
    for name, what in words.items():
        row = whole.loc[name]
        if pd.isna(row["value"]):
            notes.append(f"{what}: undefined, there are no paths that could close.")
            continue
        against = "" if pd.isna(row["p"]) else f" against {row['mean']:.3f} at random"
        z = "" if pd.isna(row["z"]) else f", z = {row['z']:.2f}"
        p = "" if pd.isna(row["p"]) else f", p = {row['p']:.3f}"
        told = whole.attrs["verdict"][name]
        notes.append(f"{what}: {row['value']:.3f}{against}{z}{p}: {told}.")
    if ties.attrs["least_q"] is None:
        return [*notes, f"No tie was tested. Random networks: {ties.attrs['null']}."]
    for name, what in (("similarity", "triangles"), ("complementarity", "squares")):
        told = ties[f"structural_{name}_verdict"].value_counts()
        beyond, weak = (int(told.get(word, 0)) for word in ("more than degrees give", "weak"))
        notes.append(
            f"{beyond or 'None'} of the {len(ties)} ties closes more {what} than degrees give"
            + (f", {weak} weakly so" if weak else "")
            + " (over all ties, Benjamini–Hochberg: q ≤ .01, weakly .05)."
        )
    least = ties.attrs["least_q"]
    if least > 0.01:
        notes.append(
            f"With so many random networks a tie alone cannot get below q = {least:.3f}; "
            "--nulls asks for more."
        )
    return notes


def brokerage(
    table: pd.DataFrame, parameters: dict[str, Any], *, top: int | None, brief: bool
) -> Answer:
    """Return a table of brokers as an answer; brief has stars for p ≤ .05 instead of z, p."""
    attrs, notes, others = table.attrs, [], {}
    for cut in sorted(attrs["cuts"], key=lambda cut: -sum(map(len, cut["cut"])))[:5]:
        notes.append(_cut_in_words(cut, len(table)))
    if not attrs["cuts"]:
        notes.append("Nobody alone cuts the network by leaving.")
    if "e_i_index" in attrs:
        notes += _groups_in_words(table, str(parameters["by"]))
    if attrs["bridges"]:
        others["Ties whose loss cuts the network"] = pd.DataFrame(attrs["bridges"])
    rows = table.head(top or len(table))
    if brief:
        rows = _starred(rows)
        if any(rows[role].astype(str).str.endswith("*").any() for role in ROLES if role in rows):
            notes.append("* more or fewer than when groups are exchanged at random, p ≤ .05.")
    names = (
        "e_i_index",
        "e_i_expected",
        "e_i_p",
        "groups",
        "ungrouped",
        "filled",
        "bridges",
        "cuts",
    )
    more = {name: attrs[name] for name in names if name in attrs}
    shown = others if brief else {}
    return Answer("brokers", parameters, rows, attrs["network"], more, shown, notes)


def _cut_in_words(cut: dict[str, Any], nodes: int) -> str:
    """Say what falls off when one leaves."""
    lost = sum(len(piece) for piece in cut["cut"])
    largest = nodes - 1 - lost
    return (
        f"Without {cut['name']} its part of the network falls into {cut['pieces']} pieces: "
        f"{lost} of the {nodes - 1} others {'is' if lost == 1 else 'are'} cut off from the rest."
        if lost < largest
        else f"Without {cut['name']} its part of the network falls into {cut['pieces']} pieces, "
        f"none of them large: {lost} of the {nodes - 1} others are outside the largest of these."
    )


def _groups_in_words(table: pd.DataFrame, by: str) -> list[str]:
    """Say whether ties run within groups or between them, and whether the data can tell."""
    attrs = table.attrs
    sizes = ", ".join(f"{group} {size}" for group, size in attrs["groups"].items())
    notes = []
    if pd.isna(attrs["e_i_index"]):
        notes.append(f"No tie joins two whose {by} is known ({sizes}): nothing to say of groups.")
    else:
        side = "between" if attrs["e_i_index"] > attrs["e_i_expected"] else "within"
        p = attrs["e_i_p"]
        told = "not tested" if pd.isna(p) else f"p = {p:.3f}"
        sure = "" if pd.isna(p) or p <= 0.05 else ", no more than chance gives"
        notes.append(
            f"By {by} ({sizes}) ties run {side} groups more than at random{sure}: E–I index "
            f"{attrs['e_i_index']:.3f}, expected {attrs['e_i_expected']:.3f}, {told}."
        )
    if attrs["ungrouped"]:
        known = len(table) - attrs["ungrouped"]
        better = ", ".join(f"{name} ({count})" for name, count in attrs["filled"].items())
        notes.append(
            f"Only {known} of {len(table)} have a {by}; the others have no part in the roles. "
            + (f"Known of more nodes: {better}." if better else "")
        )
    return notes


def _starred(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the eye: counts with a star where p is small; no empty role, z or p."""
    rows = rows.copy()
    for column in [c for c in rows.columns if c.endswith("_p")]:
        role = column.removesuffix("_p")
        rows[role] = [
            "–" if pd.isna(count) else f"{int(count)}{'*' if p <= 0.05 else ''}"
            for count, p in zip(rows[role], rows[column], strict=True)
        ]
    idle = [role for role in ROLES if role in rows and rows[role].isin(["–", "0"]).all()]
    rows["articulation"] = np.where(rows["articulation"], "yes", "")
    gone = [c for c in rows.columns if c.endswith(("_p", "_z"))]
    return rows.drop(columns=[*gone, *idle])


STATES = {
    "nodes": "in the network",
    "pairs": "tied pairs",
    "components": "pieces",
    "largest": "in the largest piece",
    "fragmentation": "share of pairs that can't reach each other",
    "distance_fragmentation": "the same, far apart counting in part",
    "orphans": "without any tie",
    "lost_capabilities": "capabilities that nobody holds any more",
}
FATES = {
    "leaves": ("leaves", "leave"),
    "ends": ("ends", "end"),
    "orphaned": ("is left without any tie", "are left without any tie"),
    "cut off": ("is cut off from the largest piece", "are cut off from the largest piece"),
    "loses ties": ("loses ties", "lose ties"),
    "as before": ("is as before", "are as before"),
}


def drill(
    eco: Ecosystem,
    source: str,
    network: dict[str, Any],
    *,
    leave: tuple[str, ...],
    until: str | None,
    key_players: int | None,
    minimum: int,
    by: str | None,
) -> Answer:
    """Answer the verb fragility: key players where asked for, else who leaves or what ends."""
    from partnergraph.analysis import fragility

    parameters = {
        "eco": source,
        "leave": list(leave),
        "until": until,
        "key_players": key_players,
        "minimum": minimum,
        "by": by,
        **network,
    }
    ends = fragility.forecast(eco, by=by, **network)
    if key_players is not None:
        table = fragility.key_players(eco, key_players, **network)
        keys = ("set", "fragmentation", "method", "before", "after")
    else:
        table = fragility.fragility(eco, leave=leave, until=until, minimum=minimum, **network)
        keys = ("before", "after", "cascade", "cascade_steps", "capabilities")
    more = {key: table.attrs[key] for key in keys} | {"forecast": ends}
    states = {key: table.attrs[key] for key in ("before", "after", "cascade") if key in table.attrs}
    columns = {"cascade": "after what follows"}
    shown = pd.DataFrame(states).rename(index=STATES, columns=columns).rename_axis("what")
    others = {"Before and after": shown}
    if len(ends):
        others["What lapses unless renewed"] = ends
    notes = drill_in_words(table, ends, until)
    return Answer("fragility", parameters, table, table.attrs["network"], more, others, notes)


def drill_in_words(table: pd.DataFrame, ends: pd.DataFrame, until: str | None) -> list[str]:
    """Say what breaks, in sentences a board can use."""
    attrs = {str(name): value for name, value in table.attrs.items()}
    fates = {} if "method" in attrs else table["fate"].value_counts().to_dict()
    notes = broken_in_words(attrs, fates)
    if until is not None and attrs["before"]["nodes"] and "method" not in attrs:
        notes.append(_lapse_in_words(ends, until))
    return notes


def broken_in_words(attrs: dict[str, Any], fates: Mapping[Any, int]) -> list[str]:
    """Say what the states before and after come to, and how many meet which fate."""
    before, after = attrs["before"], attrs["after"]
    if not before["nodes"]:
        return ["The network is empty: nothing can break."]
    notes = [
        f"{before['nodes']} in {_pieces(before)} become {after['nodes']} in {_pieces(after)}; "
        f"the largest holds {after['largest']}. {_share(after['fragmentation'])} of the pairs "
        f"can't reach each other (before: {_share(before['fragmentation'])})."
    ]
    if "method" in attrs:
        return [*notes, f"The set is {attrs['method']}."]
    told = ", ".join(
        f"{fates[fate]} {words[int(fates[fate] > 1)]}"
        for fate, words in FATES.items()
        if fate in fates
    )
    notes.append(f"What becomes of the {before['nodes']}: {told}.")
    if attrs["capabilities"]:
        lost = ", ".join(c["name"] for c in attrs["capabilities"])
        notes.append(f"Nobody holds any more: {lost}.")
    steps = attrs["cascade_steps"]
    if steps:
        notes.append(
            f"{len(steps)} then fall under their minimum: "
            + ", ".join(step["name"] for step in steps)
            + "."
        )
    return notes


def _pieces(state: dict[str, Any]) -> str:
    return "one piece" if state["components"] == 1 else f"{state['components']} pieces"


def _share(value: float) -> str:
    return "An undefined share" if pd.isna(value) else f"{value:.0%}"


def _lapse_in_words(ends: pd.DataFrame, until: str) -> str:
    """Say which share of the ties lapses by a date, as far as whole years tell."""
    if ends.empty:
        return "No tie has an end date: nothing lapses."
    whole, year = ends.reset_index(), int(until[:4])
    every = whole[whole["group"] == "all"]
    by_then = every[every["year"] <= year]
    share = by_then["share"].iloc[-1] if len(by_then) else 0.0
    total, dated = every[["ties", "dated"]].iloc[-1]
    return (
        f"By {year}, {share:.0%} of the {total} ties lapse unless renewed. Only {dated} have an "
        f"end date, the last before {every['year'].iloc[-1]}; of the others nothing is known."
    )
