"""shingling: bytes of a text -> hashes of its shingles, and the least of them under permutations. Compiled.

Knows nothing of Arrow, of threads or of what is alike. A text is lexed piece by piece, so that what it takes of memory
does not grow with it; where it is cut, the words are those of the text as a whole.
"""

from typing import Any

import numpy as np

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import UNSPACED
from thinkaug.lexing.words import decode, lex, mixed

EMPTY = np.uint32(0xFFFFFFFF)  # what is least where there is nothing

_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial: odd, so that no bit of a word is lost
_HALF = np.uint64(32)


@compiled
def narrowed(value: Any) -> Any:
    """The polynomial of a shingle's words as 32 bits."""
    return np.uint32(mixed(value) >> _HALF)


@compiled
def roll(hashes: Any, count: int, words: int, found: Any) -> int:
    """Write the hash of each run of `words` hashes of words among the first `count`; return how many there are.

    The polynomial is that of Karp and Rabin, 1987: what leaves is subtracted, what joins is added.
    """
    windows = count - words + 1
    if windows <= 0:
        return 0
    value, leaving = np.uint64(0), np.uint64(1)
    for place in range(words - 1):
        value = value * _BASE + hashes[place]
        leaving = leaving * _BASE
    for window in range(windows):
        value = value * _BASE + hashes[window + words - 1]
        found[window] = narrowed(value)
        value -= leaving * hashes[window]
    return windows


@compiled
def lower(found: Any, count: int, made: Any, least: Any) -> None:
    """Lower each of the least values, uint32 (permutations,), to the least of the hashes under its permutation.

    That is MurmurHash3's finalizer and then `a * x + b` modulo 2^32, as in datasketch's "affine32". The hashes are
    mixed where they lie; one permutation after the other, so that its least value stays in registers.
    """
    for place in range(count):
        x = found[place]
        x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        found[place] = x ^ (x >> np.uint32(16))
    for each in range(len(least)):
        factor, summand, low = made[0, each], made[1, each], least[each]
        for place in range(count):
            low = min(low, np.uint32(factor * found[place] + summand))
        least[each] = low


@compiled
def cut(data: Any, place: int, end: int, size: int, folds: Any) -> int:
    """Where a piece that begins at `place` may end: about `size` bytes on, where no word is changed by the cut."""
    if end - place <= size:
        return end
    for back in range(place + size, place, -1):
        if _is_safe(data, back, end, folds):
            return back
    for on in range(place + size + 1, end):
        if _is_safe(data, on, end, folds):
            return on
    return end


@compiled
def _is_safe(data: Any, place: int, end: int, folds: Any) -> bool:
    """Whether what `lex` makes of the bytes before `place` and from there on does not depend on the other side.

    So it is after a space, between a sign or the like and a letter, and before a letter of a script without spaces:
    but for apostrophes and commas, which may join, for hyphens, which may negate, and for `<`, which may begin a tag.
    """
    before, here = data[place - 1], data[place]
    if before <= 0x20:
        return True
    if before == 0x3C:
        return False
    if here >= 0xC0:
        code, _ = decode(data, place, end)
        return bool(folds[min(code, 0x10FFFF)] & UNSPACED)
    if before >= 0x80 or _is_word(before) or before == 0x27:
        return False
    if 0x30 <= here <= 0x39:
        return before not in (0x2C, 0x2D, 0x2E)
    return _is_word(here) or (here == before and here in (0x3D, 0x2B))


@compiled
def _is_word(byte: Any) -> bool:
    return bool(0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A)


@compiled
def shingle(
    data: Any,
    start: int,
    stop: int,
    end: int,
    whole: bool,
    folds: Any,
    expansions: Any,
    words: int,
    size: int,
    made: Any,
    least: Any,
    kept: Any,
) -> int:
    """Take the shingles that begin in `data[start:stop]` of a text that ends at `end`; return how many there are.

    Args:
        data: uint8, UTF-8.
        start: where the text begins, or a place that `cut` found.
        stop: where it ends, or such a place; the words of the last shingles are looked for beyond it.
        end: where the text ends.
        whole: this is all of the text; if it has too few words for a shingle, then all of them are one.
        folds: see `letters`.
        expansions: see `letters`.
        words: how many a shingle is of.
        size: how many bytes are lexed at a time.
        made: uint32 (2, permutations), see `lower`.
        least: uint32 (permutations,), lowered.
        kept: uint32, room for a hash a byte: they are written here; or of length 0.
    """
    size = min(size, max(stop - start, 1))
    room = words + size
    hashes, found = np.empty(room, np.uint64), np.empty(room, np.uint32)
    starts, ends, kinds = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.uint8)
    carried, total = 0, 0  # words of a piece that begin shingles which end in the next
    owed = 0  # of them, those from before `stop`
    place = start
    while place < end:
        beyond = place >= stop
        if beyond and owed == 0:
            break
        upto = cut(data, place, end if beyond else stop, size, folds)
        if upto - place > len(starts):
            longer = upto - place
            grown = np.empty(words + longer, np.uint64)
            grown[:carried] = hashes[:carried]
            hashes, found = grown, np.empty(words + longer, np.uint32)
            starts, ends, kinds = np.empty(longer, np.int64), np.empty(longer, np.int64), np.empty(longer, np.uint8)
        count = carried + lex(data, place, upto, folds, expansions, hashes[carried:], starts, ends, kinds)
        windows = roll(hashes, count, words, found)
        if beyond:
            windows = min(windows, owed)
            owed -= windows
        if len(kept):
            kept[total : total + windows] = found[:windows]
        lower(found, windows, made, least)
        total += windows
        carried = count - windows
        for each in range(carried):
            hashes[each] = hashes[windows + each]
        if not beyond:
            owed = carried
        place = upto
    if whole and total == 0 and carried:
        total = roll(hashes, carried, carried, found)
        if len(kept):
            kept[0] = found[0]
        lower(found, total, made, least)
    return total


@compiled
def shingle_rows(
    data: Any,
    starts: Any,
    ends: Any,
    folds: Any,
    expansions: Any,
    words: int,
    size: int,
    made: Any,
    least: Any,
) -> None:
    """Lower the least values, uint32 (rows, permutations), of texts that lie at int64 starts and ends (rows,)."""
    none = np.empty(0, np.uint32)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        shingle(data, start, end, end, True, folds, expansions, words, size, made, least[row], none)
