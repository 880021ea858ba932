"""worker: one engine in a process of its own, stepped between messages. Knows nothing of who asks, or why.

`python -m thinkaug.engines.process.worker FD` is two processes. The first is a light keeper; it forks the second, which
holds the engine, and ends as that ends. If whoever started it is gone, the keeper kills the whole process group, with a
hung engine and whatever an engine has started itself.

In: the pickled spec, then `(ticket, request)` each; `None` ends the worker. Out: first `(window, refusal)`, the refusal
empty unless the spec's `load` raised `UserError`; then lists of `(ticket, reply)`, an empty one being a sign of life.
"""

import ctypes
import os
import pickle
import select
import signal
import socket
import sys
import time
from types import TracebackType
from typing import Any, Protocol

from thinkaug.dialogue import Engine, Reply
from thinkaug.engines.process.channel import Channel
from thinkaug.errors import UserError

SIGNALLED = 128
"""Added to the number of the signal that ended the worker, to make the keeper's exit code, as shells do."""

_SIGN_OF_LIFE_S = 0.5
_LOOK_S = 0.2
_FAREWELL_S = 5.0
_PR_SET_PDEATHSIG = 1


class SteppedEngine(Engine, Protocol):
    """An engine that gives back control after every step of its model, so that requests can join in between."""

    def step(self) -> tuple[list[tuple[int, Reply]], bool]:
        """One step of the model: the replies that are finished, and whether any token came of it."""


class Loadable(Protocol):
    """What a worker is given: picklable settings that load an engine. Their module must be importable."""

    @property
    def name(self) -> str:
        """Model and revision, to tell a user which engine failed."""

    def load(self) -> SteppedEngine:
        """The engine, in this process."""


def main(descriptor: int) -> None:
    """Fork the worker, and keep watch over both ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us: it ends us in its own time
    owner = os.getppid()
    worker = os.fork()  # still single-threaded: nothing heavy is imported yet
    if worker == 0:
        _die_with_parent()
        sys.excepthook = _die
        serve(Channel(socket.socket(fileno=descriptor)))
        return
    keep(descriptor, worker, owner)


def keep(descriptor: int, worker: int, owner: int) -> None:
    """Wait until the worker ends, and end with its exit code; or until the owner is gone, and kill the group."""
    poll = select.poll()
    poll.register(descriptor, 0)  # nothing but hanging up
    while True:
        if poll.poll(_LOOK_S * 1000) or os.getppid() != owner:
            os.killpg(0, signal.SIGKILL)
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            sys.exit(code if code >= 0 else SIGNALLED - code)


def serve(channel: Channel) -> None:
    """Load the engine and let it answer until told to end. An exception is the end: the engine is broken."""
    try:
        engine = _load(channel)
        if engine is not None:
            _answer(channel, engine)
    except EOFError:
        return  # the other end is gone


def _load(channel: Channel) -> SteppedEngine | None:
    (packed,) = channel.receive(None)
    spec: Loadable = pickle.loads(packed)  # noqa: S301  # from the process that started us
    try:
        engine = spec.load()
    except UserError as error:
        channel.send((0, str(error)))
        channel.flush(_FAREWELL_S)
        return None
    channel.send((engine.window, ""))
    return engine


def _answer(channel: Channel, engine: SteppedEngine) -> None:
    inside = 0
    said_s = time.monotonic()
    while True:
        for message in channel.receive(0.0 if inside else None):
            if message is None:
                engine.close()
                return
            engine.submit(*message)
            inside += 1
        if not inside:
            continue
        finished, moved = engine.step()
        inside -= len(finished)
        if finished or (moved and time.monotonic() - said_s > _SIGN_OF_LIFE_S):
            channel.send(finished)
            said_s = time.monotonic()


def _die(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End at once: an orderly end would wait for threads of the engine, which may never end themselves."""
    sys.__excepthook__(kind, error, trace)
    sys.stderr.flush()
    os._exit(1)


def _die_with_parent() -> None:
    """Should the keeper be killed, Linux kills this process too."""
    if sys.platform == "linux":
        libc: Any = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
