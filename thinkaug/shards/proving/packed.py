"""The rows of the layout `packed`: windows of one length that hold several documents. Knows no tokenizer."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.shards.proving.columns import Fault, Numbers, each, lengths, rows_with, starts_of, values
from thinkaug.shards.proving.tokens import IGNORED, label_faults

SCHEMA = pa.schema(
    [
        ("input_ids", pa.list_(pa.int32())),
        ("labels", pa.list_(pa.int64())),
        ("position_ids", pa.list_(pa.int32())),
        ("seq_lengths", pa.list_(pa.int32())),
        ("loss_weights", pa.list_(pa.float32())),
    ]
)
_LISTS = ("input_ids", "labels", "position_ids", "loss_weights")


class PackedRows:
    """Proves windows.

    `about` is what the manifest says of the layout: `window_tokens`; `eos_id`, which ends each document; `pad_id`,
    which fills what is left of a window as a last segment of its own. Counted are `tokens` and `padding`; `pieces`, the
    segments without padding; `ends`, the pieces that a document ends with; and `untrained` windows.
    """

    schema = SCHEMA

    def __init__(self, about: Mapping[str, Any]) -> None:
        self._window, self._pad, self._eos = (int(about[name]) for name in ("window_tokens", "pad_id", "eos_id"))
        self.tokens = self.padding = self.pieces = self.ends = self.untrained = 0

    def faults(self, batch: pa.RecordBatch) -> Iterator[Fault]:
        """What is wrong with rows of the batch."""
        fits = np.ones(batch.num_rows, bool)
        for name in _LISTS:
            whole = lengths(batch.column(name)) == self._window
            yield from each(np.flatnonzero(~whole), f"{name} has not the {self._window} values of a window")
            fits &= whole
        adds_up = self._adds_up(batch.column("seq_lengths"))
        yield from each(np.flatnonzero(~adds_up), f"seq_lengths do not add up to {self._window}")
        rows = np.flatnonzero(fits & adds_up)
        if len(rows) < batch.num_rows:
            batch = batch.take(pa.array(rows))
        for row, fault in self._fitting(batch) if len(rows) else ():
            yield int(rows[row]), fault

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """What the manifest counts of each shard and can be found again in the rows: tokens that are no padding."""
        if not batch.num_rows or not self._is_even(batch):
            return {}
        padding, ids = self._padding(batch), values(batch.column("input_ids"))
        weights, sizes = values(batch.column("loss_weights")), values(batch.column("seq_lengths")).astype(np.int64)
        tokens, last = len(ids) - int(padding.sum()), np.cumsum(sizes) - 1
        self.tokens += tokens
        self.padding += len(ids) - tokens
        self.pieces += len(sizes) - int((padding > 0).sum())
        self.ends += int(((ids[last] == self._eos) & (weights[last] > 0)).sum())
        self.untrained += int((~(weights > 0).reshape(-1, self._window).any(axis=1)).sum())
        return {"tokens": tokens}

    def _is_even(self, batch: pa.RecordBatch) -> bool:
        """Whether all lists have the length that they should have."""
        even = all((lengths(batch.column(name)) == self._window).all() for name in _LISTS)
        return bool(even and self._adds_up(batch.column("seq_lengths")).all())

    def _adds_up(self, column: pa.Array) -> Any:
        """Which rows' segments are all of one token or more, and a window together."""
        counts, sizes = lengths(column), values(column).astype(np.int64)
        sums = np.zeros(len(counts), np.int64)
        np.add.at(sums, np.repeat(np.arange(len(counts)), counts), np.where(sizes > 0, sizes, -(1 << 40)))
        return sums == self._window

    def _padding(self, batch: pa.RecordBatch) -> Numbers:
        """How many tokens of each row are padding: its last segment, where that is nothing else and carries no loss."""
        counts, sizes = lengths(batch.column("seq_lengths")), values(batch.column("seq_lengths")).astype(np.int64)
        filled = (values(batch.column("input_ids")) == self._pad) & (values(batch.column("labels")) == IGNORED)
        filled = filled & (values(batch.column("loss_weights")) == 0)
        last = sizes[starts_of(counts) + counts - 1]
        ends = np.cumsum(lengths(batch.column("input_ids")))
        until = np.concatenate([[0], np.cumsum(filled)])
        return np.where(until[ends] - until[ends - last] == last, last, 0)

    def _fitting(self, batch: pa.RecordBatch) -> Iterator[Fault]:
        """Of rows whose lists have a window's length and whose segments add up to it."""
        ids, labels, weights = (values(batch.column(name)) for name in ("input_ids", "labels", "loss_weights"))
        windows = np.full(batch.num_rows, self._window)
        sizes = values(batch.column("seq_lengths")).astype(np.int64)
        starts = starts_of(sizes)
        expected = np.arange(len(ids)) - np.repeat(starts, sizes)
        wrong = values(batch.column("position_ids")) != expected
        yield from each(rows_with(wrong, windows), "position_ids do not begin again with each of seq_lengths")
        yield from label_faults(ids, labels, weights, starts, windows)
