"""spelling: a word that another text has otherwise: misspelt, or written together with its neighbours. Compiled.

Knows words by their letters and places alone, not which of two spellings is right.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import CODE, MANY, SKIPPED, letters
from thinkaug.lexing.words import Words, decode

_LOWER_A = ord("a")


@dataclass(frozen=True, slots=True)
class Spelled:
    """The words of a text with their letters: those of word n are `codes[bounds[n]:bounds[n + 1]]`, folded, uint32."""

    words: Words
    codes: NDArray[np.uint32]
    bounds: NDArray[np.int64]

    def letters(self, word: int) -> list[int]:
        """The letters of a word."""
        letters: list[int] = self.codes[self.bounds[word] : self.bounds[word + 1]].tolist()
        return letters

    def length(self, word: int) -> int:
        """How many letters a word has."""
        return int(self.bounds[word + 1] - self.bounds[word])


def spelled(raw: bytes, words: Words) -> Spelled:
    """A text, given its words too."""
    table = letters()
    data = np.frombuffer(raw, np.uint8)
    bounds = np.empty(len(words) + 1, np.int64)
    codes = np.empty(_spell(data, words.starts, words.ends, table.folds, table.expansions, bounds, None), np.uint32)
    _spell(data, words.starts, words.ends, table.folds, table.expansions, bounds, codes)
    return Spelled(words, codes, bounds)


def misspellings(mine: Spelled, word: int, other: Spelled) -> NDArray[np.int64]:
    """The words of the other text that this word might be, or be misspelt for: one slip of the pen apart, in one spot.

    A slip is a letter too many, one missing, another one, or two changed round (Damerau 1964). The spot is the same if
    the word before is, or the word after. An a before a word is no slip: it denies ("symptomatic", "asymptomatic").
    """
    found = np.empty(len(other.words), np.int64)
    count = _misspellings(
        mine.codes, mine.bounds, mine.words.hashes, word, other.codes, other.bounds, other.words.hashes, found
    )
    return found[:count]


def pieces(mine: Spelled, word: int, other: Spelled) -> tuple[int, int]:
    """Which words of the other text, one after another, give this word if written together: from, to; or 0, 0."""
    first, last = _pieces(mine.codes, mine.bounds, word, other.codes, other.bounds)
    return int(first), int(last)


@compiled
def _spell(data: Any, starts: Any, ends: Any, folds: Any, expansions: Any, bounds: Any, codes: Any) -> int:
    """Write where each word's letters begin, and the letters where there is an array for them; return how many."""
    count = 0
    for word in range(len(starts)):
        bounds[word] = count
        place, end = starts[word], ends[word]
        while place < end:
            code, place = decode(data, place, end)
            fold = folds[min(code, 0x10FFFF)]
            if fold <= SKIPPED:
                continue
            parts = 1
            if fold & MANY:
                parts = int(expansions[fold & CODE])
            if codes is not None:
                for part in range(parts):
                    codes[count + part] = expansions[(fold & CODE) + 1 + part] if fold & MANY else fold & CODE
            count += parts
    bounds[len(starts)] = count
    return count


@compiled
def _misspellings(
    codes: Any, bounds: Any, hashes: Any, word: int, its_codes: Any, its_bounds: Any, its_hashes: Any, found: Any
) -> int:
    count = 0
    start, end = bounds[word], bounds[word + 1]
    for other in range(len(its_hashes)):
        its_start, its_end = its_bounds[other], its_bounds[other + 1]
        if abs((end - start) - (its_end - its_start)) > 1 or its_hashes[other] == hashes[word]:
            continue
        if not _same_beside(hashes, word, its_hashes, other, -1) and not _same_beside(
            hashes, word, its_hashes, other, 1
        ):
            continue
        if _one_slip(codes, start, end, its_codes, its_start, its_end):
            found[count] = other
            count += 1
    return count


@compiled
def _same_beside(hashes: Any, word: int, its_hashes: Any, other: int, step: int) -> bool:
    one, its = word + step, other + step
    inside, its_inside = 0 <= one < len(hashes), 0 <= its < len(its_hashes)
    if not inside or not its_inside:
        return inside == its_inside
    return bool(hashes[one] == its_hashes[its])


@compiled
def _one_slip(codes: Any, start: int, end: int, its: Any, its_start: int, its_end: int) -> bool:
    if end - start > its_end - its_start:
        return _one_slip_to_longer(its, its_start, its_end, codes, start, end)
    return _one_slip_to_longer(codes, start, end, its, its_start, its_end)


@compiled
def _one_slip_to_longer(short: Any, start: int, end: int, long: Any, long_start: int, long_end: int) -> bool:
    """Whether the shorter, or one as long, becomes the other by one slip."""
    head = 0
    while start + head < end and short[start + head] == long[long_start + head]:
        head += 1
    left, long_left = end - start - head, long_end - long_start - head
    if long_left > left:  # one letter more
        if head == 0 and long[long_start] == _LOWER_A:
            return False
        return _alike(short, start + head, long, long_start + head + 1, left)
    if left == 0:
        return False
    if _alike(short, start + head + 1, long, long_start + head + 1, left - 1):
        return True
    return (
        left >= 2
        and short[start + head] == long[long_start + head + 1]
        and short[start + head + 1] == long[long_start + head]
        and _alike(short, start + head + 2, long, long_start + head + 2, left - 2)
    )


@compiled
def _alike(one: Any, start: int, other: Any, other_start: int, count: int) -> bool:
    for step in range(count):  # noqa: SIM110 - numba does not compile all() of a generator
        if one[start + step] != other[other_start + step]:
            return False
    return True


@compiled
def _pieces(codes: Any, bounds: Any, word: int, its_codes: Any, its_bounds: Any) -> tuple[int, int]:
    start, end = bounds[word], bounds[word + 1]
    for first in range(len(its_bounds) - 2):
        its_start = its_bounds[first]
        length = end - start
        if its_bounds[first + 1] - its_start >= length or its_codes[its_start] != codes[start]:
            continue
        if its_start + length > its_bounds[-1] or not _alike(codes, start, its_codes, its_start, length):
            continue
        last = first + 1
        while last < len(its_bounds) - 1 and its_bounds[last] < its_start + length:
            last += 1
        if its_bounds[last] == its_start + length:
            return first, last
    return 0, 0
