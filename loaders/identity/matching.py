"""Whether two names are one body: a score with its reason, a policy, and what people decided.

A score says how alike two names are, a reason says in which way. Only names that are equal once
normalised, of the same kind and of no two countries, are merged without asking; an acronym alone
never is, for a third of them are shared. From .70 on a pair is put to a person, whose judgement
is a fact that every later run honours.

>>> compare("SMart ASBL", "Smart").verdict
'merge'
>>> compare("UCL", "Université Catholique de Louvain").reason
'acronym = initials'
>>> compare("Vrije Universiteit Brussel", "Université Libre de Bruxelles").verdict
'apart'
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from partnergraph.loaders.identity.normaliser import (
    Name,
    fold,
    is_function_word,
    is_listed,
    known_different,
    normalise,
)

if TYPE_CHECKING:
    import pandas as pd

    from partnergraph.graph.ecosystem import Ecosystem

_CAPITALS = re.compile(r"\b[A-Z]{3,8}\b")
REVIEW = 0.70
MOST_SHARED, MOST_ALIKE, BLOCK = 300, 12, 2000
COLUMNS = (
    "a",
    "b",
    "a_name",
    "b_name",
    "kind",
    "score",
    "reason",
    "verdict",
    "judgement",
    "by",
    "on",
    "cluster",
)


@dataclass(frozen=True)
class Match:
    """How alike two names are, and why.

    Attributes
    ----------
    score
        0 to 1; 1 means equal once normalised.
    verdict
        ``merge`` without asking, ``review`` by a person, or ``apart``.
    """

    score: float
    reason: str
    verdict: str = ""

    def __post_init__(self) -> None:
        if not self.verdict:
            verdict = "merge" if self.score >= 1 else "review" if self.score >= REVIEW else "apart"
            object.__setattr__(self, "verdict", verdict)


def compare(
    a: str | Name,
    b: str | Name,
    *,
    kinds: tuple[str | None, str | None] = (None, None),
    countries: tuple[str | None, str | None] = (None, None),
    weight: Mapping[str, float] | None = None,
) -> Match:
    """Compare two names.

    Parameters
    ----------
    kinds, countries
        Those of the two, where known; names of two countries or kinds are never merged unasked.
    weight
        How telling each canonical word is; by default listed words tell less than others.
    """
    x = normalise(a) if isinstance(a, str) else a
    y = normalise(b) if isinstance(b, str) else b
    if known_different(x.text, y.text):
        return Match(0.0, "listed as different")
    match = _rules(x, y, weight)
    if x.qualifier and y.qualifier and x.qualifier != y.qualifier:
        match = Match(min(match.score, 0.6), f"{match.reason}, other words in brackets")
    if all(countries) and countries[0] != countries[1]:
        match = Match(match.score * 0.6, f"{match.reason}, other country")
    if match.verdict == "merge" and all(kinds) and kinds[0] != kinds[1]:
        match = Match(0.9, "same name, other kind")
    return match


def _rules(x: Name, y: Name, weight: Mapping[str, float] | None) -> Match:
    """Apply the rules from the surest down; the first that fits gives the reason."""
    if x.key and (x.key == y.key or x.key.replace("-", " ") == y.key.replace("-", " ")):
        return _equal(x, y)
    if x.compact == y.compact and len(x.compact) > 3:
        return Match(0.96, "same letters, other spacing or small words")
    if x.bag and x.bag == y.bag and len(x.bag) > 1:
        return Match(0.93, "same words translated, any order")
    for short, long in ((x, y), (y, x)):
        if found := _shortened(short, long):
            return found
    for short, long in ((x, y), (y, x)):
        if _partly_short(short, long):
            return Match(0.84, "acronym of some words, and the others")
    if x.acronym and y.acronym:
        return Match(0.0, "two acronyms")
    return _aligned(x, y, weight)


def _equal(x: Name, y: Name) -> Match:
    if x.acronym and y.acronym:
        return Match(0.8, "same acronym; that alone is no proof")
    if x.legal_form and y.legal_form and x.legal_form != y.legal_form:
        return Match(0.9, "same name, other legal form")
    if bool(x.qualifier) != bool(y.qualifier):
        return Match(0.9, "same name, one with more in brackets")
    return Match(1.0, "same" if x.text == y.text else "same once normalised")


def _shortened(short: Name, long: Name) -> Match | None:
    """Say whether one name is made of the beginnings of the other's words."""
    text = short.compact
    if " " in short.key or not 2 <= len(text) <= 14 or len(long.words) + 1 < 2:
        return None
    capitals = text.upper()
    if capitals in long.initials and len(capitals) >= 2:
        return Match(0.85 if len(capitals) > 2 else 0.72, "acronym = initials")
    letters = [c for c in short.text if c.isalpha()]
    if len(letters) > 2 and all(c.isupper() for c in letters):
        parts = [w for w in long.key.replace("-", " ").split() if not is_function_word(w)]
        if len(parts) > 1 and initials_in_order(text, parts):
            return Match(0.74, "acronym with letters from inside the words")
    words = list(long.key.replace("-", " ").split())
    content = [w for w in words if len(w) > 2] or words
    for parts in (content, words):
        shaped = len(parts) > 2 or bool(re.match(r"[A-Z]+[A-Z][a-z]", short.text))
        if len(parts) > 1 and shaped and _initials_and_last(text, parts):
            return Match(0.82, "initials and last word")
    if len(content) > 1 and len(text) >= 5 and _syllables(text, content):
        return Match(0.76, "made of the beginnings of its words")
    return None


