"""parquet: a root like that of the data set, its shards as Parquet. Takes every layout; knows no column.

Arrow and Parquet cannot share a root, since loaders would read both; so this one stands beside it, of the same schema.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from thinkaug.durable import sha256_of, write_durably
from thinkaug.errors import UserError
from thinkaug.exports.finished import Finished
from thinkaug.yaml import read_yaml, write_yaml

_GROUP_ROWS = 1024
_GROUP_BYTES = 1 << 28
"""A row group is closed earlier at this size, since it is held in memory: packed rows may be very long."""
_LEAST_FILES = 2
"""So that each of two data workers has one."""


def parquet(finished: Finished, folder: Path, tokenizer: str) -> Sequence[str]:
    """Write the rows as files `train/train-00000-of-00004.parquet`, in their order, with card, manifest and stats.

    There are as many files as shards, and at least two, except of a single row. Memory holds one row group.
    """
    count = min(max(_LEAST_FILES, len(finished.shards)), finished.rows)
    (folder / "train").mkdir()
    rows = _Rows(finished.batches())
    entries = []
    for number in range(count):
        path = folder / "train" / f"train-{number:05d}-of-{count:05d}.parquet"
        share = finished.rows // count + (number < finished.rows % count)
        with pq.ParquetWriter(path, finished.schema, compression="zstd", compression_level=3) as writer:
            for group in rows.groups(share):
                writer.write_table(group, row_group_size=_GROUP_ROWS)
        about = {"rows": share, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
        entries.append({"path": str(path.relative_to(folder)), **about})
    rows.end()
    manifest = {**finished.manifest, "format": "parquet", "shards": entries}
    write_durably(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    write_durably(folder / "stats.json", (finished.root / "stats.json").read_text(encoding="utf-8"))
    write_durably(folder / "README.md", _card(finished))
    return [f"{count} files; load_dataset reads the folder, plain or streaming"]


class _Rows:
    """Rows handed on in row groups, whatever batches they come in."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._left: list[pa.RecordBatch] = []

    def groups(self, rows: int) -> Iterator[pa.Table]:
        """The next `rows` rows."""
        while rows:
            parts: list[pa.RecordBatch] = []
            space, size = min(rows, _GROUP_ROWS), 0
            while space and size < _GROUP_BYTES:
                batch = self._left.pop() if self._left else next(self._batches)
                part = batch.slice(0, space)
                if part.num_rows < batch.num_rows:
                    self._left.append(batch.slice(space))
                parts.append(part)
                size += part.nbytes
                space -= part.num_rows
                rows -= part.num_rows
            yield pa.Table.from_batches(parts)

    def end(self) -> None:
        """Read to the end, where the last shard's rows are counted."""
        for _ in self._batches:
            pass


def _card(finished: Finished) -> str:
    """The data set's card, its YAML pointing at the Parquet files."""
    try:
        _, head, body = (finished.root / "README.md").read_text(encoding="utf-8").split("---\n", 2)
        about: Mapping[str, Any] = read_yaml(head)
    except ValueError as error:
        raise UserError(f"{finished.root}/README.md: damaged: its YAML head cannot be read: {error}") from error
    files = [{"split": "train", "path": "train/train-*.parquet"}]
    head = write_yaml({**about, "configs": [{"config_name": "default", "data_files": files}]})
    return f"""---
{head}---

The Parquet twin of a data set in Arrow: the same rows in the same order, with the same columns.

```python
from datasets import load_dataset

samples = load_dataset("<this folder>", split="train")
```

What follows is the card of the set in Arrow.

{body.lstrip()}"""
