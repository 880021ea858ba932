"""Connected components that grow while edges are found. Knows numbers only.

A component stands from the first edge on, so that no pair within one need be looked at again: that is why this is not
done once at the end, with all edges in memory.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


class Groups:
    """The components of `count` rows, 8 bytes each. That of a row is named by the smallest number in it."""

    def __init__(self, count: int) -> None:
        self._above = np.arange(count, dtype=np.int64)

    def roots(self, rows: Rows) -> Rows:
        """The names of the rows' components."""
        found = self._above[rows]
        while not np.array_equal(higher := self._above[found], found):
            found = higher
        self._above[rows] = found
        return found

    def root(self, row: int) -> int:
        """The name of the row's component."""
        path = []
        while (above := int(self._above[row])) != row:
            path.append(row)
            row = above
        self._above[path] = row
        return row

    def join(self, left: int, right: int) -> None:
        """The two are in one component."""
        first, second = sorted((self.root(left), self.root(right)))
        self._above[second] = first

    def components(self) -> Iterator[list[int]]:
        """Those of two rows or more, in order of their names, rows ascending."""
        members = np.flatnonzero(self._above != np.arange(len(self._above)))
        roots = self.roots(members)
        whole = np.concatenate([members, np.unique(roots)])
        names = np.concatenate([roots, np.unique(roots)])
        order = np.lexsort([whole, names])
        whole, names = whole[order], names[order]
        for part in np.split(whole, np.flatnonzero(np.diff(names)) + 1):
            if len(part):
                yield part.tolist()
