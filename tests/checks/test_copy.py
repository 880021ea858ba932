"""Thoughts that give the target away."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.copy import copy
from thinkaug.records import Thinking

Think = Callable[..., Thinking]

TARGET = "Metformin was therefore reduced to 500 mg twice daily, and renal function will be checked every three months from now on."
OWN = "What does a falling filtration rate mean for a drug that the kidney clears unchanged, and at which value is it stopped?"


@pytest.mark.parametrize(
    "thought",
    [TARGET, TARGET.upper(), TARGET.replace(",", " --"), OWN + " " + TARGET, "So metformin was therefore reduced to 500 mg twice daily.", "renal function will be checked every three months"],
)  # fmt: skip
def test_copies_are_found(think: Think, thought: str) -> None:
    assert copy()(think(thought, target=TARGET)) == "copies_target"


@pytest.mark.parametrize(
    "thought", [OWN, OWN + " Perhaps 500 mg twice daily.", "Reduce metformin or stop it?", "", "..."]
)
def test_own_words_pass(think: Think, thought: str) -> None:
    assert copy()(think(thought, target=TARGET)) == ""


def test_what_came_before_may_be_repeated(think: Think) -> None:
    assert copy()(think(TARGET, target=TARGET, before=TARGET + " ")) == ""
    assert copy()(think(TARGET, target=TARGET, before="Metformin was reduced. ")) == "copies_target"


def test_a_whole_short_target_inside_a_long_thought_is_found(think: Think) -> None:
    long = " ".join(f"thought{i} runs on" for i in range(100))
    short = "Reduce the metformin dose to 500 mg."
    assert copy()(think(f"{long} {short}", target=short)) == "copies_target"
    assert copy(max_quoted=1.0)(think(f"{long} {short}", target=short)) == ""


@pytest.mark.parametrize("target", ["Type 2 diabetes", "Diabetes.", "", "?!"])
def test_a_very_short_target_may_be_named_but_not_be_all(think: Think, target: str) -> None:
    assert (
        copy()(
            think(
                "Glucose is high and ketones are absent, so it is type 2 diabetes; which drug suits it?", target=target
            )
        )
        == ""
    )
    assert copy()(think(target, target=target)) == ("copies_target" if target[:1].isalpha() else "")


def test_scripts_without_spaces(think: Think) -> None:
    target = "应立即行急诊冠状动脉造影，并给予双联抗血小板治疗。"
    assert copy()(think("应立即行急诊冠状动脉造影，然后再看。", target=target)) == "copies_target"
    assert copy()(think("先溶栓还是直接介入？冠状动脉的情况决定一切。", target=target)) == ""


def test_limits_are_options(think: Think) -> None:
    half = think(
        "Metformin was therefore reduced to 500 mg twice daily, which I like a lot because it is simple.", target=TARGET
    )
    assert copy()(half) == "copies_target"
    assert copy(max_containment=0.9)(half) == ""
    assert copy(short_n=12)(half) == ""
    assert copy(n=30, short_words=1)(half) == ""
