"""packed: a file's bytes, decompressed by what they begin with, whatever its name says. Knows not where they lie.

Everything streams: of a stream that would unpack to terabytes no more is in memory than one buffer.
"""

import bz2
import errno
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa

from thinkaug.errors import Unreadable

BUFFER_BYTES = 1 << 20
_STEP_BYTES = 4096  # so little is lost when a stream turns out to be damaged: a step that fails gives nothing
_XZ_MOST_BYTES = 256 << 20  # a hostile head may ask for a dictionary of gigabytes

_PACKINGS = {"gz": "gzip", "zst": "zstd", "bz2": "bzip2", "xz": "xz"}
_TARS = {"tgz": "gzip", "taz": "gzip", "tbz": "bzip2", "tbz2": "bzip2", "txz": "xz", "tzst": "zstd"}
_MAGIC = {
    "gzip": (b"\x1f\x8b\x08",),
    "zstd": (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16))),
    "bzip2": tuple(b"BZh%d" % n + mark for n in range(1, 10) for mark in (b"1AY&SY", b"\x17rE8P\x90")),
    "xz": (b"\xfd7zXZ\0",),
}
_STREAMS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(wbits=31),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MOST_BYTES),
}
_BINARY = (b"PAR1", b"ARROW1", b"FEA1", b"%PDF", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_USTAR = slice(257, 262)

_DENIED, _GONE = "there is no permission to read it", "it is no longer there"
_KINDS: tuple[tuple[type[OSError], str, str], ...] = (
    (FileNotFoundError, "missing", _GONE),
    (NotADirectoryError, "missing", _GONE),
    (PermissionError, "denied", _DENIED),
    (IsADirectoryError, "not_a_file", "a folder, not a file"),
)


class Opened(io.BufferedReader):
    """The bytes as a source reads them, buffered. Reading raises `Unreadable` where they cannot be had.

    `mended` has a word where the name told something else than the bytes: `not_gzip`, `unpacked_gzip`.
    """

    mended: tuple[str, ...] = ()


def endings(name: str) -> tuple[str, str]:
    """(ending, packing) by the name: `a.jsonl.GZ` -> ("jsonl", "gzip"), `a.tgz` -> ("tar", "gzip"). Both may be ""."""
    stem, dot, last = name.rpartition("/")[2].rpartition(".")
    packing = ""
    while dot and stem and last.lower() in _PACKINGS:
        packing = packing or _PACKINGS[last.lower()]
        stem, dot, last = stem.rpartition(".")
    if not dot or not stem:
        return "", packing
    return ("tar", _TARS[last.lower()]) if last.lower() in _TARS else (last.lower(), packing)


def storable(name: str) -> str:
    """The name as text that can be written as UTF-8: a file's name may be any bytes."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")


def unreadable(error: OSError) -> Unreadable:
    """Why the system does not give a file."""
    if error.errno == errno.ELOOP:
        return Unreadable("missing", "a link that leads in a circle")
    for system, kind, message in _KINDS:
        if isinstance(error, system):
            return Unreadable(kind, message)
    return Unreadable("unreadable", f"cannot be read: {error}")


@contextmanager
def opened(file: IO[bytes] | io.RawIOBase, name: str, packing: str = "") -> Iterator[Opened]:
    """The bytes of `file`, which stays open, decompressed if they are packed in one of the known ways.

    Args:
        file: from its first byte on.
        name: what its ending says is compared with what the bytes are.
        packing: what `file` itself is unpacked from, for what is said of its errors. Such a file is not sought in.

    Raises:
        Unreadable: it is named as packed, and is neither that nor anything else; reading raises it later on.
    """
    with Opened(_Reading(getattr(file, "read1", file.read), None if packing else file, packing), BUFFER_BYTES) as plain:
        head = plain.peek(512)[:512]
        ending, said = endings(name)
        found = next((packing for packing, magic in _MAGIC.items() if head.startswith(magic)), "")
        if said and not found:
            _refuse_rubbish(head, ending, said)
        if not found:
            plain.mended = (f"not_{said}",) if said else ()
            yield plain
            return
        with Opened(_Reading(_unpacking(plain, found), None, found), BUFFER_BYTES) as unpacked:
            unpacked.mended = () if found == said else (f"unpacked_{found}",)
            yield unpacked


def _refuse_rubbish(head: bytes, ending: str, said: str) -> None:
    """A packed file whose first bytes are damaged must not come in as text; a plain one only has the wrong name."""
    if any(magic.startswith(head) for magic in _MAGIC[said]):
        raise Unreadable("truncated", f"it ends before its {said} stream begins")
    plain = head.startswith(_BINARY) or (ending == "tar" and head[_USTAR] == b"ustar")
    if not plain and len(head.translate(None, _CONTROLS)) < 0.95 * len(head):
        raise Unreadable("damaged", f"it is named as {said}, and is neither that nor text")


class _Reading(io.RawIOBase):
    """`read` as a raw file. What it gave before it failed is handed on first: the rows before a cut stand."""

    def __init__(self, read: Callable[[int], bytes], file: IO[bytes] | io.RawIOBase | None, packing: str = "") -> None:
        self._read, self._file, self._packing = read, file, packing
        self._problem: Unreadable | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file is not None and self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if self._file is None:
            raise io.UnsupportedOperation("what is decompressed can only be read on")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        if self._file is None:
            raise io.UnsupportedOperation("what is decompressed has no place")
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        if self._problem:
            raise self._problem
        got = 0
        try:
            while got < len(buffer) and (data := self._read(len(buffer) - got)):
                buffer[got : got + len(data)] = data
                got += len(data)
        except Unreadable as error:
            self._problem = error
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            self._problem = _problem(error, self._packing)
        if self._problem and not got:
            raise self._problem
        return got


def _problem(error: Exception, packing: str) -> Unreadable:
    if isinstance(error, EOFError) or "Truncated compressed stream" in str(error):
        return Unreadable("truncated", f"it ends in the middle of its {packing} stream")
    if packing:
        return Unreadable("damaged", f"its {packing} stream is damaged here: {error}")
    assert isinstance(error, OSError), "only a decompressor raises the others"
    return unreadable(error)


def _unpacking(file: IO[bytes], packing: str) -> Callable[[int], bytes]:
    if packing == "zstd":
        frames = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        return lambda most: frames.read(min(most, _STEP_BYTES))
    pieces = _pieces(file, _STREAMS[packing])
    left = b""

    def read(most: int) -> bytes:
        nonlocal left
        data, left = (left or next(pieces, b"")), b""
        if len(data) > most:
            data, left = data[:most], data[most:]
        return data

    return read


def _pieces(file: IO[bytes], start: Callable[[], Any]) -> Iterator[bytes]:
    """What the streams of a file hold, one after the other; zeros behind a stream are padding.

    Raises:
        EOFError: the last stream is cut off.
        zlib.error, OSError, lzma.LZMAError: a stream is damaged, or something else follows it.
    """
    given = file.read(_STEP_BYTES)
    while given:
        stream, ended = start(), False
        while not stream.eof:
            piece = stream.decompress(given, _STEP_BYTES)
            if piece:
                yield piece
            elif ended and not stream.eof:
                raise EOFError
            given = getattr(stream, "unconsumed_tail", b"")  # zlib gives back what it had no room for, others keep it
            if not given and not stream.eof and getattr(stream, "needs_input", True):
                given = file.read(_STEP_BYTES)
                ended = not given
        given = (stream.unused_data or file.read(_STEP_BYTES)).lstrip(b"\0")
        while not given and (data := file.read(_STEP_BYTES)):
            given = data.lstrip(b"\0")
