"""scripted: a function in a model's place, for tests of everything above the engine's door. Not for YAML."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thinkaug.dialogue import Ask, Reply, Request


@dataclass(frozen=True)
class Scripted:
    """An engine that answers with what `answer` says.

    Args:
        answer: a request -> the reply's text, or a whole `Reply`. A `Score` is answered with one.
        name: stands for the model's name and revision.
        window: dialogues in flight.
    """

    answer: Callable[[Any], str | Reply]
    name: str = "scripted"
    window: int = 16

    def identity(self) -> Mapping[str, object]:
        """The name: another script must have another."""
        return {"kind": "scripted", "name": self.name}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words for tokens."""
        return [len(text.split()) for text in texts]

    def open(self) -> "ScriptedEngine":
        """An engine with an empty queue."""
        return ScriptedEngine(self.answer, self.window)


class ScriptedEngine:
    """Answers one request at a time, in the order they came."""

    def __init__(self, answer: Callable[[Any], str | Reply], window: int) -> None:
        self._answer, self.window = answer, window
        self._queue: deque[tuple[int, Request]] = deque()

    def submit(self, ticket: int, request: Request) -> None:
        """Queue a request."""
        self._queue.append((ticket, request))

    def ready(self) -> list[tuple[int, Reply]]:
        """The reply to the oldest request."""
        ticket, request = self._queue.popleft()
        answer = self._answer(request)
        if isinstance(answer, str):
            assert isinstance(request, Ask), "a Score is answered with a Reply"
            prompt_tokens = sum(len(message.content.split()) for message in request.messages)
            answer = Reply(answer, prompt_tokens=prompt_tokens, output_tokens=len(answer.split()))
        return [(ticket, answer)]

    def close(self) -> None:
        """Nothing is held."""
