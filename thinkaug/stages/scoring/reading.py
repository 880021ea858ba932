"""What is asked about one stretch, and what the answers say of the steps before it. Knows nothing of drafts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from thinkaug.dialogue import Failed, Score
from thinkaug.measures.infogain import infogain, stepwise
from thinkaug.records import Thought
from thinkaug.rendering import Style, thinking_of
from thinkaug.stages.scoring import Answers
from thinkaug.stages.scoring.partners import Partner

Steps = tuple[Thought, ...]
Measured = TypeVar("Measured")


@dataclass(frozen=True)
class Stretch:
    """A stretch with the steps of its candidates that are shown, and the partner to hold them against."""

    cut: int
    before: str
    target: str
    candidates: Mapping[int, Steps]
    partner: Partner | None
    style: Style

    def after(self, steps: Steps) -> Score:
        """The stretch after these steps."""
        return Score(self.before + thinking_of(steps, self.before, self.style), self.target)

    def partner_after(self, steps: Steps) -> Score:
        """The partner's stretch after these steps."""
        assert self.partner is not None
        before = self.partner.before
        return Score(before + thinking_of(steps, before, self.style), self.partner.target)


class Reader:
    """Reads answers about one stretch. `missing` counts the measures beside the gain that could not be had."""

    def __init__(self, stretch: Stretch, answers: Answers) -> None:
        self.stretch, self._answers = stretch, answers
        self.missing = 0

    def read(self, score: Score) -> Sequence[float]:
        """The log-probabilities of a target's tokens, in nats. Raises `Failed`."""
        if not score.target:
            raise Failed("empty_target", "there is no text after the thought that it could be worth anything to")
        answer = self._answers[score]
        if isinstance(answer, Failed):
            raise answer
        if not answer.log_probabilities:
            raise Failed(
                "no_log_probabilities",
                "the engine gave no log-probabilities of the stretch; name one that scores texts, such as kind: vllm",
            )
        return answer.log_probabilities

    def gain(self, steps: Steps) -> float:
        """What these steps add, in nats a token. Raises `Failed`."""
        return self._difference(self.stretch.after(steps), self.stretch.after(()))

    def gain_or_none(self, steps: Steps) -> float | None:
        """The same; None where it could not be had."""
        return self._or_none(lambda: self.gain(steps))

    def stepwise(self, beginnings: Sequence[Steps]) -> tuple[float, ...] | None:
        """What each beginning adds to the one before, in nats a token; None where one could not be had."""
        return self._or_none(
            lambda: _sound(lambda: stepwise([self.read(self.stretch.after(steps)) for steps in beginnings]))
        )

    def mismatched(self, steps: Steps) -> float | None:
        """What these steps add to the partner's stretch; None where there is none, or it could not be had."""
        if self.stretch.partner is None:
            return None
        return self._or_none(lambda: self._difference(*map(self.stretch.partner_after, (steps, ()))))

    def _difference(self, given: Score, alone: Score) -> float:
        return _sound(lambda: infogain(self.read(given), self.read(alone)))

    def _or_none(self, measure: Callable[[], Measured]) -> Measured | None:
        try:
            return measure()
        except Failed:
            self.missing += 1
            return None


def _sound(measure: Callable[[], Measured]) -> Measured:
    """The measure; what it cannot be taken of is a failure of the engine's, not the end of the run."""
    try:
        return measure()
    except ValueError as error:
        raise Failed("unsound_log_probabilities", str(error)) from error
