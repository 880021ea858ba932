"""characters: what each code point is to the rules on documents. Knows Unicode; nothing of words or lines.

A table has one uint32 for each code point, the sum of the flags below.
"""

from functools import cache
from unicodedata import category

import numpy as np
import regex  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

SPACE = 1  # what `str.isspace` calls so
BREAK = 2  # `str.splitlines` ends a line here
ALPHA = 4
LOWER = 8
UPPER = 16
DIGIT = 32  # 0 to 9
EDGE = 64  # a word of its own at either end of a word
FRONT = 128  # a word of its own before a word
DASH = 256  # a word of its own at either end, and between letters
QUOTE = 512
SYMBOL = 1024  # makes no word by itself: punctuation, symbols, control characters (Unicode P, S, C)
PUNCTUATION = 2048  # Unicode P
STOP = 4096  # ends a sentence (Unicode Sentence_Terminal)
SINGLE = 8192  # a letter of a script without spaces between words
MARK = 16384  # joins the letter before it
ICON = 32768  # a symbol that is no sign of mathematics or money: a word of its own wherever it stands
CURRENCY = 65536
CLOSING = 131072  # a quotation mark that may close

_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_STOP = regex.compile(r"\p{Sentence_Terminal}")
_LAST_LETTER = 0x323AF
_SELECTORS = (0xE0000, 0xE01EF)  # and tags; between them nothing is assigned, beyond them all is private
_QUOTES = "'\"`\u00b4"
_STRAIGHT = "'\""
_CORNERS = "\u300d\u300f"
_INNER = "./@\\%\u00a7"  # punctuation that belongs to the word it stands in: dates, addresses, paths
_EDGES = "<>`\u00b4"
_FRONTS = "\u00a7%="
_DASHES = "\u2013\u2014"
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@cache
def characters() -> NDArray[np.uint32]:
    """The table, made once a process in about a fifth of a second; what lies beyond it counts as its last entry, 0."""
    table = np.zeros(_SELECTORS[1] + 2, np.uint32)
    rest = np.zeros(_SELECTORS[1] + 1, bool)
    rest[: _LAST_LETTER + 1] = rest[_SELECTORS[0] :] = True
    for code in np.flatnonzero(rest).tolist():
        kind = category(chr(code))
        if kind not in ("Cn", "Co"):
            table[code] = _flags(chr(code), kind)
    return table


def _flags(char: str, kind: str) -> int:
    flags = 0
    if kind[0] == "L":
        flags = ALPHA | (LOWER if char.islower() else 0) | (UPPER if char.isupper() else 0)
        return flags | (SINGLE if _UNSPACED.match(char) else 0)
    if kind[0] == "M":
        return MARK
    if char in "0123456789":
        return DIGIT
    if char.isspace():
        return SPACE | SYMBOL | (BREAK if char in _LINE_ENDS else 0)
    if kind[0] not in "PSC":
        return SINGLE if _UNSPACED.match(char) else 0
    flags = SYMBOL
    if kind[0] == "P":
        flags |= PUNCTUATION
        if kind != "Pd" and char not in _INNER:
            flags |= EDGE
    if char in _EDGES or kind == "So":
        flags |= EDGE
    if kind == "So":
        flags |= ICON
    if char in _QUOTES or kind in ("Pi", "Pf") or char in "\u201e\u201a":
        flags |= QUOTE
    if char in _STRAIGHT or kind == "Pf" or char in _CORNERS:
        flags |= CLOSING
    if char in _DASHES:
        flags |= DASH | EDGE
    if kind == "Sc":
        flags |= CURRENCY | FRONT
    if char in _FRONTS:
        flags |= FRONT
    return flags | (STOP if _STOP.match(char) else 0)


def code_points(text: str) -> NDArray[np.uint32]:
    """The text's code points, uint32 (characters,); lone surrogates are code points too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
