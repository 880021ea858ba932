"""arrow: files and streams of Arrow; bytes that lie cost rows, never the program."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pytest
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc

from thinkaug.errors import Unreadable
from thinkaug.sources.arrow import arrow
from thinkaug.stage import Raw

TEXTS = [f"row {n}" for n in range(30)]
FORMATS = {"file": ipc.new_file, "stream": ipc.new_stream}
both = pytest.mark.parametrize("form", FORMATS)


def written(form: str, batch_rows: int = 10, compression: str | None = None, **columns: object) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns or {"text": TEXTS, "n": list(range(30))})
    with FORMATS[form](sink, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        for batch in table.to_batches(batch_rows):
            writer.write_batch(batch)
    return sink.getvalue()


def read(body: bytes, columns: Sequence[str] = ()) -> list[Raw]:
    return list(arrow(columns=columns)(io.BytesIO(body), "a.arrow"))


def read_on(body: bytes) -> tuple[list[Raw], Unreadable]:
    """The rows before the error, and the error."""
    rows: list[Raw] = []
    with pytest.raises(Unreadable) as caught:
        rows.extend(arrow()(io.BytesIO(body), "a.arrow"))  # keeps what came before
    return rows, caught.value


def texts(rows: list[Raw]) -> list[str]:
    return [row.fields["text"] for row in rows if row.fields]


@both
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_rows_come_in_order_with_their_numbers(form: str, compression: str | None) -> None:
    rows = read(written(form, compression=compression))
    assert [(row.id, row.fields) for row in rows] == [
        (f"a.arrow#{n + 1}", {"text": f"row {n}", "n": n}) for n in range(30)
    ]


def test_what_feather_and_datasets_write_is_read(tmp_path: Path) -> None:
    pyarrow.feather.write_feather(pa.table({"text": TEXTS}), str(tmp_path / "a.feather"))
    Dataset.from_dict({"text": TEXTS}).save_to_disk(tmp_path / "saved")
    (stream,) = (tmp_path / "saved").glob("*.arrow")
    assert texts(read((tmp_path / "a.feather").read_bytes())) == texts(read(stream.read_bytes())) == TEXTS


@both
def test_only_the_columns_that_are_asked_for_are_given(form: str) -> None:
    assert read(written(form), ["text"])[0].fields == {"text": "row 0"}
    with pytest.raises(Unreadable, match="no column 'txt'; columns: text, n"):
        read(written(form), ["txt"])


@both
def test_a_row_that_is_not_utf8_stands_aside_alone(form: str) -> None:
    offsets = pa.py_buffer(b"".join(end.to_bytes(4, "little") for end in (0, 3, 5, 8)))
    column = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"one\xff\xfetwo")])
    rows = read(written(form, text=column))
    assert [(row.id, row.kind) for row in rows if row.fields is None] == [("a.arrow#2", "encoding")]
    assert texts(rows) == ["one", "two"]


LYING = """
import io, sys
from thinkaug.sources.arrow import arrow
for row in arrow()(io.BytesIO(sys.stdin.buffer.read()), "a"):
    print(row.id, row.kind if row.fields is None else row.fields["text"])
"""


@both
def test_offsets_that_lie_cost_their_rows_and_not_the_program(form: str) -> None:
    # 9 for 3: the first text would reach beyond all others, the second would have a length below nothing.
    body = written(form, text=["one", "two", "end"]).replace(
        b"\0\0\0\0\3\0\0\0\6\0\0\0\x09\0\0\0", b"\0\0\0\0\3\0\0\x70\6\0\0\0\x09\0\0\0"
    )
    done = subprocess.run(
        [sys.executable, "-c", LYING], input=body, capture_output=True, check=False, env={**os.environ}, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().split("\n") == ["a#1 unreadable", "a#2 unreadable", "a#3 end", ""]


def test_a_damaged_batch_of_a_file_is_a_reason_and_the_next_goes_on() -> None:
    body = bytearray(written("file"))
    second = body.index(b"\xff\xff\xff\xff", body.index(b"row 9"))
    body[second + 8 : second + 40] = b"\xff" * 32
    rows = read(bytes(body))
    assert texts(rows) == TEXTS[:10] + TEXTS[20:]
    (lost,) = (row for row in rows if row.fields is None)
    assert (lost.id, lost.kind) == ("a.arrow#11", "damaged")
    assert lost.problem.startswith("from row 11 on: batch 2 of 3: ")


@both
def test_what_is_cut_off_gives_the_rows_before_and_a_reason(form: str) -> None:
    body = written(form)
    rows, error = read_on(body[: body.index(b"row 25")])
    assert texts(rows) == TEXTS[:20]
    assert error.kind == "damaged"


def test_a_file_without_its_end_gives_all_its_rows_and_a_reason() -> None:
    rows, error = read_on(written("file")[:-5])
    assert texts(rows) == TEXTS
    assert error.kind == "truncated"
    assert str(error).startswith("its end is damaged or missing")


@pytest.mark.parametrize("body", [b"", b"plain words, and some more of them", b"ARROW1\0\0", b"FEA1" + bytes(50)])
def test_what_is_no_arrow_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read(body)
    assert caught.value.kind == "arrow"


@both
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6), st.floats(0.5, 1.5))
@settings(deadline=None, max_examples=150)
def test_no_bytes_end_in_another_way(form: str, changes: list[tuple[float, int]], share: float) -> None:
    body = bytearray(written(form, text=TEXTS, nested=[{"a": [1, 2], "b": "x"}] * 30))
    for place, byte in changes:
        body[int(place * (len(body) - 1))] = byte
    try:
        rows = read(bytes(body[: int(share * len(body))]))
    except Unreadable:
        return
    assert all((row.fields is None) == bool(row.problem) for row in rows)
