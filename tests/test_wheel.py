"""The wheel carries templates, pipelines, samples and model, and works from any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("templates", "pipelines", "data/samples", "data/knowledge", "data/model")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "build", "--wheel", "--out-dir", folder, ROOT], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*uv, "pip", "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def call(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import thinkaug.cli, sys; print(thinkaug.cli.__file__, file=sys.stderr); thinkaug.cli.main()"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("folder", SHIPPED)
def test_what_is_shipped_is_what_the_checkout_holds(site: Path, folder: str) -> None:
    inside, outside = site / "thinkaug" / "_shipped" / folder, ROOT / folder
    names = sorted(path.relative_to(outside) for path in outside.rglob("*") if path.is_file())
    assert names
    assert names == sorted(path.relative_to(inside) for path in inside.rglob("*") if path.is_file())
    assert all((inside / name).read_bytes() == (outside / name).read_bytes() for name in names)


def test_the_demo_runs_from_any_folder(site: Path) -> None:
    done = call(site, "run", "demo", "--until", "segment", "--limit", "20")
    assert str(site) in done.stderr  # the installed package, not the checkout
    assert done.returncode == 0, done.stderr
    assert "segment: 20 rows in, 20 out" in done.stdout
    assert (site.parent / "data" / "builds" / "demo").is_dir()
