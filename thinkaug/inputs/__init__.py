"""The files that a path, folder, glob or URL stands for, and their fingerprints. Knows nothing of what is in them."""

import glob
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from io import RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from thinkaug import shipped
from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import archives, folders, local_files
from thinkaug.inputs.archives import Member
from thinkaug.inputs.packed import Opened, endings, opened, storable, unreadable

ARCHIVES = archives.KINDS
"""Endings to look for, beside those of files, where the members of archives are files."""

_APPLE = "._"  # what macOS lays beside a file in an archive or on a foreign disk; it has the file's ending


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file, or what stands in its place.

    Args:
        filesystem: where it lies.
        path: its place there.
        name: its path below the folder, or the fixed part of the glob, that it was found by.
        size_bytes: as it lies there, compressed or not; 0 where that is not known.
        real: the same for two paths of one file.
        kind: why it cannot be read, a snake_case word; empty where nothing speaks against it.
        problem: more about that.
    """

    filesystem: AbstractFileSystem
    path: str
    name: str
    size_bytes: int
    real: str
    kind: str = ""
    problem: str = ""

    @property
    def ending(self) -> str:
        """The file's ending without the dot, below any compression: `a.jsonl.gz` -> `jsonl`, `a.tgz` -> `tar`."""
        return endings(self.name)[0]

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The file's bytes, decompressed if they are packed, whatever the file is called.

        Raises:
            Unreadable: it cannot be had, or was changed while it was read; reading raises it too.
        """
        if self.kind:
            raise Unreadable(self.kind, self.problem)
        with self._raw() as raw, opened(raw, self.name) as file:
            yield file

    def members(self, known: Iterable[str]) -> Iterator["InputFile | Member"]:
        """The file itself; of an archive, the files in it in order, each to be read before the next is asked for.

        Args:
            known: the endings of the files that are looked for in an archive.
        """
        if self.ending not in ARCHIVES:
            yield self
            return
        try:
            with self.open() as file:
                yield from archives.members(file, self.name, partial(_is_known, frozenset(known)))
        except Unreadable as reason:
            yield archives.refusing(self.name, reason)

    def fingerprint(self) -> str:
        """SHA-256 of a local file's bytes; of a remote file, the store's own key for this version of it.

        Of what cannot be read, why: once it can be, that is another input.
        """
        try:
            if self.kind:
                raise Unreadable(self.kind, self.problem)
            return local_files.sha256_of(self.path) if _is_local(self.filesystem) else self._key()
        except Unreadable as reason:
            return f"unreadable: {reason.kind}"

    def _raw(self) -> AbstractContextManager[IO[bytes] | RawIOBase]:
        return local_files.reading(self.path) if _is_local(self.filesystem) else self._remote()

    @contextmanager
    def _remote(self) -> Iterator[IO[bytes]]:
        try:
            file = self.filesystem.open(self.path, "rb")
        except OSError as error:
            raise unreadable(error) from error
        with file:
            yield file

    def _key(self) -> str:
        try:
            return str(self.filesystem.ukey(self.path))
        except OSError as error:
            raise unreadable(error) from error


def find_inputs(
    patterns: Sequence[str], known: Iterable[str], where: str, *, follow_links: bool = False
) -> list[InputFile]:
    """The files of all patterns, each once, in order of pattern and path. What cannot be read is among them.

    Args:
        patterns: paths, folders, globs, fsspec URLs, `shipped:` names.
        known: of a folder, the files with one of these endings.
        where: the setting, for what is said of it.
        follow_links: those in a folder that lead out of it; a link that is itself named is always followed.

    Raises:
        UserError: a pattern matches nothing, or its kind of URL needs a package that is not installed.
    """
    found: dict[str, InputFile] = {}
    is_known = partial(_is_known, frozenset(known))
    for pattern in patterns:
        try:
            filesystem, path = url_to_fs(shipped.locate(pattern))
        except (ImportError, ValueError) as error:
            raise UserError(f"{where}: {pattern}: {error}") from error
        files = _local(filesystem, path, is_known, follow_links) if _is_local(filesystem) else None
        files = _remote(filesystem, path, is_known) if files is None else files
        if not files:
            raise UserError(f"{where}: {pattern}: no such file, and no file matches; paths count from {Path.cwd()}")
        for file in files:
            found.setdefault(file.real, file)
    return list(found.values())


def _is_local(filesystem: AbstractFileSystem) -> bool:
    return "file" in filesystem.protocol


def _is_known(known: frozenset[str], name: str) -> bool:
    return endings(name)[0] in known and not name.rpartition("/")[2].startswith(_APPLE)


def _local(
    filesystem: AbstractFileSystem, path: str, known: Callable[[str], bool], follow_links: bool
) -> list[InputFile]:
    if glob.has_magic(path) and not local_files.named(path):  # `notes [2024].txt` may be the name of a file
        base, pattern = _split(path)
        files = folders.matching(base, pattern, known, follow_links) if local_files.is_folder(base) else []
    elif local_files.is_folder(path):
        files = folders.below(path, known, follow_links)
    else:
        files = local_files.named(path)
    return [
        InputFile(filesystem, file.path, storable(file.name), file.size_bytes, file.real, file.kind, file.problem)
        for file in files
    ]


def _remote(filesystem: AbstractFileSystem, path: str, known: Callable[[str], bool]) -> list[InputFile]:
    only_known = False
    if glob.has_magic(path) and not filesystem.exists(path):
        base, _ = _split(path)
        listed = filesystem.glob(path, detail=True)
    elif filesystem.isdir(path):
        base, only_known = path, True
        listed = filesystem.find(path, detail=True)
    else:
        base = str(PurePosixPath(path).parent)
        listed = {path: filesystem.info(path)} if filesystem.exists(path) else {}
    files = [
        InputFile(
            filesystem, place, storable(_below(base, place)), about.get("size") or 0, filesystem.unstrip_protocol(place)
        )
        for place, about in sorted(listed.items())
        if about["type"] != "directory"
    ]
    return [file for file in files if known(file.name)] if only_known else files


def _split(path: str) -> tuple[str, list[str]]:
    """(the folder that a glob begins with, its parts from the first that is a pattern on)."""
    parts = PurePosixPath(path).parts
    first = next(place for place, part in enumerate(parts) if glob.has_magic(part))
    return str(PurePosixPath(*parts[:first])), list(parts[first:])


def _below(base: str, place: str) -> str:
    return str(PurePosixPath(place).relative_to(PurePosixPath(base)))
