"""encoding: samples -> their tokens, and how many of them each span has. Knows nothing of BOS, EOS and windows.

A token belongs to the span in which its last character lies; datatrove has the same rule for `no_loss_ranges`. A space
that a tokenizer puts before a word belongs where the word begins.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.errors import PromiseBroken
from thinkaug.lexing.words import buffers
from thinkaug.shards.spelling import places
from thinkaug.shards.student import Student

if TYPE_CHECKING:
    from tokenizers import Encoding

_BATCH_BYTES = 2_000_000  # of text cut up at once: a tokenizer needs a hundred bytes and more a token
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of some samples.

    Args:
        ids: of all of them, int32.
        rows: those of sample i are `ids[rows[i] : rows[i + 1]]`, int64 (samples + 1,).
        span_rows: spans of sample i are `span_rows[i]` to `span_rows[i + 1]`, int64 (samples + 1,).
        span_tokens: how many tokens each span has, int64 (spans,).
    """

    ids: NDArray[np.int32]
    rows: Numbers
    span_rows: Numbers
    span_tokens: Numbers


def encode(student: Student, samples: pa.RecordBatch) -> Encoded:
    """The tokens of a batch of samples."""
    return _placed(student, samples, _cut_up(student, samples))


def encode_all(student: Student, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, Encoded]]:
    """All samples, some at a time, with their tokens. While the caller works, a thread cuts up the next ones."""
    with ThreadPoolExecutor(1) as pool:
        ahead: tuple[pa.RecordBatch, Future[_Cut]] | None = None
        for batch in some_at_a_time(batches):
            following = batch, pool.submit(_cut_up, student, batch)
            if ahead is not None:
                yield ahead[0], _placed(student, ahead[0], ahead[1].result())
            ahead = following
        if ahead is not None:
            yield ahead[0], _placed(student, ahead[0], ahead[1].result())


