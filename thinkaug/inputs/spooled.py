"""spooled: a file that can only be read on, laid aside so that it can be read at any place. Knows no formats."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from thinkaug.errors import Unreadable, UserError

MOST_BYTES = 8 << 30
_IN_MEMORY_BYTES = 64 << 20
_STEP_BYTES = 1 << 20


@contextmanager
def seekable(file: IO[bytes], most_bytes: int = MOST_BYTES) -> Iterator[IO[bytes]]:
    """The file itself where it can be sought in, else a nameless copy that goes away with the context.

    Args:
        file: from its first byte on.
        most_bytes: what is decompressed may be any number of bytes; so many are taken.

    Raises:
        Unreadable: there are more; or the file cannot be read.
        UserError: there is no room for the copy.
    """
    if file.seekable():
        yield file
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as copy:
        left = most_bytes
        while data := file.read(_STEP_BYTES):
            left -= len(data)
            if left < 0:
                raise Unreadable("too_long", f"more than {most_bytes:,} bytes unpacked; unpack it first")
            _write(copy, data)
        copy.seek(0)
        yield copy


def _write(copy: IO[bytes], data: bytes) -> None:
    try:
        copy.write(data)
    except OSError as error:
        where = tempfile.gettempdir()
        raise UserError(f"{where}: no room to unpack a file: {error.strerror}; set TMPDIR to another folder") from error
