"""validate, on sets of each layout in which rows or counts were changed and every checksum was put right after it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shards.forged import (
    HOSTILE,
    PAD,
    WINDOW,
    edit,
    put_right,
    sample,
    shards,
    sum_again,
    tamper,
    write_again,
)
from thinkaug.durable import sha256_of
from thinkaug.records import Sample
from thinkaug.rendering import no_loss_ranges, strip, tiles
from thinkaug.schema import to_batch
from thinkaug.shards.proving.texts import TextRows
from thinkaug.shards.validate import validate

LAYOUTS = ("text", "tokens", "packed")
Change = Callable[[Any], object]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_set_of_any_layout_as_written_has_no_fault(whole: dict[str, Path], layout: str) -> None:
    verdict = validate(whole[layout])
    assert verdict.faults == ()
    assert len(shards(whole[layout])) == 4


def put(name: str, value: Any, place: int | None = None) -> Change:
    """Put a value into a column, or into its list at that place."""

    def change(row: dict[str, Any]) -> None:
        if place is None:
            row[name] = value
        else:
            row[name][place] = value

    return change


def cut(*names: str) -> Change:
    """Take the last value of these lists."""

    def change(row: dict[str, Any]) -> None:
        for name in names:
            row[name].pop()

    return change


def span(place: int, **values: Any) -> Change:
    return lambda row: row["spans"][place].update(values)


def silence(row: dict[str, Any], *places: int) -> None:
    """Give spans the weight 0 and say so in the ranges."""
    for place in places:
        row["spans"][place]["weight"] = 0.0
        row["no_loss_ranges"].append([row["spans"][place][name] for name in ("start", "end")])


ROWS: dict[str, tuple[str, Change, str]] = {
    "a letter": ("text", lambda row: row.update(text=row["text"][:-1] + "§"), "not the ingested text"),
    "a letter less": ("text", lambda row: row.update(text=row["text"][:-1]), "do not tile"),
    "a letter more": ("text", lambda row: row.update(text=row["text"] + "x"), "do not tile"),
    "a gap": ("text", lambda row: row["spans"][-1].update(start=row["spans"][-1]["start"] + 1), "do not tile"),
    "an unknown kind": ("text", span(0, kind="doubt"), "do not tile"),
    "a thought called expert text": ("text", span(-2, kind="text"), "not the ingested text"),
    "no spans": ("text", put("spans", []), "do not tile"),
    "a negative weight": ("text", span(0, weight=-1.0), "a weight is negative or no number"),
    "a weight that is none": ("text", span(0, weight=float("nan")), "a weight is negative or no number"),
    "an endless weight": ("text", span(0, weight=float("inf")), "a weight is negative or no number"),
    "a weight that no range follows": ("text", span(0, weight=0.0), "its no_loss_ranges are not"),
    "a range that no weight has": ("text", lambda row: row["no_loss_ranges"].append([0, 1]), "its no_loss_ranges are"),
    "a range that is no pair": ("text", put("no_loss_ranges", [[0, 1, 2]]), "is no pair"),
    "an end without weight": ("text", lambda row: silence(row, -1), "its last span has no weight"),
    "a range at the end": ("text", lambda row: silence(row, -1), "a range without loss reaches the end"),
    "a meta that is no JSON": ("text", put("meta", "{"), "no text_sha256"),
    "a meta that is a list": ("text", put("meta", "[]"), "no text_sha256"),
    "another hash": ("text", put("meta", json.dumps({"text_sha256": sha256(b"x").hexdigest()})), "not the ingested"),
    "another part": ("text", lambda row: row.update(meta=row["meta"][:-1] + ', "part": "x"}'), "part x: 1 rows"),
    "a missing text": ("text", put("text", None), "values are missing in ['text']"),
    "a missing span": ("text", put("spans", [None]), "values are missing in ['spans']"),
    "no tokens": (
        "tokens",
        lambda row: row.update(input_ids=[], labels=[], attention_mask=[], loss_weights=[]),
        "has no tokens",
    ),
    "a label less": ("tokens", cut("labels"), "labels has another length"),
    "a weight less": ("tokens", cut("loss_weights"), "loss_weights has another length"),
    "a mask less": ("tokens", cut("attention_mask"), "attention_mask has another length"),
    "a mask of 0": ("tokens", put("attention_mask", 0, 3), "attention_mask is not all 1"),
    "another label": ("tokens", put("labels", 7, 3), "labels do not go with"),
    "a masked label": ("tokens", put("labels", -100, 1), "labels do not go with"),
    "a label for a weight of 0": ("tokens", put("loss_weights", 0.0, 1), "labels do not go with"),
    "a token of weight below 0": ("tokens", put("loss_weights", -0.5, 1), "a weight is negative or no number"),
    "a token of weight NaN": ("tokens", put("loss_weights", float("nan"), 1), "a weight is negative or no number"),
    "a token below 0": ("tokens", put("input_ids", -7, 1), "a token is negative"),
    "a first label": (
        "tokens",
        lambda row: (put("labels", row["input_ids"][0], 0)(row), put("loss_weights", 1.0, 0)(row)),
        "the first label of a document is not -100",
    ),
    "no EOS": (
        "tokens",
        lambda row: (put("input_ids", 9, -1)(row), put("labels", 9, -1)(row)),
        "does not end with EOS",
    ),
    "an EOS without weight": (
        "tokens",
        lambda row: (put("labels", -100, -1)(row), put("loss_weights", 0.0, -1)(row)),
        "its last token has no weight",
    ),
    "a token less": (
        "tokens",
        lambda row: [row[name].pop(1) for name in ("input_ids", "labels", "attention_mask", "loss_weights")],
        "tokens, manifest.json says",
    ),
    "a missing token": ("tokens", put("input_ids", None, 1), "values are missing in ['input_ids']"),
    "a window too short": (
        "packed",
        cut("input_ids", "labels", "position_ids", "loss_weights"),
        f"input_ids has not the {WINDOW} values",
    ),
    "a position less": ("packed", cut("position_ids"), f"position_ids has not the {WINDOW} values"),
    "another position": ("packed", put("position_ids", 9, 0), "position_ids do not begin again"),
    "segments that go too far": ("packed", lambda row: row["seq_lengths"].append(3), "do not add up"),
    "a segment of nothing": ("packed", lambda row: row["seq_lengths"].append(0), "do not add up"),
    "segments joined": (
        "packed",
        lambda row: row.update(seq_lengths=[WINDOW]),
        "position_ids do not begin again",
    ),
    "a packed label": ("packed", put("labels", 7, 3), "labels do not go with"),
    "a packed first label": (
        "packed",
        lambda row: (put("labels", row["input_ids"][0], 0)(row), put("loss_weights", 1.0, 0)(row)),
        "the first label of a document is not -100",
    ),
    "a packed weight": ("packed", put("loss_weights", float("inf"), 3), "a weight is negative or no number"),
    "a packed EOS without weight": (
        "packed",
        lambda row: (
            put("labels", -100, row["seq_lengths"][0] - 1)(row),
            put("loss_weights", 0.0, row["seq_lengths"][0] - 1)(row),
        ),
        "23 documents end with EOS and are trained to, manifest.json says 24 do",
    ),
    "padding that is trained": (
        "packed",
        lambda row: (put("labels", PAD, -1)(row), put("loss_weights", 1.0, -1)(row)),
        "padding_tokens: ",
    ),
    "padding that is a word": ("packed", put("input_ids", 77, -1), "padding_tokens: "),
}


@pytest.mark.parametrize(("layout", "change", "fault"), ROWS.values(), ids=ROWS)
def test_a_changed_row_is_named(copy_of: Callable[[str], Path], layout: str, change: Change, fault: str) -> None:
    mine = copy_of(layout)
    row = next(place for place, row in enumerate(rows_of(shards(mine)[0])) if _is_damageable(layout, row))
    tamper(mine, change, row)
    faults = validate(mine).faults
    assert any(fault in found for found in faults), faults
    assert not any("damaged" in found or "SHA" in found for found in faults)


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.ipc.open_stream(path.read_bytes()).read_all().to_pylist()
    return rows


def _is_damageable(layout: str, row: dict[str, Any]) -> bool:
    """Whether the row has what the changes are about: several spans all of weight, several segments and padding."""
    if layout == "packed":
        return len(row["seq_lengths"]) > 2 and row["input_ids"][-1] == PAD
    if layout == "tokens":
        return all(row["loss_weights"][1:])
    return len(row["spans"]) == 3 and all(span["weight"] for span in row["spans"])


@pytest.mark.parametrize("layout", ["text", "tokens"])
def test_a_row_that_stands_twice_is_named_over_shards(copy_of: Callable[[str], Path], layout: str) -> None:
    mine = copy_of(layout)
    (name,) = {row["id"] for row in rows_of(shards(mine)[0])[:1]}
    tamper(mine, put("id", name), shard=3)
    assert any(f"id {name} stands twice" in fault for fault in validate(mine).faults)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_row_taken_out_is_missed(copy_of: Callable[[str], Path], layout: str) -> None:
    mine = copy_of(layout)
    path = shards(mine)[1]
    table = pa.ipc.open_stream(path.read_bytes()).read_all()
    edit(mine / "manifest.json", lambda manifest: manifest["shards"][1].update(rows=table.num_rows - 1))
    write_again(mine, path, table.slice(1).combine_chunks().to_batches()[0])
    faults = validate(mine).faults
    assert any(" are there, " in fault for fault in faults), faults


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_whole_shard_taken_out_is_missed_though_nothing_names_it(copy_of: Callable[[str], Path], layout: str) -> None:
    mine = copy_of(layout)
    gone = shards(mine)[-1]
    gone.unlink()
    edit(mine / "manifest.json", lambda manifest: manifest["shards"].pop())
    edit(mine / "train" / "state.json", lambda state: state["_data_files"].pop())
    rows = sum(len(rows_of(path)) for path in shards(mine))
    edit(mine / "train" / "dataset_info.json", lambda info: info["splits"]["train"].update(num_examples=rows))
    sum_again(mine)
    kept = [line for line in (mine / "SHA256SUMS").read_text().splitlines() if gone.name not in line]
    (mine / "SHA256SUMS").write_text("\n".join(kept) + "\n")
    faults = validate(mine).faults
    assert faults
    assert all(" are there, " in fault or "documents end with EOS" in fault for fault in faults), faults


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_rows_of_another_layout_are_not_read(copy_of: Callable[[str], Path], layout: str, tmp_path: Path) -> None:
    other = LAYOUTS[LAYOUTS.index(layout) - 1]
    mine, theirs = copy_of(layout), copy_of(other)
    batch = pa.ipc.open_stream(shards(theirs)[0].read_bytes()).read_all().combine_chunks().to_batches()[0]
    write_again(mine, shards(mine)[0], batch)
    assert any("its columns are not those of the layout" in fault for fault in validate(mine).faults)


def test_offsets_that_point_outside_a_shard_are_not_followed(copy_of: Callable[[str], Path]) -> None:
    mine = copy_of("tokens")
    path = shards(mine)[0]
    table = pa.ipc.open_stream(path.read_bytes()).read_all()
    counts = table.column("labels").combine_chunks().value_lengths().to_numpy()
    offsets = np.cumsum([0, *counts], dtype=np.int32).tobytes()
    before, bytes_ = sha256_of(path), path.read_bytes()
    assert offsets in bytes_
    path.write_bytes(bytes_.replace(offsets, offsets[:-4] + (2_000_000_000).to_bytes(4, "little")))
    put_right(mine, path, before)
    assert any("cannot be read to its end" in fault for fault in validate(mine).faults)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(HOSTILE)
WEIGHTS = st.sampled_from([0.0, 0.5, 1.0])
KINDS = st.sampled_from(["text", "recall", "marker", "doubt"])


@st.composite
def cut_up(draw: st.DrawFn) -> Sample:
    """A sample whose text is cut into spans, of which one may be wrong, and whose ranges may be others."""
    pieces = draw(st.lists(st.tuples(WORDS, KINDS, WEIGHTS), max_size=5))
    text = "".join(words for words, _, _ in pieces)
    spans: list[Any] = []
    start = 0
    for words, kind, weight in pieces:
        spans.append({"start": start, "end": start + len(words), "kind": kind, "weight": weight})
        start += len(words)
    is_wrong: bool = draw(st.booleans())
    if spans and is_wrong:
        spans[draw(st.integers(0, len(spans) - 1))][draw(st.sampled_from(["start", "end"]))] += draw(st.integers(-2, 2))
    row = sample("x", "y")
    row_spans = tuple(type(row.spans[0])(**values) for values in spans)
    ranges = draw(st.just(no_loss_ranges(row_spans)) | st.lists(st.tuples(*[st.integers(0, 9)] * 2), max_size=2))
    meta = {"text_sha256": sha256(strip(text, row_spans).encode()).hexdigest()}
    if draw(st.booleans()):
        meta["text_sha256"] = "0"
    return Sample(draw(st.uuids()).hex, text, row_spans, tuple(ranges), "", "", json.dumps(meta))


@settings(max_examples=120, deadline=None)
@given(st.lists(cut_up(), max_size=6))
def test_over_columns_the_same_faults_are_found_as_row_by_row(rows: list[Sample]) -> None:
    expected = set()
    for place, row in enumerate(rows):
        tiled = tiles(row.text, row.spans)
        if not tiled:
            expected.add((place, "the spans do not tile the text"))
        elif sha256(strip(row.text, row.spans).encode()).hexdigest() != json.loads(row.meta)["text_sha256"]:
            expected.add((place, "without its thoughts it is not the ingested text"))
        if tiled and row.no_loss_ranges != no_loss_ranges(row.spans):
            expected.add((place, "its no_loss_ranges are not its spans of weight 0"))
        if any(end >= len(row.text) for _, end in row.no_loss_ranges):
            expected.add((place, "a range without loss reaches the end of the text"))
        if row.spans and not row.spans[-1].weight:
            expected.add((place, "its last span has no weight"))
    assert set(TextRows().faults(to_batch(Sample, rows))) == expected
