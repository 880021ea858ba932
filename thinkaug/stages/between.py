"""A range of the procedural score, as pipelines say it. Knows nothing of how the score is made."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from thinkaug.errors import UserError


@dataclass(frozen=True)
class Between:
    """From `at_least` to `at_most`, both included, of how procedural a passage is: 0 is factual, 1 procedural."""

    at_least: Annotated[float, Ge(0), Le(1)] = 0.0
    at_most: Annotated[float, Ge(0), Le(1)] = 1.0

    def check(self, where: str) -> None:
        """Refuse a range that holds nothing, with `UserError`."""
        if self.at_least > self.at_most:
            raise UserError(
                f"{where}: nothing is at least {self.at_least:g} and at most {self.at_most:g}; swap the two"
            )

    def holds(self, score: float) -> bool:
        """Whether the score is within the range."""
        return self.at_least <= score <= self.at_most
