"""The layout `packed`: rows of as many tokens each, filled with whole documents as fully as can be.

Position ids begin anew with each document, which is what keeps documents of a row apart where there is no attention
mask. Memory holds about 40 bytes a document beside one batch; tokens wait in two flat files of the scratch folder.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.errors import PromiseBroken, UserError
from thinkaug.rendering import SPAN_KINDS
from thinkaug.schema import BATCH_ROWS
from thinkaug.shards.layout import Laid, Layout, Samples
from thinkaug.shards.student import Student

_SCHEMA = pa.schema(
    [
        ("input_ids", pa.list_(pa.int32())),
        ("labels", pa.list_(pa.int64())),
        ("position_ids", pa.list_(pa.int32())),
        ("seq_lengths", pa.list_(pa.int32())),
        ("loss_weights", pa.list_(pa.float32())),
    ]
)
_TOKEN_BYTES = 4 + 8 + 4 + 4  # in a row
_BATCH_TOKENS = 1 << 20
_SPLIT_RULE = (
    "a document longer than the window is cut into pieces as full as can be, each cut back to where expert text begins "
    "or ends, or to the end of a line, where one lies in the last eighth of the window; nothing is dropped; the pieces "
    "get no further BOS or EOS, and the first token of each is not trained on"
)
Numbers = NDArray[np.int64]


def packed_layout(student: Student, window_tokens: int, seed: int) -> Layout:
    """The layout for a tokenizer, rows of `window_tokens`, shuffled by a seed.

    Raises:
        UserError: the window is too small.
    """
    student.check_window(window_tokens)
    return PackedLayout(student, window_tokens, seed)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits to be put into windows.

    Args:
        ids: file of the pieces' tokens, int32.
        weights: file of their weights in the loss, float32.
        lengths: of the pieces, int64 (pieces,).
        chars: of their texts, int64 (pieces,); those of a cut document are shared out by tokens.
        documents: how many documents these were.
        split: how many of them were cut.
        id_sum: the sum of the ids of all tokens.
    """

    ids: Path
    weights: Path
    lengths: Numbers
    chars: Numbers
    documents: int
    split: int
    id_sum: int


