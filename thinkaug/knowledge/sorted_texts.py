"""sorted_texts: a memory-mapped Arrow file with its first column in order, searched by halving. Knows no meaning."""

from bisect import bisect_left, bisect_right
from pathlib import Path

import pyarrow as pa


class SortedTexts:
    """The file at `path`: one record batch, or none; its first column is `large_string`, ascending by UTF-8 bytes.

    Nothing is read at opening but the schema; a search touches the pages it compares with. Threads may share it.
    """

    def __init__(self, path: Path) -> None:
        """Map the file; raises `OSError` or `pa.ArrowInvalid` where it is none."""
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        assert reader.num_record_batches == 1, f"{path}: written as one batch"
        self.batch = reader.get_batch(0)
        _, offsets, letters = self.batch.column(0).buffers()
        self._offsets = memoryview(offsets or b"").cast("q")
        self._letters = memoryview(letters or b"")

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self.batch.num_rows)

    def find(self, text: str) -> range:
        """The rows whose first column is `text`; empty where there is none."""
        wanted = text.encode("utf-8")
        rows = range(len(self))
        start = bisect_left(rows, wanted, key=self._bytes)
        if start == len(rows) or self._bytes(start) != wanted:
            return range(0)
        if start + 1 == len(rows) or self._bytes(start + 1) != wanted:  # the usual case
            return range(start, start + 1)
        return range(start, bisect_right(rows, wanted, lo=start, key=self._bytes))

    def _bytes(self, row: int) -> bytes:
        return bytes(self._letters[self._offsets[row] : self._offsets[row + 1]])


def write_sorted(path: Path, batch: pa.RecordBatch) -> None:
    """Write a batch, sorted by its first column already, for `SortedTexts`."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
