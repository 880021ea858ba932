"""calibration: confidences and what was right -> how far the one can be believed. Knows nothing of claims or judges.

Confidences are probabilities in [0, 1]. Every function takes `confidence` and `right` of one length n >= 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a reliability diagram: `count` forecasts, their mean confidence, and the share that was right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> tuple[Bin, ...]:
    """The points of a reliability diagram, by rising confidence; at most `bins`, none of them empty.

    Bins of equal mass: a forecast falls into the bin of its rank, so that each holds about n / `bins`. Equal
    confidences have the same rank, that of the middle one of them, and so stay in one bin: no order of the input may
    decide which of them stands where. With few different confidences there are few bins, some larger than others.

    Raises:
        ValueError: no forecasts, not as many of the one as of the other, one outside [0, 1], or no bins.
    """
    forecast, outcome = _checked(confidence, right)
    if bins < 1:
        raise ValueError(f"calibration: {bins} bins; there is at least 1")
    _values, place, ties = np.unique(forecast, return_inverse=True, return_counts=True)
    middle = np.cumsum(ties) - ties / 2
    bin_of = np.minimum((bins * middle / len(forecast)).astype(int), bins - 1)[place]
    points = []
    for number in np.unique(bin_of):
        inside = bin_of == number
        points.append(Bin(int(inside.sum()), float(forecast[inside].mean()), float(outcome[inside].mean())))
    return tuple(points)


def expected_calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float:
    """`ECE = sum_b n_b/N |acc_b - conf_b|` over the bins of `reliability`, in [0, 1].

    After Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (AAAI 2015);
    with bins of equal mass as in Nguyen and O'Connor (arXiv 1508.05154). With few forecasts a bin it is too high, even
    for a perfect forecaster.

    Raises:
        ValueError: as `reliability`.
    """
    points = reliability(confidence, right, bins)
    return sum(point.count * abs(point.accuracy - point.confidence) for point in points) / len(confidence)


def brier(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """The mean squared distance of confidence and outcome, in [0, 1]; a forecast of one half always has 1/4.

    After Brier, "Verification of forecasts expressed in terms of probability" (1950), for two classes, counted once.

    Raises:
        ValueError: as `reliability`.
    """
    forecast, outcome = _checked(confidence, right)
    return float(np.mean((forecast - outcome) ** 2))


def auroc(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """The probability that a right one has the higher confidence than a wrong one, a tie counted as one half.

    `(R - n_1 (n_1 + 1) / 2) / (n_1 n_0)`, where R is the sum of the ranks of the n_1 right ones among all, ties having
    their mean rank: the statistic of Mann and Whitney (1947), as in Hanley and McNeil (1982).

    Returns:
        A share in [0, 1]; None where all are right or all are wrong, since nothing can be told apart then.

    Raises:
        ValueError: as `reliability`.
    """
    forecast, outcome = _checked(confidence, right)
    positive = int(outcome.sum())
    negative = len(outcome) - positive
    if not positive or not negative:
        return None
    _, place, ties = np.unique(forecast, return_inverse=True, return_counts=True)
    rank = (np.cumsum(ties) - (ties - 1) / 2)[place]
    excess = float(rank[outcome == 1].sum()) - positive * (positive + 1) / 2
    return excess / (positive * negative)


def _checked(confidence: Sequence[float], right: Sequence[bool]) -> tuple[NDArray[Any], NDArray[Any]]:
    if len(confidence) != len(right):
        raise ValueError(f"calibration: {len(confidence)} confidences, but {len(right)} outcomes")
    if not len(confidence):
        raise ValueError("calibration: no forecasts")
    forecast, outcome = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if not ((forecast >= 0) & (forecast <= 1)).all():  # NaN is neither
        raise ValueError("calibration: a confidence is not a probability")
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("calibration: an outcome is neither right nor wrong")
    return forecast, outcome
