"""What the fact guard does to near duplicates that were made on purpose, and to boilerplate about different diseases.

The candidates of deduplication are pairs whose word 5-grams have an exact Jaccard similarity of 0.7 or more. Of the
injected pairs, the share found is that of candidates which the guard takes for duplicates; `alike` are those with
jaccard5 >= 0.8, the data set's own figure. "facts changed" marks pairs where the injection itself changed a number, or
put words in the place of others: for these, keeping may be right. Of the natural pairs, the share kept is that of pairs
that are no candidates or that the guard keeps apart.

Bars (--bar): with the guard on entities, of the alike pairs whose facts were not changed 0.97 found; of the natural
pairs 0.95 kept, and 0.95 of those that are candidates.

    python benchmarks/guard.py [--bar] [--errors N] [--data FOLDER]
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from thinkaug.facts.guard import Difference, Guard, Level
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.words import buffers
from thinkaug.minhash import jaccard, shingles

THRESHOLD = 0.7
ALIKE = 0.8
BAR_FOUND = 0.97
BAR_KEPT = 0.95
LEVELS: tuple[Level, ...] = ("entities", "numbers")
_NUMBER = re.compile(r"\d+")


class Pair(NamedTuple):
    """Two texts; `candidate`: similar enough; `changed`: the injection changed what is stated."""

    a: str
    b: str
    kind: str
    alike: bool
    candidate: bool
    changed: bool


def load(folder: Path) -> tuple[list[Pair], list[Pair], list[str]]:
    """The injected pairs, the natural ones, and all texts."""
    texts = {row["id"]: row["text"] for row in _rows(folder / "docs.jsonl")}
    injected = [_pair(row, texts) for row in _rows(folder / "injected_pairs.jsonl")]
    natural = [_pair(row, texts) for row in _rows(folder / "natural_template_pairs.jsonl")]
    return injected, natural, list(texts.values())


def vocabulary(texts: Sequence[str]) -> Vocabulary:
    """The words of the texts."""
    known = Vocabulary.empty()
    known.add(*buffers(pa.array(texts, pa.large_string())))
    return known


def compared(pairs: Sequence[Pair], guard: Guard) -> list[Difference]:
    """The difference of each pair."""
    return [guard.compare(guard.facts_of(pair.a), guard.facts_of(pair.b)) for pair in pairs]


def found(pairs: Sequence[Pair], differences: Sequence[Difference]) -> float:
    """The share of pairs that are candidates and not kept apart."""
    return _share([pair.candidate and not each.apart for pair, each in zip(pairs, differences, strict=True)])


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _pair(row: dict[str, Any], texts: dict[str, str]) -> Pair:
    a, b = texts[row["a"]], texts[row["b"]]
    kind = row.get("kind", "natural")
    candidate = jaccard(shingles(a), shingles(b)) >= THRESHOLD
    return Pair(a, b, kind, row["jaccard5"] >= ALIKE, candidate, _changed(kind, a, b))


def _changed(kind: str, a: str, b: str) -> bool:
    """Whether the injection changed facts: it says numbers, and they are others; or it put words in place of others."""
    if kind == "numbers_changed":
        return _NUMBER.findall(a) != _NUMBER.findall(b)
    return kind.startswith(("wordsub", "chain")) and a != b


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def _table(pairs: Sequence[Pair], by_level: dict[str, list[Difference]]) -> None:
    levels = "".join(f"{level:>9}" for level in by_level)
    print(f"{'kind':<32}{'pairs':>6}{levels}   |{'alike':>6}{levels}")
    for kind, changed in sorted({(pair.kind, pair.changed) for pair in pairs}):
        chosen = [(pair.kind, pair.changed) == (kind, changed) for pair in pairs]
        _row(kind + changed * ", facts changed", chosen, pairs, by_level)
    _row("all", [True] * len(pairs), pairs, by_level)
    _row("all, facts unchanged", [not pair.changed for pair in pairs], pairs, by_level)


def _row(name: str, chosen: Sequence[bool], pairs: Sequence[Pair], by_level: dict[str, list[Difference]]) -> None:
    cells = []
    for every in (True, False):
        places = [place for place, pair in enumerate(pairs) if chosen[place] and (every or pair.alike)]
        some = [pairs[place] for place in places]
        shares = [found(some, [each[place] for place in places]) for each in by_level.values()]
        cells.append(f"{len(places):>6}" + "".join(f"{share:>9.3f}" if some else f"{'-':>9}" for share in shares))
    print(f"{name:<32}{cells[0]}   |{cells[1]}")


def main() -> int:
    """Print the tables; with --bar, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print so many failures of each sort")
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "neardup_medquad"
    parser.add_argument("--data", type=Path, default=default, help="the folder with docs.jsonl")
    arguments = parser.parse_args()
    injected, natural, texts = load(arguments.data)
    known = vocabulary(texts)
    same = Difference(False, False, False)
    injected_by: dict[str, list[Difference]] = {"off": [same] * len(injected)}
    natural_by: dict[str, list[Difference]] = {"off": [same] * len(natural)}
    for level in LEVELS:
        guard = Guard(level, known)
        injected_by[level], natural_by[level] = compared(injected, guard), compared(natural, guard)
    print(f"injected pairs, share found at {THRESHOLD}")
    _table(injected, injected_by)
    candidates = [number for number, pair in enumerate(natural) if pair.candidate]
    print(f"\nnatural pairs, share kept: all {len(natural)}, and the {len(candidates)} that are candidates")
    kept: dict[str, tuple[float, float, float]] = {}
    for name, differences in natural_by.items():
        some = [natural[number] for number in candidates]
        guarded = _share([each.apart for each in differences])
        kept[name] = (1 - found(natural, differences), 1 - found(some, [differences[n] for n in candidates]), guarded)
        print(f"  {name:<10}{kept[name][0]:>7.3f}{kept[name][1]:>7.3f}   by the guard alone, of all: {guarded:.3f}")
    guard = Guard("entities", known)
    _speed(injected + natural, guard)
    for name, pairs, by in (("missed", injected, injected_by), ("lost", natural, natural_by)):
        _errors(name, pairs, by["entities"], guard, arguments.errors)
    numbers = [n for n, pair in enumerate(injected) if pair.alike and not pair.changed]
    recall = found([injected[n] for n in numbers], [injected_by["entities"][n] for n in numbers])
    every, of_candidates, _ = kept["entities"]
    print(f"found {recall:.3f} (bar {BAR_FOUND}), kept {every:.3f}, of candidates {of_candidates:.3f} (bar {BAR_KEPT})")
    return int(arguments.bar and (recall < BAR_FOUND or min(kept["entities"][:2]) < BAR_KEPT))


