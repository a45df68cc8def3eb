"""From decisions to an ecosystem: what was accepted, every fact with its place and quote.

The ties of a rejected or undecided node are left out; an edited name keeps the old form as an
alias; a period belongs to the project it was next to, a benefit to the tie with the publisher. The
same draft gives the same ecosystem, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import AlreadyThere, in_words
from partnergraph.graph.formats import datapackage
from partnergraph.graph.ids import slug
from partnergraph.graph.network_options import number_of
from partnergraph.graph.periods import Period
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.build import combine
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.identity.scopes import Reading
from partnergraph.loaders.page.dates_in_text import FOUNDING_RULE
from partnergraph.loaders.page.extract import LEFT_OUT
from partnergraph.loaders.page.words import kinds
from partnergraph.loaders.review.deciding import acceptance, decide
from partnergraph.loaders.review.draft import Draft, load_draft, save_draft, texts
from partnergraph.loaders.review.table import read_review

Row = Mapping[str, str]
ASK_TIE = "Which tie does it date?"


def apply(
    draft: Draft, *, by: str | None = None, on: str | None = None
) -> tuple[Ecosystem, list[str]]:
    """Make an ecosystem of what was accepted, and report what was left out and why.

    Parameters
    ----------
    by, on
        Who decided and when, for the receipts.
    """
    eco, said, _ = _applied(draft, by=by, on=on)
    return eco, said


def _applied(
    draft: Draft, *, by: str | None, on: str | None
) -> tuple[Ecosystem, list[str], list[str]]:
    """Return the same as `apply`, and the ids of the rows that are undecided again."""
    collected = _Applied(draft)
    eco, said = collected.build({"recorded_by": by, "recorded_on": on})
    return eco, said, collected.open


def apply_review(
    draft: Path,
    table: Path,
    folder: Path,
    *,
    existing: Literal["merge", "replace"] | None = None,
    by: str | None = None,
    on: str | None = None,
) -> list[str]:
    """Apply a reviewed table to a draft's folder, save the ecosystem, and report what was done.

    The decisions are kept in the draft. The same draft and table give the same files.

    Raises
    ------
    AlreadyThere
        If the folder has another ecosystem and `existing` is None.
    MissingInput, UnusableInput
        If the draft or the table cannot be read.
    """
    decided = decide(load_draft(draft), read_review(table))
    eco, said, still_open = _applied(decided, by=by, on=on)
    asked = decided.table["id"].isin(still_open)
    decided.table.loc[asked, ["decision", "note"]] = ["", ASK_TIE]
    with datapackage.writing(folder):
        if datapackage.is_package(folder):
            there = datapackage.load(folder)
            if existing == "merge":
                eco, more = combine([Reading(str(folder), there), Reading(str(draft), eco)])
                said += more
            elif existing is None and there != eco:
                raise AlreadyThere(f"{folder} has an ecosystem. Use --merge or --replace")
        datapackage.save(eco, folder)
    save_draft(decided, draft, update=False)
    rates = [
        f"rule {r['rule']}: {r['accepted']} of {r['accepted'] + r['rejected']} accepted"
        for r in acceptance(decided).to_dict("records")
        if r["accepted"] + r["rejected"]
    ]
    size = f"{number_of(len(eco.nodes), 'node')}, {number_of(len(eco.ties), 'tie')}"
    return [*decided.said, *said, *rates, f"{folder} is ready: {size}"]


class _Applied:
    """Collects the rows of an ecosystem from the accepted candidates.

    Ids are found by folded name; a tie's key is its kind, two ids, role and period.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        rows = draft.table[draft.table["decision"].isin(["accept", "edit"])]
        self.rows: list[Row] = [texts(r) for r in rows.to_dict("records")]
        self.said: list[str] = []
        # Ids of accepted rows about which something is still to be asked.
        self.open: list[str] = []
        self.ids: dict[str, str] = {}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.aliases: dict[tuple[str, str], str] = {}
        self.ties: dict[tuple[str, ...], dict[str, Any]] = {}
        self.receipts: list[tuple[tuple[str, ...] | str, str, Row]] = []
        self.periods: dict[str, list[tuple[Period, Row]]] = defaultdict(list)

    def build(self, recorded: Mapping[str, Any]) -> tuple[Ecosystem, list[str]]:
        steps = {
            "node": self._node,
            "alias": self._alias,
            "tie": self._tie,
            "period": self._period,
            "benefit": self._benefit,
        }
        for type, step in steps.items():
            for row in self.rows:
                if row["type"] == type:
                    step(row)
            if type == "node":
                self._publisher()
            elif type == "tie":
                self._partners_after_all()
        self._settle_periods()
        return self._write(recorded)

    # -- one row at a time ---------------------------------------------------------------------

    def _id(self, name: str) -> str | None:
        return self.ids.get(fold(name))

    def _free(self, name: str) -> str:
        """Return an id for a name that no node has yet."""
        wanted = id = _id_of(name)
        number = 2
        while id in self.nodes:
            id, number = f"{wanted}-{number}", number + 1
        return id

    def _node(self, row: Row) -> None:
        name = row["new_name"] or row["name"]
        kind = row["new_kind"] or row["kind"]
        id = row["same_as"] or self._id(name) or self._free(name)
        subtype = row["new_subtype"] or ("" if row["new_kind"] else row["subtype"])
        node = self.nodes.setdefault(id, {"kind": kind, "name": name, "subtype": subtype or None})
        for form in (name, row["name"]):
            self.ids.setdefault(fold(form), id)
        if fold(row["name"]) != fold(node["name"]):
            self.aliases[id, row["name"]] = "name"
        self.receipts.append((id, "", row))

    def _publisher(self) -> None:
        """Add the publisher where it was accepted or not decided: the pages are its own."""
        name, table = self.draft.publisher, self.draft.table
        if not name:
            return
        mine = table[(table["type"] == "node") & (table["name"].map(fold) == fold(name))]
        refused = mine["decision"].eq("reject").any()
        if self.rows and fold(name) not in self.ids and not refused:
            id = self.ids[fold(name)] = self._free(name)
            self.nodes[id] = {"kind": SCHEMA.actors[0], "name": name, "subtype": None}
            row = next(map(texts, mine.to_dict("records")), {})
            self.receipts.append((id, "", row))

    def _alias(self, row: Row) -> None:
        id = self._id(row["subject"])
        if id is None:
            self._leave_out(row)
            return
        kind = row["new_kind"] or row["kind"]
        known = kind if kind in SCHEMA.values["alias_kind"] else "name"
        self.aliases[id, row["new_name"] or row["name"]] = known
        self.ids.setdefault(fold(row["name"]), id)

    def _tie(self, row: Row) -> None:
        source, target = self._id(row["subject"]), self._id(row["object"])
        if source is None or target is None or source == target:
            self._leave_out(row)
            return
        kind = row["new_kind"] or row["predicate"] or row["kind"]
        if kind in SCHEMA.undirected:
            source, target = sorted((source, target))
        text = row["new_period"] or row["period"]
        period = Period.parse(text) if text else Period()
        key = (kind, source, target, row["role"], str(period))
        inferred = row["default"] == "true"
        tie = {
            "role": row["role"] or None,
            "start": period.start or None,
            "end": period.end or None,
            "status": "inferred" if inferred else "declared",
            "confidence": float(row["confidence"]) if inferred else None,
        }
        self.ties.setdefault(key, tie)
        self.receipts.append((key, "", row))

    def _partners_after_all(self) -> None:
        """Make partners of accepted names that were left out and have no tie: a default."""
        us = self._id(self.draft.publisher) if self.draft.publisher else None
        tied = {end for key in self.ties for end in key[1:3]}
        for row in self.rows:
            them = self._id(row["name"]) if row["rule"] == LEFT_OUT else None
            if not us or not them or them in tied or them == us:
                continue
            if self.nodes[them]["kind"] not in SCHEMA.actors:
                continue
            key = (kinds().partner, *sorted((us, them)), "", str(Period()))
            self.ties[key] = {"role": None, "start": None, "end": None, "status": "inferred"}
            self.ties[key]["confidence"] = 0.3
            self.receipts.append((key, "", row))

    def _period(self, row: Row) -> None:
        id = self._id(row["subject"])
        if id is None:
            self._leave_out(row)
            return
        text = row["new_period"] or row["period"]
        node = self.nodes[id]
        if text.startswith("FREQ="):
            node["recurrence"] = text
            self.receipts.append((id, "recurrence", row))
        elif node["kind"] in SCHEMA.period_lenders:
            self.periods[id].append((Period.parse(text), row))
        elif row["rule"] == FOUNDING_RULE:
            node["start"] = Period.parse(text).start
            self.receipts.append((id, "start", row))
        elif not any(text == key[4] and id in key[1:3] for key in self.ties):
            self._partnership_period(id, text, row)

    def _partnership_period(self, id: str, text: str, row: Row) -> None:
        """Give a period to the tie that it dates; where that is unclear, the row stays open.

        The tie is the one that the row names (`object`), the only one with the publisher, or the
        only one at all, and has no period yet.
        """
        us, named = self._id(self.draft.publisher), self._id(row["object"])
        free = [k for k, t in self.ties.items() if not (t["start"] or t["end"])]
        held = [k for k in free if {id, named} == {k[1], k[2]}]
        held = held or [k for k in free if {id, us} == {k[1], k[2]}]
        held = held or [k for k in free if id in k[1:3]]
        held = [k for k in held if k[0] in SCHEMA.undirected] or held
        if len(held) != 1:
            self.open.append(row["id"])
            self.said.append(
                f"{row['subject']}, {text}: which tie it dates is not said, so the row is "
                "undecided again. Write the other end of the tie in the column object, or the "
                "period in new_period of the tie"
            )
            return
        period = Period.parse(text)
        self.ties[held[0]] |= {"start": period.start or None, "end": period.end or None}
        self.receipts.append((held[0], "start", row))

    def _settle_periods(self) -> None:
        """Give a project the time from its first start to its last end."""
        for id, found in self.periods.items():
            starts = [p.start for p, _ in found if p.start]
            ends = [p.end for p, _ in found if p.end]
            self.nodes[id]["start"] = min(starts, default=None)
            self.nodes[id]["end"] = ".." if ".." in ends else max(ends, default=None)
            self.receipts += [(id, "start", row) for _, row in found]

    def _benefit(self, row: Row) -> None:
        giver, members = self._id(row["subject"]), self._id(row["object"])
        held = [k for k in self.ties if {giver, members} == {k[1], k[2]}]
        if giver is None or not held:
            self._leave_out(row)
            return
        key = min(held, key=lambda k: (k[0] not in SCHEMA.undirected, k))
        words = row["new_name"] or row["name"]
        before = self.ties[key].get("member_benefit")
        self.ties[key]["member_benefit"] = f"{before}; {words}" if before else words
        self.receipts.append((key, "member_benefit", row))

    def _leave_out(self, row: Row) -> None:
        what = " ".join(filter(None, map(row.get, ("subject", "predicate", "object", "name"))))
        self.said.append(f"{row['type']} {what}: left out, because an end is not accepted")

    # -- writing -------------------------------------------------------------------------------

    def _write(self, recorded: Mapping[str, Any]) -> tuple[Ecosystem, list[str]]:
        publisher = self.draft.publisher
        pages = ", ".join(d["name"] for d in self.draft.documents)
        name = _id_of(publisher or pages)
        title = f"{publisher} and its partners" if publisher else f"Partners on {pages}"
        b = EcosystemBuilder(About(name=name, title=title, focus=name if publisher else ""))
        for id, node in sorted(self.nodes.items()):
            b.node(id, **node)
        for (id, alias), kind in sorted(self.aliases.items()):
            if alias != self.nodes[id]["name"]:
                b.alias(id, alias, kind=kind)
        facts = {key: b.tie(*key[:3], **tie) for key, tie in sorted(self.ties.items())}
        sources: dict[str, str] = {}
        for document in self.draft.documents:
            sources[document["name"]] = b.source(
                _id_of(f"{publisher} {document['name']}"),
                title=document["name"],
                publisher=self._id(publisher) or publisher or None,
                language=document.get("language") or None,
                sha256=document.get("sha256") or None,
            )
        for receipt in self._receipts(facts, sources):
            b.evidence(**receipt, **recorded)
        eco = b.build(errors="set_aside")
        self.said += [f"set aside: {in_words(r)}" for r in b.aside.to_dict("records")]
        return eco, self.said

    def _receipts(
        self, facts: Mapping[tuple[str, ...], str], sources: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        seen = set()
        default = next(iter(sources.values()), None)
        for fact, attribute, row in self.receipts:
            id = fact if isinstance(fact, str) else facts[fact]
            source = sources.get(row.get("document", ""), default)
            quote = row.get("quote") or None
            locator = f"characters {row['start']}-{row['end']}" if quote else "added in review"
            place = {"source": source, "attribute": attribute or None, "locator": locator}
            key = (id, *place.values())
            if source is not None and key not in seen:
                seen.add(key)
                yield {"fact": id, **place, "quote": quote}


def _id_of(name: str) -> str:
    """Return an id made of a name.

    >>> _id_of("Centre Socialiste d’Éducation Permanente")
    'centre-socialiste-education-permanente'
    """
    made = slug(fold(name))[:60].strip("-")
    return made or "n" + hashlib.sha256(name.encode()).hexdigest()[:10]
