"""All rules together: order, fixed point, what is left alone."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hygiene.conftest import TEXTS
from thinkaug.hygiene import Hygiene, cleaner

DEFAULT = Hygiene()
EVERYTHING = replace(DEFAULT, boilerplate=True, running_heads=True, running_head_times=2)
NOTHING = Hygiene(*(False for field in fields(Hygiene) if field.type is bool or field.type == "bool"))
SWITCHES = [field.name for field in fields(Hygiene) if isinstance(getattr(DEFAULT, field.name), bool)]

# A text that one rule alone changes, and what it makes of it.
ONE_EACH = {
    "latex_escapes": (r"$" + "\x0c" + r"rac12$", r"$\frac12$"),
    "line_ends": ("a\r\nb\rc", "a\nb\nc"),
    "mojibake": ("cafÃ©", "café"),
    "controls": ("a\x00b", "ab"),
    "invisibles": ("a\u200bb", "ab"),
    "normalize": ("e\u0301", "é"),
    "boilerplate": ("Text.\nPage 3 of 12\nMore.", "Text.\nMore."),
    "running_heads": ("\n".join(["Some journal", "", *"abcdefghijklmnopqrstu"] * 4), None),
}


def test_every_switch_has_its_case() -> None:
    assert list(ONE_EACH) == SWITCHES


@pytest.mark.parametrize("rule", SWITCHES)
def test_a_rule_works_and_is_named_when_it_is_on_and_not_when_it_is_off(rule: str) -> None:
    text, expected = ONE_EACH[rule]
    cleaned, changed = cleaner(replace(EVERYTHING, running_head_times=4))(text)
    assert changed == (rule,)
    assert cleaned != text if expected is None else cleaned == expected
    assert rule not in cleaner(replace(EVERYTHING, **{rule: False}))(text)[1]
    alone = replace(NOTHING, **{rule: True}, running_head_times=4)
    assert cleaner(alone)(text) == (cleaned, (rule,))


def test_lines_are_only_taken_out_when_asked_for() -> None:
    text = "Page 3 of 12\n" + str(ONE_EACH["running_heads"][0])
    assert cleaner(DEFAULT)(text) == (text, ())


@pytest.mark.parametrize(
    "text", ["", "Plain.", "Tab\tand\nline.\n\n\n", "naïve “quotes” — ﬁne, ½ m² № ５", "日本語、한국어"]
)
def test_what_needs_nothing_is_the_same_object(text: str) -> None:
    cleaned, changed = cleaner(DEFAULT)(text)
    assert cleaned is text
    assert changed == ()


def test_rules_are_named_once_and_in_their_order() -> None:
    text = "\ud800 a\r\n cafÃ© \x00 \u200b e\u0301 \x0crac{1}{2} Ã\u200b³"
    _, changed = cleaner(DEFAULT)(text)
    assert changed == ("surrogates", "latex_escapes", "line_ends", "mojibake", "controls", "invisibles", "normalize")


def test_what_one_rule_brings_together_an_earlier_one_mends() -> None:
    assert cleaner(DEFAULT)("cafÃ\u200b©")[0] == "café"
    assert cleaner(DEFAULT)("e\u200b\u0301")[0] == "é"


def test_halves_of_damaged_letters_are_no_control_or_invisible_characters() -> None:
    assert cleaner(DEFAULT)("Ã\xad, Ã\x85ngstrÃ¶m, donâ\x80\x99t") == ("í, Ångström, don’t", ("mojibake",))


@settings(max_examples=600, deadline=None)
@given(
    TEXTS, st.sampled_from([DEFAULT, EVERYTHING, replace(DEFAULT, mojibake=False), replace(DEFAULT, invisibles=False)])
)
def test_cleaning_again_changes_nothing(text: str, chosen: Hygiene) -> None:
    clean = cleaner(chosen)
    once, changed = clean(text)
    assert clean(once) == (once, ())
    assert bool(changed) == (once != text)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_what_is_clean_can_be_stored_and_is_nfc_and_not_longer(text: str) -> None:
    cleaned, changed = cleaner(DEFAULT)(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))} & set(cleaned)
    assert len(cleaned) <= (
        3 * len(text) if "normalize" in changed else len(text) + text.count("\x0c") + text.count("\b")
    )


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\t\n")))
def test_ascii_without_controls_is_never_touched(text: str) -> None:
    assert cleaner(DEFAULT)(text)[0] is text


def test_naughty_strings_come_to_a_fixed_point_and_can_be_stored(trial_data: Path) -> None:
    clean = cleaner(EVERYTHING)
    for text in json.loads((trial_data / "blns.json").read_text(encoding="utf-8")):
        cleaned, _ = clean(text)
        cleaned.encode("utf-8")
        assert clean(cleaned) == (cleaned, ())


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("r1", lambda text: text.replace("\u202e", "").replace("\u202c", "")),
        ("r2", lambda text: text),
        ("r3", lambda text: "hyphenated words " * 10),
        ("r4", lambda text: " visible text " * 9),
        ("r5", lambda text: text),
        ("r6", lambda text: unicodedata.normalize("NFC", text)),
    ],
)
def test_the_records_with_hidden_characters(trial_data: Path, record: str, expected: Callable[[str], str]) -> None:
    rows = map(json.loads, (trial_data / "dirty" / "rtl_bidi_zw.jsonl").read_text(encoding="utf-8").splitlines())
    text = {row["id"]: row["text"] for row in rows}[record]
    assert cleaner(DEFAULT)(text)[0] == expected(text)
