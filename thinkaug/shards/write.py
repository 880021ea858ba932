"""Writes the data set folder that every loader reads without conversion: samples in, shuffled shards out.

Memory holds one shard: rows are taken from memory-mapped files. Knows nothing of how samples came about.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.durable import sha256_of, sync, sync_folder, write_durably
from thinkaug.records import Sample
from thinkaug.schema import arrow_schema

SPEC = "thinkaug-shards/1"
_BATCH_ROWS = 1000


def shard_count(bytes_in_all: int, shard_bytes: int) -> int:
    """The smallest power of two that keeps shards at or below `shard_bytes`."""
    count = 1
    while count * shard_bytes < bytes_in_all:
        count *= 2
    return count


@dataclass(frozen=True, slots=True)
class Written:
    """One entry a shard (path, rows, chars, tokens, bytes, sha256), and per kind of span what there is of it."""

    shards: list[dict[str, Any]]
    kinds: dict[str, dict[str, float]]


def write_shards(
    root: Path, sources: Sequence[Path], seed: int, shard_bytes: int, count_tokens: Callable[[Sequence[str]], list[int]]
) -> Written:
    """Shuffle all samples of the source files globally and write them below `root`.

    Args:
        root: a folder that does not exist yet.
        sources: Arrow streams of samples, at least one row in all.
        seed: of the shuffle.
        shard_bytes: size a shard should not pass.
        count_tokens: how many tokens each of some texts has. Each span is counted by itself.
    """
    tables = [pa.ipc.open_stream(pa.memory_map(str(source))).read_all() for source in sources]
    owners = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    places = np.concatenate([np.arange(table.num_rows) for table in tables])
    order = np.random.default_rng(seed).permutation(len(owners))
    count = min(
        shard_count(sum(source.stat().st_size for source in sources), shard_bytes), 1 << (len(order).bit_length() - 1)
    )
    folder = root / "train" / "shards"
    folder.mkdir(parents=True)
    entries: list[dict[str, Any]] = []
    kinds: dict[str, dict[str, float]] = {}
    for number, rows in enumerate(np.array_split(order, count)):
        path = folder / f"train-{number:05d}-of-{count:05d}.arrow"
        totals = {"chars": 0, "tokens": 0}
        with path.open("wb") as sink:
            with pa.ipc.new_stream(sink, hf_schema()) as stream:
                for batch in _take(tables, owners[rows], places[rows]):
                    stream.write_batch(batch)
                    _count(batch, count_tokens, totals, kinds)
            size = sink.tell()
            sync(sink)
        entries.append(
            {
                "path": str(path.relative_to(root)),
                "rows": len(rows),
                **totals,
                "bytes": size,
                "sha256": sha256_of(path),
            }
        )
    return Written(entries, kinds)


def hf_schema() -> pa.Schema:
    """The samples' Arrow schema, with the features that `datasets` looks for in its metadata."""
    schema = arrow_schema(Sample)
    return schema.with_metadata({"huggingface": json.dumps({"info": {"features": features()}})})


def features() -> dict[str, Any]:
    """The samples' columns in the words of `datasets`."""
    return {field.name: _feature(field.type) for field in arrow_schema(Sample)}


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    return {"dtype": "float32" if pa.types.is_float32(kind) else str(kind), "_type": "Value"}


def _take(tables: Sequence[pa.Table], owners: Any, places: Any) -> Iterator[pa.RecordBatch]:
    """The rows named by (owner, place), in that order, a batch at a time."""
    for start in range(0, len(owners), _BATCH_ROWS):
        own, where = owners[start : start + _BATCH_ROWS], places[start : start + _BATCH_ROWS]
        # Taken table by table: `take` on the concatenation of all would copy every string of every file.
        grouped = np.argsort(own, kind="stable")
        parts = [tables[owner].take(where[grouped][own[grouped] == owner]) for owner in np.unique(own)]
        batch = pa.concat_tables(parts).combine_chunks().to_batches()[0]
        yield batch.take(pa.array(np.argsort(grouped, kind="stable"))).cast(hf_schema())


def _count(
    batch: pa.RecordBatch,
    count_tokens: Callable[[Sequence[str]], list[int]],
    totals: dict[str, int],
    kinds: dict[str, dict[str, float]],
) -> None:
    spans = [
        (span["kind"], span["weight"], text[span["start"] : span["end"]])
        for text, tiling in zip(batch.column("text").to_pylist(), batch.column("spans").to_pylist(), strict=True)
        for span in tiling
    ]
    for (kind, weight, text), tokens in zip(spans, count_tokens([text for _, _, text in spans]), strict=True):
        entry = kinds.setdefault(kind, {"spans": 0, "chars": 0, "tokens": 0, "weight": 0.0})
        entry["spans"] += 1
        entry["chars"] += len(text)
        entry["tokens"] += tokens
        entry["weight"] += tokens * weight
        totals["chars"] += len(text)
        totals["tokens"] += tokens


def finish_folder(
    root: Path, shards: Sequence[Mapping[str, Any]], card: str, manifest: Mapping[str, Any], stats: Mapping[str, Any]
) -> None:
    """Write what stands beside the shards; `train/state.json`, which loaders ask for, comes last."""
    files = [{"filename": str(Path(str(shard["path"])).relative_to("train"))} for shard in shards]
    info = {
        "features": features(),
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
    lines = [f"{sha256_of(path)}  {path.relative_to(root)}\n" for path in summed]
    write_durably(root / "SHA256SUMS", "".join(lines))
    write_durably(root / "train" / "state.json", _json(state))
    for folder in (root / "train" / "shards", root / "train", root):
        sync_folder(folder)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
