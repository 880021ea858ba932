"""TRL's SFTTrainer on packed shards or on text shards.

    python examples/trl_sft.py --shards data/builds/demo/shards --model MODEL --steps 100

TRL knows labels and no weights: a token is trained on or it is not. It drops the column `loss_weights`, and of text
shards also `spans` and `no_loss_ranges`, without a word. Where weights other than 0 and 1 matter, take hf_trainer.py.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from datasets import load_from_disk
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    """Train, and return the loss before and after, in nats a token."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shards", type=Path, required=True)
    ask.add_argument("--model", required=True)
    ask.add_argument("--steps", type=int, default=100)
    ask.add_argument("--out", default="trained")
    ask.add_argument("--lr", type=float, default=1e-4)
    ask.add_argument("--batch", type=int, default=4, help="rows a device")
    ask.add_argument("--window-tokens", type=int, default=4096, help="of rows that TRL packs from text")
    args = ask.parse_args(argv)

    rows = load_from_disk(str(args.shards))["train"]
    if "input_ids" in rows.column_names:
        # TRL makes position_ids of seq_lengths, and only with padding_free: without it, documents of a row see each
        # other. max_length would cut the rows.
        layout = {"padding_free": True, "max_length": None}
        if any(0 < weight < 1 for row in rows.select(range(min(100, len(rows)))) for weight in row["loss_weights"]):
            print("note: these shards have weights between 0 and 1, which TRL takes for 1")
    else:
        # bfd_split: what is longer than a row goes on in the next one. The default, bfd, throws it away.
        rows = rows.select_columns(["text"])
        layout = {"packing": True, "packing_strategy": "bfd_split", "max_length": args.window_tokens}
    few = min(8, len(rows) // 2)
    held_out, training = rows.take(few), rows.skip(few)

    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(args.model, dtype="float32"),
        processing_class=AutoTokenizer.from_pretrained(args.model),
        args=SFTConfig(
            output_dir=args.out,
            max_steps=args.steps,
            learning_rate=args.lr,
            per_device_train_batch_size=args.batch,
            per_device_eval_batch_size=args.batch,
            logging_steps=max(1, args.steps // 20),
            save_strategy="no",
            report_to="none",
            bf16=torch.cuda.is_available(),  # TRL's default is True, which no CPU can do
            **layout,
        ),
        train_dataset=training,
        eval_dataset=held_out,
    )
    before = trainer.evaluate()["eval_loss"]
    trainer.train()
    after = trainer.evaluate()["eval_loss"]
    trainer.save_model(args.out)
    print(f"loss before {before:.4f}, after {after:.4f}")
    return before, after


if __name__ == "__main__":
    main()
