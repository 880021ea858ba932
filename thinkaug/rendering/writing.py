"""Pieces -> bytes of the texts, spans, and ranges without loss. Compiled. Knows nothing of drafts."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.rendering.planning import CHARS, FROM_STEPS, FROM_TEXT, KIND, KIND_COUNT, SOURCE, START, STOP
from thinkaug.rendering.seeking import copy

_MARKER = KIND_COUNT + 1


class Spans(NamedTuple):
    """Spans of all texts: those of text i are `[ends[i], ends[i + 1])`; the other arrays have room for all."""

    ends: NDArray[np.int32]
    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    kind: NDArray[np.int32]
    weight: NDArray[np.float32]


class Texts(NamedTuple):
    """The texts as Arrow has them: int32 (texts + 1,) offsets into uint8 data."""

    ends: NDArray[np.int32]
    data: NDArray[np.uint8]


class Ranges(NamedTuple):
    """Ranges without loss: those of text i are `[ends[i], ends[i + 1])`, each two numbers in `bounds`."""

    ends: NDArray[np.int32]
    bounds: NDArray[np.int32]


@compiled
def write(
    pieces: Any,
    firsts: Any,
    expert: Any,
    written: Any,
    marks: Any,
    joined: bool,
    weights: Any,
    texts: Any,
    spans: Any,
    ranges: Any,
    last_weight: Any,
) -> None:
    """Put the pieces of each draft together.

    Args:
        pieces: int64 (pieces, 5), see `planning`.
        firsts: int64 (drafts + 1,), where the pieces of each begin.
        expert: uint8, what the pieces from the text are offsets into.
        written: uint8, the same for steps.
        marks: uint8, the same for markers.
        joined: whether adjoining markers are one span.
        weights: float64 (kinds of spans,).
        texts: `Texts`, written; as long as all pieces.
        spans: `Spans`, written; with room for one a piece.
        ranges: `Ranges`, written; with room for one a piece.
        last_weight: float64 (drafts,), written: that of the last span, 0 where there is none.
    """
    place, count, bounds = 0, 0, 0
    texts.ends[0], spans.ends[0], ranges.ends[0] = 0, 0, 0
    for row in range(len(firsts) - 1):
        first, position = count, 0
        for piece in range(firsts[row], firsts[row + 1]):
            source, start, stop = pieces[piece, SOURCE], pieces[piece, START], pieces[piece, STOP]
            if source == FROM_TEXT:
                copy(expert, start, stop, texts.data, place)
            elif source == FROM_STEPS:
                copy(written, start, stop, texts.data, place)
            else:
                copy(marks, start, stop, texts.data, place)
            place += stop - start
            kind = pieces[piece, KIND]
            if count == first or spans.kind[count - 1] != kind or (kind == _MARKER and not joined):
                spans.start[count], spans.kind[count], spans.weight[count] = position, kind, weights[kind]
                count += 1
            position += pieces[piece, CHARS]
            spans.stop[count - 1] = position
        last = 0.0
        if count > first:
            kind = spans.kind[count - 1]
            last = weights[kind]
            if count - first > 1 and kind == _MARKER:
                # A document must not end untrained: what closes a thought weighs at least what ends it.
                last = max(last, weights[spans.kind[count - 2]])
                spans.weight[count - 1] = last
        last_weight[row] = last
        bounds = _add_ranges(spans, first, count, weights, last, ranges, bounds)
        texts.ends[row + 1], spans.ends[row + 1], ranges.ends[row + 1] = place, count, bounds // 2


@compiled
def _add_ranges(spans: Any, first: int, stop: int, weights: Any, last_weight: float, ranges: Any, bounds: int) -> int:
    """Write the ranges without loss of some spans; return how many bounds there are then."""
    begin = bounds
    for span in range(first, stop):
        weight = last_weight if span == stop - 1 else weights[spans.kind[span]]
        if weight != 0.0:
            continue
        if bounds > begin and ranges.bounds[bounds - 1] == spans.start[span]:
            ranges.bounds[bounds - 1] = spans.stop[span]
        else:
            ranges.bounds[bounds], ranges.bounds[bounds + 1] = spans.start[span], spans.stop[span]
            bounds += 2
    return bounds
