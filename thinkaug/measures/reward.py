"""reward: what a thought is chosen by, of its gain, its knowledge and its leakage. Knows nothing of records or engines.

`r = w_ig (IG - IG_mismatched) + w_ki KI - w_leak leakage`, the reward of METHOD, "Pruning".
"""

from dataclasses import dataclass
from math import isfinite
from typing import Annotated

from annotated_types import Ge, Le

_Weight = Annotated[float, Ge(0), Le(1e6)]


@dataclass(frozen=True)
class Weights:
    """What each part of the reward counts. The defaults are taken by us, not fitted.

    Args:
        gain: `w_ig`, for a nat a target token: 1, so that a reward is read as nats a target token.
        knowledge: `w_ki`, for a knowledge index of 1: being right outweighs what most thoughts gain.
        leakage: `w_leak`, for a thought that is nothing but copied: 4 nats a token, more than the whole entropy of most
            expert text, so that a copy never wins by what it gives away.
    """

    gain: _Weight = 1.0
    knowledge: _Weight = 1.0
    leakage: _Weight = 4.0


def reward(
    gain: float, mismatched: float | None, knowledge: float | None, leakage: float | None, weights: Weights
) -> float:
    """The reward of a thought; without a unit of its own, each weight turns its part's unit into it.

    Args:
        gain: IG of the thought, in nats a target token.
        mismatched: IG of the same thought for the stretch of another passage, likewise; None where there was none, and
            then nothing is taken off.
        knowledge: the knowledge index of what it states, in [0, 1]; None where nothing was decided. That adds nothing:
            it is as little to its credit as being all wrong.
        leakage: the share of it that is copied from the target, in [0, 1]; None where it is too short to tell, and then
            nothing is taken off.
        weights: of the three parts.

    Raises:
        ValueError: a part is not finite, or a share outside [0, 1].
    """
    if not isfinite(gain) or not isfinite(mismatched or 0.0):
        raise ValueError(f"reward: a gain of {gain} against {mismatched} cannot be weighed")
    for name, share in (("knowledge", knowledge), ("leakage", leakage)):
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"reward: {name} is {share}; it is a share between 0 and 1")
    specific = gain - (mismatched or 0.0)
    return weights.gain * specific + weights.knowledge * (knowledge or 0.0) - weights.leakage * (leakage or 0.0)
