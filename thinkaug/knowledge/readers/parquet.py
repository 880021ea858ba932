"""parquet: one row one entry, a batch of rows in memory at a time; lines are row numbers."""

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from thinkaug.inputs.spooled import seekable
from thinkaug.knowledge.readers import Found

_BATCH_ROWS = 1000


def parquet(file: IO[bytes]) -> Iterator[Found]:
    """The rows of a Parquet file. A file that breaks off says after which row."""
    number = 0
    try:
        with seekable(file) as placed:
            for batch in ParquetFile(placed).iter_batches(batch_size=_BATCH_ROWS):
                for place in range(batch.num_rows):
                    number += 1
                    try:
                        yield Found(number, batch.slice(place, 1).to_pylist()[0])
                    except UnicodeDecodeError as error:
                        yield Found(number, None, "not_utf8", str(error))
    except pa.ArrowException as error:
        yield Found(number + 1, None, "unreadable", f"everything after row {number}: {error}")
