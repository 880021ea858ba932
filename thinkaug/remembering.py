"""An engine that stands around another and remembers: what was answered once is not asked again.

Knows nothing of how replies are stored, nor of how the engine makes them.
"""

from typing import Protocol

from thinkaug.dialogue import Engine, Reply, Request
from thinkaug.stored import Question, Stored, question_of


class Store(Protocol):
    """Where replies are kept: `thinkaug.responses.Responses`, or nowhere."""

    @property
    def engine(self) -> str:
        """The digest of the engine whose replies these are."""

    def find(self, question: Question) -> Reply | None:
        """The reply to the question, if there is one."""

    def keep(self, replies: list[Stored]) -> None:
        """Store replies. When this returns, they survive the death of the process."""

    def close(self) -> None:
        """Let go of it."""


class Nowhere:
    """Keeps nothing: for stages that run without a pipeline's folder."""

    engine = ""

    def find(self, question: Question) -> Reply | None:
        """Nothing."""
        return None

    def keep(self, replies: list[Stored]) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Remembering:
    """Answers what is stored without asking the engine, and stores what the engine answers before anyone hears of it.

    So of what was paid for, a kill can lose the replies of one `ready` of the engine, and only in the instant before
    they are stored. The same request twice at once is sent once. Replies with an error are not stored.

    Attributes:
        remembered: how many requests were answered without asking the engine.
    """

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine, self._store = engine, store
        self.remembered = self._told = 0
        self._known: list[tuple[int, Reply]] = []
        self._asked: dict[int, Question] = {}
        self._waiting: dict[Question, list[int]] = {}

    @property
    def window(self) -> int:
        """The engine's."""
        return self._engine.window

    def newly_remembered(self) -> int:
        """How many requests were answered without asking the engine since this was last asked."""
        new, self._told = self.remembered - self._told, self.remembered
        return new

    def submit(self, ticket: int, request: Request) -> None:
        """Look the request up; hand it to the engine if nothing is known of it."""
        question = question_of(self._store.engine, request)
        if question in self._waiting:
            self._waiting[question].append(ticket)
            self.remembered += 1
            return
        reply = self._store.find(question)
        if reply is not None:
            self._known.append((ticket, reply))
            self.remembered += 1
            return
        self._engine.submit(ticket, request)
        self._asked[ticket] = question
        self._waiting[question] = [ticket]

    def ready(self) -> list[tuple[int, Reply]]:
        """What was found, at once; when there is no more of it, what the engine has finished."""
        if self._known:
            self._store.keep([])  # that they are used
            known, self._known = self._known, []
            return known
        answered = [Stored(self._asked[ticket], reply) for ticket, reply in self._engine.ready()]
        self._store.keep([stored for stored in answered if not stored.reply.error])
        replies = []
        for stored in answered:
            tickets = self._waiting.pop(stored.question)
            del self._asked[tickets[0]]
            replies += [(ticket, stored.reply) for ticket in tickets]
        return replies

    def close(self) -> None:
        """Close the engine and the store."""
        self._store.close()
        self._engine.close()
