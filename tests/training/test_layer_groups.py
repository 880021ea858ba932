"""Parameter groups by layer: every trained parameter in one of them, with the rate of its layer."""

from typing import Any

import pytest
import torch
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from thinkaug.errors import UserError
from thinkaug.training import layer_groups


def llama(layers: int = 4, tied: bool = False) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=16,
            hidden_size=8,
            intermediate_size=8,
            num_hidden_layers=layers,
            num_attention_heads=1,
            tie_word_embeddings=tied,
            pad_token_id=0,
            bos_token_id=0,
            eos_token_id=0,
        )
    )


def rates(model: nn.Module, groups: list[dict[str, Any]]) -> dict[str, float]:
    """Learning rate by name of parameter."""
    by_id = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    return {name: by_id[id(parameter)] for name, parameter in model.named_parameters() if id(parameter) in by_id}


@pytest.mark.parametrize(
    "model",
    [
        llama(),
        llama(tied=True),
        GPT2LMHeadModel(GPT2Config(vocab_size=16, n_positions=8, n_embd=8, n_layer=2, n_head=1)),
    ],
    ids=["untied", "tied", "gpt2"],
)
def test_every_parameter_stands_in_one_group(model: nn.Module) -> None:
    groups = layer_groups(model, recall_lr=1e-5, reasoning_lr=1e-4)
    found = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(found) == sorted(map(id, model.parameters()))


def test_lower_layers_and_embeddings_have_the_rate_of_recall() -> None:
    model = llama(4)
    found = rates(model, layer_groups(model, recall_lr=1e-5, reasoning_lr=1e-4))
    lower = {name for name, rate in found.items() if rate == 1e-5}
    assert lower == {
        name for name in found if name.startswith(("model.embed_tokens", "model.layers.0.", "model.layers.1."))
    }
    assert found["lm_head.weight"] == found["model.norm.weight"] == found["model.layers.2.mlp.up_proj.weight"] == 1e-4


@pytest.mark.parametrize(("boundary", "lower"), [(0, 0), (0.2, 1), (0.5, 2), (0.75, 3), (1, 4)])
def test_the_boundary_is_a_share_of_the_layers(boundary: float, lower: int) -> None:
    model = llama(4)
    found = rates(model, layer_groups(model, recall_lr=1e-5, reasoning_lr=1e-4, boundary=boundary))
    assert {name.split(".")[2] for name, rate in found.items() if ".layers." in name and rate == 1e-5} == {
        str(number) for number in range(lower)
    }


def test_only_matrices_decay() -> None:
    groups = layer_groups(llama(), recall_lr=1, reasoning_lr=2, weight_decay=0.1)
    assert {group["name"]: group["weight_decay"] for group in groups} == {
        "recall": 0.1,
        "recall_vectors": 0,
        "reasoning": 0.1,
        "reasoning_vectors": 0,
    }
    assert all((parameter.ndim > 1) == (group["weight_decay"] > 0) for group in groups for parameter in group["params"])


def test_what_is_frozen_stays_out_and_no_group_is_empty() -> None:
    model = llama()
    for parameter in model.model.layers[:2].parameters():
        parameter.requires_grad = False
    groups = layer_groups(model, recall_lr=1e-5, reasoning_lr=1e-4)
    assert [group["name"] for group in groups] == ["recall", "reasoning", "reasoning_vectors"]
    assert len(groups[0]["params"]) == 1  # the embeddings


def test_a_step_moves_each_part_at_its_rate() -> None:
    torch.manual_seed(0)
    model = llama()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    optimizer = torch.optim.SGD(layer_groups(model, recall_lr=0.0, reasoning_lr=0.1))
    ids = torch.randint(0, 16, (2, 8))
    model(input_ids=ids, labels=ids).loss.backward()
    optimizer.step()
    moved = {name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])}
    assert moved == {
        name for name in before if name.startswith(("model.layers.2.", "model.layers.3.", "model.norm", "lm_head"))
    }


@pytest.mark.parametrize("boundary", [-0.1, 1.1, float("nan")])
def test_a_boundary_that_is_no_share_is_refused(boundary: float) -> None:
    with pytest.raises(UserError, match="is not a share"):
        layer_groups(llama(), recall_lr=1, reasoning_lr=1, boundary=boundary)


def test_a_model_without_blocks_is_refused() -> None:
    with pytest.raises(UserError, match="Linear has no"):
        layer_groups(nn.Linear(2, 2), recall_lr=1, reasoning_lr=1)
