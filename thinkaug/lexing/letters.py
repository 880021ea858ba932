"""letters: what becomes of each code point before words are compared. Knows Unicode; nothing of words.

A table has one number for each code point: `SEPARATOR`, `SKIPPED`, or the code point that it folds to with flags above.
"""

import sys
from functools import cache
from typing import NamedTuple
from unicodedata import category, combining, normalize

import numpy as np
import regex  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

SEPARATOR = 0
SKIPPED = 1  # as if it were not there
CODE = (1 << 21) - 1  # the code point, or the place in `expansions`
UNSPACED = 1 << 21  # a letter of a script that puts no space between words
DIGIT = 1 << 22
SIGN = 1 << 23
CAPITAL = 1 << 24
MANY = 1 << 25  # folds to several: their number stands in `expansions`, and then they

_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
# Accents are an affair of spelling; the vowel signs of Indic or Arabic writing are not.
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F))
_SIGNS_BESIDE_MATHS = "%‰°"
_NO_SIGNS = "|~^`¬"  # mathematical by category, but mostly drawn lines and markup
_MINUS = "\u2212"
# Han that folds to itself, by far the most of what there is; the rest of the code space beyond it is empty or tags.
_PLAIN_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2F7FF), (0x30000, 0x323AF))
_LAST = 0x323AF
_TAGS = (0xE0000, 0xE0FFF)


class Letters(NamedTuple):
    """`folds` is uint32 of 0x110000, by code point; `expansions` uint32, those that fold to several."""

    folds: NDArray[np.uint32]
    expansions: NDArray[np.uint32]


@cache
def letters() -> Letters:
    """The tables, made once a process, in about a fifth of a second."""
    folds = np.zeros(sys.maxunicode + 1, np.uint32)
    expansions: list[int] = []
    rest = np.ones(_LAST + 1, bool)
    for first, last in _PLAIN_HAN:
        folds[first : last + 1] = np.arange(first, last + 1) | UNSPACED
        rest[first : last + 1] = False
    folds[_TAGS[0] : _TAGS[1] + 1] = SKIPPED
    for code in np.flatnonzero(rest).tolist():
        char = chr(code)
        kind = category(char)
        if kind in ("Cn", "Co", "Cs"):
            continue
        if kind == "Cf" or any(first <= code <= last for first, last in _ACCENTS):
            folds[code] = SKIPPED
        elif char == _MINUS:
            folds[code] = ord("-")  # the kernel knows it by this
        elif char in _SIGNS_BESIDE_MATHS or (kind == "Sm" and char not in _NO_SIGNS):
            folds[code] = code | SIGN
        elif kind[0] in "LMN":
            folds[code] = _fold(char, kind, expansions)
    folds[ord("-")] = ord("-")
    return Letters(folds, np.array(expansions or [0], np.uint32))


def _fold(char: str, kind: str, expansions: list[int]) -> int:
    folded = [part for part in normalize("NFKD", normalize("NFKD", char).casefold()) if not _is_accent(ord(part))]
    if any(category(part)[0] not in "LMN" for part in folded):  # such as a half: digits around a slash
        folded = [part for part in folded if category(part)[0] in "LMN"]
    if not folded:
        return SEPARATOR
    flags = UNSPACED if _UNSPACED.match(char) and not combining(char) and kind[0] != "M" else 0
    flags |= DIGIT if kind == "Nd" else 0
    flags |= CAPITAL if kind in ("Lu", "Lt") else 0
    if len(folded) == 1:
        return ord(folded[0]) | flags
    place = len(expansions)
    expansions.extend([len(folded), *map(ord, folded)])
    return place | MANY | flags


def _is_accent(code: int) -> bool:
    return any(first <= code <= last for first, last in _ACCENTS)
