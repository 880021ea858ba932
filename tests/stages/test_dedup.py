"""dedup: copies go, the first one stays, and each copy names the row that stays for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.records import Claim, Draft, Passage
from thinkaug.settings import read_config
from thinkaug.stage import Dropped, Kept, Stage
from thinkaug.stages.dedup import dedup

Settle = Callable[..., list[Any]]
MakePassage = Callable[..., Passage]
MakeDraft = Callable[..., Draft]

WORDS = [f"word{number}" for number in range(400)]
LONG = " ".join(WORDS)


@pytest.fixture(scope="session")
def settle(settle: Settle) -> Settle:
    """The first stays, whatever other facts it states: keepers and the guard have tests of their own."""

    def run(stage: Stage, *shards: Any, **settings: Any) -> list[Any]:
        return settle(stage, *shards, **{"keeper": "first", "guard": "off", **settings})

    return run


def changed(*places: int) -> str:
    """LONG with the words at some places replaced: each takes five of 396 shingles."""
    return " ".join(f"other{n}" if n in places else word for n, word in enumerate(WORDS))


def fates(outcomes: list[Any]) -> list[str]:
    return ["kept" if isinstance(outcome, Kept) else outcome.reason for outcome in outcomes]


@pytest.mark.parametrize("copy", ["gout  HURTS.", "Gout hurts.\n", "\tgout\u2028hurts .", "GOUT\u00a0HURTS."])
def test_case_and_white_space_make_no_difference(settle: Settle, passage: MakePassage, copy: str) -> None:
    assert fates(settle(dedup, [passage("Gout hurts."), passage(copy)])) == ["kept", "exact_duplicate"]


def test_composed_and_decomposed_letters_are_the_same(settle: Settle, passage: MakePassage) -> None:
    rows = [passage("Caf\u00e9 au lait."), passage("Cafe\u0301 au lait.")]
    assert fates(settle(dedup, rows)) == ["kept", "exact_duplicate"]


@pytest.mark.parametrize(("one", "other"), [("x < 0", "x > 0"), ("5 mg", "-5 mg"), ("a = b", "a ≠ b")])
def test_signs_make_a_difference(settle: Settle, passage: MakePassage, one: str, other: str) -> None:
    assert fates(settle(dedup, [passage(one), passage(other)])) == ["kept", "kept"]


@pytest.mark.parametrize(("one", "other"), [("a = b", "a != b"), ("Well, he left.", "Well he left!")])
def test_punctuation_makes_a_difference_to_exact_copies(
    settle: Settle, passage: MakePassage, one: str, other: str
) -> None:
    assert fates(settle(dedup, [passage(one), passage(other)], near=False)) == ["kept", "kept"]


@pytest.mark.parametrize("other", ["hurts Gout.", "Gouthurts", "Gout hurts 2", "Göut hurts"])
def test_other_words_are_no_exact_duplicate(settle: Settle, passage: MakePassage, other: str) -> None:
    assert fates(settle(dedup, [passage("Gout hurts."), passage(other)], near=False)) == ["kept", "kept"]


def test_the_first_stays_and_the_copy_names_it(settle: Settle, passage: MakePassage) -> None:
    rows = [passage("Gout hurts."), passage("gout hurts."), passage("GOUT HURTS.")]
    outcomes = settle(dedup, rows)
    assert [outcome.row for outcome in outcomes] == rows
    assert outcomes[0].rows == (rows[0],)
    assert [outcome.detail for outcome in outcomes[1:]] == [f"of {rows[0].id}"] * 2


def test_a_few_other_words_make_a_near_duplicate(settle: Settle, passage: MakePassage) -> None:
    rows = [passage(LONG), passage(changed(7, 200))]
    outcomes = settle(dedup, rows)
    assert fates(outcomes) == ["kept", "near_duplicate"]
    assert outcomes[1].detail == f"of {rows[0].id}"


def test_half_the_words_are_no_near_duplicate(settle: Settle, passage: MakePassage) -> None:
    assert fates(settle(dedup, [passage(LONG), passage(changed(*range(200)))])) == ["kept", "kept"]


def test_the_threshold_says_what_is_near(settle: Settle, passage: MakePassage) -> None:
    rows = [passage(LONG), passage(changed(*range(0, 400, 20)))]  # 20 words, 100 of 396 shingles: similarity 0.6
    assert fates(settle(dedup, rows, threshold=0.8)) == ["kept", "kept"]
    assert fates(settle(dedup, rows, threshold=0.4)) == ["kept", "near_duplicate"]


def test_rows_below_the_threshold_stay_though_they_share_a_bucket(settle: Settle, passage: MakePassage) -> None:
    rows = []
    for number in range(30):  # similarity 0.7: the index finds many of these pairs, the estimate tells them apart
        rows += [passage(text.replace("word", f"w{number}x")) for text in (LONG, changed(*range(0, 400, 29)))]
    assert fates(settle(dedup, rows, threshold=0.8)).count("near_duplicate") <= 2


def test_near_off_compares_exactly_only(settle: Settle, passage: MakePassage) -> None:
    rows = [passage(LONG), passage(changed(7)), passage(LONG.upper())]
    assert fates(settle(dedup, rows, near=False)) == ["kept", "kept", "exact_duplicate"]


def test_duplicates_are_found_across_shards(settle: Settle, passage: MakePassage) -> None:
    first, second = [passage(LONG), passage("Alone here.")], [passage(changed(7)), passage("alone HERE.")]
    outcomes = settle(dedup, first, second)
    assert fates(outcomes) == ["kept", "kept", "near_duplicate", "exact_duplicate"]
    assert [outcome.detail for outcome in outcomes[2:]] == [f"of {row.id}" for row in first]


def test_rows_of_one_id_are_told_apart(settle: Settle, passage: MakePassage) -> None:
    assert fates(settle(dedup, [passage("Twice."), passage("Twice.")], [passage("Twice.")])) == [
        "kept",
        "exact_duplicate",
        "exact_duplicate",
    ]


def test_texts_without_words_are_told_apart_by_their_signs(settle: Settle, passage: MakePassage) -> None:
    found = fates(settle(dedup, [passage(text) for text in ("…", "!?", "∫ ≠ ∑", "🙂", "…")]))
    assert found == ["kept", "kept", "kept", "kept", "exact_duplicate"]


def test_white_space_alone_is_kept(settle: Settle, passage: MakePassage) -> None:
    assert fates(settle(dedup, [passage(" \n"), passage(" \n")])) == ["kept", "kept"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(range(0, 400, 5)), max_size=12), min_size=2, max_size=12), st.booleans())
def test_every_copy_points_at_a_row_that_stays(
    settle: Settle, passage: MakePassage, edits: list[list[int]], in_two: bool
) -> None:
    rows = [passage(changed(*places)) for places in edits]
    outcomes = settle(dedup, *([rows[:1], rows[1:]] if in_two else [rows]), threshold=0.7)
    kept = [outcome.row.id for outcome in outcomes if isinstance(outcome, Kept)]
    for place, outcome in enumerate(outcomes):
        if isinstance(outcome, Dropped):
            keeper = outcome.detail.removeprefix("of ")
            assert keeper in kept
            assert keeper in [earlier.row.id for earlier in outcomes[:place]]


def test_a_copy_of_a_near_duplicate_points_at_the_row_that_stays(settle: Settle, passage: MakePassage) -> None:
    rows = [passage(LONG), passage(changed(7)), passage(changed(7).upper())]
    outcomes = settle(dedup, rows)
    assert fates(outcomes) == ["kept", "near_duplicate", "exact_duplicate"]
    assert outcomes[2].detail == f"of {rows[0].id}"


def test_on_thoughts_compares_thoughts_and_not_the_text(settle: Settle, draft: MakeDraft) -> None:
    rows = [draft("One text.", {0: "The same thought."}), draft("Another.", {0: "the same THOUGHT."})]
    assert fates(settle(dedup, rows, on="thoughts")) == ["kept", "exact_duplicate"]
    assert fates(settle(dedup, rows, on="text")) == ["kept", "kept"]


def test_on_text_of_drafts_compares_the_text(settle: Settle, draft: MakeDraft) -> None:
    rows = [draft("One text.", {0: "A thought."}), draft("one TEXT.", {0: "Quite another."})]
    assert fates(settle(dedup, rows, on="text")) == ["kept", "exact_duplicate"]


def test_thoughts_that_are_not_shown_are_not_compared(settle: Settle, draft: MakeDraft) -> None:
    first, second = draft("One.", {0: "The same."}), draft("Two.", {0: "The same.", 2: "Dropped."})
    second = replace(second, thoughts=(second.thoughts[0], replace(second.thoughts[1], drop="too_short")))
    assert fates(settle(dedup, [first, second], on="thoughts")) == ["kept", "exact_duplicate"]


def test_drafts_without_thoughts_are_kept(settle: Settle, draft: MakeDraft) -> None:
    assert fates(settle(dedup, [draft("One.", {0: ""}), draft("Two.", {0: ""})], on="thoughts")) == ["kept", "kept"]


def test_on_thoughts_before_there_are_any_is_refused() -> None:
    assert "put it after generate" in dedup.refuses(read_config(dedup.config, {"on": "thoughts"}, ""), Passage)
    assert not dedup.refuses(read_config(dedup.config, {"on": "thoughts"}, ""), Draft)


# Facts and exposure.


def states(draft: MakeDraft, words: str, *objects: str, **fields: Any) -> Draft:
    """A draft whose one thought is LONG with other words at its end, and states that A:1 treats each of the objects."""
    row = draft(f"Text of {words}.", {0: f"{LONG} {words}"})
    claims = (
        Claim("It is so.", **{"verdict": "supported", "subject": "A:1", "relation": "treats", **fields, "object": o})
        for o in objects
    )
    return replace(row, thoughts=(replace(row.thoughts[0], claims=tuple(claims)),))


def tallies(outcomes: list[Any]) -> list[dict[str, int]]:
    return [dict(outcome.tally) for outcome in outcomes]


def test_a_near_duplicate_that_states_another_fact_is_none(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two", "B:2"), states(draft, "three", "B:1")]
    outcomes = settle(dedup, rows, on="thoughts")
    assert fates(outcomes) == ["kept", "kept", "near_duplicate"]
    assert tallies(outcomes) == [{}, {"kept_for_facts": 1}, {}]
    assert outcomes[2].detail == f"of {rows[0].id}"


@pytest.mark.parametrize("other", [{"negated": True}, {"qualifier": "symptomatic"}, {"relation": "causes"}])
def test_a_denial_or_another_qualifier_is_another_fact(settle: Settle, draft: MakeDraft, other: dict[str, Any]) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two", "B:1", **other)]
    assert fates(settle(dedup, rows, on="thoughts")) == ["kept", "kept"]


def test_facts_that_its_twins_state_between_them_are_not_new(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two", "B:2"), states(draft, "three", "B:1", "B:2")]
    assert fates(settle(dedup, rows, on="thoughts")) == ["kept", "kept", "near_duplicate"]


@pytest.mark.parametrize("other", [{"verdict": "contradicted"}, {"relation": ""}, {"subject": ""}])
def test_what_is_wrong_or_could_not_be_read_is_no_fact(settle: Settle, draft: MakeDraft, other: dict[str, Any]) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two", "B:2", **other)]
    assert fates(settle(dedup, rows, on="thoughts")) == ["kept", "near_duplicate"]


def test_facts_of_thoughts_that_are_not_shown_do_not_count(settle: Settle, draft: MakeDraft) -> None:
    other = states(draft, "two", "B:2")
    unseen = replace(other.thoughts[0], drop="loop", text="Unseen.")
    rows = [states(draft, "one", "B:1"), replace(other, thoughts=(replace(other.thoughts[0], claims=()), unseen))]
    assert fates(settle(dedup, rows, on="thoughts")) == ["kept", "near_duplicate"]


def test_near_duplicates_stay_until_their_facts_were_met_often_enough(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, word, "B:1") for word in ("one", "two", "three", "four", "five")]
    outcomes = settle(dedup, rows[:2], rows[2:], on="thoughts", exposures=3)
    assert fates(outcomes) == ["kept", "kept", "kept", "near_duplicate", "near_duplicate"]
    assert tallies(outcomes)[:3] == [{}, {"kept_for_exposure": 1}, {"kept_for_exposure": 1}]


def test_one_rare_fact_is_enough_to_stay(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, "one", "B:1", "B:2"), states(draft, "two", "B:1"), states(draft, "three", "B:1", "B:2")]
    assert fates(settle(dedup, rows, on="thoughts", exposures=2)) == ["kept", "kept", "kept"]


def test_exact_copies_teach_nothing_new(settle: Settle, draft: MakeDraft) -> None:
    first = states(draft, "one", "B:1")
    second = replace(states(draft, "two", "B:2"), thoughts=first.thoughts)
    assert fates(settle(dedup, [first, second], on="thoughts", exposures=9)) == ["kept", "exact_duplicate"]


def test_a_near_duplicate_without_facts_goes_whatever_is_wanted(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two")]
    assert fates(settle(dedup, rows, on="thoughts", exposures=9)) == ["kept", "near_duplicate"]


def test_facts_do_not_count_where_texts_are_compared(settle: Settle, draft: MakeDraft) -> None:
    rows = [states(draft, "one", "B:1"), states(draft, "two", "B:2")]
    rows = [replace(row, passage=replace(row.passage, text=changed(place))) for place, row in enumerate(rows)]
    assert fates(settle(dedup, rows, on="text")) == ["kept", "near_duplicate"]


def test_exposures_of_texts_are_refused() -> None:
    assert "say on: thoughts" in dedup.refuses(read_config(dedup.config, {"exposures": 2}, ""), Passage)
