"""lookahead: a file whose beginning can be looked at before it is read. Knows nothing of what is in it."""

import io
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD_BYTES = 1 << 16
_BUFFER_BYTES = 1 << 18


class _Rest(io.RawIOBase):
    """The bytes of a file of which the first were read already."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head = head
        self._read = _read_once(file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        room = memoryview(buffer)
        if self._head:
            piece, self._head = self._head[: len(room)], self._head[len(room) :]
        else:
            piece = self._read(len(room))
        room[: len(piece)] = piece
        return len(piece)


def _read_once(file: IO[bytes]) -> Callable[[int], bytes]:
    # `read` of a cut-off gzip throws away what it had before the error; `read1` gives it first.
    read: Callable[[int], bytes] = getattr(file, "read1", file.read)
    return read


def look_ahead(file: IO[bytes]) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a file, up to 64 KiB, and the whole of it with a buffer of its own.

    A file that fails in its middle fails after all that could be read of it. Closing the reader leaves the file open.
    """
    head = _read_once(file)(_HEAD_BYTES)
    return head, io.BufferedReader(_Rest(head, file), _BUFFER_BYTES)
