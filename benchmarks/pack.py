"""Megabytes of text a second of CPU time from drafts to a finished data set, beside `datasets` and bare tokenizing.

The drafts are the texts of the corpus, cut into passages as `segment` cuts them, with a thought of three steps at up to
four cuts; the thoughts are sentences of other texts. They lie in Arrow shards as `generate` leaves them, in the page
cache. What is timed is the whole pack step as a run does it: rendering, spans, the proof that the expert text is whole,
ids and `meta`, the ledger, both writes, checksums, the shuffle, card and manifest; without fsync's waiting (CPU time of
the process, all its threads). A megabyte is 10^6 bytes of rendered text as UTF-8.

Peers, on the same rows in the same run: `Dataset.from_list(rows).save_to_disk`, which gets finished rows and only
writes them; and `tokenizers.encode_batch` over the same rendered texts with the same tokenizer, batch and threads,
which gets the texts and writes nothing.

Bars (--bar): text shards at least 100 MB a CPU-second, and 2.5 times `datasets`; packed shards within 1.15 times the
CPU time of bare encoding; padding below 1 % of all tokens; opening a set and reading one column of one row in a
hundred takes less memory than a tenth of the set (it is mapped, not read).

    python benchmarks/pack.py [--bar] [--corpus FILE] [--mb N] [--tokens-mb N] [--rounds N]
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug import shipped
from thinkaug.build import run_step
from thinkaug.inputs import find_inputs
from thinkaug.plan import Plan, Step
from thinkaug.records import Draft, Generation, Passage, Thought, content_id
from thinkaug.runner import Unit, run_unit
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Outcome, Services, Shard
from thinkaug.stages.generate import generate
from thinkaug.stages.pack import pack
from thinkaug.store import Folder
from thinkaug.templates import Templates

BAR_MB_PER_S = 100.0
BAR_DATASETS = 2.5
BAR_ENCODING = 1.15
BAR_WASTE = 0.01
BAR_MEMORY = 0.1
SEED = 7
PASSAGE_CHARS = 2000
SHARD_DRAFTS = 8000
WINDOW_TOKENS = 4096
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
READING = """
import resource, sys
from datasets import load_from_disk
load_from_disk(sys.argv[1])  # what the library itself takes
def held():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))
before = held()
samples = load_from_disk(sys.argv[1])["train"]
read = sum(len(samples[place]["text"]) for place in range(0, len(samples), 100))
print((held() - before) * 1024)
"""
"""Anonymous memory alone: pages of the mapped file belong to the page cache, and go when somebody needs the room."""


def passages(corpus: Path) -> Iterator[Passage]:
    """The texts of the corpus in windows that end at a line or a sentence where there is one."""
    (found,) = find_inputs([str(corpus)], ["jsonl"], "benchmark")
    with found.open() as lines:
        texts = dict.fromkeys(json.loads(line)["text"] for line in lines)  # each once, as dedup leaves them
        for text in texts:
            document, start = content_id(text), 0
            while start < len(text):
                end = start + PASSAGE_CHARS
                if end < len(text):
                    found_end = max(text.rfind("\n", start, end), text.rfind(". ", start, end) + 1)
                    end = found_end + 1 if found_end > start + PASSAGE_CHARS // 2 else end
                window = text[start:end]
                cuts = [0, *(match.end() for match in re.finditer(r"\n+|\. ", window) if match.end() < len(window))]
                some = tuple(sorted({cuts[len(cuts) * part // 4] for part in range(4)}))
                yield Passage(
                    content_id(document, str(start)),
                    document,
                    start,
                    window,
                    text[max(0, start - 500) : start],
                    some,
                    sha256(window.encode()).hexdigest(),
                    source=f"corpus.jsonl.zst#{document[:8]}",
                    domain="medicine",
                    license="CC-BY-4.0",
                    meta='{"qtype": "information"}',
                )
                start = end


def drafts(corpus: Path, megabytes: float) -> Iterator[Draft]:
    """Drafts until their text, thoughts included, comes to so much; the corpus comes round again if it must."""
    random_ = random.Random(SEED)
    sentences = ["So it is known what to look for first."]
    left = megabytes * 1e6
    for turn in range(1000):
        for passage in passages(corpus):
            if left <= 0:
                return
            thoughts = tuple(
                Thought(cut, 0, kind, random_.choice(sentences))
                for cut in passage.cuts
                for kind in ("self_talk", "recall", "verification")
            )
            if len(sentences) < 20_000:
                sentences += [part for part in re.split(r"(?<=\.) |\n", passage.text) if 30 < len(part) < 160][:2]
            generations = tuple(Generation(cut, 0, random_.getrandbits(31), "stop", 900, 80) for cut in passage.cuts)
            id_ = passage.id if not turn else content_id(passage.id, str(turn))
            made = Draft(
                Passage(**{**{name: getattr(passage, name) for name in Passage.__slots__}, "id": id_}),
                "interleaved",
                "writer@0123456789ab",
                thoughts,
                generations,
                prompts="prompts",
            )
            left -= len(passage.text.encode()) + sum(len(step.text.encode()) + 1 for step in thoughts)
            yield made


def generate_drafts(root: Path, rows: Iterator[Draft]) -> Path:
    """Leave the drafts below `root` as a finished generate step does."""
    folder = Folder(root / "generate-00000000", Draft)
    folder.begin({})

    def work(shard: Shard) -> Iterator[Outcome]:
        for row in shard:
            yield Kept(row, (row,))

    number = 0
    while some := list(islice(rows, SHARD_DRAFTS)):
        unit = Unit(Shard(f"{number:05d}", lambda some=some: iter(some)), ())  # type: ignore[misc]
        run_unit(work, unit, folder, 1 << 62, lambda counts: None)
        number += 1
    return root


def step_at(root: Path) -> Step:
    """The finished generate step below a folder."""
    folder = Folder(root / "generate-00000000", Draft)
    return Step("generate", generate, None, folder, {"upstream": ""}, "0" * 32, Services(Templates(), {}))


def packed(root: Path, **options: Any) -> tuple[float, float, Path]:
    """CPU and wall seconds of the pack step over the drafts below `root`, and its data set."""
    source = step_at(root)
    config: Any = read_config(pack.config, options, "pack")
    digest = content_id(str(options), str(time.time_ns()))
    folder = Folder(root / f"pack-{digest[:8]}", pack.writes or Draft)
    step = Step("pack", pack, config, folder, {"upstream": source.digest}, digest, source.services, (source,))
    plan = Plan("benchmark", "benchmark", root, (source, step))
    pack.shaped_by(config, source.services)
    begun, cpu = time.perf_counter(), time.process_time()
    run_step(plan, step)
    return time.process_time() - cpu, time.perf_counter() - begun, folder.path / "dataset"


def packed_apart(root: Path, tiny: Path, options: dict[str, Any]) -> tuple[float, float, Path]:
    """The same in a process of its own, as a run is, after a first small one for kernels and imports."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        apart.submit(packed, tiny, **options).result()
        return apart.submit(packed, root, **options).result()


