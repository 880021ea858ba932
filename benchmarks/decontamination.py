"""Evaluation items planted in disguise: how many are found, how many documents are blamed wrongly, and how fast.

The items are GSM8K, MATH-500, MedQA and PubMedQA, the documents those of the bench corpus. 200 items (50 of each set,
drawn by a seed) go into documents in each disguise; a disguise is found where the stage names that very item for that
row. All documents as they are, untouched, are searched for all items: what is found there is printed, to be looked at.
So is each half of the items for the other half: the hardest texts to tell apart, other questions of the same kind.

Megabytes (10^6 bytes of UTF-8) a second of CPU time, one thread: the search alone, and the whole stage over rows; and
datatrove's NGramsDecontFilter on a seeded sample of the documents. Its index is written by hand, from the runs of 13
words that its own indexer would take of the same questions, since the indexer itself needs lighteval.

Bars (--bar): the search at least 30 MB/s; at least 0.95 of the items in disguises that leave all words as they are,
short items apart and all together; less than 0.1 % of the untouched documents.

    python benchmarks/decontamination.py [--bar] [--sample N] [--seed N]
"""

import argparse
import html
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from thinkaug.decontamination.index import index_of
from thinkaug.decontamination.items import Item, Matching
from thinkaug.decontamination.matching import Matcher
from thinkaug.decontamination.sets import items_of, named
from thinkaug.inputs import find_inputs
from thinkaug.records import Document, Draft, Generation, Passage, Thought, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Services, Shard, Work
from thinkaug.stages.decontaminate import decontaminate
from thinkaug.templates import Templates

BAR_MB_PER_S = 30.0
BAR_RECALL = 0.95
BAR_FALSE_ALARMS = 0.001
ITEMS_A_SET = 50
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
SETS = [str(TRIAL_DATA / "eval" / f"{name}") for name in (
    "gsm8k_test.jsonl", "math500.jsonl", "medqa_us4_test.jsonl", "pubmedqa_ori_pqal.json")]  # fmt: skip
FILLER = "The committee met on Thursdays, and the minutes were kept by whoever arrived last."

Disguise = Callable[[Item, random.Random], str]


def whole(item: Item) -> str:
    """Question and answer, as they leak."""
    return f"{item.question}\n{item.answer}"


def lower(item: Item, draw: random.Random) -> str:
    """No capitals."""
    return whole(item).lower()


def unpunctuated(item: Item, draw: random.Random) -> str:
    """Without the punctuation that ends or quotes; a point in a number stays."""
    text = re.sub(r"[.,;:!?](?!\d)|[\"'\u2018\u2019\u201c\u201d]", "", whole(item))
    return re.sub(r"[()]", " ", text)


def respaced(item: Item, draw: random.Random) -> str:
    """Other commands and spaces for the same formula; where there is none, other white space."""
    text = re.sub(r"\\frac(?![a-z])", r"\\dfrac", whole(item))
    text = re.sub(r"(?<!\\)([=+,])(?!\d)", r"\1\\, ", text) if "\\" in text else text.replace(" ", "\u00a0 ")
    text = re.sub(r"(?<!\\left)(?<!\\)\(", r"\\left(", text) if "\\" in text else text
    text = re.sub(r"(?<!\\right)(?<!\\)\)", r"\\right)", text) if "\\" in text else text
    return re.sub(r"\$([^$]+)\$", r"\\(\1\\)", text)


def renumbered(item: Item, draw: random.Random) -> str:
    """The question with every number another."""
    return re.sub(r"\d+", lambda number: str(draw.randrange(2, 99)), item.question)


def split(item: Item, draw: random.Random) -> str:
    """Half of the question, a paragraph of something else, the other half and the answer."""
    words = item.question.split(" ")
    half = len(words) // 2
    return f"{' '.join(words[:half])}\n\n{FILLER}\n\n{' '.join(words[half:])}\n{item.answer}"


