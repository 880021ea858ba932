"""Work on columns: the same books, the same files, whether rows are settled one by one or as batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.records import Document, Draft, Passage
from thinkaug.runner import Unit, run_unit
from thinkaug.schema import BATCH_ROWS, from_batch, to_batch
from thinkaug.stage import Dropped, KeptBatch, Outcome, Shard, Work, ids_of
from thinkaug.store import Folder, Manifest


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "toy-00000000", Document)
    folder.begin({})
    return folder


def documents(count: int) -> list[Document]:
    return [Document(f"id{number}", f"text {number}") for number in range(count)]


def run(work: Work, rows: list[Document], folder: Folder, rows_per_file: int = 1 << 62) -> Manifest:
    unit = Unit(Shard("00000", lambda: iter(rows)), ())
    return run_unit(work, unit, folder, rows_per_file, lambda counts: None)


def keep(shard: Shard) -> Iterator[Outcome | KeptBatch]:
    for batch in shard.batches():
        yield KeptBatch(ids_of(batch), batch, {"batches": 1})


def without_odd(shard: Shard) -> Iterator[Outcome | KeptBatch]:
    for batch in shard.batches():
        odd = [place for place in range(batch.num_rows) if place % 2]
        for row in from_batch(Document, batch.take(pa.array(odd, pa.int64()))):
            yield Dropped(row, "odd")
        even = batch.take(pa.array(range(0, batch.num_rows, 2), pa.int64()))
        yield KeptBatch(ids_of(even), even)


@pytest.mark.parametrize("rows_per_file", [1, 999, 1000, 1001, 1 << 62])
def test_batches_are_written_as_rows_are(folder: Folder, rows_per_file: int) -> None:
    count = 2 * BATCH_ROWS + 5 if rows_per_file > 1 else 5
    manifest = run(keep, documents(count), folder, rows_per_file)
    assert [row for file in manifest.files for row in folder.rows(file.path)] == documents(count)
    assert [file.rows for file in manifest.files] == [
        min(rows_per_file, count - start) for start in range(0, count, rows_per_file)
    ]
    assert (manifest.rows_in, manifest.rows_kept, manifest.rows_out) == (count, count, count)
    assert manifest.tally == {"batches": -(-count // BATCH_ROWS)}
    for file in manifest.files:
        assert all(batch.num_rows <= BATCH_ROWS for batch in folder.batches(file.path))


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 12))
def test_rows_and_batches_can_be_settled_side_by_side(tmp_path_factory: Any, count: int) -> None:
    folder = Folder(tmp_path_factory.mktemp("side") / "toy-00000000", Document)
    folder.begin({})
    manifest = run(without_odd, documents(count), folder)
    assert manifest.dropped == ({"odd": count // 2} if count > 1 else {})
    assert [row.id for file in manifest.files for row in folder.rows(file.path)] == [
        f"id{number}" for number in range(0, count, 2)
    ]


def loses_one(shard: Shard) -> Iterator[KeptBatch]:
    for batch in shard.batches():
        yield KeptBatch(ids_of(batch)[1:], batch)


def settles_twice(shard: Shard) -> Iterator[KeptBatch]:
    for batch in shard.batches():
        yield KeptBatch([*ids_of(batch), "id1"], batch.take(pa.array([*range(batch.num_rows), 1])))


def keeps_as_less(shard: Shard) -> Iterator[KeptBatch]:
    for batch in shard.batches():
        yield KeptBatch(ids_of(batch), batch.slice(1))


def takes_rows_too(shard: Shard) -> Iterator[Outcome | KeptBatch]:
    list(shard)
    yield from keep(shard)


@pytest.mark.parametrize(
    ("work", "complaint"),
    [
        (loses_one, r"rows never settled in unit 00000: \['id0'\]"),
        (settles_twice, "row id1 settled, but not taken, or settled twice"),
        (keeps_as_less, "row id0 kept as no row"),
        (takes_rows_too, "never settled"),
    ],
)
def test_a_stage_that_loses_or_makes_up_a_row_of_a_batch_commits_nothing(
    work: Work, complaint: str, folder: Folder
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        run(work, documents(5), folder)
    assert [path.name for path in folder.path.rglob("*") if path.is_file()] == ["stage.json"]


def test_a_draft_has_the_id_of_its_passage() -> None:
    passages = [Passage(f"p{number}", "d", 0, "text", "", (0,), "") for number in range(3)]
    drafts = [Draft(passage, "interleaved", "model", (), ()) for passage in passages]
    assert ids_of(to_batch(Draft, drafts)) == ["p0", "p1", "p2"]
    assert ids_of(to_batch(Draft, drafts).slice(1)) == ["p1", "p2"]
    assert ids_of(to_batch(Passage, passages)) == ["p0", "p1", "p2"]
