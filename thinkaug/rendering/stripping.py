"""Texts and spans -> the expert texts, over columns. Knows nothing of rendering, so that it can prove it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.rendering.arrays import elements, numbers, room, strings
from thinkaug.rendering.seeking import advance, copy
from thinkaug.rendering.spans import SPAN_KINDS

_TEXT = SPAN_KINDS.index("text")
_UNKNOWN = -1


@dataclass(frozen=True)
class Stripped:
    """Some samples without their thoughts.

    Args:
        text: string, what `strip` gives; empty where the spans do not tile the text, since then they tell nothing.
        tiles: bool (rows,), what `tiles` gives.
    """

    text: pa.StringArray
    tiles: NDArray[np.bool_]


def strip_columns(text: pa.StringArray, spans: pa.ListArray) -> Stripped:
    """The expert text of each sample, and whether its spans tile its text.

    Args:
        text: the texts, sliced or not; none is null.
        spans: the spans of each, as in `Sample`; offsets in code points.
    """
    rows, texts = len(text), strings(text)
    ends, flat = elements(spans)
    kinds = pc.index_in(pc.struct_field(flat, "kind"), value_set=pa.array(SPAN_KINDS)).fill_null(_UNKNOWN)
    tiled = np.zeros(rows, np.bool_)
    offsets = np.empty(rows + 1, np.int32)
    buffer, data = room(int(texts.ends[-1] - texts.ends[0]))
    starts, stops = (numbers(pc.struct_field(flat, name)) for name in ("start", "end"))
    size = _strip(texts.ends, texts.data, texts.chars, ends, starts, stops, numbers(kinds), offsets, data, tiled)
    return Stripped(pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), buffer.slice(0, size)), tiled)


@compiled
def _strip(
    text_ends: Any,
    texts: Any,
    chars: Any,
    ends: Any,
    starts: Any,
    stops: Any,
    kinds: Any,
    offsets: Any,
    data: Any,
    tiled: Any,
) -> int:
    """Write offsets and bytes of the expert texts; return how many bytes they are."""
    place = 0
    offsets[0] = 0
    for row in range(len(text_ends) - 1):
        begin, end = text_ends[row], text_ends[row + 1]
        is_bytes = end - begin == chars[row]  # all is ASCII
        here, position, back = begin, 0, place
        fits = True
        for span in range(ends[row], ends[row + 1]):
            stop = stops[span]
            if starts[span] != position or stop <= position or stop > chars[row] or kinds[span] < 0:
                fits = False
                break
            upto = begin + stop if is_bytes else advance(texts, here, end, stop - position)
            if kinds[span] == _TEXT:
                copy(texts, here, upto, data, place)
                place += upto - here
            here, position = upto, stop
        tiled[row] = fits and position == chars[row]
        if not tiled[row]:
            place = back
        offsets[row + 1] = place
    return place
