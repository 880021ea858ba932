"""Bounded: tokens in flight stay under the limit, all is answered, and nothing overtakes."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from thinkaug.dialogue import Reply, Request, Score
from thinkaug.stages.scoring.bounded import Bounded


class Watched:
    """Answers the oldest request, and notes how many tokens were in flight at most, and what came alone."""

    window = 4

    def __init__(self) -> None:
        self.inside: list[tuple[int, Request]] = []
        self.order: list[int] = []
        self.most = 0
        self.closed = False

    def submit(self, ticket: int, request: Request) -> None:
        self.inside.append((ticket, request))
        self.order.append(ticket)
        if len(self.inside) > 1:
            self.most = max(self.most, sum(tokens(request) for _, request in self.inside))

    def ready(self) -> list[tuple[int, Reply]]:
        ticket, _ = self.inside.pop(0)
        return [(ticket, Reply(""))]

    def close(self) -> None:
        self.closed = True


def count(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def tokens(request: Request) -> int:
    assert isinstance(request, Score)
    return len(request.context) + len(request.target)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30), st.integers(1, 12))
def test_the_limit_holds_and_all_are_answered_in_order(sizes: list[tuple[int, int]], limit: int) -> None:
    watched = Watched()
    bounded = Bounded(watched, limit, count)
    for ticket, (context, target) in enumerate(sizes):
        bounded.submit(ticket, Score("c" * context, "t" * target))
    answered = [ticket for _ in sizes for ticket, _ in bounded.ready()]
    assert answered == watched.order == list(range(len(sizes)))
    assert watched.most <= limit


def test_as_many_go_in_as_fit() -> None:
    watched = Watched()
    bounded = Bounded(watched, 10, count)
    for ticket in range(5):
        bounded.submit(ticket, Score("cc", "tt"))
    assert len(watched.inside) == 2
    bounded.ready()
    assert len(watched.inside) == 2


def test_it_is_the_engine_in_all_else() -> None:
    watched = Watched()
    bounded = Bounded(watched, 1, count)
    bounded.close()
    assert bounded.window == 4
    assert watched.closed
