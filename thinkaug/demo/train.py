"""Conversations -> the shipped model: a small Llama from scratch, on one core, the same bytes every time.

Knows nothing of facts. torch and transformers are imported here and nowhere else in the package at top level.
"""

import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from thinkaug.demo.talks import Conversation
from thinkaug.demo.tokenizer import CONTEXT_TOKENS, END, train_tokenizer


@dataclass(frozen=True, slots=True)
class Training:
    """Sizes and rates. The defaults make the shipped model."""

    steps: int = 7000
    batch_tokens: int = 2048
    matrix_rate: float = 1e-2  # peak learning rate of Muon, for the matrices between the embeddings
    other_rate: float = 3e-3  # the same of AdamW, for embeddings and norms
    warmup_steps: int = 100
    prompt_weight: float = 0.2  # of a prompt token in the loss, where an answer token has 1
    pool: int = 512  # conversations sorted by length before they are cut into batches
    hidden: int = 128
    layers: int = 4
    heads: int = 4
    seed: int = 17


SECOND = Training(steps=6000, matrix_rate=6e-3, other_rate=2e-3, seed=18)
"""The second phase, from the weights of the first."""

Row = tuple[list[int], list[float]]
"""Token ids, and the weight of each as a target."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids, and the weight of each token as a target; both [rows, tokens], padded on the right with weight 0."""

    ids: Tensor
    weights: Tensor


def train(
    folder: Path,
    conversations: Iterator[Conversation],
    lexicon: Iterable[Conversation],
    training: Training,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Train and write the model to `folder`, whole or not at all; returns the loss of every step, in nats.

    Args:
        folder: replaced when the training is done.
        conversations: without end; the last message of each is the answer.
        lexicon: conversations whose common words become tokens.
        training: sizes and rates.
        report: called with the step and its loss.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(training.seed)
    tokenizer = train_tokenizer(message.content for talk in lexicon for message in talk if message.role != "system")
    model = _fresh(tokenizer, training)
    rows = (_encode(talk, tokenizer, training) for talk in conversations)
    losses = _fit(model, _batches(rows, training), training, report)
    _write(folder, model, tokenizer)
    return losses


def train_on(
    start: Path,
    folder: Path,
    examples: Iterator[str | Conversation],
    training: Training,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Train the model in `start` further and write it to `folder`, whole or not at all; returns the losses in nats.

    Args:
        start: a model that `train` wrote.
        folder: replaced when the training is done.
        examples: without end; texts, learned from their beginning to their end, and conversations.
        training: rates, and the number of steps; the sizes are those of the model.
        report: called with the step and its loss.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(training.seed)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(start)
    for where_from in ("is_local", "local_files_only"):  # else it is saved with the tokenizer
        tokenizer.init_kwargs.pop(where_from, None)
    model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32)
    rows = (
        _encode_text(example, tokenizer) if isinstance(example, str) else _encode(example, tokenizer, training)
        for example in examples
    )
    losses = _fit(model, _batches(rows, training), training, report)
    _write(folder, model, tokenizer)
    return losses


def _fit(
    model: LlamaForCausalLM, batches: Iterator[Batch], training: Training, report: Callable[[int, float], None]
) -> list[float]:
    optimizers = _optimizers(model, training)
    peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers]
    losses: list[float] = []
    for step, batch in enumerate(islice(batches, training.steps)):
        for optimizer, rates in zip(optimizers, peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = peak * _share(step, training)
        loss = _loss(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad()
        losses.append(loss.item())
        report(step, losses[-1])
    return losses


def _fresh(tokenizer: PreTrainedTokenizerFast, training: Training) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=training.hidden,
        intermediate_size=3 * training.hidden,
        num_hidden_layers=training.layers,
        num_attention_heads=training.heads,
        num_key_value_heads=training.heads,
        max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)  # type: ignore[no-untyped-call]


def _optimizers(model: LlamaForCausalLM, training: Training) -> list[torch.optim.Optimizer]:
    """Muon learns the facts, which are many and each rare, in two thirds of the steps that AdamW needs alone."""
    named = list(model.named_parameters())
    matrices = [weights for name, weights in named if weights.ndim == 2 and "embed" not in name]
    others = [weights for name, weights in named if weights.ndim != 2 or "embed" in name]
    return [
        torch.optim.Muon(matrices, lr=training.matrix_rate, weight_decay=0.05),
        torch.optim.AdamW(others, lr=training.other_rate, betas=(0.9, 0.98), weight_decay=0.05),
    ]


def _share(step: int, training: Training) -> float:
    """Of the peak rate: linear warm-up, then half a cosine down to a fiftieth."""
    if step < training.warmup_steps:
        return (step + 1) / training.warmup_steps
    done = (step - training.warmup_steps) / max(1, training.steps - training.warmup_steps)
    return 0.02 + 0.49 * (1 + math.cos(math.pi * done))


def _loss(model: LlamaForCausalLM, batch: Batch) -> Tensor:
    """The weighted mean over the tokens of their negative log-likelihood."""
    logits = model(input_ids=batch.ids[:, :-1], use_cache=False).logits
    nats = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch.ids[:, 1:].flatten(), reduction="none")
    weights = batch.weights[:, 1:].flatten()
    return (nats * weights).sum() / weights.sum()


