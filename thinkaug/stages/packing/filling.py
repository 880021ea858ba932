"""Sizes of rows, and how much is wanted in all -> how often each row is taken. Knows no parts of a mix."""

from typing import Any

import numpy as np

from thinkaug.errors import PromiseBroken

Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Taken = np.ndarray[Any, np.dtype[np.bool_]]

_ROUNDS = 64  # of looking for rows that still fit; in random order few are needed
_LOOKED_AT = 256  # rows on each side that may be exchanged: of them are a thousand million exchanges of two for two
_EXCHANGES = 32
_FEW_ROWS, _TRIES = 1000, 16  # of few rows another order may come nearer
_NEAR_ENOUGH = 0.5  # sizes are whole numbers, and so is the nearest sum


def counts_of(sizes: Numbers, target: float, rng: np.random.Generator) -> Numbers:
    """How often each row is taken, so that the sizes add up to about `target`.

    All rows are taken as often as the target holds all of them; what is left is filled up with rows in random order
    that still fit, some of which are then exchanged. The sum misses the target by half of the largest row at most, and
    where there are many rows of different sizes by less than one.

    Args:
        sizes: of the rows, from 0 on.
        target: what the sizes of the rows taken should add up to.
        rng: decides which rows are taken once more than others.

    Raises:
        PromiseBroken: a size or the target is negative, or there is nothing that could be drawn.
    """
    total = int(sizes.sum())
    if not 0 <= target < np.inf or (len(sizes) and sizes.min() < 0):
        raise PromiseBroken(f"rows of negative size, or no number to draw: {target}")
    if total == 0 and target > 0:
        raise PromiseBroken(f"{target} is to be drawn of {len(sizes)} rows without any size")
    passes = int(target // total) if total else 0
    counts = np.full(len(sizes), passes, np.int64)
    counts += _once_more(sizes, target - passes * total, rng)
    return counts


def _once_more(sizes: Numbers, target: float, rng: np.random.Generator) -> _Taken:
    """Which rows have sizes that add up to about the target, which is below the sum of all."""
    best, gap = np.zeros(len(sizes), np.bool_), target
    for _ in range(_TRIES if len(sizes) <= _FEW_ROWS else 1):
        if gap <= _NEAR_ENOUGH:
            break
        taken = _filled(sizes, target, rng.permutation(len(sizes)))
        if (found := abs(target - int(sizes[taken].sum()))) < gap:
            best, gap = taken, found
    return best


def _filled(sizes: Numbers, target: float, order: Numbers) -> _Taken:
    """The rows that still fit, in that order, and then some exchanged."""
    taken = np.zeros(len(sizes), np.bool_)
    left, room = order, target
    for _ in range(_ROUNDS):
        sums = np.cumsum(sizes[left])
        fitting = int(np.searchsorted(sums, room, side="right"))
        taken[left[:fitting]] = True
        room -= int(sums[fitting - 1]) if fitting else 0
        left = left[fitting:]
        left = left[(sizes[left] > 0) & (sizes[left] <= room)]
        if not len(left):
            break
    if room > _NEAR_ENOUGH:
        _exchange(sizes, taken, order, room)
    return taken


def _exchange(sizes: Numbers, taken: _Taken, order: Numbers, gap: float) -> None:
    """Exchange up to two rows for up to two others, as long as that narrows the gap between the sum and its target.

    Looks at some rows of each side, in random order, and at the smallest that is not taken: it alone may be nearer than
    nothing.
    """
    inside, outside = order[taken[order]], order[~taken[order]]
    smallest = outside[np.argmin(sizes[outside])]
    rows = np.unique(np.concatenate([inside[-_LOOKED_AT:], outside[:_LOOKED_AT], [smallest]]))
    size, chosen = sizes[rows], taken[rows]
    for _ in range(_EXCHANGES):
        going, coming = _Pairs(size, np.flatnonzero(chosen)), _Pairs(size, np.flatnonzero(~chosen))
        right = np.searchsorted(going.sums, coming.sums - gap)
        places = np.stack([np.maximum(right - 1, 0), np.minimum(right, len(going.sums) - 1)])
        gaps = gap - coming.sums + going.sums[places]
        side, came = np.unravel_index(np.argmin(np.abs(gaps)), gaps.shape)
        if abs(gaps[side, came]) >= abs(gap):
            break
        gap = float(gaps[side, came])
        chosen[going.rows(int(places[side, came]))] = False
        chosen[coming.rows(int(came))] = True
        if abs(gap) <= _NEAR_ENOUGH:
            break
    taken[rows] = chosen


class _Pairs:
    """All pairs of some rows, all single rows and none of them, by the sum of their sizes, ascending."""

    def __init__(self, sizes: Numbers, rows: Numbers) -> None:
        # Two places before the rows stand for no row, so that one row and none are pairs like others.
        padded = np.concatenate([np.zeros(2, np.int64), sizes[rows]])
        first, second = np.triu_indices(len(padded), 1)
        sums = padded[first] + padded[second]
        order = np.argsort(sums, kind="stable")
        self.sums = sums[order]
        self._rows, self._first, self._second = rows, first[order] - 2, second[order] - 2

    def rows(self, place: int) -> Numbers:
        """The rows of the pair at that place: two, one or none."""
        both = np.array([self._first[place], self._second[place]])
        found: Numbers = self._rows[both[both >= 0]]
        return found
