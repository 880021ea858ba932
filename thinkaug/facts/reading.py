"""reading: UTF-8 -> what it states, as hashes with their places. Compiled. Knows nothing of a second text.

Things are what a text has or has not; frames are what stands in one spot, told by the words around it:

- content: each word that is no article and no negation. In scripts without spaces, where a letter alone says little,
  each two letters that touch.
- numbers: each number, each word with a digit ("SLC5A1"), and a letter or Roman number with the word that makes it a
  name ("type II").
- frames, one of each sort, told apart by a salt:
  a word and the next: what negates, affirms or relates them ("is not inherited", "p < 0.05"), mostly nothing;
  the two words before a number and the one after: which number; for these any number is as good as another;
  a number: its unit.
"""

from typing import Any, NamedTuple

import numpy as np

from thinkaug.compiled import compiled
from thinkaug.facts.roles import (
    AFFIRMATION,
    ARTICLE,
    NEGATED,
    NEGATION,
    NUMBERED,
    NUMERAL,
    PLAIN,
    UNIT,
    roles,
    slot_of,
)
from thinkaug.facts.spelling import spelled
from thinkaug.facts.tables import chained, kept_once
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import CAPITALISED, MARK, NUMBER, SINGLE, lex, mixed

FILLER_BITS = 24  # of a frame, the lowest: what fills it; the others: which frame
FILLER_MASK = (1 << FILLER_BITS) - 1
SIGN_FILLER = 1 << (FILLER_BITS - 1)  # set where the filler is a sign
NOTHING = 0
_NEGATED_FILLER = 1
_AFFIRMED_FILLER = 2
_ANY_NUMBER = np.uint64(0x9E3779B97F4A7C15)
_NO_WORD = np.uint64(0)
_BETWEEN, _NUMBER_FRAME, _UNIT_FRAME = (
    np.uint64(0xA24BAED4963EE407),
    np.uint64(0x9FB21C651E98DF25),
    np.uint64(0xC13FA9A902A6328F),
)


class Reading(NamedTuple):
    """The words of a text and what it states, as arrays. Their letters are those of word n from `bounds[n]` on.

    Args:
        data: uint8, the UTF-8.
        hashes: uint64 (words,), see `lexing.words`.
        starts: int32 (words,), offsets in `data`.
        ends: int32 (words,), likewise, exclusive.
        kinds: uint8 (words,).
        heads: int32, see `tables`: where words with a hash stand.
        nexts: int32 (words,), likewise.
        codes: uint32, the letters of all words, folded.
        bounds: int32 (words + 1,).
        stated: uint64, content and numbers, in the order of the text.
        places: int32, the words at which these stand first.
        numeric: bool, which of these are numbers.
        slots: int32, see `tables`: where in `stated` a hash stands.
        frames: uint64, what fills which frame.
        frame_places: int32, the words at which the frames stand.
        negations: how many.
        affirmations: how many.
    """

    data: Any
    hashes: Any
    starts: Any
    ends: Any
    kinds: Any
    heads: Any
    nexts: Any
    codes: Any
    bounds: Any
    stated: Any
    places: Any
    numeric: Any
    slots: Any
    frames: Any
    frame_places: Any
    negations: int
    affirmations: int


def read(raw: bytes, *, every: bool = False) -> Reading:
    """What a text states: each thing once, and frames sorted, without places. With `every`, all of it in order."""
    table = letters()
    made: Reading = _read(np.frombuffer(raw, np.uint8), table.folds, table.expansions, *roles(), every)
    return made


@compiled
def _read(data: Any, folds: Any, expansions: Any, keys: Any, kinds_of: Any, bases: Any, every: bool) -> Any:
    room = len(data)
    hashes, starts, ends = np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64)
    kinds = np.empty(room, np.uint8)
    count = lex(data, 0, room, folds, expansions, hashes, starts, ends, kinds)
    hashes, starts, ends = hashes[:count].copy(), starts[:count].astype(np.int32), ends[:count].astype(np.int32)
    kinds = kinds[:count].copy()
    stated, places, numeric = (
        np.empty(2 * count, np.uint64),
        np.empty(2 * count, np.int32),
        np.empty(2 * count, np.bool_),
    )
    frames, frame_places = np.empty(3 * count + 1, np.uint64), np.empty(3 * count + 1, np.int32)
    found, framed, negations, affirmations = _state(
        data, hashes, starts, ends, kinds, keys, kinds_of, bases, stated, places, numeric, frames, frame_places
    )
    slots = np.zeros(1, np.int32)
    if every:
        frames, frame_places = frames[:framed].copy(), frame_places[:framed].copy()
    else:
        found, slots = kept_once(stated, places, numeric, found)
        frames, frame_places = np.sort(frames[:framed]), np.empty(0, np.int32)
    heads, nexts = chained(hashes)
    codes, bounds = spelled(data, starts, ends, folds, expansions)
    return Reading(
        data,
        hashes,
        starts,
        ends,
        kinds,
        heads,
        nexts,
        codes,
        bounds,
        stated[:found].copy(),
        places[:found].copy(),
        numeric[:found].copy(),
        slots,
        frames,
        frame_places,
        negations,
        affirmations,
    )


