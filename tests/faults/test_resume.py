"""Nothing paid for is paid twice: SIGKILL at any moment, another order, another limit, two runs at once."""

import json
import multiprocessing
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.faults.remembered_run import PIPELINE, run
from thinkaug.plan import Plan
from thinkaug.records import Draft
from thinkaug.responses import connect
from thinkaug.shards.validate import validate

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.scripted_run", "tests.faults.remembered_run"])
KILLS = 30

Name = tuple[str, str]
"""A question as it is logged: key and max_tokens."""


def texts(folder: Path, count: int = 60) -> list[str]:
    lines = []
    for number in range(count):
        parts = [
            f"Part {part} of text {number} says that {number * part} is what there is to say." for part in range(14)
        ]
        lines.append(json.dumps({"text": "\n\n".join(parts)}))
    (folder / "in.jsonl").write_text("\n".join(lines))
    return lines


def answered(folder: Path, start: int = 0) -> list[tuple[str, Name]]:
    """Batch and question of each answer that was ever given, from byte `start` of the log on."""
    place = folder / "answered"
    if not place.exists():
        return []
    lines = place.read_bytes()[start:].decode().splitlines()
    return [(batch, (key, limit)) for batch, key, limit in map(str.split, lines)]


def log_bytes(folder: Path) -> int:
    place = folder / "answered"
    return place.stat().st_size if place.exists() else 0


def stored(folder: Path, pipeline: str = "kill") -> set[Name]:
    """Every question whose answer is stored."""
    found: set[Name] = set()
    for place in (folder / "builds" / pipeline / "responses").glob("*/*.sqlite"):
        database = connect(place, read_only=True)
        try:
            found |= {(key.hex(), str(limit)) for key, limit in database.execute("SELECT key, max_tokens FROM replies")}
        except sqlite3.OperationalError:  # killed while the file was made
            assert database.execute("PRAGMA application_id").fetchone() == (0,)
        finally:
            database.close()
    return found


def drafts(plan: Plan) -> list[Draft]:
    folder = next(step.folder for step in plan.steps if step.label == "generate")
    return [row for entry in folder.manifests() for file in entry.files for row in folder.rows(file.path)]


def by_text(plan: Plan) -> dict[str, tuple[object, ...]]:
    """What was thought of each passage, wherever in the input it stood."""
    rows = {draft.passage.text: (draft.thoughts, draft.generations) for draft in drafts(plan)}
    assert len(rows) == len(drafts(plan)), "a passage stands twice"
    return rows


def shards(folder: Path) -> dict[str, bytes]:
    place = folder / "builds" / "kill" / "shards" / "train" / "shards"
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unharmed")
    texts(folder)
    plan = run(folder)
    assert len(drafts(plan)) >= 60
    assert len(shards(folder)) > 1
    assert max(Counter(name for _, name in answered(folder)).values()) == 1
    return folder


def test_thirty_kills_at_random_moments(tmp_path: Path, unharmed: Path) -> None:
    texts(tmp_path)
    random = Random(20)
    lost: Counter[Name] = Counter()
    answering = 0
    for kill in range(KILLS):
        start, before = log_bytes(tmp_path), stored(tmp_path)
        process = PROCESSES.Process(target=run, args=(tmp_path, 0.025))  # so slow that thirty kills come before its end
        process.start()
        # Some die from the start on, while they find what is stored; others once they are answered again.
        begun = tmp_path / f"started.{process.pid}"
        while not (log_bytes(tmp_path) > start if kill % 3 else begun.exists()) and process.is_alive():
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.08))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "the run was over before thirty kills"
        given, after = answered(tmp_path, start), stored(tmp_path)
        assert before <= after
        assert not before & {name for _, name in given}, "asked again, though it was stored"
        gone = [(batch, name) for batch, name in given if name not in after]
        assert {batch for batch, _ in gone} <= {batch for batch, _ in given[-1:]}, "more than the last batch was lost"
        lost.update(name for _, name in gone)
        answering += bool(given)
    assert answering > KILLS / 2
    run(tmp_path)
    times = Counter(name for _, name in answered(tmp_path))
    assert times == Counter({name for _, name in answered(unharmed)}) + lost
    assert shards(tmp_path) == shards(unharmed)
    assert by_text(run(tmp_path)) == by_text(run(unharmed))
    assert not validate(tmp_path / "builds" / "kill" / "shards").faults


