"""The response store: what goes in comes out, to the same question only, whatever happens to the file."""

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkaug import responses
from thinkaug.dialogue import Ask, Constraint, Message, Reply, Request, Sampling, Score
from thinkaug.errors import UserError
from thinkaug.responses import Responses, file_of
from thinkaug.reuse import OtherUnits
from thinkaug.stored import Question, Stored, decode, encode, engine_digest, question_of

ENGINE = engine_digest({"kind": "toy"})
OTHER_ENGINE = engine_digest({"kind": "toy", "temperature": 1})
TEXT = st.text(st.characters() | st.characters(categories=("Cs",)), max_size=40)  # lone surrogates too
COUNT = st.integers(0, 1 << 40)
REPLIES = st.builds(
    Reply,
    text=TEXT,
    finish=st.sampled_from(["stop", "length"]) | TEXT,
    prompt_tokens=COUNT,
    output_tokens=COUNT,
    reasoning=TEXT,
    log_probabilities=st.lists(st.floats(allow_nan=False)).map(tuple),
)
ASKS = st.builds(
    Ask,
    messages=st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), TEXT), max_size=3).map(
        tuple
    ),
    sampling=st.builds(
        Sampling, st.floats(0, 2), st.floats(0.1, 1), max_tokens=st.integers(1, 9), top_k=st.integers(0, 5)
    ),
    seed=st.integers(0, 1 << 31),
    constraint=st.none() | st.builds(Constraint, st.sampled_from(["regex", "json", "grammar", "choice"]), TEXT),
    measured=st.booleans(),
)
REQUESTS = ASKS | st.builds(Score, TEXT, TEXT)
QUESTIONS = st.builds(Question, st.binary(min_size=16, max_size=16), st.integers(0, 1 << 40))


class Place:
    """One unit's file of a pipeline, opened as often as wanted."""

    def __init__(self, root: Path) -> None:
        self.root, self.warnings = root, list[str]()
        self._open: list[Responses] = []

    def open(self, unit: str = "00000", engine: str = ENGINE, build: str = "generate-00000001") -> Responses:
        store = Responses(self.root, engine, unit, build, self.warnings.append)
        self._open.append(store)
        return store

    def reusing(self, unit: str, build: str = "generate-00000001") -> Responses:
        others = OtherUnits(self.root, ENGINE, self.warnings.append)
        store = Responses(self.root, ENGINE, unit, build, self.warnings.append, others.find)
        self._open.append(store)
        return store

    def file(self, unit: str = "00000") -> Path:
        return file_of(self.root, ENGINE, unit)

    def close(self) -> None:
        while self._open:
            self._open.pop().close()

    def rows(self, sql: str, unit: str = "00000") -> list[tuple[object, ...]]:
        database = sqlite3.connect(self.file(unit))
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def question(number: int, max_tokens: int = 64) -> Question:
    return question_of(ENGINE, Ask((Message("user", f"question {number}"),), Sampling(max_tokens=max_tokens), 0))


def stored(number: int, max_tokens: int = 64, finish: str = "stop", output_tokens: int = 5) -> Stored:
    reply = Reply(f"reply {number} {max_tokens}", finish, output_tokens=output_tokens)
    return Stored(question(number, max_tokens), reply)


# What a reply is found by


@settings(deadline=None)
@given(QUESTIONS, REPLIES)
@example(
    Question(b"0" * 16, 1), Reply("\ud83d\ude00 are two halves, \U0001f600 is one", "\ud800", log_probabilities=())
)
@example(Question(b"0" * 16, 1), Reply("", log_probabilities=(float("-inf"), -0.0, 5e-324)))
def test_a_reply_comes_back_as_it_was(name: Question, reply: Reply) -> None:
    assert decode(name, encode(Stored(name, reply))) == Stored(name, reply)


@settings(deadline=None)
@given(QUESTIONS, REPLIES, QUESTIONS, st.data())
def test_a_damaged_reply_is_found_out(name: Question, reply: Reply, other: Question, data: st.DataObject) -> None:
    value = bytearray(encode(Stored(name, reply)))
    if other != name:
        assert decode(other, bytes(value)) is None
    assert decode(name, bytes(value[: data.draw(st.integers(0, len(value) - 1))])) is None
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert decode(name, bytes(value)) is None


