"""Pairs in a whole table of names that may be the same body, without comparing all with all."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from partnergraph.loaders.identity.normaliser import Name, normalise
from partnergraph.loaders.identity.rules import REVIEW, Match, compare

MOST_SHARED, MOST_ALIKE, BLOCK = 300, 12, 2000


def lookup_keys(name: Name) -> set[str]:
    """Return what a name is looked up by: words, compact forms (``=``), last words (``+``)."""
    tokens = {*name.words, f"={name.compact}", f"={name.compact[:4]}*"}
    if " " in name.key:
        tokens |= {f"={initials.lower()}" for initials in name.initials}
        last = name.key.split()[-1]
        if len(last) > 3:
            tokens.add(f"+{last}")
    elif len(name.compact) > 5:
        tokens |= {f"+{name.compact[size:]}" for size in (1, 2, 3, 4)}
    return tokens


def word_weights(bare: list[Name]) -> dict[str, float]:
    """Return how telling each canonical word is: 1 for a word that only one name has."""
    count = Counter(word for name in bare for word in set(name.words))
    size = max(len(bare), 2)
    return {w: math.log(1 + size / n) / math.log(1 + size) for w, n in count.items()}


def pairs(names: Iterable[str]) -> Iterator[tuple[int, int, Match]]:
    """Yield the pairs of names that may be the same body, as positions, each pair once.

    Names are compared only where they share most of the weight of their words, a compact form,
    initials or a last word. Fifty thousand names take less than a minute.
    """
    bare = [normalise(name) for name in names]
    count = Counter(word for name in bare for word in set(name.words))
    weight = word_weights(bare)
    found = set(_sharing_words(bare, weight, count)) | set(_sharing_form(bare))
    for i, j in sorted(found):
        match = compare(bare[i], bare[j], weight=weight)
        if match.score >= REVIEW:
            yield i, j, match


def _sharing_words(
    bare: list[Name], weight: Mapping[str, float], count: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs that share three fifths of the weight of the heavier name."""
    import numpy as np
    from scipy.sparse import csr_array

    index = {w: i for i, w in enumerate(w for w, n in count.items() if 1 < n <= MOST_SHARED)}
    rows, columns, values = [], [], []
    common = np.zeros(len(bare))
    for at, name in enumerate(bare):
        for word in set(name.words):
            if word in index:
                rows.append(at)
                columns.append(index[word])
                values.append(weight[word])
            else:
                common[at] += weight[word] if count[word] > MOST_SHARED else 0.0
    matrix = csr_array((values, (rows, columns)), shape=(len(bare), max(len(index), 1)))
    whole = np.array([sum(weight[w] for w in set(n.words)) for n in bare])
    squared = csr_array((np.sqrt(values), (rows, columns)), shape=matrix.shape)
    for start in range(0, len(bare), BLOCK):
        shared = (squared[start : start + BLOCK] @ squared.T).tocoo()
        i, j = shared.row.astype("int64") + start, shared.col.astype("int64")
        # Words too common to look names up by may be shared as well: assume that they are.
        most = shared.data + np.minimum(common[i], common[j])
        keep = (i < j) & (most >= 0.6 * np.maximum(whole[i], whole[j]))
        yield from zip(i[keep].tolist(), j[keep].tolist(), strict=True)


def _sharing_form(bare: list[Name]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share a compact form, initials, a bag of words, or a rare last word."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(bare):
        blocks["@" + name.key].append(index)
        blocks["#" + " ".join(name.bag)].append(index)
        for token in lookup_keys(name):
            if token[0] in "=+":
                blocks[token].append(index)
    for token, members in blocks.items():
        if 1 < len(members) <= (400 if token[0] in "@#" else MOST_ALIKE):
            for at, i in enumerate(members):
                for j in members[at + 1 :]:
                    yield i, j
