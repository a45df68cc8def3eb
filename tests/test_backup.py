"""The backup story of docs/backup.md, as it is written there."""

import shutil
from pathlib import Path

from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code == code, result.stderr
    return str(result.stderr)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "README.md"}


def test_yesterday_comes_back_byte_for_byte(tmp_path: Path) -> None:
    eco, broken = tmp_path / "eco", tmp_path / "eco-broken"
    kept = str(tmp_path / "backups" / "eco-2026-11-30.json")
    shutil.copytree(pg.example("smart"), eco)
    run("identities", str(eco), "--different", "bigre", "smart", "--by", "A", "--on", "2026-11-30")
    yesterday = contents(eco)
    run("export", str(eco), "-o", kept)
    more = tmp_path / "more.json"
    row = '{"id": "new", "kind": "organisation", "name": "New"}'
    more.write_text(f'{{"partnergraph": 1, "nodes": [{row}]}}', encoding="utf-8")
    run("build", str(more), "-o", str(eco), "--merge")
    run("identities", str(eco), "--same", "new", "smart", "--by", "B", "--on", "2026-12-01")
    assert contents(eco) != yesterday

    eco.rename(broken)
    run("build", kept, "-o", str(eco))
    assert contents(eco) == yesterday
    assert run("check", str(eco)) == "nothing is wrong\n"
    run("diff", str(eco), kept)
    run("diff", str(broken), str(eco), code=1)
