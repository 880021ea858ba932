"""lines: code points and their flags -> lines as places, sizes, hashes. Compiled; knows nothing of any rule.

A line ends where `str.splitlines` ends one, a paragraph at a line of nothing but spaces.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.surface.characters import BREAK, CLOSING, SPACE, STOP
from thinkaug.surface.words import PUNCTUATED, STOPS, Codes, hash_of

ENDED = 1  # of a line's kind: its last character ends a sentence (Unicode Sentence_Terminal)
QUOTED = 2  # it is a quotation mark that may close
TRAILING = 4  # the line ends in three dots, or in the one character for them

_MIX = np.uint64(0x9E3779B97F4A7C15)


@compiled
def find_lines(codes: Codes, flags: Codes) -> tuple[NDArray[np.int32], int, int]:
    """The lines that are not blank, the number of all lines, and the number of breaks between lines.

    int32 (lines, 5), a line each: its first character that is no space, the end of its last, its paragraph, how many
    pieces stand between spaces, and the length of the longest piece.
    """
    size = len(codes)
    found = np.empty((size // 2 + 1, 5), np.int32)
    count, total, breaks, paragraph, blank, at = 0, 0, 0, -1, True, 0
    while at < size:
        first, last, pieces, longest, run = -1, -1, 0, 0, 0
        while at < size and not flags[at] & BREAK:
            if flags[at] & SPACE:
                run = 0
            else:
                first = at if first < 0 else first
                last = at + 1
                pieces += 1 if run == 0 else 0
                run += 1
                longest = max(longest, run)
            at += 1
        if at < size:
            breaks += 1
            at += 2 if codes[at] == 13 and at + 1 < size and codes[at + 1] == 10 else 1
        total += 1
        if first < 0:
            blank = True
            continue
        paragraph += 1 if blank else 0
        blank = False
        found[count, 0], found[count, 1], found[count, 2] = first, last, paragraph
        found[count, 3], found[count, 4] = pieces, longest
        count += 1
    return found[:count].copy(), total, breaks


@compiled
def describe_lines(
    codes: Codes, flags: Codes, lines: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8]]:
    """The hash of each line, its characters, and its kind (`ENDED` and so on); uint64, int64 and uint8 (lines,)."""
    hashes, sizes = np.empty(len(lines), np.uint64), np.empty(len(lines), np.int64)
    kinds = np.zeros(len(lines), np.uint8)
    for line in range(len(lines)):
        start, end = lines[line, 0], lines[line, 1]
        hashes[line] = hash_of(codes, start, end)
        sizes[line] = end - start
        last, mark = codes[end - 1], flags[end - 1]
        if mark & STOP:
            kinds[line] |= ENDED
        if mark & CLOSING:
            kinds[line] |= QUOTED
        if last == 0x2026 or (end - start > 2 and last == 46 and codes[end - 2] == 46 and codes[end - 3] == 46):
            kinds[line] |= TRAILING
    return hashes, sizes, kinds


@compiled
def count_beginning(codes: Codes, lines: NDArray[np.int32], points: NDArray[np.uint32]) -> int:
    """How many lines begin with one of those code points."""
    count = 0
    for line in range(len(lines)):
        for point in points:
            if codes[lines[line, 0]] == point:
                count += 1
                break
    return count


@compiled
def hash_paragraphs(
    lines: NDArray[np.int32], hashes: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each paragraph, made of its lines' hashes, and its characters; uint64 and int64 (paragraphs,)."""
    count = lines[-1, 2] + 1 if len(lines) else 0
    found, sizes = np.zeros(count, np.uint64), np.zeros(count, np.int64)
    first = 0
    for line in range(len(lines)):
        paragraph = lines[line, 2]
        if line == 0 or lines[line - 1, 2] != paragraph:
            first = lines[line, 0]
        found[paragraph] = (found[paragraph] ^ hashes[line]) * _MIX
        sizes[paragraph] = lines[line, 1] - first
    return found, sizes


@compiled
def count_sentences(lines: NDArray[np.int32], starts: NDArray[np.int32], kinds: NDArray[np.uint8]) -> NDArray[np.int32]:
    """How many sentences each line has, int32 (lines,).

    `starts` and `kinds` are those of the words. A sentence begins with the line's first word, and with the first word
    that is no punctuation after a mark that ends one.
    """
    found = np.zeros(len(lines), np.int32)
    word = 0
    for line in range(len(lines)):
        while word < len(starts) and starts[word] < lines[line, 0]:
            word += 1
        sentences, ended = 0, True
        while word < len(starts) and starts[word] < lines[line, 1]:
            if kinds[word] & STOPS:
                sentences = max(sentences, 1)
                ended = True
            elif ended and (sentences == 0 or not kinds[word] & PUNCTUATED):
                sentences += 1
                ended = False
            word += 1
        found[line] = sentences
    return found
