"""Pairs of rows that are near, each once, in order of how near. Knows numbers only."""

from collections.abc import Iterator

import numpy as np

from thinkaug.stages.deduplicating.likely import Pairs
from thinkaug.stages.deduplicating.signed import Rows

_AT_ONCE = 1 << 14


class NearPairs:
    """Pairs of `count` rows, 12 bytes each."""

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        self._keys, self._similar = np.zeros(0, np.int64), np.zeros(0, np.float32)

    def new(self, left: Rows, right: Rows) -> Pairs:
        """The pairs that are not held yet, each once, the smaller number first, in ascending order."""
        keys = np.unique(np.minimum(left, right) * self._count + np.maximum(left, right))
        if len(self._keys):
            places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            keys = keys[self._keys[places] != keys]
        return np.divmod(keys, self._count)

    def add(self, left: Rows, right: Rows, similarities: np.ndarray) -> None:
        """Hold pairs that `new` gave, with their similarities."""
        if not len(left):
            return
        keys = left * self._count + right
        places = np.searchsorted(self._keys, keys)
        self._keys = np.insert(self._keys, places, keys)
        self._similar = np.insert(self._similar, places, similarities.astype(np.float32))

    def by_likeness(self, names: np.ndarray) -> Iterator[tuple[int, int, float]]:
        """The pairs with their similarities, the most alike first.

        Args:
            names: uint64, a row each: what orders pairs that are equally alike.
        """
        left, right = np.divmod(self._keys, self._count)
        one, other = np.minimum(names[left], names[right]), np.maximum(names[left], names[right])
        order = np.lexsort([other, one, -self._similar])
        for first in range(0, len(order), _AT_ONCE):
            here = order[first : first + _AT_ONCE]
            yield from zip(left[here].tolist(), right[here].tolist(), self._similar[here].tolist(), strict=True)
