"""The verb structure: how cohesive the whole is, and what each tie closes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.cohesion import cohesion
from partnergraph.analysis.structure import MORE, WEAK, TieStructure, structure, tie_structure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer
from partnergraph.views.words import told

SHAPES = ("similarity", "complementarity")


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb structure: the whole and each tie; for the eye verdicts, not all figures."""
    chosen, scope, top = asked.options, asked.scope, asked.top
    tight = cohesion(eco, **scope)
    whole = structure(eco, **chosen, **scope)
    ties = tie_structure(eco, **chosen, **scope)
    parameters = {"eco": asked.source, **chosen, **scope}
    figures = whole.drop(columns="verdict").to_dict("index")
    more: dict[str, Any] = {"structure": figures, "verdict": whole["verdict"].to_dict()}
    more |= {"null": {"whole": whole.attrs["null"], "ties": ties.null}}
    more |= {"least_q": ties.least_q, "cohesion": tight["value"].to_dict()}
    others = {
        told("structure.cohesion"): tight.dropna(subset="value"),
        told("structure.whole"): whole,
    }
    rows = ties.table.head(top or len(ties.table))
    if asked.format == "table":
        rows = _for_the_eye(rows)
    network, notes = ties.table.attrs["network"], _in_words(whole, ties)
    return Answer("structure", parameters, rows, network, more, others, notes)


def _for_the_eye(ties: pd.DataFrame) -> pd.DataFrame:
    """Return a table of ties by name: values, z, and the verdict of both in words."""
    shown = ties[["a_name", "b_name"]].reset_index(drop=True)
    for short in SHAPES:
        shown[short] = ties[f"structural_{short}"].to_numpy()
        shown[f"{short} z"] = ties[f"structural_{short}_z"].to_numpy()
        shown[f"{short} is"] = ties[f"structural_{short}_verdict"].to_numpy()
    return shown


def _in_words(whole: pd.DataFrame, ties: TieStructure) -> list[str]:
    notes = [_whole_in_words(whole, shape) for shape in SHAPES]
    least = ties.least_q
    if least is None:
        return [*notes, told("structure.untested", null=ties.null)]
    for shape in SHAPES:
        verdicts = ties.table[f"structural_{shape}_verdict"].value_counts()
        beyond, weak = (int(verdicts.get(word, 0)) for word in (MORE, WEAK))
        notes.append(
            told(
                f"structure.ties_{shape}" if beyond else f"structure.no_tie_{shape}",
                n=beyond,
                total=len(ties.table),
                weak=told("structure.weak", n=weak) if weak else "",
            )
        )
    return [*notes, told("structure.least_q", q=f"{least:.3f}")] if least > 0.01 else notes


def _whole_in_words(whole: pd.DataFrame, shape: str) -> str:
    row, what = whole.loc[f"structural_{shape}"], told(f"structure.{shape}")
    if pd.isna(row["value"]):
        return told("structure.undefined", what=what)
    known = [
        told(f"structure.{name}", value=f"{row[column]:.{digits}f}")
        for name, column, digits in (("z", "z", 2), ("p", "p", 3))
        if not pd.isna(row[column])
    ]
    if not pd.isna(row["p"]):
        known.insert(0, told("structure.at_random", value=f"{row['mean']:.3f}"))
    value, tested = f"{row['value']:.3f}", "".join(known)
    return told("structure.verdict", what=what, value=value, tested=tested, verdict=row["verdict"])
