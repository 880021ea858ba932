"""A finished data set -> its rows, batch by batch, each file proved before it is read. Knows nothing of targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.durable import sha256_of
from thinkaug.shards.finished import damaged, open_manifest

Shard = Mapping[str, Any]
"""An entry of `shards` in manifest.json: at least `path`, `rows` and `sha256`."""


@dataclass(frozen=True)
class Finished:
    """A data set as its manifest names it. `placement` is where its style has the thoughts."""

    root: Path
    manifest: Mapping[str, Any]
    schema: pa.Schema
    layout: str
    placement: str
    shards: Sequence[Shard]

    @property
    def rows(self) -> int:
        """Of all shards."""
        return sum(shard["rows"] for shard in self.shards)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of all shards, in order; raises as `of` does."""
        return chain.from_iterable(map(self.of, self.shards))

    def of(self, shard: Shard) -> Iterator[pa.RecordBatch]:
        """The rows of one shard, as batches that map its file.

        Raises:
            UserError: its bytes are not those that were written. Nothing is read then: damaged offsets may point
                outside the file, and the process would die of it.
        """
        name, rows = shard["path"], 0
        path = self.root / name
        try:
            if sha256_of(path) != shard["sha256"]:
                raise damaged(self.root, f"{name}: its bytes are not those that manifest.json names")
            with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
                if reader.schema != self.schema:
                    raise damaged(self.root, f"{name}: its columns are not those of the first shard")
                for batch in reader:
                    rows += batch.num_rows
                    yield batch
        except FileNotFoundError as error:
            raise damaged(self.root, f"{name}: missing") from error
        except (pa.ArrowException, OSError) as error:
            raise damaged(self.root, f"{name}: {error}") from error
        if rows != shard["rows"]:
            raise damaged(self.root, f"{name}: {rows} rows, manifest.json says {shard['rows']}")


@dataclass(frozen=True)
class Weighed:
    """The loss weights of a set: how many rows have stretches without any, and how many other weights than 0 and 1."""

    rows: int
    without: int
    between: int


def weighed(finished: Finished) -> Weighed:
    """Look through the weights of a set of layout `text` or `tokens`."""
    without = between = 0
    for batch in finished.batches():
        without += _rows_with(batch, zero=True)
        between += _rows_with(batch, zero=False)
    return Weighed(finished.rows, without, between)


def _rows_with(batch: pa.RecordBatch, *, zero: bool) -> int:
    """How many rows have a weight of zero, or one that is neither zero nor one."""
    if "loss_weights" in batch.schema.names:
        # The first token of a document is no target, and weighs nothing in any row.
        listed = pc.list_slice(batch.column("loss_weights"), 1)
        weights = listed.flatten()
    else:
        listed = batch.column("spans")
        weights = listed.flatten().field("weight")
    is_zero = pc.equal(weights, 0)
    chosen = is_zero if zero else pc.invert(pc.or_(is_zero, pc.equal(weights, 1)))
    return len(pc.unique(pc.list_parent_indices(listed).filter(chosen)))


def open_finished(root: Path) -> Finished:
    """Open a data set for reading.

    Raises:
        UserError: there is none, it is not finished, or what stands beside its shards is damaged.
    """
    place, manifest = open_manifest(root)
    try:
        shards: list[Shard] = manifest["shards"]
        placement = str(manifest["steps"][-1]["config"]["style"]["placement"])
        schema = _schema(place, shards[0])
    except OSError as error:
        raise damaged(place, f"{error.strerror or error}: {error.filename}") from error
    except (KeyError, TypeError, IndexError) as error:
        raise damaged(place, f"manifest.json cannot be read: {type(error).__name__}: {error}") from error
    return Finished(place, manifest, schema, manifest["layout"]["name"], placement, shards)


def _schema(root: Path, shard: Shard) -> pa.Schema:
    """The columns of a shard, which is proved first."""
    name = shard["path"]
    if sha256_of(root / name) != shard["sha256"]:
        raise damaged(root, f"{name}: its bytes are not those that manifest.json names")
    try:
        with pa.memory_map(str(root / name)) as source, pa.ipc.open_stream(source) as reader:
            return reader.schema
    except pa.ArrowException as error:
        raise damaged(root, f"{name}: {error}") from error
