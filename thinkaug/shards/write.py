"""Writes the data set folder that every loader reads without conversion: laid out rows in, shards out.

Memory holds one batch. Knows nothing of how rows came about, nor of what is in them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from thinkaug.durable import sha256_of, sync, sync_folder, write_durably
from thinkaug.errors import PromiseBroken
from thinkaug.shards.layout import Laid, Layout

SPEC = "thinkaug-shards/2"
_NAMES = {pa.float32(): "float32", pa.float64(): "float64"}


def shard_count(bytes_in_all: int, shard_bytes: int) -> int:
    """The smallest power of two that keeps shards at or below `shard_bytes`."""
    count = 1
    while count * shard_bytes < bytes_in_all:
        count *= 2
    return count


def write_shards(root: Path, laid: Laid, layout: Layout, shard_bytes: int) -> list[dict[str, Any]]:
    """Write the rows of a set below `root`.

    Args:
        root: a folder that may not have shards yet.
        laid: at least one row, in final order.
        layout: how they are laid out.
        shard_bytes: size a shard should not pass.

    Returns:
        One entry a shard: path, rows, what the layout measures of them, bytes, sha256.
    """
    count = min(shard_count(laid.bytes, shard_bytes), 1 << (laid.rows.bit_length() - 1))
    folder = root / "train" / "shards"
    folder.mkdir(parents=True)
    rows = _Rows(laid.batches(), layout.batch_rows)
    schema = hf_schema(layout.schema)
    entries: list[dict[str, Any]] = []
    for number in range(count):
        path = folder / f"train-{number:05d}-of-{count:05d}.arrow"
        share = laid.rows // count + (number < laid.rows % count)
        measured: dict[str, int] = {}
        with path.open("wb") as file:
            sink = _Summed(file)
            with pa.ipc.new_stream(pa.PythonFile(sink, "w"), schema) as stream:
                for batch in rows.take(share):
                    stream.write_batch(batch.cast(schema))
                    for name, amount in layout.measure(batch).items():
                        measured[name] = measured.get(name, 0) + amount
            sync(file)
        about = {"path": str(path.relative_to(root)), "rows": share, **measured}
        entries.append({**about, "bytes": sink.bytes, "sha256": sink.sha256.hexdigest()})
    if not rows.is_empty():
        raise PromiseBroken(f"{root}: the layout gave more rows than the {laid.rows} that it named")
    return entries


class _Summed:
    """A file that is summed while it is written, so that it need not be read again."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        written = self._file.write(data)
        self.bytes += written
        return written

    def flush(self) -> None:
        self._file.flush()


class _Rows:
    """Rows handed on in batches of another size than they come in."""

    def __init__(self, batches: Iterator[pa.RecordBatch], batch_rows: int) -> None:
        self._batches, self._batch_rows = batches, batch_rows
        self._left: pa.RecordBatch | None = None

    def take(self, count: int) -> Iterator[pa.RecordBatch]:
        """The next `count` rows."""
        while count:
            batch = self._next(min(count, self._batch_rows))
            count -= batch.num_rows
            yield batch

    def is_empty(self) -> bool:
        """Whether no row is left."""
        return not (self._left is not None and self._left.num_rows) and next(self._batches, None) is None

    def _next(self, most: int) -> pa.RecordBatch:
        parts: list[pa.RecordBatch] = []
        while most:
            batch = self._left if self._left is not None and self._left.num_rows else next(self._batches, None)
            if batch is None:
                raise PromiseBroken("the layout gave fewer rows than it named")
            parts.append(batch.slice(0, most))
            self._left = batch.slice(most)
            most -= parts[-1].num_rows
        return parts[0] if len(parts) == 1 else pa.concat_batches(parts)


def hf_schema(schema: pa.Schema) -> pa.Schema:
    """The schema, with the features that `datasets` looks for in its metadata."""
    return schema.with_metadata({"huggingface": json.dumps({"info": {"features": features(schema)}})})


def features(schema: pa.Schema) -> dict[str, Any]:
    """The columns in the words of `datasets`."""
    return {field.name: _feature(field.type) for field in schema}


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    return {"dtype": _NAMES.get(kind, str(kind)), "_type": "Value"}


def finish_folder(
    root: Path,
    schema: pa.Schema,
    shards: Sequence[Mapping[str, Any]],
    card: str,
    manifest: Mapping[str, Any],
    stats: Mapping[str, Any],
) -> None:
    """Write what stands beside the shards; `train/state.json`, which loaders ask for, comes last."""
    files = [{"filename": str(Path(str(shard["path"])).relative_to("train"))} for shard in shards]
    info = {
        "features": features(schema),
        "splits": {"train": {"name": "train", "num_examples": sum(s["rows"] for s in shards)}},
    }
    write_durably(root / "README.md", card)
    write_durably(root / "dataset_dict.json", json.dumps({"splits": ["train"]}))
    write_durably(root / "manifest.json", _json({"spec": SPEC, **manifest, "shards": list(shards)}))
    write_durably(root / "stats.json", _json(stats))
    write_durably(root / "train" / "dataset_info.json", _json(info))
    state: dict[str, Any] = {
        "_data_files": files,
        "_fingerprint": str(shards[0]["sha256"])[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": "train",
    }
    summed = sorted(path for path in root.rglob("*") if path.is_file())
    known = {shard["path"]: shard["sha256"] for shard in shards}
    names = [str(path.relative_to(root)) for path in summed]
    lines = [f"{known.get(name) or sha256_of(root / name)}  {name}\n" for name in names]
    write_durably(root / "SHA256SUMS", "".join(lines))
    write_durably(root / "train" / "state.json", _json(state))
    for folder in (root / "train" / "shards", root / "train", root):
        sync_folder(folder)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
