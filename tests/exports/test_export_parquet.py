"""The Parquet twin is the Arrow set over again, for loaders that want Parquet."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

from tests.exports.finished_sets import rows_of, samples, write_root
from thinkaug.durable import sha256_of
from thinkaug.exports import export, parquet
from thinkaug.shards.layout import Layout
from thinkaug.shards.packed import packed_layout
from thinkaug.shards.student import Student
from thinkaug.shards.text import TextLayout
from thinkaug.shards.tokens import tokens_layout


def _student() -> Student:
    return Student.open("shipped:model", "main", "", ())


LAYOUTS: dict[str, Callable[[], Layout]] = {
    "text": lambda: TextLayout(None),
    "tokens": lambda: tokens_layout(_student()),
    "packed": lambda: packed_layout(_student(), 64, 0),
}


def _files(out: Path) -> list[Path]:
    return sorted((out / "train").iterdir())


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_rows_and_features_are_those_of_the_arrow_set(layout: Callable[[], Layout], tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(weights={"self_talk": 0.0, "recall": 0.3}), layout=layout())
    export(root, "parquet", tmp_path / "out")
    arrow: Any = datasets.load_from_disk(str(root))["train"]
    cache = str(tmp_path / "cache")
    plain: Any = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=cache)
    streamed: Any = datasets.load_dataset(str(tmp_path / "out"), split="train", streaming=True, cache_dir=cache)
    assert plain.features == streamed.features == arrow.features
    assert plain.to_list() == list(streamed) == arrow.to_list() == rows_of(root)


def test_the_schema_is_the_same_to_the_last_field(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "parquet", tmp_path / "out")
    schema = datasets.load_from_disk(str(root))["train"].data.schema
    for file in _files(tmp_path / "out"):
        assert pq.read_schema(file).equals(schema, check_metadata=False)
        assert b'"features"' in pq.read_schema(file).metadata[b"huggingface"]


@pytest.mark.parametrize(("shards", "rows", "files"), [(1, 40, 2), (2, 40, 2), (4, 40, 4), (1, 1, 1), (1, 2, 2)])
def test_two_workers_have_a_file_each(shards: int, rows: int, files: int, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(rows), shards=shards)
    export(root, "parquet", tmp_path / "out")
    found = _files(tmp_path / "out")
    assert [path.name for path in found] == [f"train-{n:05d}-of-{files:05d}.parquet" for n in range(files)]
    counts = [pq.read_metadata(path).num_rows for path in found]
    assert sum(counts) == rows
    assert max(counts) - min(counts) <= 1


def test_row_groups_are_of_1024_rows_in_zstd(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(2500))
    export(root, "parquet", tmp_path / "out")
    for file in _files(tmp_path / "out"):
        metadata = pq.read_metadata(file)
        assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [1024, 226]
        assert {metadata.row_group(0).column(n).compression for n in range(metadata.num_columns)} == {"ZSTD"}
    assert [row for file in _files(tmp_path / "out") for row in pq.read_table(file).to_pylist()] == rows_of(root)


def test_groups_of_long_rows_are_closed_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_GROUP_BYTES", 1)
    root = write_root(tmp_path / "set", samples(2500), shards=1)  # in batches of 1000 rows
    export(root, "parquet", tmp_path / "out")
    metadata = [pq.read_metadata(file) for file in _files(tmp_path / "out")]
    groups = [[each.row_group(n).num_rows for n in range(each.num_row_groups)] for each in metadata]
    assert groups == [[1000, 250], [750, 500]]
    assert [row for file in _files(tmp_path / "out") for row in pq.read_table(file).to_pylist()] == rows_of(root)


def test_manifest_names_the_new_files(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "parquet", tmp_path / "out")
    old, new = (json.loads((place / "manifest.json").read_text()) for place in (root, tmp_path / "out"))
    for shard in new["shards"]:
        file = tmp_path / "out" / shard["path"]
        assert (shard["bytes"], shard["sha256"]) == (file.stat().st_size, sha256_of(file))
        assert shard["rows"] == pq.read_metadata(file).num_rows
    assert new == {**old, "format": "parquet", "shards": new["shards"]}
    assert (tmp_path / "out" / "stats.json").read_bytes() == (root / "stats.json").read_bytes()


def test_the_card_keeps_what_that_of_the_set_says(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "parquet", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert card.startswith("---\nlicense: cc0\n")
    assert "path: train/train-*.parquet" in card
    assert card.endswith("# toy: a card\n\n---\n\nIts end.\n")


PEAK = """
import sys
from pathlib import Path
import pyarrow as pa
from thinkaug.exports import export
export(Path(sys.argv[1]), "parquet", Path(sys.argv[2]))
print(pa.default_memory_pool().max_memory())
"""


def test_memory_does_not_grow_with_the_set(tmp_path: Path) -> None:
    long = [("text", "Gout is treated. " * 100)]
    peaks = []
    for times in (2, 8):
        rows = samples(times * 1000, pieces=long)
        root = write_root(tmp_path / f"set{times}", rows, shards=2)
        command = [sys.executable, "-c", PEAK, str(root), str(tmp_path / f"out{times}")]
        peaks.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] < 1.3 * peaks[0] < 3 * 1000 * 1700, peaks
