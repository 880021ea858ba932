"""A layout is how samples lie in shards: as text, as tokens, or packed. Knows no files but those in scratch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

Samples = Callable[[], Iterator[pa.RecordBatch]]
"""Gives the samples of the set, in their final order, as batches with the columns of `Sample`; may be called again."""


@dataclass(frozen=True)
class Laid:
    """What is to be written: so many rows, of about so many bytes in all; `batches` gives them in their final order."""

    rows: int
    bytes: int
    batches: Callable[[], Iterator[pa.RecordBatch]]


class Layout(Protocol):
    """One way to lay samples out.

    `name` is that of the settings, `schema` the columns (without the metadata that `datasets` wants), `batch_rows` how
    many rows a batch in the file has. `kinds` is kind of span -> `spans`, `chars`, `tokens`, `weight` (tokens times
    their loss weight), complete once all batches were given and measured.
    """

    name: str
    schema: pa.Schema
    batch_rows: int
    kinds: dict[str, dict[str, float]]

    def lay(self, samples: Samples, rows: int, bytes: int, scratch: Path) -> Laid:
        """Lay out the samples, which are so many rows of so many bytes; files for the meantime go to `scratch`."""

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """How many `chars` and `tokens` some rows have; called once with each batch that is written."""

    def about(self) -> Mapping[str, Any]:
        """What a reader of the manifest should know, once all batches were given: window, waste, special tokens."""
