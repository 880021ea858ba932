"""spelling: a word that another text has otherwise: misspelt, or written together with its neighbours. Compiled.

Knows words by their letters alone, not which of two spellings is right.
"""

from typing import Any

import numpy as np

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import CODE, MANY, SKIPPED
from thinkaug.lexing.words import decode

_LOWER_A = ord("a")


@compiled
def spelled(data: Any, starts: Any, ends: Any, folds: Any, expansions: Any) -> tuple[Any, Any]:
    """The letters of words, folded, uint32, and where each word's begin among them, int32 (words + 1,)."""
    bounds = np.empty(len(starts) + 1, np.int32)
    codes = np.empty(len(data), np.uint32)
    count = 0
    for word in range(len(starts)):
        bounds[word] = count
        place, end = int(starts[word]), int(ends[word])
        while place < end:
            letter = data[place] | 0x20
            if 0x61 <= letter <= 0x7A:  # most of what words are of
                codes[count] = letter
                count, place = count + 1, place + 1
                continue
            code, place = decode(data, place, end)
            fold = folds[min(code, 0x10FFFF)]
            if fold <= SKIPPED:
                continue
            if fold & MANY:
                parts = int(expansions[fold & CODE])
                room = count + parts + len(data) - place  # some fold to more than they have bytes
                if room > len(codes):
                    codes = np.append(codes, np.empty(room, np.uint32))
                for part in range(parts):
                    codes[count + part] = expansions[(fold & CODE) + 1 + part]
                count += parts
            else:
                codes[count] = fold & CODE
                count += 1
    bounds[len(starts)] = count
    return codes[:count].copy(), bounds


@compiled
def one_slip(codes: Any, start: int, end: int, its: Any, its_start: int, its_end: int) -> bool:
    """Whether the letters from start to end are one slip of the pen from those of the other.

    A slip is a letter too many, one missing, another one, or two changed round (Damerau 1964). An a before a word is no
    slip: it denies ("symptomatic", "asymptomatic").
    """
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
def pieces(codes: Any, start: int, end: int, its_codes: Any, its_bounds: Any) -> tuple[int, int]:
    """Which words of the other text, one after another, give these letters if written together: from, to; or 0, 0."""
    length = end - start
    if length == 0:
        return 0, 0
    initial = codes[start]
    for first in range(len(its_bounds) - 2):
        its_start = its_bounds[first]
        if its_codes[its_start] != initial or its_bounds[first + 1] - its_start >= length:
            continue
        if its_start + length > its_bounds[-1] or not _alike(codes, start, its_codes, its_start, length):
            continue
        last = first + 1
        while last < len(its_bounds) - 1 and its_bounds[last] < its_start + length:
            last += 1
        if its_bounds[last] == its_start + length:
            return first, last
    return 0, 0
