"""The generate stage beside bare vLLM, strategy by strategy: output tokens per second, as a ratio.

The stage reads passages from a shard, renders prompts, holds dialogues, parses what comes back, remembers every reply
and commits a shard of drafts. Bare vLLM is one `LLM.generate` call over the very requests that the stage made, in
whatever turn, with the same sampling and seeds. They run in pairs, now one first and now the other; the ratio is taken
pair by pair. The stage's engine is in a process of its own, as always, while bare vLLM is in this one. Beside the ratio
by the clock stands the ratio by CPU time of all processes, which neighbours on the machine disturb less.

A random Llama never writes a step. So that dialogues go through all of their turns, its replies are given a text that
can be read before the stage sees them; what it generates, and how many tokens, is its own.

Bars (--bar), of the median ratio by the clock: 0.95 for each strategy with a random Llama of 10M parameters; 0.9 where
it holds dialogues of three turns or writes four candidates; 0.85 for the demo as it is, with its model of 1M.

    python benchmarks/generate.py [--bar] [--pairs N] [--documents N] [--cases NAME ...]
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from thinkaug import build, shipped
from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.engines import vllm as engine
from thinkaug.engines.cpu import cpu_arguments
from thinkaug.engines.process.guard import Guarded
from thinkaug.knowledge.building import build_index
from thinkaug.pipeline import load
from thinkaug.runner import run_unit
from thinkaug.stage import Memory
from thinkaug.store import Folder

# Room for a whole batch of the larger model: without it vLLM preempts, and the ratio would measure that.
OPTIONS = {"kv_cache_memory_bytes": 2 << 30}
STEPS = "<self_talk>What is it for?</self_talk>\n<recall>It is used in gout.</recall>"
OUTLINE = "self_talk: what it is for\nrecall: its use"
LOOK_UPS = 2


@dataclass(frozen=True)
class Case:
    """What is measured: settings of the generate stage, the model, and the bar."""

    bar: float
    settings: tuple[str, ...]
    random: bool = True


def _strategy(name: str, *more: str) -> tuple[str, ...]:
    return (f"strategy={name}", "max_tokens=128", *more)


CASES = {
    "demo": Case(0.85, ("max_tokens=128",), random=False),
    "interleaved": Case(0.95, _strategy("interleaved")),
    "hidden_thought": Case(0.95, _strategy("hidden_thought")),
    "trajectory": Case(0.95, _strategy("trajectory")),
    "latent": Case(0.95, _strategy("latent")),
    "skeleton": Case(0.95, _strategy("skeleton")),
    "grounded, 3 turns": Case(0.9, _strategy("grounded", "options.index=INDEX")),
    "latent, K=4": Case(0.9, _strategy("latent", "candidates=4", "temperature=1", "measured=true")),
}


@dataclass
class Recorded:
    """An open engine, handed out as often as it is asked for, that remembers the requests it is given."""

    config: engine.Config
    running: Guarded
    read: Callable[[Ask], str] | None
    requests: list[Ask] = field(default_factory=list)
    _inside: dict[int, Ask] = field(default_factory=dict)

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
        self._inside[ticket] = request
        self.running.submit(ticket, request)

    def ready(self) -> list[tuple[int, Reply]]:
        replies = [(ticket, reply, self._inside.pop(ticket)) for ticket, reply in self.running.ready()]
        if self.read is None:
            return [(ticket, reply) for ticket, reply, _ in replies]
        return [(ticket, replace(reply, text=self.read(ask), finish="stop")) for ticket, reply, ask in replies]

    def close(self) -> None:
        self.running.close()


def readable(ask: Ask) -> str:
    """A reply that takes the dialogue to its next turn."""
    if ask.messages[-1].content.endswith("Outline:"):
        return OUTLINE
    turns = sum(message.role == "assistant" for message in ask.messages)
    if "Look-ups left" in ask.messages[-1].content and turns < LOOK_UPS:
        return f"<lookup>{('gout', 'obesity')[turns]}</lookup>"
    return STEPS


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
    def of(cls, work: Callable[[], int], group: int = 0) -> "Run":
        """Time some work that returns its number of tokens; a process group besides this process may do it."""
        wall, cpu = time.perf_counter(), time.process_time() + group_cpu_s(group)
        tokens = work()
        return cls(tokens, time.perf_counter() - wall, time.process_time() + group_cpu_s(group) - cpu)


def group_cpu_s(group: int) -> float:
    """The CPU time that the processes of a group have taken so far, in seconds (Linux)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = place.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # ended meanwhile
        if int(values[2]) == group:
            ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def stage_runs(spec: Recorded, case: Case, out: Path, documents: int) -> Iterator[Run]:
    """Again and again: the generate stage, its shard read, its replies stored and its drafts committed."""
    settings = [f"stages.generate.{setting.replace('INDEX', str(out / 'index'))}" for setting in case.settings]
    plan = load("demo", [f"stages.ingest.limit={documents}", *settings], str(out), {"writer": spec})
    place = next(place for place, step in enumerate(plan.steps) if step.stage.name == "generate")
    for step in plan.steps[:place]:
        build.run_step(plan, step)
    step = plan.steps[place]
    units = build.units(step)
    work = step.stage.start(step.config, step.services, [unit.shard for unit in units])
    for number in range(1_000_000):
        folder = replace(step.folder, path=step.folder.path.with_name(f"generate-{number}"))
        folder.begin({})
        step.services.memory = Memory(out / f"memory-{number}", folder.path.name)  # empty: nothing may be remembered
        spec.requests.clear()

        def all_units(folder: Folder = folder) -> int:
            manifests = [run_unit(work, unit, folder, sys.maxsize, lambda counts: None) for unit in units]
            return sum(manifest.tally["output_tokens"] for manifest in manifests)

        yield Run.of(all_units, spec.running.group)


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
            logprobs=0 if request.measured else None,
        )
        for request in requests
    ]

    def generate() -> int:
        return sum(len(output.outputs[0].token_ids) for output in bare.generate(prompts, sampling, use_tqdm=False))

    return Run.of(generate)


