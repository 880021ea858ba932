"""The Parquet twin and the shards themselves, streamed as the trainers that read through `datasets` do."""

from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, IterableDataset, load_dataset, load_from_disk
from datasets.distributed import split_dataset_by_node

from thinkaug.exports import export


@pytest.fixture(scope="module")
def rows(packed_root: Path) -> Dataset:
    return load_from_disk(str(packed_root))["train"]


@pytest.fixture(scope="module", params=["arrow", "parquet"])
def stream(
    request: pytest.FixtureRequest, packed_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> IterableDataset:
    place = packed_root
    if request.param == "parquet":
        place = tmp_path_factory.mktemp("twin") / "out"
        export(packed_root, "parquet", place)
    return load_dataset(str(place), streaming=True, cache_dir=str(tmp_path_factory.mktemp("cache")))["train"]


def test_streaming_gives_every_row_and_token(stream: IterableDataset, rows: Dataset) -> None:
    assert list(stream) == list(rows)


def test_ranks_share_the_rows_out(stream: IterableDataset, rows: Dataset) -> None:
    read: list[Any] = [row["input_ids"] for rank in range(2) for row in split_dataset_by_node(stream, rank, 2)]
    assert sorted(read) == sorted(rows["input_ids"])


def test_a_stream_goes_on_where_it_was(stream: IterableDataset, rows: Dataset) -> None:
    reader = iter(stream)
    for _ in range(5):
        next(reader)
    state = stream.state_dict()
    rest = list(reader)
    stream.load_state_dict(state)
    assert list(stream) == rest == list(rows)[5:]
