"""parquet: one row one record, a batch of rows in memory at a time."""

from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from thinkaug.errors import Unreadable
from thinkaug.formats.arrow_rows import check_columns, plain_rows, rows_at_once
from thinkaug.inputs.spooled import seekable
from thinkaug.sources import Source
from thinkaug.stage import Raw

_PROBLEMS = (pa.ArrowException, OSError, ValueError, MemoryError)
_BUFFER_BYTES = 1 << 20  # of each column; without it a whole column of a row group is read at once


def parquet(*, columns: Sequence[str] = ()) -> Source:
    """The rows of a Parquet file as records. Ids carry the row number, from 1.

    Where a row group is damaged, one record says which rows are lost, and the next group goes on.

    Args:
        columns: only these are read; none reads all.
    """

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        with seekable(file) as placed:
            table = _opened(placed, columns)
            first = 1
            for group in range(table.num_row_groups):
                yield from _group(table, group, columns, name, first)
                first += table.metadata.row_group(group).num_rows

    return read


def _opened(file: IO[bytes], columns: Sequence[str]) -> ParquetFile:
    try:
        table = ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        names = table.schema_arrow.names
    except _PROBLEMS as error:
        raise Unreadable("parquet", f"no Parquet file, or its end is damaged or missing: {error}") from error
    check_columns(columns, names)
    return table


def _group(table: ParquetFile, group: int, columns: Sequence[str], name: str, first: int) -> Iterator[Raw]:
    about = table.metadata.row_group(group)
    row, last = first, first + about.num_rows - 1
    try:
        at_once = rows_at_once(about.total_byte_size, about.num_rows)
        for batch in table.iter_batches(at_once, [group], columns or None, use_threads=False):
            for found in plain_rows(batch, checked=True):
                if isinstance(found, Unreadable):
                    yield Raw(f"{name}#{row}", None, f"row {row}: {found}", kind=found.kind)
                else:
                    yield Raw(f"{name}#{row}", found)
                row += 1
    except _PROBLEMS as error:
        lost = f"rows {row} to {last}" if row < last else f"row {row}"
        yield Raw(f"{name}#{row}", None, f"{lost}: row group {group + 1} is damaged: {error}", kind="damaged")
