"""Peak memory of a whole run when the corpus grows tenfold at the same shard size.

Each run is a process of its own, from ingest to pack, with the demo's model in real vLLM; the corpus is the demo's own
texts, each made unlike the others by a number. Peak memory is the process's maximum resident set.

Bar (--bar): ten times the documents take at most 1.2 times the memory.

    python benchmarks/memory.py [--bar] [--documents N]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from thinkaug import shipped

BAR = 1.2
SHARD_DOCUMENTS = 100
PROGRAM = f"""
import resource, sys
import thinkaug
source, out = sys.argv[1:]
settings = [f"stages.ingest.paths=['{{source}}']", "stages.ingest.shard_documents={SHARD_DOCUMENTS}"]
thinkaug.run("demo", out=out, settings=settings)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def corpus(place: Path, documents: int) -> None:
    """So many documents: the demo's, over and over, each with a line of its own."""
    lines = Path(shipped.locate("shipped:samples/demo.jsonl")).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    with place.open("w") as file:
        for number in range(documents):
            text = f"Entry {number} of edition {number * 7919 % 10007}, sheet {number * 104729 % 9973}.\n\n"
            file.write(json.dumps({"text": text + texts[number % len(texts)]}) + "\n")


def peak_mb(documents: int) -> float:
    """Peak resident memory of a run over so many documents, in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "corpus.jsonl"
        corpus(source, documents)
        command = [sys.executable, "-c", PROGRAM, str(source), str(Path(folder) / "builds")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) / 1024


def main() -> int:
    """Print the table; with --bar, return 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--documents", type=int, default=1000, help="documents of the smaller run")
    arguments = parser.parse_args()
    print(f"{'documents':>10}{'peak MB':>10}{'ratio':>8}")
    peaks = []
    for documents in (arguments.documents, 10 * arguments.documents):
        peaks.append(peak_mb(documents))
        print(f"{documents:>10,}{peaks[-1]:>10,.0f}{peaks[-1] / peaks[0]:>8.2f}", flush=True)
    return int(arguments.bar and peaks[1] > BAR * peaks[0])


if __name__ == "__main__":
    sys.exit(main())
