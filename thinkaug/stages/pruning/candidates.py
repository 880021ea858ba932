"""A draft taken apart into candidates, and put together again. Drops nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import isfinite

from thinkaug.records import Draft, Generation, Kind, Thought, Worth

SEARCH: tuple[Kind, ...] = ("lookup", "observation")
"""Steps of a search: they state nothing of their own, and stay or go with their candidate."""


@dataclass(frozen=True)
class Candidate:
    """All steps of one candidate at one cut, those that were dropped included.

    Args:
        cut: offset into the passage's text.
        number: which candidate it is.
        steps: in order.
        generation: how it came about; None where the draft does not say.
        reward: what it was weighed with, where it was.
    """

    cut: int
    number: int
    steps: tuple[Thought, ...]
    generation: Generation | None = None
    reward: float | None = None

    @property
    def standing(self) -> tuple[Thought, ...]:
        """The steps that are not dropped."""
        return tuple(step for step in self.steps if not step.drop)

    @property
    def thinks(self) -> bool:
        """Whether anything stands that a search alone would not have."""
        return any(step.kind not in SEARCH for step in self.standing)

    @property
    def worth(self) -> Worth | None:
        """What it does for its stretch, where that was measured; a gain that is not finite is no measurement."""
        worth = self.generation.worth if self.generation else None
        return worth if worth and isfinite(worth.gain) and isfinite(worth.mismatched or 0.0) else None

    @property
    def gain(self) -> float | None:
        """IG of what stands, in nats a target token: that of the whole less what its dropped steps gave alone.

        `IG(z without z_i) = IG(z) - gain_alone_i` holds exactly where one step was dropped, and to the first order
        where several were. A step without `gain_alone` takes nothing away: it was not scored, or was not left out.
        """
        if self.worth is None:
            return None
        alone = (step.gain_alone for step in self.steps if step.drop and step.gain_alone is not None)
        return self.worth.gain - sum(value for value in alone if isfinite(value))

    @property
    def specific(self) -> float | None:
        """`IG - IG_mismatched` of what stands, in nats a target token; IG alone where nothing was mismatched."""
        gain, worth = self.gain, self.worth
        return None if gain is None or worth is None else gain - (worth.mismatched or 0.0)

    def drop(self, reason: str) -> "Candidate":
        """The same with nothing standing."""
        return replace(self, steps=tuple(step if step.drop else replace(step, drop=reason) for step in self.steps))


def candidates_of(draft: Draft) -> list[Candidate]:
    """The candidates of a draft, by cut and number."""
    generations = {(g.cut, g.candidate): g for g in draft.generations}
    steps: dict[tuple[int, int], list[Thought]] = {}
    for thought in draft.thoughts:
        steps.setdefault((thought.cut, thought.candidate), []).append(thought)
    return [
        Candidate(cut, number, tuple(found), generations.get((cut, number)))
        for (cut, number), found in sorted(steps.items())
    ]


def put_together(draft: Draft, candidates: Iterable[Candidate]) -> Draft:
    """The draft with the steps and rewards of its candidates; each thought stands where it stood."""
    known = {(candidate.cut, candidate.number): candidate for candidate in candidates}
    steps: dict[tuple[int, int], Iterator[Thought]] = {key: iter(found.steps) for key, found in known.items()}
    return replace(
        draft,
        thoughts=tuple(next(steps[thought.cut, thought.candidate]) for thought in draft.thoughts),
        generations=tuple(
            replace(g, reward=found.reward)
            if (found := known.get((g.cut, g.candidate))) and found.reward is not None
            else g
            for g in draft.generations
        ),
    )
