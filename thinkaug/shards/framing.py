"""framing: tokens of texts -> those of documents, where long ones are cut, and what each kind of span weighs. Compiled.

Knows nothing of files and columns.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled

Ids = NDArray[np.int32]
Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]

UNTRAINED = -100
"""The label that trainers leave out of the loss."""
EIGHTH = 8
"""A piece gives up at most this part of its window to end where the text has an edge."""


@compiled
def frame(
    ids: Ids, rows: Numbers, span_rows: Numbers, span_tokens: Numbers, span_weights: Weights, bos: Ids, eos: int
) -> tuple[Ids, Weights, Numbers]:
    """Put `bos` before each text and `eos` after it; give each token the weight of its span.

    What stands before the text counts to its first span, `eos` to the last one, and `span_tokens` are raised by that.
    `eos` weighs as much as the last span, `bos` and the first token of a document nothing: nothing comes before it.

    Returns:
        Ids, weights, and where each document begins among them, int64 (documents + 1,).
    """
    count = len(rows) - 1
    around = len(bos) + 1
    framed = np.empty(len(ids) + count * around, np.int32)
    weights = np.zeros(len(framed), np.float32)
    starts = np.zeros(count + 1, np.int64)
    at = 0
    for row in range(count):
        starts[row] = at
        for number in bos:
            framed[at] = number
            at += 1
        size = rows[row + 1] - rows[row]
        framed[at : at + size] = ids[rows[row] : rows[row + 1]]
        last = np.float32(1)
        for span in range(span_rows[row], span_rows[row + 1]):
            last = span_weights[span]
            weights[at : at + span_tokens[span]] = last
            at += span_tokens[span]
        framed[at] = eos
        weights[at] = last
        at += 1
        weights[starts[row]] = 0
        if span_rows[row] < span_rows[row + 1]:
            span_tokens[span_rows[row]] += len(bos)
            span_tokens[span_rows[row + 1] - 1] += 1
    starts[count] = at
    return framed, weights, starts


@compiled
def cut(
    ids: Ids,
    rows: Numbers,
    span_rows: Numbers,
    span_tokens: Numbers,
    is_text: NDArray[np.bool_],
    ends_line: NDArray[np.bool_],
    window: int,
    pieces: Numbers,
) -> Numbers:
    """The lengths of the pieces that documents are cut into so that each fits a window; `pieces` a document is written.

    A document that fits is one piece. Of a longer one each piece but the last is as full as can be, except that it ends
    where the text has an edge, if there is one in the last eighth of the window: where expert text begins or ends, or
    after a line. The last piece has two tokens at least, since nothing is learnt from the first of a piece.
    """
    most = 0
    for row in range(len(rows) - 1):
        size = rows[row + 1] - rows[row]
        # An eighth may be given up, and a token more for the last piece.
        most += 1 if size <= window else 2 + size // max(window - window // EIGHTH - 2, 1)
    lengths = np.empty(most, np.int64)
    count = 0
    for row in range(len(rows) - 1):
        first, size = rows[row], rows[row + 1] - rows[row]
        before = count
        if size > window:
            edges = _edges(
                ids[first : first + size], span_tokens, span_rows[row], span_rows[row + 1], is_text, ends_line
            )
            at = 0
            while size - at > window:
                latest = min(at + window, size - 2)
                end = latest
                while end > latest - window // EIGHTH and not edges[end]:
                    end -= 1
                if not edges[end]:
                    end = latest
                lengths[count] = end - at
                count += 1
                at = end
            size -= at
        lengths[count] = size
        count += 1
        pieces[row] = count - before
    return lengths[:count].copy()


@compiled
def _edges(
    ids: Ids,
    span_tokens: Numbers,
    first_span: int,
    spans_end: int,
    is_text: NDArray[np.bool_],
    ends_line: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Before which tokens of a document there is an edge, bool (tokens + 1,).

    After a marker or a thought there is one only where expert text goes on: a thought stays with what opens it.
    """
    edges = np.zeros(len(ids) + 1, np.bool_)
    at, was_text = 0, True
    for span in range(first_span, spans_end):
        end = at + span_tokens[span]
        if end == at:
            continue
        edges[at] = was_text or is_text[span]
        for place in range(at + 1, end):
            edges[place] = ends_line[ids[place - 1]]
        at, was_text = end, is_text[span]
    return edges


@compiled
def weigh(
    weights: Weights,
    rows: Numbers,
    span_rows: Numbers,
    span_tokens: Numbers,
    kinds: NDArray[np.int64],
    totals: NDArray[np.float64],
) -> None:
    """Add the weights of the tokens to the totals of their spans' kinds."""
    for row in range(len(rows) - 1):
        at = rows[row]
        for span in range(span_rows[row], span_rows[row + 1]):
            whole = 0.0
            for place in range(at, at + span_tokens[span]):
                whole += weights[place]
            totals[kinds[span]] += whole
            at += span_tokens[span]


@compiled
def label(ids: Ids, weights: Weights) -> Numbers:
    """The labels: what is to be learnt, which is each token where it has a weight."""
    labels = np.empty(len(ids), np.int64)
    for place in range(len(ids)):
        labels[place] = ids[place] if weights[place] != 0 else UNTRAINED
    return labels
