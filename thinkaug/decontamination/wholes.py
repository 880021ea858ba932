"""wholes: items too short for long runs of words, found word for word; the shortest with their answer near. Compiled.

Of each item one run of three words, the one that fewest items hold, is looked for first. Knows nothing of texts.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.decontamination.tables import Table, find, roll

ANCHOR_WORDS = 3


class Wholes(NamedTuple):
    """The words of all items that are looked for whole.

    Args:
        anchors: the run of each by which it is found, and where in it that begins.
        words: uint64, the questions one after the other.
        begins: int64 (items + 1,), where each begins; those of other items are empty.
        answers: uint64, likewise the answers.
        answer_begins: int64 (items + 1,); empty where the question alone is enough.
    """

    anchors: Table
    words: NDArray[np.uint64]
    begins: NDArray[np.int64]
    answers: NDArray[np.uint64]
    answer_begins: NDArray[np.int64]


@compiled
def whole_items(
    wholes: Wholes, hashes: Any, count: int, window: int, runs: Any, items: Any, firsts: Any, lasts: Any
) -> int:
    """Every item that stands whole in a text, as far as there is room; how many there are.

    Args:
        wholes: the items.
        hashes: uint64, the words of the text.
        count: how many they are.
        window: how many words may stand between question and answer.
        runs: uint64 (count,), written over.
        items: int32, written: the item.
        firsts: int64, written: its first word in the text.
        lasts: int64, written: and its last; the answer included where it is needed.
    """
    found = 0
    table = wholes.anchors
    for position in range(roll(hashes, count, table.size, runs)):
        slot = find(table, runs[position])
        if slot < 0:
            continue
        for entry in range(table.firsts[slot], table.firsts[slot] + table.counts[slot]):
            item = table.items[entry]
            first = position - table.places[entry]
            length = wholes.begins[item + 1] - wholes.begins[item]
            if not _stands(wholes.words, wholes.begins[item], length, hashes, first, count):
                continue
            last = first + length - 1
            needed = wholes.answer_begins[item + 1] - wholes.answer_begins[item]
            if needed:
                answer = _answered(wholes, item, needed, hashes, first, last, count, window)
                if answer < 0:
                    continue
                first, last = min(first, answer), max(last, answer + needed - 1)
            if found < len(items):
                items[found], firsts[found], lasts[found] = item, first, last
            found += 1
    return found


@compiled
def _answered(
    wholes: Wholes, item: int, length: int, hashes: Any, first: int, last: int, count: int, window: int
) -> int:
    """Where the answer stands nearest after the question, or before it; -1 where it does not."""
    begin = wholes.answer_begins[item]
    for place in range(last + 1, min(last + 2 + window, count)):
        if _stands(wholes.answers, begin, length, hashes, place, count):
            return place
    for back in range(window + 1):
        if _stands(wholes.answers, begin, length, hashes, first - length - back, count):
            return int(first - length - back)
    return -1


@compiled
def _stands(words: Any, begin: int, length: int, hashes: Any, place: int, count: int) -> bool:
    if place < 0 or place + length > count:
        return False
    for step in range(length):  # noqa: SIM110 - numba knows no all()
        if hashes[place + step] != words[begin + step]:
            return False
    return True
