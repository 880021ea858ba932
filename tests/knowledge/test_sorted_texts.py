"""Searching a sorted column: every text is found with all its rows, and nothing else is."""

from collections import Counter
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pytest

from thinkaug.knowledge.sorted_texts import SortedTexts, write_sorted


@pytest.mark.parametrize("count", [0, 1, 2, 1023, 1024, 1025, 5000])
def test_what_is_there_is_found_and_nothing_else(tmp_path: Path, count: int) -> None:
    texts = sorted((f"é{number * 7919 % (count // 2 + 1):05}" for number in range(count)), key=str.encode)
    write_sorted(tmp_path / "a.arrow", pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.large_string())}))
    found = SortedTexts(tmp_path / "a.arrow")
    counts = Counter(texts)
    for start, (text, rows) in zip(accumulate(counts.values(), initial=0), counts.items(), strict=False):
        assert found.find(text) == range(start, start + rows)
        assert not found.find(text + "a")
        assert not found.find(text[:-1])
    assert not found.find("")
    assert not found.find("\U0010ffff")
