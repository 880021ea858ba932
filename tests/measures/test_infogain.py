"""infogain: only the target's tokens count, steps telescope, and what is no log-probability is refused by name."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.infogain import infogain, stepwise

NATS = st.floats(-50, 0)


def test_it_is_the_difference_of_the_log_likelihoods_by_token() -> None:
    assert infogain([-1.0, -2.0], [-2.0, -5.0]) == 2.0
    assert infogain([-3.0], [-1.0]) == -2.0
    assert infogain([-1.0, -1.0, -1.0], [-1.0, -1.0, -1.0]) == 0.0


def test_each_step_is_measured_against_those_before_it() -> None:
    assert stepwise([[-4.0, -4.0], [-3.0, -3.0], [-3.0, -4.0], [-1.0, 0.0]]) == (1.0, -0.5, 3.0)
    assert stepwise([[-4.0]]) == ()


@given(st.integers(1, 6).flatmap(lambda size: st.lists(st.lists(NATS, min_size=size, max_size=size), min_size=2)))
def test_the_steps_sum_to_the_whole(readings: list[list[float]]) -> None:
    assert math.fsum(stepwise(readings)) == pytest.approx(infogain(readings[-1], readings[0]), abs=1e-9)


@given(st.lists(st.tuples(NATS, NATS), min_size=1))
def test_what_one_gains_the_other_loses(pairs: list[tuple[float, float]]) -> None:
    given_, alone = zip(*pairs, strict=True)
    assert infogain(given_, alone) == -infogain(alone, given_)


@pytest.mark.parametrize(
    ("after", "before", "told"),
    [
        ([], [], "has no token"),
        ([-1.0], [], "has no token"),
        ([-1.0, -2.0], [-1.0], "2 tokens after the thought, but 1 without it"),
        ([-1.0, math.nan], [-1.0, -1.0], "token 2 of the target is nan"),
        ([-1.0], [-math.inf], "token 1 of the target is -inf"),
        ([-1.0, 9.1e21], [-1.0, -1.0], r"token 2 of the target is 9.1e\+21, above 0"),
    ],
)
def test_what_cannot_be_measured_is_refused(after: list[float], before: list[float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        infogain(after, before)
    with pytest.raises(ValueError, match=told):
        stepwise([before, after])
