"""Signatures: MB of text a CPU-second on one core, beside rensa, datasketch and datatrove; then the whole dedup stage.

Everyone makes 112 values from shingles of 5 words, from texts in memory, and takes turns; a megabyte is 10^6 bytes of
UTF-8. Ours takes Arrow strings and splits words by its own rule (no punctuation, case or accents). Of the peers:

    rensa         RMinHash.update of all shingles of a text, and its digest; the quickest of its calls here
    datasketch    MinHash.update_batch of a copied sketch, with its own SHA-1, and with xxhash
    datatrove     MinhashDedupSignature.get_shingles and get_signature, on a seeded sample, since it takes minutes; its
                  xxh64 is given bytes, since xxhash refuses the strings that it is given by datatrove 0.10

rensa and datasketch are given strings: lower case, words by `\\w+`, as scripts for near duplicates do. rensa stands
there with `str.split` too, the cheapest words there are, punctuation left on them: most of that time is Python's.

Recall and precision are those of each tool's estimate at 0.7, over the pairs of the neardup set whose Jaccard
similarity of 5-word shingles is at least 0.8 (near duplicates) or under 0.5 (none).

The whole stage is `dedup` over what ingest wrote: it reads, signs, pairs, verifies, writes; and the same with the fact
guard, as it is by default. Memory is the peak of a fresh process's own pages (RssAnon, Linux) over N and 2 N texts of 6
words, the difference for each; mapped shards are the page cache's.

Bars (--bar), of medians: 10 times rensa, 30 times datasketch, 200 times datatrove; the stage without the guard 40 MB a
CPU-second, and 600 bytes a document.

    python benchmarks/minhash.py [--bar] [--corpus FILE] [--rounds N] [--documents N]
"""

import argparse
import json
import multiprocessing
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import thinkaug
from thinkaug import build
from thinkaug.inputs import find_inputs
from thinkaug.minhash import signatures

BAR_RATIOS = {"rensa": 10.0, "datasketch": 30.0, "datatrove": 200.0}
BAR_STAGE_MB_PER_S = 40.0
BAR_BYTES = 600
PERMUTATIONS, WORDS = 112, 5
THRESHOLD, ALIKE, OTHER = 0.7, 0.8, 0.5
SAMPLE_BYTES = 1_000_000
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
_WORD = re.compile(r"\w+")

Texts = Sequence[str]
Sign = Callable[[Texts], Any]
"""Texts -> their signatures, (texts, 112)."""


def _regex_words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shingles(words: list[str]) -> list[str]:
    return [" ".join(words[n : n + WORDS]) for n in range(max(len(words) - WORDS + 1, 1))]


def ours(texts: Any) -> Any:
    """Signatures by `thinkaug.minhash`; the texts are given as Arrow strings, as the shards of a build hold them."""
    return signatures(texts if isinstance(texts, pa.Array) else pa.array(texts), permutations=PERMUTATIONS)


def rensa(split: Callable[[str], list[str]]) -> Sign:
    """Signatures by rensa."""
    from rensa import RMinHash

    def sign(texts: Texts) -> Any:
        rows = []
        for text in texts:
            sketch = RMinHash(PERMUTATIONS, 1)
            sketch.update(_shingles(split(text)))
            rows.append(sketch.digest())
        return rows

    return sign


def datasketch(**options: Any) -> Sign:
    """Signatures by datasketch."""
    from datasketch import MinHash

    empty = MinHash(PERMUTATIONS, **options)

    def sign(texts: Texts) -> Any:
        rows = []
        for text in texts:
            sketch = empty.copy()
            sketch.update_batch([shingle.encode() for shingle in _shingles(_regex_words(text))])
            rows.append(sketch.hashvalues)
        return rows

    return sign


