"""Thoughts that are too short or too long."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.length import length
from thinkaug.records import Thinking

Think = Callable[..., Thinking]


@pytest.mark.parametrize(
    ("thought", "target", "reason"),
    [
        ("", "ten words", "too_short"), ("Four words are short.", "ten words", "too_short"), ("Five words are long enough.", "ten words", ""),
        ("w " * 1000, "w " * 1000, ""), ("w " * 1001, "w " * 1000, "too_long"),
        ("w " * 160, "w " * 20, ""), ("w " * 161, "w " * 20, "too_long"), ("w " * 160, "w", ""), ("w " * 161, "", "too_long"),
        ("w " * 10, "w " * 500, ""), ("w " * 9, "w " * 500, "too_short"),
        ("\u5242" * 9, "\u5242" * 40, "too_short"), ("\u5242" * 10, "\u5242" * 40, ""), ("\u5242" * 320, "\u5242" * 40, ""), ("\u5242" * 322, "\u5242" * 40, "too_long"),
        ("?! ... --", "ten words", "too_short"),
    ],
)  # fmt: skip
def test_bounds(think: Think, thought: str, target: str, reason: str) -> None:
    assert length()(think(thought, target=target)) == reason


def test_all_steps_count_together(think: Think) -> None:
    assert length()(think("Three words here.", "Three words more.")) == ""


def test_limits_are_options(think: Think) -> None:
    thought = think("w " * 30, target="w " * 10)
    assert length()(thought) == ""
    assert length(min_words=31)(thought) == "too_short"
    assert length(max_words=29)(thought) == "too_long"
    assert length(min_ratio=3.1)(thought) == "too_short"
    assert length(max_ratio=1.4)(thought) == "too_long"
    assert length(least_target_words=3)(thought) == ""
    assert length(least_target_words=3, max_ratio=2.9)(thought) == "too_long"
