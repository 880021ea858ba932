"""Memory of many dialogues in flight: peak resident size with 5,000 of them waiting, beyond what was held before.

Passages of 2,000 characters, each with a dialogue of the strategy that holds most (grounded, in its second turn: the
prompt, a reply, an observation). The engine is scripted and answers nobody before all of them wait; the store of
replies is the real one. So what is measured is ours alone: dialogues, prompts, requests in flight, gathered rows.

Bar (--bar): 5,000 dialogues take under 1,000 MB.

    python benchmarks/dialogues.py [--bar] [--dialogues N]
"""

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from thinkaug import shipped
from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.engines.scripted import Scripted
from thinkaug.knowledge.building import build_index
from thinkaug.records import Passage, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Memory, Services, Shard
from thinkaug.stages.generate import generate
from thinkaug.templates import Templates

BAR_MB = 1000
TURNS = ("<self_talk>What is it?</self_talk>\n<lookup>gout</lookup>", "<recall>It is a form of arthritis.</recall>")


class Crowd:
    """Answers nobody until as many wait as it was told; then all of them, and notes the memory at that moment."""

    def __init__(self, window: int) -> None:
        self.window = window
        self.peak_mb = 0.0
        self._waiting: list[tuple[int, Ask]] = []

    def submit(self, ticket: int, request: Request) -> None:
        assert isinstance(request, Ask)
        self._waiting.append((ticket, request))

    def ready(self) -> list[tuple[int, Reply]]:
        self.peak_mb = max(self.peak_mb, resident_mb())
        waiting, self._waiting = self._waiting, []
        turns = [(ticket, sum(message.role == "assistant" for message in ask.messages)) for ticket, ask in waiting]
        return [(ticket, Reply(TURNS[turn], output_tokens=20)) for ticket, turn in turns]

    def close(self) -> None:
        """Nothing is held."""


class Crowded(Scripted):
    """Settings whose engine is a crowd."""

    def open(self) -> Crowd:  # type: ignore[override]  # another engine on purpose
        return Crowd(self.window)


def resident_mb() -> float:
    """Resident size of this process now, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def passages(count: int) -> Iterator[Passage]:
    """Passages that share no text."""
    for number in range(count):
        text = f"Entry {number}. " + " ".join(f"word{number * 7919 + place}" for place in range(150))
        text = (text * 2)[:2000]
        digest = sha256(text.encode()).hexdigest()
        yield Passage(content_id(text), content_id(text), 0, text, "", (0,), digest, title=f"Entry {number}")


def main() -> int:
    """Print the table; with --bar, return 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--dialogues", type=int, default=5000)
    arguments = parser.parse_args()
    count: int = arguments.dialogues
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index([shipped.locate("shipped:knowledge/facts.tsv")], str(index))
        spec = Crowded(lambda ask: "", window=count)
        services = Services(Templates(), {"writer": spec}, memory=Memory(Path(folder), "generate-00000000"))
        options = {"strategy": "grounded", "options": {"index": str(index)}}
        config: Any = read_config(generate.config, options, "benchmark")
        work = generate.start(config, services, [])
        small = sum(1 for _ in work(Shard("warm", lambda: passages(100))))  # caches, templates, the index
        gc.collect()
        before = resident_mb()
        crowd = services.engine("writer")
        assert isinstance(crowd, Crowd)
        crowd.peak_mb = 0.0
        settled = sum(1 for _ in work(Shard("all", lambda: passages(count))))
        assert (small, settled) == (100, count)
    taken = crowd.peak_mb - before
    print(f"{'dialogues':>10}{'before MB':>11}{'peak MB':>9}{'taken MB':>10}{'kB each':>9}{'bar MB':>8}")
    print(f"{count:>10,}{before:>11,.0f}{crowd.peak_mb:>9,.0f}{taken:>10,.0f}{1000 * taken / count:>9.1f}{BAR_MB:>8,}")
    return int(arguments.bar and taken > BAR_MB)


if __name__ == "__main__":
    sys.exit(main())
