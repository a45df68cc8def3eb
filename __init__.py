"""partnergraph: an organisation's partners as a graph in which every fact has a receipt.

The public names below are loaded when they are first asked for, so that importing the package,
and ``partnergraph --help``, cost next to nothing.

>>> import partnergraph as pg
>>> smart = pg.load(pg.example("smart"))
>>> int(pg.centrality(smart, measures=["degree"])["degree"].idxmax() == "smart")
1
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOME = {
    "About": "graph.ecosystem",
    "Ecosystem": "graph.ecosystem",
    "EcosystemBuilder": "graph.builder",
    "Neo4jStore": "graph.neo4j.store",
    "PartnergraphError": "graph.errors",
    "WeightedGraph": "graph.weighted_graph",
    "TwoMode": "graph.two_mode",
    "SCHEMA": "graph.schema",
    "brokers": "analysis.brokers",
    "check": "loaders.load",
    "from_networkx": "graph.networkx_form",
    "to_networkx": "graph.networkx_form",
    "diff": "graph.diff",
    "save": "graph.formats.datapackage",
    "build": "loaders.build",
    "example": "loaders.load",
    "load": "loaders.load",
    "centrality": "analysis.centrality",
    "clusters": "analysis.clusters",
    "complementarity": "analysis.complementarity",
    "coverage": "analysis.coverage",
    "benefits": "analysis.capabilities.benefits",
    "nestedness": "analysis.capabilities.nestedness",
    "portfolios": "analysis.capabilities.portfolios",
    "relatedness": "analysis.capabilities.relatedness",
    "specialisation": "analysis.capabilities.specialisation",
    "egocentred": "analysis.egocentred",
    "measures": "analysis.measures",
    "show": "analysis.overview",
    "summary": "analysis.overview",
    "doubt": "analysis.doubt",
    "fragility": "analysis.fragility",
    "recommend": "analysis.recommendation",
    "SparkEcosystem": "graph.spark.ecosystem",
    "centrality_at_scale": "analysis.at_scale",
    "clusters_at_scale": "analysis.at_scale",
    "complementarity_at_scale": "analysis.at_scale",
    "coverage_at_scale": "analysis.at_scale",
    "fragility_at_scale": "analysis.at_scale",
    "open_spark": "graph.spark.session",
    "read_register": "loaders.spark_sources",
    "read_neo4j_export": "loaders.spark_sources",
    "key_players": "analysis.fragility",
    "structure": "analysis.structure",
    "cohesion": "analysis.cohesion",
    "acceptance": "loaders.review.draft",
    "apply_review": "loaders.review.apply_review",
    "evaluate": "loaders.review.evaluate",
    "export_review": "loaders.review.draft",
    "identities": "loaders.identity.matching",
    "judge": "loaders.identity.judgements",
    "load_draft": "loaders.review.draft",
    "read_pages": "loaders.review.draft",
    "review_page": "loaders.review.page",
    "save_draft": "loaders.review.draft",
    "settle": "loaders.identity.judgements",
    "tie_structure": "analysis.structure",
    "two_mode_centrality": "analysis.two_mode_centrality",
    "explore": "views.explorer.page",
    "PartnerNetwork": "views.explorer.partner_network",
    "export": "views.export",
    "report": "views.report.page",
}

if TYPE_CHECKING:
    from partnergraph.analysis.at_scale import centrality_at_scale as centrality_at_scale
    from partnergraph.analysis.at_scale import clusters_at_scale as clusters_at_scale
    from partnergraph.analysis.at_scale import complementarity_at_scale as complementarity_at_scale
    from partnergraph.analysis.at_scale import coverage_at_scale as coverage_at_scale
    from partnergraph.analysis.at_scale import fragility_at_scale as fragility_at_scale
    from partnergraph.analysis.brokers import brokers as brokers
    from partnergraph.analysis.capabilities.benefits import benefits as benefits
    from partnergraph.analysis.capabilities.nestedness import nestedness as nestedness
    from partnergraph.analysis.capabilities.portfolios import portfolios as portfolios
    from partnergraph.analysis.capabilities.relatedness import relatedness as relatedness
    from partnergraph.analysis.capabilities.specialisation import specialisation as specialisation
    from partnergraph.analysis.centrality import centrality as centrality
    from partnergraph.analysis.clusters import clusters as clusters
    from partnergraph.analysis.cohesion import cohesion as cohesion
    from partnergraph.analysis.complementarity import complementarity as complementarity
    from partnergraph.analysis.coverage import coverage as coverage
    from partnergraph.analysis.doubt import doubt as doubt
    from partnergraph.analysis.egocentred import egocentred as egocentred
    from partnergraph.analysis.fragility import fragility as fragility
    from partnergraph.analysis.fragility import key_players as key_players
    from partnergraph.analysis.measures import measures as measures
    from partnergraph.analysis.overview import show as show
    from partnergraph.analysis.overview import summary as summary
    from partnergraph.analysis.recommendation import recommend as recommend
    from partnergraph.analysis.structure import structure as structure
    from partnergraph.analysis.structure import tie_structure as tie_structure
    from partnergraph.analysis.two_mode_centrality import two_mode_centrality as two_mode_centrality
    from partnergraph.graph.builder import EcosystemBuilder as EcosystemBuilder
    from partnergraph.graph.diff import diff as diff
    from partnergraph.graph.ecosystem import About as About
    from partnergraph.graph.ecosystem import Ecosystem as Ecosystem
    from partnergraph.graph.errors import PartnergraphError as PartnergraphError
    from partnergraph.graph.formats.datapackage import save as save
    from partnergraph.graph.neo4j.store import Neo4jStore as Neo4jStore
    from partnergraph.graph.networkx_form import from_networkx as from_networkx
    from partnergraph.graph.networkx_form import to_networkx as to_networkx
    from partnergraph.graph.schema import SCHEMA as SCHEMA
    from partnergraph.graph.spark.ecosystem import SparkEcosystem as SparkEcosystem
    from partnergraph.graph.spark.session import open_spark as open_spark
    from partnergraph.graph.two_mode import TwoMode as TwoMode
    from partnergraph.graph.weighted_graph import WeightedGraph as WeightedGraph
    from partnergraph.loaders.build import build as build
    from partnergraph.loaders.identity.judgements import judge as judge
    from partnergraph.loaders.identity.judgements import settle as settle
    from partnergraph.loaders.identity.matching import identities as identities
    from partnergraph.loaders.load import check as check
    from partnergraph.loaders.load import example as example
    from partnergraph.loaders.load import load as load
    from partnergraph.loaders.review.apply_review import apply_review as apply_review
    from partnergraph.loaders.review.draft import acceptance as acceptance
    from partnergraph.loaders.review.draft import export_review as export_review
    from partnergraph.loaders.review.draft import load_draft as load_draft
    from partnergraph.loaders.review.draft import read_pages as read_pages
    from partnergraph.loaders.review.draft import save_draft as save_draft
    from partnergraph.loaders.review.evaluate import evaluate as evaluate
    from partnergraph.loaders.review.page import review_page as review_page
    from partnergraph.loaders.spark_sources import read_neo4j_export as read_neo4j_export
    from partnergraph.loaders.spark_sources import read_register as read_register
    from partnergraph.views.explorer.page import explore as explore
    from partnergraph.views.explorer.partner_network import PartnerNetwork as PartnerNetwork
    from partnergraph.views.export import export as export
    from partnergraph.views.report.page import report as report

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'partnergraph' has no attribute {name!r}")
    value = getattr(import_module(f"partnergraph.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
