"""Phrases that read as if translated, each of which once stood in what people read, stay out.

Looked through are all words of the program that a person can meet: messages, help, notes and
sentences in Python and JavaScript, docstrings, vocabularies and templates, and the documentation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("graph", "loaders", "analysis", "views")
# What not to write, and what to write instead.
PHRASES = {
    r"(?<!there )(?<!this )\bis no (?!(?:longer|better|later|earlier)\b|more than\b)": "is not a",
    r"\bare no (?!longer\b|more than\b|better\b)(?<!there are no )": "are not …",
    r"\bis there already\b": "already exists",
    r"\bFor chance\b": "Random seed",
    r"\bThe K that hold\b": "Find the K nodes whose removal fragments the network most",
    r"\bLet everything end\b": "Treat everything that ends before DATE as ended",
    r"\bwhat lacks\b": "what is missing",
    r"\bsays not\b": "does not say",
    r"\bRead the others apart\b": "Read each publisher's pages separately",
    r"\b(?:the two|both|\w+ and \w+) are one\b(?! of\b|-)": "are the same",
    r"\bhouse room\b": "hosts, provides premises for",
    r"\brun to one\b": "are concentrated on one node",
    r"\bNothing is said of\b": "No … is recorded for",
    r"\bhas four meanings\b": "is measured in four ways",
    r"\bhas most of these\b": "has the most",
    r"\bcannot go on\b": "would have fewer than two recorded participants",
    r"\ban other\b": "another",
    r"1ᵉ": "1re",
}


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every text in a module, a placeholder for each value that is put into it."""
    inner = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{…}" for p in node.values]
            inner |= {id(part) for part in node.values}
            yield node.lineno, "".join(str(part) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


@cache
def texts() -> list[tuple[str, int, str]]:
    """Return (file, line, text) of all that people read."""
    found: list[tuple[str, int, str]] = []
    code = [p for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    for path in sorted([*code, *ROOT.glob("*.py"), ROOT / "docs/generate.py"]):
        name = path.relative_to(ROOT).as_posix()
        for line, text in spoken(ast.parse(path.read_text(encoding="utf-8"))):
            found.append((name, line, " ".join(text.split())))
    written = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    written += [*(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
    for ending in ("yaml", "js", "html", "md"):
        written += [p for room in ROOMS for p in (ROOT / room).rglob(f"*.{ending}")]
    for path in sorted(written):
        name = path.relative_to(ROOT).as_posix()
        if "/words/" in name:  # what pages say, not what we say
            continue
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found.append((name, line, " ".join(text.split())))
    return found


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_phrase_reads_as_if_translated(phrase: str) -> None:
    pattern = re.compile(phrase, re.IGNORECASE)
    found = [
        f"{name}:{line}: {hit.group()} → {PHRASES[phrase]}"
        for name, line, text in texts()
        if (hit := pattern.search(text))
    ]
    assert found == []


def test_docstrings_open_with_what_the_function_does() -> None:
    """«Return whether …», not «Say whether …»."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                    continue
                if (ast.get_docstring(node) or "").startswith(("Say ", "Says ", "Tell ")):
                    found.append(f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}")
    assert found == []
