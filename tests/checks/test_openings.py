"""Thoughts that begin as too many others do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.checks.openings import openings
from thinkaug.errors import UserError
from thinkaug.plugins import made
from thinkaug.records import Passage, Thinking, Thought


def thinking(text: str, passage: str = "p", cut: int = 0, candidate: int = 0) -> Thinking:
    record = Passage(passage, "d", 0, "The stretch.", "", (cut,), "")
    return Thinking(record, cut, candidate, (Thought(cut, candidate, "recall", text),), "stop")


def judged(thoughts: list[Thinking], **options: float) -> list[str]:
    check = made("checks", "openings", options, "x")
    for thought in thoughts:
        check.observe(thought)
    return [check(thought) for thought in thoughts]


def corpus(common: int, other: int, opening: str = "Let me think about") -> list[Thinking]:
    groove = [thinking(f"{opening} number {i}", f"c{i}") for i in range(common)]
    return groove + [thinking(f"w{i} x{i} y{i} z{i} and more", f"o{i}") for i in range(other)]


def test_all_but_as_many_as_the_share_allows_are_dropped() -> None:
    reasons = judged(corpus(60, 140))
    assert reasons[:60].count("common_opening") == 50  # of 200 a twentieth may stay
    assert set(reasons[60:]) == {""}


def test_an_opening_within_the_share_stays() -> None:
    assert set(judged(corpus(10, 190))) == {""}
    assert judged(corpus(11, 189)).count("common_opening") == 1


def test_few_thoughts_may_begin_alike() -> None:
    assert set(judged(corpus(9, 0))) == {""}
    assert judged(corpus(10, 0)).count("common_opening") == 1
    assert judged(corpus(4, 0), min_count=3).count("common_opening") == 2


def test_case_and_punctuation_do_not_matter_but_the_number_of_words_does() -> None:
    spelled = ["Let me, think: about A", "let me think ABOUT b"]
    mixed = [thinking(spelled[i % 2], f"p{i}") for i in range(20)]
    assert judged(mixed).count("common_opening") == 11
    assert set(judged([thinking(f"let me think {i}", f"p{i}") for i in range(50)])) == {""}
    assert judged([thinking(f"let me think {i}", f"p{i}") for i in range(50)], n=3).count("common_opening") == 41


def test_a_thought_shorter_than_an_opening_is_one() -> None:
    assert judged([thinking("Hmm.", f"p{i}") for i in range(50)]).count("common_opening") == 41


def test_thoughts_without_a_word_have_no_opening_but_count() -> None:
    assert set(judged([thinking(text, f"p{i}") for i, text in enumerate(["", "...", "\U0001f914"] * 30)])) == {""}
    assert set(judged(corpus(10, 0) + [thinking("", f"e{i}") for i in range(190)])) == {""}


def test_candidates_and_cuts_of_one_passage_are_told_apart() -> None:
    many = [thinking("Let me think about it", "p", cut, candidate) for cut in range(10) for candidate in range(10)]
    assert judged(many).count("common_opening") == 91


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(5, 60), st.integers(0, 60))
def test_which_are_dropped_depends_on_neither_order_nor_sharding(random, common: int, other: int) -> None:  # type: ignore[no-untyped-def]
    thoughts = corpus(common, other)
    shuffled = random.sample(thoughts, len(thoughts))
    first = {thought.passage.id for thought, reason in zip(thoughts, judged(thoughts), strict=True) if reason}
    second = {thought.passage.id for thought, reason in zip(shuffled, judged(shuffled), strict=True) if reason}
    assert first == second
    allowed = max(int(0.05 * len(thoughts)), 9)
    assert len(first) == max(0, common - allowed)


def test_which_are_dropped_is_the_same_in_every_process() -> None:
    dropped = [i for i, reason in enumerate(judged(corpus(12, 0))) if reason]
    assert dropped == [4, 8, 11]


def test_what_was_observed_later_counts() -> None:
    check = openings()
    thoughts = corpus(20, 0)
    for thought in thoughts[:9]:
        check.observe(thought)
    assert {check(thought) for thought in thoughts[:9]} == {""}
    for thought in thoughts[9:]:
        check.observe(thought)
    assert [check(thought) for thought in thoughts].count("common_opening") == 11


def test_nothing_observed_is_nothing_said() -> None:
    assert openings()(thinking("Let me think about it")) == ""


@pytest.mark.parametrize(
    "text", ["\u4e00" * 400, "\u0627\u0644\u0646\u0635 " * 50, "\ud800\udfff a", "e\u0301\u0327 " * 40, "a" * 100_000]
)
def test_hostile_openings_are_counted(text: str) -> None:
    assert judged([thinking(text, f"p{i}") for i in range(20)]).count("common_opening") == 11


@pytest.mark.parametrize("options", [{"n": 0}, {"max_share": 0}, {"max_share": 1.1}, {"min_count": 1}, {"share": 0.1}])
def test_senseless_options_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(UserError):
        made("checks", "openings", options, "x")
