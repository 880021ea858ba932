"""Megabytes of text a second of CPU time, from a corpus on disk to windows, beside datatrove's reader and its ftfy.

Ours reads the files, checks and mends every text (`hygiene` as it is by default), writes documents, reads them again,
cuts windows of 2,000 characters with a thought before each paragraph, and writes those; hashing of the input, of each
text and of each shard included. The peer is datatrove's JsonlReader with its FTFYFormatter as they come; it writes
nothing. They take turns; a megabyte is 10^6 bytes of text as UTF-8. CPU time, since the disk is not ours.

Bars (--bar), of medians: ours at least 15 MB a CPU-second, and at least 10 times the peer. With --memory-gb N a
process of its own takes in N gigabytes (the corpus again and again, each text another) and must stay under 500 MB.

    python benchmarks/ingest.py [--bar] [--corpus FILE] [--rounds N] [--memory-gb N]
"""

import argparse
import io
import itertools
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import thinkaug
from thinkaug import build
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.records import Document, Passage
from thinkaug.runner import Unit, run_unit
from thinkaug.sources.jsonl import jsonl
from thinkaug.stage import Raw, Services, Shard, Stage
from thinkaug.stages.ingest import ingest
from thinkaug.stages.segment import segment
from thinkaug.store import Folder
from thinkaug.templates import Templates

BAR_MB_PER_S = 15.0
BAR_RATIO = 10.0
BAR_MEMORY_MB = 500
WINDOW_CHARS = 2000
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
MARK = b'"text": "'


def ours(corpus: Path) -> tuple[float, float]:
    """CPU seconds of ingest, and of ingest and segment."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Path(folder) / "bench.yaml"
        stages = [{"ingest": {"paths": [str(corpus)]}}, {"segment": {"window_chars": WINDOW_CHARS}}]
        pipeline.write_text(json.dumps({"stages": stages}))
        begun = time.process_time()
        plan = thinkaug.run(str(pipeline), out=f"{folder}/out", until="ingest")
        taken_in = time.process_time() - begun
        build.run_step(plan, plan.steps[1])
        return taken_in, time.process_time() - begun


def peer(corpus: Path) -> float:
    """CPU seconds of datatrove's reader and formatter over the same texts."""
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from loguru import logger

    logger.remove()
    begun = time.process_time()
    reader = JsonlReader(str(corpus.parent), glob_pattern=corpus.name)
    for _ in FTFYFormatter()(reader()):
        pass
    return time.process_time() - begun


def text_bytes(corpus: Path) -> int:
    """How many bytes of text the corpus holds."""
    return sum(len(line["text"].encode()) for line in map(json.loads, _lines(corpus)))


def _input(corpus: Path) -> InputFile:
    (found,) = find_inputs([str(corpus)], ["jsonl"], "benchmark")
    return found


def _lines(corpus: Path) -> Iterator[bytes]:
    with _input(corpus).open() as lines:
        yield from lines


