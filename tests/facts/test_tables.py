"""Where hashes stand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.facts.tables import NOWHERE, chained, first_of, kept_once, next_of, where

# Few low bits, so that many share a place in the tables; and zero, which is a hash like others.
values = st.lists(st.sampled_from([0, 1, 2, 16, 32, 48, 1 << 63, (1 << 64) - 1]), max_size=30)


@given(values, st.sampled_from([0, 16, 64, 3, (1 << 64) - 1]))
def test_every_place_of_a_hash_is_found_in_order(some: list[int], other: int) -> None:
    hashes = np.array(some, np.uint64)
    heads, nexts = chained(hashes)
    for value in {*some, other}:
        places = []
        place = first_of(np.uint64(value), hashes, heads, nexts)
        while place != NOWHERE:
            places.append(place)
            place = next_of(place, hashes, nexts)
        assert places == [place for place, each in enumerate(some) if each == value]


@given(values, st.sampled_from([0, 16, 64, 3, (1 << 64) - 1]))
def test_the_first_of_each_is_kept_with_what_belongs_to_it(some: list[int], other: int) -> None:
    kept, places, flags = np.array(some, np.uint64), np.arange(len(some), dtype=np.int32), np.zeros(len(some), np.bool_)
    flags[::2] = True
    count, slots = kept_once(kept, places, flags, len(some))
    once = list(dict.fromkeys(some))
    assert kept[:count].tolist() == once
    assert places[:count].tolist() == [some.index(value) for value in once]
    assert flags[:count].tolist() == [some.index(value) % 2 == 0 for value in once]
    for value in {*some, other}:
        found = where(np.uint64(value), kept[:count], slots)
        assert found == (once.index(value) if value in once else NOWHERE)
