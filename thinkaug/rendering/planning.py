"""Columns of drafts -> the pieces that each text is put together of. Compiled; copies no text. Knows no style by name.

The rules are those of `draft`, which says them with records; here offsets are bytes where not said to be code points.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.words import mixed
from thinkaug.rendering.markers import END, TEXT, THOUGHT
from thinkaug.rendering.placing import STRIDE
from thinkaug.rendering.seeking import advance

PRIOR, POSTERIOR, FIRST, LAST, RANDOM = range(5)  # where the thoughts of a draft stand, each or in one block
FROM_TEXT, FROM_STEPS, FROM_MARKS = range(3)
SOURCE, START, STOP, KIND, CHARS = range(5)  # the columns of a piece

# Rows of the table of marks.
OPENING, BEFORE_STEP = 0, 4  # and from AFTER_STEP on one a kind, then three that close
KIND_COUNT = 6
AFTER_STEP = BEFORE_STEP + 2 * KIND_COUNT
CLOSING = AFTER_STEP + KIND_COUNT
MARK_COUNT = CLOSING + 3

_STRIDE = np.uint64(STRIDE)
_UNUSED_BITS = np.uint64(11)
_UNIT = 2.0**-53
_TEXT, _MARKER = 0, KIND_COUNT + 1  # places in SPAN_KINDS; a kind of step is at its place in KINDS, and one


class Strings(NamedTuple):
    """Some strings: int64 (n + 1,) offsets into uint8 data, and how many code points each has, int64 (n,)."""

    ends: NDArray[np.int64]
    data: NDArray[np.uint8]
    chars: NDArray[np.int64]


class Steps(NamedTuple):
    """The steps of all drafts: those of draft i are `[ends[i], ends[i + 1])`; the other arrays are (steps,)."""

    ends: NDArray[np.int64]
    cut: NDArray[np.int64]
    candidate: NDArray[np.int64]
    stands: NDArray[np.bool_]
    kind: NDArray[np.int64]


class Places(NamedTuple):
    """Where thoughts stand: cuts of draft i are `cuts[ends[i]:ends[i + 1]]`; `mode` and `key` are (drafts,)."""

    ends: NDArray[np.int64]
    cuts: NDArray[np.int64]
    mode: NDArray[np.int64]
    key: NDArray[np.uint64]
    prior: float


@compiled
def plan(
    texts: Any, written: Any, steps: Any, places: Any, variant: int, shown: Any, marks: Any, pieces: Any, found: Any
) -> int:
    """Write the pieces of each draft's text, in order and none of them empty.

    Args:
        texts: `Strings`, the expert texts.
        written: `Strings`, the texts of the steps.
        steps: `Steps`.
        places: `Places`.
        variant: number of the candidate that is shown.
        shown: bool (kinds,), whether steps of a kind are shown.
        marks: `Strings`, the table of marks.
        pieces: int64 (room, 5) with columns `SOURCE` to `CHARS`, written; START and STOP are offsets into the source.
        found: int64 (drafts + 1, 3), written: where the draft's pieces begin, the most candidates at a cut, thoughts.

    Returns:
        The number of the first draft that has a thought outside its text; then nothing is of use. Or the number of
        drafts.
    """
    rows = len(texts.ends) - 1
    most = 0
    for row in range(rows):
        most = max(most, steps.ends[row + 1] - steps.ends[row])
    order, scratch = np.empty(most, np.int64), np.empty(most, np.int64)
    place, prior = np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    for row in range(rows):
        found[row, 0] = count
        chosen = _choose(steps, row, variant, shown, order, scratch, found)
        if not _place(steps, places, row, texts.chars[row], chosen, order, place, prior):
            return row
        count = _lay(texts, written, steps.kind, row, chosen, order, place, prior, marks, pieces, count)
    found[rows, 0] = count
    return rows


@compiled
def _choose(steps: Any, row: int, variant: int, shown: Any, order: Any, distinct: Any, found: Any) -> int:
    """Write the steps that are shown of a draft, in order of their cuts; return how many."""
    standing = 0
    for step in range(steps.ends[row], steps.ends[row + 1]):
        if steps.stands[step]:
            at = standing  # drafts have their steps in order already, so that nothing is moved here
            while at > 0 and steps.cut[order[at - 1]] > steps.cut[step]:
                order[at] = order[at - 1]
                at -= 1
            order[at] = step
            standing += 1
    most, thoughts, kept, first = 0, 0, 0, 0
    while first < standing:
        cut = steps.cut[order[first]]
        stop, candidates = first, 0
        while stop < standing and steps.cut[order[stop]] == cut:
            candidate = steps.candidate[order[stop]]
            at = candidates - 1  # most often that of the step before
            while at >= 0 and distinct[at] != candidate:
                at -= 1
            if at < 0:
                distinct[candidates] = candidate
                candidates += 1
            stop += 1
        wanted = distinct[variant % candidates]
        before = kept
        for at in range(first, stop):
            step = order[at]
            if steps.candidate[step] == wanted and shown[steps.kind[step]]:
                order[kept] = step
                kept += 1
        most = max(most, candidates)
        thoughts += kept > before
        first = stop
    found[row, 1], found[row, 2] = most, thoughts
    return kept


@compiled
def _place(steps: Any, places: Any, row: int, chars: int, chosen: int, order: Any, place: Any, prior: Any) -> bool:
    """Write where each chosen step stands, in code points, and whether as a prior, and put the steps in this order."""
    mode, last_cut = places.mode[row], -1
    at, is_prior = 0, 0
    for number in range(chosen):
        step = order[number]
        cut = steps.cut[step]
        if cut < 0 or cut > chars:
            return False
        if cut != last_cut:
            at, is_prior = _stand(places, row, mode, cut, chars)
            last_cut = cut
        back = number
        while back > 0 and (place[back - 1] > at or (place[back - 1] == at and prior[back - 1] > is_prior)):
            order[back], place[back], prior[back] = order[back - 1], place[back - 1], prior[back - 1]
            back -= 1
        order[back], place[back], prior[back] = step, at, is_prior
    return True


@compiled
def _stand(places: Any, row: int, mode: int, cut: int, chars: int) -> tuple[int, int]:
    if mode == FIRST:
        return 0, 1
    if mode == LAST:
        return chars, 0
    if mode == RANDOM:
        drawn = mixed(places.key[row] + np.uint64(cut) * _STRIDE) >> _UNUSED_BITS
        mode = PRIOR if np.float64(drawn) * _UNIT < places.prior else POSTERIOR
    if mode == PRIOR:
        return cut, 1
    end = chars
    for number in range(places.ends[row], places.ends[row + 1]):
        if places.cuts[number] > cut:
            end = min(end, places.cuts[number])
    return end, 0


@compiled
def _lay(
    texts: Any,
    written: Any,
    kinds: Any,
    row: int,
    chosen: int,
    order: Any,
    place: Any,
    prior: Any,
    marks: Any,
    pieces: Any,
    count: int,
) -> int:
    """Write the pieces of a draft behind the first `count`; return how many there are then."""
    begin, end, chars = texts.ends[row], texts.ends[row + 1], texts.chars[row]
    is_bytes = end - begin == chars  # as many code points: all is ASCII, and nothing need be counted
    here, position, adjoins = begin, 0, False
    first = 0
    while first < chosen:
        at, is_prior = place[first], prior[first]
        stop = first + 1
        while stop < chosen and place[stop] == at and prior[stop] == is_prior:
            stop += 1
        if at > position:
            upto = begin + at if is_bytes else advance(texts.data, here, end, at - position)
            count = _add(pieces, count, FROM_TEXT, here, upto, _TEXT, at - position)
            here, position = upto, at
        on_new_line = adjoins or _ends_line(texts.data, begin, here)
        count = _mark(pieces, count, marks, OPENING + 2 * is_prior + int(on_new_line))
        for number in range(first, stop):
            step = order[number]
            kind = kinds[step]
            count = _mark(pieces, count, marks, BEFORE_STEP + 2 * kind + int(number == first))
            count = _add(
                pieces, count, FROM_STEPS, written.ends[step], written.ends[step + 1], kind + 1, written.chars[step]
            )
            count = _mark(pieces, count, marks, AFTER_STEP + kind)
        adjoins = stop < chosen and place[stop] == at
        follows = THOUGHT if adjoins else TEXT if at < chars else END
        count = _mark(pieces, count, marks, CLOSING + follows)
        first = stop
    return _add(pieces, count, FROM_TEXT, here, end, _TEXT, chars - position)


@compiled
def _ends_line(data: Any, begin: int, here: int) -> bool:
    """Whether what comes before is nothing, or ends with a line feed, a carriage return, U+2028 or U+2029."""
    if here == begin:
        return True
    last = data[here - 1]
    if last == 0x0A or last == 0x0D:
        return True
    return bool(
        (last == 0xA8 or last == 0xA9) and here - begin >= 3 and data[here - 2] == 0x80 and data[here - 3] == 0xE2
    )


@compiled
def _mark(pieces: Any, count: int, marks: Any, number: int) -> int:
    return _add(pieces, count, FROM_MARKS, marks.ends[number], marks.ends[number + 1], _MARKER, marks.chars[number])


@compiled
def _add(pieces: Any, count: int, source: int, start: int, stop: int, kind: int, chars: int) -> int:
    if stop == start:
        return count
    pieces[count, 0], pieces[count, 1], pieces[count, 2], pieces[count, 3], pieces[count, 4] = (
        source,
        start,
        stop,
        kind,
        chars,
    )
    return count + 1
