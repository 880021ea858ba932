"""Steps whose calculations were carried out, and did not come out."""

from dataclasses import replace

import pytest

from thinkaug.checks.arithmetic import arithmetic
from thinkaug.measures.arithmetic import execute
from thinkaug.records import Passage, Thinking, Thought


def thinking(*steps: str) -> Thinking:
    passage = Passage("p", "d", 0, "The dose is given.", "", (0,), "")
    thoughts = tuple(Thought(0, 0, "verification", step, executed=execute(step)) for step in steps)
    return Thinking(passage, 0, 0, thoughts, "stop")


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (("0.5 mg/kg x 70 kg = 35 mg, so the dose fits.",), ""),
        (("0.5 mg/kg x 70 kg = 45 mg, so the dose fits.",), "wrong_arithmetic"),
        (("Is it 35 mg?", "70 / 2 = 35.", "Then 35 + 35 = 80."), "wrong_arithmetic"),
        (("Nothing is reckoned here.", "The dose is 5 mg."), ""),
        ((), ""),
    ],
)
def test_a_wrong_calculation_is_found(steps: tuple[str, ...], reason: str) -> None:
    assert arithmetic()(thinking(*steps)) == reason


def test_what_cannot_be_reckoned_counts_where_it_is_asked_for() -> None:
    undefined = thinking("5 / 0 = 7, they say.")
    assert arithmetic()(undefined) == ""
    assert arithmetic(unreadable=True)(undefined) == "wrong_arithmetic"


def test_only_what_was_stored_counts() -> None:
    wrong = thinking("2 + 2 = 5.")
    steps = tuple(replace(step, executed=()) for step in wrong.steps)
    assert arithmetic()(replace(wrong, steps=steps)) == ""
