"""Fuzz a target for some seconds, see `tests.fuzz.targets`."""

from __future__ import annotations

import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

atheris: Any = None
try:
    import atheris
except ImportError:
    print("atheris is not installed: inputs are mutated at random", file=sys.stderr)
with atheris.instrument_imports(include=["partnergraph"]) if atheris else nullcontext():
    from tests.fuzz import targets


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return bytes with one to eight small changes: cut, doubled, spliced, swapped, odd ones."""
    odd = [b"\x00", b'"', b"\\u0000", b"9" * 400, b"-1", b"1e308", b"nan", b"\xed\xa0\x80", b"["]
    odd += ["²".encode(), "\u202e".encode(), b"\r", b"<", b"&#0;", b"null", b"{", b"*", b",,", b";"]
    for _ in range(chance.randint(1, 8)):
        at, to = sorted(chance.randint(0, len(data)) for _ in range(2))
        piece = chance.choice(others)
        start = chance.randint(0, len(piece))
        data = chance.choice(
            [
                data[:at] + data[to:],
                data[:to] + data[at:to][:500] + data[to:],
                data[:at] + piece[start : start + chance.randint(1, 60)] + data[at:],
                data[:at] + chance.choice(odd) + data[at:],
                data[:at] + chance.choice(odd) + data[to:],
                data[:at] + bytes([chance.randint(0, 255)]) + data[at + 1 :],
            ]
        )[:20_000]
    return data


def at_random(target: str, seconds: float, *, seed: int = 0, most: int | None = None) -> int:
    """Run mutations of the corpus, and return how many; an unexpected error ends it."""
    chance, kept, count = random.Random(seed), targets.corpus(target), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and count != most:
        data = mutated(chance.choice(kept), kept, chance)
        try:
            targets.run(target, data)
        except BaseException:
            Path(f"crash-{target}-{seed}-{count}").write_bytes(data)
            raise
        count += 1
    return count


@click.command()
@click.argument("target", type=click.Choice(list(targets.TARGETS)))
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--found", type=click.Path(), help="Folder for inputs that reach new code.")
def main(target: str, seconds: float, seed: int, found: str | None) -> None:
    """Fuzz TARGET, guided by coverage where atheris is installed."""
    if atheris is None:
        click.echo(f"{at_random(target, seconds, seed=seed)} inputs, all read or refused")
        return
    places = [found] if found else []
    limits = [f"-max_total_time={int(seconds)}", "-max_len=20000", "-timeout=120"]
    limits += ["-rss_limit_mb=2500", f"-seed={seed + 1}", "-print_final_stats=1"]
    arguments = [sys.argv[0], *places, str(targets.CORPUS / target), *limits]
    atheris.Setup(arguments, lambda data: targets.run(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
