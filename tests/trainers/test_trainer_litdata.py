"""litdata streams the Parquet twin: rows and tokens counted exactly, over two ranks too."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, load_from_disk

from thinkaug.exports import export

# litdata's Parquet reader takes polars and boto3, 230 MB in all, and another python-dateutil: not in an extra of ours.
litdata = pytest.importorskip("litdata", reason="heavy: pip install litdata polars")
pytest.importorskip("polars", reason="heavy: pip install litdata polars")


@pytest.fixture(scope="module")
def rows(packed_root: Path) -> Dataset:
    return load_from_disk(str(packed_root))["train"]


@pytest.fixture(scope="module")
def twin(packed_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("twin") / "out"
    export(packed_root, "parquet", out)
    litdata.index_parquet_dataset(str(out / "train"))
    return out / "train"


def streamed(twin: Path, **options: Any) -> Any:
    return litdata.StreamingDataset(str(twin), item_loader=litdata.streaming.item_loader.ParquetLoader(), **options)


def test_rows_and_tokens_are_counted_exactly(twin: Path, rows: Dataset) -> None:
    read = list(streamed(twin))
    assert len(read) == len(rows)
    assert sum(len(row["input_ids"]) for row in read) == sum(map(len, rows["input_ids"]))


@pytest.mark.parametrize("shuffle", [False, True])
def test_every_row_comes_once(twin: Path, rows: Dataset, shuffle: bool) -> None:
    read = Counter(tuple(row["input_ids"]) for row in streamed(twin, shuffle=shuffle))
    assert read == Counter(map(tuple, rows["input_ids"]))
