"""How much of a page was found: precision, recall and F against a gold standard.

The gold standard is what a careful reader found, as JSON (see ``docs/reading.md``)::

    {"publisher": "Smart",
     "actors":   [{"name": "CESEP", "kind": "organisation", "aliases": ["Centre Socialiste …"]}],
     "projects": [{"name": "Let it Coop", "aliases": []}],
     "ties":     [{"kind": "member_of", "source": "Smart", "target": "Coopkracht"}],
     "periods":  ["2016/.."],
     "benefits": [{"subject": "Microstart"}]}

The publisher counts neither as found nor as missed. A name is found where it equals the name or
an alias in the gold once normalised.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import normalise

COLUMNS = ["level", "found", "gold", "right", "precision", "recall", "f", "missed", "extra"]


def read_gold(path: Path) -> dict[str, Any]:
    """Read the gold standard of a page.

    Raises
    ------
    MissingInput, UnusableInput
        If the file does not exist, or is not in the format.
    """
    try:
        gold = json.loads(read_bytes(path).decode("utf-8-sig"))
        named = [*gold["actors"], *gold.get("projects", [])]
        if not all(isinstance(e["name"], str) for e in named):
            raise TypeError("a name is not text")
        for tie in gold.get("ties", []):
            if tie["kind"] not in SCHEMA.tie_kinds or not tie["source"] or not tie["target"]:
                raise ValueError(f"the tie kind {tie['kind']!r} does not exist")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableInput(
            path, f"it is not a gold standard ({error})", "See docs/reading.md"
        ) from None
    return dict(gold)


def evaluate(candidates: Iterable[Mapping[str, Any]], gold: Mapping[str, Any]) -> pd.DataFrame:
    """Compare candidates with the gold standard of their page.

    Parameters
    ----------
    candidates
        As ``read --format json`` prints them.
    gold
        See `read_gold`.

    Returns
    -------
    DataFrame
        One row for actors, projects, pairs, ties (with kind and direction), periods and
        benefits: ``level found gold right precision recall f missed extra``. Undefined is NaN.
    """
    rows = [dict(c) for c in candidates]
    names, own = GoldNames(gold, rows), set(SCHEMA.actors)
    found = _by_level(
        set(names.nodes(rows, own)) - names.own,
        set(names.nodes(rows, set(SCHEMA.default_network) - own)),
        set(names.ties(rows)),
        {r["period"] for r in rows if r["type"] == "period"},
        [names.id(r["subject"]) for r in rows if r["type"] == "benefit"],
    )
    wanted = _by_level(
        {names.id(e["name"]) for e in gold["actors"]} - names.own,
        [e["name"] for e in gold.get("projects", [])],
        {names.tie(t["kind"], t["source"], t["target"]) for t in gold.get("ties", [])},
        gold.get("periods", []),
        [names.id(e["subject"]) for e in gold.get("benefits", [])],
    )
    table = [_scores(level, found[level], wanted[level]) for level in found]
    return pd.DataFrame(table, columns=COLUMNS)


def _by_level(
    actors: Iterable[str],
    projects: Iterable[str],
    ties: set[tuple[str, str, str]],
    periods: Iterable[str],
    benefits: Iterable[str],
) -> dict[str, Counter[Any]]:
    pairs = {tuple(sorted(pair)) for _, *pair in ties}
    levels = ("actors", "projects", "pairs", "ties", "periods", "benefits")
    return dict(
        zip(levels, map(Counter, (actors, projects, pairs, ties, periods, benefits)), strict=True)
    )


class GoldNames:
    """The ids of names: a name in the gold for it and its aliases, else the normalised form."""

    def __init__(self, gold: Mapping[str, Any], rows: list[dict[str, Any]]) -> None:
        self.ids: dict[str, str] = {}
        for entry in [*gold["actors"], *gold.get("projects", [])]:
            for name in (entry["name"], *entry.get("aliases", [])):
                for form in _forms(name):
                    self.ids.setdefault(form, entry["name"])
        publisher = gold.get("publisher", "")
        self.own = {self.id(publisher)} if publisher else set()
        # An alias in the gold identifies its candidate, too.
        for row in rows:
            if row["type"] == "alias" and (known := self._known(row["name"])):
                for form in _forms(row["subject"]):
                    self.ids.setdefault(form, known)
        self.kinds = {self.id(r["name"]): r["kind"] for r in rows if r["type"] == "node"}

    def _known(self, name: str) -> str | None:
        return next((self.ids[f] for f in _forms(name) if f in self.ids), None)

    def id(self, name: str) -> str:
        """Return the id of a name."""
        return self._known(name) or (normalise(name).key or name)

    def nodes(self, rows: list[dict[str, Any]], kinds: Iterable[str]) -> list[str]:
        """Return the ids of the nodes of some kinds."""
        wanted = set(kinds)
        return [self.id(r["name"]) for r in rows if r["type"] == "node" and r["kind"] in wanted]

    def ties(self, rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
        """Return the ties between actors and projects, as kind and two ids."""
        found = [(r["predicate"], r["subject"], r["object"]) for r in rows if r["type"] == "tie"]
        return [self.tie(*t) for t in found if self._counts(t)]

    def _counts(self, tie: tuple[str, str, str]) -> bool:
        """Return whether both ends are actors or projects, which the gold is about."""
        ends = [self.kinds.get(self.id(e), SCHEMA.actors[0]) for e in tie[1:]]
        return all(k in SCHEMA.default_network for k in ends)

    def tie(self, kind: str, source: str, target: str) -> tuple[str, str, str]:
        """Return a tie as kind and two ids, sorted where it has no direction."""
        a, b = self.id(source), self.id(target)
        if kind in SCHEMA.undirected:
            a, b = sorted((a, b))
        return kind, a, b


def _forms(name: str) -> tuple[str, str]:
    bare = normalise(name)
    key = bare.key.removeprefix("the ").removeprefix("le ").removeprefix("la ")
    return key, f"={bare.compact}"


def _scores(level: str, found: Counter[Any], wanted: Counter[Any]) -> tuple[Any, ...]:
    right, number, gold = (found & wanted).total(), found.total(), wanted.total()
    shares = (_share(right, number), _share(right, gold), _share(2 * right, number + gold))
    return level, number, gold, right, *shares, _shown(wanted - found), _shown(found - wanted)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _shown(items: Counter[Any]) -> str:
    names = [" - ".join(i) if isinstance(i, tuple) else str(i) for i in items]
    return "; ".join(sorted(names))
