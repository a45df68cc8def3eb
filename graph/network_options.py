"""How a network is made, defined once: the filters, the fold, and the words of its recipe.

Function keywords, the options of the command line, the recipe and the parameters in JSON all derive
from the fields of `Filters` and `NetworkOptions`.

The order is fixed, so that two people get the same number: status → `at` → `without` → `only` →
`among` and `via` → fold → collapse. Each step records what it did and what it dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cache
from typing import (
    Any,
    Generic,
    Literal,
    Protocol,
    Self,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds

Undated = Literal["keep", "drop"]
Weight = Literal["newman", "count", "intensity"]
Fold = Literal["all", "significant"]
COUNTED_STATUS = tuple(s for s in SCHEMA.values["status"] if s != SCHEMA.disputed)


@dataclass(frozen=True)
class Options:
    """Options as one value: made of keywords, and back."""

    @classmethod
    def of(cls, keywords: Mapping[str, Any]) -> Self:
        """Return the options that keywords name, filters among them.

        Raises
        ------
        BadParameter, UnknownName
            If a keyword is not an option, or a value is not valid.
        """
        own, known = {f.name for f in fields(cls)}, [f.name for f in declared(cls)]
        for name in keywords:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Take one of {', '.join(known)}"
                raise BadParameter(f"{name}: not a valid option here. {hint}")
        given = {name: value for name, value in keywords.items() if name in own}
        rest = {name: value for name, value in keywords.items() if name not in own}
        return cls(**given, **{"filters": Filters(**rest)} if "filters" in own else {})

    def chosen(self) -> dict[str, Any]:
        """Return the options that differ from their defaults, as keywords and as JSON has them."""
        found: dict[str, Any] = {}
        for option in fields(self):
            value = getattr(self, option.name)
            if isinstance(value, Filters):
                found |= value.chosen()
            elif value != option.default:
                found[option.name] = list(value) if isinstance(value, tuple) else value
        return found


@dataclass(frozen=True)
class Filters(Options):
    """What counts of an ecosystem, before anything is folded.

    Attributes
    ----------
    at
        Only what may have existed on this date; an EDTF date or interval.
    undated
        Whether ties without a period of their own, or of a project, are kept or dropped.
    without
        Nodes to leave out, by id or unique name.
    only
        Node kinds to keep; None keeps all.
    status
        Status a tie must have to count; disputed ties do not count by default.
    """

    at: str | None = field(
        default=None,
        metadata={
            "help": "What may have existed then: 2018, 2018-10, or any. "
            "[default: the day of the data]"
        },
    )
    undated: Undated = field(
        default="keep", metadata={"help": "Whether ties without a period count."}
    )
    without: tuple[str, ...] = field(
        default=(), metadata={"help": "Nodes to leave out, by id or name."}
    )
    only: tuple[str, ...] | None = field(
        default=None, metadata={"help": "Node kinds to keep, before anything is folded."}
    )
    status: tuple[str, ...] = field(
        default=COUNTED_STATUS, metadata={"help": "Status a tie must have to count."}
    )

    def __post_init__(self) -> None:
        normalise(self, without=_listed, only=node_kinds, status=_listed)


@dataclass(frozen=True)
class NetworkOptions(Options):
    """How to make a network of an ecosystem.

    Attributes
    ----------
    among
        Node kinds of the network; organisations, networks and projects by default.
    via
        Tie kinds that fold through a hub outside `among`; membership and participation by default.
    weight
        What a folded hub adds to a pair, see `partnergraph.graph.folding.affiliation`.
    fold
        Which folded pairs count: ``all``, or ``significant``, only those that share more hubs than
        their degrees lead to. Ties that were never folded always count.
    directed
        Whether to keep direction; folded ties and undirected ones then run both ways, except those
        that only one end reports, which run from that end.
    filters
        What counts before anything is folded.
    """

    among: tuple[str, ...] = field(
        default=SCHEMA.default_network, metadata={"help": "Node kinds of the network."}
    )
    via: tuple[str, ...] = field(
        default=SCHEMA.folding, metadata={"help": "Tie kinds that fold through hubs outside it."}
    )
    weight: Weight = field(
        default="newman", metadata={"help": "What a folded hub adds to each pair of its members."}
    )
    fold: Fold = field(
        default="all", metadata={"help": "Folded pairs that count: all, or the significant ones."}
    )
    directed: bool = field(default=False, metadata={"help": "Keep the direction of ties."})
    filters: Filters = field(default_factory=Filters)

    def __post_init__(self) -> None:
        normalise(self, among=node_kinds, via=tie_kinds)
        if self.directed and self.fold == "significant":
            raise BadParameter("fold='significant' has no direction. Leave one of the two out")


@dataclass(frozen=True)
class TwoModeOptions(Options):
    """How to lay out an affiliation as a matrix.

    Attributes
    ----------
    rows, columns
        Node kinds; a kind cannot be in both.
    via
        Tie kinds that count; all by default, except history.
    weight
        What a tie adds to its entry: 1, or its strength (a missing one is 1).
    filters
        What counts of the ecosystem.
    """

    rows: tuple[str, ...] = ("organisation",)
    columns: tuple[str, ...] = ("capability",)
    via: tuple[str, ...] = tuple(k for k in SCHEMA.tie_kinds if k not in SCHEMA.history)
    weight: Literal["count", "strength"] = "count"
    filters: Filters = field(default_factory=Filters)

    def __post_init__(self) -> None:
        normalise(self, rows=node_kinds, columns=node_kinds, via=tie_kinds)
        if set(self.rows) & set(self.columns):
            raise BadParameter("a node kind is in rows and in columns; give two different sets")


def declared(options: Any) -> list[Field[Any]]:
    """Return every option, filters included; the metadata has its help."""
    own = [option for option in fields(options) if option.name != "filters"]
    return own if options is Filters else [*own, *fields(Filters)]


def choices_of(options: Any, name: str) -> tuple[str, ...]:
    """Return the values an option takes, empty where it takes any."""
    return _choices(options).get(name, ())


@cache
def _choices(options: Hashable) -> dict[str, tuple[str, ...]]:
    hints = get_type_hints(options)
    return {name: get_args(kind) for name, kind in hints.items() if get_origin(kind) is Literal}


def _listed(values: str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def normalise(options: Any, **as_tuple: Any) -> None:
    """Put defaults in the place of None, lists into tuples, and refuse what is not a choice."""
    for option in fields(options):
        value = getattr(options, option.name)
        if value is None and option.name != "filters":
            value = option.default
        choices = choices_of(type(options), option.name)
        if choices and value not in choices:
            raise BadParameter(f"{option.name}={value!r}: take one of {', '.join(choices)}")
        if option.name in as_tuple and value is not None:
            value = as_tuple[option.name](value)
        object.__setattr__(options, option.name, value)


# -- the recipe -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """How a network was made, step by step in words, and what each step left out.

    Attributes
    ----------
    steps
        One phrase a step.
    dropped
        What was left out, and how many, by reason.
    notes
        What was kept on an assumption, and how many.
    """

    steps: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "; ".join(self.steps)

    def then(
        self,
        *steps: str,
        dropped: Mapping[str, int] | None = None,
        notes: Mapping[str, int] | None = None,
    ) -> Recipe:
        """Return it with further steps; counts of 0 are not listed."""
        counts = [
            dict(Counter(old) + Counter(new or {}))
            for old, new in ((self.dropped, dropped), (self.notes, notes))
        ]
        return Recipe((*self.steps, *steps), *counts)


def number_of(number: int, what: str) -> str:
    """Return a number with its noun: 1 node, 2 nodes."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