@pytest.mark.parametrize("value", [None, 7, "text", b"", b"short", bytes(100)])
def test_what_is_no_stored_reply_is_none(value: object) -> None:
    assert decode(question(0), value) is None


def bare(request: Request) -> Request:
    """Without what a reply is not found by."""
    return replace(request, sampling=replace(request.sampling, max_tokens=1)) if isinstance(request, Ask) else request


@settings(deadline=None)
@given(REQUESTS, REQUESTS)
@example(Ask((Message("user", "a"), Message("user", "b")), Sampling(), 0), Ask((Message("user", "ab"),), Sampling(), 0))
@example(Ask((Message("user", "\ud83d\ude00"),), Sampling(), 0), Ask((Message("user", "\U0001f600"),), Sampling(), 0))
@example(Score("ab", "c"), Score("a", "bc"))
@example(Ask((), Sampling(), 1, Constraint("regex", "x")), Ask((), Sampling(), 1, Constraint("json", "x")))
def test_keys_are_equal_when_the_requests_are(one: Request, two: Request) -> None:
    same = question_of(ENGINE, one).key == question_of(ENGINE, two).key
    assert same == (bare(one) == bare(two))
    assert question_of(ENGINE, one).key != question_of(OTHER_ENGINE, one).key
    assert len(question_of(ENGINE, one).key) == 16


CHANGED = {
    "messages": (Message("user", "more"),),
    "seed": 8,
    "constraint": Constraint("regex", "a"),
    "measured": True,
    "temperature": 0.1,
    "top_p": 0.5,
    "top_k": 3,
    "context": "c",
    "target": "t",
    "kind": "choice",
    "pattern": "b",
    "role": "system",
    "content": "other",
}


@pytest.mark.parametrize("part", [Ask, Sampling, Score, Constraint, Message])
def test_every_field_of_a_request_is_part_of_its_key(part: type) -> None:
    message, constraint = Message("user", "text"), Constraint("regex", "x")
    base = Ask((message,), Sampling(), 7, constraint)
    for field in fields(part):
        if field.name in ("max_tokens", "sampling"):
            continue
        change = {field.name: CHANGED[field.name]}
        before: Request = base if part is not Score else Score("", "")
        after = {
            Ask: lambda change=change: replace(base, **change),
            Sampling: lambda change=change: replace(base, sampling=replace(base.sampling, **change)),
            Score: lambda change=change: replace(Score("", ""), **change),
            Constraint: lambda change=change: replace(base, constraint=replace(constraint, **change)),
            Message: lambda change=change: replace(base, messages=(replace(message, **change),)),
        }[part]()
        assert question_of(ENGINE, before).key != question_of(ENGINE, after).key, field.name


def test_a_whole_number_for_a_temperature_makes_no_other_key() -> None:
    one, two = (Ask((), Sampling(temperature), 0) for temperature in (1, 1.0))
    assert question_of(ENGINE, one) == question_of(ENGINE, two)


def test_the_order_in_which_an_engine_names_its_settings_does_not_matter() -> None:
    assert engine_digest({"a": 1, "b": {"c": 2, "d": 3}}) == engine_digest({"b": {"d": 3, "c": 2}, "a": 1})
    assert engine_digest({"a": 1}) != engine_digest({"a": "1"})


def test_a_wider_window_keeps_the_replies() -> None:
    assert engine_digest({"a": 1, "max_model_len": 2048}) == engine_digest({"a": 1, "max_model_len": 4096})
    assert engine_digest({"a": 1, "max_model_len": 2048}) != engine_digest({"a": 2, "max_model_len": 2048})


# The file


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(REQUESTS, REPLIES), max_size=6, unique_by=lambda pair: question_of(ENGINE, pair[0])))
def test_what_is_kept_is_found_by_a_later_run(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[Request, Reply]]
) -> None:
    place = Place(tmp_path_factory.mktemp("store"))
    entries = [Stored(question_of(ENGINE, request), reply) for request, reply in pairs]
    place.open().keep(entries)
    place.close()
    later = place.open()
    assert [later.find(entry.question) for entry in entries] == [entry.reply for entry in entries]
    place.close()
    assert not place.warnings


