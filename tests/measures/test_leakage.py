"""containment and the words that it counts."""
# ruff: noqa: E501 - one case a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.leakage import containment
from thinkaug.words import count_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()), ("Don't stop -- 3.5 mg!", ("don't", "stop", "3", "5", "mg")), ("e\u0301t\u00e9", ("\u00e9t\u00e9",)), ("STRASSE Stra\u00dfe", ("strasse", "strasse")),
        ("\u5242\u91cfDNA\u3002", ("\u5242", "\u91cf", "dna")), ("l\u2019eau", ("l'eau",)), ("\u092f\u0939 \u0938\u0939\u0940", ("\u092f\u0939", "\u0938\u0939\u0940")),
    ],
)  # fmt: skip
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_two_letters_without_spaces_count_as_a_word() -> None:
    assert count_words("\u5242\u91cf DNA") == 2
    assert count_words("two words") == 2


@pytest.mark.parametrize(
    ("thought", "target", "before", "n", "share"),
    [
        ("a b c d", "a b c d", "", 2, 1.0), ("a b c d", "a b x c d", "", 2, 2 / 3), ("a b c d", "w x y z", "", 2, 0.0), ("A, b. C d", "a b c d", "", 2, 1.0),
        ("a b c d", "a b c d", "z a b", 2, 2 / 3), ("a b a b a", "a b", "", 2, 2 / 4), ("a b c", "a b c d", "", 4, None), ("", "a", "", 1, None), ("a b", "", "", 2, 0.0), ("a b c d", "a b", "", 8, None),
    ],
)  # fmt: skip
def test_containment(thought: str, target: str, before: str, n: int, share: float | None) -> None:
    assert containment(thought, target, before, n) == share


def test_an_n_gram_has_a_word() -> None:
    with pytest.raises(ValueError, match="n is 0"):
        containment("a", "a", "", 0)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.integers(1, 4))
def test_it_is_a_share_and_never_grows_with_what_came_before(thought: str, target: str, before: str, n: int) -> None:
    alone, beside = containment(thought, target, "", n), containment(thought, target, before, n)
    assert (alone is None) == (beside is None) == (len(words(thought)) < n)
    if alone is not None and beside is not None:
        assert 0 <= beside <= alone <= 1
        assert containment(thought, thought, "", n) == 1
        assert containment(thought, target, target, n) == 0