def test_two_runs_at_once_end_with_the_same(tmp_path: Path, unharmed: Path) -> None:
    texts(tmp_path)
    processes = [PROCESSES.Process(target=run, args=(tmp_path, 0.001)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert stored(tmp_path) == {name for _, name in answered(unharmed)}
    assert by_text(run(tmp_path)) == by_text(run(unharmed))


def test_a_reply_store_that_is_destroyed_under_way_costs_replies_and_no_row(tmp_path: Path, unharmed: Path) -> None:
    texts(tmp_path)
    run(tmp_path, settings=["stages.generate.seed=8"])
    for place in (tmp_path / "builds" / "kill" / "responses").glob("*/*.sqlite"):
        place.write_bytes(b"junk" * 3000)
    plan = run(tmp_path)
    assert by_text(plan) == by_text(run(unharmed))
    assert stored(tmp_path) == {name for _, name in answered(unharmed)}


@pytest.mark.parametrize("reuse", [False, True])
def test_another_order_of_the_input_loses_nothing(reuse: bool, tmp_path: Path) -> None:
    lines = texts(tmp_path)
    first = by_text(run(tmp_path))
    start = log_bytes(tmp_path)
    (tmp_path / "in.jsonl").write_text("\n".join(Random(3).sample(lines, len(lines))))
    second = by_text(run(tmp_path, settings=["stages.ingest.shard_documents=19"], reuse=reuse))
    assert second == first
    assert bool(answered(tmp_path, start)) != reuse


def test_a_larger_input_asks_only_for_what_is_new(tmp_path: Path) -> None:
    lines = texts(tmp_path)
    (tmp_path / "in.jsonl").write_text("\n".join(lines[:30]))
    run(tmp_path)
    before, start = stored(tmp_path), log_bytes(tmp_path)
    (tmp_path / "in.jsonl").write_text("\n".join(lines[::-1]))
    run(tmp_path, reuse=True)
    assert answered(tmp_path, start)
    assert not before & {name for _, name in answered(tmp_path, start)}


def test_a_larger_limit_asks_nothing_again_and_a_smaller_one_only_what_is_too_long(tmp_path: Path) -> None:
    texts(tmp_path)
    first = run(tmp_path)
    start = log_bytes(tmp_path)
    larger = run(tmp_path, settings=["stages.generate.max_tokens=700"])
    assert not answered(tmp_path, start)
    assert by_text(larger) == by_text(first)
    assert larger.steps[2].folder.path != first.steps[2].folder.path
    run(tmp_path, settings=["stages.generate.max_tokens=5"])
    asked = [limit for _, (_, limit) in answered(tmp_path, start)]
    unreadable = sum(generation.repaired for draft in drafts(first) for generation in draft.generations)
    assert set(asked) == {"5"}
    assert len(asked) == len(answered(tmp_path)[: -len(asked)]) - unreadable  # those were short enough


@pytest.mark.parametrize(
    ("settings", "name"),
    [(["stages.generate.temperature=0.5"], "slow"), (["stages.generate.top_p=0.5"], "slow"), ([], "another model")],
)
def test_another_model_or_sampling_is_asked_for_everything(settings: list[str], name: str, tmp_path: Path) -> None:
    texts(tmp_path)
    run(tmp_path)
    before, start = stored(tmp_path), log_bytes(tmp_path)
    again = run(tmp_path, settings=settings, name=name, reuse=True)
    asked = {question for _, question in answered(tmp_path, start)}
    assert len(asked) == len(before)
    assert not asked & before
    assert len(list((tmp_path / "builds" / "kill" / "responses").iterdir())) == 1 + (name != "slow")
    assert len(list(again.root.glob("generate-*"))) == 2


def test_another_prompt_asks_only_for_the_turns_that_it_changes(tmp_path: Path) -> None:
    texts(tmp_path)
    run(tmp_path)
    start = log_bytes(tmp_path)
    own = tmp_path / "templates"
    own.mkdir()
    (own / "repair.j2").write_text("{% block user %}Again, because of this: {{ problem }}{% endblock %}")
    run(tmp_path, pipeline=f"templates: {own}\n{PIPELINE}")
    repaired = sum(generation.repaired for draft in drafts(run(tmp_path)) for generation in draft.generations)
    assert 0 < len(answered(tmp_path, start)) == repaired
