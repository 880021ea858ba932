"""Promise 1: whatever is put into it, the expert text comes out again byte for byte."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thinkaug
from tests.rendering.hostile_drafts import STYLES, draft_of, drafts
from thinkaug.errors import UserError
from thinkaug.records import KINDS, Draft, Sample, Span, Thought
from thinkaug.rendering import SPAN_KINDS, Style, no_loss_ranges, render, strip, tiles
from thinkaug.rendering.placing import place_of
from thinkaug.schema import to_batch
from thinkaug.settings import read_config


def expected(draft: Draft, style: Style, variant: int) -> list[tuple[int, str, str]]:
    """What must be shown: of each cut one candidate that has a step standing; its steps of these kinds."""
    standing = [thought for thought in draft.thoughts if not thought.drop]
    found = {cut: sorted({t.candidate for t in standing if t.cut == cut}) for cut in {t.cut for t in standing}}
    wanted = {cut: candidates[variant % len(candidates)] for cut, candidates in found.items()}
    shown = [t for t in standing if t.candidate == wanted[t.cut] and t.kind in style.kinds and t.text]
    placed: list[tuple[int, str, str]] = [
        (_place(thought.cut, draft, style), thought.kind, thought.text) for thought in shown
    ]
    return sorted(placed, key=lambda step: step[0])


def _place(cut: int, draft: Draft, style: Style) -> int:
    text = draft.passage.text
    next_cut = min((other for other in draft.passage.cuts if other > cut), default=len(text))
    match style.placement:
        case "strategy":
            return next_cut if draft.placement == "after" else cut
        case "random":
            return cut if place_of(cut, draft, style)[1] else next_cut
        case "interleaved":
            return cut
        case _:
            return 0 if style.placement == "before" else len(text)


def found(text: str, spans: tuple[Span, ...]) -> list[tuple[int, str, str]]:
    """What is shown: how much expert text stands before each step, its kind and its text."""
    shown: list[tuple[int, str, str]] = []
    expert = 0
    for span in spans:
        if span.kind == "text":
            expert += span.end - span.start
        elif span.kind in KINDS:
            shown.append((expert, span.kind, text[span.start : span.end]))
    return shown


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES, st.integers(0, 3))
def test_the_expert_text_comes_out_again(draft: Draft, style: Style, variant: int) -> None:
    text, spans = render(draft, style, variant)
    assert strip(text, spans).encode() == draft.passage.text.encode()


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES)
def test_the_spans_tile_the_text(draft: Draft, style: Style) -> None:
    assert tiles(*render(draft, style))


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES, st.integers(0, 3))
def test_just_the_standing_steps_of_one_candidate_are_shown_at_their_cuts(
    draft: Draft, style: Style, variant: int
) -> None:
    assert found(*render(draft, style, variant)) == expected(draft, style, variant)


@settings(max_examples=50, deadline=None)
@given(drafts(), STYLES)
def test_all_of_it_holds_after_arrow_too(draft: Draft, style: Style) -> None:
    text, spans = render(draft, style)
    sample = Sample("i", text, spans, no_loss_ranges(spans), "", "", "{}")
    sink = pa.BufferOutputStream()
    batch = to_batch(Sample, [sample])
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    [row] = pa.ipc.open_stream(sink.getvalue()).read_all().to_pylist()
    assert tiles(row["text"], row["spans"])
    assert thinkaug.strip(row["text"], row["spans"]) == draft.passage.text


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES)
def test_each_span_has_the_weight_of_its_kind(draft: Draft, style: Style) -> None:
    _, spans = render(draft, style)
    weights = [style.weights.get(span.kind, 1.0) for span in spans]
    if len(spans) > 1 and spans[-1].kind == "marker":
        weights[-1] = max(weights[-2:])
    assert [span.weight for span in spans] == weights


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES)
def test_ranges_without_loss_are_just_what_has_no_weight_joined(draft: Draft, style: Style) -> None:
    text, spans = render(draft, style)
    ranges = no_loss_ranges(spans)
    covered = [place for start, end in ranges for place in range(start, end)]
    assert covered == [place for span in spans if not span.weight for place in range(span.start, span.end)]
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
    # The end is trained unless the last thing there is a thought that nobody wants trained; pack drops such a sample.
    assert all(end < len(text) for _, end in ranges) or spans[-1].kind == "marker"


def test_neighbours_without_loss_are_one_range() -> None:
    draft = draft_of(
        "One.\nTwo.", Thought(0, 0, "recall", "R"), Thought(5, 0, "self_talk", "S"), Thought(5, 0, "recall", "R")
    )
    text, spans = render(draft, Style(weights={"marker": 0, "recall": 0}))
    assert [text[start:end] for start, end in no_loss_ranges(spans)] == [
        "<thinking>\nR\n</thinking>\n",
        "<thinking>\n",
        "\nR\n</thinking>\n",
    ]


def test_a_thought_stands_before_the_stretch_it_leads_to() -> None:
    draft = draft_of("One.\nTwo.", Thought(5, 0, "recall", "R"), Thought(5, 0, "verification", "V"))
    text, spans = render(draft, Style())
    assert text == "One.\n<thinking>\nR\nV\n</thinking>\nTwo."
    assert [(span.kind, text[span.start : span.end]) for span in spans] == [
        ("text", "One.\n"),
        ("marker", "<thinking>\n"),
        ("recall", "R"),
        ("marker", "\n"),
        ("verification", "V"),
        ("marker", "\n</thinking>\n"),
        ("text", "Two."),
    ]


def test_a_thought_in_the_middle_of_a_line_begins_a_new_one() -> None:
    text, _ = render(draft_of("One. Two.", Thought(5, 0, "recall", "R")), Style())
    assert text == "One. \n<thinking>\nR\n</thinking>\nTwo."


def test_without_markers_a_thought_is_a_line() -> None:
    text, _ = render(draft_of("One.\nTwo.", Thought(5, 0, "recall", "R")), Style(markers="none"))
    assert text == "One.\nR\nTwo."


def test_a_thought_stands_after_its_stretch_where_the_strategy_says_so() -> None:
    thoughts = Thought(0, 0, "prose", "P"), Thought(5, 0, "prose", "Q")
    draft = draft_of("One.\nTwo.", *thoughts, cuts=(0, 5), placement="after")
    interleaved = "<thinking>\nP\n</thinking>\nOne.\n<thinking>\nQ\n</thinking>\nTwo."
    assert render(draft, Style())[0] == "One.\n<thinking>\nP\n</thinking>\nTwo.\n<thinking>\nQ\n</thinking>\n"
    assert render(draft, Style(placement="interleaved"))[0] == interleaved
    assert render(replace(draft, placement="before"), Style())[0] == interleaved


def test_a_document_that_ends_with_a_thought_does_not_end_untrained() -> None:
    draft = draft_of("One.", Thought(0, 0, "prose", "P"), cuts=(0,), placement="after")
    _, spans = render(draft, Style(weights={"marker": 0, "prose": 0.5}))
    assert [(span.kind, span.weight) for span in spans] == [("text", 1), ("marker", 0), ("prose", 0.5), ("marker", 0.5)]
    assert no_loss_ranges(spans) == ((4, 4 + len("\n<thinking>\n")),)


def test_a_search_is_marked_as_such_or_left_out() -> None:
    steps = [("self_talk", "S"), ("lookup", "gout"), ("observation", "gout is a disease"), ("recall", "R")]
    draft = draft_of("One.", *(Thought(0, 0, kind, text) for kind, text in steps), cuts=(0,))  # type: ignore[arg-type]
    assert render(draft, Style())[0] == (
        "<thinking>\nS\n<lookup>gout</lookup>\n<observation>gout is a disease</observation>\nR\n</thinking>\nOne."
    )
    assert render(draft, Style(markers="none"))[0] == "S\ngout\ngout is a disease\nR\nOne."
    assert render(draft, Style(kinds=("self_talk", "recall")))[0] == "<thinking>\nS\nR\n</thinking>\nOne."


def test_without_thoughts_the_text_is_one_span() -> None:
    assert render(draft_of("One.\nTwo.", cuts=(0, 5)), Style()) == ("One.\nTwo.", (Span(0, 9, "text", 1.0),))


def test_a_cut_whose_kinds_are_not_shown_has_no_markers() -> None:
    draft = draft_of("One.\nTwo.", Thought(5, 0, "recall", "R"))
    assert render(draft, Style(kinds=("self_talk",))) == ("One.\nTwo.", (Span(0, 9, "text", 1.0),))


def test_offsets_are_code_points_not_bytes_or_utf16_units() -> None:
    draft = draft_of("\U0001f52c\u0301a", Thought(2, 0, "recall", "\U0001f469\u200d\U0001f52c"))
    text, spans = render(draft, Style(markers="none"))
    assert text == "\U0001f52c\u0301\n\U0001f469\u200d\U0001f52c\na"
    assert [(span.start, span.end) for span in spans] == [(0, 2), (2, 3), (3, 6), (6, 7), (7, 8)]


def spans_of(*ends: tuple[int, int, str]) -> list[Span]:
    return [Span(start, end, kind, 1.0) for start, end, kind in ends]


@pytest.mark.parametrize(
    "spans",
    [
        [],
        spans_of((0, 3, "text")),
        spans_of((1, 4, "text")),
        spans_of((0, 5, "text")),
        spans_of((0, 2, "text"), (3, 4, "recall")),
        spans_of((0, 3, "text"), (2, 4, "recall")),
        spans_of((2, 4, "text"), (0, 2, "recall")),
        spans_of((0, 2, "text"), (2, 2, "recall"), (2, 4, "text")),
        spans_of((0, 3, "text"), (3, 2, "recall"), (2, 4, "text")),
        spans_of((0, 2, "text"), (2, 4, "thought")),
        spans_of((0, 2, "text"), (2, 4, "Text")),
        spans_of((0, 2, "text"), (2, 4, "")),
        spans_of((0, 4, "text"), (0, 4, "text")),
        spans_of((-4, 0, "text"), (0, 4, "text")),
    ],
)
def test_what_does_not_tile_is_told(spans: list[Span]) -> None:
    assert not tiles("abcd", spans)
    assert not tiles("abcd", [{"start": span.start, "end": span.end, "kind": span.kind} for span in spans])


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES, st.data())
def test_one_offset_off_by_one_is_noticed(draft: Draft, style: Style, data: st.DataObject) -> None:
    text, spans = render(draft, style)
    place = data.draw(st.integers(0, len(spans) - 1))
    side, step = data.draw(st.sampled_from(["start", "end"])), data.draw(st.sampled_from([-1, 1]))
    moved = replace(spans[place], **{side: getattr(spans[place], side) + step})
    assert not tiles(text, (*spans[:place], moved, *spans[place + 1 :]))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"tetx": 1.0}, "pack: style: weights: no kind of span 'tetx'; did you mean 'text'?"),
        ({"thought": 0.0}, "pack: style: weights: no kind of span 'thought'"),
        ({"text": 0.0}, "text may not be 0"),
        ({"text": 0}, "text may not be 0"),
        ({"text": -0.0}, "text may not be 0"),
        ({"recall": -1.0}, "pack: style: weights: recall: -1.0 is neither 0 nor between 1e-6 and 1e6"),
        ({"recall": float("nan")}, "pack: style: weights: recall: nan is neither 0 nor"),
        ({"recall": float("inf")}, "pack: style: weights: recall: inf is neither 0 nor"),
    ],
)
def test_weights_that_train_nothing_are_refused(weights: Mapping[str, float], message: str) -> None:
    with pytest.raises(UserError) as error:
        Style(weights=weights).check()
    assert message in str(error.value)


@pytest.mark.parametrize("weights", [{}, {"text": 0.5}, {kind: 0.0 for kind in SPAN_KINDS if kind != "text"}])
def test_other_weights_pass(weights: Mapping[str, float]) -> None:
    Style(weights=weights).check()


def test_a_prior_or_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UserError, match=r"^pack: style: prior: 1\.5 is no probability"):
        Style(prior=1.5).check()
    with pytest.raises(UserError, match=r"^pack: style: prior: nan is no probability"):
        Style(prior=float("nan")).check()
    with pytest.raises(UserError, match=r"^pack: style: kinds: no kind of step 'recal'; did you mean 'recall'\?"):
        Style(kinds=("recal",)).check()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {"markers": "tag"},
        {"placement": "within"},
        {"prior": 1.5},
        {"prior": -0.1},
        {"prior": float("nan")},
        {"seed": 0.5},
        {"kinds": ["recal"]},
        {"kinds": "recall"},
        {"weights": {"text": -1}},
        {"weights": {"text": float("nan")}},
        {"marker": "tags"},
    ],
)
def test_a_style_that_does_not_exist_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"^pack: style"):
        read_config(Style, values, "pack: style")
