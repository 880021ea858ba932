"""Many dialogues in flight at one engine."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.dialogue import Ask, Dialogue, Failed, Message, Reply, Sampling, converse, converse_by_row
from thinkaug.engines.scripted import Scripted


def ask(text: str) -> Ask:
    return Ask((Message("user", text),), Sampling(), seed=0)


def echo(request: Ask) -> str:
    return f"re {request.messages[-1].content}"


class Shuffled:
    """Finishes some of what it holds, in any order, and notes how much it ever held."""

    def __init__(self, seed: int, window: int) -> None:
        self.window, self.most = window, 0
        self._random, self._held = Random(seed), list[tuple[int, Ask]]()

    def submit(self, ticket: int, request: Ask) -> None:
        self._held.append((ticket, request))
        self.most = max(self.most, len(self._held))

    def ready(self) -> list[tuple[int, Reply]]:
        self._random.shuffle(self._held)
        count = self._random.randint(1, len(self._held))
        done, self._held = self._held[:count], self._held[count:]
        return [(ticket, Reply(echo(request))) for ticket, request in done]


class Procrastinating:
    """Puts off what is said to be slow as long as it has anything else to do."""

    window = 3

    def __init__(self) -> None:
        self._held: list[tuple[int, Ask]] = []

    def submit(self, ticket: int, request: Ask) -> None:
        self._held.append((ticket, request))

    def ready(self) -> list[tuple[int, Reply]]:
        self._held.sort(key=lambda entry: entry[1].messages[-1].content.startswith("slow"))
        ticket, request = self._held.pop(0)
        return [(ticket, Reply(echo(request)))]


def turns(item: tuple[int, int]) -> Dialogue[list[str]]:
    name, count = item
    heard = []
    for turn in range(count):
        reply = yield ask(f"{name}.{turn}")
        heard.append(reply.text)
    return heard


def scripted(answer: Callable[[Ask], str | Reply] = echo) -> object:
    return Scripted(answer).open()


ITEMS = st.lists(st.integers(0, 3), max_size=12).map(lambda counts: list(enumerate(counts)))


@settings(max_examples=100, deadline=None)
@given(ITEMS, st.integers(1, 5), st.integers(0, 99))
def test_every_item_ends_once_with_the_replies_to_its_own_questions(
    items: list[tuple[int, int]], window: int, seed: int
) -> None:
    ended = list(converse(items, turns, Shuffled(seed, window), window))
    assert Counter(item for item, _ in ended) == Counter(items)
    for (name, count), heard in ended:
        assert heard == [f"re {name}.{turn}" for turn in range(count)]


@settings(max_examples=100, deadline=None)
@given(ITEMS, st.integers(1, 5), st.integers(0, 99))
def test_as_many_are_in_flight_as_the_window_holds(items: list[tuple[int, int]], window: int, seed: int) -> None:
    engine = Shuffled(seed, window)
    list(converse(items, turns, engine, window))
    assert engine.most == min(window, sum(count > 0 for _, count in items))


def test_no_more_items_are_taken_than_the_window_needs() -> None:
    taken = 0

    def items() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number, 2

    for ended, _ in enumerate(converse(items(), turns, scripted(), 4), start=1):
        assert taken <= ended + 4


def test_a_slow_dialogue_holds_nobody_up() -> None:
    def talk(item: str) -> Dialogue[str]:
        first = yield ask(item)
        second = yield ask(item)
        return first.text + second.text

    items = ["slow", *(f"quick {number}" for number in range(9))]
    order = [item for item, _ in converse(items, talk, Procrastinating(), 3)]
    assert order == [*items[1:], "slow"]


def test_an_item_may_be_anything() -> None:
    def talk(item: object) -> Dialogue[str]:
        reply = yield ask("x")
        return reply.text

    items = [None, 0, "", False, ()]
    assert [item for item, _ in converse(items, talk, scripted(), 2)] == items


def test_a_dialogue_need_not_ask() -> None:
    assert list(converse([(7, 0)], turns, scripted(), 1)) == [((7, 0), [])]


def test_without_items_the_engine_is_never_waited_for() -> None:
    def fail(request: Ask) -> str:
        raise AssertionError("nothing was asked")

    assert list(converse([], turns, scripted(fail), 4)) == []


def test_an_error_of_the_engine_ends_the_dialogue_as_failed() -> None:
    [(item, result)] = converse([(1, 1)], turns, scripted(lambda request: Reply("", error="too long")), 1)
    assert isinstance(result, Failed)
    assert (item, result.kind, str(result)) == ((1, 1), "request_failed", "too long")


def test_an_error_of_the_engine_leaves_the_others_alone() -> None:
    def answer(request: Ask) -> str | Reply:
        return Reply("", error="no") if request.messages[-1].content.startswith("1.") else echo(request)

    ended = dict(converse([(0, 1), (1, 1), (2, 1)], turns, scripted(answer), 3))
    assert isinstance(ended.pop((1, 1)), Failed)
    assert ended == {(0, 1): ["re 0.0"], (2, 1): ["re 2.0"]}


def test_a_dialogue_can_catch_the_error_and_ask_again() -> None:
    def talk(item: str) -> Dialogue[str]:
        try:
            yield ask("long")
        except Failed as failure:
            reply = yield ask("short")
            return f"{failure}, then {reply.text}"
        raise AssertionError("the error was sent, not thrown")

    def answer(request: Ask) -> str | Reply:
        return Reply("", error="too long") if request.messages[-1].content == "long" else "ok"

    assert list(converse(["x"], talk, scripted(answer), 1)) == [("x", "too long, then ok")]


def test_failed_is_a_result_with_what_was_paid_for() -> None:
    def talk(item: str) -> Dialogue[str]:
        reply = yield ask(item)
        raise Failed("malformed", "no tags", reply.text, (reply,))

    [(_, result)] = converse(["x"], talk, scripted(), 1)
    assert isinstance(result, Failed)
    assert (result.kind, str(result), result.raw) == ("malformed", "no tags", "re x")
    assert [reply.text for reply in result.replies] == ["re x"]


def test_failed_before_the_first_question_is_a_result_too() -> None:
    def talk(item: str) -> Dialogue[str]:
        raise Failed("refused", item)
        yield ask(item)

    [(_, result)] = converse(["x"], talk, scripted(), 1)
    assert isinstance(result, Failed)


@pytest.mark.parametrize("turn", [0, 1])
def test_a_fault_of_the_strategy_is_not_swallowed(turn: int) -> None:
    def talk(item: str) -> Dialogue[str]:
        if turn:
            yield ask(item)
        raise KeyError("a fault")

    with pytest.raises(KeyError, match="a fault"):
        list(converse(["x"], talk, scripted(), 1))


def test_a_fault_of_the_engine_is_not_swallowed() -> None:
    def answer(request: Ask) -> str:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(converse([(1, 1)], turns, scripted(answer), 1))


def test_an_engine_that_loses_its_requests_is_found_out() -> None:
    class Losing:
        window = 2

        def submit(self, ticket: int, request: Ask) -> None: ...

        def ready(self) -> list[tuple[int, Reply]]:
            return []

    def once(item: int) -> Dialogue[str]:
        return (yield Ask((), Sampling(), item)).text

    with pytest.raises(AssertionError, match="lost requests"):
        list(converse([1], once, Losing(), 2))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=9), st.integers(1, 7), st.integers(0, 99))
def test_rows_leave_in_the_order_they_came_with_the_results_of_their_parts(
    sizes: list[int], window: int, seed: int
) -> None:
    def parts(row: tuple[int, int]) -> list[tuple[int, int]]:
        return [(row[0] * 10 + place, place % 3) for place in range(row[1])]

    rows = list(enumerate(sizes))
    ended = list(converse_by_row(rows, parts, turns, Shuffled(seed, window), window))
    assert [row for row, _ in ended] == rows
    for row, results in ended:
        assert results == [[f"re {name}.{turn}" for turn in range(count)] for name, count in parts(row)]


def test_a_part_that_failed_stands_in_its_place() -> None:
    engine = Scripted(lambda ask: Reply("", error="gone") if "1.0" in ask.messages[0].content else echo(ask)).open()
    [(_, results)] = converse_by_row(["row"], lambda row: [(0, 1), (1, 1), (2, 1)], turns, engine, 2)
    assert [type(result) for result in results] == [list, Failed, list]
