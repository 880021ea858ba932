"""stored_entries: a memory-mapped Arrow file of entries, read one by one. Knows nothing of searching.

The letters are read where they lie: to slice a batch for a single row costs several times as much.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from thinkaug.knowledge.entry import Entry
from thinkaug.knowledge.quote import cut
from thinkaug.knowledge.texts import Texts, ends_of


class StoredEntries:
    """The file at `path`, any number of batches of `Entry`. Nothing but the schema is read at opening."""

    def __init__(self, path: Path) -> None:
        """Map the file; raises `OSError` or `pa.ArrowInvalid` where it is none."""
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        self.batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        self._starts: list[int] = [0, *accumulate(batch.num_rows for batch in self.batches)]
        self._stored = [_Batch(batch) for batch in self.batches]

    def __len__(self) -> int:
        """How many entries there are."""
        return self._starts[-1]

    def __getitem__(self, row: int) -> Entry:
        """The entry of a row."""
        number = bisect_right(self._starts, row) - 1
        return self._stored[number].entry(row - self._starts[number])


class Pieces:
    """The file at `path`: for each entry where the pieces of its text lie that may be quoted; see `write_pieces`."""

    def __init__(self, path: Path) -> None:
        """Map the file; raises `OSError` or `pa.ArrowInvalid` where it is none."""
        lists = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0).column(0)
        self._lists, edges = ends_of(lists), lists.values.buffers()[1]
        self._edges = memoryview(edges or b"").cast("i")

    def __getitem__(self, row: int) -> list[tuple[int, int]]:
        """Beginning and end of each piece of a row, in code points."""
        edges = self._edges[self._lists[row] : self._lists[row + 1]].tolist()
        return list(zip(edges[::2], edges[1::2], strict=True))


def write_pieces(path: Path, texts: Iterable[str]) -> None:
    """Cut each text into pieces, once for all look-ups."""
    edges = [[edge for piece in cut(text) for edge in piece] for text in texts]
    batch = pa.RecordBatch.from_pydict({"edges": pa.array(edges, pa.large_list(pa.int32()))})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


class _Batch:
    def __init__(self, batch: pa.RecordBatch) -> None:
        single = ("id", "title", "text", "source", "version")
        self._id, self._title, self._text, self._source, self._version = (Texts(batch.column(name)) for name in single)
        synonyms = batch.column("synonyms")
        self._lists, self._synonyms = ends_of(synonyms), Texts(synonyms.values)

    def entry(self, row: int) -> Entry:
        listed = range(self._lists[row], self._lists[row + 1])
        synonyms = tuple(self._synonyms.some(listed)) if listed else ()
        return Entry(self._id[row], self._title[row], self._text[row], synonyms, self._source[row], self._version[row])
