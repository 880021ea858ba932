"""loop: the thought repeats itself. Looks at it alone, save to excuse a run of letters that the expert writes too.

The shares for n-grams come from Gopher (Rae et al. 2021, arXiv:2112.11446, table A1): the characters in the commonest
2-, 3-, 4-gram at most 0.20, 0.18, 0.16 of all; those in repeated 5- to 10-grams at most 0.15 to 0.10; those in
repeated lines at most 0.20. They were set for web pages, and for documents of 50 words and more. A sound thought of a
hundred words names its subject ("high flow nasal cannulae", "bubble CPAP") in every sentence: of 4,757 chains of
thought in medicine, the shares as they are flag 278, one and a half times as large 46, twice as large 6, and only
those 6 say the same clauses over and over. So twice is the default. Gopher's share of repeated lines by number
(0.30) is left out: thoughts have few lines.
"""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from thinkaug.checks import Check
from thinkaug.records import Thinking
from thinkaug.words import count_words, words

_TOP_SHARE = {2: 0.20, 3: 0.18, 4: 0.16}
_DUPLICATE_SHARE = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
_LEAST_WORDS = 4  # a shorter sentence or step ("And then?") may come again
_LONGEST_PERIOD = 20
_WINDOW_BYTES = 4096
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f\u0964\u061f])|\n+")


def loop(
    *,
    max_in_a_row: int = 4,
    max_character_run: int = 6,
    max_repeated_sentences: float = 0.20,
    min_words: int = 50,
    gopher_multiple: float = 2.0,
    max_compression: float = 3.5,
) -> Check:
    """A check for repetition inside a thought.

    Reasons: `repeated_step` (a step of four words or more comes again, but for case and punctuation),
    `repeated_sentence`, `repeated_in_a_row`, `repeated_character`, `repeated_ngram`, `compressible`.

    Args:
        max_in_a_row: how often one n-gram (1 to 20 words, not all of them numbers) may stand in a row.
        max_character_run: how often one letter, ! or ? may stand in a row. A run that the expert writes too passes
            (a poly-A tail).
        max_repeated_sentences: the largest share of characters in sentences or lines that were there before.
        min_words: from here on the n-gram shares hold.
        gopher_multiple: how many times Gopher's n-gram shares are allowed.
        max_compression: the largest ratio of bytes to zlib's bytes in any window of 4,096 bytes. Whisper takes 2.4 for
            a failed decoding (Radford et al. 2022, arXiv:2212.04356), on short speech; sound chains of thought in
            medicine reach 3.4 (median of 4,757: 1.8; one in a thousand above 3.0), a sentence said four times 3.6.
    """
    letters = re.compile(rf"([^\W\d_]|[!?\uff01\uff1f])\1{{{max_character_run}}}")
    in_a_row = re.compile(rf"(.{{1,{_LONGEST_PERIOD}}}?)\1{{{max_in_a_row}}}", re.DOTALL)

    def check(thinking: Thinking) -> str:
        text = thinking.text
        if any(run[0] not in thinking.before and run[0] not in thinking.target for run in letters.finditer(text)):
            return "repeated_character"
        found = words(text)
        if _in_a_row(found, in_a_row):
            return "repeated_in_a_row"
        if _repeated_step(thinking):
            return "repeated_step"
        if _repeated_sentences(text) > max_repeated_sentences:
            return "repeated_sentence"
        if len(found) >= min_words and _ngrams_too_often(found, gopher_multiple):
            return "repeated_ngram"
        return "compressible" if _compression(text) > max_compression else ""

    return check


def _in_a_row(found: Sequence[str], pattern: re.Pattern[str]) -> bool:
    # Each distinct word becomes one code point, so that the search for periods runs inside the pattern engine.
    codes: dict[str, str] = {}
    coded = "".join([codes.setdefault(word, chr(min(len(codes), 0x10FFFF))) for word in found])
    if len(codes) == len(found):
        return False
    known = list(codes)
    return any(any(not known[ord(code)].isdecimal() for code in set(row[1])) for row in pattern.finditer(coded))


def _repeated_step(thinking: Thinking) -> bool:
    if len(thinking.steps) < 2:
        return False
    steps = [" ".join(words(step.text)) for step in thinking.steps if count_words(step.text) >= _LEAST_WORDS]
    return len(set(steps)) < len(steps)


def _repeated_sentences(text: str) -> float:
    seen: set[str] = set()
    repeated = total = 0
    for sentence in _SENTENCE_END.split(text):
        size = len(sentence)
        total += size
        if sentence in seen:
            repeated += size
        elif size > 12 and (not sentence.isascii() or len(sentence.split()) >= _LEAST_WORDS):
            seen.add(sentence)
    return repeated / total if total else 0.0


def _ngrams_too_often(found: Sequence[str], multiple: float) -> bool:
    limit = multiple * sum(map(len, found))
    heaviest = max((times * len(word) for word, times in Counter(found).items()), default=0)
    for n, share in _TOP_SHARE.items():
        if n * heaviest <= share * limit:
            continue  # no n-gram comes more often than its words
        for gram, times in Counter(zip(*(found[i:] for i in range(n)), strict=False)).most_common(1):
            if times > 1 and times * sum(map(len, gram)) > share * limit:
                return True
    for n, share in _DUPLICATE_SHARE.items():
        grams = list(zip(*(found[i:] for i in range(n)), strict=False))
        if len(set(grams)) == len(grams):
            return False  # and then no longer one comes twice either
        if _repeated_chars(grams, n) > share * limit:
            return True
    return False


def _repeated_chars(grams: list[tuple[str, ...]], n: int) -> int:
    """Characters in n-grams that were there before, none counted twice."""
    seen: set[tuple[str, ...]] = set()
    at = repeated = 0
    while at < len(grams):
        if grams[at] in seen:
            repeated += sum(map(len, grams[at]))
            at += n
        else:
            seen.add(grams[at])
            at += 1
    return repeated


def _compression(text: str) -> float:
    raw = text.encode("utf-8", "surrogatepass")
    edges = [*range(0, len(raw), _WINDOW_BYTES), len(raw)]
    return max(((end - start) / len(zlib.compress(raw[start:end], 1)) for start, end in pairwise(edges)), default=0.0)
