"""Marks in a row's meta: what an earlier stage left there stays."""

import json

import pytest

from thinkaug.marks import marked
from thinkaug.records import Document


@pytest.mark.parametrize(
    ("meta", "found", "left"),
    [
        ("{}", ["a", "a", "b"], ["a", "b"]),
        ('{"marks": ["b", 3], "year": 1}', ["a", "b"], ["b", "a"]),
        ('{"marks": "the user\'s own"}', ["a"], ["a"]),
        ('{"marks": [{"item": "1"}]}', [{"item": "2"}, {"item": "1"}], [{"item": "1"}, {"item": "2"}]),
    ],
)
def test_marks_are_added_each_once(meta: str, found: list[object], left: list[object]) -> None:
    row = marked(Document("id", "text", meta=meta), "marks", found)
    assert json.loads(row.meta) == {**json.loads(meta), "marks": left}  # type: ignore[union-attr]
