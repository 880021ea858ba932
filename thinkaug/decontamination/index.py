"""index: evaluation items -> what a text is compared with. Knows no files.

An item of `ngram_words` words or more is looked for by its long runs and its short runs, a shorter one whole. A letter
of a script without spaces counts as half a word: there, lengths are those of twice as many words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thinkaug.decontamination.items import Item, Matching
from thinkaug.decontamination.markup import plain_words
from thinkaug.decontamination.tables import Table, roll, table_of
from thinkaug.decontamination.wholes import ANCHOR_WORDS, Wholes
from thinkaug.lexing.words import NUMBER, SINGLE, Words

FOLDED_NUMBER = np.uint64(0x6E756D626572)
_FEWEST_PARTS = 6  # of fewer short runs nearly all would have to be set phrases or all of the item
_FEWEST_PLAIN = 3  # a run of numbers alone, such as a sum, stands in many texts
_FEWEST_TOGETHER = 4  # words of question and answer, where the question alone says too little
_LONGEST_ANSWER = 13  # so much of it, from its beginning, must stand near the question


@dataclass(frozen=True, slots=True)
class Left:
    """What is not looked for, or not twice: counts of items, and of long runs."""

    without_words: int
    too_short: int
    alike: int
    common_ngrams: int
    ngrams: int


@dataclass(frozen=True, slots=True)
class Index:
    """Items and how they are found.

    Args:
        items: all that are looked for, no two of them with the same words.
        alike: item -> the other items that have its words.
        long: by long runs; `parts` by short runs; `wholes` whole.
        left: what is not looked for.
    """

    items: tuple[Item, ...]
    alike: dict[int, tuple[Item, ...]]
    long: Table
    parts: Table
    wholes: Wholes
    left: Left

    def summary(self) -> str:
        """What is looked for and what is not, in a line."""
        left, whole = self.left, int((self.wholes.begins[1:] > self.wholes.begins[:-1]).sum())
        said = [f"{len(self.items):,} items, {whole:,} of them whole"]
        said += [f"{left.common_ngrams:,} of {left.ngrams:,} long runs are set phrases"] if left.common_ngrams else []
        for count, what in (
            (left.alike, "the same as another"),
            (left.too_short, "too short"),
            (left.without_words, "without words"),
        ):
            said += [f"{count:,} {what}"] if count else []
        return "; ".join(said)


def folded(words: Words) -> NDArray[np.uint64]:
    """The hashes of words, every number the same."""
    return np.where(words.kinds & NUMBER, FOLDED_NUMBER, words.hashes)


def index_of(items: Sequence[Item], matching: Matching) -> Index:
    """The index of some items."""
    texts = [_words(item.question) for item in items]
    answers = [_words(item.answer) for item in items]
    kept: list[int] = []
    alike: dict[int, list[Item]] = {}
    first: dict[bytes, int] = {}
    without_words = too_short = 0
    for place, (text, answer) in enumerate(zip(texts, answers, strict=True)):
        if not len(text):
            without_words += 1
        elif _is_too_short(text, answer, matching):
            too_short += 1
        else:
            key = text.hashes.tobytes()
            if _weight(text) < matching.short_words:
                key += b"?" + answer.hashes[:_LONGEST_ANSWER].tobytes()
            if (known := first.setdefault(key, len(kept))) < len(kept):
                alike.setdefault(known, []).append(items[place])
            else:
                kept.append(place)
    asked = len(kept)
    shown = [items[place] for place in kept]
    wording = [texts[place] for place in kept]
    replies = [answers[place] for place in kept]
    if matching.answers:
        lengthy = [place for place in range(asked) if _weight(replies[place]) >= matching.ngram_words]
        shown += [shown[place] for place in lengthy]
        wording += [replies[place] for place in lengthy]
    long, common, all_runs = _long(wording, matching)
    wholes = _wholes(wording, replies, long, asked, matching)
    left = Left(without_words, too_short, len(items) - without_words - too_short - asked, common, all_runs)
    twins = {known: tuple(others) for known, others in alike.items()}
    return Index(tuple(shown), twins, long, _parts(wording, asked, matching), wholes, left)


def _words(text: str) -> Words:
    return plain_words(text.encode("utf-8", "surrogatepass"))


def _weight(words: Words) -> float:
    return len(words) - float(np.count_nonzero(words.kinds & SINGLE)) / 2


def _is_too_short(text: Words, answer: Words, matching: Matching) -> bool:
    if len(text) < ANCHOR_WORDS:
        return True
    if _weight(text) >= matching.short_words:
        return False
    return not len(answer) or _weight(text) + _weight(answer) < _FEWEST_TOGETHER


def _long(wording: Sequence[Words], matching: Matching) -> tuple[Table, int, int]:
    """The table of long runs, how many were left out as set phrases, and how many there were."""
    size = matching.ngram_words
    is_long = [_weight(words) >= size for words in wording]
    texts = [words.hashes if long else words.hashes[:0] for words, long in zip(wording, is_long, strict=True)]
    runs, items, places = _runs(texts, size)
    varied = [_is_varied(wording[item].hashes[at : at + size]) for item, at in zip(items, places, strict=True)]
    telling = _plain_words(wording, items, places, size) >= _FEWEST_PLAIN
    rare, common = _rare(runs, items, matching.common_items, telling & np.array(varied, bool))
    table_items = items[rare]
    totals = np.bincount(table_items, minlength=len(wording))
    needs = np.minimum(np.ceil(float(matching.min_share) * totals), matching.min_ngrams)
    # Letters that are words by themselves: as many words as 13 of another script take twice as many.
    needs += np.array([size if _weight(words) < 0.75 * len(words) else 0 for words in wording], float)
    needs = np.minimum(needs, totals).astype(np.int32)
    return table_of(size, runs[rare], table_items, places[rare], needs), common, len(np.unique(runs))


def _parts(wording: Sequence[Words], asked: int, matching: Matching) -> Table:
    size = matching.parts_words
    texts = []
    for item, words in enumerate(wording):
        if item >= asked or _weight(words) < matching.short_words:
            texts.append(words.hashes[:0])
        else:
            texts.append(folded(words) if matching.numbers == "any" else words.hashes)
    runs, items, places = _runs(texts, size)
    telling = _plain_words(wording, items, places, size) * 2 > size
    rare, _ = _rare(runs, items, matching.common_items, telling)
    totals = np.bincount(items[rare], minlength=len(wording))
    needs = np.maximum(np.ceil(matching.parts_share * totals), _FEWEST_PARTS).astype(np.int32)
    rare = rare[totals[items[rare]] >= _FEWEST_PARTS]
    return table_of(size, runs[rare], items[rare], places[rare], needs)


def _wholes(wording: Sequence[Words], replies: Sequence[Words], long: Table, asked: int, matching: Matching) -> Wholes:
    """The items that no long run stands for."""
    whole = [place < asked and not long.totals[place] for place in range(len(wording))]
    texts = [words.hashes if is_whole else words.hashes[:0] for words, is_whole in zip(wording, whole, strict=True)]
    answers = [
        replies[place].hashes[:_LONGEST_ANSWER]
        if whole[place] and _weight(wording[place]) < matching.short_words
        else np.zeros(0, np.uint64)
        for place in range(len(wording))
    ]
    runs, items, places = _runs(texts, ANCHOR_WORDS, repeated=True)
    _, inverse, counts = np.unique(runs, return_inverse=True, return_counts=True)
    order = np.lexsort((places, counts[inverse], items))
    _, firsts = np.unique(items[order], return_index=True)
    chosen = order[firsts]
    needs = np.zeros(len(wording), np.int32)
    anchors = table_of(ANCHOR_WORDS, runs[chosen], items[chosen], places[chosen], needs)
    return Wholes(anchors, *_joined(texts), *_joined(answers))


def _runs(
    texts: Sequence[NDArray[np.uint64]], size: int, *, repeated: bool = False
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """The runs of each text, the text's number and the place in it; one that comes again in its text only once."""
    runs, items, places = [], [], []
    for number, hashes in enumerate(texts):
        values = np.empty(len(hashes), np.uint64)
        values = values[: roll(hashes, len(hashes), size, values)]
        at = np.arange(len(values)) if repeated else np.sort(np.unique(values, return_index=True)[1])
        runs.append(values[at])
        items.append(np.full(len(at), number, np.int32))
        places.append(at.astype(np.int32))
    if not runs:
        return np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    return np.concatenate(runs), np.concatenate(items), np.concatenate(places)


def _plain_words(
    wording: Sequence[Words], items: NDArray[np.int32], places: NDArray[np.int32], size: int
) -> NDArray[np.int64]:
    """Of each run, how many of its words are no numbers."""
    sums = [np.cumsum([0, *((words.kinds & NUMBER) == 0)]) for words in wording]
    ends = [sums[item][at + size] - sums[item][at] for item, at in zip(items, places, strict=True)]
    return np.array(ends, np.int64)


def _rare(
    runs: NDArray[np.uint64], items: NDArray[np.int32], most_items: int, telling: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], int]:
    """The places of the runs that tell of their item, and how many different runs are too common for that."""
    _, inverse, counts = np.unique(runs, return_inverse=True, return_counts=True)
    common = counts[inverse] > most_items
    return np.flatnonzero(~common & telling), int(np.count_nonzero(counts > most_items))


def _is_varied(hashes: NDArray[np.uint64]) -> bool:
    """Whether it is no row of zeros or the like: more than half of its words differ."""
    return 2 * len(set(hashes.tolist())) > len(hashes)


def _joined(texts: Sequence[NDArray[np.uint64]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    begins = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return (np.concatenate(texts) if texts else np.zeros(0, np.uint64)), begins
