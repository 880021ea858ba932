"""The response store: each reply that was paid for, kept until no build uses it. Knows nothing of dialogues or engines.

    <pipeline root>/responses/<engine-digest8>/<unit>.sqlite

One SQLite file for each engine (by all that shapes its replies) and unit of work. Beside each reply stands which builds
(stage folders) use it, so that `thinkaug gc` can tell what is no longer wanted.

In WAL mode a commit survives the death of the process at any instant, without waiting for the disk. Each value carries
a checksum over itself and its question, so that a damaged file can lose replies, but not give wrong ones.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from thinkaug.dialogue import Reply
from thinkaug.errors import UserError
from thinkaug.stored import Question, Stored, decode, encode

FOLDER = "responses"
ENDING = ".sqlite"
SIDES = ("", "-wal", "-shm")
"""What SQLite puts behind a file's name for those that belong to it."""
ASIDE = ".aside-"

_OURS = (0x74686175, 1)  # application and format, in the file's header
_NEW = (0, 0)
_TABLES = (
    "CREATE TABLE engine (digest TEXT)",
    "CREATE TABLE replies (id INTEGER PRIMARY KEY, key BLOB, max_tokens INTEGER, finish TEXT, output_tokens INTEGER,"
    " value BLOB, UNIQUE (key, max_tokens))",
    "CREATE TABLE builds (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
    "CREATE TABLE uses (reply INTEGER, build INTEGER, PRIMARY KEY (reply, build)) WITHOUT ROWID",
    f"PRAGMA application_id = {_OURS[0]}",
    f"PRAGMA user_version = {_OURS[1]}",
)
_FIND = (
    "SELECT id, max_tokens, value FROM replies WHERE key = ?1"
    " AND (max_tokens = ?2 OR (finish = 'stop' AND output_tokens <= ?2)) ORDER BY max_tokens != ?2, max_tokens"
)
_KEEP = "INSERT OR IGNORE INTO replies (key, max_tokens, finish, output_tokens, value) VALUES (?, ?, ?, ?, ?)"
_USE = (
    "INSERT OR IGNORE INTO uses SELECT replies.id, builds.id FROM replies, builds"
    " WHERE key = ? AND max_tokens = ? AND name = ?"
)
_IN_USE = (
    "(SELECT reply FROM uses JOIN builds ON builds.id = uses.build WHERE name IN (SELECT value FROM json_each(?)))"
)
_COUNT_UNUSED = f"SELECT count(*), coalesce(sum(length(value)), 0) FROM replies WHERE id NOT IN {_IN_USE}"  # noqa: S608
_FORGET_UNUSED = f"DELETE FROM replies WHERE id NOT IN {_IN_USE}"  # noqa: S608
_PATIENCE_S = 60.0  # for another process that writes to the same file
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

TROUBLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What comes of a file that cannot be used; the second where SQLite quotes from a damaged one."""

Done = TypeVar("Done")


def file_of(root: Path, engine: str, unit: str) -> Path:
    """Where the replies of an engine to a unit's requests lie, below the pipeline's root."""
    return root / FOLDER / engine[:8] / f"{unit}{ENDING}"


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a file. Texts come back as bytes: what is in a damaged file need not be UTF-8."""
    mode = "ro" if read_only else "rwc"
    place = f"{path.absolute().as_uri()}?mode={mode}"
    database = sqlite3.connect(place, timeout=_PATIENCE_S, isolation_level=None, uri=True)
    database.text_factory = bytes
    return database


