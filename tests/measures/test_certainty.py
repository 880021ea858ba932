"""certainty: how sure sentences sound, and how often those that sound sure are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.certainty import BOOSTERS, CERTAINTIES, HEDGES, Rate, certainty, overconfidence

SENTENCES = {
    "Allopurinol is used in gout.": "plain",
    "Allopurinol may help in gout.": "hedged",
    "It is probably given in gout.": "hedged",
    "I think it is a form of arthritis.": "hedged",
    "It was introduced in May.": "plain",
    "It was introduced in MAY 1966.": "plain",
    "It is not certain that it helps.": "hedged",
    "It is certainly used in gout.": "certain",
    "It is of course a disease of the joints.": "certain",
    "Undoubtedly it may help.": "hedged",
    "A well-known drug of gout.": "certain",
    "It is WITHOUT  DOUBT the first choice.": "certain",
    "Certain drugs lower urate.": "plain",
    "The couldron boils.": "plain",
    "Its mightiness is great.": "plain",
    "As far as I know, it is so.": "hedged",
    "": "plain",
}


@pytest.mark.parametrize(("text", "tone"), SENTENCES.items())
def test_a_sentence_sounds_so(text: str, tone: str) -> None:
    assert certainty(text) == tone


@pytest.mark.parametrize("word", HEDGES)
def test_every_hedge_takes_back(word: str) -> None:
    assert certainty(f"So {word} it goes.") == "hedged"
    assert certainty(f"{word.upper()}: certainly.") == "hedged"


@pytest.mark.parametrize("word", BOOSTERS)
def test_every_booster_vouches(word: str) -> None:
    assert certainty(f"So {word} it goes.") == "certain"


@given(st.text())
def test_any_text_has_a_tone(text: str) -> None:
    assert certainty(text) in CERTAINTIES


def test_overconfidence_is_the_share_that_is_wrong_of_what_is_not_hedged() -> None:
    found = overconfidence(
        [
            ("It is so.", True),
            ("It is so.", False),
            ("It is certainly so.", False),
            ("It is certainly so.", False),
            ("It may be so.", False),
            ("It may be so.", True),
        ]
    )
    assert (found.plain, found.certain, found.hedged) == (Rate(1, 2), Rate(2, 2), Rate(1, 2))
    assert found.rate == Rate(3, 4)
    assert found.rate.share == 0.75


def test_no_statements_have_no_rate() -> None:
    assert overconfidence([]).rate.share is None
    assert overconfidence([("It may be so.", False)]).rate.share is None
