"""The passages of trial data that were read and labelled for the seed score, by reference: none of their text is here.

`python tests/measures/seed_passages.py DATA` draws the passages again from the folder of trial data, and prints a line
of `seed_labels.tsv` for each, without its label.

The rule they were labelled by:

- `procedural`: at least two thirds of it say how something is done, was done or must be done: steps, an algorithm or
  the body of a function, a derivation or a proof, how a disease is tested for or treated, methods of an experiment,
  and of a law who has to do what and when, how to apply, to give notice or to decide.
- `factual`: at least two thirds of it say what is so: definitions, descriptions, statements without their proof,
  symptoms, causes, results, history, reasons and opinions, data, references, declarations without a body, and of a law
  what words mean, what is forbidden or allowed, who sits on a board, what it costs.
- `mixed`: neither.
"""

import csv
import io
import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa

HERE = Path(__file__).parent
SEED = 5
LEAST_CHARS, MOST_CHARS = 250, 620
LABELS = {"factual": 0.0, "mixed": 0.5, "procedural": 1.0}
DRAWN = {
    "medquad_xml": 72,
    "hott_tex": 28,
    "dc-code": 36,
    "plos": 32,
    "stacks": 24,
    "pep": 20,
    "eip": 18,
    "rust-rfc": 18,
    "code-NeMo": 16,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """Where a passage stands, the beginning of its SHA-256, and what it was labelled."""

    source: str
    id: str
    offset: int
    length: int
    sha256: str
    label: str


def labelled() -> list[Labelled]:
    with (HERE / "seed_labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows)
        return [Labelled(source, id_, int(at), int(size), sha, label) for source, id_, at, size, sha, label in rows]


def held_out() -> list[Labelled]:
    """The half that the weights were not fitted to, by chance of their hash."""
    return [row for row in labelled() if int(row.sha256, 16) % 2]


def text_of(row: Labelled, data: Path) -> str:
    """The passage, which must be the one that was labelled."""
    text = documents(data)[row.source][row.id][row.offset : row.offset + row.length]
    assert sha256(text.encode()).hexdigest().startswith(row.sha256), f"{row.id}: not the passage that was labelled"
    return text


@cache
def documents(data: Path) -> Mapping[str, Mapping[str, str]]:
    """Source -> id -> text."""
    found: dict[str, dict[str, str]] = {source: {} for source in DRAWN}
    for path in sorted((data / "medquad_xml").glob("*/*.xml")):
        for pair in ElementTree.parse(path).iter("QAPair"):
            question, answer = pair.find("Question"), pair.find("Answer")
            if question is not None and answer is not None and answer.text:
                key = f"{path.parent.name}/{path.name}#{question.get('qtype')}#{pair.get('pid')}"
                found["medquad_xml"][key] = answer.text
    for path in sorted((data / "hott_tex").glob("*.tex")):
        found["hott_tex"][path.name] = path.read_text(encoding="utf-8")
    with (data / "bench" / "corpus.jsonl.zst").open("rb") as packed:
        for line in io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")):
            row = json.loads(line)
            if row["source"] in found:
                found[row["source"]][row["id"]] = row["text"]
    return found


def draw(data: Path) -> Iterator[Labelled]:
    """Passages that begin and end with a paragraph, each source's documents alike likely by their length."""
    for source, count in DRAWN.items():
        texts = documents(data)[source]
        rng = random.Random(f"{SEED} {source}")
        names = sorted(texts)
        weights = [min(len(texts[name]), 100_000) for name in names]
        taken: set[tuple[str, int]] = set()
        while count:
            name = rng.choices(names, weights)[0]
            text = texts[name]
            place = rng.randrange(len(text))
            start = max(text.rfind("\n\n", 0, place) + 2, 0) if "\n\n" in text[:place] else 0
            end = start
            while end < len(text) and end - start < LEAST_CHARS:
                following = text.find("\n\n", end + 2)
                end = len(text) if following < 0 else following
            passage = text[start:end]
            if not LEAST_CHARS <= len(passage) <= MOST_CHARS or (name, start) in taken:
                continue
            taken.add((name, start))
            count -= 1
            yield Labelled(source, name, start, len(passage), sha256(passage.encode()).hexdigest()[:12], "")


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1])):
        print(*(getattr(drawn, name) for name in Labelled.__slots__), sep="\t")
