"""dominance: what recall and what reasoning add to the likelihood of a corpus -> which of the two carries it.

Knows nothing of records, models or texts. Everything is in nats, summed over target tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["knowledge-dominant", "reasoning-dominant", "undecided"]
KNOWLEDGE: Verdict = "knowledge-dominant"
REASONING: Verdict = "reasoning-dominant"
UNDECIDED: Verdict = "undecided"

RESAMPLES = 1000
PASSAGES_LEAST = 10
"""Of fewer passages no interval is given: resampling a handful of values says nothing of those that were not seen."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the thoughts of one passage lose without their recall steps, and without their other steps, in nats.

    `recall = sum |x| (IG - IG_without_recall)` over its stretches x, and `reasoning` likewise. Either
    is negative where the steps stood in the way.
    """

    recall: float
    reasoning: float


@dataclass(frozen=True, slots=True)
class Dominance:
    """Which kind of step carries a corpus.

    Args:
        share: of recall in the total; None where the total is not positive.
        low: of its 95 % interval; None where there are too few passages for one.
        high: likewise.
        passages: how many were measured.
        recall_nats: the total of recall.
        reasoning_nats: the total of self-talk and verification.
    """

    share: float | None
    low: float | None
    high: float | None
    passages: int
    recall_nats: float
    reasoning_nats: float

    @property
    def verdict(self) -> Verdict:
        """By the whole interval: where it holds one half, and where there is none, it is undecided."""
        if self.low is None or self.high is None or self.share is None:
            return UNDECIDED
        return KNOWLEDGE if self.low > 0.5 else REASONING if self.high < 0.5 else UNDECIDED


def dominance(passages: Sequence[Contribution], seed: int = 0, resamples: int = RESAMPLES) -> Dominance:
    """The share of recall in what the steps of a corpus carry, with a 95 % interval.

    `share = R / (R + S)`, R and S being the totals of recall and of reasoning over all passages. Negative contributions
    of passages are added in, not cut off: noise would otherwise count as a merit of the kind that has more of it. If
    R + S is not positive, thinking carries nothing, and there is no share of nothing: None, neither 0 nor 1. If only
    one of the two is not positive, the other carries all: 0 or 1.

    The interval is the percentile bootstrap of Efron (1979) over passages, which are independent where stretches of a
    passage are not. A resample without a share might be anything: it counts as 0 below and as 1 above, so that
    such resamples widen the interval. Null below `PASSAGES_LEAST` passages.

    Args:
        passages: one each.
        seed: of the resampling.
        resamples: how many.

    Raises:
        ValueError: a contribution is not finite.
    """
    values = np.array([(each.recall, each.reasoning) for each in passages], dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(values).all():
        raise ValueError("dominance: a contribution is not finite")
    totals = values.sum(axis=0)
    share = float(_shares(totals[None])[0])
    low = high = None
    if len(values) >= PASSAGES_LEAST and not np.isnan(share):
        chance = np.random.default_rng(seed)
        # One resample after the other: a table of all of them would not fit the memory for a large corpus.
        drawn = (values[chance.integers(0, len(values), len(values))].sum(axis=0) for _ in range(resamples))
        shares = _shares(np.array(list(drawn)))
        low = float(np.percentile(np.nan_to_num(shares, nan=0.0), 2.5))
        high = float(np.percentile(np.nan_to_num(shares, nan=1.0), 97.5))
    return Dominance(None if np.isnan(share) else share, low, high, len(values), float(totals[0]), float(totals[1]))


def _shares(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """R / (R + S) of each row (R, S), within [0, 1]; NaN where R + S is not positive."""
    whole = totals.sum(axis=1)
    carried = np.where(whole > 0, whole, np.nan)
    shares: NDArray[np.float64] = np.clip(totals[:, 0] / carried, 0.0, 1.0)
    return shares
