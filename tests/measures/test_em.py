"""em: the weights, the bound and the drawing, against sums done by hand and a model whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.em import draw, elbo, log_weights

NATS = st.floats(-1e4, 1e4)


def test_a_weight_is_p_over_q() -> None:
    assert log_weights([-10.0, -12.0], [-3.0, -1.0]).tolist() == [-7.0, -11.0]


def test_the_bound_is_the_log_of_the_mean_weight() -> None:
    assert elbo(log_weights([math.log(0.2), math.log(0.4)], [0.0, 0.0])) == pytest.approx(math.log(0.3))


@given(st.lists(NATS, min_size=1, max_size=9), NATS)
def test_the_bound_moves_with_the_weights_and_lies_among_them(weights: list[float], more: float) -> None:
    array = np.array(weights)
    assert min(weights) - 1e-6 <= elbo(array) <= max(weights) + 1e-6
    assert elbo(array + more) == pytest.approx(elbo(array) + more, abs=1e-6)


def test_extreme_weights_do_not_overflow() -> None:
    assert elbo(np.array([-100_000.0, -99_000.0])) == pytest.approx(-99_000 - math.log(2))
    assert draw(np.array([-100_000.0, -99_000.0]), 0) == 1


def test_candidates_are_drawn_in_proportion_to_their_weights() -> None:
    weights = np.log(np.array([0.1, 0.6, 0.3]) * 7)
    drawn = np.bincount([draw(weights, seed) for seed in range(4000)], minlength=3) / 4000
    assert drawn == pytest.approx([0.1, 0.6, 0.3], abs=0.03)


@given(st.lists(NATS, min_size=1, max_size=5), st.integers(0, 2**31 - 1))
def test_a_seed_draws_the_same(weights: list[float], seed: int) -> None:
    assert draw(np.array(weights), seed) == draw(np.array(weights), seed)


def test_the_bound_rises_to_the_likelihood_with_the_number_of_candidates() -> None:
    """A coin z, a chunk x that depends on it: log p(x) is known, q is wrong, and K samples close the gap."""
    p_z, p_x = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    q = np.array([0.3, 0.7])
    truth = math.log(float(p_z @ p_x))
    chance = np.random.default_rng(0)

    def mean_bound(k: int) -> float:
        bounds = []
        for _ in range(3000):
            z = chance.choice(2, size=k, p=q)
            bounds.append(elbo(log_weights(np.log(p_z[z] * p_x[z]), np.log(q[z]))))
        return float(np.mean(bounds))

    one, four, many = mean_bound(1), mean_bound(4), mean_bound(64)
    assert one < four < many < truth + 0.01
    assert truth - many < 0.05


@pytest.mark.parametrize(("p", "q"), [([1.0], []), ([math.nan], [0.0]), ([-math.inf], [0.0])])
def test_what_is_missing_or_not_finite_is_refused(p: list[float], q: list[float]) -> None:
    with pytest.raises(ValueError, match="em:"):
        log_weights(p, q)


def test_nothing_is_drawn_from_nothing() -> None:
    for function in (elbo, lambda weights: draw(weights, 0)):
        with pytest.raises(ValueError, match="no candidates"):
            function(np.array([]))
