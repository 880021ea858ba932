"""The layout `tokens`: a row a document. Labels are -100 where the loss weight is 0, and for each first token."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.schema import BATCH_ROWS
from thinkaug.shards.layout import Laid, Layout, Samples
from thinkaug.shards.student import Student

_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("input_ids", pa.list_(pa.int32())),
        ("attention_mask", pa.list_(pa.int8())),
        ("labels", pa.list_(pa.int64())),
        ("loss_weights", pa.list_(pa.float32())),
    ]
)
_SAMPLED_ROWS = 256  # of the first batch, which are drawn at random as all are: their size tells that of the whole


def tokens_layout(student: Student) -> Layout:
    """The layout for a tokenizer."""
    return TokensLayout(student)


class TokensLayout:
    """A row a document: BOS where the tokenizer puts one, the text's tokens, EOS."""

    name = "tokens"
    schema = _SCHEMA
    batch_rows = BATCH_ROWS

    def __init__(self, student: Student) -> None:
        self.kinds: dict[str, dict[str, float]] = {}
        self._student = student
        self._chars: list[int] = []  # of the rows that were given and are not measured yet
        self._documents = self._tokens = 0

    def lay(self, samples: Samples, rows: int, bytes: int, scratch: Path) -> Laid:
        """As they come; how large they become is told by the first of them."""
        first = [batch.slice(0, _SAMPLED_ROWS) for batch in islice(samples(), 1)]
        before = sum(batch.nbytes for batch in first)
        after = sum(made.nbytes for _, made, _ in self._made(iter(first)))
        return Laid(rows, int(bytes * after / max(before, 1)), lambda: self._batches(samples))

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """Characters of the texts, and tokens, BOS and EOS among them."""
        chars, self._chars = self._chars[: batch.num_rows], self._chars[batch.num_rows :]
        return {"chars": sum(chars), "tokens": len(batch.column("input_ids").flatten())}

    def about(self) -> Mapping[str, Any]:
        """Which ids stand for what, and how much there is."""
        return {**self._student.about(), "documents": self._documents, "tokens": self._tokens}

    def _batches(self, samples: Samples) -> Iterator[pa.RecordBatch]:
        from thinkaug.shards.documents import Sums

        sums = Sums()
        self._documents = self._tokens = 0
        self._chars = []
        for documents, batch, chars in self._made(samples()):
            sums.add(documents)
            self.kinds = dict(sums.kinds())
            self._documents += batch.num_rows
            self._tokens += len(documents.ids)
            self._chars += chars
            yield batch

    def _made(self, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[Any, pa.RecordBatch, list[int]]]:
        """Documents, the rows they become, and how many characters each has."""
        from thinkaug.shards.documents import documents
        from thinkaug.shards.framing import label

        for samples, made in documents(self._student, batches):
            offsets = pa.array(made.rows.astype(np.int32))
            values = (
                made.ids,
                np.ones(len(made.ids), np.int8),
                label(made.ids, made.weights),
                made.weights,
            )
            columns = [pa.ListArray.from_arrays(offsets, pa.array(each)) for each in values]
            yield (
                made,
                pa.RecordBatch.from_arrays([samples.column("id"), *columns], schema=_SCHEMA),
                made.chars.tolist(),
            )
