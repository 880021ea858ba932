"""Learning rates by layer: lower blocks, where knowledge is retrieved, apart from upper ones, which reason.

    python examples/layerwise_lr.py --shards data/builds/demo/shards --model MODEL --steps 100 \\
        --recall-lr 2e-5 --reasoning-lr 1e-4

The finding is that of arXiv 2507.18178; which border and which rates serve a model is to be tried on it. What the
shards can say besides is how much each kind of thought weighs: `pack: {style: {weights: {recall: 0.5}}}`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from datasets import load_from_disk
from transformers import AutoModelForCausalLM, TrainingArguments

from thinkaug.training import layer_groups
from thinkaug.training.trainer import WeightedTrainer


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    """Train, and return the loss before and after, in nats a token."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shards", type=Path, required=True)
    ask.add_argument("--model", required=True)
    ask.add_argument("--steps", type=int, default=100)
    ask.add_argument("--out", default="trained")
    ask.add_argument("--recall-lr", type=float, default=2e-5, help="of the embeddings and the lower blocks")
    ask.add_argument("--reasoning-lr", type=float, default=1e-4, help="of the upper blocks and the output layer")
    ask.add_argument("--boundary", type=float, default=0.5, help="share of blocks that are lower ones")
    args = ask.parse_args(argv)

    rows = load_from_disk(str(args.shards))["train"].with_format("torch")
    few = min(8, len(rows) // 2)
    held_out, training = rows.take(few), rows.skip(few)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype="float32")
    groups = layer_groups(
        model, recall_lr=args.recall_lr, reasoning_lr=args.reasoning_lr, boundary=args.boundary, weight_decay=0.1
    )
    for group in groups:
        count = sum(parameter.numel() for parameter in group["params"])
        print(f"{group['name']}: {count} parameters, learning rate {group['lr']:g}")

    settings = TrainingArguments(
        output_dir=args.out,
        max_steps=args.steps,
        warmup_steps=max(1, args.steps // 20),
        per_device_train_batch_size=4,
        per_device_eval_batch_size=4,
        save_strategy="no",
        report_to="none",
        bf16=torch.cuda.is_available(),
        prediction_loss_only=True,
    )
    trainer = WeightedTrainer(
        model=model,
        args=settings,
        train_dataset=training,
        eval_dataset=held_out,
        # The Trainer makes the schedule itself: warm-up and decay multiply each group's own rate.
        optimizers=(torch.optim.AdamW(groups), None),
    )
    before = trainer.evaluate()["eval_loss"]
    trainer.train()
    after = trainer.evaluate()["eval_loss"]
    trainer.save_model(args.out)
    print(f"loss before {before:.4f}, after {after:.4f}")
    return before, after


if __name__ == "__main__":
    main()
