"""hidden_thought, trajectory, latent: one reply, one untyped step, and nothing torn or empty passes for a thought."""

import pytest

from tests.strategies.conftest import TEXT, Hold
from thinkaug.dialogue import Failed, Reply
from thinkaug.strategies import Thoughts

NAMES = ["hidden_thought", "trajectory", "latent"]
CUT = TEXT.index("Allopurinol")


@pytest.mark.parametrize("name", NAMES)
def test_the_reply_is_the_thought(hold: Hold, name: str) -> None:
    held = hold(name, ["  Uric acid is what matters.\nIt falls.\n"])
    assert held.steps == [("prose", "Uric acid is what matters.\nIt falls.")]


@pytest.mark.parametrize("name", NAMES)
def test_a_thought_that_was_cut_off_is_none(hold: Hold, name: str) -> None:
    held = hold(name, [Reply("Uric acid is", finish="length", output_tokens=3)])
    assert isinstance(held.end, Failed)
    assert (held.end.kind, held.end.raw) == ("truncated", "Uric acid is")
    assert len(held.end.replies) == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_reply_is_none(hold: Hold, name: str) -> None:
    held = hold(name, [" \n"])
    assert isinstance(held.end, Failed)
    assert held.end.kind == "empty"


@pytest.mark.parametrize("name", ["hidden_thought", "trajectory"])
def test_they_see_the_whole_text(hold: Hold, name: str) -> None:
    assert TEXT in hold(name, ["So."]).prompts[0]


def test_latent_sees_what_stands_before_and_its_chunk(hold: Hold) -> None:
    (prompt,) = hold("latent", ["So."], cut=CUT).prompts
    before, chunk = prompt.split("Chunk:")
    assert TEXT[:CUT] in before
    assert TEXT[CUT:] in chunk
    assert "Allopurinol" not in before


def test_latent_sees_no_more_before_than_it_is_told(hold: Hold) -> None:
    (prompt,) = hold("latent", ["So."], cut=CUT, before_chars=10).prompts
    assert "disease" not in prompt
    assert "joints." in prompt


def test_a_trajectory_is_the_thinking_and_not_the_answer(hold: Hold) -> None:
    held = hold("trajectory", [Reply("It is so.", reasoning="Is it so? Yes.")])
    assert held.steps == [("prose", "Is it so? Yes.")]


def test_an_answer_cut_off_after_the_thinking_does_no_harm(hold: Hold) -> None:
    held = hold("trajectory", [Reply("It is", reasoning="Is it so? Yes.", finish="length")])
    assert held.steps == [("prose", "Is it so? Yes.")]
    assert isinstance(held.end, Thoughts)
    assert held.end.replies[0].finish == "length"


def test_thinking_cut_off_before_its_end_is_none(hold: Hold) -> None:
    held = hold("trajectory", [Reply("", reasoning="Is it so? Per", finish="length")])
    assert isinstance(held.end, Failed)
    assert (held.end.kind, held.end.raw) == ("truncated", "Is it so? Per")


def test_a_reply_without_thinking_fails_where_thinking_is_wanted(hold: Hold) -> None:
    held = hold("trajectory", ["It is so."], use="reasoning")
    assert isinstance(held.end, Failed)
    assert (held.end.kind, held.end.raw) == ("no_reasoning", "It is so.")


@pytest.mark.parametrize("name", [*NAMES, "interleaved", "skeleton"])
def test_an_engine_that_fails_ends_the_dialogue(hold: Hold, name: str) -> None:
    failure = Failed("request_failed", "too long")
    assert hold(name, [failure]).end is failure
