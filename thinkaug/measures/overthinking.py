"""overthinking: how often thinking helps and how often it hurts. Knows nothing of thoughts or models.

After "correction" and "overthinking" of arXiv 2507.18178, which are about questions with a right answer. A passage has
none: there the sign of its information gain stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effects:
    """Of `count` passages, how many are more likely with their thoughts (IG > 0) and how many less (IG < 0)."""

    helped: int
    harmed: int
    count: int

    @property
    def helpful_share(self) -> float | None:
        """The share with IG > 0; None where there are no passages."""
        return self.helped / self.count if self.count else None

    @property
    def overthinking_share(self) -> float | None:
        """The share with IG < 0; None where there are no passages."""
        return self.harmed / self.count if self.count else None


def effects(gains: Sequence[float]) -> Effects:
    """The counts over the information gains of passages, in any unit. What is no number is neither."""
    return Effects(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains), len(gains))


def correction_rate(right_without: Sequence[bool], right_with: Sequence[bool]) -> float | None:
    """P(right with thought | wrong without), over the same questions; None where none was wrong without.

    Raises:
        ValueError: there are not as many of the one as of the other.
    """
    return _share_right([after for before, after in _pairs(right_without, right_with) if not before])


def overthinking_rate(right_without: Sequence[bool], right_with: Sequence[bool]) -> float | None:
    """P(wrong with thought | right without), over the same questions; None where none was right without.

    Raises:
        ValueError: there are not as many of the one as of the other.
    """
    return _share_right([not after for before, after in _pairs(right_without, right_with) if before])


def _pairs(right_without: Sequence[bool], right_with: Sequence[bool]) -> list[tuple[bool, bool]]:
    if len(right_without) != len(right_with):
        raise ValueError(f"overthinking: {len(right_without)} outcomes without thought, but {len(right_with)} with")
    return list(zip(right_without, right_with, strict=True))


def _share_right(outcomes: list[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
