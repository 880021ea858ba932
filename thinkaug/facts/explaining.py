"""explaining: two readings -> what each states that the other does not, in no other spelling either. Compiled.

Knows nothing of what follows from it.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.facts.merging import clashing
from thinkaug.facts.spelling import one_slip, pieces
from thinkaug.facts.tables import NOWHERE, first_of, next_of, where
from thinkaug.facts.vocabulary import is_established
from thinkaug.lexing.letters import CAPITAL
from thinkaug.lexing.words import MARK, NUMBER, SINGLE, decode, words_of

_TRIED = 64  # words a side, in the order of the text: copies with more slips than that are hardly near duplicates
_UNEXPLAINED = 8  # words a side; after so many no other is tried
_PLACES_TRIED = 16  # of a word
_JOINED_LETTERS = 64  # hardly a word has more
_SHORT_LETTERS = 4  # of such words a slip easily makes another one
_ACRONYM_LETTERS = 5
_ROMAN = np.array([code in map(ord, "ivxlcdm") for code in range(128)])
_DENYING = ("a", "an", "in", "im", "un", "ab", "dis", "non")  # "a typical", "atypical"


@cache
def denying() -> NDArray[np.uint64]:
    """The hashes of words that deny what follows if written together with it."""
    return np.array([words_of(word).hashes[0] for word in _DENYING], np.uint64)


@compiled
def compared(one: Any, other: Any, all_words: bool, folds: Any, known: Any, denying: Any) -> tuple[bool, bool, bool]:
    """Whether the first states something that the other does not, the other something, and both otherwise: a clash.

    Args: see `left_over`.
    """
    mine, its = left_over(one, other, all_words, folds, known, denying, 1)
    return len(mine) > 0, len(its) > 0, len(clashing(one.frames, other.frames)) > 0


@compiled
def left_over(
    one: Any, other: Any, all_words: bool, folds: Any, known: Any, denying: Any, most: int
) -> tuple[Any, Any]:
    """What is stated by one reading only, and by the other only, as numbers in their `stated`, ascending: up to `most`.

    Args:
        one: a `Reading`, of each thing once.
        other: likewise.
        all_words: whether words count, or numbers only.
        folds: see `letters`.
        known: the tables of a `Vocabulary`.
        denying: see `denying`.
        most: look no further after so many a side.
    """
    mine, its = _lacking(one, other, all_words), _lacking(other, one, all_words)
    if len(mine) == 0 and len(its) == 0:
        return mine, its
    explained, its_explained = np.zeros(len(one.stated), np.bool_), np.zeros(len(other.stated), np.bool_)
    _join(one, mine, explained, other, its_explained, denying)
    _join(other, its, its_explained, one, explained, denying)
    return (
        _unexplained(one, mine, explained, other, folds, known, most),
        _unexplained(other, its, its_explained, one, folds, known, most),
    )


@compiled
def _lacking(one: Any, other: Any, all_words: bool) -> Any:
    """What is stated by the first and not by the other."""
    found = np.empty(len(one.stated), np.int32)
    count = 0
    for number in range(len(one.stated)):
        if (all_words or one.numeric[number]) and where(one.stated[number], other.stated, other.slots) == NOWHERE:
            found[count] = number
            count += 1
    return found[:count]


@compiled
def _join(here: Any, mine: Any, explained: Any, there: Any, its_explained: Any, denying: Any) -> None:
    """Mark words here that are several in a row there, and those. Of bare numbers that says nothing: 25 and 2 5."""
    for number in mine[:_TRIED]:
        place = here.places[number]
        start, end = here.bounds[place], here.bounds[place + 1]
        if here.kinds[place] & (NUMBER | SINGLE) or end - start > _JOINED_LETTERS:
            continue
        first, last = pieces(here.codes, start, end, there.codes, there.bounds)
        if last - first < 2 or there.hashes[first] in denying:
            continue
        _mark(here.hashes[place], here, explained)
        for word in range(first, last):
            _mark(there.hashes[word], there, its_explained)


@compiled
def _mark(value: Any, reading: Any, explained: Any) -> None:
    number = where(value, reading.stated, reading.slots)
    if number != NOWHERE:
        explained[number] = True


@compiled
def _unexplained(here: Any, mine: Any, explained: Any, there: Any, folds: Any, known: Any, most: int) -> Any:
    """What is left without the words that there are misspelt, or that are misspelt here."""
    found = np.empty(min(len(mine), most), np.int32)
    count = tried = unexplained = 0
    for number in mine:
        if count == most:
            break
        if explained[number]:
            continue
        if not here.numeric[number]:
            tried += 1
            if tried <= _TRIED and unexplained < _UNEXPLAINED and _is_slip(here, number, there, folds, known):
                continue
            unexplained += 1
        found[count] = number
        count += 1
    return found[:count]


@compiled
def _is_slip(here: Any, number: int, there: Any, folds: Any, known: Any) -> bool:
    place = first_of(here.stated[number], here.hashes, here.heads, here.nexts)
    if place == NOWHERE or not _may_be_slip(here, here.places[number], folds):
        return False
    tried = 0
    while place != NOWHERE and tried < _PLACES_TRIED:
        if _is_slip_beside(here, place, there, folds, known, -1) or _is_slip_beside(
            here, place, there, folds, known, 1
        ):
            return True
        place = next_of(place, here.hashes, here.nexts)
        tried += 1
    return False


@compiled
def _is_slip_beside(here: Any, place: int, there: Any, folds: Any, known: Any, step: int) -> bool:
    """Whether the other text has it otherwise in the same spot: beside the same word, or also at the text's edge."""
    beside = place + step
    if not 0 <= beside < len(here.hashes):
        edge = 0 if step < 0 else len(there.hashes) - 1
        return len(there.hashes) > 0 and _is_slip_of(here, place, there, edge, folds, known)
    its = first_of(here.hashes[beside], there.hashes, there.heads, there.nexts)
    while its != NOWHERE:
        if 0 <= its - step < len(there.hashes) and _is_slip_of(here, place, there, its - step, folds, known):
            return True
        its = next_of(its, there.hashes, there.nexts)
    return False


