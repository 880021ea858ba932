"""What the proofs of all layouts ask of a batch. Arrow columns in, arrays out; knows no layout."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

Numbers = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Fault = tuple[int, str]
"""The row within its batch, from 0, and what is wrong with it."""


def lengths(column: pa.Array) -> Numbers:
    """How many values the list of each row has, int64."""
    counts: Numbers = column.value_lengths().to_numpy(zero_copy_only=False).astype(np.int64)
    return counts


def values(column: pa.Array) -> Numbers:
    """The values of all rows' lists, one after the other."""
    flat: Numbers = column.flatten().to_numpy(zero_copy_only=False)
    return flat


def starts_of(counts: Numbers) -> Numbers:
    """Where each of some stretches of these lengths begins, when they follow each other."""
    return np.cumsum(counts) - counts


def rows_with(wrong: Flags, counts: Numbers) -> Numbers:
    """The rows that have a value flagged as wrong, where row after row has so many values."""
    return np.unique(np.repeat(np.arange(len(counts)), counts)[wrong])


def each(rows: Numbers, words: str) -> Iterator[Fault]:
    """The same fault of several rows."""
    for row in rows.tolist():
        yield row, words


def bad_weights(weights: Numbers) -> Flags:
    """Which weights can be no share in a loss: those below zero, infinite, or no number."""
    return ~(np.isfinite(weights) & (weights >= 0))


def has_nulls(column: pa.Array) -> bool:
    """Whether a value is missing in the column, or in what its lists and structs hold."""
    if column.null_count:
        return True
    if pa.types.is_list(column.type):
        return has_nulls(column.flatten())
    if pa.types.is_struct(column.type):
        return any(has_nulls(column.field(place)) for place in range(column.type.num_fields))
    return False
