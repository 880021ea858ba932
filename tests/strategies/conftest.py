"""A strategy held against a list of replies: what it asks, and what it makes of the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest

from thinkaug.dialogue import Ask, Failed, Reply, Sampling
from thinkaug.plugins import part
from thinkaug.profiles import read_profile
from thinkaug.records import Passage, content_id
from thinkaug.settings import read_config
from thinkaug.strategies import Stretch, Thoughts, Voice
from thinkaug.templates import Templates

TEXT = "Gout is a disease of joints.\n\nAllopurinol is used in gout.\n\n"


@dataclass(frozen=True)
class Held:
    """What became of a dialogue: its end, and the requests it made."""

    end: Thoughts | Failed
    asked: tuple[Ask, ...]

    @property
    def steps(self) -> list[tuple[str, str]]:
        assert isinstance(self.end, Thoughts), self.end
        return [(step.kind, step.text) for step in self.end.steps]

    @property
    def prompts(self) -> list[str]:
        """The last message of each request."""
        return [ask.messages[-1].content for ask in self.asked]


Hold = Callable[..., Held]


def passage(text: str = TEXT, *cuts: int, title: str = "Allopurinol") -> Passage:
    digest = sha256(text.encode()).hexdigest()
    return Passage(content_id(text), "d", 0, text, "", cuts or (0,), digest, title=title)


@pytest.fixture(params=["full", "brief"])
def templates(request: pytest.FixtureRequest) -> Templates:
    return Templates(brief=request.param == "brief")


@pytest.fixture
def hold(templates: Templates) -> Hold:
    def hold(
        name: str,
        replies: Sequence[str | Reply | Failed],
        *,
        text: str = TEXT,
        cut: int = 0,
        vary: Sequence[Any] = (),
        profile: str = "general",
        **options: Any,
    ) -> Held:
        strategy = part("strategies", name, "test")
        config = read_config(strategy.config, options, "test")
        found = read_profile(profile, templates)
        voice = Voice(templates, {"profile": found, **found.draw(vary, 3)}, Sampling(), seed=3)
        cuts = (0,) if strategy.whole else (0, *([cut] if cut else []))
        dialogue = strategy.think(Stretch(passage(text, *cuts), cut), config, voice)
        waiting, asked = list(replies), []
        try:
            request = next(dialogue)
            while True:
                asked.append(request)
                reply = waiting.pop(0)
                if isinstance(reply, Failed):
                    request = dialogue.throw(reply)
                else:
                    request = dialogue.send(Reply(reply) if isinstance(reply, str) else reply)
        except StopIteration as stop:
            end = stop.value
        except Failed as failure:
            end = failure
        assert not waiting, f"replies that nobody asked for: {waiting}"
        return Held(end, tuple(asked))

    return hold
