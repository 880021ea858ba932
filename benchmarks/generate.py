"""The generate stage beside bare vLLM: output tokens per second, as a ratio.

The stage reads passages from a shard, renders prompts, holds dialogues, parses steps and commits a shard of drafts.
Bare vLLM is one `LLM.generate` call over the very requests that the stage made (its repair turns too), with the same
sampling and seeds. Both run in this process in pairs, now one first and now the other; the ratio is taken pair by pair.
Beside the ratio by the clock stands the ratio by CPU time, which neighbours on the machine disturb less.

Bars (--bar): the median ratio is at least 0.85 with the demo model and 0.95 with a random Llama of 10M parameters.

    python benchmarks/generate.py [--bar] [--pairs N] [--models demo random10m]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thinkaug import build, shipped
from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.engines import vllm as engine
from thinkaug.pipeline import load
from thinkaug.runner import run_unit
from thinkaug.store import Folder

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

    def submit(self, ticket: int, request: Request) -> None:
        assert isinstance(request, Ask)
        self.requests.append(request)
        self.running.submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        return self.running.ready()

    def close(self) -> None:
        self.running.close()


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


@dataclass(frozen=True)
class Run:
    """Output tokens, and the seconds they took by the clock and of CPU."""

    tokens: int
    wall_s: float
    cpu_s: float

    @classmethod
    def of(cls, work: Callable[[], int]) -> "Run":
        """Time some work that returns its number of tokens."""
        wall, cpu = time.perf_counter(), time.process_time()
        tokens = work()
        return cls(tokens, time.perf_counter() - wall, time.process_time() - cpu)


def stage_runs(spec: Recorded, out: Path, limit: int) -> Iterator[Run]:
    """Again and again: the generate stage, its shard read and its drafts committed."""
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

        def all_units(folder: Folder = folder) -> int:
            manifests = [run_unit(work, unit, folder, sys.maxsize, lambda counts: None) for unit in units]
            return sum(manifest.tally["output_tokens"] for manifest in manifests)

        yield Run.of(all_units)


def bare_run(bare: Any, requests: list[Ask]) -> Run:
    """One `LLM.generate` call over the same prompts with the same sampling."""
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

    def generate() -> int:
        return sum(len(output.outputs[0].token_ids) for output in bare.generate(prompts, sampling, use_tqdm=False))

    return Run.of(generate)


def measure(name: str, pairs: int, folder: Path) -> list[tuple[Run, Run]]:
    """(stage, bare) pair by pair, after one pair to warm up."""
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
    next(runs)
    asked = list(requests)  # the same in every run
    bare_run(bare, asked)
    results = []
    for pair in range(pairs):
        if pair % 2:
            plain = bare_run(bare, asked)
            stage = next(runs)
        else:
            stage = next(runs)
            plain = bare_run(bare, asked)
        results.append((stage, plain))
    tokens = [run.tokens for run in results[0]]
    print(f"{name} ({size}): {len(asked)} requests; output tokens {tokens[0]:,} and {tokens[1]:,}", flush=True)
    return results


def ratios(pairs: list[tuple[Run, Run]], clock: str) -> list[float]:
    """Stage over bare in tokens per second of `wall_s` or `cpu_s`, sorted."""
    return sorted(
        (stage.tokens / getattr(stage, clock)) / (plain.tokens / getattr(plain, clock)) for stage, plain in pairs
    )


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
        rows.append((name, results))
    print(f"\n{'model':<12}{'stage':>8}{'bare':>8} tokens/s{'ratio':>8}{'spread':>15}{'bar':>7}", end="")
    print(f"{'CPU ratio':>11}{'spread':>15}")
    missed = False
    for name, results in rows:
        stage, plain = (
            statistics.median(run.tokens / run.wall_s for run in side) for side in zip(*results, strict=True)
        )
        wall, cpu = ratios(results, "wall_s"), ratios(results, "cpu_s")
        missed |= statistics.median(wall) < BARS[name]
        spreads = [f"{found[0]:.3f}-{found[-1]:.3f}" for found in (wall, cpu)]
        print(
            f"{name:<12}{stage:>8,.0f}{plain:>8,.0f}{'':9}{statistics.median(wall):>8.3f}{spreads[0]:>15}"
            f"{BARS[name]:>7.2f}{statistics.median(cpu):>11.3f}{spreads[1]:>15}"
        )
    return int(arguments.bar and missed)


if __name__ == "__main__":
    sys.exit(main())
