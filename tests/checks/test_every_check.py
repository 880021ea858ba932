"""What holds for every check: good thoughts pass, no text makes one raise, and time is linear in the text."""
# ruff: noqa: E501 - one case a line

import pkgutil
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import thinkaug.checks
from thinkaug.checks import Check
from thinkaug.records import Passage, Thinking, Thought

NAMES = [module.name for module in pkgutil.iter_modules(thinkaug.checks.__path__)]
CHECKS: dict[str, Check] = {name: getattr(import_module(f"thinkaug.checks.{name}"), name)() for name in NAMES}
TEXTS = st.text(st.characters(codec=None), max_size=400) | st.lists(
    st.sampled_from(
        ["the text", "I'm sorry, but I", "<think>", "</recall", "<|im_end|>", "$", "\\[", "0 0 0", "\u4e00", "\u0431", "e\u0301", "\ud800", "\n", ". ", "as an AI"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def test_all_nine_are_here() -> None:
    assert set(NAMES) >= {
        *("truncated", "refusal", "addressed", "template_echo", "loop", "length", "copy", "think_tags", "script")
    }


@pytest.mark.parametrize("name", NAMES)
def test_good_thoughts_pass(name: str, good: Thinking) -> None:
    assert CHECKS[name](good) == ""


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(TEXTS, max_size=3), before=TEXTS, target=TEXTS, finish=st.sampled_from(["stop", "length", ""]))
def test_any_text_gets_a_string(name: str, steps: list[str], before: str, target: str, finish: str) -> None:
    cut = len(before)
    passage = Passage("p", "d", 0, before + target, "", (cut,), "")
    thinking = Thinking(passage, cut, 0, tuple(Thought(cut, 0, "recall", step) for step in steps), finish)
    reason = CHECKS[name](thinking)
    assert isinstance(reason, str)
    assert reason == "" or reason.replace("_", "").isalpha()
    assert CHECKS[name](thinking) == reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["english", "russian", "the same"])
def test_large_texts_are_read(name: str, where: str, hostile: str, think) -> None:  # type: ignore[no-untyped-def]
    english = "Plain English stands here, long enough for its language to be told with some certainty by anybody."
    russian = "\u041f\u0440\u043e\u0441\u0442\u043e\u0439 \u0442\u0435\u043a\u0441\u0442 \u043d\u0430 \u0440\u0443\u0441\u0441\u043a\u043e\u043c \u044f\u0437\u044b\u043a\u0435."
    target = {"english": english, "russian": russian, "the same": hostile}[where]
    thinking = think(hostile, target=target, before=target)
    # Under 0.6 s each when measured; a quadratic pattern would keep the suite for minutes.
    assert isinstance(CHECKS[name](thinking), str)


@pytest.mark.parametrize("name", NAMES)
def test_no_steps_is_no_crash(name: str, think) -> None:  # type: ignore[no-untyped-def]
    assert CHECKS[name](think()) == ("too_short" if name == "length" else "")
