"""What a batch of samples holds: characters and tokens by kind of span. Columns in, sums out."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Counts = dict[str, float]
"""Of one kind of span: `spans`, `chars`, and where they are counted `tokens` and `weight`, tokens times loss weight."""

CountTokens = Callable[[Sequence[str]], list[int]]


def spans_of(batch: pa.RecordBatch) -> pa.StructArray:
    """The spans of all samples of a batch, one after the other."""
    return batch.column("spans").flatten()


def tokens_of(batch: pa.RecordBatch, count_tokens: CountTokens) -> NDArray[np.int64]:
    """How many tokens each of these spans has."""
    texts = [
        text[span["start"] : span["end"]]
        for text, tiling in zip(batch.column("text").to_pylist(), batch.column("spans").to_pylist(), strict=True)
        for span in tiling
    ]
    return np.array(count_tokens(texts), np.int64)


def tokens_by_row(batch: pa.RecordBatch, count_tokens: CountTokens) -> NDArray[np.int64]:
    """How many tokens each sample has, counted span by span."""
    spans = pc.list_value_length(batch.column("spans")).to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(tokens_of(batch, count_tokens))])
    last = np.cumsum(spans)
    by_row: NDArray[np.int64] = ends[last] - ends[last - spans]
    return by_row


def add(kinds: dict[str, Counts], spans: pa.StructArray, tokens: NDArray[np.int64] | None) -> dict[str, int]:
    """Add the spans to the counts of their kinds; return the sums over all kinds."""
    encoded = spans.field("kind").dictionary_encode()
    codes = encoded.indices.to_numpy()
    columns = {"spans": np.ones(len(codes)), "chars": pc.subtract(spans.field("end"), spans.field("start")).to_numpy()}
    if tokens is not None:
        columns["tokens"] = tokens
        columns["weight"] = tokens * spans.field("weight").to_numpy().astype(np.float64)
    totals = dict.fromkeys([name for name in columns if name in ("chars", "tokens")], 0)
    for name, values in columns.items():
        for kind, amount in zip(encoded.dictionary.to_pylist(), np.bincount(codes, values).tolist(), strict=True):
            sum_ = amount if name == "weight" else int(amount)
            entry = kinds.setdefault(kind, dict.fromkeys(columns, 0))
            entry[name] += sum_
            if name in totals:
                totals[name] += int(amount)
    return totals
