"""The guard: whatever an engine does, every request gets exactly one reply, and no innocent one an error."""

import collections
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.engines.faulty import Faulty, ask
from thinkaug.dialogue import Dialogue, Failed, Reply, converse
from thinkaug.engines.process.guard import Guarded
from thinkaug.errors import UserError

WATCHDOG_S = 1.0


@contextmanager
def guarded(spec: Faulty, watchdog_s: float = WATCHDOG_S, load_s: float = 60.0) -> Iterator[Guarded]:
    engine = Guarded(spec, watchdog_s, load_s=load_s)
    try:
        yield engine
    finally:
        engine.close()


def answers(engine: Guarded, texts: Sequence[str]) -> list[Reply]:
    """All at once, and every ticket exactly once."""
    for ticket, text in enumerate(texts):
        engine.submit(ticket, ask(text))
    found: list[tuple[int, Reply]] = []
    while len(found) < len(texts):
        batch = engine.ready()
        assert batch
        found += batch
    assert engine.ready() == []
    assert collections.Counter(ticket for ticket, _ in found) == collections.Counter(range(len(texts)))
    return [reply for _, reply in sorted(found, key=lambda pair: pair[0])]


def check(replies: Sequence[Reply], texts: Sequence[str], poison: str) -> None:
    for reply, text in zip(replies, texts, strict=True):
        if text == poison:
            assert reply.error
            assert not reply.text
        else:
            assert (reply.text, reply.error) == (text, "")


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def group_members(group: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(place.name))
    return found


def eventually(fact: Callable[[], bool], limit_s: float = 20.0) -> bool:
    end = time.monotonic() + limit_s
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_a_sound_engine_answers_and_is_loaded_once(tmp_path: Path) -> None:
    texts = [f"word{number}" for number in range(100)]
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, texts), texts, "")
        assert engine.window == 16
    assert Faulty(tmp_path).loads == 1
    assert (tmp_path / "closed").exists()
    assert eventually(lambda: not group_members(engine.group))


def test_dialogues_run_over_it(tmp_path: Path) -> None:
    def twice(item: int) -> Dialogue[str]:
        first = yield ask(f"a{item}")
        second = yield ask(f"b{item}")
        return f"{first.text} {second.text}"

    with guarded(Faulty(tmp_path)) as engine:
        found = dict(converse(range(40), twice, engine, engine.window))
    assert found == {item: f"a{item} b{item}" for item in range(40)}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("hang", "no sign of life for 1 s"),
        ("spin", "no sign of life for 1 s"),
        ("kill", "killed by SIGKILL"),
        ("segfault", "killed by SIGSEGV"),
        ("raise", "exit code 1"),
        ("exit", "exit code 3"),
    ],
)
def test_a_request_that_ends_the_engine_is_given_up_alone(tmp_path: Path, fault: str, cause: str) -> None:
    texts = ["a", "b", "c", fault, "d", "e"]
    with guarded(Faulty(tmp_path)) as engine:
        replies = answers(engine, texts)
        check(replies, texts, fault)
        assert cause in replies[3].error
        assert "died of this request" in replies[3].error
        # Normal traffic goes on afterwards, with an engine that is not started again.
        loads = Faulty(tmp_path).loads
        check(answers(engine, ["f", "g"]), ["f", "g"], "")
        assert Faulty(tmp_path).loads == loads


def test_what_kills_once_is_answered_in_the_end(tmp_path: Path) -> None:
    texts = ["a", "once x", "b", "c"]
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, texts), texts, "")
    assert Faulty(tmp_path).loads == 2


def test_a_lone_request_has_a_second_chance(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, ["once x"]), ["once x"], "")
        check(answers(engine, ["kill"]), ["kill"], "kill")
    assert Faulty(tmp_path).loads == 4


def test_two_poisons_among_twenty(tmp_path: Path) -> None:
    texts = [f"word{number}" for number in range(20)]
    texts[4] = texts[13] = "kill"
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, texts), texts, "kill")
    # Halving 20 takes five deaths to be alone with the first; the second is found among what is left.
    assert Faulty(tmp_path).loads <= 12


@given(poisoned=some.sets(some.integers(0, 11), max_size=4), batch=some.sampled_from([1, 3, 12]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_poisons_at_any_place(tmp_path: Path, poisoned: set[int], batch: int) -> None:
    texts = ["exit" if number in poisoned else f"word{number}" for number in range(12)]
    with guarded(Faulty(tmp_path, batch=batch)) as engine:
        check(answers(engine, texts), texts, "exit")


def test_requests_that_come_during_a_trial_wait_and_are_answered(tmp_path: Path) -> None:
    texts = [f"word{number}" for number in range(30)]
    texts[2] = "kill"

    def once(text: str) -> Dialogue[Reply]:
        return (yield ask(text))

    with guarded(Faulty(tmp_path)) as engine:
        found = dict(converse(texts, once, engine, 8))
    failed = {text for text, result in found.items() if isinstance(result, Failed)}
    assert failed == {"kill"}
    assert len(found) == 30


def test_a_slow_engine_is_left_alone(tmp_path: Path) -> None:
    # Twice the watchdog's patience before the first reply, but always a token in between.
    texts = ["slow 800", "slow 850"]
    with guarded(Faulty(tmp_path), watchdog_s=2.0) as engine:
        check(answers(engine, texts), texts, "")
    assert Faulty(tmp_path).loads == 1


def test_an_engine_that_dies_idle_is_started_again(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, ["a"]), ["a"], "")
        os.killpg(engine.group, signal.SIGKILL)
        check(answers(engine, ["b"]), ["b"], "")


def test_a_killed_keeper_takes_the_engine_along(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        keeper, (worker,) = engine.group, [pid for pid in group_members(engine.group) if pid != engine.group]
        os.kill(keeper, signal.SIGKILL)
        assert eventually(lambda: not is_alive(worker))
        check(answers(engine, ["b"]), ["b"], "")


def test_what_an_engine_starts_is_killed_with_it(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, ["child"]), ["child"], "")
        child = int((tmp_path / "child").read_text())
        assert is_alive(child)
        check(answers(engine, ["hang"]), ["hang"], "hang")
        assert eventually(lambda: not is_alive(child))


def test_restarts_are_told_with_what_the_engine_printed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "thinkaug"), guarded(Faulty(tmp_path)) as engine:
        answers(engine, ["a", "raise"])
    messages = [record.message for record in caplog.records if record.name == "thinkaug"]
    # The other request may have been answered by then, or not.
    again = r"faulty: the engine is started again: it ended with exit code 1, with [12] requests in flight"
    assert re.match(again, messages[0])
    assert "the engine is on fire" in messages[0]
    assert any("a request is given up" in message for message in messages)


