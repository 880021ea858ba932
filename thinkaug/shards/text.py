"""The layout `text`: samples as they are. Knows who counts tokens only as a function."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.records import Sample
from thinkaug.schema import BATCH_ROWS, arrow_schema
from thinkaug.shards.counting import Counts, add, spans_of, tokens_of
from thinkaug.shards.layout import Laid, Samples


class TextLayout:
    """A row a sample, with its text and spans.

    Args:
        count_tokens: how many tokens each of some texts has; None where tokens are not counted. Each span is counted
            by itself, so a token that would reach over two spans counts twice.
    """

    name = "text"
    batch_rows = BATCH_ROWS

    def __init__(self, count_tokens: Callable[[Sequence[str]], list[int]] | None) -> None:
        self.schema = arrow_schema(Sample)
        self.kinds: dict[str, Counts] = {}
        self._count_tokens = count_tokens

    def lay(self, samples: Samples, rows: int, bytes: int, scratch: Path) -> Laid:
        """The samples as they come."""
        return Laid(rows, bytes, samples)

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """Characters of the rows, and tokens where they are counted."""
        spans = spans_of(batch)
        tokens = tokens_of(batch, self._count_tokens) if self._count_tokens is not None else None
        return add(self.kinds, spans, tokens)

    def about(self) -> Mapping[str, Any]:
        """Nothing beyond its name."""
        return {}
