"""The training between two rounds: whole or absent, once, and told when it fails."""

import json
import multiprocessing
import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rounds.toy import DOCUMENTS, TRAIN, Home, Model, furnish, step, trained
from thinkaug import build
from thinkaug.engines.fingerprint import fingerprint
from thinkaug.errors import UserError
from thinkaug.plan import Plan
from thinkaug.rounds import Trained
from thinkaug.shards.validate import validate


def killed(path: Path) -> None:
    os.environ["KILL"] = "1"
    Home(path).run()


def test_a_run_killed_while_it_trains_leaves_no_half_model(home: Home) -> None:
    process = multiprocessing.get_context("spawn").Process(target=killed, args=(home.path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    spec = trained(home.load())
    assert home.happened == ["open base", "close base", f"train on {DOCUMENTS}"]
    assert not spec.folder.exists()
    plan = home.run()
    assert home.happened[3:] == [f"train on {DOCUMENTS}", "open base+"]
    assert (spec.folder / "model.safetensors").read_text() == "base+"
    assert not [place for place in home.root.iterdir() if place.name.endswith(".training")]
    assert home.journal.count("ask") == 2 * DOCUMENTS
    assert not validate(plan.shards).faults


@pytest.mark.parametrize("gone", ["folder", "record"])
def test_half_of_what_training_leaves_is_nothing(home: Home, gone: str) -> None:
    plan = home.run(until="pack@1")
    spec = trained(plan)
    spec.open()
    shutil.rmtree(spec.folder) if gone == "folder" else spec.folder.with_suffix(".json").unlink()
    spec.open()
    assert home.happened.count(f"train on {DOCUMENTS}") == 2


def script(home: Home, body: str) -> None:
    (home.path / "train.py").write_text(f"import os, sys\nout = sys.argv[5].removeprefix('--out=')\n{body}")


def failure(home: Home) -> str:
    with pytest.raises(UserError) as error:
        home.run()
    assert not [place.name for place in home.root.iterdir() if place.name.startswith(".model") and place.is_dir()]
    assert not trained(home.load()).folder.exists()
    return str(error.value)


def test_a_command_that_fails_is_told_with_its_last_lines(home: Home) -> None:
    script(home, "os.mkdir(out)\nfor n in range(40): print('line', n, '\\x1b[2J', flush=True)\nsys.exit('no memory')")
    message = failure(home)
    log = trained(home.load()).folder.with_suffix(".log")
    assert message.splitlines()[0] == f"rounds: train: the command ended with 1; see {log}, which ends:"
    assert message.splitlines()[-1] == "  no memory"
    assert message.splitlines()[1] == "  line 31 [2J"
    assert log.read_text().startswith("line 0")


def test_a_command_that_is_killed_is_told(home: Home) -> None:
    script(home, "import signal\nos.kill(os.getpid(), signal.SIGTERM)")
    assert "the command ended with -15" in failure(home)


@pytest.mark.parametrize("body", ["pass", "os.mkdir(out)", "open(out, 'w').write('{}')"])
def test_a_command_that_writes_no_model_is_told(home: Home, body: str) -> None:
    script(home, body)
    assert "rounds: train: the command wrote no config.json into {out}; see " in failure(home)


def test_after_a_failure_a_run_goes_on_with_the_training(home: Home) -> None:
    script(home, "sys.exit(1)")
    failure(home)
    (home.path / "train.py").write_text(TRAIN)
    home.run()
    assert home.journal.count("ask") == 2 * DOCUMENTS


def test_a_model_is_not_trained_before_there_are_shards(home: Home) -> None:
    with pytest.raises(UserError, match=r"round 1 has left no shards: .*manifest\.json"):
        trained(home.load()).open()


def test_two_at_once_train_once(home: Home) -> None:
    plan = home.run(until="pack@1")
    script(home, f"import time\ntime.sleep(0.3)\n{TRAIN}")
    notes: list[str] = []
    step(plan, "generate@2").services.note = notes.append
    with ThreadPoolExecutor(2) as threads:
        engines = [*threads.map(lambda _: trained(plan).open(), range(2))]
    assert len(engines) == 2
    assert home.happened.count(f"train on {DOCUMENTS}") == 1
    assert sorted(note.split(" ")[0] for note in notes) == ["another", "training"]


def test_a_command_that_outlives_its_run_is_waited_for(home: Home) -> None:
    plan = home.run(until="pack@1")
    spec = trained(plan)
    script(
        home,
        "import signal, time\nif os.environ.get('KILL'):\n os.kill(os.getppid(), signal.SIGKILL)\n time.sleep(0.5)\n"
        " open(os.path.join(os.path.dirname(__file__), 'journal'), 'a').write('outlived\\n')\n sys.exit()\n" + TRAIN,
    )
    process = multiprocessing.get_context("spawn").Process(target=killed, args=(home.path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    spec.open()
    assert home.happened[-3:] == ["outlived", f"train on {DOCUMENTS}", "open base+"]


def test_what_an_engine_puts_into_the_environment_is_not_the_commands(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(home, f"sys.exit(os.environ['OMP_NUM_THREADS']) if 'OMP_NUM_THREADS' in os.environ else None\n{TRAIN}")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    plan = home.load()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for each in plan.steps:
        build.run_step(plan, each)
    assert home.happened[-1] == "open base+"


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..")
)


@given(WORDS, WORDS)
def test_whatever_a_folder_is_called_it_stays_one_argument(shards: str, out: str) -> None:
    base = Model("/no such/{out}", Path())
    command = "python -m x --on {shards} --both '{model}:{out}' --json '{\"a\": {shards}}' {other}"
    spec = Trained(base, 1, command, Path("/", shards), "digest", Path("/root"))
    assert spec._words(Path("/", out)) == [
        sys.executable,
        *("-m", "x", "--on", f"/{shards}", "--both", f"/no such/{{out}}:/{out}", "--json"),
        f'{{"a": /{shards}}}',
        "{other}",
    ]


def test_a_hostile_folder_is_only_a_folder(tmp_path: Path) -> None:
    home = furnish(tmp_path / "a b' $(touch x) out} ; touch y")
    assert not validate(home.run().shards).faults
    assert not {"x", "y"} & {place.name for place in Path().iterdir()}


def test_what_was_trained_is_known_by_its_weights_too(done: tuple[Home, Plan]) -> None:
    spec = trained(done[1])
    record = json.loads(spec.folder.with_suffix(".json").read_text())
    assert record["fingerprint"] == fingerprint(str(spec.folder), "main")
    assert record["digest"] == step(done[1], "pack@1").digest
    assert record["command"][0] == sys.executable
    assert record["command"][-1].startswith("--out=")
    assert (spec.folder / "model.safetensors").read_text() == "base+"


def test_nothing_is_left_of_the_training_but_the_model(done: tuple[Home, Plan]) -> None:
    name = trained(done[1]).folder.name
    beside = {place.name for place in done[0].root.iterdir() if "model" in place.name}
    assert beside == {name, f"{name}.json", f"{name}.log", f".{name}.lock"}
