"""transformers' Trainer on packed shards: stock where labels are enough, ours where tokens have weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset, load_from_disk
from transformers import (
    AutoModelForCausalLM,
    DataCollatorWithFlattening,
    Trainer,
    TrainingArguments,
    default_data_collator,
)

from thinkaug.errors import UserError
from thinkaug.training import weighted_loss
from thinkaug.training.trainer import WeightedTrainer

Example = Callable[..., tuple[float, float]]


@pytest.fixture(scope="module")
def rows(packed_root: Path) -> Dataset:
    return load_from_disk(str(packed_root))["train"].with_format("torch")


@pytest.fixture
def model(student: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(student, dtype="float32")


def trainer(kind: type[Trainer], model: Any, rows: Dataset, out: Path, **options: Any) -> Trainer:
    """A trainer whose steps are plain gradients, so that two runs can be compared."""
    others = {name: options.pop(name) for name in ("compute_loss_func", "data_collator") if name in options}
    args = TrainingArguments(
        output_dir=str(out),
        max_grad_norm=0,
        lr_scheduler_type="constant",
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        prediction_loss_only=True,
        train_sampling_strategy="sequential",
        **options,
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    return kind(model=model, args=args, train_dataset=rows, eval_dataset=rows, optimizers=(optimizer, None), **others)


def trained(model: Any) -> list[torch.Tensor]:
    return [parameter.detach() for parameter in model.parameters()]


def losses(trainer: Trainer) -> list[float]:
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def alike(some: list[torch.Tensor], others: list[torch.Tensor]) -> bool:
    return all(torch.allclose(one, other, atol=1e-6, rtol=0) for one, other in zip(some, others, strict=True))


def copy_of(student: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(student, dtype="float32")


def uneven(rows: Dataset) -> Dataset:
    """Rows of which some have far more weight than others."""
    return rows.map(lambda row, place: {"loss_weights": row["loss_weights"] * (place % 4) / 2}, with_indices=True)


def test_the_weighted_trainer_learns(example: Example, packed_root: Path, student: Path, tmp_path: Path) -> None:
    before, after = example(
        "hf_trainer.py",
        f"--shards={packed_root}",
        f"--model={student}",
        "--steps=8",
        "--lr=3e-3",
        "--batch=2",
        f"--out={tmp_path}",
    )
    assert after < before - 0.2
    assert (tmp_path / "model.safetensors").is_file()


def test_layers_learn_at_rates_of_their_own(example: Example, packed_root: Path, student: Path, tmp_path: Path) -> None:
    before, after = example(
        "layerwise_lr.py",
        f"--shards={packed_root}",
        f"--model={student}",
        "--steps=8",
        "--recall-lr=0",
        "--reasoning-lr=1e-2",
        f"--out={tmp_path}",
    )
    assert after < before - 0.01
    old, new = copy_of(student).state_dict(), copy_of(tmp_path).state_dict()
    still = {name for name in old if torch.equal(old[name], new[name])}
    assert still == {name for name in old if ".layers.1." not in name and name != "model.norm.weight"}


def test_small_batches_accumulated_are_one_large_batch(student: Path, rows: Dataset, tmp_path: Path) -> None:
    odd, runs = uneven(rows), []
    for size, accumulate in ((8, 1), (1, 8)):
        model = copy_of(student)
        run = trainer(
            WeightedTrainer,
            model,
            odd,
            tmp_path,
            max_steps=3,
            per_device_train_batch_size=size,
            gradient_accumulation_steps=accumulate,
        )
        run.train()
        runs.append((trained(model), losses(run)))
    (large, large_losses), (small, small_losses) = runs
    assert alike(large, small)
    assert small_losses == pytest.approx(large_losses, abs=1e-4)


def test_a_step_goes_down_the_gradient_of_the_weighted_mean(student: Path, rows: Dataset, tmp_path: Path) -> None:
    odd, model, by_hand = uneven(rows).take(6), copy_of(student), copy_of(student)
    run = trainer(
        WeightedTrainer, model, odd, tmp_path, max_steps=1, per_device_train_batch_size=2, gradient_accumulation_steps=3
    )
    run.train()
    batch = odd[:]
    outputs = by_hand(input_ids=batch["input_ids"], position_ids=batch["position_ids"], use_cache=False)
    nll = -outputs.logits[:, :-1].log_softmax(-1).gather(-1, batch["labels"][:, 1:].clamp(min=0)[..., None])[..., 0]
    weights = batch["loss_weights"][:, 1:] * (batch["labels"][:, 1:] >= 0)
    loss = (weights * nll).sum() / weights.sum()
    loss.backward()
    torch.optim.SGD(by_hand.parameters(), lr=0.5).step()
    assert alike(trained(model), trained(by_hand))
    assert losses(run) == pytest.approx([loss.item()], abs=1e-4)


def test_in_evaluation_each_batch_is_a_weighted_mean(model: Any, rows: Dataset, tmp_path: Path) -> None:
    odd = uneven(rows).take(4)
    run = trainer(WeightedTrainer, model, odd, tmp_path, per_device_eval_batch_size=4)
    batch = odd[:]
    with torch.no_grad():
        outputs = model(input_ids=batch["input_ids"], position_ids=batch["position_ids"])
    by_hand = weighted_loss(outputs, batch["labels"], loss_weights=batch["loss_weights"]).item()
    assert run.evaluate()["eval_loss"] == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("accumulate", [1, 4])
def test_with_weights_of_1_it_is_the_stock_trainer(
    student: Path, rows: Dataset, tmp_path: Path, accumulate: int
) -> None:
    even = rows.map(lambda row: {"loss_weights": torch.ones_like(row["loss_weights"])})
    stock, ours = copy_of(student), copy_of(student)
    options = {"max_steps": 3, "per_device_train_batch_size": 2, "gradient_accumulation_steps": accumulate}
    first = trainer(Trainer, stock, even, tmp_path, **options)
    second = trainer(WeightedTrainer, ours, even, tmp_path, **options)
    assert second.evaluate()["eval_loss"] == pytest.approx(first.evaluate()["eval_loss"], abs=1e-6)
    first.train()
    second.train()
    assert alike(trained(stock), trained(ours))
    assert losses(second) == pytest.approx(losses(first), abs=1e-6)


def test_a_token_of_weight_0_teaches_nothing(student: Path, rows: Dataset, tmp_path: Path) -> None:
    none = rows.map(lambda row: {"loss_weights": torch.zeros_like(row["loss_weights"])})
    model = copy_of(student)
    trainer(WeightedTrainer, model, none, tmp_path, max_steps=2).train()
    assert alike(trained(model), trained(copy_of(student)))


def test_the_stock_collator_serves_packed_rows(model: Any, rows: Dataset, tmp_path: Path) -> None:
    run = trainer(WeightedTrainer, model, rows, tmp_path, per_device_train_batch_size=3)
    assert run.data_collator is default_data_collator
    batch = next(iter(run.get_train_dataloader()))
    assert set(batch) == {"input_ids", "labels", "position_ids", "loss_weights"}
    assert {value.shape for value in batch.values()} == {(3, 256)}
    for name, values in batch.items():
        assert torch.equal(values, rows.take(3)[:][name])


def test_trap_the_stock_trainer_drops_weights_but_keeps_positions(model: Any, rows: Dataset, tmp_path: Path) -> None:
    batch = next(iter(trainer(Trainer, model, rows, tmp_path).get_train_dataloader()))
    assert set(batch) == {"input_ids", "labels", "position_ids"}


def test_the_loss_alone_in_the_stock_trainer_says_that_weights_are_missing(
    model: Any, rows: Dataset, tmp_path: Path
) -> None:
    run = trainer(Trainer, model, rows, tmp_path, max_steps=1, compute_loss_func=weighted_loss)
    with pytest.raises(TypeError, match="loss_weights"):
        run.train()


def test_trap_the_flattening_collator_keeps_labels_and_loses_weights(
    model: Any, tokens_root: Path, tmp_path: Path
) -> None:
    documents = load_from_disk(str(tokens_root))["train"]
    some = documents.take(3)
    collate = DataCollatorWithFlattening()
    batch = collate([{name: row[name] for name in ("input_ids", "labels", "loss_weights")} for row in some])
    assert set(batch) == {"input_ids", "labels", "position_ids"}
    assert batch["labels"][0].tolist() == [label for row in some for label in row["labels"]]
    assert batch["position_ids"][0].tolist() == [place for row in some for place in range(len(row["input_ids"]))]
    run = trainer(
        Trainer, model, documents, tmp_path, max_steps=4, per_device_train_batch_size=4, data_collator=collate
    )
    run.train()
    assert losses(run)[-1] < losses(run)[0]


def test_rows_without_weights_are_refused(model: Any, rows: Dataset, tmp_path: Path) -> None:
    run = trainer(WeightedTrainer, model, rows.remove_columns("loss_weights"), tmp_path, max_steps=1)
    with pytest.raises(UserError, match="rows without `loss_weights`"):
        run.train()


def test_another_loss_function_is_refused(model: Any, rows: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="brings its own"):
        trainer(WeightedTrainer, model, rows, tmp_path, compute_loss_func=weighted_loss)


def test_more_than_one_gpu_in_a_process_is_refused(
    model: Any, rows: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingArguments, "n_gpu", 2)
    with pytest.raises(UserError, match="one process a GPU"):
        trainer(WeightedTrainer, model, rows, tmp_path)


def apart(model: Any, row: dict[str, torch.Tensor], **options: Any) -> bool:
    """Whether the second document of a packed row is to the model what it is alone."""
    first, second = row["seq_lengths"][:2].tolist()
    ids = row["input_ids"][None]
    alone = model(input_ids=ids[:, first : first + second]).logits
    packed = model(input_ids=ids, position_ids=row["position_ids"][None], **options).logits
    return torch.allclose(packed[:, first : first + second], alone, atol=1e-5)


def test_documents_of_a_row_do_not_see_each_other_without_a_cache(model: Any, rows: Dataset) -> None:
    assert apart(model, rows[0], use_cache=False)


def test_trap_a_cache_lets_documents_of_a_row_see_each_other(model: Any, rows: Dataset) -> None:
    assert model.config.use_cache
    assert not apart(model, rows[0])


@pytest.mark.parametrize("kind", [Trainer, WeightedTrainer])
def test_a_trainer_turns_the_cache_off(kind: type[Trainer], model: Any, rows: Dataset, tmp_path: Path) -> None:
    trainer(kind, model, rows, tmp_path)
    assert apart(model, rows[0])
