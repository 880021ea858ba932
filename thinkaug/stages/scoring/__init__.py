"""Ways to weigh the candidates of a draft, one file each: what a way asks a model, and what it makes of the answers."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from thinkaug.dialogue import Failed, Reply, Score
from thinkaug.records import Draft, Thought
from thinkaug.stage import Outcome

Answers = Mapping[Score, Reply | Failed]


class Way(Protocol):
    """A way to weigh candidates."""

    def requests(self, draft: Draft) -> Sequence[Score]:
        """What is asked about a draft, none of it twice; what begins alike stands together."""

    def settle(self, draft: Draft, answers: Answers) -> Outcome:
        """The draft with what was found; `answers` has all that was asked."""


def standing(draft: Draft) -> dict[int, dict[int, tuple[Thought, ...]]]:
    """By cut, then by candidate, in order: the steps that still stand. Cuts and candidates without any are left out."""
    found: dict[int, dict[int, tuple[Thought, ...]]] = {cut: {} for cut in draft.passage.cuts}
    for thought in sorted(draft.thoughts, key=lambda thought: thought.candidate):
        if not thought.drop:
            steps = found[thought.cut].get(thought.candidate, ())
            found[thought.cut][thought.candidate] = (*steps, thought)
    return {cut: candidates for cut, candidates in found.items() if candidates}