def test_what_was_never_kept_is_not_found(place: Place) -> None:
    store = place.open()
    store.keep([stored(1)])
    assert store.find(question(2)) is None
    assert place.open(unit="00001").find(question(1)) is None
    assert place.open(engine=OTHER_ENGINE).find(question(1)) is None


@pytest.mark.parametrize(
    ("finish", "asked", "expected"),
    [
        ("stop", 64, True),
        ("stop", 5, True),  # just enough room
        ("stop", 4, False),
        ("stop", 1000, True),
        ("length", 64, True),
        ("length", 63, False),
        ("length", 65, False),
        ("abort", 65, False),
    ],
)
def test_a_reply_that_ended_by_itself_is_valid_wherever_it_has_room(
    finish: str, asked: int, expected: bool, place: Place
) -> None:
    store = place.open()
    store.keep([stored(1, 64, finish)])
    assert (store.find(question(1, asked)) is not None) == expected


def test_replies_of_several_lengths_stand_beside_each_other(place: Place) -> None:
    store = place.open()
    lengths = [stored(1, 16, "length", 16), stored(1, 32, "length", 32), stored(1, 64, "stop", 40)]
    store.keep(lengths)
    found = {asked: store.find(question(1, asked)) for asked in (15, 16, 32, 39, 40, 64, 100)}
    by_length = [entry.reply for entry in lengths]
    assert found == dict(zip(found, [None, by_length[0], by_length[1], None, *[by_length[2]] * 3], strict=True))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.integers(1, 8)), min_size=1, max_size=5),
    st.integers(1, 9),
)
def test_a_found_reply_is_always_one_that_the_question_could_have_had(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[tuple[int, bool, int]], asked: int
) -> None:
    place = Place(tmp_path_factory.mktemp("store"))
    kept: dict[int, Stored] = {}
    for limit, ended, tokens in lengths:
        entry = stored(1, limit, "stop" if ended else "length", min(tokens, limit) if ended else limit)
        kept.setdefault(limit, entry)
    store = place.open()
    store.keep(kept.values())
    fits = [entry.reply for entry in kept.values() if entry.answers(question(1, asked))]
    reply = store.find(question(1, asked))
    place.close()
    assert (reply in fits) if fits else (reply is None)
    if asked in kept:
        assert reply == kept[asked].reply  # what it did say when it was asked just this


def test_the_first_of_two_replies_to_one_question_stays(place: Place) -> None:
    place.open().keep([Stored(question(1), Reply("first"))])
    place.open().keep([Stored(question(1), Reply("second"))])
    assert place.open().find(question(1)) == Reply("first")


def test_builds_that_use_a_reply_are_written_down(place: Place) -> None:
    first = place.open(build="generate-00000001")
    first.keep([stored(1), stored(2)])
    second = place.open(build="generate-00000002")
    assert second.find(question(2, 640)) is not None  # another limit, another build, the same reply
    used = "SELECT name, count(*) FROM uses JOIN builds ON builds.id = build GROUP BY name ORDER BY name"
    assert place.rows(used) == [("generate-00000001", 2)]
    second.keep([])
    assert place.rows(used) == [("generate-00000001", 2), ("generate-00000002", 1)]


def test_a_commit_is_whole_or_absent(place: Place) -> None:
    store = place.open()
    entries = [stored(number) for number in range(3)]
    broken = Stored(Question(b"x" * 16, 1 << 80), Reply("too large a number for SQLite"))
    with pytest.raises(OverflowError):
        store.keep([*entries, broken])
    assert place.rows("SELECT count(*) FROM replies") == [(0,)]
    store.keep(entries)
    assert place.rows("SELECT count(*) FROM replies") == [(3,)]


# Several processes


def writer(root: Path, number: int, count: int) -> None:
    store = Responses(root, ENGINE, "00000", f"generate-0000000{number}", print)
    for step in range(count):
        store.keep([stored(step), stored(1000 * (number + 1) + step)])
    store.close()