def lengths(student: Student, samples: pa.RecordBatch) -> Numbers:
    """How many tokens each sample has, int64 (samples,)."""
    found = [_cut_up(student, batch).lengths() for batch in some_at_a_time(iter([samples]))]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def some_at_a_time(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, so many at once as are cut up at once; a longer text comes alone."""
    for batch in batches:
        ends = buffers(batch.column("text"))[0].astype(np.int64)
        if not batch.num_rows:
            continue
        run = (ends[1:] - ends[0] - 1) // _BATCH_BYTES
        edges = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), batch.num_rows]
        for first, last in pairwise(edges):
            yield batch.slice(first, last - first)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Samples cut up.

    Args:
        parts: of all samples in order, each a stretch of text that was cut up, or the id of a special token of ours.
        starts: where each begins, in code points of its sample's text.
        rows: parts of sample i are `rows[i]` to `rows[i + 1]`.
    """

    parts: "Sequence[Encoding | int]"
    starts: Sequence[int]
    rows: Sequence[int]

    def lengths(self) -> Numbers:
        """How many tokens each sample has."""
        sizes = [1 if isinstance(part, int) else len(part) for part in self.parts]
        ends = np.cumsum([0, *sizes])
        return np.diff(ends[np.asarray(self.rows)])

    def joined(self) -> tuple[NDArray[np.int32], Numbers]:
        """The ids of all samples, and where in them each begins."""
        rows = np.zeros(len(self.rows), np.int64)
        np.cumsum(self.lengths(), out=rows[1:])
        ids = np.empty(int(rows[-1]), np.int32)
        at = 0
        for part in self.parts:
            if isinstance(part, int):
                ids[at] = part
                at += 1
            else:
                end = at + len(part)
                ids[at:end] = part.ids
                at = end
        return ids, rows

    def span_tokens(self, row: int, ends: Sequence[int]) -> list[int]:
        """How many tokens each span of a sample has, by its tokens' offsets; `ends` of the spans in code points."""
        if not ends:
            return []
        reached: list[int] = []
        first = 0  # of the part's tokens among those of the sample
        waiting = iter(ends)
        end = next(waiting, None)
        for place in range(self.rows[row], self.rows[row + 1]):
            part, start = self.parts[place], self.starts[place]
            stop = self.starts[place + 1] if place + 1 < self.rows[row + 1] else ends[-1]
            size = 1 if isinstance(part, int) else len(part)
            while end is not None and end <= stop:
                inside = size if end == stop or isinstance(part, int) else _before(part, end - start)
                reached.append(first + inside)
                end = next(waiting, None)
            first += size
        return [after - before for before, after in pairwise([0, *reached])]


def _before(encoding: "Encoding", char: int) -> int:
    """How many tokens have their last character before an offset; by halves, as all offsets at once take long."""
    return bisect_right(range(len(encoding)), char, key=lambda token: (encoding.token_to_chars(token) or (0, 0))[1])


def _cut_up(student: Student, samples: pa.RecordBatch, exact: bool = False) -> _Cut:
    """Cut up some samples; with offsets where that is asked for, or where the spelling is sure not to tell them."""
    texts = samples.column("text").to_pylist()
    exact |= not student.spelling.is_usual
    if not student.special:
        whole = _tokens(student.first, texts, exact)
        return _Cut(whole, [0] * len(texts), range(len(texts) + 1))
    parts: list[Any] = []
    starts: list[int] = []
    rows = [0]
    for text, spans in zip(texts, samples.column("spans").to_pylist(), strict=True):
        position = 0
        for span in spans:
            start, end = span["start"], span["end"]
            token = student.special.get(text[start:end]) if span["kind"] == "marker" else None
            if token is None:
                continue
            if start > position:
                parts.append(text[position:start])
                starts.append(position)
            parts.append(token)
            starts.append(start)
            position = end
        if position < len(text) or not text:
            parts.append(text[position:])
            starts.append(position)
        rows.append(len(parts))
    for tokenizer, is_first in ((student.first, True), (student.later, False)):
        wanted = [
            place for place, part in enumerate(parts) if isinstance(part, str) and (starts[place] == 0) == is_first
        ]
        found = _tokens(tokenizer, [parts[place] for place in wanted], exact)
        for place, encoding in zip(wanted, found, strict=True):
            parts[place] = encoding
    return _Cut(parts, starts, rows)


def _tokens(tokenizer: Any, texts: list[str], exact: bool) -> "list[Encoding]":
    cut_up = tokenizer.encode_batch if exact else tokenizer.encode_batch_fast
    found: list[Encoding] = cut_up(texts, add_special_tokens=False)
    return found


def _placed(student: Student, samples: pa.RecordBatch, cut: _Cut) -> Encoded:
    """Find how many tokens each span has: by how the tokens are spelt, else by their offsets."""
    ids, rows = cut.joined()
    ours = sum(isinstance(part, int) for part in cut.parts)
    if int(student.reserved[ids].sum()) != ours:
        raise PromiseBroken(f"{student.name} made a special token of words in a text")
    spans = samples.column("spans")
    span_rows = spans.offsets.to_numpy().astype(np.int64)
    span_rows -= span_rows[0]
    span_ends = spans.flatten().field("end").to_numpy().astype(np.int32)
    span_tokens = np.zeros(len(span_ends), np.int64)
    agrees = np.zeros(len(rows) - 1, np.bool_)
    if student.spelling.is_usual:
        offsets, data = buffers(samples.column("text"))
        data = data.view()
        data.flags.writeable = False  # whether Arrow's buffer is: one type, compiled once
        spelling = student.spelling
        places(
            *(data, offsets.astype(np.int64), ids, rows, span_rows, span_ends),
            *(spelling.data, spelling.starts, spelling.opens, span_tokens, agrees),
        )
    others = np.flatnonzero(~agrees)
    if len(others):
        exact = _cut_up(student, samples.take(pa.array(others)), True) if student.spelling.is_usual else cut
        for place, row in enumerate(others.tolist()):
            first, last = span_rows[row], span_rows[row + 1]
            span_tokens[first:last] = exact.span_tokens(place, span_ends[first:last].tolist())
    ends = np.concatenate([[0], np.cumsum(span_tokens)])
    wrong = np.flatnonzero(np.diff(ends[span_rows]) != np.diff(rows))
    if len(wrong):
        raise PromiseBroken(f"{samples.column('id')[int(wrong[0])]}: its spans have not all of its tokens")
    return Encoded(ids, rows, span_rows, span_tokens)
