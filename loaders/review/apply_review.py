"""From decisions to an ecosystem: what was accepted, every fact with its place and quote.

A rejected or undecided node takes its ties along; an edited name keeps the old form as an alias;
a period goes to the project it was read beside, a benefit to the tie with the publisher. The same
draft gives the same ecosystem, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, in_words
from partnergraph.graph.ids import slug
from partnergraph.graph.periods import Period
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.build import combine
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.review.deciding import acceptance, decide
from partnergraph.loaders.review.draft import Draft, load_draft, save_draft
from partnergraph.loaders.review.table import read_review

Row = Mapping[str, str]


def apply(
    draft: Draft, *, by: str | None = None, on: str | None = None
) -> tuple[Ecosystem, list[str]]:
    """Make an ecosystem of what was accepted, and say what was left out and why.

    Parameters
    ----------
    by, on
        Who decided and when, for the receipts; blank where not given.
    """
    return _Applied(draft, by, on).build()


def apply_review(
    draft: Path,
    table: Path,
    folder: Path,
    *,
    existing: Literal["merge", "replace"] | None = None,
    by: str | None = None,
    on: str | None = None,
) -> list[str]:
    """Apply a reviewed table to a draft's folder, save the ecosystem, and say what happened.

    The decisions are kept in the draft. The same draft and table give the same files; applied to
    an ecosystem of the same content, it is left as it is.

    Raises
    ------
    AlreadyThere
        Where another ecosystem is in the folder and `existing` is None.
    MissingInput, UnusableInput
        Where the draft or the table cannot be read.
    """
    from partnergraph.graph.formats import datapackage

    decided = decide(load_draft(draft), read_review(table))
    eco, said = apply(decided, by=by, on=on)
    if datapackage.is_package(folder):
        there = datapackage.load(folder)
        if existing == "merge":
            eco, more = combine([(str(folder), there), (str(draft), eco)])
            said += more
        elif existing is None and there != eco:
            raise AlreadyThere(f"{folder} has an ecosystem. Use --merge to add to it, or --replace")
    datapackage.save(eco, folder)
    save_draft(decided, draft, update=False)
    rates = acceptance(decided)
    said += [
        f"rule {r['rule']}: {r['accepted']} of {r['accepted'] + r['rejected']} accepted"
        for r in rates.to_dict("records")
        if r["accepted"] + r["rejected"]
    ]
    return [
        *decided.said,
        *said,
        f"{folder} is ready: {len(eco.nodes)} nodes, {len(eco.ties)} ties",
    ]


class _Applied:
    """Collects rows of an ecosystem from the accepted candidates."""

    def __init__(self, draft: Draft, by: str | None, on: str | None) -> None:
        self.draft, self.by, self.on = draft, by, on
        self.rows = [
            {str(k): str(v) for k, v in r.items()}
            for r in draft.table.to_dict("records")
            if r["decision"] in ("accept", "edit")
        ]
        name = _id_of(draft.publisher)
        self.builder = EcosystemBuilder(
            name=name, title=f"{draft.publisher} and its partners", focus=name
        )
        self.said: list[str] = []
        self.ids: dict[str, str] = {}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.aliases: dict[tuple[str, str], str] = {}
        self.ties: dict[tuple[str, ...], dict[str, Any]] = {}
        self.receipts: list[tuple[tuple[str, ...] | str, str, Row]] = []
        self.periods: dict[str, list[tuple[Period, Row]]] = defaultdict(list)
        self.sources = {
            d["name"]: _id_of(f"{draft.publisher} {d['name']}") for d in draft.documents
        }

    def build(self) -> tuple[Ecosystem, list[str]]:
        for row in self._of("node"):
            self._node(row)
        self._publisher()
        for row in self._of("alias"):
            self._alias(row)
        for row in self._of("tie"):
            self._tie(row)
        for row in self._of("period"):
            self._period(row)
        for row in self._of("benefit"):
            self._benefit(row)
        self._settle_periods()
        return self._write()

    def _of(self, type: str) -> list[dict[str, str]]:
        return [r for r in self.rows if r["type"] == type]

    # -- one row at a time ---------------------------------------------------------------------

    def _node(self, row: Row) -> None:
        name = row["new_name"] or row["name"]
        kind = row["new_kind"] or row["kind"]
        id = row["same_as"] or self.ids.get(fold(name)) or self._free(_id_of(name))
        subtype = row["new_subtype"] or ("" if row["new_kind"] else row["subtype"])
        node = self.nodes.setdefault(id, {"kind": kind, "name": name, "subtype": subtype or None})
        for form in (name, row["name"]):
            self.ids.setdefault(fold(form), id)
        if fold(row["name"]) != fold(node["name"]):
            self.aliases[id, row["name"]] = "name"
        self.receipts.append((id, "", row))

    def _free(self, wanted: str) -> str:
        """Return an id nobody has yet."""
        id, number = wanted, 2
        while id in self.nodes:
            id, number = f"{wanted}-{number}", number + 1
        return id

    def _publisher(self) -> None:
        """Add the publisher where it was accepted or nobody decided: the pages are its own."""
        name = self.draft.publisher
        table = self.draft.table
        mine = table[(table["type"] == "node") & (table["name"].map(fold) == fold(name))]
        refused = mine["decision"].eq("reject").any()
        if self.rows and fold(name) not in self.ids and not refused:
            id = self._free(_id_of(name))
            self.nodes[id] = {"kind": SCHEMA.actors[0], "name": name, "subtype": None}
            self.ids[fold(name)] = id
            said = {str(k): str(v) for r in mine.head(1).to_dict("records") for k, v in r.items()}
            self.receipts.append((id, "", said))

    def _alias(self, row: Row) -> None:
        id = self.ids.get(fold(row["subject"]))
        if id is None:
            self._left_out(row)
            return
        kind = row["new_kind"] or row["kind"]
        known = kind if kind in SCHEMA.values["alias_kind"] else "name"
        self.aliases[id, row["new_name"] or row["name"]] = known
        self.ids.setdefault(fold(row["name"]), id)

    def _tie(self, row: Row) -> None:
        source, target = (self.ids.get(fold(row[e])) for e in ("subject", "object"))
        if source is None or target is None or source == target:
            self._left_out(row)
            return
        kind = row["new_kind"] or row["predicate"] or row["kind"]
        if kind in SCHEMA.undirected:
            source, target = sorted((source, target))
        text = row["new_period"] or row["period"]
        period = Period.parse(text) if text else Period()
        key = (kind, source, target, row["role"], str(period))
        tie = {
            "role": row["role"] or None,
            "start": period.start or None,
            "end": period.end or None,
            "status": "inferred" if row["default"] == "true" else "declared",
            "confidence": float(row["confidence"]) if row["default"] == "true" else None,
        }
        self.ties.setdefault(key, tie)
        self.receipts.append((key, "", row))

    def _period(self, row: Row) -> None:
        id = self.ids.get(fold(row["subject"]))
        if id is None:
            self._left_out(row)
            return
        text = row["new_period"] or row["period"]
        node = self.nodes[id]
        if text.startswith("FREQ="):
            node["recurrence"] = text
            self.receipts.append((id, "recurrence", row))
        elif node["kind"] in SCHEMA.period_lenders:
            self.periods[id].append((Period.parse(text), row))
        elif row["rule"] == "founding date":
            node["start"] = Period.parse(text).start
            self.receipts.append((id, "start", row))
        elif not any(text == key[4] and id in key[1:3] for key in self.ties):
            self._of_partnership(id, text, row)

    def _of_partnership(self, id: str, text: str, row: Row) -> None:
        """Give a period to the one undated partnership with the publisher; else say so."""
        us = self.ids.get(fold(self.draft.publisher))
        held = [k for k in self.ties if {id, us} == {k[1], k[2]} and k[0] in SCHEMA.undirected]
        if len(held) != 1 or self.ties[held[0]]["start"] or self.ties[held[0]]["end"]:
            self.said.append(f"{row['subject']}, {text}: of which tie is not said; left out")
            return
        period = Period.parse(text)
        self.ties[held[0]] |= {"start": period.start or None, "end": period.end or None}
        self.receipts.append((held[0], "start", row))

    def _settle_periods(self) -> None:
        """Give a project the time from its first start to its last end."""
        for id, found in self.periods.items():
            starts = [p.start for p, _ in found if p.start]
            ends = [p.end for p, _ in found if p.end]
            self.nodes[id]["start"] = min(starts) if starts else None
            self.nodes[id]["end"] = ".." if ".." in ends else max(ends) if ends else None
            self.receipts += [(id, "start", row) for _, row in found]

    def _benefit(self, row: Row) -> None:
        giver, members = (self.ids.get(fold(row[e])) for e in ("subject", "object"))
        held = [k for k in self.ties if {giver, members} == {k[1], k[2]}]
        if giver is None or not held:
            self._left_out(row)
            return
        key = min(held, key=lambda k: (k[0] not in SCHEMA.undirected, k))
        words = row["new_name"] or row["name"]
        before = self.ties[key].get("member_benefit")
        self.ties[key]["member_benefit"] = f"{before}; {words}" if before else words
        self.receipts.append((key, "member_benefit", row))

    def _left_out(self, row: Row) -> None:
        what = " ".join(
            w for w in (row["subject"], row["predicate"], row["object"], row["name"]) if w
        )
        self.said.append(f"{row['type']} {what}: left out, an end is not accepted")

    # -- writing -------------------------------------------------------------------------------

    def _write(self) -> tuple[Ecosystem, list[str]]:
        b = self.builder
        for id, node in sorted(self.nodes.items()):
            b.node(id, **node)
        for (id, alias), kind in sorted(self.aliases.items()):
            if fold(alias) != fold(self.nodes[id]["name"]) or alias != self.nodes[id]["name"]:
                b.alias(id, alias, kind=kind)
        facts = {
            key: b.tie(key[0], key[1], key[2], **tie) for key, tie in sorted(self.ties.items())
        }
        for document in self.draft.documents:
            b.source(
                self.sources[document["name"]],
                title=document["name"],
                publisher=self.ids.get(fold(self.draft.publisher)) or self.draft.publisher,
                language=document.get("language") or None,
                sha256=document.get("sha256") or None,
            )
        self._receipts(facts)
        eco = b.build(errors="set_aside")
        self.said += [f"set aside: {in_words(r)}" for r in b.aside.to_dict("records")]
        return eco, self.said

    def _receipts(self, facts: Mapping[tuple[str, ...], str]) -> None:
        seen = set()
        default = next(iter(self.sources.values()), None)
        for fact, attribute, row in self.receipts:
            id = fact if isinstance(fact, str) else facts[fact]
            source = self.sources.get(row.get("document", ""), default)
            placed = bool(row.get("quote"))
            locator = f"characters {row['start']}-{row['end']}" if placed else "added in review"
            if source is None or (id, attribute, source, locator) in seen:
                continue
            seen.add((id, attribute, source, locator))
            self.builder.evidence(
                id,
                source=source,
                attribute=attribute or None,
                locator=locator,
                quote=row.get("quote") or None,
                recorded_by=self.by,
                recorded_on=self.on,
            )


def _id_of(name: str) -> str:
    """Return an id made of a name.

    >>> _id_of("Centre Socialiste d’Éducation Permanente")
    'centre-socialiste-education-permanente'
    """
    made = slug(fold(name))[:60].strip("-")
    return made or "n" + hashlib.sha256(name.encode()).hexdigest()[:10]
