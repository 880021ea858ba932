"""Look-ups per CPU-second on an index of 100,000 entries, beside bm25s used directly on the same texts and queries.

The entries are made up: names and sentences of invented words, as often as words are in a language (Zipf). Half of the
queries are names, half are three to eight words of some entry. The peer is bm25s with arrays in memory, its numpy
backend and its five best, once with its own tokenizer and once given the query's words; it gives back rows. Ours gives
back entries with a quote, names first, from memory-mapped files. They take turns in blocks; ratios are of medians.

Bars (--bar): at least four times as many look-ups a CPU-second as bm25s that is given the words, and at least 2,000.

    python benchmarks/knowledge.py [--bar] [--entries N] [--queries N]
"""

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s

from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.index import Index

BAR = 4.0
BAR_LOOK_UPS_PER_S = 2_000
BLOCKS = 5
SYLLABLES = ["ba", "cor", "di", "fen", "gal", "ho", "in", "ket", "lu", "mor", "nis", "op", "pra", "rol", "sta", "tur"]


def entries(count: int, draw: random.Random) -> list[dict[str, str]]:
    """So many rows with id, title and a text of two sentences."""
    vocabulary = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(30_000)]
    frequency = [1 / place for place in range(1, len(vocabulary) + 1)]
    rows = []
    for number in range(count):
        said = draw.choices(vocabulary, frequency, k=24)
        title = f"{draw.choice(vocabulary)} {draw.choice(vocabulary)} {number}"
        text = f"{title} is {' '.join(said[:12])}. Its {' '.join(said[12:])}."
        rows.append({"id": f"E{number:07d}", "title": title, "text": text})
    return rows


def queries(rows: Sequence[dict[str, str]], count: int, draw: random.Random) -> list[str]:
    """Names and words of entries, in turn."""
    asked = []
    for number in range(count):
        row = draw.choice(rows)
        words = row["text"].replace(".", "").split()
        asked.append(row["title"] if number % 2 else " ".join(draw.sample(words, draw.randint(3, 8))))
    return asked


def rate(look_up: Callable[[Any], object], asked: Sequence[object]) -> float:
    """Look-ups per second of CPU time, which other work on the machine does not slow down."""
    started = time.process_time()
    for query in asked:
        look_up(query)
    return len(asked) / (time.process_time() - started)


def main() -> int:
    """Print the table; with --bar, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--entries", type=int, default=100_000, help="entries of the index")
    parser.add_argument("--queries", type=int, default=200, help="queries of one block")
    arguments = parser.parse_args()
    draw = random.Random(0)
    rows = entries(arguments.entries, draw)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "entries.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        started = time.perf_counter()
        folder = build_index([str(source)], f"{place}/index")
        built = time.perf_counter() - started
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size_mb = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        started = time.perf_counter()
        index = Index.open(folder)
        opened = time.perf_counter() - started
        peer = bm25s.BM25()
        peer.index(
            bm25s.tokenize([row["text"] for row in rows], stopwords=None, show_progress=False), show_progress=False
        )

        def direct(query: str) -> object:
            return given(bm25s.tokenize([query], stopwords=None, show_progress=False))

        def given(words: object) -> object:
            return peer.retrieve(words, k=5, show_progress=False)

        rates: dict[str, list[float]] = {"thinkaug": [], "bm25s": [], "bm25s, words": []}
        for _ in range(BLOCKS):
            asked = queries(rows, arguments.queries, draw)
            words = [bm25s.tokenize([query], stopwords=None, show_progress=False) for query in asked]
            rates["thinkaug"].append(rate(index.look_up, asked))
            rates["bm25s"].append(rate(direct, asked))
            rates["bm25s, words"].append(rate(given, words))
    print(f"{arguments.entries:,} entries: built in {built:.1f} s (peak {peak_mb:.0f} MB), {size_mb:.0f} MB on disk,")
    print(f"opened in {opened * 1000:.1f} ms\n")
    print(f"{'look-ups with':<15}{'a CPU-s':>10}{'spread':>16}")
    for name, found in rates.items():
        print(f"{name:<15}{statistics.median(found):>10.0f}{f'{min(found):.0f}-{max(found):.0f}':>16}")
    ours = statistics.median(rates["thinkaug"])
    ratio = ours / statistics.median(rates["bm25s, words"])
    print(f"\nratio to bm25s given the words {ratio:.2f} (bar {BAR:.2f})")
    print(f"look-ups a CPU-second {ours:,.0f} (bar {BAR_LOOK_UPS_PER_S:,})")
    return int(arguments.bar and (ratio < BAR or ours < BAR_LOOK_UPS_PER_S))


if __name__ == "__main__":
    sys.exit(main())
