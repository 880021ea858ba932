"""repeats: hashes and sizes in order -> how much of them was there before. Compiled; knows not what they stand for.

The two counts of n-grams are those of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1). N-grams are told apart by a
64-bit hash; two different ones of a text of a million words share one with a chance below one in ten million.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled

Hashes = NDArray[np.uint64]
Sizes = NDArray[np.int64]

_BASE = np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
_ONE = np.uint64(1)


@compiled
def _table_size(count: int) -> int:
    size = 16
    while size < 2 * count:
        size *= 2
    return size


@compiled
def repeated(hashes: Hashes, sizes: Sizes) -> tuple[int, int]:
    """How many elements were there before, and their sizes added up."""
    mask = np.uint64(_table_size(len(hashes)) - 1)
    table = np.zeros(int(mask) + 1, np.uint64)
    count, total = 0, 0
    for at in range(len(hashes)):
        key = hashes[at] | _ONE  # 0 is an empty place
        place = (key ^ (key >> _HALF)) & mask
        while table[place] != 0 and table[place] != key:
            place = (place + _ONE) & mask
        if table[place] == key:
            count += 1
            total += sizes[at]
        else:
            table[place] = key
    return count, total


@compiled
def running(hashes: Hashes) -> Hashes:
    """The polynomial hash of all words up to each, uint64 (words + 1,): two of them give that of what is between."""
    found = np.zeros(len(hashes) + 1, np.uint64)
    for at in range(len(hashes)):
        found[at + 1] = found[at] * _BASE + hashes[at]
    return found


@compiled
def _gram(sums: Hashes, at: int, n: int, power: np.uint64) -> np.uint64:
    found: np.uint64 = (sums[at + n] - sums[at] * power) * _MIX
    return (found ^ (found >> _HALF)) | _ONE  # 0 is an empty place


@compiled
def _power(n: int) -> np.uint64:
    power = np.uint64(1)
    for _ in range(n):
        power *= _BASE
    return power


@compiled
def top_gram(sums: Hashes, ends: Sizes, n: int) -> tuple[int, int]:
    """How often the commonest n-gram comes, and the characters it takes, a space between its words; 0, 0 without one.

    `sums` are those of `running`, `ends` (words + 1,) the words' lengths added up, from 0 on. Of n-grams that come
    equally often the first counts.
    """
    grams = len(sums) - n
    if grams < 1:
        return 0, 0
    mask = np.uint64(_table_size(grams) - 1)
    table, times = np.zeros(int(mask) + 1, np.uint64), np.zeros(int(mask) + 1, np.int32)
    firsts = np.empty(int(mask) + 1, np.int32)
    most, first, power = 0, 0, _power(n)
    for at in range(grams):
        key = _gram(sums, at, n, power)
        place = (key >> _ONE) & mask
        while table[place] != 0 and table[place] != key:
            place = (place + _ONE) & mask
        if table[place] == 0:
            table[place], firsts[place] = key, at
        times[place] += 1
        if times[place] > most or (times[place] == most and firsts[place] < first):
            most, first = times[place], firsts[place]
    return most, most * (ends[first + n] - ends[first] + n - 1)


@compiled
def repeated_grams(sums: Hashes, ends: Sizes, n: int) -> int:
    """The characters in n-grams that were there before, none counted twice; `sums` and `ends` as in `top_gram`."""
    grams = len(sums) - n
    if grams < 2:
        return 0
    mask = np.uint64(_table_size(grams) - 1)
    table = np.zeros(int(mask) + 1, np.uint64)
    total, at, power = 0, 0, _power(n)
    while at < grams:
        key = _gram(sums, at, n, power)
        place = (key >> _ONE) & mask
        while table[place] != 0 and table[place] != key:
            place = (place + _ONE) & mask
        if table[place] == key:
            total += ends[at + n] - ends[at]
            at += n
        else:
            table[place] = key
            at += 1
    return total
