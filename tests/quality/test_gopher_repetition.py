"""Gopher's rules on repetition: each just inside its bound and just beyond it, all others switched off."""
# ruff: noqa: E501 - one case a line

import inspect
import math
import string

import pytest

from thinkaug.quality.gopher_repetition import gopher_repetition

DEFAULTS = {name: option.default for name, option in inspect.signature(gopher_repetition).parameters.items()}
OFF = {name: math.inf if name.startswith("max_") else value for name, value in DEFAULTS.items()}


def judged(text: str, *bounds: str, **more: float) -> str:
    return gopher_repetition(**{**OFF, **{name: DEFAULTS[name] for name in bounds}, **more})(text)


def filled(text: str, chars: int) -> str:
    """The text with one more word, so that it has so many characters."""
    return text + " " + "x" * (chars - len(text) - 1)


def again(n: int) -> str:
    """An n-gram of words of two letters, twice, a word between."""
    gram = " ".join(letter * 2 for letter in string.ascii_lowercase[:n])
    return f"{gram} zz {gram}"


@pytest.mark.parametrize(
    ("bound", "inside", "beyond", "reason"),
    [
        ("max_paragraphs", "a\n\n" * 4 + "b\n\nc\n\nd\n\ne\n\nf\n\ng", "a\n\n" * 4 + "b\n\nc\n\nd\n\ne\n\nf", "gopher_repeated_paragraphs"),
        ("max_paragraph_chars", filled("aaaaa\n\naaaaa\n\n", 25), filled("aaaaa\n\naaaaa\n\n", 24), "gopher_repeated_paragraph_chars"),
        ("max_lines", "a\n" * 4 + "b\nc\nd\ne\nf\ng", "a\n" * 4 + "b\nc\nd\ne\nf", "gopher_repeated_lines"),
        ("max_line_chars", filled("aaaaa\naaaaa\n", 25), filled("aaaaa\naaaaa\n", 24), "gopher_repeated_line_chars"),
        ("max_top_2_gram", filled("ab cd ab cd", 50), filled("ab cd ab cd", 49), "gopher_top_2_gram"),
        ("max_top_3_gram", filled("abc de f abc de f", 89), filled("abc de f abc de f", 88), "gopher_top_3_gram"),
        ("max_top_4_gram", filled("ab c d e ab c d e", 100), filled("ab c d e ab c d e", 99), "gopher_top_4_gram"),
        *[(f"max_repeated_{n}_gram", filled(again(n), math.ceil(2 * n / share)), filled(again(n), math.floor(2 * n / share - 1e-9)), f"gopher_repeated_{n}_gram") for n, share in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))],
    ],
)  # fmt: skip
def test_each_bound(bound: str, inside: str, beyond: str, reason: str) -> None:
    assert judged(inside, bound) == ""
    assert judged(beyond, bound) == reason
    assert judged(beyond) == ""


def test_the_numbers_are_those_of_the_paper() -> None:
    bounds = [value for name, value in DEFAULTS.items() if name.startswith("max_")]
    assert bounds == [0.30, 0.20, 0.30, 0.20, 0.20, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.10]


def test_how_paragraphs_are_set_apart_is_no_repetition() -> None:
    text = "\n    \n".join("abcdefghijklmnop"[at:] for at in range(10))
    assert judged(text, "max_lines", "max_line_chars") == ""


def test_an_ngram_that_comes_once_counts_by_the_paper_and_need_not() -> None:
    assert judged("one two three four", "max_top_2_gram") == "gopher_top_2_gram"
    assert judged("one two three four", "max_top_2_gram", min_top_times=2) == ""


def test_a_text_without_words_repeats_nothing() -> None:
    assert gopher_repetition()("") == gopher_repetition()(" \n") == ""
