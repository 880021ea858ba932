"""An engine that stands before another and holds requests back, so that never too many tokens are in flight."""

from collections import deque
from collections.abc import Callable, Sequence

from thinkaug.dialogue import Engine, Reply, Request, Score


class Bounded:
    """Hands scores on as long as those in flight hold no more than `most_tokens`; one that is longer goes alone.

    For the log-probabilities of a prompt an engine holds the odds of every token of it at once, which is far more than
    its text.

    Args:
        engine: who answers.
        most_tokens: in flight, contexts included.
        count_tokens: how many tokens each text has.
    """

    def __init__(self, engine: Engine, most_tokens: int, count_tokens: Callable[[Sequence[str]], list[int]]) -> None:
        self._engine, self._most, self._count = engine, most_tokens, count_tokens
        self._waiting: deque[tuple[int, Request, int]] = deque()
        self._inside: dict[int, int] = {}
        self._tokens = 0

    @property
    def window(self) -> int:
        """The engine's."""
        return self._engine.window

    def submit(self, ticket: int, request: Request) -> None:
        """Queue a score, behind those that came before it."""
        assert isinstance(request, Score), "what a reply will hold nobody knows before"
        self._waiting.append((ticket, request, sum(self._count([request.context, request.target]))))
        self._refill()

    def ready(self) -> list[tuple[int, Reply]]:
        """What the engine has finished."""
        done = self._engine.ready()
        self._tokens -= sum(self._inside.pop(ticket) for ticket, _ in done)
        self._refill()
        return done

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    def _refill(self) -> None:
        while self._waiting and (not self._inside or self._tokens + self._waiting[0][2] <= self._most):
            ticket, request, tokens = self._waiting.popleft()
            self._inside[ticket] = tokens
            self._tokens += tokens
            self._engine.submit(ticket, request)
