"""The gold of the seed page, derived from ``examples/smart``: facts, no text of the page.

Left out is what the example calls unnamed: projects without a name of their own, themes, places.
Some named projects have one name in the example and another on the page; the aliases say so.
"""

from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA

PARTIES = "Centre Socialiste d'Éducation Permanente, Université Catholique de Louvain"
NAMED = {
    "agreement-cesep-uclouvain": [f"Overeenkomst: {PARTIES}"],
    "bigre-rencontre": [],
    "documentation-centre": ["Documentatiecentrum: Culture et Démocratie"],
    "let-it-coop": [],
    "smart-in-progress": [],
    "study-democratic-work": ["Praktijken en organisatie van democratisch werk bij Smart"],
}
PERIODS = ["2017/2018", "2019/2020", "2016/..", "2018-10", "FREQ=YEARLY;BYMONTH=8"]


def seed_gold(smart: Ecosystem) -> dict[str, Any]:
    names = dict(smart.name_of)
    aliases: dict[str, list[str]] = {}
    for node, alias in zip(smart.aliases["node"], smart.aliases["alias"], strict=True):
        aliases.setdefault(node, []).append(alias)
    actors = [i for i, kind in smart.kind_of.items() if kind in SCHEMA.actors]
    known = {*actors, *NAMED}
    ties = smart.ties[smart.ties["source"].isin(known) & smart.ties["target"].isin(known)]
    given = smart.ties[smart.ties["member_benefit"].notna()]
    return {
        "publisher": "Smart",
        "actors": [
            {"name": names[i], "kind": smart.kind_of[i], "aliases": aliases.get(i, [])}
            for i in actors
        ],
        "projects": [
            {"name": names[i], "aliases": [*aliases.get(i, []), *more]} for i, more in NAMED.items()
        ],
        "ties": [
            {"kind": t["kind"], "source": names[t["source"]], "target": names[t["target"]]}
            for t in ties.to_dict("records")
        ],
        "periods": PERIODS,
        "benefits": [{"subject": names[s]} for s in given["source"]],
    }
