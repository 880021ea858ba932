"""What it costs to score a candidate, as a share of what it costs to generate it.

A random Llama of 10M parameters thinks about stretches of 256 tokens after 128 tokens of context, four candidates of
128 tokens each, and then scores them `by: gain`: the real stages, with the engine in a process of its own, and every
reply stored. A random Llama never writes a step, so each reply is given a text of four steps and 128 tokens; what is
generated, and how many tokens, is its own. Every round has stretches of its own, so that nothing is left in a cache.

A candidate's share of the reading of its stretch without a thought counts as its own. Beside the gain alone stand the
gain with the mismatched reading (the default), and with the steps too. Generating is taken twice: as a pipeline does it
unless told otherwise (full prompts, whose persona and focus are drawn anew for every candidate, so that prompts have
little in common), and with brief prompts that are all alike. The chat template of the demo's model leaves the system
message out; here is one that has it, as those of real models do. Ratios are of the CPU time of all processes, round by
round; those by the clock stand beside them.

Bar (--bar): scoring the gain costs at most 0.35 of generating with full prompts, by the median of the CPU ratios.

    python benchmarks/score.py [--bar] [--rounds N] [--passages N] [--dtype float32|bfloat16]
"""

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from generate import Recorded, Run, random_llama
from tokenizers import Tokenizer

from thinkaug.dialogue import Ask
from thinkaug.engines import vllm as engine
from thinkaug.engines.cpu import prepare
from thinkaug.records import Draft, Passage, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Memory, Services, Shard, Stage
from thinkaug.stages.generate import generate
from thinkaug.stages.score import score
from thinkaug.templates import Templates