def _partly_short(short: Name, long: Name) -> bool:
    """Say whether one word is the initials of some words of the other name, which has the rest.

    ENSA Marseille is École nationale supérieure d'architecture de Marseille.
    """
    if len(long.words) < len(short.words) + 2:
        return False
    for token in _CAPITALS.findall(short.text):
        rest = [w for w in short.words if w != fold(token)]
        if not rest or len(rest) == len(short.words) or not set(rest) <= set(long.words):
            continue
        whole = long.key.replace("-", " ").split()
        for parts in ([w for w in whole if not is_function_word(w)], whole):
            initials = "".join(w[0] for w in parts).upper()
            if token in initials and len(parts) - len(token) <= len(rest) + 1:
                return True
    return False


def initials_in_order(short: str, parts: Sequence[str]) -> bool:
    """Say whether a folded short form has the initials of all words, in order.

    Letters between two initials must stand, in order, inside the word they follow.
    """
    if not parts:
        return not short
    if not short or short[0] != parts[0][0]:
        return False
    for size in range(1, len(short) - len(parts) + 2):
        inside = iter(parts[0][1:])
        fits = all(c in inside for c in short[1:size])
        if fits and initials_in_order(short[size:], parts[1:]):
            return True
    return False


def _initials_and_last(text: str, words: list[str]) -> bool:
    last = words[-1]
    if len(last) < 4 or not text.endswith(last):
        return False
    return text[: -len(last)] == "".join(w[0] for w in words[:-1])


def _syllables(text: str, words: list[str]) -> bool:
    """Say whether a text is beginnings of the first words, in order, of two letters or more."""

    def fits(rest: str, index: int, used: int) -> bool:
        if not rest:
            return used >= 2 and used >= len(words) - 1
        if index == len(words):
            return False
        word = words[index]
        most = 0
        while most < min(len(word), len(rest)) and word[most] == rest[most]:
            most += 1
        if any(fits(rest[size:], index + 1, used + 1) for size in range(most, 1, -1)):
            return True
        return used > 0 and fits(rest, index + 1, used)

    return fits(text, 0, 0)


