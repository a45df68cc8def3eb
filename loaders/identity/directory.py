"""A large list of names, to look others up in by the words and letters that tell most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from partnergraph.loaders.identity.normaliser import Name, normalise
from partnergraph.loaders.identity.pairs import lookup_keys, word_weights
from partnergraph.loaders.identity.rules import Match, compare


@dataclass(frozen=True)
class Guess:
    """Which name of a directory is meant: its position, the match, and a confidence from 0 to 1.

    The confidence is lower where a runner-up is close or only common words are shared.
    """

    position: int
    match: Match
    confidence: float


class Directory:
    """A large list of names to look others up in.

    >>> Directory(["University of Ghent", "Ghent Opera"]).guess("Universiteit Gent").position
    0
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.bare = [normalise(name) for name in self.names]
        self.weight = word_weights(self.bare)
        self._matrix, self._index = _features([_grams(n) for n in self.bare])
        self._columns = self._matrix.T.tocsr()
        self._forms: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self.bare):
            for token in lookup_keys(name):
                if token[0] in "=+":
                    self._forms[token].append(at)

    def candidates(self, name: str, *, most: int = 50) -> list[int]:
        """Return the positions of the names most similar in words and letters, best first."""
        return [i for i, _ in self._alike(normalise(name), most)]

    def _alike(self, bare: Name, most: int) -> list[tuple[int, float]]:
        import numpy as np

        row, _ = _features([_grams(bare)], self._index)
        scores = (row @ self._columns).toarray()[0]
        found = np.argpartition(-scores, min(most, len(scores) - 1))[:most]
        found = found[np.argsort(-scores[found], kind="stable")]
        return [(int(i), float(scores[i])) for i in found if scores[i] > 0]

    def guess(self, name: str) -> Guess | None:
        """Return the most similar name and a confidence, None where nothing fits."""
        from rapidfuzz import fuzz

        bare = normalise(name)
        alike = [i for i, _ in self._alike(bare, 60)]
        for token in lookup_keys(bare):
            if token[0] in "=+":
                alike += self._forms.get(token, ())[:30]
        asked, ranked = set(bare.words), []
        for i in sorted(set(alike)):
            other = self.bare[i]
            match = compare(bare, other, weight=self.weight)
            shared = asked.intersection(other.words)
            said = self._told(shared) / (self._told(asked) or 1)
            rare = self._told(shared, 3) / (self._told(asked, 3) or 1)
            spelt = fuzz.token_sort_ratio(bare.key, other.key) / 100
            # Among about equally similar names, prefer the one with most of the words asked for,
            # above all the rare ones, in the same spelling.
            rank = match.score + 0.56 * said + 0.5 * rare + 0.4 * spelt
            ranked.append((rank, -i, match, said, shared))
        if not ranked:
            return None
        ranked.sort(key=lambda r: r[:2], reverse=True)
        rank, at, match, said, shared = ranked[0]
        margin = min(rank - ranked[1][0], 1.0) if len(ranked) > 1 else 1.0
        own = self._told(shared) / (self._told(set(self.bare[-at].words)) or 1)
        # Fitted on one half of ROR's records, see benchmarks/identity.py.
        odds = 1.56 * rank - 0.29 * min(said, own) + 0.57 * self._told(shared) + 2.86 * margin - 4.6
        return Guess(-at, match, round(1 / (1 + math.exp(-odds)), 4))

    def _told(self, words: Iterable[str], power: int = 1) -> float:
        """Return the weight of words together; a higher power favours rare words."""
        return math.fsum(self.weight.get(w, 1.0) ** power for w in words)


def _grams(name: Name) -> dict[str, float]:
    """Return a name's canonical words and the groups of four letters in them, with weights."""
    grams: dict[str, float] = {f"w:{w}": 1.0 for w in name.words}
    for word in name.words:
        padded = f" {word} "
        for at in range(max(1, len(padded) - 3)):
            grams[padded[at : at + 4]] = 0.35
    return grams


def _features(rows: list[dict[str, float]], index: tuple[dict[str, int], Any] | None = None) -> Any:
    """Return rows as a matrix weighted by rarity, each of norm 1, and the index of features."""
    import numpy as np
    from scipy.sparse import csr_array

    if index is None:
        count = Counter(gram for row in rows for gram in row)
        frequencies = np.array(list(count.values()), dtype="float64")
        index = ({g: i for i, g in enumerate(count)}, np.log(1 + len(rows) / frequencies))
    seen, rarity = index
    at, columns, values = [0], [], []
    for row in rows:
        known = [(seen[g], v) for g, v in row.items() if g in seen]
        columns += [c for c, _ in known]
        values += [v * rarity[c] for c, v in known]
        at.append(len(columns))
    data = np.array(values)
    matrix = csr_array((data, np.array(columns, dtype="int64"), at), shape=(len(rows), len(seen)))
    norms = np.sqrt((matrix.multiply(matrix)).sum(axis=1))
    scale = np.repeat(1 / np.maximum(norms, 1e-12), np.diff(matrix.indptr))
    matrix.data = matrix.data * scale
    return matrix, index
