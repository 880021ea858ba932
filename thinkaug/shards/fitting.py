"""fitting: lengths -> which go into which window, with little room left over. Compiled; knows nothing of tokens.

Best fit decreasing: the longest first, each into the window with the least room that still holds it. Never more than
11/9 of the fewest windows possible, and one (Johnson et al., Worst-Case Performance Bounds for Simple One-Dimensional
Packing Algorithms, SIAM Journal on Computing 3, 1974); on documents, most of them short, hardly more than the fewest.
"""

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled

Numbers = NDArray[np.int64]


def fit(lengths: Numbers, room: int, seed: int) -> tuple[Numbers, Numbers]:
    """Put each length into a window; windows come in random order, and so do the lengths in each.

    O(n log room), 40 bytes a length. The same seed gives the same windows.

    Args:
        lengths: int64 (n,), each from 1 to `room`.
        room: of a window.
        seed: of what is left to chance: which of two that are as long comes first, and the order of the result.

    Returns:
        The places of the lengths, window by window, int64 (n,); and where each window begins among them, int64
        (windows + 1,).
    """
    if len(lengths) and (lengths.min() < 1 or lengths.max() > room):
        raise ValueError(f"lengths from 1 to {room} were expected, not from {lengths.min()} to {lengths.max()}")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    window_of = np.empty(len(lengths), np.int64)
    count = best_fit(lengths, order, room, window_of)
    window_of = rng.permutation(count)[window_of]
    grouped = order[np.argsort(window_of[order], kind="stable")]
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(window_of, minlength=count), out=starts[1:])
    return grouped, starts


@compiled
def best_fit(lengths: Numbers, order: Numbers, room: int, window_of: Numbers) -> int:
    """Write into which window each length goes; of those that are as long, the one that is first in `order` leads.

    Returns:
        How many windows there are.
    """
    by_length = _longest_first(lengths, order, room)
    # Windows with so much room left form a stack; a tree of flags over the rooms tells which stacks are not empty.
    top = np.full(room + 1, -1, np.int64)
    below = np.empty(len(lengths), np.int64)
    leaves = 1
    while leaves <= room:
        leaves *= 2
    flags = np.zeros(2 * leaves, np.bool_)
    count = 0
    for place in by_length:
        length = lengths[place]
        left = _least(flags, leaves, length)
        if left < 0:
            left, window = room, count
            count += 1
        else:
            window = top[left]
            top[left] = below[window]
            if top[left] < 0:
                _lower(flags, leaves, left)
        window_of[place] = window
        left -= length
        if left:
            below[window] = top[left]
            top[left] = window
            node = leaves + left
            while node and not flags[node]:
                flags[node] = True
                node //= 2
    return count


@compiled
def _longest_first(lengths: Numbers, order: Numbers, room: int) -> Numbers:
    """Places by falling length, as they are in `order` where they are as long: a counting sort."""
    ends = np.zeros(room + 2, np.int64)
    for place in order:
        ends[room - lengths[place] + 1] += 1
    for step in range(1, room + 2):
        ends[step] += ends[step - 1]
    found = np.empty(len(order), np.int64)
    for place in order:
        slot = room - lengths[place]
        found[ends[slot]] = place
        ends[slot] += 1
    return found


@compiled
def _least(flags: NDArray[np.bool_], leaves: int, wanted: int) -> int:
    """The least room with a flag that is at least as large as wanted; -1 where there is none."""
    node = leaves + wanted
    if flags[node]:
        return wanted
    while node > 1:
        if node % 2 == 0 and flags[node + 1]:
            node += 1
            while node < leaves:
                node = 2 * node if flags[2 * node] else 2 * node + 1
            return node - leaves
        node //= 2
    return -1


@compiled
def _lower(flags: NDArray[np.bool_], leaves: int, place: int) -> None:
    """Take a flag down, and those above it under which there is none left."""
    node = leaves + place
    flags[node] = False
    node //= 2
    while node:
        flags[node] = flags[2 * node] or flags[2 * node + 1]
        if flags[node]:
            break
        node //= 2
