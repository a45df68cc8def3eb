"""What a person is asked about the columns of tables before a mapping is drafted from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from partnergraph.loaders.tables.sheets.sheet import Found
from partnergraph.loaders.tables.suggest.draft import tables_of
from partnergraph.loaders.tables.suggest.look import harmless

# What a column can be said to mean, by the key that a person presses.
CHOICES: dict[str, tuple[str, str]] = {
    "o": ("organisation", "names an organisation"),
    "n": ("network", "names a network that has members"),
    "p": ("project", "names a project, event or programme"),
    "t": ("capability", "names a theme, service or skill"),
    "l": ("place", "names a place"),
    "i": ("id", "identifies the row"),
    "s": ("alias", "is another name"),
    "c": ("contact", "is about persons: kept out"),
    "a": ("attribute", "is kept as an attribute"),
    "x": ("nothing", "is left out"),
}
_KEY_OF = {meaning: key for key, (meaning, _) in CHOICES.items()}
_WORDS = dict(CHOICES.values())


@dataclass(frozen=True)
class Question:
    """A column, what it was taken for, and whether that is in doubt."""

    place: str
    column: str
    examples: str
    meaning: str
    doubtful: bool

    def words(self) -> str:
        """Return the question as a sentence."""
        taken = _WORDS.get(self.meaning) or f"is read as {self.meaning.replace('_', ' ')}"
        return f"{self.place}, column {harmless(self.column)!r} ({self.examples}) {taken}"

    @property
    def key(self) -> str:
        """The key of what it was taken for; a full stop where no key stands for that."""
        return _KEY_OF.get(self.meaning, ".")


def questions(found: Found, forced: Mapping[str, str]) -> list[Question]:
    """Return every column of the tables, in order, with what it is taken for."""
    asked = []
    for table in tables_of(found, forced):
        records = table.records
        for look in records.looks:
            asked.append(
                Question(
                    table.sheet.place,
                    look.title,
                    ", ".join(harmless(v)[:24] for v in look.some[:3]),
                    records.taken_for(look),
                    records.doubts(look),
                )
            )
    return asked


def ask(found: Found, prompt: Callable[[Question], str]) -> dict[str, str]:
    """Ask about every column that is in doubt, one at a time, and return what a person changed.

    Parameters
    ----------
    prompt
        Asks one question and returns a key of `CHOICES`, or a full stop to leave it as it is.
    """
    forced: dict[str, str] = {}
    done: set[str] = set()
    while True:  # an answer may settle other columns
        open_ones = [q for q in questions(found, forced) if q.doubtful and q.column not in done]
        if not open_ones:
            return forced
        question = open_ones[0]
        done.add(question.column)
        key = prompt(question)
        if key in CHOICES and key != question.key:
            forced[question.column] = CHOICES[key][0]


def changed(found: Found, forced: Mapping[str, str], column: str, key: str) -> dict[str, str]:
    """Return what columns were said to mean, with one more; its name in any capitals.

    Raises
    ------
    KeyError
        If there is no such column or key.
    """
    known = {q.column.casefold(): q.column for q in questions(found, forced)}
    return {**forced, known[column.strip().casefold()]: CHOICES[key][0]}
