"""The layout `packed`: windows, segments, pieces of long documents, nothing lost."""

import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shards.toy_students import EOS, MARKERS, STUDENTS, batch, bytelevel, folder, samples
from thinkaug.errors import PromiseBroken, UserError
from thinkaug.rendering import SPAN_KINDS
from thinkaug.shards.framing import cut
from thinkaug.shards.packed import packed_layout
from thinkaug.shards.student import Student
from thinkaug.shards.tokens import tokens_layout

TEXT, RECALL, MARKER = (SPAN_KINDS.index(kind) for kind in ("text", "recall", "marker"))


@pytest.fixture(scope="module", params=["bytelevel", "metaspace", "wordpiece"])
def student(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Student:
    place = folder(tmp_path_factory.mktemp("model"), STUDENTS[request.param](), config={"eos_token_id": 1})
    return Student.open(place, "main", EOS.get(request.param, ""), ())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Student:
    place = folder(tmp_path_factory.mktemp("model"), bytelevel(), config={"eos_token_id": 1, "pad_token_id": 7})
    return Student.open(place, "main", "", ())


def rows_of(layout: Any, made: pa.RecordBatch, scratch: Path) -> list[dict[str, Any]]:
    """The rows of a layout, measured one by one."""
    scratch.mkdir(exist_ok=True)
    whole = layout.lay(lambda: iter([made]), made.num_rows, made.nbytes, scratch)
    batches = list(whole.batches())
    rows = [row for each in batches for row in each.to_pylist()]
    assert whole.rows == len(rows)
    assert all(each.schema == layout.schema for each in batches)
    return rows


def segments(row: dict[str, Any]) -> list[dict[str, list[Any]]]:
    """The columns of a row, segment by segment."""
    ends = np.cumsum(row["seq_lengths"]).tolist()
    names = ("input_ids", "labels", "position_ids", "loss_weights")
    return [{name: row[name][start:end] for name in names} for start, end in zip([0, *ends[:-1]], ends, strict=True)]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(samples(), min_size=1, max_size=6), window=st.sampled_from([16, 19, 64]), seed=st.integers(0, 3))
def test_windows_hold_all_documents(
    student: Student,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[tuple[str, str, float]]],
    window: int,
    seed: int,
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    made = batch(*rows)
    alone = rows_of(tokens_layout(student), made, scratch)
    layout = packed_layout(student, window, seed)
    packed = rows_of(layout, made, scratch)
    about = layout.about()
    pieces = []
    for row in packed:
        for name in ("input_ids", "labels", "position_ids", "loss_weights"):
            assert len(row[name]) == window
        assert sum(row["seq_lengths"]) == window
        for place, segment in enumerate(segments(row)):
            assert segment["position_ids"] == list(range(len(segment["input_ids"])))
            assert segment["labels"][0] == -100
            assert segment["loss_weights"][0] == 0
            for token, label, weight in zip(
                segment["input_ids"], segment["labels"], segment["loss_weights"], strict=True
            ):
                assert label == (token if weight else -100)
            is_padding = place == len(row["seq_lengths"]) - 1 and set(segment["input_ids"]) == {student.pad_id}
            if not is_padding or any(segment["loss_weights"]):
                pieces.append(segment["input_ids"])
    documents = [row["input_ids"] for row in alone]
    expected = Counter(token for document in documents for token in document)
    found = Counter(token for row in packed for token in row["input_ids"])
    found[student.pad_id] -= about["padding_tokens"]
    assert +found == expected
    # A document that fits is whole; a longer one is cut into pieces, each of which is in some window.
    packed_pieces = Counter(map(tuple, pieces))
    for document, times in Counter(tuple(each) for each in documents if 1 < len(each) <= window).items():
        assert packed_pieces[document] >= times
    assert about["tokens_in"] == about["tokens_out"] == sum(map(len, documents))
    assert about["documents"] == len(documents)
    assert about["documents_split"] == sum(len(each) > window for each in documents)
    assert about["pieces"] == sum(len(row["seq_lengths"]) for row in packed) - sum(
        window != tokens for tokens in layout._row_tokens
    )
    assert about["padding_tokens"] == len(packed) * window - about["tokens_in"]
    measured = [layout.measure(pa.RecordBatch.from_pylist([row], schema=layout.schema)) for row in packed]
    assert sum(each["tokens"] for each in measured) == about["tokens_in"]
    assert sum(each["chars"] for each in measured) == sum(len(each["text"]) for each in made.to_pylist())
    with_spans = sum(bool(each["spans"]) for each in made.to_pylist())
    if with_spans == made.num_rows:
        whole = sum(sum(row["loss_weights"]) for row in packed)
        assert sum(kind["weight"] for kind in layout.kinds.values()) == pytest.approx(whole)
        assert sum(kind["tokens"] for kind in layout.kinds.values()) == about["tokens_in"]


