"""SIGKILL in every stage, at every kind of moment: the next run ends with the same samples, each once."""

import json
import multiprocessing
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from datasets import load_from_disk

import thinkaug
from tests.faults.scripted_run import run, run_until_killed
from thinkaug.pipeline import load
from thinkaug.shards.validate import validate

STEPS = ("ingest", "segment", "dedup", "generate", "dedup.2", "filter", "pack")
POINTS = [(step, point) for step in STEPS for point in ("writing", "before manifest", "after manifest")]
POINTS += [("pack", point) for point in ("shuffling", "finishing", "replacing", "replaced")]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.scripted_run"])


def texts(folder: Path) -> None:
    rows = [
        {"text": f"Text {n} begins here with number {n * n}.\n\n" + f"It has {n} more things to say, and {n}. " * 3}
        for n in range(30)
    ]
    rows += rows[:4]  # so that dedup has something to drop
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def shards(folder: Path) -> dict[str, bytes]:
    place = folder / "builds" / "kill" / "shards" / "train" / "shards"
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("unharmed")
    texts(folder)
    run(folder)
    found = shards(folder)
    assert len(found) > 1
    return found


@pytest.mark.parametrize(("step", "point"), POINTS)
def test_a_killed_run_is_finished_by_the_next(
    step: str, point: str, tmp_path: Path, unharmed: dict[str, bytes]
) -> None:
    texts(tmp_path)
    process = PROCESSES.Process(target=run_until_killed, args=(tmp_path, step, point))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    run(tmp_path)
    assert shards(tmp_path) == unharmed
    samples = load_from_disk(str(tmp_path / "builds" / "kill" / "shards"))["train"]
    assert len(set(samples["id"])) == len(samples) == 30
    assert not validate(tmp_path / "builds" / "kill" / "shards").faults


def test_a_run_killed_in_real_vllm_keeps_its_committed_shards(tmp_path: Path, writer: object) -> None:
    settings = ["stages.ingest.shard_documents=15", "stages.ingest.limit=60"]
    options = [option for setting in settings for option in ("--set", setting)]
    command = [sys.executable, "-c", "from thinkaug.cli import main; main()", "run", "demo", "--out", str(tmp_path)]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    plan = load("demo", settings, str(tmp_path), {"writer": writer})  # type: ignore[dict-item]
    step = next(step for step in plan.steps if step.stage.name == "generate")
    while process.poll() is None and not step.folder.manifests():
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    before = {manifest.unit: manifest for manifest in step.folder.manifests()}
    assert 1 <= len(before) < 4
    thinkaug.run("demo", settings=settings, out=str(tmp_path), engines={"writer": writer})  # type: ignore[dict-item]
    after = {manifest.unit: manifest for manifest in step.folder.manifests()}
    assert sum(manifest.rows_in for manifest in after.values()) == 60
    assert {unit: after[unit] for unit in before} == before
    ids = [row.id for manifest in after.values() for file in manifest.files for row in step.folder.rows(file.path)]
    assert len(set(ids)) == len(ids) == sum(manifest.rows_out for manifest in after.values())
    assert not validate(plan.shards).faults
