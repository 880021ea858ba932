"""What becomes of each row, as arrays by row number. Knows nothing of how it was found out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

KEPT_FOR_FACTS, KEPT_FOR_EXPOSURE = "kept_for_facts", "kept_for_exposure"
SPARED = ("", KEPT_FOR_FACTS, KEPT_FOR_EXPOSURE)


@dataclass(frozen=True)
class Fates:
    """33 bytes a row. A row that has none stands for itself.

    Args:
        count: how many rows there are, those of earlier builds included.
        earlier: how many of them are of earlier builds; these come first.
        keeper: int64, the row that stays for it; its own number where it stays.
        cluster: int64, the row that its cluster is named by; its own where it is in none.
        similarity: float32, to the keeper; 1 of exact copies.
        exact: bool, whether it is an exact copy.
        spared: uint8, of `SPARED`: why it stays though it is a near duplicate.
        beside: int64, the row that it is kept beside, where it is spared; its own where it is not.
        likeness: float32, to that row.
    """

    count: int
    earlier: int
    keeper: np.ndarray = field(init=False)
    cluster: np.ndarray = field(init=False)
    similarity: np.ndarray = field(init=False)
    exact: np.ndarray = field(init=False)
    spared: np.ndarray = field(init=False)
    beside: np.ndarray = field(init=False)
    likeness: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Every row stays, in no cluster."""
        for name in ("keeper", "cluster", "beside"):
            object.__setattr__(self, name, np.arange(self.count, dtype=np.int64))
        object.__setattr__(self, "similarity", np.ones(self.count, np.float32))
        object.__setattr__(self, "likeness", np.zeros(self.count, np.float32))
        object.__setattr__(self, "exact", np.zeros(self.count, np.bool_))
        object.__setattr__(self, "spared", np.zeros(self.count, np.uint8))

    def drop(self, row: int, keeper: int) -> None:
        """The row goes, and that one stays for it."""
        self.keeper[row] = keeper

    def spare(self, row: int, why: str, beside: int) -> None:
        """The row stays beside one that is like it."""
        self.spared[row], self.beside[row] = SPARED.index(why), beside

    def measure(self, similarities: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
        """Find out how like those that went, and those that were spared, are to the rows they are named with."""
        for others, found in ((self.keeper, self.similarity), (self.beside, self.likeness)):
            rows = np.flatnonzero((others != np.arange(self.count)) & ~self.exact)
            found[rows] = similarities(rows, others[rows])

    def why(self, row: int) -> str:
        """Why the row stays though it is a near duplicate; empty where it is none."""
        return SPARED[self.spared[row]]

    def reason(self, row: int) -> str:
        """Why the row goes; empty where it stays."""
        keeper = int(self.keeper[row])
        if keeper == row:
            return ""
        if keeper < self.earlier:
            return "duplicate_of_earlier"
        return "exact_duplicate" if self.exact[row] else "near_duplicate"

    def follow(self) -> None:
        """Copies of a row that went name the row that stays for it."""
        for row in np.flatnonzero(self.exact).tolist():
            first = int(self.keeper[row])
            last = int(self.keeper[first])
            if last != first:
                self.keeper[row], self.similarity[row] = last, self.similarity[first]
            self.cluster[row] = self.cluster[first]
