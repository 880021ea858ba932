"""words: words as places -> their hashes, lengths and kinds. Compiled; knows nothing of where a text is cut.

A hash is FNV-1a over the word's code points, 64 bits, with a finalizer, since its low bits alone are weak.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.surface.characters import ALPHA, PUNCTUATION, STOP, SYMBOL

STOPS = 1  # of a word's kind: it ends a sentence
PUNCTUATED = 2  # it is punctuation only

Codes = NDArray[np.uint32]

_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)


@compiled
def flags_of(codes: Codes, table: Codes) -> Codes:
    """The flags of each code point, uint32 (characters,); what lies beyond the table has those of its last entry."""
    flags = np.empty(len(codes), np.uint32)
    last = len(table) - 1
    for at, code in enumerate(codes):
        flags[at] = table[code] if code < last else table[last]
    return flags


@compiled
def _finished(found: np.uint64) -> np.uint64:
    mixed: np.uint64 = (found ^ (found >> _HALF)) * _MIX
    return mixed ^ (mixed >> _HALF)


@compiled
def hash_of(codes: Codes, start: int, end: int) -> np.uint64:
    """The hash of the code points from `start` to `end`."""
    found = _OFFSET
    for at in range(start, end):
        found = (found ^ np.uint64(codes[at])) * _PRIME
    return _finished(found)


@compiled
def describe_words(
    codes: Codes, flags: Codes, starts: NDArray[np.int32], ends: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8], int, int, int]:
    """What `thinkaug.surface.Words` holds: hashes, added lengths, kinds; then its three counts."""
    count = len(starts)
    hashes, added, kinds = np.empty(count, np.uint64), np.zeros(count + 1, np.int64), np.zeros(count, np.uint8)
    spoken, spoken_chars, lettered = 0, 0, 0
    for word in range(count):
        start, end = starts[word], ends[word]
        all_of, any_of, found = flags[start], flags[start], _OFFSET
        for at in range(start, end):
            all_of &= flags[at]
            any_of |= flags[at]
            found = (found ^ np.uint64(codes[at])) * _PRIME
        if not all_of & SYMBOL:
            spoken += 1
            spoken_chars += end - start
        if any_of & ALPHA:
            lettered += 1
        if all_of & PUNCTUATION:
            kinds[word] = PUNCTUATED | (STOPS if all_of & STOP and end == start + 1 else 0)
        hashes[word] = _finished(found)
        added[word + 1] = added[word] + end - start
    return hashes, added, kinds, spoken, spoken_chars, lettered


@compiled
def count_present(hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> int:
    """How many of the wanted hashes are there at least once."""
    count = 0
    for one in wanted:
        for other in hashes:
            if other == one:
                count += 1
                break
    return count