def _batches(rows: Iterator[Row], training: Training) -> Iterator[Batch]:
    """Batches of at most `batch_tokens` tokens, padding included, of rows of about the same length."""
    chance = Random(training.seed)
    while pool := list(islice(rows, training.pool)):
        encoded = sorted(pool, key=lambda row: len(row[0]))
        batches: list[list[Row]] = [[]]
        for row in encoded:
            if (len(batches[-1]) + 1) * len(row[0]) > training.batch_tokens:
                batches.append([])
            batches[-1].append(row)
        for chosen in chance.sample(batches, len(batches)):
            if chosen:
                yield _padded(chosen)


def _encode_text(text: str, tokenizer: PreTrainedTokenizerFast) -> Row:
    """A document from one end token to the next, where an engine scores it too; cut at the model's positions."""
    end: list[int] = tokenizer.encode(END, add_special_tokens=False)
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    ids = (end + ids + end)[:CONTEXT_TOKENS]
    return ids, [0.0] + [1.0] * (len(ids) - 1)


def _encode(talk: Conversation, tokenizer: PreTrainedTokenizerFast, training: Training) -> Row:
    messages = [{"role": message.role, "content": message.content} for message in talk[:-1]]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    asked: list[int] = tokenizer.encode(prompt, add_special_tokens=False)
    answered: list[int] = tokenizer.encode(talk[-1].content + END, add_special_tokens=False)
    return asked + answered, [training.prompt_weight] * len(asked) + [1.0] * len(answered)


def _padded(rows: list[Row]) -> Batch:
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    weights = torch.zeros(len(rows), longest)
    for number, (row, row_weights) in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        weights[number, : len(row)] = torch.tensor(row_weights)
    return Batch(ids, weights)


def _write(folder: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        fresh = Path(scratch) / folder.name
        model.to(torch.bfloat16)  # type: ignore[arg-type]
        end = tokenizer.eos_token_id
        model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=end)  # type: ignore[no-untyped-call]
        model.save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
        (fresh / "model.safetensors").chmod(0o644)  # else readable by its maker alone
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)


def printed(start_s: float, every: int) -> Callable[[int, float], None]:
    """A report that prints every so many steps the mean loss since the last."""
    recent: list[float] = []

    def report(step: int, loss: float) -> None:
        recent.append(loss)
        if (step + 1) % every == 0:
            mean = sum(recent) / len(recent)
            print(f"step {step + 1}: loss {mean:.3f} nats, {time.monotonic() - start_s:.0f} s", flush=True)
            recent.clear()

    return report
