"""The house: what may import what, what is packaged, and that every example in a docstring runs."""

import ast
import doctest
import importlib
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import partnergraph

ROOT = Path(__file__).parents[1]
ROOMS = ("graph", "loaders", "analysis", "views")
MAY_IMPORT = {
    "graph": {"graph"},
    "loaders": {"graph", "loaders"},
    "analysis": {"graph", "analysis"},
    "views": {"graph", "analysis", "views"},
}
# The demonstration loads an example, as the command line does.
ALLOWED = {("views/demo.py", "loaders")}


def modules() -> list[str]:
    found = pkgutil.walk_packages(partnergraph.__path__, "partnergraph.")
    inside = [m.name for m in found if m.name.split(".")[1] in (*ROOMS, "cli")]
    return sorted(inside)


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        rooms |= {n.split(".")[1] for n in names if n.startswith("partnergraph.")}
    return rooms


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    for path in sorted((ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        wrong = imported_rooms(path) - MAY_IMPORT[room]
        assert not {r for r in wrong if (name, r) not in ALLOWED}, name


def test_only_three_python_files_stand_at_the_root() -> None:
    assert sorted(p.name for p in ROOT.glob("*.py")) == ["__init__.py", "__main__.py", "cli.py"]


def test_every_sub_package_is_listed_for_packaging() -> None:
    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    found = {"partnergraph"}
    for room in ROOMS:
        for init in (ROOT / room).rglob("__init__.py"):
            found.add(".".join(["partnergraph", *init.parent.relative_to(ROOT).parts]))
    data = {p for p in listed if p.endswith((".assets", ".smart"))}
    assert listed - data == found


@pytest.mark.parametrize("name", ["partnergraph", *modules()])
def test_examples_in_docstrings_run(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


@pytest.mark.parametrize("name", modules())
def test_every_module_and_everything_public_says_what_it_is(name: str) -> None:
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip(), name
    for attribute, value in vars(module).items():
        if attribute.startswith("_") or getattr(value, "__module__", None) != name:
            continue
        if getattr(value, "__name__", attribute) != attribute:  # a decorator made by a function
            continue
        assert (getattr(value, "__doc__", "") or "").strip(), f"{name}.{attribute}"


def test_commands_are_thin() -> None:
    """At most 15 lines of body each: parse, call, print."""
    tree = ast.parse((ROOT / "cli.py").read_text(encoding="utf-8"))
    for function in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        lines = function.body[-1].end_lineno - function.body[0].lineno + 1  # type: ignore[operator]
        assert lines <= 15, f"{function.name}: {lines} lines"


def test_public_names_are_there_and_cost_nothing_until_asked_for() -> None:
    for name in partnergraph.__all__:
        assert getattr(partnergraph, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        partnergraph.nothing  # noqa: B018


def test_the_inert_root_lists_the_same_names_for_type_checkers() -> None:
    text = (ROOT / "__init__.py").read_text(encoding="utf-8")
    block = text.partition("if TYPE_CHECKING:")[2].partition("__all__")[0]
    typed = set(re.findall(r"import (\w+) as \1", block))
    assert typed | {"__version__"} == set(partnergraph.__all__)


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    wrong = re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|/(?:work|root|home)/\w"
    )
    for path in [*ROOT.glob("*"), *(ROOT / "docs").rglob("*"), *(ROOT / ".ci").rglob("*")]:
        if path.is_file() and path.suffix in {".md", ".toml", ".txt", ".cff", ".yaml", ""}:
            assert not wrong.search(path.read_text(encoding="utf-8")), path.name
