"""sorted_texts: a memory-mapped Arrow file with its first column in order, searched by halving. Knows no meaning."""

from bisect import bisect_left, bisect_right
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from thinkaug.knowledge.texts import Texts

_MOST_MARKS = 1024


class SortedTexts:
    """The file at `path`: one record batch, or none; its first column is `large_string`, ascending by UTF-8 bytes.

    Nothing is read at opening but the schema; a search touches the pages it compares with, the first one those of its
    marks as well. Threads may share it.
    """

    def __init__(self, path: Path) -> None:
        """Map the file; raises `OSError` or `pa.ArrowInvalid` where it is none."""
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        assert reader.num_record_batches == 1, f"{path}: written as one batch"
        self.batch = reader.get_batch(0)
        self._sorted = Texts(self.batch.column(0))
        self._step = 1 + len(self) // _MOST_MARKS  # rows from one mark to the next

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self.batch.num_rows)

    def find(self, text: str) -> range:
        """The rows whose first column is `text`; empty where there is none."""
        wanted = text.encode("utf-8")
        encoded = self._sorted.encoded
        rows = range(len(self))
        # Between two marks: the row sought is none before the mark that is less, and none after the next.
        mark = bisect_left(self._marks, wanted)
        low, high = max(mark - 1, 0) * self._step, min(mark * self._step + 1, len(rows))
        start = bisect_left(rows, wanted, lo=low, hi=high, key=encoded)
        if start == len(rows) or encoded(start) != wanted:
            return range(0)
        if start + 1 == len(rows) or encoded(start + 1) != wanted:  # the usual case
            return range(start, start + 1)
        return range(start, bisect_right(rows, wanted, lo=start, key=encoded))

    @cached_property
    def _marks(self) -> list[bytes]:
        """Every `_step`th text, in memory: halving among these needs no call for each step."""
        return [self._sorted.encoded(row) for row in range(0, len(self), self._step)]


def write_sorted(path: Path, batch: pa.RecordBatch) -> None:
    """Write a batch, sorted by its first column already, for `SortedTexts`."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
