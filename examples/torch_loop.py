"""A plain PyTorch loop on packed shards that goes on exactly where it was killed.

    python examples/torch_loop.py --shards data/builds/demo/shards --model MODEL --steps 100 --out run

Say the same again after a crash: the run goes on from the last checkpoint, sees the same rows in the same order as one
that was never stopped, and ends with the same weights, bit for bit (on one device, with its deterministic kernels).
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from datasets import load_from_disk
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM

from thinkaug.training import weighted_loss


def batches(rows: int, batch: int, seed: int, first: int, last: int) -> Iterator[list[int]]:
    """The row numbers of steps first to last: a function of the step alone, so there is no sampler to save."""
    a_pass = max(1, rows // batch)  # in steps; rows left over at the end of a pass are others in the next one
    for step in range(first, last):
        if step == first or step % a_pass == 0:
            order = torch.randperm(rows, generator=torch.Generator().manual_seed(seed * 1_000_003 + step // a_pass))
        start = step % a_pass * batch
        yield order[start : start + batch].tolist()


def loss_of(model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """In nats a token."""
    # The model keeps the documents of a row apart by position_ids, but only with neither an attention_mask nor a
    # cache. The cache is on by default, and nothing says so; the Trainer turns it off.
    outputs = model(input_ids=batch["input_ids"], position_ids=batch["position_ids"], use_cache=False)
    return weighted_loss(outputs, batch["labels"], loss_weights=batch["loss_weights"])


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    """Train, and return the loss before and after, in nats a token."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shards", type=Path, required=True)
    ask.add_argument("--model", required=True)
    ask.add_argument("--steps", type=int, default=100)
    ask.add_argument("--out", type=Path, default=Path("trained"))
    ask.add_argument("--lr", type=float, default=1e-4)
    ask.add_argument("--batch", type=int, default=4)
    ask.add_argument("--save-every", type=int, default=50)
    ask.add_argument("--seed", type=int, default=0)
    args = ask.parse_args(argv)

    columns = ["input_ids", "labels", "position_ids", "loss_weights"]
    rows = load_from_disk(str(args.shards))["train"].select_columns(columns).with_format("torch")
    few = min(8, len(rows) // 2)
    held_out, training = rows.take(few), rows.skip(few)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype="float32").to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)

    def held_out_loss() -> float:
        model.eval()
        with torch.no_grad():
            return loss_of(model, {name: value.to(device) for name, value in held_out[:].items()}).item()

    step, before = 0, held_out_loss()
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]

    args.out.mkdir(parents=True, exist_ok=True)
    model.train()
    order = batches(len(training), args.batch, args.seed, step, args.steps)
    for batch in DataLoader(training, batch_sampler=order):
        torch.manual_seed(args.seed * 1_000_003 + step)  # dropout too is a function of the step alone
        loss = loss_of(model, {name: value.to(device) for name, value in batch.items()})
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        print(f"step {step}: loss {loss.item():.4f}", flush=True)
        if step % args.save_every == 0 or step == args.steps:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            torch.save(state, args.out / "checkpoint.tmp")
            (args.out / "checkpoint.tmp").replace(checkpoint)  # whole or absent, whenever the run is killed

    after = held_out_loss()
    model.save_pretrained(args.out)
    print(f"loss before {before:.4f}, after {after:.4f}")
    return before, after


if __name__ == "__main__":
    main()
