"""parquet: every row that can be read comes in; damage costs the rows it is in, and says which."""

import io
import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.sources.parquet import parquet
from thinkaug.stage import Raw


def table(group_rows: int = 1000, **columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=group_rows, compression="none", use_dictionary=False)
    return sink.getvalue()


def read(body: bytes, columns: Sequence[str] = ()) -> list[Raw]:
    return list(parquet(columns=columns)(io.BytesIO(body), "a.parquet"))


def test_rows_come_in_order_with_their_numbers() -> None:
    rows = read(table(3, text=[f"row {n}" for n in range(10)], n=list(range(10))))
    assert [(row.id, row.fields) for row in rows] == [
        (f"a.parquet#{n + 1}", {"text": f"row {n}", "n": n}) for n in range(10)
    ]


def test_only_the_columns_that_are_asked_for_are_read() -> None:
    body = table(text=["a"], title=["t"], rest=[b"x" * 99])
    assert read(body, ["title", "text"])[0].fields == {"text": "a", "title": "t"}
    # Damage to another column is not even seen.
    assert [row.fields for row in read(body.replace(b"x" * 99, b"y" * 99), ["text"])] == [{"text": "a"}]


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(Unreadable, match="no column 'txt'; columns: text, title") as caught:
        read(table(text=["a"], title=["t"]), ["text", "txt"])
    assert caught.value.kind == "no_column"


@pytest.mark.parametrize("body", [b"", b"plain words", b"PAR1 and no end", table(text=["a"])[:-9]])
def test_a_file_without_its_end_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="no Parquet file") as caught:
        read(body)
    assert caught.value.kind == "parquet"


def test_damage_in_the_middle_costs_the_rest_of_its_row_group_alone() -> None:
    texts = [f"row {n}" for n in range(40)]
    body = bytearray(table(10, text=texts))
    meta = pq.ParquetFile(io.BytesIO(bytes(body))).metadata.row_group(1).column(0)
    body[meta.data_page_offset : meta.data_page_offset + 20] = b"\xff" * 20
    rows = read(bytes(body))
    assert [row.fields["text"] for row in rows if row.fields] == texts[:10] + texts[20:]
    (lost,) = (row for row in rows if row.fields is None)
    assert (lost.id, lost.kind) == ("a.parquet#11", "damaged")
    assert lost.problem.startswith("rows 11 to 20: row group 2 is damaged: ")
    assert rows[-1].id == "a.parquet#40"


def test_rows_before_a_damaged_page_stand() -> None:
    random = Random(0)
    texts = [random.randbytes(500).hex() for _ in range(2000)]
    body = bytearray(table(2000, text=texts))
    middle = body.index(texts[1500].encode())
    body[middle - 4 : middle] = b"\xff\xff\xff\x7f"  # a length of 2 GB
    rows = read(bytes(body))
    whole = [row.fields["text"] for row in rows if row.fields]
    assert whole == texts[: len(whole)]
    assert len(whole) >= 1000
    assert rows[-1].problem.startswith(f"rows {len(whole) + 1} to 2000: row group 1 is damaged")


def text_column(raw: bytes, *ends: int) -> pa.Array:
    """Texts of any bytes."""
    offsets = pa.py_buffer(b"".join(end.to_bytes(4, "little") for end in (0, *ends)))
    return pa.Array.from_buffers(pa.string(), len(ends), [None, offsets, pa.py_buffer(raw)])


def test_a_row_that_is_not_utf8_stands_aside_alone() -> None:
    rows = read(table(text=text_column(b"one\xff\xfetwo", 3, 5, 8)))
    assert [(row.id, row.fields, row.kind) for row in rows if row.fields is None] == [("a.parquet#2", None, "encoding")]
    assert [row.fields["text"] for row in rows if row.fields] == ["one", "two"]


def test_a_row_of_a_time_that_cannot_be_said_stands_aside_alone() -> None:
    times = pa.array([0, 1 << 62, 60_000_000], pa.int64()).cast(pa.timestamp("us"))
    rows = read(table(text=["a", "b", "c"], at=times))
    assert [row.id for row in rows if row.fields is None] == ["a.parquet#2"]
    assert rows[2].fields == {"text": "c", "at": datetime(1970, 1, 1, 0, 1)}


def test_a_large_row_group_is_never_in_memory_whole() -> None:
    before = pa.total_allocated_bytes()
    body = table(100_000, text=["x" * 4000] * 40_000)
    rows = parquet()(io.BytesIO(body), "a")
    most = 0
    tracemalloc.start()
    for number, _ in enumerate(rows):
        if number % 1000 == 0:
            most = max(most, pa.total_allocated_bytes() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(body) > 150 << 20
    assert most < 60 << 20
    assert peak < 60 << 20


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6), st.floats(0.5, 1.5))
@settings(deadline=None, max_examples=150)
def test_no_bytes_end_in_another_way(changes: list[tuple[float, int]], share: float) -> None:
    body = bytearray(table(5, text=[f"row {n}" for n in range(20)], nested=[{"a": [1, 2], "b": "x"}] * 20))
    for place, byte in changes:
        body[int(place * (len(body) - 1))] = byte
    try:
        rows = read(bytes(body[: int(share * len(body))]))
    except Unreadable:
        return
    assert all((row.fields is None) == bool(row.problem) for row in rows)
