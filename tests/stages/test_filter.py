"""filter: a thought that a check names is taken out with its reason; the rest of the passage stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.pipeline import load
from thinkaug.records import Draft
from thinkaug.stage import Dropped, Kept
from thinkaug.stages.filter import filter_

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

TEXT = "Gout is treated with allopurinol. It lowers urate. Start low. Go slow."
FINE = "Which drug lowers urate without harm to the kidney?"
SHORT = "Hm."
REFUSAL = "I'm sorry, but I cannot help with that request."
CHECKS = ["refusal", {"length": {"min_words": 3}}]


def drops(outcome: Any) -> dict[int, str]:
    (row,) = outcome.rows if isinstance(outcome, Kept) else (outcome.row,)
    return {thought.cut: thought.drop for thought in row.thoughts}


def test_the_reason_stands_on_the_thought_and_in_the_tally(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: FINE, 34: SHORT, 51: REFUSAL, 62: SHORT})], checks=CHECKS)
    assert drops(outcome) == {0: "", 34: "too_short", 51: "refusal", 62: "too_short"}
    assert outcome.tally == {"thought_too_short": 2, "thought_refusal": 1}


def test_thoughts_at_other_cuts_stay_as_they_are(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: FINE, 34: SHORT})
    (outcome,) = settle(filter_, [row], checks=CHECKS)
    assert outcome.rows[0].thoughts[0] == row.thoughts[0]
    assert (outcome.rows[0].passage, outcome.rows[0].generations) == (row.passage, row.generations)


def test_the_first_check_that_objects_gives_the_reason(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: REFUSAL, 34: FINE})
    long = {"length": {"min_words": 20}}
    for checks, reason in (([long, "refusal"], "too_short"), (["refusal", long], "refusal")):
        (outcome,) = settle(filter_, [row], checks=checks, without_thoughts="raw")
        assert drops(outcome)[0] == reason


def test_a_passage_without_thoughts_left_is_dropped_for_the_commonest_reason(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: REFUSAL, 34: SHORT, 51: SHORT})], checks=CHECKS)
    assert isinstance(outcome, Dropped)
    assert outcome.reason == "too_short"
    assert drops(outcome) == {0: "refusal", 34: "too_short", 51: "too_short"}
    assert outcome.tally == {"thought_too_short": 2, "thought_refusal": 1}


def test_a_passage_without_thoughts_left_may_go_on_raw(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: SHORT})], checks=CHECKS, without_thoughts="raw")
    assert drops(outcome) == {0: "too_short"}
    assert outcome.tally == {"thought_too_short": 1, "raw": 1}


def test_a_passage_that_came_without_thoughts_is_dropped_as_such(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: ""})], checks=CHECKS)
    assert (type(outcome), outcome.reason) == (Dropped, "no_thought")


def test_a_reason_given_before_stays(settle: Settle, draft: MakeDraft) -> None:
    (first,) = settle(filter_, [draft(TEXT, {0: FINE, 34: SHORT})], checks=CHECKS)
    (again,) = settle(filter_, first.rows, checks=[{"length": {"min_words": 1}}])
    assert drops(again) == {0: "", 34: "too_short"}
    assert again.tally == {}


def test_a_step_that_was_out_before_keeps_its_own_reason(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: SHORT, 34: FINE})
    row = replace(row, thoughts=(replace(row.thoughts[0], drop="false_claim"), *row.thoughts))
    (outcome,) = settle(filter_, [row], checks=CHECKS)
    assert [thought.drop for thought in outcome.rows[0].thoughts] == ["false_claim", "too_short", ""]


def test_options_change_what_a_check_says(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: FINE})
    for words, reason in ((9, ""), (10, "too_short")):
        outcome = settle(filter_, [row], checks=[{"length": {"min_words": words}}])[0]
        assert drops(outcome) == {0: reason}


def test_no_checks_take_nothing_out(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: REFUSAL})], checks=[])
    assert drops(outcome) == {0: ""}


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        (["lenght"], r"stages\[3\]: filter: checks\[0\]: no file in checks/ named 'lenght'; did you mean 'length'\?"),
        (
            ["refusal", {"length": {"min_word": 3}}],
            r"checks\[1\]\.length: no option 'min_word'; did you mean 'min_words'\?",
        ),
        ([{"length": {"min_words": "three"}}], r"checks\[0\]\.length\.min_words: .*valid integer.*not 'three'"),
        ([{"length": {}, "loop": {}}], r"checks\[0\]: one check with its options was expected"),
        ([["length"]], r"checks\.0"),
    ],
)
def test_checks_that_cannot_work_are_refused_when_the_pipeline_is_read(
    tmp_path: Path, checks: list[Any], message: str
) -> None:
    (tmp_path / "a.txt").write_text("text")
    pipeline = tmp_path / "toy.yaml"
    stages = [{"ingest": {"paths": [str(tmp_path / "a.txt")]}}, "segment", "generate", {"filter": {"checks": checks}}]
    pipeline.write_text(json.dumps({"stages": stages}))
    with pytest.raises(UserError, match=message):
        load(str(pipeline), engines={"writer": Scripted(lambda ask: "")})
