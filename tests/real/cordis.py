"""CORDIS' participations in Horizon 2020 as an ecosystem, through the Python API."""

from pathlib import Path

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem


def cordis_ecosystem(path: Path) -> Ecosystem:
    """Read ``h2020.csv.gz``: a row a participation, without names of organisations or projects."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["NA"])
    organisations = rows.drop_duplicates("pic")
    projects = rows.drop_duplicates("rcn")
    builder = EcosystemBuilder(name="cordis", title="Participations in Horizon 2020")
    builder.add_table(
        "nodes",
        pd.DataFrame(
            {
                "id": "o" + organisations["pic"],
                "kind": "organisation",
                "name": "PIC " + organisations["pic"],
                "original_id": organisations["pic"],
                # Greece and the United Kingdom go by EL and UK here.
                "country": organisations["country"].replace({"EL": "GR", "UK": "GB"}),
            }
        ),
        file=path.name,
    )
    builder.add_table(
        "nodes",
        pd.DataFrame(
            {
                "id": "p" + projects["rcn"],
                "kind": "project",
                "name": "Project " + projects["rcn"],
                "original_id": projects["rcn"],
                "start": projects["start_date"],
                "end": projects["end_date"],
            }
        ),
        file=path.name,
    )
    builder.add_table(
        "ties",
        pd.DataFrame(
            {
                "kind": "participates_in",
                "source": "o" + rows["pic"],
                "target": "p" + rows["rcn"],
                "role": rows["role"].map({"coordinator": "lead"}).fillna("partner"),
                "amount": rows["contribution"],
                "currency": "EUR",
                "start": rows["start_date"],
                "end": rows["end_date"],
            }
        ),
        file=path.name,
    )
    builder.source("cordis", title="CORDIS, Horizon 2020", publisher="European Commission")
    return builder.build()