def datatrove() -> Sign:
    """Signatures by datatrove, as it comes: 14 buckets of 8."""
    import xxhash
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from loguru import logger

    logger.remove()
    step = MinhashDedupSignature(tempfile.mkdtemp())
    step._hash_func = lambda shingle: xxhash.xxh64_intdigest(shingle.encode())
    step.get_signature(step.get_shingles("so that its word splitter is loaded before it is timed"))

    def sign(texts: Texts) -> Any:
        rows = []
        for text in texts:
            shingles = step.get_shingles(text)
            rows.append([value for band in step.get_signature(shingles) for value in band] if len(shingles) else [])
        return rows

    return sign


def rate(sign: Sign, texts: Any, megabytes: float) -> float:
    """MB a CPU-second."""
    begun = time.process_time()
    sign(texts)
    return megabytes / (time.process_time() - begun)


def megabytes_of(texts: Texts) -> float:
    """Of text, as UTF-8."""
    return sum(len(text.encode()) for text in texts) / 1e6


def sampled(texts: Texts) -> list[str]:
    """Some of the texts, about a megabyte, the same ones each time."""
    order, taken, size = list(texts), [], 0
    random.Random(1).shuffle(order)
    for text in order:
        taken.append(text)
        size += len(text.encode())
        if size >= SAMPLE_BYTES:
            break
    return taken


def found(sign: Sign, folder: Path) -> tuple[int, int, int, int]:
    """Of the pairs that are alike, how many are found and how many there are; the same of those that are not."""
    texts = {row["id"]: row["text"] for row in _rows(folder / "docs.jsonl")}
    pairs = [*_rows(folder / "injected_pairs.jsonl"), *_rows(folder / "natural_template_pairs.jsonl")]
    signed = dict(zip(texts, sign(list(texts.values())), strict=True))
    alike, other = [], []
    for pair in pairs:
        left, right = np.asarray(signed[pair["a"]]), np.asarray(signed[pair["b"]])
        said = len(left) == len(right) > 0 and float(np.mean(left == right)) >= THRESHOLD
        if pair["jaccard5"] >= ALIKE:
            alike.append(said)
        elif pair["jaccard5"] < OTHER:
            other.append(said)
    return sum(alike), len(alike), sum(other), len(other)


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _taken_in(paths: Path, root: str, guard: str = "auto") -> Any:
    """The plan of ingest and dedup, with the texts taken in; at once where they are already."""
    pipeline = Path(root) / "bench.yaml"
    stages = [{"ingest": {"paths": [str(paths)]}}, {"dedup": {"threshold": THRESHOLD, "guard": guard}}]
    pipeline.write_text(json.dumps({"stages": stages}))
    return thinkaug.run(str(pipeline), out=f"{root}/out", until="ingest")


def stage_rate(corpus: Path, megabytes: float, guard: str) -> float:
    """MB a CPU-second of the whole dedup stage."""
    with tempfile.TemporaryDirectory() as root:
        plan = _taken_in(corpus, root, guard)
        begun = time.process_time()
        build.run_step(plan, plan.steps[1])
        return megabytes / (time.process_time() - begun)


def _dedup(texts: Path, root: str, answer: Any) -> None:
    """Dedup what was taken in, and send the bytes of memory of its own that this process has at most."""
    plan = _taken_in(texts, root)
    done = threading.Event()
    peaks: list[int] = []
    watch = threading.Thread(target=_watch, args=(done, peaks))
    watch.start()
    build.run_step(plan, plan.steps[1])
    done.set()
    watch.join()
    answer.send(max(peaks))


def _watch(done: threading.Event, peaks: list[int]) -> None:
    """Note the bytes of memory of this process's own every 5 ms."""
    while not done.wait(0.005):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peaks.append(int(status.partition("RssAnon:")[2].split()[0]) * 1024)


