"""The corpus is read or refused, and so are some mutations of it; longer runs are asked for.

Inputs that once ended in an error of our own stay in the corpus. `python -m tests.fuzz TARGET`
runs as long as it is told, guided by coverage.
"""

import os

import pytest

from tests.fuzz.__main__ import at_random, mutated
from tests.fuzz.targets import CORPUS, TARGETS, corpus, run

SECONDS = float(os.environ.get("PARTNERGRAPH_FUZZ", "4"))


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_is_read_or_refused(target: str) -> None:
    assert (CORPUS / target).is_dir()
    for data in corpus(target):
        run(target, data)


@pytest.mark.parametrize("target", TARGETS)
def test_mutations_are_read_or_refused(target: str) -> None:
    assert at_random(target, SECONDS, most=None if SECONDS > 10 else 40) > 0


def test_mutations_are_the_same_for_the_same_seed() -> None:
    import random

    kept = corpus("graphs")
    one, two = (mutated(kept[0], kept, random.Random(7)) for _ in range(2))
    assert one == two != kept[0]
