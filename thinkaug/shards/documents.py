"""documents: samples -> tokens with BOS, EOS and loss weights, and sums by kind of span. Knows nothing of windows.

A document is what the tokenizer puts before a text, the text, and EOS.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.errors import PromiseBroken
from thinkaug.rendering import SPAN_KINDS
from thinkaug.shards.encoding import Encoded, encode_all
from thinkaug.shards.framing import frame, weigh
from thinkaug.shards.student import Student

Numbers = NDArray[np.int64]
_KINDS = pa.array(SPAN_KINDS)


@dataclass(frozen=True, slots=True)
class Documents:
    """Some samples as documents.

    Args:
        ids: tokens of all of them, int32.
        weights: in the loss, float32, one a token; 0 for the first token of each.
        rows: those of document i are `ids[rows[i] : rows[i + 1]]`, int64 (documents + 1,).
        span_rows: spans of document i are `span_rows[i]` to `span_rows[i + 1]`, int64 (documents + 1,).
        span_tokens: how many tokens each span has, int64 (spans,); what stands before a text counts to its first span,
            EOS to its last.
        span_kinds: places in `SPAN_KINDS`, int64 (spans,).
        span_chars: int64 (spans,).
        chars: of each document's text, int64 (documents,).
    """

    ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    rows: Numbers
    span_rows: Numbers
    span_tokens: Numbers
    span_kinds: Numbers
    span_chars: Numbers
    chars: Numbers


def documents(student: Student, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, Documents]]:
    """All samples, some at a time, with their documents.

    Raises:
        PromiseBroken: a sample ends with a span of weight 0.
    """
    for samples, encoded in encode_all(student, batches):
        yield samples, framed(student, samples, encoded)


def framed(student: Student, samples: pa.RecordBatch, encoded: Encoded) -> Documents:
    """The documents of some samples, of which these are the tokens."""
    spans = samples.column("spans").flatten()
    span_weights = spans.field("weight").to_numpy().astype(np.float32)
    last = encoded.span_rows[1:][np.diff(encoded.span_rows) > 0] - 1
    if not (span_weights[last] > 0).all():
        raise PromiseBroken("a sample ends with a span of weight 0: its end would not be learnt")
    span_tokens = encoded.span_tokens.copy()
    bos = np.array(student.bos, np.int32)
    ids, weights, rows = frame(
        encoded.ids, encoded.rows, encoded.span_rows, span_tokens, span_weights, bos, student.eos_id
    )
    return Documents(
        ids=ids,
        weights=weights,
        rows=rows,
        span_rows=encoded.span_rows,
        span_tokens=span_tokens,
        span_kinds=pc.index_in(spans.field("kind"), _KINDS).to_numpy().astype(np.int64),
        span_chars=pc.subtract(spans.field("end"), spans.field("start")).to_numpy().astype(np.int64),
        chars=pc.utf8_length(samples.column("text")).to_numpy().astype(np.int64),
    )


@dataclass(slots=True)
class Sums:
    """What there is of each kind of span. `weight` is tokens times their weight in the loss."""

    _spans: Numbers = field(default_factory=lambda: np.zeros(len(SPAN_KINDS), np.int64))
    _chars: Numbers = field(default_factory=lambda: np.zeros(len(SPAN_KINDS), np.int64))
    _tokens: Numbers = field(default_factory=lambda: np.zeros(len(SPAN_KINDS), np.int64))
    _weight: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(SPAN_KINDS)))

    def add(self, made: Documents) -> None:
        """Add some documents, with the weights that they have now."""
        kinds = made.span_kinds
        self._spans += np.bincount(kinds, minlength=len(SPAN_KINDS))
        np.add.at(self._chars, kinds, made.span_chars)
        np.add.at(self._tokens, kinds, made.span_tokens)
        weigh(made.weights, made.rows, made.span_rows, made.span_tokens, kinds, self._weight)

    def kinds(self) -> Mapping[str, dict[str, float]]:
        """Kind -> `spans`, `chars`, `tokens`, `weight`, of those that there are."""
        columns = {"spans": self._spans, "chars": self._chars, "tokens": self._tokens, "weight": self._weight}
        return {
            kind: {name: column[place].item() for name, column in columns.items()}
            for place, kind in enumerate(SPAN_KINDS)
            if self._spans[place]
        }
