"""em: log-probabilities of candidates -> importance weights, a bound on the likelihood, and which candidate goes on.

After BoLT (arXiv 2503.18866), whose rounds are expectation-maximisation: thoughts are drawn from q, the model that saw
the chunk, and weighed by p, the model of the training text. All in nats. Knows nothing of records or engines.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def log_weights(log_p: Sequence[float], log_q: Sequence[float]) -> NDArray[np.float64]:
    """`log w_k = log p(z_k, x | x_p) - log q(z_k | x_p, x)`, one a candidate.

    Args:
        log_p: of thought and chunk together, under the model of the training text.
        log_q: of the thought, under the distribution that it was drawn from.

    Raises:
        ValueError: there are not as many of the one as of the other, or one is not finite.
    """
    if len(log_p) != len(log_q):
        raise ValueError(f"em: {len(log_p)} log p, but {len(log_q)} log q")
    weights = np.asarray(log_p, dtype=np.float64) - np.asarray(log_q, dtype=np.float64)
    if not np.isfinite(weights).all():
        raise ValueError("em: a log-probability is not finite")
    return weights


def elbo(weights: NDArray[np.float64]) -> float:
    """`ELBO_K = logsumexp(log w) - log K`: with K samples, a lower bound of `log p(x | x_p)` in expectation.

    Raises:
        ValueError: no weights.
    """
    if not len(weights):
        raise ValueError("em: no candidates")
    return float(np.logaddexp.reduce(weights) - np.log(len(weights)))


def draw(weights: NDArray[np.float64], seed: int) -> int:
    """A candidate, drawn in proportion to its weight.

    Raises:
        ValueError: no weights.
    """
    if not len(weights):
        raise ValueError("em: no candidates")
    shares = np.exp(weights - np.logaddexp.reduce(weights))
    return int(np.random.default_rng(seed).choice(len(shares), p=shares / shares.sum()))
