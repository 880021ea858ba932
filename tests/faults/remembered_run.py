"""A run on an engine that answers in batches, takes its time and writes down each answer before it gives it."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

from thinkaug import build
from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.plan import Plan
from thinkaug.stored import engine_digest, question_of

# What a run imports late is imported here: once, not in each process that is killed.
for _module in ("pandas", "pydantic", "thinkaug.sources.jsonl", "thinkaug.strategies.interleaved"):
    import_module(_module)

PIPELINE = """
name: kill
engines: {}
stages:
  - ingest: {paths: [PATH], shard_documents: 25}
  - segment
  - generate: {seed: 7}
  - filter: {checks: []}
  - pack: {shard_mb: 0.02}
"""


def answer(request: Request) -> Reply:
    """Depends on the request alone. One in seven cannot be read, so that there are repair turns too."""
    assert isinstance(request, Ask)
    text = f"<recall>Number {request.seed} comes to mind.</recall>\n<self_talk>And {request.seed % 97}?</self_talk>"
    if request.seed % 7 == 0 and len(request.messages) < 3:
        text = f"I think of {request.seed}."
    return Reply(text, prompt_tokens=30, output_tokens=len(text.split()))


@dataclass(frozen=True)
class Slow:
    """Settings of the engine; `log` is where it writes down what it answers, a line each: batch and question.

    Args:
        log: each line is written whole, before the reply is given. `started.<pid>` beside it says that it runs.
        delay_s: a batch takes up to twice as long.
        name: stands for the model.
    """

    log: Path
    delay_s: float
    name: str = "slow"
    window: int = 8

    def identity(self) -> Mapping[str, object]:
        return {"kind": "slow", "name": self.name}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def open(self) -> "SlowEngine":
        return SlowEngine(self)


class SlowEngine:
    """Finishes some of what it holds, in any order."""

    def __init__(self, spec: Slow) -> None:
        self.window, self._spec, self._digest = spec.window, spec, engine_digest(spec.identity())
        self._held: list[tuple[int, Request]] = []
        self._random, self._batch = Random(os.getpid()), 0
        self._log = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        spec.log.with_name(f"started.{os.getpid()}").touch()

    def submit(self, ticket: int, request: Request) -> None:
        self._held.append((ticket, request))

    def ready(self) -> list[tuple[int, Reply]]:
        time.sleep(self._random.uniform(0, 2 * self._spec.delay_s))
        self._random.shuffle(self._held)
        count = self._random.randint(1, len(self._held))
        done, self._held = self._held[:count], self._held[count:]
        self._batch += 1
        names = [question_of(self._digest, request) for _, request in done]
        lines = [f"{os.getpid()}.{self._batch} {name.key.hex()} {name.max_tokens}\n" for name in names]
        os.write(self._log, "".join(lines).encode())
        return [(ticket, answer(request)) for ticket, request in done]

    def close(self) -> None:
        os.close(self._log)


def run(
    folder: Path,
    delay_s: float = 0.0,
    *,
    name: str = "slow",
    settings: Sequence[str] = (),
    reuse: bool = False,
    pipeline: str = PIPELINE,
) -> Plan:
    """Run the pipeline over `folder`/in.jsonl, into `folder`/builds; what is answered stands in `folder`/answered."""
    place = folder / "kill.yaml"
    place.write_text(pipeline.replace("PATH", str(folder / "in.jsonl")))
    spec = Slow(folder / "answered", delay_s, name)
    return build.run(str(place), out=str(folder / "builds"), settings=settings, engines={"writer": spec}, reuse=reuse)
