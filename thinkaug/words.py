"""words: what counts as a word, in scripts with and without spaces. Knows nothing of what is counted."""

import re
from functools import lru_cache
from unicodedata import normalize

import regex  # type: ignore[import-untyped,unused-ignore]

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = regex.compile(
    rf"(?V1)[{_UNSPACED}]\p{{M}}*|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+(?:'[[\p{{L}}]--[{_UNSPACED}]]+)*+"
)
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*+")
_MARKS = regex.compile(r"(\p{M}{16})\p{M}+")
_ONE_UNSPACED = regex.compile(rf"(?V1)[{_UNSPACED}]")


@lru_cache(maxsize=16)  # every check of one thinking reads the same few texts
def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order, case folded and in NFC, without punctuation.

    A word is a run of letters, marks and digits, apostrophes inside it included. In scripts that put no space between
    words (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan) each letter with its marks is one: n of them in a
    row say less than n words elsewhere, so a measure on them errs towards finding a match.
    """
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    # Sorting a long run of combining marks is quadratic; no script stacks more than a few.
    return tuple(_WORD.findall(normalize("NFC", _MARKS.sub(r"\1", text)).casefold().replace("\u2019", "'")))


def count_words(text: str) -> float:
    """The number of words for comparing lengths: in scripts without spaces two letters count as one word.

    Two is the usual length of a word of running Chinese; for Thai or Tibetan it overstates the count, alike on both
    sides of a comparison.
    """
    found = words(text)
    return len(found) if text.isascii() else len(found) - sum(bool(_ONE_UNSPACED.match(word)) for word in found) / 2
