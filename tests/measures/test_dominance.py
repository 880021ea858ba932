"""dominance: which kind of step carries a corpus, on corpora whose truth is known; and what thinking does at all."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.dominance import (
    KNOWLEDGE,
    PASSAGES_LEAST,
    REASONING,
    UNDECIDED,
    Contribution,
    dominance,
)
from thinkaug.measures.overthinking import correction_rate, effects, overthinking_rate


def corpus(
    recall: float, reasoning: float, passages: int = 100, noise: float = 1.0, seed: int = 0
) -> list[Contribution]:
    chance = np.random.default_rng(seed)
    draws = chance.normal([recall, reasoning], noise, size=(passages, 2))
    return [Contribution(float(r), float(s)) for r, s in draws]


def test_the_share_is_that_of_the_totals() -> None:
    found = dominance([Contribution(3.0, 1.0), Contribution(-1.0, 5.0)])
    assert found.share == pytest.approx(2 / 8)
    assert (found.recall_nats, found.reasoning_nats, found.passages) == (2.0, 6.0, 2)


def test_a_corpus_that_recall_carries() -> None:
    found = dominance(corpus(3, 1))
    assert found.verdict == KNOWLEDGE
    assert found.low is not None
    assert found.share is not None
    assert 0.5 < found.low < found.share


def test_a_corpus_that_reasoning_carries() -> None:
    found = dominance(corpus(1, 3))
    assert found.verdict == REASONING
    assert found.high is not None
    assert found.high < 0.5


def test_a_corpus_in_which_both_carry_the_same_is_undecided() -> None:
    found = dominance(corpus(1, 1, noise=3))
    assert found.verdict == UNDECIDED
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high


@pytest.mark.parametrize("passages", [[], [Contribution(-1, -2)], [Contribution(-5, 3)], [Contribution(0, 0)] * 50])
def test_where_nothing_is_gained_there_is_no_share(passages: list[Contribution]) -> None:
    found = dominance(passages)
    assert (found.share, found.low, found.high, found.verdict) == (None, None, None, UNDECIDED)


def test_a_kind_that_only_hurts_carries_nothing() -> None:
    assert dominance([Contribution(-1, 3)]).share == 0.0
    assert dominance([Contribution(3, -1)]).share == 1.0


def test_of_few_passages_nothing_is_concluded() -> None:
    few = dominance([Contribution(9, 1)] * (PASSAGES_LEAST - 1))
    assert (few.share, few.low, few.high, few.verdict) == (0.9, None, None, UNDECIDED)
    assert dominance([Contribution(9, 1)] * PASSAGES_LEAST).verdict == KNOWLEDGE


def test_resamples_without_a_share_widen_the_interval() -> None:
    """One passage gains and nine lose: a third of the resamples are without the one, and might be anything."""
    found = dominance([Contribution(14, 10), *[Contribution(-1, -1)] * 9])
    assert found.share == pytest.approx(5 / 6)
    assert (found.low, found.high) == (0.0, 1.0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth, covered, trials = 2 / 3, 0, 200
    for seed in range(trials):
        found = dominance(corpus(2, 1, passages=60, noise=1.5, seed=seed), seed=seed, resamples=300)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth <= found.high
    assert covered / trials > 0.88


def test_a_seed_gives_the_same_interval() -> None:
    assert dominance(corpus(2, 1), seed=3) == dominance(corpus(2, 1), seed=3)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        dominance([Contribution(value, 1.0)])


NATS = st.floats(-100, 100)


@given(st.lists(st.builds(Contribution, NATS, NATS), max_size=30))
def test_a_share_is_one_and_lies_in_its_interval_of_shares(passages: list[Contribution]) -> None:
    found = dominance(passages, resamples=50)
    if found.share is not None:
        assert 0 <= found.share <= 1
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.high <= 1


def test_passages_are_helped_or_harmed_by_the_sign_of_their_gain() -> None:
    found = effects([0.5, 0.1, -0.2, 0.0, math.nan])
    assert (found.helped, found.harmed, found.count) == (2, 1, 5)
    assert (found.helpful_share, found.overthinking_share) == (0.4, 0.2)
    assert effects([]).helpful_share is None
    assert effects([]).overthinking_share is None


def test_correction_and_overthinking_are_conditional() -> None:
    without, with_ = [True, True, True, False, False], [True, False, True, True, False]
    assert correction_rate(without, with_) == 1 / 2
    assert overthinking_rate(without, with_) == 1 / 3
    assert correction_rate([True], [False]) is None
    assert overthinking_rate([False], [True]) is None
    with pytest.raises(ValueError, match="1 outcomes without thought, but 2 with"):
        correction_rate([True], [True, True])
