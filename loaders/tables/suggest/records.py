"""Tables whose rows are nodes, or say who takes part in what, drafted as a mapping.

What the columns mean decides what a row is: a node with its own columns, or a participation, where
no column tells the rows apart. What repeats with what then tells whose attribute a column is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import FALSE_WORDS, TRUE_WORDS
from partnergraph.loaders.tables.readers import form_of
from partnergraph.loaders.tables.sheets.sheet import Sheet
from partnergraph.loaders.tables.suggest.attributes import (
    attributes,
    between,
    indented,
    joining,
    node,
    own_name,
    split,
    tie,
)
from partnergraph.loaders.tables.suggest.look import (
    JOINING,
    MARKS,
    TELLING,
    TITLES,
    Look,
    kind_of_word,
    quoted,
)
from partnergraph.loaders.tables.suggest.meaning import labels_of_codes, meanings, relates
from partnergraph.loaders.tables.suggest.ties import depends, matched, pairs

ORGANISATION, NETWORK = SCHEMA.actors[0], SCHEMA.actors[-1]
PROJECT, MEMBER, PARTICIPANT = SCHEMA.period_lenders[0], SCHEMA.folding[0], SCHEMA.folding[-1]
PLACE = min(SCHEMA.tie_kinds[SCHEMA.locating].target_kinds)
THEME = next(k for t in SCHEMA.sought for k in SCHEMA.tie_kinds[t].target_kinds)
WHOLE = next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind)
SHEET = "$sheet"
_TREATY = {"treaty", "treaties", "treatyname", "agreement", "agreements", "verdrag", "convention"}
_ENDING = re.compile(r"term|end|einde?|fin|exp")
_PLAIN_SHEET = re.compile(r"(sheet|blad|feuil|tabelle|foglio|hoja)\s*\d*", re.IGNORECASE)
MATRIX = 3  # this many columns of marks are topics; fewer are attributes


class Records:
    """A table of records: its columns, what each means, and the draft of what it says.

    Attributes
    ----------
    subject
        Column that names what a row is; None where a row is a participation.
    kind
        Kind of the subject.
    """

    def __init__(
        self, looks: Sequence[Look], sheet: Sheet, forced: Mapping[str, str] | None = None
    ) -> None:
        self.meant = meanings(looks, forced or {})
        self.looks, self.sheet = self._told(looks), sheet
        self.subject: Look | None = None
        self.kind = ORGANISATION
        self.hub: Look | None = None
        self.actor: Look | None = None
        self._name_sheets()
        self._choose()

    def _told(self, looks: Sequence[Look]) -> list[Look]:
        """Return columns that know what their values say where their headers do not."""
        labels = {k.title for k in labels_of_codes(looks)}
        known = {k.role for k in looks if k.named}
        told = []
        for look in looks:
            meant = self.meant[look.title]
            if meant in ("country", "description", "url") and meant not in known:
                known.add(meant)
                told.append(replace(look, told=meant))
            elif look.title in labels and look.role == "description":
                told.append(replace(look, told="label"))  # of a code, whatever its header
            else:
                told.append(look)
        return told

    def of(self, *meant: str) -> list[Look]:
        """Return the columns that mean one of these."""
        return [k for k in self.looks if self.meant[k.title] in meant]

    # -- what a row is -------------------------------------------------------------------------

    def _choose(self) -> None:
        """Decide what a row is, and which columns name it."""
        self._name_things()
        able = [k for k in self.of(*SCHEMA.node_kinds) if k.separator is None]
        able = [k for k in able if k.share > 0.5 or (k.entity == "thing" and k.share > 0.2)]
        actors = [k for k in able if self.meant[k.title] == ORGANISATION and not self._relation(k)]
        actors = actors or [k for k in able if self.meant[k.title] == ORGANISATION]
        hubs = [k for k in able if self.meant[k.title] in (PROJECT, NETWORK)]
        if self.sheet.band:
            actors = [k for k in self.looks if k.title == self.sheet.band]
            below = [k for k in self.of("text", "thing", *SCHEMA.node_kinds) if k not in actors]
            hubs = [k for k in below if k.share > 0.8 and k.distinct > 0.8][:1] or hubs
        if not actors and hubs:
            actors = [k for k in able if self.meant[k.title] == PLACE and k not in hubs]
            if not actors and any(_TREATY & {*k.header.split("-")} for k in hubs):
                actors = [k for k in self.of("country") if k.share > 0.8][:1]  # states, as parties
            texts = [k for k in self.of("text") if k.share > 0.8]
            actors = actors or [k for k in texts if k.bodied > 0.1 or k.distinct > 0.1][:1]
            actors += hubs if not actors and len(hubs) > 1 else []
        if not actors and not hubs:
            places = [k for k in able if self.meant[k.title] in (PLACE, THEME)]
            actors = self._texts() or [k for k in places if k.distinct > 0.3 or not self._ids()]
        actor = max(actors, key=_first_and_full, default=None)
        hubs = [k for k in hubs if k is not actor]
        hub = max(hubs, key=lambda k: (k.share > 0.8, len(k.counts)), default=None)
        self._settle(actor, hub)

    def _name_sheets(self) -> None:
        """Decide what the names of sheets that are one table say: a network, or an attribute."""
        sheets = next((k for k in self.looks if k.title == SHEET), None)
        if sheets is None:
            return
        self.meant[SHEET] = "attribute"
        others = [k for k in self.looks if k is not sheets]
        constant = [k for k in others if k.nameable and matched(k, sheets) and k.share > 0.9]
        constant.sort(key=lambda k: (k.entity != NETWORK, k.coded))
        if constant and len(sheets.counts) > 1 and not constant[0].coded:
            if self.meant[constant[0].title] in ("text", "thing", "alias", "attribute", NETWORK):
                self.meant[constant[0].title], self.meant[SHEET] = NETWORK, "nothing"
        elif sheets.all(_PLAIN_SHEET.fullmatch):
            self.meant[SHEET] = "nothing"
        elif sheets.nameable and self._again_in_other_sheets(sheets):
            self.meant[SHEET] = NETWORK

    def _again_in_other_sheets(self, sheets: Look) -> bool:
        """Return whether names of one sheet stand in others, as members of several networks do."""
        for look in self.of("thing", "text", ORGANISATION, PLACE):
            if look.nameable and look.share > 0.8:
                again = look.values.groupby(look.values).agg(
                    lambda rows: len(set(sheets.values[rows.index]))
                )
                return bool((again > 1).mean() >= 0.1)
        return False

    def _settle(self, actor: Look | None, hub: Look | None) -> None:
        """Take the column that tells the rows apart as their subject, else none."""
        repeated = actor is not None and actor.distinct <= 0.85
        if actor is None and hub is None:
            return
        if actor is not None and hub is not None and self.sheet.band == actor.title:
            self.actor, self.hub = actor, hub
        elif actor is None or (hub is not None and repeated and _unique(hub)):
            self.subject = hub
        elif hub is None or not self._participates(actor, hub):
            first = min(
                (k for k in (actor, hub) if k is not None and _unique(k)),
                key=self.looks.index,
                default=actor,
            )
            self.subject = first
        else:
            self.actor, self.hub = actor, hub
        if self.subject is not None:
            meant = self.meant[self.subject.title]
            self.kind = meant if meant in SCHEMA.node_kinds else ORGANISATION
            marked = len([k for k in self.of("mark") if k.share > 0.2]) >= MATRIX
            if self.kind == PLACE and marked:
                self.kind = ORGANISATION  # towns that do something are actors
            if self.subject is actor and self.kind in (PLACE, "text"):
                self.kind = ORGANISATION if hub is not None or meant == "text" else meant

    def _participates(self, actor: Look, hub: Look) -> bool:
        """Return whether a row is who takes part in what, not a node with a column of it."""
        if hub.share <= 0.8:
            return False
        joined = any(JOINING & {*k.header.split("-")} for k in self.of("start"))
        joined |= actor.bracketed
        return (
            joined or actor.distinct <= 0.95 or bool(self.of("role", "lead", "amount", "strength"))
        )

    def _name_things(self) -> None:
        """Decide what a column called Name or Title names."""
        things = [k for k in self.of("thing") if k.separator is None]
        things.sort(key=lambda k: (not k.named, -min(k.share, 0.9), -k.distinct))
        others = self.of(ORGANISATION)
        kind = _kind_of_sheet(self.sheet)
        kind = "" if self.of(kind) else kind  # a column names those, so that the rows are others
        for thing in things:
            titled = {*thing.header.split("-")} & TITLES
            if titled and (others or self.of("lead", "amount")):
                own = PROJECT
            elif thing is not things[0]:
                again = matched(things[0], thing) and thing.share > 0.6 * things[0].share
                own = "alias" if again else "attribute"
            else:
                own = ORGANISATION if not others or thing.distinct > 0.85 else "attribute"
            self.meant[thing.title] = kind if kind and thing is things[0] else own
            others = [*others, thing]

    def _texts(self) -> list[Look]:
        """Return the column that may name the rows where no header says so."""
        texts = [k for k in self.of("text", "alias") if k.separator is None and k.share > 0.5]
        best = [k for k in texts if k.distinct > 0.95]
        best = best or [k for k in texts if k.distinct > 0.3 or not self._ids()]
        return sorted(best, key=lambda k: (-k.bodied, -k.distinct))[:1]

    def _ids(self) -> list[Look]:
        return [k for k in self.of("id") if _unique(k)]

    def _relation(self, look: Look) -> str:
        """Return the tie that the header of a column of actors states, blank without one."""
        ties = (WHOLE, "funds", "hosts", "succeeds", "lead", "member_of")
        return next((t for t in ties if relates(look, t)), "")

    def taken_for(self, look: Look) -> str:
        """Return what a column is taken for, as a meaning."""
        meant = self.meant[look.title]
        if look is self.subject and meant not in SCHEMA.node_kinds:
            return self.kind
        if look is self.actor and meant not in SCHEMA.node_kinds:
            return ORGANISATION
        if look is self.hub and meant not in SCHEMA.node_kinds:
            return PROJECT
        marks = meant == "mark" and look in self._marks()
        return THEME if marks else "attribute" if meant in ("text", "mark", "thing") else meant

    def doubts(self, look: Look) -> bool:
        """Return whether neither header nor values settle a column that enough rows fill."""
        if look.share < 0.05:
            return False  # the list of all columns, which can be changed, has it
        meant = self.meant[look.title]
        if meant == "text":
            return look.distinct > 0.3 or look in (self.subject, self.actor, self.hub)
        if meant == "mark":
            return look in self._marks()
        listed = meant == THEME and look.entity != THEME
        related = meant in SCHEMA.actors and look.entity not in (meant, "thing")
        return listed or related or (meant == "contact" and look.entity == "thing")

    # -- the draft -----------------------------------------------------------------------------

    def drafted(self, address: Sequence[str], others: Sequence[Records]) -> list[str]:
        """Return the lines of the draft below the address of the table.

        Parameters
        ----------
        address
            Lines that say which table it is.
        others
            The other tables that are drafted, whose rows columns of this one may name.
        """
        self.address, self.others = address, others
        contacts = [quoted(k.title) for k in self.of("contact")]
        head = [f"    persons: [{', '.join(contacts)}]"] if contacts else []
        self.looks = [k for k in self.looks if self.meant[k.title] not in ("contact", "nothing")]
        if links := self._links():
            return [*head, *links]
        if parts := self._taking_part():
            return [*head, *parts]
        if self.actor is not None and self.hub is not None:
            return [*head, *self._participation(self.actor, self.hub)]
        subject = self.subject
        unsure = subject is None or self.meant[subject.title] == "text" or subject.distinct < 0.5
        if unsure and (lines := pairs(self.looks)):
            return [*head, *lines]
        return [*head, *self._list(), *self._topics()]

    def _list(self) -> list[str]:
        """Draft a node for each row, and the nodes that its columns tie it to."""
        ids = self._ids()
        id, name = next(iter(ids), None), self.subject
        if id is None and name is not None and name.distinct <= 0.95:
            id = self._id_of(name, self.looks)
        shown = name or id
        if shown is None:
            return self._nameless()
        if name is None and shown.entity in SCHEMA.node_kinds:
            self.kind = shown.entity
        rest = [k for k in self.looks if k not in (id, name)]
        form = None
        if name and name.all(form_of, 0.05) and not any(k.role == "legal_form" for k in rest):
            form = f"{{column: {quoted(name.title)}, as: legal_form_of_name}}"
        aliases = [k for k in rest if self.meant[k.title] == "alias" and k.share and not k.numeric]
        listed = ", ".join(f"{{column: {quoted(a.title)}{split(a)}}}" for a in aliases)
        refers = {k.title: t for k in rest if (t := self._referred(k)) is not None}
        rest = [k for k in rest if k.title not in refers]
        aliases = [k for k in aliases if k in rest]
        others = [k for k in rest if self._ties_to(k)]
        marks = self._marks()
        left = [k for k in rest if k not in (*aliases, *others, *marks)]
        known = f"[{listed}]" if aliases else None
        members = [k for k in self.looks if refers.get(k.title) is self and relates(k, MEMBER)]
        kinds = self._kinds(members[0]) if members and self.kind == ORGANISATION else None
        more = attributes(left, "nodes")
        lines = node(
            self.kind, shown, more, kind=kinds, id=id, name=name, legal_form=form, aliases=known
        )
        nodes, ties = self._others(
            [k for k in self.looks if k in others or k.title in refers], refers
        )
        exploded = next((k for k in others if k.bracketed and k.separator), None)
        apart = [] if exploded is None else self._exploded(exploded)
        return [*apart, "    nodes:", *lines, *nodes, *(["    ties:", *ties] if ties else [])]

    def _exploded(self, look: Look) -> list[str]:
        """Draft that each value of a list is a row, as a role stands in brackets after it."""
        split = f"    split: {json.dumps(look.separator)}"
        return [f"    explode: [{quoted(look.title)}]", split]

    def _nameless(self) -> list[str]:
        """Draft a table in which nothing can be a name: countries are places, else codes stay."""
        countries = self.of("country")
        kind = PLACE if countries else ORGANISATION
        only = next(iter([*countries, *self.of("id"), *self.looks]), None)
        if only is None:
            return []
        rest = attributes([k for k in self.looks if k is not only], "nodes")
        return ["    nodes:", *node(kind, only, rest, name=only)]

    def _marks(self) -> list[Look]:
        """Return the columns of marks that are topics, none where they are few."""
        if self.kind not in SCHEMA.actors:
            return []
        beside: list[list[Look]] = [[]]
        for look in self.looks:
            if self.meant[look.title] == "mark" and not {*look.header.split("-")} & _STATES:
                beside[-1].append(look)
            elif beside[-1]:
                beside.append([])
        return next((run for run in beside if len(run) >= MATRIX), [])

    def _topics(self) -> list[str]:
        """Draft the topics that rows mark with yes, as a matrix of the same table."""
        marks, key = self._marks(), next(iter(self._ids()), self.subject)
        if not marks or key is None:
            return []
        titles = ", ".join(quoted(k.title) for k in marks)
        said = {v for k in marks for v in k.some if v.casefold() in TRUE_WORDS | {"x", "v", "1"}}
        odd = any(not _is_mark(v) for k in marks for v in k.some)
        networks = all(k.entity == NETWORK for k in marks)
        kind = MEMBER if networks else "active_in"
        if odd:  # what is neither yes nor no is listed
            meant = dict.fromkeys(sorted(said), kind)
            kind = f"{{column: cell, map: {json.dumps(meant, ensure_ascii=False)}}}"
        return [
            *indented(self.address),
            "    # columns of yes and no are topics; blank and no tie nothing",
            f"    matrix: {{rows: {quoted(key.title)}, columns: [{titles}]}}",
            "    nodes:",
            "      row: {id: row}",
            f"      topic: {{kind: {NETWORK if networks else THEME}, name: column}}",
            "    ties:",
            f"      - {{kind: {kind}, source: row, target: topic}}",
        ]

    # -- references ----------------------------------------------------------------------------

    def key(self) -> Look | None:
        """Return the column whose values tell the rows apart, ids before names."""
        return next(iter(self._ids()), self.subject)

    def _referred(self, look: Look) -> Records | None:
        """Return the table whose rows a column names by their ids, None where it names none."""
        parts = {p.casefold() for p in look.parts}
        hint = self._relation(look) or look.entity or look.identifying
        if not parts or look.title in (SHEET,) or (look.numeric and not hint):
            return None
        telling = bool({*look.header.split("-")} & TELLING - {"id", "ids", "code", "codes"})
        if look.numeric and telling and not self._relation(look):
            return None  # the numbers of a kind or status are those of rows by chance
        for table in (self, *self.others):
            ids = next(iter(table._ids()), None)
            if ids is None or ids is look or (table is self and look is self.subject):
                continue
            if look.numeric and not self._refers_by(look, ids, table):
                continue
            known = {v.casefold() for v in ids.counts.index}
            if len(parts & known) >= 0.9 * len(parts):
                return table
        return None

    def _refers_by(self, look: Look, ids: Look, table: Records) -> bool:
        """Return whether a header says that numbers are those of rows of a table."""
        if self._relation(look) or look.entity == table.kind or look.header == ids.header:
            return True
        stem = look.header.rpartition("-")[0] or look.header
        titled = stem.rstrip("s") in fold(table.sheet.title).replace(" ", "-")
        return table is not self and look.entity in ("", "thing") and titled

    def _links(self) -> list[str]:
        """Draft a table that says nothing but which rows of other tables are tied."""
        if self.subject is not None and self.subject.distinct > 0.85:
            return []
        found = [(k, self._referred(k)) for k in self.looks if self.meant[k.title] != "country"]
        ends = [(k, t) for k, t in found if t is not None and t is not self][:2]
        if len(ends) < 2:
            return []
        order = (*SCHEMA.actors, PROJECT, THEME, PLACE)
        ends.sort(key=lambda end: order.index(end[1].kind))
        (one, first), (other, second) = ends
        fitting = between(first.kind, second.kind)
        wanted = (PARTICIPANT, MEMBER, "offers", SCHEMA.locating, SCHEMA.undirected[0])
        kind = next((k for k in wanted if k in fitting), next(iter(fitting), ""))
        if not kind:
            return []
        rest = [*attributes([k for k in self.looks if k not in (one, other)], "ties")]
        nodes = [*node("from", one, id=one), *node("to", other, id=other)]
        return ["    nodes:", *nodes, *tie(kind, "from", "to", rest, comment=", ".join(fitting))]

    def _taking_part(self) -> list[str]:
        """Draft rows that each tie a row of another table, named by its id, to a project."""
        hub = self.subject
        if hub is None or self.kind not in (PROJECT, NETWORK) or self.actor is not None:
            return []
        if hub.distinct > 0.95 and not self.of("role", "lead"):
            return []
        for look in self.looks:
            table = None if look is hub else self._referred(look)
            if table in (None, self) or table.kind not in SCHEMA.actors:
                continue
            if look.entity != table.kind and not self._relation(look) and _unique(look):
                continue
            rest = [k for k in self.looks if k not in (look, hub)]
            own = [k for k in rest if hub.distinct < 0.9 and depends(k, hub)]
            nodes = [
                *node("from", look, id=look),
                *node(self.kind, hub, attributes(own, "nodes"), name=hub),
            ]
            ties = attributes([k for k in rest if k not in own], "ties")
            link = PARTICIPANT if self.kind == PROJECT else MEMBER
            return ["    nodes:", *nodes, *tie(link, "from", self.kind, ties)]
        return []

    def _kinds(self, member: Look) -> str | None:
        """Return which rows are networks, as others are members of them: by a column, or by id."""
        ids = next(iter(self._ids()), None)
        if ids is None:
            return None
        targets = {p.casefold() for p in member.parts}
        hubs = ids.values.map(lambda v: str(v).strip().casefold() in targets)
        for look in self.of("text", "attribute", *SCHEMA.node_kinds):
            if 1 < len(look.counts) <= 20 and look.separator is None and look is not self.subject:
                inside = set(look.filled[hubs.reindex(look.filled.index, fill_value=False)])
                outside = set(look.filled) - inside
                mixed = set(look.filled[~hubs.reindex(look.filled.index, fill_value=False)])
                if inside and outside and not inside & mixed:
                    meant = json.dumps(dict.fromkeys(sorted(inside), NETWORK), ensure_ascii=False)
                    return f"{{column: {quoted(look.title)}, map: {meant}, default: {self.kind}}}"
        spelt = sorted(v for v in ids.counts.index if v.casefold() in targets)[:200]
        meant = json.dumps(dict.fromkeys(spelt, NETWORK), ensure_ascii=False)
        return f"{{column: {quoted(ids.title)}, map: {meant}, default: {self.kind}}}"

    address: Sequence[str] = ()
    others: Sequence[Records] = ()

    def _ties_to(self, look: Look) -> bool:
        """Return whether a column names nodes that the subject is tied to."""
        meant = self.meant[look.title]
        if meant not in SCHEMA.node_kinds or not look.nameable:
            return False
        if meant == THEME and self.kind not in SCHEMA.actors:
            return False  # what a project is about, it does not require
        if meant == self.kind == ORGANISATION and not self._relation(look):
            # A partner of hundreds is a category, and which tie others would have is not said.
            named = relates(look, "partner_of") and (look.separator or look.distinct > 0.1)
            ours = set() if self.subject is None else {*self.subject.counts.index}
            return bool(named) or 2 * len(ours & {*look.parts}) > len(look.parts)
        several = len(look.counts) > 1 or look.separator is not None
        return several or meant in (PLACE, *SCHEMA.actors)

    def _others(
        self, looks: Sequence[Look], refers: Mapping[str, Records]
    ) -> tuple[list[str], list[str]]:
        """Draft the nodes that a subject is tied to by its own columns."""
        nodes: list[str] = []
        ties: list[str] = []
        labels = {self.kind}
        for look in looks:
            label = own_name(look.title, labels)
            labels.add(label)
            kind = self.meant[look.title]
            kind = NETWORK if kind == ORGANISATION and relates(look, MEMBER) else kind
            cell = self._named(look)
            if (table := refers.get(look.title)) is not None:
                kind = NETWORK if table is self and relates(look, MEMBER) else table.kind
                nodes += node(label, look, id=cell)
            else:
                nodes += node(label, look, kind=kind, name=cell)
            tied = self._tied(look, label, kind)
            if any(k.bracketed and k.separator for k in looks) and not look.bracketed:
                tied = tied.replace("}", ", once: true}", 1)  # in each row of a list
            ties.append(f"      - {tied}")
        return nodes, ties

    def _named(self, look: Look) -> str:
        """Return the cell with the names that a column holds, as YAML."""
        if look.bracketed:  # of a list, each value is a row of its own
            return f"{{column: {quoted(look.title)}, as: name_before_role}}"
        return f"{{column: {quoted(look.title)}{split(look)}}}"

    def _tied(self, look: Look, label: str, kind: str) -> str:
        """Return the tie between the subject and what a column of its names, as YAML."""
        source, target, role, comment = self.kind, quoted(label), "", ""
        relation = self._relation(look)
        if kind == PLACE:
            name = SCHEMA.locating
        elif kind == THEME:
            fitting = [k for k in between(self.kind, kind) if not SCHEMA.tie_kinds[k].same_kind]
            name = next((t for t in ("needs", "offers") if relates(look, t)), "active_in")
            comment = f"  # or {', '.join(k for k in fitting if k != name)}"
        elif self.kind == PROJECT and kind in SCHEMA.actors:
            name, source, target = PARTICIPANT, target, source
            roles = {"lead": "lead", "funds": "funder", "hosts": "host"}
            role = f", role: {{value: {roles.get(relation, 'partner')}}}"
            if look.bracketed:
                role = f", role: {{column: {quoted(look.title)}, as: role_in_brackets}}"
        elif kind == ORGANISATION and self.kind == NETWORK and not relation:
            name, source, target = MEMBER, target, source
        elif kind == PROJECT:
            name = WHOLE if self.kind == PROJECT else PARTICIPANT
        elif kind == NETWORK:
            name = MEMBER
        else:
            fits = relation in between(self.kind, kind)
            name = relation if fits else SCHEMA.undirected[0]
            if name == "funds":
                source, target = target, source
        return f"{{kind: {name}, source: {source}, target: {target}{role}}}{comment}"

    # -- participations ------------------------------------------------------------------------

    def _participation(self, actor: Look, hub: Look) -> list[str]:
        """Draft rows that each tie an actor to what it takes part in."""
        who, kind, link = ORGANISATION, PROJECT, PARTICIPANT
        if self.meant[hub.title] == NETWORK:
            kind, link = NETWORK, MEMBER
        if self.sheet.band == actor.title:
            kind, link = PROJECT, PARTICIPANT
        if kind == NETWORK and self.meant[actor.title] == PROJECT:
            actor, hub, kind, link = hub, actor, PROJECT, PARTICIPANT
        if self.meant[actor.title] == NETWORK and kind == PROJECT:
            who = NETWORK
        part = self.meant[actor.title] == PROJECT and kind == PROJECT
        if part:
            actor, hub = sorted((actor, hub), key=lambda k: -len(k.counts))
            link, who = WHOLE, "part"
        whole = self._whole(actor, hub) if kind == PROJECT and not part else None
        if whole is not None and len(whole.counts) > len(hub.counts):
            hub, whole = whole, hub
        taken = [k for k in (actor, hub, whole) if k is not None]
        rest = [k for k in self.looks if k not in taken]
        id_of = {k.title: self._id_of(k, rest) for k in taken}
        rest = [k for k in rest if k not in id_of.values()]
        start, end = self._period_of(hub, rest) if kind == PROJECT else (None, None)
        rest = [k for k in rest if k not in (start, end)]
        owned: dict[str, list[Look]] = {k.title: [] for k in (actor, hub)}
        owned["ties"] = []
        for look in rest:
            owned[self._owner(look, actor, hub)].append(look)
        nodes, tied = self._beside(owned, (actor, who), (hub, kind))
        aliases = {k: [a for a in owned[k] if self.meant[a.title] == "alias"] for k in owned}
        lead = next((k for k in owned["ties"] if self.meant[k.title] == "lead"), None)
        told = [k for k in owned["ties"] if k is not lead]
        ties = [*attributes(told, "ties", dated=start is not None)]
        if actor.bracketed and lead is None and not any(k.role == "role" for k in told):
            ties.append(f"role: {{column: {quoted(actor.title)}, as: role_in_brackets}}")
        if lead is not None:
            yes = {v: "lead" if v.casefold() in TRUE_WORDS else "partner" for v in lead.some}
            words = json.dumps(yes, ensure_ascii=False)
            ties.append(f"role: {{column: {quoted(lead.title)}, map: {words}}}")
        lines = ["    nodes:"]
        for label, look, own in ((who, actor, kind if part else None), (kind, hub, None)):
            others = [k for k in owned[look.title] if k not in aliases[look.title]]
            known = ", ".join(f"{{column: {quoted(a.title)}}}" for a in aliases[look.title])
            needed = "true" if look is hub else None
            more = [*attributes(others, "nodes")]
            more += (
                [f"country: {quoted(look.title)}"] if self.meant[look.title] == "country" else []
            )
            more += [f"required: {needed}"] if needed else []
            more += [f"aliases: [{known}]"] if known else []
            lines += node(
                label,
                look,
                more,
                kind=own,
                id=id_of[look.title],
                name=self._named(look) if look.bracketed else look,
                start=start if look is hub else None,
                end=end if look is hub else None,
            )
        if whole is not None:
            lines += node("whole", whole, kind=kind, id=id_of[whole.title], name=whole)
        lines += [*nodes, *tie(link, who, kind, ties), *tied]
        return lines + (tie(WHOLE, kind, "whole", ["once: true"])[1:] if whole is not None else [])

    def _beside(
        self, owned: Mapping[str, list[Look]], actor: tuple[Look, str], hub: tuple[Look, str]
    ) -> tuple[list[str], list[str]]:
        """Draft what else a participation names: places and themes of the actor, other partners."""
        nodes: list[str] = []
        ties: list[str] = []
        labels = {actor[1], hub[1], "whole"}
        for title, looks in owned.items():
            for look in list(looks):
                meant, source, target, role = self.meant[look.title], "", "", ""
                if meant in (PLACE, THEME) and title == actor[0].title:
                    kind = SCHEMA.locating if meant == PLACE else "active_in"
                    source = actor[1]
                elif meant == ORGANISATION and hub[1] == PROJECT:
                    kind, target = PARTICIPANT, hub[1]
                    roles = {"lead": "lead", "funds": "funder", "hosts": "host"}
                    role = f", role: {{value: {roles.get(self._relation(look), 'partner')}}}"
                else:
                    continue
                label = own_name(look.title, labels)
                labels.add(label)
                looks.remove(look)
                cell = f"{{column: {quoted(look.title)}{split(look)}}}"
                nodes += node(label, look, kind=meant, name=cell)
                source, target = source or quoted(label), target or quoted(label)
                both = f"source: {source}, target: {target}{role}, once: true"
                ties.append(f"      - {{kind: {kind}, {both}}}")
        return nodes, ties

    def _period_of(self, hub: Look, looks: Sequence[Look]) -> tuple[Look | None, Look | None]:
        """Return the columns of dates that are the same in all rows of a project: start and end."""
        dates = [k for k in looks if k.dated and not k.numeric and depends(k, hub)]
        own = [k for k in dates if not joining(k)]
        if any(self.meant[k.title] in ("start", "end") and not joining(k) for k in looks):
            return None, None
        ends = [k for k in own if _ENDING.search(k.header)]
        starts = [k for k in own if k not in ends and k.share > 0.5]
        start = max(starts, key=lambda k: k.share, default=None)
        return start, max(ends, key=lambda k: k.share, default=None) if start else None

    def _id_of(self, owner: Look, looks: Sequence[Look]) -> Look | None:
        """Return the column with the ids of what another names: where names are not enough."""
        for look in looks:
            fits = look.entity in ("", "thing", self.meant[owner.title])
            if self.meant[look.title] != "id" or not fits or not depends(owner, look):
                continue
            several = len(owner.counts) < len(look.counts) <= 1.5 * len(owner.counts)
            known = len(look.counts) == len(owner.counts) and min(map(len, look.some)) > 4
            if several or known:
                return look
        return None

    def _whole(self, actor: Look, hub: Look) -> Look | None:
        """Return the column of programmes that projects are within, or of projects within a hub."""
        for look in self.of(PROJECT, "alias", "text"):
            if look in (actor, hub) or not look.nameable or look.share <= 0.8 or look.separator:
                continue
            finer, coarser = sorted((look, hub), key=lambda k: -len(k.counts))
            inner = self.meant[look.title] == PROJECT or (look.role == "alias" and finer is look)
            if not inner or 1.1 * len(coarser.counts) >= len(finer.counts):
                continue
            if depends(coarser, finer) and not depends(finer, actor):
                return look
        return None

    def _owner(self, look: Look, actor: Look, hub: Look) -> str:
        """Return the title of the column whose attribute this is, or ``ties``."""
        meant = self.meant[look.title]
        if meant in ("role", "lead", "amount", "strength", "currency"):
            return "ties"
        if meant == "country" and look.named:
            return actor.title
        if meant in ("start", "end"):
            own = self.meant[hub.title] == PROJECT and depends(look, hub) and hub.distinct < 0.8
            return hub.title if own else "ties"
        by_hub = hub.distinct < 0.9 and depends(look, hub)
        by_actor = actor.distinct < 0.9 and depends(look, actor)
        if by_hub != by_actor:
            return hub.title if by_hub else actor.title
        entity = look.entity
        if by_hub and entity in (PROJECT, NETWORK):
            return hub.title
        if meant in ("url", "alias", "legal_form") and actor.distinct > 0.5 and entity != PROJECT:
            return actor.title if depends(look, actor) else "ties"
        return "ties"


_STATES = frozenset(
    ["active", "actief", "actif", "member", "lid", "membre", "recognised", "erkend", "verified"]
)


def _is_mark(value: str) -> bool:
    return value.casefold() in TRUE_WORDS | FALSE_WORDS | MARKS


def _unique(look: Look) -> bool:
    return look.share > 0.9 and look.distinct > 0.95 and look.separator is None


def _first_and_full(look: Look) -> tuple[bool, bool, float, float]:
    return (look.share > 0.8, look.nameable, look.bodied, look.distinct)


def _kind_of_sheet(sheet: Sheet) -> str:
    """Return the kind that the name of a table is a word for, blank where it is more than that."""
    plain = re.sub(r"(\.\w{1,8})+$", "", sheet.title)
    words = [w for w in re.split(r"[\W_\d]+", fold(plain)) if len(w) > 2]
    kinds = {kind_of_word(w) for w in words} - {"", "thing"}
    alone = (PROJECT, NETWORK) if len(words) == 1 else (PROJECT,)  # lists of networks' members
    return kinds.pop() if len(kinds) == 1 and kinds <= {*alone} else ""