def test_padding_is_the_last_segment_and_is_not_learnt(plain: Student, tmp_path: Path) -> None:
    layout = packed_layout(plain, 16, 0)
    (row,) = rows_of(layout, batch([("a", "text", 1.0)], [("b", "text", 2.0)]), tmp_path)
    first, last = (plain.first.token_to_id(letter) for letter in "ab")
    lone = {(0, first, 1): 1.0, (0, last, 1): 2.0}
    one, two, padding = segments(row)
    assert row["seq_lengths"] == [3, 3, 10]
    assert {tuple(each["input_ids"]): each["loss_weights"][1] for each in (one, two)} == lone
    assert padding == {
        "input_ids": [7] * 10,
        "labels": [-100] * 10,
        "position_ids": list(range(10)),
        "loss_weights": [0.0] * 10,
    }


def test_a_full_window_has_no_padding(plain: Student, tmp_path: Path) -> None:
    (row,) = rows_of(packed_layout(plain, 16, 0), batch([("1 " * 7, "text", 1.0)]), tmp_path)
    assert row["seq_lengths"] == [16]
    assert row["input_ids"][-1] == plain.eos_id


def test_the_seed_alone_decides(plain: Student, tmp_path: Path) -> None:
    made = batch(*([(f"{number} " * (1 + number % 5), "text", 1.0)] for number in range(60)))
    one, again, other = (rows_of(packed_layout(plain, 32, seed), made, tmp_path) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def pieces_of(
    spans: list[tuple[int, int]], window: int, line_ends: tuple[int, ...] = ()
) -> tuple[list[int], list[int]]:
    """The pieces of one document whose spans are (kind, tokens); `line_ends` are the tokens that end a line."""
    size = sum(tokens for _, tokens in spans)
    ids = np.arange(size, dtype=np.int32)
    ends_line = np.zeros(size, np.bool_)
    ends_line[list(line_ends)] = True
    pieces = np.zeros(1, np.int64)
    lengths = cut(
        ids,
        np.array([0, size]),
        np.array([0, len(spans)]),
        np.array([tokens for _, tokens in spans]),
        np.array([kind == TEXT for kind, _ in spans]),
        ends_line,
        window,
        pieces,
    )
    return lengths.tolist(), pieces.tolist()


@pytest.mark.parametrize(
    ("spans", "line_ends", "lengths"),
    [
        ([(TEXT, 80)], (), [80]),
        ([(TEXT, 200)], (), [80, 80, 40]),
        ([(TEXT, 81)], (), [79, 2]),
        ([(TEXT, 160)], (), [80, 80]),
        ([(TEXT, 161)], (), [80, 79, 2]),
        ([(TEXT, 100)], (74,), [75, 25]),
        ([(TEXT, 100)], (74, 78, 80), [79, 21]),
        ([(TEXT, 100)], (68,), [80, 20]),
        ([(TEXT, 76), (MARKER, 3), (RECALL, 50)], (78,), [76, 53]),
        ([(TEXT, 10), (MARKER, 3), (RECALL, 60), (MARKER, 3), (TEXT, 50)], (75,), [76, 50]),
        ([(TEXT, 50), (MARKER, 26), (RECALL, 50)], (75,), [80, 46]),
        ([(TEXT, 20), (RECALL, 100)], (72,), [73, 47]),
        ([(TEXT, 75), (TEXT, 0), (RECALL, 100)], (), [75, 80, 20]),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value),
)
def test_a_long_document_is_cut_where_the_rule_says(
    spans: list[tuple[int, int]], line_ends: tuple[int, ...], lengths: list[int]
) -> None:
    assert pieces_of(spans, 80, line_ends) == (lengths, [len(lengths)])


@settings(max_examples=150, deadline=None)
@given(
    spans=st.lists(st.tuples(st.sampled_from([TEXT, RECALL, MARKER]), st.integers(0, 40)), min_size=1, max_size=12),
    window=st.integers(4, 40),
    data=st.data(),
)
def test_pieces_are_whole_and_fit(spans: list[tuple[int, int]], window: int, data: st.DataObject) -> None:
    size = sum(tokens for _, tokens in spans)
    if size < 2:
        return
    line_ends = tuple(data.draw(st.sets(st.integers(0, size - 1), max_size=20)))
    lengths, (count,) = pieces_of(spans, window, line_ends)
    assert sum(lengths) == size
    assert count == len(lengths)
    assert min(lengths) >= 2
    assert max(lengths) <= window
    assert all(length >= window - window // 8 - 1 for length in lengths[:-1])


def test_a_piece_does_not_learn_its_first_token(plain: Student, tmp_path: Path) -> None:
    layout = packed_layout(plain, 16, 0)
    rows = rows_of(layout, batch([("1 " * 100, "recall", 1.0)]), tmp_path)
    found = [segment for row in rows for segment in segments(row)]
    assert len(found) > 10
    assert all(segment["labels"][0] == -100 for segment in found)
    assert layout.kinds["recall"]["weight"] == 202 - layout.about()["pieces"]


def test_a_row_without_loss_is_told(plain: Student, tmp_path: Path) -> None:
    layout = packed_layout(plain, 16, 0)
    rows = rows_of(layout, batch([("1 " * 100, "lookup", 0.0), ("a", "text", 1.0)]), tmp_path)
    assert layout.about()["rows_untrained"] == len(rows) - 1 > 0


def test_a_window_that_a_marker_fills_is_refused(plain: Student, tmp_path: Path) -> None:
    made = batch([("a", "text", 1.0), ("|" * 60, "marker", 1.0), ("b", "text", 1.0)])
    with pytest.raises(UserError, match=r"window_tokens: 16 is too small: a marker alone has \d+ tokens"):
        rows_of(packed_layout(plain, 16, 0), made, tmp_path)
    with pytest.raises(UserError, match="window_tokens: 3 is too small"):
        packed_layout(plain, 3, 0)


def test_tokens_that_get_lost_are_noticed(plain: Student, tmp_path: Path) -> None:
    layout = packed_layout(plain, 16, 0)
    made = batch(*([(f"{number}", "text", 1.0)] for number in range(30)))
    whole = layout.lay(lambda: iter([made]), 30, made.nbytes, tmp_path)
    ids = np.fromfile(tmp_path / "pieces.int32", np.int32)
    ids[1] += 1
    ids.tofile(tmp_path / "pieces.int32")
    with pytest.raises(PromiseBroken, match="packing lost tokens"):
        list(whole.batches())


def test_our_tokens_are_in_the_windows(tmp_path: Path) -> None:
    place = folder(tmp_path / "model", bytelevel(), config={"eos_token_id": 1})
    student = Student.open(place, "main", "", MARKERS)
    parts = [("a", "text", 1.0), (MARKERS[0], "marker", 0.0), ("b", "recall", 0.5), (MARKERS[1], "marker", 0.5)]
    (row,) = rows_of(packed_layout(student, 16, 0), batch(parts), tmp_path)
    ids = [student.first.token_to_id(token) for token in ("a", MARKERS[0], "b", MARKERS[1])]
    assert row["input_ids"][:6] == [0, *ids, 1]
    assert row["loss_weights"][:6] == [0.0, 1.0, 0.0, 0.5, 0.5, 0.5]


def test_memory_does_not_grow_with_the_set(plain: Student, tmp_path: Path) -> None:
    one = batch(*([("The heart beat, and so on. " * 40, "text", 1.0)] for _ in range(100)))

    def peak(times: int) -> int:
        layout = packed_layout(plain, 512, 0)
        layout.batch_rows = 16
        tracemalloc.start()
        whole = layout.lay(lambda: iter([one] * times), 100 * times, one.nbytes * times, tmp_path)
        for each in whole.batches():
            layout.measure(each)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1)
    # So many documents more have 4 MB of tokens and weights, and 20 MB of columns.
    assert peak(20) - peak(10) < 1_000_000
