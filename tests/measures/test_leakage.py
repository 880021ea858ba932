"""How much a thought gives away: containment, the words that it names first, and the words that are counted."""
# ruff: noqa: E501 - one case a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.leakage import contained, containment, content_words, copied, named_first
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


LONG = " ".join(f"w{number}" for number in range(60))


@pytest.mark.parametrize(
    ("thought", "target", "share"),
    [
        ("a b c d e f", "x a b c d e y", 1 / 2),  # short: 5 words in an n-gram
        ("a b c d", "a b c d", None), ("a b c d e", "a b c d", None),  # nothing of five words could be found
        (LONG, LONG, 1.0), (LONG, " ".join(LONG.split()[:7]) + " x" * 40, 0.0),  # long: seven words are no n-gram
        (LONG, "a b c d e " + " ".join(LONG.split()[:5]), 1 / 56),  # a short stretch, a long thought
        ("", "a b c d e", None), ("a b c d e", "", None),
    ],
)  # fmt: skip
def test_n_grams_are_shorter_where_a_text_is_short(thought: str, target: str, share: float | None) -> None:
    assert contained(thought, target, "") == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    ("steps", "target", "before", "share"),
    [
        (["x y z u v w", "a b c d e"], "a b c d e f", "", 1.0),  # the step that copies most
        (["x a b c d e"], "a b c d e f", "", 1 / 2),
        (["p q r s t a b c d e"], "a b c d e f", "p q r s t", 1 / 5),  # of what is new
        (["A, b c. D e!"], "a b c d e", "", 1.0),
        (["a b c d", ""], "a b c d e", "", None),
        (["a b c d e"], "a b c d e", "a b c d e", None),
        ([], "a b c d e", "", None),
    ],
)
def test_the_step_that_copies_most(steps: list[str], target: str, before: str, share: float | None) -> None:
    assert copied(steps, target, before) == share


@pytest.mark.parametrize(
    ("thought", "target", "before", "share"),
    [
        ("Gout: allopurinol!", "Allopurinol lowers urate in gout.", "", 2 / 4), ("Gout: allopurinol!", "Allopurinol lowers urate in gout.", "On gout.", 1 / 4),
        ("allopurinol 300", "Allopurinol, 300 mg", "", 1.0), ("nothing of it", "Allopurinol, 300 mg", "", 0.0), ("the of it is", "it is with them and that", "", None),
        ("", "gout", "", 0.0), ("gout", "", "", None), ("gout gout", "gout, gout, gout and colchicine", "", 1 / 2), ("x", "y", "", None), ("5 of them", "5", "", 1.0),
        ("доза", "Доза аллопуринола", "", 1 / 2), ("剂量", "剂量", "", None),
    ],
)  # fmt: skip
def test_named_first(thought: str, target: str, before: str, share: float | None) -> None:
    assert named_first(thought, target, before) == share


def test_content_words_say_what_a_text_is_about() -> None:
    assert content_words("Whether they would use 5 mg of B12 with colchicine, or not") == {"5", "b12", "colchicine"}


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_it_is_a_share_and_falls_with_what_came_before(thought: str, target: str, before: str) -> None:
    alone, beside = named_first(thought, target, ""), named_first(thought, target, before)
    assert (alone is None) == (beside is None) == (not content_words(target))
    if alone is not None and beside is not None:
        assert 0 <= beside <= alone <= 1
        assert named_first(target, target, "") == 1
        assert named_first(target, target, target) == 0
