"""Record <-> Arrow."""

from typing import Any, get_args, get_type_hints

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.records import (
    KINDS,
    Claim,
    Document,
    Draft,
    Evidence,
    Execution,
    Generation,
    Passage,
    Placement,
    Sample,
    Span,
    Thought,
    Verdict,
    Worth,
)
from thinkaug.schema import BATCH_ROWS, arrow_schema, as_plain, from_batch, to_batch, to_batches

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
FLOAT32 = st.floats(width=32, allow_nan=False)
SCALARS = {
    str: TEXT,
    int: INT64,
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    float | None: st.none() | st.floats(allow_nan=False),
    Placement: st.sampled_from(get_args(Placement)),
    Verdict: st.sampled_from(get_args(Verdict)),
}


def rows(record: Any, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    scalars = {name: SCALARS[hint] for name, hint in get_type_hints(record).items() if name not in parts}
    return st.builds(record, **scalars, **parts)


def tuples(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


DOCUMENTS = rows(Document)
PASSAGES = rows(Passage, cuts=tuples(INT64), procedural=st.none() | FLOAT32)
DRAFTS = rows(
    Draft,
    passage=PASSAGES,
    thoughts=tuples(
        rows(
            Thought,
            kind=st.sampled_from(KINDS),
            evidence=tuples(rows(Evidence)),
            executed=tuples(rows(Execution, verdict=st.sampled_from(["holds", "fails"]))),
            claims=tuples(rows(Claim, evidence=tuples(rows(Evidence)))),
        )
    ),
    generations=tuples(rows(Generation, worth=st.none() | rows(Worth))),
)
SAMPLES = rows(
    Sample,
    spans=tuples(st.builds(Span, INT32, INT32, TEXT, FLOAT32)),
    no_loss_ranges=tuples(st.tuples(INT32, INT32)),
)
ANY_ROWS = st.one_of(
    st.tuples(st.just(record), st.lists(strategy, max_size=3))
    for record, strategy in ((Document, DOCUMENTS), (Passage, PASSAGES), (Draft, DRAFTS), (Sample, SAMPLES))
)


@settings(max_examples=100, deadline=None)
@given(ANY_ROWS)
def test_records_survive_arrow(case: tuple[type, list[Any]]) -> None:
    record, written = case
    assert list(from_batch(record, to_batch(record, written))) == written


@pytest.mark.parametrize("count", [0, 1, BATCH_ROWS, BATCH_ROWS + 1])
def test_many_rows_are_some_batches(count: int) -> None:
    rows = [Document(str(number), "text") for number in range(count)]
    batches = list(to_batches(iter(rows)))
    assert all(0 < batch.num_rows <= BATCH_ROWS for batch in batches)
    assert [row for batch in batches for row in from_batch(Document, batch)] == rows


@settings(max_examples=50, deadline=None)
@given(ANY_ROWS)
def test_records_survive_an_arrow_stream(case: tuple[type, list[Any]]) -> None:
    record, written = case
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow_schema(record)) as stream:
        stream.write_batch(to_batch(record, written))
    read = pa.ipc.open_stream(sink.getvalue()).read_next_batch()
    assert list(from_batch(record, read)) == written


def test_a_sample_has_the_types_that_trainers_read() -> None:
    span = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("kind", pa.string()), ("weight", pa.float32())])
    assert arrow_schema(Sample) == pa.schema(
        [
            ("id", pa.string()),
            ("text", pa.string()),
            ("spans", pa.list_(span)),
            ("no_loss_ranges", pa.list_(pa.list_(pa.int32()))),
            ("source", pa.string()),
            ("domain", pa.string()),
            ("meta", pa.string()),
        ]
    )


def leaves(kind: pa.DataType) -> set[pa.DataType]:
    if pa.types.is_list(kind):
        return leaves(kind.value_type)
    if pa.types.is_struct(kind):
        return {leaf for field in kind for leaf in leaves(field.type)}
    return {kind}


@pytest.mark.parametrize("record", [Document, Passage, Draft, Sample])
def test_no_record_has_a_column_that_other_data_cannot_be_mixed_with(record: Any) -> None:
    found = {leaf for field in arrow_schema(record) for leaf in leaves(field.type)}
    assert found <= {pa.string(), pa.int64(), pa.int32(), pa.float32(), pa.float64(), pa.bool_()}


def test_an_offset_beyond_int32_is_refused_not_wrapped() -> None:
    sample = Sample("i", "t", (Span(0, 2**31, "text", 1.0),), (), "", "", "{}")
    with pytest.raises((pa.ArrowInvalid, OverflowError)):
        to_batch(Sample, [sample])


def test_a_lone_surrogate_is_refused_not_replaced() -> None:
    with pytest.raises(UnicodeEncodeError):
        to_batch(Document, [Document("i", "a\ud800b")])


def test_a_row_of_another_record_is_refused() -> None:
    with pytest.raises(AttributeError):
        to_batch(Passage, [Document("i", "text")])


def test_a_record_as_plain_values_holds_no_record() -> None:
    sample = Sample("i", "ab", (Span(0, 2, "text", 0.5),), ((0, 1),), "s", "d", "{}")
    assert as_plain(sample) == {
        "id": "i",
        "text": "ab",
        "spans": [{"start": 0, "end": 2, "kind": "text", "weight": 0.5}],
        "no_loss_ranges": [[0, 1]],
        "source": "s",
        "domain": "d",
        "meta": "{}",
    }
