"""The weighted loss, against the same by hand and against the loss of transformers."""

from math import exp, log
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from thinkaug.training import target_weights, weighted_loss


def case(seed: int, rows: int = 3, tokens: int = 7, vocabulary: int = 5) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, labels of which some are no targets, weights of which some are 0."""
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(rows, tokens, vocabulary, generator=random)
    labels = torch.randint(0, vocabulary, (rows, tokens), generator=random)
    labels[torch.rand(rows, tokens, generator=random) < 0.3] = -100
    weights = torch.rand(rows, tokens, generator=random) * (torch.rand(rows, tokens, generator=random) < 0.7)
    return logits, labels, weights


def sums_by_hand(logits: Tensor, labels: Tensor, weights: Tensor) -> tuple[float, float]:
    """Sum of w * nll, sum of w: token by token, in plain numbers."""
    losses = total = 0.0
    for row in range(len(labels)):
        for place in range(1, labels.shape[1]):
            label, weight = int(labels[row, place]), float(weights[row, place])
            if label != -100:
                scores = [float(score) for score in logits[row, place - 1]]
                losses += weight * (log(sum(map(exp, scores))) - scores[label])
                total += weight
    return losses, total


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_weighted_mean_by_hand(seed: int) -> None:
    logits, labels, weights = case(seed)
    losses, total = sums_by_hand(logits, labels, weights)
    loss = weighted_loss(SimpleNamespace(logits=logits), labels, loss_weights=weights)
    assert loss.item() == pytest.approx(losses / total, rel=1e-5)


def test_it_is_divided_by_what_the_trainer_says() -> None:
    logits, labels, weights = case(1)
    losses, _ = sums_by_hand(logits, labels, weights)
    for items in (12.5, torch.tensor(12.5)):
        loss = weighted_loss(SimpleNamespace(logits=logits), labels, items, loss_weights=weights)
        assert loss.item() == pytest.approx(losses / 12.5, rel=1e-5)


@pytest.mark.parametrize("items", [None, torch.tensor(9)])
def test_with_weights_of_1_it_is_the_loss_of_transformers(items: Tensor | None) -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=11,
            hidden_size=8,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            pad_token_id=0,
            bos_token_id=0,
            eos_token_id=0,
        )
    )
    ids, labels = torch.randint(0, 11, (2, 9)), torch.randint(0, 11, (2, 9))
    labels[0, 2:5] = -100
    outputs = model(input_ids=ids, labels=labels, num_items_in_batch=items)
    assert weighted_loss(outputs, labels, items, loss_weights=torch.ones(2, 9)).item() == pytest.approx(
        outputs.loss.item(), abs=1e-6
    )


@pytest.mark.parametrize("nothing", ["weights", "labels", "length"])
def test_where_nothing_is_trained_loss_and_gradient_are_0(nothing: str) -> None:
    logits, labels, weights = case(2)
    if nothing == "weights":
        weights = torch.zeros_like(weights)
    elif nothing == "labels":
        labels = torch.full_like(labels, -100)
    else:
        logits, labels, weights = logits[:, :1], labels[:, :1], weights[:, :1]
    logits.requires_grad_()
    loss = weighted_loss(SimpleNamespace(logits=logits), labels, loss_weights=weights)
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == 0
    assert torch.equal(logits.grad, torch.zeros_like(logits))  # type: ignore[arg-type]


def test_the_first_token_of_a_row_and_ignored_ones_weigh_nothing() -> None:
    labels, weights = torch.tensor([[5, 6, -100, 7]]), torch.tensor([[9.0, 0.5, 9.0, 1.0]])
    assert target_weights(labels, weights).tolist() == [[0.5, 0.0, 1.0, 0.0]]


def test_it_is_computed_in_float32_where_the_model_is_not() -> None:
    logits, labels, weights = case(3)
    rough = logits.to(torch.bfloat16)
    loss = weighted_loss(SimpleNamespace(logits=rough), labels, loss_weights=weights)
    same = weighted_loss(SimpleNamespace(logits=rough.float()), labels, loss_weights=weights)
    assert loss.dtype == torch.float32
    assert loss.item() == same.item()


@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100))
def test_only_the_ratio_of_weights_matters(seed: int, scale: float) -> None:
    logits, labels, weights = case(seed)
    outputs = SimpleNamespace(logits=logits)
    loss, scaled = (weighted_loss(outputs, labels, loss_weights=weights * factor) for factor in (1, scale))
    assert scaled.item() == pytest.approx(loss.item(), rel=1e-4, abs=1e-6)
