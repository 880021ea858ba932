"""Likely pairs: all of a small bucket, few of a large one, and the same wherever signatures lie."""

import numpy as np
import pytest

from thinkaug.stages.deduplicating.likely import likely_pairs
from thinkaug.stages.deduplicating.signed import Signed

BANDS, WIDTH = 4, 3


def signed_of(values: np.ndarray, memory_bytes: int = 1 << 30) -> Signed:
    signed = Signed(len(values), values.shape[1], BANDS, WIDTH, memory_bytes)
    for first in range(0, len(values), 100):
        signed.put(first, values[first : first + 100])
    return signed


def pairs_of(signed: Signed, names: np.ndarray, alive: np.ndarray | None = None) -> set[tuple[int, int]]:
    looked_at = np.ones(len(names), np.bool_) if alive is None else alive
    found = set()
    for band in range(BANDS):
        for left, right in likely_pairs(signed, band, looked_at, names):
            found |= {(min(a, b), max(a, b)) for a, b in zip(left.tolist(), right.tolist(), strict=True)}
    return found


def random_values(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 1 << 32, (count, 14), np.uint32)


def test_rows_that_agree_in_one_band_are_a_pair() -> None:
    values = random_values(50)
    values[7, 3:6] = values[31, 3:6]
    values[9, 2:5] = values[40, 2:5]  # across two bands, in none whole
    assert pairs_of(signed_of(values), np.arange(50, dtype=np.uint64)) == {(7, 31)}


def test_rows_that_are_not_looked_at_are_in_no_pair() -> None:
    values = random_values(50)
    values[[7, 31, 44], :3] = values[7, :3]
    alive = np.ones(50, np.bool_)
    alive[31] = False
    assert pairs_of(signed_of(values), np.arange(50, dtype=np.uint64), alive) == {(7, 44)}


@pytest.mark.parametrize("memory_bytes", [1, 2000, 50_000])
def test_a_tiny_memory_gives_the_same(memory_bytes: int) -> None:
    values = random_values(700) % 3  # many agree
    names = random_values(700, 2)[:, 0].astype(np.uint64)
    spilled = signed_of(values, memory_bytes)
    assert spilled.parts > 1 or memory_bytes > 2000
    assert pairs_of(spilled, names) == pairs_of(signed_of(values), names) != set()


def test_a_bucket_of_thousands_gives_few_pairs_and_still_finds_the_twins() -> None:
    count = 3000
    values = random_values(count)
    values[:, :6] = values[0, :6]  # a template: two bands agree everywhere
    twins = [(place, place + 1500) for place in range(0, 200, 2)]
    for one, other in twins:
        values[other, 6:10] = values[one, 6:10]  # one band more
    found = pairs_of(signed_of(values), random_values(count, 2)[:, 0].astype(np.uint64))
    assert set(twins) <= found
    assert len(found) <= 2 * 8 * count + len(twins)


def test_the_order_of_rows_makes_no_difference() -> None:
    values = random_values(500)
    values[:, :6] = values[0, :6]
    names = random_values(500, 2)[:, 0].astype(np.uint64)
    order = np.random.default_rng(3).permutation(500)
    shuffled = pairs_of(signed_of(values[order]), names[order])
    back = {(min(a, b), max(a, b)) for one, other in shuffled for a, b in [(int(order[one]), int(order[other]))]}
    assert back == pairs_of(signed_of(values), names)


def test_estimates_are_the_share_of_equal_values() -> None:
    values = random_values(40) % 2
    left, right = np.triu_indices(40, 1)
    found = signed_of(values).estimates(left, right)
    assert np.allclose(found, (values[left] == values[right]).mean(axis=1))
