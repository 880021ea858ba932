"""archives: the files inside a zip or tar, read in place and in order. Knows nothing of what is in them.

Nothing is unpacked to the disk. A member that may not or cannot be read is given all the same: opening it says why.
"""

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from thinkaug.errors import Unreadable
from thinkaug.inputs import tar
from thinkaug.inputs.packed import Opened, endings, opened, storable
from thinkaug.inputs.spooled import seekable

KINDS = ("tar", "zip")
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, which can be read until the next one is asked for. `name` begins with the archive's."""

    name: str
    start: Callable[[], IO[bytes] | io.RawIOBase]
    kind: str

    @property
    def ending(self) -> str:
        """The file's ending without the dot, below any compression."""
        return endings(self.name)[0]

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The file's bytes, decompressed if they are packed once more. Raises `Unreadable` for what is refused."""
        with self.start() as file, opened(file, self.name, self.kind) as plain:
            yield plain


def refusing(name: str, reason: Unreadable) -> Member:
    """A member that says so when it is opened."""

    def start() -> IO[bytes]:
        raise reason

    return Member(name, start, "")


def members(file: IO[bytes], name: str, known: Callable[[str], bool]) -> Iterator[Member]:
    """The files of an archive whose name is `known`, and those that are refused; others are passed over.

    Args:
        file: the archive, no longer compressed.
        name: the archive's own; its ending says which kind it is.
        known: whether a file of that name is looked for.

    Raises:
        Unreadable: the rest cannot be read. The members given before stand.
    """
    kind = endings(name)[0]
    for inner, start in _zip(file) if kind == "zip" else _tar(file):
        whole = f"{name}/{storable(inner)}"
        is_archive = endings(inner)[0] in KINDS
        if not is_archive and not known(inner):
            continue
        if isinstance(start, Unreadable):
            yield refusing(whole, start)
        elif _leads_out(inner):
            yield refusing(whole, Unreadable("outside", "its name leads out of the archive"))
        elif is_archive:
            yield refusing(whole, Unreadable("nested", "an archive inside an archive; unpack the outer one"))
        else:
            yield Member(whole, start, kind)


def _leads_out(name: str) -> bool:
    return any(way.anchor or ".." in way.parts for way in (PurePosixPath(name), PureWindowsPath(name)))


_Listed = tuple[str, Callable[[], IO[bytes] | io.RawIOBase] | Unreadable]


def _zip(file: IO[bytes]) -> Iterator[_Listed]:
    with seekable(file) as placed:
        try:
            archive = zipfile.ZipFile(placed)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Unreadable("damaged", f"no whole zip: {error}") from error
        with archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
                    yield info.filename, Unreadable("not_a_file", "a link or a device, not a file")
                elif info.flag_bits & _ENCRYPTED:
                    yield info.filename, Unreadable("encrypted", "it takes a password; unpack it first")
                else:
                    yield info.filename, partial(_zipped, archive, info)


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Unreadable("damaged", f"the zip does not give it: {error}") from error


def _tar(file: IO[bytes]) -> Iterator[_Listed]:
    for entry in tar.entries(file):
        yield entry.name, Unreadable("not_a_file", entry.refused) if entry.refused else partial(_part, entry)


def _part(entry: tar.Entry) -> io.RawIOBase:
    return entry.part