def _aligned(x: Name, y: Name, weight: Mapping[str, float] | None) -> Match:
    """Weigh the words that two names share, near spellings in part, against all their words."""
    from rapidfuzz.distance import JaroWinkler

    if not x.words or not y.words:
        return Match(0.0, "no words to compare")
    left = list(dict.fromkeys(y.words))
    shared = total = 0.0
    for word in dict.fromkeys(x.words):
        value = _weight(word, weight)
        best, at = 0.0, -1
        for index, other in enumerate(left):
            near = abs(len(word) - len(other)) <= max(1, len(word) // 5)
            alike = 1.0 if word == other else JaroWinkler.similarity(word, other) if near else 0.0
            if alike > best:
                best, at = alike, index
        total += value
        if at >= 0 and (best == 1.0 or (best > 0.9 and min(len(word), len(left[at])) > 3)):
            other = left.pop(at)
            value = min(value, _weight(other, weight))
            # A near spelling is worth less than a word that is the same.
            shared += value * (1.0 if best == 1.0 else best - 0.1)
    total += sum(_weight(word, weight) for word in left)
    if min(len(x.bag), len(y.bag)) == 1 < max(len(x.bag), len(y.bag)):
        # One word within a longer name is most often another body: Legacoop, Legacoop Sociali.
        shared = min(shared, 0.65 * total)
    return Match(round(0.92 * shared / total, 4), "words in common") if total else Match(0, "none")


def _weight(word: str, weight: Mapping[str, float] | None) -> float:
    if weight is not None:
        return weight.get(word, 1.0)
    return 0.6 if is_listed(word) or len(word) < 3 else 1.0


# -- registry ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A body that is known: its id, its name, and what else it is called."""

    id: str
    name: str
    kind: str | None = None
    country: str | None = None


@dataclass
class Registry:
    """What an ecosystem knows about names: names, aliases, and what people judged.

    >>> from partnergraph.loaders.load import example, load
    >>> registry = Registry.of(load(example("smart")))
    >>> known, match = registry.best("UCL")
    >>> known.id, match.reason
    ('uclouvain', 'acronym = initials')
    """

    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, Known] = field(default_factory=dict)
    different: set[tuple[str, str]] = field(default_factory=set)
    same: set[tuple[str, str]] = field(default_factory=set)
    _blocks: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, eco: Ecosystem, *, kinds: Iterable[str] | None = None) -> Registry:
        """Collect the names and aliases of an ecosystem's actors and projects."""
        from partnergraph.graph.schema import SCHEMA

        registry, wanted = cls(), set(kinds or SCHEMA.default_network)
        for node in eco.nodes.to_dict("records"):
            if node["kind"] in wanted:
                country = node["country"] if isinstance(node["country"], str) else None
                registry.add(Known(node["id"], node["name"], node["kind"], country))
        for alias in eco.aliases.to_dict("records"):
            if alias["node"] in registry.known:
                registry.add(registry.known[alias["node"]], alias["alias"])
        for row in eco.judgements.to_dict("records"):
            pair = (row["a"], row["b"])
            (registry.same if row["judgement"] == "same" else registry.different).add(pair)
            if row["judgement"] == "unsure":
                registry.different.discard(pair)
        return registry

    def add(self, known: Known, name: str | None = None) -> None:
        """Add a body, or another name of one."""
        self.known[known.id] = known
        text = name or known.name
        bare = normalise(text)
        if known.id not in self.names[bare.key]:
            self.names[bare.key].append(known.id)
        for token in _tokens(bare):
            self._blocks[token].append((text, known.id))

    def exact(self, name: str) -> Known | None:
        """Return the one body whose name or alias is this one once normalised, if there is one."""
        found = self.names.get(normalise(name).key, [])
        return self.known[found[0]] if len(found) == 1 else None

    def best(
        self, name: str, *, kind: str | None = None, country: str | None = None
    ) -> tuple[Known, Match] | None:
        """Return the body whose name or alias is most alike, from .70 on."""
        bare = normalise(name)
        found: dict[tuple[str, str], None] = {}
        for token in _tokens(bare):
            found |= dict.fromkeys(self._blocks.get(token, ())[:400])
        scored = [
            (
                compare(
                    bare,
                    text,
                    kinds=(kind, self.known[id].kind),
                    countries=(country, self.known[id].country),
                ),
                id,
            )
            for text, id in found
        ]
        if not scored:
            return None
        match, id = max(scored, key=lambda pair: (pair[0].score, pair[1]))
        return (self.known[id], match) if match.score >= REVIEW else None


def _tokens(name: Name) -> set[str]:
    """Return what a name is found by: its words, its compact form, its initials."""
    tokens = {*name.words, f"={name.compact}", f"={name.compact[:4]}*"}
    if " " in name.key:
        tokens |= {f"={initials.lower()}" for initials in name.initials}
        last = name.key.split()[-1]
        if len(last) > 3:
            tokens.add(f"+{last}")
    elif len(name.compact) > 5:
        tokens |= {f"+{name.compact[size:]}" for size in (1, 2, 3, 4)}
    return tokens


@dataclass(frozen=True)
class Guess:
    """Which name of a directory is meant: its position, the match, and how sure that is, 0-1.

    The confidence falls where a runner-up is close and where only common words are shared.
    """

    position: int
    match: Match
    confidence: float