class PackedLayout:
    """Rows of a constant length, of whole documents; padding comes last, as a segment of its own."""

    name = "packed"
    schema = _SCHEMA

    def __init__(self, student: Student, window_tokens: int, seed: int) -> None:
        self.batch_rows = max(1, min(BATCH_ROWS, _BATCH_TOKENS // window_tokens))
        self.kinds: dict[str, dict[str, float]] = {}
        self._student, self._window, self._seed = student, window_tokens, seed
        self._about: dict[str, Any] = {}
        self._row_chars: Numbers = np.zeros(0, np.int64)
        self._row_tokens: Numbers = np.zeros(0, np.int64)
        self._measured_rows = 0

    def lay(self, samples: Samples, rows: int, bytes: int, scratch: Path) -> Laid:
        """Cut the samples up into tokens, put these aside and choose the windows.

        Raises:
            UserError: a marker is as long as a window.
        """
        from thinkaug.shards.fitting import fit

        waiting = self._put_aside(samples, scratch)
        grouped, windows = fit(waiting.lengths, self._window, self._seed)
        count, tokens = len(windows) - 1, int(waiting.lengths.sum())
        padding = count * self._window - tokens
        self._row_chars = np.add.reduceat(waiting.chars[grouped], windows[:-1])
        self._row_tokens = np.add.reduceat(waiting.lengths[grouped], windows[:-1])
        self._about = {
            "window_tokens": self._window,
            **self._student.about(),
            "documents": waiting.documents,
            "documents_split": waiting.split,
            "pieces": len(grouped),
            "tokens_in": tokens,
            "padding_tokens": padding,
            "waste": padding / (count * self._window),
            "seed": self._seed,
            "split_rule": _SPLIT_RULE,
        }
        size = count * self._window * _TOKEN_BYTES + 4 * (len(grouped) + 6 * count)
        return Laid(count, size, lambda: self._batches(waiting, grouped, windows))

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """Characters of the documents in these rows, and tokens without padding."""
        first, last = self._measured_rows, self._measured_rows + batch.num_rows
        self._measured_rows = last
        return {"chars": int(self._row_chars[first:last].sum()), "tokens": int(self._row_tokens[first:last].sum())}

    def about(self) -> Mapping[str, Any]:
        """Window, ids that stand for something, what went in and what came out, and how documents were cut."""
        return self._about

    def _put_aside(self, samples: Samples, scratch: Path) -> _Waiting:
        """Write the tokens and weights of all documents to flat files, in pieces that fit a window."""
        from thinkaug.shards.documents import Sums, documents
        from thinkaug.shards.framing import cut

        sums = Sums()
        lengths, chars = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        count = split = id_sum = 0
        is_text = np.zeros(0, np.bool_)
        ids_file, weights_file = scratch / "pieces.int32", scratch / "pieces.float32"
        with ids_file.open("wb") as ids, weights_file.open("wb") as weights:
            for _, made in documents(self._student, samples()):
                self._check_markers(made.span_kinds, made.span_tokens)
                is_text = made.span_kinds == SPAN_KINDS.index("text")
                pieces = np.empty(len(made.chars), np.int64)
                cut_up = cut(
                    *(made.ids, made.rows, made.span_rows, made.span_tokens, is_text),
                    *(self._student.spelling.ends_line, self._window, pieces),
                )
                ends = np.cumsum(cut_up)
                made.weights[ends - cut_up] = 0
                sums.add(made)
                lengths.append(cut_up)
                chars.append(_shared_out(made.chars, made.rows, pieces, ends))
                count += len(pieces)
                split += int((pieces > 1).sum())
                id_sum += int(made.ids.sum(dtype=np.int64))
                ids.write(made.ids.data)
                weights.write(made.weights.data)
        self.kinds = dict(sums.kinds())
        return _Waiting(ids_file, weights_file, np.concatenate(lengths), np.concatenate(chars), count, split, id_sum)

    def _check_markers(self, kinds: Numbers, tokens: Numbers) -> None:
        longest = int(np.max(tokens[kinds == SPAN_KINDS.index("marker")], initial=0))
        if longest + self._student.frame_tokens >= self._window:
            raise UserError(
                f"pack: window_tokens: {self._window} is too small: a marker alone has {longest} tokens; "
                "take a larger window, or pack.style.markers: tokens"
            )

    def _batches(self, waiting: _Waiting, grouped: Numbers, windows: Numbers) -> Iterator[pa.RecordBatch]:
        from thinkaug.shards.windows import fill

        self._measured_rows = 0
        ids = np.asarray(np.memmap(waiting.ids, np.int32, "r"))
        weights = np.asarray(np.memmap(waiting.weights, np.float32, "r"))
        starts = np.cumsum(waiting.lengths) - waiting.lengths
        pad, tokens, id_sum, untrained = self._student.pad_id, 0, 0, 0
        for first in range(0, len(windows) - 1, self.batch_rows):
            some = windows[first : first + self.batch_rows + 1]
            made = fill(ids, weights, starts, waiting.lengths, grouped, some, self._window, pad)
            padding = len(made.ids) - int(self._row_tokens[first : first + self.batch_rows].sum())
            tokens += len(made.ids) - padding
            id_sum += int(made.ids.sum(dtype=np.int64)) - padding * pad
            rows = len(some) - 1
            untrained += int((~made.weights.reshape(rows, self._window).any(axis=1)).sum())
            whole = pa.array(np.arange(rows + 1, dtype=np.int32) * np.int32(self._window))
            values = (made.ids, made.labels, made.positions, made.segments, made.weights)
            offsets = (whole, whole, whole, pa.array(made.rows.astype(np.int32)), whole)
            columns = [pa.ListArray.from_arrays(*each) for each in zip(offsets, map(pa.array, values), strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)
        if (tokens, id_sum) != (self._about["tokens_in"], waiting.id_sum):
            raise PromiseBroken(f"packing lost tokens: {self._about['tokens_in']} went in, {tokens} came out")
        self._about |= {"tokens_out": tokens, "rows_untrained": untrained}


def _shared_out(chars: Numbers, rows: Numbers, pieces: Numbers, ends: Numbers) -> Numbers:
    """The characters of each piece: those of a document that was cut are shared out by tokens."""
    owner = np.repeat(np.arange(len(pieces)), pieces)
    reached = chars[owner] * (ends - rows[owner]) // np.diff(rows)[owner]
    shares = np.diff(reached, prepend=0)
    is_first = np.diff(owner, prepend=-1) > 0
    return np.where(is_first, reached, shares)
