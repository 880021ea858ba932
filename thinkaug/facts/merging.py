"""merging: the frames of two texts -> those that they fill differently. Compiled. Knows how frames are laid out."""

from typing import Any

import numpy as np

from thinkaug.compiled import compiled
from thinkaug.facts.reading import FILLER_BITS, FILLER_MASK, NOTHING, SIGN_FILLER


@compiled
def clashing(one: Any, other: Any) -> Any:
    """The frames that the two fill differently, of both, uint64; both sorted.

    They do where each fills a frame more often than the other with something, and not with the same. A sign and nothing
    are no clash: signs get lost with punctuation.
    """
    found = np.empty(len(one) + len(other), np.uint64)
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
    return found[:count]


@compiled
def _sort_of(frame: Any) -> int:
    """As a bit: 1: nothing, 2: a sign, 4: anything else."""
    filler: Any = np.int64(frame & np.uint64(FILLER_MASK))
    if filler == NOTHING:
        return 1
    return 2 if filler & SIGN_FILLER else 4
