"""parquet: one row one record, a batch of rows in memory at a time."""

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from thinkaug.sources import Source
from thinkaug.stage import Raw

_BATCH_ROWS = 1000


def parquet() -> Source:
    """The rows of a Parquet file as records. Ids carry the row number, from 1."""
    return _read


def _read(file: IO[bytes], name: str) -> Iterator[Raw]:
    number = 0
    try:
        for batch in ParquetFile(file).iter_batches(batch_size=_BATCH_ROWS):
            for row in range(batch.num_rows):
                number += 1
                try:
                    yield Raw(f"{name}#{number}", batch.slice(row, 1).to_pylist()[0])
                except UnicodeDecodeError as error:
                    yield Raw(f"{name}#{number}", None, f"row {number}: {error}")
    except pa.ArrowException as error:
        yield Raw(f"{name}#{number + 1}", None, f"after row {number}: {error}")
