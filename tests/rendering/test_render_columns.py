"""What is rendered over columns is what is rendered of records, to the byte."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rendering.hostile_drafts import STYLES, draft_of, odd_drafts
from thinkaug.errors import PromiseBroken, UserError
from thinkaug.records import Draft, Passage, Sample, Thought
from thinkaug.rendering import Style, no_loss_ranges, render, strip, tiles
from thinkaug.rendering.columns import Rendered, render_columns
from thinkaug.rendering.stripping import strip_columns
from thinkaug.schema import to_batch

PLAIN = draft_of("One.\nTwo.", Thought(0, 0, "recall", "R"), Thought(5, 0, "recall", "Q"), cuts=(0, 5))


def samples(drafts: Iterable[Draft], style: Style, variant: int = 0) -> pa.RecordBatch:
    rendered = [render(draft, style, variant) for draft in drafts]
    rows = [Sample("", text, spans, no_loss_ranges(spans), "", "", "") for text, spans in rendered]
    return to_batch(Sample, rows)


def assert_same(drafts: Sequence[Draft], rendered: Rendered, style: Style, variant: int = 0) -> None:
    """Against the records, column by column."""
    wanted = samples(drafts, style, variant)
    for name in ("text", "spans", "no_loss_ranges"):
        column = getattr(rendered, name)
        column.validate(full=True)
        assert column.type == wanted.column(name).type
        assert column.to_pylist() == wanted.column(name).to_pylist()
    standing = [{(t.cut, t.candidate) for t in draft.thoughts if not t.drop} for draft in drafts]
    most = [max((sum(cut == c for c, _ in found) for cut, _ in found), default=0) for found in standing]
    spans = [render(draft, style, variant)[1] for draft in drafts]
    assert rendered.candidates.tolist() == most
    assert rendered.last_weight.tolist() == [found[-1].weight if found else 0 for found in spans]
    assert rendered.thoughts.tolist() == [shown_thoughts(draft, style, variant) for draft in drafts]


def shown_thoughts(draft: Draft, style: Style, variant: int) -> int:
    """The cuts of which anything is shown: each alone, the draft has a marker."""
    cuts = {thought.cut for thought in draft.thoughts}
    alone = [replace(draft, thoughts=tuple(t for t in draft.thoughts if t.cut == cut)) for cut in cuts]
    style = replace(style, markers="tags")
    return sum(any(span.kind == "marker" for span in render(one, style, variant)[1]) for one in alone)


@settings(max_examples=150, deadline=None)
@given(st.lists(odd_drafts(), max_size=3), STYLES, st.integers(0, 4))
def test_columns_are_the_records(drafts: list[Draft], style: Style, variant: int) -> None:
    assert_same(drafts, render_columns(to_batch(Draft, drafts), style, variant), style, variant)


@settings(max_examples=60, deadline=None)
@given(st.lists(odd_drafts(), min_size=1, max_size=5), STYLES, st.data())
def test_some_rows_of_a_batch_are_rendered_as_they_are_alone(
    drafts: list[Draft], style: Style, data: st.DataObject
) -> None:
    batch = to_batch(Draft, drafts)
    start = data.draw(st.integers(0, len(drafts)))
    count = data.draw(st.integers(0, len(drafts) - start))
    assert_same(drafts[start : start + count], render_columns(batch.slice(start, count), style), style)
    kept = data.draw(st.lists(st.booleans(), min_size=len(drafts), max_size=len(drafts)))
    some = [draft for draft, is_kept in zip(drafts, kept, strict=True) if is_kept]
    assert_same(some, render_columns(batch.filter(pa.array(kept, pa.bool_())), style), style)
    order = data.draw(st.permutations(range(len(drafts))))
    turned = batch.take(pa.array(order)).slice(start, count)
    assert_same([drafts[row] for row in order][start : start + count], render_columns(turned, style), style)


@settings(max_examples=60, deadline=None)
@given(st.lists(odd_drafts(), min_size=1, max_size=4), STYLES, st.data())
def test_columns_are_stripped_as_records_are(drafts: list[Draft], style: Style, data: st.DataObject) -> None:
    rendered = render_columns(to_batch(Draft, drafts), style)
    first = data.draw(st.integers(0, len(drafts) - 1))
    stripped = strip_columns(rendered.text.slice(first), rendered.spans.slice(first))
    assert stripped.tiles.all()
    stripped.text.validate(full=True)
    assert stripped.text.to_pylist() == [draft.passage.text for draft in drafts[first:]]


def test_a_batch_from_a_file_is_rendered_without_its_being_writable() -> None:
    sink = pa.BufferOutputStream()
    batch = to_batch(Draft, [PLAIN, PLAIN])
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    [read] = pa.ipc.open_stream(sink.getvalue())
    assert_same([PLAIN, PLAIN], render_columns(read, Style()), Style())


def test_nothing_becomes_nothing() -> None:
    rendered = render_columns(to_batch(Draft, []), Style())
    assert len(rendered.text) == len(rendered.spans) == len(rendered.no_loss_ranges) == len(rendered.thoughts) == 0
    stripped = strip_columns(rendered.text, rendered.spans)
    assert len(stripped.text) == len(stripped.tiles) == 0


def test_many_steps_and_long_texts() -> None:
    text = "".join(f"{number} \U0001f9ec\u00e9\u4e2d x" for number in range(1000))
    cuts = tuple(range(0, len(text), 97))
    thoughts = [Thought(cut, c, "recall", f"{cut}\u0301" * 30) for cut in cuts for c in range(3) for _ in range(4)]
    drafts = [draft_of(text, *thoughts, cuts=cuts), draft_of("x" * 200, *thoughts[:5], cuts=(0, 97))]
    for placement in ("interleaved", "random", "before", "after"):
        style = Style(placement=placement)
        for variant in range(3):
            assert_same(drafts, render_columns(to_batch(Draft, drafts), style, variant), style, variant)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_a_line_ends_where_it_does_in_records(end: str) -> None:
    assert begun("one" + end) == "one" + end + "<thinking>\nR"
    assert begun(end) == end + "<thinking>\nR"


# U+2028 is E2 80 A8: bytes that differ from it in one place, or are cut off before.
@pytest.mark.parametrize(
    "letter", ["\u00a8", "\u00a9", "\u20a8", "\u3028", "\u1029", "\u2027", "\U000bb028", "\x85", "\x0b"]
)
def test_what_looks_like_the_end_of_a_line_is_none(letter: str) -> None:
    assert begun("one" + letter) == "one" + letter + "\n<thinking>\nR"
    assert begun(letter) == letter + "\n<thinking>\nR"


def begun(before: str) -> str:
    """How the sample of a text begins that has a thought after this; the records agree."""
    draft = draft_of(before + "two", Thought(len(before), 0, "recall", "R"))
    rendered = render_columns(to_batch(Draft, [draft]), Style())
    assert_same([draft], rendered, Style())
    text: str = rendered.text[0].as_py()
    return text.removesuffix("\n</thinking>\ntwo")


def test_adjoining_ranges_without_loss_are_one_but_never_across_texts() -> None:
    style = Style(weights={"marker": 0, "recall": 0})
    # "One.\n", then from 5 to 31 a thought without loss, and in the next text from 31 on.
    first = draft_of("One.\nTwo.", Thought(5, 0, "recall", "RR"))
    second = draft_of("x" * 30 + "\nTwo.", Thought(31, 0, "recall", "Q"))
    rendered = render_columns(to_batch(Draft, [first, second]), style)
    assert rendered.no_loss_ranges.to_pylist() == [[[5, 31]], [[31, 56]]]
    assert_same([first, second], rendered, style)


def test_more_text_than_a_batch_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = to_batch(Draft, [PLAIN])
    size = len(render(PLAIN, Style())[0])
    monkeypatch.setattr("thinkaug.rendering.columns.STRING_BYTES", size)
    assert render_columns(batch, Style()).text[0].as_py() == render(PLAIN, Style())[0]
    monkeypatch.setattr("thinkaug.rendering.columns.STRING_BYTES", size - 1)
    with pytest.raises(UserError, match=r"^pack: 1 drafts .* \(segment: window_chars\)$"):
        render_columns(batch, Style())


@pytest.mark.parametrize("cut", [-1, 10, 1 << 40])
def test_a_thought_outside_its_passage_is_a_fault(cut: int) -> None:
    lost = replace(PLAIN, passage=replace(PLAIN.passage, id="q"), thoughts=(Thought(cut, 0, "recall", "R"),))
    with pytest.raises(PromiseBroken, match="q: a thought is at a cut outside the text"):
        render_columns(to_batch(Draft, [PLAIN, lost]), Style())


def test_a_kind_that_does_not_exist_is_a_fault() -> None:
    odd = replace(PLAIN, thoughts=(Thought(0, 0, "guess", "R"),))  # type: ignore[arg-type]
    with pytest.raises(PromiseBroken, match="kind 'guess'"):
        render_columns(to_batch(Draft, [odd]), Style())


def test_a_missing_value_is_a_fault() -> None:
    batch = to_batch(Draft, [replace(PLAIN, passage=Passage("p", "d", 0, None, "", (), ""))])  # type: ignore[arg-type]
    with pytest.raises(PromiseBroken, match="a string is missing"):
        render_columns(batch, Style())


def damaged(draw: Any, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spans with one thing changed, or as they were."""
    place = draw(st.integers(0, len(spans) - 1))
    changed = dict(spans[place])
    match draw(st.sampled_from(["start", "end", "kind", "gone", "twice", "none"])):
        case "gone":
            return spans[:place] + spans[place + 1 :]
        case "twice":
            return [*spans[: place + 1], *spans[place:]]
        case "kind":
            changed["kind"] = draw(st.sampled_from(["", "Text", "texts", "tex", "thought", "recall"]))
        case "none":
            pass
        case side:
            changed[side] += draw(
                st.sampled_from([-(1 << 31) - changed[side], -2, -1, 1, 2, (1 << 31) - 1 - changed[side]])
            )
    return [*spans[:place], changed, *spans[place + 1 :]]


