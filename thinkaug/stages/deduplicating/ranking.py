"""Which of two rows would stay. Knows the policy of the config, not what duplicates are."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

import numpy as np
import pyarrow.compute as pc

from thinkaug.errors import UserError
from thinkaug.stages.deduplicating.texts import Texts


@dataclass(frozen=True)
class Ranking:
    """Rows of earlier builds stay before others; then as the policy says; then the smaller id; then the earlier row.

    Args:
        keeper: `longest`, `first` or `best`.
        earlier: rows with smaller numbers are of earlier builds.
        lengths: int64, a row each: what is compared, in code points.
        scores: float64, a row each; none where the policy asks for none.
        texts: knows the ids.
    """

    keeper: str
    earlier: int
    lengths: np.ndarray
    scores: np.ndarray
    texts: Texts

    def key(self, row: int) -> tuple[Any, ...]:
        """What rows are sorted by."""
        is_ours = row >= self.earlier
        if self.keeper == "first":
            return is_ours, row
        score = -float(self.scores[row]) if self.keeper == "best" else 0.0
        return is_ours, score, -int(self.lengths[row]), self.texts.id(row), row

    def ordered(self, rows: Iterable[int]) -> list[int]:
        """The rows, the one that stays first."""
        return sorted(rows, key=self.key)


def scores_of(texts: Texts, earlier: int) -> np.ndarray:
    """The best reward among a draft's generations, where none was rewarded the best gain; -inf where there is neither.

    Raises:
        UserError: no row was scored.
    """
    scores = np.full(len(texts), -inf)
    first = 0
    for piece in texts.pieces:
        if piece.batch is not None and "generations" in piece.batch.schema.names:
            generations = piece.batch.column("generations")
            owners = pc.list_parent_indices(generations).to_numpy()
            flat = pc.list_flatten(generations)
            gains = pc.struct_field(pc.struct_field(flat, "worth"), "gain").to_pylist()
            rewards = pc.struct_field(flat, "reward").to_pylist()
            best = [-inf] * piece.batch.num_rows
            for values in (gains, rewards):  # a reward of any counts for more than all gains: it is what was chosen by
                found: dict[int, float] = {}
                for owner, value in zip(owners.tolist(), values, strict=True):
                    if value is not None and not isnan(value):
                        found[owner] = max(value, found.get(owner, -inf))
                for owner, value in found.items():
                    best[owner] = value
            scores[first : first + len(best)] = best
        first += len(piece.ids)
    if np.isneginf(scores[earlier:]).all():
        raise UserError(
            "dedup: keeper: best: no row has a score; put score (by: gain) before it, or say keeper: longest"
        )
    return scores
