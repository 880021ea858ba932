"""novelty: what others have said tells little, what nobody has said tells much."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.novelty import DISCOUNT, Novelty
from thinkaug.words import words

SAID = "The dose is given by mouth. The dose is given with water. The dose is given at night."


def mean(novelty: Novelty, target: str, before: str = "") -> float:
    nats, count = novelty.nats(before, target)
    return nats / count


def test_the_formula_by_hand() -> None:
    nats, count = Novelty(["a b a c", "a b"]).nats("", "a b")  # elsewhere: "" a, a b, b a, a c; words a 2, b 1, c 1
    rest = 4 + 3 + 1
    first = (1 - DISCOUNT + DISCOUNT * 1 * (2 + 1) / rest) / 1
    second = (1 - DISCOUNT + DISCOUNT * 2 * (1 + 1) / rest) / 2
    assert (nats, count) == (pytest.approx(-math.log(first) - math.log(second)), 2)


def test_followers_that_only_the_stretch_has_do_not_count() -> None:
    nats, _ = Novelty(["a b", "a c a b"]).nats("", "a c a b")  # elsewhere: "" a, a b
    a, b, c = (1 + 1) / 6, (1 + 1) / 6, (0 + 1) / 6
    chain = (1 - DISCOUNT + DISCOUNT * a, DISCOUNT * c, a, 1 - DISCOUNT + DISCOUNT * b)
    assert nats == pytest.approx(-sum(map(math.log, chain)))


@given(st.lists(st.text("ab ", max_size=12), min_size=1, max_size=4), st.integers(0, 12))
def test_the_chances_of_all_words_come_to_1(texts: list[str], at: int) -> None:
    before = texts[0][:at]
    known = sorted({word for text in texts for word in words(text)})
    chances = [math.exp(-Novelty([*texts, f"{before} {word}"]).nats(before, word)[0]) for word in known]
    assert sum(chances) < 1


def test_what_is_said_elsewhere_tells_less() -> None:
    novelty = Novelty([SAID, "Quinine tastes bitter to every one of them."])
    assert mean(novelty, "The dose is given") < mean(novelty, "Quinine tastes bitter")


def test_the_same_words_in_another_order_tell_more() -> None:
    novelty = Novelty([SAID])
    assert mean(novelty, "dose is given", "The") < mean(novelty, "given dose is", "The")


def test_a_stretch_does_not_foretell_itself() -> None:
    once, twice = "Quinine tastes bitter.", "Quinine tastes bitter."
    assert mean(Novelty([SAID, once]), once) == pytest.approx(
        mean(Novelty([SAID, once]), "Zinc smells sweet."), abs=0.5
    )
    assert mean(Novelty([SAID, once, twice]), once) < mean(Novelty([SAID, once]), once) - 1


def test_the_word_before_counts() -> None:
    novelty = Novelty([SAID])
    assert mean(novelty, "dose", "The") < mean(novelty, "dose", "water. At")


def test_no_words_tell_nothing() -> None:
    assert Novelty([]).nats("", "... \n") == (0.0, 0)


@given(st.lists(st.text("ab c.\u4e00\u0301", max_size=30), max_size=4), st.text(max_size=9), st.text())
def test_what_is_told_of_any_text_is_finite_and_never_negative(texts: list[str], before: str, target: str) -> None:
    nats, count = Novelty([*texts, f"{before}\n{target}"]).nats(before, target)
    assert math.isfinite(nats)
    assert nats >= 0
    assert count >= 0


@given(st.lists(st.text("ab ", max_size=9), max_size=3), st.text("ab ", max_size=300), st.text("ab ", max_size=9))
def test_a_stretch_of_another_text_is_no_error(texts: list[str], before: str, target: str) -> None:
    assert math.isfinite(Novelty(texts).nats(before, target)[0])