@settings(max_examples=100, deadline=None)
@given(st.lists(odd_drafts().filter(lambda draft: bool(draft.passage.text)), min_size=1, max_size=3), STYLES, st.data())
def test_spans_that_do_not_tile_are_told_and_give_no_text(
    drafts: list[Draft], style: Style, data: st.DataObject
) -> None:
    batch = samples(drafts, style)
    texts = batch.column("text").to_pylist()
    found = [damaged(data.draw, spans) for spans in batch.column("spans").to_pylist()]
    stripped = strip_columns(batch.column("text"), pa.array(found, batch.column("spans").type))
    assert stripped.tiles.dtype == np.bool_
    assert stripped.tiles.tolist() == list(map(tiles, texts, found))
    assert stripped.text.to_pylist() == [
        strip(text, spans) if tiles(text, spans) else "" for text, spans in zip(texts, found, strict=True)
    ]


@pytest.mark.parametrize(
    "ends",
    [
        [],
        [(0, 2, "text"), (2, 2, "recall"), (2, 4, "text")],
        [(0, 0, "text"), (0, 4, "text")],
        [(0, 4, "text"), (4, 4, "marker")],
        [(0, 3, "text"), (3, 2, "recall"), (2, 4, "text")],
        [(0, 4, "text"), (4, 5, "text")],
        [(-4, 0, "text"), (0, 4, "text")],
    ],
)
@pytest.mark.parametrize("text", ["abcd", "a\u00e9\U0001f52c\u0301"])
def test_empty_and_backward_spans_do_not_tile(text: str, ends: list[tuple[int, int, str]]) -> None:
    spans = [{"start": start, "end": end, "kind": kind, "weight": 1.0} for start, end, kind in ends]
    whole = [{"start": 0, "end": 4, "kind": "text", "weight": 1.0}]
    column = pa.array([whole, spans, whole], samples([PLAIN], Style()).column("spans").type)
    stripped = strip_columns(pa.array([text] * 3), column)
    assert stripped.tiles.tolist() == [True, tiles(text, spans), True] == [True, False, True]
    assert stripped.text.to_pylist() == [text, "", text]


def test_whoever_renders_records_waits_for_no_compiler() -> None:
    code = "import sys, thinkaug.rendering; print(sorted({'numba', 'pyarrow', 'numpy', 'torch'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