@compiled
def _state(
    data: Any,
    hashes: Any,
    starts: Any,
    ends: Any,
    kinds: Any,
    keys: Any,
    roles: Any,
    bases: Any,
    stated: Any,
    places: Any,
    numeric: Any,
    frames: Any,
    frame_places: Any,
) -> tuple[int, int, int, int]:
    """Write what is stated, and the frames; return how many these are, and how many negations and affirmations."""
    of_stated = of_frames = negations = affirmations = 0
    before, earlier = _NO_WORD, _NO_WORD  # the last word, the one before it
    between = NOTHING
    role_before = PLAIN
    pending = -1  # a number that waits for the word after it
    pending_frame = _NO_WORD
    for word in range(len(hashes)):
        value = hashes[word]
        kind = kinds[word]
        slot = slot_of(value, keys)
        role = int(roles[slot]) if slot >= 0 else PLAIN
        if kind & MARK and role != UNIT:
            if _is_unit_sign(data, starts[word], ends[word]):
                role = UNIT
            else:
                between = _sign(value)
                continue
        single = (kind & SINGLE) != 0
        named = (
            role_before == NUMBERED
            and starts[word] - ends[word - 1] == 1
            and (role == NUMERAL or (not single and ends[word] - starts[word] == 1))
            and (role != ARTICLE or (kind & CAPITALISED) != 0)
        )
        if role in (NEGATION, NEGATED):
            negations += 1
        elif role == AFFIRMATION:
            affirmations += 1
        if role == NEGATION:
            between = _NEGATED_FILLER
        elif role == AFFIRMATION and between == NOTHING:
            between = _AFFIRMED_FILLER
        if single and word > 0 and kinds[word - 1] & SINGLE and ends[word - 1] == starts[word]:
            stated[of_stated] = mixed(hashes[word - 1] * np.uint64(3) + value)
            places[of_stated], numeric[of_stated] = word - 1, False
            of_stated += 1
        if role in (NEGATION, AFFIRMATION) or (role == ARTICLE and not named):
            continue
        if role == NEGATED:
            value = bases[slot]
        is_number = (kind & NUMBER) != 0 or (not single and _has_digit(data, starts[word], ends[word]))
        if is_number or named:
            stated[of_stated] = mixed(before + value) if named and not is_number else value
            places[of_stated], numeric[of_stated] = word, True
            of_stated += 1
        elif not single and not kind & MARK:
            stated[of_stated] = value
            places[of_stated], numeric[of_stated] = word, False
            of_stated += 1
        plain = _ANY_NUMBER if is_number or named else value
        if pending >= 0:
            frames[of_frames] = _frame(_NUMBER_FRAME, pending_frame * np.uint64(3) + plain, hashes[pending])
            frame_places[of_frames] = pending
            of_frames += 1
            if role == UNIT:
                frames[of_frames] = _frame(_UNIT_FRAME, hashes[pending], value)
                frame_places[of_frames] = pending
                of_frames += 1
        pending = -1
        frames[of_frames] = _filled(_BETWEEN, (before * np.uint64(3)) ^ plain, between)
        frame_places[of_frames] = word
        of_frames += 1
        if is_number or named:
            pending, pending_frame = word, mixed(earlier * np.uint64(3) + before)
        earlier, before = before, plain
        role_before = role
        between = _NEGATED_FILLER if role == NEGATED else NOTHING
    return of_stated, of_frames, negations, affirmations


@compiled
def _frame(salt: Any, spot: Any, filler: Any) -> Any:
    """A frame filled by a word."""
    some: Any = np.int64(filler & np.uint64(SIGN_FILLER - 1))
    return _filled(salt, spot, some | 4)  # never nothing


@compiled
def _sign(value: Any) -> Any:
    return np.int64(value & np.uint64(SIGN_FILLER - 1)) | SIGN_FILLER


@compiled
def _filled(salt: Any, spot: Any, filler: int) -> Any:
    return (mixed(salt ^ spot) & ~np.uint64(FILLER_MASK)) | np.uint64(filler)


@compiled
def _has_digit(data: Any, start: int, end: int) -> bool:
    for place in range(start, end):  # noqa: SIM110 - numba does not compile any() of a generator
        if 0x30 <= data[place] <= 0x39:
            return True
    return False


@compiled
def _is_unit_sign(data: Any, start: int, end: int) -> bool:
    """Whether a sign is %, ‰ or °."""
    if end - start == 1:
        return bool(data[start] == 0x25)
    if end - start == 2:
        return bool(data[start] == 0xC2 and data[start + 1] == 0xB0)
    return bool(end - start == 3 and data[start] == 0xE2 and data[start + 1] == 0x80 and data[start + 2] == 0xB0)
