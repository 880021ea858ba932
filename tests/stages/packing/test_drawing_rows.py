"""draw: rows whose sizes add up to the target, each as often as the others, give or take one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import PromiseBroken
from thinkaug.stages.packing.drawing import draw
from thinkaug.stages.packing.filling import Numbers

SIZES = st.lists(st.integers(0, 50) | st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


def drawn(sizes: list[int] | Numbers, target: float, seed: int = 0) -> Numbers:
    return draw(np.asarray(sizes, np.int64), target, np.random.default_rng(seed))


def skewed(count: int, seed: int = 0) -> Numbers:
    return np.random.default_rng(seed).lognormal(6, 1.5, count).astype(np.int64) + 1


def nearest(sizes: list[int], target: float) -> float:
    """How near to the target any rows, each at most once, can come: all of them are tried."""
    chosen = (np.arange(1 << len(sizes))[:, None] >> np.arange(len(sizes))) & 1
    return float(np.abs(chosen @ np.array(sizes) - target).min())


@settings(max_examples=300, deadline=None)
@given(SIZES, st.floats(0, 5), st.integers(0, 3))
def test_the_sum_is_within_half_a_row_and_rows_come_equally_often(sizes: list[int], repeats: float, seed: int) -> None:
    target = repeats * sum(sizes)
    rows = drawn(sizes, target, seed)
    counts = np.bincount(rows, minlength=len(sizes))
    assert abs(sum(sizes[row] for row in rows) - target) <= max(sizes) / 2 + 1e-6 * target
    assert counts.min() >= np.floor(target / sum(sizes))
    assert counts.max() <= np.ceil(target / sum(sizes))
    assert (np.diff(rows) >= 0).all()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=3), st.floats(0, 0.999), st.integers(0, 3))
def test_of_up_to_three_rows_nothing_is_nearer(sizes: list[int], share: float, seed: int) -> None:
    target = share * sum(sizes)
    assert abs(sum(sizes[row] for row in drawn(sizes, target, seed)) - target) <= nearest(sizes, target) + 1e-9


def test_of_few_rows_hardly_anything_is_ever_nearer() -> None:
    shares = np.random.default_rng(5).uniform(0.05, 0.95, 100).tolist()
    cases = [(skewed(9, seed=n).tolist(), share) for n, share in enumerate(shares)]
    missed = [
        abs(sum(sizes[row] for row in drawn(sizes, share * sum(sizes))) - share * sum(sizes))
        - nearest(sizes, share * sum(sizes))
        for sizes, share in cases
    ]
    assert sum(more < 1e-6 for more in missed) >= 85


@pytest.mark.parametrize("repeats", [0.003, 0.3, 1.0, 2.7])
def test_of_many_rows_the_sum_is_the_target(repeats: float) -> None:
    sizes = skewed(5000)
    target = repeats * sizes.sum()
    assert abs(sizes[drawn(sizes, target)].sum() - target) <= 0.5


def test_of_rows_of_one_size_the_sum_is_as_near_as_their_number() -> None:
    assert len(drawn([10] * 7, 34)) == 3
    assert len(drawn([10] * 7, 36)) == 4


def test_a_target_below_the_smallest_row_takes_it_where_that_is_nearer_than_nothing() -> None:
    assert drawn([10, 30, 12], 4).tolist() == []
    assert drawn([10, 30, 12], 6).tolist() == [0]


def test_the_smallest_row_is_found_among_many() -> None:
    assert drawn([1000] * 5000 + [10] + [1000] * 5000, 6).tolist() == [5000]


def test_one_row_is_taken_as_often_as_is_nearest() -> None:
    assert drawn([10], 4).tolist() == []
    assert drawn([10], 26).tolist() == [0, 0, 0]
    assert drawn([10], 20).tolist() == [0, 0]


def test_a_target_of_nothing_takes_nothing() -> None:
    assert drawn([3, 0, 5], 0).tolist() == []
    assert drawn([], 0).tolist() == []


def test_rows_without_size_go_with_the_passes_and_do_not_fill_up() -> None:
    sizes = [0] * 1000 + [10] * 1000
    rows = drawn(sizes, 11_000)
    assert 20 < (rows < 1000).sum() - 1000 < 200  # as large a part of them as of the others
    assert sum(sizes[row] for row in rows) == 11_000


def test_every_row_is_taken_about_as_often_whatever_its_size() -> None:
    sizes = np.repeat(np.array([1, 10, 100], np.int64), 10_000)
    counts = np.bincount(drawn(sizes, sizes.sum() / 4), minlength=len(sizes))
    assert [group.mean() for group in np.split(counts, 3)] == pytest.approx([0.25] * 3, abs=0.02)


def test_the_seed_decides_which_rows_are_taken() -> None:
    sizes = skewed(500)
    target = sizes.sum() / 3
    assert drawn(sizes, target, 1).tolist() == drawn(sizes, target, 1).tolist()
    assert drawn(sizes, target, 1).tolist() != drawn(sizes, target, 2).tolist()


@pytest.mark.parametrize(
    ("sizes", "target"),
    [([], 5), ([0, 0], 5), ([3, -1], 2), ([3], -1), ([3], float("nan")), ([3], float("inf"))],
)
def test_what_cannot_be_drawn_is_a_fault_of_ours(sizes: list[int], target: float) -> None:
    with pytest.raises(PromiseBroken):
        drawn(sizes, target)
