"""The rows of the layout `tokens`: one document a row, with labels and weights token by token. Knows no tokenizer."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.shards.proving.columns import Fault, bad_weights, each, lengths, rows_with, starts_of, values

IGNORED = -100
"""The label of a token that no loss is taken of."""

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("input_ids", pa.list_(pa.int32())),
        ("attention_mask", pa.list_(pa.int8())),
        ("labels", pa.list_(pa.int64())),
        ("loss_weights", pa.list_(pa.float32())),
    ]
)
_LISTS = ("attention_mask", "labels", "loss_weights")


class TokenRows:
    """Proves rows of tokens. `about` is what the manifest says of the layout: `eos_id` is the token that ends a row."""

    schema = SCHEMA

    def __init__(self, about: Mapping[str, Any]) -> None:
        self._eos = int(about["eos_id"])
        self._ids: set[str] = set()
        self.tokens = 0

    def faults(self, batch: pa.RecordBatch) -> Iterator[Fault]:
        """What is wrong with rows of the batch."""
        yield from repeated_ids(batch.column("id"), self._ids)
        counts = lengths(batch.column("input_ids"))
        fits = counts > 0
        yield from each(np.flatnonzero(~fits), "has no tokens")
        for name in _LISTS:
            same = lengths(batch.column(name)) == counts
            yield from each(np.flatnonzero(~same), f"{name} has another length than input_ids")
            fits &= same
        rows = np.flatnonzero(fits)
        if len(rows) < batch.num_rows:
            batch = batch.take(pa.array(rows))
        for row, fault in self._fitting(batch, counts[rows]):
            yield int(rows[row]), fault

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """What the manifest counts of each shard and can be found again in the rows."""
        tokens = int(lengths(batch.column("input_ids")).sum())
        self.tokens += tokens
        return {"tokens": tokens}

    def _fitting(self, batch: pa.RecordBatch, counts: Any) -> Iterator[Fault]:
        """Of rows whose lists are all as long as each other, and not empty."""
        if not len(counts):
            return
        ids, labels, weights = (values(batch.column(name)) for name in ("input_ids", "labels", "loss_weights"))
        starts = starts_of(counts)
        yield from each(rows_with(values(batch.column("attention_mask")) != 1, counts), "attention_mask is not all 1")
        yield from label_faults(ids, labels, weights, starts, counts)
        last = starts + counts - 1
        yield from each(np.flatnonzero(ids[last] != self._eos), f"does not end with EOS, token {self._eos}")
        yield from each(np.flatnonzero(~(weights[last] > 0)), "its last token has no weight")


def repeated_ids(column: pa.Array, seen: set[str]) -> Iterator[Fault]:
    """Rows whose id was there before; `seen` are the ids so far, and grows."""
    for row, name in enumerate(column.to_pylist()):
        if name in seen:
            yield row, f"id {name} stands twice"
        seen.add(name)


def label_faults(ids: Any, labels: Any, weights: Any, starts: Any, counts: Any) -> Iterator[Fault]:
    """Labels and weights that do not go with the tokens or with each other.

    Args:
        ids: the tokens of all rows, one row after the other; `labels` and `weights` likewise.
        labels: see `ids`.
        weights: see `ids`.
        starts: where each document begins.
        counts: how many tokens each row has.
    """
    yield from each(rows_with(ids < 0, counts), "a token is negative")
    yield from each(rows_with(bad_weights(weights), counts), "a weight is negative or no number")
    expected = np.where(weights == 0, IGNORED, ids)
    yield from each(rows_with(labels != expected, counts), "its labels do not go with its tokens and weights")
    wrong = np.zeros(len(ids), bool)
    wrong[starts] = labels[starts] != IGNORED
    yield from each(rows_with(wrong, counts), "the first label of a document is not -100")
