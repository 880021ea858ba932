"""Draft batch -> columns of samples, without an object per row. The same texts and spans as `render` gives."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.errors import PromiseBroken, UserError
from thinkaug.records import KINDS, Sample
from thinkaug.rendering.arrays import STRING_BYTES, elements, numbers, room, strings
from thinkaug.rendering.markers import marks_of
from thinkaug.rendering.placing import key_of
from thinkaug.rendering.planning import (
    FIRST,
    LAST,
    MARK_COUNT,
    POSTERIOR,
    PRIOR,
    RANDOM,
    START,
    STOP,
    Places,
    Steps,
    Strings,
    plan,
)
from thinkaug.rendering.spans import SPAN_KINDS
from thinkaug.rendering.style import Markers, Style
from thinkaug.rendering.writing import Ranges, Spans, Texts, write
from thinkaug.schema import arrow_schema

_MODES = {"before": FIRST, "after": LAST, "interleaved": PRIOR, "random": RANDOM}
_PIECES_A_STEP = 6  # at most: text, what opens, three for the step itself, what closes


@dataclass(frozen=True)
class Rendered:
    """Some drafts as a trainer reads them; all columns and arrays have one entry a draft.

    Args:
        text: string.
        spans: list of structs, as in `Sample`.
        no_loss_ranges: list of lists of int32, as in `Sample`.
        candidates: int64, the most candidates that stand at any of its cuts; 0 where none stands.
        thoughts: int64, how many thoughts are shown: one a cut at most.
        last_weight: float64, of the last span; 0 where there is none.
    """

    text: pa.StringArray
    spans: pa.ListArray
    no_loss_ranges: pa.ListArray
    candidates: NDArray[np.int64]
    thoughts: NDArray[np.int64]
    last_weight: NDArray[np.float64]


def render_columns(drafts: pa.RecordBatch, style: Style, variant: int = 0) -> Rendered:
    """What `render` makes of each draft, as columns.

    Args:
        drafts: a batch of `Draft`, sliced or not; no value is null.
        style: how thoughts are shown.
        variant: number of the candidate that is shown at each cut; where there are fewer, they come round again.

    Raises:
        UserError: the texts are more than a column of strings can hold.
        PromiseBroken: a thought lies outside its passage, or is of a kind that does not exist.
    """
    passages, (step_ends, thoughts) = drafts.column("passage"), elements(drafts.column("thoughts"))
    texts, written = strings(pc.struct_field(passages, "text")), strings(pc.struct_field(thoughts, "text"))
    drop = strings(pc.struct_field(thoughts, "drop"))
    steps = Steps(
        step_ends,
        numbers(pc.struct_field(thoughts, "cut")),
        numbers(pc.struct_field(thoughts, "candidate")),
        drop.ends[1:] == drop.ends[:-1],
        _kinds(pc.struct_field(thoughts, "kind")),
    )
    marks = _table(style.markers)
    shown = np.array([kind in style.kinds for kind in KINDS])
    pieces = np.empty((len(drafts) + _PIECES_A_STEP * len(thoughts), 5), np.int64)
    found = np.zeros((len(drafts) + 1, 3), np.int64)
    reached = plan(texts, written, steps, _places(drafts, style), variant, shown, marks, pieces, found)
    if reached < len(drafts):
        passage = pc.struct_field(passages, "id")[reached].as_py()
        raise PromiseBroken(f"{passage}: a thought is at a cut outside the text of the passage")
    return _written(pieces, found, texts, written, marks, style)


def _written(pieces: Any, found: Any, texts: Strings, written: Strings, marks: Strings, style: Style) -> Rendered:
    rows, count = len(found) - 1, int(found[-1, 0])
    size = int((pieces[:count, STOP] - pieces[:count, START]).sum())
    if size > STRING_BYTES:
        raise UserError(
            f"pack: {rows} drafts with their thoughts are {size:,} bytes of text, but a batch holds {STRING_BYTES:,}; "
            "cut the texts into smaller passages (segment: window_chars)"
        )
    weights = np.array([style.weight(kind) for kind in SPAN_KINDS])
    buffer, data = room(size)
    made = Texts(np.empty(rows + 1, np.int32), data)
    places = [np.empty(count, np.int32) for _ in range(3)]
    spans = Spans(np.empty(rows + 1, np.int32), places[0], places[1], places[2], np.empty(count, np.float32))
    ranges = Ranges(np.empty(rows + 1, np.int32), np.empty(2 * count, np.int32))
    last_weight = np.empty(rows)
    joined = marks_of(style.markers).joined
    firsts = np.ascontiguousarray(found[:, 0])
    write(pieces, firsts, texts.data, written.data, marks.data, joined, weights, made, spans, ranges, last_weight)
    return Rendered(
        pa.StringArray.from_buffers(rows, pa.py_buffer(made.ends), buffer),
        _span_column(spans),
        _range_column(ranges),
        found[:-1, 1].copy(),
        found[:-1, 2].copy(),
        last_weight,
    )


def _places(drafts: pa.RecordBatch, style: Style) -> Places:
    passages, rows = drafts.column("passage"), len(drafts)
    ends, cuts = elements(pc.struct_field(passages, "cuts"))
    if style.placement == "strategy":
        is_before = pc.equal(drafts.column("placement"), "before").to_numpy(zero_copy_only=False)
        mode = np.where(is_before, PRIOR, POSTERIOR).astype(np.int64)
    else:
        mode = np.full(rows, _MODES[style.placement], np.int64)
    keys = np.zeros(rows, np.uint64)
    if style.placement == "random":
        keys[:] = [key_of(passage, style.seed) for passage in pc.struct_field(passages, "id").to_pylist()]
    return Places(ends, numbers(cuts), mode, keys, float(style.prior))


def _kinds(kinds: pa.StringArray) -> NDArray[np.int64]:
    """The place of each in KINDS."""
    places = pc.index_in(kinds, value_set=pa.array(KINDS))
    if places.null_count:
        unknown = kinds.filter(places.is_null())[0].as_py()
        raise PromiseBroken(f"a step is of kind '{unknown}', which does not exist")
    return numbers(places)


@cache
def _table(markers: Markers) -> Strings:
    """The marks as one table, in the order that `planning` knows."""
    marks = marks_of(markers)
    table = [*marks.opening[False], *marks.opening[True]]
    for kind in KINDS:
        table += marks.before_step[kind]
    table += [marks.after_step[kind] for kind in KINDS]
    table += marks.closing
    if len(table) != MARK_COUNT or not "".join(table).isascii():
        raise PromiseBroken("the table of marks is not what its reader knows")
    return strings(pa.array(table))


def _span_column(spans: Spans) -> pa.ListArray:
    kind = arrow_schema(Sample).field("spans").type
    count = int(spans.ends[-1])
    columns = [
        pa.array(spans.start[:count]),
        pa.array(spans.stop[:count]),
        pa.array(SPAN_KINDS).take(pa.array(spans.kind[:count])),
        pa.array(spans.weight[:count]),
    ]
    structs = pa.StructArray.from_arrays(columns, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(spans.ends), structs, type=kind)


def _range_column(ranges: Ranges) -> pa.ListArray:
    kind = arrow_schema(Sample).field("no_loss_ranges").type
    count = int(ranges.ends[-1])
    pairs = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    inner = pa.ListArray.from_arrays(pa.array(pairs), pa.array(ranges.bounds[: 2 * count]), type=kind.value_type)
    return pa.ListArray.from_arrays(pa.array(ranges.ends), inner, type=kind)
