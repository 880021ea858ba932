"""FineWeb's rules: each just inside its bound and just beyond it, all others switched off."""

import inspect
import math

import pytest

from thinkaug.quality.fineweb import fineweb

DEFAULTS = {name: option.default for name, option in inspect.signature(fineweb).parameters.items()}
OFF = {name: 0.0 if name.startswith("min_") else math.inf for name in DEFAULTS} | {"short_line_chars": 30}
LONG = "x" * 31


def judged(text: str, *bounds: str) -> str:
    return fineweb(**{**OFF, **{name: DEFAULTS[name] for name in bounds}})(text)


@pytest.mark.parametrize(
    ("bound", "inside", "beyond", "reason"),
    [
        ("min_stopped_lines", "a. \n" * 3 + "a\n\n" * 22, "a\u3002\n" * 2 + "a\n" * 15, "fineweb_few_stopped_lines"),
        ("max_short_lines", "x\n" * 67 + f"{LONG}\n" * 33, "x\n" * 68 + f"{LONG}\n" * 33, "fineweb_short_lines"),
        ("max_repeated_line_chars", "a\n\na\n" + "x" * 98, "a\n\na\n" + "x" * 97, "fineweb_repeated_lines"),
        ("max_lines_per_word", "a " * 7 + "\n\na b\n c", "a " * 7 + "\n\na\n b", "fineweb_list"),
    ],
)
def test_each_bound(bound: str, inside: str, beyond: str, reason: str) -> None:
    assert judged(inside, bound) == ""
    assert judged(beyond, bound) == reason
    assert judged(beyond) == ""


def test_the_numbers_are_those_of_the_filter() -> None:
    assert list(DEFAULTS.values()) == [0.12, 0.67, 30, 0.01, 0.3]


@pytest.mark.parametrize("chars", [30, 31])
def test_thirty_characters_are_a_short_line(chars: int) -> None:
    assert judged("x" * chars, "max_short_lines") == ("fineweb_short_lines" if chars == 30 else "")


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_a_text_without_a_line_is_empty(text: str) -> None:
    assert judged(text) == "fineweb_empty"
