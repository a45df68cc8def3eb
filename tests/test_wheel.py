"""The wheel: built from the sdist, installed away from the checkout, and the demonstration run."""

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_runs_the_demonstration_away_from_the_checkout(tmp_path: Path) -> None:
    # Without a choice, build makes the sdist of the checkout and the wheel of the sdist.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path)]
    built = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as packed:
        held = {name.split("/", 1)[-1] for name in packed.getnames()}
    assert held >= {"CHANGELOG.md", "CITATION.cff", "docs/architecture.md", "tests/test_wheel.py"}
    assert not any(name.startswith((".venv", ".typing/")) for name in held)
    # The libraries come from here, the package only from the wheel.
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, system_site_packages=False)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    libraries = str(Path(pytest.__file__).parents[1])
    env = {"PYTHONPATH": f"{target}:{libraries}", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    run = subprocess.run(
        [str(python), "-m", "partnergraph", "demo", "-o", "demo"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Smart" in run.stdout
    where = [str(python), "-c", "import partnergraph; print(partnergraph.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert found.stdout.strip().startswith(str(target))
    for name in (
        "explorer.html",
        "report.html",
        "report.nl.html",
        "report.fr.html",
        "ecosystem/datapackage.json",
        "ecosystem/ties.csv",
    ):
        assert (tmp_path / "demo" / name).stat().st_size > 100
