"""infogain: log-probabilities of a text, with a thought before it and without -> what the thought is worth to it.

`IG = [log p(x | x_p, z) - log p(x | x_p)] / |x|`, after "Knowledge or Reasoning?" (arXiv 2506.02126), in nats a token
of the model that scored. Unlike its published code, which takes the perplexity of the whole string, only the tokens of
the target x are summed. Knows nothing of records or engines.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def infogain(given: Sequence[float], alone: Sequence[float]) -> float:
    """What a thought adds to the likelihood of the target, in nats a token.

    Args:
        given: log-probabilities of the target's tokens after the thought, in nats.
        alone: of the same tokens without it.

    Raises:
        ValueError: there are none, there are not as many of the one as of the other, or one is no log-probability.
    """
    after, before = _checked(given), _checked(alone)
    if len(after) != len(before):
        raise ValueError(
            f"the target has {len(after)} tokens after the thought, but {len(before)} without it; they must be the same"
        )
    return float((after.sum() - before.sum()) / len(after))


def stepwise(readings: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """What each step adds after those before it: `IG_i = [log p(x | x_p, z_<=i) - log p(x | x_p, z_<i)] / |x|`.

    Their sum is the `infogain` of the whole thought, up to rounding.

    Args:
        readings: log-probabilities of the target's tokens, in nats: without thought, after step 1, after steps 1 and 2,
            and so on.

    Raises:
        ValueError: as `infogain`.
    """
    return tuple(infogain(given, alone) for alone, given in pairwise(readings))


def _checked(log_probabilities: Sequence[float]) -> NDArray[np.float64]:
    found = np.asarray(log_probabilities, dtype=np.float64)
    if not len(found):
        raise ValueError("the target has no token: there is nothing to gain")
    if not np.isfinite(found).all():
        place = int(np.flatnonzero(~np.isfinite(found))[0])
        raise ValueError(
            f"the log-probability of token {place + 1} of the target is {found[place]}, not a finite number"
        )
    if (found > _ROUNDING_NATS).any():
        place = int(np.flatnonzero(found > _ROUNDING_NATS)[0])
        raise ValueError(f"the log-probability of token {place + 1} of the target is {found[place]}, above 0")
    return found


_ROUNDING_NATS = 1e-3
