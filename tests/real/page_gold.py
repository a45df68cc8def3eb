"""What a reader finds on the development pages: names and ties (facts), no text of the pages.

Persons are left out. `star` makes everybody a partner of the publisher.
"""

from typing import Any

N2H, ALT, SOLID, TOADS, PARK = (
    "Nothing2Hide",
    "Altertek",
    "Solid Community",
    "Crapauds Fous",
    "Port-Cros National Park",
)
FOK, CORSAIRE = "Free Our Knowledge", "Corsaire-Chaparral"
GIJN = ("Global Investigative Journalism Network", "GIJN")
FEDERATION = ("Fédération Française d'Études et de Sports Sous-Marins", "FFESSM")


def gold(
    publisher: str,
    *actors: str | tuple[str, ...],
    star: bool = True,
    projects: tuple[str, ...] = (),
    periods: tuple[str, ...] = (),
    ties: tuple[tuple[str, str, str], ...] = (),
) -> dict[str, Any]:
    named = [a if isinstance(a, tuple) else (a,) for a in actors]
    partners = [("partner_of", a[0], publisher) for a in named] if star else []
    return {
        "publisher": publisher,
        "actors": [{"name": a[0], "aliases": list(a[1:])} for a in named],
        "projects": [{"name": p, "aliases": []} for p in projects],
        "ties": [{"kind": k, "source": s, "target": t} for k, s, t in (*partners, *ties)],
        "periods": list(periods),
    }


_ALTERTEK = gold(
    ALT,
    ("OpenStreetMap France",),
    ("CHATONS", "The CHATONS collective", "Le collectif CHATONS"),
    "April",
    "World Cleanup day France",
    "Zero Waste France",
    "Alternatiba",
    "Hexatech",
    "Updown",
    "Tailscale",
    star=False,
    ties=(
        *(("member_of", ALT, x) for x in ("OpenStreetMap France", "CHATONS", "April")),
        *(
            ("funds", ALT, x)
            for x in ("World Cleanup day France", "Zero Waste France", "Alternatiba")
        ),
        *(("funds", x, ALT) for x in ("Hexatech", "Updown", "Tailscale")),
    ),
)

PAGES: dict[str, dict[str, Any]] = {
    "05_en_nothing2hide_partners.md": gold(N2H, GIJN, "CFJ"),
    "05_fr_nothing2hide_partenaires.md": gold(
        N2H,
        "Open Technology Fund",
        GIJN,
        "CFJ",
        "Médiacités",
        "Goleaks",
        ("ESJ Lille", "École supérieure de journalisme de Lille"),
        "Aquilenet",
        projects=("lanceur d'enquêtes",),
        periods=("1924/..",),
        ties=(("partner_of", "Médiacités", "Goleaks"),),
    ),
    "06_en_altertek_partners.md": _ALTERTEK,
    "06_fr_altertek_partenaires.md": _ALTERTEK,
    "07_nl_solidcommunity_partners.md": gold(
        SOLID,
        "ICTU",
        "Ponder source",
        "Muze",
        "Digita",
        ties=tuple(("funds", x, SOLID) for x in ("Ponder source", "Muze", "Digita")),
    ),
    "07_nl_solidcommunity_samenwerken.md": gold(SOLID),
    "13_fr_crapaudsfous_cri.md": gold(TOADS, ("Centre de Recherches Interdisciplinaires", "CRI")),
    "13_fr_crapaudsfous_ouishare.md": gold(
        TOADS,
        "OuiShare",
        projects=("OuiShare Fest",),
        periods=("2011/..", "2016-11"),
        ties=(("participates_in", "OuiShare", "OuiShare Fest"),),
    ),
    "15_en_capel_partners.md": gold(PARK, FEDERATION, "FSGT", "ANMP", "SNMP", "UCPA"),
    "15_fr_capel_partenaires.md": gold(PARK, FEDERATION, "FSGT", "ANMP", "SNMP", "UCPA"),
    "16_en_freeourknowledge_partners.md": gold(
        FOK,
        "Centre for Open Science",
        "UK Reproducibility Network",
        "Institute for Globally Distributed Open Research and Education",
        "Berkeley Initiative for Transparency in the Social Sciences",
        "Access2perspectives",
        "ASAPbio",
        "Open Science MOOC",
        "PREreview",
        "Bullied Into Bad Science",
        "BLiSS",
        "Transpose",
        "Future of Research",
    ),
    "17_fr_corsaire_partenaires.yml": gold(
        CORSAIRE,
        "Fédération québécoise d'athlétisme",
        "Ville de Sainte-Thérèse",
        "Ville de Blainville",
        "Club Lions Sainte-Thérèse",
        "Club Optimiste de Sainte-Thérèse",
        ("Physio Atlas Inc.", "Clinique de physiothérapie à Rosemère"),
        "Arousse",
        "Délices Lafrenaie",
        "Fenêtres Magistral",
        "Benny & Co.",
        "Subway",
        "Fontaine Santé",
        "Farinex",
        "Pacini",
        "Dairy Queen",
        "Desjardins",
        "Boston Pizza Sainte-Thérèse",
        "Sports Experts Place Rosemère",
        "Rôtisserie Scores Sainte-Thérèse",
        "IGA Daigle",
        "Municipalité d'Oka",
        "Ville de Boisbriand",
        "Ville de Rosemère",
        "Équipe Endurance",
        "Comité de l'athlétisme aux Jeux mondiaux des pompiers et policiers de Blainville",
        "J. P. Lauzon et fils Ltée",
        "Technisoins",
        "G2 Logiciels",
        "Boutique Endurance",
        "Fondation Philippe Laheurte",
        "Boutique Courir",
        "Tim Hortons",
        "Performe Massothérapie",
        ("CDESL", "Conseil de développement de l'excellence sportive des Laurentides"),
    ),
}
