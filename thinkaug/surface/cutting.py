"""cutting: code points and their flags -> where each word starts and ends. Compiled; knows nothing of any rule.

What counts as a word is said in `thinkaug.surface`. The cuts are those of a tokenizer for English prose, as web filters
use it: a rule on the share of words with a letter is a rule on how punctuation is counted.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.surface.characters import (
    ALPHA,
    CURRENCY,
    DASH,
    DIGIT,
    EDGE,
    FRONT,
    ICON,
    LOWER,
    MARK,
    QUOTE,
    SINGLE,
    SPACE,
    UPPER,
)
from thinkaug.surface.words import Codes, hash_of

_DOT, _PLUS, _HYPHEN, _PERCENT, _SLASH, _AT, _COLON, _COMMA, _TILDE = 46, 43, 45, 37, 47, 64, 58, 44, 126
_STAR, _CARET, _LESS, _EQUAL, _MORE = 42, 94, 60, 61, 62
_APOSTROPHE, _CURLED = 39, 0x2019
_LONGEST_UNIT = 4
_LETTERS = np.uint32(ALPHA | LOWER | UPPER)


@compiled
def _among(known: NDArray[np.uint64], wanted: np.uint64) -> bool:
    at = np.searchsorted(known, wanted)
    return bool(at < len(known) and known[at] == wanted)


@compiled
def _front(codes: Codes, flags: Codes, start: int, end: int) -> int:
    """How many characters before the word are a word of their own; 0 where it begins with its first."""
    code, kind = codes[start], flags[start]
    if kind & (EDGE | FRONT):
        return 1
    if code == _DOT:
        run = start
        while run < end and codes[run] == _DOT:
            run += 1
        return run - start if run - start > 1 else 0
    if code == _PLUS and start + 1 < end and not flags[start + 1] & DIGIT:
        return 1
    return 0


@compiled
def _contraction(codes: Codes, flags: Codes, start: int, end: int) -> int:
    """The length of 's, n't, 'll, 've, 're, 'd, 'm at the end."""
    if end - start >= 3 and (codes[end - 2] == _APOSTROPHE or codes[end - 2] == _CURLED):
        last = codes[end - 1] | 32
        if last == 115 or ((last == 100 or last == 109) and flags[end - 3] & ALPHA):  # 's, 'd, 'm
            return 2
        if last == 116 and codes[end - 3] | 32 == 110 and end - start > 3:  # n't
            return 3
    if end - start >= 4 and (codes[end - 3] == _APOSTROPHE or codes[end - 3] == _CURLED) and flags[end - 4] & ALPHA:
        one, two = codes[end - 2] | 32, codes[end - 1] | 32
        if (one == 108 and two == 108) or (two == 101 and (one == 118 or one == 114)):  # 'll, 've, 're
            return 3
    return 0


@compiled
def _back(codes: Codes, flags: Codes, start: int, end: int, units: NDArray[np.uint64]) -> int:
    """How many characters after the word are a word of their own; 0 where it ends with its last."""
    code, kind = codes[end - 1], flags[end - 1]
    if kind & ALPHA:
        length = _contraction(codes, flags, start, end)
        if length:
            return length
        at = end - 1
        while at > start and end - at < _LONGEST_UNIT and not flags[at - 1] & DIGIT:
            at -= 1
        if at > start and flags[at - 1] & DIGIT and _among(units, hash_of(codes, at, end)):
            return end - at
        return 0
    if kind & EDGE:
        return 1
    if end - start < 2:
        return 0
    before = flags[end - 2]
    if code == _DOT:
        run = end - 1
        while run > start and codes[run - 1] == _DOT:
            run -= 1
        if end - run > 1:
            return end - run
        if before & (LOWER | DIGIT | EDGE | QUOTE) or codes[end - 2] in (_PERCENT, 0xB2, _HYPHEN, _PLUS):
            return 1
        return 1 if before & UPPER and end - start > 2 and flags[end - 3] & UPPER else 0
    if before & DIGIT and (code in (_PLUS, _PERCENT) or kind & CURRENCY):
        return 1
    return 0


@compiled
def _has_sign(codes: Codes, flags: Codes, start: int, end: int) -> bool:
    """Is there anything but letters and digits, so that the word could be cut inside?"""
    plain = True
    for at in range(start, end):
        plain &= flags[at] & (ALPHA | DIGIT) != 0
    return not plain


