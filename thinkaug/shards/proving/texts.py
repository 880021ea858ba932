"""The rows of the layout `text`: spans that tile, the expert text as it was ingested, ranges that follow from weights.

Knows neither how thoughts are rendered nor how they came about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.metas import read_meta
from thinkaug.records import Sample
from thinkaug.schema import arrow_schema
from thinkaug.shards.proving.columns import Fault, Numbers, bad_weights, each, lengths, rows_with, starts_of
from thinkaug.shards.proving.tokens import repeated_ids

MADE = "made"
"""The part of the samples that name none: those that the build made."""


@dataclass
class Tally:
    """What was found of one part of a set. `distinct` leaves out what came as a further copy."""

    rows: int = 0
    distinct: int = 0
    chars: int = 0


@dataclass
class _Metas:
    """What the metas of a batch say, row by row: the SHA-256 of the expert text, empty where a meta is no object."""

    sums: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    copies: list[bool] = field(default_factory=list)


class TextRows:
    """Proves samples, and counts what there is of each part and of each kind of span."""

    schema = arrow_schema(Sample)

    def __init__(self) -> None:
        self.parts: dict[str, Tally] = {}
        self.kinds: dict[str, dict[str, int]] = {}
        self._ids: set[str] = set()

    def faults(self, batch: pa.RecordBatch) -> Iterator[Fault]:
        """What is wrong with rows of the batch; what they hold is counted."""
        from thinkaug.rendering.stripping import strip_columns  # its kernels take long to import

        yield from repeated_ids(batch.column("id"), self._ids)
        metas = _metas(batch.column("meta"))
        chars = pc.utf8_length(batch.column("text")).to_numpy().astype(np.int64)
        self._count(metas, chars, batch.column("spans").flatten())
        stripped = strip_columns(batch.column("text"), batch.column("spans"))
        yield from each(np.flatnonzero(~stripped.tiles), "the spans do not tile the text")
        yield from _changed(stripped.text, stripped.tiles, metas.sums)
        yield from _untrained(batch, chars, stripped.tiles)

    def measure(self, batch: pa.RecordBatch) -> dict[str, int]:
        """What the manifest counts of each shard and can be found again in the rows."""
        return {"chars": int(pc.sum(pc.utf8_length(batch.column("text"))).as_py() or 0)}

    def _count(self, metas: _Metas, chars: Numbers, spans: pa.Array) -> None:
        for part, is_copy, size in zip(metas.parts, metas.copies, chars.tolist(), strict=True):
            tally = self.parts.setdefault(part, Tally())
            tally.rows += 1
            tally.distinct += not is_copy
            tally.chars += size
        sizes = pc.cast(pc.subtract(spans.field("end"), spans.field("start")), pa.int64())
        table = pa.table({"kind": spans.field("kind"), "chars": sizes})
        for row in table.group_by("kind").aggregate([("chars", "count"), ("chars", "sum")]).to_pylist():
            counts = self.kinds.setdefault(row["kind"], {"spans": 0, "chars": 0})
            counts["spans"] += row["chars_count"]
            counts["chars"] += row["chars_sum"]


def _metas(column: pa.Array) -> _Metas:
    found = _Metas()
    for text in column.to_pylist():
        meta = read_meta(text)
        found.sums.append(str(meta.get("text_sha256", "")))
        found.parts.append(str(meta.get("part", MADE)))
        found.copies.append("copy" in meta)
    return found


def _changed(texts: pa.StringArray, tiles: Any, sums: list[str]) -> Iterator[Fault]:
    """Rows whose expert text is not what was hashed when it was ingested."""
    from thinkaug.rendering.arrays import bytes_of

    for row, (text, stated, tiled) in enumerate(zip(bytes_of(texts), sums, tiles.tolist(), strict=True)):
        if not stated:
            yield row, "its meta has no text_sha256"
        elif tiled and sha256(text).hexdigest() != stated:
            yield row, "without its thoughts it is not the ingested text"


def _untrained(batch: pa.RecordBatch, chars: Numbers, tiles: Any) -> Iterator[Fault]:
    """Weights that are none, and ranges without loss that are not where the weights are 0, or reach a text's end."""
    counts, spans = lengths(batch.column("spans")), batch.column("spans").flatten()
    starts, ends, weights = (spans.field(name).to_numpy() for name in ("start", "end", "weight"))
    yield from each(rows_with(bad_weights(weights), counts), "a weight is negative or no number")
    ranges = batch.column("no_loss_ranges")
    sizes, pairs = lengths(ranges), ranges.flatten()
    uneven = rows_with(lengths(pairs) != 2, sizes)
    yield from each(uneven, "a range without loss is no pair")
    if len(uneven):
        return
    bounds = pairs.flatten().to_numpy().reshape(-1, 2)
    firsts = np.zeros(len(weights), bool)
    firsts[starts_of(counts)[counts > 0]] = True
    silent = weights == 0
    opens = silent & (firsts | ~np.roll(silent, 1))
    closes = silent & np.roll(firsts | ~silent, -1)
    if len(silent):
        closes[-1] = silent[-1]
    owners = np.repeat(np.arange(len(counts)), counts)
    expected = np.bincount(owners[opens], minlength=len(counts))
    # Where a row has another number of ranges the flat lists are out of step: the others are compared without it.
    even = expected == sizes
    found = bounds[np.repeat(even, sizes)]
    wanted = np.stack([starts[opens], ends[closes]], axis=1)[np.repeat(even, expected)]
    differing = rows_with((found != wanted).any(axis=1), np.where(even, sizes, 0))
    wrong = np.union1d(np.flatnonzero(~even), differing)
    yield from each(wrong[tiles[wrong]], "its no_loss_ranges are not its spans of weight 0")
    reaching = rows_with(bounds[:, 1] >= np.repeat(chars, sizes), sizes)
    yield from each(reaching, "a range without loss reaches the end of the text")
    last = (np.cumsum(counts) - 1)[counts > 0]
    yield from each(np.flatnonzero(counts > 0)[silent[last]], "its last span has no weight")
