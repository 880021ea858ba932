"""datatrove reads text shards as they are, and makes its masks of `no_loss_ranges`."""

from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, load_from_disk

pytest.importorskip("datatrove", reason="pip install thinkaug[trainers]")

from datatrove.data import Document
from datatrove.pipeline.readers import IpcReader
from datatrove.pipeline.tokens import DocumentTokenizer


@pytest.fixture(scope="module")
def rows(text_root: Path) -> Dataset:
    return load_from_disk(str(text_root))["train"]


@pytest.fixture(scope="module")
def documents(text_root: Path) -> list[Document]:
    return list(IpcReader(str(text_root / "train"), stream=True, glob_pattern="shards/train-*.arrow").run())


@pytest.fixture(scope="module")
def tokenizer(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return DocumentTokenizer(
        str(tmp_path_factory.mktemp("ds")), str(student / "tokenizer.json"), save_loss_metadata=True
    )


def test_it_reads_every_document_once(rows: Dataset, documents: list[Document]) -> None:
    assert [(document.id, document.text) for document in documents] == list(zip(rows["id"], rows["text"], strict=True))
    assert [document.metadata["no_loss_ranges"] for document in documents] == list(rows["no_loss_ranges"])


def test_masks_stand_on_the_tokens_of_weight_0_and_on_no_others(
    rows: Dataset, documents: list[Document], tokenizer: Any
) -> None:
    masked = 0
    for row, document in zip(rows, documents, strict=True):
        encoded = tokenizer.tokenizer.encode(document.text, add_special_tokens=False)
        mask = tokenizer.get_loss_values(document, encoded)
        assert len(mask) == len(encoded.ids)
        for (start, end), trained in zip(encoded.offsets, mask, strict=True):
            weights = {span["weight"] for span in row["spans"] if span["start"] < end and start < span["end"]}
            if len(weights) == 1:  # a token may reach over the border of two spans
                assert bool(trained) == bool(weights.pop())
        masked += int((mask == 0).sum())
    assert masked > len(documents)


def test_trap_a_range_that_reaches_the_end_takes_the_tokens_away(documents: list[Document], tokenizer: Any) -> None:
    document = documents[0]
    encoded = tokenizer.tokenizer.encode(document.text, add_special_tokens=False)
    reaching = Document(document.text, "x", metadata={"no_loss_ranges": [[len(document.text) - 5, len(document.text)]]})
    assert len(tokenizer.get_loss_values(reaching, encoded)) < len(encoded.ids)
