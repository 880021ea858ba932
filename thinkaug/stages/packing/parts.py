"""The parts that a set may be made of, and what each row of them weighs. Knows the files; draws nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.metas import read_meta, with_entries
from thinkaug.records import content_id
from thinkaug.shards.gathering import stored, with_columns
from thinkaug.stages.packing.drawing import Part
from thinkaug.stages.packing.mix import REPLAY

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Turn = Callable[[pa.RecordBatch], pa.RecordBatch]


def as_it_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The samples as they lie in their files."""
    return batch


def without_thoughts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same passages as raw text, for replay."""
    from thinkaug.rendering.stripping import strip_columns  # its kernels take long to import

    text = strip_columns(batch.column("text"), batch.column("spans")).text
    length = pc.cast(pc.utf8_length(text), pa.int32())
    count = len(text)
    weight = _weights_of_text(batch)
    spans = pa.StructArray.from_arrays(
        [pa.array(np.zeros(count, np.int32)), length, pa.array(["text"] * count), weight],
        fields=list(batch.schema.field("spans").type.value_type),
    )
    one_each = pa.array(np.arange(count + 1, dtype=np.int32))
    none = pa.array(np.zeros(count + 1, np.int32))
    ranges = batch.schema.field("no_loss_ranges").type
    return with_columns(
        batch,
        id=pa.array([content_id(name, REPLAY) for name in batch.column("id").to_pylist()], pa.string()),
        text=text,
        spans=pa.ListArray.from_arrays(one_each, spans),
        no_loss_ranges=pa.ListArray.from_arrays(none, pa.array([], ranges.value_type)),
        meta=pa.array([with_entries(meta, part=REPLAY) for meta in batch.column("meta").to_pylist()], pa.string()),
    )


def _weights_of_text(batch: pa.RecordBatch) -> pa.FloatArray:
    """The loss weight that expert text has in each sample; all spans of text in a sample have the same."""
    spans = batch.column("spans")
    flat = spans.flatten()
    is_text = pc.equal(flat.field("kind"), "text")
    owners = pc.list_parent_indices(spans).filter(is_text).to_numpy()
    weights = flat.field("weight").filter(is_text).to_numpy()
    first = np.unique(owners, return_index=True)[1]
    return pa.array(weights[first], pa.float32())


@dataclass(frozen=True)
class Available:
    """Samples that may be drawn: Arrow streams, what makes them those of the part, and which rows; empty for all."""

    files: Sequence[Path]
    turn: Turn = as_it_is
    rows: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))

    def numbers(self, drawn: Numbers) -> Numbers:
        """The rows in the files of those that were drawn."""
        return self.rows[drawn] if len(self.rows) else drawn

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The samples that may be drawn, in the order of the files."""
        start = 0
        for batch in stored(self.files):
            begin, end = np.searchsorted(self.rows, [start, start + batch.num_rows])
            here = self.rows[begin:end] - start
            start += batch.num_rows
            some = batch.take(pa.array(here)) if len(self.rows) else batch
            if some.num_rows:
                yield self.turn(some)


@dataclass(frozen=True)
class Weighed:
    """The samples of a part, a row each.

    `sizes` are in characters, and in the unit of the mix; `domains` and `expert` as in `drawing.Part`.
    """

    unit: str
    sizes: Mapping[str, Numbers]
    domains: pa.ChunkedArray
    expert: Numbers

    def drawable(self) -> Part:
        """What the drawing asks for."""
        return Part(self.sizes[self.unit], self.domains, self.expert)


def weigh(
    available: Available, unit: str, count: Callable[[pa.RecordBatch], Numbers] | None, *, expert: bool
) -> Weighed:
    """The sizes of all samples of a part.

    Args:
        available: the part.
        unit: of the mix.
        count: how many tokens each sample of a batch will have; None where tokens are not counted.
        expert: whether the expert text is weighed by itself, too.
    """
    found: dict[str, list[Numbers]] = {"chars": [], unit: []}
    if count is not None:
        found["tokens"] = []
    alone: list[Numbers] = []
    domains: list[pa.Array] = []
    seen: set[bytes] = set()
    for batch in available.batches():
        measured = _measured(batch, found, count)
        for name, amounts in measured.items():
            found[name].append(amounts)
        domains.append(batch.column("domain"))
        if expert:
            raw = without_thoughts(batch)
            alone.append(_measured(raw, [unit], count)[unit] * _first_met(batch, seen))
    sizes = {name: np.concatenate([*amounts, np.zeros(0, np.int64)]) for name, amounts in found.items()}
    return Weighed(unit, sizes, pa.chunked_array(domains, pa.string()), np.concatenate([*alone, np.zeros(0, np.int64)]))


def first_of_each_passage(files: Sequence[Path]) -> Numbers:
    """The rows, counted over all files, at which a passage is met for the first time: its text is replayed once."""
    seen: set[bytes] = set()
    first = [_first_met(batch, seen) for batch in stored(files)]
    return np.flatnonzero(np.concatenate([*first, np.zeros(0, bool)]))


def _measured(
    batch: pa.RecordBatch, measures: Iterable[str], count: Callable[[pa.RecordBatch], Numbers] | None
) -> dict[str, Numbers]:
    """The sizes of the samples of a batch."""
    ways: dict[str, Callable[[pa.RecordBatch], Numbers]] = {
        "chars": lambda samples: pc.utf8_length(samples.column("text")).to_numpy().astype(np.int64),
        "documents": lambda samples: np.ones(samples.num_rows, np.int64),
    }
    if count is not None:
        ways["tokens"] = count
    return {measure: ways[measure](batch) for measure in measures}


def _first_met(batch: pa.RecordBatch, seen: set[bytes]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which samples are of a passage that was not met before; those that are met now are added to `seen`."""
    found = []
    for meta in batch.column("meta").to_pylist():
        passage = bytes.fromhex(content_id(read_meta(meta)["passage"]))
        found.append(passage not in seen)
        seen.add(passage)
    return np.array(found, bool)
