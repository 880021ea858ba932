"""windows: pieces of documents, and which go into which window -> the columns of packed rows. Compiled.

Knows nothing of how windows were chosen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.shards.framing import UNTRAINED

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Some packed rows, each of `window` tokens.

    Args:
        ids: int32 (rows * window,).
        labels: int64 (rows * window,).
        positions: int32 (rows * window,), from 0 on in each segment.
        weights: float32 (rows * window,).
        segments: their lengths, int32; those of a row add up to `window`.
        rows: segments of row i are `segments[rows[i] : rows[i + 1]]`, int64 (rows + 1,).
    """

    ids: NDArray[np.int32]
    labels: Numbers
    positions: NDArray[np.int32]
    weights: NDArray[np.float32]
    segments: NDArray[np.int32]
    rows: Numbers


def fill(
    ids: NDArray[np.int32],
    weights: NDArray[np.float32],
    starts: Numbers,
    lengths: Numbers,
    grouped: Numbers,
    windows: Numbers,
    window: int,
    pad: int,
) -> Windows:
    """Fill windows with pieces, and what is left of each with padding, which is a segment of its own.

    Args:
        ids: tokens of all pieces of the set, int32.
        weights: theirs in the loss, float32.
        starts: where in these each piece begins.
        lengths: of the pieces.
        grouped: which pieces go into the windows, window by window.
        windows: window i has the pieces `grouped[windows[i] : windows[i + 1]]`, int64 (rows + 1,).
        window: tokens of a window.
        pad: id of padding.
    """
    rows = len(windows) - 1
    made = Windows(
        ids=np.full(rows * window, pad, np.int32),
        labels=np.full(rows * window, UNTRAINED, np.int64),
        positions=np.empty(rows * window, np.int32),
        weights=np.zeros(rows * window, np.float32),
        segments=np.empty(int(windows[-1] - windows[0]) + rows, np.int32),
        rows=np.zeros(rows + 1, np.int64),
    )
    count = _fill(
        *(ids, weights, starts, lengths, grouped, windows, window),
        *(made.ids, made.labels, made.positions, made.weights, made.segments, made.rows),
    )
    return Windows(made.ids, made.labels, made.positions, made.weights, made.segments[:count], made.rows)


@compiled
def _fill(
    ids: NDArray[np.int32],
    weights: NDArray[np.float32],
    starts: Numbers,
    lengths: Numbers,
    grouped: Numbers,
    windows: Numbers,
    window: int,
    out_ids: NDArray[np.int32],
    labels: Numbers,
    positions: NDArray[np.int32],
    out_weights: NDArray[np.float32],
    segments: NDArray[np.int32],
    rows: Numbers,
) -> int:
    count = 0
    for row in range(len(windows) - 1):
        at, stop = row * window, (row + 1) * window
        for place in range(windows[row], windows[row + 1]):
            piece = grouped[place]
            size = lengths[piece]
            source = starts[piece]
            for step in range(size):
                number, weight = ids[source + step], weights[source + step]
                out_ids[at + step] = number
                out_weights[at + step] = weight
                positions[at + step] = step
                if weight != 0:
                    labels[at + step] = number
            segments[count] = size
            count += 1
            at += size
        if at < stop:
            for step in range(stop - at):
                positions[at + step] = step
            segments[count] = stop - at
            count += 1
        rows[row + 1] = count
    return count