# -- filtering --------------------------------------------------------------------------------


class Filterable(Protocol):
    """What can be filtered: an ecosystem, in memory or elsewhere."""

    def sizes(self) -> tuple[int, int]:
        """Return the numbers of nodes and of ties."""

    def resolve(self, name: str) -> str:
        """Return the id of a node."""

    def with_status(self, status: Sequence[str]) -> Self:
        """Keep ties with one of these statuses."""

    def at(self, date: str, *, undated: Undated = "keep") -> Self:
        """Keep what may have existed on a date."""

    def dated(self) -> Self:
        """Keep ties with a period of their own, or of a project."""

    def without(self, ids: Sequence[str]) -> Self:
        """Leave out nodes with their ties."""

    def only(self, kinds: Sequence[str]) -> Self:
        """Keep nodes of some kinds."""


E = TypeVar("E", bound=Filterable)


@dataclass(frozen=True, eq=False)
class Filtered(Generic[E]):
    """An ecosystem after its filters, with the recipe so far.

    Attributes
    ----------
    eco
        What is left.
    filters
        What was asked.
    recipe
        What each filter did and dropped.
    size
        Numbers of nodes and ties that are left.
    """

    eco: E
    filters: Filters
    recipe: Recipe
    size: tuple[int, int]

    def _then(self, eco: E, what: str, reason: str, *, quiet: bool = False) -> Filtered[E]:
        """Go on with what a filter left; a quiet filter that dropped no tie is not a step."""
        size = eco.sizes()
        nodes, ties = self.size[0] - size[0], self.size[1] - size[1]
        if quiet and not ties:
            return replace(self, eco=eco, size=size)
        recipe = self.recipe.then(
            f"{what} ({number_of(nodes, 'node')} and {number_of(ties, 'tie')} out)",
            dropped={f"nodes {reason}": nodes, f"ties {reason}": ties},
        )
        return replace(self, eco=eco, recipe=recipe, size=size)


def filtered(eco: E, filters: Filters) -> Filtered[E]:
    """Filter an ecosystem in the fixed order.

    Raises
    ------
    UnknownName, AmbiguousName, BadParameter
        If a filter names a node or status that does not exist, or the date is not valid.
    """
    left = Filtered(eco, filters, Recipe(), eco.sizes())
    kept, wanted = eco.with_status(filters.status), " or ".join(filters.status)
    left = left._then(kept, f"ties that are {wanted}", "of another status", quiet=True)
    if filters.at is not None:
        kept = left.eco.at(filters.at, undated=filters.undated)
        left = left._then(kept, f"at {filters.at}", f"not there at {filters.at}")
    elif filters.undated == "drop":
        left = left._then(left.eco.dated(), "dated ties only", "undated")
    if filters.without:
        shown = ", ".join(left.eco.resolve(name) for name in filters.without)
        kept = left.eco.without(filters.without)
        left = left._then(kept, f"without {shown}", f"gone with {shown}")
    if filters.only is not None:
        kept = left.eco.only(filters.only)
        left = left._then(kept, f"only {', '.join(filters.only)}", "of other kinds")
    return left
