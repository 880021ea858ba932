"""What each style of markers puts in, to the letter; spans alone tell special tokens from text."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rendering.hostile_drafts import STYLES, draft_of, drafts
from thinkaug.records import KINDS, Draft, Kind, Placement, Thought
from thinkaug.rendering import SPAN_KINDS, Style, render, special_tokens, strip, thinking_of, tiles

TOKENS = Style(markers="tokens")
STEPS = [Thought(0, 0, "self_talk", "S"), Thought(0, 0, "recall", "R"), Thought(5, 0, "verification", "V")]


def shown(draft: Draft, style: Style) -> str:
    text, spans = render(draft, style)
    assert strip(text, spans) == draft.passage.text
    assert tiles(text, spans)
    return text


def draft(*steps: Thought, placement: Placement = "before", text: str = "One.\nTwo.") -> Draft:
    return draft_of(text, *(steps or STEPS), cuts=(0, 5), placement=placement)


@pytest.mark.parametrize(
    ("markers", "placement", "text"),
    [
        ("tags", "interleaved", "<thinking>\nS\nR\n</thinking>\nOne.\n<thinking>\nV\n</thinking>\nTwo."),
        ("tags", "before", "<thinking>\nS\nR\nV\n</thinking>\nOne.\nTwo."),
        ("tags", "after", "One.\nTwo.\n<thinking>\nS\nR\nV\n</thinking>\n"),
        ("none", "interleaved", "S\nR\nOne.\nV\nTwo."),
        ("none", "before", "S\nR\nV\nOne.\nTwo."),
        ("none", "after", "One.\nTwo.\nS\nR\nV\n"),
        (
            "tokens",
            "interleaved",
            "<|thought_before|><|self_talk|>S<|recall|>R<|thought_end|>One.\n"
            "<|thought_before|><|verification|>V<|thought_end|>Two.",
        ),
        (
            "tokens",
            "before",
            "<|thought_before|><|self_talk|>S<|recall|>R<|verification|>V<|thought_end|>One.\nTwo.",
        ),
        ("tokens", "after", "One.\nTwo.<|thought_after|><|self_talk|>S<|recall|>R<|verification|>V<|thought_end|>"),
        (
            "headings",
            "interleaved",
            "### Self-talk\n\nS\n\n### Recall\n\nR\n\n### Text\n\nOne.\n### Verification\n\nV\n\n### Text\n\nTwo.",
        ),
        (
            "headings",
            "before",
            "### Self-talk\n\nS\n\n### Recall\n\nR\n\n### Verification\n\nV\n\n### Text\n\nOne.\nTwo.",
        ),
        ("headings", "after", "One.\nTwo.\n\n### Self-talk\n\nS\n\n### Recall\n\nR\n\n### Verification\n\nV\n"),
    ],
)
def test_each_style_to_the_letter(markers: str, placement: str, text: str) -> None:
    assert shown(draft(), Style(placement=placement, markers=markers)) == text  # type: ignore[arg-type]


def test_a_posterior_has_a_token_of_its_own() -> None:
    assert shown(draft(placement="after"), TOKENS) == (
        "One.\n<|thought_after|><|self_talk|>S<|recall|>R<|thought_end|>"
        "Two.<|thought_after|><|verification|>V<|thought_end|>"
    )


def meeting(style: Style) -> Draft:
    """A draft, found by trying ids, whose first thought is a posterior and whose second a prior, so that they meet."""
    thoughts = Thought(0, 0, "recall", "R"), Thought(5, 0, "recall", "Q")
    for number in range(100):
        made = draft_of("One.\nTwo.", *thoughts, cuts=(0, 5))
        made = replace(made, passage=replace(made.passage, id=str(number)))
        text, _ = render(made, style)
        if text.startswith("One.") and text.endswith("Two."):
            return made
    raise AssertionError("in a hundred draws no posterior meets a prior")


@pytest.mark.parametrize(
    ("markers", "text"),
    [
        ("tags", "One.\n<thinking>\nR\n</thinking>\n<thinking>\nQ\n</thinking>\nTwo."),
        ("none", "One.\nR\nQ\nTwo."),
        (
            "tokens",
            "One.\n<|thought_after|><|recall|>R<|thought_end|><|thought_before|><|recall|>Q<|thought_end|>Two.",
        ),
        ("headings", "One.\n### Recall\n\nR\n\n### Recall\n\nQ\n\n### Text\n\nTwo."),
    ],
)
def test_where_a_posterior_meets_a_prior_each_is_a_block(markers: str, text: str) -> None:
    style = Style(placement="random", markers=markers)  # type: ignore[arg-type]
    assert shown(meeting(style), style) == text


@pytest.mark.parametrize(
    ("markers", "text"),
    [
        ("tags", "One. \n<thinking>\nR\n</thinking>\nTwo."),
        ("none", "One. \nR\nTwo."),
        ("tokens", "One. <|thought_before|><|recall|>R<|thought_end|>Two."),
        ("headings", "One. \n\n### Recall\n\nR\n\n### Text\n\nTwo."),
    ],
)
def test_in_the_middle_of_a_line(markers: str, text: str) -> None:
    made = draft(Thought(5, 0, "recall", "R"), text="One. Two.")
    assert shown(made, Style(markers=markers)) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_a_line_may_end_in_many_ways(end: str) -> None:
    made = draft_of(f"One.{end}Two.", Thought(4 + len(end), 0, "recall", "R"))
    assert shown(made, Style(markers="none")) == f"One.{end}R\nTwo."


def test_the_end_of_a_thought_at_the_end_is_trained_in_each_style() -> None:
    made = draft(Thought(0, 0, "recall", "R"), placement="after", text="One.")
    for markers in ("tags", "none", "tokens", "headings"):
        style = Style(markers=markers, weights={"marker": 0, "recall": 0.5})
        assert render(made, style)[1][-1].weight == 0.5


def test_every_kind_has_its_token_and_its_heading() -> None:
    steps = [Thought(0, 0, kind, "x") for kind in KINDS]
    assert shown(draft_of("One.", *steps), TOKENS) == (
        "<|thought_before|>" + "".join(f"<|{kind}|>x" for kind in KINDS) + "<|thought_end|>One."
    )
    headings = ["Self-talk", "Recall", "Verification", "Lookup", "Observation", "Thoughts"]
    assert shown(draft_of("One.", *steps), Style(markers="headings")) == (
        "\n\n".join(f"### {heading}\n\nx" for heading in headings) + "\n\n### Text\n\nOne."
    )


@settings(max_examples=100, deadline=None)
@given(drafts(), STYLES)
def test_with_tokens_each_span_of_a_marker_is_one_token(draft: Draft, style: Style) -> None:
    style = replace(style, markers="tokens")
    text, spans = render(draft, style)
    marked = [text[span.start : span.end] for span in spans if span.kind == "marker"]
    steps = sum(span.kind in KINDS for span in spans)
    assert set(marked) <= set(special_tokens(style))
    # Each is told by its kind: those that open and close come in pairs, and steps without a word have theirs too.
    opened = sum(token in ("<|thought_before|>", "<|thought_after|>") for token in marked)
    assert opened == marked.count("<|thought_end|>")
    assert len(marked) - 2 * opened >= steps


def test_a_token_in_a_text_is_text() -> None:
    text, spans = render(draft_of("<|recall|>.<|thought_end|>", Thought(0, 0, "recall", "<|recall|>")), TOKENS)
    assert [(span.kind, text[span.start : span.end]) for span in spans] == [
        ("marker", "<|thought_before|>"),
        ("marker", "<|recall|>"),
        ("recall", "<|recall|>"),
        ("marker", "<|thought_end|>"),
        ("text", "<|recall|>.<|thought_end|>"),
    ]


def test_special_tokens_are_those_of_all_kinds_and_only_where_markers_are_tokens() -> None:
    tokens = ("<|thought_before|>", "<|thought_after|>", "<|thought_end|>", *(f"<|{kind}|>" for kind in KINDS))
    assert special_tokens(TOKENS) == tokens
    assert special_tokens(Style(markers="tokens", kinds=(), placement="before")) == tokens
    assert {special_tokens(Style(markers=markers)) for markers in ("tags", "none", "headings")} == {()}


@settings(max_examples=50, deadline=None)
@given(drafts(), STYLES)
def test_without_kinds_the_text_is_raw(draft: Draft, style: Style) -> None:
    style = replace(style, kinds=())
    text, spans = render(draft, style)
    assert text == draft.passage.text
    assert [(span.start, span.end, span.kind) for span in spans] == [(0, len(text), "text")]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["tags", "none", "tokens", "headings"]), st.sets(st.sampled_from(KINDS)))
def test_what_is_scored_is_what_is_rendered_before_a_stretch(markers: str, kinds: set[Kind]) -> None:
    style = Style(placement="interleaved", markers=markers, kinds=tuple(kinds))  # type: ignore[arg-type]
    steps = [Thought(5, 0, kind, "x") for kind in KINDS]
    for text in ("One.\nTwo.", "One. Two."):
        rendered = text[:5] + thinking_of(steps, text[:5], style) + text[5:]
        assert shown(draft_of(text, *steps), style) == rendered


def test_kinds_of_spans_are_those_of_the_format() -> None:
    assert SPAN_KINDS == (
        "text", "self_talk", "recall", "verification", "lookup", "observation", "prose", "marker",
    )  # fmt: skip
