"""tar: the members of a tar, one after the other, from a stream that can only be read on. Knows nothing of their names.

The library's own reader takes a damaged head for the end, keeps every head that it has read, and reads what a head says
about the next one at once, however much that is. Here only its parsing of one head is used.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from thinkaug.errors import Unreadable

_BLOCK_BYTES = tarfile.BLOCKSIZE
_MOST_SAID_BYTES = 1 << 20
_STEP_BYTES = 1 << 20
_LONGEST_NUMBER = 10
_OLD_SPARSE_GOES_ON, _SPARSE_GOES_ON = 482, 504
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_NO_DATA = (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)


class Part(io.RawIOBase):
    """The next `size_bytes` of a stream. Raises `Unreadable` where the stream ends before."""

    def __init__(self, stream: IO[bytes], size_bytes: int) -> None:
        self._stream: Any = stream
        self.left_bytes = size_bytes

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What there is without asking the stream twice."""
        data = self._stream.read1(min(len(buffer), self.left_bytes))
        if not data and self.left_bytes and len(buffer):
            raise Unreadable("truncated", "the tar ends in the middle of this file")
        self.left_bytes -= len(data)
        buffer[: len(data)] = data
        return len(data)


@dataclass(frozen=True, slots=True)
class Entry:
    """A member. `part` is its bytes, until the next one is asked for; `refused` says why it is no file."""

    name: str
    part: Part
    refused: str = ""


def entries(stream: IO[bytes]) -> Iterator[Entry]:
    """The members in order, folders left out. Several tars behind each other are one.

    Args:
        stream: buffered.

    Raises:
        Unreadable: the rest cannot be read.
    """
    always: dict[str, str] = {}  # what is said of all members that follow
    said: dict[str, str] = {}  # what is said of the next one
    ended = False
    while block := stream.read(_BLOCK_BYTES):
        ended = not block.strip(b"\0")
        if ended:
            continue
        head = _parsed(block)
        if head.type == tarfile.XGLTYPE:
            always.update(_records(_whole(stream, head.size)))
        elif head.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            said.update(_records(_whole(stream, head.size)))
        elif head.type == tarfile.GNUTYPE_LONGNAME:
            said["path"] = _text(_whole(stream, head.size).partition(b"\0")[0])
        elif head.type == tarfile.GNUTYPE_LONGLINK:
            _whole(stream, head.size)
        else:
            entry, size_bytes = _entry(stream, head, block, {**always, **said})
            said = {}
            if not head.isdir():
                yield entry
            _skip(stream, entry.part.left_bytes + -size_bytes % _BLOCK_BYTES)
    if not ended:
        raise Unreadable("truncated", "the tar has no end mark: it was cut off, and may have held more")


def _parsed(block: bytes) -> tarfile.TarInfo:
    try:
        head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        kind = "damaged" if len(block) == _BLOCK_BYTES else "truncated"
        raise Unreadable(kind, f"no tar, or not from here on: {error}") from error
    return head if head.size >= 0 else _damaged("a size below nothing")


def _entry(stream: IO[bytes], head: tarfile.TarInfo, block: bytes, said: Mapping[str, str]) -> tuple[Entry, int]:
    """The member, and how many bytes it takes in the tar, padding aside."""
    size = said.get("size", str(head.size))
    size_bytes = 0 if head.type in _NO_DATA else int(size) if size.isdecimal() else _damaged(f"a size of '{size:.20}'")
    name = said.get("GNU.sparse.name") or said.get("path") or head.name
    refused = ""
    if head.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse.") for key in said):
        refused = "a sparse file; pack it without `--sparse`"
        more = head.type == tarfile.GNUTYPE_SPARSE and block[_OLD_SPARSE_GOES_ON]
        while more:
            more = _whole(stream, _BLOCK_BYTES)[_SPARSE_GOES_ON]
    elif head.type not in _FILES:
        refused = "a link or a device, not a file"
    return Entry(name, Part(stream, size_bytes), refused), size_bytes


def _records(body: bytes) -> Iterator[tuple[str, str]]:
    """The records `<length> <key>=<value>` of an extended head; the length counts all of it, its own digits too."""
    place = 0
    while place < len(body):
        digits, space, _ = body[place : place + _LONGEST_NUMBER].partition(b" ")
        if not space or not digits.isdigit() or int(digits) <= len(digits):
            _damaged("an extended head that is none")
        key, _, value = body[place + len(digits) + 1 : place + int(digits)].removesuffix(b"\n").partition(b"=")
        yield _text(key), _text(value)
        place += int(digits)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _whole(stream: IO[bytes], size_bytes: int) -> bytes:
    """What a head says about the next one. What it says fills whole blocks."""
    if size_bytes > _MOST_SAID_BYTES:
        _damaged(f"more than {_MOST_SAID_BYTES:,} bytes about one file")
    body = stream.read(size_bytes)
    _skip(stream, -size_bytes % _BLOCK_BYTES)
    if len(body) < size_bytes:
        raise Unreadable("truncated", "the tar ends in the middle of a head")
    return body


def _skip(stream: Any, size_bytes: int) -> None:
    """Pass over so many bytes. That there are fewer shows when the next head is read."""
    if stream.seekable():
        stream.seek(size_bytes, io.SEEK_CUR)
        return
    while size_bytes and (data := stream.read1(min(size_bytes, _STEP_BYTES))):
        size_bytes -= len(data)


def _damaged(what: str) -> NoReturn:
    raise Unreadable("damaged", f"the tar is damaged here: {what}")