@compiled
def _is_slip_of(here: Any, place: int, there: Any, other: int, folds: Any, known: Any) -> bool:
    """Whether one of two words is the other misspelt: nobody else writes so, and its text does it once."""
    start, end = here.bounds[place], here.bounds[place + 1]
    its_start, its_end = there.bounds[other], there.bounds[other + 1]
    if abs((end - start) - (its_end - its_start)) > 1 or here.hashes[place] == there.hashes[other]:
        return False
    if not one_slip(here.codes, start, end, there.codes, its_start, its_end) or not _may_be_slip(there, other, folds):
        return False
    common, its_common = is_established(here.hashes[place], known), is_established(there.hashes[other], known)
    wrong = not common and _is_single(here, place)
    its_wrong = not its_common and _is_single(there, other)
    if max(end - start, its_end - its_start) <= _SHORT_LETTERS:
        return (wrong and its_common) or (its_wrong and common)
    return wrong or its_wrong


@compiled
def _is_single(reading: Any, place: int) -> bool:
    first = first_of(reading.hashes[place], reading.hashes, reading.heads, reading.nexts)
    return bool(first == place and next_of(place, reading.hashes, reading.nexts) == NOWHERE)


@compiled
def _may_be_slip(reading: Any, place: int, folds: Any) -> bool:
    """Whether a word may be a typing error or what it stands for: no number, code, Roman number or acronym."""
    if reading.kinds[place] & (NUMBER | MARK | SINGLE):
        return False
    roman = True
    for at in range(reading.bounds[place], reading.bounds[place + 1]):
        code = reading.codes[at]
        if 0x30 <= code <= 0x39:
            return False
        roman = roman and code < len(_ROMAN) and _ROMAN[code]
    return not roman and not _is_acronym(reading.data, reading.starts[place], reading.ends[place], folds)


@compiled
def _is_acronym(data: Any, place: int, end: int, folds: Any) -> bool:
    """Whether it is short, and all of it capitals."""
    count = 0
    while place < end:
        code, place = decode(data, place, end)
        fold = folds[min(code, 0x10FFFF)]
        count += 1
        if count > _ACRONYM_LETTERS or not fold & CAPITAL:
            return False
    return count > 1
