"""Parts become one shuffled set: every taken row once, copies told apart, nothing read but what was asked for."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.records import Sample, Span
from thinkaug.schema import arrow_schema, from_batch, to_batch
from thinkaug.shards.gathering import Gathered, Part


def sample(name: str) -> Sample:
    return Sample(name, name * 2, (Span(0, 2 * len(name), "text", 1.0),), (), "", "", json.dumps({"of": name}))


def stored(path: Path, *names: str) -> Path:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, arrow_schema(Sample)) as stream:
        for name in names:
            stream.write_batch(to_batch(Sample, [sample(name)]))
    return path


def part(name: str, files: list[Path], rows: list[int], copies: list[int] | None = None) -> Part:
    return Part(name, files, np.array(sorted(rows), np.int64), np.array(copies or [1] * len(rows), np.int64))


def read(gathered: Gathered) -> list[Sample]:
    return [row for batch in gathered.batches() for row in from_batch(Sample, batch)]


def gather(parts: list[Part], seed: int, place: Path, bucket_bytes: int = 1 << 30) -> Gathered:
    return Gathered(parts, seed, place, bucket_bytes)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("parts")
    return [
        stored(place / "a.arrow", *(f"a{number}" for number in range(40))),
        stored(place / "b.arrow"),
        stored(place / "c.arrow", *(f"c{number}" for number in range(30))),
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 69), min_size=1, max_size=80),
    st.lists(st.integers(0, 29), max_size=30),
    st.integers(0, 9),
    st.sampled_from([1, 1000, 20_000, 1 << 30]),
)
def test_the_taken_rows_and_no_others_are_there(
    files: list[Path], first: list[int], second: list[int], seed: int, bucket_bytes: int
) -> None:
    gathered = gather([part("one", files, first), part("two", files[2:], second)], seed, files[0].parent, bucket_bytes)
    names = [f"a{row}" if row < 40 else f"c{row - 40}" for row in first] + [f"c{row}" for row in second]
    rows = read(gathered)
    assert not list(files[0].parent.glob("bucket-*"))
    assert sorted(row.id for row in rows) == sorted(names)
    assert len(gathered) == len(rows)
    assert all(row == sample(row.id) for row in rows)


def test_the_order_is_by_seed_alone_and_goes_over_all_parts(files: list[Path], tmp_path: Path) -> None:
    parts = [part("one", files[:1], list(range(40))), part("two", files[2:], list(range(30)))]
    first, again, other = ([row.id for row in read(gather(parts, seed, tmp_path))] for seed in (1, 1, 2))
    assert first == again != other
    few = gather(parts, 1, tmp_path, 3000)
    assert first == [row.id for row in read(few)] == [row.id for row in read(few)]
    assert {name[0] for name in first[:20]} == {"a", "c"}


def test_copies_have_ids_of_their_own_and_say_which_they_are(files: list[Path], tmp_path: Path) -> None:
    rows = read(gather([part("one", files, [0, 0, 0, 50], [1, 2, 3, 1])], 0, tmp_path))
    assert len({row.id for row in rows}) == 4
    metas = sorted(json.dumps(json.loads(row.meta)) for row in rows if row.text == "a0a0")
    assert metas == ['{"of": "a0", "copy": 2}', '{"of": "a0", "copy": 3}', '{"of": "a0"}']


def test_a_part_may_be_turned_into_something_else(files: list[Path], tmp_path: Path) -> None:
    def shouted(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist(
            [{**row, "text": row["text"].upper()} for row in batch.to_pylist()], schema=batch.schema
        )

    loud = Part("loud", files[:1], np.array([3, 4]), np.array([1, 1]), shouted)
    assert {row.text for row in read(gather([loud, part("one", files[:1], [3])], 0, tmp_path))} == {
        "A3A3",
        "A4A4",
        "a3a3",
    }


def test_a_thousand_rows_make_a_batch(files: list[Path], tmp_path: Path) -> None:
    gathered = gather([part("one", files, [5] * 1001, list(range(1, 1002)))], 0, tmp_path)
    assert [batch.num_rows for batch in gathered.batches()] == [1000, 1]
    assert 0 < gathered.bytes < 2_000_000
