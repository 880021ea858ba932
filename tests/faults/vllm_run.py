"""The demo in real vLLM, killed again and again: imported once, then forked for each run that is to die.

python -m tests.faults.vllm_run FOLDER KILLS SEED
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from thinkaug import build
from thinkaug.dialogue import Reply, Request
from thinkaug.engines import vllm
from thinkaug.pipeline import load
from thinkaug.plan import Plan
from thinkaug.stored import engine_digest, question_of

SETTINGS = ["stages.ingest.shard_documents=12", "stages.ingest.limit=36", "stages.generate.max_tokens=96"]


@dataclass(frozen=True)
class Logging:
    """An engine's settings; what it answers is written down before it is given, as by `remembered_run.Slow`."""

    spec: Any
    log: Path

    @property
    def name(self) -> str:
        return str(self.spec.name)

    def identity(self) -> Mapping[str, object]:
        return dict(self.spec.identity())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return list(self.spec.count_tokens(texts))

    def open(self) -> "LoggingEngine":
        engine = self.spec.load() if isinstance(self.spec, vllm.Config) else self.spec.open()
        return LoggingEngine(engine, engine_digest(self.identity()), self.log)


class LoggingEngine:
    """A running engine that writes down what it answers."""

    def __init__(self, engine: Any, digest: str, log: Path) -> None:
        self._engine, self._digest = engine, digest
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._requests: dict[int, Request] = {}
        self._batch = 0
        self.window: int = engine.window

    def submit(self, ticket: int, request: Request) -> None:
        self._requests[ticket] = request
        self._engine.submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        replies: list[tuple[int, Reply]] = self._engine.ready()
        self._batch += 1
        names = [question_of(self._digest, self._requests.pop(ticket)) for ticket, reply in replies if not reply.error]
        lines = [f"{os.getpid()}.{self._batch} {name.key.hex()} {name.max_tokens}\n" for name in names]
        os.write(self._log, "".join(lines).encode())
        return replies

    def close(self) -> None:
        os.close(self._log)


def run(folder: Path, spec: Any) -> Plan:
    """The demo up to generate, into `folder`/builds, with what is answered in `folder`/answered."""
    engines = {"writer": Logging(spec, folder / "answered")}
    return build.run("demo", until="generate", settings=SETTINGS, out=str(folder / "builds"), engines=engines)


def main() -> None:
    folder, kills, random = Path(sys.argv[1]), int(sys.argv[2]), Random(int(sys.argv[3]))
    spec, log = load("demo").services.engines["writer"], folder / "answered"
    vllm.import_vllm()
    log.touch()
    for _ in range(kills):
        start = log.stat().st_size
        child = os.fork()
        if child == 0:
            run(folder, spec)
            os._exit(0)
        while log.stat().st_size == start and not os.waitpid(child, os.WNOHANG)[0]:
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.5))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the run was over too soon"


if __name__ == "__main__":
    main()
