"""One way to ask: a question is a function, and an engine answers it about sources of its own.

A source that is not in memory names its engine, ``source.engine``. Asked of such a source, a
question hands over to the engine's function of the same name, after what that engine does not
support has been refused. Each engine declares this once, as data, in ``LACKS`` beside its answers;
the error, the page ``docs/spark.md`` and `supports` derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar, cast, overload

import pandas as pd

from partnergraph.graph.errors import BadParameter, Unsupported

# The module with the answers of each engine that has sources of its own.
ANSWERS = {"spark": "partnergraph.analysis.engines.spark.answers"}

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class Elsewhere(Protocol):
    """A source that lies with its engine, not in memory."""

    engine: ClassVar[str]


class KeptTable(Protocol):
    """A table of an answer that stays with its engine until rows are asked for."""

    @property
    def attrs(self) -> dict[str, Any]:
        """The attrs of the same answer in memory."""

    def __len__(self) -> int:
        """Count the rows."""

    def top(self, n: int = 20) -> pd.DataFrame:
        """Return the first n rows."""

    def write(self, folder: str) -> str:
        """Write all rows as Parquet."""


class Question(Protocol[P, R]):
    """A question, of a source in memory or of one that lies with an engine."""

    __name__: str

    @overload
    def __call__(self, *args: P.args, **options: P.kwargs) -> R: ...
    @overload
    def __call__(self, source: Elsewhere, /, *args: Any, **options: Any) -> Any: ...


@dataclass(frozen=True)
class Lacks:
    """What an engine does not support of one question.

    Attributes
    ----------
    options
        Options it does not have.
    values
        Values that an option does not take, by option.
    parts
        What its answer leaves out, in words.
    """

    options: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


def question(ask: Callable[P, R]) -> Question[P, R]:
    """Let engines answer a question about sources of their own."""
    subject, *_ = signature(ask).parameters

    @wraps(ask)
    def asked(*args: Any, **options: Any) -> Any:
        engine = getattr(args[0] if args else options.get(subject), "engine", None)
        if engine is None:
            return ask(*args, **options)
        return _answered(str(engine), ask, args, options)

    return cast(Question[P, R], asked)


def supports(source: Any, *questions: Question[..., Any]) -> bool:
    """Return whether all of these questions can be asked of a source."""
    engine = getattr(source, "engine", None)
    return engine is None or all(q.__name__ in lacking(str(engine)) for q in questions)


def lacking(engine: str) -> Mapping[str, Lacks]:
    """Return what an engine does not support, by each question that it answers."""
    found: Mapping[str, Lacks] = import_module(ANSWERS[engine]).LACKS
    return found


def _answered(
    engine: str, ask: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """Refuse what the engine does not support, and return its answer."""
    name, parameters = ask.__name__, signature(ask).parameters
    if name not in lacking(engine):
        raise Unsupported(engine, [name])
    given: dict[str, Any] = {}
    for key, value in signature(ask).bind(*args, **options).arguments.items():
        given |= value if parameters[key].kind is Parameter.VAR_KEYWORD else {key: value}
    source, wanted = given.pop(next(iter(parameters))), given.pop("engine", "auto")
    if wanted not in ("auto", engine):
        raise BadParameter(f"engine={wanted!r}: this source lies with the engine {engine}")
    lacks = lacking(engine)[name]
    chosen = [
        option
        for option in lacks.options
        if option in given and _is_chosen(given.pop(option), parameters.get(option))
    ]
    chosen += [
        f"{o}={given[o]!r}" for o, values in lacks.values.items() if str(given.get(o)) in values
    ]
    if chosen:
        raise Unsupported(engine, chosen)
    return getattr(import_module(ANSWERS[engine]), name)(source, **given)


def _is_chosen(value: Any, option: Parameter | None) -> bool:
    """Return whether a value differs from an option's default; those of networks are all empty."""
    if option is None or option.default is None:
        return value is not None and value is not False and value != ()
    return bool(value != option.default)
