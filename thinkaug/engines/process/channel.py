"""A two-way channel between our own processes that no full pipe can block. Knows nothing of what it carries.

Both ends may have a great deal to say at once: requests one way, replies the other. Were each to wait until the other
reads, both would wait for ever; so what cannot be sent now is kept, and goes out while the end waits to receive.
"""

import pickle
import select
import socket
import struct
import time
from collections import deque
from typing import Any

_LENGTH = struct.Struct("!Q")
_PIECE_BYTES = 1 << 20


class Channel:
    """One end of a connected pair of sockets. Messages are pickled: only for a process that we started ourselves."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._unsent: deque[memoryview] = deque()
        self._received = bytearray()
        self._gone = False

    def send(self, message: Any) -> None:
        """Send as much as goes through at once, and keep the rest. Says nothing if the other end is gone."""
        body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        self._unsent.append(memoryview(_LENGTH.pack(len(body)) + body))
        self._push()

    def receive(self, limit_s: float | None) -> list[Any]:
        """The messages that have come; waits for one up to `limit_s` (None: for ever), and is empty if none came.

        Raises:
            EOFError: the other end is gone, and all that it sent has been received.
        """
        end = None if limit_s is None else time.monotonic() + limit_s
        while True:
            self._push()
            self._pull()
            messages = self._messages()
            left_s = None if end is None else max(0.0, end - time.monotonic())
            if messages or (left_s == 0.0 and not self._gone):
                return messages
            if self._gone:
                raise EOFError
            self._wait(left_s, select.POLLIN | (select.POLLOUT if self._unsent else 0))

    def flush(self, limit_s: float) -> None:
        """Send what is kept, for at most `limit_s`; what the other end does not take by then is lost."""
        end = time.monotonic() + limit_s
        while self._unsent and not self._gone and (left_s := end - time.monotonic()) > 0:
            self._wait(left_s, select.POLLOUT)
            self._push()

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def _wait(self, limit_s: float | None, events: int) -> None:
        poll = select.poll()  # unlike select.select, it takes descriptors above 1023
        poll.register(self._socket, events)
        poll.poll(None if limit_s is None else limit_s * 1000)

    def _push(self) -> None:
        try:
            while self._unsent:
                sent = self._socket.send(self._unsent[0])
                rest = self._unsent.popleft()[sent:]
                if rest:
                    self._unsent.appendleft(rest)
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # nobody will read it; receiving will tell

    def _pull(self) -> None:
        try:
            while piece := self._socket.recv(_PIECE_BYTES):
                self._received += piece
            self._gone = True
        except BlockingIOError:
            pass
        except OSError:
            self._gone = True

    def _messages(self) -> list[Any]:
        messages = []
        place = 0
        while len(self._received) - place >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._received, place)
            start, end = place + _LENGTH.size, place + _LENGTH.size + length
            if end > len(self._received):
                break
            messages.append(pickle.loads(bytes(self._received[start:end])))  # noqa: S301  # from our own process
            place = end
        del self._received[:place]
        return messages