class Directory:
    """A large list of names to look others up in: by the words and letters that tell most.

    >>> Directory(["University of Ghent", "Ghent Opera"]).best("Universiteit Gent")[0]
    0
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.bare = [normalise(name) for name in self.names]
        self.weight = _weights(self.bare)
        self._matrix, self._index = _features([_grams(n) for n in self.bare])
        self._columns = self._matrix.T.tocsr()
        self._forms: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self.bare):
            for token in _tokens(name):
                if token[0] in "=+":
                    self._forms[token].append(at)

    def candidates(self, name: str, *, most: int = 50) -> list[int]:
        """Return the positions of the names most alike in words and letters, best first."""
        return [i for i, _ in self._alike(normalise(name), most)]

    def _alike(self, bare: Name, most: int) -> list[tuple[int, float]]:
        import numpy as np

        row, _ = _features([_grams(bare)], self._index)
        scores = (row @ self._columns).toarray()[0]
        found = np.argpartition(-scores, min(most, len(scores) - 1))[:most]
        found = found[np.argsort(-scores[found], kind="stable")]
        return [(int(i), float(scores[i])) for i in found if scores[i] > 0]

    def best(self, name: str) -> tuple[int, Match] | None:
        """Return the position of the name most alike and the match, None where nothing is."""
        found = self.guess(name)
        return (found.position, found.match) if found else None

    def guess(self, name: str) -> Guess | None:
        """Return the name most alike and how sure it is the right one, None where nothing is."""
        from rapidfuzz import fuzz

        bare = normalise(name)
        alike = [i for i, _ in self._alike(bare, 60)]
        for token in _tokens(bare):
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
            # Of names about equally alike, the one that says most of what was asked, above all its
            # rare words, in the spelling that was asked.
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
        """Return how much words tell, rare ones the more the higher the power."""
        return math.fsum(self.weight.get(w, 1.0) ** power for w in words)


def _weights(bare: list[Name]) -> dict[str, float]:
    """Return how telling each canonical word is: 1 for one that a single name has."""
    from collections import Counter

    count = Counter(word for name in bare for word in set(name.words))
    size = max(len(bare), 2)
    return {w: math.log(1 + size / n) / math.log(1 + size) for w, n in count.items()}


def _grams(name: Name) -> dict[str, float]:
    """Return canonical words, and the groups of four letters in them, with their share."""
    grams: dict[str, float] = {f"w:{w}": 1.0 for w in name.words}
    for word in name.words:
        padded = f" {word} "
        for at in range(max(1, len(padded) - 3)):
            grams[padded[at : at + 4]] = 0.35
    return grams


def _features(rows: list[dict[str, float]], index: tuple[dict[str, int], Any] | None = None) -> Any:
    """Return rows as a matrix weighted by rarity, each of length one, and the index of features."""
    import numpy as np
    from scipy.sparse import csr_array

    if index is None:
        seen: dict[str, int] = {}
        for row in rows:
            for gram in row:
                seen.setdefault(gram, len(seen))
        count = np.zeros(len(seen))
        for row in rows:
            for gram in row:
                count[seen[gram]] += 1
        index = (seen, np.log(1 + len(rows) / np.maximum(count, 1)))
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


# -- whole tables ------------------------------------------------------------------------------


def pairs(names: Iterable[str]) -> Iterator[tuple[int, int, Match]]:
    """Find the pairs of a whole table that may be one, as positions in it, each pair once.

    Names are compared only where most of the weight of their words is shared, or where they share
    a compact form, initials or a last word. Fifty thousand names take less than a minute.
    """
    from collections import Counter

    bare = [normalise(name) for name in names]
    count = Counter(word for name in bare for word in set(name.words))
    weight = _weights(bare)
    found = set(_sharing_words(bare, weight, count)) | set(_sharing_form(bare))
    for i, j in sorted(found):
        match = compare(bare[i], bare[j], weight=weight)
        if match.score >= REVIEW:
            yield i, j, match


def _sharing_words(
    bare: list[Name], weight: Mapping[str, float], count: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs that share three fifths of the weight of the one with more words."""
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
        # Words too common to look names up by may be shared as well: give their benefit.
        most = shared.data + np.minimum(common[i], common[j])
        keep = (i < j) & (most >= 0.6 * np.maximum(whole[i], whole[j]))
        yield from zip(i[keep].tolist(), j[keep].tolist(), strict=True)


