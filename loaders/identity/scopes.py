"""How far an id reaches: one that a file made up is its own, and says nothing in another file.

Of two nodes with one id, from two readings, the later one gets another id, unless the id is stated
to mean the same body (by our own forms, by an id column of a mapping or register, or as a URI, an
enterprise number and the like), the very same file was read twice, or the names are equal too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats.read_result import Ids
from partnergraph.graph.ids import slug
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.judgements import renamed
from partnergraph.loaders.identity.rules import compare
from partnergraph.loaders.wording import counted, shortened

# A URI, an item of Wikidata, a LEI, a UUID, or a number of a register: eight digits or more.
_WORLDWIDE = re.compile(
    r"[a-z][a-z0-9+.-]*:\S{3,}|Q\d{2,}|[A-Z0-9]{18}\d{2}"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{0,3}[ .-]?(\d[ ./-]?){7,19}\d",
    re.I,
)


@dataclass(frozen=True)
class Reading:
    """An ecosystem that was read, where from, and what its ids are worth elsewhere."""

    place: str
    ecosystem: Ecosystem
    ids: Ids = "global"


def apart(known: Ecosystem, reading: Reading, *, by_name: bool) -> tuple[Ecosystem, list[str]]:
    """Give nodes other ids where theirs are those of other nodes in an ecosystem, and say so.

    Parameters
    ----------
    by_name
        Whether equal names are enough for two nodes with one id to be the same; else a person
        decides. Places and capabilities are what their names say either way.
    """
    eco = reading.ecosystem
    if reading.ids == "global":
        return eco, []
    there = known.nodes.set_index("id")
    mine = eco.nodes.set_index("id")
    again = _of_the_same_file(known, eco)
    taken = {*there.index, *mine.index}
    into: dict[str, str] = {}
    for id in mine.index[mine.index.isin(there.index)]:
        if id in again or _is_same(there.loc[id], mine.loc[id], id, reading.ids, by_name=by_name):
            continue
        into[id] = next(new for new in _numbered(id) if new not in taken)
        taken.add(into[id])
    if not into:
        return eco, []
    shown = shortened([f"{old} is {new} here" for old, new in into.items()], 3)
    words = counted(len(into), "id is that of another node", "ids are those of other nodes")
    said = f"{reading.place}: {words} in an earlier source, and {_CHANGED[len(into) > 1]} ({shown})"
    return renamed(eco, into), [said]


_CHANGED = {False: "was changed", True: "were changed"}


def _numbered(id: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{id}-{number}"
        number += 1


def _of_the_same_file(known: Ecosystem, eco: Ecosystem) -> set[str]:
    """Return the nodes that both have from a source of the same content."""
    facts = []
    for each in (known, eco):
        prints = each.sources[["id", "sha256"]].dropna().rename(columns={"id": "source"})
        facts.append(each.evidence[["fact", "source"]].merge(prints, on="source"))
    return {*facts[0].merge(facts[1], on=["fact", "sha256"])["fact"]}


def _is_same(one: Any, other: Any, id: str, ids: Ids, *, by_name: bool) -> bool:
    """Return whether two nodes with one id are the same: by that id, or by their names."""
    if one["kind"] != other["kind"]:
        return False
    originals = [
        v if isinstance(v := node.get("original_id"), str) else id for node in (one, other)
    ]
    if originals[0] == originals[1] and _WORLDWIDE.fullmatch(originals[0]):
        return True
    if ids == "stated" and not all(_is_made_up(id, node) for node in (one, other)):
        return originals[0] == originals[1]
    if one["kind"] in SCHEMA.default_network and not by_name:
        return False
    here, there = (c if isinstance(c := n["country"], str) else None for n in (one, other))
    names = one["name"], other["name"]
    match = compare(*names, countries=(here, there))
    return match.verdict == "merge" or (names[0] == names[1] and (here or there) == (there or here))


def _is_made_up(id: str, node: Any) -> bool:
    """Return whether an id is the short form of a name, maybe with a number."""
    base = slug(node["name"])
    return not isinstance(node.get("original_id"), str) and (
        id == base or re.fullmatch(re.escape(base) + r"-\d+", id) is not None
    )
