"""filter, personal data: masked in documents, which are others then, and in thoughts; expert text in passages stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkaug.personal import find
from thinkaug.records import Document, Draft, content_id
from thinkaug.stage import Dropped, Kept
from thinkaug.stages.filter import filter_

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

MAIL = "Write to anna.berg@nordclinic.com or to Anna.Berg@nordclinic.com today."
MASKED = "Write to [email] or to [email] today."
TEXT = "Gout is treated with allopurinol. Write to anna.berg@nordclinic.com for it."
THOUGHT = "Whom would she ask: anna.berg@nordclinic.com, or the clinic itself?"
FINE = "Which drug lowers urate without harm to the kidney?"


def document(text: str, **fields: str) -> Document:
    return Document(content_id(text), text, **fields)


def test_a_masked_document_is_another_document_that_knows_which_it_was(settle: Settle) -> None:
    row = document(MAIL, title="A letter", source="a.jsonl#1", license="CC0-1.0", meta='{"year": 1999}')
    (outcome,) = settle(filter_, [row], mask=["email"])
    assert isinstance(outcome, Kept)
    (kept,) = outcome.rows
    assert (outcome.row, kept.text, kept.id) == (row, MASKED, content_id(MASKED))
    assert json.loads(kept.meta) == {"year": 1999, "unmasked_id": row.id, "masked_counts": {"email": 2}}
    assert replace(kept, id=row.id, text=row.text, meta=row.meta) == row
    assert outcome.tally == {"masked_email": 2}


def test_a_document_without_personal_data_stays_as_it_is(settle: Settle) -> None:
    row = document("A calm text.", meta='{"b":1,  "a":2}')
    assert settle(filter_, [row], mask=["email"]) == [Kept(row, (row,))]


def test_only_the_kinds_that_are_named_are_masked(settle: Settle) -> None:
    row = document(MAIL)
    assert settle(filter_, [row], mask=["iban"]) == [Kept(row, (row,))]


def test_a_second_mask_adds_to_what_the_first_left(settle: Settle) -> None:
    row = document(f"{MAIL} His server is 84.17.52.90 again.")
    (first,) = settle(filter_, [row], mask=["email"])
    (second,) = settle(filter_, first.rows, mask=["ip_address"])
    assert json.loads(second.rows[0].meta) == {
        "unmasked_id": row.id,
        "masked_counts": {"email": 2, "ip_address": 1},
    }
    assert second.rows[0].id == content_id(second.rows[0].text)


@pytest.mark.parametrize("theirs", [True, 3, "x", None, {"email": "many"}, {"email": None}, [1]])
def test_a_source_that_calls_something_else_by_that_name_stops_nothing(settle: Settle, theirs: object) -> None:
    row = document(MAIL, meta=json.dumps({"masked_counts": theirs}))
    (outcome,) = settle(filter_, [row], mask=["email"])
    assert json.loads(outcome.rows[0].meta)["masked_counts"] == {"email": 2}


def test_texts_are_judged_as_they_came_and_then_masked(settle: Settle) -> None:
    for at_most, kind in ((1, Dropped), (2, Kept)):
        texts = [{"personal": {"kinds": ["email"], "at_most": at_most}}]
        (outcome,) = settle(filter_, [document(MAIL)], texts=texts, mask=["email"])
        assert isinstance(outcome, kind)
    assert outcome.rows[0].text == MASKED


def test_of_a_draft_the_thoughts_are_masked_and_the_expert_text_is_not(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: THOUGHT, 34: FINE})
    row = replace(row, thoughts=(replace(row.thoughts[0], gain=0.5, gain_alone=0.25), row.thoughts[1]))
    (outcome,) = settle(filter_, [row], mask=["email"], checks=[])
    (kept,) = outcome.rows
    assert (kept.passage, kept.generations, kept.thoughts[1]) == (row.passage, row.generations, row.thoughts[1])
    mended = kept.thoughts[0]
    assert mended.text == "Whom would she ask: [email], or the clinic itself?"
    assert mended.written == THOUGHT
    assert (mended.gain, mended.gain_alone) == (None, None)
    assert replace(mended, text=THOUGHT, written="", gain=0.5, gain_alone=0.25) == row.thoughts[0]
    assert outcome.tally == {"masked_email": 1}


def test_words_that_were_rewritten_before_keep_what_the_model_wrote_first(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: THOUGHT})
    row = replace(row, thoughts=(replace(row.thoughts[0], written="What the model wrote."),))
    (outcome,) = settle(filter_, [row], mask=["email"], checks=[])
    assert outcome.rows[0].thoughts[0].written == "What the model wrote."


def test_a_thought_that_was_dropped_is_masked_too(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: FINE, 34: THOUGHT})
    (outcome,) = settle(filter_, [row], mask=["email"], checks=[{"length": {"min_words": 10}}], without_thoughts="raw")
    assert [(thought.drop, "@" in thought.text) for thought in outcome.rows[0].thoughts] == [
        ("too_short", False),
        ("", False),
    ]
    row = draft(TEXT, {0: "Ask anna.berg@nordclinic.com.", 34: FINE})
    (outcome,) = settle(filter_, [row], mask=["email"], checks=[{"length": {"min_words": 6}}])
    assert [(thought.drop, thought.text) for thought in outcome.rows[0].thoughts] == [
        ("too_short", "Ask [email]."),
        ("", FINE),
    ]


PIECES = st.sampled_from(
    [
        "anna@nordclinic.com",
        "84.17.52.90",
        "GB33BUKB20201555555555",
        " ",
        "\u75db\u98ce",
        "\u0301",
        "\u05d0",
        "1",
        "@",
        ".",
        "\ud800",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_is_left_to_mask_and_nothing_changes_without_a_count(settle: Settle, text: str) -> None:
    kinds = ["email", "ip_address", "iban"]
    row = document(text)
    (outcome,) = settle(filter_, [row], mask=kinds)
    (kept,) = outcome.rows
    assert not find(kept.text, kinds)
    assert kept.id == content_id(kept.text)
    assert (kept == row) == (not find(text, kinds))
    assert sum(outcome.tally.values()) == sum(json.loads(kept.meta).get("masked_counts", {}).values())
    assert settle(filter_, [kept], mask=kinds) == [Kept(kept, (kept,))]
