"""Continual pretraining with transformers' Trainer on packed shards, every token with its weight.

    python examples/hf_trainer.py --shards data/builds/demo/shards --model MODEL --steps 100

The shards come from `pack: {layout: packed, tokenizer: MODEL, window_tokens: 4096}`, with MODEL's own tokenizer.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from datasets import load_from_disk
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainingArguments

from thinkaug.training.trainer import WeightedTrainer


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    """Train, and return the loss before and after, in nats a token."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shards", type=Path, required=True)
    ask.add_argument("--model", required=True)
    ask.add_argument("--steps", type=int, default=100)
    ask.add_argument("--out", default="trained")
    ask.add_argument("--lr", type=float, default=1e-4)
    ask.add_argument("--batch", type=int, default=4, help="rows a device")
    ask.add_argument("--accumulate", type=int, default=2, help="batches a step; the loss is that of one large batch")
    args = ask.parse_args(argv)

    # Memory-mapped: nothing is copied, however large the shards are. Rows are shuffled already.
    rows = load_from_disk(str(args.shards))["train"].with_format("torch")
    few = min(8, len(rows) // 2)
    held_out, training = rows.take(few), rows.skip(few)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    # float32 weights: small updates are lost in bfloat16. Arithmetic is in bfloat16 where a GPU does it (bf16 below).
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype="float32")
    # With `markers: tokens` the thoughts stand between tokens that MODEL has never seen.
    special = json.loads((args.shards / "manifest.json").read_text())["special_tokens"]
    if tokenizer.add_tokens(special, special_tokens=True):
        model.resize_token_embeddings(len(tokenizer))

    # Packed rows have one length and no attention_mask: the stock collator stacks them, and the model keeps the
    # documents of a row apart by position_ids. An attention_mask of ones would undo that.
    trainer = WeightedTrainer(
        model=model,
        args=TrainingArguments(
            output_dir=args.out,
            max_steps=args.steps,
            learning_rate=args.lr,
            warmup_steps=max(1, args.steps // 20),
            per_device_train_batch_size=args.batch,
            per_device_eval_batch_size=args.batch,
            gradient_accumulation_steps=args.accumulate,
            logging_steps=max(1, args.steps // 20),
            save_strategy="no",
            report_to="none",
            bf16=torch.cuda.is_available(),
            prediction_loss_only=True,
        ),
        train_dataset=training,
        eval_dataset=held_out,
    )
    before = trainer.evaluate()["eval_loss"]
    trainer.train()
    after = trainer.evaluate()["eval_loss"]
    trainer.save_model(args.out)
    tokenizer.save_pretrained(args.out)
    print(f"loss before {before:.4f}, after {after:.4f}")
    return before, after


if __name__ == "__main__":
    main()