@compiled
def _address(codes: Codes, flags: Codes, start: int, end: int) -> bool:
    """Is this a web or mail address: `://`, an @ before a dot, or a host with a dot before the first slash?"""
    dot, at = -1, -1
    for here in range(start, end):
        code = codes[here]
        if code == _COLON and here + 2 < end and codes[here + 1] == _SLASH and codes[here + 2] == _SLASH:
            return here > start
        if code == _AT:
            at, dot = here, -1
        elif code == _DOT:
            dot = here
        elif code == _SLASH:
            break
        elif not flags[here] & (ALPHA | DIGIT) and code != _HYPHEN and code != _COLON:
            return False
    else:
        here = end
        if at < 0:
            return False
    if dot <= start or here - dot < 3 or (at >= 0 and at == start):
        return False
    letters = True
    for at in range(dot + 1, here):
        letters &= flags[at] & ALPHA != 0
    return letters


@compiled
def _inside(codes: Codes, flags: Codes, first: int, at: int, end: int) -> int:
    """How many characters at `at`, inside a word, are a word of their own that cuts it in two."""
    code, kind = codes[at], flags[at]
    if kind & ICON or code == 0x2026:
        return 1
    if code == _DOT and at + 1 < end and codes[at + 1] == _DOT:
        run = at
        while run < end and codes[run] == _DOT:
            run += 1
        return run - at
    if at == first or at + 1 >= end:
        return 0
    before, after = flags[at - 1], flags[at + 1]
    if code == _DOT:
        return 1 if before & (LOWER | QUOTE) and after & (UPPER | QUOTE) else 0
    if code == _COMMA:
        return 1 if before & ALPHA and after & ALPHA else 0
    if code in (_HYPHEN, _TILDE) or kind & DASH:
        if code == _HYPHEN and before & DIGIT and (after & DIGIT or codes[at + 1] == _HYPHEN):
            return 1
        run = at + 1
        while code != _TILDE and run < end and run < at + 3 and codes[run] == code:
            run += 1
        return run - at if before & (ALPHA | DIGIT) and run < end and flags[run] & ALPHA else 0
    if code in (_COLON, _SLASH, _LESS, _EQUAL, _MORE):
        return 1 if before & (ALPHA | DIGIT) and after & ALPHA else 0
    if code in (_PLUS, _STAR, _CARET):
        return 1 if before & DIGIT and (after & DIGIT or codes[at + 1] == _HYPHEN) else 0
    return 0


@compiled
def find_words(
    codes: Codes, flags: Codes, units: NDArray[np.uint64], abbreviations: NDArray[np.uint64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where each word starts and ends, int32 (words,) both. `units` and `abbreviations` are hashes in rising order."""
    size = len(codes)
    starts, ends = np.empty(size, np.int32), np.empty(size, np.int32)
    tails = np.empty(size, np.int32)  # where the words begin that were cut off the end of the one at hand
    count, at = 0, 0
    while at < size:
        if flags[at] & SPACE:
            at += 1
            continue
        start = end = at
        seen = np.uint32(0)
        while end < size and flags[end] & (SPACE | SINGLE) == 0:
            seen |= flags[end]
            end += 1
        if end == start:  # one letter of a script without spaces, with its marks
            end += 1
            while end < size and flags[end] & MARK:
                end += 1
            starts[count], ends[count] = start, end
            count, at = count + 1, end
            continue
        at = end
        if seen & ~_LETTERS == 0 and seen & ALPHA:  # most words: nothing in them that could cut them
            starts[count], ends[count] = start, end
            count += 1
            continue
        while start < end:
            length = _front(codes, flags, start, end)
            if length == 0:
                break
            starts[count], ends[count] = start, start + length
            count, start = count + 1, start + length
        cut = 0
        while start < end:
            if codes[end - 1] == _DOT and _among(abbreviations, hash_of(codes, start, end)):
                break
            length = _back(codes, flags, start, end, units)
            if length == 0:
                break
            end -= length
            tails[cut] = end
            cut += 1
        if start < end:
            if _has_sign(codes, flags, start, end) and not _address(codes, flags, start, end):
                first = start
                here = start
                while here < end:
                    length = _inside(codes, flags, first, here, end)
                    if length and here > start:
                        starts[count], ends[count] = start, here
                        starts[count + 1], ends[count + 1] = here, here + length
                        count, start = count + 2, here + length
                    here += max(length, 1)
            if start < end:
                starts[count], ends[count] = start, end
                count += 1
        while cut:
            cut -= 1
            starts[count] = tails[cut]
            ends[count] = tails[cut - 1] if cut else at
            count += 1
    return starts[:count].copy(), ends[:count].copy()
