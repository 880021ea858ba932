"""pack: the last gate. What leaves it is the expert text of the document, with what was put in marked as such."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import Draft
from thinkaug.render import strip, tiles
from thinkaug.stage import Dropped, Kept
from thinkaug.stages.pack import pack

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

TEXT = "Gout hurts.\nAllopurinol lowers urate."
STEPS = {0: "What is it?", 12: "What lowers it?"}


def sample(settle: Settle, row: Draft, **options: Any) -> Any:
    (outcome,) = settle(pack, [row], **options)
    return outcome.rows[0]


def test_a_sample_shows_thoughts_before_the_stretch_they_lead_to(settle: Settle, draft: MakeDraft) -> None:
    assert sample(settle, draft(TEXT, STEPS)).text == (
        "<thinking>\nWhat is it?\n</thinking>\nGout hurts.\n"
        "<thinking>\nWhat lowers it?\n</thinking>\nAllopurinol lowers urate."
    )


def test_a_dropped_thought_is_not_shown(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, STEPS)
    row = replace(row, thoughts=(replace(row.thoughts[0], drop="too_short"), row.thoughts[1]))
    text = sample(settle, row).text
    assert "What is it?" not in text
    assert "What lowers it?" in text


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    st.dictionaries(st.integers(0, 59), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), max_size=5),
    st.sampled_from(["tags", "none"]),
)
def test_without_what_was_put_in_a_sample_is_the_expert_text(
    settle: Settle, draft: MakeDraft, text: str, thoughts: dict[int, str], markers: str
) -> None:
    row = draft(text, {0: "", **{cut: thought for cut, thought in thoughts.items() if cut < len(text)}})
    made = sample(settle, row, style={"markers": markers})
    assert tiles(made.text, made.spans)
    assert strip(made.text, made.spans).encode() == text.encode()


def test_a_repeated_passage_is_dropped_wherever_it_stands(settle: Settle, draft: MakeDraft) -> None:
    first, other = draft(TEXT, STEPS), draft("Other.", {0: "Why?"})
    again = replace(first, thoughts=first.thoughts[:1])
    outcomes = settle(pack, [first, other, again], [first])
    assert [type(outcome) for outcome in outcomes] == [Kept, Kept, Dropped, Dropped]
    assert {outcome.reason for outcome in outcomes[2:]} == {"repeated_id"}


@pytest.mark.parametrize("other", [{"model": "trained"}, {"strategy": "latent"}])
def test_what_another_writer_made_of_a_passage_is_another_sample(
    settle: Settle, draft: MakeDraft, other: dict[str, str]
) -> None:
    first = draft(TEXT, STEPS)
    outcomes = settle(pack, [first, first], [replace(first, **other)])
    assert [type(outcome) for outcome in outcomes] == [Kept, Dropped, Kept]
    assert outcomes[0].rows[0].id != outcomes[2].rows[0].id


@pytest.mark.parametrize(
    "text", [TEXT + " ", TEXT.upper(), TEXT[:-1], TEXT.replace("\n", "\r\n"), TEXT.replace("urate", "ur\u00adate")]
)
def test_a_changed_expert_text_stops_the_stage(settle: Settle, draft: MakeDraft, text: str) -> None:
    row = draft(TEXT, STEPS)
    tampered = replace(row, passage=replace(row.passage, text=text))
    with pytest.raises(AssertionError, match=f"{row.id}: expert text changed"):
        settle(pack, [tampered])


def test_meta_says_where_the_sample_came_from(settle: Settle, draft: MakeDraft) -> None:
    fields = {"title": "Gout", "language": "en", "license": "CC0-1.0", "meta": '{"year": 1999}'}
    row = draft(TEXT, STEPS, source="a.jsonl#3", domain="medicine", **fields)
    made = sample(settle, row)
    assert (made.source, made.domain) == ("a.jsonl#3", "medicine")
    assert json.loads(made.meta) == {
        "passage": row.passage.id,
        "document": row.passage.document,
        "start": 0,
        "text_sha256": row.passage.text_sha256,
        "title": "Gout",
        "language": "en",
        "license": "CC0-1.0",
        "strategy": "interleaved",
        "prompts": "",
        "model": "scripted",
        "seeds": [7, 19],
        "source": {"year": 1999},
    }


def test_weights_go_to_their_kinds_and_nothing_else(settle: Settle, draft: MakeDraft) -> None:
    made = sample(settle, draft(TEXT, STEPS), style={"weights": {"marker": 0, "self_talk": 0.5}})
    assert {(span.kind, span.weight) for span in made.spans} == {("text", 1.0), ("marker", 0.0), ("self_talk", 0.5)}


def test_what_has_no_weight_is_named_as_ranges_without_loss(settle: Settle, draft: MakeDraft) -> None:
    made = sample(settle, draft(TEXT, STEPS), style={"weights": {"marker": 0, "self_talk": 0}})
    assert [made.text[start:end] for start, end in made.no_loss_ranges] == [
        "<thinking>\nWhat is it?\n</thinking>\n",
        "<thinking>\nWhat lowers it?\n</thinking>\n",
    ]


def test_a_kind_that_is_not_wanted_is_not_shown(settle: Settle, draft: MakeDraft) -> None:
    assert sample(settle, draft(TEXT, STEPS), style={"kinds": ["recall"]}).text == TEXT


@pytest.mark.parametrize(
    "change", [{"style": {"markers": "none"}}, {"style": {"weights": {"marker": 0}}}, {"style": {"kinds": ["recall"]}}]
)
def test_another_style_is_another_sample_id(settle: Settle, draft: MakeDraft, change: dict[str, Any]) -> None:
    row = draft(TEXT, STEPS)
    assert sample(settle, row).id != sample(settle, row, **change).id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"style": {"weights": {"recal": 1}}}, "no kind of span 'recal'; did you mean 'recall'"),
        ({"style": {"weights": {"text": 0}}}, "text may not be 0"),
        ({"style": {"weights": {"recall": -1}}}, "greater than or equal to 0"),
        ({"style": {"weights": {"recall": float("nan")}}}, "greater than or equal to 0"),
        ({"style": {"marker": "tags"}}, "style"),
        ({"shard_mb": 0}, "shard_mb: input should be greater than 0"),
        ({"count_with": "judge"}, "no engine 'judge'"),
    ],
)
def test_settings_that_cannot_work_are_refused(settle: Settle, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        settle(pack, [], **wrong)
