"""Replies in the files of other units: after another segmentation, or in another order, a request stands elsewhere.

The files are only read. Knows nothing of engines.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np

from thinkaug.responses import ENDING, FOLDER, TROUBLE, check, connect, find
from thinkaug.stored import Question, Stored

_OPEN_FILES = 16
_PREFIX_BYTES = 8  # of a key, in the index: 12 bytes of memory a reply, and rarely two replies with the same


class OtherUnits:
    """All replies of one engine within a pipeline, as they were when this was made.

    Args:
        root: the pipeline's root.
        engine: the engine's digest.
        warn: told of files that cannot be read.
    """

    def __init__(self, root: Path, engine: str, warn: Callable[[str], None]) -> None:
        self._engine, self._warn = engine, warn
        self._files = sorted((root / FOLDER / engine[:8]).glob(f"*{ENDING}"))
        self._open: dict[int, sqlite3.Connection] = {}
        prefixes = [self._prefixes(file) for file in range(len(self._files))]
        places = [np.full(len(found), file, np.uint32) for file, found in enumerate(prefixes)]
        together = np.concatenate([np.empty(0, np.uint64), *prefixes])
        order = np.argsort(together, kind="stable")
        self._keys = together[order]
        self._places = np.concatenate([np.empty(0, np.uint32), *places])[order]

    def find(self, question: Question) -> Stored | None:
        """The reply to the question, if any unit has it."""
        prefix = np.frombuffer(question.key[:_PREFIX_BYTES], np.uint64)[0]
        first, end = np.searchsorted(self._keys, prefix, "left"), np.searchsorted(self._keys, prefix, "right")
        for place in dict.fromkeys(self._places[first:end].tolist()):
            stored = self._find(place, question)
            if stored is not None:
                return stored
        return None

    def close(self) -> None:
        """Let go of the files."""
        for database in self._open.values():
            database.close()
        self._open.clear()

    def _prefixes(self, file: int) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
        try:
            keys = [key for (key,) in self._database(file).execute("SELECT key FROM replies")]
        except TROUBLE as error:
            self._skip(file, error)
            keys = []
        finally:
            self.close()
        return np.frombuffer(b"".join(key[:_PREFIX_BYTES] for key in keys if len(key) == 16), np.uint64)

    def _find(self, file: int, question: Question) -> Stored | None:
        try:
            return find(self._database(file), question)[0]
        except TROUBLE as error:
            self._skip(file, error)
            return None

    def _skip(self, file: int, error: Exception) -> None:
        self._warn(f"{self._files[file]}: replies in it are not reused: {error}")

    def _database(self, file: int) -> sqlite3.Connection:
        if file in self._open:
            self._open[file] = self._open.pop(file)  # the last one used goes to the end
            return self._open[file]
        while len(self._open) >= _OPEN_FILES:
            self._open.pop(next(iter(self._open))).close()
        database = connect(self._files[file], read_only=True)
        try:
            if not check(database, self._engine):
                raise sqlite3.DatabaseError("it is empty")
        except BaseException:
            database.close()
            raise
        self._open[file] = database
        return database
