"""TRL's SFTTrainer on packed and on text shards, and what it drops without a word."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset, load_from_disk
from transformers import AutoModelForCausalLM, AutoTokenizer

pytest.importorskip("trl", reason="pip install thinkaug[trainers]")

from trl import SFTConfig, SFTTrainer
from trl.data_utils import pack_dataset

Example = Callable[..., tuple[float, float]]


@pytest.fixture(scope="module")
def rows(packed_root: Path) -> Dataset:
    return load_from_disk(str(packed_root))["train"]


def first_batch(student: Path, rows: Dataset, out: Path, **options: Any) -> dict[str, torch.Tensor]:
    """What the model is given first, of two rows."""
    args = SFTConfig(
        output_dir=str(out), per_device_train_batch_size=2, report_to="none", bf16=False, disable_tqdm=True, **options
    )
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(student, dtype="float32"),
        processing_class=AutoTokenizer.from_pretrained(student),
        args=args,
        train_dataset=rows.take(2),
    )
    batch: dict[str, torch.Tensor] = next(iter(trainer.get_train_dataloader()))
    return batch


def flat(rows: Dataset, batch: dict[str, torch.Tensor], name: str) -> list[int]:
    """A column of the two rows one after the other, in the order that the batch has them."""
    pairs = [list(rows[0][name] + rows[1][name]), list(rows[1][name] + rows[0][name])]
    first = rows[0]["input_ids"]
    return pairs[0] if batch["input_ids"].flatten().tolist()[: len(first)] == first else pairs[1]


@pytest.mark.parametrize("layout", ["packed_root", "text_root"])
def test_it_learns(
    example: Example, request: pytest.FixtureRequest, student: Path, tmp_path: Path, layout: str
) -> None:
    before, after = example(
        "trl_sft.py",
        f"--shards={request.getfixturevalue(layout)}",
        f"--model={student}",
        "--steps=8",
        "--lr=3e-3",
        "--batch=2",
        "--window-tokens=256",
        f"--out={tmp_path}",
    )
    assert after < before - 0.2


def test_it_says_that_weights_between_0_and_1_are_lost(
    example: Example, packed_root: Path, student: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("trl_sft.py", f"--shards={packed_root}", f"--model={student}", "--steps=1", f"--out={tmp_path}")
    assert "weights between 0 and 1, which TRL takes for 1" in capsys.readouterr().out


def test_the_example_keeps_documents_of_a_row_apart(
    example: Example, packed_root: Path, student: Path, tmp_path: Path, rows: Dataset
) -> None:
    argv = [f"--shards={packed_root}", f"--model={student}", "--steps=1", "--batch=8", f"--out={tmp_path}"]
    before, _ = example("trl_sft.py", *argv)
    batch = {name: torch.tensor(rows[:8][name]) for name in ("input_ids", "labels", "position_ids")}
    model = AutoModelForCausalLM.from_pretrained(student, dtype="float32")
    assert before == pytest.approx(model(**batch, use_cache=False).loss.item(), abs=1e-5)
    assert before != pytest.approx(model(**batch, use_cache=True).loss.item(), abs=1e-5)


def test_padding_free_keeps_labels_and_makes_the_same_positions(student: Path, rows: Dataset, tmp_path: Path) -> None:
    batch = first_batch(student, rows, tmp_path, padding_free=True, max_length=None)
    assert "attention_mask" not in batch
    for name in ("input_ids", "labels", "position_ids"):
        assert batch[name].flatten().tolist() == flat(rows, batch, name), name
    lengths = batch["cu_seq_lens_q"].diff().tolist()
    assert lengths == flat(rows, batch, "seq_lengths")


def test_trap_without_padding_free_documents_of_a_row_are_one(student: Path, rows: Dataset, tmp_path: Path) -> None:
    batch = first_batch(student, rows, tmp_path, max_length=None)
    assert "position_ids" not in batch
    assert batch["attention_mask"].all()


def test_trap_weights_are_dropped(student: Path, rows: Dataset, tmp_path: Path) -> None:
    for options in ({}, {"padding_free": True}):
        assert "loss_weights" not in first_batch(student, rows, tmp_path, max_length=None, **options)


def test_padding_free_refuses_the_default_length(student: Path, rows: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_length"):
        first_batch(student, rows, tmp_path, padding_free=True)


def test_trap_packed_rows_are_cut_to_the_length(student: Path, rows: Dataset, tmp_path: Path) -> None:
    assert first_batch(student, rows, tmp_path, max_length=100)["input_ids"].shape == (2, 100)


def test_trap_text_shards_are_trained_on_whole(student: Path, text_root: Path, tmp_path: Path) -> None:
    texts = load_from_disk(str(text_root))["train"]
    assert any(row["no_loss_ranges"] for row in texts.take(2))
    batch = first_batch(student, texts, tmp_path, max_length=None, padding_free=True)
    ends = batch["position_ids"] == 0
    assert torch.equal(batch["labels"][~ends], batch["input_ids"][~ends])


def test_trap_its_own_packing_throws_long_texts_away_unless_it_splits() -> None:
    texts = Dataset.from_dict({"input_ids": [list(range(1, 11)), [1, 2, 3]]})
    kept = {
        strategy: sum(len(row) for row in pack_dataset(texts, 4, strategy)["input_ids"])
        for strategy in ("bfd", "bfd_split")
    }
    assert kept == {"bfd": 7, "bfd_split": 13}
