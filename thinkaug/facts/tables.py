"""tables: hashes -> where in an array they stand. Compiled. Knows nothing of what they are hashes of.

The hashes are well mixed, so their low bits say where to look.
"""

from typing import Any

import numpy as np

from thinkaug.compiled import compiled

NOWHERE = -1


@compiled
def chained(hashes: Any) -> tuple[Any, Any]:
    """Where each hash stands, in ascending order: its first place is `first_of`, the one after a place `next_of`.

    Returns:
        `heads`, int32, a power of two: the first place of those that share their low bits, or NOWHERE;
        `nexts`, int32, one a place: the next of these, or NOWHERE.
    """
    heads, nexts = np.full(_power_from(len(hashes)), NOWHERE, np.int32), np.empty(len(hashes), np.int32)
    last = np.uint64(len(heads) - 1)
    for place in range(len(hashes) - 1, -1, -1):
        bucket: Any = np.int64(hashes[place] & last)
        nexts[place] = heads[bucket]
        heads[bucket] = place
    return heads, nexts


@compiled
def first_of(value: Any, hashes: Any, heads: Any, nexts: Any) -> int:
    """The first place of a hash, or NOWHERE."""
    place = int(heads[np.int64(value & np.uint64(len(heads) - 1))])
    while place != NOWHERE and hashes[place] != value:
        place = int(nexts[place])
    return place


@compiled
def next_of(place: int, hashes: Any, nexts: Any) -> int:
    """The next place of the hash that stands there, or NOWHERE."""
    following = int(nexts[place])
    while following != NOWHERE and hashes[following] != hashes[place]:
        following = int(nexts[following])
    return following


@compiled
def kept_once(values: Any, places: Any, flags: Any, count: int) -> tuple[int, Any]:
    """Move the first of each of `count` values to the front, with what belongs to it.

    Returns:
        How many are left, and `slots`, int32, a power of two: one more than where each stands now; 0 where free.
    """
    slots = np.zeros(_power_from(2 * count), np.int32)
    kept = 0
    for number in range(count):
        slot = _slot(values[number], values, slots)
        if slots[slot] == 0:
            values[kept], places[kept], flags[kept] = values[number], places[number], flags[number]
            kept += 1
            slots[slot] = kept
    return kept, slots


@compiled
def where(value: Any, values: Any, slots: Any) -> int:
    """Where a value stands among those kept once, or NOWHERE."""
    return int(slots[_slot(value, values, slots)]) - 1


@compiled
def _slot(value: Any, values: Any, slots: Any) -> Any:
    last = len(slots) - 1
    slot: Any = np.int64(value & np.uint64(last))
    while slots[slot] != 0 and values[slots[slot] - 1] != value:
        slot = (slot + 1) & last
    return slot


@compiled
def _power_from(count: int) -> int:
    """The smallest power of two above that."""
    power = 1
    while power <= count:
        power *= 2
    return power
