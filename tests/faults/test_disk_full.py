"""A disk that is full while a set is written: one line says so, no set looks whole, and the next run goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from thinkaug.shards.validate import validate

PROGRAM = Path(__file__).with_name("full_disk_run.py")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("full")
    with (place / "docs.jsonl").open("w") as file:
        for number in range(120):
            file.write(json.dumps({"text": f"Case {number}: " + f"finding {number} of many. " * 20}) + "\n")
    stages = [{"ingest": {"paths": [str(place / "docs.jsonl")]}}, "segment", "generate", "pack"]
    (place / "toy.yaml").write_text(json.dumps({"stages": stages}))
    return place / "toy.yaml"


def run(pipeline: Path, out: Path, layout: str, most_bytes: int) -> str:
    command = [sys.executable, str(PROGRAM), str(pipeline), str(out), layout, str(most_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# Bytes that a file may have: the samples of the stage do not fit; they do, but what is laid out of them does not.
@pytest.mark.parametrize(("layout", "most_bytes"), [("text", 20_000), ("tokens", 150_000), ("packed", 130_000)])
def test_a_full_disk_is_said_and_leaves_no_set_behind(
    pipeline: Path, tmp_path: Path, layout: str, most_bytes: int
) -> None:
    told = run(pipeline, tmp_path, layout, most_bytes)
    assert told.startswith("refused: pack: no room to write in ")
    assert told.endswith("make room and run it again: what is finished stays")
    assert not list(tmp_path.rglob("state.json"))
    assert not (tmp_path / "toy" / "shards").exists()
    assert not list(tmp_path.rglob(".dataset.*"))
    assert not list(tmp_path.rglob("*.tmp"))
    root = Path(run(pipeline, tmp_path, layout, 0))
    assert validate(root).faults == ()
