"""Megatron's own reader on the exported .bin and .idx: every token there, in its document."""

from pathlib import Path

import pytest
from datasets import Dataset, load_from_disk

from thinkaug.exports import export

# Ten seconds of imports, and an optional extra.
pytest.importorskip("megatron.core", reason="pip install thinkaug[trainers]")
pytest.importorskip("datatrove", reason="pip install thinkaug[trainers]")

from megatron.core.datasets.indexed_dataset import IndexedDataset


@pytest.fixture(scope="module")
def rows(tokens_root: Path) -> Dataset:
    return load_from_disk(str(tokens_root))["train"]


@pytest.fixture(scope="module")
def parts(tokens_root: Path, student: Path, tmp_path_factory: pytest.TempPathFactory) -> list[IndexedDataset]:
    out = tmp_path_factory.mktemp("megatron") / "out"
    export(tokens_root, "megatron", out, str(student))
    return [IndexedDataset(str(path.with_suffix(""))) for path in sorted(out.glob("*.idx"))]


def test_every_document_has_its_tokens(rows: Dataset, parts: list[IndexedDataset]) -> None:
    read = [document.tolist() for part in parts for document in part]
    assert read == list(rows["input_ids"])


def test_tokens_are_counted_exactly(rows: Dataset, parts: list[IndexedDataset]) -> None:
    assert sum(int(part.sequence_lengths.sum()) for part in parts) == sum(map(len, rows["input_ids"]))


def test_a_document_is_a_sequence_and_ends_with_eos(rows: Dataset, parts: list[IndexedDataset]) -> None:
    assert sum(len(part.document_indices) - 1 for part in parts) == len(rows)
    assert {int(document[-1]) for part in parts for document in part} == {0}
