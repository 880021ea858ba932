"""Arrow columns as arrays that kernels take, always of one type, so that a kernel is compiled once."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.errors import PromiseBroken
from thinkaug.rendering.planning import Strings

STRING_BYTES = (1 << 31) - 1
"""What one column of Arrow's `string` can hold."""


def numbers(values: Any) -> NDArray[np.int64]:
    """Integers without nulls as int64 of their own."""
    if values.null_count:
        raise PromiseBroken("a number is missing in a column that has none missing")
    return values.to_numpy(zero_copy_only=False).astype(np.int64)  # type: ignore[no-any-return]


def strings(values: Any) -> Strings:
    """Strings without nulls; their bytes are not copied, their offsets are."""
    if values.type != pa.string():
        raise PromiseBroken(f"expected a column of string, not of {values.type}")
    if values.null_count:
        raise PromiseBroken("a string is missing in a column that has none missing")
    _, places, data = values.buffers()
    ends = np.zeros(1, np.int64)
    if len(values):
        ends = np.frombuffer(places, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    raw = np.frombuffer(data if data is not None else b"", np.uint8)
    raw.flags.writeable = False  # some buffers may be written to and some not: for a kernel that would be two types
    return Strings(ends, raw, numbers(pc.utf8_length(values)))


def bytes_of(texts: pa.StringArray) -> Iterator[memoryview]:
    """The bytes of each text, as UTF-8, without a copy."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    whole = memoryview(data) if data is not None else memoryview(b"")
    return (whole[start:end] for start, end in pairwise(ends))


def elements(lists: Any) -> tuple[NDArray[np.int64], Any]:
    """Where the elements of each list begin, int64 (lists + 1,), and all elements of these lists as one column."""
    if lists.null_count:
        raise PromiseBroken("a list is missing in a column that has none missing")
    ends = lists.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    return ends - ends[0], lists.values.slice(ends[0], ends[-1] - ends[0])


def room(size: int) -> tuple[pa.Buffer, NDArray[np.uint8]]:
    """So many bytes that are not set yet, as a buffer of Arrow's and as an array over it."""
    buffer = pa.allocate_buffer(size)
    return buffer, np.frombuffer(buffer, np.uint8)
