"""Code points -> bytes within UTF-8, and copies. Compiled. Knows nothing of what the text is."""

from typing import Any

from thinkaug.compiled import compiled

_BLOCK = 64  # bytes that are counted at once


@compiled
def advance(data: Any, place: int, end: int, count: int) -> int:
    """The place `count` code points on, given as many bytes as there are up to `end`; `end` where there are fewer.

    A code point begins at every byte that does not continue one, as Arrow counts them.
    """
    while end - place >= _BLOCK:
        block = data[place : place + _BLOCK]
        begun = 0
        for byte in block:
            begun += (byte & 0xC0) != 0x80
        if begun > count:
            break
        count -= begun
        place += _BLOCK
    while place < end:
        if (data[place] & 0xC0) != 0x80:
            if count == 0:
                break
            count -= 1
        place += 1
    return place


@compiled
def copy(data: Any, start: int, stop: int, out: Any, place: int) -> None:
    """Copy the bytes `data[start:stop]` to `out` from `place` on."""
    source, target = data[start:stop], out[place : place + stop - start]
    for number in range(len(source)):
        target[number] = source[number]
