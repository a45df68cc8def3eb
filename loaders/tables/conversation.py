"""A mapping agreed on with a person: what is in doubt is asked, what rows become is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from partnergraph.loaders.tables.mapping_file import parse_mapping
from partnergraph.loaders.tables.preview import preview
from partnergraph.loaders.tables.read import header_of, suggestion
from partnergraph.loaders.tables.sheets.read import read_sheets
from partnergraph.loaders.tables.suggest import asking

# Asks with a default and the keys that are allowed, any text where there are none.
Ask = Callable[[str, str, list[str]], str]
_KEYS = "  " + ", ".join(f"{key} = {words}" for key, (_, words) in asking.CHOICES.items())


def agreed(
    paths: Sequence[Path],
    *,
    say: Callable[[str], None],
    ask: Ask | None,
    reading: str | None = None,
) -> str:
    """Return a drafted mapping as YAML, after asking about what is in doubt, one at a time.

    Parameters
    ----------
    say
        Shows a line.
    ask
        Asks a question and returns the answer; None takes the draft unasked.
    reading
        How tables are read where that is in doubt, see `sheets.header.READINGS`.

    Raises
    ------
    MissingInput, UnusableInput
        If a table is missing or cannot be read.
    """
    found = read_sheets(paths, header_of=header_of(None, reading))

    def answer(question: asking.Question) -> str:
        say(question.words())
        return ask(_KEYS, question.key, [*asking.CHOICES, "."]) if ask else "."

    forced = asking.ask(found, answer) if ask else {}
    while True:
        draft = suggestion(found, paths, forced=forced)
        agreed_on = parse_mapping(draft, "the draft")
        for line in preview(paths, mapping=agreed_on, reading=reading).lines():
            say(line)
        if ask is None:
            return draft
        for question in asking.questions(found, forced):
            say(question.words())
        column = ask("Column to change (Enter builds)", "", [])
        if not column:
            return draft
        key = ask(_KEYS, "a", [*asking.CHOICES])
        try:
            forced = asking.changed(found, forced, column, key)
        except KeyError:
            say(f"there is no column {column!r}")
