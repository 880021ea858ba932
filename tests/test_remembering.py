"""The engine that remembers: what was answered is not asked again, and is stored before anyone hears of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.dialogue import Ask, Dialogue, Failed, Message, Reply, Request, Sampling, Score, converse
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.remembering import Nowhere, Remembering
from thinkaug.responses import Responses
from thinkaug.stage import Memory, Services
from thinkaug.stored import Question, Stored, engine_digest, question_of
from thinkaug.templates import Templates

ENGINE = engine_digest({"kind": "toy"})


def ask(text: str, max_tokens: int = 64) -> Ask:
    return Ask((Message("user", text),), Sampling(max_tokens=max_tokens), 0)


def echo(request: Request) -> Reply:
    text = request.messages[-1].content if isinstance(request, Ask) else request.target
    return Reply(f"re {text}", output_tokens=2)


class Batching:
    """Finishes some of what it holds, in any order; notes what it was asked."""

    def __init__(self, answer: Callable[[Request], Reply] = echo, seed: int = 0, window: int = 4) -> None:
        self.window, self.asked, self.batches = window, list[Request](), list[list[Request]]()
        self.closed = False
        self._answer, self._random, self._held = answer, Random(seed), list[tuple[int, Request]]()

    def submit(self, ticket: int, request: Request) -> None:
        self.asked.append(request)
        self._held.append((ticket, request))

    def ready(self) -> list[tuple[int, Reply]]:
        self._random.shuffle(self._held)
        count = self._random.randint(1, len(self._held)) if self._held else 0
        done, self._held = self._held[:count], self._held[count:]
        self.batches.append([request for _, request in done])
        return [(ticket, self._answer(request)) for ticket, request in done]

    def close(self) -> None:
        self.closed = True


class Listening:
    """A store in memory that notes the order of things."""

    engine = ENGINE

    def __init__(self) -> None:
        self.stored = dict[Question, Reply]()
        self.commits = list[list[Stored]]()
        self.closed = False

    def find(self, question: Question) -> Reply | None:
        return self.stored.get(question)

    def keep(self, replies: list[Stored]) -> None:
        self.commits.append(list(replies))
        self.stored.update({entry.question: entry.reply for entry in replies})

    def close(self) -> None:
        self.closed = True


def run(engine: Remembering, texts: Sequence[str], window: int = 4) -> list[tuple[str, str]]:
    def talk(text: str) -> Dialogue[str]:
        first = yield ask(text)
        second = yield ask(f"{text} and {first.text}")
        return second.text

    return [(text, str(result)) for text, result in converse(texts, talk, engine, window)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from("abcdef"), max_size=14), st.integers(1, 5), st.integers(0, 99))
def test_every_ticket_is_answered_once_and_every_request_is_sent_once(texts: list[str], window: int, seed: int) -> None:
    engine = Batching(seed=seed)
    remembering = Remembering(engine, Listening())
    ended = run(remembering, texts, window)
    assert Counter(ended) == Counter((text, f"re {text} and re {text}") for text in texts)
    assert len(engine.asked) == 2 * len(set(texts)) == len(set(engine.asked))
    assert remembering.remembered == 2 * len(texts) - len(engine.asked)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from("abcdef"), max_size=14), st.integers(1, 5), st.integers(0, 99))
def test_a_batch_is_stored_in_one_commit_before_any_of_it_is_handed_on(
    texts: list[str], window: int, seed: int
) -> None:
    engine, store = Batching(seed=seed), Listening()
    remembering = Remembering(engine, store)

    def talk(text: str) -> Dialogue[str]:
        request = ask(text)
        reply = yield request
        assert store.stored[question_of(ENGINE, request)] == reply
        return reply.text

    list(converse(texts, talk, remembering, window))
    fresh = [[entry.question for entry in commit] for commit in store.commits if commit]
    assert fresh == [[question_of(ENGINE, request) for request in batch] for batch in engine.batches]


def test_a_batch_that_cannot_be_stored_is_not_handed_on() -> None:
    class Full(Listening):
        def keep(self, replies: list[Stored]) -> None:
            raise UserError("the disk is full")

    heard = []

    def talk(text: str) -> Dialogue[str]:
        heard.append((yield ask(text)))
        return ""

    with pytest.raises(UserError, match="the disk is full"):
        list(converse("abc", talk, Remembering(Batching(), Full()), 2))
    assert not heard


def test_what_is_stored_is_answered_without_the_engine() -> None:
    store = Listening()
    first = run(Remembering(Batching(), store), "abcde")
    engine = Batching()
    remembering = Remembering(engine, store)
    assert sorted(run(remembering, "abcde")) == sorted(first)
    assert not engine.asked
    assert not engine.batches  # nor waited for
    assert remembering.remembered == 10


def test_stored_replies_do_not_wait_for_the_engine() -> None:
    store, engine = Listening(), Batching()
    store.stored[question_of(ENGINE, ask("known"))] = Reply("at once")
    remembering = Remembering(engine, store)
    remembering.submit(1, ask("unknown"))
    remembering.submit(2, ask("known"))
    assert remembering.ready() == [(2, Reply("at once"))]
    assert not engine.batches
    assert remembering.ready() == [(1, echo(ask("unknown")))]


def test_the_same_request_twice_at_once_is_sent_once() -> None:
    engine = Batching()
    remembering = Remembering(engine, Listening())
    for ticket in (3, 1, 2):
        remembering.submit(ticket, ask("same"))
    assert sorted(remembering.ready()) == [(ticket, echo(ask("same"))) for ticket in (1, 2, 3)]
    assert len(engine.asked) == 1
    assert remembering.remembered == 2


def test_the_same_request_with_another_limit_is_another() -> None:
    engine = Batching()
    remembering = Remembering(engine, Listening())
    remembering.submit(1, ask("same", 64))
    remembering.submit(2, ask("same", 65))
    assert len(engine.asked) == 2


def test_a_score_is_remembered_too() -> None:
    store, score = Listening(), Score("before", "target")
    reply = Reply("", log_probabilities=(-1.5, -0.25))
    for engine in (Batching(lambda request: reply), Batching(lambda request: Reply("never asked"))):
        remembering = Remembering(engine, store)
        remembering.submit(1, score)
        assert remembering.ready() == [(1, reply)]


def test_a_reply_with_an_error_reaches_all_who_wait_and_is_not_stored() -> None:
    store, engine = Listening(), Batching(lambda request: Reply("", error="overloaded"))
    remembering = Remembering(engine, store)
    remembering.submit(1, ask("a"))
    remembering.submit(2, ask("a"))
    assert remembering.ready() == [(1, Reply("", error="overloaded")), (2, Reply("", error="overloaded"))]
    assert not store.stored
    remembering.submit(3, ask("a"))  # asked again
    assert len(engine.asked) == 2


def test_a_dialogue_may_ask_again_after_an_error() -> None:
    answers = iter([Reply("", error="overloaded"), Reply("well")])

    def talk(text: str) -> Dialogue[str]:
        for _ in range(2):
            try:
                return (yield ask(text)).text
            except Failed:
                continue
        raise AssertionError

    remembering = Remembering(Batching(lambda request: next(answers)), Listening())
    assert list(converse("a", talk, remembering, 1)) == [("a", "well")]


def test_an_engine_that_loses_its_requests_is_still_found_out() -> None:
    class Losing(Batching):
        def ready(self) -> list[tuple[int, Reply]]:
            return []

    with pytest.raises(AssertionError, match="lost requests"):
        run(Remembering(Losing(), Listening()), "a")


def test_the_window_is_the_engines_and_closing_closes_both() -> None:
    engine, store = Batching(window=17), Listening()
    remembering = Remembering(engine, store)
    assert remembering.window == 17
    remembering.close()
    assert engine.closed
    assert store.closed


def test_without_a_store_everything_is_asked() -> None:
    engine = Batching()
    assert len(run(Remembering(engine, Nowhere()), "abc")) == 3
    assert len(run(Remembering(engine, Nowhere()), "abc")) == 3
    assert len(engine.asked) == 12


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12), st.integers(0, 99), st.integers(0, 30))
def test_a_run_that_breaks_off_anywhere_loses_one_batch_at_most(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], seed: int, steps: int
) -> None:
    root = tmp_path_factory.mktemp("store")

    class Breaks(Batching):
        def ready(self) -> list[tuple[int, Reply]]:
            if len(self.batches) == steps:
                raise KeyboardInterrupt
            return super().ready()

    def once(engine: Batching) -> None:
        store = Responses(root, ENGINE, "00000", "generate-00000001", print)
        try:
            run(Remembering(engine, store), texts)
        finally:
            store.close()

    first, second = Breaks(seed=seed), Batching(seed=seed + 1)
    try:
        once(first)
    except KeyboardInterrupt:
        once(second)
    answered = [request for batch in first.batches for request in batch]
    assert not set(answered) & set(second.asked)


# Through Services, as stages ask for it


class Writer:
    """Counts what it is asked. Another name stands for another model."""

    def __init__(self, name: str = "writer") -> None:
        self.asked = 0
        self.spec = Scripted(self.answer, name)

    def answer(self, request: Request) -> Reply:
        self.asked += 1
        return echo(request)


def talk_through(services: Services, texts: Sequence[str], unit: str = "00000") -> int:
    with services.remembering("writer", unit) as engine:
        run(engine, texts, engine.window)
        return engine.remembered


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Callable[..., Services]]:
    def make(writer: Writer, **memory: object) -> Services:
        values = {"root": tmp_path, "build": "generate-00000001", **memory}
        return Services(Templates(), {"writer": writer.spec}, memory=Memory(**values))  # type: ignore[arg-type]

    return make


def test_a_later_run_asks_nothing_again(services: Callable[..., Services]) -> None:
    first, second = Writer(), Writer()
    assert talk_through(services(first), "abc") == 0
    assert talk_through(services(second, build="generate-00000002"), "abcd") == 6
    assert (first.asked, second.asked) == (6, 2)


def test_another_model_is_asked_itself(services: Callable[..., Services], tmp_path: Path) -> None:
    first, second = Writer(), Writer("another")
    talk_through(services(first), "abc")
    assert talk_through(services(second), "abc") == 0
    assert second.asked == 6
    assert len(list((tmp_path / "responses").iterdir())) == 2


def test_a_model_that_was_trained_again_is_asked_itself(services: Callable[..., Services]) -> None:
    @dataclass(frozen=True)
    class Trained(Scripted):
        weights: str = ""

        def as_trained(self) -> Mapping[str, object]:
            return {**self.identity(), "weights": self.weights}

    for weights, asked in (("one", 6), ("one", 0), ("another", 6)):
        writer = Writer()
        writer.spec = Trained(writer.answer, weights=weights)
        talk_through(services(writer), "abc")
        assert writer.asked == asked


@pytest.mark.parametrize(("reuse", "asked"), [(False, 6), (True, 0)])
def test_other_units_are_looked_through_when_it_is_wanted(
    reuse: bool, asked: int, services: Callable[..., Services]
) -> None:
    talk_through(services(Writer()), "abc", "00000")
    second = Writer()
    again = services(second, reuse=reuse)
    assert talk_through(again, "ab", "00001") + talk_through(again, "c", "00002") == 6 - asked
    assert second.asked == asked


def test_the_file_is_closed_when_a_unit_ends_or_fails(services: Callable[..., Services], tmp_path: Path) -> None:
    made = services(Writer())
    talk_through(made, "abc")
    with pytest.raises(KeyError), made.remembering("writer", "00001"):
        raise KeyError
    assert {path.suffix for path in tmp_path.rglob("*.sqlite*")} == {".sqlite"}  # no -wal, no -shm


def test_without_a_memory_every_run_pays(tmp_path: Path) -> None:
    for _ in range(2):
        writer = Writer()
        assert talk_through(Services(Templates(), {"writer": writer.spec}), "abc") == 0
        assert writer.asked == 6
    assert not list(tmp_path.iterdir())


def test_a_moved_aside_file_is_told_of(services: Callable[..., Services], tmp_path: Path) -> None:
    talk_through(services(Writer()), "abc")
    [file] = (tmp_path / "responses").rglob("*.sqlite")
    file.write_bytes(b"junk" * 4000)
    writer, notes = Writer(), list[str]()
    made = services(writer)
    made.note = notes.append
    talk_through(made, "abc")
    assert writer.asked == 6
    assert any("moved aside" in note for note in notes)