def test_processes_on_the_same_file_do_no_harm(place: Place) -> None:
    processes = [multiprocessing.get_context("fork").Process(target=writer, args=(place.root, n, 60)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    store = place.open()
    assert all(store.find(question(step)) for step in range(60))
    assert all(store.find(question(1000 * (number + 1) + step)) for number in range(4) for step in range(60))
    assert place.rows("SELECT count(*) FROM replies") == [(300,)]
    assert not place.warnings


def endless_writer(root: Path, said: Path) -> None:
    store = Responses(root, ENGINE, "00000", "generate-00000001", print)
    store.keep([stored(0)])
    log = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for step in range(1_000_000):
        store.keep([stored(step)])
        os.write(log, f"{step}\n".encode())


def test_what_was_kept_survives_a_kill(place: Place, tmp_path: Path) -> None:
    said, random = tmp_path / "said", Random(5)
    for _ in range(5):
        said.unlink(missing_ok=True)
        process = multiprocessing.get_context("fork").Process(target=endless_writer, args=(place.root, said))
        process.start()
        while not said.exists():
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.05))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        kept = [int(line) for line in said.read_text().splitlines()]
        store = place.open()
        assert all(store.find(question(step)) for step in kept)
        place.close()
    assert not place.warnings


def test_a_file_that_is_held_for_too_long_is_said_to_be(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "_PATIENCE_S", 0.05)
    store = place.open()
    holder = sqlite3.connect(place.file(), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match=r"00000\.sqlite: replies cannot be stored: database is locked; .*run the same"):
        store.keep([stored(1)])
    with pytest.raises(UserError, match="database is locked"):
        place.open()
    holder.execute("ROLLBACK")
    holder.close()
    store.keep([stored(1)])
    assert store.find(question(1)) is not None


# Damage


