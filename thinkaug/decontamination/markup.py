"""markup: UTF-8 with LaTeX or HTML entities -> plain UTF-8 of the same words, and where each byte of it came from.

`\\dfrac{1}{2}`, `\\frac12` and `1/2` have the same words; so have `10,\\!000`, `10{,}000` and `10,000`, or `Ann&#39;s`
and `Ann's`. Knows nothing of evaluation items. Compiled.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.decontamination.commands import COMMANDS, ENTITIES, FRACTIONS, NAMED
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import MARK, Words, lex

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_ENTITY = 0x26  # an ampersand: entities are hashed with it, so that `&pi;` and `\pi` may differ
_PAIRED, _NAMED = 1, 2
_LONGEST_ENTITY = 10
_LAST_CODE = 0x10FFFF


class Commands(NamedTuple):
    """By ascending `keys` (uint64): `texts[begins[i] : begins[i + 1]]` (uint8) stands for it, with `flags` (uint8)."""

    keys: NDArray[np.uint64]
    begins: NDArray[np.int64]
    texts: NDArray[np.uint8]
    flags: NDArray[np.uint8]


@cache
def commands() -> Commands:
    """The tables of `thinkaug.decontamination.commands` as arrays."""
    entries = [(_hash(name), text, _flags(name)) for name, text in COMMANDS.items()]
    entries += [(_hash("&" + name), text, 0) for name, text in ENTITIES.items()]
    entries.sort()
    bodies = [text.encode() for _, text, _ in entries]
    return Commands(
        np.array([key for key, _, _ in entries], np.uint64),
        np.cumsum([0, *map(len, bodies)], dtype=np.int64),
        np.frombuffer(b"".join(bodies), np.uint8),
        np.array([flags for _, _, flags in entries], np.uint8),
    )


def plain_words(raw: bytes) -> Words:
    """The words of a text, its markup and signs aside; their places are those in the text as it stands.

    Args:
        raw: the text as UTF-8, lone surrogates passed through.
    """
    data = np.frombuffer(raw, np.uint8)
    table = letters()
    size = len(data)
    froms, tos = np.zeros(0, np.int64), np.zeros(0, np.int64)
    marked = bool(is_marked(data, 0, size))
    if marked:
        plain, froms, tos = np.empty(2 * size, np.uint8), np.empty(2 * size, np.int64), np.empty(2 * size, np.int64)
        size = unmark(data, 0, size, commands(), plain, froms, tos)
        data = plain
    hashes, starts = np.empty(size, np.uint64), np.empty(size, np.int64)
    ends, kinds = np.empty(size, np.int64), np.empty(size, np.uint8)
    count = lex(data, 0, size, table.folds, table.expansions, hashes, starts, ends, kinds)
    count = without_signs(count, hashes, starts, ends, kinds)
    starts, ends = starts[:count], ends[:count]
    if marked:
        starts, ends = froms[starts], tos[ends - 1]
    return Words(hashes[:count].copy(), starts.copy(), ends.copy(), kinds[:count].copy())


@compiled
def without_signs(count: int, hashes: Any, starts: Any, ends: Any, kinds: Any) -> int:
    """Leave out signs, such as the `>` of a quotation or a `+`, of so many words, and return how many are left."""
    left = 0
    for word in range(count):
        if not kinds[word] & MARK:
            hashes[left], starts[left], ends[left], kinds[left] = hashes[word], starts[word], ends[word], kinds[word]
            left += 1
    return left


@compiled
def is_marked(data: Any, start: int, end: int) -> bool:
    """Whether a backslash, an ampersand or a brace stands there."""
    found = 0
    for place in range(start, end):
        found |= int(data[place] == 0x5C) | int(data[place] == 0x26) | int(data[place] == 0x7B)
    return found != 0


@compiled
def unmark(data: Any, start: int, end: int, known: Commands, plain: Any, froms: Any, tos: Any) -> int:
    """Write `data[start:end]` without markup, and return how many bytes that are: at most twice as many.

    Args:
        data: uint8, UTF-8.
        start: where to begin; `froms` and `tos` count from there.
        end: where to stop.
        known: see `commands`.
        plain: uint8 (2 * (end - start),), written.
        froms: int64, written: where what a byte stands for begins.
        tos: int64, written: and where it ends.
    """
    size = 0
    place = start
    while place < end:
        byte = data[place]
        beyond = place + 1
        entry = -1
        if byte == 0x5C and beyond < end and _is_letter(data[beyond]):
            beyond, key = _name(data, beyond, end, np.uint64(_OFFSET))
            entry = _find(known.keys, key)
            if entry < 0:  # a name that says something: a word by itself
                for at in range(place, beyond):
                    plain[size] = data[at] if at > place else 0x20
                    froms[size], tos[size] = at - start, at + 1 - start
                    size += 1
                if beyond < end and _is_digit(data[beyond]):
                    plain[size], froms[size], tos[size] = 0x20, beyond - start, beyond - start
                    size += 1
                place = beyond
                continue
        elif byte == 0x5C and beyond < end and (data[beyond] == 0x21 or _between_digits(data, place, start, end)):
            place += 2  # a space that is none, as in 10,\!000, or one within a number
            continue
        elif byte == 0x7B and place + 2 < end and data[place + 1] == 0x2C and data[place + 2] == 0x7D:
            plain[size], froms[size], tos[size] = 0x2C, place - start, place + 3 - start
            size, place = size + 1, place + 3
            continue
        elif byte == 0x26 and beyond < end:
            if data[beyond] == 0x23:
                code, after = _numbered(data, beyond + 1, end)
                if after > 0:
                    for more in _utf8(code):
                        if more:
                            plain[size], froms[size], tos[size] = more, place - start, after - start
                            size += 1
                    place = after
                    continue
            elif _is_letter(data[beyond]):
                seed = (np.uint64(_OFFSET) ^ np.uint64(_ENTITY)) * np.uint64(_PRIME)
                after, key = _name(data, beyond, min(end, beyond + _LONGEST_ENTITY), seed)
                if after < end and data[after] == 0x3B:
                    entry = _find(known.keys, key)
                    beyond = after + 1 if entry >= 0 else beyond
        if entry < 0:
            plain[size], froms[size], tos[size] = byte, place - start, place + 1 - start
            size, place = size + 1, place + 1
            continue
        for at in range(known.begins[entry], known.begins[entry + 1]):
            plain[size], froms[size], tos[size] = known.texts[at], place - start, beyond - start
            size += 1
        place = beyond
        if known.flags[entry] == _PAIRED:
            while place < end and data[place] == 0x20:
                place += 1
            for _ in range(2):
                if place < end and _is_digit(data[place]):
                    plain[size], froms[size], tos[size] = data[place], place - start, place + 1 - start
                    plain[size + 1], froms[size + 1], tos[size + 1] = 0x20, place - start, place + 1 - start
                    size, place = size + 2, place + 1
        elif known.flags[entry] == _NAMED and place < end and data[place] == 0x7B:
            while place < end and data[place] != 0x7D and data[place] != 0x0A:
                place += 1
    return size


@compiled
def _name(data: Any, place: int, end: int, value: Any) -> tuple[int, Any]:
    """Where the run of letters there ends, and its hash: FNV-1a of the letters in lower case."""
    while place < end and _is_letter(data[place]):
        value = (value ^ np.uint64(data[place] | 0x20)) * np.uint64(_PRIME)
        place += 1
    return place, value


@compiled
def _find(keys: Any, key: Any) -> int:
    """The place of a key among ascending keys, or -1."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1


