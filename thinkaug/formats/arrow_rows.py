"""arrow_rows: a batch of columns -> its rows as plain values. Knows no file format."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from thinkaug.errors import Unreadable

_MOST_ROWS = 1000
_SOME_BYTES = 16 << 20


def plain_rows(batch: pa.RecordBatch, checked: bool) -> Iterator[dict[str, Any] | Unreadable]:
    """The rows in order, each as a mapping of column to value, or why that one cannot be read.

    Args:
        batch: of any size; only so many rows are plain values at a time as need some 16 MiB.
        checked: its offsets are known to be right. A file of Arrow's own bytes may say anything, and one that is not
            looked through can end the program.
    """
    at_once = rows_at_once(batch.get_total_buffer_size(), batch.num_rows)
    for start in range(0, batch.num_rows, at_once):
        yield from _converted(batch.slice(start, at_once), checked)


def rows_at_once(size_bytes: int, rows: int) -> int:
    """How many of the rows may be in memory at a time, at least one."""
    return max(1, min(_MOST_ROWS, _SOME_BYTES * rows // max(1, size_bytes)))


def _converted(batch: pa.RecordBatch, checked: bool) -> Iterator[dict[str, Any] | Unreadable]:
    try:
        if not checked:
            batch.validate(full=True)
        rows = batch.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
        if batch.num_rows == 1:
            kind = "encoding" if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error) else "unreadable"
            yield Unreadable(kind, str(error))
            return
        for row in range(batch.num_rows):
            yield from _converted(batch.slice(row, 1), checked)
        return
    yield from rows


def check_columns(columns: Sequence[str], names: Sequence[str]) -> None:
    """Raise `Unreadable` where a column is asked for that a file lacks."""
    for column in columns:
        if column not in names:
            raise Unreadable("no_column", f"no column '{column}'; columns: {', '.join(names)}")
