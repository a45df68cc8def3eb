"""A question asked of a source that lies with an engine is answered, or refused, by that engine."""

from __future__ import annotations

import ast
import sys
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

import partnergraph as pg
from partnergraph import cli
from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.complementarity import complementarity
from partnergraph.analysis.coverage import coverage
from partnergraph.analysis.doubt import doubt
from partnergraph.analysis.engines import seam
from partnergraph.analysis.engines.seam import Lacks, lacking, question, supports
from partnergraph.analysis.fragility import fragility
from partnergraph.graph.errors import BadParameter, Unsupported


class Far:
    engine = "moon"


@question
def ask(source, a=None, *, kind="plain", tries=3, engine="auto", **options):
    """Answer in memory."""
    return "here", source, a, kind, tries, options


@question
def other(source):
    """Answer in memory alone."""
    return "here"


@pytest.fixture
def moon(monkeypatch):
    """An engine that answers one of the two questions, in part."""
    module = ModuleType("moon")
    module.LACKS = {"ask": Lacks(options=("tries", "rca"), values={"kind": ("odd",)})}
    module.ask = lambda source, **given: ("there", source, given)
    monkeypatch.setitem(sys.modules, "moon", module)
    monkeypatch.setitem(seam.ANSWERS, "moon", "moon")


def test_the_type_of_the_source_decides_who_answers(moon):
    far = Far()
    assert ask("near", "x", at="2018") == ("here", "near", "x", "plain", 3, {"at": "2018"})
    given = {"a": "x", "kind": "even", "at": "2018"}
    assert ask(far, "x", kind="even", at="2018", engine="moon") == ("there", far, given)
    assert ask(source=far, tries=3, rca=False) == ("there", far, {})  # as they are by default
    assert supports(far, ask)
    assert supports("near", ask, other)
    assert not supports(far, ask, other)


@pytest.mark.parametrize(
    ("options", "named"),
    [({"tries": 4}, "tries"), ({"rca": True, "tries": 1}, "tries, rca"), ({"kind": "odd"}, "kind")],
)
def test_what_an_engine_does_not_support_is_refused(moon, options, named):
    with pytest.raises(Unsupported, match=f"the engine moon does not support {named}") as caught:
        ask(Far(), **options)
    assert "does not support --tries" in Unsupported("moon", ["tries"]).in_words(
        {"tries": "--tries"}
    )
    assert isinstance(caught.value, BadParameter)
    with pytest.raises(Unsupported, match="does not support other"):
        other(Far())
    with pytest.raises(BadParameter, match="engine='native': this source lies with the engine"):
        ask(Far(), engine="native")


def test_every_other_question_is_refused_by_name():
    far = type("Far", (), {"engine": "spark"})()
    public = {name: getattr(pg, name) for name in pg.__all__}
    questions = {
        name: ask
        for name, ask in public.items()
        if getattr(ask, "__module__", "").startswith("partnergraph.analysis")
        and callable(ask)
        and next(iter(signature(ask).parameters), "") in ("eco", "source")
    }
    assert set(lacking("spark")) < set(questions)
    for name in set(questions) - set(lacking("spark")):
        with pytest.raises(Unsupported, match=f"does not support {name}"):
            questions[name](far)


def test_there_is_no_second_set_of_names_and_no_branch_per_engine():
    assert not [name for name in pg.__all__ if name.endswith("_at_scale")]
    tree = ast.parse(Path(cli.__file__).read_text(encoding="utf-8"))
    compared = [c for n in ast.walk(tree) if isinstance(n, ast.Compare) for c in ast.walk(n)]
    assert not [c for c in compared if isinstance(c, ast.Constant) and c.value in seam.ANSWERS]


def test_what_spark_declares_names_questions_and_options_that_exist():
    asked = {q.__name__: q for q in (centrality, clusters, complementarity, coverage, fragility)}
    assert set(lacking("spark")) == set(asked)
    of_networks = {"fold", "rca"}  # declared where networks and portfolios are made
    for name, lacks in lacking("spark").items():
        named = {*lacks.options, *lacks.values} - of_networks
        assert named <= set(signature(asked[name]).parameters), name
    assert not supports(type("Far", (), {"engine": "spark"})(), doubt)