def _peak(documents: int) -> int:
    """Bytes of memory of its own at most of a fresh process that dedups so many texts of 6 words, none like another."""
    with tempfile.TemporaryDirectory() as root:
        texts, draw = Path(root) / "short.jsonl", random.Random(2)
        with texts.open("w") as file:
            for _ in range(documents):
                file.write(json.dumps({"text": " ".join(f"{draw.randrange(1 << 16):x}" for _ in range(6))}) + "\n")
        _taken_in(texts, root)
        mine, its = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_dedup, args=(texts, root, its))
        process.start()
        its.close()
        peak = int(mine.recv())
        process.join()
        return peak


def bytes_a_document(documents: int) -> float:
    """What 2 N short documents take in memory beyond what N take, a document."""
    return (_peak(2 * documents) - _peak(documents)) / documents


def spread(values: list[float]) -> str:
    """The median and the range."""
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def main() -> int:
    """Take turns, print the tables; 1 where a bar is asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--corpus", type=Path, default=TRIAL_DATA / "bench" / "corpus.jsonl.zst", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--documents", type=int, default=300_000, metavar="N", help="short texts, for the memory")
    asked = parser.parse_args()
    if not asked.corpus.exists():
        print(f"no corpus at {asked.corpus}; set THINKAUG_TRIAL_DATA or say --corpus FILE", file=sys.stderr)
        return 2
    (file,) = find_inputs([str(asked.corpus)], ["jsonl"], "benchmark")
    with file.open() as lines:
        texts = [json.loads(line)["text"] for line in lines]
    strings, some = pa.array(texts), sampled(texts)
    import xxhash

    tools: dict[str, tuple[Sign, Any, float]] = {
        "thinkaug": (ours, strings, megabytes_of(texts)),
        "rensa": (rensa(_regex_words), texts, megabytes_of(texts)),
        "rensa, str.split": (rensa(lambda text: text.lower().split()), texts, megabytes_of(texts)),
        "datasketch": (datasketch(), texts, megabytes_of(texts)),
        "datasketch, xxhash": (datasketch(hashfunc=xxhash.xxh32_intdigest), texts, megabytes_of(texts)),
        "datatrove": (datatrove(), some, megabytes_of(some)),
    }
    ours(strings)  # compiled, mapped
    turns = [{name: rate(*tool) for name, tool in tools.items()} for _ in range(asked.rounds)]
    folder = TRIAL_DATA / "neardup_medquad"
    print(f"{megabytes_of(texts):.1f} MB of text, {asked.rounds} rounds; median (range)\n")
    print(f"{'':19} | {'MB a CPU-second':22} | {'ours is faster':22} | alike found  | others taken for alike")
    met = True
    for name, (sign, _, _) in tools.items():
        ratios = [turn["thinkaug"] / turn[name] for turn in turns]
        marks = ""
        if folder.is_dir():
            right, alike, wrong, other = found(sign, folder)
            precision = right / (right + wrong)
            marks = f"{right:3} of {alike:3} {right / alike:.2f} | {wrong} of {other}; precision {precision:.3f}"
        print(f"{name:19} | {spread([turn[name] for turn in turns]):22} | {spread(ratios):22} | {marks}", flush=True)
        met = met and statistics.median(ratios) >= BAR_RATIOS.get(name, 0.0)
    stage_rate(asked.corpus, megabytes_of(texts), "auto")  # compiled
    stage = [stage_rate(asked.corpus, megabytes_of(texts), "off") for _ in range(asked.rounds)]
    guarded = [stage_rate(asked.corpus, megabytes_of(texts), "auto") for _ in range(asked.rounds)]
    taken = bytes_a_document(asked.documents)
    print(f"\nthe whole dedup stage: {spread(stage)} MB a CPU-second, with the guard {spread(guarded)}")
    print(f"memory: {taken:.0f} bytes a document")
    met = met and statistics.median(stage) >= BAR_STAGE_MB_PER_S and taken <= BAR_BYTES
    print(f"bars: {'met' if met else 'missed'}")
    return 1 if asked.bar and not met else 0


if __name__ == "__main__":
    sys.exit(main())
