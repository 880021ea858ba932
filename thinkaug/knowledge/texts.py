"""texts: a memory-mapped Arrow column of texts, read where it lies. Knows no meaning."""

from itertools import pairwise

import pyarrow as pa


class Texts:
    """The texts of a column, none of them null, by row."""

    def __init__(self, column: pa.Array) -> None:
        """Take a column of `string` or `large_string`, whole as it was read from its file."""
        letters = column.buffers()[2]
        self._ends, self._letters = ends_of(column), memoryview(letters or b"")

    def __getitem__(self, row: int) -> str:
        """The text of a row."""
        return str(self._letters[self._ends[row] : self._ends[row + 1]], "utf-8")

    def some(self, rows: range) -> list[str]:
        """The texts of some rows that follow each other."""
        ends = self._ends[rows.start : rows.stop + 1].tolist()
        return [str(self._letters[start:end], "utf-8") for start, end in pairwise(ends)]

    def encoded(self, row: int) -> bytes:
        """The text of a row as it is stored, in UTF-8."""
        return bytes(self._letters[self._ends[row] : self._ends[row + 1]])


def ends_of(column: pa.Array) -> "memoryview[int]":
    """Where each text or list of a column begins, and at last where the last one ends."""
    assert not column.offset, "of a batch as it was read"
    offsets = column.buffers()[1]
    wide = pa.types.is_large_string(column.type) or pa.types.is_large_list(column.type)
    return memoryview(offsets or bytes(8)).cast("q" if wide else "i")
