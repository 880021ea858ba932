"""Conversations that ask and never call, and the loop that keeps many of them in flight.

A strategy is a generator: it yields an `Ask` or a `Score` and is sent the `Reply`. It needs no async, no threads and no
engine, and is tested with a list of strings. Knows nothing of passages or storage.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat. `content` is data: an engine must not read control tokens out of it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a reply is drawn. `temperature` 0 is greedy; `top_p` 1 and `top_k` 0 leave the distribution whole."""

    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 512
    top_k: int = 0


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a reply must match: a regular expression, a JSON schema, a grammar, or one of the lines of `pattern`."""

    kind: Literal["regex", "json", "grammar", "choice"]
    pattern: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for one reply. `measured` asks for the log-probability of each of its tokens too."""

    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    constraint: Constraint | None = None
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """One request for the log-probability of `target` after `context`; both plain text, outside any chat template.

    The two are tokenised apart, so that the target's tokens are the same whatever stands before it. An empty context
    is the beginning of a document.
    """

    context: str
    target: str


Request = Ask | Score


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. A request that could not be served has an `error` and no text.

    `reasoning` is what a reasoning model thought before `text`. `log_probabilities` are in nats, one a token: of the
    reply, its end included, where an `Ask` was `measured`; of the target for a `Score`, whose `text` is empty.
    """

    text: str
    finish: str = "stop"
    prompt_tokens: int = 0
    output_tokens: int = 0
    error: str = ""
    reasoning: str = ""
    log_probabilities: tuple[float, ...] = ()


class Failed(Exception):
    """A dialogue that came to no result.

    `kind` is a short name for the ledger, `raw` what the model wrote last, `replies` all that was paid for.
    """

    def __init__(self, kind: str, message: str, raw: str = "", replies: tuple[Reply, ...] = ()) -> None:
        super().__init__(message)
        self.kind, self.raw, self.replies = kind, raw, replies


Dialogue = Generator[Request, Reply, Result]


class Engine(Protocol):
    """The one narrow door to a model: hand in requests under tickets, collect whatever is finished."""

    @property
    def window(self) -> int:
        """How many requests to hand in before collecting, so that it never idles."""

    def submit(self, ticket: int, request: Request) -> None:
        """Take a request. Never blocks on the model."""

    def ready(self) -> list[tuple[int, Reply]]:
        """The replies that are finished; blocks until there is at least one."""

    def close(self) -> None:
        """Give back what it holds (memory, processes, connections). It takes no request afterwards."""


def converse(
    items: Iterable[Item],
    start: Callable[[Item], Dialogue[Result]],
    engine: Engine,
    window: int,
) -> Iterator[tuple[Item, Result | Failed]]:
    """Run one dialogue an item, `window` of them in flight, and yield each as it ends.

    A place is refilled as soon as its dialogue ends, so a slow one holds nobody up. The order is that of finishing. A
    reply with an error is thrown into its dialogue as `Failed`; a dialogue that ends so yields it as its result.
    """
    assert window > 0, "no room for a dialogue"
    waiting = iter(items)
    live: dict[int, tuple[Item, Dialogue[Result]]] = {}
    tickets = count()

    def advance(item: Item, dialogue: Dialogue[Result], reply: Reply | None) -> Iterator[tuple[Item, Result | Failed]]:
        try:
            ask = _step(dialogue, reply)
        except StopIteration as end:
            yield item, end.value
        except Failed as failure:
            yield item, failure
        else:
            ticket = next(tickets)
            live[ticket] = item, dialogue
            engine.submit(ticket, ask)

    while True:
        while len(live) < window and (item := next(waiting, _NOTHING)) is not _NOTHING:
            yield from advance(item, start(item), None)  # type: ignore[arg-type]  # not _NOTHING
        if not live:
            return
        replies = engine.ready()
        assert replies, "the engine lost requests: nothing is finished, and nothing is under way"
        for ticket, reply in replies:
            yield from advance(*live.pop(ticket), reply)


def converse_by_row(
    rows: Iterable[Row],
    parts: Callable[[Row], Iterable[Item]],
    start: Callable[[Item], Dialogue[Result]],
    engine: Engine,
    window: int,
) -> Iterator[tuple[Row, list[Result | Failed]]]:
    """Run the dialogues of every row's parts, and yield the rows in the order they came, whatever finishes first.

    Each row comes with the results of its parts, in their order. `window` dialogues are in flight, of as many rows as
    that takes; rows that are done wait for those before them.
    """
    held: dict[int, tuple[Row, list[Result | Failed | None]]] = {}
    missing: dict[int, int] = {}
    upcoming = 0

    def items() -> Iterator[tuple[int, int, Item]]:
        for number, row in enumerate(rows):
            mine = list(parts(row))
            held[number], missing[number] = (row, [None] * len(mine)), len(mine)
            for place, item in enumerate(mine):
                yield number, place, item

    def done() -> Iterator[tuple[Row, list[Result | Failed]]]:
        nonlocal upcoming
        while missing.get(upcoming) == 0:
            row, results = held.pop(upcoming)
            del missing[upcoming]
            upcoming += 1
            yield row, results  # type: ignore[misc]  # none of them is missing

    for (number, place, _), result in converse(items(), lambda item: start(item[2]), engine, window):
        held[number][1][place] = result
        missing[number] -= 1
        yield from done()
    yield from done()  # rows without parts have nothing to wait for


_NOTHING = object()


def _step(dialogue: Dialogue[Result], reply: Reply | None) -> Request:
    if reply is None:
        return next(dialogue)
    if reply.error:
        return dialogue.throw(Failed("request_failed", reply.error))
    return dialogue.send(reply)
