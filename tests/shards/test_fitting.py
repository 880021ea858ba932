"""Lengths into windows: nothing lost, nothing too full, little room left over."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.shards.fitting import best_fit, fit

LENGTHS = st.lists(st.integers(1, 40), max_size=60)


def slow(lengths: list[int], order: list[int], room: int) -> list[int]:
    """Best fit decreasing by looking at every window: those with the least room, and of these the last touched."""
    left: list[int] = []
    touched: list[int] = []
    found = [0] * len(lengths)
    for step, place in enumerate(sorted(order, key=lambda each: -lengths[each])):
        fitting = [window for window, rest in enumerate(left) if rest >= lengths[place]]
        if not fitting:
            left.append(room)
            touched.append(0)
            fitting = [len(left) - 1]
        window = min(fitting, key=lambda each: (left[each], -touched[each]))
        left[window] -= lengths[place]
        touched[window] = step
        found[place] = window
    return found


@settings(max_examples=100, deadline=None)
@given(lengths=LENGTHS, seed=st.integers(0, 9), spare=st.integers(0, 30))
def test_it_is_best_fit_decreasing(lengths: list[int], seed: int, spare: int) -> None:
    room = max(lengths, default=1) + spare
    order = np.random.default_rng(seed).permutation(len(lengths))
    window_of = np.empty(len(lengths), np.int64)
    count = best_fit(np.array(lengths, np.int64), order, room, window_of)
    assert window_of.tolist() == slow(lengths, order.tolist(), room)
    assert count == len(set(window_of.tolist()))


@settings(max_examples=100, deadline=None)
@given(lengths=LENGTHS, seed=st.integers(0, 9), spare=st.integers(0, 30))
def test_every_length_is_in_one_window_that_holds_it(lengths: list[int], seed: int, spare: int) -> None:
    room = max(lengths, default=1) + spare
    grouped, windows = fit(np.array(lengths, np.int64), room, seed)
    assert sorted(grouped.tolist()) == list(range(len(lengths)))
    assert windows[0] == 0
    assert windows[-1] == len(lengths)
    for first, last in pairwise(windows.tolist()):
        assert 1 <= sum(lengths[place] for place in grouped[first:last]) <= room


def test_short_lengths_leave_hardly_any_room() -> None:
    lengths = np.random.default_rng(3).lognormal(5, 1, 20_000).astype(np.int64).clip(1, 2048)
    _, windows = fit(lengths, 2048, 0)
    assert 1 - lengths.sum() / ((len(windows) - 1) * 2048) < 0.001


def test_the_seed_alone_decides() -> None:
    lengths = np.random.default_rng(3).integers(1, 50, 500)
    one, again, other = fit(lengths, 100, 1), fit(lengths, 100, 1), fit(lengths, 100, 2)
    assert all(np.array_equal(*pair) for pair in zip(one, again, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_neither_windows_nor_what_is_in_them_come_by_length() -> None:
    lengths = np.random.default_rng(3).integers(1, 500, 2000)
    grouped, windows = fit(lengths, 1000, 0)
    first = lengths[grouped[windows[:-1]]]
    longest = np.maximum.reduceat(lengths[grouped], windows[:-1])
    assert (first == longest).mean() < 0.8
    assert abs(np.corrcoef(np.arange(len(longest)), longest)[0, 1]) < 0.2


@pytest.mark.parametrize("lengths", [[0], [11], [3, -1]])
def test_a_length_that_fits_no_window_is_refused(lengths: list[int]) -> None:
    with pytest.raises(ValueError, match="lengths from 1 to 10"):
        fit(np.array(lengths), 10, 0)


def test_none_at_all_need_no_window() -> None:
    grouped, windows = fit(np.zeros(0, np.int64), 10, 0)
    assert (len(grouped), windows.tolist()) == (0, [0])