def check(database: sqlite3.Connection, engine: str) -> bool:
    """Whether the file is one of ours; False if it is still empty.

    Raises:
        sqlite3.DatabaseError: it is something else, or holds the replies of an engine other than the one beginning so.
    """
    kind = tuple(database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if kind == _NEW and database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        return False
    if kind != _OURS:
        raise Foreign("it is no store of replies, or one of another version")
    digest = database.execute("SELECT digest FROM engine").fetchone()
    if digest is None or not digest[0].startswith(engine.encode()):
        raise Foreign("it holds the replies of another engine")
    return True


def find(database: sqlite3.Connection, question: Question) -> tuple[Stored | None, list[int]]:
    """The stored reply that answers the question, if there is one, and the row ids of damaged ones."""
    damaged = []
    for row, max_tokens, value in database.execute(_FIND, (question.key, question.max_tokens)):
        stored = decode(Question(question.key, max_tokens), value)
        if stored is None:
            damaged.append(row)
        elif stored.answers(question):
            return stored, damaged
    return None, damaged


@dataclass(frozen=True, slots=True)
class Unused:
    """What a file holds for nobody: so many `replies`, of so many `bytes`. `builds` are those that do use the file."""

    builds: frozenset[str]
    replies: int
    bytes: int


def unused(database: sqlite3.Connection, builds: Collection[str]) -> Unused:
    """What none of these builds uses."""
    users = frozenset(name.decode() for (name,) in database.execute("SELECT name FROM builds"))
    replies, size = database.execute(_COUNT_UNUSED, (json.dumps(sorted(builds)),)).fetchone()
    return Unused(users & frozenset(builds), replies, size)


def forget_unused(path: Path, builds: Collection[str]) -> None:
    """Take out what none of these builds uses, and give back the room."""
    database = connect(path)
    try:
        with database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(_FORGET_UNUSED, (json.dumps(sorted(builds)),))
            database.execute("DELETE FROM uses WHERE reply NOT IN (SELECT id FROM replies)")
        database.execute("VACUUM")
    except TROUBLE as error:
        raise UserError(f"{path}: replies that nobody uses cannot be taken out: {error}; try again later") from error
    finally:
        database.close()


class Foreign(sqlite3.DatabaseError):
    """A sound file that is none of ours."""

    sqlite_errorcode = sqlite3.SQLITE_NOTADB


class Responses:
    """The replies of one engine to one unit's requests, for one build. Made if it is not there.

    A file that is damaged, or none of ours, is moved aside: that costs replies, never the run.

    Args:
        root: the pipeline's root.
        engine: the engine's digest.
        unit: the unit of work.
        build: name of the folder that the replies are used for.
        warn: told of files that are moved aside.
        elsewhere: asked for what is not in this file.

    Raises:
        UserError: here and in every method: the disk is full, access is denied, or another process holds the file.
    """

    def __init__(
        self,
        root: Path,
        engine: str,
        unit: str,
        build: str,
        warn: Callable[[str], None],
        elsewhere: Callable[[Question], Stored | None] = lambda question: None,
    ) -> None:
        self._path, self.engine, self._build = file_of(root, engine, unit), engine, build
        self._warn, self._elsewhere = warn, elsewhere
        self._used: list[Question] = []
        self._adopted: list[Stored] = []
        self._database = self._open()

    def find(self, question: Question) -> Reply | None:
        """The reply to the question, if there is one. That it is used is written down with the next `keep`."""
        stored = self._guarded(lambda database: self._find(database, question))
        if stored is None:
            stored = self._elsewhere(question)
            if stored is None:
                return None
            self._adopted.append(stored)
        self._used.append(stored.question)
        return stored.reply

    def keep(self, replies: Iterable[Stored]) -> None:
        """Store replies, and what was found since the last call as used, in one commit: all of them or none."""
        fresh = [*self._adopted, *replies]
        rows = [_row(stored) for stored in fresh]
        names = [*self._used, *(stored.question for stored in fresh)]
        uses = [(name.key, name.max_tokens, self._build) for name in names]

        def write(database: sqlite3.Connection) -> None:
            with database:
                database.execute("BEGIN IMMEDIATE")
                database.executemany(_KEEP, rows)
                database.executemany(_USE, uses)

        if uses:
            self._guarded(write)
        self._used, self._adopted = [], []

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _find(self, database: sqlite3.Connection, question: Question) -> Stored | None:
        stored, damaged = find(database, question)
        for row in damaged:  # out of the way of the reply that will come in its place
            self._warn(f"{self._path}: a stored reply is damaged; it is asked for again")
            database.execute("DELETE FROM replies WHERE id = ?", (row,))
        return stored

    def _guarded(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        """Do something; if the file turns out to be damaged, with a new one in its place."""
        try:
            return work(self._database)
        except TROUBLE as error:
            self._judge(error)
            self._database.close()
            self._set_aside(str(error))
        self._database = self._open()
        return work(self._database)

    def _open(self) -> sqlite3.Connection:
        patient_until = time.monotonic() + _PATIENCE_S
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{self._path.parent}: cannot be made: {error.strerror}") from error
        if self._path.is_dir():
            self._set_aside("it is a folder")
        while True:
            try:
                return self._begin()
            except TROUBLE as error:
                # Going over to WAL mode does not wait for another process that is doing the same.
                if _code(error) == sqlite3.SQLITE_BUSY and time.monotonic() < patient_until:
                    time.sleep(0.01)
                    continue
                self._judge(error)
                self._set_aside(str(error))

    def _begin(self) -> sqlite3.Connection:
        database = connect(self._path)
        try:
            check(database, self.engine)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            with database:
                database.execute("BEGIN IMMEDIATE")
                if not check(database, self.engine):
                    for statement in _TABLES:
                        database.execute(statement)
                    database.execute("INSERT INTO engine VALUES (?)", (self.engine,))
                database.execute("INSERT OR IGNORE INTO builds (name) VALUES (?)", (self._build,))
        except BaseException:
            database.close()
            raise
        return database

    def _judge(self, error: sqlite3.DatabaseError | UnicodeDecodeError) -> None:
        """Come back if the file is damaged or foreign; raise what else it is."""
        code = _code(error)
        if code is None:
            raise error  # a fault of ours
        if code not in _DAMAGE:
            raise UserError(
                f"{self._path}: replies cannot be stored: {error}; make room, give access or end the process that "
                "holds the file, then run the same again: what is stored is not asked again"
            ) from error

    def _set_aside(self, why: str) -> None:
        aside = self._path.with_name(f"{self._path.name}{ASIDE}{token_hex(4)}")
        for side in SIDES:
            with suppress(FileNotFoundError):  # another process was quicker, or SQLite has taken it away
                self._path.with_name(self._path.name + side).rename(aside.with_name(aside.name + side))
        self._warn(f"{self._path}: {why}; moved aside as {aside.name}, and its replies are asked for again")


def _code(error: sqlite3.DatabaseError | UnicodeDecodeError) -> int | None:
    """SQLite's primary result code; None for a misuse of the module."""
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _row(stored: Stored) -> Sequence[object]:
    question, reply = stored.question, stored.reply
    finish = reply.finish.encode("utf-8", "replace").decode()
    return question.key, question.max_tokens, finish, reply.output_tokens, encode(stored)
