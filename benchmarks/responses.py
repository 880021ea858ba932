"""What the response store costs: the generate stage with it and without it, and the store alone.

The stage runs on the demo's texts with a random Llama of 10M parameters in real vLLM in this process, in pairs, now one
first and now the other; every run with the store begins with an empty one. Two runs of the same work differ by more
than the store costs, so the share that counts is measured directly: the seconds that pass in the store (keys, look-ups,
commits, opening and closing) of all the seconds that the stage takes, waiting for the disk included.

Bar (--bar): the median of that share is under 2 %.

    python benchmarks/responses.py [--bar] [--pairs N]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from generate import random_llama

from thinkaug import build
from thinkaug.dialogue import Ask, Message, Reply, Request, Sampling
from thinkaug.engines import vllm
from thinkaug.pipeline import load
from thinkaug.remembering import Remembering
from thinkaug.responses import Responses
from thinkaug.runner import run_unit
from thinkaug.stage import Memory, Services
from thinkaug.stored import Stored, engine_digest, question_of

BAR = 0.02
DOCUMENTS = 40
OPTIONS = {"kv_cache_memory_bytes": 2 << 30}
REPLIES = 5000  # for the store alone


@dataclass
class Clock:
    """Seconds that passed in something, without those that passed in something inside it."""

    seconds: float = 0.0

    @contextmanager
    def running(self, around: "Clock | None" = None) -> Iterator[None]:
        """Count while this lasts, and take it off the clock around it."""
        started = time.perf_counter()
        try:
            yield
        finally:
            passed = time.perf_counter() - started
            self.seconds += passed
            if around is not None:
                around.seconds -= passed


class TimedEngine:
    """A running engine whose time is taken off the store's."""

    def __init__(self, running: Any, clock: Clock) -> None:
        self._running, self._clock, self._own = running, clock, Clock()
        self.window: int = running.window
        self.replies = 0

    def submit(self, ticket: int, request: Request) -> None:
        with self._own.running(self._clock):
            self._running.submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        with self._own.running(self._clock):
            replies: list[tuple[int, Reply]] = self._running.ready()
        self.replies += len(replies)
        return replies

    def close(self) -> None:
        """It is used again."""


class TimedRemembering(Remembering):
    """One that is timed."""

    clock: Clock

    def submit(self, ticket: int, request: Request) -> None:
        with self.clock.running():
            super().submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        with self.clock.running():
            return super().ready()


@dataclass(frozen=True)
class Spec:
    """A model that runs already."""

    config: vllm.Config
    engine: TimedEngine

    @property
    def name(self) -> str:
        return self.config.name

    def identity(self) -> Any:
        return self.config.identity()

    def count_tokens(self, texts: Any) -> list[int]:
        return self.config.count_tokens(texts)

    def open(self) -> TimedEngine:
        return self.engine


class Timed(Services):
    """Services whose store is timed."""

    clock: Clock

    @contextmanager
    def remembering(self, name: str, unit: str) -> Iterator[Remembering]:
        before = Clock()
        entering = super().remembering(name, unit)
        with before.running():
            found = entering.__enter__()
        timed = TimedRemembering(found._engine, found._store)
        timed.clock = self.clock
        yield timed
        with before.running():
            entering.__exit__(None, None, None)
        self.clock.seconds += before.seconds


@dataclass(frozen=True)
class Run:
    """One run of the stage: replies, seconds by the clock and of CPU, and those of the store."""

    replies: int
    wall_s: float
    cpu_s: float
    store_s: float


def stage_runs(spec: Spec, clock: Clock, out: Path) -> Callable[[bool], Run]:
    """The generate stage, as often as it is called, with the store or without."""
    settings = [f"stages.ingest.limit={DOCUMENTS}", "stages.generate.max_tokens=128", "stages.generate.prompts=full"]
    plan = load("demo", settings, str(out), {"writer": spec})
    *before, step = plan.until("generate")
    for earlier in before:
        build.run_step(plan, earlier)
    units = build.units(step)
    count = iter(range(1_000_000))

    def run(with_store: bool) -> Run:
        number = next(count)
        folder = replace(step.folder, path=plan.root / f"generate-{number:08x}")
        folder.begin({})
        services = Timed(step.services.templates, step.services.engines)
        services.clock = clock
        services.memory = Memory(out / f"run-{number}", folder.path.name) if with_store else None
        work = step.stage.start(step.config, services, [unit.shard for unit in units])
        clock.seconds, spec.engine.replies = 0.0, 0
        wall, cpu = time.perf_counter(), time.process_time()
        for unit in units:
            run_unit(work, unit, folder, sys.maxsize, lambda counts: None)
        return Run(spec.engine.replies, time.perf_counter() - wall, time.process_time() - cpu, clock.seconds)

    return run


