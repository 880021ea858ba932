"""Cut-off thoughts, by finish reason and by their last mark."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.truncated import truncated
from thinkaug.records import Thinking

Think = Callable[..., Thinking]


@pytest.mark.parametrize(
    "end",
    [
        "It fits.", "Does it fit?", "Fits!", "Perhaps\u2026", 'He said "stop."', "(It fits.)", "**It fits.**", "It fits.[3]", "It fits.\u00b3",
        "\u5b83\u9002\u5408\u3002", "\u201e\u3053\u308c\u3067\u3088\u3044\u3002\u300d", "\u0647\u0644 \u0647\u0630\u0627 \u0635\u062d\u064a\u062d\u061f", "\u092f\u0939 \u0938\u0939\u0940 \u0939\u0948\u0964", "\u0e22\u0e32\u0e19\u0e35\u0e49\u0e43\u0e0a\u0e49\u0e44\u0e14\u0e49",
        "\u03a4\u03b9 \u03b5\u03af\u03bd\u03b1\u03b9 \u03b1\u03c5\u03c4\u03cc;", r"Hence \[ x = 3 \]", "Hence $$x = 3$$", "```\nx = 3\n```", "\u00abC'est ainsi.\u00bb  ", "It fits.\u200f", "and so on etc.",
    ],
)  # fmt: skip
def test_a_finished_end_passes(think: Think, end: str) -> None:
    assert truncated()(think("cut here,", end)) == ""


@pytest.mark.parametrize(
    "end",
    ["The dose is", "The dose is,", "as follows:", "x; and", "It is 3", "for example, e.g.", "also z. B.", "Hence $$x =", "Then $$a$$ and $$", "```\nx", "\u5b83\u9002\u5408\uff0c", "\u044d\u0442\u043e \u043e\u0437\u043d\u0430\u0447\u0430\u0435\u0442, \u0442. \u0435.", "so (see", "well-", "English;"],
)  # fmt: skip
def test_a_stop_in_mid_sentence_is_found(think: Think, end: str) -> None:
    assert truncated()(think("First a whole sentence.", end)) == "unfinished"


def test_only_the_last_step_has_to_end(think: Think) -> None:
    assert truncated()(think("a plan", "It fits.")) == ""
    assert truncated()(think("It fits.", "a plan")) == "unfinished"


def test_the_finish_reason_decides_before_the_text(think: Think) -> None:
    assert truncated()(think("It fits.", finish="length")) == "truncated"
    assert truncated()(think("It fits", finish="stop")) == "unfinished"
    assert truncated(mid_sentence=False)(think("It fits", finish="stop")) == ""
    assert truncated(mid_sentence=False)(think("It fits", finish="length")) == "truncated"


def test_further_ends_can_be_named(think: Think) -> None:
    assert truncated()(think("It fits QED")) == "unfinished"
    assert truncated(also_ends=["QED"])(think("It fits QED ")) == ""
    assert truncated(also_ends=[""])(think("It fits")) == "unfinished"
