"""The signatures of all rows, band by band, in memory or in a file. Knows nothing of texts or of who stays.

They are stored as uint32 (bands, rows of the input, values in a band), so that a band is read in one stretch.
"""

import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 1 << 16
_PAIRS_AT_ONCE = 1 << 14
_SORTED_BYTES = 32  # a row of a band while it is sorted: its key, its number, its place, and a copy
_PRIME = np.uint64(0x100000001B3)
_MIX_1, _MIX_2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)

Rows = NDArray[np.int64]


class Signed:
    """Signatures of `count` rows, cut into bands; values beyond `bands` x `width` only serve the estimate."""

    def __init__(self, count: int, permutations: int, bands: int, width: int, memory_bytes: int) -> None:
        self._spilled = count * permutations * 4 > memory_bytes
        self.bands, self.width, self._permutations = bands, width, permutations
        self._cut = [self._made(count, width) for _ in range(bands)]
        rest = permutations - bands * width
        self._rest = [self._made(count, rest)] if rest else []
        self.parts = max(1, -(-count * _SORTED_BYTES // max(memory_bytes // 4, 1))) if self._spilled else 1

    def _made(self, count: int, width: int) -> NDArray[np.uint32]:
        if not self._spilled or not count:
            return np.empty((count, width), np.uint32)
        with tempfile.TemporaryFile(prefix="thinkaug-") as file:  # the map keeps it; its name is gone already
            return np.memmap(file, np.uint32, "w+", shape=(count, width))

    def put(self, first: int, signatures: NDArray[np.uint32]) -> None:
        """Store the signatures (rows, permutations) of the rows from `first` on."""
        here = slice(first, first + len(signatures))
        for number, band in enumerate(self._cut):
            band[here] = signatures[:, number * self.width : (number + 1) * self.width]
        for band in self._rest:
            band[here] = signatures[:, self.bands * self.width :]

    def keys(self, band: int, rows: Rows) -> NDArray[np.uint64]:
        """One 64-bit hash a row of its values in the band."""
        values = self._cut[band % self.bands][rows]
        key = np.full(len(rows), band % self.bands + 1, np.uint64)
        for place in range(self.width):
            key = (key ^ values[:, place]) * _PRIME
            key = (key ^ (key >> _HALF)) * _MIX_1
        key = (key ^ (key >> _HALF)) * _MIX_2
        return np.asarray(key ^ (key >> _HALF), np.uint64)

    def buckets(self, band: int, alive: NDArray[np.bool_]) -> Iterator[tuple[Rows, Rows]]:
        """The rows that share their key with another, sorted by it, and where in them each bucket begins; in parts.

        A part is a range of keys, so that what is sorted at once stays small.
        """
        for part in range(self.parts):
            keys, rows = self._part(band, alive, part)
            order = np.argsort(keys, kind="stable")
            keys, rows = keys[order], rows[order]
            shared = np.zeros(len(keys) + 1, np.bool_)
            shared[1:-1] = keys[1:] == keys[:-1]
            inside = shared[1:] | shared[:-1]
            yield rows[inside], np.flatnonzero(~shared[:-1][inside])

    def _part(self, band: int, alive: NDArray[np.bool_], part: int) -> tuple[NDArray[np.uint64], Rows]:
        kept_keys, kept_rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
        for first in range(0, len(alive), _ROWS_AT_ONCE):
            rows = first + np.flatnonzero(alive[first : first + _ROWS_AT_ONCE])
            keys = self.keys(band, rows)
            if self.parts > 1:
                here = keys % np.uint64(self.parts) == part
                keys, rows = keys[here], rows[here]
            kept_keys.append(keys)
            kept_rows.append(rows)
        return np.concatenate(kept_keys), np.concatenate(kept_rows)

    def estimates(self, left: Rows, right: Rows) -> NDArray[np.float32]:
        """The share of equal values, a pair each."""
        found = np.zeros(len(left), np.float32)
        for first in range(0, len(left), _PAIRS_AT_ONCE):
            here = slice(first, first + _PAIRS_AT_ONCE)
            for band in (*self._cut, *self._rest):
                found[here] += _equal(band, left[here], right[here])
        return found / np.float32(self._permutations)


def _equal(values: Any, left: Rows, right: Rows) -> Any:
    return (values[left] == values[right]).sum(axis=1, dtype=np.int32)
