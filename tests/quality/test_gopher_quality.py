"""Gopher's rules on words and lines: each just inside its bound and just beyond it, all others switched off."""

import inspect
import math

import pytest

from thinkaug.quality.gopher_quality import gopher_quality

DEFAULTS = {name: option.default for name, option in inspect.signature(gopher_quality).parameters.items()}
OFF = {
    name: 0.0 if name.startswith("min_") else math.inf
    for name, value in DEFAULTS.items()
    if isinstance(value, int | float)
}


def judged(text: str, *bounds: str) -> str:
    return gopher_quality(**{**OFF, **{name: DEFAULTS[name] for name in bounds}})(text)


@pytest.mark.parametrize(
    ("bound", "inside", "beyond", "reason"),
    [
        ("min_words", "word, " * 50, "word, " * 49, "gopher_too_few_words"),
        ("max_words", "word, " * 100_000, "word, " * 100_001, "gopher_too_many_words"),
        ("min_mean_word_chars", "abc abc abc", "abc abc ab ,,,,", "gopher_short_words"),
        ("max_mean_word_chars", "abcdefghij abcdefghij", "abcdefghij abcdefghijk", "gopher_long_words"),
        ("max_hashes_per_word", "a " * 9 + "#", "a " * 8 + "#", "gopher_hashes"),
        ("max_ellipses_per_word", "a " * 9 + "...", "a " * 8 + "\u2026", "gopher_ellipses"),
        ("max_bullet_lines", " - a\n" * 5 + "\u2022 a\n" * 4 + "a", "- a\n" * 10 + "a", "gopher_bullets"),
        ("max_ellipsis_lines", "a... \n" * 3 + "a\n" * 7, "a\u2026\n" * 4 + "a\n" * 9, "gopher_ellipsis_lines"),
        ("min_lettered_words", "a b c d 1", "a b c d 1 .", "gopher_few_lettered_words"),
        ("min_common_words", "the blood of a heart", "the blood the heart Of", "gopher_few_common_words"),
    ],
)
def test_each_bound(bound: str, inside: str, beyond: str, reason: str) -> None:
    assert judged(inside, bound) == ""
    assert judged(beyond, bound) == reason
    assert judged(beyond) == ""


def test_the_numbers_are_those_of_the_paper() -> None:
    assert [DEFAULTS[name] for name in OFF] == [50, 100_000, 3, 10, 0.1, 0.1, 0.9, 0.3, 0.8, 2]


def test_blank_lines_count_among_the_lines() -> None:
    assert judged("- a\n\n" * 10, "max_bullet_lines") == ""


def test_other_languages_name_their_own_words() -> None:
    german = "Der Patient klagt \u00fcber Schmerzen und die Untersuchung ergibt nichts. "
    options = {**OFF, "min_common_words": 2.0}
    assert gopher_quality(**options)(german) == "gopher_few_common_words"
    assert gopher_quality(**options, common_words=["und", "die", "der"])(german) == ""


def test_a_letter_is_a_word_in_scripts_without_spaces() -> None:
    chinese = "\u60a3\u8005\u7537\u6027\u7a81\u53d1\u80f8\u75db\u4e24\u5c0f\u65f6" * 5
    assert judged(chinese, "min_words") == ""
    assert judged(chinese, "min_mean_word_chars") == "gopher_short_words"


def test_other_bullets_can_be_named() -> None:
    assert gopher_quality(**{**OFF, "max_bullet_lines": 0.5}, bullets=["*"])("* a\n* b") == "gopher_bullets"
    assert gopher_quality(**{**OFF, "max_bullet_lines": 0.5}, bullets=[])("- a\n- b") == ""
