"""isotonic: confidences and what was right -> a rising map from confidence to probability, kept as points.

The fit takes scikit-learn; the map itself takes nothing but its points, so that whoever has them can apply it. After
Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates" (2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thinkaug.errors import UserError


@dataclass(frozen=True, slots=True)
class Curve:
    """A map from confidence to probability: straight between its points, level outside them.

    Args:
        x: confidences, ascending; at least one.
        y: the probability at each; never falls.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __call__(self, confidence: Sequence[float]) -> list[float]:
        """The probabilities of some confidences."""
        return [float(value) for value in np.interp(confidence, self.x, self.y)]


def fit_isotonic(confidence: Sequence[float], right: Sequence[bool]) -> Curve:
    """The rising map with the least mean squared distance from what was right.

    Raises:
        ValueError: there is nothing to fit, or not as many of the one as of the other.
        UserError: scikit-learn is not installed.
    """
    if not len(confidence) or len(confidence) != len(right):
        raise ValueError(f"isotonic: {len(confidence)} confidences and {len(right)} outcomes")
    try:
        from sklearn.isotonic import IsotonicRegression
    except ImportError as error:
        raise UserError("calibrate: the fit takes scikit-learn: pip install thinkaug[calibrate]") from error
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    fitted.fit(np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64))
    return Curve(tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))
