"""tables: runs of n words, as 64-bit hashes, in a table that tells at once which items hold one. Compiled.

The hash of a run is the polynomial of its words' hashes, modulo 2^64, so that it rolls on with one step a word. A
bitmap, small enough for the cache, turns away nearly all runs before the table is asked. Knows nothing of texts.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled

_BASE = np.uint64(0x9E3779B97F4A7C15)
_BITS_A_RUN = 16
_FEWEST_BITS = 12


class Table(NamedTuple):
    """Which items hold a run of words, and where in them.

    Args:
        size: words in a run.
        bitmap: uint64, a power of two long: a bit for each run, by the high bits of its hash.
        keys: uint64, a power of two long, open addressing by the low bits of the hash; 0 is empty.
        firsts: int64, for each key where its postings begin.
        counts: int64, and how many they are.
        items: int32, the item of each posting.
        places: int32, and the word in it that the run begins with.
        needs: int32 (items,), how many different runs of an item must stand together; 0 where it has none.
        totals: int32 (items,), how many different runs it has here.
    """

    size: int
    bitmap: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    firsts: NDArray[np.int64]
    counts: NDArray[np.int64]
    items: NDArray[np.int32]
    places: NDArray[np.int32]
    needs: NDArray[np.int32]
    totals: NDArray[np.int32]


def table_of(
    size: int, runs: NDArray[np.uint64], items: NDArray[np.int32], places: NDArray[np.int32], needs: NDArray[np.int32]
) -> Table:
    """A table of the runs (postings,) of some items. `needs` is per item, and tells how many items there are."""
    order = np.argsort(runs, kind="stable")
    keys, firsts, counts = np.unique(runs[order], return_index=True, return_counts=True)
    keys = np.maximum(keys, np.uint64(1))  # 0 is empty; that a run has this hash is as unlikely as any collision
    bits = max(_FEWEST_BITS, int(_BITS_A_RUN * len(keys)).bit_length())
    room = 1 << max(4, int(2 * len(keys)).bit_length())
    table = Table(
        size,
        np.zeros(1 << (bits - 6), np.uint64),
        np.zeros(room, np.uint64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        items[order],
        places[order],
        needs,
        np.bincount(items, minlength=len(needs)).astype(np.int32),
    )
    _insert(table, keys, firsts.astype(np.int64), counts.astype(np.int64))
    return table


@compiled
def roll(hashes: Any, count: int, size: int, runs: Any) -> int:
    """Write the hashes of all runs of `size` words into `runs`, uint64 (count,), and return how many they are."""
    last = np.uint64(1)
    for _ in range(size - 1):
        last = last * _BASE
    value = np.uint64(0)
    for place in range(count):
        if place >= size:
            value = value - hashes[place - size] * last
        value = value * _BASE + hashes[place]
        if place >= size - 1:
            runs[place - size + 1] = value
    return max(0, count - size + 1)


@compiled
def find(table: Table, run: Any) -> int:
    """The slot of a run, or -1."""
    bits = np.uint64(len(table.bitmap)) * np.uint64(64)
    bit = (run >> np.uint64(32)) & (bits - np.uint64(1))
    if not (table.bitmap[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1):
        return -1
    room = len(table.keys)
    key = max(run, np.uint64(1))
    slot = np.int64(key & np.uint64(room - 1))
    while table.keys[slot] != 0:
        if table.keys[slot] == key:
            return int(slot)
        slot = (slot + 1) & (room - 1)
    return -1


@compiled
def _insert(table: Table, keys: Any, firsts: Any, counts: Any) -> None:
    bits = np.uint64(len(table.bitmap)) * np.uint64(64)
    room = len(table.keys)
    for entry in range(len(keys)):
        key = keys[entry]
        bit = (key >> np.uint64(32)) & (bits - np.uint64(1))
        table.bitmap[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))
        slot = np.int64(key & np.uint64(room - 1))
        while table.keys[slot] != 0:
            slot = (slot + 1) & (room - 1)
        table.keys[slot], table.firsts[slot], table.counts[slot] = key, firsts[entry], counts[entry]


@compiled
def postings(table: Table, hashes: Any, count: int, runs: Any, positions: Any, items: Any, places: Any) -> int:
    """Every run of a text that an item holds, as one line for each item that does; how many lines there are.

    Args:
        table: the runs of the items.
        hashes: uint64, the words of the text.
        count: how many they are.
        runs: uint64 (count,), written over.
        positions: int64, written as far as there is room: where in the text the run begins, ascending.
        items: int32, written likewise: the item.
        places: int32, written likewise: where in the item it begins.
    """
    found = 0
    for position in range(roll(hashes, count, table.size, runs)):
        slot = find(table, runs[position])
        if slot < 0:
            continue
        for entry in range(table.firsts[slot], table.firsts[slot] + table.counts[slot]):
            if found < len(positions):
                positions[found], items[found], places[found] = position, table.items[entry], table.places[entry]
            found += 1
    return found


@compiled
def is_near(table: Table, hashes: Any, count: int, runs: Any, seen: Any, stamps: Any, stamp: int) -> bool:
    """Whether a text holds so many runs of one item as it needs, together or not.

    Args:
        table: the runs of the items.
        hashes: uint64, the words of the text.
        count: how many they are.
        runs: uint64 (count,), written over.
        seen: int32 (items,), written over: runs of each item.
        stamps: int64 (items,), written over: the text that `seen` counts.
        stamp: another number for each text.
    """
    for position in range(roll(hashes, count, table.size, runs)):
        slot = find(table, runs[position])
        if slot < 0:
            continue
        for entry in range(table.firsts[slot], table.firsts[slot] + table.counts[slot]):
            item = table.items[entry]
            if stamps[item] != stamp:
                stamps[item], seen[item] = stamp, 0
            seen[item] += 1
            if seen[item] >= table.needs[item]:
                return True
    return False
