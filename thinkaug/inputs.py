"""The files that a path, folder, glob or URL stands for, and their fingerprints. Knows nothing of what is in them."""

import glob
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

import pyarrow as pa
from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from thinkaug import shipped
from thinkaug.durable import sha256_of
from thinkaug.errors import UserError

_PACKED = (".gz", ".zst", ".bz2", ".xz")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file. `name` is its path below the folder, or the fixed part of the glob, that it was found by."""

    filesystem: AbstractFileSystem
    path: str
    name: str
    size_bytes: int

    @property
    def ending(self) -> str:
        """The file's ending without the dot, below any compression: `a.jsonl.gz` -> `jsonl`."""
        suffixes = [suffix for suffix in PurePosixPath(self.name).suffixes if suffix not in _PACKED]
        return suffixes[-1][1:].lower() if suffixes else ""

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed as its ending says."""
        if PurePosixPath(self.name).suffix == ".zst":  # fsspec's own needs a package more, and knows no lines
            packed = pa.PythonFile(self.filesystem.open(self.path, "rb"), mode="r")
            return io.BufferedReader(pa.CompressedInputStream(packed, "zstd"))
        return cast(IO[bytes], self.filesystem.open(self.path, "rb", compression="infer"))

    def fingerprint(self) -> str:
        """SHA-256 of a local file's bytes; of a remote file, the store's own key for this version of it."""
        if "file" in self.filesystem.protocol:
            return sha256_of(Path(self.path))
        return str(self.filesystem.ukey(self.path))


def find_inputs(patterns: Sequence[str], endings: Iterable[str], where: str) -> list[InputFile]:
    """The files of all patterns, each once, in order of pattern and path. Of a folder: those with one of `endings`.

    Raises:
        UserError: a pattern matches nothing, or its kind of URL needs a package that is not installed.
    """
    found: dict[str, InputFile] = {}
    for pattern in patterns:
        files = _match(pattern, frozenset(endings), where)
        if not files:
            raise UserError(f"{where}: {pattern}: no such file, and no file matches; paths count from {Path.cwd()}")
        found.update((str(file.path), file) for file in files if str(file.path) not in found)
    return list(found.values())


def _match(pattern: str, endings: frozenset[str], where: str) -> list[InputFile]:
    try:
        filesystem, path = url_to_fs(shipped.locate(pattern))
    except (ImportError, ValueError) as error:
        raise UserError(f"{where}: {pattern}: {error}") from error
    if glob.has_magic(path) and not filesystem.exists(path):  # `notes [2024].txt` may be the name of a file
        fixed = PurePosixPath(path).parts
        base = PurePosixPath(*fixed[: next(i for i, part in enumerate(fixed) if glob.has_magic(part))])
        paths = filesystem.glob(path)
    elif filesystem.isdir(path):
        base = PurePosixPath(path)
        paths = filesystem.find(path)
    else:
        base = PurePosixPath(path).parent
        paths = [path] if filesystem.exists(path) else []
    files = [
        InputFile(filesystem, place, _storable(PurePosixPath(place).relative_to(base)), filesystem.size(place) or 0)
        for place in sorted(paths)
        if not filesystem.isdir(place)
    ]
    return [file for file in files if file.ending in endings] if filesystem.isdir(path) else files


def _storable(name: PurePosixPath) -> str:
    """The name as text that can be written as UTF-8: a file's name may be any bytes."""
    return str(name).encode("utf-8", "backslashreplace").decode("utf-8")
