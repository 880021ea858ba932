"""Pairs of rows that share a band. Knows signatures and nothing else; gives the same pairs in whatever order rows came.

In a bucket of up to `_SMALL` rows every pair is likely. In a larger one, such as that of a template, rows are put in
order of the bands that follow; each row is compared by its signature with the next `_WINDOW`, and the `_NEAREST` of
them are likely; and each row with the `_HUBS` first rows of the bucket. So a bucket of n rows gives at most 8 n pairs.
What that may miss: two rows that meet in large buckets only, and in each of them stand further apart than the window.
The order begins with another band for each, so those are pairs of low similarity, or among many that are closer.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from thinkaug.stages.deduplicating.signed import Rows, Signed

_SMALL = 48
_WINDOW = 16
_NEAREST = 4
_HUBS = 4
_ORDERED_BY = 4  # bands that follow
_PAIRS_AT_ONCE = 1 << 16
_BLOCK = 1 << 11

Pairs = tuple[Rows, Rows]


def likely_pairs(signed: Signed, band: int, alive: np.ndarray, names: np.ndarray) -> Iterator[Pairs]:
    """The likely pairs of a band, many at a time: two int64 arrays each.

    Args:
        signed: the signatures.
        band: its number.
        alive: bool, a row each: whether it is looked at.
        names: uint64, a row each: what orders rows, whatever order they came in.
    """
    held: list[Pairs] = []
    size = 0
    for pairs in _of_buckets(signed, band, alive, names):
        held.append(pairs)
        size += len(pairs[0])
        if size >= _PAIRS_AT_ONCE:
            yield _together(held)
            held, size = [], 0
    if held:
        yield _together(held)


def _together(held: Sequence[Pairs]) -> Pairs:
    return np.concatenate([left for left, _ in held]), np.concatenate([right for _, right in held])


def _of_buckets(signed: Signed, band: int, alive: np.ndarray, names: np.ndarray) -> Iterator[Pairs]:
    for rows, begins in signed.buckets(band, alive):
        sizes = np.diff(np.append(begins, len(rows)))
        for size in np.unique(sizes).tolist():
            starts = begins[sizes == size]
            if size <= _SMALL:
                yield from _all_pairs(rows, starts, size)
            else:
                for start in starts.tolist():
                    yield from _near_ones(signed, band, rows[start : start + size], names)


def _all_pairs(rows: Rows, starts: Rows, size: int) -> Iterator[Pairs]:
    one, other = np.triu_indices(size, 1)
    at_once = max(1, _PAIRS_AT_ONCE // len(one))
    for first in range(0, len(starts), at_once):
        here = starts[first : first + at_once, None]
        yield rows[here + one].ravel(), rows[here + other].ravel()


def _near_ones(signed: Signed, band: int, rows: Rows, names: np.ndarray) -> Iterator[Pairs]:
    keys = [signed.keys(band + step, rows) for step in range(1, min(_ORDERED_BY, signed.bands - 1) + 1)]
    rows = rows[np.lexsort([names[rows], *reversed(keys)])]
    hubs = np.argsort(names[rows], kind="stable")[:_HUBS]
    for first, last in pairwise([*range(0, len(rows), _BLOCK), len(rows)]):
        here = np.arange(first, last)
        beside = here[:, None] + np.arange(1, _WINDOW + 1)
        is_there = beside < len(rows)
        beside = np.minimum(beside, len(rows) - 1)
        one = np.broadcast_to(here[:, None], beside.shape)
        near = signed.estimates(rows[one.ravel()], rows[beside.ravel()]).reshape(beside.shape)
        near[~is_there] = -1
        chosen = np.argsort(-near, axis=1, kind="stable")[:, :_NEAREST]
        kept = np.take_along_axis(is_there, chosen, 1)
        yield rows[one[:, :_NEAREST][kept]], rows[np.take_along_axis(beside, chosen, 1)[kept]]
        for hub in hubs.tolist():
            others = here[here != hub]
            yield np.full(len(others), rows[hub]), rows[others]
