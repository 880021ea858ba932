"""Arrow strings -> 128-bit hashes that are the same for texts that differ in case and white space only, and lengths.

A text is compared in NFC and casefolded; signs are kept, and white space counts only between two words, as one space.
The machine code folds one code point at a time; a text with one that NFC might join with its neighbours is normalized
in Python first. Knows nothing of near duplicates.
"""

from functools import cache
from typing import Any, NamedTuple
from unicodedata import category, is_normalized, normalize

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.words import buffers, decode, mixed

_CODE = (1 << 21) - 1  # the code point, or the place in `expansions`
_MANY = 1 << 21  # folds to several: their number stands in `expansions`, and then they
_SPACE = 1 << 22
_HARD = 1 << 23  # NFC may change it, or join it with what stands before
_WORD = 1 << 24  # a letter, a digit, a mark, or the underscore
_LAST_FOLDED = 0x1FFFF  # no case, space or combining mark beyond, but tags and selectors, which join nothing
_PLAIN = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4), range(0x20000, 0x323B0))  # Han and Hangul: words, and no more
_HARD_FROM = 0x300
_COMPATIBLE_HAN = range(0x2F800, 0x2FA20)  # each is another character in NFC
_JAMO = range(0x1100, 0x1200)

_UNASSIGNED = ("Cn", "Co", "Cs")

_LOW = np.uint64(0x9E3779B97F4A7C15)
_HIGH = np.uint64(0xD6E8FEB86659FD93)
_LEFT, _RIGHT = np.uint64(27), np.uint64(37)
_SPACE_CODE = np.uint64(0x20)


class Digests(NamedTuple):
    """Of some texts: the halves of their hashes, uint64 each, and how many code points are compared; 0 where blank."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    lengths: NDArray[np.int64]


def digests(strings: Any) -> Digests:
    """Of an Arrow string or large string array; a null is blank."""
    offsets, data = buffers(strings)
    count = len(strings)
    found = Digests(np.zeros(count, np.uint64), np.zeros(count, np.uint64), np.zeros(count, np.int64))
    hard = np.zeros(count, np.bool_)
    folds, expansions = _tables()
    _digest(data, offsets.astype(np.int64), folds, expansions, False, found.high, found.low, found.lengths, hard)
    for row in np.flatnonzero(hard).tolist():
        text = bytes(data[int(offsets[row]) : int(offsets[row + 1])]).decode("utf-8", "replace")
        raw = np.frombuffer(normalize("NFC", text).encode("utf-8", "replace"), np.uint8)
        here = slice(row, row + 1)
        place = np.array([0, len(raw)], np.int64)
        _digest(raw, place, folds, expansions, True, found.high[here], found.low[here], found.lengths[here], hard[here])
    return found


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    folds = np.arange(0x110000, dtype=np.uint32)
    expansions: list[int] = []
    for code in range(_LAST_FOLDED + 1):
        char = chr(code)
        kind = category(char)
        if kind in _UNASSIGNED or any(code in plain for plain in _PLAIN[:2]):
            continue
        folded = char.casefold()
        entry = ord(folded) if len(folded) == 1 else len(expansions) | _MANY
        if len(folded) > 1:
            expansions += [len(folded), *map(ord, folded)]
        entry |= _SPACE if char.isspace() else 0
        entry |= _WORD if char.isalnum() or char == "_" or kind[0] == "M" else 0
        if code >= _HARD_FROM and (kind[0] == "M" or code in _JAMO or not is_normalized("NFC", char)):
            entry |= _HARD
        folds[code] = entry
    for plain in _PLAIN:
        folds[plain.start : plain.stop] |= _WORD
    folds[_COMPATIBLE_HAN.start : _COMPATIBLE_HAN.stop] |= _HARD
    return folds, np.array(expansions, np.uint32)


@compiled
def _stirred(low: Any, high: Any, code: Any) -> tuple[Any, Any]:
    low = (low ^ code) * _LOW
    high = (high ^ code) * _HIGH
    return (low << _LEFT) | (low >> _RIGHT), (high << _RIGHT) | (high >> _LEFT)


@compiled
def _digest(
    data: Any,
    offsets: Any,
    folds: Any,
    expansions: Any,
    is_normal: bool,
    highs: Any,
    lows: Any,
    lengths: Any,
    hard: Any,
) -> None:
    """Write hashes and lengths; where a text is not in NFC for sure, and not said to be, only that it is `hard`."""
    for row in range(len(offsets) - 1):
        place, end = offsets[row], offsets[row + 1]
        low, high = _HIGH, _LOW
        length = 0
        is_space = False
        after_word = False
        while place < end:
            first = data[place]
            if first < 0x80:
                code, place = int(first), place + 1
            else:
                code, place = decode(data, place, end)
            fold = folds[min(code, 0x10FFFF)]
            if fold & _HARD and not is_normal:
                hard[row] = True
                break
            if fold & _SPACE:
                is_space = True
                continue
            is_word = (fold & _WORD) != 0
            if is_space and after_word and is_word:
                low, high = _stirred(low, high, _SPACE_CODE)
                length += 1
            is_space, after_word = False, is_word
            if fold & _MANY:
                at = fold & _CODE
                for step in range(expansions[at]):
                    low, high = _stirred(low, high, np.uint64(expansions[at + 1 + step]))
                length += expansions[at]
            else:
                low, high = _stirred(low, high, np.uint64(fold & _CODE))
                length += 1
        lows[row], highs[row], lengths[row] = mixed(low), mixed(high ^ np.uint64(length)), length