def shouted(item: Item, draw: random.Random) -> str:
    """Capitals only, as a heading and bold."""
    return "## QUESTION\n\n**" + whole(item).upper().replace("\n", "**\n\n> **ANSWER:** ")


def apart(item: Item, draw: random.Random) -> str:
    """A sentence of something else between question and answer."""
    return f"{item.question} {FILLER} {item.answer}"


def escaped(item: Item, draw: random.Random) -> str:
    """As it stands in a web page."""
    return html.escape(whole(item).replace("\u2019", "'")).replace("&#x27;", draw.choice(["&#39;", "&rsquo;"]))


def curly(item: Item, draw: random.Random) -> str:
    """Typographic quotes, apostrophes and hyphens."""
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", whole(item)).replace("'", "\u2019").replace("-", "\u2010")


def wrapped(item: Item, draw: random.Random) -> str:
    """Quoted, in lines of seven words."""
    words = whole(item).split(" ")
    return "\n> ".join(" ".join(words[at : at + 7]) for at in range(0, len(words), 7))


def truncated(item: Item, draw: random.Random) -> str:
    """The beginning of the question."""
    return item.question[: round(0.7 * len(item.question))]


def numbered_lines(item: Item, draw: random.Random) -> str:
    """The question in lines of nine words, each with a number."""
    words = item.question.split(" ")
    lines = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    return "\n".join(f"{number} {line}" for number, line in enumerate(lines, start=101))


def filled(item: Item, draw: random.Random) -> str:
    """Three words after every eight of the question."""
    words = item.question.split(" ")
    return " so to speak ".join(" ".join(words[at : at + 8]) for at in range(0, len(words), 8))


def misspelt(item: Item, draw: random.Random) -> str:
    """Every tenth word of the question is another."""
    words = item.question.split(" ")
    return " ".join(word[1:] + word[:1] if number % 10 == 9 else word for number, word in enumerate(words))


LIKE_VERBATIM: dict[str, Disguise] = {
    "verbatim": lambda item, draw: whole(item),
    "lower case": lower,
    "punctuation off": unpunctuated,
    "LaTeX and spacing": respaced,
    "upper case, markdown": shouted,
    "answer a sentence away": apart,
    "HTML entities": escaped,
    "curly quotes, hyphens": curly,
    "quoted, wrapped lines": wrapped,
}
CHANGED: dict[str, Disguise] = {
    "question alone": lambda item, draw: item.question,
    "split, a paragraph between": split,
    "other numbers": renumbered,
    "cut off at 70 %": truncated,
    "numbered lines of 9 words": numbered_lines,
    "3 words after every 8": filled,
    "every 10th word misspelt": misspelt,
}


def documents() -> list[str]:
    """The texts of the bench corpus."""
    (found,) = find_inputs([str(TRIAL_DATA / "bench" / "corpus.jsonl.zst")], ["jsonl"], "benchmark")
    with found.open() as lines:
        return [json.loads(line)["text"] for line in lines]


def planted(item: Item, disguise: Disguise, hosts: Sequence[str], draw: random.Random) -> str:
    """A document with the item between two of its paragraphs."""
    host = draw.choice(hosts)
    paragraphs = host.split("\n\n")
    paragraphs.insert(draw.randrange(len(paragraphs) + 1), disguise(item, draw))
    return "\n\n".join(paragraphs)


def as_document(text: str) -> Document:
    """A row of the text."""
    return Document(content_id(text), text)


def as_draft(item: Item, host: str, ending: str) -> Draft:
    """A draft whose one thought recites the item, but for an `ending` that stands in the text after it."""
    text = f"{host}\n\n{ending}" if ending else host
    cut = len(text) - len(ending)
    said = whole(item)[: len(whole(item)) - len(ending)]
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    passage = Passage(content_id(text), "d", 0, text, "", (cut,), digest)
    thought = Thought(cut, 0, "self_talk", f"I know this one. {said}")
    return Draft(passage, "interleaved", "scripted", (thought,), (Generation(cut, 0, 1, "stop", 1, 1),))


