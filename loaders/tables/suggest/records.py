"""Tables whose rows are nodes, or who takes part in what, drafted as a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from partnergraph.graph.checks import fits
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.readers import country, form_of
from partnergraph.loaders.tables.sheets.sheet import Sheet
from partnergraph.loaders.tables.suggest.attributes import attributes, own_name, split
from partnergraph.loaders.tables.suggest.look import Look, quoted, role_of
from partnergraph.loaders.tables.suggest.ties import pairs


def records(looks: Sequence[Look], sheet: Sheet) -> list[str]:
    """Draft a list of nodes, or of participations where no column tells the rows apart."""
    subject = _subject(looks)
    if subject is None:
        return pairs(looks) or _participations(looks)
    id, name = subject
    kind = _kind_of([name or id, id, *looks[:2]], sheet)
    used = {x.title for x in (id, name) if x is not None}
    rest = [look for look in looks if look.title not in used]
    nodes = ["    nodes:", f"      {kind}:  # {(name or id).shown()}"]  # type: ignore[union-attr]
    if id is not None:
        nodes.append(f"        id: {quoted(id.title)}")
    if name is not None:
        nodes.append(f"        name: {quoted(name.title)}")
        if name.all(form_of, 0.05) and not any(k.role == "legal_form" for k in rest):
            nodes.append(
                f"        legal_form: {{column: {quoted(name.title)}, as: legal_form_of_name}}"
            )
    aliases = [look for look in rest if look.role == "alias" and not look.numeric and look.share]
    aliases = [look for look in aliases if "enrich" not in look.header]
    if aliases:
        written = [f"{{column: {quoted(a.title)}{split(a)}}}" for a in aliases]
        nodes.append(f"        aliases: [{', '.join(written)}]")
    places = [look for look in rest if look.role == "place" and not look.numeric][:1]
    themes = [look for look in rest if _is_theme(look)]
    taken = {x.title for x in (*aliases, *places, *themes)}
    more = attributes([k for k in rest if k.title not in taken], "nodes")
    nodes += [f"        {line}" for line in more]
    others, ties = _others(kind, places, themes)
    return [*nodes, *others, *(["    ties:", *ties] if ties else [])]


def _is_theme(look: Look) -> bool:
    """Say whether a column lists what its subject works on."""
    if look.dated or look.all(country) or len(look.counts) < 2 or look.numeric:
        return False
    if role_of(look.header.rstrip("s")) == "source" or "source" in look.header:
        return False  # where a row comes from is no theme of whom it is about
    if look.role == "theme":
        return look.separator is not None or look.distinct < 0.9
    return (
        look.separator is not None
        and look.role == ""
        and look.distinct < 0.5
        and (look.share > 0.05 and not look.numeric and len(look.counts) > 5)
    )


def _subject(looks: Sequence[Look]) -> tuple[Look | None, Look | None] | None:
    """Return the columns that identify and name the subject of each row; None where none do."""
    unique = [k for k in looks if k.share > 0.9 and k.distinct > 0.95 and k.separator is None]
    names = [
        k
        for k in looks
        if k.role == "name"
        and not k.numeric
        and k.share > 0.5
        and not k.dated
        and len(k.counts) > 1
    ]
    names.sort(key=lambda k: (not k.named, -min(k.share, 0.9), -k.distinct))
    ids = [k for k in unique if k.role == "id" or re.search(r"(^|-)u?id$", k.header)]
    # A name that half of the rows share names something else than the row.
    name = next((k for k in names if k.distinct > 0.5), None)
    if ids:
        texts = [k for k in unique if not k.numeric and not k.dated and k not in ids]
        return ids[0], name or (texts[0] if texts and texts[0].role == "" else None)
    if name is not None and name.distinct > 0.85:
        return None, name
    words = [k for k in unique if not k.dated and max(map(len, k.some)) < 200]
    if len(looks) == 1 or (words and not _two_entities(looks)):
        return None, (words or list(looks))[0]
    return None


def _two_entities(looks: Sequence[Look]) -> bool:
    return len([k for k in looks if k.role in ("id", "name", "project", "network")]) > 1


def _participations(looks: Sequence[Look]) -> list[str]:
    """Draft who takes part in what: two columns that each name many things many times."""
    able = [k for k in looks if k.share > 0.8 and len(k.counts) > 1 and k.separator is None]
    able = [k for k in able if not (k.dated and not k.numeric)] or list(looks)
    hubs = [k for k in able if k.role in ("project", "network")]
    actors = [k for k in able if k.role in ("id", "name", "country") and k not in hubs]
    actors.sort(key=lambda k: (k.role == "country", -len(k.counts)))
    many = sorted(able, key=lambda k: -len(k.counts))
    hub = hubs[0] if hubs else next((k for k in many if k not in actors[:1]), None)
    actor = next((k for k in actors if k is not hub), None)
    actor = actor or next((k for k in many if k is not hub), None)
    if actor is None or hub is None:
        only = actor or hub or looks[0]
        rest = attributes([k for k in looks if k is not only], "nodes")
        return [
            "    nodes:",
            f"      {SCHEMA.actors[0]}:",
            f"        name: {quoted(only.title)}",
            *(f"        {line}" for line in rest),
        ]
    return _participation(looks, actor, hub)


def _participation(looks: Sequence[Look], actor: Look, hub: Look) -> list[str]:
    """Draft rows that each tie one of many to one of many."""
    who, kind = SCHEMA.actors[0], SCHEMA.period_lenders[0]
    tie = SCHEMA.folding[-1]
    if hub.role == "network":
        kind, tie = SCHEMA.actors[-1], SCHEMA.folding[0]
    part = actor.role == hub.role == "project"  # projects and the programmes they are part of
    if part:
        actor, hub = sorted((actor, hub), key=lambda k: -len(k.counts))
        tie, who = next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind), "part"
    titles = [k for k in looks if k.role == "project" and k not in (actor, hub) and not k.numeric]
    title = next((k for k in titles if abs(len(k.counts) / len(hub.counts) - 1) < 0.1), None)
    key = "id" if title else "name"
    lines = ["    nodes:", f"      {who}:  # {actor.shown()}"]
    lines += [f"        kind: {kind}"] if part else []
    lines.append(f"        name: {quoted(actor.title)}")
    if actor.role == "country" or actor.all(country):
        lines.append(f"        country: {quoted(actor.title)}")
    lines += [f"      {kind}:  # {hub.shown()}", f"        {key}: {quoted(hub.title)}"]
    lines += [f"        name: {quoted(title.title)}"] if title else []
    lines += [
        "        required: true",
        "    ties:",
        f"      - kind: {tie}",
        f"        source: {who}",
        f"        target: {kind}",
    ]
    others = [k for k in looks if k not in (actor, hub, title)]
    return lines + [f"        {line}" for line in attributes(others, "ties")]


def _kind_of(looks: Iterable[Look | None], sheet: Sheet) -> str:
    """Return the node kind that headers, or the name of the table, speak of."""
    texts = [k.header for k in looks if k is not None]
    texts.append(fold(re.sub(r"[_./:-]+", " ", sheet.name or sheet.file)).replace(" ", "-"))
    for text in texts:
        for word in (w.rstrip("s") for w in text.split("-")):
            role = role_of(word)
            if role == "project":
                return SCHEMA.period_lenders[0]
            if role == "network":
                return SCHEMA.actors[-1]
    return SCHEMA.actors[0]


def _others(
    kind: str, places: Sequence[Look], themes: Sequence[Look]
) -> tuple[list[str], list[str]]:
    """Draft the nodes that a subject is tied to by its own columns."""
    place = next(
        iter(sorted({k for t in [SCHEMA.tie_kinds[SCHEMA.locating]] for k in t.target_kinds}))
    )
    theme = next(k for t in SCHEMA.sought for k in SCHEMA.tie_kinds[t].target_kinds)
    nodes, ties = [], []
    labels: set[str] = {kind}
    for look, other in [*((p, place) for p in places), *((t, theme) for t in themes)]:
        label = own_name(look.title, labels)
        labels.add(label)
        nodes.append(f"      {label}:  # {look.shown()}")
        nodes.append(f"        kind: {other}")
        nodes.append(f"        name: {{column: {quoted(look.title)}{split(look)}}}")
        fitting = [
            k
            for k in SCHEMA.tie_kinds
            if fits(k, kind, other) and not SCHEMA.tie_kinds[k].same_kind
        ]
        tie = SCHEMA.locating if other == place else fitting[-1]
        comment = f"  # or {', '.join(fitting[:-1])}" if other == theme and fitting[:-1] else ""
        ties += [f"      - {{kind: {tie}, source: {kind}, target: {quoted(label)}}}{comment}"]
    return nodes, ties
