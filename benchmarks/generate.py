"""The generate stage beside bare vLLM: output tokens per second, as a ratio.

The stage reads passages from a shard, renders prompts, holds dialogues, parses steps and commits a shard of drafts.
Bare vLLM is one `LLM.generate` call over the very requests that the stage made (its repair turns too), with the same
sampling and seeds. Both run in this process, one after the other, several times; the ratio is taken pair by pair.

Bars (--bar): the median ratio is at least 0.85 with the demo model and 0.95 with a random Llama of 10M parameters.

    python benchmarks/generate.py [--bar] [--pairs N] [--models demo random10m]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thinkaug import build, shipped
from thinkaug.dialogue import Ask, Reply
from thinkaug.engines import vllm as engine
from thinkaug.pipeline import load
from thinkaug.runner import run_unit

BARS = {"demo": 0.85, "random10m": 0.95}
# Documents of the demo corpus in a run. A random model never stops by itself: each reply is as long as allowed.
DOCUMENTS = {"demo": 400, "random10m": 60}
# Room for a whole batch of the larger model: without it vLLM preempts, and the ratio would measure that.
OPTIONS = {"kv_cache_memory_bytes": 2 << 30}


@dataclass(frozen=True)
class Recorded:
    """An open engine, handed out as often as it is asked for, that remembers the requests it is given."""

    config: engine.Config
    running: engine.VllmEngine
    requests: list[Ask]

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def window(self) -> int:
        return self.running.window

    def identity(self) -> Any:
        return self.config.identity()

    def count_tokens(self, texts: Any) -> list[int]:
        return self.config.count_tokens(texts)

    def open(self) -> "Recorded":
        return self

    def submit(self, ticket: int, request: Ask) -> None:
        self.requests.append(request)
        self.running.submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        return self.running.ready()


def random_llama(folder: Path) -> str:
    """A Llama of 10M parameters with random weights and the demo model's tokenizer and chat template."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=320,
        intermediate_size=960,
        num_hidden_layers=7,
        num_attention_heads=5,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    model: Any = LlamaForCausalLM(config)  # type: ignore[no-untyped-call]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return f"{sum(weights.numel() for weights in model.parameters()) / 1e6:.1f}M"


def stage_runs(spec: Recorded, out: Path, limit: int) -> Iterator[tuple[int, float]]:
    """Again and again: output tokens and seconds of the generate stage, its shard read and its drafts committed."""
    settings = [f"stages.ingest.limit={limit}", "stages.generate.max_tokens=128"]
    plan = load("demo", settings, str(out), {"writer": spec})
    place = next(place for place, step in enumerate(plan.steps) if step.stage.name == "generate")
    for step in plan.steps[:place]:
        build.run_step(plan, step)
    step = plan.steps[place]
    units = build.units(plan, step)
    work = step.stage.start(step.config, plan.services, [unit.shard for unit in units])
    for number in range(1_000_000):
        folder = replace(step.folder, path=step.folder.path.with_name(f"generate-{number}"))
        folder.begin({})
        spec.requests.clear()
        started = time.perf_counter()
        tallies = [run_unit(work, unit, folder, sys.maxsize, lambda counts: None).tally for unit in units]
        yield sum(tally["output_tokens"] for tally in tallies), time.perf_counter() - started


def bare_run(bare: Any, requests: list[Ask]) -> tuple[int, float]:
    """Output tokens and seconds of one `LLM.generate` call over the same prompts with the same sampling."""
    from vllm import SamplingParams

    tokenizer = bare.get_tokenizer()
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": message.role, "content": message.content} for message in request.messages],
            tokenize=False,
            add_generation_prompt=True,
        )
        for request in requests
    ]
    sampling = [
        SamplingParams(
            temperature=request.sampling.temperature,
            top_p=request.sampling.top_p,
            max_tokens=request.sampling.max_tokens,
            seed=request.seed,
        )
        for request in requests
    ]
    started = time.perf_counter()
    outputs = bare.generate(prompts, sampling, use_tqdm=False)
    seconds = time.perf_counter() - started
    return sum(len(output.outputs[0].token_ids) for output in outputs), seconds


def measure(name: str, pairs: int, folder: Path) -> list[tuple[float, float, int, int]]:
    """(stage tokens/s, bare tokens/s, stage tokens, bare tokens) pair by pair, after one pair to warm up."""
    size = "shipped"
    model = "shipped:model"
    if name == "random10m":
        size = random_llama(folder / "model")
        model = str(folder / "model")
    config = engine.Config(model=model, max_model_len=2048, options=OPTIONS)
    running = config.open()
    from vllm import LLM

    bare = LLM(config.path, max_model_len=2048, disable_log_stats=True, **{**engine.cpu_arguments(config), **OPTIONS})
    requests: list[Ask] = []
    runs = stage_runs(Recorded(config, running, requests), folder / "builds", DOCUMENTS[name])
    results = []
    for pair in range(pairs + 1):
        tokens, seconds = next(runs)
        bare_tokens, bare_seconds = bare_run(bare, requests)
        if pair:
            results.append((tokens / seconds, bare_tokens / bare_seconds, tokens, bare_tokens))
    print(f"{name} ({size}): {len(requests)} requests, {results[0][2]:,} output tokens a run", flush=True)
    return results


def main() -> int:
    """Print the table; with --bar, return 1 if a median ratio misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--models", nargs="+", choices=BARS, default=list(BARS))
    arguments = parser.parse_args()
    rows = []
    for name in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            results = measure(name, arguments.pairs, Path(folder))
        ratios = sorted(stage / bare for stage, bare, _, _ in results)
        rows.append((name, [stage for stage, *_ in results], [bare for _, bare, *_ in results], ratios))
    print(f"\n{'model':<12}{'stage tokens/s':>16}{'bare tokens/s':>16}{'ratio':>8}{'spread':>16}{'bar':>7}")
    missed = False
    for name, stage, bare, ratios in rows:
        ratio = statistics.median(ratios)
        missed |= ratio < BARS[name]
        spread = f"{ratios[0]:.3f}-{ratios[-1]:.3f}"
        print(
            f"{name:<12}{statistics.median(stage):>16,.0f}{statistics.median(bare):>16,.0f}"
            f"{ratio:>8.3f}{spread:>16}{BARS[name]:>7.2f}"
        )
    return int(arguments.bar and missed)


if __name__ == "__main__":
    sys.exit(main())