@compiled
def _numbered(data: Any, place: int, end: int) -> tuple[int, int]:
    """The code point of `&#39;` or `&#x27;` after its `&#`, and the place after it; 0 where it is none."""
    base = 10
    if place < end and (data[place] | 0x20) == 0x78:
        base, place = 16, place + 1
    code, digits = 0, 0
    while place < end and digits < 8:
        byte = data[place]
        if _is_digit(byte):
            code = code * base + (int(byte) - 0x30)
        elif base == 16 and 0x61 <= (byte | 0x20) <= 0x66:
            code = code * base + ((int(byte) | 0x20) - 0x57)
        else:
            break
        place, digits = place + 1, digits + 1
    if digits and place < end and data[place] == 0x3B and 0 < code <= _LAST_CODE and not 0xD800 <= code < 0xE000:
        return code, place + 1
    return 0, 0


@compiled
def _utf8(code: int) -> tuple[int, int, int, int]:
    """The bytes of a code point; what is not needed is 0."""
    if code < 0x80:
        return code, 0, 0, 0
    if code < 0x800:
        return 0xC0 | code >> 6, 0x80 | code & 0x3F, 0, 0
    if code < 0x10000:
        return 0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F, 0
    return 0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F


@compiled
def _between_digits(data: Any, place: int, start: int, end: int) -> bool:
    """Whether `\\,` stands there between two digits."""
    if data[place + 1] != 0x2C or place == start or place + 2 >= end:
        return False
    return _is_digit(data[place - 1]) and _is_digit(data[place + 2])


@compiled
def _is_letter(byte: Any) -> bool:
    return bool(0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A)


@compiled
def _is_digit(byte: Any) -> bool:
    return bool(0x30 <= byte <= 0x39)


def _hash(name: str) -> int:
    value = _OFFSET
    for byte in name.encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFFFFFFFFFF
    return value


def _flags(name: str) -> int:
    return _PAIRED if name in FRACTIONS else _NAMED if name in NAMED else 0
