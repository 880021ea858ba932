"""words: the words of a text as arrays. Knows nothing of what is done with them.

The hash of a word is FNV-1a over its folded code points, 64 bits, with a finalizer, since its low bits alone are weak.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import CAPITAL, CODE, DIGIT, MANY, SEPARATOR, SIGN, SKIPPED, UNSPACED, letters

NUMBER = 1  # of `Words.kinds`: it begins with a digit, or a minus and a digit
MARK = 2  # it is a sign, such as < or %
CAPITALISED = 4  # its first letter is a capital
SINGLE = 8  # it is one letter of a script without spaces

_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)

_UNEQUAL = 0x2260


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, in order.

    Args:
        hashes: uint64 (words,).
        starts: int64 (words,), offsets into the text's UTF-8, in bytes.
        ends: int64 (words,), likewise, exclusive.
        kinds: uint8 (words,), flags such as `NUMBER`.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.uint8]

    def __len__(self) -> int:
        """How many."""
        return len(self.hashes)


def words_of(text: str) -> Words:
    """The words of a text. A lone surrogate separates words."""
    return words_in(text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=8)
def words_in(raw: bytes) -> Words:
    """The words of a text given as its UTF-8."""
    data = np.frombuffer(raw, np.uint8)
    table = letters()
    room = len(data)
    hashes, starts = np.empty(room, np.uint64), np.empty(room, np.int64)
    ends, kinds = np.empty(room, np.int64), np.empty(room, np.uint8)
    count = lex(data, 0, room, table.folds, table.expansions, hashes, starts, ends, kinds)
    return Words(hashes[:count].copy(), starts[:count].copy(), ends[:count].copy(), kinds[:count].copy())


def buffers(strings: Any) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Offsets (rows + 1,) and bytes of an Arrow string or large string array, without a copy; a null is empty."""
    wide = pa.types.is_large_string(strings.type)
    if not wide and not pa.types.is_string(strings.type):
        raise TypeError(f"expected strings, not {strings.type}")
    _, places, data = strings.buffers()
    if places is None or len(strings) == 0:
        return np.zeros(len(strings) + 1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(places, np.int64 if wide else np.int32)[strings.offset : strings.offset + len(strings) + 1]
    return offsets, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


@compiled
def decode(data: Any, place: int, end: int) -> tuple[int, int]:
    """The code point at a place, and where the next begins. A byte that begins none is a surrogate, of one byte."""
    first = data[place]
    if first < 0x80:
        return int(first), place + 1
    if 0xC2 <= first < 0xE0 and place + 1 < end:
        return ((first & 0x1F) << 6) | (data[place + 1] & 0x3F), place + 2
    if 0xE0 <= first < 0xF0 and place + 2 < end:
        return ((first & 0x0F) << 12) | ((data[place + 1] & 0x3F) << 6) | (data[place + 2] & 0x3F), place + 3
    if 0xF0 <= first < 0xF5 and place + 3 < end:
        return (
            ((first & 0x07) << 18)
            | ((data[place + 1] & 0x3F) << 12)
            | ((data[place + 2] & 0x3F) << 6)
            | (data[place + 3] & 0x3F)
        ) & 0x1FFFFF, place + 4
    return 0xDC80, place + 1


@compiled
def mixed(value: Any) -> Any:
    """MurmurHash3's 64-bit finalizer (fmix64): every bit of the value decides about every bit of the result."""
    value = (value ^ (value >> _HALF)) * _MIX_1
    value = (value ^ (value >> _HALF)) * _MIX_2
    return value ^ (value >> _HALF)


@compiled
def lex(
    data: Any, start: int, end: int, folds: Any, expansions: Any, hashes: Any, starts: Any, ends: Any, kinds: Any
) -> int:
    """Write the words of `data[start:end]` into arrays that have room for one a byte, and return how many they are.

    Args:
        data: uint8, UTF-8; `start` and `end` lie between characters.
        start: where to begin; `starts` and `ends` count from there.
        end: where to stop.
        folds: see `letters`.
        expansions: see `letters`.
        hashes: uint64, written.
        starts: int64, written.
        ends: int64, written.
        kinds: uint8, written.
    """
    count = 0
    value = _OFFSET
    inside = False  # a word has begun
    alone = False  # and only marks may still join it
    numeric = False  # and its last character is a digit
    place = start
    while place < end:
        here = place
        first = data[place]
        if first <= 0x20:  # most of what stands between words, before anything is asked of it
            place += 1
            if inside:
                hashes[count] = mixed(value)
                count += 1
                inside = False
            continue
        letter = first | 0x20
        if not inside and 0x61 <= letter <= 0x7A:  # and most of what words are of
            starts[count], kinds[count] = here - start, (CAPITALISED if first != letter else 0)
            value = _OFFSET
            while 0x61 <= letter <= 0x7A:
                value = (value ^ np.uint64(letter)) * _PRIME
                place += 1
                if place == end:
                    break
                letter = data[place] | 0x20
            ends[count] = place - start
            inside, alone, numeric = True, False, False
            continue
        if first < 0x80:
            code, place = int(first), place + 1
        else:
            code, place = decode(data, place, end)
        fold = folds[min(code, 0x10FFFF)]
        if fold == SKIPPED:
            if inside:
                ends[count] = place - start
            continue
        if code == 0x21 and place < end and data[place] == 0x3D:  # ! and =, as programs write it
            fold, code, place = np.uint32(_UNEQUAL | SIGN), _UNEQUAL, place + 1
        if fold == SEPARATOR or fold == 0x2D:
            if inside and not alone and place < end:
                following = data[place]
                if numeric and (code == 0x2E or code == 0x2C) and 0x30 <= following <= 0x39:
                    if code == 0x2E:
                        value = (value ^ np.uint64(code)) * _PRIME
                        continue
                    if _is_thousand(data, place, end):
                        continue
                elif not numeric and (code == 0x27 or code == 0x2019):
                    letter, _ = decode(data, place, end)
                    joined = folds[min(letter, 0x10FFFF)]
                    if joined > SKIPPED and joined != 0x2D and not joined & (SIGN | DIGIT | UNSPACED):
                        continue
            if inside:
                hashes[count] = mixed(value)
                count += 1
                inside = False
            if fold == 0x2D and place < end and 0x30 <= data[place] <= 0x39 and _may_negate(data, here, start):
                value = (_OFFSET ^ np.uint64(0x2D)) * _PRIME
                starts[count], ends[count], kinds[count] = here - start, place - start, NUMBER
                inside, alone, numeric = True, False, False
            continue
        if fold & SIGN:
            if inside:
                hashes[count] = mixed(value)
                count += 1
                inside = False
            if (code == 0x3C or code == 0x3E) and _is_tag(data, here, start, end):
                continue
            hashes[count] = mixed((_OFFSET ^ np.uint64(code)) * _PRIME)
            starts[count], ends[count], kinds[count] = here - start, place - start, MARK
            count += 1
            continue
        unspaced = (fold & UNSPACED) != 0
        of_number = inside and (kinds[count] & NUMBER) != 0 and (fold & DIGIT) == 0  # a unit, written to its number
        if inside and (unspaced or alone or of_number) and not (alone and _is_mark(fold, code)):
            hashes[count] = mixed(value)
            count += 1
            inside = False
        if not inside:
            value = _OFFSET
            kind = 0
            if fold & DIGIT:
                kind = NUMBER
            elif fold & CAPITAL:
                kind = CAPITALISED
            if unspaced:
                kind |= SINGLE
            starts[count], kinds[count] = here - start, kind
            inside, alone = True, unspaced
        if fold & MANY:
            at = fold & CODE
            for step in range(expansions[at]):
                value = (value ^ np.uint64(expansions[at + 1 + step])) * _PRIME
        else:
            value = (value ^ np.uint64(fold & CODE)) * _PRIME
        numeric = (fold & DIGIT) != 0
        ends[count] = place - start
    if inside:
        hashes[count] = mixed(value)
        count += 1
    return count


@compiled
def _is_thousand(data: Any, place: int, end: int) -> bool:
    """Whether exactly three digits stand there."""
    digits = 0
    while place < end and digits < 4 and 0x30 <= data[place] <= 0x39:
        place += 1
        digits += 1
    return digits == 3


@compiled
def _may_negate(data: Any, place: int, start: int) -> bool:
    """Whether a minus there is no hyphen and no dash: a space, a bracket or a sign stands before it."""
    if place == start:
        return True
    before = data[place - 1]
    return bool(before <= 0x20) or before in (
        0x28,
        0x5B,
        0x7B,
        0x3D,
        0x3C,
        0x3E,
        0x2B,
        0x2A,
        0x2F,
        0x5E,
        0x24,
        0x2C,
        0x7C,
    )


@compiled
def _is_tag(data: Any, place: int, start: int, end: int) -> bool:
    """Whether < or > there looks like one of a tag: a letter, a slash or the like follows < or stands before >."""
    if data[place] == 0x3C:
        if place + 1 >= end:
            return False
        beside = data[place + 1]
        return bool(beside in (0x2F, 0x21, 0x3F) or _is_ascii_letter(beside))
    if place == start:
        return False
    beside = data[place - 1]
    return bool(beside in (0x2F, 0x22, 0x27, 0x2D) or _is_ascii_letter(beside))


@compiled
def _is_ascii_letter(byte: Any) -> bool:
    return bool(0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A)


@compiled
def _is_mark(fold: Any, code: int) -> bool:
    """Whether it may join a letter that is a word by itself: a mark, which no table flags as unspaced.

    Letters of other scripts are no marks: in the ranges of Thai, Lao, Myanmar, Khmer, Tibetan and kana every letter is
    flagged, so what is not flagged and no digit there is one.
    """
    if fold & (UNSPACED | DIGIT | SIGN):
        return False
    return bool(
        0x0E00 <= code <= 0x0FFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF or 0x3099 <= code <= 0x309A
    )