class Again(io.RawIOBase):
    """The corpus again and again until so many bytes are read, each text another: a number is put before it."""

    def __init__(self, corpus: Path, most_bytes: int) -> None:
        self._left, self._rest = most_bytes, b""
        self._lines = (
            line.replace(MARK, MARK + b"%d " % number, 1) for number in itertools.count() for line in _lines(corpus)
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._rest) < len(buffer) and self._left > 0:
            line = next(self._lines)
            self._left -= len(line)
            self._rest += line
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _takes_in(corpus: Path, gigabytes: float, answer: Any) -> None:
    """Ingest and segment so much in this process, and send its peak of resident memory in MB, and the documents."""
    with tempfile.TemporaryDirectory() as root:
        documents, passages = Folder(Path(root) / "ingest", Document), Folder(Path(root) / "segment", Passage)
        for folder in (documents, passages):
            folder.begin({})
        cut = _work(segment, window_chars=WINDOW_CHARS)
        done = itertools.count()

        def empty(_: object = None) -> None:
            """Segment the shards that are finished and remove them: what is measured is memory, not the disk."""
            for place in documents.path.glob("shards/*.arrow"):
                rows = partial(documents.rows, f"shards/{place.name}")
                run_unit(cut, Unit(Shard(f"{next(done):05d}", rows), ()), passages, 1 << 62, lambda counts: None)
                place.unlink()
                for written in passages.path.glob("shards/*.arrow"):
                    written.unlink()

        def raws() -> Iterator[Raw]:
            file: IO[bytes] = io.BufferedReader(Again(corpus, int(gigabytes * 1e9)), 1 << 20)
            for number, raw in enumerate(jsonl()(file, "again.jsonl")):
                yield raw
                if number % 2000 == 0:
                    empty()

        work = _work(ingest, paths=[str(corpus)])
        manifest = run_unit(work, Unit(Shard("00000", raws), ()), documents, 1000, lambda counts: None)
        answer.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, manifest.rows_out))


def _work(stage: Stage, **settings: Any) -> Any:
    from thinkaug.settings import read_config

    return stage.start(read_config(stage.config, settings, stage.name), Services(Templates(), {}), ())


def memory(corpus: Path, gigabytes: float) -> tuple[float, int]:
    """Peak resident memory in MB of a fresh process that takes in so much, and how many documents it took in."""
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_takes_in, args=(corpus, gigabytes, its))
    process.start()
    while not mine.poll(1):
        if not process.is_alive():
            raise SystemExit(f"the process that should take in {gigabytes} GB died (exit code {process.exitcode})")
    peak, documents = mine.recv()
    process.join()
    return peak, documents


def spread(values: list[float], form: str) -> str:
    """The median and the range."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def main() -> int:
    """Take turns, print the table and the figures; 1 where a bar is asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--corpus", type=Path, default=TRIAL_DATA / "bench" / "corpus.jsonl.zst", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--memory-gb", type=float, default=0.0, metavar="N")
    asked = parser.parse_args()
    if not asked.corpus.exists():
        print(f"no corpus at {asked.corpus}; set THINKAUG_TRIAL_DATA or say --corpus FILE", file=sys.stderr)
        return 2
    megabytes = text_bytes(asked.corpus) / 1e6
    ours(asked.corpus)  # imports, caches
    rounds = [(*ours(asked.corpus), peer(asked.corpus)) for _ in range(asked.rounds)]
    rates = {
        "thinkaug: ingest": [megabytes / ingested for ingested, _, _ in rounds],
        "thinkaug: ingest + segment": [megabytes / both for _, both, _ in rounds],
        "datatrove: JsonlReader + FTFYFormatter": [megabytes / theirs for _, _, theirs in rounds],
    }
    print(f"{megabytes:.1f} MB of text, {asked.rounds} rounds; MB a CPU-second, median (range)\n")
    for name, values in rates.items():
        print(f"{name:40} | {spread(values, '.1f')}")
    ratios = [theirs / both for _, both, theirs in rounds]
    like_for_like = [theirs / ingested for ingested, _, theirs in rounds]
    print(
        f"\ningest over the peer:           {spread(like_for_like, '.1f')} times: both read and mend, ours writes too"
    )
    print(f"ingest + segment over the peer: {spread(ratios, '.1f')} times")
    met = statistics.median(rates["thinkaug: ingest + segment"]) >= BAR_MB_PER_S
    met = met and statistics.median(ratios) >= BAR_RATIO
    if asked.memory_gb:
        peak, documents = memory(asked.corpus, asked.memory_gb)
        print(f"{asked.memory_gb:g} GB, {documents:,} documents: {peak:.0f} MB resident at most")
        met = met and peak < BAR_MEMORY_MB
    print(f"bars: {'met' if met else 'missed'}")
    return 1 if asked.bar and not met else 0


if __name__ == "__main__":
    sys.exit(main())
