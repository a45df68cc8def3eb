"""How portfolios are made, defined once: who the partners are, what they hold, and by which ties.

Function keywords, the options of the command line and the parameters in JSON all derive from the
fields of `PortfolioOptions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from partnergraph.graph.network_options import Filters, Options, TwoModeOptions, normalise
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds

# What can be looked for can be held; the tie kinds that lead there tell who holds or requires it.
FIELDS = tuple(
    k
    for k in SCHEMA.node_kinds
    if any(k in SCHEMA.tie_kinds[t].target_kinds for t in SCHEMA.sought)
)
_LEADING_THERE = [t for t, kind in SCHEMA.tie_kinds.items() if kind.target_kinds <= set(FIELDS)]
HELD = tuple(
    t
    for t in _LEADING_THERE
    if SCHEMA.tie_kinds[t].source_kinds <= set(SCHEMA.actors) and t not in SCHEMA.sought
)
REQUIRED = tuple(
    t
    for t in _LEADING_THERE
    if not SCHEMA.tie_kinds[t].source_kinds & set(SCHEMA.actors) and t not in SCHEMA.aims
)


@dataclass(frozen=True)
class PortfolioOptions(Options):
    """Which partners hold what, and by which ties.

    Attributes
    ----------
    rows, columns
        Node kinds of the partners, and of what they hold: capabilities by default, or any other,
        such as projects.
    via
        Tie kinds that say who holds what. By default those by which an actor has or works on a
        capability; for other columns, all except those that look for something or tell history.
    rca
        Whether only what is above average counts as held: the location quotient of the strengths is
        at least 1, see `partnergraph.analysis.capabilities.portfolios.location_quotient`.
    filters
        What counts of the ecosystem.
    """

    rows: tuple[str, ...] = field(
        default=SCHEMA.actors, metadata={"help": "Node kinds of the partners."}
    )
    columns: tuple[str, ...] = field(
        default=FIELDS, metadata={"help": "Node kinds that partners hold."}
    )
    via: tuple[str, ...] | None = field(
        default=None,
        metadata={"help": f"Tie kinds that state who holds what. [default: {', '.join(HELD)}]"},
    )
    rca: bool = field(
        default=False,
        metadata={
            "help": "Count as held only what a partner has more of than all partners on average."
        },
    )
    filters: Filters = field(default_factory=Filters)

    def __post_init__(self) -> None:
        normalise(self, rows=node_kinds, columns=node_kinds, via=tie_kinds)
        self.two_mode()  # refuses a kind that is both a row and a column

    @property
    def holding(self) -> tuple[str, ...]:
        """The tie kinds that say who holds what."""
        if self.via is not None:
            return self.via
        if set(self.columns) <= set(FIELDS) and set(self.rows) <= set(SCHEMA.actors):
            return HELD
        left_out = {*SCHEMA.sought, *SCHEMA.history}
        return tuple(k for k in SCHEMA.tie_kinds if k not in left_out)

    def two_mode(self) -> TwoModeOptions:
        """Return how to lay the portfolios out as a matrix."""
        return TwoModeOptions(
            rows=self.rows,
            columns=self.columns,
            via=self.holding,
            weight="strength" if self.rca else "count",
            filters=self.filters,
        )
