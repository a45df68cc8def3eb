"""The modules of the page keep to the types that their comments give."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import lacking
from tests.views.explorer.test_page import ASSETS, ENTRIES

COMPILER = Path(__file__).parents[3] / ".tools" / "node_modules" / "typescript" / "bin" / "tsc"
OPTIONS = [
    *("--noEmit", "--allowJs", "--checkJs", "--strict"),
    *("--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"),
    *("--lib", "es2023,dom,dom.iterable"),
]


def test_the_modules_are_of_their_types() -> None:
    node = shutil.which("node")
    if not node or not COMPILER.exists():
        lacking("tools", "typescript is not in .tools (make tools)")
    entries = [str(ASSETS / name) for name in (*ENTRIES.values(), "unpack.js")]
    found = subprocess.run(
        [str(node), str(COMPILER), *OPTIONS, *entries], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    assert found.returncode == 0