def texts_of(dataset: Path) -> Iterator[list[str]]:
    """The rendered texts of a finished set, a batch at a time."""
    for shard in sorted((dataset / "train" / "shards").glob("train-*.arrow")):
        with pa.memory_map(str(shard)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                yield batch.column("text").to_pylist()


def saved(dataset: Path, place: Path) -> float:
    """CPU seconds of `datasets` for the same rows."""
    from datasets import Dataset, disable_progress_bars, load_from_disk

    disable_progress_bars()
    rows = load_from_disk(str(dataset))["train"].to_list()
    cpu = time.process_time()
    Dataset.from_list(rows).save_to_disk(str(place))
    return time.process_time() - cpu


def encoded(dataset: Path, tokenizer: str) -> tuple[float, float]:
    """CPU and wall seconds of bare encoding of the same texts."""
    from tokenizers import Tokenizer

    bare = Tokenizer.from_file(str(Path(shipped.locate(tokenizer)) / "tokenizer.json"))
    batches = list(texts_of(dataset))
    begun, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        bare.encode_batch(batch, add_special_tokens=False)
    return time.process_time() - cpu, time.perf_counter() - begun


def memory_share(dataset: Path) -> tuple[float, float]:
    """Memory that opening the set and reading of it takes, in MB, and as a share of the set."""
    size = sum(path.stat().st_size for path in dataset.rglob("*.arrow"))
    done = subprocess.run([sys.executable, "-c", READING, str(dataset)], check=True, capture_output=True, text=True)
    held = max(0, int(done.stdout.split()[-1]))
    return held / 1e6, held / size


def spread(values: Sequence[float], form: str) -> str:
    """The median and the range."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def main() -> int:
    """Take turns, print the table; 1 where a bar is asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--corpus", type=Path, default=TRIAL_DATA / "bench" / "corpus.jsonl.zst", metavar="FILE")
    parser.add_argument("--mb", type=float, default=60, metavar="N", help="text for the text shards")
    parser.add_argument("--tokens-mb", type=float, default=15, metavar="N", help="text for the packed shards")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    asked = parser.parse_args()
    if not asked.corpus.exists():
        print(f"no corpus at {asked.corpus}; set THINKAUG_TRIAL_DATA or say --corpus FILE", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        return _measure(asked, Path(folder))


def _measure(asked: argparse.Namespace, place: Path) -> int:
    source = generate_drafts(place / "text", drafts(asked.corpus, asked.mb))
    few = generate_drafts(place / "tokens", drafts(asked.corpus, asked.tokens_mb))
    tokens: dict[str, Any] = {"layout": "packed", "tokenizer": "shipped:model", "window_tokens": WINDOW_TOKENS}
    plain: dict[str, Any] = {"count_tokens": False}
    tiny = generate_drafts(place / "tiny", drafts(asked.corpus, 0.2))
    rates: list[float] = []
    over_datasets: list[float] = []
    over_encoding: list[float] = []
    wall_over_encoding: list[float] = []
    for number in range(asked.rounds):
        cpu, _, text = packed_apart(source, tiny, plain)
        size = sum(len(one.encode()) for batch in texts_of(text) for one in batch) / 1e6
        rates.append(size / cpu)
        over_datasets.append(saved(text, place / f"saved{number}") / cpu)
        cpu, wall, dataset = packed_apart(few, tiny, tokens)
        rendered = packed_apart(few, tiny, plain)[2]
        bare, bare_wall = encoded(rendered, "shipped:model")
        over_encoding.append(cpu / bare)
        wall_over_encoding.append(wall / bare_wall)
    about = json.loads((dataset / "manifest.json").read_text())["layout"]
    waste = about["waste"]
    held, share = memory_share(text)
    rows = sum(len(batch) for batch in texts_of(text))
    print(f"{rows:,} samples, {size:.1f} MB of text; packed: {asked.tokens_mb} MB; {asked.rounds} rounds")
    print(f"text shards, MB a CPU-second          {spread(rates, '.1f'):>20}   bar {BAR_MB_PER_S:.0f}")
    print(f"faster than datasets                  {spread(over_datasets, '.2f'):>20}   bar {BAR_DATASETS}")
    print(f"packed, over bare encoding, CPU time  {spread(over_encoding, '.3f'):>20}   bar {BAR_ENCODING}")
    print(f"packed, over bare encoding, wall time {spread(wall_over_encoding, '.3f'):>20}")
    print(f"padding, windows of {WINDOW_TOKENS}              {waste:>20.4%}   bar {BAR_WASTE:.0%}")
    print(f"memory to open and read of it, MB     {held:>20.1f}   {share:.2%} of the set, bar {BAR_MEMORY:.0%}")
    met = (
        statistics.median(rates) >= BAR_MB_PER_S
        and statistics.median(over_datasets) >= BAR_DATASETS
        and statistics.median(over_encoding) <= BAR_ENCODING
        and waste < BAR_WASTE
        and share < BAR_MEMORY
    )
    print(f"\nbars: {'met' if met else 'missed'}")
    return 1 if asked.bar and not met else 0


if __name__ == "__main__":
    sys.exit(main())
