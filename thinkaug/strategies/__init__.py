"""Strategies: one small file each, from a passage and a cut to a dialogue that thinks. They ask and never call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thinkaug.dialogue import Ask, Dialogue, Message, Reply, Sampling
from thinkaug.records import Kind, Passage
from thinkaug.templates import Templates


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What a dialogue ends with: the steps as read, and the replies they took."""

    steps: tuple[tuple[Kind, str], ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """How a dialogue speaks: its prompts, its sampling and its seed."""

    templates: Templates
    sampling: Sampling
    seed: int

    def ask(self, *messages: Message) -> Ask:
        """A request in this voice."""
        return Ask(messages, self.sampling, self.seed)


@dataclass(frozen=True)
class Strategy:
    """One way to reconstruct thinking.

    Args:
        version: raised when the same replies would lead to other thoughts.
        config: a frozen dataclass of its options.
        templates: each template it renders, with the variables it gives it.
        think: starts the dialogue for one cut of one passage.
    """

    version: int
    config: type
    templates: Mapping[str, frozenset[str]]
    think: Callable[[Passage, int, Any, Voice], Dialogue[Thoughts]]
