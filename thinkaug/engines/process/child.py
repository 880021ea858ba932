"""The process that holds an engine, seen from the one that started it: start, talk, tell how it died, end, kill.

Knows nothing of requests and replies, nor of what to do about a death.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import IO, Any

from thinkaug.engines.process.channel import Channel
from thinkaug.engines.process.worker import SIGNALLED
from thinkaug.errors import UserError

_LOOK_S = 1.0
_FAREWELL_S = 5.0
_LAST_CHARS = 2000


class Gone(Exception):
    """The process died or hung, and was killed; the message says how."""


class Child:
    """A worker process with its engine loaded.

    Args:
        spec: the pickled settings.
        name: of the engine, for messages.
        load_s: how long loading may take.
        shown: whether what the worker prints goes where ours does; otherwise it is kept for when it fails.

    Raises:
        UserError: the engine cannot be loaded; what the worker printed has gone to standard error.
    """

    def __init__(self, spec: bytes, name: str, load_s: float, shown: bool) -> None:
        self._output = None if shown else tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _start(theirs.fileno(), self._output)
        self._channel = Channel(ours)
        self._finalizer = weakref.finalize(self, _kill, self._process, self._channel, os.getpid())
        self._channel.send(spec)
        try:
            ((self.window, refusal),) = self.receive(load_s)
        except Gone as gone:
            raise UserError(f"{name}: the engine could not be started: {gone}{self.last_words()}") from gone
        if refusal:
            self.kill()
            sys.stderr.write(self._printed())
            raise UserError(refusal)
        self._finalizer.detach()
        self._finalizer = weakref.finalize(self, _end, self._process, self._channel, os.getpid())

    @property
    def group(self) -> int:
        """The process group of the worker and all that it starts."""
        return self._process.pid

    def send(self, message: Any) -> None:
        """Hand a message over. Never waits; what the worker does not take yet is kept."""
        self._channel.send(message)

    def receive(self, limit_s: float) -> list[Any]:
        """The worker's next messages, at least one.

        Raises:
            Gone: it ended, or nothing came for `limit_s`; nothing of it is left.
        """
        end = time.monotonic() + limit_s
        while (left_s := end - time.monotonic()) > 0:
            try:
                if messages := self._channel.receive(min(left_s, _LOOK_S)):
                    return messages
            except EOFError:
                break
            if self._process.poll() is not None:
                break  # dead, though something it started still holds its end of the channel
        else:
            if messages := self._channel.receive(0.0):
                return messages
            self.kill()
            raise Gone(f"it showed no sign of life for {limit_s:g} s")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LOOK_S)
        code = self._process.returncode
        self.kill()
        raise Gone("it closed the channel" if code is None else _death(code))

    def last_words(self) -> str:
        """The end of what the worker printed, as a paragraph to put after a message; empty if it printed nothing."""
        printed = self._printed().strip()[-_LAST_CHARS:]
        return f"; it last printed:\n{printed}" if printed else ""

    def kill(self) -> None:
        """Kill the worker and all that it has started."""
        self._finalizer.detach()
        _kill(self._process, self._channel, os.getpid())

    def end(self) -> None:
        """Tell the worker to end, and kill it if it does not."""
        self._finalizer()

    def _printed(self) -> str:
        if self._output is None:
            return ""
        self._output.seek(0)
        return self._output.read().decode("utf-8", "replace")


def _start(descriptor: int, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    # As this process finds its modules; `-P`, lest the folder we happen to be in comes before them.
    path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    return subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-P", "-m", "thinkaug.engines.process.worker", str(descriptor)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes], channel: Channel, owner: int) -> None:
    if os.getpid() != owner:
        return
    channel.send(None)
    channel.flush(_FAREWELL_S)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_FAREWELL_S)
    _kill(process, channel, owner)


def _kill(process: subprocess.Popen[bytes], channel: Channel, owner: int) -> None:
    if os.getpid() != owner:
        return  # a fork of ours, which inherited the object and not the process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    channel.close()


def _death(code: int) -> str:
    number = code - SIGNALLED if code > SIGNALLED else -code
    names = {int(known): known.name for known in signal.Signals}
    return f"it was killed by {names[number]}" if number in names else f"it ended with exit code {code}"
