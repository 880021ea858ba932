"""reward: the formula, what a missing part counts, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.measures.reward import Weights, reward
from thinkaug.settings import read_config

SHARES = st.none() | st.floats(0, 1)
GAINS = st.floats(-50, 50)


def test_it_is_the_formula() -> None:
    weights = Weights(gain=2.0, knowledge=0.5, leakage=3.0)
    assert reward(0.4, 0.1, 0.8, 0.2, weights) == pytest.approx(2 * (0.4 - 0.1) + 0.5 * 0.8 - 3 * 0.2)


def test_without_weights_of_ones_own_it_is_read_in_nats_a_token() -> None:
    assert reward(0.7, None, None, None, Weights()) == 0.7


def test_what_was_not_decided_counts_as_little_as_what_is_wrong() -> None:
    assert reward(0.0, 0.0, None, 0.0, Weights()) == reward(0.0, 0.0, 0.0, 0.0, Weights()) == 0.0
    assert reward(0.0, 0.0, 1.0, 0.0, Weights()) == 1.0


def test_a_copied_target_does_not_pay() -> None:
    assert reward(3.5, 0.0, 1.0, 1.0, Weights()) < reward(0.6, 0.0, 1.0, 0.0, Weights())


@given(GAINS, GAINS, SHARES, SHARES)
def test_more_gain_never_lowers_it_and_more_leakage_never_raises_it(
    gain: float, mismatched: float, knowledge: float | None, leakage: float | None
) -> None:
    value = reward(gain, mismatched, knowledge, leakage, Weights())
    assert reward(gain + 1, mismatched, knowledge, leakage, Weights()) == pytest.approx(value + 1)
    assert reward(gain, mismatched, knowledge, 1.0, Weights()) <= value


@pytest.mark.parametrize(
    ("gain", "mismatched", "knowledge", "leakage", "message"),
    [
        (math.nan, None, None, None, "a gain of nan"),
        (math.inf, None, None, None, "a gain of inf"),
        (0.1, math.nan, None, None, "against nan"),
        (0.1, None, 1.2, None, "knowledge is 1.2"),
        (0.1, None, math.nan, None, "knowledge is nan"),
        (0.1, None, None, -0.1, "leakage is -0.1"),
    ],
)
def test_what_is_no_measurement_is_refused(
    gain: float, mismatched: float | None, knowledge: float | None, leakage: float | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        reward(gain, mismatched, knowledge, leakage, Weights())


@pytest.mark.parametrize("wrong", [{"gain": -1}, {"leakage": float("inf")}, {"knowledge": float("nan")}, {"ki": 1}])
def test_weights_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError):
        read_config(Weights, wrong, "prune.weights")
