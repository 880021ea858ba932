"""The parts of `gate`: how hard each stretch is, to a model or by a count of words, and which are the hardest."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from thinkaug.dialogue import Failed


@dataclass(frozen=True, slots=True)
class Hardness:
    """The surprisal of a stretch in nats, and how many `units` (tokens or words) it has."""

    nats: float
    units: int

    @property
    def mean(self) -> float:
        """Nats a unit: how hard it is. A stretch without any is not hard."""
        return self.nats / self.units if self.units else 0.0


Found = Hardness | Failed
"""How hard a stretch is, or why nobody knows."""


def hardest(found: Sequence[Sequence[Found]], keep: float) -> list[tuple[bool, ...]]:
    """Of each passage's stretches, which are among the hardest of all.

    Args:
        found: how hard the stretches of each passage are. Those of which nobody knows are none of the share.
        keep: the share that is, rounded up. Of equally hard ones those that come first are.
    """
    ranked = sorted(
        (-stretch.mean, place, number)
        for place, stretches in enumerate(found)
        for number, stretch in enumerate(stretches)
        if isinstance(stretch, Hardness)
    )
    among = {(place, number) for _, place, number in ranked[: ceil(round(keep * len(ranked), 6))]}
    return [
        tuple((place, number) in among for number in range(len(stretches))) for place, stretches in enumerate(found)
    ]
