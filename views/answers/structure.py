"""The verb structure: the whole, and what each tie closes."""

from __future__ import annotations

import pandas as pd

from partnergraph.analysis.cohesion import cohesion
from partnergraph.analysis.structure import structure, tie_structure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb structure: the whole and each tie; brief has verdicts, not all figures."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    tight = cohesion(eco, **scope)
    whole = structure(eco, **chosen, **scope)
    ties = tie_structure(eco, **chosen, **scope)
    parameters = {"eco": asked.source, **chosen, **scope}
    more = {"structure": whole.to_dict("index"), "verdict": whole.attrs["verdict"]}
    more |= {"null": {"whole": whole.attrs["null"], "ties": ties.attrs["null"]}}
    more |= {"least_q": ties.attrs["least_q"], "cohesion": tight["value"].to_dict()}
    rows = ties.head(top or len(ties))
    others = {
        "How tightly the whole hangs together": tight.dropna(subset="value"),
        "What the whole closes to": whole.assign(verdict=pd.Series(whole.attrs["verdict"])),
    }
    notes = _in_words(whole, ties)
    if asked.format == "table":
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


def _in_words(whole: pd.DataFrame, ties: pd.DataFrame) -> list[str]:
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
