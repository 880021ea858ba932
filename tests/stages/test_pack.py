"""pack: the last gate. What leaves it is the expert text of the document, with what was put in marked as such."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import Draft, Sample, Thought
from thinkaug.rendering import strip, tiles

Pack = Callable[..., Any]
MakeDraft = Callable[..., Draft]

TEXT = "Gout hurts.\nAllopurinol lowers urate."
STEPS = {0: "What is it?", 12: "What lowers it?"}


def sample(packing: Pack, row: Draft, **options: Any) -> Sample:
    (made,) = packing([row], **options).samples
    return made


def test_a_sample_shows_thoughts_before_the_stretch_they_lead_to(packing: Pack, draft: MakeDraft) -> None:
    assert sample(packing, draft(TEXT, STEPS)).text == (
        "<thinking>\nWhat is it?\n</thinking>\nGout hurts.\n"
        "<thinking>\nWhat lowers it?\n</thinking>\nAllopurinol lowers urate."
    )


def test_a_dropped_thought_is_not_shown(packing: Pack, draft: MakeDraft) -> None:
    row = draft(TEXT, STEPS)
    row = replace(row, thoughts=(replace(row.thoughts[0], drop="too_short"), row.thoughts[1]))
    text = sample(packing, row).text
    assert "What is it?" not in text
    assert "What lowers it?" in text


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    st.dictionaries(st.integers(0, 59), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), max_size=5),
    st.sampled_from(["tags", "none"]),
)
def test_without_what_was_put_in_a_sample_is_the_expert_text(
    packing: Pack, draft: MakeDraft, text: str, thoughts: dict[int, str], markers: str
) -> None:
    row = draft(text, {0: "", **{cut: thought for cut, thought in thoughts.items() if cut < len(text)}})
    made = sample(packing, row, style={"markers": markers})
    assert tiles(made.text, made.spans)
    assert strip(made.text, made.spans).encode() == text.encode()


def test_a_repeated_passage_is_dropped_wherever_it_stands(packing: Pack, draft: MakeDraft) -> None:
    first, other = draft(TEXT, STEPS), draft("Other.", {0: "Why?"})
    again = replace(first, thoughts=first.thoughts[:1])
    made = packing([first, other, again], [first])
    assert [json.loads(one.meta)["passage"] for one in made.samples] == [first.id, other.id]
    assert made.samples[0] == sample(packing, first)
    assert made.dropped == [(first.id, "repeated_id")] * 2


@pytest.mark.parametrize("other", [{"model": "trained"}, {"strategy": "latent"}])
def test_what_another_writer_made_of_a_passage_is_another_sample(
    packing: Pack, draft: MakeDraft, other: dict[str, str]
) -> None:
    first = draft(TEXT, STEPS)
    made = packing([first, first], [replace(first, **other)])
    assert made.dropped == [(first.id, "repeated_id")]
    assert len({one.id for one in made.samples}) == 2


@pytest.mark.parametrize(
    "text", [TEXT + " ", TEXT.upper(), TEXT[:-1], TEXT.replace("\n", "\r\n"), TEXT.replace("urate", "ur\u00adate")]
)
def test_a_changed_expert_text_stops_the_stage(packing: Pack, draft: MakeDraft, text: str) -> None:
    row = draft(TEXT, STEPS)
    tampered = replace(row, passage=replace(row.passage, text=text))
    with pytest.raises(AssertionError, match=f"{row.id}: expert text changed"):
        packing([tampered])


def test_meta_says_where_the_sample_came_from(packing: Pack, draft: MakeDraft) -> None:
    fields = {"title": "Gout", "language": "en", "license": "CC0-1.0", "meta": '{"year": 1999}'}
    row = draft(TEXT, STEPS, source="a.jsonl#3", domain="medicine", **fields)
    made = sample(packing, row)
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


def test_weights_go_to_their_kinds_and_nothing_else(packing: Pack, draft: MakeDraft) -> None:
    made = sample(packing, draft(TEXT, STEPS), style={"weights": {"marker": 0, "self_talk": 0.5}})
    assert {(span.kind, span.weight) for span in made.spans} == {("text", 1.0), ("marker", 0.0), ("self_talk", 0.5)}


def test_what_has_no_weight_is_named_as_ranges_without_loss(packing: Pack, draft: MakeDraft) -> None:
    made = sample(packing, draft(TEXT, STEPS), style={"weights": {"marker": 0, "self_talk": 0}})
    assert [made.text[start:end] for start, end in made.no_loss_ranges] == [
        "<thinking>\nWhat is it?\n</thinking>\n",
        "<thinking>\nWhat lowers it?\n</thinking>\n",
    ]


def test_a_kind_that_is_not_wanted_is_not_shown(packing: Pack, draft: MakeDraft) -> None:
    assert sample(packing, draft(TEXT, STEPS), style={"kinds": ["recall"]}).text == TEXT


@pytest.mark.parametrize(
    "change", [{"style": {"markers": "none"}}, {"style": {"weights": {"marker": 0}}}, {"style": {"kinds": ["recall"]}}]
)
def test_another_style_is_another_sample_id(packing: Pack, draft: MakeDraft, change: dict[str, Any]) -> None:
    row = draft(TEXT, STEPS)
    assert sample(packing, row).id != sample(packing, row, **change).id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"style": {"weights": {"recal": 1}}}, "no kind of span 'recal'; did you mean 'recall'"),
        ({"style": {"weights": {"text": 0}}}, "text may not be 0"),
        ({"layout": "packed"}, "layout 'packed' is of tokens; name the tokenizer of the model"),
        ({"layout": "packed", "tokenizer": "shipped:model", "window_tokens": 2}, "greater than or equal to 16"),
        ({"control": "mismatch"}, "control"),
        ({"mix": {"made": {"share": 0.5}}}, "the shares add up to 0.5"),
        ({"style": {"weights": {"recall": -1}}}, "greater than or equal to 0"),
        ({"style": {"weights": {"recall": float("nan")}}}, "greater than or equal to 0"),
        ({"style": {"marker": "tags"}}, "style"),
        ({"shard_mb": 0}, "shard_mb: input should be greater than 0"),
        ({"count_with": "judge"}, "no engine 'judge'"),
    ],
)
def test_settings_that_cannot_work_are_refused(packing: Pack, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        packing([], **wrong)


# Several candidates of a stretch.


def several(draft: MakeDraft, candidates: dict[int, list[str]]) -> Draft:
    """A draft with these candidates at each cut; an empty one is of one step that is dropped."""
    return replace(
        draft(TEXT, dict.fromkeys(candidates, "")),
        thoughts=tuple(
            Thought(cut, number, "recall", words or "Wrong.", drop="" if words else "contradicted")
            for cut, found in candidates.items()
            for number, words in enumerate(found)
        ),
    )


def thoughts_of(samples: list[Sample]) -> list[list[str]]:
    """What each sample shows between the markers."""
    return [[s.text[x.start : x.end] for x in s.spans if x.kind == "recall"] for s in samples]


def test_only_the_first_candidate_is_shown_unless_more_are_wanted(packing: Pack, draft: MakeDraft) -> None:
    made = packing([several(draft, {0: ["", "b", "c"]})])
    assert thoughts_of(made.samples) == [["b"]]


def test_each_variant_shows_the_next_candidate_that_stands(packing: Pack, draft: MakeDraft) -> None:
    made = packing([several(draft, {0: ["a", "", "c", "d"], 12: ["x", "y"]})], variants=9)
    assert thoughts_of(made.samples) == [["a", "x"], ["c", "y"], ["d", "x"]]
    assert made.tally == {"thoughts": 2, "variants": 2}
    assert made.dropped == []
    assert len({one.id for one in made.samples}) == 3
    for one in made.samples:
        assert strip(one.text, one.spans) == TEXT
        assert tiles(one.text, one.spans)
    assert [json.loads(one.meta).get("variant") for one in made.samples] == [None, 1, 2]


def test_the_first_variant_is_the_sample_that_there_is_without(packing: Pack, draft: MakeDraft) -> None:
    row = several(draft, {0: ["a", "b"]})
    assert packing([row], variants=2).samples[0] == sample(packing, row)


def test_variants_that_look_alike_are_one(packing: Pack, draft: MakeDraft) -> None:
    made = packing([several(draft, {0: ["a", "a", "b"]})], variants=3)
    assert thoughts_of(made.samples) == [["a"], ["b"]]
    hidden = packing([several(draft, {0: ["a", "b"]})], variants=3, style={"kinds": ["self_talk"]})
    assert [one.text for one in hidden.samples] == [TEXT]


def test_a_draft_of_which_nothing_stands_is_the_raw_text_once(packing: Pack, draft: MakeDraft) -> None:
    assert sample(packing, several(draft, {0: ["", ""], 12: [""]}), variants=3).text == TEXT


def test_no_variants_at_all_are_refused(packing: Pack) -> None:
    with pytest.raises(UserError, match="variants: input should be greater than or equal to 1"):
        packing([], variants=0)
