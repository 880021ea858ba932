"""Goes through the shards of a set, batch by batch, and asks a layout's proof about each. Knows no layout."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from thinkaug.shards.proving.columns import Fault, has_nulls
from thinkaug.shards.proving.files import is_inside


class Proof(Protocol):
    """What is asked about the rows of one layout.

    `schema` are the columns; `faults` and `measure` are called once with each batch, whose columns are those and hold
    no nulls: `faults` first, with a batch for each time that rows are found wrong, `measure` says how many `chars` or
    `tokens` they have, as the manifest counts them.
    """

    schema: pa.Schema

    def faults(self, batch: pa.RecordBatch) -> Iterator[Fault]:
        """What is wrong with rows of the batch."""

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, int]:
        """What the rows hold."""


class ShardReader:
    """Reads all shards of a set: `count` are the rows that could be read, `is_whole` whether those are all."""

    def __init__(self, root: Path, proof: Proof, digests: Mapping[str, str]) -> None:
        self.count = 0
        self.is_whole = True
        self._root, self._proof, self._digests = root, proof, digests

    def faults(self, shard: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with a shard that the manifest names."""
        path = str(shard["path"])
        if not is_inside(path) or self._digests.get(path) != shard["sha256"]:
            self.is_whole = False
            yield f"{path}: its bytes are not those that manifest.json names; its rows were not read"
            return
        rows, measured = 0, dict[str, int]()
        try:
            with pa.memory_map(str(self._root / path)) as source, pa.ipc.open_stream(source) as reader:
                if not reader.schema.equals(self._proof.schema):
                    self.is_whole = False
                    yield f"{path}: its columns are not those of the layout that manifest.json names"
                    return
                for batch in reader:
                    # Offsets that point outside the file would kill the process that follows them.
                    batch.validate(full=True)
                    if holes := [name for name in batch.schema.names if has_nulls(batch.column(name))]:
                        self.is_whole = False
                        yield f"{path}: row {rows + 1} to {rows + batch.num_rows}: values are missing in {holes}"
                    else:
                        for row, fault in self._proof.faults(batch):
                            yield f"{path}: row {rows + row + 1}: {fault}"
                        for name, amount in self._proof.measure(batch).items():
                            measured[name] = measured.get(name, 0) + amount
                    rows += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            self.is_whole = False
            yield f"{path}: cannot be read to its end: {error}"
        self.count += rows
        if rows != shard["rows"]:
            yield f"{path}: {rows} rows, manifest.json says {shard['rows']}"
        for name, amount in measured.items():
            if name in shard and shard[name] != amount:
                yield f"{path}: {amount} {name}, manifest.json says {shard[name]}"
