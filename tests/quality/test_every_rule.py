"""What holds for every rule on documents: options, switching off, and text that nobody would write."""
# ruff: noqa: E501 - hostile texts, one a line

import inspect
import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.plugins import made, part
from thinkaug.quality import TextCheck

RULES = ["c4", "compression", "fineweb", "gopher_quality", "gopher_repetition"]
HOSTILE = {
    "nothing": "", "one_word": "Word", "spaces": " \n\t" * 300_000, "breaks": "\n" * 1_000_000, "one_letter": "a" * 1_000_000, "one_dot": "." * 1_000_000,
    "dots": ". " * 500_000, "marks_after_a_letter": "a" + "!" * 1_000_000, "a_the": "the " * 250_000, "ten_megabytes": "The heart pumps blood. " * 435_000,
    "distinct": " ".join(f"w{i}" for i in range(130_000)), "lines": "ab\n" * 300_000, "one_han": "中" * 300_000, "han": "".join(chr(0x4E00 + i % 20_000) for i in range(300_000)),
    "rtl": "\u202eال " * 100_000, "emoji": "👨‍👩‍👧 " * 50_000, "marks": "e\u0301\u0327" + "\u0301\u0327" * 300_000, "lone_marks": "\u0301 " * 200_000, "surrogates": "\ud800\udfff" * 100_000,
    "nul": "\x00" * 500_000, "braces": "{" * 500_000, "citations": "[1]" * 200_000, "open_citations": "[" * 500_000, "policy": "Javascript, terms of use lorem ipsum { .\n" * 20_000, "apostrophes": "a'" * 500_000, "slashes": "a/" * 500_000, "at": "a@b." * 200_000,
}  # fmt: skip


def bounds(rule: str) -> dict[str, float]:
    """The options of a rule that are bounds, with their defaults."""
    options = inspect.signature(part("quality", rule, "test")).parameters.values()
    return {option.name: option.default for option in options if type(option.default) in (int, float)}


@pytest.fixture(params=RULES)
def rule(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_has_a_verdict(rule: str, name: str) -> None:
    reason = made("quality", rule, {}, "test")(HOSTILE[name])
    assert reason == "" or reason.replace("_", "").isalnum()


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_a_verdict_is_the_same_twice_and_for_any_text(text: str) -> None:
    for name in RULES:
        check: TextCheck = made("quality", name, {}, "test")
        assert check(text) == check(text)


def test_every_bound_can_be_switched_off(rule: str) -> None:
    off = {name: 0 if name.startswith("min_") else math.inf for name in bounds(rule)}
    more = {"terminal_mark": False, "curly_bracket": False, "page_phrases": []} if rule == "c4" else {}
    check = made("quality", rule, {**off, **more}, "test")
    assert {check(text) for text in HOSTILE.values() if len(text) < 500_000} <= {"", "fineweb_empty"}


@pytest.mark.parametrize("value", [-1, math.nan, None, "off"])
def test_no_other_value_switches_a_bound_off(rule: str, value: object) -> None:
    for name in bounds(rule):
        with pytest.raises(UserError, match=name):
            made("quality", rule, {name: value}, "filter")


def test_an_unknown_option_names_the_nearest(rule: str) -> None:
    known = next(iter(bounds(rule)))
    with pytest.raises(UserError, match=f"did you mean '{known}'"):
        made("quality", rule, {known + "s": 1}, "filter")


def test_rules_share_what_they_find_and_stay_apart() -> None:
    checks: list[Callable[[str], str]] = [made("quality", name, {}, "test") for name in RULES]
    texts = ["The heart pumps blood to the lungs and to the body. " * 30, "- a\n- b\n" * 60, "{x}. " * 90]
    alone = [[made("quality", name, {}, "test")(text) for name in RULES] for text in texts]
    assert [[check(text) for check in checks] for text in texts] == alone
    assert len({tuple(reasons) for reasons in alone}) == 3