def measure(
    case: Case, config: engine.Config, running: Guarded, bare: Any, pairs: int, documents: int, folder: Path
) -> tuple[int, list[tuple[Run, Run]]]:
    """How many requests there were, and (stage, bare) pair by pair, after one pair to warm up."""
    if any("INDEX" in setting for setting in case.settings):
        # Not before bare vLLM is loaded: it trips over a module that an index brings along.
        build_index([shipped.locate("shipped:knowledge/facts.tsv")], str(folder / "index"))
    spec = Recorded(config, running, readable if case.random else None)
    runs = stage_runs(spec, case, folder, documents)
    next(runs)
    asked = list(spec.requests)  # the same in every run
    bare_run(bare, asked)
    results = []
    for pair in range(pairs):
        gc.collect()
        if pair % 2:
            plain = bare_run(bare, asked)
            stage = next(runs)
        else:
            stage = next(runs)
            plain = bare_run(bare, asked)
        results.append((stage, plain))
    return len(asked), results


def ratios(pairs: list[tuple[Run, Run]], clock: str) -> list[float]:
    """Stage over bare in tokens per second of `wall_s` or `cpu_s`, sorted."""
    return sorted(
        (stage.tokens / getattr(stage, clock)) / (plain.tokens / getattr(plain, clock)) for stage, plain in pairs
    )


def row(name: str, requests: int, results: list[tuple[Run, Run]], bar: float) -> str:
    """A line of the table."""
    stage, plain = (statistics.median(run.tokens / run.wall_s for run in side) for side in zip(*results, strict=True))
    wall, cpu = ratios(results, "wall_s"), ratios(results, "cpu_s")
    spreads = [f"{found[0]:.3f}-{found[-1]:.3f}" for found in (wall, cpu)]
    return (
        f"{name:<18}{requests:>9}{stage:>8,.0f}{plain:>8,.0f}{statistics.median(wall):>8.3f}{spreads[0]:>15}{bar:>7.2f}"
        f"{statistics.median(cpu):>11.3f}{spreads[1]:>15}"
    )


def main() -> int:
    """Print the table; with --bar, return 1 if a median ratio misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    arguments = parser.parse_args()
    missed = False
    titles = f"{'case':<18}{'requests':>9}{'stage':>8}{'bare':>8}{'ratio':>8}{'spread':>15}{'bar':>7}"
    print(f"{titles}{'CPU ratio':>11}{'spread':>15}   (stage, bare: tokens/s)", flush=True)
    engine.import_vllm()
    from vllm import LLM

    for is_random in (False, True):
        names = [name for name in arguments.cases if CASES[name].random == is_random]
        if not names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            if is_random:
                random_llama(Path(folder) / "model")
            model = str(Path(folder) / "model") if is_random else "shipped:model"
            config = engine.Config(model=model, max_model_len=2048, options=OPTIONS)
            running = config.open()
            arguments_of_vllm = {**cpu_arguments(config.dtype, config.max_model_len), **OPTIONS}
            bare = LLM(config.path, max_model_len=2048, disable_log_stats=True, **arguments_of_vllm)
            for name in names:
                case, documents = CASES[name], arguments.documents if is_random else 400
                place = Path(folder) / name.partition(",")[0] / str(len(name))
                place.mkdir(parents=True)
                requests, results = measure(case, config, running, bare, arguments.pairs, documents, place)
                missed |= statistics.median(ratios(results, "wall_s")) < case.bar
                print(row(name, requests, results, case.bar), flush=True)
            running.close()
            del bare
    return int(arguments.bar and missed)


if __name__ == "__main__":
    sys.exit(main())
