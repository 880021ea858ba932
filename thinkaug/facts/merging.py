"""merging: what only one of two sorted arrays has. Compiled. Knows of frames only how they are laid out."""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.facts.reading import FILLER_BITS, FILLER_MASK, NOTHING, SIGN_FILLER


def only(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What is in the first and not in the second; both sorted."""
    found = np.empty(len(one), np.uint64)
    return found[: _only(one, other, found)]


def among(values: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where in any array those values stand that are in a sorted one."""
    found = np.empty(len(values), np.int64)
    return found[: _among(values, wanted, found)]


def clashing(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The frames that the two fill differently, of both; both sorted.

    They do where each fills a frame more often than the other with something, and not with the same. A sign and nothing
    are no clash: signs get lost with punctuation.
    """
    found = np.empty(len(one) + len(other), np.uint64)
    return cast(NDArray[np.uint64], np.sort(found[: _clashing(one, other, found)]))


@compiled
def _only(one: Any, other: Any, found: Any) -> int:
    count = at = 0
    for value in one:
        while at < len(other) and other[at] < value:
            at += 1
        if at == len(other) or other[at] != value:
            found[count] = value
            count += 1
    return count


@compiled
def _among(values: Any, wanted: Any, found: Any) -> int:
    count = 0
    for place in range(len(values)):
        at = np.searchsorted(wanted, values[place])
        if at < len(wanted) and wanted[at] == values[place]:
            found[count] = place
            count += 1
    return count


@compiled
def _clashing(one: Any, other: Any, found: Any) -> int:
    count = 0
    at = its = 0
    while at < len(one) and its < len(other):
        frame, its_frame = one[at] >> np.uint64(FILLER_BITS), other[its] >> np.uint64(FILLER_BITS)
        if frame < its_frame:
            at += 1
            continue
        if its_frame < frame:
            its += 1
            continue
        begun = count
        mine = theirs = 0  # which sorts of filler there are too many of
        while True:
            more = at < len(one) and one[at] >> np.uint64(FILLER_BITS) == frame
            its_more = its < len(other) and other[its] >> np.uint64(FILLER_BITS) == frame
            if not more and not its_more:
                break
            if more and its_more and one[at] == other[its]:
                at += 1
                its += 1
            elif more and (not its_more or one[at] < other[its]):
                mine |= _sort_of(one[at])
                found[count] = one[at]
                count, at = count + 1, at + 1
            else:
                theirs |= _sort_of(other[its])
                found[count] = other[its]
                count, its = count + 1, its + 1
        if mine == 0 or theirs == 0 or (mine == 1 and theirs == 2) or (mine == 2 and theirs == 1):
            count = begun
    return count


@compiled
def _sort_of(frame: Any) -> int:
    """As a bit: 1: nothing, 2: a sign, 4: anything else."""
    filler: Any = np.int64(frame & np.uint64(FILLER_MASK))
    if filler == NOTHING:
        return 1
    return 2 if filler & SIGN_FILLER else 4