def measure(pairs: int, folder: Path) -> list[tuple[Run, Run]]:
    """(with the store, without) pair by pair, after one run to warm up."""
    size = random_llama(folder / "model")
    config = vllm.Config(model=str(folder / "model"), max_model_len=2048, options=OPTIONS)
    clock = Clock()
    run = stage_runs(Spec(config, TimedEngine(config.load(), clock)), clock, folder / "builds")
    warm = run(True)
    print(f"random Llama of {size}: {warm.replies} replies a run", flush=True)
    results = []
    for pair in range(pairs):
        first = run(pair % 2 == 0)
        second = run(pair % 2 == 1)
        results.append((second, first) if pair % 2 else (first, second))
    return results


def alone(folder: Path) -> None:
    """Print microseconds for each thing that the store does, with replies of 600 characters."""
    engine = engine_digest({"kind": "none"})
    prompt = "What goes through the expert's mind just before that stretch? " * 40
    requests = [Ask((Message("system", prompt), Message("user", f"{n}")), Sampling(), n) for n in range(REPLIES)]
    words = [f"<recall>Step {n} leads from {n * 7919 % 10007} to what comes next.</recall>" for n in range(REPLIES)]
    replies = [Reply("\n".join(words[n : n + 10]), output_tokens=128) for n in range(REPLIES)]

    def each(title: str, work: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{title:<40}{wall / REPLIES * 1e6:>9.1f}{cpu / REPLIES * 1e6:>9.1f}")

    questions = [question_of(engine, request) for request in requests]
    entries = [Stored(question, reply) for question, reply in zip(questions, replies, strict=True)]
    print(f"{'the store alone':<40}{'us each':>9}{'of CPU':>9}")
    each("key of a request of 2,500 characters", lambda: [question_of(engine, request) for request in requests])

    def keep(store: Responses, batch: int) -> None:
        for start in range(0, REPLIES, batch):
            store.keep(entries[start : start + batch])

    for batch in (1, 16):
        store = Responses(folder / str(batch), engine, "00000", "generate-00000000", print)
        each(f"kept, {batch} to a commit", partial(keep, store, batch))
        store.close()
    again = Responses(folder / "1", engine, "00000", "generate-00000001", print)
    each("found", lambda: [again.find(question) for question in questions])
    each("its use by another build, all at once", lambda: again.keep([]))
    other = [question_of(engine_digest({}), request) for request in requests]
    each("not found", lambda: [again.find(question) for question in other])
    again.close()
    size = sum(place.stat().st_size for place in (folder / "1").rglob("*.sqlite"))
    plain = sum(len(reply.text) for reply in replies)
    print(f"{'bytes on disk a reply (its text alone)':<40}{size / REPLIES:>9.0f} ({plain / REPLIES:.0f})")


def main() -> int:
    """Print the tables; with --bar, return 1 if the store's share misses the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--pairs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone(Path(folder) / "alone")
        results = measure(arguments.pairs, Path(folder))
    print(f"\n{'with the store over without':<32}{'median':>9}{'spread':>18}")
    for title, clock in (("seconds by the clock", "wall_s"), ("seconds of CPU", "cpu_s")):
        ratios = sorted(getattr(with_, clock) / getattr(without, clock) for with_, without in results)
        print(f"{title:<32}{statistics.median(ratios):>9.3f}{f'{ratios[0]:.3f}-{ratios[-1]:.3f}':>18}")
    shares = sorted(run.store_s / run.wall_s for run, _ in results)
    each = statistics.median(run.store_s / run.replies * 1e6 for run, _ in results)
    share = statistics.median(shares)
    print(f"{'seconds in the store, of all':<32}{share:>9.2%}{f'{shares[0]:.2%}-{shares[-1]:.2%}':>18}", end="")
    print(f"   bar {BAR:.0%}; {each:.0f} us a reply")
    return int(arguments.bar and share >= BAR)


if __name__ == "__main__":
    sys.exit(main())
