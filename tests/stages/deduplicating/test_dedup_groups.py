"""Components are those of the edges, near pairs are each held once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from thinkaug.stages.deduplicating.groups import Groups
from thinkaug.stages.deduplicating.near import NearPairs

EDGES = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40)


@given(EDGES)
def test_components_are_those_of_scipy(edges: list[tuple[int, int]]) -> None:
    groups = Groups(30)
    for left, right in edges:
        groups.join(left, right)
    ends = [a for a, _ in edges], [b for _, b in edges]
    _, labels = connected_components(coo_matrix((np.ones(len(edges)), ends), (30, 30)), directed=False)
    wanted = [np.flatnonzero(labels == label).tolist() for label in range(labels.max() + 1)]
    assert list(groups.components()) == sorted(rows for rows in wanted if len(rows) > 1)
    assert all((groups.root(a) == groups.root(b)) == (labels[a] == labels[b]) for a in range(30) for b in range(30))


@given(st.lists(EDGES, max_size=4))
def test_near_pairs_are_held_once_and_come_in_order(parts: list[list[tuple[int, int]]]) -> None:
    near = NearPairs(30)
    for edges in parts:
        left, right = near.new(np.array([a for a, _ in edges], np.int64), np.array([b for _, b in edges], np.int64))
        near.add(left, right, (left + right) % 7 / 7)
    names = np.arange(30, dtype=np.uint64)[::-1].copy()
    found = list(near.by_likeness(names))
    wanted = {(min(edge), max(edge)) for edges in parts for edge in edges}
    assert {(left, right) for left, right, _ in found} == wanted
    assert len(found) == len(wanted)
    assert [similar for _, _, similar in found] == sorted((similar for _, _, similar in found), reverse=True)
