"""Thoughts that give personal data away."""

from collections.abc import Callable

import pytest

from thinkaug.checks.personal import personal
from thinkaug.errors import UserError
from thinkaug.plugins import made
from thinkaug.records import Passage, Thinking, Thought

Think = Callable[..., Thinking]
LEAK = "Dr Miller would know; jane.miller@clinic.org or +49 30 1234567."


def test_what_only_the_thought_knows_is_a_leak(think: Think) -> None:
    assert personal()(think(LEAK)) == "personal_data"
    assert personal()(think("What would", "a doctor know?", LEAK)) == "personal_data"
    assert personal()(think("Dr Miller would know, at the clinic in Berlin, after 1945.")) == ""


def test_what_the_expert_says_may_be_repeated(think: Think) -> None:
    assert personal()(think(LEAK, before="Contact: Jane.Miller@clinic.org, +49 (30) 1234568. ")) == "personal_data"
    said = "Contact: Jane.Miller@clinic.org, +49 (30) 123 4567. "
    assert personal()(think(LEAK, before=said)) == ""
    assert personal()(think(LEAK, target=said)) == ""
    assert personal(quoted=False)(think(LEAK, before=said)) == "personal_data"
    assert personal()(think(LEAK + " 212-736-5000", before=said)) == "personal_data"


def test_what_stands_later_in_the_passage_or_in_its_context_is_said_too() -> None:
    def thinking(context: str, text: str) -> Thinking:
        passage = Passage("p", "d", 0, text, context, (0, 5), "")
        return Thinking(passage, 0, 0, (Thought(0, 0, "recall", "Ask jane@who.int about it."),), "stop")

    assert personal()(thinking("", "Here. Later: jane@who.int.")) == ""
    assert personal()(thinking("jane@who.int", "Here. And there.")) == ""
    assert personal()(thinking("jan@who.int", "Here. And there.")) == "personal_data"


def test_as_many_as_at_most_pass(think: Think) -> None:
    assert personal(at_most=2)(think(LEAK)) == ""
    assert personal(at_most=1)(think(LEAK)) == "personal_data"
    assert personal(at_most=1, kinds=["email"])(think(LEAK)) == ""


def test_only_the_kinds_of_the_options(think: Think) -> None:
    assert personal(kinds=["iban", "ip_address"])(think(LEAK)) == ""
    assert personal(kinds=["phone"])(think(LEAK)) == "personal_data"


def test_options_are_read_from_yaml(think: Think) -> None:
    assert made("checks", "personal", {"kinds": ["email"], "at_most": 0}, "x")(think(LEAK)) == "personal_data"
    with pytest.raises(UserError, match="kinds"):
        made("checks", "personal", {"kinds": ["mail"]}, "x")
    with pytest.raises(UserError, match="at_most"):
        made("checks", "personal", {"at_most": -1}, "x")
