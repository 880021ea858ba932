"""The layout `tokens`: columns, BOS and EOS, labels and weights, sums."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shards.toy_students import EOS, MARKERS, STUDENTS, batch, brute_force, bytelevel, folder, metaspace, samples
from thinkaug.errors import PromiseBroken
from thinkaug.shards.student import Student
from thinkaug.shards.tokens import tokens_layout


def _open(name: str, place: Path) -> Student:
    return Student.open(folder(place, STUDENTS[name](), config={"eos_token_id": 1}), "main", EOS.get(name, ""), ())


@pytest.fixture(scope="module", params=["bytelevel", "metaspace", "wordpiece"])
def student(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Student:
    return _open(request.param, tmp_path_factory.mktemp("model"))


def laid(student: Student, made: pa.RecordBatch, scratch: Path) -> tuple[Any, list[dict[str, Any]], dict[str, int]]:
    """The layout, its rows, and what was measured of them, two at a time."""
    layout = tokens_layout(student)
    whole = layout.lay(lambda: iter([made]), made.num_rows, made.nbytes, scratch)
    rows = pa.Table.from_batches(list(whole.batches()), schema=layout.schema).combine_chunks().to_batches()
    measured = {"chars": 0, "tokens": 0}
    for start in range(0, made.num_rows, 2):
        for name, amount in layout.measure(rows[0].slice(start, 2)).items():
            measured[name] += amount
    assert whole.rows == made.num_rows
    return layout, rows[0].to_pylist(), measured


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(samples(), min_size=1, max_size=4))
def test_rows_are_documents(
    student: Student, tmp_path_factory: pytest.TempPathFactory, rows: list[list[tuple[str, str, float]]]
) -> None:
    made = batch(*rows)
    layout, found, measured = laid(student, made, tmp_path_factory.mktemp("scratch"))
    for row, given_sample in zip(found, made.to_pylist(), strict=True):
        text, spans = given_sample["text"], given_sample["spans"]
        counts = brute_force(student.first, text, [span["end"] for span in spans])
        of_text = student.first.encode(text, add_special_tokens=False).ids
        weights = [span["weight"] for span, count in zip(spans, counts, strict=True) for _ in range(count)]
        weights = [*(0.0 for _ in student.bos), *weights, spans[-1]["weight"] if spans else 1.0]
        weights[0] = 0.0
        assert row["id"] == given_sample["id"]
        assert row["input_ids"] == [*student.bos, *of_text, student.eos_id]
        assert row["loss_weights"] == weights
        assert row["labels"] == [
            token if weight else -100 for token, weight in zip(row["input_ids"], weights, strict=True)
        ]
        assert row["attention_mask"] == [1] * len(weights)
    assert student.count(made).tolist() == [len(row["input_ids"]) for row in found]
    assert measured["chars"] == sum(len(each["text"]) for each in made.to_pylist())
    assert measured["tokens"] == layout.about()["tokens"] == sum(len(row["input_ids"]) for row in found)
    filled = [row for row, each in zip(found, made.to_pylist(), strict=True) if each["spans"]]
    sums = {name: sum(kind[name] for kind in layout.kinds.values()) for name in ("chars", "tokens", "weight")}
    assert sums["chars"] == measured["chars"]
    assert sums["tokens"] == sum(len(row["input_ids"]) for row in filled)
    assert sums["weight"] == pytest.approx(sum(sum(row["loss_weights"]) for row in filled))


def test_kinds_are_counted_apart(tmp_path: Path) -> None:
    student = _open("bytelevel", tmp_path / "model")
    made = batch([("The heart", "text", 1.0), ("a b", "recall", 0.5), ("c", "text", 1.0)], [("x", "text", 2.0)])
    layout, _, _ = laid(student, made, tmp_path)
    counts = brute_force(student.first, "The hearta bc", [9, 12, 13])
    assert layout.kinds == {
        "text": {
            "spans": 3,
            "chars": 11,
            # Both documents have BOS, of weight 0, and EOS, of that of the last span.
            "tokens": counts[0] + counts[2] + 1 + 4,
            "weight": counts[0] + counts[2] + 1 + 2 * 2,
        },
        "recall": {"spans": 1, "chars": 3, "tokens": counts[1], "weight": counts[1] * 0.5},
    }


def test_given_twice_it_is_the_same(tmp_path: Path) -> None:
    student = _open("bytelevel", tmp_path / "model")
    made = batch(*([(f"number {number}", "text", 1.0)] for number in range(9)))
    layout = tokens_layout(student)
    whole = layout.lay(lambda: iter([made]), 9, made.nbytes, tmp_path)
    first = [row for each in whole.batches() for row in each.to_pylist()]
    kinds = layout.kinds
    assert [row for each in whole.batches() for row in each.to_pylist()] == first
    assert layout.kinds == kinds
    assert layout.about()["documents"] == 9


def test_its_size_is_foretold(tmp_path: Path) -> None:
    student = _open("bytelevel", tmp_path / "model")
    made = batch(*([("The heart beat. " * 20, "text", 1.0)] for number in range(600)))
    layout = tokens_layout(student)
    whole = layout.lay(lambda: iter([made]), 600, made.nbytes, tmp_path)
    assert whole.bytes == pytest.approx(sum(each.nbytes for each in whole.batches()), rel=0.02)


def test_our_tokens_stand_where_the_markers_are(tmp_path: Path) -> None:
    place = folder(tmp_path / "model", metaspace(), config={"eos_token_id": 1})
    student = Student.open(place, "main", "", MARKERS)
    open_, close = (student.special[marker] for marker in MARKERS)
    hostile = f"a {MARKERS[0]} </s>"
    made = batch(
        [(hostile, "text", 1.0), (MARKERS[0], "marker", 0.0), ("b", "recall", 0.5), (MARKERS[1], "marker", 0.5)]
    )
    _, rows, _ = laid(student, made, tmp_path)
    ids, labels = rows[0]["input_ids"], rows[0]["labels"]
    assert [ids.count(token) for token in (open_, close, student.eos_id)] == [1, 1, 1]
    assert (ids[-1], ids[-2]) == (student.eos_id, close)
    assert labels[ids.index(open_)] == -100
    assert labels[-2:] == ids[-2:]


def test_an_untrained_end_is_a_fault_of_ours(tmp_path: Path) -> None:
    student = _open("bytelevel", tmp_path / "model")
    with pytest.raises(PromiseBroken, match="ends with a span of weight 0"):
        laid(student, batch([("a", "text", 1.0), ("b", "recall", 0.0)]), tmp_path)


def test_spans_that_leave_tokens_out_are_a_fault_of_ours(tmp_path: Path) -> None:
    student = _open("wordpiece", tmp_path / "model")
    made = batch([("the heart", "text", 1.0)], [("the", "text", 1.0)])
    column = made.column("spans")
    spans = pa.ListArray.from_arrays(pa.array([0, 0, 1], pa.int32()), column.values)
    with pytest.raises(PromiseBroken, match=r"0{32}: its spans have not all of its tokens"):
        laid(student, made.set_column(2, "spans", spans), tmp_path)


def test_the_byte_level_tokenizer_trims_offsets_and_we_do_not() -> None:
    trimmed = bytelevel().encode("a  b", add_special_tokens=False)
    assert [end - start for start, end in trimmed.offsets].count(0) >= 1, "the toy no longer shows the trap"
