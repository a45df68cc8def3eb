"""The house: what may import what, what is packaged, and that every example in a docstring runs."""

import ast
import doctest
import importlib
import pkgutil
import re
import tomllib
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

import partnergraph

ROOT = Path(__file__).parents[1]
ROOMS = ("graph", "loaders", "analysis", "views")
MOST_FILES = 16
MAY_IMPORT = {
    "graph": {"graph"},
    "loaders": {"graph", "loaders"},
    "analysis": {"graph", "analysis"},
    "views": {"graph", "analysis", "views"},
}
# The demonstration loads an example, as the command line does.
ALLOWED = {("views.demo", "loaders")}
# Documented by their packages in spite of the underscore: of namedtuple, py4j and python-docx.
FOREIGN = {
    "_asdict",
    "_replace",
    "_fields",
    "_jvm",
    "_jdf",
    "_jsc",
    "_p",
    "_r",
    "_tr",
    "_tbl",
    "_inline",
}


def modules() -> list[str]:
    found = pkgutil.walk_packages(partnergraph.__path__, "partnergraph.")
    inside = [m.name for m in found if m.name.split(".")[1] in (*ROOMS, "cli")]
    return sorted(inside)


@cache
def sources() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the rooms, by its dotted name."""
    found = {}
    for path in sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def imports() -> list[tuple[str, str, str]]:
    """Return (module, imported module, imported name) wherever in a module an import stands."""
    found = []
    for module, tree in sources().items():
        for node in ast.walk(tree):
            names: list[tuple[str, str]] = []
            if isinstance(node, ast.ImportFrom):
                names = [(node.module or "", alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [(alias.name, "") for alias in node.names]
            for home, name in names:
                if not home.startswith("partnergraph."):
                    continue
                home = home.removeprefix("partnergraph.")
                inner = f"{home}.{name}"
                found.append((module, inner if inner in sources() else home, name))
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    wrong = {
        (module, other.split(".")[0])
        for module, other, _ in imports()
        if module.split(".")[0] == room and other.split(".")[0] not in MAY_IMPORT[room]
    }
    assert wrong - ALLOWED == set()


def test_no_imports_run_in_a_circle() -> None:
    """Imports within functions and those for type checkers alone count as well."""
    graph = nx.DiGraph([(module, other) for module, other, _ in imports() if module != other])
    circles = [sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1]
    assert circles == []


def test_no_private_name_is_imported_from_another_module() -> None:
    private = re.compile(r"_[^_]")
    assert [x for x in imports() if private.match(x[2]) or private.match(x[1].split(".")[-1])] == []


def own_private_names(tree: ast.Module) -> set[str]:
    """Return the private names that a module defines: functions, methods, attributes, fields."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return {name for name in found if name.startswith("_")}


def test_no_module_reaches_into_another() -> None:
    """Of objects of other modules, and of other packages, only the public names are used."""
    wrong = []
    for module, tree in sources().items():
        own = own_private_names(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or not re.match(r"_[^_]", node.attr):
                continue
            if node.attr not in own | FOREIGN:
                wrong.append(f"{module}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []


def test_no_room_has_more_files_than_can_be_taken_in() -> None:
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    counted = {p.relative_to(ROOT).as_posix(): len(list(p.glob("*.py"))) for p in folders}
    del counted["graph/formats"]  # one module a format
    assert {room: n for room, n in counted.items() if n > MOST_FILES} == {}


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


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    wrong = re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|/(?:work|root|home)/\w"
    )
    for path in [*ROOT.glob("*"), *(ROOT / "docs").rglob("*"), *(ROOT / ".ci").rglob("*")]:
        if path.is_file() and path.suffix in {".md", ".toml", ".txt", ".cff", ".yaml", ""}:
            assert not wrong.search(path.read_text(encoding="utf-8")), path.name