def junk(file: Path) -> None:
    file.write_bytes(b"no database at all " * 500)


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def torn_header(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[16:100] = Random(1).randbytes(84)
    file.write_bytes(bytes(body))


def another_program(file: Path) -> None:
    file.unlink()
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE replies (id INTEGER, key BLOB, max_tokens INTEGER, value BLOB)")
    database.commit()
    database.close()


def later_version(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.commit()
    database.close()


def another_engine(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("UPDATE engine SET digest = ?", (OTHER_ENGINE,))
    database.commit()
    database.close()


def no_tables(file: Path) -> None:
    database = sqlite3.connect(file)
    for table in ("replies", "engine"):
        database.execute(f"DROP TABLE {table}")
    database.commit()
    database.close()


def a_folder(file: Path) -> None:
    file.unlink()
    (file / "inside").mkdir(parents=True)


@pytest.mark.parametrize(
    "harm", [junk, truncated, torn_header, another_program, later_version, another_engine, no_tables, a_folder]
)
def test_a_damaged_or_foreign_file_is_moved_aside(harm: Callable[[Path], None], place: Place) -> None:
    place.open().keep([stored(number) for number in range(40)])
    place.close()
    harm(place.file())
    before = place.file().read_bytes() if place.file().is_file() else None
    store = place.open()
    assert all(store.find(question(number)) is None for number in range(40))
    store.keep([stored(1)])
    assert store.find(question(1)) is not None
    [aside] = place.file().parent.glob("*.aside-????????")
    assert len(place.warnings) == 1
    assert aside.name in place.warnings[0]
    if before is not None:
        assert aside.read_bytes() == before  # whoever it belongs to has it back untouched


def test_an_empty_file_is_filled(place: Place) -> None:
    place.file().parent.mkdir(parents=True)
    place.file().touch()
    place.open().keep([stored(1)])
    assert place.open().find(question(1)) is not None
    assert not place.warnings


def test_a_damaged_reply_is_asked_for_again_and_then_kept(place: Place) -> None:
    place.open().keep([stored(1), stored(2)])
    place.close()
    database = sqlite3.connect(place.file())
    database.execute("UPDATE replies SET value = zeroblob(50) WHERE key = ?", (question(1).key,))
    database.commit()
    database.close()
    store = place.open()
    assert store.find(question(1)) is None
    assert store.find(question(2)) is not None
    assert "a stored reply is damaged" in place.warnings[0]
    store.keep([Stored(question(1), Reply("said again"))])
    assert place.open().find(question(1)) == Reply("said again")


def test_replies_that_changed_places_are_not_taken(place: Place) -> None:
    place.open().keep([stored(1), stored(2)])
    place.close()
    database = sqlite3.connect(place.file())
    values = dict(database.execute("SELECT id, value FROM replies"))
    for row, other in ((1, 2), (2, 1)):
        database.execute("UPDATE replies SET value = ? WHERE id = ?", (values[other], row))
    database.commit()
    database.close()
    store = place.open()
    assert store.find(question(1)) is None
    assert store.find(question(2)) is None


@pytest.mark.parametrize("seed", range(25))
def test_bytes_overwritten_anywhere_never_give_a_wrong_reply_nor_end_the_run(seed: int, place: Place) -> None:
    entries = [stored(number) for number in range(300)]
    place.open().keep(entries)
    place.close()
    random, body = Random(seed), bytearray(place.file().read_bytes())
    for _ in range(12):
        start = random.randrange(len(body))
        body[start : start + 40] = random.randbytes(len(body[start : start + 40]))
    place.file().write_bytes(bytes(body))
    store = place.open()
    for entry in entries:
        assert store.find(entry.question) in (None, entry.reply)
        store.keep([entry])
    assert store.find(entries[-1].question) == entries[-1].reply


def test_a_file_damaged_under_way_is_moved_aside(place: Place) -> None:
    store = place.open()
    store.keep([stored(number) for number in range(300)])
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    place.file().write_bytes(b"\0" * place.file().stat().st_size)
    store._database.execute("PRAGMA shrink_memory")  # what it holds in memory is sound
    assert store.find(question(7)) is None
    store.keep([stored(7)])
    assert store.find(question(7)) is not None
    place.close()
    assert place.open().find(question(7)) is not None
    assert len(place.warnings) == 1


def test_a_place_where_nothing_can_be_written_is_said_to_be(place: Place) -> None:
    (place.root / "responses").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="cannot be made"):
        place.open()


# Other units' files


def test_another_units_reply_is_found_and_then_kept_as_ones_own(place: Place) -> None:
    place.open("00000").keep([stored(number) for number in range(20)])
    place.open("00001").keep([stored(number) for number in range(20, 40)])
    place.close()
    store = place.reusing("00002", build="generate-00000002")
    assert [store.find(question(number)) for number in range(40)] == [stored(number).reply for number in range(40)]
    assert store.find(question(40)) is None
    store.keep([])
    place.close()
    alone = place.open("00002")
    assert all(alone.find(question(number)) for number in range(40))
    assert place.rows("SELECT count(*) FROM uses", "00002") == [(40,)]
    assert place.rows("SELECT count(*) FROM uses", "00000") == [(20,)]


def test_another_units_reply_must_fit_the_limit_too(place: Place) -> None:
    place.open("00000").keep([stored(1, 64, "length", 64)])
    place.open("00001").keep([stored(1, 32, "length", 32)])
    place.close()
    store = place.reusing("00002")
    assert store.find(question(1, 32)) == stored(1, 32, "length", 32).reply
    assert store.find(question(1, 48)) is None


def test_a_killed_units_replies_are_found(place: Place, tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=endless_writer, args=(place.root, tmp_path / "said"))
    process.start()
    while not (tmp_path / "said").exists():
        time.sleep(0.001)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert (place.file().parent / "00000.sqlite-wal").exists()
    assert place.reusing("00001").find(question(0)) is not None


def test_damaged_files_of_other_units_are_left_out_and_left_alone(place: Place) -> None:
    for unit in ("00000", "00001", "00002"):
        place.open(unit).keep([stored(int(unit))])
    place.open(engine=OTHER_ENGINE, unit="00003").keep([stored(3)])
    place.close()
    junk(place.file("00001"))
    place.file("00004").touch()
    place.file("00005").symlink_to("nowhere")
    store = place.reusing("00006")
    assert [store.find(question(number)) is not None for number in range(4)] == [True, False, True, False]
    assert place.file("00001").exists()
    assert len(place.warnings) == 3
    assert all("not reused" in warning for warning in place.warnings)


def test_more_other_units_than_files_kept_open(place: Place) -> None:
    for number in range(40):
        place.open(f"{number:05d}").keep([stored(number)])
        place.close()
    store = place.reusing("00099")
    random = Random(3)
    for number in random.sample(range(40), 40):
        assert store.find(question(number)) == stored(number).reply


def test_with_no_other_units_nothing_is_found(place: Place) -> None:
    assert place.reusing("00000").find(question(1)) is None