def _speed(pairs: Sequence[Pair], guard: Guard) -> None:
    guard.compare(guard.facts_of(pairs[0].a), guard.facts_of(pairs[0].b))
    started = time.process_time()
    facts = [(guard.facts_of(pair.a), guard.facts_of(pair.b)) for pair in pairs]
    read_s = time.process_time() - started
    started = time.process_time()
    for a, b in facts:
        guard.compare(a, b)
    compared_s = time.process_time() - started
    size = sum(len(a.raw) + len(b.raw) for a, b in facts) / 2 / len(facts)
    print(
        f"\n{len(pairs)} pairs of texts of {size:.0f} bytes: facts of a text {read_s / 2 / len(pairs) * 1e3:.3f} ms, "
        f"comparing a pair {compared_s / len(pairs) * 1e3:.3f} ms"
    )


def _errors(name: str, pairs: Sequence[Pair], differences: Sequence[Difference], guard: Guard, count: int) -> None:
    for pair, each in zip(pairs, differences, strict=True):
        wrong = pair.candidate and (each.apart and pair.alike if name == "missed" else not each.apart)
        if wrong and count > 0:
            count -= 1
            sides = f"a_only={each.a_only} b_only={each.b_only} clash={each.clash}"
            words = guard.differing_words(guard.facts_of(pair.a), guard.facts_of(pair.b))
            print(f"{name}: {pair.kind}{pair.changed * ', facts changed'}: {sides} {words}\n    {pair.a[:100]!r}")


if __name__ == "__main__":
    sys.exit(main())
