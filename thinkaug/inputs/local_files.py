"""local_files: one regular file of this machine, found and read. Knows nothing of folders and of what is in it.

Nothing is opened that could make the program wait, and what cannot be read is found all the same, with the reason.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from io import FileIO
from pathlib import Path

from thinkaug.errors import Unreadable
from thinkaug.inputs.packed import unreadable

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file, or what stands in the place of one.

    Args:
        path: where it lies.
        name: its path below the folder that was searched.
        real: where it lies once links are followed: two of one `real` are one file.
        size_bytes: 0 where it cannot be read.
        kind: why it cannot be read; empty where nothing speaks against it.
        problem: more about that.
    """

    path: str
    name: str
    real: str
    size_bytes: int = 0
    kind: str = ""
    problem: str = ""


def named(path: str) -> list[Found]:
    """The one file of that path, which may be a link; nothing where there is nothing of that name."""
    if not os.path.lexists(path):
        return []
    return [found(path, Path(path).name, os.path.realpath(path))]


def is_folder(path: str) -> bool:
    """Whether a folder stands there, or a link to one."""
    try:
        return stat.S_ISDIR(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def found(path: str, name: str, real: str, status: Callable[[], os.stat_result] | None = None) -> Found:
    """What stands at that path. `status`: a cheaper way to ask for it, where there is one."""
    try:
        about = status() if status else Path(path).stat()
        _must_be_file(about)
    except FileNotFoundError as error:
        return refused(path, name, real, _dead_link(path) or error)
    except (OSError, Unreadable) as error:
        return refused(path, name, real, error)
    return Found(path, name, real, about.st_size)


def _dead_link(path: str) -> Unreadable | None:
    try:
        return Unreadable("missing", f"a link to {Path(path).readlink()}, where there is nothing")
    except OSError:
        return None


def refused(path: str, name: str, real: str, error: OSError | Unreadable) -> Found:
    """What cannot be read, with the reason."""
    reason = unreadable(error) if isinstance(error, OSError) else error
    return Found(path, name, real, 0, reason.kind, str(reason))


def _must_be_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("not_a_file", f"{_KINDS.get(stat.S_IFMT(status.st_mode), 'no file')}, not a file")


@contextmanager
def reading(path: str) -> Iterator[FileIO]:
    """The bytes of a regular file, unbuffered. Nothing else is opened, not even for a moment.

    Raises:
        Unreadable: it cannot be had; or, when all was read, it is another file than it was at the start.
    """
    try:
        _must_be_file(Path(path).stat())
        # Whatever has taken its place since: to open a pipe must not wait for its writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise unreadable(error) from error
    with FileIO(handle, "rb") as file:
        before = os.fstat(handle)
        _must_be_file(before)
        yield file
        try:
            unchanged = _version(Path(path).stat()) == _version(before) == _version(os.fstat(handle))
        except OSError:
            unchanged = False
        if not unchanged:
            raise Unreadable("changed", "it was changed while it was read, its rows may be of two versions; run again")


def sha256_of(path: str) -> str:
    """Of a regular file's bytes, in hex. Raises `Unreadable` as `reading` does."""
    with reading(path) as file:
        return file_digest(file, "sha256").hexdigest()


def _version(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
