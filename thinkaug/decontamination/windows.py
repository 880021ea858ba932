"""windows: where so many different runs of one item stand together. Compiled; knows neither items nor texts."""

from typing import Any

import numpy as np

from thinkaug.compiled import compiled


@compiled
def stretches(positions: Any, places: Any, width: int, need: int, firsts: Any, lasts: Any) -> int:
    """The stretches of a text in which enough of an item stands; those that overlap are one.

    Args:
        positions: int64, where in the text a run of the item begins, ascending.
        places: int32, and where in the item it begins.
        width: from the first run to the last of a stretch there may be so many words.
        need: how many different runs must stand there.
        firsts: int64 (len(positions),), written: of each stretch, its first entry in `positions`.
        lasts: int64, written likewise: and its last.

    Returns:
        how many stretches there are.
    """
    last_place = 0
    for place in places:
        last_place = max(last_place, place)
    counts = np.zeros(last_place + 1, np.int64)
    found = 0
    different = 0
    left = 0
    for right in range(len(positions)):
        if counts[places[right]] == 0:
            different += 1
        counts[places[right]] += 1
        # What is too far off goes; so does what comes again later, so that a stretch begins no earlier than it must.
        while positions[right] - positions[left] > width or (left < right and counts[places[left]] > 1):
            counts[places[left]] -= 1
            if counts[places[left]] == 0:
                different -= 1
            left += 1
        if different < need:
            continue
        if found and left <= lasts[found - 1]:
            lasts[found - 1] = right
        else:
            firsts[found], lasts[found] = left, right
            found += 1
    return found


@compiled
def count_different(places: Any) -> int:
    """How many different places there are."""
    last = 0
    for place in places:
        last = max(last, place)
    seen = np.zeros(last + 1, np.bool_)
    found = 0
    for place in places:
        if not seen[place]:
            seen[place] = True
            found += 1
    return found
