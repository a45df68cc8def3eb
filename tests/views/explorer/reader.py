"""A page that is open in a browser with the network blocked, and what went wrong in it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """axe.run().then((r) =>
  r.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120))]))"""
FOLLOW = """(state) => new Promise((done) => {
  addEventListener("hashchange", () => done(), { once: true });
  if (location.hash === (state ? `#${state}` : "")) done();
  location.hash = state;
})"""


class Reader:
    """A page that is open, and what went wrong in it."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        settings = {"viewport": {"width": 1400, "height": 900}, "offline": True, **options}
        self.context = browser.new_context(accept_downloads=True, **settings)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.trouble: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on(
            "request", lambda r: r.url.startswith(("file:", "blob:")) or self.trouble.append(r.url)
        )
        self.page.on("dialog", lambda d: (self.trouble.append(d.message), d.dismiss()))
        self.file = file

    def open(self, state: str = "") -> Reader:
        """Open the page, or follow a link within it."""
        if self.page.url.startswith("file:"):
            self.page.evaluate(FOLLOW, state)
            return self
        self.page.goto(f"{self.file.as_uri()}#{state}")
        self.page.wait_for_selector("body:not(.loading)")
        self.page.wait_for_selector("#stage[data-labels], #graph-pane[hidden]", state="attached")
        return self

    def until(self, expression: str) -> None:
        """Wait until something holds; the page's own policy forbids the browser to poll for it."""
        deadline = time.monotonic() + 8
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"8 seconds later still not: {expression}"
            self.page.wait_for_timeout(30)

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def numbers(self, selector: str) -> list[int]:
        return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", self.text(selector))]

    def counts(self) -> tuple[int, int]:
        nodes, ties = self.numbers("#counts")
        return nodes, ties

    def download(self, kind: str) -> str:
        self.page.click("#export")
        with self.page.expect_download() as waiting:
            self.page.click(f'[data-format="{kind}"]')
        return (
            Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
            if kind != "png"
            else str(waiting.value.path())
        )