def started(**settings: Any) -> Work:
    """The stage over all four sets, with these settings."""
    services = Services(Templates(), {})
    return decontaminate.start(read_config(decontaminate.config, {"sets": SETS, **settings}, "benchmark"), services, [])


def named_items(work: Work, rows: Sequence[Any]) -> list[set[tuple[str, str]]]:
    """The items that the stage names for each row."""
    outcomes = work(Shard("0", partial(iter, rows)))
    return [{(note["set"], note["item"]) for note in outcome.notes} for outcome in outcomes]  # type: ignore[union-attr,misc]


def recalls(items: Sequence[Item], hosts: Sequence[str], draw: random.Random) -> Iterator[tuple[str, list[bool]]]:
    """Each disguise, and which of the items were found in it."""
    work = started()
    for name, disguise in {**LIKE_VERBATIM, **CHANGED}.items():
        rows = [as_document(planted(item, disguise, hosts, draw)) for item in items]
        yield name, [(item.set, item.id) in found for item, found in zip(items, named_items(work, rows), strict=True)]
    for name in ("in a thought", "from a thought into the text"):
        rows_ = []
        for item in items:
            said = whole(item)
            spaces = [place for place, char in enumerate(said) if char.isspace() and place >= len(item.question) // 3]
            middle = spaces[0] + 1 if name.startswith("from") else len(said)
            rows_.append(as_draft(item, draw.choice(hosts), said[middle:]))
        yield name, [(item.set, item.id) in found for item, found in zip(items, named_items(work, rows_), strict=True)]


def of_the_genre(items: Sequence[Item], matching: Matching) -> int:
    """How many items hold one of the items that come before or after them in turn: other questions of the same kind."""
    blamed = 0
    for half in (0, 1):
        matcher = Matcher(index_of(items[half::2], matching), matching)
        blamed += sum(bool(matcher.find(whole(item))) for item in items[1 - half :: 2])
    return blamed


def speed(matcher: Matcher, texts: Sequence[str]) -> tuple[float, float, list[int]]:
    """MB a CPU-second of the search and of the stage over rows, medians of three; and the suspects."""
    raws = [text.encode("utf-8", "surrogatepass") for text in texts]
    megabytes = sum(map(len, raws)) / 1e6
    rows = [as_document(text) for text in texts]
    work = started()
    searches, stages, suspects = [], [], list[int]()
    for _ in range(3):
        begun = time.process_time()
        suspects = [at + place for at in range(0, len(raws), 256) for place in matcher.suspects(raws[at : at + 256])]
        searches.append(megabytes / (time.process_time() - begun))
        begun = time.process_time()
        for _ in work(Shard("0", partial(iter, rows))):
            pass
        stages.append(megabytes / (time.process_time() - begun))
    return statistics.median(searches), statistics.median(stages), suspects


def peer(items: Sequence[Item], texts: Sequence[str]) -> tuple[float, list[bool]]:
    """MB a CPU-second of datatrove's filter, and which texts it takes out."""
    import numpy as np
    from datatrove.data import Document as Row
    from datatrove.pipeline.decont import NGramsDecontConfig, NGramsDecontFilter
    from datatrove.utils.text import ngrams, simplify_text
    from loguru import logger
    from xxhash import xxh64_intdigest

    def hashed(text: str) -> int:
        """As its own, which newer versions of xxhash refuse: they take bytes only."""
        return int(xxh64_intdigest(text.encode("utf-8", "surrogatepass")))

    logger.remove()
    config = NGramsDecontConfig(n_grams=13, find_query_ngrams=True, find_overlap_ngrams=False)
    with tempfile.TemporaryDirectory() as folder:
        maker = NGramsDecontFilter(folder, config)
        for name in dict.fromkeys(item.set for item in items):
            asked = [simplify_text(item.question, config.norm_config) for item in items if item.set == name]
            runs = [" ".join(run) for text in asked for run in ngrams(maker.tokenizer.word_tokenize(text), 13)]
            hashes = np.array(sorted({hashed(run) for run in runs}), config.hash_config.np_descr)
            hashes.tofile(f"{folder}/{name}.index.hashes")
        peer_filter = NGramsDecontFilter(folder, config)
        peer_filter.hash_func = hashed
        peer_filter.filter(Row("warm", "warm"))
        begun = time.process_time()
        taken = [peer_filter.filter(Row(text, str(number))) is not True for number, text in enumerate(texts)]
        seconds = time.process_time() - begun
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6 / seconds, taken


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 where a bar is not reached")
    parser.add_argument("--sample", type=int, default=300, help="documents for the peer, 0 for none")
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    items = items_of(named(SETS, "benchmark"), "benchmark", print)
    texts = documents()
    matching = Matching()
    begun = time.perf_counter()
    index = index_of(items, matching)
    print(f"{index.summary()}; built in {time.perf_counter() - begun:.1f} s")
    matcher = Matcher(index, matching)
    matcher.suspects([b"to compile it"])
    failures = []

    search, stage, suspects = speed(matcher, texts)
    print(f"\nMB/s a core       search {search:8.1f}   whole stage {stage:8.1f}")
    failures += [f"search: {search:.1f} MB/s < {BAR_MB_PER_S}"] if search < BAR_MB_PER_S else []
    if given.sample:
        sample = draw.sample(texts, given.sample)
        rate, taken = peer(items, sample)
        ours = [bool(matcher.find(text)) for text in sample]
        same = sum(one == other for one, other in zip(taken, ours, strict=True))
        more = sum(one and not other for one, other in zip(taken, ours, strict=True))
        print(f"datatrove         search {rate:8.2f}   ({given.sample} documents; ours {search / rate:.0f} x)")
        print(f"same verdicts on {same} of {given.sample} of these; {more} are taken out by datatrove alone")

    blamed = {place: found for place in suspects if (found := matcher.find(texts[place]))}
    print(f"\nuntouched documents: {len(blamed)} of {len(texts)} named ({len(suspects)} looked at twice)")
    for place, found in blamed.items():
        first = found[0]
        words = texts[place][first.start : first.end]
        print(f"  document {place}: {first.item.set} {first.item.id} by {first.rule}: {words!r}")
    failures += ["false alarms"] if len(blamed) > BAR_FALSE_ALARMS * len(texts) else []

    for asked in (matching, replace(matching, min_ngrams=1)):
        wrong = of_the_genre(items, asked)
        print(f"other questions of these sets: {wrong} of {len(items)} named, min_ngrams: {asked.min_ngrams}")

    by_set = {name: [item for item in items if item.set == name] for name in dict.fromkeys(item.set for item in items)}
    chosen = [item for mine in by_set.values() for item in draw.sample(mine, ITEMS_A_SET)]
    hosts = [text for text in texts if 1000 <= len(text) <= 20000]
    is_short = [len(item.question.split()) < 13 for item in chosen]
    print(f"\n{len(chosen)} items, {sum(is_short)} of them under 13 words\n{'recall':30}{'all':>7}{'short':>7}", end="")
    print("".join(f"{name[:9]:>11}" for name in by_set))
    for name, found_ in recalls(chosen, hosts, draw):
        short = [one for one, small in zip(found_, is_short, strict=True) if small]
        each = [statistics.mean(found_[at : at + ITEMS_A_SET]) for at in range(0, len(found_), ITEMS_A_SET)]
        print(
            f"{name:30}{statistics.mean(found_):7.3f}{statistics.mean(short):7.3f}"
            + "".join(f"{x:11.2f}" for x in each)
        )
        if name in LIKE_VERBATIM and min(statistics.mean(found_), statistics.mean(short)) < BAR_RECALL:
            failures.append(f"{name}: recall under {BAR_RECALL}")
    print("\n" + ("bars: " + "; ".join(failures) if failures else "bars: all reached"))
    return 1 if given.bar and failures else 0


if __name__ == "__main__":
    sys.exit(main())
