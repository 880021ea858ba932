"""Rows of a data set -> documents of token ids, and which of them are trained on. Knows no file format.

The files are written by datatrove's own classes for each format, the tokens by ours: datatrove's pipeline steps would
cut documents off where a tokenizer.json says `truncation`, end them where a text speaks of its EOS token, and mask from
the beginning, or leave out the end, where a range without loss begins or ends at a character that the tokenizer drops.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.errors import UserError
from thinkaug.exports.finished import Finished, Shard
from thinkaug.shards.student import Student

Document = tuple[NDArray[np.int32], NDArray[np.bool_]]
"""The ids of a row, BOS (where the tokenizer has one) and EOS included, and whether each is trained on as a target."""
Weighted = tuple[NDArray[np.int32], NDArray[np.float32]]

_MOST_IN_TWO_BYTES = 1 << 16


@dataclass(frozen=True)
class Tokens:
    """A data set as tokens of a student."""

    finished: Finished
    student: Student

    @property
    def bytes(self) -> int:
        """Of a token: 2 or 4, what readers of these formats conclude from the size of the vocabulary."""
        return 2 if self.student.first.get_vocab_size() <= _MOST_IN_TWO_BYTES else 4

    def documents(self, shard: Shard) -> Iterator[Document]:
        """The rows of a shard, in order, exactly as the layout `tokens` has them.

        Raises:
            UserError: the rows are tokens already, but of another tokenizer; or the shard is damaged.
        """
        batches, limit = self.finished.of(shard), 1 << (8 * self.bytes)
        found = _cut_up(self.student, batches) if self.finished.layout == "text" else _stored(batches)
        for ids, weights in found:
            if not len(ids) or ids.max() >= limit or ids[-1] != self.student.eos_id:
                raise UserError(f"--tokenizer: the tokens of {self.finished.root} are not those of {self.student.name}")
            yield ids, weights > 0


def tokens_of(finished: Finished, tokenizer: str, to: str) -> Tokens:
    """A data set of layout `text` as it will be cut up, or one of layout `tokens` as it was.

    Args:
        finished: the data set.
        tokenizer: a model's folder, a `shipped:` path or a Hub id; of layout `tokens` the one that it was made with.
        to: the target, for errors.

    Raises:
        UserError: the layout is another, the tokenizer is not named or not found, or names no token that ends a
            document.
    """
    if finished.layout not in ("text", "tokens"):
        raise UserError(
            f"{finished.root}: {to} is of documents, not of layout {finished.layout}; pack with layout: text"
        )
    if not tokenizer:
        raise UserError(f"export: {to} is of tokens: say --tokenizer MODEL, the folder or Hub id of who is trained")
    try:
        student = Student.open(tokenizer, "main", "", finished.manifest["special_tokens"])
    except UserError as error:
        raise UserError(f"--tokenizer {tokenizer}: {error}") from error
    return Tokens(finished, student)


def need_datatrove() -> None:
    """Make sure that datatrove can be imported.

    Raises:
        UserError: it is not installed.
    """
    try:
        import datatrove.pipeline.tokens  # noqa: F401
    except ImportError as error:
        raise UserError("export: megatron and nanotron take datatrove: pip install thinkaug[exports]") from error


def _cut_up(student: Student, batches: Iterator[pa.RecordBatch]) -> Iterator[Weighted]:
    from thinkaug.shards.documents import documents

    for _, made in documents(student, batches):
        for start, end in pairwise(made.rows):
            yield made.ids[start:end], made.weights[start:end]


def _stored(batches: Iterator[pa.RecordBatch]) -> Iterator[Weighted]:
    for batch in batches:
        for ids, weights in zip(batch.column("input_ids"), batch.column("loss_weights"), strict=True):
            yield ids.values.to_numpy(), weights.values.to_numpy()
