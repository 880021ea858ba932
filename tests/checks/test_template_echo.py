"""Thoughts that repeat their instructions."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable
from pathlib import Path

import pytest

from thinkaug.checks.template_echo import template_echo
from thinkaug.errors import UserError
from thinkaug.records import Thinking

Think = Callable[..., Thinking]


@pytest.mark.parametrize(
    "step",
    [
        "What the expert asks herself, weighs or plans, then.", "of what was recalled or concluded", "Precise, complete in itself, and true: metformin lowers glucose.",
        "Where the expert herself would be unsure, let her say so.", "WRITE what goes through the expert\u2019s mind just before.", "a check of what was recalled or concluded", "Write the steps again, each in tags.",
    ],
)  # fmt: skip
def test_the_prompts_own_words_are_found(think: Think, step: str) -> None:
    assert template_echo()(think("What is the dose?", step)) == "template_echo"


@pytest.mark.parametrize(
    "step",
    ["A plan.", "Next:", "a fact", "The stretch is not easy to write.", "Which question does she put to the court?"],
)
def test_a_few_words_in_common_are_no_echo(think: Think, step: str) -> None:
    assert template_echo()(think(step)) == ""


def test_what_the_expert_says_is_no_echo(think: Think) -> None:
    step = "Leave out a fact that you are not sure of."
    assert (
        template_echo()(think(step, target="Witnesses, leave out a fact that you are not sure of, says the rule."))
        == ""
    )
    assert template_echo()(think(step + " Such as a check that could fail, of what.", target=step)) == "template_echo"


def test_what_the_model_never_sees_does_not_count(think: Think, tmp_path: Path) -> None:
    (tmp_path / "mine.j2").write_text(
        "{# a note for the people who maintain it #}{% block user %}Say which drug is safest for her.{% endblock %}"
    )
    check = template_echo(templates=["mine.j2"], folder=str(tmp_path))
    assert check(think("A note for the people who maintain it.")) == ""
    assert check(think("I say which drug is safest for her.")) == "template_echo"
    assert check(think("of what was recalled or concluded")) == ""
    echoes = template_echo(folder=str(tmp_path))
    assert echoes(think("of what was recalled or concluded")) == "template_echo"


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match="nothing_of_that_name"):
        template_echo(templates=["nothing_of_that_name.j2"])


def test_the_length_of_a_run_is_an_option(think: Think) -> None:
    echo = "She knows one fact that comes to mind."
    assert template_echo(n=6)(think(echo)) == "template_echo"
    assert template_echo(n=7)(think(echo)) == ""