def _sharing_form(bare: list[Name]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share a compact form, initials, a bag of words, or an odd last word."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(bare):
        blocks["@" + name.key].append(index)
        blocks["#" + " ".join(name.bag)].append(index)
        for token in _tokens(name):
            if token[0] in "=+":
                blocks[token].append(index)
    for token, members in blocks.items():
        if 1 < len(members) <= (400 if token[0] in "@#" else MOST_ALIKE):
            for at, i in enumerate(members):
                for j in members[at + 1 :]:
                    yield i, j


def identities(eco: Ecosystem, *, kinds: Iterable[str] | None = None) -> pd.DataFrame:
    """List the pairs of an ecosystem's nodes that are or may be one.

    Parameters
    ----------
    kinds
        Node kinds to look among; by default actors and projects.

    Returns
    -------
    DataFrame
        A row a pair, best score first: ``a b a_name b_name kind score reason verdict``
        (``merge``, ``review`` or ``judged``), the ``judgement`` that stands with ``by`` and
        ``on``, and the ``cluster`` of nodes that hang together. Pairs that were judged different
        are silent.
    """
    import pandas as pd

    from partnergraph.graph.schema import SCHEMA

    wanted = set(kinds or SCHEMA.default_network)
    nodes = {n["id"]: n for n in eco.nodes.to_dict("records") if n["kind"] in wanted}
    decided = judged(eco)
    rows = []
    for (a, b), match in _best_by_pair(eco, nodes).items():
        verdict = decided.pop((a, b), None)
        if verdict is not None and verdict["judgement"] == "different":
            continue
        rows.append(_row(nodes, a, b, match, verdict))
    for (a, b), verdict in decided.items():
        if verdict["judgement"] == "same" and a in nodes and b in nodes:
            rows.append(_row(nodes, a, b, compare(nodes[a]["name"], nodes[b]["name"]), verdict))
    rows.sort(key=lambda r: (-r["score"], r["a"], r["b"]))
    cluster = _clusters((r["a"], r["b"]) for r in rows)
    return pd.DataFrame([{**r, "cluster": cluster[r["a"]]} for r in rows], columns=list(COLUMNS))


def judged(eco: Ecosystem) -> dict[tuple[str, str], dict[Any, Any]]:
    """Return the latest judgement of each pair; on one day, different outweighs same."""
    order = {"unsure": 0, "same": 1, "different": 2}
    rows = eco.judgements.to_dict("records")
    rows.sort(key=lambda r: (str(r["on"]) if r["on"] == r["on"] else "", order[r["judgement"]]))
    return {(min(r["a"], r["b"]), max(r["a"], r["b"])): r for r in rows}


def _best_by_pair(
    eco: Ecosystem, nodes: Mapping[str, Mapping[Any, Any]]
) -> dict[tuple[str, str], Match]:
    """Compare every name and alias of every node; keep the best match of each two nodes."""
    named = [(n["name"], id) for id, n in nodes.items()]
    aliases = eco.aliases
    named += [(x, n) for n, x in zip(aliases["node"], aliases["alias"], strict=True) if n in nodes]
    best: dict[tuple[str, str], Match] = {}
    for i, j, match in pairs(name for name, _ in named):
        a, b = sorted((named[i][1], named[j][1]))
        if a == b or not _comparable(nodes[a]["kind"], nodes[b]["kind"]):
            continue
        match = _with_context(match, nodes[a], nodes[b])
        if match.score >= REVIEW and match.score > best.get((a, b), Match(0, "")).score:
            best[a, b] = match
    return best


def _comparable(kind: str, other: str) -> bool:
    """Say whether nodes of two kinds can be one: the same kind, or two that act."""
    from partnergraph.graph.schema import SCHEMA

    return kind == other or (kind in SCHEMA.actors and other in SCHEMA.actors)


def _with_context(match: Match, x: Mapping[Any, Any], y: Mapping[Any, Any]) -> Match:
    """Lower a match between nodes of two countries or two kinds."""
    countries = [n["country"] for n in (x, y) if isinstance(n["country"], str)]
    if len(set(countries)) == 2:
        return Match(match.score * 0.6, f"{match.reason}, other country")
    if x["kind"] != y["kind"] and match.verdict == "merge":
        return Match(0.9, "same name, other kind")
    return match


def _row(
    nodes: Mapping[str, Mapping[Any, Any]],
    a: str,
    b: str,
    match: Match,
    judged: Mapping[Any, Any] | None,
) -> dict[str, Any]:
    said = judged or {}
    return {
        "a": a,
        "b": b,
        "a_name": nodes[a]["name"],
        "b_name": nodes[b]["name"],
        "kind": nodes[a]["kind"],
        "score": round(match.score, 3),
        "reason": match.reason,
        "verdict": "judged" if judged else match.verdict,
        "judgement": said.get("judgement"),
        "by": said.get("by"),
        "on": said.get("on"),
    }


def _clusters(linked: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Number the groups of ids that hang together, from 1, in order of appearance."""
    parent: dict[str, str] = {}

    def root(id: str) -> str:
        while parent.setdefault(id, id) != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    for a, b in linked:
        parent[root(b)] = root(a)
    numbers: dict[str, int] = {}
    return {id: numbers.setdefault(root(id), len(numbers) + 1) for id in parent}