def test_an_engine_that_dies_of_everything_ends_the_run(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        for ticket in range(16):
            engine.submit(ticket, ask("exit"))
        with pytest.raises(UserError, match=r"(?s)faulty: the engine itself is broken.*each of the last 8 requests"):
            collections.deque(iter(engine.ready, []))


def test_a_refusal_to_load_passes_through(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"^no such model: look at its name$"):
        Guarded(Faulty(tmp_path, "refuse"), WATCHDOG_S)
    assert "loading the faulty engine" in capfd.readouterr().err
    assert Faulty(tmp_path).loads == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("raise", r"exit code 1.*it last printed.*ValueError: out of memory"),
        ("die", "killed by SIGKILL"),
        ("hang", "no sign of life for 3 s"),
    ],
)
def test_an_engine_that_cannot_be_loaded_is_a_users_error(tmp_path: Path, fault: str, said: str) -> None:
    with pytest.raises(UserError, match=rf"(?s)faulty: the engine could not be started: .*{said}"):
        Guarded(Faulty(tmp_path, fault), WATCHDOG_S, load_s=3.0)


def test_an_engine_that_cannot_be_loaded_again_says_so(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path, "second")) as engine:
        engine.submit(0, ask("kill"))
        with pytest.raises(UserError, match=r"(?s)SIGKILL.*could not be started again.*out of memory"):
            engine.ready()


def test_neither_side_waits_for_a_full_pipe(tmp_path: Path) -> None:
    # Far more than a socket holds, both ways, before the first reply is fetched; the longest text first.
    texts = ["x" * 5_000_000, *(f"{number}" + "y" * 100_000 for number in range(100))]
    with guarded(Faulty(tmp_path, batch=200), watchdog_s=20.0) as engine:
        check(answers(engine, texts), texts, "")
    assert Faulty(tmp_path).loads == 1


def test_requests_are_sent_to_a_hung_engine_without_waiting(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path, batch=200)) as engine:
        texts = ["hang", *(f"{number}" + "y" * 2_000_000 for number in range(5))]
        check(answers(engine, texts), texts, "hang")


def test_close_ends_a_hung_engine(tmp_path: Path) -> None:
    engine = Guarded(Faulty(tmp_path), 60.0)
    engine.submit(0, ask("spin"))
    assert eventually((tmp_path / "spinning").exists)
    engine.close()
    # What was killed with its keeper may take a moment to be gone: it is nobody's child that could be waited for.
    assert eventually(lambda: not group_members(engine.group))
    engine.close()


def test_no_zombies_are_left(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        answers(engine, ["kill", "a", "hang"])
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in children if not is_alive(int(pid))]


PARENT = """
import sys, time
from pathlib import Path
from tests.engines.faulty import Faulty, ask
from thinkaug.engines.process.guard import Guarded

engine = Guarded(Faulty(Path(sys.argv[1])), 600.0)
engine.submit(0, ask("child"))
engine.ready()
for ticket, text in enumerate(sys.argv[2:]):
    engine.submit(1 + ticket, ask(text))
print(engine.group, flush=True)
if "leave" not in sys.argv:
    time.sleep(1000)
"""


@contextmanager
def other_parent(scratch: Path, *texts: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process with a guarded engine that works on `texts`, and the engine's process group."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(scratch), *texts],
        cwd=Path(__file__).parent.parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        group = int(process.stdout.readline())
        yield process, group
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("at_work", ["slow 100000", "hang", "spin"])
def test_nothing_outlives_a_killed_parent(tmp_path: Path, at_work: str) -> None:
    with other_parent(tmp_path, at_work) as (process, group):
        assert len(group_members(group)) == 3, "keeper, engine, and what it started"
        process.kill()
        assert eventually(lambda: not group_members(group))


def test_nothing_outlives_a_parent_that_ends_without_closing(tmp_path: Path) -> None:
    with other_parent(tmp_path, "leave") as (process, group):
        assert process.wait(30) == 0
        assert eventually(lambda: not group_members(group))
        assert (tmp_path / "closed").exists(), "the engine could close"


def test_an_interrupt_reaches_the_parent_alone(tmp_path: Path) -> None:
    with guarded(Faulty(tmp_path)) as engine:
        os.killpg(engine.group, signal.SIGINT)
        check(answers(engine, ["a"]), ["a"], "")
    assert Faulty(tmp_path).loads == 1


def test_the_folder_we_are_in_lends_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('not the real one')")
    monkeypatch.chdir(tmp_path)
    with guarded(Faulty(tmp_path)) as engine:
        check(answers(engine, ["a"]), ["a"], "")


def test_the_guards_process_loads_no_engine_of_its_own() -> None:
    code = (
        "import sys; import thinkaug.engines.vllm, thinkaug.engines.process.worker;"
        "sys.exit(bool({'vllm', 'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
