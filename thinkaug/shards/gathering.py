"""Parts of a set -> its samples in one shuffled order. Knows nothing of why these rows are taken.

An external shuffle: files are read once from their beginning to their end, so that a set may be larger than memory and
lie on a slow disk. Every sample goes to the bucket that its place in the final order falls into, and each bucket, small
enough for memory, is put in order by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.metas import with_entries
from thinkaug.records import Sample, content_id
from thinkaug.schema import BATCH_ROWS, arrow_schema

Numbers = NDArray[np.int64]

BUCKET_BYTES = 128_000_000
_MOST_BUCKETS = 500  # each is an open file while samples are handed out
_WINDOW_BYTES = 16_000_000


@dataclass(frozen=True)
class Part:
    """Samples of one origin.

    Args:
        name: of the part.
        files: Arrow streams of samples.
        rows: which rows are taken, counted over all files, ascending, as often as they stand here.
        copies: of each taken row, which copy of it this is, from 1 on.
        turn: makes of the samples as they lie in the files those of the part.
    """

    name: str
    files: Sequence[Path]
    rows: Numbers
    copies: Numbers
    turn: Callable[[pa.RecordBatch], pa.RecordBatch] = field(default=lambda batch: batch)


class Gathered:
    """All samples of a set, shuffled over all parts by a seed.

    Memory holds 16 bytes a sample, and two buckets.

    Args:
        parts: what the set is made of.
        seed: of the shuffle.
        scratch: a folder for what does not fit into one bucket.
        bucket_bytes: size of a bucket.
    """

    def __init__(self, parts: Sequence[Part], seed: int, scratch: Path, bucket_bytes: int = BUCKET_BYTES) -> None:
        self._parts, self._scratch = parts, scratch
        self._count = sum(len(part.rows) for part in parts)
        self.bytes = sum(map(_bytes_of, parts))
        """About how many bytes the samples take in Arrow."""
        self._buckets = max(1, min(_MOST_BUCKETS, -(-self.bytes // bucket_bytes)))
        self._seed = seed

    def __len__(self) -> int:
        """How many samples there are."""
        return self._count

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The samples in their order, with the columns of `Sample`."""
        places = np.random.default_rng(self._seed).permutation(self._count)
        if self._buckets == 1:
            yield from _ordered(pa.Table.from_batches(self._taken(), arrow_schema(Sample)), places)
            return
        buckets = places * self._buckets // self._count
        self._deal(buckets)
        for number in range(self._buckets):
            file = self._bucket(number)
            with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as stream:
                yield from _ordered(stream.read_all(), places[buckets == number])
            file.unlink()

    def _deal(self, buckets: Numbers) -> None:
        """Write every sample to its bucket; within one they stand in the order in which they were taken."""
        schema = arrow_schema(Sample)
        sinks = [pa.OSFile(str(self._bucket(number)), "wb") for number in range(self._buckets)]
        writers = [pa.ipc.new_stream(sink, schema) for sink in sinks]
        start = 0
        for window in _windows(self._taken()):
            of_window = buckets[start : start + window.num_rows]
            start += window.num_rows
            dealt = np.argsort(of_window, kind="stable")
            ends = np.searchsorted(of_window[dealt], np.arange(self._buckets + 1))
            for writer, begin, end in zip(writers, ends, ends[1:], strict=False):
                if begin < end:
                    writer.write_batch(window.take(pa.array(dealt[begin:end])))
        for part in (*writers, *sinks):
            part.close()

    def _bucket(self, number: int) -> Path:
        return self._scratch / f"bucket-{number:03d}.arrow"

    def _taken(self) -> Iterator[pa.RecordBatch]:
        """The samples of all parts as they lie, each as often as it is taken."""
        for part in self._parts:
            start = 0
            for batch in stored(part.files):
                begin, end = np.searchsorted(part.rows, [start, start + batch.num_rows])
                some = part.rows[begin:end] - start
                start += batch.num_rows
                if not len(some):
                    continue
                is_whole = len(some) == batch.num_rows and some[0] == 0 and (np.diff(some) == 1).all()
                taken = part.turn(batch if is_whole else batch.take(pa.array(some)))
                yield _copied(taken, part.copies[begin:end])


def _bytes_of(part: Part) -> int:
    rows = sum(batch.num_rows for batch in stored(part.files))
    size: int = sum(file.stat().st_size for file in part.files)
    return int(size * len(part.rows) / max(1, rows))


def stored(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """The batches of some Arrow streams, mapping their files."""
    for file in files:
        with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as stream:
            yield from stream


def _windows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows in larger batches: to deal out a few rows at a time costs more than to copy them."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.nbytes for one in held) >= _WINDOW_BYTES:
            yield pa.concat_batches(held)
            held = []
    if held:
        yield pa.concat_batches(held)


def _ordered(table: pa.Table, places: Numbers) -> Iterator[pa.RecordBatch]:
    """The rows in the order of their places, in batches."""
    order = np.argsort(places, kind="stable")
    whole = table.combine_chunks()  # `take` of many chunks would put them together each time
    batches = whole.to_batches()
    chunk = batches[0] if len(batches) == 1 else whole  # several only where strings do not fit into one
    for start in range(0, len(order), BATCH_ROWS):
        taken = chunk.take(pa.array(order[start : start + BATCH_ROWS]))
        yield from [taken] if isinstance(taken, pa.RecordBatch) else taken.combine_chunks().to_batches()


def _copied(batch: pa.RecordBatch, copies: Numbers) -> pa.RecordBatch:
    """The batch with ids and metas of their own where a row is not the first copy: ids are unique in a set."""
    if not (copies > 1).any():
        return batch
    ids, metas = batch.column("id").to_pylist(), batch.column("meta").to_pylist()
    for place in np.flatnonzero(copies > 1).tolist():
        number = int(copies[place])
        ids[place] = content_id(ids[place], f"copy {number}")
        metas[place] = with_entries(metas[place], copy=number)
    return with_columns(batch, id=pa.array(ids, pa.string()), meta=pa.array(metas, pa.string()))


def with_columns(batch: pa.RecordBatch, **columns: pa.Array) -> pa.RecordBatch:
    """The batch of samples with other columns in place of its own."""
    schema = arrow_schema(Sample)
    return pa.RecordBatch.from_arrays([columns.get(name, batch.column(name)) for name in schema.names], schema=schema)
