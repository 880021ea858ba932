"""Engines that fail on request, picklable, for the guard's tests. A reply says what the request's last message said."""

import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from thinkaug.dialogue import Ask, Message, Reply, Request, Sampling
from thinkaug.errors import UserError

TOKEN_S = 0.005


def ask(text: str) -> Ask:
    return Ask((Message("user", text),), Sampling(), 0)


@dataclass(frozen=True)
class Faulty:
    """Requests of one word are answered with it after some steps. Others say what to do, such as `hang`.

    Args:
        scratch: a folder to leave traces in; `loads` counts how often the engine was loaded there.
        load: what goes wrong in loading: `""`, or `refuse`, `raise`, `hang`, `die` or `second` (only the first works).
        batch: requests worked on at a time.
    """

    scratch: Path
    load_fault: str = ""
    batch: int = 8
    name: str = "faulty"

    def load(self) -> "FaultyEngine":
        with (self.scratch / "loads").open("a") as loads:
            loads.write("x")
        print("loading the faulty engine")
        fault = self.load_fault
        if fault == "refuse":
            raise UserError("no such model: look at its name")
        if fault == "raise" or (fault == "second" and self.loads > 1):
            raise ValueError("out of memory")
        if fault == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "hang":
            time.sleep(1000)
        return FaultyEngine(self)

    @property
    def loads(self) -> int:
        return len((self.scratch / "loads").read_text())


class FaultyEngine:
    def __init__(self, spec: Faulty) -> None:
        self._spec = spec
        self._queue: deque[tuple[int, Request]] = deque()
        self._running: list[tuple[int, str, int]] = []
        self.window = 2 * spec.batch

    def submit(self, ticket: int, request: Request) -> None:
        self._queue.append((ticket, request))

    def step(self) -> tuple[list[tuple[int, Reply]], bool]:
        time.sleep(TOKEN_S)
        while self._queue and len(self._running) < self._spec.batch:
            ticket, request = self._queue.popleft()
            assert isinstance(request, Ask)
            text = request.messages[-1].content
            steps = int(text.split()[1]) if text.startswith("slow ") else 1 + ticket % 3
            self._running.append((ticket, text, steps))
        for _, text, _ in self._running:
            self._misbehave(text)
        done = [(ticket, Reply(text, output_tokens=1)) for ticket, text, steps in self._running if steps <= 1]
        self._running = [(ticket, text, steps - 1) for ticket, text, steps in self._running if steps > 1]
        return done, True

    def ready(self) -> list[tuple[int, Reply]]:
        raise AssertionError("a worker steps")

    def close(self) -> None:
        (self._spec.scratch / "closed").touch()

    def _misbehave(self, text: str) -> None:
        if text.startswith("hang"):
            time.sleep(1000)
        elif text.startswith("spin"):
            (self._spec.scratch / "spinning").touch()
            ctypes.PyDLL(None).sleep(1000)  # holds the interpreter's lock: no Python of ours runs any more
        elif text.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif text.startswith("raise"):
            raise RuntimeError("the engine is on fire")
        elif text.startswith("segfault"):
            ctypes.string_at(0)
        elif text.startswith("exit"):
            os._exit(3)
        elif text.startswith("once "):
            trace = self._spec.scratch / text.replace(" ", "-")
            if not trace.exists():
                trace.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        elif text == "child":
            child = subprocess.Popen(["sleep", "1000"])
            (self._spec.scratch / "child").write_text(str(child.pid))
