"""arrow: Arrow IPC, both the file and the stream format: one row one record, a stored batch in memory at a time.

`datasets.save_to_disk` writes the stream format, Feather is the file format.
"""

from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa
from pyarrow import ipc

from thinkaug.errors import Unreadable
from thinkaug.formats.arrow_rows import check_columns, plain_rows
from thinkaug.inputs.spooled import seekable
from thinkaug.sources import Source
from thinkaug.stage import Raw

_FILE, _OLD_FEATHER = b"ARROW1", b"FEA1"
_STREAM_INSIDE = 8  # a file is a stream behind its first word, and says at its end where the batches are
_PROBLEMS = (pa.ArrowException, OSError, ValueError, MemoryError)

# Threads that still end when the program does can abort it; a batch at a time has no use for them.
_IN_THIS_THREAD = ipc.IpcReadOptions(use_threads=False)


def arrow(*, columns: Sequence[str] = ()) -> Source:
    """The rows of an Arrow file as records. Ids carry the row number, from 1.

    Where a batch of the file format is damaged, one record says so and the next batch goes on; a stream ends there.

    Args:
        columns: only these are read; none reads all.
    """

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        with seekable(file) as placed:
            row = 1
            for batch in _batches(placed, columns):
                if isinstance(batch, Unreadable):
                    yield Raw(f"{name}#{row}", None, f"from row {row} on: {batch}", kind=batch.kind)
                    continue
                for found in plain_rows(batch, checked=False):
                    if isinstance(found, Unreadable):
                        yield Raw(f"{name}#{row}", None, f"row {row}: {found}", kind=found.kind)
                    else:
                        yield Raw(f"{name}#{row}", found)
                    row += 1

    return read


def _batches(file: IO[bytes], columns: Sequence[str]) -> Iterator[pa.RecordBatch | Unreadable]:
    """The stored batches, or why one cannot be read. Raises `Unreadable` where nothing more can be."""
    head = file.read(len(_FILE))
    if head.startswith(_OLD_FEATHER):
        raise Unreadable("arrow", "Feather version 1, which no one writes any more; write it again as version 2")
    file.seek(0)
    if head != _FILE:
        yield from _streamed(file, columns)
        return
    try:
        reader = ipc.open_file(file, options=_IN_THIS_THREAD)
        kept = _kept(reader.schema, columns)
    except _PROBLEMS as error:
        file.seek(_STREAM_INSIDE)
        yield from _streamed(file, columns)
        raise Unreadable("truncated", f"its end is damaged or missing, there may have been more: {error}") from error
    for number in range(reader.num_record_batches):
        try:
            batch = reader.get_batch(number)
        except _PROBLEMS as error:
            yield Unreadable("damaged", f"batch {number + 1} of {reader.num_record_batches}: {error}")
        else:
            yield batch.select(kept)


def _streamed(file: IO[bytes], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    try:
        reader = ipc.open_stream(file, options=_IN_THIS_THREAD)
        kept = _kept(reader.schema, columns)
    except _PROBLEMS as error:
        raise Unreadable("arrow", f"no Arrow file or stream: {error}") from error
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except _PROBLEMS as error:
            raise Unreadable("damaged", f"the stream is damaged or cut off: {error}") from error
        yield batch.select(kept)


def _kept(schema: pa.Schema, columns: Sequence[str]) -> list[int]:
    check_columns(columns, schema.names)
    return [place for place, name in enumerate(schema.names) if not columns or name in columns]