BAR = 0.35
CONTEXT_TOKENS, TARGET_TOKENS, THOUGHT_TOKENS, CANDIDATES, STEPS = 128, 256, 128, 4, 4
TEMPLATE = (
    "{% for message in messages %}<|user|>{{ message.role }}: {{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
OPTIONS = {"kv_cache_memory_bytes": 2 << 30}
GENERATING: Mapping[str, Mapping[str, object]] = {"full": {}, "brief": {"prompts": "brief", "vary": []}}
SCORING: Mapping[str, Mapping[str, object]] = {
    "gain": {"mismatched": False},
    "+ mismatched": {},
    "+ steps": {"steps": True},
}


class Words:
    """Texts of so many tokens, of words drawn at random."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        spelled = (tokenizer.decode([token]) for token in range(tokenizer.get_vocab_size()))
        self._words = sorted({word.strip() for word in spelled if word.strip().isascii() and word.strip().isalpha()})

    def text(self, tokens: int, seed: object) -> str:
        """A text of about that many tokens, always the same for a seed."""
        drawn = random.Random(str(seed))  # nothing secret
        text = ""
        while self.tokens(text) < tokens:
            text += drawn.choice(self._words) + " "
        return text

    def tokens(self, text: str) -> int:
        """How many tokens it has."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def steps(self, ask: Ask) -> str:
        """What stands in for a reply: steps that can be read."""
        texts = [self.text(THOUGHT_TOKENS // STEPS, (ask.seed, number)).strip() for number in range(STEPS)]
        kinds = ("self_talk", "recall", "recall", "verification")
        return "\n".join(f"<{kind}>{text}</{kind}>" for kind, text in zip(kinds, texts, strict=True))

    def passages(self, count: int, seed: object) -> list[Passage]:
        """Passages of one stretch, each of its own document."""
        found = []
        for number in range(count):
            context, text = (self.text(n, (seed, number, n)) for n in (CONTEXT_TOKENS, TARGET_TOKENS))
            name, digest = content_id(context, text), sha256(text.encode()).hexdigest()
            found.append(Passage(name, name, 0, text, context, (0,), digest, domain="random"))
        return found


@dataclass
class Bench:
    """Runs stages over rows, with one running engine and a memory that is new each time."""

    spec: Recorded
    place: Path
    runs: int = 0

    def run(self, stage: Stage, rows: Sequence[Any], settings: Mapping[str, object]) -> tuple[Run, list[Any]]:
        """How long it took, its `tokens` being candidates; and the rows that came of it."""
        self.runs += 1
        memory = Memory(self.place / str(self.runs), f"{stage.name}-0")
        services = Services(Templates(), {"writer": self.spec}, memory=memory)
        shard = Shard("00000", partial(iter, rows))
        found: list[Any] = []

        def work() -> int:
            config: Any = read_config(stage.config, settings, stage.name)
            for outcome in stage.start(config, services, [shard])(shard):
                assert isinstance(outcome, Kept), outcome
                assert not outcome.tally.get("not_scored"), outcome.tally
                found.extend(outcome.rows)
            return len(rows) * CANDIDATES

        return Run.of(work, self.spec.running.group), found


class Scorable(Recorded):
    """An engine whose scores go through untouched."""

    def submit(self, ticket: int, request: Any) -> None:
        if isinstance(request, Ask):
            super().submit(ticket, request)
        else:
            self.running.submit(ticket, request)

    def ready(self) -> Any:
        asked = self._inside
        found = []
        for ticket, reply in self.running.ready():
            ask = asked.pop(ticket, None)
            found.append((ticket, reply if ask is None or self.read is None else as_read(reply, self.read(ask))))
        return found


def as_read(reply: Any, text: str) -> Any:
    """The reply with another text; what it cost stays."""
    return replace(reply, text=text, finish="stop")


def each(run: Run, clock: str) -> float:
    """Milliseconds a candidate."""
    return 1000 * float(getattr(run, clock)) / run.tokens


def row(name: str, runs: Sequence[Run], against: Mapping[str, Sequence[Run]]) -> str:
    """A line of the table: milliseconds a candidate, and what share of generating that is."""
    line = f"{name:<22}{statistics.median(each(run, 'cpu_s') for run in runs):>9.1f}"
    line += f"{statistics.median(each(run, 'wall_s') for run in runs):>9.1f}"
    for others in against.values():
        cpu, wall = (ratios(runs, others, clock) for clock in ("cpu_s", "wall_s"))
        line += f"{statistics.median(cpu):>9.3f}{f'{cpu[0]:.3f}-{cpu[-1]:.3f}':>14}{statistics.median(wall):>8.3f}"
    return line


def ratios(runs: Sequence[Run], others: Sequence[Run], clock: str) -> list[float]:
    """The cost of a candidate against that of the other runs, round by round, sorted."""
    return sorted(each(run, clock) / each(other, clock) for run, other in zip(runs, others, strict=True))


def main() -> int:
    """Print the table; with --bar, return 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=24)
    parser.add_argument("--dtype", default="float32", help="of writer and scorer")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare()
        print(f"random Llama of {random_llama(Path(folder) / 'model')} parameters, {arguments.dtype}", flush=True)
        words = Words(Tokenizer.from_file(str(Path(folder) / "model" / "tokenizer.json")))
        template = Path(folder) / "template.jinja"
        template.write_text(TEMPLATE)
        config = engine.Config(
            str(Path(folder) / "model"),
            max_model_len=2048,
            dtype=arguments.dtype,
            chat_template=str(template),
            options=OPTIONS,
        )
        running = config.open()
        bench = Bench(Scorable(config, running, words.steps), Path(folder))
        shared = {"candidates": CANDIDATES, "max_tokens": THOUGHT_TOKENS}
        generating: dict[str, list[Run]] = {name: [] for name in GENERATING}
        scoring: dict[str, list[Run]] = {name: [] for name in SCORING}
        prompt_tokens: dict[str, float] = {}
        for number in range(-1, arguments.rounds):  # the first is to warm up
            drafts: list[Draft] = []
            for name, settings in GENERATING.items():
                passages = words.passages(arguments.passages if number >= 0 else 4, (number, name))
                run, drafts = bench.run(generate, passages, {**shared, **settings})
                generating[name] += [run] * (number >= 0)
                prompt_tokens[name] = statistics.mean(g.prompt_tokens for draft in drafts for g in draft.generations)
            for name, settings in SCORING.items():
                # Scored anew, each time with stretches that no cache holds.
                fresh = words.passages(len(drafts), (number, name))
                rows = [replace(draft, passage=passage) for draft, passage in zip(drafts, fresh, strict=True)]
                run, _ = bench.run(score, rows, {"by": "gain", **settings})
                scoring[name] += [run] * (number >= 0)
        running.close()
    lengths = " and ".join(f"{name} ones {count:.0f}" for name, count in prompt_tokens.items())
    print(f"tokens of the prompts: {lengths}; ratios are of generating with either\n")
    titles = f"{'ms a candidate':<22}{'CPU':>9}{'wall':>9}"
    print(titles + "".join(f"{f'{name}: CPU':>12}{'spread':>11}{'wall':>8}" for name in GENERATING))
    for name, runs in generating.items():
        print(row(f"generate, {name}", runs, {}))
    for name, runs in scoring.items():
        print(row(name, runs, generating))
    missed = statistics.median(ratios(scoring["gain"], generating["full"], "cpu_s")) > BAR
    return int(arguments.bar and missed)


if __name__ == "__main__":
    sys.exit(main())
